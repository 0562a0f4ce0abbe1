//! VPN connections and their static routes.
//!
//! Absent on purpose: the configuration for the customer's device and the pre-shared keys in it, which are secrets, and
//! all that BGP would learn, since nobody is on the other side.

use super::addresses;
use super::answer::{self, Members};
use super::customer_gateways;
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::interfaces;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::{Moment, Timing};
use super::vpn_gateways::{self, TYPE};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// A VPN connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct VpnConnection {
    pub customer_gateway: String,
    gateway: String,
    static_routes_only: bool,
    tunnels: Vec<Tunnel>,
    routes: Vec<StaticRoute>,
    phase: Phase,
    made: Moment,
    tags: Tags,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tunnel {
    outside: Ipv4Addr,
    #[serde(with = "addresses")]
    inside: Block,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct StaticRoute {
    #[serde(with = "addresses")]
    destination: Block,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Pending { until: Moment },
    Available,
    Deleting { until: Moment },
    Deleted { since: Moment },
}

thing!(VpnConnection, ids::VPN_CONNECTION, VpnConnection::is_there);

impl VpnConnection {
    /// Whether it is not deleted.
    pub fn is_there(&self) -> bool {
        !matches!(self.phase, Phase::Deleted { .. })
    }

    /// Whether it is still being made.
    pub fn is_pending(&self) -> bool {
        matches!(self.phase, Phase::Pending { .. })
    }

    /// Where its static routes lead, once it is available.
    pub fn destinations(&self) -> impl Iterator<Item = Block> {
        let available = matches!(self.phase, Phase::Available);
        self.routes.iter().filter(move |_| available).map(|route| route.destination)
    }
}

/// The connections of a virtual private gateway that are not deleted.
pub(super) fn of_gateway<'r>(region: &'r Region, gateway: &str) -> impl Iterator<Item = &'r VpnConnection> {
    let all = region.vpn_connections.iter().map(|(_, connection)| connection);
    all.filter(move |connection| connection.gateway == gateway && connection.is_there())
}

/// `CreateVpnConnection`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    r#type: String,
    customer_gateway_id: String,
    vpn_gateway_id: String,
    #[serde(default)]
    options: Options,
    #[serde(default)]
    tag_specifications: Specifications,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Options {
    #[serde(default)]
    static_routes_only: bool,
    #[serde(default)]
    tunnel_options: Vec<TunnelOptions>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TunnelOptions {
    tunnel_inside_cidr: Option<String>,
}

/// How many tunnels a connection has.
const TUNNELS: usize = 2;

/// `CreateVpnConnection`: asking again for one between the same two gives that one (EC2 API Reference).
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    vpn_gateways::check_type(&call.r#type)?;
    customer_gateways::check(site, &call.customer_gateway_id)?;
    vpn_gateways::find(site, &call.vpn_gateway_id)?;
    let tags = tags::for_new(&call.tag_specifications, &ids::VPN_CONNECTION)?;
    let twin = |other: &VpnConnection| {
        other.customer_gateway == call.customer_gateway_id && other.gateway == call.vpn_gateway_id && other.is_there()
    };
    if let Some((id, twin)) = site.region.vpn_connections.iter().find(|(_, other)| twin(other)) {
        return Ok(Map::new().with("VpnConnection", view(id, twin)));
    }
    hold_quotas(site, &call.vpn_gateway_id)?;
    let connection = VpnConnection {
        customer_gateway: call.customer_gateway_id,
        gateway: call.vpn_gateway_id,
        static_routes_only: call.options.static_routes_only,
        tunnels: tunnels(site, &call.options.tunnel_options)?,
        routes: Vec::new(),
        phase: Phase::Pending { until: site.now.after(site.terms.timing.vpn_connection) },
        made: site.now,
        tags,
    };
    let id = site.region.new_id(ids::VPN_CONNECTION.prefix);
    let answer = Map::new().with("VpnConnection", view(&id, &connection));
    site.region.vpn_connections.add(id, connection);
    Ok(answer)
}

fn hold_quotas(site: &Site, gateway: &str) -> Result<(), Refusal> {
    let count = site.region.vpn_connections.iter().filter(|(_, connection)| connection.is_there()).count();
    site.terms.quotas.hold(Quota::VpnConnections, count + 1)?;
    site.terms.quotas.hold(Quota::VpnConnectionsPerGateway, of_gateway(site.region, gateway).count() + 1)
}

fn tunnels(site: &mut Site, options: &[TunnelOptions]) -> Result<Vec<Tunnel>, Refusal> {
    if options.len() > TUNNELS {
        return Err(Refusal::invalid(format!("A VPN connection has {TUNNELS} tunnels.")));
    }
    let mut tunnels: Vec<Tunnel> = Vec::new();
    for index in 0..TUNNELS {
        let asked = options.get(index).and_then(|options| options.tunnel_inside_cidr.as_deref());
        let inside = asked.map_or_else(|| Ok(any_inside(site.region)), inside)?;
        if tunnels.iter().any(|other| other.inside == inside) {
            return Err(Refusal::value("tunnelInsideCidr", inside, "Each tunnel has a block of its own."));
        }
        tunnels.push(Tunnel { outside: interfaces::new_public(site.region), inside });
    }
    Ok(tunnels)
}

/// Where the blocks within tunnels are from, how large they are, and which of them Amazon keeps (EC2 API Reference,
/// "VpnTunnelOptionsSpecification").
const INSIDE: &str = "169.254.0.0/16";
const INSIDE_SIZE: u8 = 30;
const KEPT: [&str; 7] = [
    "169.254.0.0/30",
    "169.254.1.0/30",
    "169.254.2.0/30",
    "169.254.3.0/30",
    "169.254.4.0/30",
    "169.254.5.0/30",
    "169.254.169.252/30",
];

fn inside(text: &str) -> Result<Block, Refusal> {
    let block = addresses::block_of(text, "tunnelInsideCidr")?;
    let is_within = |range: &str| range.parse::<Block>().is_ok_and(|range| range.contains(block));
    if block.prefix() == INSIDE_SIZE && is_within(INSIDE) && !KEPT.iter().any(|range| is_within(range)) {
        return Ok(block);
    }
    Err(Refusal::value("tunnelInsideCidr", text, "It must be a /30 from 169.254.0.0/16 that is not reserved."))
}

/// A block for the inside of a tunnel, of those that nobody keeps.
fn any_inside(region: &mut Region) -> Block {
    const FIRST: Ipv4Addr = Ipv4Addr::new(169, 254, 16, 0);
    const COUNT: u64 = 4096;
    let number = u32::try_from(region.count("tunnel") % COUNT).unwrap_or_default();
    Block::around(Ipv4Addr::from(u32::from(FIRST) + 4 * number).into(), INSIDE_SIZE)
}

/// `DeleteVpnConnection`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    vpn_connection_id: String,
}

/// `DeleteVpnConnection`.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let until = site.now.after(site.terms.timing.vpn_connection);
    let connection = site.region.vpn_connections.find_mut(&call.vpn_connection_id)?;
    match connection.phase {
        Phase::Deleted { .. } => return Err(ids::VPN_CONNECTION.absent(&call.vpn_connection_id)),
        Phase::Deleting { .. } => {}
        Phase::Pending { .. } | Phase::Available => connection.phase = Phase::Deleting { until },
    }
    Ok(answer::nothing())
}

/// `CreateVpnConnectionRoute` and `DeleteVpnConnectionRoute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RouteOf {
    vpn_connection_id: String,
    destination_cidr_block: String,
}

/// `CreateVpnConnectionRoute`: one that is there already stays.
pub(super) fn create_route(site: &mut Site, call: RouteOf) -> Reply {
    let destination = addresses::block_of(&call.destination_cidr_block, "destinationCidrBlock")?;
    let connection = with_routes(site, &call.vpn_connection_id)?;
    if !connection.routes.iter().any(|route| route.destination == destination) {
        connection.routes.push(StaticRoute { destination });
    }
    Ok(answer::nothing())
}

/// `DeleteVpnConnectionRoute`.
pub(super) fn delete_route(site: &mut Site, call: RouteOf) -> Reply {
    let destination = addresses::block_of(&call.destination_cidr_block, "destinationCidrBlock")?;
    let connection = with_routes(site, &call.vpn_connection_id)?;
    let Some(index) = connection.routes.iter().position(|route| route.destination == destination) else {
        let message = format!("The route {destination} does not exist in VPN connection {}", call.vpn_connection_id);
        return Err(Refusal::new("InvalidRoute.NotFound", message));
    };
    connection.routes.remove(index);
    Ok(answer::nothing())
}

/// A connection whose routes can be changed (EC2 error codes `InvalidVpnConnection.…`).
fn with_routes<'s>(site: &'s mut Site, id: &str) -> Result<&'s mut VpnConnection, Refusal> {
    let connection = site.region.vpn_connections.find_mut(id)?;
    if !matches!(connection.phase, Phase::Available) {
        let message = "The VPN connection must be in the available state to complete the request.";
        return Err(Refusal::new("InvalidVpnConnection.InvalidState", message));
    }
    if !connection.static_routes_only {
        let message = "The specified VPN connection does not support static routes.";
        return Err(Refusal::new("InvalidVpnConnection.InvalidType", message));
    }
    Ok(connection)
}

/// Takes connections into their next phases where that is due; gives how many changed. Deleted ones are listed for a
/// while.
pub(super) fn settle(region: &mut Region, timing: &Timing, now: Moment) -> usize {
    let mut changed = 0;
    for (_, connection) in region.vpn_connections.iter_mut() {
        connection.phase = match connection.phase {
            Phase::Pending { until } if until <= now => Phase::Available,
            Phase::Deleting { until } if until <= now => Phase::Deleted { since: until },
            _ => continue,
        };
        changed += 1;
    }
    let before = region.vpn_connections.len();
    region.vpn_connections.retain(|connection| match connection.phase {
        Phase::Deleted { since } => now < since.after(timing.listed),
        _ => true,
    });
    changed + before - region.vpn_connections.len()
}

/// `DescribeVpnConnections`.
pub(super) static VPN_CONNECTIONS: Listing = Listing {
    list: "VpnConnections",
    ids: "VpnConnectionIds",
    kind: &ids::VPN_CONNECTION,
    filters: &[
        ("customer-gateway-id", "CustomerGatewayId"),
        ("option.static-routes-only", "Options.StaticRoutesOnly"),
        ("route.destination-cidr-block", "Routes.DestinationCidrBlock"),
        ("state", "State"),
        ("tag-key", "Tags.Key"),
        ("transit-gateway-id", "TransitGatewayId"),
        ("type", "Type"),
        ("vpn-connection-id", "VpnConnectionId"),
        ("vpn-gateway-id", "VpnGatewayId"),
    ],
    pages: Pages::One,
    items: |site| site.region.vpn_connections.iter().map(|(id, found)| Item::new(id, view(id, found))).collect(),
};

fn view(id: &str, connection: &VpnConnection) -> Map {
    let state = match connection.phase {
        Phase::Pending { .. } => "pending",
        Phase::Available => "available",
        Phase::Deleting { .. } => "deleting",
        Phase::Deleted { .. } => "deleted",
    };
    let all = Block::all(Family::V4).to_string();
    let options = Map::new()
        .with("StaticRoutesOnly", connection.static_routes_only)
        .with("EnableAcceleration", false)
        .with("TunnelInsideIpVersion", "ipv4")
        .with("LocalIpv4NetworkCidr", all.as_str())
        .with("RemoteIpv4NetworkCidr", all.as_str())
        .with_list("TunnelOptions", connection.tunnels.iter().map(tunnel));
    let routes = connection.routes.iter().map(|route| {
        let destination = route.destination.to_string();
        Map::new().with("DestinationCidrBlock", destination).with("Source", "Static").with("State", "available")
    });
    Map::new()
        .with("VpnConnectionId", id)
        .with("State", state)
        .with("Type", TYPE)
        .with("Category", "VPN")
        .with("CustomerGatewayId", connection.customer_gateway.as_str())
        .with("VpnGatewayId", connection.gateway.as_str())
        .with("Options", options)
        .with_list("Routes", routes)
        .with_list("VgwTelemetry", connection.tunnels.iter().map(|tunnel| telemetry(connection, tunnel)))
        .with_tags(&connection.tags)
}

fn tunnel(tunnel: &Tunnel) -> Map {
    Map::new().with("OutsideIpAddress", tunnel.outside.to_string()).with("TunnelInsideCidr", tunnel.inside.to_string())
}

/// Nobody is on the other side, so the tunnels are down.
fn telemetry(connection: &VpnConnection, tunnel: &Tunnel) -> Map {
    Map::new()
        .with("OutsideIpAddress", tunnel.outside.to_string())
        .with("Status", "DOWN")
        .with("StatusMessage", "IPSEC IS DOWN")
        .with("AcceptedRouteCount", 0)
        .with("LastStatusChange", connection.made.text())
}
