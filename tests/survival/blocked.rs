//! Removals that something else's use of a thing keeps from happening: what that is, is told.

use crate::embedded::{apply, plan};
use std::cell::RefCell;
use std::time::Duration;
use tokio::sync::watch;
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_core::plan::Plan;
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Cloud, Event, Patient, StepEnd, run};

const CLUSTER: &str = include_str!("../../examples/cluster.vpc");
const REGION: &str = "us-west-2";

async fn call(sim: &Sim, action: &'static str, parameters: Map) -> Map {
    sim.call(REGION, &Call::new(action, parameters)).await.unwrap_or_else(|fault| panic!("{action}: {fault}"))
}

/// The id of the one thing of the stack in a listing.
async fn id(sim: &Sim, action: &'static str, list: &str, id: &str) -> String {
    let own = map! { "Name" => "tag:vpcc:stack", "Values" => ["dahak"] };
    let answer = call(sim, action, map! { "Filters" => [own] }).await;
    answer.list(list).first().and_then(Value::as_map).unwrap().text(id).to_owned()
}

/// What a run told of waits, each with when, and of failures.
async fn told(sim: &Sim, plan: &Plan) -> (Vec<(String, Duration)>, Vec<String>) {
    let stop = watch::Sender::new(false);
    let (start, waits) = (tokio::time::Instant::now(), RefCell::new(Vec::new()));
    let outcome = run(plan, &Patient::new(sim, stop.subscribe()), &|event| {
        if let Event::Waiting(step, fault) = event {
            waits.borrow_mut().push((format!("{}: {}", step.address, fault.message), start.elapsed()));
        }
    })
    .await;
    let failures = outcome.ends.into_iter().filter_map(|(address, end)| match end {
        StepEnd::Failed(fault) => Some(format!("{address}: {}", fault.message)),
        _ => None,
    });
    (waits.into_inner(), failures.collect())
}

async fn instance_of_somebody_else(sim: &Sim) -> String {
    let parameters = map! {
        "ImageId" => "ami-0abcdef1234567890",
        "InstanceType" => "t2.micro",
        "MinCount" => 1,
        "MaxCount" => 1,
        "SubnetId" => id(sim, "DescribeSubnets", "Subnets", "SubnetId").await,
        "SecurityGroupIds" => [id(sim, "DescribeSecurityGroups", "SecurityGroups", "GroupId").await],
    };
    let answer = call(sim, "RunInstances", parameters).await;
    let launched = answer.list("Instances").first().and_then(Value::as_map).unwrap();
    launched.text("InstanceId").to_owned()
}

#[tokio::test(start_paused = true)]
async fn an_instance_in_the_way_of_subnet_group_and_gateway_is_named() {
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    let instance = instance_of_somebody_else(&sim).await;
    let everything_goes = plan(&sim, None).await;
    let (waits, failures) = told(&sim, &everything_goes).await;
    let by_it = |texts: &[String], address: &str| {
        let text = texts.iter().find(|text| text.starts_with(&format!("{address}: "))).unwrap();
        text.contains("it is used by") && text.contains("network interface eni-") && text.contains(&instance)
    };
    for address in ["cluster.lan", "cluster.monitoring", "cluster.igw"] {
        assert!(by_it(&failures, address), "{failures:#?}");
        let mut of_it = waits.iter().filter(|(text, _)| text.starts_with(&format!("{address}: ")));
        let (first, second) = (of_it.next().unwrap(), of_it.next().unwrap());
        assert!(!first.0.contains("used by") && by_it(std::slice::from_ref(&second.0), address), "{waits:#?}");
        assert!(second.1 - first.1 < Duration::from_secs(20), "{waits:#?}");
        assert_eq!(of_it.next(), None, "what stays the same is not told again");
    }

    call(&sim, "TerminateInstances", map! { "InstanceIds" => [instance] }).await;
    apply(&sim, None).await;
    crate::embedded::is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn a_rule_in_the_way_of_its_group_is_named_and_the_removal_goes_on_without_it() {
    let sim = Sim::new();
    apply(&sim, Some(CLUSTER)).await;
    let vpc = id(&sim, "DescribeVpcs", "Vpcs", "VpcId").await;
    let group = id(&sim, "DescribeSecurityGroups", "SecurityGroups", "GroupId").await;
    let other = map! { "GroupName" => "audit", "Description" => "by hand", "VpcId" => vpc };
    let other = call(&sim, "CreateSecurityGroup", other).await.text("GroupId").to_owned();
    let pair = map! { "GroupId" => group };
    let rule = map! { "IpProtocol" => "tcp", "FromPort" => 1, "ToPort" => 1, "UserIdGroupPairs" => [pair] };
    call(&sim, "AuthorizeSecurityGroupIngress", map! { "GroupId" => other.clone(), "IpPermissions" => [rule] }).await;
    let everything_goes = plan(&sim, None).await;
    let by_hand = async {
        tokio::time::sleep(Duration::from_secs(300)).await;
        call(&sim, "DeleteSecurityGroup", map! { "GroupId" => other.clone() }).await;
    };
    let ((waits, failures), ()) = tokio::join!(told(&sim, &everything_goes), by_hand);
    let named = format!("it is used by a rule of security group {other} (\"audit\")");
    assert!(waits.iter().any(|(text, _)| text.contains(&named)), "{waits:#?}");
    assert_eq!(failures, Vec::<String>::new());
    crate::embedded::is_empty(&sim);
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_a_vpc_that_is_to_go_is_named() {
    let sim = Sim::new();
    apply(&sim, Some("stack dahak\nregion us-west-2\nnetwork n 10.0.0.0/16\n")).await;
    let vpc = id(&sim, "DescribeVpcs", "Vpcs", "VpcId").await;
    let subnet = call(&sim, "CreateSubnet", map! { "VpcId" => vpc.clone(), "CidrBlock" => "10.0.1.0/24" }).await;
    let subnet = subnet.map("Subnet").unwrap().text("SubnetId").to_owned();
    let table = call(&sim, "CreateRouteTable", map! { "VpcId" => vpc }).await;
    let table = table.map("RouteTable").unwrap().text("RouteTableId").to_owned();
    let (_, failures) = told(&sim, &plan(&sim, None).await).await;
    let [failure] = failures.as_slice() else { panic!("{failures:#?}") };
    assert!(failure.ends_with(&format!("; it is used by route table {table}, subnet {subnet}")), "{failure}");
}
