//! Arbitrary small networks: three VPCs of both families, peered in a row, with every sort of gateway, and with things in
//! them that do not work or are not modelled.

use super::hand::ip;
use proptest::prelude::*;
use std::net::Ipv4Addr;
use vpcc_core::model::{Direction, Id, Protocol, Traffic};
use vpcc_core::net::Block;
use vpcc_core::reach::fabric::*;

const BLOCKS: [&str; 16] = [
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.0.0/24",
    "10.1.0.0/16",
    "10.2.0.0/16",
    "10.0.1.10/32",
    "198.51.100.0/24",
    "192.168.0.0/16",
    "52.0.0.0/8",
    "2600:1f00::/32",
    "2600:1f00:0:0::/56",
    "2600:1f00:0:100::/56",
    "2600:1f00:0:1::/64",
    "2a00::/16",
];

/// The VPC of each subnet, and its place in it.
const SUBNETS: [(usize, usize); 5] = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)];

/// The VPC of each route table.
const TABLES: [usize; 5] = [0, 0, 1, 1, 2];

const GROUPS: usize = 4;

/// What is arbitrary in a network.
#[derive(Clone, Debug)]
pub struct Shape {
    rules: Vec<Vec<(bool, usize, usize)>>,
    entries: Vec<Vec<(bool, bool, usize, usize)>>,
    /// Of each table its routes: for what, where to, whether it fails, whether it is learned.
    routes: Vec<Vec<(usize, usize, bool, bool)>>,
    /// Of each subnet: its table, its ACL, and whether it has IPv6.
    uses: Vec<(Option<usize>, Option<usize>, bool)>,
    /// Of each VPC: whether it has a main table and a default ACL of its own.
    defaults: Vec<(bool, bool)>,
    hosts: Vec<Host>,
    /// Which gateways are not as they should be, and how.
    faults: Vec<(usize, usize)>,
    /// Whether a peering fails, whether it is within the region, and whether the blocks of the far VPC are known.
    peerings: (bool, bool, bool),
    learns: bool,
    /// Which questions are asked.
    pub questions: Vec<usize>,
}

/// Of an interface: its subnet, its groups, whether it is public, whether it has IPv6, a further address, and what is
/// special about it.
type Host = (usize, Vec<usize>, bool, bool, bool, usize);

/// The whole world as often as all other blocks.
fn whom(count: usize) -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), Just(1), 0..count, 0..count]
}

pub fn shape() -> impl Strategy<Value = Shape> {
    use prop::bool::weighted;
    use prop::collection::vec;
    let rules = vec(vec((any::<bool>(), 0..TRAFFIC, whom(BLOCKS.len() + GROUPS + 3)), 1..6), GROUPS);
    let entries = vec(vec((any::<bool>(), weighted(0.8), 0..TRAFFIC, whom(BLOCKS.len())), 2..8), 3);
    let routes = vec(vec((whom(BLOCKS.len() + 2), 0..16usize, weighted(0.04), weighted(0.1)), 1..6), TABLES.len());
    let uses = (prop::option::weighted(0.9, 0..2usize), prop::option::weighted(0.3, 0..3usize), weighted(0.8));
    let host = (0..SUBNETS.len(), vec(0..GROUPS, 1..3), any::<bool>(), weighted(0.7), weighted(0.1), 0..14usize);
    let faults = vec((0..9usize, 0..3usize), 0..3);
    let faults = prop_oneof![Just(Vec::new()), Just(Vec::new()), faults];
    (
        rules,
        entries,
        routes,
        vec(uses, SUBNETS.len()),
        vec((weighted(0.3), weighted(0.2)), 3),
        vec(host, 2..6),
        faults,
        (weighted(0.1), weighted(0.6), any::<bool>()),
        weighted(0.1),
        vec(0..QUESTIONS, 2),
    )
        .prop_map(|(rules, entries, routes, uses, defaults, hosts, faults, peerings, learns, questions)| Shape {
            rules,
            entries,
            routes,
            uses,
            defaults,
            hosts,
            faults,
            peerings,
            learns,
            questions,
        })
}

const TRAFFIC: usize = 24;

/// What rules and entries speak of; their ports begin and end at 80, 81, 82, 1024 and 1025.
fn traffic(number: usize) -> Traffic {
    let of = |protocol, first, last| Traffic { protocol, ports: Some((first, last)) };
    match number {
        0..=6 => Traffic { protocol: Protocol::All, ports: None },
        7 => of(Protocol::Tcp, 80, 1025),
        8 => of(Protocol::Tcp, 80, 81),
        9 => of(Protocol::Tcp, 81, 81),
        10 => of(Protocol::Tcp, 1024, 65535),
        11 => of(Protocol::Tcp, 1025, 1025),
        12 => of(Protocol::Number(6), 0, 82),
        13 => of(Protocol::Udp, 80, 82),
        14 => of(Protocol::Udp, 1024, 1025),
        15 => of(Protocol::Icmp, -1, -1),
        16 => of(Protocol::Icmp, 8, -1),
        17 => of(Protocol::Icmp, 3, 4),
        18 => of(Protocol::Icmpv6, -1, -1),
        19 => of(Protocol::Icmpv6, 128, 0),
        20 => of(Protocol::Icmp, -1, 0),
        21 => of(Protocol::Icmp, 0, -1),
        22 => of(Protocol::Icmpv6, 129, -1),
        _ => Traffic { protocol: Protocol::Number(47), ports: None },
    }
}

const QUESTIONS: usize = 12;

/// What is asked about; `None` is anything.
pub fn question(number: usize) -> Option<Traffic> {
    let of = |protocol, first, last| Some(Traffic { protocol, ports: Some((first, last)) });
    match number {
        0 | 1 => of(Protocol::Tcp, 80, 82),
        2 => of(Protocol::Tcp, 81, 81),
        3 => of(Protocol::Tcp, 0, 65535),
        4 => of(Protocol::Udp, 80, 82),
        5 => of(Protocol::Icmp, 8, 0),
        6 => of(Protocol::Icmp, -1, -1),
        7 => of(Protocol::Icmpv6, 128, -1),
        8 => of(Protocol::Icmpv6, -1, -1),
        9 => Some(Traffic { protocol: Protocol::Number(47), ports: None }),
        10 => Some(Traffic { protocol: Protocol::All, ports: None }),
        _ => None,
    }
}

fn block(text: &str) -> Block {
    text.parse().unwrap()
}

pub fn build(shape: &Shape) -> Fabric {
    let mut fabric = Fabric::default();
    for vpc in 0..3 {
        let blocks = vec![block(&format!("10.{vpc}.0.0/16")), block(&format!("2600:1f00:0:{vpc}00::/56"))];
        let (main, default) = shape.defaults[vpc];
        let main_table = main.then(|| Id::new(vpc * 2));
        let default_acl = default.then(|| Id::new(vpc));
        fabric.vpcs.push(Vpc { origin: Origin::default(), blocks, main_table, default_acl });
    }
    for ((vpc, place), (table, acl, ipv6)) in SUBNETS.iter().zip(&shape.uses) {
        let mut blocks = vec![block(&format!("10.{vpc}.{place}.0/24"))];
        blocks.extend(ipv6.then(|| block(&format!("2600:1f00:0:{vpc}0{place}::/64"))));
        let table = table.map(|table| Id::new((vpc * 2 + table).min(TABLES.len() - 1)));
        let (vpc, acl, origin) = (Id::new(*vpc), acl.map(Id::new), Origin::default());
        fabric.subnets.push(Subnet { origin, vpc, blocks, public: false, table, acl });
    }
    filters(&mut fabric, shape);
    gateways(&mut fabric, shape);
    for (index, host) in shape.hosts.iter().enumerate() {
        interface(&mut fabric, index, host);
    }
    for (routes, vpc) in shape.routes.iter().zip(TABLES) {
        let routes = routes.iter().fold(Vec::new(), |routes, route| with_route(&fabric, vpc, routes, *route));
        let learns_from = if shape.learns && vpc == 0 { vec![Id::new(VPN)] } else { Vec::new() };
        fabric.tables.push(RouteTable { origin: Origin::default(), vpc: Id::new(vpc), routes, learns_from });
    }
    fabric
}

fn interface(fabric: &mut Fabric, index: usize, (subnet, groups, public, ipv6, further, special): &Host) {
    let (vpc, place) = SUBNETS[*subnet];
    let public = |number| public.then(|| Public::Known(Ipv4Addr::new(52, 0, number, index as u8)));
    let v4 = |number| ip(&format!("10.{vpc}.{place}.{}", number + index));
    let mut addresses = vec![Private { block: Block::host(v4(10)), public: public(0) }];
    if *further {
        addresses.push(Private { block: Block::host(v4(20)), public: public(1) });
    }
    let has_v6 = fabric.subnets[Id::new(*subnet)].blocks.len() == 2;
    if *ipv6 && has_v6 {
        addresses.push(Private::known(ip(&format!("2600:1f00:0:{vpc}0{place}::{}", 10 + index))));
    }
    let state = if *special == 0 { State::Down("stopped".into()) } else { State::Up };
    let of = match special {
        1 => InterfaceOf::NotModelled("lambda".into()),
        2 => InterfaceOf::Endpoint,
        _ => InterfaceOf::Instance,
    };
    fabric.interfaces.push(Interface {
        origin: Origin::new(format!("host{index}")),
        names: Vec::new(),
        subnet: Id::new(*subnet),
        addresses,
        groups: groups.iter().map(|group| Id::new(*group)).collect(),
        forwards: special % 2 == 1,
        state,
        of,
    });
}

const NAT: usize = 3;
const EGRESS: usize = 5;
const VPN: usize = 8;

/// An internet gateway and an egress-only one in each VPC, a NAT gateway in the first two, a VPN gateway in the first, and
/// peerings of the first with the second, of the second with the third, and with one that is not known.
fn gateways(fabric: &mut Fabric, shape: &Shape) {
    let mut add = |vpc: usize, kind| {
        let (origin, vpc) = (Origin::default(), Some(Id::new(vpc)));
        fabric.gateways.push(Gateway { origin, vpc, kind, state: State::Up, redirects: false });
    };
    for vpc in 0..3 {
        add(vpc, GatewayKind::Internet);
    }
    for vpc in 0..2 {
        let address = Some(ip(&format!("10.{vpc}.1.200")));
        let public = Some(Ipv4Addr::new(53, 0, 0, vpc as u8));
        add(vpc, GatewayKind::Nat { subnet: Some(Id::new(vpc * 2 + 1)), address, public, private: false });
    }
    for vpc in 0..3 {
        add(vpc, GatewayKind::Egress);
    }
    add(0, GatewayKind::Vpn);
    for fault in &shape.faults {
        break_gateway(fabric, *fault);
    }
    let (fails, same_region, known) = shape.peerings;
    let here = |vpc| PeeringSide::Here(Id::new(vpc));
    let blocks = if known { vec![block("192.168.0.0/16")] } else { Vec::new() };
    let elsewhere = PeeringSide::Elsewhere { vpc: "vpc-far".into(), blocks };
    for sides in [[here(0), here(1)], [here(2), here(1)], [here(1), elsewhere]] {
        let state = if fails { State::Down("deleted".into()) } else { State::Up };
        fabric.peerings.push(Peering { origin: Origin::default(), sides, state, same_region });
    }
    for vpc in 0..2 {
        let (origin, vpc, addresses) = (Origin::new(format!("s3-{vpc}")), Id::new(vpc), Id::new(0));
        fabric.services.push(Service { origin, vpc, addresses, state: State::Up });
    }
}

fn break_gateway(fabric: &mut Fabric, (which, how): (usize, usize)) {
    let gateway = &mut fabric.gateways[Id::new(which)];
    match (how, &mut gateway.kind) {
        (0, _) => gateway.state = State::Down("detached".into()),
        (1, GatewayKind::Nat { private, .. }) => *private = true,
        (1, _) => gateway.vpc = None,
        (_, GatewayKind::Nat { subnet, .. }) => *subnet = None,
        (_, GatewayKind::Internet | GatewayKind::Vpn) => gateway.redirects = true,
        _ => {}
    }
}

/// The routes of a table with one more, if EC2 would take it.
fn with_route(
    fabric: &Fabric,
    vpc: usize,
    mut routes: Vec<Route>,
    (whom, target, fails, learned): (usize, usize, bool, bool),
) -> Vec<Route> {
    let destination = match whom.checked_sub(BLOCKS.len()) {
        Some(list) => RouteDestination::PrefixList(Id::new(list)),
        None => RouteDestination::Block(block(BLOCKS[whom])),
    };
    let gateway = |number: usize| RouteTarget::Gateway(Id::new(number));
    let target = match (target, vpc) {
        _ if destination == RouteDestination::PrefixList(Id::new(0)) && vpc < 2 => RouteTarget::Service(Id::new(vpc)),
        _ if learned && vpc == 0 => gateway(VPN),
        (4..=5, 0 | 1) => gateway(NAT + vpc),
        (6..=7, _) => gateway(EGRESS + vpc),
        (8, 0) => gateway(VPN),
        (9..=10, 0) | (9, 1) => RouteTarget::Peering(Id::new(0)),
        (10..=11, 1) | (9..=11, 2) => RouteTarget::Peering(Id::new(1)),
        (12, 1) => RouteTarget::Peering(Id::new(2)),
        (13, _) => RouteTarget::NotModelled("transit gateway".into(), "tgw-1".into()),
        (14, _) => RouteTarget::Interface(Id::new(0)),
        (15, _) if fails => RouteTarget::Gone,
        _ => gateway(vpc),
    };
    let is_vpn = target == gateway(VPN);
    let source = if learned && is_vpn { RouteSource::Propagated } else { RouteSource::Static };
    let inside = |block: &Block| fabric.vpcs[Id::new(vpc)].blocks.iter().any(|own| own.contains(*block));
    let allowed = match (&destination, &target) {
        (_, RouteTarget::Interface(_)) => true,
        (_, RouteTarget::Gateway(id)) if (NAT..EGRESS).contains(&id.index()) => true,
        (RouteDestination::Block(block), _) => !inside(block),
        (RouteDestination::PrefixList(_), _) => true,
    };
    let taken = routes.iter().any(|route| route.destination == destination && route.source == source);
    if allowed && !taken {
        let state = if fails { State::Down("blackhole".into()) } else { State::Up };
        routes.push(Route { origin: Origin::default(), destination, target, state, source });
    }
    routes
}

/// Prefix lists, groups and ACLs.
fn filters(fabric: &mut Fabric, shape: &Shape) {
    let lists =
        [Some(vec![block(SERVICE)]), Some(["198.51.100.0/24", "2a00::/16", "10.1.0.0/16"].map(block).to_vec()), None];
    for blocks in lists {
        fabric.prefix_lists.push(PrefixList { origin: Origin::default(), blocks });
    }
    let direction = |ingress: bool| if ingress { Direction::Ingress } else { Direction::Egress };
    for rules in &shape.rules {
        let rule = |(ingress, what, who): &(bool, usize, usize)| Rule {
            origin: Origin::default(),
            direction: direction(*ingress),
            traffic: traffic(*what),
            peer: match who.checked_sub(BLOCKS.len()) {
                Some(group) if group < GROUPS => RulePeer::Group(Id::new(group)),
                Some(list) => RulePeer::PrefixList(Id::new(list - GROUPS)),
                None => RulePeer::Block(block(BLOCKS[*who])),
            },
        };
        let rules = rules.iter().map(rule).collect();
        fabric.groups.push(Group { origin: Origin::default(), vpc: Id::new(0), rules });
    }
    for entries in &shape.entries {
        let entry = |(number, (ingress, allow, what, who)): (usize, &(bool, bool, usize, usize))| AclEntry {
            origin: Origin::default(),
            number: (number * 37 % 11) as u32,
            allow: *allow,
            direction: direction(*ingress),
            traffic: traffic(*what),
            block: block(BLOCKS[*who]),
        };
        let entries = entries.iter().enumerate().map(entry).collect();
        fabric.acls.push(Acl { origin: Origin::default(), entries });
    }
}

/// The address of the service that gateway endpoints lead to.
pub const SERVICE: &str = "54.0.0.1/32";
