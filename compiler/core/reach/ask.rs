//! Questions: who the members of both ends are, and what all of them, or some, can do.

use super::classes::Classes;
use super::fabric::{Fabric, Interface, InterfaceOf, Origin, Public};
use super::filter::{Heeds, Walk};
use super::lens::Lens;
use super::packets::{Cell, Field, Packets};
use super::query::{Blocked, CLIENT_PORTS, Endpoint, NotModelled, Packet, Query, Side, Verdict};
use super::reason::Reason;
use super::trail::Trail;
use super::walk::{Goal, Stand, is_link_local};
use super::{beyond, query::Path};
use crate::model::{Id, Protocol, Traffic};
use crate::net::{Block, Family};
use ecow::eco_format;
use std::net::IpAddr;

/// A fabric that questions are asked of: what takes time to make ready is made ready once.
pub struct Analysis<'f> {
    pub(super) lens: Lens<'f>,
    pub(super) classes: Classes,
}

/// A member of an end, or several that fare alike.
#[derive(Clone)]
pub(super) enum Member {
    /// Interfaces of one class, the first of them and another one; of each, the addresses in a block, if one is given.
    Interfaces { first: Id<Interface>, second: Option<Id<Interface>>, within: Option<Block> },
    /// Addresses outside, as sources.
    Outside { sources: Packets, internet: bool, name: Origin },
    /// A service.
    Service(Id<super::fabric::Service>),
    /// An address inside that nothing has.
    Nobody(IpAddr),
    /// An address of Amazon's own: DNS, time, metadata, which neither groups nor ACLs filter.
    Amazon(IpAddr),
}

/// What one sends to another.
pub(super) struct Try<'f> {
    from: Start<'f>,
    to: Goal<'f>,
    wanted: Packets,
}

/// From where packets are sent.
#[derive(Clone, Copy)]
enum Start<'f> {
    Interface(Stand<'f>),
    Internet,
    Outside,
}

/// What came of trying.
pub(super) struct Tried<'f> {
    pub(super) tried: Try<'f>,
    pub(super) passed: Packets,
    pub(super) unsure: Packets,
}

/// What is asked of packets, whoever sends them.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    traffic: Option<Traffic>,
    source_ports: (u16, u16),
    source: Option<IpAddr>,
    destination: Option<IpAddr>,
}

/// By which address somebody is called.
#[derive(Clone, Copy)]
enum Aim {
    Private,
    Public,
}

/// How many of a pair's packets have to get through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    All,
    Some,
}

/// Whether every member of one end reaches every member of the other, and how, or what keeps it from that.
pub fn trace(fabric: &Fabric, query: &Query) -> Verdict {
    Analysis::new(fabric).trace(query)
}

impl<'f> Analysis<'f> {
    /// Makes a fabric ready. Takes time in proportion to it.
    pub fn new(fabric: &'f Fabric) -> Analysis<'f> {
        Analysis { lens: Lens::new(fabric), classes: Classes::new(fabric) }
    }

    /// Whether every member of one end reaches every member of the other, by all of the traffic that is asked about; by
    /// some, if none is.
    pub fn trace(&self, query: &Query) -> Verdict {
        let (from, to) = match self.ends(query) {
            Ok(ends) => ends,
            Err(side) => return Verdict::Empty(side),
        };
        let measure = if query.traffic.is_some() { Measure::All } else { Measure::Some };
        let wanted = Wanted::new(query, CLIENT_PORTS);
        let (mut first, mut unknown) = (None, None);
        for (one, other) in pairs(&from, &to) {
            match self.pair(&one, &other, &wanted, measure) {
                Verdict::Reachable(path) => first = first.or(Some(path)),
                Verdict::NotModelled(what) => unknown = unknown.or(Some(what)),
                blocked => return blocked,
            }
        }
        match (unknown, first) {
            (Some(what), _) => Verdict::NotModelled(what),
            (None, Some(path)) => Verdict::Reachable(path),
            (None, None) => Verdict::Empty(Side::To),
        }
    }

    /// Whether some member of one end reaches some member of the other by some of the traffic that is asked about, from
    /// whatever port.
    pub fn leak(&self, query: &Query) -> Verdict {
        let (from, to) = match self.ends(query) {
            Ok(ends) => ends,
            Err(side) => return Verdict::Empty(side),
        };
        let wanted = Wanted::new(query, (0, u16::MAX));
        let (mut first, mut unknown) = (None, None);
        for (one, other) in pairs(&from, &to) {
            match self.some(&one, &other, &wanted) {
                Some(Verdict::NotModelled(what)) => unknown = unknown.or(Some(what)),
                Some(reached) => return reached,
                None => first = first.or(Some((one, other))),
            }
        }
        match (unknown, first) {
            (Some(what), _) => Verdict::NotModelled(what),
            (None, Some((one, other))) => self.refusal(&one, &other, &wanted),
            (None, None) => Verdict::Empty(Side::To),
        }
    }

    fn pair(&self, from: &Member, to: &Member, wanted: &Wanted, measure: Measure) -> Verdict {
        let (mut refused, mut unknown) = (None, None);
        for alternative in self.alternatives(from, to, wanted) {
            let mut path = None;
            let all = alternative.into_iter().all(|tried| match self.enough(from, to, tried, measure) {
                Verdict::Reachable(found) => {
                    path.get_or_insert(found);
                    true
                }
                Verdict::NotModelled(what) => {
                    unknown.get_or_insert(what);
                    false
                }
                other => {
                    refused.get_or_insert(other);
                    false
                }
            });
            if let (true, Some(path)) = (all, path) {
                return Verdict::Reachable(path);
            }
        }
        match (unknown, refused) {
            (Some(what), _) => Verdict::NotModelled(what),
            (None, Some(refused)) => refused,
            (None, None) => self.untried(from, to, wanted),
        }
    }

    /// Whether what is wanted gets through.
    fn enough(&self, from: &Member, to: &Member, tried: Try<'f>, measure: Measure) -> Verdict {
        let Tried { tried, passed, unsure } = self.attempt(tried);
        let missing = match measure {
            Measure::All => tried.wanted.clone().minus(&passed),
            Measure::Some if passed.is_empty() => tried.wanted.clone(),
            Measure::Some => Packets::default(),
        };
        let refused = missing.clone().minus(&unsure);
        let witness = match (missing.is_empty(), measure, refused.witness()) {
            (true, ..) => passed.witness(),
            (false, Measure::Some, _) => unsure.witness().or(refused.witness()),
            (false, Measure::All, Some(witness)) => Some(witness),
            (false, Measure::All, None) => missing.witness(),
        };
        self.follow(from, to, &tried, witness)
    }

    /// What gets through, or may; `None` if nothing does.
    fn some(&self, from: &Member, to: &Member, wanted: &Wanted) -> Option<Verdict> {
        let mut unknown = None;
        let tries: Vec<Try<'f>> = self.alternatives(from, to, wanted).into_iter().flatten().collect();
        if tries.is_empty() {
            return Some(self.untried(from, to, wanted)).filter(|verdict| matches!(verdict, Verdict::NotModelled(_)));
        }
        for tried in tries {
            let Tried { tried, passed, unsure } = self.attempt(tried);
            if let Some(witness) = passed.witness() {
                return Some(self.follow(from, to, &tried, Some(witness)));
            }
            if let Some(witness) = unsure.witness() {
                unknown = unknown.or_else(|| Some(self.follow(from, to, &tried, Some(witness))));
            }
        }
        unknown
    }

    /// Why nothing gets through: what stops the first packet that is tried.
    fn refusal(&self, from: &Member, to: &Member, wanted: &Wanted) -> Verdict {
        match self.alternatives(from, to, wanted).into_iter().flatten().next() {
            Some(tried) => self.follow(from, to, &tried, tried.wanted.witness()),
            None => self.untried(from, to, wanted),
        }
    }

    /// What gets through of what one sends to another.
    pub(super) fn attempt(&self, tried: Try<'f>) -> Tried<'f> {
        let mut walk = Walk { lens: &self.lens, trail: Trail::default(), heeds: Heeds::All };
        let passed = walk.go(&tried, tried.wanted.clone());
        let mut unsure = Packets::default();
        for packets in walk.trail.unsure {
            unsure.add(packets);
        }
        Tried { tried, passed, unsure }
    }

    /// The verdict on one packet.
    fn follow(&self, from: &Member, to: &Member, tried: &Try<'f>, packet: Option<Packet>) -> Verdict {
        let Some(packet) = packet else { return self.untried(from, to, &Wanted::anything()) };
        let mut walk = Walk { lens: &self.lens, trail: Trail::of_one(), heeds: Heeds::All };
        let passed = walk.go(tried, Packets::one(&packet));
        let single = walk.trail.single.unwrap_or_default();
        if !passed.is_empty() {
            return Verdict::Reachable(single.path);
        }
        if let Some((what, at)) = single.not_modelled {
            return Verdict::NotModelled(Box::new(NotModelled { what, at, path: single.path }));
        }
        let (reason, at, by, groups, packet) = match single.stop {
            Some(stop) => (stop.reason, stop.at, stop.by, stop.groups, stop.packet),
            None => (Reason::NotBeyondGateway, self.name(to), None, Vec::new(), Some(packet)),
        };
        let (from, to) = (self.name(from), self.name(to));
        Verdict::Blocked(Box::new(Blocked { reason, at, by, groups, packet, from, to, path: single.path }))
    }

    /// The verdict on two between whom nothing could be tried.
    fn untried(&self, from: &Member, to: &Member, wanted: &Wanted) -> Verdict {
        if let Member::Amazon(_) = to {
            let what = "Amazon's own service".into();
            return Verdict::NotModelled(Box::new(NotModelled { what, at: self.name(to), path: Path::default() }));
        }
        let foreign = |source: IpAddr| {
            let own = self.stands(from, None).into_iter().flatten().any(|stand| stand.address == source);
            matches!(from, Member::Interfaces { .. }) && !own
        };
        let (reason, at) = match (from, to) {
            (Member::Outside { .. }, Member::Outside { .. }) => (Reason::NotBeyondGateway, to),
            _ if wanted.source.is_some_and(foreign) => (Reason::SpoofedSource, from),
            _ => (Reason::NoCommonFamily, to),
        };
        Verdict::Blocked(Box::new(Blocked {
            reason,
            at: self.name(at),
            by: None,
            groups: Vec::new(),
            packet: None,
            from: self.name(from),
            to: self.name(to),
            path: Path::default(),
        }))
    }

    fn name(&self, member: &Member) -> Origin {
        match member {
            Member::Interfaces { first, .. } => self.lens.fabric.interfaces[*first].origin.clone(),
            Member::Outside { name, .. } => name.clone(),
            Member::Service(id) => self.lens.fabric.services[*id].origin.clone(),
            Member::Nobody(address) | Member::Amazon(address) => Origin::new(eco_format!("{address}")),
        }
    }

    /// The members of both ends of a question.
    fn ends(&self, query: &Query) -> Result<(Vec<Member>, Vec<Member>), Side> {
        let from = self.members(&query.from);
        let to = self.members(&query.to);
        let mut from: Vec<Member> = from
            .into_iter()
            .filter(|member| !matches!(member, Member::Nobody(_) | Member::Amazon(_) | Member::Service(_)))
            .collect();
        // Endpoints begin nothing; among others they are not who is meant.
        if !from.iter().all(|member| self.is_endpoint(member)) {
            from.retain(|member| !self.is_endpoint(member));
        }
        match (from.is_empty(), to.is_empty()) {
            (true, _) => Err(Side::From),
            (_, true) => Err(Side::To),
            (false, false) => Ok((from, to)),
        }
    }

    fn is_endpoint(&self, member: &Member) -> bool {
        let of = |id: Id<Interface>| &self.lens.fabric.interfaces[id].of;
        matches!(member, Member::Interfaces { first, .. } if *of(*first) == InterfaceOf::Endpoint)
    }

    /// Whatever has a public address, but for services behind gateway endpoints, which are reached as such.
    pub(super) fn internet(&self) -> Member {
        let mut sources = beyond::internet();
        for block in self.services() {
            sources.take(&Cell::of_block(Field::Source, block));
        }
        Member::Outside { sources, internet: true, name: Origin::new("internet") }
    }

    /// The addresses of services behind gateway endpoints.
    pub(super) fn services(&self) -> Vec<Block> {
        let services = self.lens.fabric.services.iter();
        services.flat_map(|(_, service)| self.lens.list(service.addresses).unwrap_or_default()).copied().collect()
    }

    pub(super) fn members(&self, end: &Endpoint) -> Vec<Member> {
        match end {
            Endpoint::Interfaces(ids) => self.interfaces(ids, None),
            Endpoint::Internet => vec![self.internet()],
            Endpoint::Service(id) => vec![Member::Service(*id)],
            Endpoint::Block(block) => self.of_block(*block),
        }
    }

    fn interfaces(&self, ids: &[Id<Interface>], within: Option<Block>) -> Vec<Member> {
        let member = |ids: Vec<Id<Interface>>| {
            Some(Member::Interfaces { first: *ids.first()?, second: ids.get(1).copied(), within })
        };
        self.classes.sort(ids).into_iter().filter_map(member).collect()
    }

    fn of_block(&self, block: Block) -> Vec<Member> {
        let fabric = self.lens.fabric;
        if self.is_amazons(block) {
            return vec![Member::Amazon(block.first())];
        }
        let holds = |interface: &Interface| {
            let has = |address: &super::fabric::Private| {
                address.block.overlaps(block)
                    || matches!(address.public, Some(Public::Known(public)) if block.holds(public.into()))
            };
            !block.is_any() && interface.addresses.iter().any(has)
        };
        let ids: Vec<Id<Interface>> =
            fabric.interfaces.iter().filter(|(_, interface)| holds(interface)).map(|(id, _)| id).collect();
        let mut members = self.interfaces(&ids, Some(block));
        let mut outside = Packets::of(Cell::of_block(Field::Source, block));
        for own in fabric.vpcs.iter().flat_map(|(_, vpc)| &vpc.blocks) {
            outside.take(&Cell::of_block(Field::Source, *own));
        }
        if !block.is_any() {
            let public = fabric.public_addresses().filter(|public| block.holds(*public));
            for own in public {
                outside.take(&Cell::of_block(Field::Source, Block::host(own)));
            }
        }
        if !outside.is_empty() {
            let name = Origin::new(eco_format!("{block}"));
            members.push(Member::Outside { sources: outside, internet: false, name });
        }
        if members.is_empty() {
            members.push(Member::Nobody(block.first()));
        }
        members
    }

    /// Whether a block is one of link-local services, or a VPC's DNS server: the third address of its first block (VPC user
    /// guide, "DNS attributes for your VPC").
    pub(super) fn is_amazons(&self, block: Block) -> bool {
        let server = |vpc: &super::fabric::Vpc| vpc.blocks.first().and_then(|block| block.at(2)).map(Block::host);
        is_link_local(block) || self.lens.fabric.vpcs.iter().any(|(_, vpc)| server(vpc) == Some(block))
    }

    /// The ways in which one may try to reach another, each by another pair of addresses; of each, all that has to get
    /// through.
    pub(super) fn alternatives(&self, from: &Member, to: &Member, wanted: &Wanted) -> Vec<Vec<Try<'f>>> {
        match (from, to) {
            (Member::Interfaces { .. }, Member::Interfaces { .. }) => self.between(from, to, wanted),
            (Member::Interfaces { .. }, Member::Outside { sources, internet, .. }) => {
                let goal = if *internet { Goal::Internet } else { Goal::Outside };
                let stands = self.stands(from, wanted.source);
                let to = |points: Vec<Stand<'f>>| self.each(points, goal, &sources.mirrored(), wanted);
                stands.into_iter().map(to).filter(|tries| !tries.is_empty()).collect()
            }
            (Member::Interfaces { .. }, Member::Service(id)) => {
                let list = self.lens.fabric.services[*id].addresses;
                let mut addresses = Packets::default();
                for block in self.lens.list(list).unwrap_or_default() {
                    addresses.push(Cell::of_block(Field::Destination, *block));
                }
                let to = |points: Vec<Stand<'f>>| self.each(points, Goal::Service(*id), &addresses, wanted);
                self.stands(from, wanted.source).into_iter().map(to).filter(|tries| !tries.is_empty()).collect()
            }
            (Member::Interfaces { .. }, Member::Nobody(address)) => {
                let there = Packets::of(Cell::of_block(Field::Destination, Block::host(*address)));
                let to = |points: Vec<Stand<'f>>| self.each(points, Goal::Nobody, &there, wanted);
                self.stands(from, wanted.source).into_iter().map(to).filter(|tries| !tries.is_empty()).collect()
            }
            (Member::Outside { sources, internet, .. }, Member::Interfaces { .. }) => {
                let stands = self.stands(to, wanted.destination);
                let from = |points: Vec<Stand<'f>>| self.inwards(points, sources, *internet, wanted);
                stands.into_iter().map(from).filter(|tries| !tries.is_empty()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// From interfaces to interfaces, by each pair of addresses: first by private ones.
    fn between(&self, from: &Member, to: &Member, wanted: &Wanted) -> Vec<Vec<Try<'f>>> {
        let (senders, takers) = (self.stands(from, wanted.source), self.stands(to, wanted.destination));
        let Member::Interfaces { within, .. } = *to else { return Vec::new() };
        let mut alternatives = Vec::new();
        for aim in [Aim::Private, Aim::Public] {
            for sender in &senders {
                for taker in &takers {
                    alternatives.push(self.towards(sender, (taker, within), aim, wanted));
                }
            }
        }
        alternatives.retain(|tries| !tries.is_empty());
        alternatives
    }

    fn towards(
        &self,
        sender: &[Stand<'f>],
        (taker, within): (&[Stand<'f>], Option<Block>),
        aim: Aim,
        wanted: &Wanted,
    ) -> Vec<Try<'f>> {
        let mut tries = Vec::new();
        for stand in taker {
            let aim = match aim {
                Aim::Private => Some(stand.address),
                Aim::Public => stand.public.filter(|public| *public != stand.address),
            };
            let wants = |aim: &IpAddr| {
                within.is_none_or(|block| block.holds(*aim)) && wanted.destination.is_none_or(|wanted| wanted == *aim)
            };
            let Some(aim) = aim.filter(wants) else { continue };
            let there = Packets::of(Cell::of_block(Field::Destination, Block::host(aim)));
            tries.extend(self.each(sender.to_vec(), Goal::Host { stand: *stand, aim }, &there, wanted));
        }
        tries
    }

    fn each(&self, points: Vec<Stand<'f>>, to: Goal<'f>, there: &Packets, wanted: &Wanted) -> Vec<Try<'f>> {
        let one = |from: Stand<'f>| {
            let packets = wanted.packets(Family::of(from.address)).with_address(Field::Source, from.address);
            let packets = packets.and(there);
            (!packets.is_empty()).then_some(Try { from: Start::Interface(from), to, wanted: packets })
        };
        points.into_iter().filter_map(one).collect()
    }

    fn inwards(&self, points: Vec<Stand<'f>>, sources: &Packets, internet: bool, wanted: &Wanted) -> Vec<Try<'f>> {
        let one = |stand: Stand<'f>| {
            let family = Family::of(stand.address);
            let mut packets = wanted.packets(family).and(sources).with_address(Field::Destination, stand.address);
            if let Some(source) = wanted.source {
                packets = packets.within(&Cell::of_block(Field::Source, Block::host(source)));
            }
            let from = if internet { Start::Internet } else { Start::Outside };
            let to = Goal::Host { stand, aim: stand.address };
            (!packets.is_empty()).then_some(Try { from, to, wanted: packets })
        };
        points.into_iter().filter_map(one).collect()
    }

    /// Where interfaces of one class stand: by each of their addresses; of one that is not chosen yet, wherever it may be.
    pub(super) fn stands(&self, member: &Member, address: Option<IpAddr>) -> Vec<Vec<Stand<'f>>> {
        let Member::Interfaces { first: id, within, .. } = *member else { return Vec::new() };
        let interface: &'f Interface = &self.lens.fabric.interfaces[id];
        let mut stands = Vec::new();
        for private in &interface.addresses {
            let public = match private.public {
                Some(Public::Known(public)) => Some(IpAddr::V4(public)),
                Some(Public::Later) => Some(self.lens.later),
                None => None,
            };
            let point = |address: IpAddr| Stand {
                origin: &interface.origin,
                subnet: interface.subnet,
                interface: Some(id),
                address,
                public: if address.is_ipv6() { Some(address) } else { public },
            };
            let points = self.classes.points(private.block).into_iter().map(point);
            let fits = |stand: &Stand<'f>| {
                let is = |wanted: &dyn Fn(IpAddr) -> bool| wanted(stand.address) || stand.public.is_some_and(wanted);
                within.is_none_or(|block| is(&|address| block.holds(address)))
                    && address.is_none_or(|wanted| is(&|address| address == wanted))
            };
            let points: Vec<Stand<'f>> = points.filter(fits).collect();
            if !points.is_empty() {
                stands.push(points);
            }
        }
        stands
    }
}

impl<'f> Walk<'_, 'f> {
    fn go(&mut self, tried: &Try<'f>, packets: Packets) -> Packets {
        match (tried.from, tried.to) {
            (Start::Interface(from), to) => self.session(from, to, packets),
            (Start::Internet, Goal::Host { stand, .. }) => self.enter_from_outside(stand, packets, true),
            (Start::Outside, Goal::Host { stand, .. }) => self.enter_from_outside(stand, packets, false),
            (Start::Internet | Start::Outside, _) => Packets::default(),
        }
    }
}

impl Wanted {
    fn new(query: &Query, source_ports: (u16, u16)) -> Wanted {
        Wanted {
            traffic: query.traffic,
            source_ports: query.source_ports.unwrap_or(source_ports),
            source: query.source,
            destination: query.destination,
        }
    }

    /// Everything, from the ports of clients.
    pub(super) fn anything() -> Wanted {
        Wanted { traffic: None, source_ports: CLIENT_PORTS, source: None, destination: None }
    }

    /// Some traffic, from the ports of clients.
    pub(super) fn of(traffic: Traffic) -> Wanted {
        Wanted { traffic: Some(traffic), ..Wanted::anything() }
    }

    /// The packets of a family that are asked about. Protocols without ports have the port 0.
    pub(super) fn packets(&self, family: Family) -> Packets {
        let all = Traffic { protocol: Protocol::All, ports: None };
        let Some(cell) = Cell::of_traffic(&self.traffic.unwrap_or(all), family) else { return Packets::default() };
        let mut rest = Packets::of(cell);
        let mut packets = Packets::default();
        let ports = (u128::from(self.source_ports.0), u128::from(self.source_ports.1));
        for protocol in [6, 17] {
            let of_protocol = Cell::all(family).with(Field::Protocol, (protocol, protocol));
            packets.add(rest.take(&of_protocol).with(Field::SourcePort, ports));
        }
        let (icmp, foreign) = if family == Family::V4 { (1, 58) } else { (58, 1) };
        let of_icmp = Cell::all(family).with(Field::Protocol, (icmp, icmp));
        packets.add(rest.take(&of_icmp).with(Field::SourcePort, (0, 0)));
        rest.take(&Cell::all(family).with(Field::Protocol, (foreign, foreign)));
        packets.add(rest.with(Field::SourcePort, (0, 0)).with(Field::DestinationPort, (0, 0)));
        packets
    }
}

/// The pairs of members that are to reach each other; what is a member of both ends need not reach itself.
fn pairs<'a>(from: &'a [Member], to: &'a [Member]) -> impl Iterator<Item = (Member, Member)> + 'a {
    from.iter().flat_map(move |one| to.iter().filter_map(move |other| apart(one, other)))
}

/// Two members as two that are not the same, if there are two.
pub(super) fn apart(one: &Member, other: &Member) -> Option<(Member, Member)> {
    let (mut one, mut other) = (one.clone(), other.clone());
    if let (Member::Interfaces { first: a, second: b, .. }, Member::Interfaces { first: c, second: d, .. }) =
        (&mut one, &mut other)
        && a == c
    {
        match (*b, *d) {
            (_, Some(another)) => *c = another,
            (Some(another), None) => *a = another,
            (None, None) => return None,
        }
    }
    Some((one, other))
}
