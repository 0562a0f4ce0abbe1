//! Key pairs.

use super::{
    Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, MATERIAL_TAG, Making, Observed, Op, Overlap,
    Removing, Resource,
};
use super::{attribute, tags};
use crate::call::Map;

const FIXED: Change = Change::Replaces("a key pair cannot be changed; nodes keep the key that they were launched with");

/// An imported SSH public key.
pub static KEY_PAIR: Kind = Kind {
    name: "key-pair",
    describe: Some(Describe {
        action: "DescribeKeyPairs",
        resource_type: "key-pair",
        list: &["KeyPairs"],
        page: None,
        id_filter: "key-pair-id",
        ..Describe::PLAIN
    }),
    id: "KeyPairId",
    attributes: &[Attribute::new("name", FIXED), Attribute::new("material", FIXED)],
    // The name is the identity that nodes know, and is unique in a region.
    overlap: Overlap::OldFirst,
    read,
    create,
    delete,
    claims: |attributes| vec![Claim { scope: "key-pair".into(), on: ClaimOn::Name(attributes.text("name").into()) }],
    summary: |attributes| attributes.text("name").to_owned(),
    outputs: |item| Map::new().with("id", item.text("KeyPairId")).with("name", item.text("KeyName")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    // EC2 shows only fingerprints, and of different sorts; the tag says what was imported.
    let material = tags::get(&item.members, MATERIAL_TAG).unwrap_or("unknown");
    Map::new().with("name", item.members.text("KeyName")).with("material", material)
}

fn create(key: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("KeyName", attribute(&key.attributes, "name"))
        .with("PublicKeyMaterial", attribute(&key.attributes, "public_key"))
        .with("TagSpecifications", key.tag_specifications(making.stack, &["key-pair"]));
    vec![Op::new("ImportKeyPair", parameters).gives(&key.address, "KeyPairId")]
}

fn delete(key: &Observed, _: Removing) -> Vec<Op> {
    vec![Op::new("DeleteKeyPair", Map::new().with("KeyName", attribute(&key.attributes, "name")))]
}
