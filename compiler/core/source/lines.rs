//! Lines and columns of byte offsets.

use super::{FileId, SourceFile, Sources, Span};
use crate::problem::render::visible;
use std::borrow::Cow;

/// The bytes of which columns are counted at most, however long a line is.
pub(super) const PIECE: usize = 1024;

/// A place for people: both numbers count from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalar values.
    pub column: usize,
}

impl SourceFile {
    /// The byte offset of each line's first byte.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(index, _)| index as u32 + 1)).collect()
        })
    }

    /// The number of the line, from 0, that holds `offset`.
    pub fn line_index(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// The bytes of a line, counted from 0, without its line ending.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let starts = self.line_starts();
        let start = starts.get(line).map_or(self.text.len(), |start| *start as usize);
        let end = starts.get(line + 1).map_or(self.text.len(), |next| *next as usize - 1);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        start..end
    }

    /// Line and column of a byte offset. An offset inside a character counts as the one behind it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_index(offset);
        let start = self.line_starts()[line] as usize;
        Position { line: line + 1, column: self.characters_before(offset) - self.characters_before(start) + 1 }
    }

    /// The text with spaces for what a terminal would obey.
    pub(crate) fn shown(&self) -> &str {
        let shown = self.shown.get_or_init(|| match visible(&self.text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(shown) => Some(shown.into()),
        });
        shown.as_deref().unwrap_or(&self.text)
    }

    /// How many characters start before an offset in the text.
    fn characters_before(&self, offset: usize) -> usize {
        let pieces = self.characters.get_or_init(|| {
            let mut before = 0;
            let pieces = self.text.as_bytes().chunks(PIECE).map(|piece| {
                let here = before;
                before += characters(piece) as u32;
                here
            });
            pieces.collect()
        });
        let piece = offset.min(self.text.len().saturating_sub(1)) / PIECE;
        let before = pieces.get(piece).copied().unwrap_or_default() as usize;
        before + characters(self.text.as_bytes().get(piece * PIECE..offset).unwrap_or_default())
    }
}

/// How many characters start in a piece of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

impl Sources {
    /// Where a span starts.
    pub fn start(&self, span: Span) -> Position {
        self.file(span.file).position(span.start as usize)
    }

    /// Where a span ends (the position right behind it).
    pub fn end(&self, span: Span) -> Position {
        self.file(span.file).position(span.end as usize)
    }

    /// The name of a file.
    pub fn name(&self, file: FileId) -> &str {
        &self.file(file).name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_before_their_ending() {
        let mut sources = Sources::default();
        let id = sources.add("t.vpc", "añ🦀b\r\nsecond");
        let file = sources.file(id);
        assert_eq!(file.position(8), Position { line: 1, column: 5 });
        assert_eq!(file.line_range(0), 0..8);
        assert_eq!(file.position(10), Position { line: 2, column: 1 });
        assert_eq!(file.position(usize::MAX), Position { line: 2, column: 7 });
    }

    #[test]
    fn columns_are_right_far_into_a_line() {
        let text = format!("x\n{}", "ñ🦀".repeat(PIECE));
        let mut sources = Sources::default();
        let id = sources.add("t.vpc", text.as_str());
        for (index, (offset, _)) in text.char_indices().enumerate().skip(2) {
            assert_eq!(sources.file(id).position(offset), Position { line: 2, column: index - 1 });
        }
        assert_eq!(sources.file(id).position(text.len()), Position { line: 2, column: 2 * PIECE + 1 });
    }
}
