//! Customer gateways.

use super::attribute;
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Op, Resource, State};
use crate::call::{Map, Value};

const FIXED: Change = Change::Replaces("a customer gateway cannot be changed");

/// What EC2 knows of the far end of VPN connections.
pub static CUSTOMER_GATEWAY: Kind = Kind {
    name: "customer-gateway",
    describe: Some(Describe {
        action: "DescribeCustomerGateways",
        resource_type: "customer-gateway",
        list: &["CustomerGateways"],
        page: None,
        id_filter: "customer-gateway-id",
        ..Describe::PLAIN
    }),
    id: "CustomerGatewayId",
    attributes: &[Attribute::new("ip", FIXED), Attribute::new("asn", FIXED)],
    read,
    state,
    create,
    delete: |gateway, _| {
        vec![Op::new("DeleteCustomerGateway", Map::new().with("CustomerGatewayId", gateway.id.clone()))]
    },
    summary: |attributes| {
        let asn = attributes.get("asn").map(Value::plain_text).unwrap_or_default();
        format!("{}, AS {asn}", attributes.text("ip"))
    },
    outputs: |item| Map::new().with("id", item.text("CustomerGatewayId")),
    ..Kind::PLAIN
};

/// EC2 tells a number of 32 bits in a member of its own (EC2 API Reference, "CustomerGateway").
fn read(item: &Item, _: &Live) -> Map {
    let number = |name: &str| item.members.text(name).parse::<i64>().ok();
    Map::new()
        .with("ip", item.members.text("IpAddress"))
        .with_some("asn", number("BgpAsnExtended").or(number("BgpAsn")))
}

/// EC2 API Reference, "CustomerGateway".
fn state(item: &Map) -> State {
    match item.text("State") {
        "pending" => State::Pending,
        "deleting" => State::Going,
        "deleted" => State::Gone,
        _ => State::Ready,
    }
}

fn create(gateway: &Resource, making: &Making) -> Vec<Op> {
    let asn = attribute(&gateway.attributes, "asn");
    let member = if asn.as_int() > Some(i32::MAX.into()) { "BgpAsnExtended" } else { "BgpAsn" };
    let parameters = Map::new()
        .with("Type", "ipsec.1")
        .with("IpAddress", attribute(&gateway.attributes, "ip"))
        .with(member, asn)
        .with("TagSpecifications", gateway.tag_specifications(making.stack, &["customer-gateway"]));
    vec![
        Op::new("CreateCustomerGateway", parameters)
            .gives(&gateway.address, "CustomerGateway.CustomerGatewayId")
            .shows("CustomerGateway"),
    ]
}
