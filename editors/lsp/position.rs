//! Between byte offsets and the positions of the protocol.

use lsp_types::{Position, PositionEncodingKind, Range};
use vpcc_core::source::{SourceFile, Sources, Span};

/// What a position counts within its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Half of them are two to a character outside the basic plane.
    Utf16,
}

impl Encoding {
    /// Bytes if the editor can count them; every editor can count UTF-16.
    pub fn of(offered: Option<&[PositionEncodingKind]>) -> Encoding {
        if offered.unwrap_or_default().contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 }
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// How long a text is, as positions count.
    pub fn len(self, text: &str) -> u32 {
        match self {
            Encoding::Utf8 => text.len() as u32,
            Encoding::Utf16 => text.chars().map(|c| c.len_utf16() as u32).sum(),
        }
    }

    /// The position of a byte offset.
    pub fn position(self, file: &SourceFile, offset: usize) -> Position {
        let offset = floor(&file.text, offset);
        let line = file.line_index(offset);
        let start = file.line_starts().get(line).map_or(0, |start| *start as usize);
        Position { line: line as u32, character: self.len(file.text.get(start..offset).unwrap_or_default()) }
    }

    /// The range of a span.
    pub fn range(self, sources: &Sources, span: Span) -> Range {
        let file = sources.file(span.file);
        Range { start: self.position(file, span.start as usize), end: self.position(file, span.end as usize) }
    }

    /// The byte offset of a position; one behind the end of a line or of the text is that end.
    pub fn offset(self, text: &str, position: Position) -> usize {
        let line_start = match position.line {
            0 => 0,
            line => match text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').nth(line as usize - 1) {
                Some((newline, _)) => newline + 1,
                None => return text.len(),
            },
        };
        let rest = &text[line_start..];
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut left = position.character;
        for (index, c) in line.char_indices() {
            let width = self.len(c.encode_utf8(&mut [0; 4]));
            if left < width {
                return line_start + index;
            }
            left -= width;
        }
        line_start + line.len()
    }
}

/// The start of the character that an offset is in, or the end of the text.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\r\nñ🦀b\r\nlast";

    #[test]
    fn every_offset_has_a_position_that_leads_back() {
        let mut sources = Sources::default();
        let id = sources.add("t.vpc", TEXT);
        let file = sources.file(id);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (offset, c) in TEXT.char_indices().filter(|(_, c)| *c != '\n') {
                let position = encoding.position(file, offset);
                assert_eq!(encoding.offset(TEXT, position), offset, "{c:?}");
            }
        }
    }

    #[test]
    fn what_lies_outside_is_cut_off() {
        let at = |line, character| Encoding::Utf16.offset(TEXT, Position { line, character });
        assert_eq!(at(0, 99), 1);
        assert_eq!(at(1, 2), 5, "in the middle of a pair");
        assert_eq!(at(1, 3), 9);
        assert_eq!(at(99, 0), TEXT.len());
    }
}
