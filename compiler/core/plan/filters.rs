//! What packets meet on their way changes in an order in which no more comes through than before or after.
//!
//! A packet passes several filters, each of which may change: groups at both ends, ACLs, routes. If one opens for it and
//! another one shuts, that one goes first, or for a while nothing stops it. What a group's rules open and shut is parted
//! in two steps where both matter to others: first only that is left which comes through before and after, then the rest
//! comes. What lets the same packets through side by side, such as two groups of one node, opens before it shuts.

use super::movers::{Together, is_rules, key, moves, pause, rules as speaking, wait};
use super::{Action, Plan, Step};
use crate::call::Value;
use crate::kinds::{Effect, Updating};
use std::collections::HashSet;

/// Of more pairs of what opens and what shuts than this, no order is sought: each is compared with each, and in a program
/// that turns hundreds of groups and their members upside down at once that would take minutes.
const MOST_PAIRS: usize = 10_000;

/// A step that changes what comes through.
struct Filter {
    index: usize,
    effect: Effect,
    /// What it is a part of, or changes: steps that share something here are parts of one filter.
    about: HashSet<String>,
    /// The group, if it changes what rules let through.
    group: Option<String>,
}

fn updating<'s>(step: &'s Step, changed: &'s [&'static str]) -> Option<Updating<'s>> {
    let (after, before) = (step.wanted.as_ref()?, step.found.as_ref()?);
    Some(Updating { after, before, changed })
}

fn changed(step: &Step) -> Vec<&'static str> {
    step.changes.iter().map(|change| change.attribute).collect()
}

fn effect(step: &Step) -> Effect {
    match step.action {
        Action::Update => {
            let changed = changed(step);
            updating(step, &changed).map(|updating| (step.kind.effect)(&updating)).unwrap_or_default()
        }
        Action::Create | Action::Replace => Effect::of_anything(step.kind.opens, false),
        Action::Delete => Effect::of_anything(false, step.kind.opens && step.kind.joins.is_none()),
    }
}

/// The steps that change what comes through; none if they are too many.
fn filters(steps: &[Step]) -> Vec<Filter> {
    let filters = steps.iter().enumerate().map(|(index, step)| (index, step, effect(step)));
    let filters = filters.filter(|(.., effect)| *effect != Effect::default());
    let filters = filters.map(|(index, step, effect)| Filter {
        index,
        effect,
        about: about(step),
        group: group(step).filter(|_| is_rules(step)),
    });
    let filters: Vec<Filter> = filters.collect();
    let pairs = with(&filters, |effect| &effect.opens).len() * with(&filters, |effect| &effect.shuts).len();
    if pairs > MOST_PAIRS { Vec::new() } else { filters }
}

/// What a step changes, and by which things it takes effect. Who is new has no part in any filter yet.
fn about(step: &Step) -> HashSet<String> {
    let mut about = HashSet::new();
    if step.action != Action::Update {
        return about;
    }
    let (Some(found), Some(wanted)) = (&step.found, &step.wanted) else { return about };
    let (found, wanted) = (&found.attributes, &wanted.attributes);
    about.extend(own(step));
    for (one, other) in [(found, wanted), (wanted, found)] {
        let changed = ["table", "acl"].into_iter().filter(|name| one.get(name) != other.get(name));
        about.extend(changed.filter_map(|name| one.get(name)).map(key));
        about.extend(one.get("group").map(key));
        about.extend(one.list("groups").iter().map(key));
    }
    about.extend(speaking(step).into_iter().flatten().flatten());
    about
}

/// What a step is about, and what that is a part of.
fn own(step: &Step) -> impl Iterator<Item = String> {
    let address = step.second().unwrap_or_else(|| step.address.clone());
    let owner = address.owner();
    [Some(address), owner].into_iter().flatten().map(|address| key(&Value::from(&address)))
}

/// The group whose rules a step changes.
pub(super) fn group(step: &Step) -> Option<String> {
    let found = step.found.as_ref()?;
    Some(key(&found.attributes.get("group").cloned().unwrap_or_else(|| Value::from(&found.address))))
}

/// Whether two steps change one filter.
fn alike(one: &Filter, other: &Filter, together: &Together) -> bool {
    match (&one.group, &other.group) {
        (Some(a), Some(b)) => a == b || together.holds(a, b),
        _ => one.about.iter().any(|key| other.about.contains(key)),
    }
}

fn are_rules(one: &Filter, other: &Filter) -> bool {
    one.group.is_some() && other.group.is_some()
}

/// Whether one opens what another filter shuts.
fn crosses(one: &Filter, other: &Filter, together: &Together) -> bool {
    match alike(one, other, together) {
        false => one.effect.opens_what_is_shut_by(&other.effect),
        true => are_rules(one, other) && one.effect.opens_what_is_shut_elsewhere_by(&other.effect),
    }
}

/// Parts rules that open what another step shuts, and shut what another one opens.
pub(super) fn part_rules(mut plan: Plan, together: &Together) -> Plan {
    let filters = filters(&plan.steps);
    let crosses = |one: &Filter, other: &Filter| crosses(one, other, together);
    let is_whole =
        |one: &&Filter| plan.steps.get(one.index).is_some_and(|step| !step.follows && step.second().is_none());
    let parted: Vec<usize> = filters
        .iter()
        .filter(|one| one.group.is_some() && filters.iter().any(|other| crosses(one, other)))
        .filter(|one| filters.iter().any(|other| crosses(other, one)))
        .filter(is_whole)
        .map(|one| one.index)
        .collect();
    for index in parted {
        let first = plan.steps.get_mut(index).and_then(|step| {
            let changed = changed(step);
            let between = updating(step, &changed).and_then(|updating| (step.kind.narrowed)(&updating))?;
            pause(step, between)
        });
        plan.steps.extend(first);
    }
    plan
}

/// What opens waits for what shuts, or the other way round where the two are parts of one filter.
pub(super) fn needs(steps: &[Step], needs: &mut [Vec<usize>], together: &Together) {
    leave_as_it_was(steps, needs);
    let filters = filters(steps);
    let (opening, shutting): (Vec<&Filter>, Vec<&Filter>) =
        (with(&filters, |effect| &effect.opens), with(&filters, |effect| &effect.shuts));
    let pairs = || opening.iter().flat_map(|one| shutting.iter().map(move |other| (one, other)));
    let likewise = pairs().filter(|(one, other)| are_rules(one, other) && alike(one, other, together));
    for (one, other) in likewise.filter(|(one, other)| one.effect.opens_what_is_shut_likewise_by(&other.effect)) {
        wait(needs, other.index, one.index);
    }
    // What is in a group and comes into another one has the rules of that before the first one's go.
    for (one, other) in pairs().filter(|(one, other)| stays(&steps[one.index], other)) {
        wait(needs, other.index, one.index);
    }
    for (one, other) in pairs().filter(|(one, other)| crosses(one, other, together)) {
        wait(needs, one.index, other.index);
    }
}

/// Whether something changes groups and stays in the one whose rules another step changes.
fn stays(step: &Step, rules: &Filter) -> bool {
    let sides = step.found.as_ref().zip(step.wanted.as_ref()).filter(|_| step.action == Action::Update);
    let Some(((name, _), (found, wanted))) = step.kind.joins.zip(sides) else { return false };
    let Some(group) = &rules.group else { return false };
    let is_in = |groups: &[Value]| groups.iter().any(|there| key(there) == *group);
    is_in(found.attributes.list(name)) && is_in(wanted.attributes.list(name))
}

fn with<T>(filters: &[Filter], side: fn(&Effect) -> &Vec<T>) -> Vec<&Filter> {
    filters.iter().filter(|filter| !side(&filter.effect).is_empty()).collect()
}

/// What something leaves changes when it has left.
fn leave_as_it_was(steps: &[Step], needs: &mut [Vec<usize>]) {
    let updates = || steps.iter().enumerate().filter(|(_, step)| step.action == Action::Update);
    let left: Vec<(usize, HashSet<String>)> =
        updates().filter_map(|(index, step)| Some((index, left(step)?))).collect();
    if left.is_empty() {
        return;
    }
    for (index, step) in updates() {
        let leavers = left.iter().filter(|(_, left)| own(step).any(|own| left.contains(&own)));
        leavers.for_each(|(leaver, _)| wait(needs, index, *leaver));
    }
}

/// The groups, the table and the ACL that a step leaves.
fn left(step: &Step) -> Option<HashSet<String>> {
    let mut left: HashSet<String> =
        moves(step).map(|[lost, _]| lost.into_iter().map(key).collect()).unwrap_or_default();
    let (found, wanted) = (&step.found.as_ref()?.attributes, &step.wanted.as_ref()?.attributes);
    let names = ["table", "acl"].into_iter().filter(|name| found.get(name) != wanted.get(name));
    left.extend(names.filter_map(|name| found.get(name)).map(key));
    (!left.is_empty()).then_some(left)
}
