//! The way from what lives to what is wanted, for packets: changes come in an order in which nothing comes through that
//! comes through neither before nor after, and nothing is stopped that comes through both before and after.
//!
//! In: the steps, and what stays. Out: which steps change their things in two parts, and what waits for what. Orders
//! are tried until the best one is found, or a good one where they are too many; what it doesn't avoid is told.

mod filters;
mod marks;
mod parties;
mod scene;
mod search;
mod units;

use super::order::needs_of_steps;
use super::{Action, Moment, Plan, Step, movers};
use crate::call::{Map, Value};
use crate::kinds::{Kind, Observed, Resource};
use crate::model::Address;
use scene::Scene;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub(super) use movers::key;

/// Something that packets meet and that takes no step: it lives and doesn't change, comes as EC2 makes it, or goes with
/// something else.
pub(super) struct Still {
    kind: &'static Kind,
    address: Address,
    attributes: Map,
    goes: bool,
}

impl Still {
    /// What lives, if packets meet it; whether it goes.
    pub(super) fn found(thing: Observed, goes: bool) -> Option<Still> {
        let Observed { kind, address, attributes, .. } = thing;
        matters(kind).then_some(Still { kind, address, attributes, goes })
    }

    /// What comes, if packets meet it.
    pub(super) fn wanted(resource: Resource) -> Option<Still> {
        let Resource { kind, address, attributes, .. } = resource;
        matters(kind).then_some(Still { kind, address, attributes, goes: false })
    }
}

/// Something that packets meet, before and after.
pub(super) struct Thing<'s> {
    kind: &'static Kind,
    /// What others call it.
    key: String,
    name: String,
    before: Option<&'s Map>,
    after: Option<&'s Map>,
    /// The step that changes it.
    step: Option<usize>,
    /// Whether another one takes its place.
    fresh: bool,
}

/// Whether packets meet things of a kind.
fn matters(kind: &Kind) -> bool {
    let of = |name| kind.attribute(name).is_some();
    kind.joins.is_some() || kind.name == "subnet" || of("ingress") || of("entries") || of("routes")
}

/// Things in the order of their steps.
fn things<'s>(steps: &'s [Step], still: &'s [Still]) -> Vec<Thing<'s>> {
    let mut things = Vec::new();
    for Still { kind, address, attributes, goes } in still {
        let before = Some(attributes);
        let after = before.filter(|_| !goes);
        things.push(thing_of(kind, Value::from(address), address, before, after, None));
    }
    for (index, step) in steps.iter().enumerate().filter(|(_, step)| matters(step.kind)) {
        let own = || Value::from(&step.address);
        let (before, after) =
            (step.found.as_ref().map(|found| &found.attributes), step.wanted.as_ref().map(|wanted| &wanted.attributes));
        let of = |own, before, after, index| thing_of(step.kind, own, &step.address, before, after, index);
        let old = || step.found.as_ref().map_or_else(own, |found| found.id.clone().into());
        match step.action {
            Action::Update | Action::Create => things.push(of(own(), before, after, Some(index))),
            Action::Delete => things.push(of(own(), before, None, None)),
            Action::Replace if step.kind.joins.is_some() => {
                things.push(Thing { fresh: true, ..of(own(), before, after, Some(index)) });
            }
            Action::Replace => {
                things.push(of(old(), before, None, None));
                things.push(of(own(), None, after, Some(index)));
            }
        }
    }
    things
}

fn thing_of<'s>(
    kind: &'static Kind,
    own: Value,
    address: &Address,
    before: Option<&'s Map>,
    after: Option<&'s Map>,
    step: Option<usize>,
) -> Thing<'s> {
    let owner = || {
        let (_, part) = kind.part?;
        let given = after.or(before)?;
        let owner = given.get("group").or_else(|| given.get("table"))?;
        (part == "rules" || part == "routes").then(|| key(owner))
    };
    let key = owner().unwrap_or_else(|| key(&own));
    Thing { kind, key, name: address.to_string(), before, after, step, fresh: false }
}

fn address(value: &Value) -> Option<Address> {
    match value {
        Value::Ref(address) => Some(address.clone()),
        _ => None,
    }
}

/// The subnet of an instance, or the first one of an endpoint.
fn subnet_of(attributes: &Map) -> Option<&Value> {
    let first = || attributes.list("subnets").first()?.as_map()?.get("subnet");
    attributes.get("subnet").or_else(first)
}

/// What an order avoids or doesn't.
pub(super) struct Passage {
    /// Steps that stop on their way, with what they have then.
    stops: Vec<(usize, Map)>,
    /// Steps that wait for each other, those of each batch for those of the one before it; whether each is the first part
    /// of one.
    chains: Vec<Vec<Vec<(Address, bool)>>>,
    /// What no order avoids.
    moments: Vec<Moment>,
}

/// Finds the best order; `None` if there is nothing to order, or too much.
pub(super) fn find(plan: &Plan, still: &[Still]) -> Option<Passage> {
    if !plan.steps.iter().any(|step| step.action == Action::Update && matters(step.kind)) {
        return None;
    }
    let scene = Scene::new(&things(&plan.steps, still), &plan.steps)?;
    let found = search::search(&scene, &needs(plan, &scene))?;
    let (mut stops, mut chains, mut wrongs) = (Vec::new(), Vec::new(), Vec::new());
    for part in found {
        let turns = part.batches.iter().flatten().filter(|(_, to)| *to != units::AFTER);
        stops.extend(turns.flat_map(|(unit, to)| {
            let unit = &scene.units[*unit];
            unit.steps.iter().map(move |index| (*index, unit.attributes_of(&plan.steps[*index], *to)))
        }));
        let steps = |(unit, to): &search::Turn| {
            let first = *to != units::AFTER;
            scene.units[*unit].steps.iter().map(move |index| (plan.steps[*index].address.clone(), first))
        };
        chains.push(part.batches.iter().map(|batch| batch.iter().flat_map(steps).collect()).collect());
        wrongs.extend(part.wrongs);
    }
    Some(Passage { stops, chains, moments: moments(&scene, &wrongs) })
}

/// What people are told: once of all that are alike.
fn moments(scene: &Scene, wrongs: &[search::Wrong]) -> Vec<Moment> {
    let mut services: BTreeMap<(&[String], &[String], bool), filters::Set> = BTreeMap::new();
    for wrong in wrongs {
        let (from, to) = wrong.pair;
        *services.entry((scene.names(from), scene.names(to), wrong.opens)).or_default() |= wrong.services;
    }
    let told = services.into_iter().filter_map(|((from, to, opens), services)| {
        let (sender, also_from) = apart(from, 0)?;
        let (receiver, also_to) = apart(to, usize::from(from == to))?;
        let traffic = filters::told(services, &scene.services);
        Some(Moment { from: sender, also_from, to: receiver, also_to, traffic, opens })
    });
    let mut moments: Vec<Moment> = told.collect();
    moments.sort();
    moments
}

/// One of some names, and the others.
fn apart(names: &[String], place: usize) -> Option<(String, Vec<String>)> {
    let mut others = names.to_vec();
    (place < others.len()).then(|| (others.remove(place), others))
}

/// Which units have to be done before each.
fn needs(plan: &Plan, scene: &Scene) -> Vec<BTreeSet<usize>> {
    let (steps, needs) = needs_of_steps(plan.clone());
    let places: HashMap<&Address, usize> = steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.action != Action::Delete)
        .map(|(index, step)| (&step.address, index))
        .collect();
    let own = |unit: &units::Unit| -> Vec<usize> {
        unit.steps.iter().filter_map(|index| places.get(&plan.steps[*index].address).copied()).collect()
    };
    let units = scene.units.iter().enumerate();
    let of: HashMap<usize, usize> =
        units.clone().flat_map(|(index, unit)| own(unit).into_iter().map(move |place| (place, index))).collect();
    units
        .map(|(index, unit)| {
            let (mut open, mut seen) = (own(unit), HashSet::new());
            while let Some(next) = open.pop() {
                open.extend(needs[next].iter().copied().filter(|need| seen.insert(*need)));
            }
            seen.iter().filter_map(|step| of.get(step).copied()).filter(|need| *need != index).collect()
        })
        .collect()
}

impl Passage {
    /// Parts the steps that stop on their way.
    pub(super) fn part(&self, mut plan: Plan) -> Plan {
        for (index, attributes) in &self.stops {
            let first = movers::pause(&mut plan.steps[*index], attributes.clone());
            plan.steps.extend(first);
        }
        plan.moments.clone_from(&self.moments);
        plan
    }

    /// Lets the steps of each chain wait for those before them.
    pub(super) fn needs(&self, steps: &[Step], needs: &mut [Vec<usize>]) {
        let places: HashMap<Address, usize> = steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.action != Action::Delete)
            .map(|(index, step)| (step.address.clone(), index))
            .collect();
        let firsts: HashMap<Address, usize> =
            steps.iter().enumerate().filter_map(|(index, step)| Some((step.second()?, index))).collect();
        let place = |(address, first): &(Address, bool)| {
            if *first { firsts.get(address) } else { places.get(address) }.copied()
        };
        for chain in &self.chains {
            let batches: Vec<Vec<usize>> = chain.iter().map(|batch| batch.iter().filter_map(place).collect()).collect();
            for pair in batches.windows(2) {
                let [before, after] = pair else { continue };
                for (step, other) in after.iter().flat_map(|step| before.iter().map(move |other| (*step, *other))) {
                    movers::wait(needs, step, other);
                }
            }
        }
    }
}
