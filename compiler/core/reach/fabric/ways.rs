//! Where packets go: route tables, and what routes lead to.

use super::{Interface, Origin, PrefixList, State, Subnet, Vpc};
use crate::model::Id;
use crate::net::Block;
use ecow::EcoString;
use std::net::{IpAddr, Ipv4Addr};

/// A route table. The local route of each block of its VPC need not be among its routes.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// What it is called.
    pub origin: Origin,
    /// The VPC that it is part of.
    pub vpc: Id<Vpc>,
    /// Its routes in any order.
    pub routes: Vec<Route>,
    /// VPN gateways that add routes to it which are not known: what no other route speaks of may go there.
    pub learns_from: Vec<Id<Gateway>>,
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// What it says, and where.
    pub origin: Origin,
    /// For what.
    pub destination: RouteDestination,
    /// Where to.
    pub target: RouteTarget,
    /// Whether it works; one that does not still takes its packets, and drops them (EC2's state `blackhole`).
    pub state: State,
    /// How it came about.
    pub source: RouteSource,
}

/// What a route is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteDestination {
    /// Addresses.
    Block(Block),
    /// What is in a prefix list.
    PrefixList(Id<PrefixList>),
}

/// How a route came about, which decides between routes for the same block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteSource {
    /// Somebody wrote it.
    Static,
    /// A VPN gateway added it.
    Propagated,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteTarget {
    /// Into the VPC.
    Local,
    /// A gateway.
    Gateway(Id<Gateway>),
    /// A peering.
    Peering(Id<Peering>),
    /// A gateway endpoint.
    Service(Id<Service>),
    /// An interface whose machine forwards.
    Interface(Id<Interface>),
    /// Something whose ways with packets are not modelled: what it is by EC2's word, and its id.
    NotModelled(EcoString, EcoString),
    /// Something that is not there any more: the packet is dropped.
    Gone,
}

/// A gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// What it is called.
    pub origin: Origin,
    /// The VPC that it is attached to; `None` if it is detached.
    pub vpc: Option<Id<Vpc>>,
    /// What it does.
    pub kind: GatewayKind,
    /// Whether it works.
    pub state: State,
    /// Whether a route table of its own says where in the VPC goes what enters by it, which is not modelled.
    pub redirects: bool,
}

/// What a gateway does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayKind {
    /// To the internet, one address for one.
    Internet,
    /// Outwards, many behind one address.
    Nat {
        /// Where it stands. One without (a regional one) is not modelled.
        subnet: Option<Id<Subnet>>,
        /// Its private address; any of its subnet's if it is yet to be chosen.
        address: Option<IpAddr>,
        /// Its public address, if EC2 has chosen it.
        public: Option<Ipv4Addr>,
        /// Whether it leads to other private networks, and not to the internet.
        private: bool,
    },
    /// To the internet by IPv6, outwards only.
    Egress,
    /// To networks elsewhere, through tunnels.
    Vpn,
}

/// A peering of two VPCs.
#[derive(Clone, Debug)]
pub struct Peering {
    /// What it is called.
    pub origin: Origin,
    /// Both sides; in which order does not matter.
    pub sides: [PeeringSide; 2],
    /// Whether it is active.
    pub state: State,
    /// Whether both are in one region, where rules may refer to groups of the other side.
    pub same_region: bool,
}

/// A side of a peering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeeringSide {
    /// A VPC of this fabric.
    Here(Id<Vpc>),
    /// One that is not in it: what happens there is not modelled.
    Elsewhere {
        /// Its id.
        vpc: EcoString,
        /// Its blocks, as far as they are known.
        blocks: Vec<Block>,
    },
}

/// A service that a gateway endpoint leads to.
#[derive(Clone, Debug)]
pub struct Service {
    /// What the endpoint is called.
    pub origin: Origin,
    /// The VPC that the endpoint is in.
    pub vpc: Id<Vpc>,
    /// The service's addresses.
    pub addresses: Id<PrefixList>,
    /// Whether the endpoint works.
    pub state: State,
}
