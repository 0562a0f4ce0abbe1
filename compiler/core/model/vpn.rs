//! Site-to-site VPN.

use super::{Address, Gateway, Id, Network, Tags};
use crate::source::Span;
use std::net::Ipv4Addr;

/// The far end of VPN connections.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Its address in the program.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is declared in.
    pub network: Id<Network>,
    /// Its public address; `None` where it could not be made out.
    pub ip: Option<Ipv4Addr>,
    /// The number of its autonomous system.
    pub asn: Option<u32>,
    /// Tags of its own.
    pub tags: Tags,
}

/// A connection between a VPN gateway and a far end.
#[derive(Clone, Debug)]
pub struct Vpn {
    /// Its address.
    pub address: Address,
    /// Where it is declared.
    pub origin: Span,
    /// The network that it is part of.
    pub network: Id<Network>,
    /// The near end.
    pub gateway: Option<Id<Gateway>>,
    /// The far end.
    pub customer: Option<Id<Customer>>,
    /// Tags of its own.
    pub tags: Tags,
}
