//! What goes wrong on purpose: requests and answers that are lost or slow, throttling, old news, no room, things that fail on
//! their way, and refusals to order.
//!
//! In: a seed and how much of each. Out: the same troubles for the same calls. Nothing of it is kept in a file, and
//! without [`Sim::with_faults`](super::Sim::with_faults) nothing of it happens.

use super::region::Region;
use super::time::Moment;
use crate::cloud::{Effect, Fault};
use crate::pace::{Bucket, budget};
use fastrand::Rng;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;
use vpcc_core::call::Call;

/// As many old states of a region are remembered.
const MOST_OLD: usize = 256;

/// What is to go wrong.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    seed: u64,
    lost: f64,
    throttling: bool,
    crowd: f64,
    stale: f64,
    lag: Duration,
    slow: Duration,
    full: f64,
    failing: f64,
    refusals: Vec<(String, u64, Fault)>,
}

impl Faults {
    /// Nothing yet; chance follows from the seed.
    pub fn seeded(seed: u64) -> Faults {
        Faults { seed, ..Faults::default() }
    }

    /// This part of all requests ends without an answer or with a server's error: of these, half never had an effect,
    /// and the other half did what they asked for.
    #[must_use]
    pub fn losing(self, part: f64) -> Faults {
        Faults { lost: part, ..self }
    }

    /// Each action has EC2's budget of requests in each region, and is refused beyond it.
    #[must_use]
    pub fn throttling(self) -> Faults {
        Faults { throttling: true, ..self }
    }

    /// Others in the account use up this part of every budget, of which nobody hears.
    #[must_use]
    pub fn crowded(self, part: f64) -> Faults {
        Faults { crowd: part, ..self.throttling() }
    }

    /// This part of all requests meets a server that doesn't know what happened within the `lag` before.
    #[must_use]
    pub fn stale(self, part: f64, lag: Duration) -> Faults {
        Faults { stale: part, lag, ..self }
    }

    /// Each request, and each answer, takes any time up to this one.
    #[must_use]
    pub fn slow(self, longest: Duration) -> Faults {
        Faults { slow: longest, ..self }
    }

    /// This part of all launches finds no room in its zone (EC2 API Reference, "InsufficientInstanceCapacity").
    #[must_use]
    pub fn full(self, part: f64) -> Faults {
        Faults { full: part, ..self }
    }

    /// This part of all NAT gateways fails instead of becoming available, and this part of all launches ends before an
    /// instance runs (EC2 API Reference, "NatGateway"; EC2 User Guide, "Troubleshoot instance launch issues").
    #[must_use]
    pub fn failing(self, part: f64) -> Faults {
        Faults { failing: part, ..self }
    }

    /// The `nth` request of an action, from 1 on, is refused with this code.
    #[must_use]
    pub fn refusing(mut self, action: &str, nth: u64, code: &str) -> Faults {
        let fault = Fault::refused(code, "so it was asked for");
        self.refusals.push((action.to_owned(), nth, fault));
        self
    }

    /// The `nth` request of an action, from 1 on, is obeyed, and its answer is lost.
    #[must_use]
    pub fn silencing(mut self, action: &str, nth: u64) -> Faults {
        self.refusals.push((action.to_owned(), nth, no_answer("the answer was lost")));
        self
    }
}

/// Troubles as they come.
#[derive(Debug)]
pub(super) struct Troubles {
    faults: Faults,
    chance: Rng,
    buckets: HashMap<(String, &'static str), Bucket>,
    asked: HashMap<String, u64>,
    /// What regions were like, each until a moment.
    old: VecDeque<(Moment, Region)>,
    counts: BTreeMap<&'static str, u64>,
}

/// What becomes of a request besides being obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing: it is obeyed and answered.
    Fair,
    /// It isn't obeyed.
    Stopped(Fault),
    /// It is obeyed, and this is the answer.
    Silenced(Fault),
}

impl Troubles {
    pub fn new(faults: Faults) -> Troubles {
        let chance = Rng::with_seed(faults.seed);
        let (buckets, asked, counts) = (HashMap::new(), HashMap::new(), BTreeMap::new());
        Troubles { faults, chance, buckets, asked, old: VecDeque::new(), counts }
    }

    /// How many troubles of each sort there were.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counts.clone()
    }

    /// Whether there are budgets of requests.
    pub fn throttling(&self) -> bool {
        self.faults.throttling
    }

    /// Whether servers may be behind.
    pub fn lags(&self) -> bool {
        !self.faults.lag.is_zero()
    }

    /// What becomes of a request that arrives now.
    pub fn fate(&mut self, region: &str, call: &Call, now: Duration) -> Fate {
        let nth = self.asked.entry(call.action.to_owned()).or_default();
        *nth += 1;
        let ordered = self.faults.refusals.iter().find(|(action, at, _)| action == call.action && at == nth);
        if let Some((_, _, fault)) = ordered {
            let fault = fault.clone();
            self.count("ordered");
            return if fault.effect == Effect::Unknown { Fate::Silenced(fault) } else { Fate::Stopped(fault) };
        }
        if self.faults.throttling && !self.takes(region, call, now) {
            self.count("throttled");
            return Fate::Stopped(Fault::refused("RequestLimitExceeded", "Request limit exceeded."));
        }
        if call.action == "RunInstances" && self.happens(self.faults.full) {
            self.count("no room");
            let message = "We currently do not have sufficient capacity in the Availability Zone you requested.";
            return Fate::Stopped(Fault::refused("InsufficientInstanceCapacity", message));
        }
        if !self.happens(self.faults.lost) {
            return Fate::Fair;
        }
        let fault = match self.chance.bool() {
            true => no_answer("the connection broke"),
            false => {
                Fault { effect: Effect::Unknown, ..Fault::refused("InternalError", "An internal error has occurred") }
            }
        };
        if self.chance.bool() {
            self.count("request lost");
            return Fate::Stopped(fault);
        }
        self.count("answer lost");
        Fate::Silenced(fault)
    }

    /// Whether something happens this part of the time. What never happens takes no chance.
    fn happens(&mut self, part: f64) -> bool {
        part > 0.0 && self.chance.f64() < part
    }

    /// How long a request or an answer is on its way.
    pub fn delay(&mut self) -> Duration {
        self.faults.slow.mul_f64(if self.faults.slow.is_zero() { 0.0 } else { self.chance.f64() })
    }

    /// Whether what a request is about to make will fail on its way, if it is of a sort that can.
    pub fn dooms(&mut self, action: &str) -> bool {
        ["CreateNatGateway", "RunInstances"].contains(&action) && self.happens(self.faults.failing)
    }

    /// Notes that something is made that will fail.
    pub fn doomed(&mut self) {
        self.count("failed on its way");
    }

    fn takes(&mut self, region: &str, call: &Call, now: Duration) -> bool {
        let bucket = self.buckets.entry((region.to_owned(), call.action));
        let left = budget(call.action).left(1.0 - self.faults.crowd);
        bucket.or_insert_with(|| Bucket::full(left, now)).take(now)
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Remembers what a region was like until now.
    pub fn remember(&mut self, region: &Region, now: Moment) {
        if !self.lags() {
            return;
        }
        if self.old.len() == MOST_OLD {
            self.old.pop_front();
        }
        self.old.push_back((now, region.clone()));
    }

    /// The region as a server knows it that is behind; `None` if the one that is asked is not. Of these servers, half know
    /// nothing that happened since some moment, and half know most of it, but for some things that were made since.
    pub fn old(&mut self, live: &Region, now: Moment) -> Option<Region> {
        let lag = self.faults.lag;
        self.old.retain(|(until, _)| until.after(lag) > now);
        if !self.happens(self.faults.stale) {
            return None;
        }
        let known: Vec<usize> = (0..self.old.len()).filter(|index| self.old[*index].1.name == live.name).collect();
        let index = *self.chance.choice(&known)?;
        let (_, old) = self.old.get(index)?;
        if self.chance.bool() {
            let old = old.clone();
            self.count("stale");
            return Some(old);
        }
        let mut partly = live.clone();
        let chance = &mut self.chance;
        partly.forget(old, &mut || chance.bool());
        self.count("missing");
        Some(partly)
    }
}

fn no_answer(why: &str) -> Fault {
    Fault { effect: Effect::Unknown, ..Fault::refused(Fault::NO_ANSWER, why) }
}
