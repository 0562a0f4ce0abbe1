//! What routes can bring to one member of a group, or take from it: a block, or the members of another group.

use super::ask::Analysis;
use super::delivery::{Delivery, Halt, Lack, Obstacle};
use super::fabric::{
    GatewayKind, Interface, InterfaceOf, PeeringSide, RouteDestination, RouteTarget, State, Subnet, Vpc,
};
use super::filter::{Heeds, Walk};
use super::lens::address_field;
use super::packets::{Cell, Field, Packets};
use super::query::Packet;
use super::trail::Trail;
use super::tries::Wanted;
use super::walk::{Goal, Stand, not_public};
use crate::model::{Direction, Id, Protocol, Traffic};
use crate::net::{Block, Family};

/// To take what is private out of a cell, and the cell along, takes as long as so many steps.
const STEPS_OF_A_CELL: usize = 32;

/// Members of a class that are in a group: the first one, and whether it is the only one.
#[derive(Clone, Copy)]
pub(super) struct Members {
    pub(super) class: usize,
    pub(super) first: Id<Interface>,
    pub(super) alone: bool,
}

/// A question about one member.
pub(super) struct Asked<'a, 'f> {
    pub(super) analysis: &'a Analysis<'f>,
    pub(super) outside: &'a Packets,
    pub(super) stands: &'a [Stand<'f>],
    pub(super) member: Members,
    pub(super) direction: Direction,
    pub(super) traffic: Traffic,
}

impl<'f> Asked<'_, 'f> {
    /// Whether it is known where packets of this member go. What forwards takes what is for others, too.
    pub(super) fn is_told(&self) -> bool {
        let interface = &self.analysis.lens.fabric.interfaces[self.member.first];
        match interface.of {
            InterfaceOf::Instance => !interface.forwards,
            InterfaceOf::Endpoint => self.direction == Direction::Ingress,
            InterfaceOf::WouldBe | InterfaceOf::NotModelled(_) => false,
        }
    }

    fn spend(&self, steps: usize) {
        self.analysis.lens.effort.spend(steps);
    }

    fn home(&self) -> Id<Vpc> {
        self.analysis.lens.fabric.vpc_of(self.member.first)
    }

    fn nothing(&self, what: Lack) -> Delivery {
        Delivery::Nothing(Obstacle { member: self.member.first, what })
    }

    /// The addresses of a family by which the member is called.
    fn stands(&self, family: Family) -> Vec<Stand<'f>> {
        self.stands.iter().filter(|stand| Family::of(stand.address) == family).copied().collect()
    }

    /// Whether anything can come to the member from a block, or go there from it.
    pub(super) fn block(&self, block: Block) -> Delivery {
        let stands = self.stands(block.family());
        if stands.is_empty() {
            return self.nothing(Lack::Address(block.family()));
        }
        if Cell::of_traffic(&self.traffic, block.family()).is_none() {
            return Delivery::Something;
        }
        let fabric = self.analysis.lens.fabric;
        let home = self.home();
        let has = |subnet: &Subnet| subnet.blocks.iter().any(|own| own.overlaps(block));
        self.spend(fabric.subnets.len());
        let inside = fabric.subnets.iter().any(|(_, subnet)| subnet.vpc == home && has(subnet));
        let asks_for_others = block.is_any() && self.direction == Direction::Ingress;
        if inside && !asks_for_others {
            return Delivery::Something;
        }
        let outside = match self.outside(&stands, block) {
            Ok(()) => return Delivery::Something,
            Err(lack) => lack,
        };
        let own = fabric.vpcs[home].blocks.iter().any(|own| own.contains(block));
        if !own && self.may_be_elsewhere(&stands, block) {
            return Delivery::Something;
        }
        let mut vpcs: Vec<Id<Vpc>> = inside.then_some(home).into_iter().collect();
        let mut lack = None;
        for (id, subnet) in fabric.subnets.iter().filter(|(_, subnet)| subnet.vpc != home && has(subnet)) {
            if vpcs.contains(&subnet.vpc) {
                continue;
            }
            match self.across(&stands, id, block) {
                Ok(()) if !asks_for_others => return Delivery::Something,
                Ok(()) => vpcs.push(subnet.vpc),
                Err(found) => lack = lack.or(Some(found)),
            }
        }
        let what = match lack {
            _ if own => Lack::Subnet,
            Some(lack) if !block.is_any() => lack,
            _ => outside,
        };
        match vpcs.is_empty() {
            true => self.nothing(what),
            false => Delivery::Only(vpcs, Obstacle { member: self.member.first, what }),
        }
    }

    /// Whether addresses of another VPC may be met without a peering with it: by a way that nobody knows where it leads, or,
    /// if they are public, by the internet.
    fn may_be_elsewhere(&self, stands: &[Stand<'f>], block: Block) -> bool {
        let there = Packets::of(Cell::of_block(Field::Source, block));
        self.beyond(stands, block.family(), there).is_ok()
    }

    /// Whether anything comes from outside of all VPCs, or goes there.
    fn outside(&self, stands: &[Stand<'f>], block: Block) -> Result<(), Lack> {
        self.beyond(stands, block.family(), self.outside.within(&Cell::of_block(Field::Source, block)))
    }

    /// Whether anything comes over gateways from given addresses, or goes there.
    fn beyond(&self, stands: &[Stand<'f>], family: Family, there: Packets) -> Result<(), Lack> {
        let field = self.far_field();
        let mut there = if field == Field::Source { there } else { there.mirrored() };
        if there.is_empty() {
            return Err(Lack::Elsewhere);
        }
        let mut halt = None;
        for stand in stands {
            if self.may_go_unseen(stand.subnet) {
                return Ok(());
            }
            let sent = |walk: &mut Walk<'_, 'f>, packets: Packets| match self.direction {
                Direction::Egress => walk.leave(*stand, Goal::Outside, packets),
                Direction::Ingress if self.heeds() == Heeds::Routes => walk.enter_from_outside(*stand, packets, false),
                // What nobody answers comes in over the internet wherever answers would go.
                Direction::Ingress => {
                    let mut passed = walk.enter_from_outside(*stand, packets.clone(), false);
                    passed.add(walk.enter_from_outside(*stand, packets, true));
                    passed
                }
            };
            let packets = self.packets(family).and(&there).with_address(self.near_field(), stand.address);
            match self.tried(packets, sent) {
                Ok(()) => return Ok(()),
                Err(found) => halt = halt.or(found),
            }
        }
        for private in not_public() {
            there.take(&Cell::of_block(field, private));
        }
        match halt {
            Some(halt) if !there.is_empty() => Err(Lack::Internet(halt)),
            _ => Err(Lack::Elsewhere),
        }
    }

    /// Whether anything comes from a part of another VPC's subnet, or goes there.
    fn across(&self, stands: &[Stand<'f>], subnet: Id<Subnet>, block: Block) -> Result<(), Lack> {
        let fabric = self.analysis.lens.fabric;
        let part = &fabric.subnets[subnet];
        self.spend(fabric.peerings.len());
        if self.analysis.is_spent() {
            return Ok(());
        }
        if !self.are_peers(part.vpc) {
            let led = stands.iter().any(|stand| {
                self.leads_beyond(stand.subnet, block) || self.leads_beyond(subnet, Block::host(stand.address))
            });
            return if led { Ok(()) } else { Err(Lack::Peering(part.vpc)) };
        }
        let mut halt = None;
        for own in part.blocks.iter().filter(|own| own.overlaps(block)) {
            let common = if own.contains(block) { block } else { *own };
            let there = Packets::of(Cell::of_block(self.far_field(), common));
            let far = Stand { origin: &part.origin, subnet, interface: None, address: common.first(), public: None };
            for stand in stands {
                let packets = self.packets(common.family()).and(&there);
                let packets = packets.with_address(self.near_field(), stand.address);
                let (from, to) = self.ends(*stand, far);
                let goal = Goal::Host { stand: to, aim: to.address };
                match self.tried(packets, |walk, packets| walk.leave(from, goal, packets)) {
                    Ok(()) => return Ok(()),
                    Err(found) => halt = halt.or(found),
                }
            }
        }
        match halt {
            Some(halt) => Err(Lack::PeerRoute(part.vpc, halt)),
            None => Ok(()),
        }
    }

    /// Members of one VPC reach each other; one alone is nobody else.
    pub(super) fn group(&self, peers: &[Members]) -> Delivery {
        let fabric = self.analysis.lens.fabric;
        let others = || {
            let others = peers.iter().filter(|peer| peer.class != self.member.class || !peer.alone);
            others.filter(|peer| fabric.interfaces[peer.first].of == InterfaceOf::Instance)
        };
        if others().next().is_none() || others().any(|peer| fabric.vpc_of(peer.first) == self.home()) {
            return Delivery::Something;
        }
        let stands = self.stands(Family::V4);
        let mut lack = None;
        for peer in others() {
            let subnet = fabric.interfaces[peer.first].subnet;
            for address in fabric.interfaces[peer.first].addresses.iter().filter(|own| own.block.family() == Family::V4)
            {
                match self.across(&stands, subnet, address.block) {
                    Ok(()) => return Delivery::Something,
                    Err(found) => lack = lack.or(Some(found)),
                }
            }
        }
        lack.map_or(Delivery::Something, |lack| self.nothing(lack))
    }

    /// Whether any of some packets get through; where the first one stops, if not.
    fn tried(
        &self,
        packets: Packets,
        send: impl Fn(&mut Walk<'_, 'f>, Packets) -> Packets,
    ) -> Result<(), Option<Halt>> {
        let heeds = self.heeds();
        let lens = &self.analysis.lens;
        let get_through = |packets: Packets| {
            let mut walk = Walk { lens, trail: Trail::default(), heeds };
            !send(&mut walk, packets).is_empty() || !walk.trail.unsure.is_empty()
        };
        self.spend(packets.cells().len() * STEPS_OF_A_CELL);
        let Some(packet) = self.example(&packets) else { return Err(None) };
        // Most often one packet tells: of what lies outside there are many parts.
        if get_through(Packets::one(&packet)) || get_through(packets) {
            return Ok(());
        }
        let mut walk = Walk { lens, trail: Trail::of_one(), heeds };
        send(&mut walk, Packets::one(&packet));
        let stop = walk.trail.single.and_then(|single| single.stop);
        Err(stop.map(|stop| Halt { reason: stop.reason, at: stop.at }))
    }

    /// Of other protocols than tcp some things are sent that nobody answers.
    fn heeds(&self) -> Heeds {
        if self.traffic.protocol == Protocol::Tcp { Heeds::Routes } else { Heeds::RoutesThere }
    }

    /// One of some packets, from or to a public address if there are such.
    fn example(&self, packets: &Packets) -> Option<Packet> {
        let public = |cell: &Cell| {
            let mut public = Packets::of(*cell);
            for private in not_public() {
                public.take(&Cell::of_block(self.far_field(), private));
            }
            public.witness()
        };
        packets.cells().iter().find_map(public).or(packets.witness())
    }

    fn packets(&self, family: Family) -> Packets {
        Wanted::of(self.traffic).packets(family)
    }

    fn far_field(&self) -> Field {
        address_field(self.direction)
    }

    fn near_field(&self) -> Field {
        match self.direction {
            Direction::Ingress => Field::Destination,
            Direction::Egress => Field::Source,
        }
    }

    fn ends(&self, near: Stand<'f>, far: Stand<'f>) -> (Stand<'f>, Stand<'f>) {
        match self.direction {
            Direction::Ingress => (far, near),
            Direction::Egress => (near, far),
        }
    }

    fn are_peers(&self, other: Id<Vpc>) -> bool {
        let sides = [PeeringSide::Here(self.home()), PeeringSide::Here(other)];
        let mut peerings = self.analysis.lens.fabric.peerings.iter();
        peerings.any(|(_, peering)| peering.state == State::Up && sides.iter().all(|side| peering.sides.contains(side)))
    }

    /// Whether a subnet's routes lead part of a block to where a packet may go on to another VPC: to a machine that
    /// forwards, through tunnels, to what is not modelled; or may do so, being learned.
    fn leads_beyond(&self, subnet: Id<Subnet>, block: Block) -> bool {
        let fabric = self.analysis.lens.fabric;
        let Some(table) = fabric.table_of(subnet).map(|table| &fabric.tables[table]) else { return false };
        self.spend(table.routes.len());
        let beyond = |target: &RouteTarget| match target {
            RouteTarget::NotModelled(..) => true,
            RouteTarget::Interface(id) => fabric.interfaces[*id].forwards,
            RouteTarget::Gateway(id) => fabric.gateways[*id].kind == GatewayKind::Vpn,
            _ => false,
        };
        !table.learns_from.is_empty()
            || table.routes.iter().any(|route| match route.destination {
                RouteDestination::Block(own) => own.overlaps(block) && beyond(&route.target),
                RouteDestination::PrefixList(_) => false,
            })
    }

    /// Whether packets may come in or go out where the routes of a subnet do not tell: to what is in a prefix list; and,
    /// those that nobody has to answer, from the far ends of the VPC.
    fn may_go_unseen(&self, subnet: Id<Subnet>) -> bool {
        let fabric = self.analysis.lens.fabric;
        let routes = fabric.table_of(subnet).map_or(&[][..], |table| &fabric.tables[table].routes);
        if routes.iter().any(|route| matches!(route.destination, RouteDestination::PrefixList(_))) {
            return true;
        }
        let home = self.home();
        let vpn = || fabric.gateways.iter().any(|(_, it)| it.vpc == Some(home) && it.kind == GatewayKind::Vpn);
        let far = || {
            let mut peerings = fabric.peerings.iter().filter(|(_, it)| it.sides.contains(&PeeringSide::Here(home)));
            peerings.any(|(_, it)| it.sides.iter().any(|side| matches!(side, PeeringSide::Elsewhere { .. })))
        };
        let forwards = || fabric.interfaces.iter().any(|(id, it)| it.forwards && fabric.vpc_of(id) == home);
        self.traffic.protocol != Protocol::Tcp && (vpn() || far() || forwards())
    }
}
