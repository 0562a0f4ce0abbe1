//! Network ACLs and their entries.

use super::{Address, AmazonBlock, Direction, Id, Network, Tags, Traffic};
use crate::net::Block;
use crate::source::Span;

/// A network ACL.
#[derive(Clone, Debug)]
pub struct Acl {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// Whether it is the one that comes with the network, which subnets without another use.
    pub is_default: bool,
    /// Its entries, by direction and number, each pair once.
    pub entries: Vec<AclEntry>,
    /// Tags of its own.
    pub tags: Tags,
}

/// A numbered entry: of those that speak of some traffic, the one with the lowest number decides.
#[derive(Clone, Debug)]
pub struct AclEntry {
    /// Where it is written.
    pub origin: Span,
    /// Its number.
    pub number: u16,
    /// Whether it lets through what it speaks of.
    pub allow: bool,
    /// Which way.
    pub direction: Direction,
    /// What.
    pub traffic: Traffic,
    /// From or to where; for a block that Amazon chooses, its [stand-in](AmazonBlock::stand_in).
    pub block: Block,
    /// The block that Amazon chooses, if it speaks of one.
    pub amazon: Option<AmazonBlock>,
}

impl Acl {
    /// One without entries.
    pub fn new(address: Address, origin: Span, network: Id<Network>) -> Acl {
        Acl { address, origin, network, is_default: false, entries: Vec::new(), tags: Tags::new() }
    }
}

impl AclEntry {
    /// Whether it speaks of all that `other` speaks of.
    pub fn covers(&self, other: &AclEntry) -> bool {
        self.direction == other.direction && self.traffic.covers(&other.traffic) && self.block.contains(other.block)
    }
}

impl std::fmt::Display for AclEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = if self.allow { "allow" } else { "deny" };
        let word = if self.direction == Direction::Ingress { "from" } else { "to" };
        write!(f, "{} {verdict} {} {} {word} ", self.number, self.direction.word(), self.traffic)?;
        match &self.amazon {
            Some(block) => block.fmt(f),
            None => self.block.fmt(f),
        }
    }
}
