//! What is computed, to be shown at the ends of lines.

use super::Snapshot;
use super::items::walk;
use super::room::room;
use crate::model::{Node, Start};
use crate::source::{FileId, Span};
use crate::syntax::Statement;
use std::ops::Range;

/// A text to show at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where.
    pub offset: usize,
    /// What.
    pub text: String,
}

/// More of these are not told at one place.
const MAX_PARTS: usize = 4;

/// What is to be shown in a stretch of a file.
pub fn hints(snapshot: &Snapshot, file: FileId, within: Range<usize>) -> Vec<Hint> {
    let mut hints = interpolations(snapshot, file, &within);
    let mut heads: Vec<Span> = Vec::new();
    walk(snapshot, file, &mut |items| {
        let shown = items.iter().filter(|item| matches!(item.statement, Statement::Subnet(_) | Statement::Node(_)));
        heads.extend(shown.map(|item| item.head).filter(|head| within.contains(&(head.end as usize))));
    });
    heads.sort_unstable();
    let model = &snapshot.compiled.checked.value;
    let mut texts: Vec<Vec<String>> = vec![Vec::new(); heads.len()];
    for (id, subnet) in model.subnets.iter() {
        let (Ok(at), Some(block), Some(room)) =
            (heads.binary_search(&subnet.origin), subnet.block, room_of(snapshot, id, &heads, subnet.origin))
        else {
            continue;
        };
        let zoned = subnet.address.as_str().ends_with(']');
        texts[at].push(if zoned { format!("{} {block} · {room} free", subnet.zone) } else { format!("{room} free") });
    }
    for (_, node) in model.nodes.iter() {
        let (Ok(at), Some(text)) = (heads.binary_search(&node.origin), addresses(node)) else { continue };
        texts[at].push(text);
    }
    for (head, mut parts) in heads.into_iter().zip(texts) {
        parts.dedup();
        if parts.is_empty() {
            continue;
        }
        let more = parts.len() > MAX_PARTS;
        parts.truncate(MAX_PARTS);
        let text = format!("{}{}", parts.join(", "), if more { ", …" } else { "" });
        hints.push(Hint { offset: trimmed_end(snapshot, head), text });
    }
    hints.sort_by_key(|hint| hint.offset);
    hints
}

fn room_of(
    snapshot: &Snapshot,
    id: crate::model::Id<crate::model::Subnet>,
    heads: &[Span],
    origin: Span,
) -> Option<u128> {
    heads.binary_search(&origin).ok()?;
    room(&snapshot.compiled.checked.value, id).map(|room| room.free())
}

/// The addresses of a node, where the program does not spell them out.
fn addresses(node: &Node) -> Option<String> {
    let Start::At { .. } = node.start else { return None };
    let first = node.members().next()?.1?;
    let zone = node.zone.as_ref().map_or(String::new(), |zone| format!("{zone} "));
    match node.members().last()?.1? {
        last if last == first => Some(format!("{zone}{first}")),
        last => Some(format!("{zone}{first} – {last}")),
    }
}

/// What words with parameters in them come to.
fn interpolations(snapshot: &Snapshot, file: FileId, within: &Range<usize>) -> Vec<Hint> {
    let mut hints: Vec<(Span, String)> = Vec::new();
    let values = snapshot.compiled.index.values.iter();
    let here = values.filter(|value| value.span.file == file && within.contains(&(value.span.end as usize)));
    for value in here.filter(|value| snapshot.sources().text(value.span).contains('{')) {
        match hints.last_mut() {
            Some((span, text)) if *span == value.span => *text = format!("{text}, {}", value.text),
            _ => hints.push((value.span, format!("= {}", value.text))),
        }
    }
    hints.into_iter().map(|(span, text)| Hint { offset: span.end as usize, text }).collect()
}

fn trimmed_end(snapshot: &Snapshot, head: Span) -> usize {
    head.start as usize + snapshot.sources().text(head).trim_end().len()
}
