//! What the sets say of arbitrary small networks has to agree with every single packet that is handed on.

#[path = "oracle/hand.rs"]
mod hand;
#[path = "oracle/networks.rs"]
mod networks;

use hand::{Lost, One, Place, World, ip, matches};
use networks::{SERVICE, build, question, shape};
use proptest::prelude::*;
use std::net::IpAddr;
use vpcc_core::model::{Direction, Id, Traffic};
use vpcc_core::net::{Block, Family};
use vpcc_core::reach::fabric::*;
use vpcc_core::reach::{Analysis, Deliveries, Delivery, Endpoint, Query, Verdict};

/// The ports that clients ask from.
const CLIENT: (u16, u16) = (1024, 1025);

#[derive(Clone, Copy, Debug)]
enum End {
    Host(Id<Interface>),
    Outside(IpAddr),
    Service,
}

/// What is to be said of a way, or of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Blocked,
    NotModelled,
    Reachable,
}

/// The packets of some traffic, one for each stretch of ports that nothing tells apart.
fn packets(traffic: Option<Traffic>, source: IpAddr, destination: IpAddr) -> Vec<One> {
    let mut all = Vec::new();
    for protocol in [6, 17] {
        for to in [79, 80, 81, 82, 500, 1024, 1025, 2000] {
            all.extend([CLIENT.0, CLIENT.1].map(|from| (protocol, from, to)));
        }
    }
    let icmp: (u8, &[u16]) = if source.is_ipv4() { (1, &[8, 13, 3, 0, 5]) } else { (58, &[128, 129, 1, 2]) };
    all.extend(icmp.1.iter().flat_map(|kind| [0, 4].map(|code| (icmp.0, 0, kind * 256 + code))));
    all.extend([47, 50].map(|protocol| (protocol, 0, 0)));
    let packet = |(protocol, from, to)| One { source, destination, protocol, from, to, public: false };
    let wanted = |packet: &One| traffic.is_none_or(|traffic| matches(&traffic, packet));
    all.into_iter().map(packet).filter(wanted).collect()
}

/// How a sender may call: as whom, from where, and by which of the other's addresses.
type Call = (Place, IpAddr, Place, IpAddr);

/// The ways from one end to another: of each, the calls any of which may get through.
fn ways(fabric: &Fabric, from: End, to: End) -> Vec<Vec<Call>> {
    let own = |id: Id<Interface>| fabric.interfaces[id].addresses.iter();
    let public = |address: &Private| match address.public {
        Some(Public::Known(public)) => Some(IpAddr::V4(public)),
        _ => None,
    };
    let mut ways = Vec::new();
    match (from, to) {
        (End::Host(one), End::Host(other)) => {
            for sender in own(one) {
                for taker in own(other) {
                    for aim in [Some(taker.block.first()), public(taker)].into_iter().flatten() {
                        ways.push(vec![(Place::Host(one), sender.block.first(), Place::Host(other), aim)]);
                    }
                }
            }
        }
        (End::Host(one), End::Outside(address)) => {
            let way = |sender: &Private| vec![(Place::Host(one), sender.block.first(), Place::Internet, address)];
            ways.extend(own(one).map(way));
        }
        (End::Host(one), End::Service) => {
            let (place, address) = (Place::Service(Id::new(0)), SERVICE.parse::<Block>().unwrap().first());
            ways.extend(own(one).map(|sender| vec![(Place::Host(one), sender.block.first(), place, address)]));
        }
        (End::Outside(address), End::Host(other)) => ways.extend(own(other).map(|taker| {
            let aims = [Some(taker.block.first()), public(taker)].into_iter().flatten();
            let places = [Place::Internet, Place::Far, Place::Unseen];
            aims.flat_map(|aim| places.map(|place| (place, address, Place::Host(other), aim))).collect()
        })),
        _ => {}
    }
    ways.retain(|way| way.iter().all(|(_, from, _, to)| from.is_ipv4() == to.is_ipv4()));
    ways
}

/// What becomes of each packet of a way: at the least, and at the most.
fn fates(fabric: &Fabric, way: &[Call], traffic: Option<Traffic>) -> Vec<[Said; 2]> {
    let fate = |(from, source, to, destination): Call, packet: &One| {
        let sent = One { source, destination, ..*packet };
        match World::new(fabric).session(from, to, sent) {
            Ok(()) => [Said::Reachable; 2],
            Err(Lost::Unknown) => [Said::NotModelled; 2],
            Err(Lost::Moot) => [Said::Blocked, Said::NotModelled],
            Err(Lost::Dropped) => [Said::Blocked; 2],
        }
    };
    let Some((_, source, _, destination)) = way.first() else { return Vec::new() };
    let packets = packets(traffic, *source, *destination);
    packets.iter().filter_map(|packet| way.iter().map(|call| fate(*call, packet)).reduce(best)).collect()
}

fn best(one: [Said; 2], other: [Said; 2]) -> [Said; 2] {
    [one[0].max(other[0]), one[1].max(other[1])]
}

fn worst(one: [Said; 2], other: [Said; 2]) -> [Said; 2] {
    [one[0].min(other[0]), one[1].min(other[1])]
}

fn between([least, most]: [Said; 2], verdict: &Verdict) -> bool {
    let said = match verdict {
        Verdict::Reachable(_) => Said::Reachable,
        Verdict::NotModelled(_) => Said::NotModelled,
        Verdict::Blocked(_) | Verdict::Empty(_) => Said::Blocked,
    };
    (least..=most).contains(&said)
}

fn query(from: End, to: End, traffic: Option<Traffic>) -> Query {
    let end = |end| match end {
        End::Host(id) => Endpoint::Interfaces(vec![id]),
        End::Outside(address) => Endpoint::Block(Block::host(address)),
        End::Service => Endpoint::Service(Id::new(0)),
    };
    let (from, to) = (end(from), end(to));
    Query { from, to, traffic, source_ports: Some(CLIENT), source: None, destination: None }
}

/// As many networks as CI has the time for, or more, if `PROPTEST_CASES` says so.
fn networks() -> u32 {
    ProptestConfig::default().cases.max(500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: networks(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sets_agree_with_single_packets(shape in shape()) {
        let fabric = build(&shape);
        let analysis = Analysis::new(&fabric);
        let mut ends: Vec<End> = fabric.interfaces.iter().map(|(id, _)| End::Host(id)).collect();
        ends.extend(["198.51.100.7", "192.168.0.5", "2a00::7"].map(|address| End::Outside(ip(address))));
        ends.push(End::Service);
        for (index, from) in ends.iter().enumerate() {
            for (other, to) in ends.iter().enumerate() {
                if index == other || !matches!((from, to), (End::Host(_), _) | (_, End::Host(_))) {
                    continue;
                }
                for traffic in shape.questions.iter().map(|number| question(*number)) {
                    let ways: Vec<_> = ways(&fabric, *from, *to).iter().map(|way| fates(&fabric, way, traffic)).collect();
                    let query = query(*from, *to, traffic);
                    let nothing = [Said::Blocked; 2];
                    let some = ways.iter().flatten().copied().reduce(best).unwrap_or(nothing);
                    let leak = analysis.leak(&query);
                    prop_assert!(between(some, &leak), "some of {:?} -> {:?} on {:?}: {:?}, not {:?}", from, to, traffic, some, leak);
                    let whole = |way: Vec<[Said; 2]>| way.into_iter().reduce(if traffic.is_some() { worst } else { best });
                    let every = ways.into_iter().filter_map(whole).reduce(best).unwrap_or(nothing);
                    let trace = analysis.trace(&query);
                    prop_assert!(between(every, &trace), "all of {:?} -> {:?} on {:?}: {:?}, not {:?}", from, to, traffic, every, trace);
                }
            }
        }
    }

    #[test]
    fn what_no_route_brings_reaches_nobody(shape in shape()) {
        let fabric = as_a_program_draws_it(build(&shape));
        let analysis = Analysis::new(&fabric);
        let mut deliveries = Deliveries::new(&analysis);
        for (id, group) in fabric.groups.iter() {
            for rule in &group.rules {
                let delivery = deliveries.of(id, rule);
                for member in members(&fabric, id) {
                    for query in against(&fabric, &delivery, rule, member) {
                        let verdict = analysis.leak(&query);
                        let nobody = match &verdict {
                            Verdict::Blocked(_) | Verdict::Empty(_) => true,
                            // Groups come before routes; what one of them lets through may still be unknown.
                            // And what comes by an unknown way is of no group.
                            Verdict::NotModelled(what) => {
                                matches!(what.what.as_str(), "prefix list" | "NAT64")
                                    || matches!(rule.peer, RulePeer::Group(_))
                            }
                            Verdict::Reachable(_) => false,
                        };
                        prop_assert!(nobody, "{:?} of {:?}: {:?} and {:?}", rule, id, delivery, verdict);
                    }
                }
            }
        }
    }
}

fn members(fabric: &Fabric, group: Id<Group>) -> Vec<Id<Interface>> {
    fabric.interfaces.iter().filter(|(_, interface)| interface.groups.contains(&group)).map(|(id, _)| id).collect()
}

/// A network without what no program makes: interfaces of other things, transit gateways, routes to
/// interfaces elsewhere, and gateways with route tables of their own.
fn as_a_program_draws_it(mut fabric: Fabric) -> Fabric {
    for id in (0..fabric.interfaces.len()).map(Id::new) {
        fabric.interfaces[id].of = InterfaceOf::Instance;
    }
    for id in (0..fabric.gateways.len()).map(Id::new) {
        fabric.gateways[id].redirects = false;
    }
    for id in (0..fabric.tables.len()).map(Id::new) {
        let vpc = fabric.tables[id].vpc;
        let mut routes = std::mem::take(&mut fabric.tables[id].routes);
        routes.retain(|route| match route.target {
            RouteTarget::NotModelled(..) => false,
            RouteTarget::Interface(via) => fabric.vpc_of(via) == vpc,
            _ => true,
        });
        fabric.tables[id].routes = routes;
    }
    fabric
}

/// What would show that something comes by a rule of which it is said that nothing can. A rule that names a group speaks of
/// private addresses; to a public one, something else may lead.
fn against(fabric: &Fabric, delivery: &Delivery, rule: &Rule, member: Id<Interface>) -> Vec<Query> {
    let public: Block = "52.0.0.0/8".parse().unwrap();
    let one = |id| Endpoint::Interfaces(vec![id]);
    let private = |id: Id<Interface>| Some(fabric.interfaces[id].addresses[0].block.first());
    let peers = match (delivery, &rule.peer) {
        (Delivery::Something, _) => Vec::new(),
        // The internet has addresses of both families, and other rules may speak of the other one.
        (Delivery::Only(..), RulePeer::Block(block)) if block.family() == Family::V6 => {
            vec![(Endpoint::Block("2a00::/16".parse().unwrap()), None)]
        }
        (Delivery::Only(..), _) => vec![(Endpoint::Block("198.51.100.0/24".parse().unwrap()), None)],
        // Of the public addresses, those that no host has, which would send from its private one.
        (_, RulePeer::Block(block)) if *block == public => {
            vec![(Endpoint::Block("52.128.0.0/9".parse().unwrap()), None)]
        }
        (_, RulePeer::Block(block)) => vec![(Endpoint::Block(*block), None)],
        (_, RulePeer::Group(peer)) => members(fabric, *peer).into_iter().map(|id| (one(id), private(id))).collect(),
        // What is in a prefix list may be no more than a service's own addresses.
        (_, RulePeer::PrefixList(_) | RulePeer::UnknownGroup(_)) => Vec::new(),
    };
    let query = |(peer, address): (Endpoint, Option<IpAddr>)| {
        let (from, to, destination) = match rule.direction {
            Direction::Ingress => (peer, one(member), private(member)),
            Direction::Egress => (one(member), peer, address),
        };
        Query { from, to, traffic: Some(rule.traffic), source_ports: None, source: None, destination }
    };
    peers.into_iter().map(query).collect()
}
