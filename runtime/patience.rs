//! When to send a call again, and when not to.
//!
//! EC2 throttles, forgets for a moment what it has just made, and loses answers. A call that only reads, or that can be
//! repeated without harm, is repeated, and if EC2 then says that it is so already, that is as good as done. A creation
//! whose answer was lost is not repeated here, since it may have made something: see [`crate::make`].

use crate::cloud::{Cloud, Effect, Fault};
use crate::lock::{Lease, Lock};
use crate::pace::Pace;
use crate::silence::Silence;
use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use vpcc_core::call::{Call, Map, Value};

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

/// What a listing has just shown, and a removal doesn't find, is looked for once more after this long: the removal may
/// have met a server that is behind (same page).
const ONCE_MORE: Duration = Duration::from_secs(1);

/// For this long a state may be on its way to what a call needs it to be.
const UNTIL_READY: Duration = Duration::from_secs(60);

/// A removal waits for this long for what still uses the thing: interfaces of services go slowly. So does a launch, for an
/// instance on its way out that has its address.
pub(crate) const UNTIL_FREE: Duration = Duration::from_secs(20 * 60);

/// EC2's codes for too many requests (EC2 Developer Guide, "Request throttling").
const THROTTLED: [&str; 10] = [
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "SlowDown",
    "EC2ThrottledException",
    "ConcurrentTagAccess",
    "ConcurrentMutationLimitExceeded",
];

/// Codes by which EC2 says that something is not yet in the state that a call needs; it says `InvalidInstanceID` of one that
/// is still pending.
const NOT_READY: [&str; 6] = [
    "IncorrectState",
    "IncorrectInstanceState",
    "InvalidStateTransition",
    "InvalidAMIID.Unavailable",
    "Gateway.NotAttached",
    "InvalidInstanceID",
];

/// What makes nothing that has an id of its own, and how EC2 says, when it is repeated, that it has done it before (EC2
/// API Reference, "Error codes").
const DONE_BEFORE: [(&str, &[&str]); 19] = [
    ("AcceptVpcPeeringConnection", &["InvalidStateTransition", "IncorrectState", "OperationNotPermitted"]),
    ("AssociateAddress", &["Resource.AlreadyAssociated"]),
    ("AssociateIamInstanceProfile", &["IncorrectState", "IncorrectInstanceState"]),
    ("AssociateRouteTable", &["Resource.AlreadyAssociated"]),
    ("AssociateSubnetCidrBlock", &["InvalidSubnet.Conflict", "InvalidCidr.InUse", "SubnetCidrBlockLimitExceeded"]),
    ("AttachInternetGateway", &["Resource.AlreadyAssociated"]),
    ("AttachVolume", &["VolumeInUse", "IncorrectState", "InvalidVolume.InUse"]),
    ("AttachVpnGateway", &["InvalidVpnGatewayState", "Resource.AlreadyAssociated", "IncorrectState"]),
    ("AuthorizeSecurityGroupEgress", &["InvalidPermission.Duplicate"]),
    ("AuthorizeSecurityGroupIngress", &["InvalidPermission.Duplicate"]),
    ("CreateNetworkAclEntry", &["NetworkAclEntryAlreadyExists"]),
    ("CreateRoute", &["RouteAlreadyExists"]),
    ("CreateVpnConnectionRoute", &["RouteAlreadyExists"]),
    ("EnableVgwRoutePropagation", &[]),
    ("ModifyVolume", &["IncorrectModificationState", "VolumeModificationRateExceeded", "IncorrectState"]),
    ("ReplaceIamInstanceProfileAssociation", &["InvalidAssociationID.NotFound"]),
    ("ReplaceNetworkAclAssociation", &["InvalidAssociationID.NotFound"]),
    ("ReplaceRouteTableAssociation", &["InvalidAssociationID.NotFound"]),
    ("UpdateSecurityGroupRuleDescriptionsIngress", &[]),
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

/// What removes a part of something, and how EC2 says that the part is not there. It says otherwise of a whole that is not
/// known yet.
const PARTS: [(&str, &str); 4] = [
    ("DeleteNetworkAclEntry", "InvalidNetworkAclEntry.NotFound"),
    ("DeleteRoute", "InvalidRoute.NotFound"),
    ("RevokeSecurityGroupEgress", "InvalidPermission.NotFound"),
    ("RevokeSecurityGroupIngress", "InvalidPermission.NotFound"),
];

/// Codes besides `….NotFound` by which EC2 says that what is to be removed is not there.
const ABSENT: [&str; 2] = ["Gateway.NotAttached", "InvalidPlacementGroup.Unknown"];

/// A cloud with the patience that EC2 needs, and the wish to be interrupted.
pub struct Patient<'c> {
    cloud: &'c dyn Cloud,
    pace: Pace,
    silence: Silence,
    generation: String,
    goes_on: bool,
    lease: Option<Lease>,
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
        let generation = format!("{:016x}", fastrand::u64(..));
        Patient { cloud, pace: Pace::new(), silence: Silence::default(), generation, goes_on: false, lease: None, stop }
    }

    /// The same, under a lock: nothing is changed unless it is surely held. Where it was a dead run's, what that one asked for
    /// with a client token is asked for with the same one.
    #[must_use]
    pub fn under(self, lock: &Lock) -> Self {
        let (generation, goes_on) = (lock.generation().to_owned(), lock.goes_on());
        Patient { generation, goes_on, lease: Some(lock.lease()), ..self }
    }

    /// Whether it goes on with what a dead run began.
    pub(crate) fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// What tells a run, and those that go on with it, from others.
    pub(crate) fn generation(&self) -> &str {
        &self.generation
    }

    /// Whether a stack may have left something in other regions.
    pub(crate) fn has_regions(&self) -> bool {
        self.cloud.has_regions()
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
        self.unless_stopped(sleep(time)).await
    }

    async fn unless_stopped(&self, waiting: impl Future<Output = ()>) -> Result<(), Fault> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            Ok(_) = stop.wait_for(|stop| *stop) => Err(Fault::interrupted()),
            () = waiting => Ok(()),
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
        let mut past = Past::default();
        loop {
            if self.stopped() {
                return Err(Fault::interrupted());
            }
            let fault = match self.once(region, call).await {
                Ok(answer) => return Ok(answer),
                Err(fault) if past.makes_done(call, about, &fault) => return Ok(Map::new()),
                Err(fault) => fault,
            };
            past.attempts += 1;
            past.unknown |= fault.effect == Effect::Unknown;
            let worth = worth_another_try(call, about, &fault, past.attempts, start.elapsed());
            if !worth || self.silence.is_long() {
                let effect = if past.unknown { Effect::Unknown } else { fault.effect };
                return Err(Fault { effect, ..fault });
            }
            if is_in_use(&fault) {
                waiting(&fault);
            }
            let missed = call.removes() && is_not_found(&fault);
            self.pause(if missed { ONCE_MORE } else { backoff(past.attempts) }).await?;
        }
    }

    async fn once(&self, region: &str, call: &Call) -> Result<Map, Fault> {
        if self.cloud.throttles() {
            self.pause(self.pace.wait(region, call.action)).await?;
        }
        let _place = self.pace.place().await;
        if let Some(lease) = self.lease.as_ref().filter(|_| !call.reads()) {
            self.unless_stopped(lease.holds()).await?;
        }
        // A run ends of it; whoever keeps a lock goes on trying.
        if self.lease.is_some() && self.silence.is_long() {
            return Err(Silence::fault());
        }
        let sent = Instant::now();
        let answer = self.cloud.call(region, call).await;
        self.silence.hears(sent, &answer);
        let result = answer.and_then(|answer| unsuccessful(&answer).map_or(Ok(answer), Err));
        match &result {
            Err(fault) if is_throttled(fault) => self.pace.throttled(region, call.action),
            _ => self.pace.answered(),
        }
        result
    }
}

/// What became of a call so far.
#[derive(Debug, Default)]
struct Past {
    attempts: u32,
    /// Whether it may have been done already.
    unknown: bool,
}

impl Past {
    /// Whether a fault says that all is done: what was to be removed isn't there, or what was asked for is so.
    fn makes_done(&self, call: &Call, about: About, fault: &Fault) -> bool {
        if call.removes() && is_absent(fault) {
            return !is_unknown_yet(call, about, fault) && (self.attempts > 0 || !is_not_found(fault));
        }
        let before = DONE_BEFORE.iter().find(|(action, _)| *action == call.action);
        self.unknown && before.is_some_and(|(_, codes)| codes.contains(&fault.code.as_str()))
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
    if is_throttled(fault) {
        return attempt < ATTEMPTS;
    }
    if fault.effect == Effect::Unknown {
        return is_repeatable(call) && attempt < UNKNOWN_ATTEMPTS;
    }
    // An instance that is gone may hold its volumes for a moment longer.
    if call.action == "AttachVolume" && code == "VolumeInUse" {
        return elapsed < UNTIL_KNOWN;
    }
    if call.removes() && !is_unknown_yet(call, about, fault) {
        return (is_in_use(fault) && elapsed < UNTIL_FREE) || is_absent(fault);
    }
    let for_now = about == About::New && is_not_found(fault);
    (for_now && elapsed < UNTIL_KNOWN) || (NOT_READY.contains(&code) && !call.reads() && elapsed < UNTIL_READY)
}

fn is_throttled(fault: &Fault) -> bool {
    THROTTLED.contains(&fault.code.as_str())
}

/// Whether sending it twice does what sending it once does.
fn is_repeatable(call: &Call) -> bool {
    let set = ["Modify", "Replace", "Update", "AssociateDhcpOptions", "CreateTags", "Start", "Stop"];
    call.reads()
        || call.removes()
        || call.parameters.get("ClientToken").is_some()
        || set.iter().any(|verb| call.action.starts_with(verb))
        || DONE_BEFORE.iter().any(|(action, _)| *action == call.action)
}

fn is_not_found(fault: &Fault) -> bool {
    fault.code.contains("NotFound")
}

/// Whether a removal of a part finds its whole missing, which was made a moment ago.
fn is_unknown_yet(call: &Call, about: About, fault: &Fault) -> bool {
    let part = PARTS.iter().find(|(action, _)| *action == call.action);
    about == About::New && is_not_found(fault) && part.is_some_and(|(_, absent)| *absent != fault.code)
}

fn is_absent(fault: &Fault) -> bool {
    is_not_found(fault) || ABSENT.contains(&fault.code.as_str())
}

/// Whether a fault says that something is still in use.
pub(crate) fn is_in_use(fault: &Fault) -> bool {
    IN_USE.contains(&fault.code.as_str())
}

/// Any time up to one that is twice as long after each attempt, so that many that wait don't come back together (AWS
/// Architecture Blog, "Exponential Backoff And Jitter").
fn backoff(attempt: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << attempt.min(10)).min(LONGEST_PAUSE);
    longest.mul_f64(fastrand::f64())
}
