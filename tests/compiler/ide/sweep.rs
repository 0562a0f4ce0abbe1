//! Every question at every place of every example, whole and cut off at every line: no panic, and no span outside.
//!
//! Of the places in front of a cut, each is asked at in one of a few cuts; those of the last lines in all of them.

#![expect(clippy::disallowed_methods, reason = "examples are read from the file system")]

use std::fs;
use std::path::Path;
use vpcc_core::ide::{self, Snapshot};
use vpcc_core::source::{FileId, Span};

fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let files = ["", "modules"].into_iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let mut paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_question_at_every_place_of_every_example() {
    for text in examples() {
        ask_all(&text, |_| true);
        ask_all(&text.replace('\n', "\r\n"), |_| true);
    }
}

#[test]
fn every_question_at_every_place_of_every_example_cut_off() {
    for text in examples() {
        let ends = text.match_indices('\n').map(|(at, _)| at);
        for (nth, end) in ends.enumerate() {
            let near = |offset: usize| offset + NEAR > end || offset % EACH == nth % EACH;
            // In the middle of the line, where people type, and at its end.
            let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
            let middle =
                (start..=end).rev().find(|at| *at <= (start + end) / 2 && text.is_char_boundary(*at)).unwrap_or(start);
            ask_all(&text[..middle], near);
            ask_all(&text[..end], near);
        }
    }
}

/// So many bytes before a cut belong to its last lines.
const NEAR: usize = 120;

/// Of the other places, one in so many is asked at.
const EACH: usize = 11;

fn ask_all(text: &str, asked: impl Fn(usize) -> bool) {
    let snapshot = Snapshot::of(&super::world(text), "program.vpc");
    let file = snapshot.file("program.vpc").unwrap();
    ask_file(&snapshot, file);
    for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset) && asked(*offset)) {
        ask(&snapshot, file, offset);
    }
}

fn ask_file(snapshot: &Snapshot, file: FileId) {
    fn outline(snapshot: &Snapshot, symbols: &[ide::Symbol]) {
        for symbol in symbols {
            inside(snapshot, symbol.span);
            inside(snapshot, symbol.name_span);
            assert!(symbol.span.start <= symbol.name_span.start && symbol.name_span.end <= symbol.span.end);
            outline(snapshot, &symbol.children);
        }
    }
    outline(snapshot, &ide::outline(snapshot, file));
    for found in ide::search(snapshot, "") {
        inside(snapshot, found.span);
    }
    if let Some(lens) = ide::lens(snapshot, file) {
        inside(snapshot, lens.span);
    }
    for link in ide::links(snapshot, file) {
        inside(snapshot, link.span);
    }
    let lines = snapshot.text(file).lines().count();
    for fold in ide::folds(snapshot, file) {
        assert!(fold.first < fold.last && fold.last < lines.max(1));
    }
    for hint in ide::hints(snapshot, file, 0..snapshot.text(file).len() + 1) {
        assert!(snapshot.text(file).is_char_boundary(hint.offset));
    }
    let mut end = 0;
    for painted in ide::painted(snapshot, file) {
        inside(snapshot, painted.span);
        assert!(end <= painted.span.start && painted.span.start < painted.span.end);
        assert!(!snapshot.sources().text(painted.span).contains('\n'));
        end = painted.span.end;
    }
}

fn ask(snapshot: &Snapshot, file: FileId, offset: usize) {
    if let Some(name) = ide::name_at(snapshot, file, offset) {
        inside(snapshot, name.span);
        assert!(ide::declaration(snapshot, &name).is_some(), "{}", snapshot.sources().text(name.span));
    }
    let definition = ide::definition(snapshot, file, offset);
    let highlights = ide::highlights(snapshot, file, offset).into_iter().map(|highlight| highlight.span);
    let spans = definition.into_iter().chain(highlights).chain(ide::references(snapshot, file, offset, true));
    for span in spans {
        inside(snapshot, span);
    }
    if let Some(hover) = ide::hover(snapshot, file, offset) {
        inside(snapshot, hover.span);
        assert!((hover.span.start as usize..=hover.span.end as usize).contains(&offset) && !hover.text.is_empty());
    }
    for completion in ide::completions(snapshot, &vpcc_core::source::Memory::default(), file, offset) {
        inside(snapshot, completion.span);
        assert!((completion.span.start as usize..=completion.span.end as usize).contains(&offset));
    }
    if let Some(found) = ide::signature(snapshot, file, offset) {
        assert!(found.likely < found.shapes.len());
        for shape in &found.shapes {
            assert!(shape.parts.iter().all(|part| shape.text.get(part.clone()).is_some_and(|text| !text.is_empty())));
            assert!(shape.active.is_none_or(|part| part < shape.parts.len()));
        }
    }
    let edits = ide::rename(snapshot, file, offset, "an-unlikely-name").unwrap_or_default();
    let actions = ide::actions(snapshot, file, &(offset..offset)).into_iter().flat_map(|action| action.edits);
    for edit in edits.into_iter().chain(actions) {
        inside(snapshot, edit.span);
    }
    let selections = ide::selections(snapshot, file, offset);
    for pair in selections.windows(2) {
        inside(snapshot, pair[0]);
        assert!(pair[1].start <= pair[0].start && pair[0].end <= pair[1].end && pair[0] != pair[1]);
    }
}

#[track_caller]
fn inside(snapshot: &Snapshot, span: Span) {
    let text = &snapshot.sources().file(span.file).text;
    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} is no span of the text");
}
