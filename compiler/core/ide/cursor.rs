//! What stands before the cursor, told from the text alone: it may be broken in any way.

use super::lexer::{Kind, tokens};
use crate::syntax::forms::Place;
use std::ops::Range;

/// A statement whose block the cursor is in.
#[derive(Clone, Debug)]
pub(super) struct Outer<'t> {
    /// Its keyword.
    pub(super) keyword: &'t str,
    /// The word behind its keyword, and where that stands.
    pub(super) name: Option<(&'t str, usize)>,
}

/// The place of the cursor.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    /// The blocks around it, the outermost first.
    pub(super) outer: Vec<Outer<'t>>,
    /// The words and signs of the statement before what is being typed.
    pub(super) before: Vec<&'t str>,
    /// What is being typed, as far as it stands before the cursor.
    pub(super) typed: &'t str,
    /// Where that stands, up to the end of the word.
    pub(super) range: Range<usize>,
    /// Whether it is a text in quotes.
    pub(super) in_text: bool,
}

impl<'t> Cursor<'t> {
    /// The cursor at an offset; `None` in a comment.
    pub(super) fn at(text: &'t str, offset: usize) -> Option<Cursor<'t>> {
        let mut cursor =
            Cursor { outer: Vec::new(), before: Vec::new(), typed: "", range: offset..offset, in_text: false };
        let mut statement: Vec<(&str, usize)> = Vec::new();
        for token in tokens(text).take_while(|token| token.range.start < offset) {
            let word = text.get(token.range.clone()).unwrap_or_default();
            let touched = offset <= token.range.end;
            match token.kind {
                Kind::Comment if touched => return None,
                Kind::Comment => {}
                Kind::Text if touched && !(offset == token.range.end && word.len() > 1 && word.ends_with('"')) => {
                    cursor.in_text = true;
                    cursor.typed = text.get(token.range.start + 1..offset).unwrap_or_default();
                    cursor.range = token.range.start + 1..offset;
                }
                Kind::Word if touched => {
                    cursor.typed = text.get(token.range.start..offset).unwrap_or_default();
                    cursor.range = token.range;
                }
                Kind::Word | Kind::Text | Kind::Comma | Kind::Sign => statement.push((word, token.range.start)),
                Kind::Open => {
                    let keyword = statement.first().map_or("", |(word, _)| word);
                    cursor.outer.push(Outer { keyword, name: statement.get(1).copied() });
                    statement.clear();
                }
                Kind::Close => {
                    cursor.outer.pop();
                    statement.clear();
                }
                // After a comma a list goes on on the next line.
                Kind::End if statement.last().is_some_and(|(word, _)| matches!(*word, "," | "(")) => {}
                Kind::End => statement.clear(),
            }
        }
        cursor.before = statement.into_iter().map(|(word, _)| word).collect();
        Some(cursor)
    }

    /// What may stand here.
    pub(super) fn place(&self) -> Place {
        self.outer.iter().fold(Place::File, |place, outer| place.inside(outer.keyword))
    }

    /// Whether it is in a block of names and values.
    pub(super) fn in_entries(&self) -> bool {
        self.outer.last().is_some_and(|outer| matches!(outer.keyword, "tags" | "env"))
    }

    /// The word or sign before it.
    pub(super) fn previous(&self) -> &'t str {
        self.before.last().copied().unwrap_or_default()
    }

    /// The word behind the last such word of the statement.
    pub(super) fn behind(&self, word: &str) -> Option<&'t str> {
        let at = self.before.iter().rposition(|other| *other == word)?;
        self.before.get(at + 1).copied()
    }
}
