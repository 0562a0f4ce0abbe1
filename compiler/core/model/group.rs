//! Security groups and their rules.

use super::{Address, Destination, Id, Network, Tags, Traffic};
use crate::net::{Block, Family};
use crate::source::Span;
use ecow::EcoString;

/// A security group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its address.
    pub address: Address,
    /// Its name, which is part of its name in EC2.
    pub name: EcoString,
    /// Whether it is the one that comes with the network, in which nodes without another one are.
    pub is_default: bool,
    /// Where it is declared.
    pub origin: Span,
    /// Its id, if it lives already and is only used.
    pub existing: Option<EcoString>,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// What it is for, if that is said.
    pub description: Option<EcoString>,
    /// Its rules, in the order of the program.
    pub rules: Vec<Rule>,
    /// Whether its rules say what may go out; all may, if not.
    pub limits_egress: bool,
    /// Tags of its own.
    pub tags: Tags,
}

/// Which way traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Into the instance.
    Ingress,
    /// Out of the instance.
    Egress,
}

impl Direction {
    /// The keyword.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }
}

/// One rule as EC2 counts them: one protocol, one range of ports, one peer.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it is written.
    pub origin: Span,
    /// Where its peer is named.
    pub named: Span,
    /// Which way.
    pub direction: Direction,
    /// What.
    pub traffic: Traffic,
    /// From or to whom.
    pub peer: RulePeer,
    /// What for.
    pub why: EcoString,
}

/// Who a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RulePeer {
    /// Addresses.
    Addresses(Destination),
    /// The members of a group, by their private addresses.
    Group(Id<Group>),
}

impl RulePeer {
    /// The block, if it is one; of one that Amazon chooses, a [stand-in](Destination::block).
    pub fn block(&self) -> Option<Block> {
        match self {
            RulePeer::Addresses(addresses) => addresses.block(),
            RulePeer::Group(_) => None,
        }
    }

    /// Which of EC2's two counts of rules it adds to; both for groups and prefix lists.
    pub fn counts_for(&self, family: Family) -> bool {
        self.block().is_none_or(|block| block.family() == family)
    }
}
