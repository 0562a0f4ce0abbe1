//! Would-be interfaces: what a network, subnet or group without interfaces is asked about.

use super::fabric::{
    Fabric, Group, Interface, InterfaceOf, Origin, Private, Public, Rule, RulePeer, State, Subnet, Vpc,
};
use super::query::Endpoint;
use crate::model::{Direction, Id, Protocol, Traffic};
use crate::net::{Block, Family};
use ecow::eco_format;

/// What is asked about as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// A VPC: its interfaces, but for those of endpoints, or one in each of its subnets.
    Vpc(Id<Vpc>),
    /// A subnet: its interfaces, but for those of endpoints, or one that would stand there.
    Subnet(Id<Subnet>),
    /// A group: its members, or one in each subnet of its VPC.
    Group(Id<Group>),
}

impl Fabric {
    /// The interfaces of a whole; of one that has none, those that would be there, which are added. They have a public
    /// address if their subnet gives one, and let everything through, or what the group that is asked about does.
    pub fn end_of(&mut self, whole: Whole) -> Endpoint {
        let ids = self.interfaces_of(whole);
        if ids.is_empty() { Endpoint::Interfaces(self.would_be(whole)) } else { Endpoint::Interfaces(ids) }
    }

    /// Whether anything stands in a whole.
    pub fn has_interfaces(&self, whole: Whole) -> bool {
        !self.interfaces_of(whole).is_empty()
    }

    fn interfaces_of(&self, whole: Whole) -> Vec<Id<Interface>> {
        let is_in = |interface: &Interface| match whole {
            Whole::Vpc(vpc) => self.subnets[interface.subnet].vpc == vpc && interface.of != InterfaceOf::Endpoint,
            Whole::Subnet(subnet) => interface.subnet == subnet && interface.of != InterfaceOf::Endpoint,
            Whole::Group(group) => interface.groups.contains(&group),
        };
        let real = |interface: &Interface| interface.of != InterfaceOf::WouldBe;
        let there = self.interfaces.iter().filter(|(_, interface)| real(interface) && is_in(interface));
        there.map(|(id, _)| id).collect()
    }

    fn would_be(&mut self, whole: Whole) -> Vec<Id<Interface>> {
        let (vpc, only) = match whole {
            Whole::Vpc(vpc) => (vpc, None),
            Whole::Subnet(subnet) => (self.subnets[subnet].vpc, Some(subnet)),
            Whole::Group(group) => (self.groups[group].vpc, None),
        };
        let here = |(id, subnet): &(Id<Subnet>, &Subnet)| subnet.vpc == vpc && only.is_none_or(|only| only == *id);
        let subnets: Vec<Id<Subnet>> = self.subnets.iter().filter(here).map(|(id, _)| id).collect();
        let group = match whole {
            Whole::Group(group) => group,
            Whole::Vpc(_) | Whole::Subnet(_) => self.open_group(vpc),
        };
        subnets.into_iter().map(|subnet| self.would_be_in(subnet, group)).collect()
    }

    fn would_be_in(&mut self, id: Id<Subnet>, group: Id<Group>) -> Id<Interface> {
        let subnet = &self.subnets[id];
        let private = |block: &Block| {
            let public = (subnet.public && block.family() == Family::V4).then_some(Public::Later);
            Private { block: *block, public }
        };
        let name = eco_format!("a node in {}", subnet.origin.name);
        let interface = Interface {
            origin: Origin { name, alias: None, span: subnet.origin.span },
            names: Vec::new(),
            subnet: id,
            addresses: subnet.blocks.iter().map(private).collect(),
            groups: vec![group],
            forwards: false,
            state: State::Up,
            of: InterfaceOf::WouldBe,
        };
        self.interfaces.push(interface)
    }

    /// A group that lets everything through.
    fn open_group(&mut self, vpc: Id<Vpc>) -> Id<Group> {
        let rule = |direction, family| Rule {
            origin: Origin::new("any"),
            direction,
            traffic: Traffic { protocol: Protocol::All, ports: None },
            peer: RulePeer::Block(Block::all(family)),
        };
        let directions = [Direction::Ingress, Direction::Egress];
        let of = |direction| [rule(direction, Family::V4), rule(direction, Family::V6)];
        let rules = directions.into_iter().flat_map(of).collect();
        self.groups.push(Group { origin: Origin::new("any"), vpc, rules })
    }
}
