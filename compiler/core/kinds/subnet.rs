//! Subnets.

use super::{
    Attribute, Change, Claim, ClaimOn, Describe, Effect, Item, Kind, Live, Making, Observed, Op, Overlap, Removing,
    Resource, State, Updating, Wait,
};
use super::{attribute, attribute_value, network_acl, pending_or_available};
use crate::call::{Map, Value};

/// A subnet, and the route table and network ACL that it uses; the VPC's main and default ones if it names none.
pub static SUBNET: Kind = Kind {
    name: "subnet",
    describe: Some(Describe {
        action: "DescribeSubnets",
        resource_type: "subnet",
        list: &["Subnets"],
        id_filter: "subnet-id",
        ..Describe::PLAIN
    }),
    id: "SubnetId",
    attributes: &[
        Attribute::new("vpc", Change::Replaces("a subnet cannot move to another VPC")),
        Attribute::new("cidr", Change::Replaces("the block of a subnet is fixed when it is made")),
        Attribute::new("zone", Change::Replaces("a subnet cannot move to another zone")),
        Attribute::new("public", Change::InPlace),
        Attribute::new("ipv6", Change::Gained("what stands in a subnet keeps addresses of its IPv6 block")),
        Attribute::lenient("ipv6_on_launch", Change::InPlace),
        Attribute::new("table", Change::InPlace),
        Attribute::new("acl", Change::InPlace),
    ],
    loses: Some("everything in it is made anew"),
    overlap: Overlap::OldFirst,
    effect,
    read,
    state,
    create,
    update,
    delete,
    claims,
    summary,
    outputs: |item| Map::new().with("id", item.text("SubnetId")),
    ..Kind::PLAIN
};

/// It is ready once its IPv6 block is, too.
fn state(item: &Map) -> State {
    let blocks = item.list("Ipv6CidrBlockAssociationSet").iter().filter_map(Value::as_map);
    let mut states = blocks.filter_map(|block| block.map("Ipv6CidrBlockState"));
    if states.any(|state| state.text("State") == "associating") { State::Pending } else { pending_or_available(item) }
}

fn read(item: &Item, live: &Live) -> Map {
    let item = &item.members;
    let table = live.table_of(item.text("SubnetId"));
    let ipv6 = live.ipv6_of(item);
    let acl = live.acl_of(item.text("SubnetId"));
    Map::new()
        .with("vpc", item.text("VpcId"))
        .with("cidr", item.text("CidrBlock"))
        .with("zone", item.text("AvailabilityZone"))
        .with("public", item.is_true("MapPublicIpOnLaunch"))
        .with_some("ipv6", ipv6.as_ref().map(|ipv6| ipv6.place))
        .with_some("ipv6_of", ipv6.as_ref().map(|ipv6| &ipv6.whole))
        .with_some("ipv6_on_launch", ipv6.as_ref().map(|_| item.is_true("AssignIpv6AddressOnCreation")))
        .with_some("block", live.block_of(item))
        .with_some("table", table.map(|(table, _)| table.clone()))
        .with_some("association", table.map(|(_, association)| association.clone()))
        .with_some("acl", acl.and_then(|(acl, _)| acl.clone()))
        .with_some("acl_association", acl.map(|(_, association)| association.clone()))
}

fn create(subnet: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &subnet.attributes;
    let parameters = Map::new()
        .with("VpcId", attribute(attributes, "vpc"))
        .with("CidrBlock", attribute(attributes, "cidr"))
        .with("AvailabilityZone", attribute(attributes, "zone"))
        .with("TagSpecifications", subnet.tag_specifications(making.stack, &["subnet"]));
    let parameters = parameters.with_some("Ipv6CidrBlock", ipv6_block(attributes));
    let id = || Value::from(&subnet.address);
    let mut ops = vec![Op::new("CreateSubnet", parameters).gives(&subnet.address, "Subnet.SubnetId").wait(Wait::Ready)];
    if attributes.is_true("public") {
        ops.push(map_public(id(), true));
    }
    if attributes.get("ipv6").is_some() {
        ops.push(assign_ipv6(id()));
    }
    ops.extend(attributes.get("table").map(|table| associate(id(), table)));
    ops.extend(attributes.get("acl").into_iter().flat_map(|acl| network_acl::put_on(subnet, id(), None, Some(acl))));
    ops
}

fn map_public(id: Value, on: bool) -> Op {
    Op::new("ModifySubnetAttribute", Map::new().with("SubnetId", id).with("MapPublicIpOnLaunch", attribute_value(on)))
}

/// Instances get an address from the subnet's IPv6 block.
fn assign_ipv6(id: Value) -> Op {
    let parameters = Map::new().with("SubnetId", id).with("AssignIpv6AddressOnCreation", attribute_value(true));
    Op::new("ModifySubnetAttribute", parameters)
}

/// The /64 of a subnet, as a reference: it is known once the VPC's block is.
fn ipv6_block(attributes: &Map) -> Option<Value> {
    let place = attributes.get("ipv6")?.as_int()?;
    let Some(Value::Ref(whole)) = attributes.get("ipv6_of") else { return None };
    Some(Value::Ref(whole.part(&place.to_string())))
}

fn add_ipv6(updating: &Updating) -> Vec<Op> {
    let Some(block) = ipv6_block(&updating.after.attributes) else { return Vec::new() };
    let parameters = Map::new().with("SubnetId", updating.id()).with("Ipv6CidrBlock", block);
    vec![Op::new("AssociateSubnetCidrBlock", parameters).wait(Wait::Ready), assign_ipv6(updating.id())]
}

fn associate(id: Value, table: &Value) -> Op {
    Op::new("AssociateRouteTable", Map::new().with("RouteTableId", table).with("SubnetId", id))
}

/// An ACL of its own in place of the VPC's default one, which lets everything through unless somebody has changed it,
/// shuts; the other way round it opens.
fn effect(updating: &Updating) -> Effect {
    let acl = |attributes: &Map| updating.has("acl") && attributes.get("acl").is_some();
    let table = updating.has("table");
    Effect::of_anything(table || acl(&updating.before.attributes), table || acl(&updating.after.attributes))
}

fn change_acl(updating: &Updating) -> Vec<Op> {
    let association = updating.before.attributes.get("acl_association");
    let acl = updating.after.attributes.get("acl");
    network_acl::put_on(updating.after, updating.id(), association, acl)
}

/// What may shut comes before what may open.
fn update(updating: &Updating) -> Vec<Op> {
    let table = updating.has("table").then(|| change_table(updating));
    let acl = if updating.has("acl") { change_acl(updating) } else { Vec::new() };
    let mut ops: Vec<Op> = match updating.after.attributes.get("acl") {
        Some(_) => acl.into_iter().chain(table).collect(),
        None => table.into_iter().chain(acl).collect(),
    };
    if updating.has("public") {
        ops.push(map_public(updating.id(), updating.after.attributes.is_true("public")));
    }
    if updating.has("ipv6") {
        ops.extend(add_ipv6(updating));
    } else if updating.has("ipv6_on_launch") {
        ops.push(assign_ipv6(updating.id()));
    }
    ops
}

/// From one table to another in one call, so that at no instant the subnet is on the main one.
fn change_table(updating: &Updating) -> Op {
    let association = updating.before.attributes.get("association");
    match (association, updating.after.attributes.get("table")) {
        (Some(association), Some(table)) => {
            let parameters = Map::new().with("AssociationId", association).with("RouteTableId", table);
            Op::new("ReplaceRouteTableAssociation", parameters)
        }
        (None, Some(table)) => associate(updating.id(), table),
        (association, None) => Op::new("DisassociateRouteTable", Map::new().with_some("AssociationId", association)),
    }
}

fn delete(subnet: &Observed, _: Removing) -> Vec<Op> {
    let association = subnet.attributes.get("association");
    let disassociate = association.map(|id| Op::new("DisassociateRouteTable", Map::new().with("AssociationId", id)));
    let delete = Op::new("DeleteSubnet", Map::new().with("SubnetId", subnet.id.clone()));
    disassociate.into_iter().chain([delete]).collect()
}

fn claims(attributes: &Map) -> Vec<Claim> {
    let block = attributes.text("cidr").parse().ok();
    block.map(|block| Claim { scope: attribute(attributes, "vpc"), on: ClaimOn::Block(block) }).into_iter().collect()
}

fn summary(attributes: &Map) -> String {
    let public = if attributes.is_true("public") { ", public" } else { "" };
    let ipv6 = attributes.get("ipv6").and_then(Value::as_int).map(|place| format!(" and IPv6 /64 number {place}"));
    format!("{}{} in {}{public}", attributes.text("cidr"), ipv6.unwrap_or_default(), attributes.text("zone"))
}
