//! What routes can bring to the members of a group, whatever groups and ACLs let through.
//!
//! In: a rule and the group that it is of. Out: whether anything that it speaks of can come, or go, at all. Others than
//! those in the fabric may stand in its subnets: a block comes from wherever a subnet has its addresses.

use super::ask::Analysis;
use super::fabric::{Fabric, Group, Interface, InterfaceOf, Origin, RouteDestination, Rule, RulePeer, Vpc};
use super::member_delivery::{Asked, Members};
use super::members::Member;
use super::packets::{Cell, Field, Packets};
use super::reason::Reason;
use super::walk::Stand;
use crate::model::{Direction, Id, Protocol, Traffic};
use crate::net::{Family, number};
use std::collections::HashMap;
use std::rc::Rc;

/// What can come of what a rule lets in, or go of what it lets out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Something; or nobody can tell.
    Something,
    /// Of all addresses only those of these VPCs.
    Only(Vec<Id<Vpc>>, Obstacle),
    /// Nothing.
    Nothing(Obstacle),
}

/// What keeps everything from a member of a group, or keeps it from sending anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The member.
    pub member: Id<Interface>,
    /// What it is.
    pub what: Lack,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// An address of this version of IP.
    Address(Family),
    /// A subnet with the addresses, which are of the member's own VPC.
    Subnet,
    /// A peering with the VPC whose addresses they are.
    Peering(Id<Vpc>),
    /// A route between the subnets of two peers: from one of the other, or from the member's.
    PeerRoute(Id<Vpc>, Halt),
    /// A way from or to the internet.
    Internet(Halt),
    /// A way from or to private addresses outside.
    Elsewhere,
}

/// Where something stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// Why.
    pub reason: Reason,
    /// Where.
    pub at: Origin,
}

/// To look at one rule and one member takes at least as long as so many steps.
const STEPS_OF_A_RULE: usize = 16;

/// What decides the delivery to one class.
type Key = (usize, Direction, RulePeer, Traffic);

/// Tells of many rules what routes can bring.
pub struct Deliveries<'a, 'f> {
    analysis: &'a Analysis<'f>,
    /// The members of each group.
    members: Vec<Vec<Members>>,
    /// What comes from outside of all VPCs.
    outside: Packets,
    known: HashMap<Key, Delivery>,
    /// Where each class stands.
    stands: HashMap<usize, Rc<[Stand<'f>]>>,
    /// The numbers at which routes may change, sorted: between them they tell no addresses apart.
    edges: Vec<u128>,
}

impl<'a, 'f> Deliveries<'a, 'f> {
    /// Makes an analysis ready for questions about rules.
    pub fn new(analysis: &'a Analysis<'f>) -> Deliveries<'a, 'f> {
        let fabric = analysis.lens.fabric;
        let mut members: Vec<Vec<Members>> = vec![Vec::new(); fabric.groups.len()];
        for (class, ids) in analysis.classes.members.iter().enumerate() {
            let Some(first) = ids.first() else { continue };
            let interface = &fabric.interfaces[*first];
            if interface.of == InterfaceOf::WouldBe {
                continue;
            }
            for group in &interface.groups {
                if let Some(members) = members.get_mut(group.index()) {
                    members.push(Members { class, first: *first, alone: ids.len() == 1 });
                }
            }
        }
        let mut outside = Packets::of(Cell::all(Family::V4));
        outside.push(Cell::all(Family::V6));
        for block in fabric.vpcs.iter().flat_map(|(_, vpc)| &vpc.blocks) {
            outside.take(&Cell::of_block(Field::Source, *block));
        }
        Deliveries { analysis, members, outside, known: HashMap::new(), stands: HashMap::new(), edges: edges(fabric) }
    }

    /// The addresses by which a member is called, one of those that no route tells apart.
    fn stands(&mut self, member: Members) -> Rc<[Stand<'f>]> {
        let known = self.stands.entry(member.class).or_insert_with(|| {
            let one = Member::Interfaces { first: member.first, second: None, within: None };
            let mut stands: Vec<Stand<'f>> = self.analysis.stands(&one, None).into_iter().flatten().collect();
            let stretch = |stand: &Stand<'f>| {
                let edge = self.edges.partition_point(|edge| *edge <= number(stand.address));
                (Family::of(stand.address), edge, stand.public)
            };
            stands.dedup_by_key(|stand| stretch(stand));
            stands.into()
        });
        Rc::clone(known)
    }

    /// Whether anything of what a rule speaks of can come to one of its group's members, or go from one. Of a group without
    /// members nobody can tell, nor if the steps that are allowed are spent.
    pub fn of(&mut self, group: Id<Group>, rule: &Rule) -> Delivery {
        let members = self.members.get(group.index()).cloned().unwrap_or_default();
        let mut least = None;
        for member in members {
            self.analysis.lens.effort.spend(STEPS_OF_A_RULE);
            if self.analysis.is_spent() {
                return Delivery::Something;
            }
            match (self.to(member, rule), &mut least) {
                (Delivery::Something, _) => return Delivery::Something,
                (Delivery::Only(more, _), Some(Delivery::Only(vpcs, _))) => vpcs.extend(more),
                (found @ Delivery::Only(..), least) => *least = Some(found),
                (found, least @ None) => *least = Some(found),
                (Delivery::Nothing(_), Some(_)) => {}
            }
        }
        least.unwrap_or(Delivery::Something)
    }

    fn to(&mut self, member: Members, rule: &Rule) -> Delivery {
        let ports = rule.traffic.ports.filter(|_| !matches!(rule.traffic.protocol, Protocol::Tcp | Protocol::Udp));
        let traffic = Traffic { ports, ..rule.traffic };
        let key = (member.class, rule.direction, rule.peer.clone(), traffic);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let stands = self.stands(member);
        let asked = Asked {
            analysis: self.analysis,
            outside: &self.outside,
            stands: &stands,
            member,
            direction: rule.direction,
            traffic,
        };
        let found = match &rule.peer {
            _ if !asked.is_told() => Delivery::Something,
            RulePeer::Block(block) if self.analysis.is_amazons(*block) => Delivery::Something,
            RulePeer::Block(block) => asked.block(*block),
            RulePeer::Group(peer) => asked.group(self.members.get(peer.index()).map_or(&[], Vec::as_slice)),
            RulePeer::PrefixList(_) | RulePeer::UnknownGroup(_) => Delivery::Something,
        };
        self.known.insert(key, found.clone());
        found
    }
}

/// Both ends of every block that a route is for. Prefix lists tell nothing here: with a route to one, nobody can tell.
fn edges(fabric: &Fabric) -> Vec<u128> {
    let routes = fabric.tables.iter().flat_map(|(_, table)| &table.routes);
    let blocks = routes.filter_map(|route| match route.destination {
        RouteDestination::Block(block) => Some(block),
        RouteDestination::PrefixList(_) => None,
    });
    let mut edges: Vec<u128> =
        blocks.flat_map(|block| [block.first_number(), block.last_number().saturating_add(1)]).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}
