//! Blocks and addresses in requests and in the kept state.

use super::refusal::Refusal;
use serde::{Deserialize, Deserializer, Serializer, de};
use std::net::{IpAddr, Ipv4Addr};
use vpcc_core::net::{Block, BlockError, Family, number};

/// How many addresses of a subnet EC2 keeps: the first four and the last (EC2 API Reference, "CreateSubnet").
pub(super) const KEPT: u128 = 5;

/// A block of a family; host bits are dropped without a word (EC2 API Reference, "CreateVpc").
pub(super) fn block(text: &str, family: Family) -> Option<Block> {
    let block = match text.parse() {
        Ok(block) | Err(BlockError::HostBits(block)) => block,
        Err(_) => return None,
    };
    (block.family() == family).then_some(block)
}

/// An IPv4 block in a parameter that takes one.
pub(super) fn block_of(text: &str, parameter: &str) -> Result<Block, Refusal> {
    block(text, Family::V4).ok_or_else(|| Refusal::value(parameter, text, "This is not a valid CIDR block."))
}

/// Whether EC2 keeps an address of a subnet to itself.
pub(super) fn is_kept(subnet: Block, address: IpAddr) -> bool {
    let number = number(address);
    number < subnet.first_number() + KEPT - 1 || number == subnet.last_number()
}

/// The addresses of a subnet that EC2 leaves to its user, in order.
pub(super) fn usable(subnet: Block) -> impl Iterator<Item = Ipv4Addr> {
    let numbers = subnet.first_number() + KEPT - 1..subnet.last_number();
    numbers.filter_map(|number| u32::try_from(number).ok()).map(Ipv4Addr::from)
}

/// Keeps a block as its text.
pub(super) fn serialize<S: Serializer>(block: &Block, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(block)
}

/// Takes a block back from its text.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Block, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| de::Error::custom(format!("`{text}` is not a block")))
}
