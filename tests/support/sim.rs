//! Programs on the embedded cloud, in this process and on a clock of the test's own.

use std::fs;
use std::path::Path;
use tokio::sync::watch;
use vpcc_core::check::{Given, compile};
use vpcc_core::kinds::Wanted;
use vpcc_core::model::Sound;
use vpcc_core::plan::{Detail, Images, Plan, lower, write_human};
use vpcc_core::source::Memory;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Cloud, Fault, Outcome, Patient, StepEnd, run, survey};

/// The stack of all programs in tests.
pub const STACK: &str = "dahak";
const REGION: &str = "us-west-2";

/// The files that programs in tests name, and the program.
pub fn world(program: &str) -> Memory {
    let mut world = Memory::default().with("program.vpc", program);
    for folder in ["keys", "boot", "modules", "policies"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            world = world.with(&name, fs::read(&path).unwrap());
        }
    }
    world
}

/// All examples, by name, as programs of the tests' stack.
#[allow(dead_code, reason = "not every test that has this module needs all of it")]
pub fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "vpc")).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// What a program would change; everything goes away without one.
pub async fn plan(cloud: &dyn Cloud, program: Option<&str>) -> Plan {
    plan_with(cloud, program, Images::Kept).await
}

/// What a program would change, with images kept or not.
pub async fn plan_with(cloud: &dyn Cloud, program: Option<&str>, images: Images) -> Plan {
    try_plan(cloud, program, images).await.unwrap()
}

/// What a program would change, if the cloud can be asked.
pub async fn try_plan(cloud: &dyn Cloud, program: Option<&str>, images: Images) -> Result<Plan, Fault> {
    let stop = watch::Sender::new(false);
    let patient = Patient::new(cloud, stop.subscribe());
    let wanted = program.map_or(Wanted::default(), wanted);
    survey(&patient, STACK, REGION, &[REGION.into()], wanted, images).await.map(|survey| survey.plan)
}

/// What a program wants. It has never lived elsewhere, and is not looked for there.
pub fn wanted(program: &str) -> Wanted {
    Wanted { settled: false, ..wanted_anywhere(program) }
}

/// What a program wants that may have lived in another region.
pub fn wanted_anywhere(program: &str) -> Wanted {
    let compiled = compile(&world(program), "program.vpc", &Given::new());
    match Sound::new(compiled.checked) {
        Ok((sound, _)) => lower(&sound, &compiled.sources, REGION),
        Err(problems) => panic!("{:?}\n{program}", problems.first()),
    }
}

/// Whether the compiler takes a program.
#[allow(dead_code, reason = "not every test that has this module needs all of it")]
pub fn is_sound(program: &str) -> bool {
    Sound::new(compile(&world(program), "program.vpc", &Given::new()).checked).is_ok()
}

/// Carries a plan out.
pub async fn carry_out(cloud: &dyn Cloud, plan: &Plan) -> Outcome {
    let stop = watch::Sender::new(false);
    run(plan, &Patient::new(cloud, stop.subscribe()), &|_| {}).await
}

/// Plans and carries it out to its end.
pub async fn apply(cloud: &dyn Cloud, program: Option<&str>) -> Plan {
    let plan = plan(cloud, program).await;
    let outcome = carry_out(cloud, &plan).await;
    let undone: Vec<_> = outcome.ends.iter().filter(|(_, end)| *end != StepEnd::Done).collect();
    assert!(undone.is_empty(), "{}\n{undone:#?}\n{}", text(&plan), program.unwrap_or("(nothing)"));
    plan
}

/// The plan as people see it.
pub fn text(plan: &Plan) -> String {
    let mut out = Vec::new();
    write_human(plan, Detail::Brief, &mut out).unwrap();
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

/// Asserts that nothing lives in the cloud any more.
#[track_caller]
pub fn is_empty(sim: &Sim) {
    assert_eq!(sim.snapshot(), serde_json::json!({}));
}
