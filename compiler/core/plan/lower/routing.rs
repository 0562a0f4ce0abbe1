//! Gateways and route tables.

use super::Lowering;
use crate::call::Map;
use crate::kinds::{INTERNET_GATEWAY, ROUTE_TABLE, ROUTES};
use crate::model::{Route, RouteTable, Tags};

impl Lowering<'_> {
    /// Gateways.
    pub(super) fn gateways(&mut self) {
        let model = self.model;
        for (_, gateway) in model.gateways.iter() {
            let attributes = Map::new().with("vpc", &model.networks[gateway.network].address);
            let (address, network) = (gateway.address.clone(), gateway.network);
            self.push(&INTERNET_GATEWAY, address, network, &gateway.tags, gateway.origin, attributes);
        }
    }

    /// Route tables.
    pub(super) fn tables(&mut self) {
        let model = self.model;
        model.tables.iter().for_each(|(_, table)| self.table(table));
    }

    fn table(&mut self, table: &RouteTable) {
        let (id, network) = (table.network, &self.model.networks[table.network].address);
        let attributes = Map::new().with("vpc", network);
        self.push(&ROUTE_TABLE, table.address.clone(), id, &table.tags, table.origin, attributes);
        let mut routes: Vec<(String, Map)> = table.routes.iter().map(|route| self.route(route)).collect();
        routes.sort_by(|a, b| a.0.cmp(&b.0));
        let routes: Vec<Map> = routes.into_iter().map(|(_, route)| route).collect();
        let attributes = Map::new().with("table", &table.address).with("routes", routes);
        self.push(&ROUTES, table.address.part("routes"), id, &Tags::new(), table.origin, attributes);
    }

    fn route(&self, route: &Route) -> (String, Map) {
        let destination = route.destination.to_string();
        let target = &self.model.gateways[route.target].address;
        let map = Map::new().with("destination", destination.clone()).with("via", "GatewayId").with("target", target);
        (destination, map)
    }
}
