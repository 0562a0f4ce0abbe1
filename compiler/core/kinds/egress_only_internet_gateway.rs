//! Egress-only internet gateways.

use super::attribute;
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Op, Resource};
use crate::call::{Map, Value};

/// A way out for IPv6, and none in.
pub static EGRESS_ONLY_INTERNET_GATEWAY: Kind = Kind {
    name: "egress-only-internet-gateway",
    describe: Some(Describe {
        action: "DescribeEgressOnlyInternetGateways",
        resource_type: "egress-only-internet-gateway",
        list: &["EgressOnlyInternetGateways"],
        page: Some(255),
        // It has no filter by id; nobody waits for one.
        id_filter: "",
        ..Describe::PLAIN
    }),
    id: "EgressOnlyInternetGatewayId",
    attributes: &[Attribute::new("vpc", Change::Replaces("an egress-only gateway cannot move to another VPC"))],
    read,
    create,
    delete: |gateway, _| {
        let parameters = Map::new().with("EgressOnlyInternetGatewayId", gateway.id.clone());
        vec![Op::new("DeleteEgressOnlyInternetGateway", parameters)]
    },
    summary: |_| String::new(),
    outputs: |item| Map::new().with("id", item.text("EgressOnlyInternetGatewayId")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    let attachment = item.members.list("Attachments").iter().find_map(Value::as_map);
    Map::new().with_some("vpc", attachment.map(|attachment| attachment.text("VpcId")))
}

fn create(gateway: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("VpcId", attribute(&gateway.attributes, "vpc"))
        .with("TagSpecifications", gateway.tag_specifications(making.stack, &["egress-only-internet-gateway"]));
    vec![
        Op::new("CreateEgressOnlyInternetGateway", parameters)
            .gives(&gateway.address, "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId")
            .shows("EgressOnlyInternetGateway"),
    ]
}
