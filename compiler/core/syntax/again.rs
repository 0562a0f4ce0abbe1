//! Reading a file again after a part of its text has changed, as editors do with every keystroke.
//!
//! In: what was read before, and the new text. Out: exactly what reading all of it would give. Only a run of whole lines
//! in the innermost block around the change is parsed; what stands behind it is moved.
//!
//! What a run comes to depends on nothing around it as long as it starts and ends where lines do and where the parser is
//! between two statements, and nothing before it could go on into it. A statement goes on behind its line only after a
//! comma, or in the brackets of a `use`. Where any of this is in doubt, the next outer block is taken, and in the end the
//! whole file.

use super::build;
use super::forms::Place;
use super::grammar::{Rule, VpcParser};
use super::spans::Places;
use super::text::Text;
use super::{Item, Parsed, Tree};
use crate::With;
use crate::problem::Diagnostic;
use crate::source::Span;
use pest::Parser;
use std::ops::Range;

/// What a file may start with, and nothing else.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The bytes that differ.
#[derive(Clone, Copy, Debug)]
struct Change {
    start: usize,
    old_end: usize,
    new_end: usize,
}

impl Change {
    /// Between two texts; `None` if they are the same.
    fn between(old: &[u8], new: &[u8]) -> Option<Change> {
        let start = same(old, new, |bytes, at| bytes.get(at));
        let most = old.len().min(new.len()) - start;
        let behind = same(old, new, |bytes, at| bytes.len().checked_sub(at + 1).and_then(|at| bytes.get(at))).min(most);
        let change = Change { start, old_end: old.len() - behind, new_end: new.len() - behind };
        (change.start < change.old_end || change.start < change.new_end).then_some(change)
    }

    /// What holds both changes of a text, told in the same bytes.
    fn with(self, other: Option<Change>) -> Change {
        let Some(other) = other else { return self };
        let more = self.old_end.max(other.old_end) - self.old_end;
        Change { start: self.start.min(other.start), old_end: self.old_end + more, new_end: self.new_end + more }
    }

    /// Where an offset behind the change is in the new text.
    fn moved(self, old: usize) -> usize {
        old - self.old_end + self.new_end
    }
}

/// How many bytes are the same, counted as `at` counts.
fn same<'b>(old: &'b [u8], new: &'b [u8], at: impl Fn(&'b [u8], usize) -> Option<&'b u8>) -> usize {
    let most = old.len().min(new.len());
    (0..most).take_while(|index| at(old, *index) == at(new, *index)).count()
}

/// A run of whole lines in one block.
#[derive(Debug)]
struct Run {
    /// The statements whose blocks lead to it, each by its place among its siblings.
    path: Vec<usize>,
    /// What it stands in.
    place: Place,
    /// The statements in it, by their places among their siblings.
    items: Range<usize>,
    /// Its bytes in the old text.
    bytes: Range<usize>,
}

/// What was read before, made to fit the new text; gives it back if that takes reading everything.
pub(super) fn patch(mut earlier: Parsed, text: Text) -> Result<Parsed, Text> {
    let Some(change) = change(&earlier.text, &text) else {
        return Ok(Parsed { text, ..earlier });
    };
    let old = earlier.text.parsed();
    if old.starts_with(BYTE_ORDER_MARK) != text.parsed().starts_with(BYTE_ORDER_MARK) {
        return Err(text);
    }
    for run in runs(&earlier.tree, old, text.parsed(), change).into_iter().rev() {
        let Some(found) = read(&earlier.tree, &run, &text, change) else { continue };
        splice(&mut earlier.tree.items, &run, found.value, change);
        let mut problems = text.problems.clone();
        let of_statements = earlier.problems.split_off(earlier.text.problems.len());
        problems.extend(kept(of_statements, &run, change, old.len()));
        problems.extend(found.problems);
        return Ok(Parsed { tree: earlier.tree, problems, text });
    }
    Err(text)
}

fn change(old: &Text, new: &Text) -> Option<Change> {
    let parsed = Change::between(old.parsed().as_bytes(), new.parsed().as_bytes());
    if old.is_mended() || new.is_mended() {
        // Mended or not, a byte is at the same place, but slices are taken from what was written.
        let written = Change::between(old.written.as_bytes(), new.written.as_bytes());
        return parsed.map(|parsed| parsed.with(written)).or(written);
    }
    parsed
}

/// The runs around a change, the outermost first.
fn runs(tree: &Tree, old: &str, new: &str, change: Change) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut items, mut path, mut place) = (tree.items.as_slice(), Vec::new(), Place::File);
    let first = if old.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let mut body = first..old.len();
    loop {
        let lines =
            Lines { old: old.as_bytes(), new: new.as_bytes(), change, body: body.clone(), file: path.is_empty() };
        runs.extend(lines.run(items, old).map(|(range, bytes)| Run { path: path.clone(), place, items: range, bytes }));
        let holds = |item: &Item| {
            let inner = item.block.as_ref().map(|block| block.span);
            inner.is_some_and(|span| (span.start as usize) < change.start && change.old_end < span.end as usize)
        };
        let Some((at, item)) = items.iter().enumerate().find(|(_, item)| holds(item)) else { return runs };
        let Some(block) = &item.block else { return runs };
        body = block.span.start as usize + 1..block.span.end as usize;
        place = build::place_in(item, place);
        items = &block.items;
        path.push(at);
    }
}

/// The lines of one block.
struct Lines<'t> {
    old: &'t [u8],
    new: &'t [u8],
    change: Change,
    body: Range<usize>,
    file: bool,
}

impl Lines<'_> {
    /// The smallest run with the change in it: which statements, and which bytes.
    fn run(&self, items: &[Item], old: &str) -> Option<(Range<usize>, Range<usize>)> {
        let start = self.start(items, old)?;
        let end = self.end(items)?;
        let before = items.partition_point(|item| item.span.end as usize <= start);
        let behind = items.partition_point(|item| (item.span.start as usize) < end);
        let open = items.get(..before)?.iter().any(|item| opens_brackets(old, item));
        (!open && before <= behind).then_some((before..behind, start..end))
    }

    fn start(&self, items: &[Item], old: &str) -> Option<usize> {
        let mut at = self.line(self.change.start);
        loop {
            if at <= self.body.start {
                return self.file.then_some(self.body.start);
            }
            let before = items.partition_point(|item| (item.span.start as usize) < at);
            match before.checked_sub(1).and_then(|last| items.get(last)) {
                // A block that is never closed ends with the file, at the start of a line.
                Some(item) if item.span.end as usize >= at || goes_on(old, item) => {
                    at = self.line(item.span.start as usize);
                }
                _ => return Some(at),
            }
        }
    }

    fn end(&self, items: &[Item]) -> Option<usize> {
        let mut at = self.change.old_end;
        loop {
            let line = self.next_line(at).filter(|line| *line <= self.body.end);
            let Some(line) = line else { return self.file.then_some(self.body.end) };
            let before = items.partition_point(|item| (item.span.start as usize) < line);
            match before.checked_sub(1).and_then(|last| items.get(last)) {
                Some(item) if item.span.end as usize >= line => at = item.span.end as usize + 1,
                _ if self.new.get(self.change.moved(line).wrapping_sub(1)) == Some(&b'\n') => return Some(line),
                _ => at = line + 1,
            }
        }
    }

    /// The start of the line that holds a byte.
    fn line(&self, at: usize) -> usize {
        let before = self.old.get(..at).unwrap_or_default();
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
    }

    /// The first start of a line at or behind a byte.
    fn next_line(&self, at: usize) -> Option<usize> {
        let from = at.saturating_sub(1);
        let newline = self.old.get(from..)?.iter().position(|byte| *byte == b'\n')?;
        Some(from + newline + 1)
    }
}

/// Whether the parser may have looked for more of a statement on the next line.
fn goes_on(text: &str, item: &Item) -> bool {
    text.get(item.span.range()).is_none_or(|text| text.trim_end().ends_with(','))
}

/// Whether the parser may have looked for a closing bracket on the lines behind a statement.
fn opens_brackets(text: &str, item: &Item) -> bool {
    let text = text.get(item.span.range()).unwrap_or_default();
    text.starts_with("use") && text.contains('(') && !text.trim_end().ends_with(')')
}

/// Reads a run of lines by itself; `None` if it means something else by itself than where it stands.
fn read(tree: &Tree, run: &Run, text: &Text, change: Change) -> Option<With<Vec<Item>>> {
    let bytes = run.bytes.start..change.moved(run.bytes.end);
    let slice = text.parsed().get(bytes.clone())?;
    let pairs = VpcParser::parse(Rule::fragment, slice).ok()?;
    let at_the_end = bytes.end == text.parsed().len();
    if !at_the_end && pairs.clone().flatten().any(|pair| pair.as_rule() == Rule::unclosed) {
        return None;
    }
    let written = text.written.get(bytes.clone())?;
    let mut found = build::fragment(tree.file, written, pairs, run.place);
    let open = found.value.last().is_some_and(|last| goes_on(slice, last))
        || found.value.iter().any(|item| opens_brackets(slice, item));
    if open {
        return None;
    }
    let mut move_down = |span: &mut Span| {
        span.start += bytes.start as u32;
        span.end += bytes.start as u32;
    };
    found.value.places(&mut move_down);
    found.problems.places(&mut move_down);
    Some(found)
}

/// Puts what was read anew in place of what stood there, and moves all that follows.
fn splice(items: &mut Vec<Item>, run: &Run, new: Vec<Item>, change: Change) {
    let mut body = &mut *items;
    for at in &run.path {
        let Some(block) = body.get_mut(*at).and_then(|item| item.block.as_mut()) else { return };
        body = &mut block.items;
    }
    drop(body.drain(run.items.clone()));
    items.places(&mut |span| shift(span, run, change));
    let mut body = items;
    for at in &run.path {
        let Some(block) = body.get_mut(*at).and_then(|item| item.block.as_mut()) else { return };
        body = &mut block.items;
    }
    body.splice(run.items.start..run.items.start, new);
}

fn shift(span: &mut Span, run: &Run, change: Change) {
    for end in [&mut span.start, &mut span.end] {
        if *end as usize >= run.bytes.end {
            *end = change.moved(*end as usize) as u32;
        }
    }
}

/// The problems of what was not read again. Those of a run that ends with the file may stand behind its last byte.
fn kept(problems: Vec<Diagnostic>, run: &Run, change: Change, old_len: usize) -> Vec<Diagnostic> {
    let outside = |place: Span| {
        let at = place.start as usize;
        at < run.bytes.start || at >= run.bytes.end && run.bytes.end < old_len
    };
    let mut kept: Vec<_> = problems.into_iter().filter(|problem| problem.place().is_none_or(outside)).collect();
    kept.places(&mut |span| shift(span, run, change));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::parse_again;

    const PROGRAM: &str = "stack s\nnetwork n 10.0.0.0/16 {\n  subnet a 10.0.0.0/24 az a {\n    public\n  }\n  subnet b 10.0.1.0/24 az a\n}\nlet o = 10.0.0.0/8,\n  192.168.0.0/16\n";

    /// The lines that are read after a change of one text into another.
    fn read_again(from: &str, to: &str) -> String {
        let mut sources = Sources::default();
        let file = sources.add("a.vpc", PROGRAM);
        let earlier = parse_again(&sources, file, None);
        let text = Text::of(file, &PROGRAM.replace(from, to).into()).unwrap();
        let change = change(&earlier.text, &text).unwrap();
        let runs = runs(&earlier.tree, PROGRAM, text.parsed(), change);
        let run = runs.iter().rev().find(|run| read(&earlier.tree, run, &text, change).is_some());
        run.map_or("everything", |run| &PROGRAM[run.bytes.clone()]).to_owned()
    }

    #[test]
    fn only_the_lines_that_changed_are_read_again() {
        assert_eq!(read_again("public", "publi"), "    public\n");
        assert_eq!(read_again("subnet b", "subnet bb"), "  subnet b 10.0.1.0/24 az a\n");
        assert_eq!(read_again("192", "193"), "let o = 10.0.0.0/8,\n  192.168.0.0/16\n");
        assert_eq!(read_again("az a {", "az b {"), "  subnet a 10.0.0.0/24 az a {\n    public\n  }\n");
        assert_eq!(read_again("  subnet b", "  keep\n  subnet b"), "  subnet b 10.0.1.0/24 az a\n");
        assert_eq!(read_again("stack s\n", "use \"m.vpc\" as m (\n"), "everything");
    }
}
