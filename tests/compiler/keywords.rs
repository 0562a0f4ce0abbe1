//! One list of words: the grammar, the table of statements, the reference and the editors' definitions agree with it.

use std::collections::BTreeSet;
use vpcc_core::syntax::forms::FORMS;

const LIST: &str = include_str!("../../grammar/keywords.txt");
const GRAMMAR: &str = include_str!("../../grammar/vpc.pest");
const REFERENCE: &str = include_str!("../../grammar/reference.md");
const TEXTMATE: &str = include_str!("../../editors/vscode/syntaxes/vpc.tmLanguage.json");
const VIM: &str = include_str!("../../editors/vim/syntax/vpc.vim");
const TREE_SITTER: &str = include_str!("../../editors/tree-sitter/grammar.js");
const HIGHLIGHTS: [(&str, &str); 3] = [
    ("Neovim", include_str!("../../editors/tree-sitter/queries/highlights.scm")),
    ("Helix", include_str!("../../editors/helix/queries/highlights.scm")),
    ("Zed", include_str!("../../editors/zed/languages/vpc/highlights.scm")),
];
const EMACS: &str = include_str!("../../editors/emacs/vpc-mode.el");
const SUBLIME: &str = include_str!("../../editors/sublime/vpc.sublime-syntax");
const HIGHLIGHT_JS: &str = include_str!("../../editors/web/highlight.js");
const KINDS: [&str; 4] = ["statements", "connectors", "constants", "protocols"];

/// The words below a heading of the list.
fn words(kind: &str) -> BTreeSet<&'static str> {
    let section = LIST.split_once(&format!("[{kind}]\n")).unwrap().1;
    let section = section.split("\n[").next().unwrap();
    section.lines().filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_table_of_statements_has_them_all() {
    let forms: BTreeSet<&str> = FORMS.iter().map(|form| form.keyword).collect();
    assert_eq!(forms, words("statements"));
}

#[test]
fn the_grammar_has_them_all() {
    for word in words("statements").iter().chain(&words("connectors")) {
        assert!(GRAMMAR.contains(&format!("\"{word}\"")), "{word} is not in the grammar");
    }
}

#[test]
fn the_reference_speaks_of_them_all() {
    for word in words("statements") {
        assert!(REFERENCE.contains(&format!("`{word}")), "{word} is not in the reference");
    }
}

#[test]
fn editors_highlight_them_all() {
    let grammar: serde_json::Value = serde_json::from_str(TEXTMATE).unwrap();
    for kind in KINDS {
        let pattern = grammar["repository"][kind]["match"].as_str().unwrap();
        // … (one|two|three)(?![\w-])
        let alternatives = pattern.rsplit_once("(?!").unwrap().0.trim_end_matches(')').rsplit_once('(').unwrap().1;
        let highlighted: BTreeSet<&str> = alternatives.split('|').collect();
        assert_eq!(highlighted, words(kind), "{kind} in the TextMate grammar");
    }
}

#[test]
fn vim_highlights_them_all() {
    for (kind, group) in [
        ("statements", "vpcStatement"),
        ("connectors", "vpcConnector"),
        ("constants", "vpcConstant"),
        ("protocols", "vpcProtocol"),
    ] {
        let line = VIM.lines().find(|line| line.starts_with(&format!("syn match {group} "))).unwrap();
        // … \%(one\|two\|three\) …
        let alternatives =
            line.rsplit("\\%(").find(|part| part.contains("\\|") && part.starts_with(|c: char| c.is_ascii_lowercase()));
        let highlighted: BTreeSet<&str> = alternatives.unwrap().split("\\)").next().unwrap().split("\\|").collect();
        assert_eq!(highlighted, words(kind), "{kind} in Vim's syntax");
    }
}

/// A statement that is missing here is added to `grammar.js`, to its `_statement` and to the queries; see CONTRIBUTING.md.
#[test]
fn tree_sitter_has_them_all() {
    for word in KINDS.into_iter().flat_map(words) {
        assert!(TREE_SITTER.contains(&format!("\"{word}\"")), "{word} is not in editors/tree-sitter/grammar.js");
    }
}

#[test]
fn queries_speak_of_them_all() {
    for (editor, query) in HIGHLIGHTS {
        for word in words("statements").iter().chain(&words("connectors")) {
            let named = query.contains(&format!("\"{word}\"")) || query.contains(&format!("({word})"));
            assert!(named, "{word} is not in the highlights for {editor}");
        }
    }
}

/// What stands in a text between what introduces it and what ends it.
fn between<'text>(text: &'text str, opening: &str, closing: &str) -> &'text str {
    text.split_once(opening).unwrap().1.split_once(closing).unwrap().0
}

#[test]
fn emacs_highlights_them_all() {
    for kind in KINDS {
        let list = between(EMACS, &format!("(defconst vpc-{kind}\n  '("), ")");
        let highlighted: BTreeSet<&str> = list.split_whitespace().map(|word| word.trim_matches('"')).collect();
        assert_eq!(highlighted, words(kind), "{kind} in Emacs' mode");
    }
}

#[test]
fn sublime_highlights_them_all() {
    for kind in KINDS {
        let highlighted: BTreeSet<&str> = between(SUBLIME, &format!("  {kind}: '"), "'").split('|').collect();
        assert_eq!(highlighted, words(kind), "{kind} in Sublime's syntax");
    }
}

#[test]
fn highlight_js_highlights_them_all() {
    for kind in KINDS {
        let list = between(HIGHLIGHT_JS, &format!("const {} =", kind.to_uppercase()), ";");
        let texts = list.split('"').skip(1).step_by(2);
        let highlighted: BTreeSet<&str> = texts.flat_map(str::split_whitespace).collect();
        assert_eq!(highlighted, words(kind), "{kind} for highlight.js");
    }
}
