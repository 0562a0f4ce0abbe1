//! Further blocks of VPCs: secondary IPv4 blocks, and the IPv6 block that Amazon provides.

use super::attribute;
use super::{Attribute, Change, Item, Kind, Live, Making, Observed, Op, Overlap, Removing, Resource, State, VPC, Wait};
use crate::call::{Map, Value};
use crate::model::Address;
use crate::net::Block;

/// What the attribute `cidr` says of an IPv6 block: Amazon chooses it.
const AMAZON: &str = "amazon-provided-ipv6";

/// What the IPv6 block is called below its VPC's address.
pub const IPV6: &str = "ipv6";

/// The length of a subnet's IPv6 block (VPC User Guide, "Subnet CIDR blocks").
const SUBNET_PREFIX: u8 = 64;

/// A block of a VPC besides its primary one, known by its association.
pub static VPC_CIDR_BLOCK: Kind = Kind {
    name: "vpc-cidr-block",
    part: Some((&VPC, "block")),
    each: Some(blocks),
    id: "AssociationId",
    attributes: &[
        Attribute::new("vpc", Change::Replaces("a block belongs to its VPC")),
        Attribute::new("cidr", Change::Replaces("a block is fixed when it is added")),
    ],
    overlap: Overlap::OldFirst,
    read,
    state,
    create,
    delete,
    summary,
    ..Kind::PLAIN
};

/// What a further IPv4 block is called below its VPC's address.
pub fn block_part(block: &str) -> String {
    block.replace('/', "-")
}

fn blocks(vpc: &Map) -> Vec<(String, Map)> {
    let (id, primary) = (vpc.text("VpcId"), vpc.text("CidrBlock"));
    let v4 = vpc.list("CidrBlockAssociationSet").iter().filter_map(Value::as_map);
    let v4 = v4.filter(|block| block.text("CidrBlock") != primary);
    let v4 = v4.map(|block| (block_part(block.text("CidrBlock")), block.clone().with("VpcId", id)));
    let v6 = vpc.list("Ipv6CidrBlockAssociationSet").iter().filter_map(Value::as_map);
    v4.chain(v6.map(|block| (IPV6.to_owned(), block.clone().with("VpcId", id)))).collect()
}

fn state(block: &Map) -> State {
    let state = block.map("Ipv6CidrBlockState").or_else(|| block.map("CidrBlockState"));
    match state.map_or("", |state| state.text("State")) {
        "associating" => State::Pending,
        "disassociating" => State::Going,
        "disassociated" => State::Gone,
        state @ ("failing" | "failed") => State::Failed(format!("its state is {state}")),
        _ => State::Ready,
    }
}

fn read(block: &Item, _: &Live) -> Map {
    let block = &block.members;
    // Until it is associated, an IPv6 block doesn't tell which it is.
    let cidr = Some(block.text("CidrBlock")).filter(|text| !text.is_empty());
    let v6 = Some(block.text("Ipv6CidrBlock")).filter(|text| !text.is_empty());
    Map::new().with("vpc", block.text("VpcId")).with("cidr", cidr.unwrap_or(AMAZON)).with_some("block", v6)
}

fn create(block: &Resource, _: &Making) -> Vec<Op> {
    let parameters = Map::new().with("VpcId", attribute(&block.attributes, "vpc"));
    let associate = |parameters| Op::new("AssociateVpcCidrBlock", parameters).wait(Wait::Ready);
    if block.attributes.text("cidr") == AMAZON {
        let op = associate(parameters.with("AmazonProvidedIpv6CidrBlock", true));
        let op = op.gives(&block.address, "Ipv6CidrBlockAssociation.AssociationId");
        return vec![op.tells(&block.address.part(BLOCK), "Ipv6CidrBlock")];
    }
    let op = associate(parameters.with("CidrBlock", attribute(&block.attributes, "cidr")));
    vec![op.gives(&block.address, "CidrBlockAssociation.AssociationId")]
}

fn summary(attributes: &Map) -> String {
    match attributes.text("cidr") {
        AMAZON => "a /56 of IPv6 that Amazon chooses".to_owned(),
        cidr => cidr.to_owned(),
    }
}

fn delete(block: &Observed, _: Removing) -> Vec<Op> {
    let parameters = Map::new().with("AssociationId", block.id.clone());
    vec![Op::new("DisassociateVpcCidrBlock", parameters).wait(Wait::Gone)]
}

/// The attributes of the IPv6 block that Amazon chooses for a VPC.
pub fn amazon_ipv6(vpc: &Address) -> Map {
    Map::new().with("vpc", vpc).with("cidr", AMAZON)
}

/// The name of a VPC's IPv6 block itself below that of its association with the VPC.
const BLOCK: &str = "block";

/// What the IPv6 block of a VPC is called, or one of its /64s: `cluster/ipv6/block`, `cluster/ipv6/3`.
pub fn ipv6_block(vpc: &Address, place: Option<u8>) -> Address {
    let association = vpc.part(IPV6);
    place.map_or_else(|| association.part(BLOCK), |place| association.part(&place.to_string()))
}

/// Whether a reference stands for an IPv6 block.
pub fn is_ipv6_block(reference: &Address) -> bool {
    reference.owner().is_some_and(|owner| owner.as_str().ends_with("/ipv6"))
}

/// The value behind an address that stands for a part of a VPC's IPv6 block, as far as the block is known:
/// `cluster/ipv6/3` is its fourth /64.
pub fn derived(address: &Address, known: impl Fn(&Address) -> Option<Value>) -> Option<Value> {
    let (whole, place) = address.as_str().rsplit_once('/')?;
    let (whole, place) = (Address::from_tag(whole), place.parse().ok()?);
    let block: Block = known(&whole.part(BLOCK))?.as_text()?.parse().ok()?;
    Some(block.part(SUBNET_PREFIX, place)?.to_string().into())
}

/// The place of a /64 in the IPv6 block that holds it.
pub(super) fn place_of(subnet: &str, whole: &str) -> Option<i64> {
    let (subnet, whole): (Block, Block) = (subnet.parse().ok()?, whole.parse().ok()?);
    let inside = whole.contains(subnet) && subnet.prefix() == SUBNET_PREFIX;
    let offset = subnet.first_number().checked_sub(whole.first_number())?;
    inside.then(|| i64::try_from(offset >> SUBNET_PREFIX).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_block_and_the_64_there_are_one_to_one() {
        let known = |_: &Address| Some(Value::from("2600:1f14:ab:cd00::/56"));
        for (place, block) in [(0, "2600:1f14:ab:cd00::/64"), (255, "2600:1f14:ab:cdff::/64")] {
            let address = Address::top("n").part("ipv6").part(&place.to_string());
            assert_eq!(derived(&address, known), Some(block.into()));
            assert_eq!(place_of(block, "2600:1f14:ab:cd00::/56"), Some(place));
        }
        assert_eq!(derived(&Address::top("n").part("ipv6").part("256"), known), None);
        assert_eq!(place_of("2600:1f14:ab:ce00::/64", "2600:1f14:ab:cd00::/56"), None);
    }
}
