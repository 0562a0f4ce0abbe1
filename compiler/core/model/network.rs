//! Networks, their DNS, and their subnets.

use super::{Acl, Address, Group, Id, RouteTable, Tags};
use crate::net::Block;
use crate::source::Span;
use ecow::EcoString;
use std::net::IpAddr;

/// A VPC.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// Where it lives, if it says.
    pub region: Option<EcoString>,
    /// Its IPv4 blocks with their places, the primary one first.
    pub blocks: Vec<(Block, Span)>,
    /// Where it is said to have an IPv6 block from Amazon, if it is.
    pub ipv6: Option<Span>,
    /// Its id, if it lives already and is only used.
    pub existing: Option<EcoString>,
    /// Whether its instances run on hardware of their own.
    pub dedicated: bool,
    /// DNS and DHCP.
    pub dns: Dns,
    /// The route table that it comes with, if the program says how that is to be.
    pub main_table: Option<Id<RouteTable>>,
    /// The network ACL that it comes with, if the program says how that is to be.
    pub default_acl: Option<Id<Acl>>,
    /// The security group that it comes with, if the program says how that is to be.
    pub default_group: Option<Id<Group>>,
    /// Tags of the network and what is in it.
    pub tags: Tags,
}

/// What instances are told by DHCP, and the VPC's DNS switches.
#[derive(Clone, Debug)]
pub struct Dns {
    /// Where it is declared, if it is.
    pub origin: Option<Span>,
    /// The domain.
    pub domain: Option<EcoString>,
    /// The DNS servers; Amazon's if empty.
    pub servers: Vec<IpAddr>,
    /// The time servers.
    pub ntp: Vec<IpAddr>,
    /// Whether instances with public addresses get public names.
    pub hostnames: bool,
    /// Whether Amazon's DNS server answers.
    pub support: bool,
}

impl Default for Dns {
    fn default() -> Self {
        Dns { origin: None, domain: None, servers: Vec::new(), ntp: Vec::new(), hostnames: true, support: true }
    }
}

impl Dns {
    /// Whether it takes a DHCP option set of its own.
    pub fn has_options(&self) -> bool {
        self.domain.is_some() || !self.servers.is_empty() || !self.ntp.is_empty()
    }
}

/// A subnet.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// Its address.
    pub address: Address,
    /// Its name.
    pub name: EcoString,
    /// Where it is declared.
    pub origin: Span,
    /// Where its block is written.
    pub block_span: Span,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// Its block; `None` where it could not be made out.
    pub block: Option<Block>,
    /// The block that is written, of which its own is a part if it stands in one of several zones.
    pub written: Option<Block>,
    /// The letter of its zone.
    pub zone: EcoString,
    /// Where it is called public, if it is.
    pub public: Option<Span>,
    /// Which /64 of the network's IPv6 block it has, and where that is said.
    pub ipv6: Option<(u8, Span)>,
    /// Its id, if it lives already and is only used.
    pub existing: Option<EcoString>,
    /// Its route table; the network's main one if `None`.
    pub table: Option<Id<RouteTable>>,
    /// Its network ACL; the network's default one if `None`.
    pub acl: Option<Id<Acl>>,
    /// Tags of its own.
    pub tags: Tags,
}
