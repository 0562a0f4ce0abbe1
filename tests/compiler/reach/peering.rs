//! Peering: 38 to 41.

use crate::asking::{DEFAULTS, all, interfaces, program, some};
use vpcc_core::reach::fabric::{Fabric, PeeringSide, RouteDestination, RouteTarget, State};

fn peers(near: &str, far: &str) -> Fabric {
    program(&format!(
        "network n 10.0.0.0/16 {{
          {DEFAULTS}
          gateway igw internet
          subnet lan 10.0.0.0/24 az a {{ {near} }}
          sg web {{ ingress tcp 443 from m.web; ingress tcp 80 from 10.1.0.0/16 }}
          node a in lan {{ sg web }}
        }}
        network m 10.1.0.0/16 {{
          {DEFAULTS}
          gateway igw internet
          gateway out nat in front
          subnet front 10.1.1.0/24 az a {{ public; route any via igw }}
          subnet lan 10.1.0.0/24 az a {{ {far} }}
          sg web {{ ingress tcp 443 from 10.0.0.0/16 }}
          node b in lan {{ sg web }}
        }}
        network k 10.2.0.0/16 {{
          {DEFAULTS}
          subnet lan 10.2.0.0/24 az a {{ route m via km }}
          sg web {{ ingress all from 10.0.0.0/8 }}
          node c in lan {{ sg web }}
        }}
        peer nm n, m
        peer km k, m"
    ))
}

#[test]
fn case_38_a_peering_carries_what_is_for_the_peers_own_blocks() {
    let fabric = peers("route 10.0.0.0/8 via nm", "route n via nm; route k via km");
    assert_eq!(all(&fabric, "n.a -> m.b tcp 443"), "reachable");
    assert_eq!(all(&fabric, "n.a -> k.c tcp 443"), "peering_destination_outside_peer_cidr", "no transit");
    let out = peers("route any via nm", "route n via nm");
    assert_eq!(
        some(&out, "n.a -> internet tcp 443"),
        "peering_destination_outside_peer_cidr",
        "no gateway of the peer"
    );
}

#[test]
fn case_39_a_peering_has_to_be_active_and_both_sides_known() {
    let mut fabric = peers("route m via nm", "route n via nm");
    let (id, _) = fabric.peerings.iter().next().unwrap();
    fabric.peerings[id].state = State::Down("pending-acceptance".into());
    assert_eq!(all(&fabric, "n.a -> m.b tcp 443"), "peering_not_active");
    let mut far = peers("route m via nm", "route n via nm");
    let (id, _) = far.peerings.iter().next().unwrap();
    far.peerings[id].sides[1] = PeeringSide::Elsewhere { vpc: "vpc-1".into(), blocks: Vec::new() };
    assert_eq!(all(&far, "n.a -> 10.9.0.0/16 tcp 443"), "no_route");
    assert_eq!(all(&far, "n.a -> m.b tcp 443"), "not modelled: VPC on the other side of the peering");
}

#[test]
fn case_40_a_peering_needs_routes_on_both_sides() {
    assert_eq!(all(&peers("", "route n via nm"), "n.a -> m.b tcp 443"), "no_route");
    assert_eq!(all(&peers("route m via nm", ""), "n.a -> m.b tcp 443"), "no_return_route");
    let swallowed = peers("public; route any via igw", "route n via nm");
    assert_eq!(all(&swallowed, "n.a -> m.b tcp 443"), "private_destination_on_internet");
}

#[test]
fn case_41_answers_follow_the_longest_prefix_and_can_go_to_the_wrong_peer() {
    let mut fabric = peers("route m via nm", "route n via nm");
    let wrong = fabric.peerings.iter().nth(1).unwrap().0;
    let b = interfaces(&fabric, "m.b")[0];
    let table = fabric.table_of(fabric.interfaces[b].subnet).unwrap();
    let mut route = fabric.tables[table].routes[0].clone();
    route.destination = RouteDestination::Block("10.0.0.0/24".parse().unwrap());
    route.target = RouteTarget::Peering(wrong);
    fabric.tables[table].routes.push(route);
    assert_eq!(all(&fabric, "n.a -> m.b tcp 443"), "return_route_elsewhere");
}

#[test]
fn groups_of_a_peer_are_known_in_the_same_region_alone() {
    let mut fabric = peers("route m via nm", "route n via nm");
    assert_eq!(all(&fabric, "m.b -> n.a tcp 443"), "reachable");
    let (id, _) = fabric.peerings.iter().next().unwrap();
    fabric.peerings[id].same_region = false;
    assert_eq!(all(&fabric, "m.b -> n.a tcp 443"), "sg_ingress");
    assert_eq!(all(&fabric, "m.b -> n.a tcp 80"), "reachable");
}

#[test]
fn ipv6_answers_may_take_another_way() {
    let fabric = program(&format!(
        "network n 10.0.0.0/16 {{
          {DEFAULTS}
          ipv6
          gateway igw internet
          subnet lan 10.0.0.0/24 az a {{ ipv6 0; route m via nm; route ::/0 via igw }}
          node a in lan at .10
        }}
        network m 10.1.0.0/16 {{
          {DEFAULTS}
          ipv6
          gateway igw internet
          subnet lan 10.1.0.0/24 az a {{ ipv6 0; route ::/0 via igw }}
          sg web {{ ingress tcp 443 from ::/0, 0.0.0.0/0 }}
          node b in lan at .10 {{ sg web }}
        }}
        peer nm n, m"
    ));
    assert_eq!(some(&fabric, "n.a -> m.b tcp 443"), "not modelled: IPv6 answer by another way than its request");
    assert_eq!(some(&fabric, "n.a -> 10.1.0.10 tcp 443"), "no_return_route", "IPv4 has none");
}
