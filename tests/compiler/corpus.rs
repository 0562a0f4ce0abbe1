//! The inputs that fuzzing has found to lead somewhere of their own, and those that once broke something.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the inputs are read, and the last one named"
)]

#[path = "../fuzz/subjects.rs"]
mod subjects;

use std::fs;
use std::path::Path;

/// Tries all inputs of a target of `tests/fuzz`.
fn replay(target: &str, subject: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        println!("{}", path.display());
        subject(&fs::read(&path).unwrap());
    }
}

#[test]
fn parse() {
    replay("parse", subjects::parse);
}

#[test]
fn format() {
    replay("format", subjects::format);
}

#[test]
fn check() {
    replay("check", subjects::check);
}

#[test]
fn describe() {
    replay("describe", subjects::describe);
}

#[test]
fn saved() {
    replay("saved", subjects::saved);
}
