//! Every example is clean and laid out, comes to life, stays as it is, and goes away.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use support::{ends, stderr, stdout, vpcc, workspace};
use vpcc::Exit;

fn examples(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    found.sort();
    found
}

/// Lets an example live and die with a way to run the program.
fn live(example: &Path, run: &dyn Fn(&[&str]) -> Output) {
    let example = example.to_str().unwrap();
    let apply = run(&["apply", example, "--yes"]);
    ends(&apply, Exit::Done);
    let plan = run(&["plan", example, "--detailed-exitcode"]);
    assert_eq!(plan.status.code(), Some(0), "{example}\n{}", stdout(&plan));
    ends(&run(&["destroy", example, "--yes"]), Exit::Done);
    let rest = stdout(&run(&["destroy", example, "--yes"]));
    assert!(!rest.contains("deleted"), "{example} leaves\n{rest}");
}

#[test]
fn every_example_is_clean_and_laid_out() {
    let folder = workspace();
    for example in examples(folder.path()) {
        let example = example.to_str().unwrap().to_owned();
        let check = vpcc().args(["check", &example]).output().unwrap();
        assert!(stderr(&check).contains("no problems"), "{}", stderr(&check));
        ends(&vpcc().args(["fmt", "--check", &example]).output().unwrap(), Exit::Done);
    }
}

#[test]
fn every_example_lives_and_dies_on_the_embedded_cloud() {
    let folder = workspace();
    let cloud = format!("sim:{}", folder.path().join("cloud").display());
    for example in examples(folder.path()) {
        live(&example, &|arguments| vpcc().args(arguments).args(["--cloud", &cloud]).output().unwrap());
    }
}
