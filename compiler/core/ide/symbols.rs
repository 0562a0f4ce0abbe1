//! The outline of a file, and names to jump to.

use super::Snapshot;
use super::items::name_word;
use crate::source::{FileId, Span};
use crate::syntax::Item;

/// A declaration in an outline.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// The rest of its statement.
    pub detail: String,
    /// The keyword that declares it.
    pub keyword: String,
    /// The whole statement.
    pub span: Span,
    /// The name.
    pub name_span: Span,
    /// What is declared in it.
    pub children: Vec<Symbol>,
}

/// The outline of a file.
pub fn outline(snapshot: &Snapshot, file: FileId) -> Vec<Symbol> {
    snapshot.tree(file).map_or_else(Vec::new, |tree| symbols(snapshot, &tree.items))
}

fn symbols(snapshot: &Snapshot, items: &[Item]) -> Vec<Symbol> {
    items.iter().filter_map(|item| symbol(snapshot, item)).collect()
}

fn symbol(snapshot: &Snapshot, item: &Item) -> Option<Symbol> {
    let word = name_word(&item.statement)?;
    let output = item.statement.keyword() == "output";
    if !output {
        snapshot.compiled.index.declared_at(word.span)?;
    }
    let behind = Span { start: word.span.end, end: item.head.end.max(word.span.end), ..item.head };
    let text = snapshot.sources().text(behind);
    // The indices of a node belong to its name.
    let indices = text.strip_prefix('[').and_then(|rest| rest.find(']')).map_or(0, |close| close + 2);
    let (indices, detail) = text.split_at(indices);
    Some(Symbol {
        name: format!("{}{indices}", word.text),
        detail: detail.trim().to_owned(),
        keyword: item.statement.keyword().to_owned(),
        span: item.span,
        name_span: word.span,
        children: symbols(snapshot, item.items()),
    })
}

/// A name of the program.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is called in the whole program.
    pub address: String,
    /// What kind of thing it is, with its article.
    pub noun: &'static str,
    /// Where it is declared.
    pub span: Span,
}

/// The declarations whose addresses hold all letters of a query in their order.
pub fn search(snapshot: &Snapshot, query: &str) -> Vec<Found> {
    let query = query.to_lowercase();
    let all = snapshot.compiled.index.declarations.iter();
    all.filter(|declaration| is_subsequence(&query, &declaration.address.as_str().to_lowercase()))
        .map(|declaration| Found {
            address: declaration.address.to_string(),
            noun: declaration.noun,
            span: declaration.span,
        })
        .collect()
}

fn is_subsequence(query: &str, text: &str) -> bool {
    let mut letters = text.chars();
    query.chars().filter(|c| !c.is_whitespace()).all(|wanted| letters.any(|c| c == wanted))
}
