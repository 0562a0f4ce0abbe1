//! What somebody has changed by hand is shown as what it is, and put right.

use crate::embedded::{apply, plan, text};
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_core::plan::Action;
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
const REGION: &str = "us-west-2";

async fn call(sim: &Sim, action: &'static str, parameters: Map) -> Map {
    sim.call(REGION, &Call::new(action, parameters)).await.unwrap_or_else(|fault| panic!("{action}: {fault}"))
}

/// The first id of a listing among the stack's things.
async fn id(sim: &Sim, action: &'static str, list: &str, id: &str) -> String {
    let own = map! { "Name" => "tag:vpcc:stack", "Values" => ["dahak"] };
    let answer = call(sim, action, Map::new().with("Filters", [own])).await;
    let first = answer.list(list).first().and_then(Value::as_map).unwrap();
    let first = first.list("Instances").first().and_then(Value::as_map).unwrap_or(first);
    first.text(id).to_owned()
}

/// Does something by hand, and holds that the plan says so, that applying puts it right, and that nothing is left.
async fn put_right(by_hand: impl AsyncFn(&Sim), action: Action, address: &str, said: &str) {
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    by_hand(&sim).await;
    let drift = plan(&sim, Some(CLUSTER)).await;
    let steps: Vec<(Action, &str)> = drift.steps.iter().map(|step| (step.action, step.address.as_str())).collect();
    assert_eq!(steps, [(action, address)], "{}", text(&drift));
    assert!(text(&drift).contains(said), "it does not say {said:?}:\n{}", text(&drift));
    apply(&sim, Some(CLUSTER)).await;
    assert!(plan(&sim, Some(CLUSTER)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_was_added_is_revoked() {
    let open = async |sim: &Sim| {
        let group = id(sim, "DescribeSecurityGroups", "SecurityGroups", "GroupId").await;
        let rule = map! { "IpProtocol" => "tcp", "FromPort" => 23, "ToPort" => 23, "IpRanges" => [map! { "CidrIp" => "0.0.0.0/0" }] };
        call(sim, "AuthorizeSecurityGroupIngress", map! { "GroupId" => group, "IpPermissions" => [rule] }).await;
    };
    put_right(open, Action::Update, "cluster.monitoring/rules", "tcp 23").await;
}

#[tokio::test(start_paused = true)]
async fn a_route_that_was_deleted_comes_back() {
    let cut = async |sim: &Sim| {
        let table = id(sim, "DescribeRouteTables", "RouteTables", "RouteTableId").await;
        call(sim, "DeleteRoute", map! { "RouteTableId" => table, "DestinationCidrBlock" => "0.0.0.0/0" }).await;
    };
    put_right(cut, Action::Update, "cluster.lan/table/routes", "0.0.0.0/0").await;
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_was_changed_is_set_back() {
    let rename = async |sim: &Sim| {
        let vpc = id(sim, "DescribeVpcs", "Vpcs", "VpcId").await;
        call(sim, "CreateTags", map! { "Resources" => [vpc], "Tags" => [map! { "Key" => "Name", "Value" => "mine" }] })
            .await;
    };
    put_right(rename, Action::Update, "cluster", "mine").await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_stopped_is_started() {
    let stop = async |sim: &Sim| {
        let node = id(sim, "DescribeInstances", "Reservations", "InstanceId").await;
        call(sim, "StopInstances", map! { "InstanceIds" => [node] }).await;
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    };
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    stop(&sim).await;
    let drift = plan(&sim, Some(CLUSTER)).await;
    assert_eq!(drift.steps.len(), 1, "{}", text(&drift));
    apply(&sim, Some(CLUSTER)).await;
    assert!(plan(&sim, Some(CLUSTER)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_terminated_comes_back() {
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    for _ in 0..3 {
        let node = id(&sim, "DescribeInstances", "Reservations", "InstanceId").await;
        drop(sim.call(REGION, &Call::new("TerminateInstances", map! { "InstanceIds" => [node] })).await);
        tokio::time::sleep(std::time::Duration::from_secs(4000)).await;
        apply(&sim, Some(CLUSTER)).await;
        assert!(plan(&sim, Some(CLUSTER)).await.is_empty());
    }
}
