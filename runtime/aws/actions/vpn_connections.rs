//! VPN connections and their static routes.
//!
//! Absent on purpose, since they are secrets: pre-shared keys, and the configuration for the customer's device, which
//! holds them.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    TunnelOption, VgwTelemetry, VpnConnection, VpnConnectionOptions, VpnConnectionOptionsSpecification, VpnStaticRoute,
    VpnTunnelOptionsSpecification,
};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("CreateVpnConnection", create),
    ("CreateVpnConnectionRoute", create_route),
    ("DeleteVpnConnection", delete),
    ("DeleteVpnConnectionRoute", delete_route),
    ("DescribeVpnConnections", describe),
];

/// This listing has no pages.
fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_vpn_connections()
        .set_filters(parameters.filters())
        .set_vpn_connection_ids(parameters.texts("VpnConnectionIds"));
    sending(request.send(), |answer| Map::new().with_each("VpnConnections", answer.vpn_connections(), connection))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_vpn_connection()
        .set_type(parameters.text("Type"))
        .set_customer_gateway_id(parameters.text("CustomerGatewayId"))
        .set_vpn_gateway_id(parameters.text("VpnGatewayId"))
        .set_options(parameters.one("Options", asked_options))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("VpnConnection", answer.vpn_connection().map(connection)))
}

fn asked_options(options: &mut Parameters) -> VpnConnectionOptionsSpecification {
    VpnConnectionOptionsSpecification::builder()
        .set_static_routes_only(options.flag("StaticRoutesOnly"))
        .set_tunnel_options(options.each("TunnelOptions", asked_tunnel))
        .build()
}

fn asked_tunnel(tunnel: &mut Parameters) -> VpnTunnelOptionsSpecification {
    VpnTunnelOptionsSpecification::builder().set_tunnel_inside_cidr(tunnel.text("TunnelInsideCidr")).build()
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_vpn_connection().set_vpn_connection_id(parameters.text("VpnConnectionId"));
    sending(request.send(), nothing)
}

fn create_route(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_vpn_connection_route()
        .set_vpn_connection_id(parameters.text("VpnConnectionId"))
        .set_destination_cidr_block(parameters.text("DestinationCidrBlock"));
    sending(request.send(), nothing)
}

fn delete_route(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .delete_vpn_connection_route()
        .set_vpn_connection_id(parameters.text("VpnConnectionId"))
        .set_destination_cidr_block(parameters.text("DestinationCidrBlock"));
    sending(request.send(), nothing)
}

fn connection(connection: &VpnConnection) -> Map {
    Map::new()
        .with_some("VpnConnectionId", connection.vpn_connection_id())
        .with_word("State", connection.state())
        .with_word("Type", connection.r#type())
        .with_some("Category", connection.category())
        .with_some("CustomerGatewayId", connection.customer_gateway_id())
        .with_some("VpnGatewayId", connection.vpn_gateway_id())
        .with_some("TransitGatewayId", connection.transit_gateway_id())
        .with_some("Options", connection.options().map(options))
        .with_each("Routes", connection.routes(), route)
        .with_each("VgwTelemetry", connection.vgw_telemetry(), telemetry)
        .with_each("Tags", connection.tags(), tag)
}

fn options(options: &VpnConnectionOptions) -> Map {
    Map::new()
        .with_some("StaticRoutesOnly", options.static_routes_only())
        .with_some("EnableAcceleration", options.enable_acceleration())
        .with_word("TunnelInsideIpVersion", options.tunnel_inside_ip_version())
        .with_some("LocalIpv4NetworkCidr", options.local_ipv4_network_cidr())
        .with_some("RemoteIpv4NetworkCidr", options.remote_ipv4_network_cidr())
        .with_each("TunnelOptions", options.tunnel_options(), tunnel)
}

fn tunnel(tunnel: &TunnelOption) -> Map {
    Map::new()
        .with_some("OutsideIpAddress", tunnel.outside_ip_address())
        .with_some("TunnelInsideCidr", tunnel.tunnel_inside_cidr())
}

fn route(route: &VpnStaticRoute) -> Map {
    Map::new()
        .with_some("DestinationCidrBlock", route.destination_cidr_block())
        .with_word("Source", route.source())
        .with_word("State", route.state())
}

fn telemetry(telemetry: &VgwTelemetry) -> Map {
    Map::new()
        .with_some("OutsideIpAddress", telemetry.outside_ip_address())
        .with_word("Status", telemetry.status())
        .with_some("StatusMessage", telemetry.status_message())
        .with_some("AcceptedRouteCount", telemetry.accepted_route_count())
        .with_time("LastStatusChange", telemetry.last_status_change())
}
