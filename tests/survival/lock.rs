//! Two runs of one stack never both proceed.

#[path = "sleeper.rs"]
mod sleeper;

use crate::embedded::{STACK, apply, is_empty, try_plan, wanted};
use ecow::EcoString;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::task::LocalSet;
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_core::plan::Images;
use vpcc_runtime::sim::{Faults, Sim};
use vpcc_runtime::{
    Claimant, Cloud, Holder, Lock, LockLost, LockProblem, Patient, clear, holder, lock, run, survey, unlock,
};

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
const NEVER: Duration = Duration::ZERO;

fn home() -> EcoString {
    "us-west-2".into()
}

fn claimant(owner: &str, machine: &str) -> Claimant {
    let (owner, machine) = (owner.to_owned(), machine.to_owned());
    Claimant { owner, machine, process: "7 700".to_owned(), is_gone: |_| false, clock: SystemTime::now }
}

fn patient(sim: &Sim) -> Patient<'_> {
    Patient::new(sim, watch::Sender::new(false).subscribe())
}

async fn take(sim: &Sim, me: &Claimant, timeout: Duration) -> Result<Lock, LockProblem> {
    lock(&patient(sim), &home(), STACK, me, timeout, &mut |_: &Holder| {}).await
}

#[tokio::test(start_paused = true)]
async fn who_is_second_hears_of_the_first_and_comes_after() {
    let sim = Sim::new();
    let mine = take(&sim, &claimant("ann", "one"), NEVER).await.unwrap();
    match take(&sim, &claimant("bob", "two"), NEVER).await {
        Err(LockProblem::Held(Some(held))) => assert_eq!((&*held.owner, &*held.machine), ("ann", "one")),
        other => panic!("{other:?}"),
    }
    let bob = claimant("bob", "two");
    let later = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        mine.release(&patient(&sim)).await.unwrap();
    };
    let ((), second) = tokio::join!(later, take(&sim, &bob, Duration::from_secs(300)));
    second.unwrap().release(&patient(&sim)).await.unwrap();
    is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn the_lock_of_a_dead_run_is_broken_and_its_work_taken_over() {
    let sim = Sim::new();
    let dead = take(&sim, &claimant("ann", "one"), NEVER).await.unwrap();
    let next = Claimant { is_gone: |process| process == "7 700", ..claimant("ann", "one") };
    let elsewhere = Claimant { machine: "two".to_owned(), ..next.clone() };
    assert!(matches!(take(&sim, &elsewhere, NEVER).await, Err(LockProblem::Held(_))), "its processes can't be seen");
    let second = take(&sim, &next, NEVER).await.unwrap();
    assert_eq!(dead.generation(), second.generation());
    second.release(&patient(&sim)).await.unwrap();
    let third = take(&sim, &next, NEVER).await.unwrap();
    assert_ne!(dead.generation(), third.generation(), "what came to an end is not gone on with");

    let clock = || SystemTime::now() + Duration::from_secs(41 * 60);
    let long_after = Claimant { clock, ..claimant("bob", "two") };
    take(&sim, &long_after, NEVER).await.unwrap();
    let found = holder(&patient(&sim), &home(), STACK).await.unwrap().unwrap();
    assert_eq!(found.owner, "bob");
    unlock(&patient(&sim), &home(), &found).await.unwrap();
    assert_eq!(holder(&patient(&sim), &home(), STACK).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_renewed_and_whoever_loses_it_hears_of_it() {
    let sim = Sim::new();
    let mine = take(&sim, &Claimant { clock: sleeper::clock, ..claimant("ann", "one") }, NEVER).await.unwrap();
    let expiry = || async { holder(&patient(&sim), &home(), STACK).await.unwrap().unwrap().expiry };
    let first = expiry().await;
    let (keeper, hour) = (patient(&sim), Duration::from_secs(3600));
    assert!(tokio::time::timeout(hour, mine.keep(&keeper)).await.is_err(), "it is kept");
    assert!(expiry().await >= first + 45 * 60);
    let broken = holder(&keeper, &home(), STACK).await.unwrap().unwrap();
    unlock(&keeper, &home(), &broken).await.unwrap();
    let lost = tokio::time::timeout(hour, mine.keep(&keeper)).await.expect("it is lost");
    assert!(matches!(lost, LockLost::Taken), "{lost:?}");
}

#[tokio::test(start_paused = true)]
async fn only_the_lock_of_a_dead_run_is_cleared_away() {
    let sim = Sim::new();
    let living = claimant("ann", "one");
    take(&sim, &living, NEVER).await.unwrap();
    assert_eq!(clear(&patient(&sim), &home(), STACK, &living).await.unwrap(), None);
    assert!(holder(&patient(&sim), &home(), STACK).await.unwrap().is_some());
    let next = Claimant { is_gone: |process| process == "7 700", ..living };
    let broken = clear(&patient(&sim), &home(), STACK, &next).await.unwrap();
    assert_eq!(broken.map(|holder| holder.owner).as_deref(), Some("ann"));
    is_empty(&sim);
}

/// Who finds nothing to do has no other reason to look for a lock.
#[tokio::test(start_paused = true)]
async fn a_look_sees_the_lock_without_a_call_more() {
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    let look = async || {
        let before: u64 = sim.counts().values().sum();
        let (wanted, images) = (wanted(CLUSTER), Images::Kept);
        let survey = survey(&patient(&sim), STACK, "us-west-2", &[home()], wanted, images).await.unwrap();
        assert!(survey.plan.is_empty());
        (survey.locked, sim.counts().values().sum::<u64>() - before)
    };
    let (locked, calls) = look().await;
    assert!(!locked);
    let lock = take(&sim, &claimant("ann", "one"), NEVER).await.unwrap();
    assert_eq!(look().await, (true, calls));
    lock.release(&patient(&sim)).await.unwrap();
    lock_of("other", &sim).await;
    assert_eq!(look().await, (false, calls), "it is another stack's");
}

async fn lock_of(stack: &str, sim: &Sim) {
    lock(&patient(sim), &home(), stack, &claimant("ann", "one"), NEVER, &mut |_| {}).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_neither_locks_out_nor_lets_two_in() {
    for seed in 0..200 {
        let sim = Sim::new().with_faults(Faults::seeded(seed).losing(0.3).stale(0.3, Duration::from_secs(3)));
        let (ann, bob) = (claimant("ann", "one"), claimant("bob", "two"));
        let wait = Duration::from_secs(120);
        let (first, second) = tokio::join!(take(&sim, &ann, wait), take(&sim, &bob, wait));
        assert!(first.is_err() || second.is_err(), "seed {seed}: both hold it");
    }
}

/// One of many runs at the same time: it waits for the lock, plans, applies, and gives the lock back.
async fn one_of_many(sim: &Sim, number: usize) {
    let me = claimant(&format!("user {number}"), "one");
    let lock = take(sim, &me, Duration::from_secs(36_000)).await.unwrap();
    let plan = try_plan(sim, Some(CLUSTER), Images::Kept).await.unwrap();
    let outcome = run(&plan, &patient(sim).under(&lock), &|_| {}).await;
    assert!(outcome.is_complete());
    lock.release(&patient(sim)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn two_hundred_runs_at_once_make_one_network() {
    let sim = Rc::new(Sim::new());
    let all = LocalSet::new();
    for number in 0..200 {
        let sim = Rc::clone(&sim);
        all.spawn_local(async move { one_of_many(&sim, number).await });
    }
    all.await;
    assert_eq!((sim.counts()["CreateVpc"], sim.counts()["RunInstances"]), (1, 3));
    apply(&*sim, None).await;
    is_empty(&sim);
}

const ONE_NAT: &str = include_str!("../../examples/one-nat.vpc");

/// What a dead run has made, and somebody has deleted since, is made anew by the run that goes on.
#[tokio::test(start_paused = true)]
async fn what_is_gone_is_made_anew_with_another_token() {
    let sim = Sim::new();
    let dead = take(&sim, &claimant("ann", "one"), NEVER).await.unwrap();
    let plan = try_plan(&sim, Some(ONE_NAT), Images::Kept).await.unwrap();
    assert!(run(&plan, &patient(&sim).under(&dead), &|_| {}).await.is_complete());
    let listed = sim.call("us-west-2", &Call::new("DescribeNatGateways", Map::new())).await.unwrap();
    let gateway = listed.list("NatGateways").first().and_then(Value::as_map).unwrap().text("NatGatewayId").to_owned();
    let delete = Call::new("DeleteNatGateway", map! { "NatGatewayId" => gateway.as_str() });
    sim.call("us-west-2", &delete).await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;

    let next = Claimant { is_gone: |process| process == "7 700", ..claimant("ann", "one") };
    let lock = take(&sim, &next, NEVER).await.unwrap();
    assert_eq!(lock.generation(), dead.generation());
    let plan = try_plan(&sim, Some(ONE_NAT), Images::Kept).await.unwrap();
    let outcome = run(&plan, &patient(&sim).under(&lock), &|_| {}).await;
    assert!(outcome.is_complete(), "{outcome:?}");
    assert!(try_plan(&sim, Some(ONE_NAT), Images::Kept).await.unwrap().is_empty());
    assert_eq!(sim.counts()["CreateNatGateway"], 3, "the first, the same again, and a new one");
}

/// A gateway that fails as soon as it is made is no reason to make another one at once: two would stand for one address.
#[tokio::test(start_paused = true)]
async fn what_fails_is_told_and_not_made_again_by_the_run_that_goes_on() {
    let faults = Faults::seeded(1).failing(1.0).slow(Duration::from_secs(3));
    let sim = Sim::new();
    take(&sim, &claimant("ann", "one"), NEVER).await.unwrap();
    let next = Claimant { is_gone: |process| process == "7 700", ..claimant("ann", "one") };
    let lock = take(&sim, &next, NEVER).await.unwrap();
    assert!(lock.goes_on());
    let gateway = ONE_NAT.split("  node api").next().unwrap().to_owned() + "}\n";
    let plan = try_plan(&sim, Some(&gateway), Images::Kept).await.unwrap();
    let sim = sim.with_faults(faults);
    assert!(!run(&plan, &patient(&sim).under(&lock), &|_| {}).await.is_complete());
    assert_eq!(sim.counts()["CreateNatGateway"], 1);
}
