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
    let yes = (command == "apply").then_some("--yes");
    let arguments = [command, "cluster.vpc", "--cloud", "sim:cloud"];
    vpcc().current_dir(folder).args(arguments).args(yes).output().unwrap()
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

/// The id of what bears an address.
fn id_of(folder: &Path, action: &'static str, list: &str, id: &str, address: &str) -> String {
    let by_address = map! { "Name" => "tag:vpcc:address", "Values" => [address] };
    let found = call(folder, action, map! { "Filters" => [by_address] });
    found.list(list).first().and_then(Value::as_map).unwrap().text(id).to_owned()
}

fn edit(folder: &Path, from: &str, to: &str) {
    let program = std::fs::read_to_string(folder.join("cluster.vpc")).unwrap();
    assert!(program.contains(from), "no {from:?} in\n{program}");
    std::fs::write(folder.join("cluster.vpc"), program.replace(from, to)).unwrap();
}

#[test]
fn a_block_that_another_subnet_has() {
    let folder = workspace();
    finishes(folder.path());
    let vpc = id_of(folder.path(), "DescribeVpcs", "Vpcs", "VpcId", "cluster");
    let theirs = map! { "VpcId" => vpc, "CidrBlock" => "10.117.8.0/24", "AvailabilityZone" => "us-west-2a" };
    let theirs = call(folder.path(), "CreateSubnet", theirs);
    edit(folder.path(), "  gateway igw internet", "  gateway igw internet\n  subnet back 10.117.8.0/25 az a");
    let parts = ["subnet `cluster.back` (cluster.vpc:12)", "InvalidSubnet.Conflict", "choose another block"];
    refused(&run(folder.path(), "apply"), Exit::Failed, &parts);
    call(folder.path(), "DeleteSubnet", map! { "SubnetId" => theirs.map("Subnet").unwrap().text("SubnetId") });
    finishes(folder.path());
}

#[test]
fn a_peering_that_cannot_be() {
    let folder = workspace();
    let far = call(folder.path(), "CreateVpc", map! { "CidrBlock" => "10.117.0.0/20" });
    let far = far.map("Vpc").unwrap().text("VpcId").to_owned();
    edit(folder.path(), "network cluster", &format!("peer link cluster to \"{far}\"\n\nnetwork cluster"));
    edit(folder.path(), "    public\n", "    public\n    route 10.200.0.0/16 via link\n");
    let parts = ["`link` (cluster.vpc:8)", "overlapping CIDR range", "run the same command again"];
    refused(&run(folder.path(), "apply"), Exit::Partial, &parts);
}

#[test]
fn an_image_for_another_architecture() {
    let folder = workspace();
    let image = "image \"al2023-ami-2023.*-kernel-6.1-arm64\" by amazon";
    edit(folder.path(), "image ami-04681a1dbd79675a5", image);
    let parts = [
        "`cluster.node[0]` (cluster.vpc:27)",
        "is for arm64, and t2.micro is x86_64",
        "help: take an image for x86_64",
    ];
    refused(&run(folder.path(), "plan"), Exit::Failed, &parts);
    refused(&run(folder.path(), "apply"), Exit::Failed, &parts);
    edit(folder.path(), "t2.micro", "t4g.micro");
    finishes(folder.path());
    edit(folder.path(), "t4g.micro", "t3.micro");
    let parts = ["`cluster.node[0]` (cluster.vpc:27)", "is for arm64, and t3.micro is x86_64"];
    refused(&run(folder.path(), "apply"), Exit::Failed, &parts);
}
