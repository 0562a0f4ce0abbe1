//! Gateways, route tables, and what they speak of.

use super::{Address, Id, Network, Tags};
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
    pub target: Id<Gateway>,
}

/// What a route or rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A block.
    Block(Block),
    /// A managed prefix list, by its id.
    PrefixList(EcoString),
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Destination::Block(block) => block.fmt(f),
            Destination::PrefixList(id) => f.write_str(id),
        }
    }
}
