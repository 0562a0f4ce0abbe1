//! What can be folded, and what can be selected at once.

use super::Snapshot;
use super::items::{items_around, walk};
use super::lexer::{Kind, tokens};
use crate::source::{FileId, Span};

/// Lines that can be hidden behind their first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// The first line, from 0.
    pub first: usize,
    /// The last line that is hidden.
    pub last: usize,
    /// Whether it is a comment.
    pub comment: bool,
}

/// What can be folded in a file: blocks, and comments of several lines.
pub fn folds(snapshot: &Snapshot, file: FileId) -> Vec<Fold> {
    let source = snapshot.sources().file(file);
    let mut folds = Vec::new();
    walk(snapshot, file, &mut |items| {
        for item in items {
            let first = source.line_index(item.span.start as usize);
            let end = source.line_index((item.span.end as usize).saturating_sub(1));
            // The closing brace stays to be seen.
            let last = if source.text.get(..item.span.end as usize).is_some_and(|text| text.ends_with('}')) {
                end.saturating_sub(1)
            } else {
                end
            };
            if last > first {
                folds.push(Fold { first, last, comment: false });
            }
        }
    });
    folds.extend(comments(&source.text));
    folds.sort_unstable();
    folds.dedup_by_key(|fold| fold.first);
    folds
}

fn comments(text: &str) -> Vec<Fold> {
    let mut folds: Vec<Fold> = Vec::new();
    let mut open: Option<Fold> = None;
    for (line, text) in text.lines().enumerate() {
        if text.trim_start().starts_with('#') {
            open.get_or_insert(Fold { first: line, last: line, comment: true }).last = line;
        } else if let Some(fold) = open.take() {
            folds.push(fold);
        }
    }
    folds.extend(open);
    folds.retain(|fold| fold.last > fold.first);
    folds
}

/// What the cursor is in, from the word to the whole file; each holds the one before.
pub fn selections(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Span> {
    let whole = snapshot.sources().whole(file);
    let mut spans = vec![whole];
    let mut add = |span: Span| {
        let holds = spans.last().is_some_and(|last| last.start <= span.start && span.end <= last.end && *last != span);
        if holds && span.start as usize <= offset && offset <= span.end as usize {
            spans.push(span);
        }
    };
    let around = items_around(snapshot, file, offset);
    for item in &around {
        add(item.span);
        if let Some(block) = &item.block {
            add(block.span);
            if block.span.end > block.span.start + 1 {
                add(Span { start: block.span.start + 1, end: block.span.end - 1, ..block.span });
            }
        }
        add(item.head);
    }
    let text = snapshot.text(file);
    let start = around.last().map_or(0, |item| item.span.start as usize);
    let inner = text.get(start..).unwrap_or_default();
    let touching = tokens(inner)
        .map(|token| (token.kind, token.range.start + start, token.range.end + start))
        .take_while(|(_, from, _)| *from <= offset)
        .filter(|(kind, _, to)| offset <= *to && matches!(kind, Kind::Word | Kind::Text | Kind::Comment))
        .last();
    if let Some((kind, from, to)) = touching {
        add(Span::new(file, from, to));
        if kind == Kind::Text && to > from + 1 {
            add(Span::new(file, from + 1, to - 1));
        }
    }
    spans.reverse();
    spans
}
