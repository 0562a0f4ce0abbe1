//! What holds for every text: nothing panics, laying out is a fixed point and keeps the program, and plans do not depend
//! on the order of statements.

#![expect(clippy::disallowed_methods, reason = "the examples are read")]

#[path = "../fuzz/subjects.rs"]
mod subjects;

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use vpcc_core::check::{Given, compile};
use vpcc_core::model::Sound;
use vpcc_core::plan::{diff, lower, to_json};
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
        subjects::check(text.as_bytes());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        subjects::check(&bytes);
    }

    #[test]
    fn no_soup_of_words_panics(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        subjects::check(words.join(" ").as_bytes());
    }

    #[test]
    fn no_edit_of_the_example_panics(edits in edits()) {
        subjects::check(edited(&edits).as_bytes());
    }

    #[test]
    fn laying_out_is_a_fixed_point_and_keeps_the_program(edits in edits()) {
        subjects::format(edited(&edits).as_bytes());
    }

    #[test]
    fn plans_do_not_depend_on_the_order_of_statements_and_files(seed in any::<u64>()) {
        for (name, text) in examples() {
            let items = parsed(&text);
            let written = |statements: Vec<String>| Memory::default().with(&name, statements.join("\n"));
            let plain = planned(&written(items.iter().map(|item| shuffled(item, &text, &mut Order(0))).collect()), &name);
            let mut order = Order(seed | 1);
            let mut statements: Vec<String> = items.iter().map(|item| shuffled(item, &text, &mut order)).collect();
            order.shuffle(&mut statements);
            let half = statements.split_off(statements.len() / 2);
            let parted = Memory::default().with("program/a.vpc", statements.join("\n")).with("program/b.vpc", half.join("; "));
            prop_assert_eq!(planned(&parted, "program"), plain, "{}", name);
        }
    }
}

/// Every example, by name.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let programs = entries.filter(|path| path.extension().is_some_and(|extension| extension == "vpc"));
    programs
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// The same files in the folder of a program of several files, and beside a program of one.
fn beside(world: Memory) -> Memory {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    ["keys", "boot", "modules", "policies"].into_iter().fold(world, |world, name| {
        let Ok(entries) = fs::read_dir(folder.join(name)) else { return world };
        entries.map(|entry| entry.unwrap().path()).fold(world, |world, path| {
            let name = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
            let bytes = fs::read(&path).unwrap();
            world.with(&name, bytes.clone()).with(&format!("program/{name}"), bytes)
        })
    })
}

fn parsed(text: &str) -> Vec<Item> {
    let mut sources = Sources::default();
    let file = sources.add("program.vpc", text);
    parse(&sources, file).value.items
}

/// Where a plan's steps and assertions come from differs; nothing else may.
fn planned(world: &Memory, path: &str) -> serde_json::Value {
    let compiled = compile(&beside(world.clone()), path, &Given::new());
    let (sound, _) = Sound::new(compiled.checked).unwrap();
    let plan = diff(&sound.stack, "us-west-2", lower(&sound, &compiled.sources, "us-west-2"), Vec::new());
    let mut json: serde_json::Value = serde_json::from_str(&to_json(&plan)).unwrap();
    for list in ["steps", "assertions"] {
        for item in json[list].as_array_mut().unwrap() {
            item["source"] = serde_json::Value::Null;
        }
    }
    json
}

/// A statement with those in its block in another order.
fn shuffled(item: &Item, text: &str, order: &mut Order) -> String {
    let head = text[item.head.range()].trim_end().to_owned();
    let Some(block) = item.block.as_ref().filter(|block| !block.items.is_empty()) else {
        return text[item.span.range()].to_owned();
    };
    let mut inner: Vec<String> = block.items.iter().map(|item| shuffled(item, text, order)).collect();
    order.shuffle(&mut inner);
    format!("{head} {{\n{}\n}}", inner.join("\n"))
}

/// An order that follows from a number; 0 stands for the order that is there.
struct Order(u64);

impl Order {
    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            if self.0 != 0 {
                // A xorshift generator.
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                things.swap(last, (self.0 % (last as u64 + 1)) as usize);
            }
        }
    }
}
