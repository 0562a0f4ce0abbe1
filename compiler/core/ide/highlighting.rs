//! What each word of a text is, for editors that colour it.

use super::Snapshot;
use super::items::walk;
use super::lexer::{self, Kind};
use super::words;
use crate::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// `# …`
    Comment,
    /// `"…"`
    Text,
    /// A number, an address, a block.
    Number,
    /// A word of the language.
    Keyword,
    /// A name of a kind of thing, as its noun says.
    Name(&'static str),
}

/// A stretch of text and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Painted {
    /// Where.
    pub span: Span,
    /// What.
    pub paint: Paint,
    /// Whether it is a name that is declared right there.
    pub declares: bool,
}

/// Everything in a file that has a colour, in order and without overlaps.
pub fn painted(snapshot: &Snapshot, file: FileId) -> Vec<Painted> {
    let names = names(snapshot, file);
    let mut keywords = BTreeSet::new();
    walk(snapshot, file, &mut |items| {
        keywords.extend(items.iter().map(|item| (item.keyword().start, item.keyword().end)));
    });
    let text = snapshot.text(file);
    let mut painted = Vec::new();
    for token in lexer::tokens(text) {
        let span = Span::new(file, token.range.start, token.range.end);
        let word = &text[token.range];
        let paint = match token.kind {
            Kind::Comment => Some(Paint::Comment),
            Kind::Text => Some(Paint::Text),
            Kind::Word if keywords.contains(&(span.start, span.end)) => Some(Paint::Keyword),
            Kind::Word if word.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '/') => Some(Paint::Number),
            Kind::Word if words::is_connector(word) => Some(Paint::Keyword),
            _ => None,
        };
        put(&mut painted, span, paint, &names);
    }
    painted
}

type Names = BTreeMap<u32, Painted>;

fn names(snapshot: &Snapshot, file: FileId) -> Names {
    let index = &snapshot.compiled.index;
    let mut names = Names::new();
    for declaration in index.declarations.iter().filter(|declaration| declaration.span.file == file) {
        let painted = Painted { span: declaration.span, paint: Paint::Name(declaration.noun), declares: true };
        names.insert(declaration.span.start, painted);
    }
    for used in index.uses.iter().filter(|used| used.span.file == file) {
        let Some(declaration) = index.declared_at(used.of) else { continue };
        let painted = Painted { span: used.span, paint: Paint::Name(declaration.noun), declares: false };
        // The parameter within a name has the last word.
        names.insert(used.span.start, painted);
    }
    names
}

/// Adds a token, with the names in it.
fn put(painted: &mut Vec<Painted>, token: Span, paint: Option<Paint>, names: &Names) {
    let mut start = token.start;
    let rest = |start: u32, end: u32| {
        let span = Span { start, end, ..token };
        paint.filter(|_| start < end).map(|paint| Painted { span, paint, declares: false })
    };
    if !matches!(paint, Some(Paint::Comment | Paint::Keyword)) {
        for name in names.range(token.start..token.end).map(|(_, name)| name) {
            if name.span.start >= start && name.span.end <= token.end {
                painted.extend(rest(start, name.span.start));
                painted.push(*name);
                start = name.span.end;
            }
        }
    }
    painted.extend(rest(start, token.end));
}
