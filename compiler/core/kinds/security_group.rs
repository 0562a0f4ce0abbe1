//! Security groups, without their rules: those are a kind of their own, so that groups can name each other.

use super::attribute;
use super::{Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Removing, Resource};
use crate::call::Map;
use ecow::{EcoString, eco_format};

/// A security group.
pub static SECURITY_GROUP: Kind = Kind {
    name: "security-group",
    describe: Some(Describe {
        action: "DescribeSecurityGroups",
        resource_type: "security-group",
        list: &["SecurityGroups"],
        id_filter: "group-id",
        ..Describe::PLAIN
    }),
    id: "GroupId",
    attributes: &[
        Attribute::new("vpc", Change::Replaces("a security group cannot move to another VPC")),
        Attribute::lenient("description", Change::Replaces("the description of a security group cannot be changed")),
    ],
    read,
    create,
    delete: |group: &Observed, _: Removing| {
        vec![Op::new("DeleteSecurityGroup", Map::new().with("GroupId", group.id.clone()))]
    },
    claims: |attributes| {
        vec![Claim {
            scope: attribute(attributes, "vpc"),
            on: ClaimOn::Name(eco_format!("group {}", attributes.text("name").to_lowercase())),
        }]
    },
    summary: |attributes| attributes.text("description").to_owned(),
    outputs: |item| Map::new().with("id", item.text("GroupId")).with("name", item.text("GroupName")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    Map::new()
        .with("vpc", item.text("VpcId"))
        .with("name", item.text("GroupName"))
        .with("description", item.text("Description"))
}

fn create(group: &Resource, making: &Making) -> Vec<Op> {
    // EC2 wants a description; without any, the group's name is the best there is.
    let description = group.attributes.get("description").cloned();
    let description = description.unwrap_or_else(|| attribute(&group.attributes, "name"));
    let parameters = Map::new()
        .with("VpcId", attribute(&group.attributes, "vpc"))
        .with("GroupName", free_name(group, making))
        .with("Description", description)
        .with("TagSpecifications", group.tag_specifications(making.stack, &["security-group"]));
    vec![Op::new("CreateSecurityGroup", parameters).gives(&group.address, "GroupId")]
}

/// The group's own name, or another one while the group that it replaces still has that: names are unique in a VPC.
fn free_name(group: &Resource, making: &Making) -> EcoString {
    let name = group.attributes.text("name");
    let taken = making.beside.is_some_and(|old| old.attributes.text("name").eq_ignore_ascii_case(name));
    if taken { eco_format!("{name}-2") } else { name.into() }
}
