//! What differs between what is wanted and what is found, thing by thing.

use super::changes::{changes, plain};
use super::movers::{self, Named, Together};
use super::passage::{self, Still};
use super::{Action, Changed, Plan, Refused, Removal, Step, filters, lone_mover, order};
use crate::call::{Map, Value};
use crate::kinds::{
    KINDS, Kind, Observed, Overlap, Resource, State, VPC_CIDR_BLOCK, Wanted, derived, is_ipv6_block, name_references,
};
use crate::model::Address;
use crate::source::Span;
use ecow::EcoString;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The plan that makes what is found into what is wanted.
///
/// What is wanted is in the order of kinds, so that whatever something refers to comes before it, groups that name each
/// other through their rules included.
pub fn diff(stack: &str, region: &str, wanted: Wanted, found: Vec<Observed>) -> Plan {
    let Wanted { resources, existing, renamed, keeps, assertions, .. } = wanted;
    let (mut chosen, surplus) = choose(&resources, found);
    rename(&resources, &renamed, &mut chosen);
    let mut names: HashMap<EcoString, Address> = chosen
        .values()
        .filter(|thing| thing.kind.has_ids())
        .map(|thing| (thing.id.clone(), thing.address.clone()))
        .collect();
    names.extend(existing.iter().map(|thing| (thing.id.clone(), thing.address.clone())));
    let named = Named::of(&resources, chosen.values(), &names);
    let together = Together::of(&resources, chosen.values(), &names);
    let known = existing.into_iter().map(|thing| (thing.address, thing.id.into())).collect();
    let kept: HashSet<Address> = resources.iter().map(|resource| resource.address.clone()).collect();
    let mut differ = Differ { known, names, steps: Vec::new(), still: Vec::new(), dropped: BTreeMap::new() };
    for resource in resources {
        let found = chosen.remove(&resource.address).or_else(|| differ.adopt(&resource, &kept, &mut chosen));
        differ.compare(resource, found);
    }
    for (number, mut thing) in surplus {
        let reason = format!("a second one claims `{}`", thing.address);
        thing.address = thing.address.part(&format!("{number}/old"));
        differ.remove(thing, Some(reason));
    }
    for thing in chosen.into_values() {
        differ.remove(thing, None);
    }
    let refused = refused(&differ.steps, keeps);
    let Differ { known, steps, still, .. } = differ;
    let moments = Vec::new();
    let plan = Plan { stack: stack.into(), region: region.into(), steps, known, refused, assertions, moments };
    match passage::find(&plan, &still) {
        Some(passage) => order::order(passage.part(plan), &together, Some(&passage)),
        None => {
            let plan = lone_mover::part_rules(movers::come_first(plan, &named), &together);
            order::order(filters::part_rules(plan, &together), &together, None)
        }
    }
}

/// What the plan would remove or replace, though the program says to keep it: the first thing that each `keep` forbids.
fn refused(steps: &[Step], keeps: Vec<(Address, Span)>) -> Vec<Refused> {
    if keeps.is_empty() {
        return Vec::new();
    }
    let ends = steps.iter().filter(|step| matches!(step.action, Action::Replace | Action::Delete));
    let ends: BTreeMap<Address, &Step> = ends.rev().map(|step| (step.address.declared(), step)).collect();
    let refused = |(kept, span): (Address, Span)| {
        let step = ends.get(&kept)?;
        let why = step.changes.iter().find_map(|change| Some((change.path.clone(), change.replaces?)));
        Some(Refused { span, action: step.action, why, address: step.address.clone() })
    };
    keeps.into_iter().filter_map(refused).collect()
}

/// Gives what lives under a former name the name that the program has for it now.
fn rename(wanted: &[Resource], renamed: &[(Address, Address)], chosen: &mut BTreeMap<Address, Observed>) {
    if renamed.is_empty() {
        return;
    }
    for resource in wanted.iter().filter(|resource| resource.kind.has_ids()) {
        if chosen.contains_key(&resource.address) {
            continue;
        }
        let former = resource.address.former(renamed).into_iter();
        let Some(former) = former.rev().find(|old| chosen.get(old).is_some_and(|thing| thing.kind == resource.kind))
        else {
            continue;
        };
        let parts = KINDS.iter().filter_map(|kind| kind.part.filter(|(owner, _)| *owner == resource.kind));
        let parts = parts.map(|(_, name)| (former.part(name), resource.address.part(name)));
        let all: Vec<(Address, Address)> = parts.chain([(former.clone(), resource.address.clone())]).collect();
        for (from, to) in all {
            if let Some(mut thing) = chosen.remove(&from) {
                thing.address = to.clone();
                chosen.insert(to, thing);
            }
        }
    }
}

/// The one thing that stands for each address, and whatever else claims one, counted from 2. Parts stand with their owner: the
/// rules of a group that is not chosen are not either.
fn choose(wanted: &[Resource], found: Vec<Observed>) -> (BTreeMap<Address, Observed>, Vec<(usize, Observed)>) {
    let wanted: HashMap<&Address, &Resource> = wanted.iter().map(|resource| (&resource.address, resource)).collect();
    let used = uses(&found);
    let mut claimants: BTreeMap<Address, Vec<Observed>> = BTreeMap::new();
    for thing in found {
        claimants.entry(thing.address.clone()).or_default().push(thing);
    }
    let mut claims: Vec<(Address, Vec<Observed>)> = claimants.into_iter().collect();
    // Of what something refers to, it is known first which one it is.
    let place = |thing: &Observed| (thing.kind.part.is_some(), thing.kind.rank());
    claims.sort_by_key(|(_, things)| things.iter().map(place).min());
    let (mut chosen, mut surplus, mut names) = (BTreeMap::new(), Vec::new(), HashMap::new());
    for (address, mut things) in claims {
        let best = if things.len() > 1 { best(&things, wanted.get(&address).copied(), &used, &names) } else { 0 };
        let thing = things.swap_remove(best);
        if thing.kind.has_ids() {
            names.insert(thing.id.clone(), thing.address.clone());
        }
        chosen.insert(address, thing);
        surplus.extend((2..).zip(things));
    }
    (chosen, surplus)
}

/// Which of several things serves best as what is wanted: one of its kind where it should be, with its owner, that need
/// not be replaced, that is most like it, and that others use most.
fn best(
    things: &[Observed],
    wanted: Option<&Resource>,
    used: &HashMap<EcoString, usize>,
    names: &HashMap<EcoString, Address>,
) -> usize {
    let fitness = |thing: &Observed| {
        let there = wanted.is_none_or(|wanted| wanted.kind == thing.kind && wanted.region == thing.region);
        let (stays, alike) = wanted.map_or((true, 0), |wanted| likeness(thing, wanted, names));
        let owned = names.contains_key(&thing.id);
        (there, owned, stays, alike, used.get(&thing.id).copied().unwrap_or_default())
    };
    // Of equal ones, the first.
    (0..things.len()).rev().max_by_key(|index| things.get(*index).map(fitness)).unwrap_or_default()
}

/// How often each id is mentioned by something else.
fn uses(found: &[Observed]) -> HashMap<EcoString, usize> {
    let mut used = HashMap::new();
    for thing in found {
        thing.attributes.iter().for_each(|(_, value)| count_texts(value, &thing.id, &mut used));
    }
    used
}

fn count_texts(value: &Value, own: &EcoString, used: &mut HashMap<EcoString, usize>) {
    match value {
        Value::Text(text) if text != own => *used.entry(text.clone()).or_default() += 1,
        Value::List(list) => list.iter().for_each(|value| count_texts(value, own, used)),
        Value::Map(map) => map.iter().for_each(|(_, value)| count_texts(value, own, used)),
        _ => {}
    }
}

/// How well something serves as what is wanted: whether it can become that, and in how many attributes it is that.
fn likeness(thing: &Observed, wanted: &Resource, names: &HashMap<EcoString, Address>) -> (bool, usize) {
    let mut thing = thing.clone();
    name_references(&mut thing.attributes, names);
    let stays = wanted.kind == thing.kind && changes(wanted, &thing).iter().all(|change| change.replaces.is_none());
    let same = |name: &str| thing.attributes.get(name).map(plain) == wanted.attributes.get(name).map(plain);
    (stays, thing.kind.attributes.iter().filter(|attribute| same(attribute.name)).count())
}

struct Differ {
    /// The id of each thing that stays or is dropped.
    known: HashMap<Address, Value>,
    names: HashMap<EcoString, Address>,
    steps: Vec<Step>,
    /// What takes no step.
    still: Vec<Still>,
    /// Of each kind, what the program no longer asks for, by what it claims.
    dropped: BTreeMap<&'static str, HashMap<String, Address>>,
}

impl Differ {
    /// Puts the IPv6 blocks that Amazon has chosen in place of what stands for them.
    fn settle(&self, wanted: &mut Resource) {
        let known = |address: &Address| self.known.get(address).cloned();
        let block = &mut |address: &Address| {
            known(address).or_else(|| derived(address, known)).filter(|_| is_ipv6_block(address))
        };
        wanted.attributes.values_mut().for_each(|value| value.resolve(block));
    }

    fn compare(&mut self, mut wanted: Resource, found: Option<Observed>) {
        self.settle(&mut wanted);
        let Some(mut found) = found.filter(|found| found.kind == wanted.kind) else {
            return self.create(wanted);
        };
        name_references(&mut found.attributes, &self.names);
        let changes = changes(&wanted, &found);
        let dead = match &found.state {
            State::Failed(why) => Some(format!("it has failed: {why}")),
            _ => None,
        };
        if dead.is_some() || changes.iter().any(|change| change.replaces.is_some()) {
            return self.replace(wanted, found, changes, dead);
        }
        self.know(&found);
        if !changes.is_empty() {
            let former = found.tagged.as_ref().filter(|tagged| **tagged != found.address);
            let reason = former.map(|former| format!("known as `{former}` until now"));
            self.steps.push(Step { found: Some(found), changes, reason, ..step(wanted, Action::Update) });
        } else {
            self.still.extend(Still::found(found, false));
        }
    }

    /// Something that lives, is no longer asked for, and is what is wanted but for its name: it gets the new name. EC2
    /// lets nothing else have what it claims, so otherwise it would have to go first.
    fn adopt(
        &mut self,
        wanted: &Resource,
        kept: &HashSet<Address>,
        chosen: &mut BTreeMap<Address, Observed>,
    ) -> Option<Observed> {
        let claimed = claim(wanted.kind, &wanted.attributes)?;
        let names = &self.names;
        let dropped = self.dropped.entry(wanted.kind.name).or_insert_with(|| {
            let dropped =
                chosen.values_mut().filter(|thing| thing.kind == wanted.kind && !kept.contains(&thing.address));
            let by_claim = dropped.filter_map(|thing| {
                name_references(&mut thing.attributes, names);
                Some((claim(thing.kind, &thing.attributes)?, thing.address.clone()))
            });
            by_claim.collect()
        });
        let address = dropped.get(&claimed)?;
        let thing = chosen
            .get(address)
            .filter(|thing| !changes(wanted, thing).iter().any(|change| change.replaces.is_some()))?;
        self.names.insert(thing.id.clone(), wanted.address.clone());
        let mut thing = chosen.remove(&address.clone())?;
        thing.address = wanted.address.clone();
        Some(thing)
    }

    fn create(&mut self, wanted: Resource) {
        self.push_making(step(wanted, Action::Create));
    }

    fn replace(&mut self, wanted: Resource, found: Observed, changes: Vec<Changed>, reason: Option<String>) {
        // Its id is about to change: whoever refers to it sees another thing.
        self.names.remove(&found.id);
        let removal = match wanted.kind.overlap {
            Overlap::OldFirst => Removal::First,
            Overlap::NewFirst => Removal::Last,
            Overlap::NewFirstFor(name) => {
                let mut taking =
                    changes.iter().filter(|change| change.replaces.is_some()).map(|change| change.attribute);
                if taking.next() == Some(name) && taking.next().is_none() { Removal::Last } else { Removal::First }
            }
        };
        self.push_making(Step { found: Some(found), changes, reason, removal, ..step(wanted, Action::Replace) });
    }

    fn know(&mut self, found: &Observed) {
        self.known.insert(found.address.clone(), found.id.clone().into());
        if let Some(block) = found.attributes.get("block").filter(|_| found.kind == &VPC_CIDR_BLOCK) {
            self.known.insert(found.address.part("block"), block.clone());
        }
    }

    /// Some things need no call to be made: a group's rules, when they are those that EC2 makes by itself.
    fn push_making(&mut self, step: Step) {
        if step.kind.has_ids() || !step.raw_ops("").is_empty() {
            self.steps.push(step);
        } else {
            self.still.extend(step.found.and_then(|thing| Still::found(thing, true)));
            self.still.extend(step.wanted.and_then(Still::wanted));
        }
    }

    fn remove(&mut self, mut found: Observed, reason: Option<String>) {
        name_references(&mut found.attributes, &self.names);
        self.know(&found);
        let stays = found.kind.comes_with_vpc().is_some().then(|| "given back as EC2 made it".to_owned());
        let step = Step {
            address: found.address.clone(),
            kind: found.kind,
            action: Action::Delete,
            region: found.region.clone(),
            needs: Vec::new(),
            wanted: None,
            changes: Vec::new(),
            reason: reason.or(stays),
            removal: Removal::Elsewhere,
            follows: false,
            found: Some(found),
        };
        // What goes with something else takes no step.
        if !step.raw_ops("").is_empty() {
            self.steps.push(step);
        } else {
            self.still.extend(step.found.and_then(|thing| Still::found(thing, true)));
        }
    }
}

fn step(wanted: Resource, action: Action) -> Step {
    Step {
        address: wanted.address.clone(),
        kind: wanted.kind,
        action,
        region: wanted.region.clone(),
        needs: Vec::new(),
        wanted: Some(wanted),
        found: None,
        changes: Vec::new(),
        reason: None,
        removal: Removal::Elsewhere,
        follows: false,
    }
}

/// The first thing that something claims, as a key.
fn claim(kind: &Kind, attributes: &Map) -> Option<String> {
    (kind.claims)(attributes).first().map(|claim| format!("{claim:?}"))
}
