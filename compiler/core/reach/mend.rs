//! What to add where a packet was stopped, and how to write it.

use super::query::{Blocked, CLIENT_PORTS, Packet};
use super::reason::Reason;
use crate::model::{Direction, Protocol, Traffic};
use crate::net::Block;
use std::net::IpAddr;

/// What has to be added so that a packet that was stopped gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// A rule of a security group.
    Rule {
        /// Which way.
        direction: Direction,
        /// For the packet's own traffic; of ICMP, for its type.
        traffic: Traffic,
        /// The packet's other end.
        other: IpAddr,
    },
    /// A rule for the address from which it comes, since a group stands for private addresses.
    RuleForAddress {
        /// For the packet's own traffic.
        traffic: Traffic,
        /// From where it comes.
        source: IpAddr,
    },
    /// An entry of a network ACL, before the one that denies it.
    Entry {
        /// Which way.
        direction: Direction,
        /// For the packet's own traffic; for an answer, for all ports that clients ask from.
        traffic: Traffic,
        /// Whether it is an answer that was stopped.
        answer: bool,
        /// The packet's other end.
        other: IpAddr,
    },
    /// A route.
    Route {
        /// For where.
        destination: IpAddr,
    },
    /// Something that lives, for a route to lead to.
    Target,
    /// A public address.
    PublicAddress,
    /// That an instance runs.
    Start,
}

impl Blocked {
    /// What has to be added, where that is plain.
    pub fn mend(&self) -> Option<Mend> {
        let packet = self.packet.as_ref();
        let direction = match self.reason {
            Reason::SgEgress | Reason::SgEgressEmpty | Reason::NaclEgress | Reason::NaclReturnEgress => {
                Direction::Egress
            }
            _ => Direction::Ingress,
        };
        let other = |packet: &Packet| if direction == Direction::Ingress { packet.source } else { packet.destination };
        Some(match self.reason {
            Reason::SgIngress | Reason::SgIngressEmpty | Reason::SgEgress | Reason::SgEgressEmpty => {
                Mend::Rule { direction, traffic: of_type(packet?), other: other(packet?) }
            }
            Reason::SgReferenceLost => Mend::RuleForAddress { traffic: of_type(packet?), source: packet?.source },
            Reason::NaclIngress | Reason::NaclEgress => {
                Mend::Entry { direction, traffic: of_type(packet?), answer: false, other: other(packet?) }
            }
            Reason::NaclReturnIngress | Reason::NaclReturnEgress => {
                Mend::Entry { direction, traffic: to_clients(packet?), answer: true, other: other(packet?) }
            }
            Reason::NoRoute | Reason::NoReturnRoute => Mend::Route { destination: packet?.destination },
            Reason::BlackholeRoute | Reason::BlackholeReturnRoute => Mend::Target,
            Reason::IgwNoPublicIp | Reason::UnassociatedPublicIp => Mend::PublicAddress,
            Reason::InstanceNotRunning => Mend::Start,
            _ => return None,
        })
    }
}

/// What to add, in the language's own words: for one packet, knowing no names but those of the places that it came by.
pub(super) fn words(blocked: &Blocked) -> Option<String> {
    let at = &blocked.at.name;
    Some(match blocked.mend()? {
        Mend::Rule { direction, traffic, other } => {
            format!("add to {}: `{}`", group(blocked), line(direction, traffic, whom(other)))
        }
        Mend::RuleForAddress { traffic, source } => {
            let rule = line(Direction::Ingress, traffic, whom(source));
            format!("name the address instead of the group: `{rule}`")
        }
        Mend::Entry { direction, traffic, other, .. } => {
            let entry = line(direction, traffic, any(other));
            format!("add to {at}, with a number before what denies it: `allow {entry}`")
        }
        Mend::Route { destination } => format!("add to {at}: `route {} via …`", any(destination)),
        Mend::Target => "let the route lead to something that lives".to_owned(),
        Mend::PublicAddress => format!("give {at} a public address: `public` in its block, or `elastic NAME`"),
        Mend::Start => format!("start {at}"),
    })
}

fn line(direction: Direction, traffic: Traffic, other: String) -> String {
    let preposition = if direction == Direction::Ingress { "from" } else { "to" };
    format!("{} {traffic} {preposition} {other}", direction.word())
}

/// The group that lacks a rule, if it is one alone.
fn group(blocked: &Blocked) -> String {
    match blocked.groups.as_slice() {
        [group] => group.name.to_string(),
        [] => format!("a group of {}", blocked.at.name),
        _ => format!("one of the groups of {}", blocked.at.name),
    }
}

/// A packet's traffic; of ICMP, all of its type.
fn of_type(packet: &Packet) -> Traffic {
    let traffic = packet.traffic();
    match (traffic.protocol, traffic.ports) {
        (Protocol::Icmp | Protocol::Icmpv6, Some((kind, _))) => Traffic { ports: Some((kind, -1)), ..traffic },
        _ => traffic,
    }
}

/// The traffic of all answers to which one belongs: to whatever port a client may have asked from.
fn to_clients(packet: &Packet) -> Traffic {
    let traffic = of_type(packet);
    let clients = (i32::from(CLIENT_PORTS.0), i32::from(CLIENT_PORTS.1));
    match traffic.protocol {
        Protocol::Tcp | Protocol::Udp => Traffic { ports: Some(clients), ..traffic },
        _ => traffic,
    }
}

/// An address as a rule names it: its own block inside a network, anybody outside.
fn whom(address: IpAddr) -> String {
    if is_private(address) { Block::host(address).to_string() } else { "any".to_owned() }
}

fn any(address: IpAddr) -> String {
    match address {
        _ if is_private(address) => Block::host(address).to_string(),
        IpAddr::V4(_) => "any".to_owned(),
        IpAddr::V6(_) => "::/0".to_owned(),
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(_) => false,
    }
}
