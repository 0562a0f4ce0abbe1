//! Elastic IPs.

use super::{Attribute, Describe, Kind, Making, Op, Resource};
use crate::call::Map;

/// A public address that is the account's until it is given back, whatever uses it.
pub static ELASTIC_IP: Kind = Kind {
    name: "elastic-ip",
    describe: Some(Describe {
        action: "DescribeAddresses",
        resource_type: "elastic-ip",
        list: &["Addresses"],
        page: None,
        id_filter: "allocation-id",
        ..Describe::PLAIN
    }),
    id: "AllocationId",
    attributes: NONE,
    loses: Some("its address is given back for good"),
    read: |_, _| Map::new(),
    create,
    delete: |address, _| vec![Op::new("ReleaseAddress", Map::new().with("AllocationId", address.id.clone()))],
    summary: |_| String::new(),
    outputs: |item| Map::new().with("id", item.text("AllocationId")).with("public_ip", item.text("PublicIp")),
    ..Kind::PLAIN
};

/// Nothing of an address can be asked for.
const NONE: &[Attribute] = &[];

fn create(address: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("Domain", "vpc")
        .with("TagSpecifications", address.tag_specifications(making.stack, &["elastic-ip"]));
    vec![Op::new("AllocateAddress", parameters).gives(&address.address, "AllocationId")]
}
