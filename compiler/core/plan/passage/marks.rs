//! Who is outside, as far as rules, entries and routes tell one from another.

use super::{Thing, key};
use crate::call::Value;
use crate::net::{Block, next_free};
use std::collections::{BTreeSet, HashMap};

/// The blocks and lists that rules, entries and routes speak of.
pub(super) struct Marks {
    pub(super) blocks: BTreeSet<Block>,
    lists: BTreeSet<String>,
    /// The blocks of the subnets.
    pub(super) subnets: HashMap<String, Block>,
}

/// Somebody outside, such as packets come from or go to.
pub(super) struct Outsider {
    pub(super) name: String,
    pub(super) address: Option<Block>,
    /// The prefix lists that it is in.
    pub(super) keys: Vec<String>,
}

impl Marks {
    pub(super) fn of(things: &[Thing]) -> Marks {
        let mut marks = Marks { blocks: BTreeSet::new(), lists: BTreeSet::new(), subnets: HashMap::new() };
        for (thing, map) in things.iter().flat_map(|thing| [(thing, thing.before), (thing, thing.after)]) {
            let Some(map) = map else { continue };
            if let Some(block) = map.get("cidr").and_then(Value::as_text).and_then(|text| text.parse().ok()) {
                marks.subnets.insert(thing.key.clone(), block);
            }
            let lists = ["ingress", "egress", "entries", "routes"].into_iter().flat_map(|name| map.list(name));
            let spoken = lists
                .filter_map(Value::as_map)
                .flat_map(|rule| ["peer", "block", "destination"].map(|name| rule.get(name)));
            for value in spoken.flatten() {
                match value.as_text().map(str::parse::<Block>) {
                    Some(Ok(block)) => _ = marks.blocks.insert(block),
                    Some(Err(_)) if value.plain_text().starts_with("pl-") => _ = marks.lists.insert(key(value)),
                    _ => {}
                }
            }
        }
        marks
    }

    /// The blocks in which an address is.
    pub(super) fn around(&self, address: Option<Block>) -> Vec<Block> {
        let Some(address) = address else { return Vec::new() };
        self.blocks.iter().copied().filter(|block| block.contains(address)).collect()
    }

    /// Somebody outside for each block and each list that is spoken of.
    pub(super) fn outside(&self) -> Vec<Outsider> {
        let own: Vec<Block> = self.subnets.values().copied().collect();
        let places = self.blocks.iter().filter_map(|block| {
            let inside = self.blocks.iter().filter(|other| *other != block && block.contains(**other));
            let taken: Vec<Block> = inside.chain(&own).copied().collect();
            if !block.is_any() && own.iter().any(|own| own.overlaps(*block)) {
                return None;
            }
            let address = next_free(&[*block], &taken, block.family().bits())?;
            Some(Outsider { name: block.to_string(), address: Some(address), keys: Vec::new() })
        });
        let lists = self.lists.iter().map(|list| Outsider {
            name: "a prefix list".to_owned(),
            address: None,
            keys: vec![list.clone()],
        });
        places.chain(lists).collect()
    }
}
