//! What members of the ends of a question send to each other: by which addresses, and what of it is asked about.

use super::ask::Analysis;
use super::fabric::{Interface, Public};
use super::filter::Walk;
use super::members::Member;
use super::packets::{Cell, Field, Packets};
use super::query::{CLIENT_PORTS, Query};
use super::walk::{Goal, Stand};
use crate::model::{Protocol, Traffic};
use crate::net::{Block, Family};
use std::net::IpAddr;

/// To make up what one sends takes as long as so many steps.
const STEPS_OF_A_TRY: usize = 16;

/// What one sends to another.
pub(super) struct Try<'f> {
    from: Start<'f>,
    to: Goal<'f>,
    pub(super) wanted: Packets,
}

/// From where packets are sent.
#[derive(Clone, Copy)]
enum Start<'f> {
    Interface(Stand<'f>),
    Internet,
    Outside,
}

/// What is asked of packets, whoever sends them.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    traffic: Option<Traffic>,
    source_ports: (u16, u16),
    pub(super) source: Option<IpAddr>,
    destination: Option<IpAddr>,
}

/// One way to try: from each of these to each of those.
pub(super) struct Alternative<'f> {
    starts: Vec<Start<'f>>,
    goals: Vec<Goal<'f>>,
    /// Who is outside, as sources or as destinations.
    there: Packets,
    wanted: Wanted,
}

/// By which address somebody is called.
#[derive(Clone, Copy)]
enum Aim {
    Private,
    Public,
}

impl<'f> Analysis<'f> {
    /// The ways in which one may try to reach another, each by another pair of addresses.
    pub(super) fn alternatives(&self, from: &Member, to: &Member, wanted: &Wanted) -> Vec<Alternative<'f>> {
        let mut alternatives = match (from, to) {
            (Member::Interfaces { .. }, Member::Interfaces { .. }) => self.between(from, to, wanted),
            (Member::Interfaces { .. }, Member::Outside { sources, internet, .. }) => {
                let goal = if *internet { Goal::Internet } else { Goal::Outside };
                self.outwards(from, goal, &sources.mirrored(), wanted)
            }
            (Member::Interfaces { .. }, Member::Service(id)) => {
                let list = self.lens.fabric.services[*id].addresses;
                let mut addresses = Packets::default();
                for block in self.lens.list(list).unwrap_or_default() {
                    addresses.push(Cell::of_block(Field::Destination, *block));
                }
                self.outwards(from, Goal::Service(*id), &addresses, wanted)
            }
            (Member::Interfaces { .. }, Member::Nobody(address)) => {
                let there = Packets::of(Cell::of_block(Field::Destination, Block::host(*address)));
                self.outwards(from, Goal::Nobody, &there, wanted)
            }
            (Member::Outside { sources, internet, .. }, Member::Interfaces { .. }) => {
                let start = if *internet { Start::Internet } else { Start::Outside };
                self.inwards(start, to, sources, wanted)
            }
            _ => Vec::new(),
        };
        alternatives.retain(|alternative| self.tries(alternative).next().is_some());
        alternatives
    }

    /// All that has to get through if one reaches another in one of the ways. Made up one by one: where addresses are not
    /// chosen yet, there are as many as there are pairs of places at which rules differ.
    pub(super) fn tries<'t>(&'t self, alternative: &'t Alternative<'f>) -> impl Iterator<Item = Try<'f>> + 't {
        let pairs = alternative.goals.iter().flat_map(|to| alternative.starts.iter().map(move |from| (*from, *to)));
        pairs.take_while(|_| !self.is_spent()).filter_map(|(from, to)| {
            self.lens.effort.spend(STEPS_OF_A_TRY);
            let wanted = alternative.packets(from, to);
            (!wanted.is_empty()).then_some(Try { from, to, wanted })
        })
    }

    /// From interfaces to interfaces, by each pair of addresses: first by private ones.
    fn between(&self, from: &Member, to: &Member, wanted: &Wanted) -> Vec<Alternative<'f>> {
        let (senders, takers) = (self.stands(from, wanted.source), self.stands(to, wanted.destination));
        let Member::Interfaces { within, .. } = *to else { return Vec::new() };
        let mut alternatives = Vec::new();
        for aim in [Aim::Private, Aim::Public] {
            for sender in &senders {
                for taker in &takers {
                    let goals = goals(taker, within, aim, wanted);
                    alternatives.push(Alternative::from_stands(sender.clone(), goals, Packets::default(), wanted));
                }
            }
        }
        alternatives
    }

    fn outwards(&self, from: &Member, to: Goal<'f>, there: &Packets, wanted: &Wanted) -> Vec<Alternative<'f>> {
        let stands = self.stands(from, wanted.source).into_iter();
        stands.map(|points| Alternative::from_stands(points, vec![to], there.clone(), wanted)).collect()
    }

    fn inwards(&self, from: Start<'f>, to: &Member, sources: &Packets, wanted: &Wanted) -> Vec<Alternative<'f>> {
        let goal = |stand: Stand<'f>| Goal::Host { stand, aim: stand.address };
        let alternative = |points: Vec<Stand<'f>>| Alternative {
            starts: vec![from],
            goals: points.into_iter().map(goal).collect(),
            there: sources.clone(),
            wanted: *wanted,
        };
        self.stands(to, wanted.destination).into_iter().map(alternative).collect()
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
            let points = self.classes.points(private.block).iter().copied().map(point);
            let fits = |stand: &Stand<'f>| {
                let is = |wanted: &dyn Fn(IpAddr) -> bool| wanted(stand.address) || stand.public.is_some_and(wanted);
                within.is_none_or(|block| is(&|address| block.holds(address)))
                    && address.is_none_or(|wanted| is(&|address| address == wanted))
            };
            let points: Vec<Stand<'f>> = points.filter(fits).collect();
            self.lens.effort.spend(self.classes.points(private.block).len());
            if !points.is_empty() {
                stands.push(points);
            }
        }
        stands
    }
}

impl<'f> Walk<'_, 'f> {
    pub(super) fn go(&mut self, tried: &Try<'f>, packets: Packets) -> Packets {
        match (tried.from, tried.to) {
            (Start::Interface(from), to) => self.session(from, to, packets),
            (Start::Internet, Goal::Host { stand, .. }) => self.enter_from_outside(stand, packets, true),
            (Start::Outside, Goal::Host { stand, .. }) => self.enter_from_outside(stand, packets, false),
            (Start::Internet | Start::Outside, _) => Packets::default(),
        }
    }
}

impl<'f> Alternative<'f> {
    fn from_stands(points: Vec<Stand<'f>>, goals: Vec<Goal<'f>>, there: Packets, wanted: &Wanted) -> Alternative<'f> {
        Alternative { starts: points.into_iter().map(Start::Interface).collect(), goals, there, wanted: *wanted }
    }

    /// What one of those who start sends to one of those whom it is for.
    fn packets(&self, from: Start<'f>, to: Goal<'f>) -> Packets {
        match (from, to) {
            (Start::Interface(from), to) => {
                let packets = self.wanted.packets(Family::of(from.address)).with_address(Field::Source, from.address);
                match to {
                    Goal::Host { aim, .. } => packets.within(&Cell::of_block(Field::Destination, Block::host(aim))),
                    _ => packets.and(&self.there),
                }
            }
            (Start::Internet | Start::Outside, Goal::Host { stand, .. }) => {
                let packets = self.wanted.packets(Family::of(stand.address)).and(&self.there);
                let packets = packets.with_address(Field::Destination, stand.address);
                match self.wanted.source {
                    Some(source) => packets.within(&Cell::of_block(Field::Source, Block::host(source))),
                    None => packets,
                }
            }
            _ => Packets::default(),
        }
    }
}

/// Those of somebody's addresses by which it is called.
fn goals<'f>(taker: &[Stand<'f>], within: Option<Block>, aim: Aim, wanted: &Wanted) -> Vec<Goal<'f>> {
    let goal = |stand: &Stand<'f>| {
        let aim = match aim {
            Aim::Private => Some(stand.address),
            Aim::Public => stand.public.filter(|public| *public != stand.address),
        };
        let wants = |aim: &IpAddr| {
            within.is_none_or(|block| block.holds(*aim)) && wanted.destination.is_none_or(|wanted| wanted == *aim)
        };
        Some(Goal::Host { stand: *stand, aim: aim.filter(wants)? })
    };
    taker.iter().filter_map(goal).collect()
}

impl Wanted {
    pub(super) fn new(query: &Query, source_ports: (u16, u16)) -> Wanted {
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
