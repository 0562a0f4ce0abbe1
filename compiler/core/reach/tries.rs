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

/// By which address somebody is called.
#[derive(Clone, Copy)]
enum Aim {
    Private,
    Public,
}

impl<'f> Analysis<'f> {
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
            let points = self.classes.points(private.block).iter().copied().map(point);
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
    pub(super) fn go(&mut self, tried: &Try<'f>, packets: Packets) -> Packets {
        match (tried.from, tried.to) {
            (Start::Interface(from), to) => self.session(from, to, packets),
            (Start::Internet, Goal::Host { stand, .. }) => self.enter_from_outside(stand, packets, true),
            (Start::Outside, Goal::Host { stand, .. }) => self.enter_from_outside(stand, packets, false),
            (Start::Internet | Start::Outside, _) => Packets::default(),
        }
    }
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
