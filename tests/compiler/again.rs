//! A text that is read again after a change comes to the same as when it is read whole.

#![expect(clippy::disallowed_methods, reason = "the examples are read")]

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use vpcc_core::problem::sort;
use vpcc_core::source::Sources;
use vpcc_core::syntax::{Parsed, parse_again};

fn examples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// What people type, and what breaks things.
const PIECES: [&str; 48] = [
    "x",
    " ",
    "\n",
    "\r\n",
    "{",
    "}",
    "\"",
    "#",
    ";",
    ",",
    "(",
    ")",
    "[",
    "]",
    "\\",
    "=",
    "/",
    "7",
    ".",
    "é",
    "🦀",
    "\u{FEFF}",
    "\u{0}",
    "{x}",
    ",\n",
    ", # c\n",
    "{\n",
    "\n}",
    "\n}\n",
    "# c\n",
    "\"\n",
    " public",
    "\nkeep\n",
    "\nsubnet s 10.0.9.0/24 az a {\n  public\n}\n",
    "sg t \"t\" { ingress tcp 80,\n 443 from any }",
    "\nuse \"f.vpc\" as m (a = 1,\n b = 2)\n",
    "\nuse \"f.vpc\" as m (\n",
    "\n)\n",
    "\nlet l = 10.0.0.0/8,\n",
    "\ntags { a \"b\"\n c \"d\" }\n",
    "node n[0..2] in lan",
    "network n 10.0.0.0/16 {\n",
    "was y",
    "\nacl a {\n100 allow ingress tcp 1 from any\n}\n",
    "\nnetwrk m 10.0.0.0/8 {\n",
    "ingress tcp 80,",
    "\n  route any via igw\n",
    "\t",
];

#[derive(Clone, Debug)]
struct Edit {
    /// Where, in thousandths of the text.
    at: usize,
    /// How many characters go.
    removed: usize,
    piece: usize,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let removed = prop_oneof![4 => Just(0usize), 3 => 1usize..3, 1 => 3usize..200];
    let edit = (0usize..1000, removed, 0..=PIECES.len()).prop_map(|(at, removed, piece)| Edit { at, removed, piece });
    prop::collection::vec(edit, 1..8)
}

fn edited(text: &str, edit: &Edit) -> String {
    let chars: Vec<char> = text.chars().collect();
    let start = chars.len() * edit.at / 1000;
    let end = (start + edit.removed).min(chars.len());
    let piece = PIECES.get(edit.piece).copied().unwrap_or_default();
    chars[..start].iter().copied().chain(piece.chars()).chain(chars[end..].iter().copied()).collect()
}

fn read(text: &str, earlier: Option<Parsed>) -> Parsed {
    let mut sources = Sources::default();
    let file = sources.add("program.vpc", text);
    parse_again(&sources, file, earlier)
}

/// A tree and its problems, to be compared; the order in which problems are found doesn't matter.
fn told(parsed: &Parsed) -> String {
    let mut problems = parsed.problems.clone();
    sort(&mut problems);
    format!("{:#?}\n{problems:#?}", parsed.tree)
}

#[track_caller]
fn same(earlier: Parsed, text: &str) -> Parsed {
    let again = read(text, Some(earlier));
    let (again_told, whole_told) = (told(&again), told(&read(text, None)));
    let first = again_told.lines().zip(whole_told.lines()).find(|(a, b)| a != b);
    assert!(again_told == whole_told, "read again, this is something else:\n{text}\n{first:?}");
    again
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edit_of_an_example_comes_to_the_same(which in 0usize..1000, crlf in any::<bool>(), bom in any::<bool>(), edits in edits()) {
        let examples = examples();
        let mut text = examples[which % examples.len()].clone();
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if bom {
            text.insert(0, '\u{FEFF}');
        }
        let mut parsed = read(&text, None);
        for edit in &edits {
            text = edited(&text, edit);
            parsed = same(parsed, &text);
        }
    }

    #[test]
    fn any_edit_of_a_soup_comes_to_the_same(pieces in prop::collection::vec(0..PIECES.len(), 0..40), edits in edits()) {
        let mut text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        let mut parsed = read(&text, None);
        for edit in &edits {
            text = edited(&text, edit);
            parsed = same(parsed, &text);
        }
    }
}

#[test]
fn every_program_typed_letter_by_letter_comes_to_the_same() {
    let text = &examples()[0];
    let mut parsed = read("", None);
    for (end, _) in text.char_indices() {
        parsed = same(parsed, &text[..end]);
    }
    same(parsed, text);
}
