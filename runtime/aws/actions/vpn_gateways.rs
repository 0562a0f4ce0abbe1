//! Virtual private gateways.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{VpcAttachment, VpnGateway};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AttachVpnGateway", attach),
    ("CreateVpnGateway", create),
    ("DeleteVpnGateway", delete),
    ("DescribeVpnGateways", describe),
    ("DetachVpnGateway", detach),
];

/// This listing has no pages.
fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_vpn_gateways()
        .set_filters(parameters.filters())
        .set_vpn_gateway_ids(parameters.texts("VpnGatewayIds"));
    sending(request.send(), |answer| Map::new().with_each("VpnGateways", answer.vpn_gateways(), gateway))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_vpn_gateway()
        .set_type(parameters.word("Type"))
        .set_amazon_side_asn(parameters.long("AmazonSideAsn"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("VpnGateway", answer.vpn_gateway().map(gateway)))
}

fn attach(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .attach_vpn_gateway()
        .set_vpn_gateway_id(parameters.text("VpnGatewayId"))
        .set_vpc_id(parameters.text("VpcId"));
    sending(request.send(), |answer| Map::new().with_some("VpcAttachment", answer.vpc_attachment().map(attachment)))
}

fn detach(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .detach_vpn_gateway()
        .set_vpn_gateway_id(parameters.text("VpnGatewayId"))
        .set_vpc_id(parameters.text("VpcId"));
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(ec2.delete_vpn_gateway().set_vpn_gateway_id(parameters.text("VpnGatewayId")).send(), nothing)
}

fn gateway(gateway: &VpnGateway) -> Map {
    Map::new()
        .with_some("VpnGatewayId", gateway.vpn_gateway_id())
        .with_word("State", gateway.state())
        .with_word("Type", gateway.r#type())
        .with_some("AmazonSideAsn", gateway.amazon_side_asn())
        .with_each("VpcAttachments", gateway.vpc_attachments(), attachment)
        .with_each("Tags", gateway.tags(), tag)
}

fn attachment(attachment: &VpcAttachment) -> Map {
    Map::new().with_word("State", attachment.state()).with_some("VpcId", attachment.vpc_id())
}
