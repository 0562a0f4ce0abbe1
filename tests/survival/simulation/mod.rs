//! Generated networks and edits, in an account where everything goes wrong that can, under many seeds.
//!
//! A seed tells everything: the programs, the faults, when processes die and when the next ones come, on a clock that only
//! runs when everybody waits.

mod account;
mod generate;
mod process;
mod program;
mod story;
mod tally;

use crate::seeds::seeds;
use std::ops::Range;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use tally::Tally;

/// As many seeds as are enough for everything to happen.
const ENOUGH: u64 = 200;
/// So many seeds that fail tell enough.
const FAILURES: usize = 5;

/// Lives through one seed: what happened, and the calls that there were.
fn live_through(seed: u64) -> (Tally, Vec<String>) {
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(story::tell(seed))
}

/// Lives through seeds until there are none left, or enough have failed; gives those that did.
fn live_through_all(next: &AtomicU64, last: u64, tally: &Mutex<Tally>, failed: &Mutex<Vec<u64>>) {
    while failed.lock().unwrap().len() < FAILURES {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= last {
            return;
        }
        match catch_unwind(|| live_through(seed)) {
            Ok((happened, _)) => tally.lock().unwrap().take_in(happened),
            Err(_) => {
                eprintln!("SEEDS={seed}..{} cargo test --test survival whatever_happens", seed + 1);
                failed.lock().unwrap().push(seed);
            }
        }
    }
}

#[test]
fn whatever_happens_the_account_becomes_what_the_program_says() {
    let Range { start: first, end: last } = seeds("SEEDS", 60);
    let next = AtomicU64::new(first);
    let (tally, failed) = (Mutex::new(Tally::default()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| drop(scope.spawn(|| live_through_all(&next, last, &tally, &failed))));
    });
    let (tally, failed) = (tally.into_inner().unwrap(), failed.into_inner().unwrap());
    println!("seeds {first}..{last}: {tally}");
    assert!(failed.is_empty(), "these seeds fail: {failed:?}");
    if last - first >= ENOUGH {
        tally.is_thorough();
    }
}

#[test]
fn a_seed_tells_everything() {
    for seed in 0..3 {
        let (first, again) = (live_through(seed), live_through(seed));
        assert_eq!(first.0.to_string(), again.0.to_string());
        let differs = first.1.iter().zip(&again.1).position(|(one, other)| one != other);
        assert_eq!((differs, first.1.len()), (None, again.1.len()), "seed {seed}");
    }
}
