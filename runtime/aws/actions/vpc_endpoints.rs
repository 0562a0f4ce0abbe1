//! VPC endpoints.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag, unsuccessful};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{DnsEntry, LastError, SecurityGroupIdentifier, SubnetConfiguration, VpcEndpoint};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("CreateVpcEndpoint", create),
    ("DeleteVpcEndpoints", delete),
    ("DescribeVpcEndpoints", describe),
    ("ModifyVpcEndpoint", modify),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        listing!(ec2.describe_vpc_endpoints(), parameters).set_vpc_endpoint_ids(parameters.texts("VpcEndpointIds"));
    sending(request.send(), |answer| page("VpcEndpoints", answer.vpc_endpoints(), endpoint, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_vpc_endpoint()
        .set_vpc_endpoint_type(parameters.word("VpcEndpointType"))
        .set_vpc_id(parameters.text("VpcId"))
        .set_service_name(parameters.text("ServiceName"))
        .set_policy_document(parameters.text("PolicyDocument"))
        .set_route_table_ids(parameters.texts("RouteTableIds"))
        .set_subnet_ids(parameters.texts("SubnetIds"))
        .set_security_group_ids(parameters.texts("SecurityGroupIds"))
        .set_subnet_configurations(parameters.each("SubnetConfigurations", subnet_configuration))
        .set_private_dns_enabled(parameters.flag("PrivateDnsEnabled"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("VpcEndpoint", answer.vpc_endpoint().map(endpoint)))
}

fn modify(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_vpc_endpoint()
        .set_vpc_endpoint_id(parameters.text("VpcEndpointId"))
        .set_add_route_table_ids(parameters.texts("AddRouteTableIds"))
        .set_remove_route_table_ids(parameters.texts("RemoveRouteTableIds"))
        .set_add_subnet_ids(parameters.texts("AddSubnetIds"))
        .set_remove_subnet_ids(parameters.texts("RemoveSubnetIds"))
        .set_add_security_group_ids(parameters.texts("AddSecurityGroupIds"))
        .set_remove_security_group_ids(parameters.texts("RemoveSecurityGroupIds"))
        .set_subnet_configurations(parameters.each("SubnetConfigurations", subnet_configuration))
        .set_policy_document(parameters.text("PolicyDocument"))
        .set_reset_policy(parameters.flag("ResetPolicy"))
        .set_private_dns_enabled(parameters.flag("PrivateDnsEnabled"));
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_vpc_endpoints().set_vpc_endpoint_ids(parameters.texts("VpcEndpointIds"));
    sending(request.send(), |answer| Map::new().with_each("Unsuccessful", answer.unsuccessful(), unsuccessful))
}

fn subnet_configuration(configuration: &mut Parameters) -> SubnetConfiguration {
    SubnetConfiguration::builder()
        .set_subnet_id(configuration.text("SubnetId"))
        .set_ipv4(configuration.text("Ipv4"))
        .build()
}

fn endpoint(endpoint: &VpcEndpoint) -> Map {
    let told = Map::new()
        .with_some("VpcEndpointId", endpoint.vpc_endpoint_id())
        .with_word("VpcEndpointType", endpoint.vpc_endpoint_type())
        .with_some("VpcId", endpoint.vpc_id())
        .with_some("OwnerId", endpoint.owner_id())
        .with_some("ServiceName", endpoint.service_name())
        .with_word("State", endpoint.state())
        .with_some("LastError", endpoint.last_error().map(last_error))
        .with_some("FailureReason", endpoint.failure_reason())
        .with_time("CreationTimestamp", endpoint.creation_timestamp());
    with_parts(told, endpoint).with_each("Tags", endpoint.tags(), tag)
}

fn with_parts(told: Map, endpoint: &VpcEndpoint) -> Map {
    told.with_some("PolicyDocument", endpoint.policy_document())
        .with_some("PrivateDnsEnabled", endpoint.private_dns_enabled())
        .with_some("RequesterManaged", endpoint.requester_managed())
        .with_word("IpAddressType", endpoint.ip_address_type())
        .with_texts("RouteTableIds", endpoint.route_table_ids())
        .with_texts("SubnetIds", endpoint.subnet_ids())
        .with_texts("NetworkInterfaceIds", endpoint.network_interface_ids())
        .with_each("Groups", endpoint.groups(), group)
        .with_each("DnsEntries", endpoint.dns_entries(), dns_entry)
}

fn group(group: &SecurityGroupIdentifier) -> Map {
    Map::new().with_some("GroupId", group.group_id()).with_some("GroupName", group.group_name())
}

fn dns_entry(entry: &DnsEntry) -> Map {
    Map::new().with_some("DnsName", entry.dns_name()).with_some("HostedZoneId", entry.hosted_zone_id())
}

fn last_error(error: &LastError) -> Map {
    Map::new().with_some("Code", error.code()).with_some("Message", error.message())
}
