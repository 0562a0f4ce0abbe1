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

#[test]
fn what_is_under_the_cursor_is_told() {
    let mut out = String::new();
    for mark in [
        "subnet la",
        "in la",
        "network ne",
        "sg we",
        "node n",
        "gateway ig",
        "param x",
        "from off",
        "key m",
        "tcp 44",
        "10.{x}.1.0",
        "region us-w",
        "203.0.113.0",
        "  rou",
        "route an",
        "far = dev.ne",
        "net.we",
        "as de",
        "10.{x}.1.0/24 az a",
        "any vi",
        "lan at",
    ] {
        let At { snapshot, file, offset } = behind(PROGRAM, mark);
        writeln!(out, "‹{mark}›").unwrap();
        match ide::hover(&snapshot, file, offset) {
            Some(hover) => writeln!(out, "{}\n{}", snapshot.sources().text(hover.span), hover.text.trim_end()).unwrap(),
            None => writeln!(out, "nothing").unwrap(),
        }
        out.push('\n');
    }
    insta::assert_snapshot!(out);
}

/// The text with its hints in.
fn hinted(text: &str) -> String {
    let At { snapshot, file, .. } = at(text);
    let mut out = snapshot.text(file).to_owned();
    for hint in ide::hints(&snapshot, file, 0..out.len() + 1).iter().rev() {
        out.insert_str(hint.offset, &format!(" ‹{}›", hint.text));
    }
    out
}

#[test]
fn what_is_computed_is_shown_at_the_ends_of_lines() {
    let zoned = "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n  subnet app 10.0.0.0/20 across a, c each /24 {\n  }\n  node w[0..1] in app at .10\n  node one in app\n}\n";
    insta::assert_snapshot!(format!("{}\n{}", hinted(PROGRAM), hinted(zoned)));
}

/// What is offered at a cursor, the first ones.
fn offered(text: &str) -> String {
    let At { snapshot, file, offset } = at(text);
    let all = ide::completions(&snapshot, &world(""), file, offset);
    let mut labels: Vec<&str> = all.iter().map(|one| one.label.as_str()).collect();
    let more = labels.len().saturating_sub(12);
    labels.truncate(12);
    let typed = all.first().map_or("", |one| snapshot.sources().text(one.span));
    format!("{}{} ‹{typed}›", labels.join(" | "), if more > 0 { format!(" | {more} more") } else { String::new() })
}

#[test]
fn only_what_fits_is_offered() {
    let head = "stack s\nregion us-west-2\nlet office = 203.0.113.0/24\nkey me \"keys/me.pub\"\nnetwork other 10.1.0.0/16 {\n  subnet far 10.1.0.0/24 az a\n}\nnetwork n 10.0.0.0/16 {\n  gateway igw internet\n  subnet lan 10.0.0.0/24 az a {\n    route any via igw\n  }\n  sg web \"w\" { ingress tcp 22 from office }\n  node one in lan at .10 { type t3.micro; image ami-04681a1dbd79675a5; sg web; key me }\n";
    let lines = [
        "  ‸",
        "  subn‸",
        "  subnet new ‸",
        "  subnet new 10.0.1.0/24 ‸",
        "  subnet new 10.0.1.0/24 az ‸",
        "  subnet new 10.0.0.0/20 across a, ‸",
        "  subnet new 10.0.0.0/20 across a, b ‸",
        "  subnet x 10.0.2.0/24 az a { route any via ‸",
        "  subnet x 10.0.2.0/24 az a { route ‸ via igw }",
        "  subnet x 10.0.2.0/24 az a { ‸",
        "  sg s \"d\" { ingress ‸",
        "  sg s \"d\" { ingress tcp ‸",
        "  sg s \"d\" { ingress tcp 443 ‸",
        "  sg s \"d\" { ingress tcp 443 from ‸",
        "  sg s \"d\" { ingress tcp 443 from office, ‸",
        "  sg s \"d\" { egress udp 53 ‸",
        "  node two in ‸",
        "  node two in la‸",
        "  node two in lan ‸",
        "  node two in lan at ‸",
        "  node two in lan { type t3.mi‸",
        "  node two in lan { key ‸",
        "  node two in lan { sg ‸",
        "  node two in lan { env { PEER ‸",
        "  node two in lan { env { PEER self.‸",
        "  gateway out ‸",
        "  gateway out nat ‸",
        "  gateway out nat in ‸",
        "  acl a { 100 ‸",
        "  acl a { 100 allow ingress tcp 443 ‸",
        "  # comment ‸",
        "  sg t \"text ‸",
        "}\nkey you \"‸\"",
        "}\nkey you \"keys/m‸\"",
        "}\nuse \"mod‸",
        "  node two in lan { boot \"boot/‸",
        "  endpoint e gateway s3 in lan { policy \"‸",
        "  node two in lan { image \"al2023*\" ‸",
        "  node two in lan { image \"al2023*\" by ‸",
        "}\nnetwork third ‸",
        "}\nassert one ‸",
        "}\nassert n.‸",
        "}\noutput ip = n.one.‸",
        "}\nregion eu-‸",
    ];
    let mut out = String::new();
    for line in lines {
        writeln!(out, "{line}\n    {}", offered(&format!("{head}{line}"))).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn statements_come_with_what_can_be_computed() {
    let At { snapshot, file, offset } = at("stack s\nnetwork n 10.0.0.0/16 {\n  subnet a 10.0.0.0/24 az a\n  ‸\n}\n");
    let mut out = String::new();
    for one in ide::completions(&snapshot, &world(""), file, offset) {
        writeln!(out, "{}: {:?}", one.label, one.snippet.unwrap_or_default()).unwrap();
    }
    insta::assert_snapshot!(out);
}

/// The text with edits applied; `None` where one is refused.
fn edited(snapshot: &Snapshot, file: FileId, edits: &[ide::Edit]) -> String {
    let mut out = snapshot.text(file).to_owned();
    let mut here: Vec<&ide::Edit> = edits.iter().filter(|edit| edit.span.file == file).collect();
    here.sort();
    for edit in here.iter().rev() {
        out.replace_range(edit.span.range(), &edit.text);
    }
    out
}

/// The lines that differ.
fn changed(old: &str, new: &str) -> String {
    let gone =
        old.lines().filter(|line| !new.lines().any(|other| other == *line)).map(|line| format!("- {}\n", line.trim()));
    let come =
        new.lines().filter(|line| !old.lines().any(|other| other == *line)).map(|line| format!("+ {}\n", line.trim()));
    gone.chain(come).collect()
}

#[test]
fn a_new_name_is_written_everywhere_and_the_old_one_kept_as_was() {
    let mut out = String::new();
    for (mark, new) in [
        ("param x", "y"),
        ("let office", "hq"),
        ("sg we", "http"),
        ("via ig", "door"),
        ("node n", "web2"),
        ("subnet la", "front"),
        ("key m", "you"),
        ("as de", "stage"),
        ("far = dev.ne", "core"),
        ("network ne", "other"),
        ("sg we", "lan"),
        ("sg we", "any"),
        ("sg we", "a b"),
        ("sg we", "office"),
        ("let office", "lan"),
        ("let office", "far2"),
        ("tcp", "x"),
    ] {
        let At { snapshot, file, offset } = behind(PROGRAM, mark);
        writeln!(out, "‹{mark}› to {new}").unwrap();
        match ide::rename(&snapshot, file, offset, new) {
            Ok(edits) => {
                for (id, source) in snapshot.sources().iter() {
                    write!(out, "{}", changed(&source.text, &edited(&snapshot, id, &edits))).unwrap();
                }
                let after = Snapshot::of(&world(&edited(&snapshot, file, &edits)), "program.vpc");
                if edits.iter().all(|edit| edit.span.file == file) {
                    assert_eq!(
                        after.compiled.checked.problems.len(),
                        snapshot.compiled.checked.problems.len(),
                        "{mark} {new}"
                    );
                    assert_eq!(after.compiled.index.uses.len(), snapshot.compiled.index.uses.len());
                }
            }
            Err(why) => writeln!(out, "  refused: {why}").unwrap(),
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_old_name_comes_back_without_a_trace() {
    let text =
        "stack s\nnetwork n 10.0.0.0/16 {\n  node b[0..1] was a in l‸an\n  subnet lan was old 10.0.0.0/24 az a\n}\n";
    let At { snapshot, file, offset } = at(text);
    let back = ide::rename(&snapshot, file, offset, "old").unwrap();
    assert!(edited(&snapshot, file, &back).contains("subnet old 10.0.0.0/24"));
    let on = ide::rename(&snapshot, file, offset, "newer").unwrap();
    assert!(edited(&snapshot, file, &on).contains("subnet newer was old 10.0.0.0/24"));
}

#[test]
fn findings_come_with_what_mends_them() {
    let text = "stack s\nregion us-west-2\nlet office = 203.0.113.0/24\nnetwork n 10.0.0.0/16 {\n  gateway igw internet\n  subnet a 10.0.0.0/24 az a { public; route any via igww }\n  subnet b 10.0.0.128/25 az a\n  subnet c 10.9.0.0/24 az a\n  subnet d 10.0.3.7/24 az a { route 10.1.0.0/16 via door }\n  sg web \"w\" { ingress tcp 22 from any; ingress tcp 5432 from partners; ingress tpc 80 from office }\n  node x in far { type t3.micro; image ami-04681a1dbd79675a5; sg web, db; key me }\n  subnt e 10.0.4.0/24 az a\n}\n";
    let At { snapshot, file, .. } = at(text);
    let mut out = String::new();
    for action in ide::actions(&snapshot, file, &(0..text.len())) {
        let problem = &snapshot.compiled.checked.problems[action.problem];
        let after = edited(&snapshot, file, &action.edits);
        writeln!(
            out,
            "{}: {}{}\n{}",
            problem.code.slug,
            action.title,
            if action.preferred { " *" } else { "" },
            changed(text, &after)
        )
        .unwrap();
        let left = Snapshot::of(&world(&after), "program.vpc").compiled.checked.problems;
        let same =
            |other: &vpcc_core::problem::Diagnostic| other.code == problem.code && other.message == problem.message;
        assert!(!left.iter().any(same), "{} is still there", problem.message);
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_statement_under_way_is_shown_with_what_comes_next() {
    let lines = [
        "net‸",
        "network ‸",
        "network n ‸",
        "network n 10.0.0.0/16 { subnet a 10.0.0.0/24 ‸",
        "network n 10.0.0.0/16 { subnet a 10.0.0.0/20 across a, ‸",
        "network n 10.0.0.0/16 { subnet a 10.0.0.0/20 across a, b each ‸",
        "network n 10.0.0.0/16 { gateway out nat in ‸",
        "network n 10.0.0.0/16 { gateway out nat in lan ‸",
        "network n 10.0.0.0/16 { sg web \"w\" { ingress tcp 80, ‸",
        "network n 10.0.0.0/16 { sg web \"w\" { ingress tcp 80 from ‸",
        "network n 10.0.0.0/16 { acl a { 100 allow ‸",
        "network n 10.0.0.0/16 { node x[0..2] in lan at ‸",
        "network n 10.0.0.0/16 { node x in lan { image \"al2023*\" ‸",
        "network n 10.0.0.0/16 { node x in lan { tags { a ‸",
        "network n 10.0.0.0/16 { nonsense ‸",
        "param x ‸",
        "assert a can ‸",
        "# network ‸",
    ];
    let mut out = String::new();
    for line in lines {
        let At { snapshot, file, offset } = at(&format!("stack s\n{line}"));
        writeln!(out, "{line}").unwrap();
        let Some(found) = ide::signature(&snapshot, file, offset) else {
            writeln!(out, "    nothing").unwrap();
            continue;
        };
        for (at, shape) in found.shapes.iter().enumerate() {
            let mut text = shape.text.clone();
            if let Some(part) = shape.active.map(|part| shape.parts[part].clone()) {
                text.insert(part.end, '›');
                text.insert(part.start, '‹');
            }
            writeln!(out, "  {} {text}", if at == found.likely { '*' } else { ' ' }).unwrap();
        }
        writeln!(out, "    {}", found.about.replace("\n\n", " | ")).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_stack_tells_what_the_program_makes() {
    let At { snapshot, file, .. } = at(&PROGRAM.replace("    env { HERE n; THERE net-7.lan }\n", ""));
    let lens = ide::lens(&snapshot, file).unwrap();
    assert_eq!(snapshot.sources().text(lens.span), "stack s");
    insta::assert_snapshot!(lens.text);
    let At { snapshot, file, .. } = at("stack s\nregion us-west-2\n");
    assert_eq!(ide::lens(&snapshot, file).unwrap().text, "creates nothing");
    let At { snapshot, file, .. } = at("stack s\nregion nowhere\n");
    assert_eq!(ide::lens(&snapshot, file), None, "there are errors");
}
