//! Routes.

use super::addresses;
use super::answer;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::route_tables::RouteTable;
use super::site::Site;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// A route.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Route {
    #[serde(with = "addresses")]
    destination: Block,
    target: Target,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Target {
    /// Within the VPC. Such a route is there from the start and stays.
    Local,
    InternetGateway(String),
    /// An interface, and whether the request named its instance.
    Interface(String),
}

impl Route {
    /// The route for a VPC's own block.
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
    route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    gateway_id: Option<String>,
    network_interface_id: Option<String>,
    instance_id: Option<String>,
}

/// `CreateRoute`.
pub(super) fn create(site: &mut Site, call: SetRoute) -> Reply {
    let table = site.region.route_tables.find(&call.route_table_id)?;
    let destination = destination(call.destination_cidr_block.as_deref(), call.destination_ipv6_cidr_block.as_deref())?;
    let target = target(site, table, &call)?;
    if table.routes.iter().any(|route| route.destination == destination) {
        let message = format!("The route identified by {destination} already exists.");
        return Err(Refusal::new("RouteAlreadyExists", message));
    }
    may_lead(site, table, destination, &target)?;
    let made = table.routes.iter().filter(|route| route.target != Target::Local);
    let count = made.filter(|route| route.destination.family() == destination.family()).count();
    site.terms.quotas.hold(Quota::Routes, count + 1)?;
    site.region.route_tables.find_mut(&call.route_table_id)?.routes.push(Route { destination, target });
    Ok(Map::new().with("Return", true))
}

/// `ReplaceRoute`.
pub(super) fn replace(site: &mut Site, call: SetRoute) -> Reply {
    let table = site.region.route_tables.find(&call.route_table_id)?;
    let destination = destination(call.destination_cidr_block.as_deref(), call.destination_ipv6_cidr_block.as_deref())?;
    let target = target(site, table, &call)?;
    let id = &call.route_table_id;
    let Some(index) = table.routes.iter().position(|route| route.destination == destination) else {
        return Err(Refusal::invalid(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute instead."
        )));
    };
    if table.routes.get(index).is_some_and(|route| route.target == Target::Local) {
        return Err(Refusal::invalid(format!("cannot replace local route {destination} in route table {id}")));
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
}

/// `DeleteRoute`: the local ones stay.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.route_table_id.as_str();
    let table = site.region.route_tables.find_mut(id)?;
    let destination = destination(call.destination_cidr_block.as_deref(), call.destination_ipv6_cidr_block.as_deref())?;
    match table.routes.iter().position(|route| route.destination == destination) {
        None => {
            let name = if destination.family() == Family::V4 { "cidr-block" } else { "ipv6-cidr-block" };
            let message = format!("no route with destination-{name} {destination} in route table {id}");
            Err(Refusal::new("InvalidRoute.NotFound", message))
        }
        Some(index) if table.routes.get(index).is_some_and(|route| route.target == Target::Local) => {
            Err(Refusal::invalid(format!("cannot remove local route {destination} in route table {id}")))
        }
        Some(index) => {
            table.routes.remove(index);
            Ok(answer::nothing())
        }
    }
}

/// The one destination that a request names.
fn destination(v4: Option<&str>, v6: Option<&str>) -> Result<Block, Refusal> {
    let (parameter, text, family) = match (v4, v6) {
        (Some(text), None) => ("destinationCidrBlock", text, Family::V4),
        (None, Some(text)) => ("destinationIpv6CidrBlock", text, Family::V6),
        (None, None) => {
            return Err(Refusal::missing("destinationCidrBlock or destinationIpv6CidrBlock"));
        }
        (Some(_), Some(_)) => {
            let message = "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock.";
            return Err(Refusal::combination(message));
        }
    };
    let block = addresses::block(text, family);
    block.ok_or_else(|| Refusal::value(parameter, text, "This is not a valid CIDR block."))
}

/// The one target that a request names. It has to be there, and in the table's VPC.
fn target(site: &Site, table: &RouteTable, call: &SetRoute) -> Result<Target, Refusal> {
    match (call.gateway_id.as_deref(), call.network_interface_id.as_deref(), call.instance_id.as_deref()) {
        (Some(id), None, None) => gateway(site, table, &call.route_table_id, id),
        (None, Some(id), None) => interface(site, table, &call.route_table_id, id),
        (None, None, Some(id)) => {
            let interface_id = &site.region.instances.find(id)?.interface;
            interface(site, table, &call.route_table_id, interface_id)
        }
        (None, None, None) => Err(Refusal::missing(TARGETS)),
        _ => Err(Refusal::combination(format!("The request must contain exactly one of {TARGETS}"))),
    }
}

const TARGETS: &str = "gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, \
                       egressOnlyInternetGatewayId, transitGatewayId or instanceId";

fn gateway(site: &Site, table: &RouteTable, table_id: &str, id: &str) -> Result<Target, Refusal> {
    let Some(gateway) = site.region.internet_gateways.get(id) else {
        return Err(Refusal::new("InvalidGatewayID.NotFound", format!("The gateway ID '{id}' does not exist")));
    };
    if gateway.vpc.as_ref() == Some(&table.vpc) {
        return Ok(Target::InternetGateway(id.to_owned()));
    }
    let message = format!("route table {table_id} and network gateway {id} belong to different networks");
    Err(Refusal::invalid(message))
}

fn interface(site: &Site, table: &RouteTable, table_id: &str, id: &str) -> Result<Target, Refusal> {
    if site.region.interfaces.find(id)?.vpc == table.vpc {
        return Ok(Target::Interface(id.to_owned()));
    }
    Err(Refusal::invalid(format!("route table {table_id} and interface {id} belong to different networks")))
}

/// Holds that a destination can lead to a target: within the VPC only a whole subnet can, and only to an interface
/// (VPC User Guide, "Route tables").
fn may_lead(site: &Site, table: &RouteTable, destination: Block, target: &Target) -> Result<(), Refusal> {
    let refused = REFUSED.iter().filter_map(|text| text.parse::<Block>().ok()).any(|block| block.contains(destination));
    if refused {
        return Err(Refusal::value("destination", destination, "The range is reserved for use by AWS services."));
    }
    let local =
        table.routes.iter().any(|route| route.target == Target::Local && route.destination.contains(destination));
    if !local {
        return Ok(());
    }
    if !matches!(target, Target::Interface(_)) {
        return Err(Refusal::invalid(format!(
            "The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. \
             This route can target only an interface or an instance."
        )));
    }
    let whole = site.region.subnets.iter().any(|(_, subnet)| subnet.vpc == table.vpc && subnet.block == destination);
    let why = "It must be the whole CIDR block of a subnet.";
    if whole { Ok(()) } else { Err(Refusal::value("destinationCidrBlock", destination, why)) }
}

/// A route as EC2 tells it. It is a black hole while its target is gone, or detached, or does not run.
pub(super) fn view(site: &Site, vpc: &str, route: &Route) -> Map {
    let name = match route.destination.family() {
        Family::V4 => "DestinationCidrBlock",
        Family::V6 => "DestinationIpv6CidrBlock",
    };
    let origin = if route.target == Target::Local { "CreateRouteTable" } else { "CreateRoute" };
    let (members, leads) = match &route.target {
        Target::Local => (Map::new().with("GatewayId", "local"), true),
        Target::InternetGateway(id) => {
            let gateway = site.region.internet_gateways.get(id);
            (
                Map::new().with("GatewayId", id.as_str()),
                gateway.is_some_and(|gateway| gateway.vpc.as_deref() == Some(vpc)),
            )
        }
        Target::Interface(id) => view_interface(site, id),
    };
    let mut view = Map::new().with(name, route.destination.to_string());
    for (name, value) in members.iter() {
        view.push(name.to_owned(), value.clone());
    }
    view.with("Origin", origin).with("State", if leads { "active" } else { "blackhole" })
}

fn view_interface(site: &Site, id: &str) -> (Map, bool) {
    let interface = site.region.interfaces.get(id);
    let instance = interface.and_then(|interface| interface.instance());
    let runs = instance.and_then(|id| site.region.instances.get(id)).is_some_and(|instance| instance.runs());
    let members = Map::new()
        .with("NetworkInterfaceId", id)
        .with_some("InstanceId", instance)
        .with_some("InstanceOwnerId", instance.map(|_| site.account));
    (members, runs)
}
