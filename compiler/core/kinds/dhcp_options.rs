//! DHCP option sets.

use super::attribute;
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Observed, Op, Removing, Resource};
use crate::call::{Map, Value};

const FIXED: Change =
    Change::Replaces("a DHCP option set cannot be changed; instances take the new one at their next lease");

/// The name of each attribute in a DHCP option set (VPC User Guide, "DHCP option sets").
const KEYS: [(&str, &str); 3] = [("domain", "domain-name"), ("servers", "domain-name-servers"), ("ntp", "ntp-servers")];

/// A DHCP option set, and that a VPC uses it. A VPC without one has Amazon's.
pub static DHCP_OPTIONS: Kind = Kind {
    name: "dhcp-options",
    describe: Some(Describe {
        action: "DescribeDhcpOptions",
        resource_type: "dhcp-options",
        list: &["DhcpOptions"],
        id_filter: "dhcp-options-id",
        // There are few in an account, and not every emulator filters them by tag.
        by_tag: false,
        ..Describe::PLAIN
    }),
    id: "DhcpOptionsId",
    attributes: &[
        Attribute::new("vpc", Change::InPlace),
        Attribute::new("domain", FIXED),
        Attribute::new("servers", FIXED),
        Attribute::new("ntp", FIXED),
    ],
    // A VPC that goes lets go of its options; as long as it uses them, they stay (EC2 API Reference, "DeleteDhcpOptions").
    outlives: &["vpc"],
    read,
    create,
    update: |updating| vec![associate(updating.id(), &updating.after.attributes)],
    delete,
    summary,
    outputs: |item| Map::new().with("id", item.text("DhcpOptionsId")),
    ..Kind::PLAIN
};

fn read(item: &Item, live: &Live) -> Map {
    let id = item.members.text("DhcpOptionsId");
    let vpc = live.items("vpc").iter().find(|vpc| vpc.members.text("DhcpOptionsId") == id);
    let mut attributes = Map::new().with_some("vpc", vpc.map(|vpc| vpc.members.text("VpcId")));
    for (name, key) in KEYS {
        let mut values: Vec<Value> = configured(&item.members, key);
        // A new option set names Amazon's server where it was given none.
        values.retain(|value| value.as_text() != Some("AmazonProvidedDNS"));
        match name {
            _ if values.is_empty() => {}
            "domain" => attributes.push(name, values.remove(0)),
            _ => attributes.push(name, values),
        }
    }
    attributes
}

fn configured(item: &Map, key: &str) -> Vec<Value> {
    let configurations = item.list("DhcpConfigurations").iter().filter_map(Value::as_map);
    let found = configurations.filter(|configuration| configuration.text("Key") == key);
    found
        .flat_map(|found| found.list("Values"))
        .filter_map(Value::as_map)
        .map(|value| value.text("Value").into())
        .collect()
}

fn create(options: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("DhcpConfigurations", configurations(&options.attributes))
        .with("TagSpecifications", options.tag_specifications(making.stack, &["dhcp-options"]));
    vec![
        Op::new("CreateDhcpOptions", parameters)
            .gives(&options.address, "DhcpOptions.DhcpOptionsId")
            .shows("DhcpOptions"),
        associate((&options.address).into(), &options.attributes),
    ]
}

fn configurations(attributes: &Map) -> Vec<Value> {
    let mut list = Vec::new();
    for (name, key) in KEYS {
        let values = match attributes.get(name) {
            Some(Value::List(values)) => values.clone(),
            Some(value) => vec![value.clone()],
            // Without servers of its own, a set says that Amazon's are to be used.
            None if name == "servers" => vec!["AmazonProvidedDNS".into()],
            None => continue,
        };
        list.push(Map::new().with("Key", key).with("Values", values).into());
    }
    list
}

fn associate(id: Value, attributes: &Map) -> Op {
    let parameters = Map::new().with("DhcpOptionsId", id).with("VpcId", attribute(attributes, "vpc"));
    Op::new("AssociateDhcpOptions", parameters)
}

fn delete(options: &Observed, removing: Removing) -> Vec<Op> {
    let mut ops = Vec::new();
    if let (Some(_), Removing::Dropped) = (options.attributes.get("vpc"), removing) {
        ops.push(associate("default".into(), &options.attributes));
    }
    ops.push(Op::new("DeleteDhcpOptions", Map::new().with("DhcpOptionsId", options.id.clone())));
    ops
}

fn summary(attributes: &Map) -> String {
    let mut parts = Vec::new();
    if let Some(domain) = attributes.get("domain").and_then(Value::as_text) {
        parts.push(format!("domain {domain}"));
    }
    for name in ["servers", "ntp"] {
        let texts: Vec<&str> = attributes.list(name).iter().filter_map(Value::as_text).collect();
        if !texts.is_empty() {
            parts.push(format!("{name} {}", texts.join(", ")));
        }
    }
    parts.join(", ")
}
