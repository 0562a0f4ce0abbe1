//! Who could reach whom in each state on the way: parties, and the filters between them.

use super::filters::{Acl, Peer, Routes, Rules, Service, Set, Way, services};
use super::marks::Marks;
use super::parties::{Class, Member, Party, addresses, classes, others};
use super::units::{AFTER, State, Unit, Versions, unit};
use super::{Thing, key};
use crate::call::{Map, Value};
use crate::plan::Step;
use std::collections::{BTreeSet, HashMap};

/// As many parties are looked at, each with each.
const MOST_PARTIES: usize = 100;

#[derive(Clone, Debug, Default)]
struct Place {
    table: Option<String>,
    acl: Option<String>,
}

/// Everything that says who reaches whom, in any state.
pub(super) struct Scene {
    pub(super) units: Vec<Unit>,
    pub(super) services: Vec<Service>,
    parties: Vec<Party>,
    groups: HashMap<String, Versions<Rules>>,
    /// What people call the groups.
    names: HashMap<String, String>,
    acls: HashMap<String, Versions<Acl>>,
    tables: HashMap<String, Versions<Routes>>,
    subnets: HashMap<String, Versions<Place>>,
}

/// A source and a destination.
pub(super) type Pair = (usize, usize);

/// What each filter lets through: the sender's rules, the receiver's, the ACLs, the routes; surely, and perhaps.
pub(super) type Passing = [[Set; 2]; 4];

impl Scene {
    /// `None` if there is too much to look at.
    pub(super) fn new(things: &[Thing], steps: &[Step]) -> Option<Scene> {
        let lists = things.iter().flat_map(|thing| [thing.before, thing.after]).flatten();
        let spoken = lists.flat_map(|map| ["ingress", "egress", "entries"].map(|name| map.list(name))).flatten();
        let services = services(spoken.filter_map(Value::as_map))?;
        let mut scene = Scene {
            units: Vec::new(),
            services,
            parties: Vec::new(),
            groups: HashMap::new(),
            names: HashMap::new(),
            acls: HashMap::new(),
            tables: HashMap::new(),
            subnets: HashMap::new(),
        };
        for thing in things.iter().filter(|thing| thing.kind.joins.is_none()) {
            scene.add_filter(thing, steps);
        }
        let marks = Marks::of(things);
        if marks.blocks.len() > MOST_PARTIES {
            return None;
        }
        for class in classes(things, &marks, |group| scene.groups.contains_key(group)) {
            scene.add_class(&class, steps, &marks);
            if scene.parties.len() > MOST_PARTIES {
                return None;
            }
        }
        scene.parties.extend(others(&scene.parties, &scene.names));
        scene.parties.extend(marks.outside().into_iter().map(Party::outside));
        (scene.parties.len() <= MOST_PARTIES).then_some(scene)
    }

    /// The unit of things that change alike, if they change.
    fn unit(&mut self, things: &[&Thing], steps: &[Step]) -> Option<usize> {
        let first = things.first()?;
        let index = first.step?;
        let unit = unit(first, index, steps.get(index)?)?;
        self.units.push(unit.of_all(things.iter().filter_map(|thing| thing.step).collect()));
        Some(self.units.len() - 1)
    }

    fn versions<T>(&self, unit: Option<usize>, thing: &Thing, of: impl Fn(&Map) -> T) -> Versions<T> {
        match unit.and_then(|unit| self.units.get(unit)) {
            Some(Unit { attributes, .. }) => Versions { unit, all: attributes.iter().map(of).collect() },
            None => Versions::fixed(of(thing.after.or(thing.before).unwrap_or(&Map::new()))),
        }
    }

    fn add_filter(&mut self, thing: &Thing, steps: &[Step]) {
        let key = thing.key.clone();
        let unit = self.unit(&[thing], steps);
        if thing.kind.attribute("ingress").is_some() {
            let versions = self.versions(unit, thing, |map| Rules::of(map, &self.services));
            let name = thing.name.strip_suffix("/rules").unwrap_or(&thing.name);
            self.names.insert(key.clone(), name.to_owned());
            self.groups.insert(key, versions);
        } else if thing.kind.attribute("entries").is_some() {
            let versions = self.versions(unit, thing, |map| Acl::of(map, &self.services));
            self.acls.insert(key, versions);
        } else if thing.kind.attribute("routes").is_some() {
            let versions = self.versions(unit, thing, Routes::of);
            self.tables.insert(key, versions);
        } else {
            let vpc = thing.after.or(thing.before).and_then(|map| map.get("vpc")).and_then(super::address);
            let part = |part: &str| vpc.as_ref().map(|vpc| self::key(&Value::from(&vpc.part(part))));
            let (table, acl) = (part("main-table"), part("default-acl"));
            let versions = self.versions(unit, thing, |map| Place {
                table: map.get("table").map(self::key).or_else(|| table.clone()),
                acl: map.get("acl").map(self::key).or_else(|| acl.clone()),
            });
            self.subnets.insert(key, versions);
        }
    }

    fn add_class(&mut self, class: &Class, steps: &[Step], marks: &Marks) {
        let unit = self.unit(&class.things, steps);
        let names: Vec<String> = class.things.iter().map(|thing| thing.name.clone()).collect();
        for (half, thing) in class.things.iter().take(2).enumerate() {
            let mut versions = self.versions(unit, thing, |map| Member::of(map, class.groups));
            let [before, after] = addresses(thing, marks);
            versions.all.iter_mut().for_each(|member| member.address = after);
            versions.all.iter_mut().take(usize::from(unit.is_some())).for_each(|member| member.address = before);
            self.parties.push(Party {
                names: names.clone(),
                versions,
                half,
                vpc: class.vpc.clone(),
                public: class.public,
                stays: class.stays,
                outside: false,
            });
        }
    }

    /// Everything before, or everything after.
    pub(super) fn end(&self, version: usize) -> State {
        vec![version; self.units.len()]
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair> {
        let count = self.parties.len();
        let outside = |place: usize| self.parties.get(place).is_some_and(|party| party.outside);
        let all = (0..count).flat_map(move |from| (0..count).map(move |to| (from, to)));
        all.filter(move |(from, to)| from != to && !(outside(*from) && outside(*to)))
    }

    /// Whether both are there before and after.
    pub(super) fn stay(&self, (from, to): Pair) -> bool {
        self.parties[from].stays && self.parties[to].stays
    }

    /// Whether both are those that are there after.
    pub(super) fn are_there(&self, pair: Pair, state: &State) -> bool {
        [pair.0, pair.1].into_iter().all(|place| {
            let party = &self.parties[place];
            let at = party.versions.unit.map_or(AFTER, |unit| state[unit]);
            party.stays || at == AFTER
        })
    }

    /// What people call somebody, and all that it stands for.
    pub(super) fn names(&self, place: usize) -> &[String] {
        &self.parties[place].names
    }

    /// The units that may have a part in what comes through between two.
    pub(super) fn units_of(&self, pair: Pair) -> BTreeSet<usize> {
        let mut units = BTreeSet::new();
        for place in [pair.0, pair.1] {
            let party = &self.parties[place];
            units.extend(party.versions.unit);
            for member in &party.versions.all {
                units.extend(member.keys.iter().filter_map(|key| self.groups.get(key)?.unit));
                let Some(subnet) = member.subnet.as_ref().and_then(|key| self.subnets.get(key)) else { continue };
                units.extend(subnet.unit);
                for place in &subnet.all {
                    units.extend(place.acl.as_ref().and_then(|key| self.acls.get(key)?.unit));
                    units.extend(place.table.as_ref().and_then(|key| self.tables.get(key)?.unit));
                }
            }
        }
        units
    }

    /// The services of which the rules that a unit changes may let more or less through between two, whatever others do:
    /// another group of the same thing may let them through before and after.
    pub(super) fn own_part(&self, unit: usize, (from, to): Pair) -> Set {
        let mut own = 0;
        for (place, other, out) in [(from, to, true), (to, from, false)] {
            let (party, peer) = (&self.parties[place], &self.parties[other]);
            let moves = [party, peer].iter().any(|party| party.versions.unit == Some(unit));
            let keys: BTreeSet<&String> = party.versions.all.iter().flat_map(|member| &member.keys).collect();
            let groups = keys.into_iter().filter_map(|key| self.groups.get(key));
            for group in groups.filter(|group| moves || group.unit == Some(unit)) {
                for member in &peer.versions.all {
                    let peer = Peer { address: member.address, keys: &member.keys };
                    let first = group.all.first().map_or(0, |rules| rules.pass(out, &peer));
                    let sets = group.all.iter().map(|rules| rules.pass(out, &peer));
                    own |= if moves {
                        sets.fold(first, |all, set| all | set)
                    } else {
                        sets.fold(0, |all, set| all | (set ^ first))
                    };
                }
            }
        }
        own
    }

    /// What each filter lets through from one to the other.
    pub(super) fn passing(&self, (from, to): Pair, state: &State) -> Passing {
        let sides = [&self.parties[from], &self.parties[to]];
        let [here, there] = sides.map(|party| party.at(state, &self.units));
        let (Some(here), Some(there)) = (here, there) else { return Passing::default() };
        if !here.is_there || !there.is_there {
            return Passing::default();
        }
        let peers =
            [Peer { address: here.address, keys: &here.keys }, Peer { address: there.address, keys: &there.keys }];
        let out = self.rules(here, true, &peers[1], state, sides[0].outside);
        let into = self.rules(there, false, &peers[0], state, sides[1].outside);
        [out, into, self.acls([here, there], &peers, state), self.routes(sides, [here, there], &peers, state)]
    }

    fn rules(&self, member: &Member, out: bool, peer: &Peer, state: &State, outside: bool) -> [Set; 2] {
        if outside {
            return [Set::MAX; 2];
        }
        let groups = member.keys.iter().filter_map(|key| self.groups.get(key));
        let sets = groups
            .map(|group| group.at(state, &self.units).map(|rules| rules.map_or(0, |rules| rules.pass(out, peer))));
        sets.fold([0; 2], |[sure, perhaps], [one, other]| [sure | one & other, perhaps | one | other])
    }

    fn place(&self, member: &Member, state: &State) -> Option<&Place> {
        self.subnets.get(member.subnet.as_ref()?)?.at(state, &self.units)[0]
    }

    fn acls(&self, members: [&Member; 2], peers: &[Peer; 2], state: &State) -> [Set; 2] {
        if members[0].subnet.is_some() && members[0].subnet == members[1].subnet {
            return [Set::MAX; 2];
        }
        let mut both = [Set::MAX; 2];
        for (member, peer, out) in [(members[0], &peers[1], true), (members[1], &peers[0], false)] {
            let acl = self.place(member, state).and_then(|place| self.acls.get(place.acl.as_ref()?));
            let Some(acl) = acl else { continue };
            let sets = acl
                .at(state, &self.units)
                .map(|acl| acl.map_or(Set::MAX, |acl| acl.pass(out, peer, false) & acl.pass(!out, peer, true)));
            both = [both[0] & sets[0] & sets[1], both[1] & (sets[0] | sets[1])];
        }
        both
    }

    fn routes(&self, sides: [&Party; 2], members: [&Member; 2], peers: &[Peer; 2], state: &State) -> [Set; 2] {
        let is_local = sides[0].vpc == sides[1].vpc && !sides[0].outside && !sides[1].outside;
        if is_local || members.iter().zip(sides).any(|(member, side)| member.subnet.is_none() && !side.outside) {
            return [Set::MAX; 2];
        }
        if sides[0].outside && !sides[1].public {
            return [0; 2];
        }
        let mut both = [true; 2];
        for (place, least) in [(0, Way::Out), (1, Way::Both)] {
            if sides[place].outside {
                continue;
            }
            let table = self.place(members[place], state).and_then(|at| self.tables.get(at.table.as_ref()?));
            let ways = table.map_or([Way::Nowhere; 2], |table| {
                table
                    .at(state, &self.units)
                    .map(|routes| routes.map_or(Way::Nowhere, |routes| routes.way(&peers[1 - place])))
            });
            let goes = ways.map(|way| way == Way::Both || way == least);
            both = [both[0] && goes[0] && goes[1], both[1] && (goes[0] || goes[1])];
        }
        both.map(|goes| if goes { Set::MAX } else { 0 })
    }
}
