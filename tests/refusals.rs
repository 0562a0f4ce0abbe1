//! What EC2 refuses is told with the thing, the line that asked for it, EC2's own words and what to do; the rest is done,
//! and the next run finishes it.

mod support;

use std::path::Path;
use std::process::Output;
use support::{ends, stderr, vpcc, workspace};
use vpcc::Exit;
use vpcc_core::call::{Call, Map, Value, map};
use vpcc_runtime::Cloud;
use vpcc_runtime::sim::Sim;

const REGION: &str = "us-west-2";

fn run(folder: &Path, command: &str) -> Output {
    let arguments = [command, "cluster.vpc", "--cloud", "sim:cloud", "--yes"];
    vpcc().current_dir(folder).args(arguments).output().unwrap()
}

/// A call of somebody else in the same account.
fn call(folder: &Path, action: &'static str, parameters: Map) -> Map {
    let sim = Sim::open(folder.join("cloud")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(sim.call(REGION, &Call::new(action, parameters))).unwrap()
}

/// The embedded cloud's clock goes on while somebody uses it.
fn a_while_passes(folder: &Path) {
    let sim = Sim::open(folder.join("cloud")).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    let call = Call::new("CreateDhcpOptions", map! { "DhcpConfigurations" => [domain()] });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(sim.call(REGION, &call)).unwrap();
}

fn domain() -> Map {
    map! { "Key" => "domain-name", "Values" => ["theirs.internal"] }
}

#[track_caller]
fn refused(output: &Output, exit: Exit, parts: &[&str]) {
    ends(output, exit);
    let said = stderr(output);
    for part in parts {
        assert!(said.contains(part), "it does not say {part:?}:\n{said}");
    }
}

#[track_caller]
fn finishes(folder: &Path) {
    ends(&run(folder, "apply"), Exit::Done);
    let arguments = ["plan", "cluster.vpc", "--cloud", "sim:cloud", "--detailed-exitcode"];
    ends(&vpcc().current_dir(folder).args(arguments).output().unwrap(), Exit::Done);
}

#[test]
fn a_quota_that_is_used_up() {
    let folder = workspace();
    let vpc = || call(folder.path(), "CreateVpc", map! { "CidrBlock" => "10.0.0.0/16" });
    let vpcs: Vec<Map> = (0..5).map(|_| vpc()).collect();
    let parts =
        ["VPC `cluster` (cluster.vpc:8)", "VpcLimitExceeded", "= help: the account's quota is used up", "Not done:"];
    refused(&run(folder.path(), "apply"), Exit::Partial, &parts);
    let id = vpcs[0].map("Vpc").unwrap().text("VpcId");
    call(folder.path(), "DeleteVpc", map! { "VpcId" => id });
    finishes(folder.path());
}

#[test]
fn a_name_that_is_taken() {
    let folder = workspace();
    let key = std::fs::read_to_string(folder.path().join("keys/me.pub")).unwrap();
    let taken = map! { "KeyName" => "dahak/me", "PublicKeyMaterial" => key };
    call(folder.path(), "ImportKeyPair", taken);
    let parts = ["key pair `me` (cluster.vpc:6)", "InvalidKeyPair.Duplicate", "delete or rename it", "cluster.node[0]"];
    refused(&run(folder.path(), "apply"), Exit::Partial, &parts);
    call(folder.path(), "DeleteKeyPair", map! { "KeyName" => "dahak/me" });
    finishes(folder.path());
}

#[test]
fn an_address_that_something_else_has() {
    let folder = workspace();
    finishes(folder.path());
    let stack = map! { "Name" => "tag:vpcc:address", "Values" => ["cluster.lan"] };
    let subnets = call(folder.path(), "DescribeSubnets", map! { "Filters" => [stack] });
    let subnet = subnets.list("Subnets").first().and_then(Value::as_map).unwrap().text("SubnetId").to_owned();
    let other = map! {
        "ImageId" => "ami-04681a1dbd79675a5", "InstanceType" => "t3.micro", "MinCount" => 1, "MaxCount" => 1,
        "SubnetId" => subnet, "PrivateIpAddress" => "10.117.0.103",
    };
    let other = call(folder.path(), "RunInstances", other);
    let other = other.list("Instances").first().and_then(Value::as_map).unwrap().text("InstanceId").to_owned();
    let program = std::fs::read_to_string(folder.path().join("cluster.vpc")).unwrap();
    std::fs::write(folder.path().join("cluster.vpc"), program.replace("node[0..2]", "node[0..4]")).unwrap();
    let parts =
        ["`cluster.node[3]` (cluster.vpc:27)", "InvalidIPAddress.InUse", "10.117.0.103", "something else has this"];
    refused(&run(folder.path(), "apply"), Exit::Partial, &parts);
    call(folder.path(), "TerminateInstances", map! { "InstanceIds" => [other] });
    a_while_passes(folder.path());
    finishes(folder.path());
}
