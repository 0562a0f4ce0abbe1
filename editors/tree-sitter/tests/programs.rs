//! Whatever vpcc reads, the grammar reads: the examples, the fixtures without a mistake in their syntax, what the
//! explain pages call right, and the reference's programs.

use std::fs;
use std::path::{Path, PathBuf};
use tree_sitter::{Node, Parser};

/// Codes of mistakes in the syntax; fixtures in which vpcc finds one need not be readable.
const SYNTAX: [&str; 4] = ["[syntax]", "[unmatched-brace]", "[unknown-statement]", "[too-deep]"];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![repository(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => found.push(entry.path()),
            }
        }
    }
    found.retain(|path| path.extension().is_some_and(|found| found == ending));
    found.sort();
    found
}

/// The places that the grammar cannot read, with the line of each.
fn faults(text: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_vpc::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let mut faults = Vec::new();
    let mut nodes = vec![tree.root_node()];
    while let Some(node) = nodes.pop() {
        if node.is_error() || node.is_missing() {
            faults.push(fault(node, text));
        } else if node.has_error() {
            nodes.extend((0..node.child_count()).filter_map(|index| node.child(index)));
        }
    }
    faults
}

fn fault(node: Node, text: &str) -> String {
    let line = node.start_position().row;
    format!("line {}: {}", line + 1, text.lines().nth(line).unwrap_or_default())
}

/// The fenced texts of a page whose fence starts with a word.
fn fenced(page: &str, word: &str) -> Vec<String> {
    let opening = format!("```{word}\n");
    let fences = page.split(&opening).skip(1);
    fences.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Asserts that all are read, naming every place where one is not.
fn assert_read(programs: Vec<(PathBuf, String)>, least: usize) {
    assert!(programs.len() >= least, "only {} programs", programs.len());
    let told = programs.iter().flat_map(|(path, text)| {
        let faults = faults(text).into_iter();
        faults.map(move |fault| format!("{}: {fault}", path.file_name().unwrap().display()))
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "not read:\n{}", told.join("\n"));
}

#[test]
fn examples_are_read() {
    let programs = files("examples", "vpc").into_iter();
    assert_read(programs.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect(), 10);
}

#[test]
fn fixtures_are_read() {
    let sound = |path: &PathBuf| {
        let told = fs::read_to_string(path.with_extension("snap")).unwrap();
        !SYNTAX.iter().any(|code| told.contains(code))
    };
    let programs = files("tests/compiler/check", "vpc").into_iter().filter(sound);
    assert_read(programs.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect(), 50);
}

#[test]
fn what_pages_call_right_is_read() {
    let pages = files("compiler/core/problem/pages", "md").into_iter();
    let programs = pages.flat_map(|path| {
        let right = fenced(&fs::read_to_string(&path).unwrap(), "vpc right");
        right.into_iter().map(move |text| (path.clone(), text))
    });
    assert_read(programs.collect(), 50);
}

#[test]
fn the_reference_is_read() {
    let path = repository("grammar/reference.md");
    let programs = fenced(&fs::read_to_string(&path).unwrap(), "vpc");
    assert_read(programs.into_iter().map(|text| (path.clone(), text)).collect(), 1);
}

/// A snippet as it stands before anything is filled in: `${1:name}` is `name`, `${1|all,accept|}` is `all`.
fn unfilled(body: &str) -> String {
    let mut parts = body.split("${");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap();
        let default = place.trim_start_matches(|c: char| c.is_ascii_digit());
        let first = default.split(',').next().unwrap_or_default();
        out += default.strip_prefix(':').unwrap_or_else(|| first.trim_matches('|'));
        out += rest;
    }
    out.replace("$0", "")
}

#[test]
fn snippets_are_read() {
    let path = repository("editors/vscode/snippets/vpc.json");
    let snippets: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let text = |snippet: &serde_json::Value| {
        let lines = snippet["body"].as_array().unwrap().iter();
        unfilled(&lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect::<String>())
    };
    let programs = snippets.as_object().unwrap().iter();
    assert_read(programs.map(|(name, snippet)| (PathBuf::from(name), text(snippet))).collect(), 5);
    assert_eq!(unfilled("a ${1:b} ${2|c,d|}\n$0"), "a b c\n");
}

#[test]
fn a_bad_statement_hides_nothing_in_the_others() {
    let text = "stack s\nnetwork n 10.0.0.0/16 {\n  subnet\n  gateway igw internet\n}\n";
    assert_eq!(faults(text).len(), 1, "{:?}", faults(text));
}
