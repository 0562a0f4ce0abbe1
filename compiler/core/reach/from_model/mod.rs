//! The fabric of a program: what its model would be as packets see it.
//!
//! What EC2 is to choose is left open: private addresses within their subnet, public ones altogether. For IPv6 blocks,
//! which Amazon gives, [others stand in](stand_in).
//! Of what lives already and is only used the program knows too little: what depends on it is not modelled.

mod filters;
mod ways;

use super::fabric::{Acl as Entries, Peering, Service};
use super::fabric::{
    Fabric, Gateway as Way, Group as Filter, Interface, InterfaceOf, Origin, Private, Public, RouteTable as Table,
    State, Subnet as Part, Vpc,
};
use crate::model::{Address, Endpoint, EndpointForm, Group, Id, Model, Network, Node, Start, Subnet, stand_in};
use crate::net::{Block, Family};
use crate::source::Span;
use ecow::{EcoString, eco_format};
use std::collections::{BTreeMap, HashMap};

/// A fabric made of a model, and what in it stands for what.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// The fabric.
    pub fabric: Fabric,
    /// The VPC of each network, in the order of the model; so on below.
    pub vpcs: Vec<Id<Vpc>>,
    /// The subnets.
    pub subnets: Vec<Id<Part>>,
    /// The interfaces of each node, one a member.
    pub nodes: Vec<Vec<Id<Interface>>>,
    /// The security groups.
    pub groups: Vec<Id<Filter>>,
    /// What each endpoint is: the interfaces of an interface endpoint, the service of a gateway endpoint.
    pub endpoints: Vec<EndpointParts>,
    tables: Vec<Id<Table>>,
    acls: Vec<Id<Entries>>,
    gateways: Vec<Id<Way>>,
    peers: Vec<Id<Peering>>,
    /// The groups that nodes without one are in, by network.
    default_groups: BTreeMap<Id<Network>, Id<Filter>>,
    /// The instances by their addresses.
    instances: HashMap<EcoString, Id<Interface>>,
}

/// What an endpoint is in a fabric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointParts {
    /// Interfaces.
    Interfaces(Vec<Id<Interface>>),
    /// A service.
    Service(Id<Service>),
}

/// Draws the fabric of a model. Holes in the model are holes in the fabric.
pub fn draw(model: &Model) -> Drawn {
    let mut drawn = Drawn::default();
    drawn.vpcs = model.networks.iter().map(|(id, network)| drawn.vpc(id, network)).collect();
    drawn.acls = model.acls.iter().map(|(_, acl)| drawn.acl(acl)).collect();
    drawn.subnets = model.subnets.iter().map(|(_, subnet)| drawn.subnet(subnet)).collect();
    drawn.add_groups(model);
    drawn.nodes = model.nodes.iter().map(|(_, node)| drawn.node(model, node)).collect();
    drawn.gateways = model.gateways.iter().map(|(_, gateway)| drawn.gateway(gateway)).collect();
    drawn.peers = model.peers.iter().map(|(_, peer)| drawn.peering(model, peer)).collect();
    drawn.tables = model.tables.iter().map(|(_, table)| drawn.table(model, table)).collect();
    drawn.endpoints = model.endpoints.iter().map(|(_, endpoint)| drawn.endpoint(model, endpoint)).collect();
    drawn.join(model);
    drawn
}

impl Drawn {
    fn vpc(&mut self, id: Id<Network>, network: &Network) -> Id<Vpc> {
        let mut blocks: Vec<Block> = network.blocks.iter().map(|(block, _)| *block).collect();
        blocks.extend(network.ipv6.map(|_| stand_in(id, None)));
        let origin = origin(&network.address, network.origin);
        self.fabric.vpcs.push(Vpc { origin, blocks, main_table: None, default_acl: None })
    }

    fn subnet(&mut self, subnet: &Subnet) -> Id<Part> {
        let mut blocks: Vec<Block> = subnet.block.into_iter().collect();
        let ipv6 = subnet.ipv6.map(|(place, _)| stand_in(subnet.network, Some(place)));
        blocks.extend(ipv6);
        let vpc = self.vpc_id(subnet.network);
        let acl = subnet.acl.and_then(|acl| self.acls.get(acl.index()).copied());
        let origin = origin(&subnet.address, subnet.origin);
        let public = subnet.public.is_some();
        self.fabric.subnets.push(Part { origin, vpc, blocks, public, table: None, acl })
    }

    /// Gives networks and subnets what they use: their tables, and the network's ACL.
    fn join(&mut self, model: &Model) {
        for ((_, network), vpc) in model.networks.iter().zip(&self.vpcs) {
            let vpc = &mut self.fabric.vpcs[*vpc];
            vpc.main_table = network.main_table.and_then(|table| self.tables.get(table.index()).copied());
            vpc.default_acl = network.default_acl.and_then(|acl| self.acls.get(acl.index()).copied());
        }
        for ((_, subnet), part) in model.subnets.iter().zip(&self.subnets) {
            self.fabric.subnets[*part].table = subnet.table.and_then(|table| self.tables.get(table.index()).copied());
        }
    }

    fn node(&mut self, model: &Model, node: &Node) -> Vec<Id<Interface>> {
        let Some(id) = node.subnet else { return Vec::new() };
        if node.start == Start::Hole {
            return Vec::new();
        }
        let subnet = &model.subnets[id];
        let named = node.settings.groups.iter().flatten().map(|(group, _)| *group).collect();
        let (groups, existing) = self.groups_of(model, node.network, named);
        let public = node.is_public(subnet).then_some(Public::Later);
        let ipv6 =
            self.fabric.subnets[self.subnet_id(id)].blocks.iter().find(|block| block.family() == Family::V6).copied();
        let of = match existing.or_else(|| not_known(model, subnet)) {
            Some(what) => InterfaceOf::NotModelled(what),
            None => InterfaceOf::Instance,
        };
        let mut interfaces = Vec::new();
        for (address, private) in node.members() {
            let Some(block) = private.map(Block::host).or(subnet.block) else { continue };
            let mut addresses = vec![Private { block, public }];
            addresses.extend(ipv6.map(|block| Private { block, public: None }));
            let interface = Interface {
                origin: origin(&address, node.origin),
                names: Vec::new(),
                subnet: self.subnet_id(id),
                addresses,
                groups: groups.clone(),
                forwards: false,
                state: State::Up,
                of: of.clone(),
            };
            let interface = self.fabric.interfaces.push(interface);
            self.instances.insert(address.text(), interface);
            interfaces.push(interface);
        }
        interfaces
    }

    /// The groups that something is in, and what is not known of them.
    fn groups_of(
        &mut self,
        model: &Model,
        network: Id<Network>,
        named: Vec<Id<Group>>,
    ) -> (Vec<Id<Filter>>, Option<EcoString>) {
        if named.is_empty() {
            return (vec![self.default_group(model, network)], None);
        }
        let existing = named.iter().any(|group| model.groups[*group].existing.is_some());
        let groups = named.iter().filter_map(|group| self.groups.get(group.index()).copied()).collect();
        (groups, existing.then(|| "existing security group".into()))
    }

    fn endpoint(&mut self, model: &Model, endpoint: &Endpoint) -> EndpointParts {
        match &endpoint.form {
            EndpointForm::Gateway(tables) => EndpointParts::Service(self.service(endpoint, tables)),
            EndpointForm::Interface { subnets, groups, .. } => {
                let named = groups.iter().map(|(group, _)| *group).collect();
                let (groups, existing) = self.groups_of(model, endpoint.network, named);
                let mut interfaces = Vec::new();
                for (id, address) in subnets {
                    let subnet = &model.subnets[*id];
                    let Some(block) = address.map(Block::host).or(subnet.block) else { continue };
                    let of = match existing.clone().or_else(|| not_known(model, subnet)) {
                        Some(what) => InterfaceOf::NotModelled(what),
                        None => InterfaceOf::Endpoint,
                    };
                    let name = eco_format!("{} in {}", endpoint.address, subnet.address);
                    interfaces.push(self.fabric.interfaces.push(Interface {
                        origin: Origin::at(name, endpoint.origin),
                        names: vec![endpoint.address.text()],
                        subnet: self.subnet_id(*id),
                        addresses: vec![Private { block, public: None }],
                        groups: groups.clone(),
                        forwards: false,
                        state: State::Up,
                        of,
                    }));
                }
                EndpointParts::Interfaces(interfaces)
            }
        }
    }

    /// The interface of the instance with an address.
    pub fn instance_at(&self, address: &Address) -> Option<Id<Interface>> {
        self.instances.get(address.as_str()).copied()
    }

    fn vpc_id(&self, network: Id<Network>) -> Id<Vpc> {
        self.vpcs.get(network.index()).copied().unwrap_or(Id::new(network.index()))
    }

    fn subnet_id(&self, subnet: Id<Subnet>) -> Id<Part> {
        self.subnets.get(subnet.index()).copied().unwrap_or(Id::new(subnet.index()))
    }

    /// The interface of one of a node's members; of a single one without an index.
    fn instance(&self, model: &Model, node: Id<Node>, index: Option<u32>) -> Option<Id<Interface>> {
        let address = model.nodes[node].member_address(index.unwrap_or(0));
        self.instances.get(address.as_str()).copied()
    }
}

/// What is not known of a subnet: the routes and ACL of one that lives already, or that uses its existing network's.
fn not_known(model: &Model, subnet: &Subnet) -> Option<EcoString> {
    let network = &model.networks[subnet.network];
    let uses_networks = subnet.acl.is_none() || subnet.table.is_none();
    match (&subnet.existing, &network.existing) {
        (Some(_), _) => Some("existing subnet".into()),
        (None, Some(_)) if uses_networks => Some("existing network".into()),
        _ => None,
    }
}

fn origin(address: &Address, span: Span) -> Origin {
    Origin::at(address.text(), span)
}
