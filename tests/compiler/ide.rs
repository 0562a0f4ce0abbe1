//! What editors are answered: a text with a cursor in, a picture of the answer out.

#[path = "ide/sweep.rs"]
mod sweep;

use std::fmt::Write;
use vpcc_core::ide::{self, Paint, Snapshot};
use vpcc_core::source::{FileId, Memory, Span};

/// The mark of the cursor in texts.
const CURSOR: &str = "‸";

/// A program of one file with a cursor in it.
struct At {
    snapshot: Snapshot,
    file: FileId,
    offset: usize,
}

fn at(text: &str) -> At {
    let offset = text.find(CURSOR).unwrap_or_default();
    let snapshot = Snapshot::of(&world(&text.replacen(CURSOR, "", 1)), "program.vpc");
    let file = snapshot.file("program.vpc").unwrap();
    At { snapshot, file, offset }
}

/// The same program with a cursor behind the first of the texts.
fn behind(text: &str, mark: &str) -> At {
    let place = text.find(mark).unwrap() + mark.len();
    at(&format!("{}{CURSOR}{}", &text[..place], &text[place..]))
}

fn world(program: &str) -> Memory {
    Memory::default()
        .with("keys/me.pub", include_bytes!("../../examples/keys/me.pub"))
        .with("boot/node.sh", include_bytes!("../../examples/boot/node.sh"))
        .with("boot/monitoring.sh", include_bytes!("../../examples/boot/monitoring.sh"))
        .with("modules/stage.vpc", include_bytes!("../../examples/modules/stage.vpc"))
        .with("program.vpc", program)
}

/// Spans as people read them: file, line, column and text.
fn shown(snapshot: &Snapshot, spans: &[Span]) -> String {
    spans.iter().fold(String::new(), |mut out, span| {
        let start = snapshot.sources().start(*span);
        let name = snapshot.sources().name(span.file);
        writeln!(out, "{name}:{}:{} {}", start.line, start.column, snapshot.sources().text(*span)).unwrap();
        out
    })
}

const PROGRAM: &str = "\
stack s
region us-west-2
param x 0..255 = 7
let office = 203.0.113.0/24
key me \"keys/me.pub\"

# Two lines
# of comment.
network net-{x} 10.{x}.0.0/16 {
  gateway igw internet
  subnet lan 10.{x}.1.0/24 az a {
    public
    route any via igw
  }
  sg web \"all about {x}\" { ingress tcp 443 from office, net-7; ingress tcp 22 from web }
  node n[0..2] in lan at .10 {
    type t3.micro
    image ami-04681a1dbd79675a5
    sg web
    key me
    boot \"boot/node.sh\"
    env { HERE n; THERE net-7.lan }
  }
}
use \"modules/stage.vpc\" as dev (x = 20, zones = a, office = office)
output all = net-7.n[1].public_ip
output far = dev.net.web[a].private_ip
";

#[test]
fn a_name_leads_to_its_declaration() {
    let mut out = String::new();
    for mark in [
        "via ig",
        "from off",
        ", net-",
        "from w",
        "in la",
        "    sg we",
        "key m",
        "HERE n",
        "THERE net-7.l",
        "10.{x",
        "about {x",
        "= net-7.n",
        "far = de",
        "dev.ne",
        "net.we",
        "(x",
        ", off",
        "use \"modules/st",
    ] {
        let At { snapshot, file, offset } = behind(PROGRAM, mark);
        let target = ide::definition(&snapshot, file, offset);
        write!(out, "{mark} → {}", target.map_or("nothing\n".to_owned(), |span| shown(&snapshot, &[span]))).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn all_uses_of_a_name_are_found() {
    let mut out = String::new();
    for mark in ["param x", "network net-{x}", "sg web", "subnet lan", "let office"] {
        let At { snapshot, file, offset } = behind(PROGRAM, mark);
        writeln!(out, "{mark}\n{}", shown(&snapshot, &ide::references(&snapshot, file, offset, true))).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn names_in_comments_and_texts_are_no_uses() {
    let At { snapshot, file, offset } =
        at("stack s\nnetwork n 10.0.0.0/16 {\n  # lan\n  subnet la‸n 10.0.0.0/24 az a\n  tags { lan \"lan\" }\n}\n");
    assert_eq!(ide::references(&snapshot, file, offset, false), []);
}

#[test]
fn a_broken_statement_hides_no_names() {
    let text = "stack s\nnetwork n 10.0.0.0/16 {\n  gateway igw internet\n  subnet lan 10.0.0.0/24 az a {\n    route any via igw‸\n    route 10.\n  }\n  node x in\n";
    let At { snapshot, file, offset } = at(text);
    assert_eq!(shown(&snapshot, &ide::references(&snapshot, file, offset, true)).lines().count(), 2);
}

#[test]
fn highlights_tell_declarations_from_uses() {
    let At { snapshot, file, offset } = behind(PROGRAM, "via ig");
    let found = ide::highlights(&snapshot, file, offset);
    assert_eq!(found.iter().map(|one| one.declares).collect::<Vec<_>>(), [true, false]);
    // On a keyword: its kind in the same block.
    let At { snapshot, file, offset } = behind(PROGRAM, "ingr");
    assert_eq!(ide::highlights(&snapshot, file, offset).len(), 2);
}

#[test]
fn the_outline_is_what_is_declared() {
    fn write_all(out: &mut String, symbols: &[ide::Symbol], depth: usize) {
        for symbol in symbols {
            writeln!(out, "{}{} {} | {}", "  ".repeat(depth), symbol.keyword, symbol.name, symbol.detail).unwrap();
            write_all(out, &symbol.children, depth + 1);
        }
    }
    let At { snapshot, file, .. } = at(PROGRAM);
    let mut out = String::new();
    write_all(&mut out, &ide::outline(&snapshot, file), 0);
    out.push('\n');
    for found in ide::search(&snapshot, "net w") {
        writeln!(out, "{} is {}", found.address, found.noun).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn blocks_and_comments_fold() {
    let At { snapshot, file, .. } = at(PROGRAM);
    let folds: Vec<_> =
        ide::folds(&snapshot, file).iter().map(|fold| (fold.first + 1, fold.last + 1, fold.comment)).collect();
    assert_eq!(folds, [(7, 8, true), (9, 23, false), (11, 13, false), (16, 22, false)]);
}

#[test]
fn selections_grow_from_the_word_to_the_file() {
    let At { snapshot, file, offset } = behind(PROGRAM, "any via ig");
    let mut out = String::new();
    for span in ide::selections(&snapshot, file, offset) {
        writeln!(out, "{:?}", snapshot.sources().text(span)).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn files_that_are_named_are_links() {
    let At { snapshot, file, .. } = at(PROGRAM);
    let paths: Vec<String> = ide::links(&snapshot, file).into_iter().map(|link| link.path).collect();
    assert_eq!(paths, ["keys/me.pub", "modules/stage.vpc", "boot/node.sh"]);
}

#[test]
fn every_word_has_its_colour() {
    let At { snapshot, file, .. } = at(PROGRAM);
    let mut out = String::new();
    for painted in ide::painted(&snapshot, file) {
        let paint = match painted.paint {
            Paint::Name(noun) if painted.declares => format!("declares {noun}"),
            Paint::Name(noun) => noun.to_owned(),
            paint => format!("{paint:?}").to_lowercase(),
        };
        writeln!(out, "{:<24} {paint}", snapshot.sources().text(painted.span)).unwrap();
    }
    insta::assert_snapshot!(out);
}
