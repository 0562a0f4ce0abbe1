//! Who packets come from and go to, as far as packets can tell one from another.
//!
//! Things that are alike before and after make up a class, and change one after the other, in whatever order. Two of them
//! tell of all: while a class is on its way, the first half of it is as it was and the second one as it will be.

use super::marks::{Marks, Outsider};
use super::units::{State, Unit, Versions};
use super::{Thing, key};
use crate::call::Map;
use crate::net::Block;
use std::collections::{HashMap, HashSet};

/// How somebody is for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Member {
    pub(super) is_there: bool,
    /// The groups that it is in; of what is outside, the lists.
    pub(super) keys: Vec<String>,
    pub(super) subnet: Option<String>,
    /// Its address, or a block in which that is.
    pub(super) address: Option<Block>,
}

impl Member {
    /// What attributes say; those that are empty are nobody's. Groups stand in the attribute of that name.
    pub(super) fn of(attributes: &Map, groups: &str) -> Member {
        Member {
            is_there: !attributes.is_empty(),
            keys: attributes.list(groups).iter().map(key).collect(),
            subnet: super::subnet_of(attributes).map(key),
            address: None,
        }
    }
}

/// What packets can tell of a thing.
#[derive(PartialEq, Eq, Hash)]
struct Traits {
    kind: &'static str,
    before: Option<Member>,
    after: Member,
    vpc: Option<String>,
    around: [Vec<Block>; 2],
    public: bool,
    fresh: bool,
}

/// Things between which packets can't tell.
pub(super) struct Class<'t> {
    pub(super) things: Vec<&'t Thing<'t>>,
    /// The attribute in which their groups stand.
    pub(super) groups: &'static str,
    pub(super) vpc: Option<String>,
    /// Whether requests from outside may come to it.
    pub(super) public: bool,
    /// Whether the same things are there before and after.
    pub(super) stays: bool,
}

/// The classes of what is in groups of which all are known.
pub(super) fn classes<'t>(things: &'t [Thing<'t>], marks: &Marks, known: impl Fn(&String) -> bool) -> Vec<Class<'t>> {
    let (mut classes, mut places) = (Vec::<Class<'t>>::new(), HashMap::new());
    for thing in things {
        let (Some((groups, _)), Some(after)) = (thing.kind.joins, thing.after) else { continue };
        let (before, after) = (thing.before.map(|map| Member::of(map, groups)), Member::of(after, groups));
        let is_known = |member: &Member| !member.keys.is_empty() && member.keys.iter().all(&known);
        if !before.iter().chain([&after]).all(is_known) {
            continue;
        }
        let given = || [thing.after, thing.before].into_iter().flatten();
        let vpc = given().find_map(|map| map.get("vpc")).map(key);
        let public = given().any(|map| map.is_true("public"));
        let stays = before.is_some() && !thing.fresh;
        let (kind, fresh, around) =
            (thing.kind.name, thing.fresh, addresses(thing, marks).map(|address| marks.around(address)));
        let traits = Traits { kind, before, after, vpc: vpc.clone(), around, public, fresh };
        let place = *places.entry(traits).or_insert(classes.len());
        match classes.get_mut(place) {
            Some(class) => class.things.push(thing),
            None => classes.push(Class { things: vec![thing], groups, vpc, public, stays }),
        }
    }
    classes
}

/// The address of a thing before and after, or the block of its subnet. What lives keeps its address, though no program
/// tells it.
pub(super) fn addresses(thing: &Thing, marks: &Marks) -> [Option<Block>; 2] {
    let own = |map: &Map| map.text("address").parse().ok().map(Block::host);
    let around = |map: &Map| marks.subnets.get(&key(super::subnet_of(map)?)).copied();
    let of = |given: Option<&Map>| given.and_then(|map| own(map).or_else(|| around(map)));
    match thing.fresh {
        true => [of(thing.before), of(thing.after)],
        false => [thing.after.and_then(own).or_else(|| of(thing.before)).or_else(|| of(thing.after)); 2],
    }
}

/// Somebody whom packets come from or go to.
pub(super) struct Party {
    /// What people call it, and whatever else it stands for.
    pub(super) names: Vec<String>,
    pub(super) versions: Versions<Member>,
    /// Which half of its class it stands for.
    pub(super) half: usize,
    pub(super) vpc: Option<String>,
    /// Whether requests from outside may come to it.
    pub(super) public: bool,
    /// Whether the same thing is there before and after.
    pub(super) stays: bool,
    pub(super) outside: bool,
}

impl Party {
    /// Somebody outside.
    pub(super) fn outside(Outsider { name, address, keys }: Outsider) -> Party {
        Party { public: true, outside: true, ..Party::always(name, keys, address) }
    }

    fn always(name: String, keys: Vec<String>, address: Option<Block>) -> Party {
        Party {
            names: vec![name],
            versions: Versions::fixed(Member { is_there: true, keys, subnet: None, address }),
            half: 0,
            vpc: None,
            public: false,
            stays: true,
            outside: false,
        }
    }

    /// How it is, if its unit and others are in some.
    pub(super) fn at(&self, state: &State, units: &[Unit]) -> Option<&Member> {
        self.versions.at(state, units)[self.half]
    }
}

/// Somebody who is in each group, by key and name, that nobody is in: others than those of the program may be.
pub(super) fn others(parties: &[Party], names: &HashMap<String, String>) -> Vec<Party> {
    let used: HashSet<&String> =
        parties.iter().flat_map(|party| &party.versions.all).flat_map(|member| &member.keys).collect();
    let mut others: Vec<(&String, &String)> = names.iter().filter(|(key, _)| !used.contains(*key)).collect();
    others.sort();
    others
        .into_iter()
        .map(|(key, name)| Party::always(format!("whoever is in {name}"), vec![key.clone()], None))
        .collect()
}
