//! What lets packets through, or does not: security groups, network ACLs, and the prefix lists that rules speak of.

use super::{Origin, Vpc};
use crate::model::{Direction, Id, Traffic};
use crate::net::Block;
use ecow::EcoString;

/// A security group: what is in one of its rules may pass, and the answer to it.
#[derive(Clone, Debug)]
pub struct Group {
    /// What it is called.
    pub origin: Origin,
    /// The VPC that it is part of.
    pub vpc: Id<Vpc>,
    /// Its rules. Without a rule of a direction nothing passes in it: that all may go out is a rule too.
    pub rules: Vec<Rule>,
}

/// A rule of a security group: one protocol, one range of ports, one peer.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it says, and where.
    pub origin: Origin,
    /// Which way.
    pub direction: Direction,
    /// What. A first port below 0 is an open end, and so is a last one; an ICMP type or code of -1 is any.
    pub traffic: Traffic,
    /// From or to whom.
    pub peer: RulePeer,
}

/// Who a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RulePeer {
    /// Addresses.
    Block(Block),
    /// What is in a prefix list.
    PrefixList(Id<PrefixList>),
    /// The private addresses of a group's members.
    Group(Id<Group>),
    /// A group of which nothing is known: it speaks of nobody.
    UnknownGroup(EcoString),
}

/// A managed prefix list.
#[derive(Clone, Debug)]
pub struct PrefixList {
    /// What it is called: its id, `pl-0abc`.
    pub origin: Origin,
    /// What is in it; `None` if that is not known, so that what depends on it is not modelled.
    pub blocks: Option<Vec<Block>>,
}

/// A network ACL. What no entry speaks of is denied.
#[derive(Clone, Debug)]
pub struct Acl {
    /// What it is called.
    pub origin: Origin,
    /// Its entries in any order, without the last one that EC2 shows as `*`.
    pub entries: Vec<AclEntry>,
}

/// A numbered entry: of those that speak of a packet, the one with the lowest number decides.
#[derive(Clone, Debug)]
pub struct AclEntry {
    /// What it says, and where.
    pub origin: Origin,
    /// Its number.
    pub number: u32,
    /// Whether it lets through what it speaks of.
    pub allow: bool,
    /// Which way, seen from the subnet.
    pub direction: Direction,
    /// What; ports are the destination's.
    pub traffic: Traffic,
    /// The source of what comes in, the destination of what goes out. Of one family alone: 0.0.0.0/0 is not ::/0.
    pub block: Block,
}
