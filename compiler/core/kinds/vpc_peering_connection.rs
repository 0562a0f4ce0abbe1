//! VPC peering connections.

use super::attribute;
use super::{
    Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Overlap, Removing, Resource,
    State, Wait,
};
use crate::call::{Map, Value};
use ecow::{EcoString, eco_format};

const FIXED: Change = Change::Replaces("a peering is between the networks that it was made for");

/// A peering connection. Between networks of the program it is accepted at once; otherwise it waits for whoever has the
/// other VPC.
pub static VPC_PEERING_CONNECTION: Kind = Kind {
    name: "vpc-peering-connection",
    describe: Some(Describe {
        action: "DescribeVpcPeeringConnections",
        resource_type: "vpc-peering-connection",
        list: &["VpcPeeringConnections"],
        id_filter: "vpc-peering-connection-id",

        ..Describe::PLAIN
    }),
    id: "VpcPeeringConnectionId",
    attributes: &[
        Attribute::new("vpc", FIXED),
        Attribute::new("peer_vpc", FIXED),
        Attribute::lenient("peer_account", FIXED),
        Attribute::lenient("peer_region", FIXED),
        Attribute::lenient("accepted", Change::InPlace),
    ],
    loses: Some("the networks do not reach each other meanwhile"),
    // Two VPCs have one at a time.
    overlap: Overlap::OldFirst,
    read,
    state,
    create,
    update: |updating| vec![accept(updating.id(), &updating.after.attributes)],
    delete,
    claims,
    summary,
    outputs: |item| Map::new().with("id", item.text("VpcPeeringConnectionId")).with("status", code(item)),
    ..Kind::PLAIN
};

fn code(item: &Map) -> &str {
    item.map("Status").map_or("", |status| status.text("Code"))
}

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let side = |side: &str, member: &str| {
        item.map(side).map(|side| EcoString::from(side.text(member))).filter(|text| !text.is_empty())
    };
    Map::new()
        .with_some("vpc", side("RequesterVpcInfo", "VpcId"))
        .with_some("peer_vpc", side("AccepterVpcInfo", "VpcId"))
        .with_some("peer_account", side("AccepterVpcInfo", "OwnerId"))
        .with_some("peer_region", side("AccepterVpcInfo", "Region"))
        .with("accepted", code(item) == "active")
}

/// What waits to be accepted is there, and switched off (EC2 API Reference, "VpcPeeringConnectionStateReason").
fn state(item: &Map) -> State {
    match code(item) {
        "initiating-request" | "provisioning" => State::Pending,
        "pending-acceptance" => State::Stopped,
        "deleting" => State::Going,
        "deleted" => State::Gone,
        code @ ("failed" | "rejected" | "expired") => {
            let message = item.map("Status").map_or("", |status| status.text("Message"));
            State::Failed(if message.is_empty() { format!("its state is {code}") } else { message.to_owned() })
        }
        _ => State::Ready,
    }
}

fn create(peering: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &peering.attributes;
    let parameters = Map::new()
        .with("VpcId", attribute(attributes, "vpc"))
        .with("PeerVpcId", attribute(attributes, "peer_vpc"))
        .with_some("PeerOwnerId", attributes.get("peer_account"))
        .with_some("PeerRegion", attributes.get("peer_region"))
        .with("TagSpecifications", peering.tag_specifications(making.stack, &["vpc-peering-connection"]));
    let request = Op::new("CreateVpcPeeringConnection", parameters)
        .gives(&peering.address, "VpcPeeringConnection.VpcPeeringConnectionId")
        .shows("VpcPeeringConnection");
    if !attributes.is_true("accepted") {
        // EC2 finds out a moment later whether there can be such a peering.
        return vec![request.wait(Wait::Either)];
    }
    // It can be accepted when both sides know of it.
    vec![request.wait(Wait::Stopped), accept((&peering.address).into(), attributes)]
}

/// The one who has the other VPC accepts, in the region of that one (VPC Peering Guide, "Accept a VPC peering
/// connection").
fn accept(id: Value, attributes: &Map) -> Op {
    let region = attributes.get("peer_region").and_then(Value::as_text);
    Op::new("AcceptVpcPeeringConnection", Map::new().with("VpcPeeringConnectionId", id))
        .in_region(region)
        .wait(Wait::Ready)
}

/// One that has failed goes by itself, and EC2 does not let it be deleted (VPC Peering Guide, "Delete a VPC peering
/// connection").
fn delete(peering: &Observed, _: Removing) -> Vec<Op> {
    let failed = matches!(peering.state, State::Failed(_));
    let parameters = Map::new().with("VpcPeeringConnectionId", peering.id.clone());
    (!failed).then(|| Op::new("DeleteVpcPeeringConnection", parameters).wait(Wait::Gone)).into_iter().collect()
}

fn claims(attributes: &Map) -> Vec<Claim> {
    let other = attributes.get("peer_vpc").map(Value::plain_text).unwrap_or_default();
    vec![Claim { scope: attribute(attributes, "vpc"), on: ClaimOn::Name(eco_format!("peer {other}")) }]
}

fn summary(attributes: &Map) -> String {
    let text = |name: &str| attributes.get(name).map(Value::plain_text).unwrap_or_default();
    let far = if attributes.is_true("accepted") { "" } else { ", which its owner has to accept" };
    format!("{} to {}{far}", text("vpc"), text("peer_vpc"))
}
