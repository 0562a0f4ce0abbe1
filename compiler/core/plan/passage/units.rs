//! What may change, and through which versions: a group's rules by way of both the old and the new ones, or of none but
//! what they share.

use super::Thing;
use crate::call::{Map, Value};
use crate::kinds::{DIRECTIONS, Updating, everything_out, rules_only};
use crate::plan::{Action, Step};

/// A way from one version to another.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The versions in between.
    pub(super) through: Vec<usize>,
}

/// How something is for a while: as attributes say; or, where nobody can tell, as the one or the other of two say; of a
/// class on its way, as the one say of its first half, and as the other of its second.
pub(super) type Version = (usize, usize);

/// The version in which each unit is.
pub(super) type State = Vec<usize>;

/// What a step changes, or several that change alike.
pub(super) struct Unit {
    /// The steps.
    pub(super) steps: Vec<usize>,
    /// All attributes that it has on the way, of several those of the first one; the first are those that it starts from,
    /// the second those that it comes to.
    pub(super) attributes: Vec<Map>,
    /// The versions, the first two as above.
    pub(super) versions: Vec<Version>,
    pub(super) edges: Vec<Edge>,
}

/// The version in which everything is before.
pub(super) const BEFORE: usize = 0;
/// The version in which everything is after.
pub(super) const AFTER: usize = 1;

impl Unit {
    fn new(step: usize, before: Map, after: Map) -> Unit {
        let edges = vec![Edge { from: BEFORE, to: AFTER, through: Vec::new() }];
        Unit { steps: vec![step], attributes: vec![before, after], versions: vec![(0, 0), (1, 1)], edges }
    }

    /// The version with some attributes.
    fn version(&mut self, attributes: Map) -> usize {
        let place = self.attributes.iter().position(|there| *there == attributes).unwrap_or_else(|| {
            self.attributes.push(attributes);
            self.attributes.len() - 1
        });
        self.version_of((place, place))
    }

    fn version_of(&mut self, version: Version) -> usize {
        self.versions.iter().position(|there| *there == version).unwrap_or_else(|| {
            self.versions.push(version);
            self.versions.len() - 1
        })
    }

    /// Lets it stop at some attributes on its way.
    fn stop_at(&mut self, attributes: Map) {
        let stop = self.version(attributes);
        if stop > AFTER {
            self.edges.push(Edge { from: BEFORE, to: stop, through: Vec::new() });
            self.edges.push(Edge { from: stop, to: AFTER, through: Vec::new() });
        }
    }

    /// Makes it that of several steps, which come one after the other.
    pub(super) fn of_all(mut self, steps: Vec<usize>) -> Unit {
        if steps.len() > 1 {
            for index in 0..self.edges.len() {
                let Edge { from, to, .. } = self.edges[index];
                let halves = self.version_of((self.versions[from].0, self.versions[to].0));
                self.edges[index].through.push(halves);
            }
        }
        Unit { steps, ..self }
    }

    /// How the thing of one of its steps is in a version.
    pub(super) fn attributes_of(&self, step: &Step, version: usize) -> Map {
        let attributes = &self.attributes[self.versions[version].0];
        match (step.kind.joins, &step.found) {
            (Some((groups, _)), Some(found)) => with_list(&found.attributes, groups, attributes.list(groups).to_vec()),
            _ => attributes.clone(),
        }
    }

    /// Says what it goes through between any two versions.
    fn between(&mut self, versions: impl Fn(&Map, &Map) -> Vec<Map>) {
        for index in 0..self.edges.len() {
            let ends = self.edges.get(index).map(|edge| (self.versions[edge.from].0, self.versions[edge.to].0));
            let Some((from, to)) = ends else { continue };
            let through = versions(&self.attributes[from], &self.attributes[to]);
            let through = through.into_iter().map(|attributes| self.version(attributes)).collect();
            self.edges[index].through = through;
        }
    }
}

/// Something with its versions.
pub(super) struct Versions<T> {
    pub(super) unit: Option<usize>,
    pub(super) all: Vec<T>,
}

impl<T> Versions<T> {
    pub(super) fn fixed(one: T) -> Versions<T> {
        Versions { unit: None, all: vec![one] }
    }

    /// As it is in a state: the one and the other of two.
    pub(super) fn at(&self, state: &State, units: &[Unit]) -> [Option<&T>; 2] {
        let version = self.unit.and_then(|unit| units.get(unit)?.versions.get(*state.get(unit)?)).copied();
        let (one, other): Version = version.unwrap_or_default();
        [self.all.get(one), self.all.get(other)]
    }
}

/// What a step changes of something, if that matters to packets.
pub(super) fn unit(thing: &Thing, index: usize, step: &Step) -> Option<Unit> {
    let after = thing.after?;
    let kind = thing.kind;
    if let Some((groups, most)) = kind.joins {
        return members(index, thing, after, groups, most);
    }
    let before = match thing.before {
        Some(before) => before.clone(),
        None => born(after),
    };
    let same = |name: &str| before.get(name) == after.get(name);
    if kind.attribute("ingress").is_some() {
        let narrowed = narrowed(step);
        return (!DIRECTIONS.into_iter().all(same))
            .then(|| rules(index, &before, after, narrowed, thing.before.is_some()));
    }
    if kind.name == "subnet" {
        thing.before?;
        return (!same("table") || !same("acl")).then(|| subnet(index, &before, after));
    }
    let mut unit = Unit::new(index, before.clone(), after.clone());
    let either = unit.version_of((0, 1));
    unit.edges.iter_mut().for_each(|edge| edge.through = vec![either]);
    (!["entries", "routes", "propagating"].into_iter().all(same)).then_some(unit)
}

/// What EC2 gives something that is made: a group lets everything out.
fn born(after: &Map) -> Map {
    let without = with_list(&with_list(after, "ingress", Vec::new()), "routes", Vec::new());
    with_list(&without, "egress", everything_out(after.is_true("ipv6")))
}

fn with_list(attributes: &Map, name: &'static str, list: Vec<Value>) -> Map {
    let mut attributes = attributes.clone();
    attributes.set(name, list);
    attributes
}

/// What rules share with those that come, if they live.
fn narrowed(step: &Step) -> Option<Map> {
    let changed: Vec<&'static str> = step.changes.iter().map(|change| change.attribute).collect();
    let (after, before) = (step.wanted.as_ref()?, step.found.as_ref()?);
    let updating = Updating { after, before, changed: &changed };
    (step.action == Action::Update).then(|| (step.kind.narrowed)(&updating))?
}

/// Of so many groups that something leaves or comes into, it may be in any for a while; of more, in all.
const MOST_CHANGING: usize = 4;

/// What changes groups may be in some of the old and some of the new ones for a while.
fn members(index: usize, thing: &Thing, after: &Map, name: &'static str, most: usize) -> Option<Unit> {
    let Some(before) = thing.before else { return Some(Unit::new(index, Map::new(), after.clone())) };
    if thing.fresh {
        return Some(Unit::new(index, before.clone(), after.clone()));
    }
    let (old, new) = (before.list(name), after.list(name));
    let of = |groups: Vec<Value>| with_list(before, name, groups);
    let mut unit = Unit::new(index, before.clone(), of(new.to_vec()));
    let (shared, left): (Vec<&Value>, Vec<&Value>) = old.iter().partition(|group| new.contains(group));
    let gained = new.iter().filter(|group| !old.contains(group));
    let changing: Vec<&Value> = left.into_iter().chain(gained).collect();
    if changing.is_empty() {
        return None;
    }
    let alike =
        |one: &[Value], other: &[Value]| one.len() == other.len() && one.iter().all(|group| other.contains(group));
    for some in some_of(&changing) {
        let stop: Vec<Value> = shared.iter().copied().chain(some).cloned().collect();
        if (1..=most).contains(&stop.len()) && !alike(&stop, old) && !alike(&stop, new) {
            unit.stop_at(of(stop));
        }
    }
    Some(unit)
}

/// What some groups come to, each of them there or not; all of them if they are many.
fn some_of<'g>(groups: &[&'g Value]) -> Vec<Vec<&'g Value>> {
    if groups.len() > MOST_CHANGING {
        return vec![groups.to_vec()];
    }
    let chosen = |which: usize| {
        let each = groups.iter().enumerate().filter(move |(place, _)| which & (1 << place) != 0);
        each.map(|(_, group)| *group).collect()
    };
    (0..1 << groups.len()).map(chosen).collect()
}

/// A subnet changes its ACL and its table one after the other.
fn subnet(index: usize, before: &Map, after: &Map) -> Unit {
    let with = |given: &Map, name: &'static str| {
        let mut attributes = given.clone();
        attributes.remove(name);
        attributes.with_some(name, after.get(name))
    };
    let [table, acl] = ["table", "acl"].map(|name| with(before, name));
    let mut unit = Unit::new(index, before.clone(), with(&table, "acl"));
    // As the kind does it in one step.
    let first = unit.version(if after.get("acl").is_some() { acl.clone() } else { table.clone() });
    unit.edges.iter_mut().filter(|_| first > AFTER).for_each(|edge| edge.through = vec![first]);
    if ["table", "acl"].into_iter().all(|name| before.get(name) != after.get(name)) {
        [table, acl].into_iter().for_each(|stop| unit.stop_at(stop));
    }
    unit
}

/// Rules that live may stop in between, coming in and going out each by itself.
fn rules(index: usize, before: &Map, after: &Map, narrowed: Option<Map>, stops: bool) -> Unit {
    let of = |ingress: &[Value], egress: &[Value]| {
        with_list(&with_list(after, "ingress", ingress.to_vec()), "egress", egress.to_vec())
    };
    let [ingress, egress] = DIRECTIONS.map(|way| {
        let (old, new) = (before.list(way), after.list(way));
        let fewer = narrowed.as_ref().map(|narrowed| narrowed.list(way).to_vec());
        let stops = [old.to_vec(), new.to_vec(), both(old, new)].into_iter().chain(fewer);
        stops.collect::<Vec<Vec<Value>>>()
    });
    let mut unit = Unit::new(index, of(before.list("ingress"), before.list("egress")), after.clone());
    for one in ingress.iter().filter(|_| stops) {
        egress.iter().for_each(|other| unit.stop_at(of(one, other)));
    }
    unit.between(|from, to| {
        let all = |way| both(from.list(way), to.list(way));
        let (came, left) = (to.list("ingress"), from.list("egress"));
        vec![of(&all("ingress"), left), of(came, left), of(came, &all("egress"))]
    });
    unit
}

fn both(old: &[Value], new: &[Value]) -> Vec<Value> {
    old.iter().chain(rules_only(new, old)).cloned().collect()
}
