//! Comments as other languages write them, between `/*` and `*/`: each is one mistake, however many lines it has, and what
//! stands in it is not read.

use super::braces::{line_end, string_end};
use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Span};
use std::ops::Range;

/// As many comments are looked for in a file; what is behind them is told of line by line.
const MAX_COMMENTS: usize = 10_000;

/// A comment that is closed.
struct Comment {
    bytes: Range<usize>,
    /// Where the line starts in which it starts.
    line: usize,
}

/// A text with blanks in the place of such comments, byte for byte, and what is wrong with it; `None` if it has none.
pub(super) fn blank(file: FileId, text: &str) -> Option<(String, Vec<Diagnostic>)> {
    let comments = comments(text);
    if comments.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in comments.iter().flat_map(|comment| comment.bytes.clone()) {
        if let Some(byte) = bytes.get_mut(byte).filter(|byte| !matches!(byte, b'\r' | b'\n')) {
            *byte = b' ';
        }
    }
    let problems = comments.iter().map(|comment| problem(file, text, comment)).collect();
    String::from_utf8(bytes).ok().map(|text| (text, problems))
}

/// Where such comments are: those that are closed, and start where a word could.
fn comments(text: &str) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let (mut found, mut at, mut line) = (Vec::new(), 0, 0);
    while let Some(byte) = bytes.get(at) {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let starts_a_word = matches!(before, None | Some(b' ' | b'\t' | b'\n' | b';' | b'{' | b'}'));
        at = match byte {
            b'\n' => {
                line = at + 1;
                line
            }
            b'#' => line_end(bytes, at),
            b'"' => string_end(bytes, at).map_or_else(|end| end, |quote| quote + 1),
            b'/' if starts_a_word && bytes.get(at + 1) == Some(&b'*') => {
                let Some(len) = text[at + 2..].find("*/").filter(|_| found.len() < MAX_COMMENTS) else { return found };
                let bytes = at..at + 2 + len + 2;
                let behind = text[bytes.clone()].rfind('\n').map(|newline| at + newline + 1);
                let end = bytes.end;
                found.push(Comment { bytes, line });
                line = behind.unwrap_or(line);
                end
            }
            _ => at + 1,
        };
    }
    found
}

fn problem(file: FileId, text: &str, comment: &Comment) -> Diagnostic {
    let Range { start, end } = comment.bytes;
    let mark = Span::new(file, start, start + 2);
    let is_long = text[comment.bytes.clone()].contains('\n');
    let label = if is_long || !goes_on(text, comment) {
        "write `#`"
    } else {
        "take this out: what follows would be a comment too"
    };
    let diagnostic = Diagnostic::new(codes::SYNTAX, "a comment starts with `#`").primary(mark, label);
    let diagnostic = match is_long {
        true => diagnostic
            .secondary(Span::new(file, end - 2, end), "and take this out")
            .help("a comment ends with its line: write `#` in each of them"),
        false => diagnostic,
    };
    diagnostic.fix(Span::new(file, start, end), mended(text, comment))
}

/// Whether anything stands behind a comment in the line in which it ends.
fn goes_on(text: &str, comment: &Comment) -> bool {
    let behind = text[comment.bytes.end..].trim_start_matches([' ', '\t', '\r']);
    !behind.is_empty() && !behind.starts_with('\n')
}

/// The same comment as this language writes it. What stands behind it in its line comes to stand below it; if it is of one
/// line, it is taken out.
fn mended(text: &str, comment: &Comment) -> String {
    let goes_on = goes_on(text, comment);
    let inner = &text[comment.bytes.start + 2..comment.bytes.end - 2];
    if goes_on && !inner.contains('\n') {
        return String::new();
    }
    let before = text[comment.line..comment.bytes.start].chars();
    let indent: String = before.take_while(|c| matches!(c, ' ' | '\t')).collect();
    let lines: Vec<&str> = inner.lines().map(|line| line.trim().trim_start_matches('*').trim()).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    let lines = lines.get(first..last).unwrap_or_default().iter();
    let lines: Vec<String> = lines.map(|line| format!("# {line}").trim_end().to_owned()).collect();
    let written = lines.join(&format!("\n{indent}"));
    if goes_on { format!("{written}\n{indent}") } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_other_languages_are_written_as_this_one_does() {
        let cases = [
            ("/* one */\n", "# one\n"),
            ("  /* a\n   * b\n\n   c */\nstack s\n", "  # a\n  # b\n  #\n  # c\nstack s\n"),
            ("/**\n * a\n */\r\n", "# a\r\n"),
            ("sg s /* why */ { }\n", "sg s  { }\n"),
            ("  /* a\n b */ stack s\n", "  # a\n  # b\n   stack s\n"),
            ("/**/\n", "\n"),
        ];
        for (text, wanted) in cases {
            let [comment] = comments(text).try_into().ok().unwrap();
            let Comment { bytes, .. } = &comment;
            let written = format!("{}{}{}", &text[..bytes.start], mended(text, &comment), &text[bytes.end..]);
            assert_eq!(written, wanted);
        }
    }

    #[test]
    fn what_only_looks_like_a_comment_is_none() {
        for text in ["# /* a */", "\"/* a */\"", "10.0.0.0/*8*/", "/* a", "a */"] {
            assert_eq!(comments(text).len(), 0, "{text}");
        }
    }
}
