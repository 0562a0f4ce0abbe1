//! Route tables, their routes and their associations.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{PropagatingVgw, Route, RouteTable, RouteTableAssociation, RouteTableAssociationState};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AssociateRouteTable", associate),
    ("CreateRoute", create_route),
    ("CreateRouteTable", create),
    ("DeleteRoute", delete_route),
    ("DeleteRouteTable", delete),
    ("DescribeRouteTables", describe),
    ("DisableVgwRoutePropagation", disable_propagation),
    ("DisassociateRouteTable", disassociate),
    ("EnableVgwRoutePropagation", enable_propagation),
    ("ReplaceRoute", replace_route),
    ("ReplaceRouteTableAssociation", replace_association),
];

/// Sets the destination of a route.
macro_rules! destination {
    ($request:expr, $parameters:expr) => {
        $request
            .set_route_table_id($parameters.text("RouteTableId"))
            .set_destination_cidr_block($parameters.text("DestinationCidrBlock"))
            .set_destination_ipv6_cidr_block($parameters.text("DestinationIpv6CidrBlock"))
            .set_destination_prefix_list_id($parameters.text("DestinationPrefixListId"))
    };
}

/// Sets the target of a route.
macro_rules! target {
    ($request:expr, $parameters:expr) => {
        $request
            .set_gateway_id($parameters.text("GatewayId"))
            .set_nat_gateway_id($parameters.text("NatGatewayId"))
            .set_egress_only_internet_gateway_id($parameters.text("EgressOnlyInternetGatewayId"))
            .set_vpc_peering_connection_id($parameters.text("VpcPeeringConnectionId"))
            .set_transit_gateway_id($parameters.text("TransitGatewayId"))
            .set_vpc_endpoint_id($parameters.text("VpcEndpointId"))
            .set_network_interface_id($parameters.text("NetworkInterfaceId"))
            .set_instance_id($parameters.text("InstanceId"))
    };
}

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        listing!(ec2.describe_route_tables(), parameters).set_route_table_ids(parameters.texts("RouteTableIds"));
    sending(request.send(), |answer| page("RouteTables", answer.route_tables(), table, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_route_table()
        .set_vpc_id(parameters.text("VpcId"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("RouteTable", answer.route_table().map(table)))
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_route_table().set_route_table_id(parameters.text("RouteTableId"));
    sending(request.send(), nothing)
}

fn create_route(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = target!(destination!(ec2.create_route(), parameters), parameters);
    sending(request.send(), |answer| Map::new().with_some("Return", answer.r#return()))
}

fn replace_route(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = target!(destination!(ec2.replace_route(), parameters), parameters)
        .set_local_target(parameters.flag("LocalTarget"));
    sending(request.send(), nothing)
}

fn delete_route(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(destination!(ec2.delete_route(), parameters).send(), nothing)
}

fn enable_propagation(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .enable_vgw_route_propagation()
        .set_route_table_id(parameters.text("RouteTableId"))
        .set_gateway_id(parameters.text("GatewayId"));
    sending(request.send(), nothing)
}

fn disable_propagation(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .disable_vgw_route_propagation()
        .set_route_table_id(parameters.text("RouteTableId"))
        .set_gateway_id(parameters.text("GatewayId"));
    sending(request.send(), nothing)
}

fn associate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .associate_route_table()
        .set_route_table_id(parameters.text("RouteTableId"))
        .set_subnet_id(parameters.text("SubnetId"))
        .set_gateway_id(parameters.text("GatewayId"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("AssociationId", answer.association_id())
            .with_some("AssociationState", answer.association_state().map(association_state))
    })
}

fn replace_association(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .replace_route_table_association()
        .set_association_id(parameters.text("AssociationId"))
        .set_route_table_id(parameters.text("RouteTableId"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("NewAssociationId", answer.new_association_id())
            .with_some("AssociationState", answer.association_state().map(association_state))
    })
}

fn disassociate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.disassociate_route_table().set_association_id(parameters.text("AssociationId"));
    sending(request.send(), nothing)
}

fn table(table: &RouteTable) -> Map {
    Map::new()
        .with_some("RouteTableId", table.route_table_id())
        .with_some("OwnerId", table.owner_id())
        .with_some("VpcId", table.vpc_id())
        .with_each("Associations", table.associations(), association)
        .with_each("Routes", table.routes(), route)
        .with_each("PropagatingVgws", table.propagating_vgws(), propagating_gateway)
        .with_each("Tags", table.tags(), tag)
}

fn association(association: &RouteTableAssociation) -> Map {
    Map::new()
        .with_some("RouteTableAssociationId", association.route_table_association_id())
        .with_some("RouteTableId", association.route_table_id())
        .with_some("SubnetId", association.subnet_id())
        .with_some("GatewayId", association.gateway_id())
        .with_some("Main", association.main())
        .with_some("AssociationState", association.association_state().map(association_state))
}

fn association_state(state: &RouteTableAssociationState) -> Map {
    Map::new().with_word("State", state.state()).with_some("StatusMessage", state.status_message())
}

fn route(route: &Route) -> Map {
    Map::new()
        .with_some("DestinationCidrBlock", route.destination_cidr_block())
        .with_some("DestinationIpv6CidrBlock", route.destination_ipv6_cidr_block())
        .with_some("DestinationPrefixListId", route.destination_prefix_list_id())
        .with_some("GatewayId", route.gateway_id())
        .with_some("NatGatewayId", route.nat_gateway_id())
        .with_some("EgressOnlyInternetGatewayId", route.egress_only_internet_gateway_id())
        .with_some("VpcPeeringConnectionId", route.vpc_peering_connection_id())
        .with_some("TransitGatewayId", route.transit_gateway_id())
        .with_some("LocalGatewayId", route.local_gateway_id())
        .with_some("CarrierGatewayId", route.carrier_gateway_id())
        .with_some("CoreNetworkArn", route.core_network_arn())
        .with_some("NetworkInterfaceId", route.network_interface_id())
        .with_some("InstanceId", route.instance_id())
        .with_some("InstanceOwnerId", route.instance_owner_id())
        .with_word("Origin", route.origin())
        .with_word("State", route.state())
}

fn propagating_gateway(gateway: &PropagatingVgw) -> Map {
    Map::new().with_some("GatewayId", gateway.gateway_id())
}
