//! Lines and columns of byte offsets.

use super::{FileId, SourceFile, Sources, Span};

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

    /// Line and column of a byte offset. An offset inside a character counts as the character's start.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_index(offset.min(self.text.len()));
        let start = self.line_starts()[line] as usize;
        let column = self.text[start..].char_indices().take_while(|(index, _)| start + index < offset).count();
        Position { line: line + 1, column: column + 1 }
    }
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
}
