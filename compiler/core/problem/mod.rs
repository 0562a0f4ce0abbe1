//! What is wrong with a program, as data.
//!
//! A check states its finding as a small struct of facts beside itself and puts it into words in one `From`;
//! the result is a [`Diagnostic`]. Only [`render`] knows how diagnostics are drawn.

pub mod codes;
mod json;
pub mod render;
mod suggest;

pub use codes::Code;
pub use json::to_json;
pub use suggest::{did_you_mean, nearest, nearest_ranked};

use crate::source::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program cannot be planned.
    Error,
    /// The program can be planned, but is probably not what was meant.
    Warning,
}

impl Severity {
    /// The word that people and scripts read.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place that a diagnostic points at, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub message: String,
    /// Whether this is the place that must change.
    pub primary: bool,
}

/// A text that, put in place of a span, mends the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// One mistake, told once.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Which kind of mistake it is.
    pub code: &'static Code,
    /// One short fact, in lower case.
    pub message: String,
    /// The file that it is about, where there is no label to tell.
    pub path: Option<String>,
    /// The places, the primary one first.
    pub labels: Vec<Label>,
    /// Further facts, and what to do (these start with `help: `).
    pub notes: Vec<String>,
    /// The edit that mends it, where it can be computed.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding without places yet.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Diagnostic { code, message: message.into(), path: None, labels: Vec::new(), notes: Vec::new(), fix: None }
    }

    /// Points at what must change.
    #[must_use]
    pub fn primary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.insert(0, Label { span, message: message.into(), primary: true });
        self
    }

    /// Points at the other half of the conflict.
    #[must_use]
    pub fn secondary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), primary: false });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl AsRef<str>) -> Self {
        self.notes.push(format!("help: {}", text.as_ref()));
        self
    }

    /// Adds the edit that mends it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// Adds "did you mean …?" with the edit, if there is a likely meaning.
    #[must_use]
    pub fn suggest(self, span: Span, nearest: Option<&str>) -> Self {
        match nearest {
            Some(name) => self.help(format!("did you mean `{name}`?")).fix(span, name),
            None => self,
        }
    }

    /// Says which file it is about.
    #[must_use]
    pub fn about(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it keeps the program from being planned.
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }

    /// Where it is shown first: the primary label's span.
    pub fn place(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Puts diagnostics into the order in which people read a program: by file, then by place.
pub fn sort(problems: &mut [Diagnostic]) {
    problems.sort_by(|a, b| (a.place(), a.code.slug, &a.message).cmp(&(b.place(), b.code.slug, &b.message)));
}

/// Those that are told if so many are told at most: errors before warnings, and the first ones; in their order.
pub fn foremost<'d>(problems: &[&'d Diagnostic], most: usize) -> Vec<&'d Diagnostic> {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let (mut errors, mut warnings) = (errors.min(most), most.saturating_sub(errors));
    let told = |problem: &&&'d Diagnostic| {
        let room = if problem.is_error() { &mut errors } else { &mut warnings };
        let fits = *room > 0;
        *room = room.saturating_sub(1);
        fits
    };
    problems.iter().filter(told).copied().collect()
}
