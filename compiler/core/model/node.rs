//! Nodes: where they stand and what they are made of.

use super::{Address, Elastic, Environment, Group, Id, ImageChoice, Key, Network, Subnet, Tags};
use crate::call::Sealed;
use crate::net::{Block, Family};
use crate::source::Span;
use ecow::EcoString;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A node, or a range of nodes that are alike.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its address, without zone and index.
    pub address: Address,
    /// The zone by which it is told from the nodes of the same name in other zones.
    pub zone: Option<EcoString>,
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
    /// What its boot script finds in its environment.
    pub environment: Environment,
    /// Its Elastic IP, and where it is named.
    pub elastic: Option<(Id<Elastic>, Span)>,
    /// Tags of its own.
    pub tags: Tags,
}

impl Node {
    /// How many instances it stands for.
    pub fn count(&self) -> u64 {
        self.indices.map_or(1, |(first, last)| u64::from(last) - u64::from(first) + 1)
    }

    /// Whether it has a public address.
    pub fn is_public(&self, subnet: &Subnet) -> bool {
        self.elastic.is_some() || self.launches_public(subnet)
    }

    /// Whether it is launched with a public address.
    pub fn launches_public(&self, subnet: &Subnet) -> bool {
        self.settings.public.map_or(subnet.public.is_some(), |(public, _)| public)
    }

    /// Each instance with its address and its private IP address.
    pub fn members(&self) -> impl Iterator<Item = (Address, Option<IpAddr>)> + '_ {
        let (first, last) = self.indices.unwrap_or((0, 0));
        (first..=last).map(move |index| {
            let start = match self.start {
                Start::At { address, .. } => offset(address, index - first),
                Start::Any | Start::Hole => None,
            };
            (self.member_address(index), start)
        })
    }

    /// The address of the last instance, than which no other has a longer one.
    pub fn last_address(&self) -> Address {
        self.member_address(self.indices.map_or(0, |(_, last)| last))
    }

    /// The address of the instance with an index, or of a single one.
    pub fn member_address(&self, index: u32) -> Address {
        match (&self.zone, self.indices) {
            (Some(zone), Some(_)) => self.address.index(format_args!("{zone},{index}")),
            (Some(zone), None) => self.address.index(zone),
            (None, Some(_)) => self.address.index(index),
            (None, None) => self.address.clone(),
        }
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
    /// The machine image.
    pub image: Option<ImageChoice>,
    /// Its security groups, with the places where they are named.
    pub groups: Option<Vec<(Id<Group>, Span)>>,
    /// The SSH key that it admits.
    pub key: Option<Id<Key>>,
    /// User data: the script that it runs at its first boot.
    pub boot: Option<(Sealed, Span)>,
    /// The root disk.
    pub disk: Option<Disk>,
    /// Further disks by name.
    pub disks: BTreeMap<EcoString, Disk>,
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
            disks: defaults.disks.clone().into_iter().chain(self.disks).collect(),
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
    /// Where it is written.
    pub origin: Span,
}
