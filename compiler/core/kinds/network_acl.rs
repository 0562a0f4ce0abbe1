//! Network ACLs with their entries.

use super::acl_edits::{self, Edit, edits, is_ipv6, number};
use super::attribute;
use super::{
    Attribute, Change, DIRECTIONS, Describe, Effect, Item, Kind, Live, Making, Op, Resource, Traffic, Updating,
};
use crate::call::{Map, Value};

const KEY: &[&str] = &["direction", "number"];

/// The numbers that entries of a program can have; those above are of the entries that every ACL ends with (EC2 API
/// Reference, "CreateNetworkAclEntry").
pub const ENTRY_NUMBERS: std::ops::RangeInclusive<i64> = 1..=32766;

/// The entries of an ACL.
pub(super) const ENTRIES: Attribute = Attribute { label: Some(entry_text), ..Attribute::set("entries", KEY) };

/// A network ACL. Which subnets use it stands with the subnets.
pub static NETWORK_ACL: Kind = Kind {
    name: "network-acl",
    describe: Some(Describe {
        action: "DescribeNetworkAcls",
        resource_type: "network-acl",
        list: &["NetworkAcls"],
        id_filter: "network-acl-id",
        ..Describe::PLAIN
    }),
    id: "NetworkAclId",
    attributes: &[Attribute::new("vpc", Change::Replaces("a network ACL cannot move to another VPC")), ENTRIES],
    effect,
    obstacle,
    read,
    create,
    update: |updating| {
        let before = updating.before.attributes.list("entries");
        changes(&updating.id(), before, updating.after.attributes.list("entries"))
    },
    delete: |acl, _| vec![Op::new("DeleteNetworkAcl", Map::new().with("NetworkAclId", acl.id.clone()))],
    summary: entries_summary,
    outputs: |item| Map::new().with("id", item.text("NetworkAclId")),
    ..Kind::PLAIN
};

pub(super) fn read(item: &Item, _: &Live) -> Map {
    let entries = item.members.list("Entries").iter().filter_map(Value::as_map);
    let mut entries: Vec<Map> = entries.filter_map(entry).collect();
    entries.sort_by_key(place);
    Map::new().with("vpc", item.members.text("VpcId")).with("entries", entries)
}

/// An entry that somebody made; `None` for the two that every ACL ends with.
fn entry(listed: &Map) -> Option<Map> {
    let number = listed.get("RuleNumber").and_then(Value::as_int).filter(|number| ENTRY_NUMBERS.contains(number))?;
    let protocol = match listed.text("Protocol") {
        "-1" => "all",
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    let (ports, icmp) = (listed.map("PortRange"), listed.map("IcmpTypeCode"));
    let bounds = match protocol {
        "tcp" | "udp" => ports.map(|ports| (ports.get("From"), ports.get("To"))),
        "icmp" | "icmpv6" => icmp.map(|icmp| (icmp.get("Type"), icmp.get("Code"))),
        _ => None,
    };
    let (from, to) = bounds.unwrap_or_default();
    let block = ["CidrBlock", "Ipv6CidrBlock"].into_iter().map(|name| listed.text(name)).find(|text| !text.is_empty());
    let direction = if listed.is_true("Egress") { "egress" } else { "ingress" };
    let entry = Map::new()
        .with("direction", direction)
        .with("number", number)
        .with("action", listed.text("RuleAction"))
        .with("protocol", protocol)
        .with_some("from", from)
        .with_some("to", to)
        .with("block", block.unwrap_or_default());
    Some(entry)
}

/// The order in which entries are compared and shown: as EC2 goes through them.
fn place(entry: &Map) -> (bool, i64) {
    (entry.text("direction") == "egress", number(entry))
}

fn create(acl: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("VpcId", attribute(&acl.attributes, "vpc"))
        .with("TagSpecifications", acl.tag_specifications(making.stack, &["network-acl"]));
    let make = Op::new("CreateNetworkAcl", parameters).gives(&acl.address, "NetworkAcl.NetworkAclId");
    let entries = changes(&(&acl.address).into(), &[], acl.attributes.list("entries"));
    std::iter::once(make).chain(entries).collect()
}

/// Puts an ACL on a subnet, or the VPC's default one if there is none. That takes the id of the subnet's association
/// with the ACL that it is on, which every subnet has from its start (VPC User Guide, "Network ACLs").
pub(super) fn put_on(subnet: &Resource, id: Value, association: Option<&Value>, acl: Option<&Value>) -> Vec<Op> {
    let mut ops = Vec::new();
    let association = association.cloned().unwrap_or_else(|| {
        let found = subnet.address.part("acl-association");
        let path = "NetworkAcls.0.Associations.SubnetId=?.NetworkAclAssociationId";
        ops.push(find([("association.subnet-id", id)]).gives(&found, path));
        found.into()
    });
    let acl = acl.cloned().unwrap_or_else(|| {
        let found = subnet.address.part("default-acl");
        let vpc = attribute(&subnet.attributes, "vpc");
        ops.push(find([("vpc-id", vpc), ("default", "true".into())]).gives(&found, "NetworkAcls.0.NetworkAclId"));
        found.into()
    });
    let parameters = Map::new().with("AssociationId", association).with("NetworkAclId", acl);
    ops.push(Op::new("ReplaceNetworkAclAssociation", parameters));
    ops
}

/// The call that looks for an ACL.
pub(super) fn find<const N: usize>(filters: [(&'static str, Value); N]) -> Op {
    let filters = filters.map(|(name, value)| Map::new().with("Name", name).with("Values", [value]));
    Op::new("DescribeNetworkAcls", Map::new().with("Filters", filters))
}

/// How many entries of one direction and one version of IP an ACL can have, but for the one that it ends with, unless
/// the account's quota is raised (VPC User Guide, "Amazon VPC quotas").
const ROOM: usize = 19;

/// From some entries to others; on the way, packets are decided about as before or as after.
pub(super) fn changes(acl: &Value, before: &[Value], after: &[Value]) -> Vec<Op> {
    let edits = DIRECTIONS.into_iter().flat_map(|way| edits(&of(before, way), &of(after, way)));
    let op = |edit| match edit {
        Edit::Create(entry) => Op::new("CreateNetworkAclEntry", request(acl, &entry)),
        Edit::Replace(entry) => Op::new("ReplaceNetworkAclEntry", request(acl, &entry)),
        Edit::Delete(entry) => Op::new("DeleteNetworkAclEntry", whose(acl, &entry)),
    };
    edits.map(op).collect()
}

/// Why the entries of an ACL cannot become others with the right decision about every packet on the way. A new ACL can
/// take its place: each subnet goes from one to the other at an instant.
fn obstacle(before: &Map, after: &Map) -> Option<&'static str> {
    let (before, after) = (before.list("entries"), after.list("entries"));
    DIRECTIONS.into_iter().find_map(|way| acl_edits::obstacle(&of(before, way), &of(after, way), ROOM))
}

/// The entries of a direction.
fn of<'e>(entries: &'e [Value], direction: &str) -> Vec<&'e Map> {
    entries.iter().filter_map(Value::as_map).filter(|entry| entry.text("direction") == direction).collect()
}

/// An entry that comes to allow and one that no longer denies open, others shut.
pub(super) fn effect(updating: &Updating) -> Effect {
    let (old, new) = (updating.before.attributes.list("entries"), updating.after.attributes.list("entries"));
    let only = |list: &[Value], other: &[Value], action: &str| -> Vec<Traffic> {
        let entries = list.iter().filter(|entry| !other.contains(entry)).filter_map(Value::as_map);
        entries.filter(|entry| entry.text("action") == action).map(|entry| Traffic::of(entry, "")).collect()
    };
    let both = |one: Vec<Traffic>, other: Vec<Traffic>| one.into_iter().chain(other).collect();
    Effect {
        opens: both(only(new, old, "allow"), only(old, new, "deny")),
        shuts: both(only(old, new, "allow"), only(new, old, "deny")),
    }
}

/// Which entry a request is about.
fn whose(acl: &Value, entry: &Map) -> Map {
    Map::new()
        .with("NetworkAclId", acl)
        .with("RuleNumber", attribute(entry, "number"))
        .with("Egress", entry.text("direction") == "egress")
}

fn request(acl: &Value, entry: &Map) -> Map {
    let protocol = match entry.text("protocol") {
        "all" => "-1",
        "tcp" => "6",
        "udp" => "17",
        "icmp" => "1",
        "icmpv6" => "58",
        other => other,
    };
    let block = attribute(entry, "block");
    let member = if is_ipv6(entry) { "Ipv6CidrBlock" } else { "CidrBlock" };
    let bounds = |first, last| Map::new().with_some(first, entry.get("from")).with_some(last, entry.get("to"));
    let request =
        whose(acl, entry).with("RuleAction", entry.text("action")).with("Protocol", protocol).with(member, block);
    match protocol {
        "6" | "17" => request.with("PortRange", bounds("From", "To")),
        "1" | "58" => request.with("IcmpTypeCode", bounds("Type", "Code")),
        _ => request,
    }
}

/// An entry in the words of the language: `100 allow ingress tcp 22 from 10.0.0.0/8`.
fn entry_text(_: &'static str, entry: &Map) -> String {
    let (number, direction) = (place(entry).1, entry.text("direction"));
    let rule = Map::new()
        .with("protocol", entry.text("protocol"))
        .with_some("from", entry.get("from"))
        .with_some("to", entry.get("to"))
        .with("peer", attribute(entry, "block"));
    format!("{number} {} {}", entry.text("action"), super::permission_text(direction, &rule))
}

pub(super) fn entries_summary(attributes: &Map) -> String {
    let entries = attributes.list("entries").iter().filter_map(Value::as_map);
    let (inward, outward): (Vec<&Map>, Vec<&Map>) = entries.partition(|entry| entry.text("direction") == "ingress");
    match (inward.len(), outward.len()) {
        (0, 0) => "nothing in or out".to_owned(),
        (inward, outward) => format!("{inward} in, {outward} out"),
    }
}
