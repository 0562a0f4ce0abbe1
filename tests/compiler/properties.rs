//! What holds for every text: nothing panics, laying out is a fixed point and keeps the program, and plans do not depend
//! on the order of statements.

use proptest::prelude::*;
use vpcc_core::check::{Given, compile};
use vpcc_core::format::format;
use vpcc_core::model::Sound;
use vpcc_core::plan::{Detail, diff, lower, to_json, write_human};
use vpcc_core::problem::{render, to_json as problem_json};
use vpcc_core::source::{Memory, Sources};
use vpcc_core::syntax::{Item, parse};

const EXAMPLE: &str = include_str!("../../examples/cluster.vpc");

/// Words that programs are made of, and some that they are not.
const WORDS: [&str; 60] = [
    "stack",
    "region",
    "param",
    "let",
    "key",
    "tags",
    "network",
    "dns",
    "gateway",
    "internet",
    "routes",
    "subnet",
    "az",
    "across",
    "each",
    "sg",
    "ingress",
    "egress",
    "tcp",
    "udp",
    "icmp",
    "all",
    "any",
    "from",
    "to",
    "via",
    "route",
    "node",
    "in",
    "at",
    "type",
    "image",
    "boot",
    "disk",
    "public",
    "private",
    "role",
    "defaults",
    "acl",
    "allow",
    "endpoint",
    "peer",
    "assert",
    "can",
    "reach",
    "10.0.0.0/16",
    "10.0.0.300/99",
    "2001:db8::/56",
    ".100",
    "{x}",
    "\"text\"",
    "\"open",
    "x[0..2]",
    "x[",
    "a",
    "{",
    "}",
    ";",
    "\n",
    ",",
];

fn files(program: &[u8]) -> Memory {
    Memory::default()
        .with("keys/me.pub", include_bytes!("../../examples/keys/me.pub"))
        .with("boot/node.sh", include_bytes!("../../examples/boot/node.sh"))
        .with("program.vpc", program)
}

/// Everything that can be done with a program, whatever it is.
fn exercise(program: &[u8]) {
    let compiled = compile(&files(program), "program.vpc", &Given::new());
    let mut out = Vec::new();
    for problem in &compiled.checked.problems {
        render::human(problem, &compiled.sources, &mut out).unwrap();
        render::short(problem, &compiled.sources, &mut out).unwrap();
        assert!(problem_json(problem, &compiled.sources).starts_with('{'));
        for label in &problem.labels {
            let text = &compiled.sources.file(label.span.file).text;
            assert!(text.get(label.span.range()).is_some(), "{problem:?} points nowhere");
        }
    }
    if let Ok((sound, _)) = Sound::new(compiled.checked) {
        let plan = diff(&sound.stack, "us-west-2", lower(&sound, &compiled.sources, "us-west-2"), Vec::new());
        write_human(&plan, Detail::Full, &mut out).unwrap();
        serde_json::from_str::<serde_json::Value>(&to_json(&plan)).unwrap();
    }
}

/// A tree without its places.
fn shape(items: &[Item]) -> String {
    let text = format!("{items:?}");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

fn laid_out(text: &str) -> Option<(String, String)> {
    let mut sources = Sources::default();
    let file = sources.add("program.vpc", text);
    let tree = parse(&sources, file);
    tree.problems.is_empty().then(|| (format(text, &tree.value), shape(&tree.value.items)))
}

/// A change to a text.
#[derive(Clone, Debug)]
enum Edit {
    Remove(usize, usize),
    Insert(usize, String),
    Repeat(usize, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = 0usize..EXAMPLE.len();
    let edit = prop_oneof![
        (at.clone(), 0usize..40).prop_map(|(at, len)| Edit::Remove(at, len)),
        (at.clone(), prop::sample::select(&WORDS[..])).prop_map(|(at, word)| Edit::Insert(at, format!(" {word} "))),
        (at.clone(), "\\PC{0,3}").prop_map(|(at, text)| Edit::Insert(at, text)),
        (at, 0usize..80).prop_map(|(at, len)| Edit::Repeat(at, len)),
    ];
    prop::collection::vec(edit, 1..6)
}

fn edited(edits: &[Edit]) -> String {
    let mut text: Vec<char> = EXAMPLE.chars().collect();
    for edit in edits {
        let clamp = |at: usize| at.min(text.len());
        match edit {
            Edit::Remove(at, len) => drop(text.drain(clamp(*at)..clamp(at + len))),
            Edit::Insert(at, more) => {
                let at = clamp(*at);
                text.splice(at..at, more.chars());
            }
            Edit::Repeat(at, len) => {
                let (from, to) = (clamp(*at), clamp(at + len));
                let copy = text[from..to].to_vec();
                text.splice(to..to, copy);
            }
        }
    }
    text.into_iter().collect()
}

proptest! {
    // A failing case belongs into a test of its own, so none are kept in files.
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "\\PC*") {
        exercise(text.as_bytes());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&bytes);
    }

    #[test]
    fn no_soup_of_words_panics(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        exercise(words.join(" ").as_bytes());
    }

    #[test]
    fn no_edit_of_the_example_panics(edits in edits()) {
        exercise(edited(&edits).as_bytes());
    }

    #[test]
    fn laying_out_is_a_fixed_point_and_keeps_the_program(edits in edits()) {
        if let Some((once, before)) = laid_out(&edited(&edits)) {
            let Some((twice, after)) = laid_out(&once) else { panic!("laid out, it cannot be read:\n{once}") };
            prop_assert_eq!(&once, &twice);
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn plans_do_not_depend_on_the_order_of_statements(order in Just((0..7usize).collect::<Vec<_>>()).prop_shuffle()) {
        let inner = [
            "dns \"x.internal\"", "gateway igw internet", "subnet a 10.0.0.0/24 az a { public; route 0.0.0.0/0 via igw }",
            "subnet b 10.0.1.0/24 az b", "sg web { ingress tcp 80 from db }", "sg db { ingress tcp 5432 from web }",
            "node n[0..2] in a at .10 { type t3.micro; image ami-04681a1dbd79675a5; sg web, db }",
        ];
        let plan = |order: &[usize]| {
            let body: Vec<&str> = order.iter().map(|index| inner[*index]).collect();
            let program = format!("stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {{\n{}\n}}\n", body.join("\n"));
            let compiled = compile(&files(program.as_bytes()), "program.vpc", &Given::new());
            let (sound, _) = Sound::new(compiled.checked).unwrap();
            let plan = diff("s", "us-west-2", lower(&sound, &compiled.sources, "us-west-2"), Vec::new());
            let mut json: serde_json::Value = serde_json::from_str(&to_json(&plan)).unwrap();
            for step in json["steps"].as_array_mut().unwrap() {
                step["source"] = serde_json::Value::Null;
            }
            json
        };
        prop_assert_eq!(plan(&order), plan(&[0, 1, 2, 3, 4, 5, 6]));
    }
}
