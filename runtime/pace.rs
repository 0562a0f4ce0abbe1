//! How fast requests may follow each other.
//!
//! EC2 gives each account, region and action a bucket of tokens that fills up again by the second (EC2 Developer Guide,
//! "Request throttling"). Who keeps to it hardly ever is throttled; others in the account draw on the same buckets, so
//! it happens all the same, and then less is sent at a time for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// At most this many requests are in flight.
const IN_FLIGHT: usize = 20;
/// However much is throttled, this many are.
const LEAST: usize = 1;
/// Many requests that are throttled together count once.
const ONCE: Duration = Duration::from_secs(1);

/// How many requests of an action EC2 takes at once, and how many a second after that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Budget {
    pub most: f64,
    pub per_second: f64,
}

impl Budget {
    /// A part of it.
    pub fn left(self, part: f64) -> Budget {
        Budget { most: self.most * part, per_second: self.per_second * part }
    }
}

/// The buckets of actions that are not as their category's (EC2 Developer Guide, "Request throttling", "Request token
/// bucket sizes and refill rates").
const OWN: [(&str, f64, f64); 24] = [
    ("CreateVpcEndpoint", 4.0, 0.3),
    ("ModifyVpcEndpoint", 4.0, 0.3),
    ("DeleteVpcEndpoints", 4.0, 0.3),
    ("RunInstances", 5.0, 2.0),
    ("StartInstances", 5.0, 2.0),
    ("CreateNatGateway", 10.0, 1.0),
    ("DeleteNatGateway", 10.0, 1.0),
    ("TerminateInstances", 100.0, 5.0),
    ("CreateTags", 100.0, 10.0),
    ("DeleteTags", 100.0, 10.0),
    ("ModifyNetworkInterfaceAttribute", 100.0, 5.0),
    ("CreateNetworkInterface", 100.0, 5.0),
    ("DeleteNetworkInterface", 100.0, 5.0),
    ("CreateVolume", 100.0, 5.0),
    ("CreateSnapshot", 100.0, 5.0),
    ("DeregisterImage", 100.0, 5.0),
    ("ModifyImageAttribute", 100.0, 5.0),
    ("ModifyInstanceMetadataOptions", 100.0, 5.0),
    ("AssociateIamInstanceProfile", 100.0, 5.0),
    ("DisassociateIamInstanceProfile", 100.0, 5.0),
    ("CopyImage", 100.0, 1.0),
    ("CreateDefaultVpc", 1.0, 1.0),
    ("CreateDefaultSubnet", 1.0, 1.0),
    ("DescribeSecurityGroupReferences", 20.0, 5.0),
];

/// The budget of an action.
pub(crate) fn budget(action: &str) -> Budget {
    if let Some((_, most, per_second)) = OWN.iter().find(|(own, ..)| *own == action) {
        return Budget { most: *most, per_second: *per_second };
    }
    let reads = action.starts_with("Describe") || action.starts_with("Get");
    if reads { Budget { most: 100.0, per_second: 20.0 } } else { Budget { most: 50.0, per_second: 5.0 } }
}

/// A bucket of tokens, one for each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    budget: Budget,
    tokens: f64,
    at: Duration,
}

impl Bucket {
    /// A full one.
    pub fn full(budget: Budget, now: Duration) -> Bucket {
        Bucket { budget, tokens: budget.most, at: now }
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.budget.per_second).min(self.budget.most);
        self.at = self.at.max(now);
    }

    /// Takes a token, if there is one.
    pub fn take(&mut self, now: Duration) -> bool {
        self.fill(now);
        let there = self.tokens >= 1.0;
        if there {
            self.tokens -= 1.0;
        }
        there
    }

    /// Takes a token that is there or will be; gives how long that takes.
    fn reserve(&mut self, now: Duration) -> Duration {
        self.fill(now);
        self.tokens -= 1.0;
        if self.tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64(-self.tokens / self.budget.per_second)
    }

    /// Has no token left: somebody else took them.
    fn empty(&mut self, now: Duration) {
        self.fill(now);
        self.tokens = self.tokens.min(0.0);
    }
}

/// How fast requests to a cloud may follow each other, and how many there may be at a time.
pub(crate) struct Pace {
    start: Instant,
    room: Semaphore,
    state: Mutex<State>,
}

struct State {
    buckets: HashMap<(String, &'static str), Bucket>,
    /// How many requests may be in flight.
    limit: usize,
    /// How many were answered since the limit last changed.
    answered: usize,
    /// Permits that are to be taken away as soon as they come back.
    owed: usize,
    throttled: Option<Instant>,
}

/// A request in flight.
pub(crate) struct Place<'p>(&'p Pace);

impl Pace {
    pub fn new() -> Pace {
        let state = State { buckets: HashMap::new(), limit: IN_FLIGHT, answered: 0, owed: 0, throttled: None };
        Pace { start: Instant::now(), room: Semaphore::new(IN_FLIGHT), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a request of an action has to wait so that EC2 takes it; its token is taken.
    pub fn wait(&self, region: &str, action: &'static str) -> Duration {
        let now = self.start.elapsed();
        let mut state = self.state();
        let bucket = state.buckets.entry((region.to_owned(), action));
        bucket.or_insert_with(|| Bucket::full(budget(action), now)).reserve(now)
    }

    /// A place among the requests in flight, when there is one.
    pub async fn place(&self) -> Place<'_> {
        // The semaphore is never closed.
        if let Ok(permit) = self.room.acquire().await {
            permit.forget();
        }
        Place(self)
    }

    /// EC2 has throttled: half as many at a time, and no token left in this bucket.
    pub fn throttled(&self, region: &str, action: &'static str) {
        let now = self.start.elapsed();
        let mut state = self.state();
        if let Some(bucket) = state.buckets.get_mut(&(region.to_owned(), action)) {
            bucket.empty(now);
        }
        if state.throttled.is_some_and(|last| last.elapsed() < ONCE) {
            return;
        }
        state.throttled = Some(Instant::now());
        let limit = (state.limit / 2).max(LEAST);
        state.owed += state.limit - limit;
        (state.limit, state.answered) = (limit, 0);
    }

    /// EC2 has answered: after as many answers as there may be in flight, one more may be.
    pub fn answered(&self) {
        let mut state = self.state();
        state.answered += 1;
        if state.limit < IN_FLIGHT && state.answered >= state.limit {
            (state.limit, state.answered) = (state.limit + 1, 0);
            if state.owed > 0 { state.owed -= 1 } else { self.room.add_permits(1) }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if state.owed > 0 { state.owed -= 1 } else { self.0.room.add_permits(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn launches_follow_each_other_as_ec2_takes_them() {
        let pace = Pace::new();
        let waits: Vec<f64> = (0..8).map(|_| pace.wait("us-west-2", "RunInstances").as_secs_f64()).collect();
        assert_eq!(waits, [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.5]);
        assert_eq!(pace.wait("eu-west-1", "RunInstances"), Duration::ZERO, "each region has its own");
    }

    #[tokio::test(start_paused = true)]
    async fn fewer_are_in_flight_after_throttling_and_more_again_after_answers() {
        let pace = Pace::new();
        for limit in [10, 5, 2, 1, 1] {
            pace.throttled("us-west-2", "CreateVpc");
            assert_eq!(pace.state().limit, limit);
            tokio::time::advance(ONCE).await;
        }
        (0..IN_FLIGHT * IN_FLIGHT).for_each(|_| pace.answered());
        assert_eq!(pace.state().limit, IN_FLIGHT);
        assert_eq!((pace.room.available_permits(), pace.state().owed), (IN_FLIGHT, 0));
    }
}
