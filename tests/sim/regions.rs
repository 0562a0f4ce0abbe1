//! Programs that move to other regions leave nothing behind.

use super::embedded::{STACK, carry_out, is_empty, text, wanted_anywhere};
use ecow::EcoString;
use std::collections::BTreeSet;
use tokio::sync::watch;
use vpcc_core::kinds::Wanted;
use vpcc_core::plan::{Images, Plan};
use vpcc_runtime::sim::{Faults, Sim};
use vpcc_runtime::{Patient, StepEnd, survey};

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
const TIERS: &str = include_str!("../../examples/three-tiers.vpc");

const TWO: &str = "stack dahak
region us-west-2
peer link near, far
network near 10.1.0.0/16 { subnet lan 10.1.0.0/24 az a { route far via link } }
network far 10.2.0.0/16 {
  region eu-west-1
  subnet lan 10.2.0.0/24 az a { route near via link }
}
";

const ONE: &str = "stack dahak
region us-west-2
network near 10.1.0.0/16 { subnet lan 10.1.0.0/24 az a }
";

async fn look(sim: &Sim, wanted: Wanted, home: &str) -> Plan {
    let stop = watch::Sender::new(false);
    let mut regions: BTreeSet<EcoString> = wanted.resources.iter().map(|resource| resource.region.clone()).collect();
    regions.insert(home.into());
    let regions: Vec<EcoString> = regions.into_iter().collect();
    let patient = Patient::new(sim, stop.subscribe());
    survey(&patient, STACK, home, &regions, wanted, Images::Kept).await.unwrap().plan
}

fn home(program: &str) -> &str {
    let line = program.lines().find_map(|line| line.strip_prefix("region "));
    line.unwrap()
}

async fn plan(sim: &Sim, program: &str) -> Plan {
    look(sim, wanted_anywhere(program), home(program)).await
}

async fn done(sim: &Sim, plan: &Plan) {
    let outcome = carry_out(sim, plan).await;
    let undone: Vec<_> = outcome.ends.iter().filter(|(_, end)| *end != StepEnd::Done).collect();
    assert!(undone.is_empty(), "{}\n{undone:#?}", text(plan));
}

async fn apply(sim: &Sim, program: &str) {
    done(sim, &plan(sim, program).await).await;
    let again = plan(sim, program).await;
    assert!(again.is_empty(), "{}", text(&again));
}

async fn destroy(sim: &Sim, program: &str) {
    done(sim, &look(sim, wanted_anywhere(program).gone(), home(program)).await).await;
}

/// The regions in which something lives.
fn lived_in(sim: &Sim) -> Vec<String> {
    sim.snapshot().as_object().unwrap().keys().cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_moves_leaves_nothing_where_it_was() {
    for program in [CLUSTER, TIERS, TWO] {
        let sim = Sim::new();
        apply(&sim, program).await;
        let moved = program.replace("us-west-2", "eu-central-1");
        apply(&sim, &moved).await;
        assert!(!lived_in(&sim).contains(&"us-west-2".to_owned()), "{:?}", lived_in(&sim));
        apply(&sim, program).await;
        destroy(&sim, &moved).await;
        is_empty(&sim);
    }
}

#[tokio::test(start_paused = true)]
async fn a_network_that_moves_or_goes_leaves_nothing_where_it_was() {
    let moved = TWO.replace("eu-west-1", "ap-south-1");
    let home = TWO.replace("  region eu-west-1\n", "");
    let swapped = TWO.replace("us-west-2", "eu-west-1").replacen("  region eu-west-1", "  region us-west-2", 1);
    for from in [TWO, &moved, &home, &swapped, ONE] {
        for to in [TWO, &moved, &home, &swapped, ONE] {
            let (sim, calm) = (Sim::new(), Sim::new());
            apply(&sim, from).await;
            apply(&sim, to).await;
            apply(&calm, to).await;
            assert_eq!(lived_in(&sim), lived_in(&calm), "from\n{from}\nto\n{to}");
            destroy(&sim, ONE).await;
            is_empty(&sim);
        }
    }
}

/// Which of two regions comes to an end first is no matter: what is left of the first move is found by the next run.
#[tokio::test(start_paused = true)]
async fn a_move_that_breaks_off_is_gone_on_with() {
    let moved = TWO.replace("us-west-2", "eu-central-1").replace("eu-west-1", "ap-south-1");
    let calm = Sim::new();
    apply(&calm, TWO).await;
    let before = calm.counts();
    apply(&calm, &moved).await;
    let changing = calm.counts().into_iter().filter(|(action, _)| !action.starts_with("Describe"));
    for (action, count) in changing {
        for nth in before.get(&action).map_or(0, |count| *count) + 1..=count {
            let sim = Sim::new().with_faults(Faults::seeded(1).refusing(&action, nth, "UnauthorizedOperation"));
            apply(&sim, TWO).await;
            carry_out(&sim, &plan(&sim, &moved).await).await;
            assert_eq!(sim.faults().get("ordered"), Some(&1), "{action} {nth}");
            apply(&sim, &moved).await;
            assert_eq!(lived_in(&sim), ["ap-south-1", "eu-central-1"], "{action} {nth}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_names_no_region_leaves_others_alone() {
    let sim = Sim::new();
    apply(&sim, ONE).await;
    let mut anywhere = wanted_anywhere("stack dahak\nnetwork near 10.1.0.0/16\n");
    anywhere.resources.iter_mut().for_each(|resource| resource.region = "eu-west-1".into());
    done(&sim, &look(&sim, anywhere, "eu-west-1").await).await;
    assert_eq!(lived_in(&sim), ["eu-west-1", "us-west-2"]);
}
