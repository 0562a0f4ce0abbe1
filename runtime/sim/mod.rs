//! The embedded EC2: strict, deterministic, and in this process.
//!
//! In: calls, as plans hold them. Out: answers by the EC2 API's names, or refusals with EC2's codes and words. It is what
//! vpcc is tried and tested with where there is no account, so it refuses what EC2 refuses, keeps EC2's quotas, and takes
//! its time. A call goes the way `admit` → `perform` → `answer`; what is to go wrong on purpose belongs between those.
//!
//! Eventual consistency, throttling and lost answers come only when they are asked for ([`Sim::with_faults`]). Absent on
//! purpose: the default VPC that most accounts have in each region; permissions; and everything that packets do.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use vpcc_core::call::{Call, map};
//! use vpcc_runtime::{Cloud, sim::Sim};
//!
//! let sim = Sim::new();
//! let call = Call::new("CreateVpc", map! { "CidrBlock" => "10.0.0.0/16" });
//! let answer = sim.call("eu-central-1", &call).await.unwrap();
//! assert_eq!(answer.map("Vpc").unwrap().text("State"), "pending");
//! # });
//! ```

mod acl_entries;
mod acls;
mod actions;
mod addresses;
mod answer;
mod blocks;
mod customer_gateways;
mod describe;
mod dhcp;
mod disks;
mod egress_gateways;
mod elastic_ips;
mod endpoint_changes;
mod endpoint_parts;
mod endpoint_services;
mod endpoints;
mod faults;
mod file;
mod filters;
mod flow_logs;
mod frozen;
mod gateways;
mod groups;
mod ids;
mod image_permissions;
mod images;
mod input;
mod instance_changes;
mod instance_filters;
mod instance_types;
mod instances;
mod interfaces;
mod ipv6;
mod journal;
mod keys;
mod launch;
mod metadata;
mod nat_gateways;
mod network;
mod own_images;
mod peerings;
mod power;
mod profiles;
mod propagation;
mod quotas;
mod refusal;
mod region;
mod regions;
mod route_tables;
mod route_targets;
mod routes;
mod rule_actions;
mod rules;
mod settle;
mod site;
mod snapshots;
mod state;
mod subnet;
mod subnet_blocks;
mod tags;
mod templates;
#[cfg(test)]
mod tests;
mod time;
mod tokens;
mod volume_life;
mod volumes;
mod vpc;
mod vpc_blocks;
mod vpn_connections;
mod vpn_gateways;
mod zones;

pub use faults::Faults;
pub use file::SimProblem;
pub use frozen::Frozen;
pub use images::Image;
pub use quotas::Quota;
pub use time::Timing;

use crate::cloud::{Answer, Cloud, Effect, Fault};
use actions::Action;
use faults::{Fate, Troubles};
use file::Keeper;
use images::Images;
use journal::Journal;
use peerings::Letter;
use refusal::Reply;
use region::Region;
use site::{Site, Terms};
use state::State;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::Moment;
use tokio::time::Instant;
use vpcc_core::call::{Call, Map};
use vpcc_core::check::catalogue;

/// An embedded EC2, with one account in which nothing lives at first.
///
/// It can be called from many tasks at once; each call takes effect at one instant.
#[derive(Debug)]
pub struct Sim {
    terms: Terms,
    latency: Duration,
    started: Instant,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: State,
    /// What time it was in the state when this process got it.
    since: Moment,
    keeper: Option<Keeper>,
    journal: Journal,
    troubles: Option<Troubles>,
}

impl Default for Sim {
    fn default() -> Sim {
        Sim::new()
    }
}

impl Sim {
    /// An embedded EC2 that is gone with this process.
    pub fn new() -> Sim {
        Sim::with(State::default(), None)
    }

    /// An embedded EC2 that is kept in a file: a new one if the file isn't there. Other processes may use the same file
    /// at the same time. Beside it, a file of the same name with `.lock` added is made.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written, or holds something else; then it is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Sim, SimProblem> {
        let (keeper, state) = Keeper::open(path.as_ref())?;
        Ok(Sim::with(state, Some(keeper)))
    }

    fn with(state: State, keeper: Option<Keeper>) -> Sim {
        let inner = Inner { since: state.now, state, keeper, journal: Journal::default(), troubles: None };
        let (terms, latency) = (Terms::default(), Duration::ZERO);
        Sim { terms, latency, started: Instant::now(), inner: Mutex::new(inner) }
    }

    /// The same, with calls that take a time: the effect comes after half of it.
    #[must_use]
    pub fn with_latency(mut self, latency: Duration) -> Sim {
        self.latency = latency;
        self
    }

    /// The same, with other times for what takes a while.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Sim {
        self.terms.timing = timing;
        self
    }

    /// The same, with another quota in all regions.
    #[must_use]
    pub fn with_quota(mut self, quota: Quota, limit: usize) -> Sim {
        self.terms.quotas.set(quota, limit);
        self
    }

    /// The same, with these images in every region and no others.
    #[must_use]
    pub fn with_images(mut self, images: impl IntoIterator<Item = Image>) -> Sim {
        self.terms.images = Images::Only(images.into_iter().collect());
        self
    }

    /// The same, with another number for the account: 12 digits.
    #[must_use]
    pub fn with_account(self, id: impl Into<String>) -> Sim {
        self.inner().state.account = id.into();
        self
    }

    /// The same, with these faults; earlier ones end.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Sim {
        self.set_faults(Some(faults));
        self
    }

    /// The same, with no faults any more.
    #[must_use]
    pub fn without_faults(self) -> Sim {
        self.set_faults(None);
        self
    }

    /// From now on there are these faults, or none; earlier ones end, and are no longer counted.
    pub fn set_faults(&self, faults: Option<Faults>) {
        self.inner().troubles = faults.map(Troubles::new);
    }

    /// How many faults of each sort there were.
    pub fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.inner().troubles.as_ref().map(Troubles::counts).unwrap_or_default()
    }

    /// The last calls, from the oldest one on, each with its action and how long after the start it came. There are
    /// 10,000 at most.
    pub fn calls(&self) -> Vec<(String, Duration)> {
        self.inner().journal.calls()
    }

    /// How often each action was called.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.inner().journal.counts()
    }

    /// Everything that lives by now, by region, kind and id; regions and kinds without anything are left out. What EC2
    /// makes by itself with a VPC is shown, the DHCP options that it makes for a region are not, nor are terminated
    /// instances. While the file that keeps the state cannot be read, it is what was last known of it.
    pub fn snapshot(&self) -> serde_json::Value {
        let mut inner = self.inner();
        drop(inner.refresh(self.elapsed()));
        let now = inner.now(self.elapsed());
        let mut regions = serde_json::Map::new();
        for (name, region) in inner.state.regions() {
            let mut region = region.clone();
            settle::settle(&mut region, &self.terms.timing, now);
            let living = region.living();
            if !living.is_empty() {
                regions.insert(name.to_owned(), living.into());
            }
        }
        regions.into()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A region is replaced as a whole, so what another thread left is whole even if it panicked.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(self.started)
    }

    /// Lets a call in, and says what becomes of it and when the answer is there.
    async fn admit(&self, region: &str, call: &Call) -> (Fate, Instant) {
        let (arrived, elapsed) = (Instant::now(), self.elapsed());
        let (fate, delays) = {
            let mut inner = self.inner();
            inner.journal.note(call.action, elapsed);
            match &mut inner.troubles {
                None => (Fate::Fair, [Duration::ZERO; 2]),
                Some(troubles) => (troubles.fate(region, call, elapsed), [troubles.delay(), troubles.delay()]),
            }
        };
        let there = arrived + self.latency / 2 + delays[0];
        pass(there).await;
        (fate, there + self.latency / 2 + delays[1])
    }

    /// Obeys or refuses a call, at one instant.
    fn perform(&self, region: &str, call: &Call) -> Result<Map, Fault> {
        let Some((name, action)) = Action::named(call.action) else {
            return Err(Fault::refused(Fault::UNKNOWN_CALL, format!("the embedded EC2 does not know {}", call.action)));
        };
        if catalogue::zones(region).is_none() {
            return Err(no_region(region));
        }
        self.inner().perform(&self.terms, self.elapsed(), region, name, action, &call.parameters)
    }
}

/// Waits; what is over by now lets nobody else go first.
async fn pass(until: Instant) {
    if until > Instant::now() {
        tokio::time::sleep_until(until).await;
    }
}

impl Cloud for Sim {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            let (fate, answered) = self.admit(region, call).await;
            let outcome = match fate {
                Fate::Fair => self.perform(region, call),
                Fate::Stopped(fault) => Err(fault),
                Fate::Silenced(fault) => self.perform(region, call).and(Err(fault)),
            };
            pass(answered).await;
            outcome
        })
    }

    fn throttles(&self) -> bool {
        self.inner().troubles.as_ref().is_some_and(Troubles::throttling)
    }
}

impl Inner {
    fn now(&self, elapsed: Duration) -> Moment {
        self.since.after(elapsed)
    }

    /// Takes in what other processes have done, and keeps them out until the result is dropped.
    fn refresh(&mut self, elapsed: Duration) -> Result<Option<file::Held>, SimProblem> {
        let Some(keeper) = &mut self.keeper else { return Ok(None) };
        let held = keeper.hold()?;
        if let Some(state) = keeper.changed()? {
            // Time never runs backwards, though it ran on elsewhere.
            self.since = self.since.after(state.now.since(self.since.after(elapsed)));
            self.state = state;
        }
        Ok(Some(held))
    }

    fn perform(
        &mut self,
        terms: &Terms,
        elapsed: Duration,
        region: &str,
        name: &'static str,
        action: Action,
        parameters: &Map,
    ) -> Result<Map, Fault> {
        let _held = self.refresh(elapsed).map_err(lost)?;
        let now = self.now(elapsed);
        let account = self.state.account.clone();
        let lags = self.troubles.as_ref().is_some_and(Troubles::lags);
        let before = lags.then(|| self.state.region(region).clone());
        if settle::settle(self.state.region(region), &terms.timing, now) {
            self.state.now = now;
            self.keep().map_err(lost)?;
            self.replaced(before.iter(), now);
        }
        let live = &*self.state.region(region);
        let mut old = self.troubles.as_mut().and_then(|troubles| troubles.old(live, now));
        let doomed = self.troubles.as_mut().is_some_and(|troubles| troubles.dooms(name));
        let (live, elsewhere) = self.state.apart(region).ok_or_else(|| no_region(region))?;
        let site = |region| {
            let (elsewhere, letters) = (elsewhere.clone(), Vec::new());
            Site { region, elsewhere, terms, account: &account, now, action: name, parameters, doomed, letters }
        };
        if action.reads() {
            return Ok(action.perform(&mut site(old.as_mut().unwrap_or(live)))?);
        }
        // A server that is behind may not know what the request is about.
        if let Some(Err(unknown)) = old.as_mut().map(|old| action.perform(&mut site(old))).filter(is_not_found) {
            return Err(unknown.into());
        }
        let mut draft = live.clone();
        let mut site = site(&mut draft);
        let answer = action.perform(&mut site)?;
        let (letters, dooms) = (site.letters, doomed && !site.doomed);
        self.troubles.iter_mut().filter(|_| dooms).for_each(Troubles::doomed);
        self.take(draft, letters, now).map_err(lost)?;
        Ok(answer)
    }

    /// Puts a changed region in place, and tells others of it; all of it or nothing.
    fn take(&mut self, draft: Region, letters: Vec<Letter>, now: Moment) -> Result<(), SimProblem> {
        let mut before = vec![self.state.put(draft)];
        for letter in letters {
            let mut other = self.state.region(&letter.region).clone();
            peerings::deliver(&mut other, letter);
            before.push(self.state.put(other));
        }
        self.state.now = now;
        match self.keep() {
            Ok(()) => self.replaced(before.iter(), now),
            Err(problem) => {
                before.into_iter().rev().for_each(|region| drop(self.state.put(region)));
                return Err(problem);
            }
        }
        Ok(())
    }

    /// Remembers regions as they were, for servers that are behind.
    fn replaced<'r>(&mut self, before: impl Iterator<Item = &'r Region>, now: Moment) {
        if let Some(troubles) = &mut self.troubles {
            before.for_each(|region| troubles.remember(region, now));
        }
    }

    fn keep(&mut self) -> Result<(), SimProblem> {
        self.keeper.as_mut().map_or(Ok(()), |keeper| keeper.save(&self.state))
    }
}

fn is_not_found(reply: &Reply) -> bool {
    reply.as_ref().is_err_and(|refusal| refusal.code.contains("NotFound"))
}

/// The fault of a call to a region that there isn't.
fn no_region(name: &str) -> Fault {
    Fault::refused(Fault::UNREACHABLE, format!("there is no region {name}"))
}

/// The fault of a call while the state cannot be read or kept: it has no effect.
fn lost(problem: SimProblem) -> Fault {
    Fault { code: "InternalError".to_owned(), message: problem.to_string(), request_id: None, effect: Effect::None }
}
