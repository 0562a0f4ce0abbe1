//! Saved answers of EC2 become a network, or are told what they lack.

use proptest::prelude::*;
use serde_json::{Value, json};
use vpcc_core::With;
use vpcc_core::model::Direction;
use vpcc_core::problem::render::human;
use vpcc_core::reach::deployed::{self, Naming};
use vpcc_core::reach::fabric::{Fabric, InterfaceOf, PeeringSide, RouteTarget, RulePeer, State};
use vpcc_core::reach::{Query, Verdict, endpoint, trace, traffic};
use vpcc_core::source::Sources;

fn read(sources: &Sources) -> With<Fabric> {
    deployed::read(sources, Naming::Ids)
}

/// A VPC with a subnet, its route table, its ACL, a group and an instance, each in a file of its own.
fn network() -> Vec<(&'static str, Value)> {
    vec![
        (
            "vpcs.json",
            json!({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16",
            "CidrBlockAssociationSet": [
                {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}},
                {"CidrBlock": "10.2.0.0/16", "CidrBlockState": {"State": "disassociated"}}],
            "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": {"State": "associated"}}],
            "Tags": [{"Key": "Name", "Value": "prod"}]}]}),
        ),
        (
            "subnets.json",
            json!({"Subnets": [
            {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"},
            {"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24",
             "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8::/64",
                "Ipv6CidrBlockState": {"State": "associated"}}]}]}),
        ),
        (
            "tables.json",
            json!({"RouteTables": [
            {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}],
             "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]},
            {"RouteTableId": "rtb-2", "VpcId": "vpc-1",
             "Associations": [{"Main": false, "SubnetId": "subnet-1"}],
             "Routes": [
                {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"},
                {"DestinationCidrBlock": "172.16.0.0/12", "TransitGatewayId": "tgw-1", "State": "active"},
                {"DestinationCidrBlock": "192.168.0.0/16", "NatGatewayId": "nat-gone", "State": "blackhole"}]}]}),
        ),
        (
            "acls.json",
            json!({"NetworkAcls": [
            {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true,
             "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}],
             "Entries": [
                {"RuleNumber": 110, "Egress": false, "Protocol": "1", "RuleAction": "deny",
                 "CidrBlock": "0.0.0.0/0", "IcmpTypeCode": {"Type": 8, "Code": -1}},
                {"RuleNumber": 100, "Egress": true, "Protocol": "6", "RuleAction": "allow",
                 "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 80, "To": 443}},
                {"RuleNumber": 32767, "Egress": true, "Protocol": "-1", "RuleAction": "deny",
                 "CidrBlock": "0.0.0.0/0"}]}]}),
        ),
        (
            "groups.json",
            json!({"SecurityGroups": [
            {"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1",
             "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                 "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                 "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "1"}, {"GroupId": "sg-far", "UserId": "2"}]},
                {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}],
             "IpPermissionsEgress": []}]}),
        ),
        (
            "gateways.json",
            json!({"InternetGateways": [
            {"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}]}),
        ),
        (
            "instances.json",
            json!({"Reservations": [{"Instances": [
            {"InstanceId": "i-1", "State": {"Code": 16, "Name": "running"},
             "Tags": [{"Key": "Name", "Value": "web[0]"}]},
            {"InstanceId": "i-2", "State": {"Code": 80, "Name": "stopped"},
             "NetworkInterfaces": [{"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-2", "VpcId": "vpc-1",
                "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.0.2.9",
                "Ipv6Addresses": [{"Ipv6Address": "2001:db8::9"}], "SourceDestCheck": false}]}]}]}),
        ),
        (
            "interfaces.json",
            json!({"NetworkInterfaces": [
            {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1",
             "Groups": [{"GroupId": "sg-1"}], "SourceDestCheck": true, "Status": "in-use",
             "Attachment": {"InstanceId": "i-1", "Status": "attached", "DeviceIndex": 0},
             "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.0.1.9", "Association": {"PublicIp": "203.0.113.9"}},
                {"PrivateIpAddress": "10.0.1.10"}]}]}),
        ),
    ]
}

fn sources(files: &[(&str, Value)]) -> Sources {
    let mut sources = Sources::default();
    for (name, value) in files {
        sources.add(*name, serde_json::to_string_pretty(value).unwrap());
    }
    sources
}

fn told(sources: &Sources) -> String {
    let mut out = Vec::new();
    for problem in &read(sources).problems {
        human(problem, sources, &mut out).unwrap();
    }
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

/// The network without one of its files.
fn without(file: &str) -> Vec<(&'static str, Value)> {
    network().into_iter().filter(|(name, _)| *name != file).collect()
}

/// The network with one of its files changed.
fn with(file: &str, path: &str, value: Value) -> Vec<(&'static str, Value)> {
    let mut files = network();
    let (_, answer) = files.iter_mut().find(|(name, _)| *name == file).unwrap();
    *answer.pointer_mut(path).unwrap() = value;
    files
}

fn fabric(files: &[(&str, Value)]) -> Fabric {
    let sources = sources(files);
    let read = read(&sources);
    assert!(read.problems.is_empty(), "{}", told(&sources));
    read.value
}

#[test]
fn answers_become_a_network() {
    let fabric = fabric(&network());
    let (_, vpc) = fabric.vpcs.iter().next().unwrap();
    assert_eq!(vpc.origin.alias.as_deref(), Some("prod"));
    let blocks: Vec<String> = vpc.blocks.iter().map(ToString::to_string).collect();
    assert_eq!(blocks, ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/56"]);
    let subnets: Vec<_> = fabric.subnets.iter().collect();
    let table = |index: usize| fabric.tables[fabric.table_of(subnets[index].0).unwrap()].origin.name.clone();
    assert_eq!([table(0), table(1)], ["rtb-2", "rtb-1"]);
    assert_eq!(subnets[1].1.blocks.len(), 2);
    assert!(subnets.iter().all(|(_, subnet)| subnet.acl.is_some()));
}

#[test]
fn routes_lead_where_they_say() {
    let fabric = fabric(&network());
    let (_, table) = fabric.tables.iter().last().unwrap();
    let names: Vec<&str> = table.routes.iter().map(|route| route.origin.name.as_str()).collect();
    let expected =
        ["10.0.0.0/16 via local", "0.0.0.0/0 via igw-1", "172.16.0.0/12 via tgw-1", "192.168.0.0/16 via nat-gone"];
    assert_eq!(names, expected);
    assert_eq!(table.routes[0].target, RouteTarget::Local);
    assert!(matches!(table.routes[1].target, RouteTarget::Gateway(_)));
    assert_eq!(table.routes[2].target, RouteTarget::NotModelled("transit gateway".into(), "tgw-1".into()));
    assert_eq!(
        (&table.routes[3].target, &table.routes[3].state),
        (&RouteTarget::Gone, &State::Down("blackhole".into()))
    );
}

#[test]
fn rules_and_entries_say_what_they_say() {
    let fabric = fabric(&network());
    let (_, group) = fabric.groups.iter().next().unwrap();
    let names: Vec<&str> = group.rules.iter().map(|rule| rule.origin.name.as_str()).collect();
    let expected = [
        "ingress tcp 443 from 0.0.0.0/0",
        "ingress tcp 443 from ::/0",
        "ingress tcp 443 from sg-1",
        "ingress tcp 443 from sg-far",
        "ingress all from pl-1",
    ];
    assert_eq!(names, expected);
    assert_eq!(group.rules[3].peer, RulePeer::UnknownGroup("sg-far".into()));
    let (_, acl) = fabric.acls.iter().next().unwrap();
    let names: Vec<&str> = acl.entries.iter().map(|entry| entry.origin.name.as_str()).collect();
    assert_eq!(names, ["110 deny ingress icmp echo from 0.0.0.0/0", "100 allow egress tcp 80-443 to 0.0.0.0/0"]);
    assert_eq!(acl.entries[1].direction, Direction::Egress);
}

#[test]
fn interfaces_go_by_what_they_are_of() {
    let fabric = fabric(&network());
    let interfaces: Vec<_> = fabric.interfaces.iter().map(|(_, interface)| interface).collect();
    assert_eq!(interfaces[0].origin.name, "i-1");
    assert_eq!(interfaces[0].origin.alias.as_deref(), Some("web[0]"));
    assert_eq!(interfaces[0].names, ["i-1", "eni-1"]);
    assert_eq!(interfaces[0].addresses.len(), 2);
    assert!(interfaces[0].addresses[0].public.is_some() && interfaces[0].addresses[1].public.is_none());
    assert_eq!((interfaces[0].forwards, &interfaces[0].state), (false, &State::Up));
    // Only the instance's own listing tells of this one.
    assert_eq!((interfaces[1].origin.name.as_str(), &interfaces[1].state), ("i-2", &State::Down("stopped".into())));
    assert!(interfaces[1].forwards && interfaces[1].of == InterfaceOf::Instance);
    assert_eq!(interfaces[1].addresses.len(), 2);
}

#[test]
fn what_is_written_is_pointed_at() {
    let sources = sources(&network());
    let fabric = read(&sources).value;
    let (_, group) = fabric.groups.iter().next().unwrap();
    let text = |index: usize| sources.text(group.rules[index].origin.span.unwrap()).to_owned();
    assert!(text(1).contains("\"::/0\"") && !text(1).contains("0.0.0.0/0"), "{}", text(1));
    assert_eq!(sources.text(group.origin.span.unwrap()), "sg-1");
}

#[test]
fn one_file_may_hold_all_answers_in_any_shape() {
    let mut whole = serde_json::Map::new();
    let mut lines = String::from("\u{feff}");
    for (_, answer) in network() {
        whole.extend(answer.as_object().unwrap().clone());
        lines += &answer.to_string();
        lines.push('\n');
    }
    let joined = sources(&[("all.json", Value::Object(whole))]);
    let mut listed = Sources::default();
    listed.add("all.json", lines);
    for sources in [joined, listed] {
        let read = read(&sources);
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        assert_eq!((read.value.interfaces.len(), read.value.tables.len(), read.value.acls.len()), (2, 2, 1));
    }
}

#[test]
fn two_tellings_of_one_thing_are_one_thing() {
    let mut files = network();
    files.push(("again/vpcs.json", network()[0].1.clone()));
    files.push(("elsewhere.json", json!({"Clusters": [{"Name": "x"}], "Vpcs": []})));
    assert_eq!(fabric(&files).vpcs.len(), 1);
}

#[test]
fn a_peer_that_no_file_lists_is_elsewhere() {
    let mut files = network();
    files.push((
        "peerings.json",
        json!({"VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1",
        "Status": {"Code": "active"},
        "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Region": "us-west-2"},
        "AccepterVpcInfo": {"VpcId": "vpc-9", "CidrBlock": "10.9.0.0/16", "Region": "us-east-1"}}]}),
    ));
    let fabric = fabric(&files);
    let (_, peering) = fabric.peerings.iter().next().unwrap();
    assert!(matches!(&peering.sides[0], PeeringSide::Here(_)));
    assert!(matches!(&peering.sides[1], PeeringSide::Elsewhere { vpc, blocks } if vpc == "vpc-9" && blocks.len() == 1));
    assert!(!peering.same_region);
}

#[test]
fn a_prefix_list_holds_what_a_file_says() {
    let blocks = |files: &[(&str, Value)]| {
        let fabric = fabric(files);
        fabric.prefix_lists.iter().map(|(_, list)| list.blocks.clone()).next().unwrap()
    };
    assert_eq!(blocks(&network()), None);
    let mut entries = network();
    entries.push(("entries-pl-1.json", json!({"Entries": [{"Cidr": "10.7.0.0/16"}]})));
    assert_eq!(blocks(&entries).unwrap().len(), 1);
    let mut lists = network();
    lists.push(("managed.json", json!({"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "office"}]})));
    lists.push((
        "lists.json",
        json!({"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["10.7.0.0/16", "10.8.0.0/16"]}]}),
    ));
    assert_eq!(blocks(&lists).unwrap().len(), 2);
}

/// Whether packets get from one to another, by name.
fn asked(files: &[(&str, Value)], from: &str, to: &str, on: [&str; 2]) -> Verdict {
    let mut fabric = fabric(files);
    let (from, to) = (endpoint(&mut fabric, from).unwrap(), endpoint(&mut fabric, to).unwrap());
    let traffic = Some(traffic(&on).unwrap());
    let query = Query { from, to, traffic, source_ports: None, source: None, destination: None };
    trace(&fabric, &query)
}

/// The network with an ACL that lets everything through.
fn open_network() -> Vec<(&'static str, Value)> {
    let entry = |egress: bool| {
        json!({"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0"})
    };
    with("acls.json", "/NetworkAcls/0/Entries", json!([entry(true), entry(false)]))
}

#[test]
fn packets_find_their_way_through_what_lives() {
    let is_open = |verdict| matches!(verdict, Verdict::Reachable(_));
    assert!(is_open(asked(&open_network(), "internet", "web[0]", ["tcp", "443"])));
    assert!(is_open(asked(&open_network(), "internet", "i-1", ["tcp", "443"])));
    assert!(!is_open(asked(&open_network(), "internet", "i-1", ["tcp", "22"])));
    assert!(!is_open(asked(&network(), "internet", "i-1", ["tcp", "443"])));
    assert!(matches!(asked(&open_network(), "internet", "i-2", ["tcp", "443"]), Verdict::Blocked(_)));
}

#[test]
fn a_gateway_with_a_table_of_its_own_is_not_modelled() {
    let mut files = open_network();
    let edge = json!({"RouteTables": [{"RouteTableId": "rtb-3", "VpcId": "vpc-1",
        "Associations": [{"Main": false, "GatewayId": "igw-1", "AssociationState": {"State": "associated"}}],
        "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]}]});
    files.push(("edge.json", edge));
    assert!(matches!(asked(&files, "internet", "i-1", ["tcp", "443"]), Verdict::NotModelled(_)));
}

#[test]
fn gateways_of_other_sorts_are_neither_open_nor_shut() {
    let endpoints = json!({"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": "vpc-1", "ServiceName": "com.amazonaws.vpce.us-west-2.vpce-svc-1", "State": "available"}]});
    for (member, target) in [
        ("TransitGatewayId", "tgw-1"),
        ("LocalGatewayId", "lgw-1"),
        ("CarrierGatewayId", "cagw-1"),
        ("CoreNetworkArn", "arn:aws:networkmanager::1:core-network/core-network-1"),
        ("GatewayId", "vpce-1"),
        ("GatewayId", "VpcLattice"),
        ("OdbNetworkArn", "arn:aws:odb:us-west-2:1:odb-network/x"),
    ] {
        let mut files = open_network();
        files.push(("endpoints.json", endpoints.clone()));
        let (_, tables) = files.iter_mut().find(|(name, _)| *name == "tables.json").unwrap();
        let route = tables.pointer_mut("/RouteTables/1/Routes/1").unwrap();
        *route = json!({"DestinationCidrBlock": "0.0.0.0/0", member: target, "State": "active"});
        let groups = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
        let (_, all) = files.iter_mut().find(|(name, _)| *name == "groups.json").unwrap();
        *all.pointer_mut("/SecurityGroups/0/IpPermissionsEgress").unwrap() = groups;
        for (from, to) in [("i-1", "198.51.100.7"), ("198.51.100.7", "i-1"), ("internet", "i-1")] {
            let verdict = asked(&files, from, to, ["tcp", "443"]);
            assert!(matches!(verdict, Verdict::NotModelled(_)), "{member}, {from} -> {to}: {verdict:?}");
        }
    }
}

#[test]
fn a_subnet_of_ipv6_alone_has_no_other_block() {
    let mut files = network();
    files[0].1["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = json!([{"Ipv6CidrBlock": "2001:db8::/56"}]);
    files[1].1["Subnets"].as_array_mut().unwrap().push(json!({"SubnetId": "subnet-3", "VpcId": "vpc-1",
        "Ipv6Native": true, "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:0:1::/64"}]}));
    let fabric = fabric(&files);
    assert_eq!(fabric.subnets.iter().last().unwrap().1.blocks.len(), 1);
}

macro_rules! wrong {
    ($($name:ident: $sources:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::with_settings!({ snapshot_path => "deployed", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), told(&$sources));
            });
        }
    )*};
}

fn text(text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add("network/vpcs.json", text);
    sources
}

wrong! {
    nothing_at_all: Sources::default();
    another_services_answer: sources(&[("clusters.json", json!({"Clusters": []}))]);
    cut_off: text("{\n  \"Vpcs\": [\n    {\"VpcId\": \"vpc-1\",");
    empty_file: text("");
    not_json: text("VPCS\t10.0.0.0/16\tvpc-1");
    a_bare_list: text("[{\"VpcId\": \"vpc-1\"}]");
    a_list_that_is_none: sources(&with("vpcs.json", "/Vpcs", json!({"VpcId": "vpc-1"})));
    spelt_by_another_tool: text("{\"vpcs\": []}");
    members_of_the_xml: sources(&with("vpcs.json", "/Vpcs/0", json!({"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/16"})));
    member_missing: sources(&with("vpcs.json", "/Vpcs/0", json!({"VpcId": "vpc-1", "IsDefault": true})));
    member_of_another_form: sources(&with("subnets.json", "/Subnets/0/CidrBlock", json!("10.0.0.0/33")));
    rule_of_another_form: sources(&with("groups.json", "/SecurityGroups/0/IpPermissions/0/FromPort", json!("443")));
    subnet_of_no_vpc: sources(&with("subnets.json", "/Subnets/1/VpcId", json!("vpc-9")));
    interface_in_no_group: sources(&with("interfaces.json", "/NetworkInterfaces/0/Groups/0/GroupId", json!("sg-9")));
    interface_in_two_vpcs: sources(&with("interfaces.json", "/NetworkInterfaces/0/VpcId", json!("vpc-2")));
    interface_of_no_instance: sources(&with("interfaces.json", "/NetworkInterfaces/0/Attachment/InstanceId", json!("i-9")));
    route_to_nowhere: sources(&with("tables.json", "/RouteTables/1/Routes/1/GatewayId", json!("igw-9")));
    no_acls: sources(&without("acls.json"));
    no_tables: sources(&without("tables.json"));
    no_groups: sources(&without("groups.json"));
    no_instances: sources(&without("instances.json"));
    no_main_table: sources(&with("tables.json", "/RouteTables/0/Associations", json!([])));
    first_page_only: sources(&[("vpcs.json", json!({"Vpcs": [], "NextToken": "eyJ4"}))]);
    a_list_twice: text("{\n  \"Vpcs\": [],\n  \"Vpcs\": [{\"VpcId\": \"vpc-1\"}]\n}");
    a_member_twice: text("{\"Vpcs\": [{\n  \"VpcId\": \"vpc-1\",\n  \"VpcId\": \"vpc-2\"}]}");
    lists_within_lists: text(&format!("{{\"Vpcs\": {}", "[".repeat(100_000)));
    subnet_of_no_block: sources(&with("subnets.json", "/Subnets/0", json!({"SubnetId": "subnet-1", "VpcId": "vpc-1"})));
    subnet_outside_its_vpc: sources(&with("subnets.json", "/Subnets/0/CidrBlock", json!("10.9.1.0/24")));
    interface_outside_its_subnet: sources(&with(
        "interfaces.json",
        "/NetworkInterfaces/0/PrivateIpAddresses/1/PrivateIpAddress",
        json!("10.0.2.10")
    ));
    one_id_twice: sources(&with("subnets.json", "/Subnets/1/SubnetId", json!("subnet-1")));
    told_twice: {
        let mut files = network();
        files.push(("later/vpcs.json", json!({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.5.0.0/16"}]})));
        sources(&files)
    };
}

fn whole() -> String {
    network().iter().map(|(_, answer)| serde_json::to_string_pretty(answer).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(from in 0usize..4000, len in 0usize..60, patch in "[\\[\\]{}\",:a-z0-9é\\\\ ./-]{0,8}") {
        let whole = whole();
        let from = from % whole.len();
        let to = (from + len).min(whole.len());
        let mut sources = Sources::default();
        sources.add("a.json", format!("{}{patch}{}", &whole[..from], &whole[to..]));
        let found = read(&sources);
        // Problems can be drawn, which looks their places up.
        let drawn = told(&sources);
        prop_assert_eq!(found.problems.is_empty(), drawn.is_empty());
    }
}
