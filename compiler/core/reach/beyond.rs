//! What happens at gateways, peerings and endpoints to packets that leave a VPC.

use super::astray::OTHER_SIDE;
use super::fabric::{Gateway, GatewayKind, Origin, Peering, PeeringSide, RouteTarget, Service, State, Vpc};
use super::filter::{Far, Walk, take_blocks};
use super::packets::{Cell, Field, Packets};
use super::query::HopKind;
use super::reason::Reason;
use super::walk::{Goal, Stand, is_of, not_public};
use crate::model::{Direction, Id};
use crate::net::{Block, Family};
use std::net::IpAddr;

/// What is said of what lies at the far end of tunnels.
pub(super) const BEHIND_VPN: &str = "what lies behind the VPN";

/// The protocols that a NAT gateway takes: tcp, udp and icmp (VPC user guide, "NAT gateway basics").
const NAT_PROTOCOLS: [u128; 3] = [6, 17, 1];

impl<'l, 'f> Walk<'l, 'f> {
    /// What comes to a gateway of a VPC that works.
    pub(super) fn usable(&mut self, gateway: &'f Gateway, vpc: Id<Vpc>, packets: Packets) -> Packets {
        let reason = match (&gateway.state, gateway.vpc == Some(vpc)) {
            (State::Up, true) if gateway.redirects => {
                self.trail.not_modelled("gateway with a route table of its own", &gateway.origin, packets);
                return Packets::default();
            }
            (State::Up, true) => return packets,
            (State::Up, false) => Reason::GatewayDetached,
            (State::Down(_), _) => Reason::GatewayNotAvailable,
        };
        self.trail.stop(reason, &gateway.origin, None, &packets);
        Packets::default()
    }

    /// Out through an internet gateway, with the public address in the place of the private one.
    pub(super) fn internet(&mut self, id: Id<Gateway>, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let gateway = &self.lens.fabric.gateways[id];
        let mut packets = self.usable(gateway, self.vpc(from.subnet), packets);
        let Some(public) = from.public else {
            let private_nat = from.interface.is_none();
            let reason = if private_nat { Reason::PrivateNatOnInternet } else { Reason::IgwNoPublicIp };
            self.trail.stop(reason, &gateway.origin, None, &packets);
            return Packets::default();
        };
        let private = take_blocks(&mut packets, Direction::Egress, &not_public());
        self.trail.stop(Reason::PrivateDestinationOnInternet, &gateway.origin, None, &private);
        self.translated(packets, Field::Source, (from.address, public), |walk, packets| {
            walk.trail.hop(HopKind::InternetGateway, &gateway.origin, None, &packets);
            walk.carried(&gateway.origin, HopKind::InternetGateway, from, public, to, packets)
        })
    }

    /// Follows packets with another address in a field, and gives back what gets through as it was before.
    pub(super) fn translated(
        &mut self,
        packets: Packets,
        field: Field,
        (before, after): (IpAddr, IpAddr),
        follow: impl FnOnce(&mut Walk<'l, 'f>, Packets) -> Packets,
    ) -> Packets {
        let mark = self.trail.mark();
        let passed = follow(self, packets.with_address(field, after));
        self.trail.restore(mark, |packets| packets.with_address(field, before));
        passed.with_address(field, before)
    }

    /// Over the internet, and back to a gateway behind which the sender has a private address.
    fn carried(
        &mut self,
        gateway: &'f Origin,
        kind: HopKind,
        from: Stand<'f>,
        public: IpAddr,
        to: Goal<'f>,
        packets: Packets,
    ) -> Packets {
        let back = &mut |walk: &mut Walk<'l, 'f>, answers: Packets| {
            walk.translated(answers, Field::Destination, (public, from.address), |walk, answers| {
                walk.trail.hop(kind, gateway, None, &answers);
                walk.enter_back_from_outside(from, answers)
            })
        };
        match to {
            Goal::Internet | Goal::Outside => {
                self.trail.hop(HopKind::Outside, &Origin::new("internet"), None, &packets);
                self.answered(packets, back)
            }
            Goal::Host { stand, aim } if stand.public == Some(aim) => {
                self.enter_from_internet(stand, packets, self.seen(from, false), back)
            }
            Goal::Host { .. } | Goal::Service(_) | Goal::Nobody => {
                self.trail.stop(Reason::NotBeyondGateway, gateway, None, &packets);
                Packets::default()
            }
        }
    }

    /// Out through an egress-only internet gateway: IPv6 alone, and answers alone come back.
    pub(super) fn egress_only(&mut self, id: Id<Gateway>, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let gateway = &self.lens.fabric.gateways[id];
        let mut packets = self.usable(gateway, self.vpc(from.subnet), packets);
        if !is_of(Family::V6, from.address) {
            self.trail.stop(Reason::WrongFamilyForGateway, &gateway.origin, None, &packets);
            return Packets::default();
        }
        let private = take_blocks(&mut packets, Direction::Egress, &not_public());
        self.trail.stop(Reason::PrivateDestinationOnInternet, &gateway.origin, None, &private);
        self.trail.hop(HopKind::EgressOnlyGateway, &gateway.origin, None, &packets);
        self.carried(&gateway.origin, HopKind::EgressOnlyGateway, from, from.address, to, packets)
    }

    /// Through a NAT gateway: past the ACL of its subnet, out as its routes say, and the same way back.
    pub(super) fn nat(&mut self, id: Id<Gateway>, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let gateway = &self.lens.fabric.gateways[id];
        let packets = self.usable(gateway, self.vpc(from.subnet), packets);
        let Some(stand) = self.nat_stand(gateway) else {
            self.trail.not_modelled("NAT gateway without a subnet", &gateway.origin, packets);
            return Packets::default();
        };
        if !is_of(Family::V4, from.address) {
            self.trail.not_modelled("NAT64", &gateway.origin, packets);
            return Packets::default();
        }
        if from.interface.is_none() || stand.subnet == from.subnet {
            self.trail.stop(Reason::NatLoop, &gateway.origin, None, &packets);
            return Packets::default();
        }
        let packets = self.supported(&gateway.origin, packets);
        let packets = self.arrive(stand, packets, from.subnet, Far::OUTSIDE);
        let sent = self.translated(packets, Field::Source, (from.address, stand.address), |walk, packets| {
            walk.trail.hop(HopKind::NatGateway, &gateway.origin, None, &packets);
            walk.leave(stand, to, packets)
        });
        self.answered(sent, &mut |walk, answers| {
            walk.trail.hop(HopKind::NatGateway, &gateway.origin, None, &answers);
            let answers = walk.leave_back(stand, &RouteTarget::Local, from.subnet, answers);
            walk.enter_back(from, stand.subnet, answers)
        })
    }

    fn supported(&mut self, gateway: &'f Origin, packets: Packets) -> Packets {
        let (mut rest, mut taken) = (packets, Packets::default());
        for protocol in NAT_PROTOCOLS {
            taken.add(rest.take(&Cell::all(Family::V4).with(Field::Protocol, (protocol, protocol))));
        }
        self.trail.stop(Reason::NatUnsupportedProtocol, gateway, None, &rest);
        taken
    }

    fn nat_stand(&self, gateway: &'f Gateway) -> Option<Stand<'f>> {
        let GatewayKind::Nat { subnet: Some(subnet), address, public, private } = gateway.kind else { return None };
        let blocks = &self.lens.fabric.subnets[subnet].blocks;
        let block = blocks.iter().find(|block| block.family() == Family::V4)?;
        // Which of the free addresses it has, nobody knows; EC2 keeps the first four.
        let address = address.or_else(|| block.at(4))?;
        let public = (!private).then(|| public.map_or(self.lens.later, IpAddr::V4));
        Some(Stand { origin: &gateway.origin, subnet, interface: None, address, public })
    }

    /// Out through a virtual private gateway.
    pub(super) fn vpn(&mut self, id: Id<Gateway>, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let gateway = &self.lens.fabric.gateways[id];
        let packets = self.usable(gateway, self.vpc(from.subnet), packets);
        self.trail.hop(HopKind::VpnGateway, &gateway.origin, None, &packets);
        match to {
            Goal::Outside => {
                self.trail.hop(HopKind::Outside, &Origin::new(BEHIND_VPN), None, &packets);
                self.answered(packets, &mut |walk, answers| {
                    walk.trail.hop(HopKind::VpnGateway, &gateway.origin, None, &answers);
                    walk.enter_back_from_outside(from, answers)
                })
            }
            Goal::Internet => {
                self.trail.not_modelled(BEHIND_VPN, &gateway.origin, packets);
                Packets::default()
            }
            Goal::Host { .. } | Goal::Service(_) | Goal::Nobody => {
                self.trail.stop(Reason::NotBeyondGateway, &gateway.origin, None, &packets);
                Packets::default()
            }
        }
    }

    /// Over a peering, to the other VPC's own addresses alone.
    pub(super) fn peering(&mut self, id: Id<Peering>, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let fabric = self.lens.fabric;
        let peering = &fabric.peerings[id];
        let here = self.vpc(from.subnet);
        if peering.state != State::Up {
            self.trail.stop(Reason::PeeringNotActive, &peering.origin, None, &packets);
            return Packets::default();
        }
        let other = peering.sides.iter().find(|side| **side != PeeringSide::Here(here));
        let mut rest = packets;
        let (packets, other) = match other {
            Some(PeeringSide::Here(vpc)) => {
                (take_blocks(&mut rest, Direction::Egress, &fabric.vpcs[*vpc].blocks), Some(*vpc))
            }
            Some(PeeringSide::Elsewhere { blocks, .. }) if !blocks.is_empty() => {
                (take_blocks(&mut rest, Direction::Egress, blocks), None)
            }
            _ => (std::mem::take(&mut rest), None),
        };
        self.trail.stop(Reason::PeeringDestinationOutsidePeerCidr, &peering.origin, None, &rest);
        self.trail.hop(HopKind::Peering, &peering.origin, None, &packets);
        let Some(vpc) = other else {
            self.trail.not_modelled(OTHER_SIDE, &peering.origin, packets);
            return Packets::default();
        };
        match to {
            Goal::Host { stand, aim } if aim == stand.address && self.vpc(stand.subnet) == vpc => {
                self.cross_peering(id, from, stand, packets)
            }
            _ => {
                self.nobody(vpc, &packets);
                Packets::default()
            }
        }
    }

    fn cross_peering(&mut self, id: Id<Peering>, from: Stand<'f>, to: Stand<'f>, packets: Packets) -> Packets {
        let peering = &self.lens.fabric.peerings[id];
        let packets = self.arrive_from_outside(to, packets, self.seen(from, true));
        self.answered(packets, &mut |walk, answers| {
            let answers = walk.leave_back_outside(to, &RouteTarget::Peering(id), answers);
            walk.trail.hop(HopKind::Peering, &peering.origin, None, &answers);
            walk.enter_back_from_outside(from, answers)
        })
    }

    /// To the service of a gateway endpoint, which takes tcp and echo requests (explanation code
    /// `VPCE_GATEWAY_PROTOCOL_RESTRICTION`).
    pub(super) fn service(&mut self, id: Id<Service>, from: Stand<'f>, to: Goal<'f>, packets: Packets) -> Packets {
        let service = &self.lens.fabric.services[id];
        let reason = match (&service.state, to) {
            (State::Down(_), _) => Some(Reason::EndpointNotAvailable),
            (State::Up, Goal::Service(wanted)) if self.same_service(wanted, id) => None,
            (State::Up, _) => Some(Reason::NotBeyondGateway),
        };
        if let Some(reason) = reason {
            self.trail.stop(reason, &service.origin, None, &packets);
            return Packets::default();
        }
        let mut rest = packets;
        let mut taken = rest.take(&Cell::all(Family::V4).with(Field::Protocol, (6, 6)));
        taken.add(rest.take(&Cell::all(Family::V6).with(Field::Protocol, (6, 6))));
        let echo = Cell::all(Family::V4).with(Field::Protocol, (1, 1)).with(Field::DestinationPort, (2048, 2303));
        taken.add(rest.take(&echo));
        self.trail.stop(Reason::EndpointProtocol, &service.origin, None, &rest);
        self.trail.hop(HopKind::GatewayEndpoint, &service.origin, None, &taken);
        self.answered(taken, &mut |walk, answers| {
            walk.trail.hop(HopKind::GatewayEndpoint, &service.origin, None, &answers);
            walk.enter_back_from_outside(from, answers)
        })
    }

    fn same_service(&self, one: Id<Service>, other: Id<Service>) -> bool {
        let services = &self.lens.fabric.services;
        one == other || services[one].addresses == services[other].addresses
    }
}

/// The blocks of the whole internet.
pub(super) fn internet() -> Packets {
    let mut all = Packets::of(Cell::all(Family::V4));
    all.add(Packets::of(Cell::of_block(
        Field::Source,
        Block::around(IpAddr::from([0x2000u16, 0, 0, 0, 0, 0, 0, 0]), 3),
    )));
    take_blocks(&mut all, Direction::Ingress, &not_public());
    all
}
