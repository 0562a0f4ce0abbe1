//! Egress-only internet gateways.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{EgressOnlyInternetGateway, InternetGatewayAttachment};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("CreateEgressOnlyInternetGateway", create),
    ("DeleteEgressOnlyInternetGateway", delete),
    ("DescribeEgressOnlyInternetGateways", describe),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_egress_only_internet_gateways(), parameters)
        .set_egress_only_internet_gateway_ids(parameters.texts("EgressOnlyInternetGatewayIds"));
    sending(request.send(), |answer| {
        page("EgressOnlyInternetGateways", answer.egress_only_internet_gateways(), gateway, answer.next_token())
    })
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_egress_only_internet_gateway()
        .set_vpc_id(parameters.text("VpcId"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("EgressOnlyInternetGateway", answer.egress_only_internet_gateway().map(gateway))
            .with_some("ClientToken", answer.client_token())
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .delete_egress_only_internet_gateway()
        .set_egress_only_internet_gateway_id(parameters.text("EgressOnlyInternetGatewayId"));
    sending(request.send(), |answer| Map::new().with_some("ReturnCode", answer.return_code()))
}

fn gateway(gateway: &EgressOnlyInternetGateway) -> Map {
    Map::new()
        .with_some("EgressOnlyInternetGatewayId", gateway.egress_only_internet_gateway_id())
        .with_each("Attachments", gateway.attachments(), attachment)
        .with_each("Tags", gateway.tags(), tag)
}

fn attachment(attachment: &InternetGatewayAttachment) -> Map {
    Map::new().with_some("VpcId", attachment.vpc_id()).with_word("State", attachment.state())
}
