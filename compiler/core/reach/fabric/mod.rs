//! The network as packets see it, wherever it came from: the checked model of a program, or what EC2 says lives.
//!
//! In: whoever builds one fills the arenas. Out: what the walk of packets reads. Absent on purpose: how things are made,
//! what they cost, and names that nothing on the way of a packet looks at.

mod filters;
mod ways;

pub use filters::{Acl, AclEntry, Group, PrefixList, Rule, RulePeer};
pub use ways::{
    Gateway, GatewayKind, Peering, PeeringSide, Route, RouteDestination, RouteSource, RouteTable, RouteTarget, Service,
};

use crate::model::{Arena, Id};
use crate::net::Block;
use crate::source::Span;
use ecow::EcoString;
use std::net::{IpAddr, Ipv4Addr};

/// How a thing is called for people, and where it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Its address in the program, its id in EC2, or, of a rule, route or entry, what it says.
    pub name: EcoString,
    /// The value of its tag `Name`, if it is known by its id and has one.
    pub alias: Option<EcoString>,
    /// Where it is written, if it is.
    pub span: Option<Span>,
}

impl Origin {
    /// The origin of something known by a name alone.
    pub fn new(name: impl Into<EcoString>) -> Origin {
        Origin { name: name.into(), alias: None, span: None }
    }

    /// The origin of something that is written at a place.
    pub fn at(name: impl Into<EcoString>, span: Span) -> Origin {
        Origin { name: name.into(), alias: None, span: Some(span) }
    }
}

/// Whether a thing works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It does.
    #[default]
    Up,
    /// It does not, being in this state by EC2's word: `stopped`, `pending-acceptance`.
    Down(EcoString),
}

/// Everything that decides where packets go. References are ids into the arenas, each given out by [`Arena::push`].
#[derive(Clone, Debug, Default)]
pub struct Fabric {
    /// VPCs.
    pub vpcs: Arena<Vpc>,
    /// Subnets.
    pub subnets: Arena<Subnet>,
    /// Network interfaces: of instances, of interface endpoints, of anything else. Not of NAT gateways.
    pub interfaces: Arena<Interface>,
    /// Security groups.
    pub groups: Arena<Group>,
    /// Network ACLs.
    pub acls: Arena<Acl>,
    /// Route tables.
    pub tables: Arena<RouteTable>,
    /// Gateways.
    pub gateways: Arena<Gateway>,
    /// Peerings.
    pub peerings: Arena<Peering>,
    /// Services that gateway endpoints lead to.
    pub services: Arena<Service>,
    /// Prefix lists.
    pub prefix_lists: Arena<PrefixList>,
}

/// A VPC.
#[derive(Clone, Debug)]
pub struct Vpc {
    /// What it is called.
    pub origin: Origin,
    /// Its blocks, of both families: each has its local route.
    pub blocks: Vec<Block>,
    /// The table of subnets that name none; `None` is the one that EC2 makes, with local routes alone.
    pub main_table: Option<Id<RouteTable>>,
    /// The ACL of subnets that name none; `None` is the one that EC2 makes, which lets everything through.
    pub default_acl: Option<Id<Acl>>,
}

/// A subnet.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// What it is called.
    pub origin: Origin,
    /// The VPC that it is part of.
    pub vpc: Id<Vpc>,
    /// Its blocks, one of each family at most.
    pub blocks: Vec<Block>,
    /// Whether what is launched in it gets a public IPv4 address.
    pub public: bool,
    /// Its route table; the VPC's main one if `None`.
    pub table: Option<Id<RouteTable>>,
    /// Its network ACL; the VPC's default one if `None`.
    pub acl: Option<Id<Acl>>,
}

/// A network interface.
#[derive(Clone, Debug)]
pub struct Interface {
    /// What it is called: the instance or endpoint that it is of, or its own id.
    pub origin: Origin,
    /// What else it answers to: the ids of its instance and of itself.
    pub names: Vec<EcoString>,
    /// The subnet that it stands in.
    pub subnet: Id<Subnet>,
    /// Its private IPv4 addresses, each with the public one that stands for it, and its IPv6 addresses.
    pub addresses: Vec<Private>,
    /// Its security groups. Without one nothing goes in or out.
    pub groups: Vec<Id<Group>>,
    /// Whether it may send and take what is not of or for its own addresses: its source/destination check is off.
    pub forwards: bool,
    /// Whether it is attached, to an instance that runs.
    pub state: State,
    /// What it is of.
    pub of: InterfaceOf,
}

/// What an interface is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InterfaceOf {
    /// An instance.
    Instance,
    /// An interface endpoint, which answers and begins nothing.
    Endpoint,
    /// Nothing: what a network, subnet or group without nodes is asked about.
    WouldBe,
    /// Something whose ways with packets are not modelled, by EC2's word: `lambda`, `network_load_balancer`.
    NotModelled(EcoString),
}

/// A private address of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Private {
    /// The block of this one address, or all of which EC2 is to choose one.
    pub block: Block,
    /// The public IPv4 address that stands for it beyond the internet gateway.
    pub public: Option<Public>,
}

/// A public IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Public {
    /// This one.
    Known(Ipv4Addr),
    /// One that EC2 is to choose: taken to be one that no block speaks of that is smaller than the internet.
    Later,
}

impl Private {
    /// A known address without a public one.
    pub fn known(address: IpAddr) -> Private {
        Private { block: Block::host(address), public: None }
    }
}

impl Fabric {
    /// The blocks that rules, entries and routes speak of.
    pub(super) fn blocks_spoken_of(&self) -> impl Iterator<Item = Block> {
        let rules = self.groups.iter().flat_map(|(_, group)| &group.rules);
        let of_rules = rules.filter_map(|rule| match rule.peer {
            RulePeer::Block(block) => Some(block),
            _ => None,
        });
        let of_entries = self.acls.iter().flat_map(|(_, acl)| &acl.entries).map(|entry| entry.block);
        let routes = self.tables.iter().flat_map(|(_, table)| &table.routes);
        let of_routes = routes.filter_map(|route| match route.destination {
            RouteDestination::Block(block) => Some(block),
            RouteDestination::PrefixList(_) => None,
        });
        of_rules.chain(of_entries).chain(of_routes)
    }

    /// The public IPv4 addresses of interfaces that are known.
    pub(super) fn public_addresses(&self) -> impl Iterator<Item = IpAddr> {
        let addresses = self.interfaces.iter().flat_map(|(_, interface)| &interface.addresses);
        addresses.filter_map(|address| match address.public {
            Some(Public::Known(public)) => Some(public.into()),
            Some(Public::Later) | None => None,
        })
    }

    /// The route table that a subnet uses; `None` is one with local routes alone.
    pub fn table_of(&self, subnet: Id<Subnet>) -> Option<Id<RouteTable>> {
        let subnet = &self.subnets[subnet];
        subnet.table.or(self.vpcs[subnet.vpc].main_table)
    }

    /// The network ACL that a subnet uses; `None` is one that lets everything through.
    pub fn acl_of(&self, subnet: Id<Subnet>) -> Option<Id<Acl>> {
        let subnet = &self.subnets[subnet];
        subnet.acl.or(self.vpcs[subnet.vpc].default_acl)
    }

    /// The VPC that an interface is in.
    pub fn vpc_of(&self, interface: Id<Interface>) -> Id<Vpc> {
        self.subnets[self.interfaces[interface].subnet].vpc
    }
}
