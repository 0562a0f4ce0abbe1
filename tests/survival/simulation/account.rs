//! The account that programs are tried in: other people's things are in it, and processes come and go.

use crate::embedded;
use serde_json::Value as Json;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::Instant;
use vpcc_core::call::{Call, Map, map};
use vpcc_core::kinds::Wanted;
use vpcc_core::plan::Images;
use vpcc_runtime::sim::{Quota, Sim, Timing};
use vpcc_runtime::{Cloud, Patient, run, survey};

pub const REGION: &str = "us-west-2";

/// A stack of somebody else, made with vpcc too.
const OTHER_STACK: &str = "stack other\nnetwork theirs 10.250.0.0/16 {\ngateway igw internet\nsubnet lan 10.250.0.0/24 az a \
    { public; route any via igw }\nsg own \"All\" { ingress tcp 22 from self }\nnode n in lan { type t3.micro; image \
    ami-04681a1dbd79675a5; sg own }\n}\n";

thread_local! {
    static START: Cell<Option<Instant>> = const { Cell::new(None) };
    static GONE: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// What time it is, by the clock that tokio runs on.
pub fn clock() -> SystemTime {
    let passed = START.get().map_or(Duration::ZERO, |start| start.elapsed());
    UNIX_EPOCH + Duration::from_secs(1_800_000_000) + passed
}

/// Whether a process is no more.
pub fn is_gone(process: &str) -> bool {
    GONE.with_borrow(|gone| gone.contains(process))
}

pub fn end(process: &str) {
    GONE.with_borrow_mut(|gone| gone.insert(process.to_owned()));
}

/// An account, and what is known of it besides what EC2 knows.
pub struct Account {
    pub sim: Arc<Sim>,
    /// Who is at work on the stack, if anybody is.
    pub working: Cell<Option<u64>>,
    /// How often the lock of a dead process was broken by the next one.
    pub taken_over: Cell<u64>,
    /// How often a lock could not be given back.
    pub unreleased: Cell<u64>,
    others: BTreeMap<String, Json>,
}

impl Account {
    pub async fn new(timing: Timing) -> Account {
        START.set(Some(Instant::now()));
        GONE.take();
        let sim = roomy().with_timing(timing);
        live_there(&sim).await;
        let sim = Arc::new(sim);
        let others = things(&sim);
        Account { sim, working: Cell::new(None), taken_over: Cell::new(0), unreleased: Cell::new(0), others }
    }

    /// Asserts that what others have is as it was.
    #[track_caller]
    pub fn has_all_of_others(&self) {
        let now = things(&self.sim);
        for (key, thing) in &self.others {
            assert_eq!(now.get(key), Some(thing), "{key} is somebody else's");
        }
    }

    /// What lives besides that: kinds and addresses, each as often as it lives.
    pub fn census(&self) -> Vec<String> {
        let own = things(&self.sim).into_iter().filter(|(key, _)| !self.others.contains_key(key));
        names(own)
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.sim.counts().values().sum()
    }
}

/// An account with quotas that no program meets.
fn roomy() -> Sim {
    let raised = [Quota::ElasticIps, Quota::NatGateways, Quota::Vpcs, Quota::InternetGateways, Quota::EgressGateways];
    raised.into_iter().fold(Sim::new(), |sim, quota| sim.with_quota(quota, 50))
}

/// What lives after a program was applied to an account where nothing lived, and nothing went wrong.
pub async fn calm_census(wanted: &Wanted) -> Vec<String> {
    let sim = roomy();
    apply(&sim, embedded::STACK, wanted.clone()).await;
    names(things(&sim))
}

async fn apply(sim: &Sim, stack: &str, wanted: Wanted) {
    let stop = watch::Sender::new(false);
    let patient = Patient::new(sim, stop.subscribe());
    let survey = survey(&patient, stack, REGION, &[REGION.into()], wanted, Images::Kept).await.unwrap();
    let outcome = run(&survey.plan, &patient, &|_| {}).await;
    assert!(outcome.is_complete(), "{outcome:?}");
}

/// What things are called, in order.
fn names(things: impl IntoIterator<Item = (String, Json)>) -> Vec<String> {
    let name = |(key, thing): (String, Json)| {
        let kind = key.rsplit_once(' ').map_or("", |(kind, _)| kind).to_owned();
        format!("{kind} {}", thing["tags"]["vpcc:address"].as_str().unwrap_or("-"))
    };
    let mut names: Vec<String> = things.into_iter().map(name).collect();
    names.sort();
    names
}

/// All things by region, kind and id.
fn things(sim: &Sim) -> BTreeMap<String, Json> {
    let Json::Object(regions) = sim.snapshot() else { return BTreeMap::new() };
    let mut all = BTreeMap::new();
    for (region, kinds) in regions {
        let Json::Object(kinds) = kinds else { continue };
        for (kind, things) in kinds {
            let Json::Object(things) = things else { continue };
            all.extend(things.into_iter().map(|(id, thing)| (format!("{region} {kind} {id}"), thing)));
        }
    }
    all
}

/// Others have made a stack of their own with vpcc, and a network by hand.
async fn live_there(sim: &Sim) {
    apply(sim, "other", embedded::wanted(OTHER_STACK)).await;
    let call = async |action, parameters: Map| sim.call(REGION, &Call::new(action, parameters)).await.unwrap();
    let vpc = call("CreateVpc", map! { "CidrBlock" => "10.20.0.0/16" }).await;
    let vpc = vpc.map("Vpc").unwrap().text("VpcId").to_owned();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let subnet = call("CreateSubnet", map! { "VpcId" => &*vpc, "CidrBlock" => "10.20.0.0/24" }).await;
    let subnet = subnet.map("Subnet").unwrap().text("SubnetId").to_owned();
    tokio::time::sleep(Duration::from_secs(60)).await;
    call("CreateSecurityGroup", map! { "VpcId" => &*vpc, "GroupName" => "x", "Description" => "by hand" }).await;
    call("AllocateAddress", map! { "Domain" => "vpc" }).await;
    let instance = map! {
        "ImageId" => "ami-04681a1dbd79675a5", "InstanceType" => "t3.micro", "MinCount" => 1, "MaxCount" => 1,
        "SubnetId" => subnet,
    };
    call("RunInstances", instance).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
}
