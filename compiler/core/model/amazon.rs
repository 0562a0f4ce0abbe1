//! Blocks of IPv6 addresses that Amazon chooses: which they are is known once they are there.

use super::{Address, Id, Network};
use crate::net::Block;
use std::fmt;
use std::net::IpAddr;

/// The lengths of a network's IPv6 block, and of a subnet's (VPC User Guide, "IP addressing").
const LENGTHS: [u8; 2] = [56, 64];

/// The block of which stand-ins are parts: it is for documentation (RFC 9637), and no rule of a program speaks of it.
const ROOM: ([u16; 8], u8) = ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20);

/// The IPv6 block of a network, or that of one of its subnets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AmazonBlock {
    /// Whose it is.
    pub network: Id<Network>,
    /// Which of the network's /64s it is, counted from 0; `None` for the whole of it.
    pub place: Option<u8>,
    /// What it is called as long as nobody knows which it is.
    pub address: Address,
}

impl AmazonBlock {
    /// A block that takes its place where blocks are compared.
    pub fn stand_in(&self) -> Block {
        stand_in(self.network, self.place)
    }
}

/// A block that stands for the one that Amazon is to give a network, or for one of its /64s. Those of different networks
/// have nothing in common.
pub fn stand_in(network: Id<Network>, place: Option<u8>) -> Block {
    let room = Block::around(IpAddr::from(ROOM.0), ROOM.1);
    let whole = room.part(LENGTHS[0], network.index() as u128).unwrap_or(room);
    place.and_then(|place| whole.part(LENGTHS[1], place.into())).unwrap_or(whole)
}

impl fmt::Display for AmazonBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_inside_each_other_as_the_blocks_are() {
        let block = |network: usize, place: Option<u8>| stand_in(Id::new(network), place);
        for network in [0, 1, 70_000] {
            for place in [0, 1, 255] {
                assert!(block(network, None).contains(block(network, Some(place))));
                assert!(!block(network + 1, None).overlaps(block(network, Some(place))));
                assert!(!block(network, Some(place)).overlaps(block(network, Some(place ^ 2))));
            }
        }
    }
}
