//! Routes. Where they lead is in [`route_targets`](super::route_targets).

use super::addresses;
use super::answer;
use super::propagation;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::route_tables::RouteTable;
use super::route_targets::{self, Target};
use super::site::Site;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// A route.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Route {
    #[serde(with = "addresses")]
    pub destination: Block,
    target: Target,
}

impl Route {
    /// The route for a block of the VPC's own. Such a route comes and goes with the block.
    pub fn local(destination: Block) -> Route {
        Route { destination, target: Target::Local }
    }
}

/// Ranges within which no route can be made (VPC User Guide, "Route tables").
const REFUSED: [&str; 2] = ["169.254.168.0/22", "fd00:ec2::/32"];

/// `CreateRoute` and `ReplaceRoute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SetRoute {
    pub route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    destination_prefix_list_id: Option<String>,
    pub gateway_id: Option<String>,
    pub nat_gateway_id: Option<String>,
    pub egress_only_internet_gateway_id: Option<String>,
    pub vpc_peering_connection_id: Option<String>,
    pub network_interface_id: Option<String>,
    pub instance_id: Option<String>,
    pub local_target: Option<bool>,
}

impl SetRoute {
    fn destination(&self) -> Result<Block, Refusal> {
        let (v4, v6) = (self.destination_cidr_block.as_deref(), self.destination_ipv6_cidr_block.as_deref());
        destination(v4, v6, self.destination_prefix_list_id.as_deref())
    }
}

/// `CreateRoute`.
pub(super) fn create(site: &mut Site, call: SetRoute) -> Reply {
    if call.local_target.is_some() {
        return Err(Refusal::unknown("LocalTarget"));
    }
    let table = site.region.route_tables.find(&call.route_table_id)?;
    let destination = call.destination()?;
    let target = route_targets::asked(site, table, &call)?;
    if table.routes.iter().any(|route| route.destination == destination) {
        let message = format!("The route identified by {destination} already exists.");
        return Err(Refusal::new("RouteAlreadyExists", message));
    }
    may_lead(site, table, destination, &target)?;
    let made = table.routes.iter().filter(|route| !is_local(site, table, route.destination));
    let count = made.filter(|route| route.destination.family() == destination.family()).count();
    site.terms.quotas.hold(Quota::Routes, count + 1)?;
    site.region.route_tables.find_mut(&call.route_table_id)?.routes.push(Route { destination, target });
    Ok(Map::new().with("Return", true))
}

/// `ReplaceRoute`. Local routes can lead to some other targets, and back (VPC User Guide, "Replace or restore the target
/// for a local route").
pub(super) fn replace(site: &mut Site, mut call: SetRoute) -> Reply {
    if call.gateway_id.as_deref() == Some("local") {
        (call.gateway_id, call.local_target) = (None, Some(true));
    }
    let table = site.region.route_tables.find(&call.route_table_id)?;
    let destination = call.destination()?;
    let target = route_targets::asked(site, table, &call)?;
    let id = &call.route_table_id;
    let Some(index) = table.routes.iter().position(|route| route.destination == destination) else {
        return Err(Refusal::invalid(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute instead."
        )));
    };
    let local = is_local(site, table, destination);
    if local != (target == Target::Local) && !(local && target.takes_local()) {
        return Err(Refusal::invalid(match local {
            true => format!("cannot replace local route {destination} in route table {id}"),
            false => format!("The route {destination} in route table {id} is not a local one"),
        }));
    }
    may_lead(site, table, destination, &target)?;
    if let Some(route) = site.region.route_tables.find_mut(id)?.routes.get_mut(index) {
        route.target = target;
    }
    Ok(answer::nothing())
}

/// `DeleteRoute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    destination_prefix_list_id: Option<String>,
}

/// `DeleteRoute`: the local ones stay.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.route_table_id.as_str();
    let table = site.region.route_tables.find(id)?;
    let (v4, v6) = (call.destination_cidr_block.as_deref(), call.destination_ipv6_cidr_block.as_deref());
    let destination = destination(v4, v6, call.destination_prefix_list_id.as_deref())?;
    if is_local(site, table, destination) {
        return Err(Refusal::invalid(format!("cannot remove local route {destination} in route table {id}")));
    }
    let Some(index) = table.routes.iter().position(|route| route.destination == destination) else {
        let name = if destination.family() == Family::V4 { "cidr-block" } else { "ipv6-cidr-block" };
        let message = format!("no route with destination-{name} {destination} in route table {id}");
        return Err(Refusal::new("InvalidRoute.NotFound", message));
    };
    site.region.route_tables.find_mut(id)?.routes.remove(index);
    Ok(answer::nothing())
}

/// The one destination that a request names. There are no prefix lists here that a route could lead to.
fn destination(v4: Option<&str>, v6: Option<&str>, list: Option<&str>) -> Result<Block, Refusal> {
    let (parameter, text, family) = match (v4, v6, list) {
        (Some(text), None, None) => ("destinationCidrBlock", text, Family::V4),
        (None, Some(text), None) => ("destinationIpv6CidrBlock", text, Family::V6),
        (None, None, Some(id)) => {
            let message = format!("The prefix list ID '{id}' does not exist");
            return Err(Refusal::new("InvalidPrefixListID.NotFound", message));
        }
        (None, None, None) => {
            return Err(Refusal::missing("destinationCidrBlock or destinationIpv6CidrBlock"));
        }
        _ => {
            let message = "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, \
                           destinationPrefixListId.";
            return Err(Refusal::combination(message));
        }
    };
    let block = addresses::block(text, family);
    block.ok_or_else(|| Refusal::value(parameter, text, "This is not a valid CIDR block."))
}

/// Whether the route for a destination is one of those that came with a block of the VPC.
fn is_local(site: &Site, table: &RouteTable, destination: Block) -> bool {
    site.region.vpcs.get(&table.vpc).is_some_and(|vpc| vpc.blocks().any(|block| block == destination))
}

/// Holds that a destination can lead to a target: of the VPC only a whole block or a whole subnet can, and not to a
/// gateway or a peer (VPC User Guide, "Route tables").
fn may_lead(site: &Site, table: &RouteTable, destination: Block, target: &Target) -> Result<(), Refusal> {
    let refused = REFUSED.iter().filter_map(|text| text.parse::<Block>().ok()).any(|block| block.contains(destination));
    if refused {
        return Err(Refusal::value("destination", destination, "The range is reserved for use by AWS services."));
    }
    if !target.takes(destination) {
        return Err(Refusal::value("destination", destination, "The target does not take this destination."));
    }
    let within = |block: Block| block.contains(destination);
    let local = site.region.vpcs.get(&table.vpc).is_some_and(|vpc| vpc.blocks().any(within));
    if !local || *target == Target::Local {
        return Ok(());
    }
    if !target.takes_local() {
        return Err(Refusal::invalid(format!(
            "The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. \
             This route can target only an interface or an instance."
        )));
    }
    let mut subnets = site.region.subnets.iter().filter(|(_, subnet)| subnet.vpc == table.vpc);
    let whole = is_local(site, table, destination)
        || subnets.any(|(_, subnet)| subnet.blocks().any(|block| block == destination));
    let why = "It must be the whole CIDR block of a subnet.";
    if whole { Ok(()) } else { Err(Refusal::value("destinationCidrBlock", destination, why)) }
}

/// The routes of a table as EC2 tells them. One is a black hole while its target is gone, or detached, or does not run.
pub(super) fn views(site: &Site, table: &RouteTable) -> Vec<Map> {
    let origin = |destination| if is_local(site, table, destination) { "CreateRouteTable" } else { "CreateRoute" };
    let made = table.routes.iter().map(|route| {
        let Route { destination, target } = route;
        view(site, table, *destination, target, origin(*destination))
    });
    let propagated = propagation::routes(site.region, table).into_iter().map(|(destination, gateway)| {
        let target = Target::VpnGateway(gateway.to_owned());
        view(site, table, destination, &target, "EnableVgwRoutePropagation")
    });
    made.chain(propagated).collect()
}

fn view(site: &Site, table: &RouteTable, destination: Block, target: &Target, origin: &str) -> Map {
    let name = match destination.family() {
        Family::V4 => "DestinationCidrBlock",
        Family::V6 => "DestinationIpv6CidrBlock",
    };
    let mut view = Map::new().with(name, destination.to_string());
    for (name, value) in target.members(site).iter() {
        view.push(name.to_owned(), value.clone());
    }
    let leads = target.leads(site.region, &table.vpc);
    view.with("Origin", origin).with("State", if leads { "active" } else { "blackhole" })
}
