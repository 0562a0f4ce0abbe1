//! Gateways, route tables, and what they speak of.

use super::{Address, AmazonBlock, Id, Network, Node, Peer, Subnet, Tags};
use crate::net::Block;
use crate::source::Span;
use ecow::EcoString;

/// A gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is attached to.
    pub network: Id<Network>,
    /// What it does.
    pub kind: GatewayKind,
    /// Tags of its own.
    pub tags: Tags,
}

/// What a gateway does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayKind {
    /// To the internet, one address for one.
    Internet,
    /// To the internet behind one address, outwards only.
    Nat {
        /// Where it stands.
        subnet: Option<Id<Subnet>>,
        /// Its address; one of its own if `None`.
        elastic: Option<Id<Elastic>>,
    },
    /// To the internet by IPv6, outwards only.
    Egress,
    /// To networks elsewhere, through tunnels.
    Vpn {
        /// The number of its autonomous system, if it says.
        asn: Option<u32>,
    },
}

impl GatewayKind {
    /// What it is called in the program.
    pub fn word(self) -> &'static str {
        match self {
            GatewayKind::Internet => "internet",
            GatewayKind::Nat { .. } => "nat",
            GatewayKind::Egress => "egress",
            GatewayKind::Vpn { .. } => "vpn",
        }
    }
}

/// An Elastic IP: an address that is the account's until it is given back.
#[derive(Clone, Debug)]
pub struct Elastic {
    /// Its address in the program.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is declared in.
    pub network: Id<Network>,
    /// Tags of its own.
    pub tags: Tags,
}

/// A route table.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// Its address: of its own, or below that of the subnet whose `route` lines it holds.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// Its routes.
    pub routes: Vec<Route>,
    /// Whether it has others, which could not be made out.
    pub has_holes: bool,
    /// Whether it is the one that the network comes with.
    pub is_main: bool,
    /// The VPN gateways whose routes it takes in.
    pub propagates: Vec<Id<Gateway>>,
    /// Tags of its own.
    pub tags: Tags,
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// Where it is written.
    pub origin: Span,
    /// For what.
    pub destination: Destination,
    /// Where to.
    pub target: RouteTarget,
}

/// What a route leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteTarget {
    /// A gateway.
    Gateway(Id<Gateway>),
    /// An instance that forwards: the only one, or the one of a range.
    Node(Id<Node>, Option<u32>),
    /// The network on the other side of a peering.
    Peer(Id<Peer>),
}

impl RouteTarget {
    /// The gateway, if it is one.
    pub fn gateway(self) -> Option<Id<Gateway>> {
        match self {
            RouteTarget::Gateway(id) => Some(id),
            RouteTarget::Node(..) | RouteTarget::Peer(_) => None,
        }
    }
}

/// What a route or rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A block.
    Block(Block),
    /// A block that Amazon chooses.
    Amazon(AmazonBlock),
    /// A managed prefix list, by its id.
    PrefixList(EcoString),
}

impl Destination {
    /// The block, if it is one; of one that Amazon chooses, its [stand-in](AmazonBlock::stand_in).
    pub fn block(&self) -> Option<Block> {
        match self {
            Destination::Block(block) => Some(*block),
            Destination::Amazon(block) => Some(block.stand_in()),
            Destination::PrefixList(_) => None,
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Destination::Block(block) => block.fmt(f),
            Destination::Amazon(block) => block.fmt(f),
            Destination::PrefixList(id) => f.write_str(id),
        }
    }
}
