//! Gateways and route tables.

use super::Lowering;
use crate::call::Map;
use crate::kinds::{INTERNET_GATEWAY, ROUTE_TABLE};
use crate::model::{Address, RouteTable};

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
        let id = table.network;
        let route =
            |destination: String, target: &Address| Map::new().with("destination", destination).with("target", target);
        let mut routes: Vec<(String, &Address)> = table
            .routes
            .iter()
            .map(|route| (route.destination.to_string(), &self.model.gateways[route.target].address))
            .collect();
        routes.sort();
        let routes: Vec<Map> = routes.into_iter().map(|(destination, target)| route(destination, target)).collect();
        let attributes = Map::new().with("vpc", &self.model.networks[id].address).with("routes", routes);
        self.push(&ROUTE_TABLE, table.address.clone(), id, &table.tags, table.origin, attributes);
    }
}
