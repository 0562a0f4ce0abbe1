//! Route tables.

use super::Lowering;
use crate::call::{Map, Value};
use crate::kinds::{MAIN_ROUTE_TABLE, ROUTE_TABLE, ROUTES};
use crate::model::{Address, Destination, GatewayKind, Route, RouteTable, RouteTarget, Tags};

impl Lowering<'_> {
    /// Route tables.
    pub(super) fn tables(&mut self) {
        let model = self.model;
        model.tables.iter().for_each(|(_, table)| self.table(table));
    }

    fn table(&mut self, table: &RouteTable) {
        let (id, network) = (table.network, &self.model.networks[table.network].address);
        let vpc = Map::new().with("vpc", network);
        let mut routes: Vec<(String, Map)> = table.routes.iter().map(|route| self.route(route)).collect();
        routes.sort_by(|a, b| a.0.cmp(&b.0));
        let routes: Vec<Map> = routes.into_iter().map(|(_, route)| route).collect();
        let mut propagating: Vec<&Address> =
            table.propagates.iter().map(|id| &self.model.gateways[*id].address).collect();
        propagating.sort();
        let propagating = Some(propagating).filter(|gateways| !gateways.is_empty());
        let after = self.blocks_of(table.routes.iter().filter_map(|route| match &route.destination {
            Destination::Amazon(block) => Some(block),
            _ => None,
        }));
        let with_routes = |map: Map| map.with("routes", routes).with_some("propagating", propagating);
        if table.is_main {
            let attributes = with_routes(vpc);
            self.push(&MAIN_ROUTE_TABLE, table.address.clone(), id, &table.tags, table.origin, attributes).after =
                after;
            return;
        }
        self.push(&ROUTE_TABLE, table.address.clone(), id, &table.tags, table.origin, vpc);
        let attributes = with_routes(Map::new().with("table", &table.address));
        self.push(&ROUTES, table.address.part("routes"), id, &Tags::new(), table.origin, attributes).after = after;
    }

    fn route(&self, route: &Route) -> (String, Map) {
        let (via, target) = self.target(route.target);
        let destination: Value = match &route.destination {
            Destination::Amazon(block) => (&block.address).into(),
            destination => destination.to_string().into(),
        };
        let map = Map::new().with("destination", destination).with("via", via).with("target", &target);
        (route.destination.to_string(), map)
    }

    /// The member of a request that names a target (EC2 API Reference, "CreateRoute"), and the target.
    fn target(&self, target: RouteTarget) -> (&'static str, Address) {
        match target {
            RouteTarget::Gateway(id) => {
                let gateway = &self.model.gateways[id];
                let via = match gateway.kind {
                    GatewayKind::Internet | GatewayKind::Vpn { .. } => "GatewayId",
                    GatewayKind::Nat { .. } => "NatGatewayId",
                    GatewayKind::Egress => "EgressOnlyInternetGatewayId",
                };
                (via, gateway.address.clone())
            }
            RouteTarget::Peer(id) => ("VpcPeeringConnectionId", self.model.peers[id].address.clone()),
            RouteTarget::Node(id, index) => ("InstanceId", self.model.nodes[id].member_address(index.unwrap_or(0))),
        }
    }
}
