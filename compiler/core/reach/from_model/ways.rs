//! Route tables, gateways, peerings and gateway endpoints of a program.

use super::{Drawn, origin};
use crate::model::{
    Destination, Endpoint, Gateway, GatewayKind, Id, Model, Peer, PeerSide, Route as Written, RouteTable,
    RouteTarget as Target,
};
use crate::reach::fabric::{
    Gateway as Way, GatewayKind as Kind, Origin, Peering, PeeringSide, Route, RouteDestination, RouteSource,
    RouteTable as Table, RouteTarget, Service, State,
};
use ecow::{EcoString, eco_format};

impl Drawn {
    pub(super) fn gateway(&mut self, gateway: &Gateway) -> Id<Way> {
        let kind = match gateway.kind {
            GatewayKind::Internet => Kind::Internet,
            GatewayKind::Egress => Kind::Egress,
            GatewayKind::Vpn { .. } => Kind::Vpn,
            GatewayKind::Nat { subnet, .. } => {
                let subnet = subnet.map(|subnet| self.subnet_id(subnet));
                Kind::Nat { subnet, address: None, public: None, private: false }
            }
        };
        let vpc = Some(self.vpc_id(gateway.network));
        let origin = origin(&gateway.address, gateway.origin);
        self.fabric.gateways.push(Way { origin, vpc, kind, state: State::Up, redirects: false })
    }

    pub(super) fn peering(&mut self, model: &Model, peer: &Peer) -> Id<Peering> {
        let region = |network| model.networks[network].region.clone().or(model.region.clone());
        let near = region(peer.network);
        let (side, same_region) = match &peer.other {
            PeerSide::Here(other) => (PeeringSide::Here(self.vpc_id(*other)), region(*other) == near),
            PeerSide::Far { vpc, region, .. } => {
                let same = region.is_none() || *region == near;
                (PeeringSide::Elsewhere { vpc: vpc.clone(), blocks: Vec::new() }, same)
            }
        };
        let sides = [PeeringSide::Here(self.vpc_id(peer.network)), side];
        let origin = origin(&peer.address, peer.origin);
        self.fabric.peerings.push(Peering { origin, sides, state: State::Up, same_region })
    }

    pub(super) fn table(&mut self, model: &Model, table: &RouteTable) -> Id<Table> {
        let routes = table.routes.iter().filter_map(|route| self.route(model, route)).collect();
        let gateway = |id: &Id<Gateway>| self.gateways.get(id.index()).copied();
        let learns_from = table.propagates.iter().filter_map(gateway).collect();
        let (origin, vpc) = (origin(&table.address, table.origin), self.vpc_id(table.network));
        self.fabric.tables.push(Table { origin, vpc, routes, learns_from })
    }

    fn route(&mut self, model: &Model, route: &Written) -> Option<Route> {
        let destination = match &route.destination {
            Destination::Block(block) => RouteDestination::Block(*block),
            Destination::Amazon(block) => RouteDestination::Block(block.stand_in()),
            Destination::PrefixList(id) => RouteDestination::PrefixList(self.prefix_list(id)),
        };
        let (target, name): (RouteTarget, EcoString) = match route.target {
            Target::Gateway(id) => {
                (RouteTarget::Gateway(*self.gateways.get(id.index())?), model.gateways[id].address.name().into())
            }
            Target::Peer(id) => {
                (RouteTarget::Peering(*self.peers.get(id.index())?), model.peers[id].address.name().into())
            }
            Target::Node(id, index) => {
                let interface = self.instance(model, id, index)?;
                // Who is routed to has its source/destination check off.
                self.fabric.interfaces[interface].forwards = true;
                (RouteTarget::Interface(interface), model.nodes[id].address.name().into())
            }
        };
        let origin = Origin::at(eco_format!("route {} via {name}", route.destination), route.origin);
        Some(Route { origin, destination, target, state: State::Up, source: RouteSource::Static })
    }

    /// A gateway endpoint, with a route to it in each of its tables.
    pub(super) fn service(&mut self, endpoint: &Endpoint, tables: &[Id<RouteTable>]) -> Id<Service> {
        let vpc = self.vpc_id(endpoint.network);
        let addresses = self.prefix_list(&eco_format!("the addresses of {}", endpoint.service));
        let origin = origin(&endpoint.address, endpoint.origin);
        let id = self.fabric.services.push(Service { origin: origin.clone(), vpc, addresses, state: State::Up });
        for table in tables.iter().filter_map(|table| self.tables.get(table.index()).copied()) {
            self.fabric.tables[table].routes.push(Route {
                origin: origin.clone(),
                destination: RouteDestination::PrefixList(addresses),
                target: RouteTarget::Service(id),
                state: State::Up,
                source: RouteSource::Static,
            });
        }
        id
    }
}
