//! Routes that virtual private gateways put into route tables.
//!
//! They are not kept but follow from what is so: the gateways that may, their VPN connections, and the static routes of
//! those.

use super::answer;
use super::refusal::{Refusal, Reply};
use super::region::Region;
use super::route_tables::RouteTable;
use super::site::Site;
use super::vpn_connections;
use super::vpn_gateways;
use serde::Deserialize;
use vpcc_core::net::Block;

/// `EnableVgwRoutePropagation` and `DisableVgwRoutePropagation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Propagation {
    route_table_id: String,
    gateway_id: String,
}

/// `EnableVgwRoutePropagation`: the gateway has to be attached to the table's VPC.
pub(super) fn enable(site: &mut Site, call: Propagation) -> Reply {
    let Propagation { route_table_id: table_id, gateway_id: id } = call;
    let vpc = &site.region.route_tables.find(&table_id)?.vpc;
    if !vpn_gateways::find(site, &id)?.serves(vpc) {
        return Err(Refusal::new("Gateway.NotAttached", format!("resource {id} is not attached to network {vpc}")));
    }
    let table = site.region.route_tables.find_mut(&table_id)?;
    if !table.propagating.contains(&id) {
        table.propagating.push(id);
    }
    Ok(answer::nothing())
}

/// `DisableVgwRoutePropagation`.
pub(super) fn disable(site: &mut Site, call: Propagation) -> Reply {
    site.region.vpn_gateways.find(&call.gateway_id)?;
    let table = site.region.route_tables.find_mut(&call.route_table_id)?;
    table.propagating.retain(|gateway| *gateway != call.gateway_id);
    Ok(answer::nothing())
}

/// The destinations that gateways put into a table, with the gateways. A route that somebody made comes first.
pub(super) fn routes<'r>(region: &'r Region, table: &'r RouteTable) -> Vec<(Block, &'r str)> {
    let mut routes: Vec<(Block, &str)> = Vec::new();
    for id in &table.propagating {
        let serves = region.vpn_gateways.get(id).is_some_and(|gateway| gateway.serves(&table.vpc));
        let connections = vpn_connections::of_gateway(region, id).filter(|_| serves);
        for destination in connections.flat_map(|connection| connection.destinations()) {
            let made = table.routes.iter().any(|route| route.destination == destination);
            if !made && routes.iter().all(|(other, _)| *other != destination) {
                routes.push((destination, id));
            }
        }
    }
    routes
}
