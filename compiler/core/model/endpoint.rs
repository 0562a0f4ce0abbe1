//! VPC endpoints and flow logs.

use super::{Address, Group, Id, Network, RouteTable, Subnet, Tags};
use crate::source::Span;
use ecow::EcoString;
use std::net::IpAddr;

/// A VPC endpoint: a way to a service that does not lead over the internet.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is in.
    pub network: Id<Network>,
    /// The service: `s3`, or its whole name.
    pub service: EcoString,
    /// How it leads there.
    pub form: EndpointForm,
    /// What may be done through it, as JSON; everything if `None`.
    pub policy: Option<EcoString>,
    /// Tags of its own.
    pub tags: Tags,
}

/// How an endpoint leads to its service.
#[derive(Clone, Debug)]
pub enum EndpointForm {
    /// By a route in each of these tables.
    Gateway(Vec<Id<RouteTable>>),
    /// By a network interface in each of some subnets.
    Interface {
        /// The subnets, each with the address that the interface has there, if the program says.
        subnets: Vec<(Id<Subnet>, Option<IpAddr>)>,
        /// The security groups of the interfaces, with the places where they are named.
        groups: Vec<(Id<Group>, Span)>,
        /// Whether the service's own name leads to it.
        private_dns: bool,
    },
}

/// A flow log.
#[derive(Clone, Debug)]
pub struct FlowLog {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network whose traffic it is of, or that of whose subnet.
    pub network: Id<Network>,
    /// The subnet whose traffic it is of; the whole network's if `None`.
    pub subnet: Option<Id<Subnet>>,
    /// The ARN of what it is written to.
    pub destination: EcoString,
    /// The ARN of the role under which it is written.
    pub role: Option<EcoString>,
    /// `ALL`, `ACCEPT` or `REJECT`.
    pub traffic: &'static str,
    /// How many seconds of traffic make up a record at most.
    pub every: u32,
    /// Tags of its own.
    pub tags: Tags,
}
