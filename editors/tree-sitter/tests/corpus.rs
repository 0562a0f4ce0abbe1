//! `test/corpus`, in the format of tree-sitter's own tests: a name between lines of `=`, a program, a line of `-`, its
//! tree. `UPDATE=1 cargo test` writes the trees anew; read the difference.

use std::path::{Path, PathBuf};
use std::{env, fs};
use tree_sitter::Parser;

struct Case {
    name: String,
    program: String,
    tree: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut parts = text.split("==================\n").skip(1);
    let mut cases = Vec::new();
    while let (Some(name), Some(body)) = (parts.next(), parts.next()) {
        let (program, tree) = body.split_once("\n---\n").unwrap();
        cases.push(Case { name: name.to_owned(), program: program.to_owned(), tree: tree.trim().to_owned() });
    }
    cases
}

/// The tree of a program, a node a line.
fn tree(program: &str) -> String {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_vpc::LANGUAGE.into()).unwrap();
    let flat = parser.parse(program, None).unwrap().root_node().to_sexp();
    let mut out = String::new();
    let mut depth = 0;
    for word in flat.split(' ') {
        let opens = word.starts_with('(') && !out.ends_with(": ");
        if (opens || word.ends_with(':')) && !out.is_empty() {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        } else if !out.is_empty() && !out.ends_with(": ") {
            out.push(' ');
        }
        out.push_str(word);
        if word.ends_with(':') {
            out.push(' ');
        }
        depth = depth + word.matches('(').count() - word.matches(')').count();
    }
    out
}

fn written(cases: &[Case]) -> String {
    let bar = "==================\n";
    let each = |case: &Case| format!("{bar}{}{bar}{}\n---\n\n{}\n\n", case.name, case.program, tree(&case.program));
    cases.iter().map(each).collect::<String>().trim_end().to_owned() + "\n"
}

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn trees_are_what_the_corpus_says() {
    let mut count = 0;
    for path in corpus() {
        let cases = cases(&fs::read_to_string(&path).unwrap());
        count += cases.len();
        if env::var_os("UPDATE").is_some() {
            fs::write(&path, written(&cases)).unwrap();
            continue;
        }
        for case in cases {
            assert_eq!(tree(&case.program), case.tree, "{} in {}", case.name.trim(), path.display());
        }
    }
    assert!(count >= 20, "only {count} cases");
}
