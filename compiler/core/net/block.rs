//! A block of addresses that starts at its own base.

use ipnetwork::IpNetwork;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The version of the Internet Protocol that an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// How many bits an address has.
    pub fn bits(self) -> u8 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }

    /// The family of an address.
    pub fn of(address: IpAddr) -> Family {
        if address.is_ipv4() { Family::V4 } else { Family::V6 }
    }

    /// The address with this number; bits beyond the family's width are dropped.
    pub fn address(self, number: u128) -> IpAddr {
        match self {
            Family::V4 => IpAddr::V4(Ipv4Addr::from(number as u32)),
            Family::V6 => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }
}

/// The number of an address in its family.
pub fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// A CIDR block, always at its own base address: no host bits are set.
///
/// `ipnetwork` keeps host bits and compares with them, so its own containment tests are never used; see the
/// property tests below.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block(IpNetwork);

/// Why a text is not a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockError {
    /// Not an address, a slash and a prefix length.
    Malformed,
    /// An address without a prefix length.
    NoPrefix(IpAddr),
    /// The prefix length is more than the family has bits.
    PrefixTooLong(Family),
    /// The address is not the block's first one, which this block would start at.
    HostBits(Block),
}

impl Block {
    /// The block of `len` leading bits that holds `address`; `len` is capped at the family's width.
    pub fn around(address: IpAddr, len: u8) -> Block {
        let family = Family::of(address);
        let len = len.min(family.bits());
        let base = number(address) & !host_mask(family, len);
        Block::from_number(family, base, len)
    }

    fn from_number(family: Family, base: u128, len: u8) -> Block {
        let address = family.address(base);
        // `len` is within the family's width, so the network is always well formed.
        Block(IpNetwork::new(address, len).unwrap_or_else(|_| IpNetwork::from(address)))
    }

    /// The block of this one address.
    pub fn host(address: IpAddr) -> Block {
        Block::around(address, Family::of(address).bits())
    }

    /// All addresses of a family.
    pub fn all(family: Family) -> Block {
        Block::around(family.address(0), 0)
    }

    /// Which family its addresses belong to.
    pub fn family(self) -> Family {
        Family::of(self.0.ip())
    }

    /// The number of leading bits that its addresses share.
    pub fn prefix(self) -> u8 {
        self.0.prefix()
    }

    /// Its first address.
    pub fn first(self) -> IpAddr {
        self.0.ip()
    }

    /// Its last address.
    pub fn last(self) -> IpAddr {
        self.family().address(self.last_number())
    }

    /// The number of its first address.
    pub fn first_number(self) -> u128 {
        number(self.0.ip())
    }

    /// The number of its last address.
    pub fn last_number(self) -> u128 {
        self.first_number() | host_mask(self.family(), self.prefix())
    }

    /// How many addresses it holds, less one (so that ::/0 fits).
    pub fn span(self) -> u128 {
        host_mask(self.family(), self.prefix())
    }

    /// The address at `offset` from the base, if it is inside.
    pub fn at(self, offset: u128) -> Option<IpAddr> {
        (offset <= self.span()).then(|| self.family().address(self.first_number() + offset))
    }

    /// Whether the address is inside.
    pub fn holds(self, address: IpAddr) -> bool {
        Family::of(address) == self.family() && (self.first_number()..=self.last_number()).contains(&number(address))
    }

    /// Whether all of `other` is inside.
    pub fn contains(self, other: Block) -> bool {
        self.prefix() <= other.prefix() && self.holds(other.first())
    }

    /// Whether the two share an address. Blocks are nested or apart, never in between.
    pub fn overlaps(self, other: Block) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The `index`th block of prefix length `len` inside, counted from 0.
    pub fn part(self, len: u8, index: u128) -> Option<Block> {
        if len < self.prefix() || len > self.family().bits() {
            return None;
        }
        let size = host_mask(self.family(), len).checked_add(1);
        let offset = if index == 0 { 0 } else { index.checked_mul(size?)? };
        self.at(offset).map(|base| Block::around(base, len))
    }

    /// Whether this is all of IPv4 or all of IPv6.
    pub fn is_any(self) -> bool {
        self.prefix() == 0
    }
}

fn host_mask(family: Family, len: u8) -> u128 {
    let host_bits = u32::from(family.bits() - len);
    if host_bits == 128 { u128::MAX } else { (1u128 << host_bits) - 1 }
}

impl FromStr for Block {
    type Err = BlockError;

    fn from_str(text: &str) -> Result<Self, BlockError> {
        let Some((address, len)) = text.split_once('/') else {
            return Err(text.parse().map_or(BlockError::Malformed, BlockError::NoPrefix));
        };
        let address: IpAddr = address.parse().map_err(|_| BlockError::Malformed)?;
        let plain =
            !len.is_empty() && len.bytes().all(|byte| byte.is_ascii_digit()) && (len == "0" || !len.starts_with('0'));
        if !plain {
            return Err(BlockError::Malformed);
        }
        let family = Family::of(address);
        let len = len.parse().ok().filter(|len| *len <= family.bits()).ok_or(BlockError::PrefixTooLong(family))?;
        let block = Block::around(address, len);
        if block.first() == address { Ok(block) } else { Err(BlockError::HostBits(block)) }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first(), self.prefix())
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(text: &str) -> Block {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_a_block_says_why() {
        assert_eq!("10.0.0.0/33".parse::<Block>(), Err(BlockError::PrefixTooLong(Family::V4)));
        assert_eq!("10.0.0.0/999".parse::<Block>(), Err(BlockError::PrefixTooLong(Family::V4)));
        assert_eq!("10.117.0.5/24".parse::<Block>(), Err(BlockError::HostBits(block("10.117.0.0/24"))));
        assert_eq!("10.0.0.1".parse::<Block>(), Err(BlockError::NoPrefix("10.0.0.1".parse().unwrap())));
        for text in
            ["", "10.0.0.0/", "10.0.0.0/08", "10.0.0/8", "10.0.0.256/24", "10.0.0.0/255.0.0.0", "x/8", "10.0.0.0/+8"]
        {
            assert_eq!(text.parse::<Block>(), Err(BlockError::Malformed), "{text}");
        }
    }

    #[test]
    fn parts_are_counted_from_the_base() {
        assert_eq!(block("10.0.0.0/16").part(20, 2), Some(block("10.0.32.0/20")));
        assert_eq!(block("10.0.0.0/16").part(20, 16), None);
        assert_eq!(block("10.0.0.0/16").part(8, 0), None);
        assert_eq!(block("2001:db8::/56").part(64, 3), Some(block("2001:db8:0:3::/64")));
        assert_eq!(Block::all(Family::V6).part(0, 0), Some(Block::all(Family::V6)));
    }

    fn any_block() -> impl Strategy<Value = Block> {
        (0u32..64, 0u8..=6).prop_map(|(low, len)| Block::around(Ipv4Addr::from(0x0a00_0000 | low).into(), 26 + len))
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn containment_and_overlap_agree_with_sets(a in any_block(), b in any_block()) {
            let set = |block: Block| (block.first_number()..=block.last_number()).collect::<std::collections::BTreeSet<_>>();
            let (left, right) = (set(a), set(b));
            prop_assert_eq!(a.contains(b), right.is_subset(&left));
            prop_assert_eq!(a.overlaps(b), !left.is_disjoint(&right));
        }

        #[test]
        fn text_and_block_are_one_to_one(number in any::<u128>(), len in 0u8..=128, v4 in any::<bool>()) {
            let family = if v4 { Family::V4 } else { Family::V6 };
            let block = Block::around(family.address(number), len);
            prop_assert_eq!(block.to_string().parse::<Block>(), Ok(block));
        }
    }
}
