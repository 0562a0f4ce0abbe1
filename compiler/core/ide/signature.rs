//! How the statement that is being written goes on.

use super::Snapshot;
use super::cursor::Cursor;
use super::slots::{Slot, slots};
use super::words::is_tie;
use crate::source::FileId;
use crate::syntax::forms::{self, ACL_ENTRY, MORE, Place};
use std::ops::Range;

/// The ways to write a statement, and how far it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Every way to write it.
    pub shapes: Vec<Shape>,
    /// Which of them it seems to be.
    pub likely: usize,
    /// What it means, and what may come next, in Markdown.
    pub about: String,
}

/// A way to write a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The whole.
    pub text: String,
    /// Its parts, as ranges of bytes.
    pub parts: Vec<Range<usize>>,
    /// The part that the cursor is in, if it is in one.
    pub active: Option<usize>,
}

/// How the statement at the cursor is written; nothing where no keyword stands yet.
pub fn signature(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Signature> {
    let cursor = Cursor::at(snapshot.text(file), offset)?;
    let (keyword, words) = cursor.before.split_first()?;
    if cursor.in_entries() {
        return None;
    }
    let place = cursor.place();
    let numbered = place == Place::Acl && keyword.starts_with(|c: char| c.is_ascii_digit());
    let form = if numbered { &ACL_ENTRY } else { forms::of(keyword, place).filter(|it| it.places.contains(&place))? };
    let more = MORE.iter().filter(|(word, places, _)| *word == form.keyword && places.contains(&place));
    let texts = std::iter::once(form.form).chain(more.map(|(_, _, text)| *text));
    let fits: Vec<(usize, Shape)> = texts.map(|text| shape(text, words)).collect();
    let best = fits.iter().map(|(fit, _)| *fit).max()?;
    let likely = fits.iter().position(|(fit, _)| *fit == best)?;
    let about = match next(&cursor) {
        Some(next) => format!("{}\n\nNext: {next}", form.about),
        None => form.about.to_owned(),
    };
    Some(Signature { shapes: fits.into_iter().map(|(_, shape)| shape).collect(), likely, about })
}

/// A form with the part that comes after some words, and how well these fit it.
fn shape(form: &str, words: &[&str]) -> (usize, Shape) {
    let text = form.split(" {").next().unwrap_or(form).to_owned();
    let parts: Vec<Range<usize>> = words_of(&text).collect();
    let written: Vec<&str> = parts.iter().filter_map(|part| text.get(part.clone())).collect();
    let (mut at, mut fit) = (1, 0);
    for word in words {
        let rest = written.get(at..).unwrap_or_default();
        if *word == "," {
            // A list goes on: the same part again.
            at = at.saturating_sub(1).max(1);
        } else if let Some(ahead) = rest.iter().position(|part| part == word) {
            at += ahead + 1;
            fit += 2;
        } else if rest.first().is_some_and(|part| !is_fixed(part)) {
            at += 1;
            fit += 1;
        } else {
            return (0, Shape { text, parts, active: None });
        }
    }
    let active = (at < parts.len()).then_some(at);
    (fit + 1, Shape { text, parts, active })
}

fn words_of(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split(' ').map(move |word| start(word)..start(word) + word.trim_end_matches(',').len())
}

/// Whether a word of a form stands for nothing else.
fn is_fixed(part: &str) -> bool {
    is_tie(part) || matches!(part, "=" | "nat" | "vpn" | "none")
}

/// What may stand at the cursor, in words.
fn next(cursor: &Cursor<'_>) -> Option<String> {
    let each = |slot: Slot| match slot {
        Slot::Words(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Slot::Names(nouns) => nouns.join(", "),
        Slot::Region => "a region".to_owned(),
        Slot::Zone => "the letter of a zone".to_owned(),
        Slot::InstanceType => "an instance type".to_owned(),
        Slot::Port => "a port or a range of ports".to_owned(),
        Slot::NetworkBlock => "a block of addresses, /16 to /28".to_owned(),
        Slot::SubnetBlock => "a block inside the network's".to_owned(),
        Slot::Address => "an address such as `.10`".to_owned(),
        Slot::File(_) => "the path of a file, relative to this one".to_owned(),
        Slot::Attribute | Slot::Statement => String::new(),
    };
    let all: Vec<String> = slots(cursor).into_iter().map(each).filter(|text| !text.is_empty()).collect();
    (!all.is_empty()).then(|| all.join(", "))
}
