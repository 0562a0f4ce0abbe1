//! The way from what lives to what is wanted, for packets: changes come in an order in which nothing comes through that
//! comes through neither before nor after, and nothing is stopped that comes through both before and after.
//!
//! In: the steps, and what stays. Out: which steps change their things in two parts, and what waits for what. Every order
//! is tried, as far as it takes to find the best one; what no order avoids is told.

mod filters;
mod marks;
mod scene;
mod search;
mod units;

use super::order::needs_of_steps;
use super::{Action, Moment, Plan, Step, movers};
use crate::call::{Map, Value};
use crate::kinds::{Kind, Observed};
use crate::model::Address;
use filters::told;
use scene::Scene;
use std::collections::{BTreeSet, HashMap, HashSet};

pub(super) use movers::key;

/// Something that lives and doesn't change; or that goes, and takes no step.
pub(super) struct Still {
    pub(super) thing: Observed,
    pub(super) goes: bool,
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
pub(super) fn matters(kind: &Kind) -> bool {
    let of = |name| kind.attribute(name).is_some();
    kind.joins.is_some() || kind.name == "subnet" || of("ingress") || of("entries") || of("routes")
}

/// Things in the order of their steps.
fn things<'s>(steps: &'s [Step], still: &'s [Still]) -> Vec<Thing<'s>> {
    let mut things = Vec::new();
    for Still { thing, goes } in still {
        let own = Value::from(&thing.address);
        let attributes = Some(&thing.attributes);
        let after = attributes.filter(|_| !goes);
        things.push(thing_of(thing.kind, own, &thing.address, attributes, after, None));
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
    let (mut stops, mut chains, mut moments) = (Vec::new(), Vec::new(), Vec::new());
    for part in &found {
        let turns = part.batches.iter().flatten().filter(|(_, to)| *to != units::AFTER);
        stops.extend(turns.map(|(unit, to)| {
            let unit = &scene.units[*unit];
            (unit.step, unit.attributes[unit.versions[*to].0].clone())
        }));
        let step =
            |(unit, to): &search::Turn| (plan.steps[scene.units[*unit].step].address.clone(), *to != units::AFTER);
        chains.push(part.batches.iter().map(|batch| batch.iter().map(step).collect()).collect());
        moments.extend(part.wrongs.iter().map(|wrong| Moment {
            from: scene.name(wrong.pair.0).to_owned(),
            to: scene.name(wrong.pair.1).to_owned(),
            traffic: told(wrong.services, &scene.services),
            opens: wrong.opens,
        }));
    }
    moments.sort();
    Some(Passage { stops, chains, moments })
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
    let place = |unit: &units::Unit| places.get(&plan.steps[unit.step].address).copied();
    let of: HashMap<usize, usize> =
        scene.units.iter().enumerate().filter_map(|(index, unit)| Some((place(unit)?, index))).collect();
    scene
        .units
        .iter()
        .map(|unit| {
            let (mut open, mut seen) = (Vec::from_iter(place(unit)), HashSet::new());
            while let Some(next) = open.pop() {
                open.extend(needs[next].iter().copied().filter(|need| seen.insert(*need)));
            }
            seen.iter().filter_map(|step| of.get(step).copied()).collect()
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
