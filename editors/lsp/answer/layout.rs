//! Layout.

use crate::session::Session;
use lsp_types::{Position, Range, TextEdit, Uri};
use similar::{DiffOp, TextDiff};
use std::ops;
use std::time::Duration;
use vpcc_core::format::format;
use vpcc_core::ide;
use vpcc_core::source::Span;

/// After this time the smallest edits are not looked for any longer.
const PATIENCE: Duration = Duration::from_millis(50);

/// The edits that lay a file out; none for a file with syntax errors.
pub fn whole(session: &mut Session<'_>, uri: &Uri) -> Option<Vec<TextEdit>> {
    edits(session, uri, 0..u32::MAX)
}

/// The edits that lay out the lines of a range.
pub fn lines(session: &mut Session<'_>, uri: &Uri, range: Range) -> Option<Vec<TextEdit>> {
    // What ends at the start of a line has nothing of it.
    let open = range.end.character == 0 && range.end.line > range.start.line;
    edits(session, uri, range.start.line..range.end.line + u32::from(!open))
}

/// The edits that lay out the statement that a `}` before a position has closed.
pub fn closed(session: &mut Session<'_>, uri: &Uri, position: Position) -> Option<Vec<TextEdit>> {
    let (snapshot, file) = session.file(uri)?;
    let offset = session.encoding.offset(snapshot.text(file), position);
    let ends = |span: &Span| span.end as usize == offset && snapshot.sources().text(*span).ends_with('}');
    let closed = ide::selections(&snapshot, file, offset).into_iter().rfind(ends)?;
    let range = session.encoding.range(snapshot.sources(), closed);
    edits(session, uri, range.start.line..range.end.line + 1)
}

/// The edits that lay out some lines of a file.
fn edits(session: &mut Session<'_>, uri: &Uri, lines: ops::Range<u32>) -> Option<Vec<TextEdit>> {
    let (snapshot, file) = session.file(uri)?;
    let parsed = snapshot.compiled.files.iter().find(|parsed| parsed.tree.file == file)?;
    if !parsed.problems.is_empty() || !parsed.tree.readable {
        return None;
    }
    let old = snapshot.text(file);
    let new = format(old, &parsed.tree);
    let edit = |(bytes, text): (ops::Range<usize>, &str)| TextEdit {
        range: session.encoding.range(snapshot.sources(), Span::new(file, bytes.start, bytes.end)),
        new_text: text.to_owned(),
    };
    let all = changes(old, &new).into_iter().map(edit);
    let meets = |edit: &TextEdit| {
        let (first, behind) = (edit.range.start.line, edit.range.end.line.max(edit.range.start.line + 1));
        first < lines.end && lines.start < behind
    };
    let edits: Vec<TextEdit> = all.filter(meets).collect();
    (!edits.is_empty()).then_some(edits)
}

/// The lines that differ, as bytes of the old text and what takes their place; so cursors elsewhere stay where they are.
fn changes<'n>(old: &str, new: &'n str) -> Vec<(ops::Range<usize>, &'n str)> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let starts = |lines: &[&str]| -> Vec<usize> {
        let ends = lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect()
    };
    let (olds, news) = (starts(diff.old_slices()), starts(diff.new_slices()));
    let bytes = |starts: &[usize], lines: ops::Range<usize>| Some(*starts.get(lines.start)?..*starts.get(lines.end)?);
    let differs = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    differs.filter_map(|op| Some((bytes(&olds, op.old_range())?, new.get(bytes(&news, op.new_range())?)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_that_differ_are_changed() {
        assert_eq!(changes("a\n b\nc\n d\n", "a\nb\nc\nd\n"), [(2..5, "b\n"), (7..10, "d\n")]);
        assert_eq!(changes("a\n\n\nb", "a\n\nb\n"), [(3..5, "b\n")]);
        assert_eq!(changes("same\n", "same\n"), []);
    }
}
