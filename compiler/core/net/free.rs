//! What is taken, and what is free.

use super::{Block, block::number};

/// The first block of prefix length `len` inside one of `within` that shares no address with `taken`.
pub fn next_free(within: &[Block], taken: &[Block], len: u8) -> Option<Block> {
    within.iter().find_map(|room| first_gap(*room, taken, len))
}

fn first_gap(room: Block, taken: &[Block], len: u8) -> Option<Block> {
    let mut candidate = room.part(len, 0)?;
    let mut inside: Vec<Block> = taken.iter().copied().filter(|block| room.overlaps(*block)).collect();
    inside.sort();
    for block in inside {
        if candidate.overlaps(block) {
            let behind = room.family().address(block.last_number().max(candidate.last_number()).checked_add(1)?);
            candidate = Block::around(behind, len);
            if number(behind) > room.last_number() || candidate.first() != behind {
                return None;
            }
        }
    }
    room.contains(candidate).then_some(candidate)
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
