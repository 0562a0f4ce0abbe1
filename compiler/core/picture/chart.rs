//! What a picture shows, before anybody knows where: networks with their zones, subnets, and what stands in them, by the names
//! that the program gives them. All writers read this, so that no picture says anything that another one does not.

use crate::model::Address;
use ecow::EcoString;

/// All that is shown of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// The stack.
    pub stack: EcoString,
    /// Where networks live that don't say, if that is known.
    pub region: Option<EcoString>,
    /// Whether something leads to the internet.
    pub internet: bool,
    /// What else is outside of all networks.
    pub outside: Vec<Outside>,
    /// The networks.
    pub networks: Vec<NetworkChart>,
    /// What joins doors to each other and to what is outside.
    pub links: Vec<Link>,
}

impl Chart {
    /// Whether something that routes may lead to is shown on its own: not, if it is one of a range.
    pub fn shows(&self, key: &Address) -> bool {
        let in_network = |network: &NetworkChart| {
            let mut cards = network.subnets.iter().flat_map(|subnet| &subnet.cards);
            network.doors.iter().any(|door| door.key == *key) || cards.any(|card| card.key == *key)
        };
        self.networks.iter().any(in_network)
    }
}

/// Something outside of all networks of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// What it is known by.
    pub key: Address,
    /// Its name.
    pub name: EcoString,
    /// What it is, and where.
    pub note: EcoString,
}

/// Two things that are joined, by their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The one.
    pub from: Address,
    /// The other; the internet if `None`.
    pub to: Option<Address>,
}

/// A network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkChart {
    /// What it is known by.
    pub key: Address,
    /// Its blocks.
    pub blocks: EcoString,
    /// What else is to be known of it: its region, DHCP, flow logs.
    pub facts: Vec<EcoString>,
    /// The ways out of it.
    pub doors: Vec<Door>,
    /// The zones that its subnets are in.
    pub zones: Vec<EcoString>,
    /// How many rows its subnets take, side by side with those of the same name in other zones.
    pub rows: usize,
    /// Its subnets, row by row.
    pub subnets: Vec<SubnetChart>,
    /// Its security groups.
    pub groups: Vec<RulesChart>,
    /// Its network ACLs.
    pub acls: Vec<RulesChart>,
}

/// A way out of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// What it is known by.
    pub key: Address,
    /// What it is.
    pub kind: DoorKind,
    /// Its name.
    pub name: EcoString,
    /// What it is, in words.
    pub note: EcoString,
}

/// What leads out of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoorKind {
    /// A gateway endpoint.
    Service,
    /// A peering.
    Peer,
    /// A VPN gateway.
    Vpn,
    /// An egress-only gateway.
    Egress,
    /// An internet gateway.
    Internet,
}

/// What becomes of what leaves a subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It can leave for the internet through an internet gateway, and be answered and asked.
    Open,
    /// It can leave in some other way.
    Outward,
    /// It stays in the network.
    Closed,
}

impl Class {
    /// In a word, for people.
    pub fn word(self) -> &'static str {
        match self {
            Class::Open => "public",
            Class::Outward => "private",
            Class::Closed => "isolated",
        }
    }
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetChart {
    /// What it is known by.
    pub key: Address,
    /// Its name.
    pub name: EcoString,
    /// Its block, and which part of the network's IPv6 block it has.
    pub block: EcoString,
    /// Which of the network's zones it is in.
    pub column: usize,
    /// Which row it is in.
    pub row: usize,
    /// What becomes of what leaves it.
    pub class: Class,
    /// Its routes.
    pub ways: Vec<Way>,
    /// What else is to be known of it: a route table with a name, its network ACL.
    pub notes: Vec<EcoString>,
    /// What stands in it.
    pub cards: Vec<Card>,
}

/// Where a subnet's route table sends some destinations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What for.
    pub destinations: EcoString,
    /// The name of what takes it.
    pub via: EcoString,
    /// The key of what takes it.
    pub to: Address,
}

/// What stands in a subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What it is known by.
    pub key: Address,
    /// What it is.
    pub kind: CardKind,
    /// Whether routes lead to it.
    pub forwards: bool,
    /// Its name.
    pub name: EcoString,
    /// Its private address, or those of a range, if they are known.
    pub address: Option<EcoString>,
    /// What it is made of, in short.
    pub note: EcoString,
    /// Its security groups: the name, and the place among the network's, if it is one of these.
    pub groups: Vec<(EcoString, Option<usize>)>,
}

/// What kind of thing stands in a subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// A NAT gateway.
    Nat,
    /// A node.
    Node,
    /// Several nodes that are alike.
    Nodes,
    /// A network interface of an endpoint.
    Endpoint,
}

/// A security group or network ACL with its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesChart {
    /// What it is known by.
    pub key: Address,
    /// Its name.
    pub name: EcoString,
    /// What it is for.
    pub about: EcoString,
    /// Its rules in short.
    pub rules: Vec<RuleChart>,
}

/// Rules of a group that have one direction and the same peers, or an entry of an ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChart {
    /// Which way, or the entry's number.
    pub lead: EcoString,
    /// What it says.
    pub text: EcoString,
}
