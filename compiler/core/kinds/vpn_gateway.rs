//! Virtual private gateways.

use super::attribute;
use super::{
    Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Overlap, Removing, Resource,
    State, Updating, Wait,
};
use crate::call::{Map, Value};

/// A virtual private gateway, and that it is attached to a VPC.
pub static VPN_GATEWAY: Kind = Kind {
    name: "vpn-gateway",
    describe: Some(Describe {
        action: "DescribeVpnGateways",
        resource_type: "vpn-gateway",
        list: &["VpnGateways"],
        page: None,
        id_filter: "vpn-gateway-id",
        ..Describe::PLAIN
    }),
    id: "VpnGatewayId",
    attributes: &[
        Attribute::new("vpc", Change::InPlace),
        Attribute::lenient("asn", Change::Replaces("the AS number of a VPN gateway is fixed when it is made")),
    ],
    loses: Some("its VPN connections are made anew"),
    // A VPC takes one at a time.
    overlap: Overlap::OldFirst,
    read,
    state,
    create,
    update,
    delete,
    claims: |attributes| vec![Claim { scope: attribute(attributes, "vpc"), on: ClaimOn::Name("vpn-gateway".into()) }],
    summary: |attributes| attributes.get("asn").map(|asn| format!("AS {}", asn.plain_text())).unwrap_or_default(),
    outputs: |item| Map::new().with("id", item.text("VpnGatewayId")),
    ..Kind::PLAIN
};

fn attachment(item: &Map) -> Option<&Map> {
    let attachments = item.list("VpcAttachments").iter().filter_map(Value::as_map);
    attachments.into_iter().find(|attachment| attachment.text("State") != "detached")
}

fn read(item: &Item, _: &Live) -> Map {
    let vpc = attachment(&item.members).map(|attachment| attachment.text("VpcId"));
    let asn = item.members.get("AmazonSideAsn").filter(|asn| asn.as_int().is_some());
    Map::new().with_some("vpc", vpc).with_some("asn", asn)
}

/// It is there when it is attached, and switched off while it is not (EC2 API Reference, "VpnGateway").
fn state(item: &Map) -> State {
    match (item.text("State"), attachment(item).map(|attachment| attachment.text("State"))) {
        ("deleting", _) => State::Going,
        ("deleted", _) => State::Gone,
        (_, None) => State::Stopped,
        (_, Some("attached")) => State::Ready,
        _ => State::Pending,
    }
}

fn create(gateway: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("Type", "ipsec.1")
        .with_some("AmazonSideAsn", gateway.attributes.get("asn"))
        .with("TagSpecifications", gateway.tag_specifications(making.stack, &["vpn-gateway"]));
    vec![
        Op::new("CreateVpnGateway", parameters).gives(&gateway.address, "VpnGateway.VpnGatewayId").shows("VpnGateway"),
        attach("AttachVpnGateway", (&gateway.address).into(), &gateway.attributes).wait(Wait::Ready),
    ]
}

fn attach(action: &'static str, id: Value, attributes: &Map) -> Op {
    Op::new(action, Map::new().with("VpnGatewayId", id).with("VpcId", attribute(attributes, "vpc")))
}

/// It takes its connections along to another VPC.
fn update(updating: &Updating) -> Vec<Op> {
    let before = &updating.before.attributes;
    let detach = || attach("DetachVpnGateway", updating.id(), before).wait(Wait::Stopped);
    let detach = before.get("vpc").map(|_| detach());
    let attach = attach("AttachVpnGateway", updating.id(), &updating.after.attributes).wait(Wait::Ready);
    detach.into_iter().chain([attach]).collect()
}

fn delete(gateway: &Observed, _: Removing) -> Vec<Op> {
    let id = Value::from(gateway.id.clone());
    let detach = || attach("DetachVpnGateway", id.clone(), &gateway.attributes).wait(Wait::Stopped);
    let detach = gateway.attributes.get("vpc").map(|_| detach());
    detach.into_iter().chain([Op::new("DeleteVpnGateway", Map::new().with("VpnGatewayId", id.clone()))]).collect()
}
