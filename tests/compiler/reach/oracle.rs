//! Arbitrary small networks, and single packets that are handed on from place to place, one at a time, as a network would:
//! without sets, and without knowing where the packet is to arrive. What the sets say has to agree with every packet.

use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};
use vpcc_core::model::{Arena, Direction, Id, Protocol, Traffic};
use vpcc_core::net::Block;
use vpcc_core::reach::fabric::*;
use vpcc_core::reach::{Analysis, Deliveries, Delivery, Endpoint, Query, Verdict};

const BLOCKS: [&str; 9] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.0.0/24",
    "10.1.0.0/16",
    "10.0.1.10/32",
    "198.51.100.0/24",
    "192.168.0.0/16",
    "52.0.0.0/8",
];

const PORTS: [i32; 5] = [80, 81, 82, 1024, 1025];

#[derive(Clone, Copy, Debug, PartialEq)]
struct One {
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    from: u16,
    to: u16,
}

/// Where a packet has come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// An interface has it.
    Host(Id<Interface>),
    /// It is on the internet.
    Internet,
    /// It is behind the VPN.
    Far,
}

struct World<'f> {
    fabric: &'f Fabric,
    /// What NAT gateways remember: who sent what they sent on.
    sessions: Vec<(Id<Gateway>, One, IpAddr)>,
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn matches(traffic: &Traffic, packet: &One) -> bool {
    let number = match traffic.protocol {
        Protocol::All => return true,
        Protocol::Tcp => 6,
        Protocol::Icmp => 1,
        Protocol::Number(number) => number,
        _ => unreachable!("not generated"),
    };
    let ports = match traffic.ports {
        Some((first, last)) if number == 6 => (first..=last).contains(&i32::from(packet.to)),
        _ => true,
    };
    number == packet.protocol && ports
}

impl World<'_> {
    fn owner(&self, vpc: Id<Vpc>, address: IpAddr) -> Option<Id<Interface>> {
        let has = |interface: &Interface| interface.addresses[0].block.first() == address;
        self.fabric
            .interfaces
            .iter()
            .find(|(id, interface)| self.fabric.vpc_of(*id) == vpc && has(interface))
            .map(|(id, _)| id)
    }

    fn nat(
        &self,
        vpc: Id<Vpc>,
        at: impl Fn(IpAddr, IpAddr) -> bool,
    ) -> Option<(Id<Gateway>, Id<Subnet>, IpAddr, IpAddr)> {
        self.fabric.gateways.iter().find_map(|(id, gateway)| match gateway.kind {
            GatewayKind::Nat { subnet: Some(subnet), address: Some(address), public: Some(public), .. }
                if gateway.vpc == Some(vpc) && at(address, public.into()) =>
            {
                Some((id, subnet, address, public.into()))
            }
            _ => None,
        })
    }

    fn acl(&self, subnet: Id<Subnet>, direction: Direction, packet: &One) -> bool {
        let Some(acl) = self.fabric.acl_of(subnet) else { return true };
        let other = if direction == Direction::Ingress { packet.source } else { packet.destination };
        let mut entries: Vec<_> = self.fabric.acls[acl].entries.iter().collect();
        entries.sort_by_key(|entry| entry.number);
        let speaks = |entry: &&&AclEntry| {
            entry.direction == direction && entry.block.holds(other) && matches(&entry.traffic, packet)
        };
        entries.iter().find(speaks).is_some_and(|entry| entry.allow)
    }

    fn group(&self, id: Id<Interface>, direction: Direction, packet: &One) -> bool {
        let interface = &self.fabric.interfaces[id];
        let other = if direction == Direction::Ingress { packet.source } else { packet.destination };
        let member = |group: Id<Group>| {
            self.fabric
                .interfaces
                .iter()
                .any(|(_, it)| it.groups.contains(&group) && it.addresses[0].block.first() == other)
        };
        interface.groups.iter().flat_map(|group| &self.fabric.groups[*group].rules).any(|rule| {
            rule.direction == direction
                && matches(&rule.traffic, packet)
                && match rule.peer {
                    RulePeer::Block(block) => block.holds(other),
                    RulePeer::Group(group) => member(group),
                    _ => false,
                }
        })
    }

    fn route(&self, subnet: Id<Subnet>, to: IpAddr) -> Option<RouteTarget> {
        let vpc = &self.fabric.vpcs[self.fabric.subnets[subnet].vpc];
        let local = vpc.blocks.iter().filter(|block| block.holds(to)).map(|block| (block.prefix(), RouteTarget::Local));
        let table = self.fabric.table_of(subnet);
        let routes = table.map_or(&[][..], |table| &self.fabric.tables[table].routes);
        let written = routes.iter().filter_map(|route| match route.destination {
            RouteDestination::Block(block) if block.holds(to) => Some((block.prefix(), route.target.clone())),
            _ => None,
        });
        local.chain(written).max_by_key(|(prefix, _)| *prefix).map(|(_, target)| target)
    }

    /// Hands a packet on that leaves something in a subnet.
    fn leave(&mut self, subnet: Id<Subnet>, mut packet: One) -> Option<(Place, One)> {
        let vpc = self.fabric.subnets[subnet].vpc;
        let target = self.route(subnet, packet.destination);
        let near = self.fabric.subnets[subnet].blocks[0].holds(packet.destination);
        let stays = near && target == Some(RouteTarget::Local);
        if !stays && !self.acl(subnet, Direction::Egress, &packet) {
            return None;
        }
        match target? {
            RouteTarget::Local => self.inside(vpc, (!near).then_some(()), packet),
            RouteTarget::Peering(id) => {
                let sides = &self.fabric.peerings[id].sides;
                let other = sides.iter().find_map(|side| match side {
                    PeeringSide::Here(other) if *other != vpc => Some(*other),
                    _ => None,
                })?;
                let carried = self.fabric.vpcs[other].blocks.iter().any(|block| block.holds(packet.destination));
                if carried { self.inside(other, Some(()), packet) } else { None }
            }
            RouteTarget::Gateway(id) => match self.fabric.gateways[id].kind {
                GatewayKind::Vpn => Some((Place::Far, packet)),
                GatewayKind::Internet => {
                    let own = self.owner(vpc, packet.source).and_then(|id| {
                        match self.fabric.interfaces[id].addresses[0].public {
                            Some(Public::Known(public)) => Some(IpAddr::V4(public)),
                            _ => None,
                        }
                    });
                    packet.source = own.or(self.nat(vpc, |address, _| address == packet.source).map(|nat| nat.3))?;
                    self.internet(packet)
                }
                GatewayKind::Nat { subnet: home, address: Some(address), .. } => {
                    if ![6, 17, 1].contains(&packet.protocol)
                        || home == Some(subnet)
                        || self.owner(vpc, packet.source).is_none()
                    {
                        return None;
                    }
                    let home = home?;
                    if !self.acl(home, Direction::Ingress, &packet) {
                        return None;
                    }
                    let client = packet.source;
                    packet.source = address;
                    self.sessions.push((id, packet, client));
                    self.leave(home, packet)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Delivers a packet in a VPC.
    fn inside(&mut self, vpc: Id<Vpc>, crosses: Option<()>, packet: One) -> Option<(Place, One)> {
        if let Some(id) = self.owner(vpc, packet.destination) {
            let subnet = self.fabric.interfaces[id].subnet;
            let open = crosses.is_none() || self.acl(subnet, Direction::Ingress, &packet);
            return open.then_some((Place::Host(id), packet));
        }
        let (id, subnet, ..) = self.nat(vpc, |address, _| address == packet.destination)?;
        if crosses.is_some() && !self.acl(subnet, Direction::Ingress, &packet) {
            return None;
        }
        let answered = |sent: &One| {
            let icmp = packet.protocol == 1;
            sent.destination == packet.source && (icmp || (sent.from == packet.to && sent.to == packet.from))
        };
        let (.., client) = *self.sessions.iter().find(|(gateway, sent, _)| *gateway == id && answered(sent))?;
        self.leave(subnet, One { destination: client, ..packet })
    }

    /// Hands on what is on the internet.
    fn internet(&mut self, mut packet: One) -> Option<(Place, One)> {
        let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
        let is_private = |address| private.iter().any(|block| block.parse::<Block>().unwrap().holds(address));
        if is_private(packet.destination) || is_private(packet.source) {
            return None;
        }
        let called = Some(Public::Known(match packet.destination {
            IpAddr::V4(address) => address,
            IpAddr::V6(_) => return None,
        }));
        let host = self.fabric.interfaces.iter().find(|(_, interface)| interface.addresses[0].public == called);
        if let Some((id, interface)) = host {
            packet.destination = interface.addresses[0].block.first();
            return self.inside(self.fabric.vpc_of(id), Some(()), packet);
        }
        for vpc in self.fabric.vpcs.iter().map(|(id, _)| id) {
            if let Some((.., address, _)) = self.nat(vpc, |_, public| public == packet.destination) {
                packet.destination = address;
                return self.inside(vpc, Some(()), packet);
            }
        }
        Some((Place::Internet, packet))
    }

    /// Whether a request is answered: `from` sends, and whoever gets it answers.
    fn session(&mut self, from: Place, to: Place, sent: One) -> bool {
        let arrived = match from {
            Place::Host(id) => {
                if !self.group(id, Direction::Egress, &sent) {
                    return false;
                }
                self.leave(self.fabric.interfaces[id].subnet, sent)
            }
            Place::Internet => self.internet(sent),
            Place::Far => self.inside(self.fabric.vpcs.iter().next().unwrap().0, Some(()), sent),
        };
        let Some((place, got)) = arrived else { return false };
        let outside = |place| matches!(place, Place::Internet | Place::Far);
        if place != to && !(outside(place) && outside(to)) {
            return false;
        }
        if let Place::Host(id) = place
            && !self.group(id, Direction::Ingress, &got)
        {
            return false;
        }
        let icmp = got.protocol == 1;
        let (back, forth) = if icmp { (got.from, 0) } else { (got.to, got.from) };
        let answer = One { source: got.destination, destination: got.source, from: back, to: forth, ..got };
        let returned = match place {
            Place::Host(id) => self.leave(self.fabric.interfaces[id].subnet, answer),
            Place::Internet => self.internet(answer),
            Place::Far => self.inside(self.fabric.vpcs.iter().next().unwrap().0, Some(()), answer),
        };
        let Some((home, answer)) = returned else { return false };
        home == from && answer.source == sent.destination && answer.destination == sent.source
    }
}

/// What is arbitrary in a network.
#[derive(Clone, Debug)]
struct Shape {
    rules: Vec<Vec<(bool, usize, usize)>>,
    entries: Vec<Vec<(bool, bool, usize, usize)>>,
    routes: Vec<Vec<(usize, usize)>>,
    /// Of each subnet: its table and its ACL.
    uses: Vec<(Option<usize>, Option<usize>)>,
    /// Of each interface: its subnet, its groups, whether it is public.
    hosts: Vec<(usize, Vec<usize>, bool)>,
}

/// The whole world as often as all other blocks.
fn whom(count: usize) -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 0..count]
}

fn shape() -> impl Strategy<Value = Shape> {
    let rules = prop::collection::vec(prop::collection::vec((any::<bool>(), 0..TRAFFIC, whom(12)), 1..6), 3);
    let entry = (any::<bool>(), prop::bool::weighted(0.8), 0..TRAFFIC, whom(BLOCKS.len()));
    let entries = prop::collection::vec(prop::collection::vec(entry, 2..8), 2);
    let routes = prop::collection::vec(prop::collection::vec((whom(BLOCKS.len()), 0..6usize), 1..4), 4);
    let uses = (prop::option::weighted(0.9, 0..4usize), prop::option::weighted(0.4, 0..2usize));
    let uses = prop::collection::vec(uses, 4);
    let host = (0..4usize, prop::collection::vec(0..3usize, 1..3), any::<bool>());
    (rules, entries, routes, uses, prop::collection::vec(host, 2..6))
        .prop_map(|(rules, entries, routes, uses, hosts)| Shape { rules, entries, routes, uses, hosts })
}

const TRAFFIC: usize = 12;

fn traffic(number: usize) -> Traffic {
    let all = Traffic { protocol: Protocol::All, ports: None };
    let tcp = |first: usize, last: usize| {
        let ports = Some((PORTS[first.min(last)], PORTS[first.max(last)]));
        Traffic { protocol: Protocol::Tcp, ports }
    };
    match number {
        0..=4 => all,
        5 => tcp(0, 4),
        6 => tcp(0, 1),
        7 => tcp(1, 1),
        8 => tcp(3, 4),
        9 => tcp(4, 4),
        10 => Traffic { protocol: Protocol::Icmp, ports: Some((-1, -1)) },
        _ => Traffic { protocol: Protocol::Number(47), ports: None },
    }
}

fn build(shape: &Shape) -> Fabric {
    let mut fabric = Fabric::default();
    let block = |text: &str| text.parse::<Block>().unwrap();
    for vpc in 0..2 {
        let blocks = vec![block(&format!("10.{vpc}.0.0/16"))];
        fabric.vpcs.push(Vpc { origin: Origin::default(), blocks, main_table: None, default_acl: None });
    }
    for (index, entries) in shape.entries.iter().enumerate() {
        let entry = |(number, (ingress, allow, what, who)): (usize, &(bool, bool, usize, usize))| AclEntry {
            origin: Origin::default(),
            number: (number * 37 % 11) as u32,
            allow: *allow,
            direction: if *ingress { Direction::Ingress } else { Direction::Egress },
            traffic: traffic(*what),
            block: block(BLOCKS[*who]),
        };
        let entries = entries.iter().enumerate().map(entry).collect();
        fabric.acls.push(Acl { origin: Origin::new(format!("acl{index}")), entries });
    }
    for subnet in 0..4 {
        let blocks = vec![block(&format!("10.{}.{}.0/24", subnet / 2, subnet % 2))];
        let vpc = Id::new(subnet / 2);
        let acl = shape.uses[subnet].1.map(Id::new);
        fabric.subnets.push(Subnet { origin: Origin::default(), vpc, blocks, public: false, table: None, acl });
    }
    gateways(&mut fabric);
    for (index, routes) in shape.routes.iter().enumerate() {
        // Tables 0 and 1 are of the first VPC.
        let vpc = index / 2;
        let mut written: Vec<Route> = Vec::new();
        for (who, target) in routes {
            let destination = RouteDestination::Block(block(BLOCKS[*who]));
            let inside = fabric.vpcs[Id::new(vpc)].blocks[0].contains(block(BLOCKS[*who]));
            if inside || written.iter().any(|route| route.destination == destination) {
                continue;
            }
            let target = match target {
                0 | 1 => RouteTarget::Gateway(Id::new(vpc)),
                2 => RouteTarget::Gateway(Id::new(2 + vpc)),
                3 if vpc == 0 => RouteTarget::Gateway(Id::new(4)),
                _ => RouteTarget::Peering(Id::new(0)),
            };
            let (state, source) = (State::Up, RouteSource::Static);
            written.push(Route { origin: Origin::default(), destination, target, state, source });
        }
        fabric.tables.push(RouteTable {
            origin: Origin::default(),
            vpc: Id::new(vpc),
            routes: written,
            learns_from: Vec::new(),
        });
    }
    for subnet in 0..4 {
        let table = shape.uses[subnet].0.map(|table| Id::new(subnet / 2 * 2 + table % 2));
        fabric.subnets[Id::new(subnet)].table = table;
    }
    groups(&mut fabric, shape);
    for (index, (subnet, groups, public)) in shape.hosts.iter().enumerate() {
        let address = ip(&format!("10.{}.{}.{}", subnet / 2, subnet % 2, 10 + index));
        let public = public.then(|| Public::Known(Ipv4Addr::new(52, 0, 0, index as u8)));
        let addresses = vec![Private { block: Block::host(address), public }];
        let groups = groups.iter().map(|group| Id::new(*group)).collect();
        let (state, of) = (State::Up, InterfaceOf::Instance);
        let origin = Origin::new(format!("host{index}"));
        let subnet = Id::new(*subnet);
        fabric.interfaces.push(Interface {
            origin,
            names: Vec::new(),
            subnet,
            addresses,
            groups,
            forwards: false,
            state,
            of,
        });
    }
    fabric
}

/// An internet gateway and a NAT gateway in each VPC, a VPN gateway in the first, and a peering.
fn gateways(fabric: &mut Fabric) {
    let mut add = |vpc: usize, kind| {
        let (origin, vpc) = (Origin::default(), Some(Id::new(vpc)));
        fabric.gateways.push(Gateway { origin, vpc, kind, state: State::Up, redirects: false });
    };
    add(0, GatewayKind::Internet);
    add(1, GatewayKind::Internet);
    for vpc in 0..2u8 {
        let address = Some(ip(&format!("10.{vpc}.1.200")));
        let public = Some(Ipv4Addr::new(53, 0, 0, vpc));
        let subnet = Some(Id::new(usize::from(vpc) * 2 + 1));
        add(usize::from(vpc), GatewayKind::Nat { subnet, address, public, private: false });
    }
    add(0, GatewayKind::Vpn);
    let sides = [PeeringSide::Here(Id::new(0)), PeeringSide::Here(Id::new(1))];
    fabric.peerings.push(Peering { origin: Origin::default(), sides, state: State::Up, same_region: true });
}

fn groups(fabric: &mut Fabric, shape: &Shape) {
    let mut groups: Arena<Group> = Arena::default();
    for rules in &shape.rules {
        let rule = |(ingress, what, who): &(bool, usize, usize)| Rule {
            origin: Origin::default(),
            direction: if *ingress { Direction::Ingress } else { Direction::Egress },
            traffic: traffic(*what),
            peer: match who.checked_sub(BLOCKS.len()) {
                Some(group) => RulePeer::Group(Id::new(group)),
                None => RulePeer::Block(BLOCKS[*who].parse().unwrap()),
            },
        };
        groups.push(Group { origin: Origin::default(), vpc: Id::new(0), rules: rules.iter().map(rule).collect() });
    }
    fabric.groups = groups;
}

/// The addresses of an end by which packets are sent to it.
fn aims(fabric: &Fabric, end: End) -> Vec<(Place, IpAddr)> {
    match end {
        End::Host(id) => {
            let address = &fabric.interfaces[id].addresses[0];
            let public = address.public.map(|public| match public {
                Public::Known(public) => IpAddr::V4(public),
                Public::Later => unreachable!("not generated"),
            });
            [Some(address.block.first()), public].into_iter().flatten().map(|aim| (Place::Host(id), aim)).collect()
        }
        End::Outside(address) => vec![(Place::Internet, address)],
    }
}

#[derive(Clone, Copy, Debug)]
enum End {
    Host(Id<Interface>),
    Outside(IpAddr),
}

/// Whether a packet gets through by some way, said by handing it on.
fn naive(fabric: &Fabric, from: End, to: End, (protocol, source, port): (u8, u16, u16)) -> bool {
    let senders: Vec<(Place, IpAddr)> = match from {
        End::Host(id) => vec![(Place::Host(id), fabric.interfaces[id].addresses[0].block.first())],
        End::Outside(address) => vec![(Place::Internet, address), (Place::Far, address)],
    };
    senders.iter().any(|(place, address)| {
        aims(fabric, to).into_iter().any(|(goal, aim)| {
            let mut world = World { fabric, sessions: Vec::new() };
            let packet = One { source: *address, destination: aim, protocol, from: source, to: port };
            world.session(*place, goal, packet)
        })
    })
}

fn query(from: End, to: End, traffic: Traffic) -> Query {
    let end = |end| match end {
        End::Host(id) => Endpoint::Interfaces(vec![id]),
        End::Outside(address) => Endpoint::Block(Block::host(address)),
    };
    Query {
        from: end(from),
        to: end(to),
        traffic: Some(traffic),
        source_ports: Some((1024, 1025)),
        source: None,
        destination: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sets_agree_with_single_packets(shape in shape()) {
        let fabric = build(&shape);
        let analysis = Analysis::new(&fabric);
        let mut ends: Vec<End> = fabric.interfaces.iter().map(|(id, _)| End::Host(id)).collect();
        ends.extend([ip("198.51.100.7"), ip("192.168.0.5")].map(End::Outside));
        for (index, from) in ends.iter().enumerate() {
            for (other, to) in ends.iter().enumerate() {
                if index == other || matches!((from, to), (End::Outside(_), End::Outside(_))) {
                    continue;
                }
                for (protocol, ports) in [(6, &[80u16, 81, 82][..]), (1, &[2048]), (47, &[0])] {
                    let (model, range) = match protocol {
                        6 => (Protocol::Tcp, Some((80, 82))),
                        1 => (Protocol::Icmp, Some((8, 0))),
                        number => (Protocol::Number(number), None),
                    };
                    let sources: &[u16] = if protocol == 6 { &[1024, 1025] } else { &[0] };
                    let through: Vec<bool> = ports.iter().flat_map(|port| sources.iter().map(move |source| (*source, *port)))
                        .map(|(source, port)| naive(&fabric, *from, *to, (protocol, source, port))).collect();
                    let query = query(*from, *to, Traffic { protocol: model, ports: range });
                    let some = matches!(analysis.leak(&query), Verdict::Reachable(_));
                    prop_assert_eq!(some, through.contains(&true), "some of {:?} -> {:?} by {}", from, to, protocol);
                    let every = matches!(analysis.trace(&query), Verdict::Reachable(_));
                    // By one pair of addresses, that is; what takes two does not count.
                    prop_assert!(!every || !through.contains(&false), "all of {:?} -> {:?} by {}", from, to, protocol);
                    let single_way = matches!(to, End::Host(id) if fabric.interfaces[*id].addresses[0].public.is_none());
                    if single_way && matches!(from, End::Host(_)) {
                        prop_assert_eq!(every, !through.contains(&false), "all of {:?} -> {:?} by {}", from, to, protocol);
                    }
                }
            }
        }
    }

    #[test]
    fn what_no_route_brings_reaches_nobody(shape in shape()) {
        let fabric = build(&shape);
        let analysis = Analysis::new(&fabric);
        let mut deliveries = Deliveries::new(&analysis);
        for (id, group) in fabric.groups.iter() {
            for rule in &group.rules {
                let delivery = deliveries.of(id, rule);
                for member in members(&fabric, id) {
                    for query in against(&fabric, &delivery, rule, member) {
                        let verdict = analysis.leak(&query);
                        let nobody = matches!(verdict, Verdict::Blocked(_) | Verdict::Empty(_));
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

/// What would show that something comes by a rule of which it is said that nothing can. A rule that names a group speaks of
/// private addresses; to a public one, something else may lead.
fn against(fabric: &Fabric, delivery: &Delivery, rule: &Rule, member: Id<Interface>) -> Vec<Query> {
    let public: Block = "52.0.0.0/8".parse().unwrap();
    let one = |id| Endpoint::Interfaces(vec![id]);
    let private = |id: Id<Interface>| Some(fabric.interfaces[id].addresses[0].block.first());
    let peers = match (delivery, &rule.peer) {
        (Delivery::Something, _) => Vec::new(),
        (Delivery::Only(..), _) => vec![(Endpoint::Internet, None)],
        // Of the public addresses, those that no host has, which would send from its private one.
        (_, RulePeer::Block(block)) if *block == public => {
            vec![(Endpoint::Block("52.128.0.0/9".parse().unwrap()), None)]
        }
        (_, RulePeer::Block(block)) => vec![(Endpoint::Block(*block), None)],
        (_, RulePeer::Group(peer)) => members(fabric, *peer).into_iter().map(|id| (one(id), private(id))).collect(),
        (_, other) => panic!("not generated: {other:?}"),
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
