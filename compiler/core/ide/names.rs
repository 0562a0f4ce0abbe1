//! From a name to its declaration and to all its uses.

use super::Snapshot;
use super::items::{item_with, walk};
use crate::check::Declaration;
use crate::source::{FileId, Span};
use crate::syntax::Statement;

/// A name under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it stands.
    pub span: Span,
    /// Where it is declared.
    pub declared: Span,
}

/// The name that the cursor is in or right behind.
pub fn name_at(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Name> {
    let index = &snapshot.compiled.index;
    let offset = offset as u32;
    let touches = |span: &Span| span.file == file && span.start <= offset && offset <= span.end;
    let uses = index.uses.iter().map(|used| Name { span: used.span, declared: used.of });
    let declarations = index.declarations.iter().map(|declared| Name { span: declared.span, declared: declared.span });
    // A parameter in a name stands within that name.
    uses.chain(declarations)
        .filter(|name| touches(&name.span))
        .min_by_key(|name| (name.span.end - name.span.start, offset == name.span.end))
}

/// What is declared under a name.
pub fn declaration<'s>(snapshot: &'s Snapshot, name: &Name) -> Option<&'s Declaration> {
    snapshot.compiled.index.declared_at(name.declared)
}

/// Where to go from the cursor: to the declaration of a name, or into the file that is named.
pub fn definition(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Span> {
    if let Some(name) = name_at(snapshot, file, offset) {
        return Some(name.declared);
    }
    let item = item_with(snapshot, file, offset)?;
    match &item.statement {
        Statement::Use { file: word, .. } if word.span.range().contains(&offset) => {
            let path = crate::source::normal(&snapshot.sources().beside(file, word.text.trim_matches('"')));
            let used = snapshot.file(&path)?;
            Some(Span::new(used, 0, 0))
        }
        _ => None,
    }
}

/// Every place at which the name under the cursor stands, its declaration first if that is wanted.
pub fn references(snapshot: &Snapshot, file: FileId, offset: usize, declaration: bool) -> Vec<Span> {
    let Some(name) = name_at(snapshot, file, offset) else { return Vec::new() };
    places(snapshot, name.declared, declaration)
}

/// Every place at which what is declared at a place is named.
pub(super) fn places(snapshot: &Snapshot, declared: Span, declaration: bool) -> Vec<Span> {
    let uses = snapshot.compiled.index.uses.iter().filter(|used| used.of == declared).map(|used| used.span);
    declaration.then_some(declared).into_iter().chain(uses).collect()
}

/// A place at which a name stands in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub span: Span,
    /// Whether it is the declaration.
    pub declares: bool,
}

/// The places in the file itself that belong to what the cursor is on: those of a name, or the statements that the same
/// keyword starts in one block.
pub fn highlights(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Highlight> {
    if let Some(name) = name_at(snapshot, file, offset) {
        let all = places(snapshot, name.declared, true).into_iter().filter(|span| span.file == file);
        return all.map(|span| Highlight { span, declares: span == name.declared }).collect();
    }
    let mut found = Vec::new();
    walk(snapshot, file, &mut |items| {
        let Some(item) = items.iter().find(|item| item.keyword().range().contains(&offset)) else { return };
        let alike = items.iter().filter(|other| other.statement.keyword() == item.statement.keyword());
        found.extend(alike.map(|item| Highlight { span: item.keyword(), declares: false }));
    });
    found
}
