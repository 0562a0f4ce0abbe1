//! The real program against a real EC2 emulator, which is looked at with plain Describe calls.

#[path = "support/moto.rs"]
mod emulator;
#[path = "moto/killed.rs"]
mod killed;
#[path = "support/proxy.rs"]
mod proxy;
#[path = "moto/signals.rs"]
mod signals;
mod support;

use emulator::Moto;
use std::fs;
use std::path::Path;
use support::{ends, stderr, stdout, workspace};
use vpcc::Exit;
use vpcc_core::call::{Map, Value};

fn cluster(folder: &Path) -> String {
    folder.join("cluster.vpc").to_str().unwrap().to_owned()
}

/// Puts one text in place of another in a program.
fn edit(program: &str, from: &str, to: &str) {
    let text = fs::read_to_string(program).unwrap();
    assert!(text.contains(from), "the program has no {from:?}");
    fs::write(program, text.replace(from, to)).unwrap();
}

/// The items of a listing that a stack owns.
fn owned(moto: &Moto, action: &'static str, list: &str) -> Vec<Map> {
    let mut items = moto.list(action, list);
    items.retain(|item| tag(item, "vpcc:stack").is_some());
    items
}

fn tag<'m>(item: &'m Map, key: &str) -> Option<&'m str> {
    let tags = item.list("Tags").iter().filter_map(Value::as_map);
    tags.filter(|tag| tag.text("Key") == key).map(|tag| tag.text("Value")).next()
}

fn instances(moto: &Moto) -> Vec<Map> {
    let reservations = moto.list("DescribeInstances", "Reservations");
    let all =
        reservations.iter().flat_map(|reservation| reservation.list("Instances")).filter_map(Value::as_map).cloned();
    all.filter(|instance| instance.map("State").unwrap().text("Name") == "running").collect()
}

/// Listings of what a program makes, each with its list and what an item's id is called.
const LISTINGS: [(&str, &str, &str); 10] = [
    ("DescribeVpcs", "Vpcs", "VpcId"),
    ("DescribeSubnets", "Subnets", "SubnetId"),
    ("DescribeInternetGateways", "InternetGateways", "InternetGatewayId"),
    ("DescribeRouteTables", "RouteTables", "RouteTableId"),
    ("DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    ("DescribeDhcpOptions", "DhcpOptions", "DhcpOptionsId"),
    ("DescribeKeyPairs", "KeyPairs", "KeyPairId"),
    ("DescribeVolumes", "Volumes", "VolumeId"),
    ("DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId"),
];

/// Everything in the account, by what it is and by its place in a program.
fn shape(moto: &Moto) -> Vec<String> {
    let place = |item: &Map| tag(item, "vpcc:address").unwrap_or("nowhere").to_owned();
    let items = LISTINGS
        .into_iter()
        .flat_map(|(action, list, _)| moto.list(action, list).into_iter().map(move |item| (list, place(&item))));
    let running = instances(moto).into_iter().map(|instance| ("Instances", place(&instance)));
    let mut all: Vec<String> = items.chain(running).map(|(list, place)| format!("{list}: {place}")).collect();
    all.sort();
    all
}

/// Something that is not the stack's, though it looks as if it were.
fn somebody_elses(moto: &Moto) {
    moto.call("CreateVpc", Map::new().with("CidrBlock", "10.117.0.0/16"));
}

/// Everything in the account, by id.
fn everything(moto: &Moto) -> Vec<String> {
    let ids = LISTINGS
        .into_iter()
        .flat_map(|(action, list, id)| moto.list(action, list).into_iter().map(move |item| item.text(id).to_owned()));
    let running = instances(moto).into_iter().map(|instance| instance.text("InstanceId").to_owned());
    let mut all: Vec<String> = ids.chain(running).collect();
    all.sort();
    all
}

fn nothing_to_change(moto: &Moto, program: &str) {
    let plan = moto.vpcc(&["plan", program, "--detailed-exitcode"]);
    ends(&plan, Exit::Done);
    assert!(stdout(&plan).contains("Nothing to change"), "{}", stdout(&plan));
}

#[test]
fn the_notes_cluster_comes_to_life_and_goes_away_again() {
    let moto = Moto::start();
    let folder = workspace();
    let program = cluster(folder.path());
    somebody_elses(&moto);
    let before = everything(&moto);

    let (apply, calls) = moto.requests_of(|| moto.vpcc(&["apply", &program, "--yes"]));
    ends(&apply, Exit::Done);
    assert!(calls <= 33, "apply took {calls} calls");

    let vpcs = owned(&moto, "DescribeVpcs", "Vpcs");
    let [vpc] = vpcs.as_slice() else { panic!("{vpcs:?}") };
    assert_eq!(vpc.text("CidrBlock"), "10.117.0.0/16");
    assert_eq!(
        (tag(vpc, "vpcc:stack"), tag(vpc, "vpcc:address"), tag(vpc, "Name")),
        (Some("dahak"), Some("cluster"), Some("cluster"))
    );
    let subnets = owned(&moto, "DescribeSubnets", "Subnets");
    let [subnet] = subnets.as_slice() else { panic!("{subnets:?}") };
    assert_eq!((subnet.text("CidrBlock"), subnet.text("AvailabilityZone")), ("10.117.0.0/24", "us-west-2a"));
    assert!(subnet.is_true("MapPublicIpOnLaunch"));
    let groups = owned(&moto, "DescribeSecurityGroups", "SecurityGroups");
    let [group] = groups.as_slice() else { panic!("{groups:?}") };
    let mut ports: Vec<i64> = group
        .list("IpPermissions")
        .iter()
        .filter_map(Value::as_map)
        .filter_map(|rule| rule.get("FromPort")?.as_int())
        .collect();
    ports.sort_unstable();
    assert_eq!(ports, [22, 3000, 8080, 9090, 19999, 27017]);
    let mut nodes = instances(&moto);
    nodes.sort_by_key(|node| node.text("PrivateIpAddress").to_owned());
    let addresses: Vec<&str> = nodes.iter().map(|node| node.text("PrivateIpAddress")).collect();
    assert_eq!(addresses, ["10.117.0.100", "10.117.0.101", "10.117.0.102"]);
    for node in &nodes {
        assert_eq!((node.text("InstanceType"), node.text("KeyName")), ("t2.micro", "dahak/me"));
        assert_eq!(node.text("SubnetId"), subnet.text("SubnetId"));
        assert!(!node.text("PublicIpAddress").is_empty());
        assert_eq!(node.map("MetadataOptions").unwrap().text("HttpTokens"), "required");
    }
    let tables = owned(&moto, "DescribeRouteTables", "RouteTables");
    let [table] = tables.as_slice() else { panic!("{tables:?}") };
    assert!(format!("{table:?}").contains("0.0.0.0/0") && format!("{table:?}").contains("igw-"));
    assert!(format!("{table:?}").contains(subnet.text("SubnetId")));

    let (plan, calls) = moto.requests_of(|| moto.vpcc(&["plan", &program, "--detailed-exitcode"]));
    ends(&plan, Exit::Done);
    assert!(calls <= 12, "finding no change took {calls} calls");
    let (again, calls) = moto.requests_of(|| moto.vpcc(&["apply", &program, "--yes"]));
    ends(&again, Exit::Done);
    assert!(calls <= 12, "applying again took {calls} calls");

    let output = moto.vpcc(&["output", &program, "--json"]);
    let ids: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(ids["cluster.node[1]"]["private_ip"], "10.117.0.101");
    assert_eq!(ids["cluster"]["id"], vpc.text("VpcId"));

    let (destroy, calls) = moto.requests_of(|| moto.vpcc(&["destroy", &program, "--yes"]));
    ends(&destroy, Exit::Done);
    assert!(calls <= 30, "destroy took {calls} calls");
    assert_eq!(everything(&moto), before, "destroy leaves nothing, and touches nothing else");
}

#[test]
fn more_nodes_take_one_call_more_each_and_none_to_go_away() {
    let moto = Moto::start();
    let folder = workspace();
    let program = cluster(folder.path());
    edit(&program, "node[0..2]", "node[0..29]");
    let (apply, calls) = moto.requests_of(|| moto.vpcc(&["apply", &program, "--yes", "-q"]));
    ends(&apply, Exit::Done);
    assert!(calls <= 33 + 27, "apply took {calls} calls");
    let (_, calls) = moto.requests_of(|| nothing_to_change(&moto, &program));
    assert!(calls <= 12, "finding no change took {calls} calls");
    let (destroy, calls) = moto.requests_of(|| moto.vpcc(&["destroy", &program, "--yes", "-q"]));
    ends(&destroy, Exit::Done);
    assert!(calls <= 30, "destroy took {calls} calls");
    assert!(instances(&moto).is_empty());
}

#[test]
fn an_edit_changes_just_what_it_says() {
    let moto = Moto::start();
    let folder = workspace();
    let program = cluster(folder.path());
    ends(&moto.vpcc(&["apply", &program, "--yes", "-q"]), Exit::Done);
    let ids = |moto: &Moto| {
        let mut ids: Vec<String> = instances(moto).iter().map(|node| node.text("InstanceId").to_owned()).collect();
        ids.sort();
        ids
    };
    let first = ids(&moto);

    edit(&program, "node[0..2]", "node[0..3]");
    edit(&program, "    ingress tcp 8080  from cluster \"mongoexpress\"\n", "");
    edit(&program, "\"netdata\"", "\"netdata, everywhere\"");
    let plan = moto.vpcc(&["plan", &program, "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&stdout(&plan)).unwrap();
    assert_eq!(plan["summary"], serde_json::json!({ "create": 1, "update": 1, "replace": 0, "delete": 0 }));
    ends(&moto.vpcc(&["apply", &program, "--yes", "-q"]), Exit::Done);
    nothing_to_change(&moto, &program);
    let second = ids(&moto);
    assert_eq!(second.len(), 4);
    assert!(first.iter().all(|id| second.contains(id)), "the nodes that were there stay");

    edit(&program, "t2.micro", "t2.small");
    ends(&moto.vpcc(&["apply", &program, "--yes", "-q"]), Exit::Done);
    nothing_to_change(&moto, &program);
    assert_eq!(ids(&moto), second, "a type changes in place");
    assert!(instances(&moto).iter().all(|node| node.text("InstanceType") == "t2.small"));

    edit(&program, "Dashboards and databases", "Databases and dashboards");
    ends(&moto.vpcc(&["apply", &program, "--yes", "-q"]), Exit::Done);
    nothing_to_change(&moto, &program);
    assert_eq!(ids(&moto), second, "nodes move to the new group and stay");
    assert_eq!(owned(&moto, "DescribeSecurityGroups", "SecurityGroups").len(), 1);

    edit(&program, "10.117.0.0/24", "10.117.1.0/24");
    let apply = moto.vpcc(&["apply", &program, "--yes", "-q"]);
    ends(&apply, Exit::Done);
    nothing_to_change(&moto, &program);
    assert!(instances(&moto).iter().all(|node| node.text("PrivateIpAddress").starts_with("10.117.1.")));

    let text = fs::read_to_string(&program).unwrap();
    let node = text.find("  node node").unwrap();
    fs::write(&program, format!("{}}}\n", &text[..node])).unwrap();
    ends(&moto.vpcc(&["apply", &program, "--yes", "-q"]), Exit::Done);
    assert!(instances(&moto).is_empty(), "what the program no longer says is gone");
    nothing_to_change(&moto, &program);
}

#[test]
fn a_saved_plan_is_applied_as_it_is_or_not_at_all() {
    let moto = Moto::start();
    let folder = workspace();
    let program = cluster(folder.path());
    let saved = folder.path().join("plan.json").to_str().unwrap().to_owned();
    ends(&moto.vpcc(&["plan", &program, "-o", &saved, "-q"]), Exit::Done);
    ends(&moto.vpcc(&["apply", &saved, "-q"]), Exit::Done);
    nothing_to_change(&moto, &program);

    let again = moto.vpcc(&["apply", &saved]);
    ends(&again, Exit::Failed);
    assert!(stderr(&again).contains("no longer what the plan was made for"), "{}", stderr(&again));

    edit(&program, "node[0..2]", "node[0..3]");
    ends(&moto.vpcc(&["plan", &program, "-o", &saved, "-q"]), Exit::Done);
    edit(&program, "node[0..3]", "node[0..4]");
    let changed = moto.vpcc(&["apply", &saved]);
    ends(&changed, Exit::Failed);
    assert!(stderr(&changed).contains("has changed since the plan was made"), "{}", stderr(&changed));
    assert_eq!(instances(&moto).len(), 3);
    let text = fs::read_to_string(&saved).unwrap();
    assert!(!text.contains("netdata.cloud"), "a plan holds no user data");
}

/// Examples that the emulator is not up to: it propagates no routes, finds no endpoints by id, and looks for the bucket of a
/// flow log.
const BEYOND_MOTO: [&str; 2] = ["endpoints-only.vpc", "vpn.vpc"];

/// Examples that it does not let go of: it keeps the network ACLs of subnets that are gone.
const KEPT_BY_MOTO: [&str; 2] = ["acls.vpc", "lockdown.vpc"];

/// Examples whose nodes it launches without the IPv6 addresses that their subnets give: the next run asks for them.
const WITHOUT_IPV6: [&str; 1] = ["dual-stack.vpc"];

#[test]
fn networks_with_acls_come_to_life() {
    let (moto, folder) = (Moto::start(), workspace());
    for name in KEPT_BY_MOTO {
        let program = folder.path().join(name).to_str().unwrap().to_owned();
        ends(&moto.vpcc(&["apply", &program, "--yes"]), Exit::Done);
        nothing_to_change(&moto, &program);
    }
}

#[test]
fn every_example_lives_and_dies() {
    let (moto, folder) = (Moto::start(), workspace());
    // The emulator forgets the interfaces of NAT gateways.
    let everything = || everything(&moto).into_iter().filter(|id| !id.starts_with("eni-")).collect::<Vec<_>>();
    let before = everything();
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| {
        let beyond = BEYOND_MOTO.contains(&name.as_str()) || KEPT_BY_MOTO.contains(&name.as_str());
        name.ends_with(".vpc") && !beyond
    });
    for name in names {
        let program = folder.path().join(&name).to_str().unwrap().to_owned();
        ends(&moto.vpcc(&["apply", &program, "--yes"]), Exit::Done);
        if WITHOUT_IPV6.contains(&name.as_str()) {
            let again = moto.vpcc(&["apply", &program, "--yes"]);
            ends(&again, Exit::Done);
            assert!(stdout(&again).contains("4 to change, in 4 calls"), "{}", stdout(&again));
        }
        nothing_to_change(&moto, &program);
        ends(&moto.vpcc(&["destroy", &program, "--yes"]), Exit::Done);
        assert_eq!(everything(), before, "{name}");
    }
}
