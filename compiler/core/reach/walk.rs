//! The ways of packets: from an interface, out of its subnet and VPC, to where they are for, and their answers back.
//!
//! In: packets as their sender makes them. Out: those of them whose request arrives and whose answer gets back. Fields
//! that gateways change on the way are as they were again in what comes out.

use super::fabric::{GatewayKind, Interface, InterfaceOf, Origin, RouteTarget, Service, State, Subnet, Vpc};
use super::filter::{Far, Heeds, Phase, Walk};
use super::packets::{Cell, Field, Packets};
use super::query::HopKind;
use super::reason::Reason;
use crate::model::{Direction, Id};
use crate::net::{Block, Family};
use std::net::IpAddr;

/// Who sends or takes: an interface, or a NAT gateway.
#[derive(Clone, Copy)]
pub(super) struct Stand<'f> {
    pub(super) origin: &'f Origin,
    pub(super) subnet: Id<Subnet>,
    /// `None` for a NAT gateway, which has no security group.
    pub(super) interface: Option<Id<Interface>>,
    /// Its private IPv4 address, or its IPv6 address.
    pub(super) address: IpAddr,
    /// What stands for it beyond the internet gateway.
    pub(super) public: Option<IpAddr>,
}

/// Whom packets are for.
#[derive(Clone, Copy)]
pub(super) enum Goal<'f> {
    /// An interface, called by its private or its public address.
    Host { stand: Stand<'f>, aim: IpAddr },
    /// Whoever is outside, where internet gateways lead.
    Internet,
    /// Whoever is outside, wherever.
    Outside,
    /// A service behind a gateway endpoint.
    Service(Id<Service>),
    /// Nobody: an address in a VPC that nothing has.
    Nobody,
}

/// A stretch of the way back.
pub(super) type Back<'a, 'l, 'f> = &'a mut dyn FnMut(&mut Walk<'l, 'f>, Packets) -> Packets;

impl<'l, 'f> Walk<'l, 'f> {
    /// What an interface can send to whom it is for, and be answered.
    pub(super) fn session(&mut self, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let Some(id) = from.interface else { return Packets::default() };
        let interface: &'f Interface = &self.lens.fabric.interfaces[id];
        if let InterfaceOf::NotModelled(what) = &interface.of {
            self.trail.not_modelled(what.clone(), &interface.origin, packets);
            return Packets::default();
        }
        if interface.of == InterfaceOf::Endpoint {
            self.trail.stop(Reason::EndpointBeginsNothing, &interface.origin, None, &packets);
            return Packets::default();
        }
        let packets = self.working(id, packets);
        self.trail.hop(HopKind::Interface, from.origin, None, &packets);
        let packets = self.groups(id, Direction::Egress, packets, self.far(to));
        self.leave(from, to, packets)
    }

    fn far(&self, to: Goal<'f>) -> Far {
        match to {
            Goal::Host { stand, aim } => self.seen(stand, aim == stand.address),
            _ => Far::OUTSIDE,
        }
    }

    /// How somebody is seen, by a private address or another one.
    pub(super) fn seen(&self, stand: Stand<'f>, private: bool) -> Far {
        Far { interface: stand.interface, private_in: private.then(|| self.vpc(stand.subnet)) }
    }

    pub(super) fn vpc(&self, subnet: Id<Subnet>) -> Id<Vpc> {
        self.lens.fabric.subnets[subnet].vpc
    }

    /// What goes out of a subnet, or stays in it, as its routes say.
    pub(super) fn leave(&mut self, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let mut rest = packets;
        let mut arrived = Packets::default();
        if let Goal::Host { stand, aim } = to
            && stand.subnet == from.subnet
            && aim == stand.address
        {
            let (near, other) = self.routed(from.subnet, Field::Destination, rest, &RouteTarget::Local);
            arrived.add(self.inside(from, stand, near));
            rest = other;
        }
        let rest = self.acl(from.subnet, Direction::Egress, Phase::Request, rest);
        let lens = self.lens;
        let mut rest = rest;
        for way in lens.ways_of(from.subnet) {
            if rest.is_empty() || lens.effort.is_spent() {
                break;
            }
            lens.effort.spend(rest.cells().len());
            let packets = rest.take(&Cell::of_block(Field::Destination, way.block));
            if packets.is_empty() {
                continue;
            }
            let by = way.route.map(|route| &route.origin);
            if let Some(State::Down(_)) = way.route.map(|route| &route.state) {
                self.trail.stop(Reason::BlackholeRoute, self.table_name(from.subnet), by, &packets);
                continue;
            }
            self.trail.hop(HopKind::RouteTable, self.table_name(from.subnet), by, &packets);
            arrived.add(self.follow(way.target(), from, to, packets));
        }
        self.unrouted(from.subnet, Reason::NoRoute, rest);
        arrived
    }

    /// The name of a subnet's route table; its own, if it has none but local routes.
    pub(super) fn table_name(&self, subnet: Id<Subnet>) -> &'f Origin {
        let fabric = self.lens.fabric;
        match fabric.table_of(subnet) {
            Some(table) => &fabric.tables[table].origin,
            None => &fabric.subnets[subnet].origin,
        }
    }

    fn follow(&mut self, target: &'f RouteTarget, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let fabric = self.lens.fabric;
        match target {
            RouteTarget::Local => self.local(from, to, packets),
            RouteTarget::Gateway(id) => match &fabric.gateways[*id].kind {
                GatewayKind::Internet => self.internet(*id, from, to, packets),
                GatewayKind::Nat { .. } => self.nat(*id, from, to, packets),
                GatewayKind::Egress => self.egress_only(*id, from, to, packets),
                GatewayKind::Vpn => self.vpn(*id, from, to, packets),
            },
            RouteTarget::Peering(id) => self.peering(*id, from, to, packets),
            RouteTarget::Service(id) => self.service(*id, from, to, packets),
            RouteTarget::Interface(id) => self.forwarding(*id, packets),
            RouteTarget::NotModelled(what, id) => {
                self.trail.not_modelled(what.clone(), &Origin::new(id.clone()), packets);
                Packets::default()
            }
            RouteTarget::Gone => {
                self.trail.stop(Reason::BlackholeRoute, self.table_name(from.subnet), None, &packets);
                Packets::default()
            }
        }
    }

    /// A machine that forwards does so as its software says; one whose check is on drops what is not its own.
    fn forwarding(&mut self, id: Id<Interface>, packets: Packets) -> Packets {
        let interface: &'f Interface = &self.lens.fabric.interfaces[id];
        if interface.forwards {
            self.trail.not_modelled("forwarding instance", &interface.origin, packets);
        } else {
            self.trail.stop(Reason::SourceDestCheck, &interface.origin, None, &packets);
        }
        Packets::default()
    }

    fn local(&mut self, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        match to {
            Goal::Host { stand, aim } if self.vpc(stand.subnet) == self.vpc(from.subnet) && aim == stand.address => {
                self.inside(from, stand, packets)
            }
            _ => {
                self.nobody(self.vpc(from.subnet), &packets);
                Packets::default()
            }
        }
    }

    /// Notes that nothing in a VPC has the address that packets are for.
    pub(super) fn nobody(&mut self, vpc: Id<Vpc>, packets: &Packets) {
        let Some(packet) = packets.witness().filter(|_| self.trail.is_single()) else { return };
        let fabric = self.lens.fabric;
        let holds = |subnet: &Subnet| subnet.blocks.iter().any(|block| block.holds(packet.destination));
        let subnet = fabric.subnets.iter().find(|(_, subnet)| subnet.vpc == vpc && holds(subnet));
        match subnet {
            Some((_, subnet)) => self.trail.stop(Reason::NoHostAtAddress, &subnet.origin, None, packets),
            None => self.trail.stop(Reason::NoSubnetForAddress, &fabric.vpcs[vpc].origin, None, packets),
        }
    }

    /// From one to another of the same VPC.
    fn inside(&mut self, from: Stand<'f>, to: Stand<'f>, packets: Packets) -> Packets {
        let packets = self.arrive(to, packets, from.subnet, self.seen(from, true));
        self.answered(packets, &mut |walk, answers| {
            let answers = walk.leave_back(to, &RouteTarget::Local, from.subnet, answers);
            walk.enter_back(from, to.subnet, answers)
        })
    }

    /// What comes in to an interface, from another subnet or its own; from outside, `across` is any other.
    pub(super) fn arrive(&mut self, at: Stand<'f>, packets: Packets, across: Id<Subnet>, far: Far) -> Packets {
        let packets = if across == at.subnet {
            packets
        } else {
            self.acl(at.subnet, Direction::Ingress, Phase::Request, packets)
        };
        self.take_in(at, packets, far)
    }

    /// What comes in to an interface from outside of its VPC.
    pub(super) fn arrive_from_outside(&mut self, at: Stand<'f>, packets: Packets, far: Far) -> Packets {
        let packets = self.acl(at.subnet, Direction::Ingress, Phase::Request, packets);
        self.take_in(at, packets, far)
    }

    fn take_in(&mut self, at: Stand<'f>, packets: Packets, far: Far) -> Packets {
        let Some(id) = at.interface else { return packets };
        let interface: &'f Interface = &self.lens.fabric.interfaces[id];
        if let InterfaceOf::NotModelled(what) = &interface.of {
            self.trail.not_modelled(what.clone(), &interface.origin, packets);
            return Packets::default();
        }
        let packets = self.groups(id, Direction::Ingress, packets, far);
        let packets = self.working(id, packets);
        self.trail.hop(HopKind::Interface, at.origin, None, &packets);
        packets
    }

    /// Those packets whose answers get through a way back; those that await none among them.
    pub(super) fn answered(&mut self, packets: Packets, back: Back<'_, 'l, 'f>) -> Packets {
        if self.heeds == Heeds::RoutesThere {
            return packets;
        }
        let (answers, mut passed) = packets.answers();
        if answers.is_empty() {
            return passed;
        }
        self.trail.turn();
        let mark = self.trail.mark();
        passed.add(back(self, answers).questions());
        self.trail.restore(mark, Packets::questions);
        passed
    }

    /// Answers as they leave one side: past its groups, its ACL unless they stay in the subnet, and its routes, which must
    /// lead the way that the request came.
    pub(super) fn leave_back(
        &mut self,
        at: Stand<'f>,
        via: &RouteTarget,
        across: Id<Subnet>,
        answers: Packets,
    ) -> Packets {
        let outwards = across != at.subnet;
        self.leave_back_if(at, via, outwards, answers)
    }

    /// Answers as they leave one side for outside of its VPC.
    pub(super) fn leave_back_outside(&mut self, at: Stand<'f>, via: &RouteTarget, answers: Packets) -> Packets {
        self.leave_back_if(at, via, true, answers)
    }

    fn leave_back_if(&mut self, at: Stand<'f>, via: &RouteTarget, outwards: bool, answers: Packets) -> Packets {
        if let Some(id) = at.interface {
            self.trail.hop(HopKind::Interface, at.origin, None, &answers);
            self.answer_at_groups(id, Direction::Egress, &answers);
        }
        let answers = match outwards {
            true => self.acl(at.subnet, Direction::Egress, Phase::Answer, answers),
            false => answers,
        };
        let (right, wrong) = self.routed(at.subnet, Field::Destination, answers, via);
        if outwards {
            let by = self.route_for(at.subnet, &right);
            self.trail.hop(HopKind::RouteTable, self.table_name(at.subnet), by, &right);
        }
        // What its routes lead elsewhere leaves the subnet after all.
        let wrong = match outwards {
            true => wrong,
            false => self.acl(at.subnet, Direction::Egress, Phase::Answer, wrong),
        };
        self.astray(at.subnet, wrong);
        right
    }

    /// Answers as they come in to one side.
    pub(super) fn enter_back(&mut self, at: Stand<'f>, across: Id<Subnet>, answers: Packets) -> Packets {
        if across == at.subnet { self.take_back(at, answers) } else { self.enter_back_from_outside(at, answers) }
    }

    /// Answers as they come in to one side from outside of its VPC.
    pub(super) fn enter_back_from_outside(&mut self, at: Stand<'f>, answers: Packets) -> Packets {
        let answers = self.acl(at.subnet, Direction::Ingress, Phase::Answer, answers);
        self.take_back(at, answers)
    }

    fn take_back(&mut self, at: Stand<'f>, answers: Packets) -> Packets {
        if let Some(id) = at.interface {
            self.answer_at_groups(id, Direction::Ingress, &answers);
            self.trail.hop(HopKind::Interface, at.origin, None, &answers);
        }
        answers
    }

    /// Parts packets into those that a subnet's routes send to a target, and the others.
    pub(super) fn routed(
        &mut self,
        subnet: Id<Subnet>,
        field: Field,
        packets: Packets,
        via: &RouteTarget,
    ) -> (Packets, Packets) {
        let (mut right, mut wrong, mut rest) = (Packets::default(), Packets::default(), packets);
        for way in self.lens.ways_of(subnet) {
            if rest.is_empty() || self.lens.effort.is_spent() {
                break;
            }
            self.lens.effort.spend(rest.cells().len());
            let up = way.route.is_none_or(|route| route.state == State::Up);
            let taken = rest.take(&Cell::of_block(field, way.block));
            if up && way.target() == via { right.add(taken) } else { wrong.add(taken) }
        }
        wrong.add(rest);
        (right, wrong)
    }

    fn route_for(&self, subnet: Id<Subnet>, packets: &Packets) -> Option<&'f Origin> {
        let packet = packets.witness()?;
        let way = self.lens.ways_of(subnet).iter().find(|way| way.block.holds(packet.destination))?;
        way.route.map(|route| &route.origin)
    }
}

/// Addresses that the internet does not carry: private ones (RFC 1918), shared ones (RFC 6598), link-local, loopback and
/// multicast ones, and unique local ones of IPv6 (RFC 4193).
pub(super) fn not_public() -> Vec<Block> {
    let v4 = [
        ([10, 0, 0, 0], 8),
        ([172, 16, 0, 0], 12),
        ([192, 168, 0, 0], 16),
        ([100, 64, 0, 0], 10),
        ([169, 254, 0, 0], 16),
        ([127, 0, 0, 0], 8),
        ([0, 0, 0, 0], 8),
        ([224, 0, 0, 0], 3),
    ];
    let v6 =
        [([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8)];
    let v4 = v4.into_iter().map(|(base, len)| Block::around(IpAddr::from(base), len));
    v4.chain(v6.into_iter().map(|(base, len): ([u16; 8], u8)| Block::around(IpAddr::from(base), len))).collect()
}

/// Whether the internet carries none of a block's addresses.
pub fn is_private(block: Block) -> bool {
    not_public().iter().any(|own| own.contains(block))
}

/// Whether a block is one of Amazon's link-local services: metadata, DNS, time. Neither groups nor ACLs filter what goes there
/// (VPC user guide, "Network ACL basics").
pub fn is_link_local(block: Block) -> bool {
    let v4 = Block::around([169, 254, 0, 0].into(), 16);
    let v6 = Block::around([0xfd00u16, 0xec2, 0, 0, 0, 0, 0, 0].into(), 32);
    v4.contains(block) || v6.contains(block)
}

/// Whether an address is of a family.
pub(super) fn is_of(family: Family, address: IpAddr) -> bool {
    Family::of(address) == family
}
