//! A network that hangs: what is sent gets no answer, for a while or for good.

use crate::embedded::{STACK, apply, plan};
use std::cell::Cell;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use vpcc_core::call::Call;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Answer, Claimant, Cloud, Effect, Fault, Outcome, Patient, lock, run};

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
/// An answer that has not come by then is not waited for any longer.
const ATTEMPT: Duration = Duration::from_secs(30);
/// A run that nothing answers ends within this time; giving the lock back is tried for 20 seconds after that.
const END: Duration = Duration::from_secs(70);

/// A cloud that answers so many calls and then none for so long.
struct Hanging<'s> {
    sim: &'s Sim,
    answers: usize,
    lasts: Duration,
    sent: Mutex<usize>,
    since: Mutex<Option<Instant>>,
}

impl Hanging<'_> {
    fn hangs(&self) -> bool {
        let mut sent = self.sent.lock().unwrap();
        *sent += 1;
        let since = (*sent > self.answers).then(|| *self.since.lock().unwrap().get_or_insert_with(Instant::now));
        since.is_some_and(|since| since.elapsed() < self.lasts)
    }
}

impl Cloud for Hanging<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            if self.hangs() {
                sleep(ATTEMPT).await;
                return Err(Fault { effect: Effect::Unknown, ..Fault::refused(Fault::NO_ANSWER, "no answer came") });
            }
            self.sim.call(region, call).await
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

/// Applies a program under a lock while the network hangs after so many calls; tells how long the run lasts from then on,
/// if it came to that.
async fn run_with(sim: &Sim, program: &str, answers: usize, lasts: Duration) -> (Outcome, Option<Duration>) {
    let plan = plan(sim, Some(program)).await;
    let me = Claimant {
        owner: "ann".to_owned(),
        machine: "one".to_owned(),
        process: "7 700".to_owned(),
        is_gone: |_| false,
        clock: SystemTime::now,
    };
    let stop = watch::Sender::new(false);
    let patient = Patient::new(sim, stop.subscribe());
    let lock = lock(&patient, &"us-west-2".into(), STACK, &me, Duration::ZERO, &mut |_| {}).await.unwrap();
    let cloud = Hanging { sim, answers, lasts, sent: Mutex::default(), since: Mutex::default() };
    let outcome = run(&plan, &Patient::new(&cloud, stop.subscribe()).under(&lock), &|_| {}).await;
    let hung = cloud.since.into_inner().unwrap().map(|since| since.elapsed());
    lock.release(&patient).await.unwrap();
    (outcome, hung)
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_network_hangs_ends_soon_and_the_next_goes_on() {
    for answers in 0.. {
        let sim = Sim::new();
        let (outcome, hung) = run_with(&sim, CLUSTER, answers, Duration::MAX).await;
        let Some(hung) = hung else { break };
        assert!(hung <= END, "{hung:?} after {answers} calls");
        assert!(!outcome.is_complete() || answers > 0);
        apply(&sim, Some(CLUSTER)).await;
        assert!(plan(&sim, Some(CLUSTER)).await.is_empty(), "after {answers} calls");
        assert_eq!(sim.counts()["CreateVpc"] + sim.counts()["RunInstances"], 4, "after {answers} calls");
    }
}

/// However many are to be made, nobody waits for each.
#[tokio::test(start_paused = true)]
async fn a_large_run_ends_as_soon() {
    let large = CLUSTER.replace("node[0..2]", "node[0..99]");
    for answers in [0, 20, 40, 80] {
        let (_, hung) = run_with(&Sim::new(), &large, answers, Duration::MAX).await;
        assert!(hung.unwrap() <= END, "{hung:?} after {answers} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_network_that_comes_back_soon_costs_no_run() {
    let longest = Cell::new(Duration::ZERO);
    for answers in 0.. {
        let sim = Sim::new();
        let (outcome, hung) = run_with(&sim, CLUSTER, answers, Duration::from_secs(29)).await;
        let Some(hung) = hung else { break };
        assert!(outcome.is_complete(), "after {answers} calls: {outcome:?}");
        longest.set(longest.get().max(hung));
    }
    assert!(longest.get() > ATTEMPT, "it hung: {longest:?}");
}
