//! What a program means: every reference an id, no names left to look up, every literal a value.
//!
//! In: what `check` builds. Out: what `plan::lower` reads. A fault leaves a natural hole (an empty list, `None`),
//! over which whoever reads the model passes in silence; [`Sound`] is a model that has none.

mod acl;
mod address;
mod amazon;
mod arena;
mod assertion;
mod endpoint;
mod environment;
mod group;
mod image;
mod network;
mod node;
mod output;
mod peer;
mod routing;
mod traffic;
mod vpn;

pub use acl::{Acl, AclEntry};
pub use address::Address;
pub use amazon::{AmazonBlock, stand_in};
pub use arena::{Arena, Id};
pub use assertion::Assertion;
pub use endpoint::{Endpoint, EndpointForm, FlowLog};
pub use environment::{EnvValue, Environment, OwnFact};
pub use group::{Direction, Group, Rule, RulePeer};
pub use image::{ImageChoice, ImagePattern, ImageSource, MadeImage};
pub use network::{Dns, Network, Subnet};
pub use node::{Disk, Node, Settings, Start};
pub use output::Output;
pub use peer::{Peer, PeerSide};
pub use routing::{Destination, Elastic, Gateway, GatewayKind, Route, RouteTable, RouteTarget};
pub use traffic::{PortsError, Protocol, Traffic};
pub use vpn::{Customer, Vpn};

use crate::source::Span;
use crate::{With, problem::Diagnostic};
use ecow::EcoString;
use std::collections::BTreeMap;

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
    /// What has a new name, and its old one; what is further in comes before what it is in.
    pub renamed: Vec<(Address, Address)>,
    /// What is to be kept, without zones and indices, and the place that says so.
    pub keeps: Vec<(Address, Span)>,
    /// SSH public keys.
    pub keys: Arena<Key>,
    /// Networks.
    pub networks: Arena<Network>,
    /// Subnets.
    pub subnets: Arena<Subnet>,
    /// Elastic IPs.
    pub elastics: Arena<Elastic>,
    /// Gateways.
    pub gateways: Arena<Gateway>,
    /// Peerings.
    pub peers: Arena<Peer>,
    /// Far ends of VPN connections.
    pub customers: Arena<Customer>,
    /// VPN connections.
    pub vpns: Arena<Vpn>,
    /// Route tables.
    pub tables: Arena<RouteTable>,
    /// Network ACLs.
    pub acls: Arena<Acl>,
    /// VPC endpoints.
    pub endpoints: Arena<Endpoint>,
    /// Flow logs.
    pub flow_logs: Arena<FlowLog>,
    /// Security groups.
    pub groups: Arena<Group>,
    /// Nodes and ranges of nodes.
    pub nodes: Arena<Node>,
    /// Images that the program makes.
    pub images: Arena<MadeImage>,
    /// What is shown by name when it lives.
    pub outputs: Vec<Output>,
    /// Claims of who reaches whom that hold.
    pub assertions: Vec<Assertion>,
}

impl Model {
    /// The route table that a subnet uses, if the program says how that is to be: its own, or the network's main one.
    pub fn table_of(&self, subnet: Id<Subnet>) -> Option<Id<RouteTable>> {
        let subnet = &self.subnets[subnet];
        subnet.table.or(self.networks[subnet.network].main_table)
    }
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
