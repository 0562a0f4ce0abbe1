//! Draws diagnostics for people. The only place that knows codespan-reporting.

use super::{Diagnostic, Severity};
use crate::source::{FileId, SourceFile, Sources};
use anstyle::{AnsiColor, Reset, Style};
use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Chars, Config};
use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

/// A line longer than this is not drawn: a terminal could not show it.
const MAX_DRAWN_LINE: usize = 400;

/// Draws one diagnostic with its source lines, in ANSI colours; strip them for plain text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn human(diagnostic: &Diagnostic, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let drawable = diagnostic.labels.iter().all(|label| {
        let file = sources.file(label.span.file);
        file.line_range(file.line_index(label.span.start as usize)).len() <= MAX_DRAWN_LINE
    });
    if !drawable {
        return long_line(diagnostic, sources, out);
    }
    let config = Config { chars: Chars { note_bullet: '=', ..Chars::default() }, ..Config::default() };
    let mut writer = Ansi { out };
    match term::emit_to_write_style(&mut writer, &config, &Drawn(sources), &to_codespan(diagnostic)) {
        Err(Error::Io(error)) => Err(error),
        // Spans come from the parser of these very sources, so no other error can arise; the short form says the same.
        Err(_) => short(diagnostic, sources, writer.out),
        Ok(()) => Ok(()),
    }
}

/// Writes one diagnostic as one line: `file:line:column: error[code]: message`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn short(diagnostic: &Diagnostic, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let severity = diagnostic.code.severity.word();
    let (file, line, column) = match diagnostic.place() {
        Some(span) => {
            let start = sources.start(span);
            (sources.name(span.file), start.line, start.column)
        }
        None => (diagnostic.path.as_deref().unwrap_or("vpcc"), 1, 1),
    };
    writeln!(out, "{file}:{line}:{column}: {severity}[{}]: {}", diagnostic.code.slug, visible(&diagnostic.message))
}

fn long_line(diagnostic: &Diagnostic, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    short(diagnostic, sources, out)?;
    for note in &diagnostic.notes {
        writeln!(out, "  = {}", visible(note))?;
    }
    writeln!(out)
}

fn to_codespan(diagnostic: &Diagnostic) -> codespan::Diagnostic<FileId> {
    let severity = match diagnostic.code.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
    };
    let labels = diagnostic.labels.iter().map(|label| {
        let style = if label.primary { codespan::LabelStyle::Primary } else { codespan::LabelStyle::Secondary };
        codespan::Label::new(style, label.span.file, label.span.range()).with_message(visible(&label.message))
    });
    codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code.slug)
        .with_message(visible(&diagnostic.message))
        .with_labels_iter(labels)
        .with_notes_iter(diagnostic.notes.iter().map(|note| visible(note).into_owned()))
}

/// Text that a terminal shows and does not obey: control characters become spaces, byte for byte.
pub fn visible(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().flat_map(|c| {
        let (shown, times) = if harmful(c) { (' ', c.len_utf8()) } else { (c, 1) };
        std::iter::repeat_n(shown, times)
    });
    Cow::Owned(shown.collect())
}

struct Drawn<'a>(&'a Sources);

impl Drawn<'_> {
    fn file(&self, id: FileId) -> &SourceFile {
        self.0.file(id)
    }
}

impl<'a> Files<'a> for Drawn<'_> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.file(id).name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(self.file(id).shown())
    }

    fn line_index(&'a self, id: FileId, byte: usize) -> Result<usize, Error> {
        Ok(self.file(id).line_index(byte))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        Ok(self.file(id).line_range(line))
    }
}

/// Turns codespan's requests for styles into ANSI escape sequences.
struct Ansi<'a> {
    out: &'a mut dyn Write,
}

impl Ansi<'_> {
    fn set(&mut self, style: Style) -> io::Result<()> {
        write!(self.out, "{style}")
    }
}

const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const BLUE: Style = AnsiColor::Blue.on_default();

fn colour(severity: codespan::Severity) -> Style {
    if severity >= codespan::Severity::Error { RED } else { YELLOW }
}

impl Write for Ansi<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl term::WriteStyle for Ansi<'_> {
    fn set_header(&mut self, severity: codespan::Severity) -> io::Result<()> {
        self.set(colour(severity))
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        self.set(BOLD)
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.set(BLUE)
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.set(BLUE)
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.set(BLUE)
    }

    fn set_label(&mut self, severity: codespan::Severity, style: codespan::LabelStyle) -> io::Result<()> {
        self.set(match style {
            codespan::LabelStyle::Primary => colour(severity),
            codespan::LabelStyle::Secondary => BLUE,
        })
    }

    fn reset(&mut self) -> io::Result<()> {
        write!(self.out, "{}", Reset)
    }
}
