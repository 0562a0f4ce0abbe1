//! NAT gateways.

use super::attribute;
use super::{
    Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Overlap, Removing, Resource,
    State, Wait,
};
use crate::call::{Map, Value};

/// A public NAT gateway, which stands in a subnet behind an Elastic IP.
pub static NAT_GATEWAY: Kind = Kind {
    name: "nat-gateway",
    describe: Some(Describe {
        action: "DescribeNatGateways",
        resource_type: "natgateway",
        list: &["NatGateways"],
        id_filter: "nat-gateway-id",
        ..Describe::PLAIN
    }),
    id: "NatGatewayId",
    attributes: &[
        Attribute::new("subnet", Change::Replaces("a NAT gateway cannot move to another subnet")),
        Attribute::lenient("address", Change::Replaces("a NAT gateway keeps its address")),
    ],
    loses: Some("connections through it break"),
    // An Elastic IP is in one gateway at a time.
    overlap: Overlap::NewFirstFor("address"),
    read,
    state,
    create,
    delete,
    claims,
    summary: |attributes| format!("in {}", attributes.get("subnet").map(Value::plain_text).unwrap_or_default()),
    outputs,
    ..Kind::PLAIN
};

fn address(item: &Map) -> Option<&Map> {
    item.list("NatGatewayAddresses").iter().find_map(Value::as_map)
}

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let allocation = address(item).map(|address| address.text("AllocationId")).filter(|id| !id.is_empty());
    Map::new().with("vpc", item.text("VpcId")).with("subnet", item.text("SubnetId")).with_some("address", allocation)
}

/// EC2 API Reference, "NatGateway".
fn state(item: &Map) -> State {
    match item.text("State") {
        "pending" => State::Pending,
        "failed" => State::Failed(format!("{}: {}", item.text("FailureCode"), item.text("FailureMessage"))),
        "deleting" => State::Going,
        "deleted" => State::Gone,
        _ => State::Ready,
    }
}

fn create(gateway: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("SubnetId", attribute(&gateway.attributes, "subnet"))
        .with("AllocationId", attribute(&gateway.attributes, "address"))
        .with("ConnectivityType", "public")
        .with("TagSpecifications", gateway.tag_specifications(making.stack, &["natgateway"]));
    vec![
        Op::new("CreateNatGateway", parameters)
            .gives(&gateway.address, "NatGateway.NatGatewayId")
            .shows("NatGateway")
            .wait(Wait::Ready),
    ]
}

/// Its address and its place in the subnet are free when it is gone (VPC User Guide, "NAT gateway basics").
fn delete(gateway: &Observed, _: Removing) -> Vec<Op> {
    let parameters = Map::new().with("NatGatewayId", gateway.id.clone());
    vec![Op::new("DeleteNatGateway", parameters).wait(Wait::Gone)]
}

fn claims(attributes: &Map) -> Vec<Claim> {
    vec![Claim { scope: attribute(attributes, "address"), on: ClaimOn::Name("address".into()) }]
}

fn outputs(item: &Map) -> Map {
    let public = address(item).map(|address| address.text("PublicIp")).filter(|ip| !ip.is_empty());
    Map::new().with("id", item.text("NatGatewayId")).with_some("public_ip", public)
}
