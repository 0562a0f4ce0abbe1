//! Packets for which there is no route, and answers that their routes do not send back the way that the request came.

use super::fabric::{GatewayKind, Origin, Peering, PeeringSide, RouteDestination, RouteTarget, State, Subnet, Vpc};
use super::filter::{Walk, take_blocks};
use super::packets::{Cell, Field, Packets};
use super::reason::Reason;
use crate::model::{Direction, Id};
use crate::net::{Block, Family};

impl<'f> Walk<'_, 'f> {
    /// Packets for which a subnet has no route: they stop, unless routes are learned that nobody knows.
    pub(super) fn unrouted(&mut self, subnet: Id<Subnet>, reason: Reason, packets: Packets) {
        let fabric = self.lens.fabric;
        let table = fabric.table_of(subnet).map(|table| &fabric.tables[table]);
        let mut packets = packets;
        if let Some(gateway) = table.and_then(|table| table.learns_from.first()) {
            let at = &fabric.gateways[*gateway].origin;
            self.trail.not_modelled("routes learned by BGP", at, packets);
            return;
        }
        let unknown = table.into_iter().flat_map(|table| &table.routes).find(|route| match route.destination {
            RouteDestination::PrefixList(list) => self.lens.list(list).is_none(),
            RouteDestination::Block(_) => false,
        });
        if let Some(route) = unknown {
            let public = outside_vpc(&mut packets, &fabric.vpcs[self.vpc(subnet)].blocks);
            self.trail.not_modelled("prefix list", &route.origin, public);
        }
        self.trail.stop(reason, self.table_name(subnet), None, &packets);
    }

    /// Answers that their sender's routes do not send back the way that the request came.
    pub(super) fn astray(&mut self, subnet: Id<Subnet>, answers: Packets) {
        let mut rest = answers;
        let lens = self.lens;
        for way in lens.ways_of(subnet) {
            if rest.is_empty() {
                return;
            }
            let mut taken = rest.take(&Cell::of_block(Field::Destination, way.block));
            let by = way.route.map(|route| &route.origin);
            let dead = way.route.is_some_and(|route| route.state != State::Up) || *way.target() == RouteTarget::Gone;
            if dead {
                self.trail.stop(Reason::BlackholeReturnRoute, self.table_name(subnet), by, &taken);
                continue;
            }
            self.led_elsewhere(subnet, way.target(), &mut taken);
            self.trail.stop(Reason::ReturnRouteElsewhere, self.table_name(subnet), by, &taken);
        }
        self.unrouted(subnet, Reason::NoReturnRoute, rest);
    }

    /// Takes out of answers those of which nobody knows whether they get home by another way.
    fn led_elsewhere(&mut self, subnet: Id<Subnet>, target: &'f RouteTarget, answers: &mut Packets) {
        let fabric = self.lens.fabric;
        match target {
            RouteTarget::NotModelled(what, id) => {
                self.trail.not_modelled(what.clone(), &Origin::new(id.clone()), std::mem::take(answers));
            }
            RouteTarget::Interface(id) if fabric.interfaces[*id].forwards => {
                let at = &fabric.interfaces[*id].origin;
                self.trail.not_modelled("forwarding instance", at, std::mem::take(answers));
            }
            RouteTarget::Peering(id) => self.led_over(&fabric.peerings[*id], self.vpc(subnet), answers),
            RouteTarget::Gateway(id) => {
                let gateway = &fabric.gateways[*id];
                let leads_out = gateway.state == State::Up && gateway.vpc == Some(self.vpc(subnet));
                if leads_out && gateway.kind == GatewayKind::Internet {
                    let taken = answers.take(&Cell::all(Family::V6));
                    self.trail.not_modelled(OTHER_WAY, &gateway.origin, taken);
                }
            }
            _ => {}
        }
    }

    fn led_over(&mut self, peering: &'f Peering, here: Id<Vpc>, answers: &mut Packets) {
        if peering.state != State::Up {
            return;
        }
        match peering.sides.iter().find(|side| **side != PeeringSide::Here(here)) {
            Some(PeeringSide::Here(vpc)) => {
                let mut carried = take_blocks(answers, Direction::Egress, &self.lens.fabric.vpcs[*vpc].blocks);
                let taken = carried.take(&Cell::all(Family::V6));
                answers.add(carried);
                self.trail.not_modelled(OTHER_WAY, &peering.origin, taken);
            }
            Some(PeeringSide::Elsewhere { blocks, .. }) => {
                let carried = match blocks.as_slice() {
                    [] => std::mem::take(answers),
                    blocks => take_blocks(answers, Direction::Egress, blocks),
                };
                self.trail.not_modelled(OTHER_SIDE, &peering.origin, carried);
            }
            None => {}
        }
    }
}

/// Nothing translates IPv6, so an answer may get home by another way than its request came.
const OTHER_WAY: &str = "IPv6 answer by another way than its request";

/// What is said of a VPC that is not part of the fabric.
pub(super) const OTHER_SIDE: &str = "VPC on the other side of the peering";

/// Takes out what goes to outside of a VPC's blocks.
fn outside_vpc(packets: &mut Packets, blocks: &[Block]) -> Packets {
    let mut outside = std::mem::take(packets);
    for block in blocks {
        packets.add(outside.take(&Cell::of_block(Field::Destination, *block)));
    }
    outside
}
