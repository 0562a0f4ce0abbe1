//! The network ACL that a VPC comes with.

use super::network_acl::{self, changes, entries_summary};
use super::{Attribute, Change, DIRECTIONS, Describe, Item, Kind, Live, Making, NETWORK_ACL, Observed, Op, Removing};
use super::{Resource, Updating, VPC};
use super::{attribute, tags};
use crate::call::{Map, Value};

/// A VPC's default network ACL, which every subnet without another one uses. It comes and goes with the VPC; a stack
/// takes it over, and gives it back as EC2 made it.
pub static DEFAULT_NETWORK_ACL: Kind = Kind {
    name: "default-network-acl",
    describe: Some(Describe {
        action: "DescribeNetworkAcls",
        resource_type: "network-acl",
        list: &["NetworkAcls"],
        id_filter: "network-acl-id",
        by_tag: false,
        only: Some(("default", "true")),
        ..Describe::PLAIN
    }),
    part: Some((&VPC, "default-acl")),
    id: NETWORK_ACL.id,
    attributes: &[
        Attribute::new("vpc", Change::Replaces("every VPC has a default network ACL of its own")),
        network_acl::ENTRIES,
        // EC2 adds to it when its VPC gets IPv6.
        Attribute::new("ipv6", Change::InPlace),
    ],
    effect: network_acl::effect,
    read,
    create,
    update,
    delete,
    summary: entries_summary,
    outputs: NETWORK_ACL.outputs,
    ..Kind::PLAIN
};

fn read(item: &Item, live: &Live) -> Map {
    network_acl::read(item, live).with("ipv6", live.has_ipv6(&item.members))
}

/// The entries that EC2 gives it: everything may come in and go out (VPC User Guide, "Network ACLs").
fn given(ipv6: bool) -> Vec<Value> {
    let all = |number: i64, block: &'static str| {
        DIRECTIONS.map(|direction| {
            Map::new()
                .with("direction", direction)
                .with("number", number)
                .with("action", "allow")
                .with("protocol", "all")
                .with("block", block)
        })
    };
    let v6 = ipv6.then(|| all(101, "::/0"));
    all(100, "0.0.0.0/0").into_iter().chain(v6.into_iter().flatten()).map(Value::from).collect()
}

/// The calls that take out what EC2 adds for IPv6, if it has added it: that depends on what was there.
fn without_ipv6(id: &Value, ipv6: bool) -> Vec<Op> {
    changes(id, &given(ipv6), &given(false))
}

/// It is found in its new VPC.
fn create(acl: &Resource, making: &Making) -> Vec<Op> {
    let vpc = attribute(&acl.attributes, "vpc");
    let find = network_acl::find([("vpc-id", vpc), ("default", "true".into())]);
    let id = Value::from(&acl.address);
    [find.gives(&acl.address, "NetworkAcls.0.NetworkAclId"), tags::put_on(acl, making.stack)]
        .into_iter()
        .chain(without_ipv6(&id, acl.attributes.is_true("ipv6")))
        .chain(changes(&id, &given(false), acl.attributes.list("entries")))
        .collect()
}

fn update(updating: &Updating) -> Vec<Op> {
    let gets_ipv6 = updating.has("ipv6") && updating.after.attributes.is_true("ipv6");
    let first = without_ipv6(&updating.id(), gets_ipv6);
    first.into_iter().chain((NETWORK_ACL.update)(updating)).collect()
}

fn delete(acl: &Observed, removing: Removing) -> Vec<Op> {
    if acl.tagged.is_none() || removing != Removing::Dropped {
        return Vec::new();
    }
    let given = given(acl.attributes.is_true("ipv6"));
    let mut ops = changes(&acl.id.clone().into(), acl.attributes.list("entries"), &given);
    ops.push(tags::take_off(acl));
    ops
}
