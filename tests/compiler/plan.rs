//! Programs in, plans out: as if nothing existed.

#![expect(clippy::disallowed_methods, reason = "fixtures are read from the file system")]

use std::fs;
use std::path::Path;
use vpcc_core::check::{Given, compile};
use vpcc_core::model::Sound;
use vpcc_core::plan::{Detail, diff, lower, to_json, write_human};
use vpcc_core::source::Memory;

fn world() -> Memory {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut world = Memory::default();
    for folder in ["", "keys", "boot", "modules", "policies"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                world = world.with(&name, fs::read(&path).unwrap());
            }
        }
    }
    world
}

#[test]
fn every_example_has_an_offline_plan() {
    let world = world();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut names: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".vpc"));
    names.sort();
    for name in names {
        let compiled = compile(&world, &name, &Given::new());
        let (sound, warnings) = Sound::new(compiled.checked).unwrap();
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        let plan = diff(&sound.stack, "us-west-2", lower(&sound, &compiled.sources, "us-west-2"), Vec::new());
        let mut human = Vec::new();
        write_human(&plan, Detail::Brief, &mut human).unwrap();
        let human = String::from_utf8(human).unwrap();
        let json: serde_json::Value = serde_json::from_str(&to_json(&plan)).unwrap();
        let text =
            format!("{}\n{}", anstream::adapter::strip_str(&human), serde_json::to_string_pretty(&json).unwrap());
        let name = name.trim_end_matches(".vpc");
        insta::with_settings!({ snapshot_path => "plan", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, text);
        });
    }
}
