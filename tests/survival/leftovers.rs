//! What runs that came to no end have left: it is waited for, put away, or told from what it should be.

use crate::embedded::{STACK, apply, carry_out, plan, wanted};
use std::time::Duration;
use tokio::sync::watch;
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_core::plan::{Action, Images};
use vpcc_runtime::sim::{Faults, Sim, Timing};
use vpcc_runtime::{Cloud, Patient, settle, survey};

const REGION: &str = "us-west-2";
const FENCED: &str = "stack dahak\nnetwork n 10.0.0.0/16 {\nsubnet lan 10.0.0.0/24 az a { acl fence }\nacl fence {\n\
    100 allow ingress all from any\n100 allow egress all to any\n}\n}\n";
const ONE_NAT: &str = include_str!("../../examples/one-nat.vpc");
const CLUSTER: &str = include_str!("../../examples/cluster.vpc");

fn patient(sim: &Sim) -> Patient<'_> {
    Patient::new(sim, watch::Sender::new(false).subscribe())
}

async fn list(sim: &Sim, action: &'static str, list: &str) -> Vec<Map> {
    let answer = sim.call(REGION, &Call::new(action, Map::new())).await.unwrap();
    answer.list(list).iter().filter_map(Value::as_map).cloned().collect()
}

/// How many things of a listing bear an address.
async fn bearing(sim: &Sim, action: &'static str, members: &str, address: &str) -> usize {
    let tag = Map::new().with("Key", "vpcc:address").with("Value", address);
    let bears = |item: &Map| item.list("Tags").iter().filter_map(Value::as_map).any(|other| *other == tag);
    list(sim, action, members).await.iter().filter(|item| bears(item)).count()
}

/// Tags of the stack, for a request by hand.
fn tagged(kind: &str, address: &str) -> Map {
    let tag = |(key, value)| map! { "Key" => key, "Value" => value };
    map! { "ResourceType" => kind, "Tags" => [("vpcc:stack", STACK), ("vpcc:address", address)].map(tag) }
}

/// One of two things that claim an address is replaced, and the other one goes all the same.
#[tokio::test(start_paused = true)]
async fn what_is_doubled_goes_though_the_other_one_is_replaced() {
    let sim = Sim::new();
    apply(&sim, Some(FENCED)).await;
    let vpcs = list(&sim, "DescribeVpcs", "Vpcs").await;
    let tags = [("vpcc:stack", STACK), ("vpcc:address", "n.fence")]
        .map(|(key, value)| map! { "Key" => key, "Value" => value });
    for _ in 0..2 {
        let specification = map! { "ResourceType" => "network-acl", "Tags" => tags.clone() };
        let second = map! { "VpcId" => vpcs[0].text("VpcId"), "TagSpecifications" => [specification] };
        sim.call(REGION, &Call::new("CreateNetworkAcl", second)).await.unwrap();
    }
    let moved = FENCED.replace("10.0.", "10.1.");
    apply(&sim, Some(&moved)).await;
    assert_eq!(bearing(&sim, "DescribeNetworkAcls", "NetworkAcls", "n.fence").await, 1);
    assert!(plan(&sim, Some(&moved)).await.is_empty());
}

/// What was made in the new network is gone on with; what is whole in the old one is not taken instead.
#[tokio::test(start_paused = true)]
async fn a_replacement_that_was_begun_is_gone_on_with() {
    let sim = Sim::new();
    apply(&sim, Some(FENCED)).await;
    let vpc = map! { "CidrBlock" => "10.1.0.0/16", "TagSpecifications" => [tagged("vpc", "n")] };
    let vpc = sim.call(REGION, &Call::new("CreateVpc", vpc)).await.unwrap();
    let vpc = vpc.map("Vpc").unwrap().text("VpcId");
    let acl = map! { "VpcId" => vpc, "TagSpecifications" => [tagged("network-acl", "n.fence")] };
    sim.call(REGION, &Call::new("CreateNetworkAcl", acl)).await.unwrap();
    let made = |action: &str| sim.counts()[action];
    let before = (made("CreateVpc"), made("CreateNetworkAcl"));
    let moved = FENCED.replace("10.0.", "10.1.");
    apply(&sim, Some(&moved)).await;
    assert_eq!((made("CreateVpc"), made("CreateNetworkAcl")), before);
    assert_eq!(bearing(&sim, "DescribeNetworkAcls", "NetworkAcls", "n.fence").await, 1);
}

#[tokio::test(start_paused = true)]
async fn the_root_disk_of_a_node_has_its_tags() {
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    let renamed = CLUSTER.replace("node node[0..2]", "node worker[0..2] was node");
    let renamed = renamed.replace("assert node", "assert worker").replace("reach node", "reach worker");
    apply(&sim, Some(&renamed)).await;
    assert_eq!(bearing(&sim, "DescribeVolumes", "Volumes", "cluster.worker[1]").await, 1);
    assert_eq!(bearing(&sim, "DescribeVolumes", "Volumes", "cluster.node[1]").await, 0);
}

/// A server that doesn't know a group yet is not taken for one that says that the group's rule is gone.
#[tokio::test(start_paused = true)]
async fn what_ec2_lets_out_by_itself_is_taken_back_though_servers_are_behind() {
    let program = "stack dahak\nnetwork n 10.0.0.0/16 {\nsg shut \"Nothing goes out\" { egress none }\n}\n";
    for seed in 0..100 {
        let sim = Sim::new().with_faults(Faults::seeded(seed).stale(0.7, Duration::from_secs(5)));
        let first = vpcc_core::plan::diff(STACK, REGION, wanted(program), Vec::new());
        let outcome = carry_out(&sim, &first).await;
        let sim = sim.without_faults();
        let rest = plan(&sim, Some(program)).await;
        assert!(!outcome.is_complete() || rest.is_empty(), "seed {seed}");
    }
}

/// Whoever comes while a NAT gateway of a dead run is pending waits to see what becomes of it.
#[tokio::test(start_paused = true)]
async fn what_is_underway_is_waited_for() {
    let sim = Sim::new().with_timing(Timing::REAL).with_faults(Faults::seeded(1).failing(1.0));
    let stop = watch::Sender::new(false);
    let program = ONE_NAT.split("  node api").next().unwrap().to_owned() + "}\n";
    let look =
        async || survey(&patient(&sim), STACK, REGION, &[REGION.into()], wanted(&program), Images::Kept).await.unwrap();
    let first = look().await;
    let cut =
        tokio::time::timeout(Duration::from_secs(60), vpcc_runtime::run(&first.plan, &patient(&sim), &|_| {})).await;
    assert!(cut.is_err(), "the gateway takes longer");
    let next = look().await;
    let underway: Vec<String> = next.underway().iter().map(|thing| thing.address.to_string()).collect();
    assert_eq!(underway, ["shop.out"]);
    settle(&Patient::new(&sim, stop.subscribe()), &next).await.unwrap();
    let last = look().await;
    let replaced = last.plan.steps.iter().filter(|step| step.action == Action::Replace);
    assert_eq!(replaced.map(|step| step.address.to_string()).collect::<Vec<_>>(), ["shop.out"]);
}

/// A run that was killed, or somebody else, has just terminated the nodes: their addresses are free when they are gone.
#[tokio::test(start_paused = true)]
async fn nodes_are_launched_as_soon_as_those_on_their_way_out_let_their_addresses_go() {
    let sim = Sim::new().with_timing(Timing::REAL);
    apply(&sim, Some(CLUSTER)).await;
    let reservations = list(&sim, "DescribeInstances", "Reservations").await;
    let instances = reservations.iter().flat_map(|reservation| reservation.list("Instances"));
    let instances = instances.filter_map(Value::as_map);
    let ids: Vec<&str> = instances.map(|instance| instance.text("InstanceId")).collect();
    let by_hand = Call::new("TerminateInstances", map! { "InstanceIds" => ids });
    sim.call(REGION, &by_hand).await.unwrap();
    let again = apply(&sim, Some(CLUSTER)).await;
    assert_eq!(again.steps.iter().filter(|step| step.action == Action::Create).count(), 3);
    assert!(plan(&sim, Some(CLUSTER)).await.is_empty());
}
