//! The security group that a VPC comes with.

use super::security_group_rules::{self as rules, changes, everything_out, summary};
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Observed, Op, Removing};
use super::{Resource, SECURITY_GROUP, Updating, VPC};
use super::{attribute, rule_sets, tags};
use crate::call::{Map, Value};

/// A VPC's default security group with its rules, in which everything without another group is. It comes and goes with
/// the VPC; a stack takes it over, and gives it back as EC2 made it.
pub static DEFAULT_SECURITY_GROUP: Kind = Kind {
    name: "default-security-group",
    describe: Some(Describe {
        action: "DescribeSecurityGroups",
        resource_type: "security-group",
        list: &["SecurityGroups"],
        id_filter: "group-id",
        by_tag: false,
        only: Some(("group-name", "default")),
        ..Describe::PLAIN
    }),
    part: Some((&VPC, "default-sg")),
    id: SECURITY_GROUP.id,
    attributes: &[
        Attribute::new("vpc", Change::Replaces("every VPC has a default security group of its own")),
        rules::INGRESS,
        rules::EGRESS,
        // EC2 adds to it when its VPC gets IPv6.
        Attribute::new("ipv6", Change::InPlace),
    ],
    effect: rule_sets::effect,
    narrowed: rule_sets::narrowed,
    read,
    create,
    update,
    delete,
    summary,
    outputs: SECURITY_GROUP.outputs,
    ..Kind::PLAIN
};

fn read(item: &Item, live: &Live) -> Map {
    rules::read(item, live).with("vpc", item.members.text("VpcId")).with("ipv6", live.has_ipv6(&item.members))
}

/// The rule by which EC2 lets its members reach each other (VPC User Guide, "Default security groups").
fn from_itself(group: impl Into<Value>) -> Value {
    Map::new().with("protocol", "all").with("peer", group).into()
}

/// The call that looks for the default group of a VPC.
pub(super) fn find(vpc: Value) -> Op {
    let filters = [("vpc-id", vpc), ("group-name", "default".into())]
        .map(|(name, value)| Map::new().with("Name", name).with("Values", [value]));
    Op::new("DescribeSecurityGroups", Map::new().with("Filters", filters))
}

/// The call that takes out what EC2 adds for IPv6, if it has added it: that depends on what was there.
fn without_ipv6(id: &Value, ipv6: bool) -> Vec<Op> {
    changes(id, [&[], &everything_out(ipv6)], [&[], &everything_out(false)])
}

/// It is found in its new VPC.
fn create(group: &Resource, making: &Making) -> Vec<Op> {
    let find = find(attribute(&group.attributes, "vpc"));
    let id = Value::from(&group.address);
    let given = [from_itself(&group.address)];
    let wanted = [group.attributes.list("ingress"), group.attributes.list("egress")];
    [find.gives(&group.address, "SecurityGroups.0.GroupId"), tags::put_on(group, making.stack)]
        .into_iter()
        .chain(without_ipv6(&id, group.attributes.is_true("ipv6")))
        .chain(changes(&id, [&given, &everything_out(false)], wanted))
        .collect()
}

fn update(updating: &Updating) -> Vec<Op> {
    let gets_ipv6 = updating.has("ipv6") && updating.after.attributes.is_true("ipv6");
    let first = without_ipv6(&updating.id(), gets_ipv6);
    let rules = rules::update(&updating.id(), &updating.before.attributes, &updating.after.attributes);
    first.into_iter().chain(rules).collect()
}

fn delete(group: &Observed, removing: Removing) -> Vec<Op> {
    match (&group.tagged, removing) {
        (None, _) => Vec::new(),
        (Some(_), Removing::Dropped) => {
            let (before, id) = (&group.attributes, group.id.clone().into());
            let given = [from_itself(&group.address)];
            let out = everything_out(before.is_true("ipv6"));
            let mut ops = changes(&id, [before.list("ingress"), before.list("egress")], [&given, &out]);
            ops.push(tags::take_off(group));
            ops
        }
        // It goes with its VPC; but the groups that it names go before.
        _ => rules::without_others(group),
    }
}
