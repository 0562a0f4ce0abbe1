//! Network ACLs (1 to 8) and security groups (9 to 18).

use crate::asking::{all, hops, interfaces, network, some};
use vpcc_core::model::{Direction, Protocol, Traffic};
use vpcc_core::net::Block;
use vpcc_core::reach::fabric::{Fabric, InterfaceOf, PrefixList, Rule, RulePeer, State};

const OPEN: &str = "sg open { ingress all from 0.0.0.0/0; egress all to 0.0.0.0/0 }";

/// Two subnets, of which the second has an ACL.
fn behind(acl: &str) -> Fabric {
    network(&format!(
        "{OPEN}
        gateway igw internet
        acl wall {{ {acl} }}
        subnet front 10.0.0.0/24 az a {{ public; route any via igw }}
        subnet back 10.0.1.0/24 az a {{ public; acl wall; route any via igw }}
        node a in front at .10 {{ sg open }}
        node b[0..1] in back at .10 {{ sg open }}"
    ))
}

#[test]
fn case_01_acls_stand_at_the_edge_of_subnets() {
    let fabric = behind("");
    assert_eq!(all(&fabric, "n.b -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "nacl_ingress");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 80"), "nacl_egress");
}

#[test]
fn case_02_acls_forget_so_answers_need_entries() {
    let fabric = behind("100 allow ingress tcp 80 from any");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "nacl_return_egress");
    let narrow = behind("100 allow ingress tcp 80 from any; 100 allow egress tcp 49152-65535 to any");
    assert_eq!(all(&narrow, "n.a -> n.b tcp 80"), "nacl_return_egress", "some clients use lower ports");
    assert_eq!(some(&narrow, "n.a -> n.b tcp 80"), "reachable");
    let wide = behind("100 allow ingress tcp 80 from any; 100 allow egress tcp 1024-65535 to any");
    assert_eq!(all(&wide, "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(all(&wide, "n.b -> n.a tcp 8080"), "nacl_return_ingress");
}

#[test]
fn case_03_subnets_without_an_acl_use_the_default_one() {
    let fabric = network(&format!(
        "{OPEN}
        acl default {{ 100 allow ingress tcp 80 from any; 100 allow egress tcp 1024-65535 to any }}
        subnet front 10.0.0.0/24 az a
        subnet back 10.0.1.0/24 az a
        node a in front {{ sg open }}
        node b in back {{ sg open }}"
    ));
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "nacl_egress");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 8080"), "nacl_ingress");
    assert_eq!(
        all(&behind("100 allow ingress all from any; 100 allow egress all to any"), "n.a -> n.b tcp 80"),
        "reachable"
    );
}

#[test]
fn case_04_entries_match_the_other_side_and_the_destination_port() {
    let fabric = behind("100 allow ingress tcp 80 from 10.0.0.0/24; 100 allow egress tcp 1024-65535 to 10.0.0.0/24");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "internet -> n.b tcp 80"), "nacl_ingress");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 81"), "nacl_ingress");
}

#[test]
fn case_05_icmp_minus_one_is_any_type_or_code() {
    let any = behind("100 allow ingress icmp all from any; 100 allow egress icmp all to any");
    assert_eq!(all(&any, "n.a -> n.b icmp echo"), "reachable");
    assert_eq!(all(&any, "n.a -> n.b icmp 3/4"), "reachable");
    let echo = behind("100 allow ingress icmp echo from any; 100 allow egress icmp 0/0 to any");
    assert_eq!(all(&echo, "n.a -> n.b icmp 8/0"), "reachable");
    assert_eq!(all(&echo, "n.a -> n.b icmp 3/4"), "nacl_ingress");
    let mute = behind("100 allow ingress icmp echo from any");
    assert_eq!(all(&mute, "n.a -> n.b icmp 8/0"), "nacl_return_egress", "an echo awaits its reply");
    let told = behind("100 allow ingress icmp 3/all from any");
    assert_eq!(all(&told, "n.a -> n.b icmp 3/4"), "reachable", "an error message awaits none");
}

#[test]
fn case_06_the_lowest_number_decides_whatever_the_order() {
    let fabric = behind(
        "200 deny ingress tcp 80 from any; 100 allow ingress tcp 80 from any; 90 deny ingress tcp 443 from any
        300 allow ingress all from any; 100 allow egress all to any",
    );
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 443"), "nacl_ingress");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 81"), "reachable");
}

#[test]
fn case_07_nat_traffic_passes_the_acl_of_the_gateways_subnet() {
    let through = |acl: &str| {
        network(&format!(
            "{OPEN}
            gateway igw internet
            gateway out nat in front
            acl wall {{ {acl} }}
            subnet front 10.0.0.0/24 az a {{ acl wall; route any via igw }}
            subnet back 10.0.1.0/24 az a {{ route any via out }}
            node b in back {{ sg open }}"
        ))
    };
    let good = through(
        "100 allow ingress tcp 443 from 10.0.1.0/24; 110 allow ingress tcp 1024-65535 from any
        100 allow egress tcp 443 to any; 110 allow egress tcp 1024-65535 to 10.0.1.0/24",
    );
    assert_eq!(all(&good, "n.b -> internet tcp 443"), "reachable");
    let mean = through(
        "100 allow ingress tcp 443 from 10.0.1.0/24; 110 allow ingress tcp 32768-65535 from any
        100 allow egress tcp 443 to any; 110 allow egress tcp 1024-65535 to 10.0.1.0/24",
    );
    assert_eq!(all(&mean, "n.b -> internet tcp 443"), "nacl_return_ingress", "a NAT gateway uses 1024-65535");
    let closed = through("100 allow egress all to any");
    assert_eq!(all(&closed, "n.b -> internet tcp 443"), "nacl_ingress");
}

#[test]
fn case_08_ipv4_entries_do_not_cover_ipv6() {
    let fabric = |entry: &str| {
        network(&format!(
            "ipv6
            sg open {{ ingress all from any; egress all to any }}
            acl wall {{ 100 allow ingress all from 0.0.0.0/0; 100 allow egress all to 0.0.0.0/0; {entry} }}
            subnet front 10.0.0.0/24 az a {{ ipv6 0 }}
            subnet back 10.0.1.0/24 az a {{ ipv6 1; acl wall }}
            node a in front {{ sg open }}
            node b in back {{ sg open }}"
        ))
    };
    assert_eq!(all(&fabric(""), "n.a -> n.b tcp 80"), "reachable", "by IPv4");
    let mut six = fabric("");
    only_ipv6(&mut six);
    assert_eq!(all(&six, "n.a -> n.b tcp 80"), "nacl_ingress");
    let mut both = fabric("110 allow ingress all from ::/0; 110 allow egress all to ::/0");
    only_ipv6(&mut both);
    assert_eq!(all(&both, "n.a -> n.b tcp 80"), "reachable");
}

fn only_ipv6(fabric: &mut Fabric) {
    let ids: Vec<_> = fabric.interfaces.iter().map(|(id, _)| id).collect();
    for id in ids {
        fabric.interfaces[id].addresses.retain(|address| address.block.first().is_ipv6());
    }
}

fn two(groups: &str, a: &str, b: &str) -> Fabric {
    network(&format!(
        "{groups}\nsubnet lan 10.0.0.0/24 az a\nnode a in lan at .10 {{ sg {a} }}\nnode b in lan at .20 {{ sg {b} }}"
    ))
}

#[test]
fn case_09_groups_are_a_union_and_none_admits_nothing() {
    let groups = "sg web { ingress tcp 80 from 10.0.0.0/16 }\nsg ssh { ingress tcp 22 from 10.0.0.0/16 }";
    let mut fabric = two(groups, "web", "web, ssh");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 22"), "reachable");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 22"), "sg_ingress");
    let b = interfaces(&fabric, "n.b")[0];
    fabric.interfaces[b].groups.clear();
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "sg_ingress");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 80"), "sg_egress");
}

#[test]
fn case_10_groups_remember_so_answers_need_no_rule() {
    let fabric = two(
        "sg server { ingress tcp 80 from client; egress none }\nsg client { egress tcp 80 to server }",
        "client",
        "server",
    );
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 80"), "sg_egress");
}

#[test]
fn case_11_groups_belong_to_interfaces() {
    let mut fabric = two("sg web { ingress tcp 80 from 10.0.0.0/16 }\nsg shut { egress none }", "web", "web");
    let b = interfaces(&fabric, "n.b")[0];
    let mut second = fabric.interfaces[b].clone();
    second.origin.name = "n.b/second".into();
    second.addresses[0].block = "10.0.0.21/32".parse().unwrap();
    second.groups = fabric.groups.iter().filter(|(_, group)| group.origin.name == "n.shut").map(|(id, _)| id).collect();
    fabric.interfaces.push(second);
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.a -> n.b/second tcp 80"), "sg_ingress");
}

#[test]
fn case_12_a_group_stands_for_private_addresses() {
    let mut fabric = network(
        "gateway igw internet
        subnet lan 10.0.0.0/24 az a { public; route any via igw }
        sg web { ingress tcp 80 from web }
        node a in lan at .10 { sg web }
        node b in lan at .20 { sg web }",
    );
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
    let b = interfaces(&fabric, "n.b")[0];
    fabric.interfaces[b].addresses[0].public = Some(vpcc_core::reach::fabric::Public::Known([52, 1, 2, 3].into()));
    assert_eq!(all(&fabric, "n.a -> 52.1.2.3 tcp 80"), "sg_ingress", "over the internet it comes from another address");
}

#[test]
fn case_13_an_unknown_group_or_list_is_nobody() {
    let mut fabric = two("sg web { ingress tcp 80 from 10.9.0.0/16 }", "web", "web");
    let group = fabric.interfaces[interfaces(&fabric, "n.b")[0]].groups[0];
    let list = fabric.prefix_lists.push(PrefixList { origin: Default::default(), blocks: Some(Vec::new()) });
    for peer in [RulePeer::UnknownGroup("sg-0abc".into()), RulePeer::PrefixList(list)] {
        fabric.groups[group].rules[0].peer = peer;
        assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "sg_ingress");
    }
    fabric.prefix_lists[list].blocks = None;
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "not modelled: prefix list");
    assert_eq!(some(&fabric, "n.a -> n.b tcp 80"), "not modelled: prefix list");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 81"), "sg_ingress", "whatever is in it");
    fabric.prefix_lists[list].blocks = Some(vec!["10.0.0.10/32".parse().unwrap()]);
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "reachable");
}

#[test]
fn case_14_without_rules_nothing_is_allowed() {
    let mut fabric = two("sg web { ingress tcp 80 from 10.0.0.0/16 }", "web", "web");
    let group = fabric.interfaces[interfaces(&fabric, "n.b")[0]].groups[0];
    fabric.groups[group].rules.retain(|rule| rule.direction == Direction::Ingress);
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "sg_egress", "that all may leave is a rule too");
    fabric.groups[group].rules.clear();
    assert_eq!(all(&fabric, "10.0.0.10 -> n.b tcp 80"), "sg_egress");
}

#[test]
fn case_15_open_ends_and_fields_that_mean_nothing() {
    let mut fabric = two("sg web { ingress tcp 80 from 10.0.0.0/16 }", "web", "web");
    let group = fabric.interfaces[interfaces(&fabric, "n.b")[0]].groups[0];
    let mut ask = |protocol, ports, question: &str| {
        fabric.groups[group].rules[0].traffic = Traffic { protocol, ports };
        all(&fabric, question)
    };
    assert_eq!(ask(Protocol::Tcp, Some((-1, -1)), "n.a -> n.b tcp 65535"), "reachable");
    assert_eq!(ask(Protocol::Tcp, None, "n.a -> n.b tcp 0"), "reachable");
    assert_eq!(ask(Protocol::Tcp, Some((100, -1)), "n.a -> n.b tcp 99"), "sg_ingress");
    assert_eq!(ask(Protocol::Tcp, Some((100, -1)), "n.a -> n.b tcp 100"), "reachable");
    assert_eq!(ask(Protocol::Icmp, Some((8, 0)), "n.a -> n.b icmp 8/0"), "reachable");
    assert_eq!(ask(Protocol::Icmp, Some((8, 0)), "n.a -> n.b tcp 8"), "sg_ingress");
    assert_eq!(ask(Protocol::Icmp, Some((-1, 0)), "n.a -> n.b icmp 8/0"), "sg_ingress", "a code without a type");
    assert_eq!(ask(Protocol::Number(47), Some((1, 2)), "n.a -> n.b 47"), "sg_ingress", "ports of what has none");
    assert_eq!(ask(Protocol::Number(47), None, "n.a -> n.b 47"), "reachable");
    assert_eq!(ask(Protocol::Number(6), Some((80, 80)), "n.a -> n.b tcp 80"), "reachable");
    assert_eq!(ask(Protocol::Icmpv6, Some((-1, -1)), "n.a -> n.b icmp echo"), "sg_ingress");
    assert_eq!(ask(Protocol::All, None, "n.a -> n.b 50"), "reachable");
}

#[test]
fn case_16_an_interface_sends_from_its_own_addresses() {
    let fabric = two("sg web { ingress tcp 80 from 10.0.0.0/16 }", "web", "web");
    let mut query = crate::asking::query(&fabric, "n.a -> n.b tcp 80");
    query.source = Some("10.0.0.10".parse().unwrap());
    let ask = |query: &vpcc_core::reach::Query| crate::asking::words(vpcc_core::reach::trace(&fabric, query));
    assert_eq!(ask(&query), "reachable");
    query.source = Some("10.0.0.99".parse().unwrap());
    assert_eq!(ask(&query), "spoofed_source");
}

#[test]
fn case_17_amazons_own_services_are_not_modelled() {
    let fabric = two("sg shut { egress none }", "shut", "shut");
    for address in ["169.254.169.254", "169.254.169.253", "10.0.0.2"] {
        assert_eq!(
            all(&fabric, &format!("n.a -> {address} udp 53")),
            "not modelled: Amazon's own service",
            "{address}"
        );
    }
}

#[test]
fn case_18_interface_endpoints_have_groups() {
    let fabric = network(
        "subnet lan 10.0.0.0/24 az a
        sg doors { ingress tcp 443 from web }
        sg web { egress tcp 443 to doors }
        sg other { egress all to any }
        endpoint logs interface logs in lan { sg doors }
        node a in lan { sg web }
        node b in lan { sg other }",
    );
    assert_eq!(all(&fabric, "n.a -> n.logs tcp 443"), "reachable");
    assert_eq!(all(&fabric, "n.b -> n.logs tcp 443"), "sg_ingress");
    assert_eq!(all(&fabric, "n.logs -> n.a tcp 443"), "endpoint_begins_nothing");
}

#[test]
fn what_is_of_an_unknown_kind_is_not_modelled() {
    let mut fabric = two("sg web { ingress tcp 80 from 10.0.0.0/16 }", "web", "web");
    let b = interfaces(&fabric, "n.b")[0];
    fabric.interfaces[b].of = InterfaceOf::NotModelled("network_load_balancer".into());
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "not modelled: network_load_balancer");
    fabric.interfaces[b].of = InterfaceOf::Instance;
    fabric.interfaces[b].state = State::Down("stopped".into());
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "instance_not_running");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 80"), "instance_not_running");
}

#[test]
fn a_rule_of_the_whole_world_is_of_one_family() {
    let rule = |block: &str| Rule {
        origin: Default::default(),
        direction: Direction::Ingress,
        traffic: Traffic { protocol: Protocol::All, ports: None },
        peer: RulePeer::Block(block.parse::<Block>().unwrap()),
    };
    let mut fabric = two("sg web { ingress tcp 80 from 10.0.0.0/16 }", "web", "web");
    let group = fabric.interfaces[interfaces(&fabric, "n.b")[0]].groups[0];
    fabric.groups[group].rules[0] = rule("::/0");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 80"), "sg_ingress");
}

#[test]
fn the_way_of_a_packet_is_told_place_by_place() {
    let (there, back) =
        hops(&behind("100 allow ingress all from any; 100 allow egress all to any"), "n.a -> n.b tcp 80");
    assert_eq!(
        there,
        [
            "interface n.a",
            "sg_egress n.open",
            "route_table n.front/table",
            "nacl_ingress n.wall",
            "sg_ingress n.open",
            "interface n.b[0]"
        ]
    );
    assert_eq!(
        back,
        [
            "interface n.b[0]",
            "sg_egress n.open",
            "nacl_egress n.wall",
            "route_table n.back/table",
            "sg_ingress n.open",
            "interface n.a"
        ]
    );
}
