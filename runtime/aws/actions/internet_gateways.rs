//! Internet gateways.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{InternetGateway, InternetGatewayAttachment};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AttachInternetGateway", attach),
    ("CreateInternetGateway", create),
    ("DeleteInternetGateway", delete),
    ("DescribeInternetGateways", describe),
    ("DetachInternetGateway", detach),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_internet_gateways(), parameters)
        .set_internet_gateway_ids(parameters.texts("InternetGatewayIds"));
    sending(request.send(), |answer| page("InternetGateways", answer.internet_gateways(), gateway, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.create_internet_gateway().set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("InternetGateway", answer.internet_gateway().map(gateway)))
}

fn attach(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .attach_internet_gateway()
        .set_internet_gateway_id(parameters.text("InternetGatewayId"))
        .set_vpc_id(parameters.text("VpcId"));
    sending(request.send(), nothing)
}

fn detach(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .detach_internet_gateway()
        .set_internet_gateway_id(parameters.text("InternetGatewayId"))
        .set_vpc_id(parameters.text("VpcId"));
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_internet_gateway().set_internet_gateway_id(parameters.text("InternetGatewayId"));
    sending(request.send(), nothing)
}

fn gateway(gateway: &InternetGateway) -> Map {
    Map::new()
        .with_some("InternetGatewayId", gateway.internet_gateway_id())
        .with_some("OwnerId", gateway.owner_id())
        .with_each("Attachments", gateway.attachments(), attachment)
        .with_each("Tags", gateway.tags(), tag)
}

fn attachment(attachment: &InternetGatewayAttachment) -> Map {
    Map::new().with_some("VpcId", attachment.vpc_id()).with_word("State", attachment.state())
}
