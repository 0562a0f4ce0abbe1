//! What comes in to a VPC from outside: from the internet, from behind a VPN, and from where nothing is modelled.

use super::beyond::BEHIND_VPN;
use super::fabric::{Gateway, GatewayKind, Origin, PeeringSide, RouteTarget, State};
use super::filter::{Far, Walk, take_blocks};
use super::packets::{Cell, Field, Packets};
use super::query::HopKind;
use super::reason::Reason;
use super::walk::{Back, Stand, not_public};
use crate::model::{Direction, Id};

impl<'l, 'f> Walk<'l, 'f> {
    /// In from outside, by the gateway to which the answers are routed: packets that are for the private address. Those
    /// that await no answer come in by any.
    pub(super) fn enter_from_outside(&mut self, to: Stand<'f>, packets: Packets, internet_only: bool) -> Packets {
        let name = if internet_only { "internet" } else { "outside" };
        let (answers, silent) = packets.answers();
        let mut arrived = match answers.is_empty() {
            true => Packets::default(),
            false => self.enter_as_answered(to, answers.questions(), name, internet_only),
        };
        if !silent.is_empty() {
            arrived.add(self.enter_unanswered(to, silent, name, internet_only));
        }
        arrived
    }

    fn enter_as_answered(&mut self, to: Stand<'f>, packets: Packets, name: &str, internet_only: bool) -> Packets {
        let lens = self.lens;
        let (mut rest, mut arrived, mut over_internet) = (packets, Packets::default(), Packets::default());
        for way in lens.ways_of(to.subnet) {
            if rest.is_empty() {
                break;
            }
            let mut taken = rest.take(&Cell::of_block(Field::Source, way.block));
            let up = way.route.is_none_or(|route| route.state == State::Up);
            match way.target() {
                RouteTarget::Gateway(id) if up => match lens.fabric.gateways[*id].kind {
                    GatewayKind::Vpn if !internet_only => arrived.add(self.enter_by_vpn(*id, to, taken)),
                    GatewayKind::Egress => {
                        let at = &lens.fabric.gateways[*id].origin;
                        self.trail.stop(Reason::EgressOnlyInbound, at, None, &taken);
                    }
                    _ => over_internet.add(taken),
                },
                RouteTarget::Local => self.nobody(self.vpc(to.subnet), &taken),
                target if up => {
                    let unseen = self.unseen_part(target, &mut taken, internet_only);
                    self.enter_unseen(to, name, unseen);
                    over_internet.add(taken);
                }
                _ => over_internet.add(taken),
            }
        }
        if !internet_only && self.learns(to) {
            self.enter_unseen(to, name, std::mem::take(&mut rest));
        }
        over_internet.add(rest);
        arrived.add(self.called(to, name, over_internet));
        arrived
    }

    /// By the internet, by any VPN gateway of the VPC, or by where nothing is modelled.
    fn enter_unanswered(&mut self, to: Stand<'f>, packets: Packets, name: &str, internet_only: bool) -> Packets {
        let lens = self.lens;
        let mut arrived = self.called(to, name, packets.clone());
        let mut rest = packets.minus(&arrived);
        if internet_only {
            return arrived;
        }
        let (vpc, gateways) = (self.vpc(to.subnet), lens.fabric.gateways.iter());
        for (id, _) in gateways.filter(|(_, it)| it.kind == GatewayKind::Vpn && it.vpc == Some(vpc)) {
            self.trail.again(&rest);
            let entered = self.enter_by_vpn(id, to, rest.clone());
            rest = rest.minus(&entered);
            arrived.add(entered);
        }
        let mut unseen = Packets::default();
        for way in lens.ways_of(to.subnet) {
            let mut taken = rest.take(&Cell::of_block(Field::Source, way.block));
            if way.route.is_some_and(|route| route.state == State::Up) {
                unseen.add(self.unseen_part(way.target(), &mut taken, internet_only));
            }
        }
        if self.learns(to) {
            unseen.add(rest);
        }
        self.trail.again(&unseen);
        self.enter_unseen(to, name, unseen);
        arrived
    }

    /// Takes out what may come from where a route leads and nothing is modelled.
    fn unseen_part(&self, target: &RouteTarget, packets: &mut Packets, internet_only: bool) -> Packets {
        let fabric = self.lens.fabric;
        match target {
            RouteTarget::NotModelled(..) => std::mem::take(packets),
            RouteTarget::Interface(id) if fabric.interfaces[*id].forwards => std::mem::take(packets),
            RouteTarget::Peering(id) if !internet_only && fabric.peerings[*id].state == State::Up => {
                let elsewhere = fabric.peerings[*id].sides.iter().find_map(|side| match side {
                    PeeringSide::Elsewhere { blocks, .. } => Some(blocks.as_slice()),
                    PeeringSide::Here(_) => None,
                });
                match elsewhere {
                    Some([]) => std::mem::take(packets),
                    Some(blocks) => take_blocks(packets, Direction::Ingress, blocks),
                    None => Packets::default(),
                }
            }
            _ => Packets::default(),
        }
    }

    /// In from the internet, to the public address.
    fn called(&mut self, to: Stand<'f>, name: &str, packets: Packets) -> Packets {
        let aim = to.public.unwrap_or(to.address);
        let outside = Origin::new(name);
        self.translated(packets, Field::Destination, (to.address, aim), |walk, packets| {
            walk.trail.hop(HopKind::Outside, &outside, None, &packets);
            walk.enter_from_internet(to, packets, Far::OUTSIDE, &mut |walk, answers| {
                walk.trail.hop(HopKind::Outside, &outside, None, &answers);
                answers
            })
        })
    }

    /// In through an internet gateway, to an interface called by its public address, and the answers back to whom they
    /// are for beyond the gateway.
    pub(super) fn enter_from_internet(
        &mut self,
        to: Stand<'f>,
        packets: Packets,
        far: Far,
        beyond: Back<'_, 'l, 'f>,
    ) -> Packets {
        let fabric = self.lens.fabric;
        let vpc = self.vpc(to.subnet);
        let mut packets = packets;
        let private = take_blocks(&mut packets, Direction::Ingress, &not_public());
        self.trail.stop(Reason::PrivateSourceOnInternet, to.origin, None, &private);
        let attached = |gateway: &Gateway| gateway.kind == GatewayKind::Internet && gateway.vpc == Some(vpc);
        let Some(public) = to.public else {
            self.trail.stop(Reason::UnassociatedPublicIp, to.origin, None, &packets);
            return Packets::default();
        };
        let Some((id, gateway)) = fabric.gateways.iter().find(|(_, gateway)| attached(gateway)) else {
            self.trail.stop(Reason::GatewayDetached, &fabric.vpcs[vpc].origin, None, &packets);
            return Packets::default();
        };
        let packets = self.usable(gateway, vpc, packets);
        self.translated(packets, Field::Destination, (public, to.address), |walk, packets| {
            walk.trail.hop(HopKind::InternetGateway, &gateway.origin, None, &packets);
            let packets = walk.arrive_from_outside(to, packets, far);
            walk.answered(packets, &mut |walk, answers| {
                let answers = walk.leave_back_outside(to, &RouteTarget::Gateway(id), answers);
                walk.translated(answers, Field::Source, (to.address, public), |walk, answers| {
                    walk.trail.hop(HopKind::InternetGateway, &gateway.origin, None, &answers);
                    beyond(walk, answers)
                })
            })
        })
    }

    fn learns(&self, to: Stand<'f>) -> bool {
        let table = self.lens.fabric.table_of(to.subnet);
        table.is_some_and(|table| !self.lens.fabric.tables[table].learns_from.is_empty())
    }

    fn enter_by_vpn(&mut self, id: Id<Gateway>, to: Stand<'f>, packets: Packets) -> Packets {
        let gateway = &self.lens.fabric.gateways[id];
        let packets = self.usable(gateway, self.vpc(to.subnet), packets);
        self.trail.hop(HopKind::Outside, &Origin::new(BEHIND_VPN), None, &packets);
        self.trail.hop(HopKind::VpnGateway, &gateway.origin, None, &packets);
        let packets = self.arrive_from_outside(to, packets, Far::OUTSIDE);
        self.answered(packets, &mut |walk, answers| {
            let answers = walk.leave_back_outside(to, &RouteTarget::Gateway(id), answers);
            walk.trail.hop(HopKind::VpnGateway, &gateway.origin, None, &answers);
            answers
        })
    }

    /// In from where nothing is modelled, to which the answers are routed: how packets get from there to the VPC nobody
    /// knows, but what its own filters stop gets in from nowhere.
    fn enter_unseen(&mut self, to: Stand<'f>, name: &str, packets: Packets) {
        self.trail.hop(HopKind::Outside, &Origin::new(name), None, &packets);
        let packets = self.arrive_from_outside(to, packets, Far::OUTSIDE);
        let silent = self.answered(packets, &mut |walk, answers| {
            // No route leads to `Gone`, so all of them go astray, where what is not modelled is told.
            walk.leave_back_outside(to, &RouteTarget::Gone, answers)
        });
        self.trail.not_modelled("way that leads here", to.origin, silent);
    }
}
