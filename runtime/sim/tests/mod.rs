//! One behaviour of EC2 a test. Time is tokio's and stands still but for what is waited for.

mod acls;
mod blocks;
mod defaults;
mod describing;
mod egress_gateways;
mod elastic_ips;
mod endpoints;
mod faults;
mod files;
mod flow_logs;
mod garbage;
mod gateways;
mod groups;
mod images;
mod instances;
mod ipv6;
mod keys;
mod launching;
mod nat_gateways;
mod offers;
mod own_images;
mod parameters;
mod peerings;
mod routes;
mod subnets;
mod tags;
mod templates;
mod time;
mod volumes;
mod vpcs;
mod vpn;

use super::{Sim, Timing};
use crate::cloud::{Cloud, Fault};
use vpcc_core::call::{Call, Map, Value, map};

const REGION: &str = "eu-central-1";
const AMI: &str = "ami-0123456789abcdef0";

/// Sends a call.
async fn send(sim: &Sim, action: &'static str, parameters: Map) -> Result<Map, Fault> {
    sim.call(REGION, &Call::new(action, parameters)).await
}

/// Sends a call that has to work.
async fn ok(sim: &Sim, action: &'static str, parameters: Map) -> Map {
    send(sim, action, parameters).await.unwrap_or_else(|fault| panic!("{action}: {fault}"))
}

/// Sends a call that has to be refused: gives the code.
async fn code(sim: &Sim, action: &'static str, parameters: Map) -> String {
    fault(sim, action, parameters).await.code
}

/// Sends a call that has to be refused.
async fn fault(sim: &Sim, action: &'static str, parameters: Map) -> Fault {
    match send(sim, action, parameters).await {
        Ok(answer) => panic!("{action} is not refused: {answer:?}"),
        Err(fault) => fault,
    }
}

/// What is at a path of an answer: names, and numbers for places in lists.
fn at<'m>(answer: &'m Map, path: &str) -> Option<&'m Value> {
    let mut parts = path.split('.');
    let mut value = answer.get(parts.next()?)?;
    for part in parts {
        value = match value {
            Value::List(list) => list.get(part.parse::<usize>().unwrap())?,
            Value::Map(map) => map.get(part)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The text at a path of an answer; empty if there is none.
fn text(answer: &Map, path: &str) -> String {
    at(answer, path).and_then(Value::as_text).unwrap_or_default().to_owned()
}

/// The texts of a member of each item of a list.
fn column(answer: &Map, list: &str, member: &str) -> Vec<String> {
    answer.list(list).iter().filter_map(Value::as_map).map(|item| text(item, member)).collect()
}

/// The only item of a list.
fn one(answer: &Map, list: &str) -> Map {
    assert_eq!(answer.list(list).len(), 1, "{answer:?}");
    answer.list(list)[0].as_map().cloned().unwrap()
}

/// Parameters of which one is another.
fn with(mut parameters: Map, name: &'static str, value: impl Into<Value>) -> Map {
    parameters.set(name, value);
    parameters
}

fn filter(name: &str, value: &str) -> Map {
    map! { "Name" => name, "Values" => [value] }
}

fn filtered(name: &str, value: &str) -> Map {
    map! { "Filters" => [filter(name, value)] }
}

fn tagged(resource_type: &str, key: &str, value: &str) -> Vec<Map> {
    vec![map! { "ResourceType" => resource_type, "Tags" => [map! { "Key" => key, "Value" => value }] }]
}

fn on() -> Map {
    map! { "Value" => true }
}

fn off() -> Map {
    map! { "Value" => false }
}

async fn vpc(sim: &Sim, block: &str) -> String {
    text(&ok(sim, "CreateVpc", map! { "CidrBlock" => block }).await, "Vpc.VpcId")
}

async fn subnet(sim: &Sim, vpc: &str, block: &str) -> String {
    text(&ok(sim, "CreateSubnet", map! { "VpcId" => vpc, "CidrBlock" => block }).await, "Subnet.SubnetId")
}

async fn gateway(sim: &Sim) -> String {
    text(&ok(sim, "CreateInternetGateway", map! {}).await, "InternetGateway.InternetGatewayId")
}

async fn attached_gateway(sim: &Sim, vpc: &str) -> String {
    let id = gateway(sim).await;
    ok(sim, "AttachInternetGateway", map! { "InternetGatewayId" => &*id, "VpcId" => vpc }).await;
    id
}

async fn table(sim: &Sim, vpc: &str) -> String {
    text(&ok(sim, "CreateRouteTable", map! { "VpcId" => vpc }).await, "RouteTable.RouteTableId")
}

async fn group(sim: &Sim, vpc: &str, name: &str) -> String {
    let parameters = map! { "VpcId" => vpc, "GroupName" => name, "Description" => "for a test" };
    text(&ok(sim, "CreateSecurityGroup", parameters).await, "GroupId")
}

/// A VPC 10.0.0.0/16 with a subnet 10.0.0.0/24.
async fn network(sim: &Sim) -> (String, String) {
    let vpc = vpc(sim, "10.0.0.0/16").await;
    let subnet = subnet(sim, &vpc, "10.0.0.0/24").await;
    (vpc, subnet)
}

/// The parameters of a launch of one instance.
fn launch(interface: Map) -> Map {
    map! {
        "ImageId" => AMI,
        "InstanceType" => "t3.micro",
        "MinCount" => 1,
        "MaxCount" => 1,
        "NetworkInterfaces" => [interface],
    }
}

fn interface(subnet: &str) -> Map {
    map! { "DeviceIndex" => 0, "SubnetId" => subnet }
}

async fn instance(sim: &Sim, subnet: &str) -> String {
    text(&ok(sim, "RunInstances", launch(interface(subnet))).await, "Instances.0.InstanceId")
}

async fn running(sim: &Sim, subnet: &str) -> String {
    let id = instance(sim, subnet).await;
    wait(Timing::QUICK.start).await;
    id
}

async fn described(sim: &Sim, instance: &str) -> Map {
    let answer = ok(sim, "DescribeInstances", map! { "InstanceIds" => [instance] }).await;
    at(&answer, "Reservations.0.Instances.0").and_then(Value::as_map).cloned().unwrap()
}

async fn state(sim: &Sim, instance: &str) -> String {
    text(&described(sim, instance).await, "State.Name")
}

fn ids(id: &str) -> Map {
    map! { "InstanceIds" => [id] }
}

async fn wait(time: std::time::Duration) {
    tokio::time::sleep(time).await;
}
