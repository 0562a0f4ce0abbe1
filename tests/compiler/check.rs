//! Programs in, diagnostics out: every fixture in `tests/check` with what the compiler says of it.

#![expect(clippy::disallowed_methods, reason = "fixtures are read from the file system")]

use std::fs;
use std::path::Path;
use vpcc_core::check::{Given, compile};
use vpcc_core::problem::render::human;
use vpcc_core::source::Memory;

/// What fixtures take in by `use`.
const TIER: &str = "param x 0..255
param zones zones
param hq cidr
network net 10.{x}.0.0/16 {
  sg web { ingress tcp 22 from hq }
  subnet front 10.{x}.0.0/20 across zones each /24
  node server in front at .10 { type t3.micro; image ami-04681a1dbd79675a5; sg web }
}
";

/// A world with the files that fixtures name, and one program.
fn world(program: &[u8]) -> Memory {
    Memory::default()
        .with("keys/me.pub", include_bytes!("../../examples/keys/me.pub"))
        .with("boot/node.sh", include_bytes!("../../examples/boot/node.sh"))
        .with("tier.vpc", TIER)
        .with("policies/read.json", include_bytes!("../../examples/policies/read.json"))
        .with("policies/none.json", "{}")
        .with("policies/broken.json", "{ \"Statement\": [ }")
        .with("policies/list.json", "[1, 2]")
        .with("policies/large.json", format!("{{\"Statement\": \"{}\"}}", "x".repeat(20_480)))
        .with("program.vpc", program)
}

fn report(program: &[u8]) -> String {
    let compiled = compile(&world(program), "program.vpc", &Given::new());
    let mut out = Vec::new();
    for problem in &compiled.checked.problems {
        human(problem, &compiled.sources, &mut out).unwrap();
    }
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

#[test]
fn fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compiler/check");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    paths.sort();
    for path in paths {
        let program = fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({ snapshot_path => "check", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, report(&program));
        });
    }
}
