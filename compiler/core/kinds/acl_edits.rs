//! From one list of ACL entries to another, entry by entry, with the right decision about every packet on the way.
//!
//! In: the entries of one direction, as they are and as they should be. Out: [`Edit`]s, of which EC2 does each at an
//! instant. Whatever packet comes in between, it is decided as the old entries decide or as the new ones do.
//!
//! The first entry that matches a packet decides. New entries come in from the first to the last while all old ones
//! stand, then old ones go from the last to the first. So at each instant there is, in the order of numbers, a first part
//! of the new entries among all of the old ones, or a first part of the old ones among all of the new: if an old entry
//! decides, none of the old ones before it matches, and likewise for a new one. If none matches, none of a whole list does.
//!
//! Two entries cannot have one number. Where a number gets another entry, that one takes its place with the new ones if it
//! matches whatever the old one did, and with the old ones if it matches nothing else; the argument holds as it stands.
//! Otherwise the old entry moves to a number right behind until it goes, or the new one comes in right before.

use super::{ENTRY_NUMBERS, attribute};
use crate::call::{Map, Value};
use crate::net::Block;
use std::collections::{BTreeMap, BTreeSet};

/// A change of one entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Edit {
    /// A new entry, at a number that is free.
    Create(Map),
    /// Another entry in place of the one of its number.
    Replace(Map),
    /// The entry of this one's number goes.
    Delete(Map),
}

/// How the entry of a number comes to be another one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// In place, with what is new.
    Early,
    /// In place, with what is old.
    Late,
    /// The old one stands at this number, right behind, until it goes.
    OldBehind(i64),
    /// The new one stands at this number, right before, until the old one goes.
    NewBefore(i64),
}

/// What is to be done at the numbers of a direction.
struct Ways<'e> {
    old: BTreeMap<i64, &'e Map>,
    new: BTreeMap<i64, &'e Map>,
    changed: BTreeMap<i64, Way>,
    /// Whether some number changes in place though it should not, for want of a free one beside it.
    crowded: bool,
}

/// The edits that lead from some entries of one direction to others.
pub(super) fn edits(before: &[&Map], after: &[&Map]) -> Vec<Edit> {
    let ways = Ways::new(before, after);
    let numbers = ways.numbers();
    let first = numbers.iter().flat_map(|number| ways.comes(*number));
    let last = numbers.iter().rev().flat_map(|number| ways.goes(*number));
    first.chain(last).collect()
}

/// Why these edits cannot all be made as they should, if so: no more than `room` entries fit, of each version of IP.
pub(super) fn obstacle(before: &[&Map], after: &[&Map], room: usize) -> Option<&'static str> {
    let ways = Ways::new(before, after);
    if ways.crowded {
        return Some("its entries leave no number between them by which old and new could stand in order");
    }
    let most = [false, true].into_iter().any(|ipv6| {
        let count = |entries: &[&Map]| entries.iter().filter(|entry| is_ipv6(entry) == ipv6).count();
        ways.most(ipv6) > room.max(count(before)).max(count(after))
    });
    most.then_some("old and new entries have no room beside each other")
}

/// Whether an entry is about IPv6. What is only known by a reference is a block that Amazon chooses.
pub(super) fn is_ipv6(entry: &Map) -> bool {
    attribute(entry, "block").as_text().is_none_or(|text| text.contains(':'))
}

/// The number of an entry.
pub(super) fn number(entry: &Map) -> i64 {
    entry.get("number").and_then(Value::as_int).unwrap_or_default()
}

fn at(number: i64, entry: &Map) -> Map {
    let mut entry = entry.clone();
    entry.set("number", number);
    entry
}

impl<'e> Ways<'e> {
    fn new(before: &[&'e Map], after: &[&'e Map]) -> Ways<'e> {
        let by_number = |entries: &[&'e Map]| entries.iter().map(|entry| (number(entry), *entry)).collect();
        let mut ways = Ways { old: by_number(before), new: by_number(after), changed: BTreeMap::new(), crowded: false };
        let alone =
            ways.numbers().into_iter().filter(|number| ways.old.get(number) != ways.new.get(number)).count() < 2;
        let mut taken: BTreeSet<i64> = ways.numbers();
        for (number, old) in ways.old.clone() {
            let Some(new) = ways.new.get(&number).filter(|new| **new != old) else { continue };
            let way = if alone || covers(new, old) {
                Way::Early
            } else if covers(old, new) {
                Way::Late
            } else {
                beside(number, &mut taken).unwrap_or_else(|| {
                    ways.crowded = true;
                    Way::Early
                })
            };
            ways.changed.insert(number, way);
        }
        ways
    }

    fn numbers(&self) -> BTreeSet<i64> {
        self.old.keys().chain(self.new.keys()).copied().collect()
    }

    /// What is done about a number while new entries come in.
    fn comes(&self, number: i64) -> Vec<Edit> {
        let (old, new) = (self.old.get(&number), self.new.get(&number));
        match (old, new, self.changed.get(&number)) {
            (None, Some(new), _) => vec![Edit::Create((*new).clone())],
            (_, Some(new), Some(Way::Early)) => vec![Edit::Replace((*new).clone())],
            (Some(old), Some(new), Some(Way::OldBehind(behind))) => {
                vec![Edit::Create(at(*behind, old)), Edit::Replace((*new).clone())]
            }
            (_, Some(new), Some(Way::NewBefore(before))) => vec![Edit::Create(at(*before, new))],
            _ => Vec::new(),
        }
    }

    /// What is done about a number while old entries go.
    fn goes(&self, number: i64) -> Vec<Edit> {
        let (old, new) = (self.old.get(&number), self.new.get(&number));
        match (old, new, self.changed.get(&number)) {
            (Some(old), None, _) => vec![Edit::Delete((*old).clone())],
            (_, Some(new), Some(Way::Late)) => vec![Edit::Replace((*new).clone())],
            (Some(old), _, Some(Way::OldBehind(behind))) => vec![Edit::Delete(at(*behind, old))],
            (_, Some(new), Some(Way::NewBefore(before))) => {
                vec![Edit::Replace((*new).clone()), Edit::Delete(at(*before, new))]
            }
            _ => Vec::new(),
        }
    }

    /// How many entries of a version of IP there are when there are the most.
    fn most(&self, ipv6: bool) -> usize {
        let counts = |entry: &&Map| is_ipv6(entry) == ipv6;
        let there = |entries: &BTreeMap<i64, &Map>, number: &i64| usize::from(entries.get(number).is_some_and(counts));
        let places = self.numbers().into_iter().map(|number| {
            let (old, new) = (there(&self.old, &number), there(&self.new, &number));
            // What moves is there twice for a moment.
            match self.changed.get(&number) {
                Some(Way::OldBehind(_)) => old + old.max(new),
                Some(Way::NewBefore(_)) => new + new.max(old),
                _ => old.max(new),
            }
        });
        places.sum()
    }
}

/// A free number with none that is taken between it and another.
fn beside(number: i64, taken: &mut BTreeSet<i64>) -> Option<Way> {
    let free = |number: i64, taken: &BTreeSet<i64>| ENTRY_NUMBERS.contains(&number) && !taken.contains(&number);
    let (behind, before) = (number + 1, number - 1);
    if free(behind, taken) {
        taken.insert(behind);
        return Some(Way::OldBehind(behind));
    }
    free(before, taken).then(|| {
        taken.insert(before);
        Way::NewBefore(before)
    })
}

/// Whether one entry surely matches whatever another one does.
fn covers(wide: &Map, narrow: &Map) -> bool {
    let same = |name: &str| wide.get(name) == narrow.get(name);
    let traffic = wide.text("protocol") == "all" || (same("protocol") && covers_ports(wide, narrow));
    traffic && (same("block") || covers_block(wide.text("block"), narrow.text("block")))
}

fn covers_block(wide: &str, narrow: &str) -> bool {
    let (wide, narrow): (Result<Block, _>, Result<Block, _>) = (wide.parse(), narrow.parse());
    wide.is_ok_and(|wide| narrow.is_ok_and(|narrow| wide.contains(narrow)))
}

/// Of one protocol: ports from one to another, or a type of ICMP with its code, where -1 is any.
fn covers_ports(wide: &Map, narrow: &Map) -> bool {
    let int = |entry: &Map, name: &str| entry.get(name).and_then(Value::as_int);
    let (from, to) = (int(wide, "from"), int(wide, "to"));
    let (low, high) = (int(narrow, "from"), int(narrow, "to"));
    if matches!(wide.text("protocol"), "icmp" | "icmpv6") {
        let any = |wide: Option<i64>, narrow: Option<i64>| wide == Some(-1) || wide == narrow;
        return any(from, low) && any(to, high);
    }
    (from, to) == (low, high) || (from.is_some() && low.is_some() && from <= low && high <= to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLOCKS: [&str; 6] = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "192.168.0.0/16", "::/0"];
    const SOURCES: [&str; 6] =
        ["8.8.8.8/32", "10.9.9.9/32", "10.0.9.9/32", "10.0.0.9/32", "192.168.0.9/32", "2600::9/128"];
    const PORTS: std::ops::Range<i64> = 1..6;

    fn entry() -> impl Strategy<Value = Map> {
        let ports = (PORTS, 0i64..3).prop_map(|(from, more)| Some((from, from + more)));
        let ports = prop_oneof![Just(None), ports];
        (any::<bool>(), prop::sample::select(&BLOCKS[..]), ports).prop_map(|(allow, block, ports)| {
            Map::new()
                .with("direction", "ingress")
                .with("number", 0)
                .with("action", if allow { "allow" } else { "deny" })
                .with("protocol", if ports.is_some() { "tcp" } else { "all" })
                .with_some("from", ports.map(|(from, _)| from))
                .with_some("to", ports.map(|(_, to)| to))
                .with("block", block)
        })
    }

    /// Lists whose numbers are often the same, `step` apart.
    fn entries(step: i64) -> impl Strategy<Value = Vec<Map>> {
        prop::collection::btree_map(1i64..8, entry(), 0..7)
            .prop_map(move |entries| entries.into_iter().map(|(place, entry)| at(place * step, &entry)).collect())
    }

    /// Which packets a list lets through.
    fn decisions(entries: &BTreeMap<i64, Map>) -> Vec<bool> {
        let matches = |entry: &Map, source: &str, port: Option<i64>| {
            let ports = (entry.get("from").and_then(Value::as_int), entry.get("to").and_then(Value::as_int));
            let meant = match ports {
                (Some(from), Some(to)) => port.is_some_and(|port| (from..=to).contains(&port)),
                _ => true,
            };
            meant && covers_block(entry.text("block"), source)
        };
        let decide = |source: &str, port: Option<i64>| {
            entries
                .values()
                .find(|entry| matches(entry, source, port))
                .is_some_and(|entry| entry.text("action") == "allow")
        };
        let ports = || PORTS.chain([6, 7]).map(Some).chain([None]);
        SOURCES.iter().flat_map(|source| ports().map(|port| decide(source, port)).collect::<Vec<_>>()).collect()
    }

    /// Makes an edit as EC2 would.
    fn make(entries: &mut BTreeMap<i64, Map>, edit: &Edit) {
        let (Edit::Create(entry) | Edit::Replace(entry) | Edit::Delete(entry)) = edit;
        assert!(ENTRY_NUMBERS.contains(&number(entry)), "{edit:?}");
        let there = entries.remove(&number(entry)).is_some();
        assert_eq!(there, !matches!(edit, Edit::Create(_)), "{edit:?} on {entries:?}");
        if !matches!(edit, Edit::Delete(_)) {
            entries.insert(number(entry), entry.clone());
        }
    }

    /// Follows the edits from one list to another; gives what was decided wrongly on the way.
    fn follow(before: &[Map], after: &[Map]) -> Option<String> {
        let list =
            |entries: &[Map]| entries.iter().map(|entry| (number(entry), entry.clone())).collect::<BTreeMap<_, _>>();
        let (mut now, wanted) = (list(before), list(after));
        let (old, new) = (decisions(&now), decisions(&wanted));
        let (before, after): (Vec<&Map>, Vec<&Map>) = (before.iter().collect(), after.iter().collect());
        let mut wrong = None;
        for edit in edits(&before, &after) {
            make(&mut now, &edit);
            let decided = decisions(&now);
            if !decided.iter().zip(old.iter().zip(&new)).all(|(now, (old, new))| now == old || now == new) {
                wrong.get_or_insert(format!("after {edit:?}\n{now:#?}"));
            }
            for ipv6 in [false, true] {
                let count = now.values().filter(|entry| is_ipv6(entry) == ipv6).count();
                assert!(count <= Ways::new(&before, &after).most(ipv6), "{count} after {edit:?}");
            }
        }
        assert_eq!(now, wanted);
        wrong
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_in_between_is_decided_as_before_or_as_after(before in entries(10), after in entries(10)) {
            prop_assert_eq!(obstacle(&before.iter().collect::<Vec<_>>(), &after.iter().collect::<Vec<_>>(), 19), None);
            prop_assert_eq!(follow(&before, &after), None);
        }

        #[test]
        fn where_numbers_leave_no_gap_it_is_known_that_there_is_no_way(before in entries(1), after in entries(1)) {
            let wrong = follow(&before, &after);
            let known = obstacle(&before.iter().collect::<Vec<_>>(), &after.iter().collect::<Vec<_>>(), 19);
            prop_assert!(wrong.is_none() || known.is_some(), "{wrong:?}");
        }

        #[test]
        fn numbers_two_apart_are_enough(before in entries(2), after in entries(2)) {
            prop_assert_eq!(follow(&before, &after), None);
        }
    }

    #[test]
    fn entries_that_change_numbers_take_one_that_is_free() {
        let entry = |number: i64, action: &str, port: i64| {
            let entry = Map::new().with("direction", "ingress").with("number", number).with("action", action);
            entry.with("protocol", "tcp").with("from", port).with("to", port).with("block", "0.0.0.0/0")
        };
        let before = [entry(100, "allow", 80), entry(110, "allow", 443)];
        let after = [entry(100, "allow", 443), entry(110, "allow", 80)];
        let edits = edits(&before.iter().collect::<Vec<_>>(), &after.iter().collect::<Vec<_>>());
        let expected = [
            Edit::Create(entry(101, "allow", 80)),
            Edit::Replace(entry(100, "allow", 443)),
            Edit::Create(entry(111, "allow", 443)),
            Edit::Replace(entry(110, "allow", 80)),
            Edit::Delete(entry(111, "allow", 443)),
            Edit::Delete(entry(101, "allow", 80)),
        ];
        assert_eq!(edits, expected);
    }

    #[test]
    fn lists_without_room_for_each_other_are_told() {
        let list = |first: i64| {
            (0..12).map(|place| at(first + place * 10, &Map::new().with("block", "10.0.0.0/8"))).collect::<Vec<_>>()
        };
        let (old, new) = (list(100), list(105));
        let obstacle = |room| obstacle(&old.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>(), room);
        assert_eq!(obstacle(19), Some("old and new entries have no room beside each other"));
        assert_eq!(obstacle(24), None);
    }
}
