//! A machine that falls asleep in the middle of a run, and wakes up when its lock has run out.

use super::{CLUSTER, NEVER, claimant, home, patient, take};
use crate::embedded::{STACK, is_empty, plan};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::Instant;
use vpcc_core::call::Call;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Answer, Claimant, Cloud, Fault, LockLost, Outcome, Patient, holder, run, unlock};

thread_local! {
    static START: Instant = Instant::now();
    static SLEPT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// What time it is; it goes on while machines sleep.
pub fn clock() -> SystemTime {
    let awake = START.with(|start| Instant::now().saturating_duration_since(*start));
    UNIX_EPOCH + Duration::from_secs(1_800_000_000) + awake + SLEPT.get()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Awake,
    Asleep,
    /// Awake again; calls get through or don't.
    Woken {
        network: bool,
    },
}

/// The network of a machine that falls asleep after so many changing calls.
struct Sleeper<'s> {
    sim: &'s Sim,
    before: AtomicUsize,
    phase: watch::Sender<Phase>,
    /// How many changing calls were sent after that.
    after: AtomicUsize,
}

impl Sleeper<'_> {
    async fn asleep(&self) {
        self.phase.subscribe().wait_for(|phase| *phase == Phase::Asleep).await.unwrap();
    }

    fn wake(&self, network: bool) {
        self.phase.send_replace(Phase::Woken { network });
    }
}

impl Cloud for Sleeper<'_> {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            let mut phase = self.phase.subscribe();
            let now = *phase.wait_for(|phase| *phase != Phase::Asleep).await.unwrap();
            if now == (Phase::Woken { network: false }) {
                return Err(Fault::refused(Fault::UNREACHABLE, "there is no network"));
            }
            // The lock is renewed by tags.
            let changes = !call.reads() && call.action != "CreateTags";
            let answer = self.sim.call(region, call).await;
            if changes && now == Phase::Awake && self.before.fetch_sub(1, Ordering::Relaxed) == 1 {
                SLEPT.set(SLEPT.get() + Duration::from_secs(3600));
                self.phase.send_replace(Phase::Asleep);
            }
            self.after.fetch_add(usize::from(changes && now != Phase::Awake), Ordering::Relaxed);
            phase.wait_for(|phase| *phase != Phase::Asleep).await.unwrap();
            answer
        })
    }

    fn throttles(&self) -> bool {
        false
    }
}

fn ann() -> Claimant {
    Claimant { clock, ..claimant("ann", "one") }
}

/// Ann falls asleep in the middle of an apply, something happens, and she wakes up: what became of her run and her lock,
/// and how much she changed after that.
async fn overslept(sim: &Sim, meanwhile: impl AsyncFnOnce(&Sleeper<'_>)) -> (Outcome, Option<LockLost>, usize) {
    SLEPT.set(Duration::ZERO);
    let plan = plan(sim, Some(CLUSTER)).await;
    let lock = take(sim, &ann(), NEVER).await.unwrap();
    let (before, after) = (AtomicUsize::new(6), AtomicUsize::new(0));
    let sleeper = Sleeper { sim, before, phase: watch::Sender::new(Phase::Awake), after };
    let stop = watch::Sender::new(false);
    let (cloud, keeper) =
        (Patient::new(&sleeper, stop.subscribe()).under(&lock), Patient::new(&sleeper, stop.subscribe()));
    let anns = async {
        let work = run(&plan, &cloud, &|_| {});
        tokio::pin!(work);
        tokio::select! {
            outcome = &mut work => (outcome, None),
            lost = lock.keep(&keeper) => {
                stop.send_replace(true);
                (work.await, Some(lost))
            }
        }
    };
    let others = async {
        sleeper.asleep().await;
        meanwhile(&sleeper).await;
    };
    let ((outcome, lost), ()) = tokio::join!(anns, others);
    (outcome, lost, sleeper.after.into_inner())
}

/// Bob does the same work, under the lock that he has taken over.
async fn bobs_run(sim: &Sim) {
    let lock = take(sim, &Claimant { clock, ..claimant("bob", "two") }, NEVER).await.unwrap();
    let plan = plan(sim, Some(CLUSTER)).await;
    assert!(run(&plan, &patient(sim).under(&lock), &|_| {}).await.is_complete());
    lock.release(&patient(sim)).await.unwrap();
}

async fn is_whole(sim: &Sim) {
    assert!(plan(sim, Some(CLUSTER)).await.is_empty());
    crate::embedded::apply(sim, None).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    is_empty(sim);
}

#[tokio::test(start_paused = true)]
async fn who_has_overslept_leaves_alone_what_somebody_else_has_taken_over() {
    let sim = Sim::new();
    let (outcome, lost, after) = overslept(&sim, async |ann| {
        bobs_run(&sim).await;
        ann.wake(true);
    })
    .await;
    assert!(!outcome.is_complete());
    assert!(matches!(lost, Some(LockLost::Taken)), "{lost:?}");
    assert_eq!(after, 0);
    is_whole(&sim).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_overslept_and_still_has_the_lock_goes_on() {
    let sim = Sim::new();
    let (outcome, lost, after) = overslept(&sim, async |ann| ann.wake(true)).await;
    assert!(outcome.is_complete() && lost.is_none() && after > 0, "{outcome:?} {lost:?}");
    let found = holder(&patient(&sim), &home(), STACK).await.unwrap().unwrap();
    assert!(UNIX_EPOCH + Duration::from_secs(found.expiry) > clock(), "it is renewed");
    unlock(&patient(&sim), &home(), &found).await.unwrap();
    is_whole(&sim).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_overslept_waits_for_whoever_may_be_breaking_the_lock() {
    let sim = Sim::new();
    let (_, lost, after) = overslept(&sim, async |ann| {
        let found = holder(&patient(&sim), &home(), STACK).await.unwrap().unwrap();
        ann.wake(true);
        tokio::time::sleep(Duration::from_secs(7)).await;
        unlock(&patient(&sim), &home(), &found).await.unwrap();
        bobs_run(&sim).await;
    })
    .await;
    assert!(matches!(lost, Some(LockLost::Taken)), "{lost:?}");
    assert_eq!(after, 0);
    is_whole(&sim).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_overslept_and_finds_no_network_gives_up_some_time() {
    let sim = Sim::new();
    let (outcome, lost, after) = overslept(&sim, async |ann| ann.wake(false)).await;
    assert!(!outcome.is_complete() && matches!(lost, Some(LockLost::RunOut(_))), "{outcome:?} {lost:?}");
    assert_eq!(after, 0);
    let next = Claimant { is_gone: |process| process == "7 700", ..ann() };
    take(&sim, &next, NEVER).await.unwrap().release(&patient(&sim)).await.unwrap();
    crate::embedded::apply(&sim, Some(CLUSTER)).await;
    is_whole(&sim).await;
}
