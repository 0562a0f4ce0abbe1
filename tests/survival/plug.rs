//! Runs whose plug is pulled at some call, and runs that never hear what became of one.
//!
//! A run that dies leaves what it has changed by then and nothing else, for there is no state file. So one run, frozen
//! after each of its changing calls, gives what every run leaves that is killed right after a call, while its answer is
//! under way, or right before the next.

use crate::embedded::{apply, carry_out, examples, is_empty, plan, text};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use vpcc_core::call::{Call, map};
use vpcc_core::plan::Action;
use vpcc_runtime::sim::{Frozen, Sim};
use vpcc_runtime::{Answer, Cloud, Effect, Fault};

/// A cloud of which every instant is kept that comes right after a changing call.
struct Recorded<'s> {
    sim: &'s Sim,
    instants: Mutex<Vec<(&'static str, Frozen)>>,
}

impl Cloud for Recorded<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            let answer = self.sim.call(region, call).await;
            if !call.reads() {
                self.instants.lock().unwrap().push((call.action, self.sim.freeze()));
            }
            answer
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

/// A cloud that obeys one changing call, by its number from 0 on, and loses the answer.
struct Silent<'s> {
    sim: &'s Sim,
    before: AtomicUsize,
}

impl Cloud for Silent<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            let answer = self.sim.call(region, call).await;
            let none_before = |before: usize| before.checked_sub(1);
            if call.reads() || self.before.fetch_update(Ordering::Relaxed, Ordering::Relaxed, none_before).is_ok() {
                return answer;
            }
            self.before.store(usize::MAX, Ordering::Relaxed);
            Err(Fault { effect: Effect::Unknown, ..Fault::refused(Fault::NO_ANSWER, "the answer was lost") })
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

/// What a run leaves that is killed after each of its changing calls, with the call.
async fn killed(sim: &Sim, program: Option<&str>) -> Vec<(&'static str, Frozen)> {
    let plan = plan(sim, program).await;
    let recorded = Recorded { sim, instants: Mutex::default() };
    let outcome = carry_out(&recorded, &plan).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.ends);
    recorded.instants.into_inner().unwrap()
}

/// Everything that lives, with what tells one thing from another by chance left out.
fn shape(sim: &Sim) -> Vec<String> {
    let snapshot = sim.snapshot();
    let mut all: Vec<String> = Vec::new();
    for (region, kinds) in snapshot.as_object().unwrap() {
        for (kind, things) in kinds.as_object().unwrap() {
            let names = things.as_object().unwrap().values().map(|thing| thing["tags"]["vpcc:address"].to_string());
            all.extend(names.map(|name| format!("{region} {kind} {name}")));
        }
    }
    all.sort();
    all
}

/// What there is before a run: what another program said, and something of somebody else's.
async fn before(program: Option<&str>) -> Frozen {
    let sim = Sim::new();
    let foreign = Call::new("CreateVpc", map! { "CidrBlock" => "10.99.0.0/16" });
    sim.call("us-west-2", &foreign).await.unwrap();
    if program.is_some() {
        apply(&sim, program).await;
    }
    sim.freeze()
}

/// Pulls the plug at each changing call of the way from one program to another, and loses the answer of each; gives how
/// many runs that were.
async fn at_every_call(name: &str, from: Option<&str>, to: Option<&str>) -> usize {
    let before = before(from).await;
    let calm = before.thaw();
    let left = killed(&calm, to).await;
    let wanted = shape(&calm);
    let goes_on = async |sim: &Sim, note: String| {
        apply(sim, to).await;
        let again = plan(sim, to).await;
        assert!(again.is_empty(), "{note}: there is left\n{}", text(&again));
        // What is on its way out is gone by then.
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(shape(sim), wanted, "{note}");
    };
    for (number, (action, instant)) in left.iter().enumerate() {
        goes_on(&instant.thaw(), format!("{name}: killed after {action}, call {number}")).await;
        let sim = before.thaw();
        let plan = plan(&sim, to).await;
        carry_out(&Silent { sim: &sim, before: number.into() }, &plan).await;
        goes_on(&sim, format!("{name}: no answer to {action}, call {number}")).await;
    }
    2 * left.len()
}

/// Does some work with each of many things, on all processors, each with a clock of its own; gives the sum.
fn in_parallel<T: Sync>(things: &[T], work: impl AsyncFn(&T) -> usize + Sync) -> usize {
    let (next, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = || {
        while let Some(thing) = things.get(next.fetch_add(1, Ordering::Relaxed)) {
            let clock = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            sum.fetch_add(clock.block_on(work(thing)), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        (0..thread::available_parallelism().map_or(1, usize::from)).for_each(|_| drop(scope.spawn(worker)));
    });
    sum.into_inner()
}

#[test]
fn apply_and_destroy_of_every_example_go_on_after_any_call() {
    let runs = in_parallel(&examples(), async |(name, program)| {
        let applied = at_every_call(&format!("apply {name}"), None, Some(program)).await;
        applied + at_every_call(&format!("destroy {name}"), Some(program), None).await
    });
    println!("{runs} runs were killed or did not hear an answer");
}

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");

#[test]
fn changes_go_on_after_any_call() {
    let edits: [&[(&str, &str)]; 6] = [
        &[("10.117.", "10.118.")],
        &[("Dashboards", "Boards")],
        &[("10.117.0.0/24", "10.117.4.0/24")],
        &[("gateway igw", "gateway gw"), ("via igw", "via gw")],
        &[("node node[0..2]", "node worker[0..2]"), ("assert node", "assert worker"), ("reach node", "reach worker")],
        &[("t2.micro", "t3.nano"), ("    ingress tcp 8080  from cluster \"mongoexpress\"\n", "")],
    ];
    let runs = in_parallel(&edits, async |edit| {
        let edited = edit.iter().fold(CLUSTER.to_owned(), |program, (from, to)| program.replace(from, to));
        let there = at_every_call(&format!("{edit:?}"), Some(CLUSTER), Some(&edited)).await;
        there + at_every_call(&format!("{edit:?} back"), Some(&edited), Some(CLUSTER)).await
    });
    println!("{runs} runs were killed or did not hear an answer");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_after_an_apply_and_a_destroy_that_were_killed() {
    for (_, applied) in killed(&Sim::new(), Some(CLUSTER)).await {
        for (_, destroyed) in killed(&applied.thaw(), None).await {
            let sim = destroyed.thaw();
            apply(&sim, None).await;
            is_empty(&sim);
        }
    }
}

/// A run that ends at some moment leaves things half-way to what they will be; that is no reason to change them.
#[tokio::test(start_paused = true)]
async fn whoever_comes_at_once_waits_for_what_is_on_its_way() {
    for (name, program) in crate::embedded::examples() {
        for moment in (0..1000).step_by(50).map(Duration::from_millis) {
            let sim = Sim::new();
            let first = plan(&sim, Some(&program)).await;
            let ended = tokio::time::timeout(moment, carry_out(&sim, &first)).await.is_ok();
            let next = apply(&sim, Some(&program)).await;
            let changed = next.steps.iter().find(|step| step.kind.name == "instance" && step.action == Action::Update);
            assert!(changed.is_none(), "{name} after {moment:?}\n{}", text(&next));
            let again = plan(&sim, Some(&program)).await;
            assert!(again.is_empty(), "{name} after {moment:?} leaves\n{}", text(&again));
            if ended {
                break;
            }
        }
    }
}
