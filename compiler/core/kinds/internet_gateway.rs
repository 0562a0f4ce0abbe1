//! Internet gateways.

use super::attribute;
use super::{
    Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Overlap, Removing, Resource,
    Updating,
};
use crate::call::{Map, Value};

/// An internet gateway, and that it is attached to a VPC.
pub static INTERNET_GATEWAY: Kind = Kind {
    name: "internet-gateway",
    describe: Some(Describe {
        action: "DescribeInternetGateways",
        resource_type: "internet-gateway",
        list: &["InternetGateways"],
        id_filter: "internet-gateway-id",
        ..Describe::PLAIN
    }),
    id: "InternetGatewayId",
    attributes: &[Attribute::new("vpc", Change::InPlace)],
    // A VPC takes one at a time.
    overlap: Overlap::OldFirst,
    // While anything in the VPC has a public address, the gateway cannot be detached (EC2 API Reference,
    // "DetachInternetGateway").
    goes_after: &["instance", "nat-gateway", "elastic-ip-association"],
    read,
    create,
    update,
    delete,
    claims: |attributes| {
        vec![Claim { scope: attribute(attributes, "vpc"), on: ClaimOn::Name("internet-gateway".into()) }]
    },
    summary: |_| String::new(),
    outputs: |item| Map::new().with("id", item.text("InternetGatewayId")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    let attachment = item
        .members
        .list("Attachments")
        .iter()
        .filter_map(Value::as_map)
        .find(|attachment| attachment.text("State") != "detached");
    Map::new().with_some("vpc", attachment.map(|attachment| attachment.text("VpcId")))
}

fn create(gateway: &Resource, making: &Making) -> Vec<Op> {
    let parameters =
        Map::new().with("TagSpecifications", gateway.tag_specifications(making.stack, &["internet-gateway"]));
    vec![
        Op::new("CreateInternetGateway", parameters).gives(&gateway.address, "InternetGateway.InternetGatewayId"),
        attach("AttachInternetGateway", (&gateway.address).into(), &gateway.attributes),
    ]
}

fn attach(action: &'static str, id: Value, attributes: &Map) -> Op {
    Op::new(action, Map::new().with("InternetGatewayId", id).with("VpcId", attribute(attributes, "vpc")))
}

fn update(updating: &Updating) -> Vec<Op> {
    let detach = updating
        .before
        .attributes
        .get("vpc")
        .map(|_| attach("DetachInternetGateway", updating.id(), &updating.before.attributes));
    let attach = attach("AttachInternetGateway", updating.id(), &updating.after.attributes);
    detach.into_iter().chain([attach]).collect()
}

fn delete(gateway: &Observed, _: Removing) -> Vec<Op> {
    let id = Value::from(gateway.id.clone());
    let detach =
        gateway.attributes.get("vpc").map(|_| attach("DetachInternetGateway", id.clone(), &gateway.attributes));
    detach.into_iter().chain([Op::new("DeleteInternetGateway", Map::new().with("InternetGatewayId", id))]).collect()
}
