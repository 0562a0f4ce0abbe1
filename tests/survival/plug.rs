//! Runs whose plug is pulled: right before a call, right after it, or before its answer comes.

use crate::embedded::{apply, carry_out, is_empty, plan, text};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vpcc_core::call::Call;
use vpcc_core::plan::Action;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Answer, Cloud};

/// When the plug is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pulled {
    /// The call isn't sent any more.
    Before,
    /// The call is obeyed, and nobody hears the answer.
    Meanwhile,
    /// The answer has come, and nothing else is sent.
    After,
}

const ALL_WAYS: [Pulled; 3] = [Pulled::Before, Pulled::Meanwhile, Pulled::After];
/// What is hardest to find out later.
const MEANWHILE: [Pulled; 1] = [Pulled::Meanwhile];

/// A cloud that answers so many changing calls, and then never again.
struct Plug<'s> {
    sim: &'s Sim,
    left: AtomicUsize,
    pulled: Pulled,
}

impl<'s> Plug<'s> {
    fn new(sim: &'s Sim, calls: usize, pulled: Pulled) -> Plug<'s> {
        Plug { sim, left: AtomicUsize::new(calls), pulled }
    }

    fn is_out(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }
}

impl Cloud for Plug<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            if self.is_out() {
                return std::future::pending().await;
            }
            if call.reads() {
                return self.sim.call(region, call).await;
            }
            let last = self.left.fetch_sub(1, Ordering::Relaxed) == 1;
            if last && self.pulled == Pulled::Before {
                return std::future::pending().await;
            }
            let answer = self.sim.call(region, call).await;
            if last && self.pulled == Pulled::Meanwhile { std::future::pending().await } else { answer }
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

/// Carries out what a program needs until the plug is pulled; says whether it was.
async fn until_pulled(sim: &Sim, program: Option<&str>, calls: usize, pulled: Pulled) -> bool {
    let plan = plan(sim, program).await;
    let plug = Plug::new(sim, calls, pulled);
    let run = tokio::time::timeout(Duration::from_secs(3000), carry_out(&plug, &plan)).await;
    run.is_err()
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

/// Pulls the plug at each changing call of the way from one program to another.
async fn at_every_call(from: Option<&str>, to: Option<&str>, ways: &[Pulled]) {
    let before = async || {
        let sim = Sim::new();
        let foreign = Call::new("CreateVpc", vpcc_core::call::map! { "CidrBlock" => "10.99.0.0/16" });
        sim.call("us-west-2", &foreign).await.unwrap();
        if from.is_some() {
            apply(&sim, from).await;
        }
        sim
    };
    let calm = before().await;
    apply(&calm, to).await;
    let wanted = shape(&calm);
    for pulled in ways.iter().copied() {
        for calls in 1.. {
            let sim = before().await;
            let out = until_pulled(&sim, to, calls, pulled).await;
            apply(&sim, to).await;
            let again = plan(&sim, to).await;
            assert!(again.is_empty(), "{pulled:?} call {calls} leaves\n{}", text(&again));
            assert_eq!(shape(&sim), wanted, "{pulled:?} call {calls}");
            if !out {
                break;
            }
        }
    }
}

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
const MONITORING: &str = include_str!("../../examples/monitoring.vpc");
const STAGES: &str = include_str!("../../examples/stages.vpc");
const TIERS: &str = include_str!("../../examples/three-tiers.vpc");
const DUAL: &str = include_str!("../../examples/dual-stack.vpc");
const VPN: &str = include_str!("../../examples/vpn.vpc");

#[tokio::test(start_paused = true)]
async fn apply_and_destroy_go_on_after_any_call() {
    for (program, ways) in [
        (CLUSTER, &ALL_WAYS[..]),
        (MONITORING, &ALL_WAYS),
        (STAGES, &MEANWHILE),
        (TIERS, &MEANWHILE),
        (DUAL, &MEANWHILE),
        (VPN, &MEANWHILE),
    ] {
        at_every_call(None, Some(program), ways).await;
        at_every_call(Some(program), None, ways).await;
    }
}

#[tokio::test(start_paused = true)]
async fn changes_go_on_after_any_call() {
    let edits: [&[(&str, &str)]; 6] = [
        &[("10.117.", "10.118.")],
        &[("Dashboards", "Boards")],
        &[("10.117.0.0/24", "10.117.4.0/24")],
        &[("gateway igw", "gateway gw"), ("via igw", "via gw")],
        &[("node node[0..2]", "node worker[0..2]"), ("assert node", "assert worker"), ("reach node", "reach worker")],
        &[("t2.micro", "t3.nano"), ("    ingress tcp 8080  from cluster \"mongoexpress\"\n", "")],
    ];
    for edit in edits {
        let edited = edit.iter().fold(CLUSTER.to_owned(), |program, (from, to)| program.replace(from, to));
        at_every_call(Some(CLUSTER), Some(&edited), &ALL_WAYS).await;
        at_every_call(Some(&edited), Some(CLUSTER), &MEANWHILE).await;
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_after_a_destroy_that_was_killed() {
    for calls in 1..40 {
        let sim = Sim::new();
        until_pulled(&sim, Some(CLUSTER), calls, Pulled::Meanwhile).await;
        until_pulled(&sim, None, calls / 2 + 1, Pulled::Meanwhile).await;
        apply(&sim, None).await;
        is_empty(&sim);
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
