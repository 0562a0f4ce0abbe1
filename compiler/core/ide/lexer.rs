//! The tokens of a text, however broken it is.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `# …`
    Comment,
    /// `"…"`, or up to the end of the line if it is not closed.
    Text,
    /// Whatever blanks and signs part: names, numbers, blocks, paths with their brackets.
    Word,
    /// `{`
    Open,
    /// `}`
    Close,
    /// The end of a line, or `;`.
    End,
    /// `,`
    Comma,
    /// `=`, `(` or `)`.
    Sign,
}

/// A token with its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// The tokens of a text, from the first on.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\u{FEFF}']).len();
        let (kind, len) = first(text.get(at..)?)?;
        let range = at..at + len;
        at = range.end;
        Some(Token { kind, range })
    })
}

fn first(rest: &str) -> Option<(Kind, usize)> {
    Some(match rest.chars().next()? {
        '#' => (Kind::Comment, line_len(rest)),
        '"' => (Kind::Text, text_len(rest)),
        '\n' | ';' => (Kind::End, 1),
        ',' => (Kind::Comma, 1),
        '=' | '(' | ')' => (Kind::Sign, 1),
        '}' => (Kind::Close, 1),
        '{' if interpolation(rest).is_none() => (Kind::Open, 1),
        _ => (Kind::Word, word_len(rest)),
    })
}

fn line_len(rest: &str) -> usize {
    let line = rest.split('\n').next().unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line).len()
}

fn text_len(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return line_len(rest),
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

fn word_len(rest: &str) -> usize {
    let mut at = 0;
    while let Some(c) = rest[at..].chars().next() {
        at += match c {
            '{' => match interpolation(&rest[at..]) {
                Some(len) => len,
                None => break,
            },
            '[' => {
                rest[at..].find([']', '\n']).filter(|end| rest[at + end..].starts_with(']')).map_or(1, |end| end + 1)
            }
            ' ' | '\t' | '\r' | '\n' | ';' | ',' | '=' | '(' | ')' | '}' | '"' | '#' => break,
            c => c.len_utf8(),
        };
    }
    at.max(rest.chars().next().map_or(0, char::len_utf8))
}

/// The length of `{x}` at the start of a text.
fn interpolation(rest: &str) -> Option<usize> {
    let close = 1 + rest.get(1..)?.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'))?;
    let named = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic());
    (named && rest[close..].starts_with('}')).then_some(close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_what_people_see() {
        let text = "node web[0..2] in a { x \"q{y}\\\"z\" } # c\nsubnet 10.{x}.0.0/16,{y}=\"open";
        let seen: Vec<(Kind, &str)> = tokens(text).map(|token| (token.kind, &text[token.range])).collect();
        assert_eq!(
            seen,
            [
                (Kind::Word, "node"),
                (Kind::Word, "web[0..2]"),
                (Kind::Word, "in"),
                (Kind::Word, "a"),
                (Kind::Open, "{"),
                (Kind::Word, "x"),
                (Kind::Text, "\"q{y}\\\"z\""),
                (Kind::Close, "}"),
                (Kind::Comment, "# c"),
                (Kind::End, "\n"),
                (Kind::Word, "subnet"),
                (Kind::Word, "10.{x}.0.0/16"),
                (Kind::Comma, ","),
                (Kind::Word, "{y}"),
                (Kind::Sign, "="),
                (Kind::Text, "\"open"),
            ]
        );
    }
}
