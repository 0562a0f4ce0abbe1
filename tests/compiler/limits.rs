//! Programs that mean too much: each is told so, once, before it costs much.

use vpcc_core::check::{Given, compile};
use vpcc_core::limits::*;
use vpcc_core::source::Memory;

const HEAD: &str = "stack demo\nregion us-west-2\n";

/// The codes of what is wrong with a program, and where, with the message of what is too large.
fn problems(world: &Memory, path: &str) -> (Vec<String>, String) {
    let compiled = compile(world, path, &Given::new());
    let mut codes: Vec<String> = Vec::new();
    let mut message = String::new();
    for problem in &compiled.checked.problems {
        codes.push(problem.code.slug.to_owned());
        if problem.code.slug == "too-large" {
            message.clone_from(&problem.message);
        }
    }
    (codes, message)
}

/// Checks that a program is too large, in these words, and that nothing else is said.
#[track_caller]
fn too_large(world: &Memory, path: &str, words: &str) {
    let (codes, message) = problems(world, path);
    assert_eq!(codes, ["too-large"], "{message}");
    assert!(message.contains(words), "{message}");
}

fn program(text: &str) -> Memory {
    Memory::default().with("p.vpc", format!("{HEAD}{text}"))
}

fn network(inside: &str) -> Memory {
    let quotas =
        "quota nodes 4000000000; quota interfaces 4000000000; quota sg-rules 4000000000; quota routes 4000000000\n";
    program(&format!("{quotas}network n 10.0.0.0/16 {{\n  subnet lan 10.0.0.0/17 az a\n{inside}\n}}\n"))
}

#[test]
fn statements_are_counted_whatever_they_say() {
    for junk in ["a\n", ";", "a,", "{}", "}", "# b\na\n"] {
        too_large(&program(&junk.repeat(MAX_PIECES)), "p.vpc", "statements and members of lists");
    }
}

#[test]
fn lines_that_say_nothing_are_not_counted() {
    let blank = "# a comment\n\n".repeat(MAX_PIECES / 50);
    let (codes, _) = problems(&program(&format!("{blank}network n 10.0.0.0/16 {{\n}}\n")), "p.vpc");
    assert_eq!(codes, [""; 0]);
}

#[test]
fn statements_count_each_time_that_they_are_used() {
    let uses: String = (0..999).map(|n| format!("use \"m.vpc\" as m{n}\n")).collect();
    let world = program(&uses).with("m.vpc", ";".repeat(MAX_PIECES / 999));
    too_large(&world, "p.vpc", "statements and members of lists");
}

#[test]
fn modules_that_double_end() {
    let doubling = |world: Memory, n: usize| {
        world.with(&format!("m{n}.vpc"), format!("use \"m{0}.vpc\" as a\nuse \"m{0}.vpc\" as b\n", n + 1))
    };
    let world = (0..40).fold(program("use \"m0.vpc\" as m\n"), doubling);
    too_large(&world, "p.vpc", "1000 modules");
}

#[test]
fn files_have_an_end() {
    let (codes, _) = problems(&Memory::default().with("p.vpc", vec![b'#'; MAX_PROGRAM_BYTES + 1]), "p.vpc");
    assert_eq!(codes, ["unreadable-file"]);
    // Each alone would do.
    let folder = Memory::default().with("f/a.vpc", HEAD).with("f/b.vpc", vec![b'#'; MAX_PROGRAM_BYTES - 1]);
    assert_eq!(problems(&folder, "f").0, ["unreadable-file"]);
    let many = (0..=MAX_FILES).fold(Memory::default(), |world, n| world.with(&format!("f/{n}.vpc"), "\n"));
    too_large(&many, "f", "10000 files");
}

#[test]
fn ranges_of_nodes_have_an_end() {
    let node = "type t3.micro; image ami-04681a1dbd79675a5";
    too_large(&network(&format!("  node a[0..99999999] in lan {{ {node} }}")), "p.vpc", "250000 nodes");
    let ranges: String = (0..10).map(|n| format!("  node a{n}[0..32000] in lan {{ {node} }}\n")).collect();
    let (codes, _) = problems(&network(&ranges), "p.vpc");
    // They don't fit into the subnet either.
    assert_eq!(codes, ["subnet-full", "too-large"]);
}

#[test]
fn sets_of_sets_have_an_end() {
    let lets: String = (1..60).map(|n| format!("let a{n} = a{0}, a{0}\n", n - 1)).collect();
    let world = program(&format!("let a0 = 10.1.0.0/24, 10.2.0.0/24\n{lets}"));
    too_large(&world, "p.vpc", "16384 blocks in a set");
}

#[test]
fn rules_and_routes_have_an_end() {
    let ports: Vec<String> = (0..600).map(|n| (2 * n + 1).to_string()).collect();
    let blocks: Vec<String> = (0..600).map(|n| format!("203.{}.{}.0/24", n / 256, n % 256)).collect();
    let (ports, blocks) = (ports.join(", "), blocks.join(", "));
    too_large(&network(&format!("  sg s {{ ingress tcp {ports} from {blocks} }}")), "p.vpc", "250000 nodes, rules");
    let lines = format!("    ingress tcp 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 from {blocks}\n").repeat(2);
    too_large(&network(&format!("  sg s {{\n{lines}  }}")), "p.vpc", "12000 rules in a security group");
    let blocks: Vec<String> = (0..10_001).map(|n| format!("{}.{}.0.0/16", 11 + n / 256, n % 256)).collect();
    let routes: Vec<String> = blocks.iter().map(|block| format!("    route {block} via igw\n")).collect();
    let routes = format!("  gateway igw internet\n  routes main {{\n{}  }}", routes.concat());
    too_large(&network(&routes), "p.vpc", "10001 routes in a table");
}

#[test]
fn texts_have_an_end() {
    let long = "x".repeat(MAX_TEXT / 2);
    let world = program(&format!("param x \"{long}\" = \"{long}\"\ntags {{ a \"{{x}}{{x}}{{x}}\" }}\n"));
    too_large(&world, "p.vpc", "65536 bytes");
}

#[test]
fn nodes_are_not_looked_for_without_end() {
    let node = "  node a[0..32000] in lan { type t3.micro; image ami-04681a1dbd79675a5 }\n  sg s { }";
    let outputs: String = (0..400).map(|n| format!("output o{n} = n.a[{n}].id\n")).collect();
    let (codes, message) = problems(&network(&format!("{node}\n}}\n{outputs}tags {{")), "p.vpc");
    assert_eq!(codes.iter().filter(|code| *code == "too-large").count(), 1, "{codes:?}");
    assert!(message.contains("large ranges"), "{message}");
}

#[test]
fn files_that_a_program_names_have_an_end() {
    let keys: String = (0..4100).map(|n| format!("key k{n} \"k\"\n")).collect();
    let world = program(&keys).with("k", vec![b'x'; MAX_NAMED_BYTES / 4096]);
    let (codes, message) = problems(&world, "p.vpc");
    assert_eq!(codes.iter().filter(|code| *code == "too-large").count(), 1);
    assert_eq!(codes.iter().filter(|code| *code == "bad-key").count(), 4096);
    assert!(message.contains("256 MiB"), "{message}");
}

#[test]
fn misspelt_names_are_not_compared_without_end() {
    let lets: String = (0..1000).map(|n| format!("let n{n} = 10.0.0.0/8\n")).collect();
    let rules: String = (0..104).map(|n| format!("    ingress tcp 443 from {:x<58}{n:02}\n", "x")).collect();
    let text =
        format!("let {} = 10.0.0.0/8\n{lets}network n 10.0.0.0/16 {{\n  sg s {{\n{rules}  }}\n}}\n", "x".repeat(59));
    let compiled = compile(&program(&text), "p.vpc", &Given::new());
    let unknown = compiled.checked.problems.iter().filter(|problem| problem.code.slug == "unknown-name");
    let meant: Vec<bool> = unknown.map(|problem| problem.fix.is_some()).collect();
    assert_eq!(meant.len(), 104, "each mistake is told");
    let first = meant.iter().take_while(|meant| **meant).count();
    assert!((50..60).contains(&first) && !meant[first..].contains(&true), "{meant:?}");
}

#[test]
fn claims_are_not_proven_without_end() {
    let nodes = "  node w[0..32000] in lan { type t3.micro; image ami-04681a1dbd79675a5; sg s }\n  sg s { ingress tcp 443 from self }";
    // Each claim looks at all nodes twice.
    let enough = MAX_STEPS as usize / 64_000 + 2;
    let claims = |count: usize| network(&format!("{nodes}\n{}", "  assert n can reach n on tcp 443\n".repeat(count)));
    assert_eq!(problems(&claims(10), "p.vpc").0, [""; 0]);
    too_large(&claims(enough), "p.vpc", "about too many to be proven");
}
