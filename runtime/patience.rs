//! When to send a call again, and when not to.
//!
//! EC2 throttles, forgets for a moment what it has just made, and loses answers. A call that only reads, or that can be
//! repeated without harm, is repeated; a creation whose answer was lost is not, since it may have made something.

use crate::cloud::{Cloud, Effect, Fault};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep};
use vpcc_core::call::{Call, Map, Value};

/// At most this many requests are in flight.
const IN_FLIGHT: usize = 20;

/// A call is sent this many times at most while EC2 throttles or fails.
const ATTEMPTS: u32 = 10;
/// Server errors and lost answers are rarer, and sometimes for good.
const UNKNOWN_ATTEMPTS: u32 = 5;
/// While nothing can be reached at all, it is likely to be a wrong address: fewer.
const UNREACHABLE_ATTEMPTS: u32 = 3;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// EC2 may not know for this long what it has just made (EC2 Developer Guide, "Eventual consistency").
pub(crate) const UNTIL_KNOWN: Duration = Duration::from_secs(60);

/// A removal waits for this long for what still uses the thing: interfaces of services go slowly.
const UNTIL_FREE: Duration = Duration::from_secs(20 * 60);

/// EC2's codes for too many requests (EC2 Developer Guide, "Request throttling").
const THROTTLED: [&str; 8] = [
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "SlowDown",
    "EC2ThrottledException",
];

/// Codes by which EC2 says that something is still in use.
const IN_USE: [&str; 8] = [
    "VolumeInUse",
    "DependencyViolation",
    "InvalidGroup.InUse",
    "InvalidIPAddress.InUse",
    "InvalidNetworkInterface.InUse",
    "IncorrectState",
    "IncorrectInstanceState",
    "InvalidStateTransition",
];

/// Codes besides `….NotFound` by which EC2 says that what is to be removed is not there.
const ABSENT: [&str; 3] = ["Gateway.NotAttached", "NatGatewayNotFound", "InvalidPlacementGroup.Unknown"];

/// A cloud with the patience that EC2 needs, and the wish to be interrupted.
pub struct Patient<'c> {
    cloud: &'c dyn Cloud,
    room: Semaphore,
    stop: watch::Receiver<bool>,
}

/// What is known of a call when it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Everything that it mentions has lived for a while.
    Old,
    /// It mentions something made a moment ago, which EC2 may not know everywhere yet.
    New,
}

impl<'c> Patient<'c> {
    /// A cloud to be patient with, until `stop` says `true`.
    pub fn new(cloud: &'c dyn Cloud, stop: watch::Receiver<bool>) -> Self {
        Patient { cloud, room: Semaphore::new(IN_FLIGHT), stop }
    }

    /// Whether somebody wants it to stop.
    pub fn stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits, unless somebody wants it to stop: then it says so at once.
    ///
    /// # Errors
    /// [`Fault::INTERRUPTED`].
    pub async fn pause(&self, time: Duration) -> Result<(), Fault> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            Ok(_) = stop.wait_for(|stop| *stop) => Err(Fault::interrupted()),
            () = sleep(time) => Ok(()),
        }
    }

    /// Sends a call that only reads.
    ///
    /// # Errors
    /// The fault that is left when patience is at its end.
    pub async fn read(&self, region: &str, call: &Call) -> Result<Map, Fault> {
        self.send(region, call, About::Old, &mut |_| {}).await
    }

    /// Sends a call. What is to be removed and isn't there counts as removed. `waiting` hears of each fault that makes
    /// a removal wait for what still uses the thing.
    ///
    /// # Errors
    /// The fault that is left when patience is at its end.
    pub async fn send(
        &self,
        region: &str,
        call: &Call,
        about: About,
        waiting: &mut dyn FnMut(&Fault),
    ) -> Result<Map, Fault> {
        let start = Instant::now();
        let mut attempt = 0;
        loop {
            if self.stopped() {
                return Err(Fault::interrupted());
            }
            let fault = match self.once(region, call).await {
                Ok(answer) => return Ok(answer),
                Err(fault) if call.removes() && is_absent(&fault) => return Ok(Map::new()),
                Err(fault) => fault,
            };
            attempt += 1;
            if !worth_another_try(call, about, &fault, attempt, start.elapsed()) {
                return Err(fault);
            }
            if is_in_use(&fault) {
                waiting(&fault);
            }
            self.pause(backoff(attempt)).await?;
        }
    }

    async fn once(&self, region: &str, call: &Call) -> Result<Map, Fault> {
        // The semaphore is never closed.
        let _room = self.room.acquire().await.ok();
        let answer = self.cloud.call(region, call).await?;
        unsuccessful(&answer).map_or(Ok(answer), Err)
    }
}

/// The first failure that an answer tells of though the call is said to have been done: some actions list what they could
/// not do (EC2 API Reference, "UnsuccessfulItem").
fn unsuccessful(answer: &Map) -> Option<Fault> {
    let item = answer.list("Unsuccessful").iter().find_map(Value::as_map)?;
    let error = item.map("Error")?;
    Some(Fault::refused(error.text("Code"), format!("{}: {}", item.text("ResourceId"), error.text("Message"))))
}

fn worth_another_try(call: &Call, about: About, fault: &Fault, attempt: u32, elapsed: Duration) -> bool {
    let code = fault.code.as_str();
    if code == Fault::UNREACHABLE {
        return attempt < UNREACHABLE_ATTEMPTS;
    }
    if THROTTLED.contains(&code) {
        return attempt < ATTEMPTS;
    }
    if fault.effect == Effect::Unknown {
        return is_repeatable(call) && attempt < UNKNOWN_ATTEMPTS;
    }
    // An instance that is gone may hold its volumes for a moment longer.
    if call.action == "AttachVolume" && code == "VolumeInUse" {
        return elapsed < UNTIL_KNOWN;
    }
    if call.removes() && is_in_use(fault) {
        return elapsed < UNTIL_FREE;
    }
    about == About::New && is_not_found(fault) && elapsed < UNTIL_KNOWN
}

/// Whether sending it twice does what sending it once does.
fn is_repeatable(call: &Call) -> bool {
    let set = ["Modify", "Replace", "Update", "AssociateDhcpOptions", "CreateTags", "Start", "Stop"];
    call.reads()
        || call.removes()
        || call.parameters.get("ClientToken").is_some()
        || set.iter().any(|verb| call.action.starts_with(verb))
}

fn is_not_found(fault: &Fault) -> bool {
    fault.code.ends_with(".NotFound") || fault.code == "NatGatewayNotFound"
}

fn is_absent(fault: &Fault) -> bool {
    is_not_found(fault) || ABSENT.contains(&fault.code.as_str())
}

fn is_in_use(fault: &Fault) -> bool {
    IN_USE.contains(&fault.code.as_str())
}

/// Twice as long each time, and a random part of that, so that many that wait don't come back together.
fn backoff(attempt: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << attempt.min(10)).min(LONGEST_PAUSE);
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}
