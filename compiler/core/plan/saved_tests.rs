use super::*;
use crate::call::Value;
use crate::check::compile;
use crate::model::Sound;
use crate::plan::{diff, lower};
use crate::source::Memory;

const PROGRAM: &str = "\
stack demo
param x 0..254 = 1
network n 10.{x}.0.0/16 {
  subnet s 10.{x}.0.0/24 az a
  node web[0..2] in s at .10 { type t3.micro; image ami-04681a1dbd79675a5 }
}
";

fn made(program: &str, given: &Given) -> (Sources, Plan) {
    let compiled = compile(&Memory::default().with("p.vpc", program), "p.vpc", given);
    let sound = Sound::new(compiled.checked).map_err(|problems| format!("{problems:?}")).unwrap().0;
    let plan = diff(&sound.stack, "us-west-2", lower(&sound, &compiled.sources, "us-west-2"), Vec::new());
    (compiled.sources, plan)
}

fn saved() -> (Origin, Plan, Vec<u8>) {
    let given = Given::from([("x".to_owned(), "3".to_owned())]);
    let (sources, plan) = made(PROGRAM, &given);
    let origin = Origin::new("p.vpc", &given, Images::Refreshed, &sources);
    let bytes = origin.save(&plan).unwrap();
    (origin, plan, bytes)
}

#[test]
fn what_is_saved_is_read() {
    let (origin, plan, bytes) = saved();
    let read = Saved::read(&bytes).unwrap().unwrap();
    assert_eq!(read.origin, origin);
    assert!(read.is_still(&plan));
    assert!(!read.is_still(&made(PROGRAM, &Given::new()).1));
    let mut other = plan;
    other.steps[0].wanted.as_mut().unwrap().attributes.set("cidr", Value::from("10.0.0.0/17"));
    assert!(!read.is_still(&other));
}

/// Scripts find the plan where the plans before this form had it.
#[test]
fn the_plan_is_json_at_its_place() {
    let (_, plan, bytes) = saved();
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(json["plan"], serde_json::from_str::<serde_json::Value>(&to_json(&plan)).unwrap());
    assert_eq!(json["plan"]["summary"]["create"], plan.totals().create);
    assert_eq!(json["origin"]["given"]["x"], "3");
}

#[test]
fn no_byte_of_it_can_change() {
    let bytes = saved().2;
    for at in (0..200).chain((200..bytes.len()).step_by(7)) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(!matches!(Saved::read(&changed), Ok(Some(_))), "byte {at}");
        assert!(!matches!(Saved::read(&bytes[..at]), Ok(Some(_))), "up to byte {at}");
    }
    assert_eq!(Saved::read(&[&bytes[..], b"x"].concat()), Err(SavedProblem::Damaged));
}

#[test]
fn what_is_something_else_is_told_from_what_is_broken() {
    assert_eq!(Saved::read(b"network n 10.{x}.0.0/16 {}"), Ok(None));
    assert_eq!(Saved::read(b""), Ok(None));
    assert_eq!(Saved::read(b"{\"plan\":1}"), Ok(None));
    let old = br#"{"vpcc_plan":1,"path":"p.vpc","given":{},"refresh_images":false,"files":{},"plan":{"steps":[]}}"#;
    assert_eq!(Saved::read(old), Err(SavedProblem::Version));
    assert_eq!(Saved::read(b"{\"vpcc_plan\":2}"), Err(SavedProblem::Damaged));
    assert_eq!(Saved::read(b"{\"vpcc_plan\":"), Err(SavedProblem::Damaged));
    let deep = "[".repeat(1_000_000);
    assert_eq!(Saved::read(format!("{{\"vpcc_plan\":2,\"plan\":{deep}").as_bytes()), Err(SavedProblem::Damaged));
    let nested = deep.clone() + &"]".repeat(1_000_000);
    assert_eq!(Saved::read(&sealed(&nested, "{}")), Err(SavedProblem::Damaged));
    let origin = r#"{"path":"","given":{},"images":"kept","files":{}}"#;
    assert!(matches!(Saved::read(&sealed(origin, &nested)), Ok(Some(_))), "nothing is built of the plan");
    let more = origin.replace("{}", r#"{"name":["value"]}"#);
    assert_eq!(Saved::read(&sealed(&more, "{}")), Err(SavedProblem::Damaged));
}

#[test]
fn what_it_was_made_from_is_bounded() {
    let padded =
        |bytes: usize| format!(r#"{{"path":"{}","given":{{}},"images":"kept","files":{{}}}}"#, "p".repeat(bytes));
    assert!(matches!(Saved::read(&sealed(&padded(MAX_ORIGIN_BYTES / 2), "{}")), Ok(Some(_))));
    assert_eq!(Saved::read(&sealed(&padded(MAX_ORIGIN_BYTES), "{}")), Err(SavedProblem::Damaged));
    let (origin, plan, _) = saved();
    let long = Origin { path: "p".repeat(MAX_ORIGIN_BYTES), ..origin };
    assert_eq!(long.save(&plan), Err(SavedProblem::TooLarge));
}

#[test]
fn files_that_are_not_as_they_were_are_named() {
    let sources = |files: &[(&str, &str)]| {
        let mut sources = Sources::default();
        for (name, text) in files {
            sources.add(*name, *text);
        }
        sources
    };
    let origin = Origin::new(".", &Given::new(), Images::Kept, &sources(&[("a.vpc", "one"), ("b.vpc", "two")]));
    assert_eq!(origin.drift(&sources(&[("b.vpc", "two"), ("a.vpc", "one")])), None);
    assert_eq!(origin.drift(&sources(&[("a.vpc", "one"), ("b.vpc", "three")])), Some(Drift::Changed("b.vpc")));
    assert_eq!(origin.drift(&sources(&[("a.vpc", "one")])), Some(Drift::Gone("b.vpc")));
    let one_more = sources(&[("a.vpc", "one"), ("b.vpc", "two"), ("c.vpc", "")]);
    assert_eq!(origin.drift(&one_more), Some(Drift::New("c.vpc")));
    // What is shown of a program is what it was made from; so what is read now comes first.
    assert_eq!(origin.drift(&sources(&[("passwd", "root")])), Some(Drift::New("passwd")));
}
