//! Customer gateways.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::CustomerGateway;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] =
    &[("CreateCustomerGateway", create), ("DeleteCustomerGateway", delete), ("DescribeCustomerGateways", describe)];

/// This listing has no pages.
fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_customer_gateways()
        .set_filters(parameters.filters())
        .set_customer_gateway_ids(parameters.texts("CustomerGatewayIds"));
    sending(request.send(), |answer| Map::new().with_each("CustomerGateways", answer.customer_gateways(), gateway))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_customer_gateway()
        .set_type(parameters.word("Type"))
        .set_ip_address(parameters.text("IpAddress"))
        .set_bgp_asn(parameters.number("BgpAsn"))
        .set_device_name(parameters.text("DeviceName"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("CustomerGateway", answer.customer_gateway().map(gateway)))
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_customer_gateway().set_customer_gateway_id(parameters.text("CustomerGatewayId"));
    sending(request.send(), nothing)
}

fn gateway(gateway: &CustomerGateway) -> Map {
    Map::new()
        .with_some("CustomerGatewayId", gateway.customer_gateway_id())
        .with_some("State", gateway.state())
        .with_some("Type", gateway.r#type())
        .with_some("IpAddress", gateway.ip_address())
        .with_some("BgpAsn", gateway.bgp_asn())
        .with_some("DeviceName", gateway.device_name())
        .with_each("Tags", gateway.tags(), tag)
}
