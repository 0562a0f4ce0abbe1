//! A question of who reaches whom, and the answer.

use super::fabric::{Interface, Origin, Service};
use super::reason::Reason;
use crate::model::{Id, Protocol, Traffic};
use crate::net::Block;
use ecow::EcoString;
use std::net::IpAddr;

/// The source ports that a client is taken to choose from, ends included. NAT gateways use all of these, and the
/// operating systems a part of them (VPC user guide, "Custom network ACLs", ephemeral ports).
pub const CLIENT_PORTS: (u16, u16) = (1024, 65535);

/// Whether every member of one end reaches every member of the other: whether requests get there, and their answers
/// back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Who begins.
    pub from: Endpoint,
    /// Who answers.
    pub to: Endpoint,
    /// By what: all of it; something, whatever it is, if `None`.
    pub traffic: Option<Traffic>,
    /// The ports that requests come from, ends included: all of them; [`CLIENT_PORTS`] if `None`.
    pub source_ports: Option<(u16, u16)>,
    /// The source's address, if it is to be this one.
    pub source: Option<IpAddr>,
    /// The destination's address, if it is to be this one: private, or public.
    pub destination: Option<IpAddr>,
}

/// One end of a question: each of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Interfaces.
    Interfaces(Vec<Id<Interface>>),
    /// Whatever has a public address, outside.
    Internet,
    /// The interfaces whose addresses are in a block, and what of it is outside.
    Block(Block),
    /// What a gateway endpoint leads to.
    Service(Id<Service>),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All pairs can: the way of one packet of the first pair.
    Reachable(Path),
    /// One pair cannot.
    Blocked(Box<Blocked>),
    /// It depends on something whose ways with packets are not modelled.
    NotModelled(Box<NotModelled>),
    /// There is nobody at one of the ends.
    Empty(Side),
}

/// An end of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who begins.
    From,
    /// Who answers.
    To,
}

/// The way of a packet, and of its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Of the request.
    pub forward: Vec<Hop>,
    /// Of the answer. Empty where none is awaited, or none came that far.
    pub back: Vec<Hop>,
}

/// A place that a packet comes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What kind of place.
    pub kind: HopKind,
    /// What it is called.
    pub place: Origin,
    /// The rule, entry or route that lets the packet through; `None` where none has to, as for the answer at a
    /// security group.
    pub by: Option<Origin>,
    /// The packet as it leaves.
    pub packet: Packet,
}

/// What kind of place a packet comes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HopKind {
    /// A network interface: the first and the last hop, as far as they are not outside.
    Interface,
    /// A security group, seen from its member.
    GroupEgress,
    /// A security group, seen from its member.
    GroupIngress,
    /// A network ACL, seen from its subnet.
    AclEgress,
    /// A network ACL, seen from its subnet.
    AclIngress,
    /// A route table.
    RouteTable,
    /// An internet gateway.
    InternetGateway,
    /// A NAT gateway.
    NatGateway,
    /// An egress-only internet gateway.
    EgressOnlyGateway,
    /// A virtual private gateway.
    VpnGateway,
    /// A peering.
    Peering,
    /// A gateway endpoint.
    GatewayEndpoint,
    /// What is outside: the internet, the far end of a VPN, a service.
    Outside,
}

impl HopKind {
    /// Its name for scripts.
    pub fn name(self) -> &'static str {
        match self {
            HopKind::Interface => "interface",
            HopKind::GroupEgress => "sg_egress",
            HopKind::GroupIngress => "sg_ingress",
            HopKind::AclEgress => "nacl_egress",
            HopKind::AclIngress => "nacl_ingress",
            HopKind::RouteTable => "route_table",
            HopKind::InternetGateway => "internet_gateway",
            HopKind::NatGateway => "nat_gateway",
            HopKind::EgressOnlyGateway => "egress_only_internet_gateway",
            HopKind::VpnGateway => "vpn_gateway",
            HopKind::Peering => "vpc_peering_connection",
            HopKind::GatewayEndpoint => "gateway_endpoint",
            HopKind::Outside => "outside",
        }
    }
}

/// One packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Packet {
    /// From where.
    pub source: IpAddr,
    /// Where to.
    pub destination: IpAddr,
    /// The number of its protocol.
    pub protocol: u8,
    /// The port that it comes from; 0 for protocols without ports.
    pub source_port: u16,
    /// The port that it is for; of ICMP 256 times its type, and its code; 0 for other protocols.
    pub destination_port: u16,
}

impl Packet {
    /// What it is: its protocol and its port, or its type and code.
    pub fn traffic(&self) -> Traffic {
        let port = i32::from(self.destination_port);
        let protocol = Protocol::numbered(self.protocol);
        let ports = match protocol {
            Protocol::Tcp | Protocol::Udp => Some((port, port)),
            Protocol::Icmp | Protocol::Icmpv6 => Some((port / 256, port % 256)),
            Protocol::All | Protocol::Number(_) => None,
        };
        Traffic { protocol, ports }
    }
}

/// Why a packet does not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Why.
    pub reason: Reason,
    /// Where: a group's member, an ACL, a table, a gateway.
    pub at: Origin,
    /// The entry or route that drops it, if one does.
    pub by: Option<Origin>,
    /// The security groups that have no rule for it, where that is why.
    pub groups: Vec<Origin>,
    /// The packet as it gets there; `None` if it comes to none, because there is no address for it.
    pub packet: Option<Packet>,
    /// From whom.
    pub from: Origin,
    /// To whom.
    pub to: Origin,
    /// How far it comes.
    pub path: Path,
}

/// What the answer depends on, and is not modelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotModelled {
    /// What it is: `transit gateway`, `forwarding instance`.
    pub what: EcoString,
    /// Which.
    pub at: Origin,
    /// How far the packet comes before.
    pub path: Path,
}
