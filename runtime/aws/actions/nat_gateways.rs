//! NAT gateways.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{NatGateway, NatGatewayAddress};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] =
    &[("CreateNatGateway", create), ("DeleteNatGateway", delete), ("DescribeNatGateways", describe)];

/// The filters of this listing are called `Filter`.
fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_nat_gateways()
        .set_filter(parameters.filters_called("Filter"))
        .set_nat_gateway_ids(parameters.texts("NatGatewayIds"))
        .set_max_results(parameters.number("MaxResults"))
        .set_next_token(parameters.text("NextToken"));
    sending(request.send(), |answer| page("NatGateways", answer.nat_gateways(), gateway, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_nat_gateway()
        .set_subnet_id(parameters.text("SubnetId"))
        .set_allocation_id(parameters.text("AllocationId"))
        .set_connectivity_type(parameters.word("ConnectivityType"))
        .set_private_ip_address(parameters.text("PrivateIpAddress"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("NatGateway", answer.nat_gateway().map(gateway))
            .with_some("ClientToken", answer.client_token())
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_nat_gateway().set_nat_gateway_id(parameters.text("NatGatewayId"));
    sending(request.send(), |answer| Map::new().with_some("NatGatewayId", answer.nat_gateway_id()))
}

fn gateway(gateway: &NatGateway) -> Map {
    Map::new()
        .with_some("NatGatewayId", gateway.nat_gateway_id())
        .with_some("VpcId", gateway.vpc_id())
        .with_some("SubnetId", gateway.subnet_id())
        .with_word("State", gateway.state())
        .with_word("ConnectivityType", gateway.connectivity_type())
        .with_some("FailureCode", gateway.failure_code())
        .with_some("FailureMessage", gateway.failure_message())
        .with_each("NatGatewayAddresses", gateway.nat_gateway_addresses(), address)
        .with_time("CreateTime", gateway.create_time())
        .with_time("DeleteTime", gateway.delete_time())
        .with_each("Tags", gateway.tags(), tag)
}

fn address(address: &NatGatewayAddress) -> Map {
    Map::new()
        .with_some("AllocationId", address.allocation_id())
        .with_some("AssociationId", address.association_id())
        .with_some("PublicIp", address.public_ip())
        .with_some("PrivateIp", address.private_ip())
        .with_some("NetworkInterfaceId", address.network_interface_id())
        .with_some("IsPrimary", address.is_primary())
        .with_word("Status", address.status())
        .with_some("FailureMessage", address.failure_message())
}
