//! Clouds that lose answers, throttle and are behind.

use crate::embedded::{apply, carry_out, is_empty, plan, text};
use std::time::Duration;
use vpcc_core::plan::{Images, Plan};
use vpcc_runtime::StepEnd;
use vpcc_runtime::sim::{Faults, Sim, Timing};

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");

/// Applies until nothing is left to do; the faults last for some runs.
async fn converge(sim: Sim, program: Option<&str>, faults: &Faults, note: &str) -> Sim {
    let mut sim = sim.with_faults(faults.clone());
    for run in 0..12 {
        if run == 8 {
            sim = sim.without_faults();
        }
        // Old news is forgotten between runs: whoever runs vpcc again takes a while.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let Some(plan) = try_plan(&sim, program).await else { continue };
        if plan.is_empty() {
            return sim;
        }
        carry_out(&sim, &plan).await;
    }
    let rest = plan(&sim, program).await;
    panic!("{note} does not converge:\n{}", text(&rest));
}

async fn try_plan(sim: &Sim, program: Option<&str>) -> Option<Plan> {
    crate::embedded::try_plan(sim, program, Images::Kept).await.ok()
}

/// How many things of each kind live.
fn census(sim: &Sim) -> Vec<(String, usize)> {
    let snapshot = sim.snapshot();
    let regions = snapshot.as_object().unwrap().values();
    let kinds = regions.flat_map(|region| region.as_object().unwrap().iter());
    kinds.map(|(kind, things)| (kind.clone(), things.as_object().map_or(0, serde_json::Map::len))).collect()
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_nothing_is_doubled() {
    let calm = Sim::new();
    apply(&calm, Some(CLUSTER)).await;
    let wanted = census(&calm);
    for seed in 0..60 {
        let faults = Faults::seeded(seed).losing(0.15).stale(0.3, Duration::from_secs(4));
        let note = format!("seed {seed}");
        let sim = converge(Sim::new(), Some(CLUSTER), &faults, &note).await;
        assert_eq!(census(&sim), wanted, "{note}");
        let sim = converge(sim, None, &faults, &note).await;
        tokio::time::sleep(Duration::from_secs(3600)).await;
        is_empty(&sim);
    }
}

/// Every answer to a changing call of a program's way to life is lost once, or comes as a server's error.
async fn each_answer_is_lost(name: &str, program: &str) {
    let calm = Sim::new();
    apply(&calm, Some(program)).await;
    let wanted = census(&calm);
    let changing = calm.counts().into_iter().filter(|(action, _)| !action.starts_with("Describe"));
    for (action, count) in changing {
        for nth in 1..=count {
            let sim = Sim::new().with_faults(Faults::seeded(1).silencing(&action, nth));
            apply(&sim, Some(program)).await;
            assert_eq!(sim.faults()["ordered"], 1, "{name}: {action} {nth}");
            assert_eq!(census(&sim), wanted, "{name}: {action} {nth}");
            let again = plan(&sim, Some(program)).await;
            assert!(again.is_empty(), "{name}: {action} {nth}\n{}", text(&again));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_costs_no_run() {
    for (name, program) in crate::embedded::examples() {
        each_answer_is_lost(&name, &program).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_apply_is_hardly_ever_throttled() {
    let large = CLUSTER.replace("node[0..2]", "node[0..59]");
    let sim = Sim::new().with_timing(Timing::REAL).with_latency(Duration::from_millis(80));
    let sim = sim.with_faults(Faults::seeded(1).throttling());
    apply(&sim, Some(&large)).await;
    let throttled = sim.faults().get("throttled").copied().unwrap_or_default();
    assert!(throttled <= 2, "throttled {throttled} times");
    apply(&sim, None).await;
}

#[tokio::test(start_paused = true)]
async fn what_ec2_has_no_room_for_fails_at_once_and_the_rest_goes_on() {
    let sim = Sim::new().with_faults(Faults::seeded(1).refusing("RunInstances", 2, "InsufficientInstanceCapacity"));
    let first = plan(&sim, Some(CLUSTER)).await;
    let outcome = carry_out(&sim, &first).await;
    let failed: Vec<_> = outcome.ends.iter().filter(|(_, end)| matches!(end, StepEnd::Failed(_))).collect();
    assert_eq!((failed.len(), outcome.done()), (1, outcome.ends.len() - 1), "{failed:?}");
    assert_eq!(sim.counts()["RunInstances"], 3);
    apply(&sim, Some(CLUSTER)).await;
    assert!(plan(&sim, Some(CLUSTER)).await.is_empty());
}
