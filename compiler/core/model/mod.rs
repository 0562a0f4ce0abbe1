//! What a program means: every reference an id, no names left to look up, every literal a value.
//!
//! In: what `check` builds. Out: what `plan::lower` reads. A fault leaves a natural hole (an empty list, `None`),
//! over which whoever reads the model passes in silence; [`Sound`] is a model that has none.

mod address;
mod arena;

pub use address::Address;
pub use arena::{Arena, Id};

use crate::call::Sealed;
use crate::net::{Block, Family};
use crate::source::Span;
use crate::{With, problem::Diagnostic};
use ecow::EcoString;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Tags by key.
pub type Tags = BTreeMap<EcoString, EcoString>;

/// A model without errors: the only thing that can be planned.
#[derive(Clone, Debug)]
pub struct Sound(Model);

impl Sound {
    /// The model, if no error was found in it.
    ///
    /// # Errors
    /// All problems, warnings included, if one of them is an error.
    pub fn new(checked: With<Model>) -> Result<(Sound, Vec<Diagnostic>), Vec<Diagnostic>> {
        if checked.problems.iter().any(Diagnostic::is_error) {
            return Err(checked.problems);
        }
        Ok((Sound(checked.value), checked.problems))
    }
}

impl std::ops::Deref for Sound {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.0
    }
}

/// A whole program.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The deployment's name.
    pub stack: EcoString,
    /// Where networks live that don't say.
    pub region: Option<EcoString>,
    /// The only account in which anything may be done.
    pub account: Option<EcoString>,
    /// Tags for everything.
    pub tags: Tags,
    /// SSH public keys.
    pub keys: Arena<Key>,
    /// Networks.
    pub networks: Arena<Network>,
    /// Subnets.
    pub subnets: Arena<Subnet>,
    /// Gateways.
    pub gateways: Arena<Gateway>,
    /// Route tables.
    pub tables: Arena<RouteTable>,
    /// Security groups.
    pub groups: Arena<Group>,
    /// Nodes and ranges of nodes.
    pub nodes: Arena<Node>,
}

/// An SSH public key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The OpenSSH line: type, key, comment.
    pub line: EcoString,
}

/// A VPC.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// Where it lives, if it says.
    pub region: Option<EcoString>,
    /// Its blocks with their places, the primary one first.
    pub blocks: Vec<(Block, Span)>,
    /// Whether its instances run on hardware of their own.
    pub dedicated: bool,
    /// DNS and DHCP.
    pub dns: Dns,
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
    /// The letter of its zone.
    pub zone: EcoString,
    /// Where it is called public, if it is.
    pub public: Option<Span>,
    /// Its route table; the network's main one if `None`.
    pub table: Option<Id<RouteTable>>,
    /// Tags of its own.
    pub tags: Tags,
}

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

/// A security group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its address.
    pub address: Address,
    /// Its name, which is part of its name in EC2.
    pub name: EcoString,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// What it is for.
    pub description: EcoString,
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
    /// The block, if it is one.
    pub fn block(&self) -> Option<Block> {
        match self {
            RulePeer::Addresses(Destination::Block(block)) => Some(*block),
            _ => None,
        }
    }

    /// Which of EC2's two counts of rules it adds to; both for groups and prefix lists.
    pub fn counts_for(&self, family: Family) -> bool {
        self.block().is_none_or(|block| block.family() == family)
    }
}

/// An IP protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// Every protocol.
    All,
    /// Protocol 6.
    Tcp,
    /// Protocol 17.
    Udp,
    /// Protocol 1.
    Icmp,
    /// Protocol 58.
    Icmpv6,
    /// Any other, by its number.
    Number(u8),
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Protocol::All => f.write_str("all"),
            Protocol::Tcp => f.write_str("tcp"),
            Protocol::Udp => f.write_str("udp"),
            Protocol::Icmp => f.write_str("icmp"),
            Protocol::Icmpv6 => f.write_str("icmpv6"),
            Protocol::Number(number) => number.fmt(f),
        }
    }
}

/// A protocol with its ports, or ICMP type and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Traffic {
    /// The protocol.
    pub protocol: Protocol,
    /// First port and last, or type and code; -1 stands for every one. `None` for protocols without either.
    pub ports: Option<(i32, i32)>,
}

impl Traffic {
    /// Whether all traffic of `other` is of this kind too.
    pub fn covers(&self, other: &Traffic) -> bool {
        if self.protocol == Protocol::All {
            return true;
        }
        if self.protocol != other.protocol {
            return false;
        }
        match (self.protocol, self.ports, other.ports) {
            (Protocol::Icmp | Protocol::Icmpv6, Some((kind, code)), Some(theirs)) => {
                (kind == -1 || kind == theirs.0) && (code == -1 || code == theirs.1)
            }
            (_, Some((first, last)), Some(theirs)) => first <= theirs.0 && theirs.1 <= last,
            _ => true,
        }
    }
}

impl std::fmt::Display for Traffic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let icmp = matches!(self.protocol, Protocol::Icmp | Protocol::Icmpv6);
        match self.ports {
            None => write!(f, "{}", self.protocol),
            Some((-1, _)) => write!(f, "{} all", self.protocol),
            Some((0, 65535)) if !icmp => write!(f, "{} all", self.protocol),
            Some((8, -1)) if self.protocol == Protocol::Icmp => write!(f, "icmp echo"),
            Some((128, -1)) if self.protocol == Protocol::Icmpv6 => write!(f, "icmpv6 echo"),
            Some((kind, -1)) if icmp => write!(f, "{} {kind}/all", self.protocol),
            Some((kind, code)) if icmp => write!(f, "{} {kind}/{code}", self.protocol),
            Some((first, last)) if first == last => write!(f, "{} {first}", self.protocol),
            Some((first, last)) => write!(f, "{} {first}-{last}", self.protocol),
        }
    }
}

/// A node, or a range of nodes that are alike.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its address, without an index.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// The subnet that it stands in.
    pub subnet: Option<Id<Subnet>>,
    /// First and last index; `None` for a single node.
    pub indices: Option<(u32, u32)>,
    /// Where its addresses start.
    pub start: Start,
    /// What it is made of.
    pub settings: Settings,
    /// Tags of its own.
    pub tags: Tags,
}

impl Node {
    /// How many instances it stands for.
    pub fn count(&self) -> u64 {
        self.indices.map_or(1, |(first, last)| u64::from(last) - u64::from(first) + 1)
    }

    /// Each instance with its address and its private IP address.
    pub fn members(&self) -> impl Iterator<Item = (Address, Option<IpAddr>)> + '_ {
        let (first, last) = self.indices.unwrap_or((0, 0));
        (first..=last).map(move |index| {
            let address = match self.indices {
                Some(_) => self.address.index(index),
                None => self.address.clone(),
            };
            let start = match self.start {
                Start::At { address, .. } => offset(address, index - first),
                Start::Any | Start::Hole => None,
            };
            (address, start)
        })
    }
}

/// Where the private addresses of nodes start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// EC2 chooses.
    Any,
    /// The first node's address; the others follow.
    At {
        /// The address.
        address: IpAddr,
        /// Where it is written.
        span: Span,
    },
    /// It is written, but could not be made out.
    Hole,
}

fn offset(start: IpAddr, by: u32) -> Option<IpAddr> {
    Block::all(Family::of(start)).at(crate::net::number(start) + u128::from(by))
}

/// What a node is made of.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The instance type.
    pub instance_type: Option<EcoString>,
    /// The machine image's id.
    pub image: Option<EcoString>,
    /// Its security groups, with the places where they are named.
    pub groups: Option<Vec<(Id<Group>, Span)>>,
    /// The SSH key that it admits.
    pub key: Option<Id<Key>>,
    /// User data: the script that it runs at its first boot.
    pub boot: Option<(Sealed, Span)>,
    /// The root disk.
    pub disk: Option<Disk>,
    /// Whether it gets a public address, if it says, and where.
    pub public: Option<(bool, Span)>,
    /// The IAM instance profile.
    pub role: Option<EcoString>,
    /// Whether instance metadata is given without a token.
    pub imds_optional: Option<bool>,
}

impl Settings {
    /// These settings where they say, and `defaults` where they don't.
    pub fn or(self, defaults: &Settings) -> Settings {
        Settings {
            instance_type: self.instance_type.or_else(|| defaults.instance_type.clone()),
            image: self.image.or_else(|| defaults.image.clone()),
            groups: self.groups.or_else(|| defaults.groups.clone()),
            key: self.key.or(defaults.key),
            boot: self.boot.or_else(|| defaults.boot.clone()),
            disk: self.disk.or_else(|| defaults.disk.clone()),
            public: self.public.or(defaults.public),
            role: self.role.or_else(|| defaults.role.clone()),
            imds_optional: self.imds_optional.or(defaults.imds_optional),
        }
    }
}

/// A disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Its size in GiB.
    pub gib: u32,
    /// The EBS volume type.
    pub volume_type: EcoString,
    /// Whether it is encrypted.
    pub encrypted: bool,
}
