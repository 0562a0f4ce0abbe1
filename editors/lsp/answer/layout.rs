//! Layout.

use crate::session::Session;
use lsp_types::{TextEdit, Uri};
use std::ops::Range;
use vpcc_core::format::format;
use vpcc_core::source::Span;
use vpcc_core::syntax::parse;

/// The edits that lay a file out; none for a file with syntax errors.
pub fn whole(session: &mut Session<'_>, uri: &Uri) -> Option<Vec<TextEdit>> {
    let (snapshot, file) = session.file(uri)?;
    let tree = parse(snapshot.sources(), file);
    if !tree.problems.is_empty() {
        return None;
    }
    let old = snapshot.text(file);
    let new = format(old, &tree.value);
    let range = changed_bytes(old, &new)?;
    let behind = old.len() - range.end;
    let edit = TextEdit {
        range: session.encoding.range(snapshot.sources(), Span::new(file, range.start, range.end)),
        new_text: new[range.start..new.len() - behind].to_owned(),
    };
    Some(vec![edit])
}

/// The bytes of the lines that differ, so that cursors elsewhere stay where they are.
fn changed_bytes(old: &str, new: &str) -> Option<Range<usize>> {
    if old == new {
        return None;
    }
    let same = |pairs: &mut dyn Iterator<Item = (&str, &str)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum()
    };
    let start = same(&mut old.split_inclusive('\n').zip(new.split_inclusive('\n')));
    let (old, new) = (old.get(start..)?, new.get(start..)?);
    let end = same(&mut old.split_inclusive('\n').rev().zip(new.split_inclusive('\n').rev()));
    Some(start..start + old.len() - end.min(old.len()).min(new.len()))
}
