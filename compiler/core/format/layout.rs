//! From a tree to lines.

use super::WIDTH;
use super::cells::Line;
use super::gap;
use crate::syntax::{Entry, Item, Statement, Tree};

/// The lines of a file.
pub(super) fn lines(text: &str, tree: &Tree) -> Vec<Line> {
    let mut layout = Layout { text, lines: Vec::new() };
    let pieces: Vec<Piece<'_>> = tree.items.iter().map(|item| Piece::of(text, item)).collect();
    layout.pieces(&pieces, 0, 0, text.len());
    while layout.lines.first().is_some_and(|line| line.cells.is_empty() && line.comment.is_none()) {
        layout.lines.remove(0);
    }
    layout.lines
}

/// A statement as the layout sees it: a head, and perhaps a block of further pieces.
struct Piece<'t> {
    start: usize,
    head: &'t str,
    end: usize,
    keyword: &'t str,
    block: Option<Inner<'t>>,
}

struct Inner<'t> {
    /// The first byte behind `{`.
    start: usize,
    /// The offset of `}`.
    end: usize,
    pieces: Vec<Piece<'t>>,
}

impl<'t> Piece<'t> {
    fn of(text: &'t str, item: &'t Item) -> Piece<'t> {
        let (start, mut head_end, end) = (item.span.start as usize, item.head.end as usize, item.span.end as usize);
        let block = match &item.statement {
            Statement::Tags(entries) | Statement::Env(entries) => {
                let open = text[start..end].find('{').map_or(end, |at| start + at);
                head_end = start + text[start..open].trim_end().len();
                Some(Inner {
                    start: open + 1,
                    end: end - 1,
                    pieces: entries.iter().map(|entry| Piece::entry(text, entry)).collect(),
                })
            }
            _ => item.block.as_ref().map(|block| Inner {
                start: block.span.start as usize + 1,
                end: block.span.end as usize - 1,
                pieces: block.items.iter().map(|item| Piece::of(text, item)).collect(),
            }),
        };
        Piece { start, head: &text[start..head_end], end, keyword: item.statement.keyword(), block }
    }

    fn entry(text: &'t str, entry: &'t Entry) -> Piece<'t> {
        let (start, end) = (entry.key.span.start as usize, entry.value.span.end as usize);
        Piece { start, head: &text[start..end], end, keyword: &entry.key.text, block: None }
    }
}

struct Layout<'t> {
    text: &'t str,
    lines: Vec<Line>,
}

impl Layout<'_> {
    /// The statements between two offsets, with what stands around them.
    fn pieces(&mut self, pieces: &[Piece<'_>], depth: usize, start: usize, end: usize) {
        let mut from = start;
        for piece in pieces {
            self.gap(from, piece.start, depth, from > start);
            self.piece(piece, depth);
            from = piece.end;
        }
        self.gap(from, end, depth, false);
        // What stands before a closing brace or the end of the file needs no blank line.
        while self.lines.last().is_some_and(|line| line.cells.is_empty() && line.comment.is_none()) {
            self.lines.pop();
        }
    }

    fn gap(&mut self, from: usize, to: usize, depth: usize, blank_first: bool) {
        let text = self.text;
        let gap = gap::read(&text[from..to]);
        let mut any = blank_first;
        if let Some(trailing) = gap.trailing {
            match self.lines.last_mut() {
                Some(line) => line.comment = Some(trailing.to_owned()),
                None => {
                    self.lines.push(Line::plain(depth, trailing.to_owned()));
                    any = true;
                }
            }
        }
        for (blank, comment) in gap.comments {
            if blank && any {
                self.lines.push(Line::blank());
            }
            self.lines.push(Line::plain(depth, comment.to_owned()));
            any = true;
        }
        if gap.blank && any {
            self.lines.push(Line::blank());
        }
    }

    fn piece(&mut self, piece: &Piece<'_>, depth: usize) {
        let words = words(piece.head);
        let Some(inner) = &piece.block else {
            let cells = cells(piece.keyword, &words, depth);
            return self.head(&words, depth, cells);
        };
        if let Some(line) = self.one_line(piece, &words, inner, depth) {
            return self.lines.push(Line::plain(depth, line));
        }
        self.head(&words, depth, None);
        if let Some(last) = self.lines.last_mut().and_then(|line| line.cells.last_mut()) {
            last.push_str(" {");
        }
        self.pieces(&inner.pieces, depth + 1, inner.start, inner.end);
        self.lines.push(Line::plain(depth, "}".to_owned()));
    }

    /// The whole statement in one line, if its author wrote it so and it fits.
    fn one_line(&self, piece: &Piece<'_>, head: &[Word<'_>], inner: &Inner<'_>, depth: usize) -> Option<String> {
        if self.text[piece.start..piece.end].contains('\n') {
            return None;
        }
        let parts: Vec<String> = inner
            .pieces
            .iter()
            .map(|piece| match &piece.block {
                Some(block) => self.one_line(piece, &words(piece.head), block, 0),
                None => Some(join(&words(piece.head))),
            })
            .collect::<Option<_>>()?;
        let line = match parts.as_slice() {
            [] => format!("{} {{}}", join(head)),
            parts => format!("{} {{ {} }}", join(head), parts.join("; ")),
        };
        (2 * depth + line.chars().count() <= WIDTH).then_some(line)
    }

    /// A head, over several lines if a comment stands in it or a list in it is too long.
    fn head(&mut self, words: &[Word<'_>], depth: usize, cells: Option<(&'static str, Vec<String>)>) {
        let whole = join(words);
        let fits = 2 * depth + whole.chars().count() <= WIDTH;
        let has_comment = words.iter().any(|word| matches!(word, Word::Comment(_)));
        if fits && !has_comment {
            let line = match cells {
                Some((group, cells)) => Line { depth, cells, group: Some(group), comment: None },
                None => Line::plain(depth, whole),
            };
            return self.lines.push(line);
        }
        let mut line: Vec<Word<'_>> = Vec::new();
        let mut indent = depth;
        for (index, word) in words.iter().enumerate() {
            let next = words.get(index + 1).map_or(0, |next| next.len() + 2);
            if let Word::Comment(comment) = word {
                self.lines.push(Line { comment: Some((*comment).to_owned()), ..Line::plain(indent, join(&line)) });
                line.clear();
                indent = depth + 1;
                continue;
            }
            line.push(*word);
            let full = 2 * indent + join(&line).chars().count() + next > WIDTH;
            let before_comment = matches!(words.get(index + 1), Some(Word::Comment(_)));
            if matches!(word, Word::Comma) && full && !before_comment {
                self.lines.push(Line::plain(indent, join(&line)));
                line.clear();
                indent = depth + 1;
            }
        }
        self.lines.push(Line::plain(indent, join(&line)));
    }
}

/// A word of a head.
#[derive(Clone, Copy)]
enum Word<'t> {
    Text(&'t str),
    Comma,
    Open,
    Close,
    Comment(&'t str),
}

impl Word<'_> {
    fn len(self) -> usize {
        match self {
            Word::Text(text) | Word::Comment(text) => text.chars().count(),
            _ => 1,
        }
    }
}

fn words(head: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = head.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, len) = match first {
            ',' => (Word::Comma, 1),
            '(' => (Word::Open, 1),
            ')' => (Word::Close, 1),
            '=' => (Word::Text("="), 1),
            '#' => {
                let len = rest.find('\n').unwrap_or(rest.len());
                (Word::Comment(rest[..len].trim_end()), len)
            }
            _ => {
                let len = word_len(rest);
                (Word::Text(&rest[..len]), len)
            }
        };
        words.push(word);
        rest = rest[len..].trim_start();
    }
    words
}

fn word_len(text: &str) -> usize {
    let (mut escaped, mut bracket) = (false, false);
    let quoted = text.starts_with('"');
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if quoted => return index + 1,
            _ if quoted => {}
            '[' => bracket = true,
            ']' => bracket = false,
            ',' | '=' | '(' | ')' | '#' if !bracket => return index,
            c if c.is_whitespace() && !bracket => return index,
            _ => {}
        }
    }
    text.len()
}

fn join(words: &[Word<'_>]) -> String {
    let mut out = String::new();
    let mut glued = true;
    for word in words {
        let (text, sticks) = match word {
            Word::Text(text) | Word::Comment(text) => (*text, false),
            Word::Comma => (",", true),
            Word::Open => ("(", false),
            Word::Close => (")", true),
        };
        if !glued && !sticks {
            out.push(' ');
        }
        out.extend(text.chars().filter(|c| text.starts_with('"') || !c.is_whitespace() || text.starts_with('#')));
        glued = matches!(word, Word::Open);
    }
    out
}

/// The columns of a statement that lines up with its neighbours, and with which.
fn cells(keyword: &str, words: &[Word<'_>], depth: usize) -> Option<(&'static str, Vec<String>)> {
    let (group, marks): (&'static str, &[&str]) = match keyword {
        "ingress" => ("ingress", &["from"]),
        "egress" => ("egress", &["to"]),
        "route" => ("route", &["via"]),
        text if text.starts_with(|c: char| c.is_ascii_digit()) => ("entry", &["from", "to"]),
        _ if depth >= 2 && words.len() >= 2 && !matches!(keyword, "public" | "private") => {
            return Some(("setting", vec![join(&words[..1]), join(&words[1..])]));
        }
        _ => return None,
    };
    let single = match group {
        "entry" => 4,
        "route" => 1,
        _ => 2,
    };
    let text = |word: &Word<'_>| if let Word::Text(text) = word { Some((*text).to_owned()) } else { None };
    let mark = words.iter().position(|word| text(word).is_some_and(|text| marks.contains(&text.as_str())))?;
    let first = single.min(mark);
    let mut cells: Vec<String> = words[..first].iter().filter_map(text).collect();
    cells.push(join(&words[first..mark]));
    let description = words[mark..].iter().position(|word| text(word).is_some_and(|text| text.starts_with('"')));
    let end = description.map_or(words.len(), |at| mark + at);
    cells.push(join(&words[mark..end]));
    if end < words.len() {
        cells.push(join(&words[end..]));
    }
    Some((group, cells))
}
