//! The network ACL that a VPC comes with.

use super::network_acl::{self, changes, entries_summary};
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, NETWORK_ACL, Observed, Op, Overlap, Removing};
use super::{Resource, VPC};
use super::{always_ready, attribute, no_claims, no_details, tags};
use crate::call::{Map, Value};

/// A VPC's default network ACL, which every subnet without another one uses. It comes and goes with the VPC; a stack
/// takes it over, and gives it back as EC2 made it.
pub static DEFAULT_NETWORK_ACL: Kind = Kind {
    name: "default-network-acl",
    describe: Some(Describe {
        action: "DescribeNetworkAcls",
        resource_type: "network-acl",
        list: &["NetworkAcls"],
        page: Some(1000),
        id_filter: "network-acl-id",
        by_tag: false,
        only: Some(("default", "true")),
        details: no_details,
        beside: None,
    }),
    part: Some((&VPC, "default-acl")),
    each: None,
    id: NETWORK_ACL.id,
    attributes: &[
        Attribute::new("vpc", Change::Replaces("every VPC has a default network ACL of its own")),
        network_acl::ENTRIES,
    ],
    loses: None,
    overlap: Overlap::NewFirst,
    goes_after: &[],
    outlives: &[],
    loose: &[],
    read,
    state: always_ready,
    create,
    update: NETWORK_ACL.update,
    delete,
    claims: no_claims,
    summary: entries_summary,
    outputs: NETWORK_ACL.outputs,
};

fn read(item: &Item, live: &Live) -> Map {
    network_acl::read(item, live).with("ipv6", live.has_ipv6(&item.members))
}

/// The entries that EC2 gives it: everything may come in and go out (VPC User Guide, "Network ACLs").
fn given(ipv6: bool) -> Vec<Value> {
    let all = |number: i64, block: &'static str| {
        ["ingress", "egress"].map(|direction| {
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

/// It is found in its new VPC. Whether that has its entries for IPv6 yet when it is looked at is not known, so these are
/// taken out first.
fn create(acl: &Resource, making: &Making) -> Vec<Op> {
    let vpc = attribute(&acl.attributes, "vpc");
    let find = network_acl::find([("vpc-id", vpc), ("default", "true".into())]);
    let id = Value::from(&acl.address);
    let (all, v4) = (given(acl.attributes.is_true("ipv6")), given(false));
    [find.gives(&acl.address, "NetworkAcls.0.NetworkAclId"), tags::put_on(acl, making.stack)]
        .into_iter()
        .chain(changes(&id, &all, &v4))
        .chain(changes(&id, &v4, acl.attributes.list("entries")))
        .collect()
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
