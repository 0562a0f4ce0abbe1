//! What must hold for every input, each a function of bytes. The fuzzer looks for inputs for which something doesn't; the
//! tests of the compiler try those that it has found, and the arbitrary ones of their own.

#![allow(dead_code, reason = "each target takes one of them")]

use std::fmt::Debug;
use vpcc_core::check::{Given, compile};
use vpcc_core::format;
use vpcc_core::model::Sound;
use vpcc_core::plan::saved::{self, Saved};
use vpcc_core::plan::{Detail, diff, lower, to_json, write_human};
use vpcc_core::problem::{Diagnostic, render, to_json as problem_json};
use vpcc_core::reach::deployed::{self, Naming};
use vpcc_core::source::{Memory, Sources};
use vpcc_core::syntax::{self, Item};

/// What parts a text from the one that it is changed to.
const CHANGED: char = '\u{1}';

/// Reading again what has changed comes to what reading all of it comes to.
pub fn parse(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (before, after) = text.split_once(CHANGED).unwrap_or(("", &text));
    let read = |text: &str, earlier| {
        let mut sources = Sources::default();
        let file = sources.add("program.vpc", text);
        syntax::parse_again(&sources, file, earlier)
    };
    let (whole, again) = (read(after, None), read(after, Some(read(before, None))));
    assert_eq!(format!("{:?}", whole.tree), format!("{:?}", again.tree));
    assert_eq!(sorted(whole.problems), sorted(again.problems));
}

fn sorted(problems: Vec<Diagnostic>) -> Vec<String> {
    let mut told: Vec<String> = problems.iter().map(|problem| format!("{problem:?}")).collect();
    told.sort();
    told
}

/// Laying out is a fixed point, and keeps the program.
pub fn format(bytes: &[u8]) {
    let Some((once, before)) = laid_out(&String::from_utf8_lossy(bytes)) else { return };
    let Some((twice, after)) = laid_out(&once) else { panic!("laid out, it cannot be read:\n{once}") };
    assert_eq!(once, twice);
    assert_eq!(before, after);
}

/// A text laid out, and its tree without places; `None` if it cannot be read.
pub fn laid_out(text: &str) -> Option<(String, String)> {
    let mut sources = Sources::default();
    let file = sources.add("program.vpc", text);
    let tree = syntax::parse(&sources, file);
    tree.problems.is_empty().then(|| (format::format(text, &tree.value), shape(&tree.value.items)))
}

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

/// A program can be compiled, told of, planned and printed, whatever it is.
pub fn check(bytes: &[u8]) {
    let world = Memory::default()
        .with("keys/me.pub", include_bytes!("../../examples/keys/me.pub"))
        .with("boot/node.sh", include_bytes!("../../examples/boot/node.sh"))
        .with("policies/read.json", include_bytes!("../../examples/policies/read.json"))
        .with("modules/stage.vpc", include_bytes!("../../examples/modules/stage.vpc"))
        .with("program.vpc", bytes);
    let compiled = compile(&world, "program.vpc", &Given::new());
    tell(&compiled.checked.problems, &compiled.sources);
    if let Ok((sound, _)) = Sound::new(compiled.checked) {
        let plan = diff(&sound.stack, "us-west-2", lower(&sound, &compiled.sources, "us-west-2"), Vec::new());
        write_human(&plan, Detail::Full, &mut Vec::new()).unwrap();
        serde_json::from_str::<serde_json::Value>(&to_json(&plan)).unwrap();
    }
}

/// Every problem can be told in every form, and points at something.
fn tell(problems: &[Diagnostic], sources: &Sources) {
    let mut out = Vec::new();
    for problem in problems {
        render::human(problem, sources, &mut out).unwrap();
        render::short(problem, sources, &mut out).unwrap();
        assert!(problem_json(problem, sources).starts_with('{'));
        for label in &problem.labels {
            let text = &sources.file(label.span.file).text;
            assert!(text.get(label.span.range()).is_some(), "{problem:?} points nowhere");
        }
    }
}

/// What claims to be an answer of EC2 can be read, whatever it is.
pub fn describe(bytes: &[u8]) {
    let mut sources = Sources::default();
    sources.add("answer.json", String::from_utf8_lossy(bytes).into_owned());
    let read = deployed::read(&sources, Naming::Ids);
    tell(&read.problems, &sources);
    printed(&deployed::read_own(&sources, "demo"));
}

fn printed(value: &impl Debug) {
    assert!(!format!("{value:?}").is_empty());
}

/// What claims to be a saved plan is read, or refused. What is read and written again reads the same; with any byte changed
/// it is no saved plan.
pub fn saved(bytes: &[u8]) {
    printed(&Saved::read(bytes));
    let text = String::from_utf8_lossy(bytes);
    let (origin, plan) = text.split_once('\n').unwrap_or((&text, "{}"));
    let sealed = saved::sealed(origin, plan);
    let Ok(Some(read)) = Saved::read(&sealed) else { return };
    let again = saved::sealed(&serde_json::to_string(&read.origin).unwrap(), plan);
    assert_eq!(Saved::read(&again), Ok(Some(read)));
    // One byte in so many, others for each length.
    for at in (sealed.len() % 7..sealed.len()).step_by(sealed.len() / 64 + 7) {
        let mut changed = sealed.clone();
        for bit in [1, 0x20] {
            changed[at] = sealed[at] ^ bit;
            assert!(!matches!(Saved::read(&changed), Ok(Some(_))), "byte {at}");
        }
    }
}
