//! One run at a time: a lock that lives in EC2 alone.
//!
//! It is a launch template in the stack's home region that costs nothing and launches nothing. Its name follows from the
//! stack, and EC2 gives a name to one alone (EC2 API Reference, "InvalidLaunchTemplateName.AlreadyExistsException"). Its
//! tags say who holds it. It is only ever removed by its id: whoever finds a dead one can't remove the next one.

use crate::cloud::Fault;
use crate::observe::{filter, pages};
use crate::patience::{About, Patient};
use ecow::EcoString;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::Instant;
use vpcc_core::call::sealed::sha256;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::NONCE_TAG;

/// A lock that nobody renews lasts for so long.
const LASTS: Duration = Duration::from_secs(30 * 60);
/// It is renewed when so much of it is left.
const RENEWED: Duration = Duration::from_secs(20 * 60);
/// The clocks of two machines that EC2 talks to can be so far apart (AWS General Reference, "RequestExpired").
const APART: Duration = Duration::from_secs(10 * 60);
/// How often a holder looks at the clock: a machine may have slept.
const TICK: Duration = Duration::from_secs(5);
/// A machine that wakes up has its network again within this time.
const UNTIL_AWAKE: Duration = Duration::from_secs(2 * 60);
/// How often the lock is tried while somebody else holds it, and how often while nobody is seen to.
const AGAIN: Duration = Duration::from_secs(3);
const SOON: Duration = Duration::from_millis(500);
/// While the lock is taken and nobody is seen to hold it, it is tried for so long at least: listings lag behind.
const UNSEEN: Duration = Duration::from_secs(60);

/// The tag that says which stack a lock is for.
pub(crate) const LOCK_TAG: &str = "vpcc:lock";
const OWNER: &str = "vpcc:owner";
const MACHINE: &str = "vpcc:machine";
const PROCESS: &str = "vpcc:process";
const SINCE: &str = "vpcc:since";
const EXPIRY: &str = "vpcc:expiry";
const GENERATION: &str = "vpcc:generation";

/// Who wants a lock, and how the world around is known.
#[derive(Clone, Debug)]
pub struct Claimant {
    /// The user, for people.
    pub owner: String,
    /// The machine; what has the same text is the same machine, and sees the same processes.
    pub machine: String,
    /// The process, in a way that no later process of the machine is called.
    pub process: String,
    /// Whether a process of this machine is no more.
    pub is_gone: fn(&str) -> bool,
    /// What time it is.
    pub clock: fn() -> SystemTime,
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The lock's id.
    pub id: String,
    /// The user.
    pub owner: String,
    /// The machine.
    pub machine: String,
    /// The process.
    pub process: String,
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// Until when, unless it is renewed, in seconds since 1970.
    pub expiry: u64,
    nonce: String,
    generation: String,
}

/// Why there is no lock.
#[derive(Clone, Debug)]
pub enum LockProblem {
    /// Somebody else holds it; who that is isn't always to be seen.
    Held(Option<Box<Holder>>),
    /// EC2 says no.
    Fault(Fault),
}

impl From<Fault> for LockProblem {
    fn from(fault: Fault) -> LockProblem {
        LockProblem::Fault(fault)
    }
}

/// A lock that is held.
#[derive(Clone, Debug)]
pub struct Lock {
    region: EcoString,
    id: String,
    generation: String,
    goes_on: bool,
    lease: Lease,
}

/// How long a lock is surely held. Whoever has slept longer may find that somebody else has it by now.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    expiry: Arc<watch::Sender<SystemTime>>,
    clock: fn() -> SystemTime,
}

impl Lease {
    /// Waits until the lock is surely held.
    pub(crate) async fn holds(&self) {
        let mut expiry = self.expiry.subscribe();
        // It lasts as long as this does.
        drop(expiry.wait_for(|expiry| (self.clock)() <= *expiry).await);
    }

    fn has_ended(&self) -> bool {
        (self.clock)() > *self.expiry.borrow()
    }
}

/// Why a lock is no longer held.
#[derive(Clone, Debug)]
pub enum LockLost {
    /// Somebody else has broken it.
    Taken,
    /// It has run out, and EC2 can't be asked for more time.
    RunOut(Fault),
}

/// Takes the lock of a stack; waits up to `timeout` while somebody else holds it, who is told once. A dead run's lock is
/// broken: one whose process is gone from this machine, or that has long expired.
///
/// # Errors
/// When somebody holds it, or EC2 says no.
pub async fn lock(
    cloud: &Patient<'_>,
    region: &EcoString,
    stack: &str,
    me: &Claimant,
    timeout: Duration,
    told: &mut dyn FnMut(&Holder),
) -> Result<Lock, LockProblem> {
    let start = Instant::now();
    let nonce = format!("{:016x}", fastrand::u64(..));
    let mut generation = nonce.clone();
    let mut said = false;
    let held = |id: &str, generation: String, expiry: SystemTime| Lock {
        region: region.clone(),
        id: id.to_owned(),
        goes_on: generation != nonce,
        generation,
        lease: Lease { expiry: Arc::new(watch::Sender::new(expiry)), clock: me.clock },
    };
    loop {
        let expiry = (me.clock)() + LASTS;
        let call = create(stack, me, &nonce, &generation, expiry);
        match cloud.send(region, &call, About::Old, &mut |_| {}).await {
            Ok(answer) => {
                let id = answer.map("LaunchTemplate").map_or("", |made| made.text("LaunchTemplateId"));
                return Ok(held(id, generation, expiry));
            }
            Err(fault) if fault.code.starts_with("InvalidLaunchTemplateName.AlreadyExists") => {}
            Err(fault) => return Err(fault.into()),
        }
        let found = holder(cloud, region, stack).await?;
        match &found {
            Some(mine) if mine.nonce == nonce => return Ok(held(&mine.id, generation, expiry)),
            Some(dead) if is_dead(dead, me) => {
                unlock(cloud, region, dead).await?;
                generation.clone_from(&dead.generation);
                continue;
            }
            Some(_) if start.elapsed() >= timeout => return Err(LockProblem::Held(found.map(Box::new))),
            None if start.elapsed() >= timeout.max(UNSEEN) => return Err(LockProblem::Held(None)),
            Some(other) if !said => {
                told(other);
                said = true;
            }
            _ => {}
        }
        let pause = if found.is_some() { AGAIN } else { SOON };
        cloud.pause(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await?;
    }
}

/// Who holds the lock of a stack.
///
/// # Errors
/// When EC2 cannot be asked.
pub async fn holder(cloud: &Patient<'_>, region: &str, stack: &str) -> Result<Option<Holder>, Fault> {
    let by_name = vec![filter("launch-template-name", [name(stack).as_str()])];
    let found = pages(cloud, region, "DescribeLaunchTemplates", &["LaunchTemplates"], None, by_name).await?;
    Ok(found.first().map(read))
}

/// Removes the lock of a stack if a dead run has left it; gives whose it was.
///
/// # Errors
/// When EC2 says no.
pub async fn clear(cloud: &Patient<'_>, region: &str, stack: &str, me: &Claimant) -> Result<Option<Holder>, Fault> {
    let Some(dead) = holder(cloud, region, stack).await?.filter(|holder| is_dead(holder, me)) else { return Ok(None) };
    unlock(cloud, region, &dead).await?;
    Ok(Some(dead))
}

/// Removes a lock, whoever holds it.
///
/// # Errors
/// When EC2 says no.
pub async fn unlock(cloud: &Patient<'_>, region: &str, holder: &Holder) -> Result<(), Fault> {
    remove(cloud, region, &holder.id).await
}

async fn remove(cloud: &Patient<'_>, region: &str, id: &str) -> Result<(), Fault> {
    let call = Call::new("DeleteLaunchTemplate", Map::new().with("LaunchTemplateId", id));
    cloud.send(region, &call, About::Old, &mut |_| {}).await.map(drop)
}

impl Lock {
    /// What tells this run, and those that it goes on with, from others.
    pub fn generation(&self) -> &str {
        &self.generation
    }

    /// Whether it was the lock of a dead run.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    pub(crate) fn lease(&self) -> Lease {
        self.lease.clone()
    }

    /// Renews the lock for as long as it is held; ends when it is lost, or when nobody can tell.
    ///
    /// A lock that had run out may just be being broken: it is held again once it could be renewed twice.
    pub async fn keep(&self, cloud: &Patient<'_>) -> LockLost {
        let (mut found, mut failing) = (false, None);
        loop {
            tokio::time::sleep(TICK).await;
            let now = (self.lease.clock)();
            let ended = self.lease.has_ended();
            if now + RENEWED < *self.lease.expiry.borrow() {
                continue;
            }
            match self.renew(cloud, now + LASTS).await {
                Ok(()) if ended && !found => found = true,
                Ok(()) => {
                    (found, failing) = (false, None);
                    self.lease.expiry.send_replace(now + LASTS);
                }
                // Nobody else can have what has the id of this one.
                Err(fault) if fault.code.contains("NotFound") => return LockLost::Taken,
                Err(fault) if ended && failing.get_or_insert_with(Instant::now).elapsed() > UNTIL_AWAKE => {
                    return LockLost::RunOut(fault);
                }
                Err(_) => {}
            }
        }
    }

    async fn renew(&self, cloud: &Patient<'_>, expiry: SystemTime) -> Result<(), Fault> {
        let parameters =
            Map::new().with("Resources", [self.id.as_str()]).with("Tags", [tag(EXPIRY, &seconds(expiry).to_string())]);
        cloud.send(&self.region, &Call::new("CreateTags", parameters), About::Old, &mut |_| {}).await.map(drop)
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// When EC2 says no; then it lasts until somebody breaks it.
    pub async fn release(self, cloud: &Patient<'_>) -> Result<(), Fault> {
        remove(cloud, &self.region, &self.id).await
    }
}

/// Names have 3 to 128 letters, digits and a few signs (EC2 API Reference, "CreateLaunchTemplate").
fn name(stack: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if stack.len() <= 100 && stack.chars().all(plain) {
        return format!("vpcc-lock/{stack}");
    }
    format!("vpcc-lock/({})", sha256(stack.as_bytes()))
}

fn create(stack: &str, me: &Claimant, nonce: &str, generation: &str, expiry: SystemTime) -> Call {
    let since = seconds((me.clock)()).to_string();
    let expiry = seconds(expiry).to_string();
    let tags = [
        (LOCK_TAG, stack),
        (OWNER, &me.owner),
        (MACHINE, &me.machine),
        (PROCESS, &me.process),
        (SINCE, &since),
        (EXPIRY, &expiry),
        (NONCE_TAG, nonce),
        (GENERATION, generation),
    ];
    let tags: Vec<Value> = tags.into_iter().map(|(key, value)| tag(key, value)).collect();
    let specification = Map::new().with("ResourceType", "launch-template").with("Tags", tags);
    let parameters = Map::new()
        .with("LaunchTemplateName", name(stack))
        .with("LaunchTemplateData", Map::new().with("InstanceInitiatedShutdownBehavior", "stop"))
        .with("TagSpecifications", [specification])
        // A token for each try: it tells a repeated request of this one from another one's.
        .with("ClientToken", format!("{nonce}-{:016x}", fastrand::u64(..)));
    Call::new("CreateLaunchTemplate", parameters)
}

fn tag(key: &str, value: &str) -> Value {
    let value: String = value.chars().take(255).collect();
    Map::new().with("Key", key).with("Value", value).into()
}

fn read(template: &Map) -> Holder {
    let tags = template.list("Tags").iter().filter_map(Value::as_map);
    let text = |key: &str| {
        let mut values = tags.clone().filter(|tag| tag.text("Key") == key).map(|tag| tag.text("Value").to_owned());
        values.next().unwrap_or_default()
    };
    Holder {
        id: template.text("LaunchTemplateId").to_owned(),
        owner: text(OWNER),
        machine: text(MACHINE),
        process: text(PROCESS),
        since: text(SINCE).parse().unwrap_or_default(),
        expiry: text(EXPIRY).parse().unwrap_or(u64::MAX),
        nonce: text(NONCE_TAG),
        generation: text(GENERATION),
    }
}

fn is_dead(holder: &Holder, me: &Claimant) -> bool {
    let here = !me.machine.is_empty() && holder.machine == me.machine;
    let gone = here && !holder.process.is_empty() && (me.is_gone)(&holder.process);
    gone || seconds((me.clock)()) > holder.expiry.saturating_add(APART.as_secs())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
