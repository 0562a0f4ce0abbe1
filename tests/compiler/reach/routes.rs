//! Routing: 19 to 27.

use crate::asking::{all, interfaces, network, some};
use vpcc_core::model::Id;
use vpcc_core::reach::fabric::{
    Fabric, Gateway, GatewayKind, PrefixList, Route, RouteDestination, RouteSource, RouteTable, RouteTarget, State,
};

/// A node in each of two subnets, all of whose traffic filters let through.
fn lan(inside: &str) -> Fabric {
    network(&format!(
        "sg open {{ ingress all from 0.0.0.0/0 }}
        gateway igw internet
        gateway out nat in front
        gateway vgw vpn
        subnet front 10.0.0.0/24 az a {{ public; route any via igw }}
        {inside}
        node a in front at .10 {{ sg open }}
        node b in back at .10 {{ sg open }}"
    ))
}

fn table_of(fabric: &Fabric, node: &str) -> Id<RouteTable> {
    let interface = interfaces(fabric, node)[0];
    fabric.table_of(fabric.interfaces[interface].subnet).unwrap()
}

fn gateway(fabric: &Fabric, name: &str) -> Id<Gateway> {
    fabric.gateways.iter().find(|(_, gateway)| gateway.origin.name == name).unwrap().0
}

fn route(destination: &str, target: RouteTarget) -> Route {
    Route {
        origin: Default::default(),
        destination: RouteDestination::Block(destination.parse().unwrap()),
        target,
        state: State::Up,
        source: RouteSource::Static,
    }
}

#[test]
fn case_19_a_subnet_without_a_table_uses_the_main_one() {
    let without = lan("subnet back 10.0.1.0/24 az a");
    assert_eq!(all(&without, "n.b -> internet tcp 443"), "no_route");
    let main = lan("routes main { route any via out }\nsubnet back 10.0.1.0/24 az a");
    assert_eq!(all(&main, "n.b -> internet tcp 443"), "reachable");
}

#[test]
fn case_20_the_longest_prefix_wins_and_local_is_always_there() {
    let fabric = lan("subnet back 10.0.1.0/24 az a { route any via out; route 203.0.113.0/24 via vgw }");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.b -> 198.51.100.0/24 tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "reachable", "through the VPN");
    assert_eq!(all(&fabric, "n.b -> internet tcp 80"), "not modelled: what lies behind the VPN");
}

#[test]
fn case_21_ties_are_broken_as_aws_does() {
    let mut fabric = lan("subnet back 10.0.1.0/24 az a { route 203.0.113.0/24 via out }");
    let (table, vgw) = (table_of(&fabric, "n.b"), gateway(&fabric, "n.vgw"));
    let mut learned = route("203.0.113.0/24", RouteTarget::Gateway(vgw));
    learned.source = RouteSource::Propagated;
    fabric.tables[table].routes.insert(0, learned.clone());
    assert_eq!(crate::asking::hops(&fabric, "n.b -> 203.0.113.0/24 tcp 80").0[3], "nat_gateway n.out", "static first");
    let list = vec!["203.0.113.0/24".parse().unwrap()];
    let list = fabric.prefix_lists.push(PrefixList { origin: Default::default(), blocks: Some(list) });
    fabric.tables[table].routes[1].destination = RouteDestination::PrefixList(list);
    assert_eq!(crate::asking::hops(&fabric, "n.b -> 203.0.113.0/24 tcp 80").0[3], "nat_gateway n.out", "then lists");
    fabric.tables[table].routes[1] = route("203.0.113.0/24", RouteTarget::Gateway(gateway(&fabric, "n.igw")));
    fabric.tables[table].routes[0].destination = RouteDestination::PrefixList(list);
    fabric.tables[table].routes[0].source = RouteSource::Static;
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "igw_no_public_ip", "blocks before lists");
    let mut inside = route("10.0.0.0/24", RouteTarget::Gateway(vgw));
    inside.source = RouteSource::Propagated;
    fabric.tables[table].routes.push(inside);
    assert_eq!(all(&fabric, "n.b -> n.a tcp 80"), "reachable", "local before propagated, even a longer one");
}

#[test]
fn case_22_a_blackhole_matches_and_drops() {
    let mut fabric = lan("subnet back 10.0.1.0/24 az a { route any via out }");
    let table = table_of(&fabric, "n.b");
    let mut hole = route("198.51.100.0/24", RouteTarget::Gone);
    hole.state = State::Down("blackhole".into());
    fabric.tables[table].routes.push(hole);
    assert_eq!(all(&fabric, "n.b -> 198.51.100.0/24 tcp 80"), "blackhole_route");
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "reachable");
    let front = table_of(&fabric, "n.a");
    let gone = route("198.51.100.0/24", RouteTarget::Gone);
    fabric.tables[front].routes.push(gone);
    assert_eq!(all(&fabric, "198.51.100.0/24 -> n.a tcp 80"), "blackhole_return_route");
}

#[test]
fn case_23_an_unknown_target_is_not_modelled() {
    let mut fabric = lan("subnet back 10.0.1.0/24 az a { route any via out }");
    let table = table_of(&fabric, "n.b");
    let target = RouteTarget::NotModelled("carrier gateway".into(), "cagw-1".into());
    fabric.tables[table].routes.push(route("198.51.100.0/24", target));
    assert_eq!(all(&fabric, "n.b -> 198.51.100.0/24 tcp 80"), "not modelled: carrier gateway");
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "reachable");
}

#[test]
fn case_24_a_prefix_list_stands_for_all_its_blocks() {
    let mut fabric = lan("subnet back 10.0.1.0/24 az a");
    let back = fabric.interfaces[interfaces(&fabric, "n.b")[0]].subnet;
    let blocks = vec!["198.51.100.0/24".parse().unwrap(), "203.0.113.0/24".parse().unwrap()];
    let list = fabric.prefix_lists.push(PrefixList { origin: Default::default(), blocks: Some(blocks) });
    let out = gateway(&fabric, "n.out");
    let route =
        Route { destination: RouteDestination::PrefixList(list), ..route("0.0.0.0/0", RouteTarget::Gateway(out)) };
    let vpc = fabric.subnets[back].vpc;
    let table = RouteTable { origin: Default::default(), vpc, routes: vec![route], learns_from: Vec::new() };
    fabric.subnets[back].table = Some(fabric.tables.push(table));
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.b -> 198.51.100.7 tcp 80"), "reachable");
    assert_eq!(all(&fabric, "n.b -> 198.51.101.7 tcp 80"), "no_route");
    fabric.prefix_lists[list].blocks = Some(Vec::new());
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "no_route");
    fabric.prefix_lists[list].blocks = None;
    assert_eq!(all(&fabric, "n.b -> 203.0.113.0/24 tcp 80"), "not modelled: prefix list");
}

#[test]
fn case_25_addresses_that_nothing_has_do_not_leave_the_vpc() {
    let fabric = lan("subnet back 10.0.1.0/24 az a { route any via out }");
    assert_eq!(all(&fabric, "n.b -> 10.0.7.1 tcp 80"), "no_subnet_for_address");
    assert_eq!(all(&fabric, "n.b -> 10.0.0.99 tcp 80"), "no_host_at_address");
    assert_eq!(all(&fabric, "n.b -> 10.0.0.10 tcp 80"), "reachable");
}

#[test]
fn case_26_what_enters_by_one_gateway_leaves_by_no_other() {
    let fabric = lan("subnet back 10.0.1.0/24 az a { route any via out }");
    assert_eq!(all(&fabric, "192.168.0.0/16 -> internet tcp 80"), "disconnected");
    let (igw, front) = (gateway(&fabric, "n.igw"), table_of(&fabric, "n.a"));
    assert!(fabric.tables[front].routes.iter().any(|route| route.target == RouteTarget::Gateway(igw)));
    assert_eq!(all(&fabric, "192.168.0.0/16 -> n.a tcp 80"), "private_source_on_internet");
}

#[test]
fn case_27_the_answer_takes_the_destinations_table() {
    let fabric = lan("subnet back 10.0.1.0/24 az a { public; route 203.0.113.0/24 via igw }");
    assert_eq!(all(&fabric, "203.0.113.0/24 -> n.b tcp 80"), "reachable");
    assert_eq!(all(&fabric, "internet -> n.b tcp 80"), "no_return_route");
    assert_eq!(some(&fabric, "internet -> n.b tcp 80"), "reachable");
    let away = lan("subnet back 10.0.1.0/24 az a { public; route any via igw; route 203.0.113.0/24 via out }");
    assert_eq!(all(&away, "203.0.113.0/24 -> n.b tcp 80"), "return_route_elsewhere");
}

#[test]
fn a_gateway_that_is_detached_or_broken_carries_nothing() {
    let mut fabric = lan("subnet back 10.0.1.0/24 az a { route any via out }");
    let igw = gateway(&fabric, "n.igw");
    fabric.gateways[igw].vpc = None;
    assert_eq!(all(&fabric, "n.a -> internet tcp 80"), "gateway_detached");
    assert_eq!(all(&fabric, "internet -> n.a tcp 80"), "gateway_detached");
    assert!(matches!(fabric.gateways[igw].kind, GatewayKind::Internet));
}
