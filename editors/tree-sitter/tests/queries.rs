//! The queries of every editor fit the grammar, and colour every word once.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use tree_sitter::{Node, Parser, Query, QueryCursor, StreamingIterator, Tree};

/// The folders of queries, below `editors/`.
const EDITORS: [&str; 3] = ["tree-sitter/queries", "helix/queries", "zed/languages/vpc"];

fn editors(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn query(path: &Path) -> Query {
    let text = fs::read_to_string(path).unwrap();
    Query::new(&tree_sitter_vpc::LANGUAGE.into(), &text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_vpc::LANGUAGE.into()).unwrap();
    parser.parse(text, None).unwrap()
}

/// The captures of a text by their places.
fn captures(query: &Query, text: &str) -> BTreeMap<(usize, usize), Vec<String>> {
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut found = cursor.captures(query, tree.root_node(), text.as_bytes());
    let mut places: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    while let Some((matched, index)) = found.next() {
        let capture = matched.captures()[*index];
        let Range { start, end } = capture.node.byte_range();
        let name = query.capture_names()[capture.index as usize];
        if name != "spell" {
            places.entry((start, end)).or_default().push(name.to_owned());
        }
    }
    places
}

/// What an editor would colour: every word but line ends, and texts as a whole.
fn words<'tree>(node: Node<'tree>, out: &mut Vec<Node<'tree>>) {
    if node.child_count() == 0 || node.kind() == "string" {
        out.extend(Some(node).filter(|node| node.start_byte() < node.end_byte() && !node.is_extra()));
        return;
    }
    for index in 0..node.child_count() {
        words(node.child(index).unwrap(), out);
    }
}

fn programs() -> Vec<String> {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    let list = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut examples = list(&editors("../examples"));
    examples.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    let mut texts: Vec<String> = examples.into_iter().map(read).collect();
    for corpus in list(&editors("tree-sitter/test/corpus")) {
        let text = read(corpus);
        let bodies = text.split("==================\n").skip(2).step_by(2);
        texts.extend(bodies.map(|body| body.split("\n---\n").next().unwrap().to_owned()));
    }
    texts.retain(|text| !parse(text).root_node().has_error());
    texts
}

#[test]
fn every_query_fits_the_grammar() {
    let mut count = 0;
    for folder in EDITORS {
        for path in fs::read_dir(editors(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|ending| ending == "scm") {
                query(&path);
                count += 1;
            }
        }
    }
    assert!(count >= 13, "only {count} queries");
}

#[test]
fn every_word_is_coloured_once() {
    for folder in EDITORS {
        let query = query(&editors(folder).join("highlights.scm"));
        for text in programs() {
            let captures = captures(&query, &text);
            let tree = parse(&text);
            let mut words_of = Vec::new();
            words(tree.root_node(), &mut words_of);
            for word in words_of {
                let range = word.byte_range();
                let found = captures.get(&(range.start, range.end)).map_or(&[][..], Vec::as_slice);
                assert_eq!(found.len(), 1, "{folder}: `{}` is {found:?} in\n{text}", &text[range]);
            }
        }
    }
}

#[test]
fn tags_are_what_is_declared() {
    let query = query(&editors("tree-sitter/queries/tags.scm"));
    let text = "network n 10.0.0.0/16 {\n  sg web { ingress tcp 22 from any }\n  node a in lan { sg web }\n}\n";
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut found = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut told = Vec::new();
    while let Some(matched) = found.next() {
        let names = matched.captures().iter().map(|capture| {
            let name = query.capture_names()[capture.index as usize];
            (name, if name == "name" { &text[capture.node.byte_range()] } else { "" })
        });
        told.extend(names.filter(|(name, _)| !name.starts_with("reference")));
    }
    let defined: Vec<&str> =
        told.iter().filter(|(name, _)| name.starts_with("definition")).map(|(name, _)| *name).collect();
    assert_eq!(defined, ["definition.module", "definition.class", "definition.class"]);
    let names: Vec<&str> = told.iter().filter(|(name, _)| *name == "name").map(|(_, text)| *text).collect();
    assert_eq!(names, ["n", "web", "a", "lan", "web"]);
}
