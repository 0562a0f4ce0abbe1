//! Internet gateways (28 to 32), NAT gateways (33 to 37), and the others (42 to 46).

use crate::asking::{all, hops, interfaces, network, program, some};
use vpcc_core::model::Id;
use vpcc_core::reach::fabric::{
    Fabric, Gateway, GatewayKind, InterfaceOf, Origin, Public, Route, RouteDestination, RouteSource, RouteTarget, State,
};

fn gateway(fabric: &Fabric, name: &str) -> Id<Gateway> {
    fabric.gateways.iter().find(|(_, gateway)| gateway.origin.name == name).unwrap().0
}

fn tiers(node: &str) -> Fabric {
    network(&format!(
        "gateway igw internet
        gateway out nat in front
        subnet front 10.0.0.0/24 az a {{ public; route any via igw }}
        subnet back 10.0.1.0/24 az a {{ route any via out }}
        sg web {{ ingress tcp 443 from 0.0.0.0/0 }}
        node a in front at .10 {{ sg web; {node} }}
        node b in back at .10 {{ sg web }}"
    ))
}

#[test]
fn case_28_the_internet_takes_gateway_route_address_and_groups() {
    assert_eq!(all(&tiers(""), "internet -> n.a tcp 443"), "reachable");
    assert_eq!(all(&tiers(""), "internet -> n.a tcp 22"), "sg_ingress");
    assert_eq!(all(&tiers("private"), "internet -> n.a tcp 443"), "unassociated_public_ip");
    assert_eq!(all(&tiers("private"), "n.a -> internet tcp 443"), "igw_no_public_ip");
    assert_eq!(all(&tiers(""), "internet -> n.b tcp 443"), "unassociated_public_ip");
    let mut fabric = tiers("");
    let igw = gateway(&fabric, "n.igw");
    fabric.gateways[igw].vpc = None;
    assert_eq!(all(&fabric, "internet -> n.a tcp 443"), "gateway_detached");
}

#[test]
fn case_29_filters_see_private_addresses() {
    let with = |destination: &str| {
        let mut fabric = network(&format!(
            "gateway igw internet
            acl wall {{ 100 allow ingress all from 0.0.0.0/0; 100 allow egress all to 0.0.0.0/0 }}
            subnet front 10.0.0.0/24 az a {{ acl wall; public; route any via igw }}
            sg web {{ ingress tcp 443 from 0.0.0.0/0 }}
            sg only {{ egress tcp 443 to {destination} }}
            node a in front at .10 {{ sg web }}
            node c in front at .20 {{ sg only }}"
        ));
        let a = interfaces(&fabric, "n.a")[0];
        fabric.interfaces[a].addresses[0].public = Some(Public::Known([52, 1, 2, 3].into()));
        fabric
    };
    assert_eq!(all(&with("10.0.0.10/32"), "n.c -> n.a tcp 443"), "reachable");
    assert_eq!(some(&with("52.1.2.3/32"), "n.c -> 52.1.2.3 tcp 443"), "reachable", "by its public address");
    let mut query = crate::asking::query(&with("52.1.2.3/32"), "n.c -> n.a tcp 443");
    query.destination = Some([10, 0, 0, 10].into());
    let verdict = vpcc_core::reach::trace(&with("52.1.2.3/32"), &query);
    assert_eq!(crate::asking::words(verdict), "sg_egress", "a rule for the public address is none for the private one");
}

#[test]
fn case_30_the_own_public_address_goes_out_and_comes_back() {
    let mut fabric = tiers("");
    let a = interfaces(&fabric, "n.a")[0];
    fabric.interfaces[a].addresses[0].public = Some(Public::Known([52, 1, 2, 3].into()));
    let (there, back) = hops(&fabric, "n.b -> 52.1.2.3 tcp 443");
    assert!(there.contains(&"nat_gateway n.out".to_owned()), "{there:?}");
    assert_eq!(there.iter().filter(|hop| hop.starts_with("internet_gateway")).count(), 2, "out and in: {there:?}");
    assert_eq!(back.last().unwrap(), "interface n.b");
}

#[test]
fn case_31_private_addresses_die_beyond_the_gateway() {
    let fabric = tiers("");
    assert_eq!(all(&fabric, "n.a -> 192.168.0.0/16 tcp 443"), "private_destination_on_internet");
    assert_eq!(all(&fabric, "n.a -> 100.64.0.0/10 tcp 443"), "private_destination_on_internet");
    assert_eq!(all(&fabric, "n.b -> 172.16.0.1 tcp 443"), "private_destination_on_internet");
    assert_eq!(all(&fabric, "192.168.0.0/16 -> n.a tcp 443"), "private_source_on_internet");
}

#[test]
fn case_32_ipv6_needs_no_translation() {
    let mut fabric = network(
        "ipv6
        gateway igw internet
        gateway six egress
        subnet front 10.0.0.0/24 az a { ipv6 0; route any via igw }
        subnet back 10.0.1.0/24 az a { ipv6 1; route ::/0 via six }
        sg web { ingress tcp 443 from any }
        node a in front { sg web }
        node b in back { sg web }",
    );
    assert_eq!(all(&fabric, "2600::/16 -> n.a tcp 443"), "reachable");
    assert_eq!(all(&fabric, "n.a -> 2600::/16 tcp 443"), "reachable");
    assert_eq!(all(&fabric, "n.b -> 2600::/16 tcp 443"), "reachable");
    assert_eq!(all(&fabric, "2600::/16 -> n.b tcp 443"), "egress_only_inbound");
    assert_eq!(some(&fabric, "internet -> n.b tcp 443"), "unassociated_public_ip");
    assert_eq!(all(&fabric, "n.a -> 198.51.100.0/24 tcp 443"), "igw_no_public_ip");
    let six = gateway(&fabric, "n.six");
    fabric.gateways[six].state = State::Down("detached".into());
    assert_eq!(all(&fabric, "n.b -> 2600::/16 tcp 443"), "gateway_not_available");
}

#[test]
fn case_33_a_nat_gateway_takes_three_protocols() {
    let fabric = tiers("");
    assert_eq!(all(&fabric, "n.b -> internet tcp 443"), "reachable");
    assert_eq!(all(&fabric, "n.b -> internet udp 53"), "reachable");
    assert_eq!(all(&fabric, "n.b -> internet icmp echo"), "reachable");
    assert_eq!(all(&fabric, "n.b -> internet 47"), "nat_unsupported_protocol");
    assert_eq!(all(&fabric, "n.a -> internet 47"), "reachable");
}

#[test]
fn case_34_a_nat_gateway_lets_nobody_in() {
    let fabric = tiers("");
    assert_eq!(some(&fabric, "internet -> n.b"), "unassociated_public_ip");
    let mut public = tiers("");
    let b = interfaces(&public, "n.b")[0];
    public.interfaces[b].addresses[0].public = Some(Public::Later);
    assert_eq!(some(&public, "internet -> n.b tcp 443"), "return_route_elsewhere");
}

#[test]
fn case_35_a_nat_gateway_needs_a_way_to_the_internet_itself() {
    let mut fabric = tiers("");
    let front = fabric.interfaces[interfaces(&fabric, "n.a")[0]].subnet;
    let table = fabric.table_of(front).unwrap();
    fabric.tables[table].routes.clear();
    assert_eq!(all(&fabric, "n.b -> internet tcp 443"), "no_route");
    let mut private = tiers("");
    let out = gateway(&private, "n.out");
    let GatewayKind::Nat { private: kind, .. } = &mut private.gateways[out].kind else { panic!() };
    *kind = true;
    assert_eq!(all(&private, "n.b -> internet tcp 443"), "private_nat_on_internet");
}

#[test]
fn case_36_a_nat_gateway_in_its_clients_subnet_loops() {
    let fabric = network(
        "gateway igw internet
        gateway out nat in lan
        subnet lan 10.0.0.0/24 az a { route any via out }
        sg web { ingress tcp 443 from 0.0.0.0/0 }
        node a in lan { sg web }",
    );
    assert_eq!(all(&fabric, "n.a -> internet tcp 443"), "nat_loop");
}

#[test]
fn case_37_a_nat_gateway_has_no_group_and_has_to_be_available() {
    let mut fabric = tiers("");
    let (there, _) = hops(&fabric, "n.b -> internet tcp 443");
    assert_eq!(there.iter().filter(|hop| hop.starts_with("sg_")).count(), 1, "only the node's own: {there:?}");
    let out = gateway(&fabric, "n.out");
    fabric.gateways[out].state = State::Down("pending".into());
    assert_eq!(all(&fabric, "n.b -> internet tcp 443"), "gateway_not_available");
}

fn towards(target: RouteTarget) -> Fabric {
    let mut fabric = tiers("");
    let back = fabric.interfaces[interfaces(&fabric, "n.b")[0]].subnet;
    let table = fabric.table_of(back).unwrap();
    fabric.tables[table].routes[0].target = target;
    fabric
}

#[test]
fn case_42_transit_gateways_are_not_modelled() {
    let fabric = towards(RouteTarget::NotModelled("transit gateway".into(), "tgw-1".into()));
    assert_eq!(all(&fabric, "n.b -> internet tcp 443"), "not modelled: transit gateway");
    assert_eq!(some(&fabric, "n.b -> 192.168.0.0/16"), "not modelled: transit gateway");
}

#[test]
fn case_43_what_comes_back_by_a_transit_gateway_is_not_modelled() {
    let fabric = towards(RouteTarget::NotModelled("transit gateway".into(), "tgw-1".into()));
    assert_eq!(all(&fabric, "192.168.0.0/16 -> n.b tcp 443"), "not modelled: transit gateway");
    assert_eq!(all(&fabric, "n.a -> n.b tcp 443"), "reachable", "inside nothing changes");
}

#[test]
fn case_44_a_vpn_gateway_has_no_default() {
    let text = |routes: &str| {
        program(&format!(
            "network n 10.0.0.0/16 {{
              {}
              gateway vgw vpn
              customer office 203.0.113.10 asn 65112
              vpn link vgw to office
              subnet lan 10.0.0.0/24 az a {{ {routes} }}
              sg web {{ ingress tcp 443 from 192.168.0.0/16 }}
              node a in lan {{ sg web }}
            }}",
            crate::asking::DEFAULTS
        ))
    };
    let fixed = text("route 192.168.0.0/16 via vgw");
    assert_eq!(all(&fixed, "192.168.0.0/16 -> n.a tcp 443"), "reachable");
    assert_eq!(all(&fixed, "n.a -> 192.168.0.0/16 tcp 80"), "reachable");
    assert_eq!(all(&fixed, "n.a -> 172.16.0.0/12 tcp 80"), "no_route");
    assert_eq!(all(&fixed, "n.a -> internet tcp 80"), "no_route");
    assert_eq!(all(&fixed, "172.16.0.0/12 -> n.a tcp 443"), "private_source_on_internet");
    let learned = text("propagate vgw");
    assert_eq!(all(&learned, "192.168.0.0/16 -> n.a tcp 443"), "not modelled: routes learned by BGP");
    assert_eq!(all(&learned, "n.a -> 192.168.0.0/16 tcp 443"), "not modelled: routes learned by BGP");
}

#[test]
fn case_45_a_gateway_endpoint_leads_to_its_service_alone() {
    let mut fabric = network(
        "routes with {}
        subnet lan 10.0.0.0/24 az a { routes with }
        subnet other 10.0.1.0/24 az a
        endpoint files gateway s3 in lan
        sg web { ingress tcp 443 from 0.0.0.0/0 }
        node a in lan { sg web }
        node b in other { sg web }",
    );
    assert_eq!(all(&fabric, "n.a -> n.files tcp 443"), "reachable");
    assert_eq!(all(&fabric, "n.b -> n.files tcp 443"), "no_route");
    assert_eq!(all(&fabric, "n.a -> n.files udp 53"), "endpoint_protocol");
    assert_eq!(some(&fabric, "n.a -> internet"), "no_route");
    let (service, _) = fabric.services.iter().next().unwrap();
    fabric.services[service].state = State::Down("deleting".into());
    assert_eq!(all(&fabric, "n.a -> n.files tcp 443"), "endpoint_not_available");
}

#[test]
fn case_46_what_does_not_run_counts_for_nothing() {
    let mut fabric = tiers("");
    let a = interfaces(&fabric, "n.a")[0];
    fabric.interfaces[a].state = State::Down("stopped".into());
    assert_eq!(all(&fabric, "internet -> n.a tcp 443"), "instance_not_running");
    assert_eq!(all(&fabric, "n.b -> n.a tcp 443"), "instance_not_running");
}

#[test]
fn what_a_forwarding_node_does_is_not_modelled() {
    let fabric = network(
        "gateway igw internet
        subnet front 10.0.0.0/24 az a { public; route any via igw }
        subnet back 10.0.1.0/24 az a { route any via proxy }
        node proxy in front
        node b in back",
    );
    assert_eq!(all(&fabric, "n.b -> internet tcp 443"), "not modelled: forwarding instance");
    let mut checked = fabric;
    let proxy = interfaces(&checked, "n.proxy")[0];
    checked.interfaces[proxy].forwards = false;
    assert_eq!(all(&checked, "n.b -> internet tcp 443"), "spoofed_source");
}

#[test]
fn an_answer_that_a_route_leads_to_a_forwarding_node_leaves_its_subnet() {
    let mut fabric = network(
        "routes with {}
        acl shut { 100 deny egress all to any }
        subnet lan 10.0.0.0/24 az a { routes with; acl shut }
        sg web { ingress tcp 443 from 10.0.0.0/24 }
        node proxy in lan at .10
        node b in lan at .11 { sg web }",
    );
    assert_eq!(all(&fabric, "n.proxy -> n.b tcp 443"), "reachable");
    let proxy = interfaces(&fabric, "n.proxy")[0];
    fabric.interfaces[proxy].forwards = true;
    let lan = fabric.interfaces[proxy].subnet;
    let table = fabric.table_of(lan).unwrap();
    fabric.tables[table].routes.push(Route {
        origin: Origin::default(),
        destination: RouteDestination::Block("10.0.0.10/32".parse().unwrap()),
        target: RouteTarget::Interface(proxy),
        state: State::Up,
        source: RouteSource::Static,
    });
    assert_eq!(all(&fabric, "n.proxy -> n.b tcp 443"), "nacl_return_egress");
    fabric.subnets[lan].acl = None;
    assert_eq!(all(&fabric, "n.proxy -> n.b tcp 443"), "not modelled: forwarding instance");
}

#[test]
fn what_the_own_filters_stop_comes_in_from_nowhere() {
    let fabric = towards(RouteTarget::NotModelled("transit gateway".into(), "tgw-1".into()));
    assert_eq!(some(&fabric, "192.168.0.0/16 -> n.b tcp 22"), "sg_ingress");
    assert_eq!(some(&fabric, "internet -> n.b tcp 22"), "sg_ingress");
    assert_eq!(some(&fabric, "internet -> n.b tcp 443"), "not modelled: transit gateway");
}

#[test]
fn what_is_not_modelled_is_neither_open_nor_shut_behind_a_public_address() {
    let mut fabric = tiers("");
    let a = interfaces(&fabric, "n.a")[0];
    fabric.interfaces[a].addresses[0].public = Some(Public::Known([52, 1, 2, 3].into()));
    fabric.interfaces[a].of = InterfaceOf::NotModelled("lambda".into());
    assert_eq!(some(&fabric, "n.b -> 52.1.2.3 tcp 443"), "not modelled: lambda");
    assert_eq!(all(&fabric, "n.b -> 52.1.2.3 tcp 443"), "not modelled: lambda");
    assert_eq!(some(&fabric, "internet -> n.a tcp 443"), "not modelled: lambda");
}

#[test]
fn what_awaits_no_answer_needs_no_way_back() {
    let fabric = network(
        "ipv6
        gateway igw internet
        gateway six egress
        subnet back 10.0.1.0/24 az a { ipv6 1; route ::/0 via six }
        sg web { ingress icmpv6 all from ::/0 }
        node b in back { sg web }",
    );
    assert_eq!(all(&fabric, "2600::/16 -> n.b icmpv6 128/0"), "egress_only_inbound");
    assert_eq!(all(&fabric, "2600::/16 -> n.b icmpv6 1/0"), "reachable");
}
