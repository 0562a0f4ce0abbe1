//! VPCs.

use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Observed, Op, Removing, Resource, Updating, Wait};
use super::{REGIONS_TAG, tags};
use super::{attribute, attribute_value, pending_or_available};
use crate::call::{Call, Map, Value};

/// A VPC with its DNS switches. Its main route table, default network ACL and default security group come and go
/// with it.
pub static VPC: Kind = Kind {
    name: "vpc",
    describe: Some(Describe {
        action: "DescribeVpcs",
        resource_type: "vpc",
        list: &["Vpcs"],
        id_filter: "vpc-id",
        details,
        ..Describe::PLAIN
    }),
    id: "VpcId",
    attributes: &[
        Attribute::new("cidr", Change::Replaces("the primary block of a VPC is fixed when it is made")),
        Attribute::new("tenancy", Change::Replaces("the tenancy of a VPC is fixed when it is made")),
        Attribute::new("dns_support", Change::InPlace),
        Attribute::new("dns_hostnames", Change::InPlace),
        Attribute::new("regions", Change::InPlace),
    ],
    loses: Some("everything in it is made anew"),
    read,
    state: pending_or_available,
    create,
    update,
    delete,
    summary: |attributes| attributes.text("cidr").to_owned(),
    outputs: |item| Map::new().with("id", item.text("VpcId")),
    ..Kind::PLAIN
};

/// The switches are in no listing. Public names need Amazon's DNS (EC2 API Reference, "ModifyVpcAttribute"), so where
/// the one switch is on, so is the other.
fn details(item: &Map) -> Vec<Call> {
    let ask = |attribute: &str| {
        Call::new("DescribeVpcAttribute", Map::new().with("VpcId", item.text("VpcId")).with("Attribute", attribute))
    };
    let hostnames = item.map("EnableDnsHostnames").map(|value| value.is_true("Value"));
    match (hostnames, item.get("EnableDnsSupport")) {
        (None, _) => vec![ask("enableDnsHostnames")],
        (Some(false), None) => vec![ask("enableDnsSupport")],
        _ => Vec::new(),
    }
}

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let hostnames = item.map("EnableDnsHostnames").is_some_and(|value| value.is_true("Value"));
    let support = item.map("EnableDnsSupport").is_none_or(|value| value.is_true("Value"));
    Map::new()
        .with("cidr", item.text("CidrBlock"))
        .with("tenancy", item.text("InstanceTenancy"))
        .with("dns_support", support)
        .with("dns_hostnames", hostnames)
        .with_some("regions", tags::get(item, REGIONS_TAG))
}

fn create(vpc: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("CidrBlock", attribute(&vpc.attributes, "cidr"))
        .with("InstanceTenancy", attribute(&vpc.attributes, "tenancy"))
        .with("TagSpecifications", vpc.tag_specifications(making.stack, &["vpc"]));
    let mut ops = vec![Op::new("CreateVpc", parameters).gives(&vpc.address, "Vpc.VpcId").wait(Wait::Ready)];
    // A new VPC has support on and hostnames off (EC2 API Reference, "ModifyVpcAttribute").
    let (support, hostnames) = switches(&vpc.attributes);
    if !support {
        ops.push(switch((&vpc.address).into(), "EnableDnsSupport", false));
    }
    if hostnames {
        ops.push(switch((&vpc.address).into(), "EnableDnsHostnames", true));
    }
    ops
}

fn switches(attributes: &Map) -> (bool, bool) {
    (attributes.is_true("dns_support"), attributes.is_true("dns_hostnames"))
}

/// One switch a call: EC2 takes no two at once.
fn switch(id: Value, name: &'static str, on: bool) -> Op {
    Op::new("ModifyVpcAttribute", Map::new().with("VpcId", id).with(name, attribute_value(on)))
}

fn update(updating: &Updating) -> Vec<Op> {
    let (support, hostnames) = switches(&updating.after.attributes);
    let support_op = updating.has("dns_support").then(|| switch(updating.id(), "EnableDnsSupport", support));
    let hostnames_op = updating.has("dns_hostnames").then(|| switch(updating.id(), "EnableDnsHostnames", hostnames));
    // Hostnames need support: it comes first and goes last.
    let ops = if support { [support_op, hostnames_op] } else { [hostnames_op, support_op] };
    let regions_op = updating.has("regions").then(|| tags::set_mark(updating, REGIONS_TAG));
    ops.into_iter().chain([regions_op]).flatten().collect()
}

fn delete(vpc: &Observed, _: Removing) -> Vec<Op> {
    vec![Op::new("DeleteVpc", Map::new().with("VpcId", vpc.id.clone()))]
}
