//! What is taken, and what is free.

use super::{Block, Family};
use std::collections::BTreeMap;

/// The first block of prefix length `len` inside one of `within` that shares no address with `taken`.
pub fn next_free(within: &[Block], taken: &[Block], len: u8) -> Option<Block> {
    Gaps::new(within, taken).take(len)
}

/// What is free in some blocks, given out bit by bit.
#[derive(Clone, Debug)]
pub struct Gaps<'b> {
    within: &'b [Block],
    /// The last address of each block that is taken and in no other one, by its first.
    taken: BTreeMap<(Family, u128), u128>,
    /// Where the search for blocks of each prefix length goes on: nothing before it is free. What is taken stays taken.
    places: BTreeMap<u8, Place>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    room: usize,
    /// The how many'th block in it.
    index: u128,
}

impl<'b> Gaps<'b> {
    /// What is free inside `within` and shares no address with `taken`.
    pub fn new(within: &'b [Block], taken: &[Block]) -> Gaps<'b> {
        let mut blocks = taken.to_vec();
        blocks.sort();
        let mut outermost: Option<Block> = None;
        let mut ends = BTreeMap::new();
        for block in blocks {
            if !outermost.is_some_and(|outer| outer.contains(block)) {
                outermost = Some(block);
                ends.insert((block.family(), block.first_number()), block.last_number());
            }
        }
        Gaps { within, taken: ends, places: BTreeMap::new() }
    }

    /// The first free block of a prefix length, which is taken from now on.
    pub fn take(&mut self, len: u8) -> Option<Block> {
        let mut place = self.places.get(&len).copied().unwrap_or_default();
        let found = self.first_from(&mut place, len);
        self.places.insert(len, place);
        if let Some(block) = found {
            self.taken.insert((block.family(), block.first_number()), block.last_number());
        }
        found
    }

    fn first_from(&self, place: &mut Place, len: u8) -> Option<Block> {
        while let Some(room) = self.within.get(place.room).copied() {
            while let Some(block) = room.part(len, place.index) {
                let Some(last) = self.last_taken_of(block) else { return Some(block) };
                let offset = last.max(block.last_number()).saturating_sub(room.first_number());
                let bits = room.family().bits().saturating_sub(len);
                place.index = offset.checked_shr(bits.into()).unwrap_or_default().saturating_add(1);
            }
            *place = Place { room: place.room + 1, index: 0 };
        }
        None
    }

    /// The last address of what is taken of a block.
    fn last_taken_of(&self, block: Block) -> Option<u128> {
        let (_, last) = self.taken.range(..=(block.family(), block.last_number())).next_back()?;
        (*last >= block.first_number()).then_some(*last)
    }
}
/// Pairs of items whose blocks share an address: each later item with the first earlier one that it meets.
///
/// Takes `n log n` time for `n` blocks, since blocks are nested or apart.
pub fn overlaps<T: Copy>(items: &[(Block, T)]) -> Vec<(T, T)> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| (items[*index].0, *index));
    let mut open: Vec<usize> = Vec::new();
    let mut pairs = Vec::new();
    for index in order {
        while open.last().is_some_and(|top| !items[*top].0.overlaps(items[index].0)) {
            open.pop();
        }
        if let Some(top) = open.last() {
            pairs.push((index.min(*top), index.max(*top)));
        }
        open.push(index);
    }
    pairs.sort_by_key(|(first, second)| (*second, *first));
    pairs.dedup_by_key(|(_, second)| *second);
    pairs.into_iter().map(|(first, second)| (items[first].1, items[second].1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(text: &str) -> Block {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_free_block_skips_what_is_taken() {
        let room = [block("10.0.0.0/16")];
        assert_eq!(next_free(&room, &[], 24), Some(block("10.0.0.0/24")));
        assert_eq!(next_free(&room, &[block("10.0.0.0/24"), block("10.0.1.0/25")], 24), Some(block("10.0.2.0/24")));
        assert_eq!(next_free(&room, &[block("10.0.0.0/17"), block("10.0.128.0/17")], 24), None);
        assert_eq!(next_free(&room, &[], 8), None);
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_free_block_is_inside_and_overlaps_nothing(taken in prop::collection::vec((0u32..4096, 20u8..=28), 0..20), len in 20u8..=28) {
            let room = block("10.0.0.0/20");
            let taken: Vec<Block> =
                taken.into_iter().map(|(low, len)| Block::around(std::net::Ipv4Addr::from(0x0a00_0000 | low).into(), len)).collect();
            let naive = (0..1u128 << (len - 20)).filter_map(|index| room.part(len, index))
                .find(|candidate| taken.iter().all(|block| !block.overlaps(*candidate)));
            prop_assert_eq!(next_free(&[room], &taken, len), naive);
        }

        #[test]
        fn what_is_given_out_is_the_first_that_is_left(taken in prop::collection::vec((0u32..4096, 20u8..=28), 0..12), lens in prop::collection::vec(21u8..=28, 1..20)) {
            let rooms = [block("10.0.0.0/22"), block("10.0.8.0/21")];
            let mut taken: Vec<Block> =
                taken.into_iter().map(|(low, len)| Block::around(std::net::Ipv4Addr::from(0x0a00_0000 | low).into(), len)).collect();
            let all = taken.clone();
            let mut gaps = Gaps::new(&rooms, &all);
            for len in lens {
                let free = gaps.take(len);
                prop_assert_eq!(free, next_free(&rooms, &taken, len));
                taken.extend(free);
            }
        }

        #[test]
        fn every_block_that_meets_an_earlier_one_is_found(blocks in prop::collection::vec((0u32..256, 24u8..=32), 0..24)) {
            let items: Vec<(Block, usize)> = blocks.into_iter().enumerate()
                .map(|(index, (low, len))| (Block::around(std::net::Ipv4Addr::from(0x0a00_0000 | low).into(), len), index)).collect();
            let found = overlaps(&items);
            for (a, b) in &found {
                prop_assert!(a < b && items[*a].0.overlaps(items[*b].0));
            }
            let any = items.iter().any(|(block, i)| items[..*i].iter().any(|(other, _)| other.overlaps(*block)));
            prop_assert_eq!(!found.is_empty(), any);
        }
    }
}
