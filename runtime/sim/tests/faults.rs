//! What goes wrong on purpose.

use super::*;
use crate::cloud::Effect;
use crate::sim::{Faults, Quota};
use std::time::Duration;

async fn vpc(sim: &Sim) -> Result<Map, Fault> {
    sim.call(REGION, &Call::new("CreateVpc", map! { "CidrBlock" => "10.0.0.0/16" })).await
}

async fn vpcs(sim: &Sim) -> usize {
    sim.call(REGION, &Call::new("DescribeVpcs", Map::new())).await.unwrap().list("Vpcs").len()
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_the_request_or_the_answer() {
    let sim = Sim::new().with_quota(Quota::Vpcs, 200).with_faults(Faults::seeded(7).losing(0.5));
    let mut unknown = 0;
    for _ in 0..100 {
        if let Err(fault) = vpc(&sim).await {
            assert_eq!(fault.effect, Effect::Unknown);
            unknown += 1;
        }
    }
    let counts = sim.faults();
    let made = vpcs(&sim.without_faults()).await;
    assert_eq!(counts.values().sum::<u64>(), unknown);
    assert_eq!(made as u64, 100 - counts["request lost"]);
    assert!(counts["answer lost"] > 10 && counts["request lost"] > 10, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_seed_tells_what_happens() {
    let story = async |seed| {
        let sim = Sim::new().with_quota(Quota::Vpcs, 200).with_faults(Faults::seeded(seed).losing(0.3));
        let mut story = Vec::new();
        for _ in 0..40 {
            story.push(vpc(&sim).await.map_err(|fault| fault.code).map(drop));
        }
        story
    };
    assert_eq!(story(1).await, story(1).await);
    assert_ne!(story(1).await, story(2).await);
}

#[tokio::test(start_paused = true)]
async fn each_action_has_its_budget() {
    let sim = Sim::new().with_quota(Quota::Vpcs, 200).with_faults(Faults::seeded(1).throttling());
    for _ in 0..50 {
        vpc(&sim).await.unwrap();
    }
    assert_eq!(vpc(&sim).await.unwrap_err().code, "RequestLimitExceeded");
    assert_eq!(vpcs(&sim).await, 50);
    tokio::time::advance(Duration::from_secs(1)).await;
    for _ in 0..5 {
        vpc(&sim).await.unwrap();
    }
    assert_eq!(vpc(&sim).await.unwrap_err().effect, Effect::None);
}

#[tokio::test(start_paused = true)]
async fn what_is_new_is_unknown_to_servers_that_are_behind() {
    let sim = Sim::new().with_faults(Faults::seeded(1).stale(1.0, Duration::from_secs(3)));
    let made = vpc(&sim).await.unwrap();
    let id = made.map("Vpc").unwrap().text("VpcId").to_owned();
    assert_eq!(vpcs(&sim).await, 0);
    let subnet = Call::new("CreateSubnet", map! { "VpcId" => &*id, "CidrBlock" => "10.0.0.0/24" });
    assert_eq!(sim.call(REGION, &subnet).await.unwrap_err().code, "InvalidVpcID.NotFound");
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(vpcs(&sim).await, 1);
    sim.call(REGION, &subnet).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn faults_come_to_order() {
    let faults = Faults::seeded(1).refusing("CreateVpc", 2, "InsufficientCapacity").silencing("CreateVpc", 3);
    let sim = Sim::new().with_faults(faults);
    vpc(&sim).await.unwrap();
    assert_eq!(vpc(&sim).await.unwrap_err().code, "InsufficientCapacity");
    assert_eq!(vpc(&sim).await.unwrap_err().effect, Effect::Unknown);
    assert_eq!(vpcs(&sim).await, 2);
}
