//! Files that a program names.

use super::Snapshot;
use super::items::walk;
use crate::source::{FileId, Span, normal};
use crate::syntax::{Statement, Word};

/// A file, named.
#[derive(Clone, Debug)]
pub struct Link {
    /// The name, without its quotes.
    pub span: Span,
    /// The path of the file.
    pub path: String,
}

/// The files that a file names: keys, boot scripts, policies, modules.
pub fn links(snapshot: &Snapshot, file: FileId) -> Vec<Link> {
    let mut links = Vec::new();
    walk(snapshot, file, &mut |items| {
        let words = items.iter().filter_map(|item| match &item.statement {
            Statement::Key { file, .. } => file.as_ref(),
            Statement::Boot(word) | Statement::Policy(word) | Statement::Use { file: word, .. } => Some(word),
            _ => None,
        });
        links.extend(words.filter_map(|word| link(snapshot, word)));
    });
    links
}

fn link(snapshot: &Snapshot, word: &Word) -> Option<Link> {
    let inner = word.text.strip_prefix('"')?.strip_suffix('"')?;
    if inner.is_empty() || inner.contains(['{', '\\']) {
        return None;
    }
    let span = Span { start: word.span.start + 1, end: word.span.end - 1, ..word.span };
    Some(Link { span, path: normal(&snapshot.sources().beside(word.span.file, inner)) })
}
