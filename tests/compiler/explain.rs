//! Every code has a page; the page's wrong example yields the code, and its right one is clean.

use std::collections::BTreeSet;
use vpcc_core::check::{Compiled, Given, compile};
use vpcc_core::problem::codes;
use vpcc_core::problem::render::human;
use vpcc_core::source::Memory;

/// Codes that no text of a program can yield; tests of their own cover them.
const WITHOUT_EXAMPLES: [&str; 6] =
    ["bad-listing", "kept", "no-program", "not-text", "partial-listing", "unknown-parameter"];

/// Compiles an example. Examples may leave out what every program has.
fn compiled(example: &str) -> Compiled {
    let mut program = String::new();
    for (keyword, line) in [("stack", "stack demo\n"), ("region", "region us-west-2\n")] {
        if !example.lines().any(|line| line.starts_with(keyword)) {
            program.push_str(line);
        }
    }
    program.push_str(example);
    let private = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
    let world = Memory::default()
        .with("keys/me.pub", include_bytes!("../../examples/keys/me.pub"))
        .with("keys/id_ed25519", private)
        .with("policies/read.json", include_bytes!("../../examples/policies/read.json"))
        .with("policies/empty.json", "{}")
        .with("boot/node.sh", "#!/bin/sh\ntrue\n")
        .with("boot/large.sh", format!("#!/bin/sh\n#{}\n", "x".repeat(16384)))
        .with("example.vpc", program);
    compile(&world, "example.vpc", &Given::new())
}

fn codes_of(example: &str) -> BTreeSet<&'static str> {
    compiled(example).checked.problems.iter().map(|problem| problem.code.slug).collect()
}

fn example<'p>(page: &'p str, which: &str) -> Option<&'p str> {
    let start = page.split_once(&format!("```vpc {which}\n"))?.1;
    Some(start.split_once("```")?.0)
}

#[test]
fn pages_show_what_they_speak_of() {
    let mut wrong = Vec::new();
    for code in codes::ALL.iter().filter(|code| !WITHOUT_EXAMPLES.contains(&code.slug)) {
        for (which, expected) in [("wrong", BTreeSet::from([code.slug])), ("right", BTreeSet::new())] {
            let found = example(code.page, which).map(codes_of);
            if found.as_ref() != Some(&expected) {
                wrong.push(format!("the {which} example of {} yields {found:?}", code.slug));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn wrong_examples_are_told_in_these_words() {
    for code in codes::ALL.iter().filter(|code| !WITHOUT_EXAMPLES.contains(&code.slug)) {
        let compiled = compiled(example(code.page, "wrong").unwrap());
        let mut out = Vec::new();
        for problem in &compiled.checked.problems {
            human(problem, &compiled.sources, &mut out).unwrap();
        }
        let told = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
        insta::with_settings!({ snapshot_path => "explain", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(code.slug, told);
        });
    }
}
