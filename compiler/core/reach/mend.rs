//! What to add so that a packet that was stopped gets through.

use super::query::{Blocked, CLIENT_PORTS, Packet};
use super::reason::Reason;
use crate::model::{Protocol, Traffic};
use crate::net::Block;
use std::net::IpAddr;

/// What to add, in the language's own words, where that is plain.
pub(super) fn mend(blocked: &Blocked) -> Option<String> {
    let packet = blocked.packet.as_ref();
    let at = &blocked.at.name;
    Some(match blocked.reason {
        Reason::SgIngress | Reason::SgIngressEmpty => {
            let packet = packet?;
            format!("add to {}: `ingress {} from {}`", group(blocked), of(packet), whom(packet.source))
        }
        Reason::SgEgress | Reason::SgEgressEmpty => {
            let packet = packet?;
            format!("add to {}: `egress {} to {}`", group(blocked), of(packet), whom(packet.destination))
        }
        Reason::SgReferenceLost => {
            format!("name the address instead of the group: `ingress {} from {}`", of(packet?), whom(packet?.source))
        }
        Reason::NaclIngress | Reason::NaclReturnIngress => {
            format!(
                "add to {at}, with a number before what denies it: `allow ingress {} from {}`",
                ports(blocked)?,
                any(packet?.source)
            )
        }
        Reason::NaclEgress | Reason::NaclReturnEgress => {
            format!(
                "add to {at}, with a number before what denies it: `allow egress {} to {}`",
                ports(blocked)?,
                any(packet?.destination)
            )
        }
        Reason::NoRoute | Reason::NoReturnRoute => {
            format!("add to {at}: `route {} via …`", any(packet?.destination))
        }
        Reason::BlackholeRoute | Reason::BlackholeReturnRoute => {
            "let the route lead to something that lives".to_owned()
        }
        Reason::IgwNoPublicIp | Reason::UnassociatedPublicIp => {
            format!("give {at} a public address: `public` in its block, or `elastic NAME`")
        }
        Reason::InstanceNotRunning => format!("start {at}"),
        _ => return None,
    })
}

/// The group that lacks a rule, if it is one alone.
fn group(blocked: &Blocked) -> String {
    match blocked.groups.as_slice() {
        [group] => group.name.to_string(),
        [] => format!("a group of {}", blocked.at.name),
        _ => format!("one of the groups of {}", blocked.at.name),
    }
}

fn of(packet: &Packet) -> Traffic {
    let port = i32::from(packet.destination_port);
    let protocol = Protocol::numbered(packet.protocol);
    let ports = match protocol {
        Protocol::Tcp | Protocol::Udp => Some((port, port)),
        Protocol::Icmp | Protocol::Icmpv6 => Some((port / 256, -1)),
        Protocol::All | Protocol::Number(_) => None,
    };
    Traffic { protocol, ports }
}

/// The ports that an entry has to name: of an answer, all that a client may have asked from.
fn ports(blocked: &Blocked) -> Option<Traffic> {
    let traffic = of(blocked.packet.as_ref()?);
    let answers = matches!(blocked.reason, Reason::NaclReturnEgress | Reason::NaclReturnIngress);
    let clients = (i32::from(CLIENT_PORTS.0), i32::from(CLIENT_PORTS.1));
    let with_ports = matches!(traffic.protocol, Protocol::Tcp | Protocol::Udp);
    Some(Traffic { ports: if answers && with_ports { Some(clients) } else { traffic.ports }, ..traffic })
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
