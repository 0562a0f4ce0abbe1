//! Security groups and network ACLs: what of a set of packets they let through.

use super::fabric::{Group, Interface, Origin, State, Subnet, Vpc};
use super::lens::{Lens, Who, address_field};
use super::packets::{Cell, Packets};
use super::query::HopKind;
use super::reason::Reason;
use super::trail::Trail;
use crate::model::{Direction, Id};

/// The other side of a packet, as rules that refer to groups see it.
#[derive(Clone, Copy)]
pub(super) struct Far {
    /// The interface.
    pub(super) interface: Option<Id<Interface>>,
    /// The VPC from whose private address the packet comes, or to which it goes; `None` if it is another address.
    pub(super) private_in: Option<Id<Vpc>>,
}

impl Far {
    /// Somebody outside.
    pub(super) const OUTSIDE: Far = Far { interface: None, private_in: None };
}

/// Follows packets through a fabric.
pub(super) struct Walk<'l, 'f> {
    pub(super) lens: &'l Lens<'f>,
    pub(super) trail: Trail,
    pub(super) heeds: Heeds,
}

/// What can stop a packet that is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Heeds {
    /// Everything.
    All,
    /// Routes, of the request and of the answer; no groups and no ACLs.
    Routes,
    /// Routes of the request alone.
    RoutesThere,
}

/// Whether it is requests or answers that are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Request,
    Answer,
}

impl<'f> Walk<'_, 'f> {
    /// What the groups of an interface let through: all that is in a rule of one of them.
    pub(super) fn groups(&mut self, id: Id<Interface>, direction: Direction, packets: Packets, far: Far) -> Packets {
        if self.heeds != Heeds::All {
            return packets;
        }
        let fabric = self.lens.fabric;
        let interface = &fabric.interfaces[id];
        let vpc = fabric.vpc_of(id);
        let (mut rest, mut passed) = (packets, Packets::default());
        let mut unsure = Vec::new();
        for group in &interface.groups {
            for rule in self.lens.rules(*group, direction) {
                if rest.is_empty() || self.lens.effort.is_spent() {
                    break;
                }
                self.lens.effort.spend(rest.cells().len());
                match rule.who {
                    Who::Group(of) if !self.is_member(far, of, vpc) => {}
                    Who::Unknown(list) => unsure.push((list, &rule.cells)),
                    Who::Group(_) | Who::Cells => {
                        let mut taken = Packets::default();
                        for cell in &rule.cells {
                            taken.add(rest.take(cell));
                        }
                        self.trail.hop(group_hop(direction), &fabric.groups[*group].origin, Some(rule.origin), &taken);
                        passed.add(taken);
                    }
                }
            }
        }
        for (list, cells) in unsure {
            for cell in cells {
                let taken = rest.take(cell);
                self.trail.not_modelled("prefix list", &fabric.prefix_lists[list].origin, taken);
            }
        }
        if self.trail.is_single() && !rest.is_empty() {
            self.stop_at_groups(interface, direction, far, &rest);
        }
        passed
    }

    fn is_member(&self, far: Far, group: Id<Group>, here: Id<Vpc>) -> bool {
        let Some(interface) = far.interface.and_then(|id| self.lens.fabric.interfaces.get(id)) else { return false };
        far.private_in.is_some_and(|vpc| self.lens.refer(here, vpc)) && interface.groups.contains(&group)
    }

    fn stop_at_groups(&mut self, interface: &Interface, direction: Direction, far: Far, packets: &Packets) {
        let groups = &interface.groups;
        let empty = groups.iter().all(|group| self.lens.rules(*group, direction).is_empty());
        let reason = match direction {
            Direction::Ingress if empty => Reason::SgIngressEmpty,
            Direction::Egress if empty => Reason::SgEgressEmpty,
            Direction::Ingress if self.is_lost_reference(interface, far, packets) => Reason::SgReferenceLost,
            Direction::Ingress => Reason::SgIngress,
            Direction::Egress => Reason::SgEgress,
        };
        let origins: Vec<Origin> = groups.iter().map(|group| self.lens.fabric.groups[*group].origin.clone()).collect();
        self.trail.stop_at(reason, &interface.origin, None, origins, packets);
    }

    /// Whether a rule lets in a group that the sender is in, and the packet does not come from its private address.
    fn is_lost_reference(&self, interface: &Interface, far: Far, packets: &Packets) -> bool {
        let Some(sender) = far.interface.and_then(|id| self.lens.fabric.interfaces.get(id)) else { return false };
        let mut rules = interface.groups.iter().flat_map(|group| self.lens.rules(*group, Direction::Ingress));
        rules.any(|rule| {
            let named = matches!(rule.who, Who::Group(of) if sender.groups.contains(&of));
            named && rule.cells.iter().any(|cell| !packets.within(cell).is_empty())
        })
    }

    /// Notes that a group lets an answer through without a rule.
    pub(super) fn answer_at_groups(&mut self, id: Id<Interface>, direction: Direction, packets: &Packets) {
        let fabric = self.lens.fabric;
        if let Some(group) = fabric.interfaces[id].groups.first() {
            self.trail.hop(group_hop(direction), &fabric.groups[*group].origin, None, packets);
        }
    }

    /// What the network ACL of a subnet lets through.
    pub(super) fn acl(&mut self, subnet: Id<Subnet>, direction: Direction, phase: Phase, packets: Packets) -> Packets {
        let fabric = self.lens.fabric;
        let Some(id) = fabric.acl_of(subnet).filter(|_| self.heeds == Heeds::All) else { return packets };
        let acl = &fabric.acls[id].origin;
        let (kind, reason) = match (direction, phase) {
            (Direction::Ingress, Phase::Request) => (HopKind::AclIngress, Reason::NaclIngress),
            (Direction::Egress, Phase::Request) => (HopKind::AclEgress, Reason::NaclEgress),
            (Direction::Ingress, Phase::Answer) => (HopKind::AclIngress, Reason::NaclReturnIngress),
            (Direction::Egress, Phase::Answer) => (HopKind::AclEgress, Reason::NaclReturnEgress),
        };
        let (mut rest, mut passed) = (packets, Packets::default());
        for entry in self.lens.entries(id, direction) {
            if rest.is_empty() || self.lens.effort.is_spent() {
                break;
            }
            self.lens.effort.spend(rest.cells().len());
            let Some(cell) = &entry.cell else { continue };
            let taken = rest.take(cell);
            if entry.allow {
                self.trail.hop(kind, acl, Some(entry.origin), &taken);
                passed.add(taken);
            } else {
                self.trail.stop(reason, acl, Some(entry.origin), &taken);
            }
        }
        self.trail.stop(reason, acl, None, &rest);
        passed
    }

    /// What an interface that works takes or gives; none of it if it does not.
    pub(super) fn working(&mut self, id: Id<Interface>, packets: Packets) -> Packets {
        let interface: &'f Interface = &self.lens.fabric.interfaces[id];
        match &interface.state {
            State::Up => packets,
            State::Down(_) => {
                self.trail.stop(Reason::InstanceNotRunning, &interface.origin, None, &packets);
                Packets::default()
            }
        }
    }
}

fn group_hop(direction: Direction) -> HopKind {
    match direction {
        Direction::Ingress => HopKind::GroupIngress,
        Direction::Egress => HopKind::GroupEgress,
    }
}

/// Takes what goes to or comes from blocks out of packets.
pub(super) fn take_blocks(packets: &mut Packets, direction: Direction, blocks: &[crate::net::Block]) -> Packets {
    let mut taken = Packets::default();
    for block in blocks {
        taken.add(packets.take(&Cell::of_block(address_field(direction), *block)));
    }
    taken
}
