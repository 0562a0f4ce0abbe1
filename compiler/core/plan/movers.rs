//! Things that leave a group for another, where rules speak of either: they are in both for a while.
//!
//! What a rule lets through depends on who is in the group that it names. Of two nodes that move, or of a node that moves
//! and a rule that follows it, one comes first; for what holds before and after to hold in between as well, all that
//! moves comes into its new groups, then rules change, then it leaves its old groups.

use super::order::waits_for;
use super::{Action, Plan, Step, changes};
use crate::call::{Map, Value};
use crate::kinds::{DIRECTIONS, Observed, Resource};
use crate::model::Address;
use ecow::EcoString;
use std::collections::{HashMap, HashSet};

/// The groups that rules speak of, before and after.
pub(super) struct Named(HashSet<String>);

impl Named {
    /// What rules speak of, with the names that things which live have in the program.
    pub(super) fn of<'t>(
        wanted: &[Resource],
        found: impl Iterator<Item = &'t Observed>,
        names: &HashMap<EcoString, Address>,
    ) -> Named {
        let mut keys = HashSet::new();
        for resource in wanted.iter().filter(|resource| resource.kind.part.is_some()) {
            mentions(&resource.attributes, &mut |value| _ = keys.insert(key(value)));
        }
        for thing in found.filter(|thing| thing.kind.part.is_some()) {
            mentions(&thing.attributes, &mut |value| {
                keys.insert(key(value));
                keys.extend(value.as_text().and_then(|id| names.get(id)).map(|address| key(&address.into())));
            });
        }
        Named(keys)
    }
}

/// Which groups have members in common, and who is in each, before or after.
pub(super) struct Together {
    pairs: HashSet<(String, String)>,
    members: HashMap<String, HashSet<Address>>,
}

impl Together {
    /// By who is in which groups.
    pub(super) fn of<'t>(
        wanted: &[Resource],
        found: impl Iterator<Item = &'t Observed>,
        names: &HashMap<EcoString, Address>,
    ) -> Together {
        let mut together = Together { pairs: HashSet::new(), members: HashMap::new() };
        let own = wanted.iter().map(|resource| (resource.kind, &resource.address, &resource.attributes));
        let found = found.map(|thing| (thing.kind, &thing.address, &thing.attributes));
        for (kind, address, attributes) in own.chain(found) {
            let groups = kind.joins.map(|(name, _)| attributes.list(name)).unwrap_or_default();
            let named =
                |group: &Value| group.as_text().and_then(|id| names.get(id)).map(|address| key(&address.into()));
            let keys: Vec<String> = groups.iter().map(|group| named(group).unwrap_or_else(|| key(group))).collect();
            for one in &keys {
                together.members.entry(one.clone()).or_default().insert(address.clone());
                let others = keys.iter().filter(|other| *other != one);
                together.pairs.extend(others.map(|other| (one.clone(), other.clone())));
            }
        }
        together
    }

    /// Whether two groups have.
    pub(super) fn holds(&self, one: &str, other: &str) -> bool {
        self.pairs.contains(&(one.to_owned(), other.to_owned()))
    }

    /// The groups that something else than this is in.
    pub(super) fn with_others_than(&self, address: &Address) -> HashSet<&String> {
        let others = |members: &HashSet<Address>| members.iter().any(|member| member != address);
        self.members.iter().filter(|(_, members)| others(members)).map(|(group, _)| group).collect()
    }
}

/// A value as what sets hold.
pub(super) fn key(value: &Value) -> String {
    format!("{value:?}")
}

/// What the elements of lists hold: what an attribute itself holds is the thing's owner.
fn mentions(attributes: &Map, visit: &mut impl FnMut(&Value)) {
    for (_, value) in attributes.iter() {
        for map in value.as_list().into_iter().flatten().filter_map(Value::as_map) {
            map.iter().for_each(|(_, value)| visit(value));
        }
    }
}

/// The groups that a step leaves, and those that it comes into.
pub(super) fn moves(step: &Step) -> Option<[Vec<&Value>; 2]> {
    let (name, _) = step.kind.joins.filter(|_| step.action == Action::Update)?;
    let (old, new) = (step.found.as_ref()?.attributes.list(name), step.wanted.as_ref()?.attributes.list(name));
    let lost = old.iter().filter(|group| !new.contains(group)).collect();
    let gained = new.iter().filter(|group| !old.contains(group)).collect();
    Some([lost, gained])
}

/// Puts a step before each that moves from groups to others that rules speak of: into the new ones.
pub(super) fn come_first(mut plan: Plan, named: &Named) -> Plan {
    let moving = plan.steps.iter().filter(|step| is_moving(step)).count();
    if moving > 1 {
        let firsts: Vec<Step> = plan.steps.iter_mut().filter_map(|step| coming(step, named)).collect();
        plan.steps.extend(firsts);
    }
    plan
}

/// Whether a step changes groups.
pub(super) fn is_moving(step: &Step) -> bool {
    moves(step).is_some_and(|sides| sides.iter().any(|side| !side.is_empty()))
}

fn coming(step: &mut Step, named: &Named) -> Option<Step> {
    let (name, most) = step.kind.joins?;
    let [lost, gained] = moves(step)?;
    let spoken_of = lost.iter().chain(&gained).any(|group| named.0.contains(&key(group)));
    let found = step.found.as_ref()?;
    let both: Vec<Value> = found.attributes.list(name).iter().chain(gained.iter().copied()).cloned().collect();
    // A thing without groups of its own is in its VPC's default one, and cannot be in that beside others by no name.
    if lost.is_empty() || gained.is_empty() || !spoken_of || both.len() > most {
        return None;
    }
    let mut attributes = found.attributes.clone();
    attributes.set(name, both);
    pause(step, attributes)
}

/// Parts a step in two: what is given comes in between. The second one still tells all that changes.
pub(super) fn pause(step: &mut Step, attributes: Map) -> Option<Step> {
    let first = Step { address: step.first(), ..step.clone() };
    let wanted = first.wanted.map(|wanted| Resource {
        address: first.address.clone(),
        attributes: attributes.clone(),
        after: Vec::new(),
        ..wanted
    });
    let changed = match (&wanted, &step.found) {
        (Some(wanted), Some(found)) => changes::of_attributes(wanted, found),
        _ => Vec::new(),
    };
    if let Some(found) = &mut step.found {
        found.attributes = attributes;
    }
    step.follows = true;
    Some(Step { wanted, changes: changed, reason: None, ..first })
}

/// Rules that speak of the groups that something moves between change when all of it has come into the new ones, and none
/// leaves the old ones before.
pub(super) fn needs(steps: &[Step], needs: &mut [Vec<usize>]) {
    let moving: Vec<(usize, [Vec<&Value>; 2])> = steps
        .iter()
        .enumerate()
        .filter(|(_, step)| is_moving(step))
        .filter_map(|(index, step)| Some((index, moves(step)?)))
        .collect();
    if moving.is_empty() {
        return;
    }
    let side = |place: usize| -> HashSet<String> {
        moving.iter().flat_map(|(_, sides)| &sides[place]).map(|group| key(group)).collect()
    };
    let (lost, gained) = (side(0), side(1));
    let comes: Vec<usize> =
        moving.iter().filter(|(_, [_, gained])| !gained.is_empty()).map(|(index, _)| *index).collect();
    let leaves: Vec<usize> = moving
        .iter()
        .filter(|(_, [lost, gained])| !lost.is_empty() && gained.is_empty())
        .map(|(index, _)| *index)
        .collect();
    let (mut follow, mut outlast) = (Vec::new(), Vec::new());
    for (index, step) in steps.iter().enumerate() {
        let Some([gone, new]) = rules(step) else { continue };
        let speak = |rules: &HashSet<String>, groups: &HashSet<String>| !rules.is_disjoint(groups);
        match (speak(&gone, &lost), speak(&new, &gained)) {
            (true, _) => follow.push(index),
            // What was let in by another rule has come in before that goes.
            (false, true) if !gone.is_empty() => follow.push(index),
            (false, true) => outlast.push(index),
            // What is no longer let in does not come in first, and what is let in later has left before.
            _ if speak(&gone, &gained) => comes.iter().for_each(|come| wait(needs, *come, index)),
            _ if speak(&new, &lost) => leaves.iter().for_each(|leave| wait(needs, index, *leave)),
            _ => {}
        }
    }
    for turn in &follow {
        comes.iter().for_each(|come| wait(needs, *turn, *come));
    }
    // Between all of some and all of others stands one, so that needs stay few.
    let (Some((first, rest)), Some((last, others))) = (leaves.split_first(), leaves.split_last()) else { return };
    comes.iter().chain(&follow).chain(&outlast).for_each(|before| wait(needs, *first, *before));
    rest.iter().for_each(|leave| wait(needs, *leave, *first));
    others.iter().for_each(|leave| wait(needs, *last, *leave));
    // Who is new meets nobody in a group that is left.
    let new = steps.iter().enumerate().filter(|(_, step)| step.kind.joins.is_some() && makes(step));
    new.for_each(|(new, _)| wait(needs, new, *last));
}

fn makes(step: &Step) -> bool {
    matches!(step.action, Action::Create | Action::Replace)
}

/// The second of two steps waits for the first.
pub(super) fn in_order(steps: &[Step], needs: &mut [Vec<usize>]) {
    let firsts: HashMap<Address, usize> =
        steps.iter().enumerate().filter_map(|(index, step)| Some((step.second()?, index))).collect();
    for (index, step) in steps.iter().enumerate().filter(|_| !firsts.is_empty()) {
        needs[index].extend(firsts.get(&step.address));
    }
}

/// Whether a step is about rules of a security group.
pub(super) fn is_rules(step: &Step) -> bool {
    step.kind.attribute("ingress").is_some()
}

/// The rules that are in one list and not in another.
pub(super) fn only<'r>(list: &'r [Value], other: &[Value]) -> Vec<&'r Value> {
    list.iter().filter(|rule| !other.contains(rule)).collect()
}

/// Whom a rule speaks of.
pub(super) fn peer(rule: &Value) -> Option<String> {
    rule.as_map()?.get("peer").map(key)
}

/// Whom the rules that a step takes away speak of, and whom the ones that it adds.
pub(super) fn rules(step: &Step) -> Option<[HashSet<String>; 2]> {
    let (found, wanted) = (&step.found.as_ref()?.attributes, &step.wanted.as_ref()?.attributes);
    let peers = |one: &Map, other: &Map| {
        DIRECTIONS.iter().flat_map(|way| only(one.list(way), other.list(way))).filter_map(peer).collect()
    };
    (step.action == Action::Update && is_rules(step)).then(|| [peers(found, wanted), peers(wanted, found)])
}

/// Makes a step wait for another, unless that waits for it.
pub(super) fn wait(needs: &mut [Vec<usize>], step: usize, other: usize) {
    if step != other && !waits_for(needs, other, step) {
        needs[step].push(other);
    }
}
