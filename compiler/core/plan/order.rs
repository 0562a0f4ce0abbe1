//! What has to come before what, and an order that keeps to it.

use super::movers::{self, Together};
use super::passage::Passage;
use super::{Action, Plan, Removal, Step, filters, lone_mover};
use crate::call::{Map, Value};
use crate::kinds::{Claim, ClaimOn, Observed};
use crate::model::Address;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

/// What things are made of that others come to use.
const PARTS: [&str; 2] = ["routes", "rules"];

/// Gives every step its needs, and brings the steps into an order that satisfies them.
pub(super) fn order(mut plan: Plan, together: &Together, passage: Option<&Passage>) -> Plan {
    make_room(&mut plan.steps);
    let mut plan = split_removals(with_their_vpcs(plan));
    let graph = Graph::new(&plan.steps);
    let mut needs = graph.needs(together, passage);
    let along = graph.along();
    along.into_iter().for_each(|index| plan.steps[index].removal = Removal::Along);
    let order = sort(&plan.steps, &mut needs);
    let addresses: Vec<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
    for (step, needs) in plan.steps.iter_mut().zip(&needs) {
        step.needs = needs.iter().map(|index| addresses[*index].clone()).collect();
        step.needs.sort();
    }
    let mut steps: Vec<Option<Step>> = plan.steps.into_iter().map(Some).collect();
    plan.steps = order.into_iter().filter_map(|index| steps[index].take()).collect();
    merge_removals(plan)
}

/// Steps, and what each waits for whatever packets meet on their way.
pub(super) fn needs_of_steps(mut plan: Plan) -> (Vec<Step>, Vec<Vec<usize>>) {
    make_room(&mut plan.steps);
    let plan = split_removals(with_their_vpcs(plan));
    let needs = Graph::new(&plan.steps).hard_needs();
    (plan.steps, needs)
}

/// What stands in something whose old one has to go first goes first, too, even if its kind could have two side by side:
/// the new one needs what the old one keeps from being made. Steps come after those that they refer to.
fn make_room(steps: &mut [Step]) {
    let mut first: HashSet<Address> = HashSet::new();
    for step in steps.iter_mut().filter(|step| step.action == Action::Replace) {
        let mut inside = false;
        let references = step.wanted.iter().flat_map(|wanted| wanted.attributes.iter());
        references.for_each(|(_, value)| value.each_ref(&mut |address| inside |= first.contains(address)));
        if inside {
            step.removal = Removal::First;
        }
        if step.removal == Removal::First {
            first.insert(step.address.clone());
        }
    }
}

/// What a VPC came with goes with it, if that goes: it takes no call, but for those that let others go before.
fn with_their_vpcs(mut plan: Plan) -> Plan {
    let removed = plan.steps.iter().filter(|step| matches!(step.action, Action::Delete | Action::Replace));
    let vpcs: HashSet<Value> = removed
        .filter_map(|step| step.found.as_ref().filter(|found| found.kind.name == "vpc"))
        .flat_map(|vpc| [Value::from(vpc.id.clone()), Value::from(&vpc.address)])
        .collect();
    for step in plan.steps.iter_mut().filter(|step| step.action == Action::Delete) {
        let vpc = step.found.as_ref().and_then(|found| found.attributes.get("vpc"));
        if step.kind.comes_with_vpc().is_some() && vpc.is_some_and(|vpc| vpcs.contains(vpc)) {
            step.removal = Removal::Along;
        }
    }
    let stack = plan.stack.clone();
    plan.steps.retain(|step| step.removal != Removal::Along || !step.raw_ops(&stack).is_empty());
    plan
}

/// Parts each replacement into the making of the new thing and the removal of the old one.
fn split_removals(mut plan: Plan) -> Plan {
    let mut removals = Vec::new();
    for step in &mut plan.steps {
        if step.action != Action::Replace {
            continue;
        }
        let Some(found) = step.found.clone() else { continue };
        let removal = Step {
            address: step.address.part("old"),
            action: Action::Delete,
            wanted: None,
            changes: Vec::new(),
            reason: None,
            removal: Removal::Elsewhere,
            follows: false,
            needs: Vec::new(),
            region: found.region.clone(),
            kind: step.kind,
            found: Some(found),
        };
        if removal.ops(&Plan::default()).is_empty() {
            step.removal = Removal::Elsewhere;
        } else {
            removals.push(removal);
        }
    }
    plan.steps.extend(removals);
    plan
}

struct Graph<'s> {
    steps: &'s [Step],
    /// The step that makes or changes each address.
    makes: HashMap<&'s Address, usize>,
    /// The steps that remove what the ids stand for.
    removes: HashMap<&'s str, usize>,
    /// The step that removes what now stands for each address.
    removes_address: HashMap<Address, usize>,
}

impl<'s> Graph<'s> {
    fn new(steps: &'s [Step]) -> Self {
        let (mut makes, mut removes, mut removes_address) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (index, step) in steps.iter().enumerate() {
            match (&step.found, step.action) {
                (Some(found), Action::Delete) => {
                    if found.kind.has_ids() {
                        removes.insert(found.id.as_str(), index);
                    }
                    removes_address.insert(found.address.clone(), index);
                }
                _ => {
                    makes.insert(&step.address, index);
                }
            }
        }
        Graph { steps, makes, removes, removes_address }
    }

    fn hard_needs(&self) -> Vec<Vec<usize>> {
        let mut needs = vec![Vec::new(); self.steps.len()];
        self.makings(&mut needs);
        self.removals(&mut needs);
        self.claims(&mut needs);
        self.kinds(&mut needs);
        self.loose(&mut needs);
        movers::in_order(self.steps, &mut needs);
        needs
    }

    fn needs(&self, together: &Together, passage: Option<&Passage>) -> Vec<Vec<usize>> {
        let mut needs = self.hard_needs();
        match passage {
            Some(passage) => passage.needs(self.steps, &mut needs),
            None if !lone_mover::needs(self.steps, &mut needs, together) => movers::needs(self.steps, &mut needs),
            None => {}
        }
        self.whole(&mut needs);
        self.until_left(&mut needs);
        if passage.is_none() {
            filters::needs(self.steps, &mut needs, together);
        }
        for (index, needs) in needs.iter_mut().enumerate() {
            needs.retain(|need| *need != index);
            needs.sort_unstable();
            needs.dedup();
        }
        needs
    }

    /// What is removed waits for those that may do without it to let go of it, unless they wait for the removal
    /// themselves.
    fn loose(&self, needs: &mut [Vec<usize>]) {
        for (index, step) in self.steps.iter().enumerate() {
            let Some(found) = step.found.as_ref().filter(|_| step.action != Action::Replace) else { continue };
            for value in step.kind.loose.iter().filter_map(|name| found.attributes.get(name)) {
                self.each_removed(value, &mut |removal| {
                    if !waits_for(needs, index, removal) {
                        needs[removal].push(index);
                    }
                });
            }
        }
    }

    /// What lives and changes to something else changes once that is whole: a subnet to a table with its routes, a node to a
    /// group with its rules. What is made anew has nothing to lose, and doesn't wait; nor do rules for those of the groups
    /// that they name.
    fn whole(&self, needs: &mut [Vec<usize>]) {
        for (index, step) in self.steps.iter().enumerate() {
            let changes = step.action == Action::Update && !movers::is_rules(step);
            let Some(wanted) = step.wanted.as_ref().filter(|_| changes) else { continue };
            let mut parts = self.parts(&wanted.attributes);
            // What only comes into more leaves nothing yet.
            if let Some(found) = step.found.as_ref().filter(|_| step.second().is_some()) {
                let own = self.parts(&found.attributes);
                parts.retain(|part| !own.contains(part));
            }
            for part in parts {
                if part != index && !waits_for(needs, part, index) {
                    needs[index].push(part);
                }
            }
        }
    }

    /// The steps that make or change the parts of what some attributes refer to.
    fn parts(&self, attributes: &Map) -> Vec<usize> {
        let mut parts = Vec::new();
        let mut refer = |address: &Address| {
            parts.extend(PARTS.iter().filter_map(|name| self.makes.get(&address.part(name))));
        };
        attributes.iter().for_each(|(_, value)| value.each_ref(&mut refer));
        parts
    }

    /// What is removed stays whole until those that live and let go of it have done so: a group keeps its rules for the nodes
    /// that are still to leave it.
    fn until_left(&self, needs: &mut [Vec<usize>]) {
        for (index, step) in self.steps.iter().enumerate() {
            let part = step.found.as_ref().filter(|_| step.action == Action::Delete && step.kind.part.is_some());
            let Some(whole) = part.and_then(|part| self.removes_address.get(&part.address.owner()?)) else { continue };
            let leaving = needs[*whole].iter().filter(|need| self.steps[**need].action == Action::Update);
            let leaving: Vec<usize> = leaving.copied().collect();
            for user in leaving {
                if user != index && !waits_for(needs, user, index) {
                    needs[index].push(user);
                }
            }
        }
    }

    /// What is made or changed needs what it refers to.
    fn makings(&self, needs: &mut [Vec<usize>]) {
        for (index, step) in self.steps.iter().enumerate() {
            let Some(wanted) = &step.wanted else { continue };
            // The first part of a change keeps some of what there is, which needn't be as it will be.
            let mut kept = HashSet::new();
            if let Some(found) = step.found.as_ref().filter(|_| step.second().is_some()) {
                found.attributes.iter().for_each(|(_, value)| value.each_ref(&mut |address| _ = kept.insert(address)));
            }
            let mut refer = |address: &Address| {
                needs[index].extend(self.makes.get(address).filter(|_| !kept.contains(address)));
            };
            wanted.attributes.iter().for_each(|(_, value)| value.each_ref(&mut refer));
            // What runs already has booted.
            if step.action != Action::Update || step.kind.joins.is_none() {
                wanted.after.iter().for_each(refer);
            }
            if step.removal == Removal::First {
                needs[index].extend(self.removes_address.get(&step.address));
            }
        }
    }

    /// What is removed needs everything that refers to it to be gone or to refer to it no more.
    fn removals(&self, needs: &mut [Vec<usize>]) {
        for (index, step) in self.steps.iter().enumerate() {
            let Some(found) = &step.found else { continue };
            // The step that ends what the thing refers to: its removal, or the change of it.
            let ends = match step.action {
                Action::Replace => continue,
                _ => index,
            };
            for (name, value) in found.attributes.iter().filter(|(name, _)| !step.kind.loose.contains(name)) {
                let outlives = step.kind.outlives.contains(&name);
                self.each_removed(value, &mut |removal| match (outlives, step.action) {
                    (false, _) => needs[removal].push(ends),
                    (true, Action::Delete) => needs[index].push(removal),
                    (true, _) => {}
                });
            }
        }
    }

    /// The removals of things that go along with what they outlive.
    fn along(&self) -> Vec<usize> {
        let goes_along = |step: &Step| {
            let Some(found) = step.found.as_ref().filter(|_| step.action == Action::Delete) else { return false };
            let mut any = false;
            for value in step.kind.outlives.iter().filter_map(|name| found.attributes.get(name)) {
                self.each_removed(value, &mut |_| any = true);
            }
            any
        };
        self.steps.iter().enumerate().filter(|(_, step)| goes_along(step)).map(|(index, _)| index).collect()
    }

    fn each_removed(&self, value: &Value, visit: &mut impl FnMut(usize)) {
        match value {
            Value::Ref(address) => self.removes_address.get(address).into_iter().for_each(|index| visit(*index)),
            Value::Text(id) => self.removes.get(id.as_str()).into_iter().for_each(|index| visit(*index)),
            Value::List(list) => list.iter().for_each(|value| self.each_removed(value, visit)),
            Value::Map(map) => map.iter().for_each(|(_, value)| self.each_removed(value, visit)),
            _ => {}
        }
    }

    /// What is made needs the removal of what now has something that no two can have.
    fn claims(&self, needs: &mut [Vec<usize>]) {
        let removed: Vec<(usize, Claim)> = self.claims_of(Action::Delete);
        if removed.is_empty() {
            return;
        }
        for (making, claim) in self.claims_of(Action::Create) {
            let meets = removed.iter().filter(|(removal, other)| self.conflict(making, &claim, *removal, other));
            needs[making].extend(meets.map(|(removal, _)| *removal));
        }
    }

    fn claims_of(&self, action: Action) -> Vec<(usize, Claim)> {
        let removing = action == Action::Delete;
        let steps = self.steps.iter().enumerate().filter(|(_, step)| (step.action == Action::Delete) == removing);
        steps
            .flat_map(|(index, step)| {
                let attributes = match (removing, &step.wanted, &step.found) {
                    (true, _, Some(found)) => &found.attributes,
                    (false, Some(wanted), _) if step.action != Action::Update => &wanted.attributes,
                    _ => return Vec::new(),
                };
                (step.kind.claims)(attributes).into_iter().map(|claim| (index, claim)).collect()
            })
            .collect()
    }

    fn conflict(&self, making: usize, claim: &Claim, removal: usize, other: &Claim) -> bool {
        let (step, old) = (&self.steps[making], &self.steps[removal]);
        let own = step.action == Action::Replace && old.address == step.address.part("old");
        // A kind of which old and new can stand side by side makes room for the new one by itself.
        if own && step.removal == Removal::Last {
            return false;
        }
        self.names(&claim.scope) == self.names(&other.scope) && meet(&claim.on, &other.on)
    }

    /// A scope as it is known on both sides: an id that is about to go stands for the address that it had.
    fn names(&self, scope: &Value) -> Option<Address> {
        match scope {
            Value::Ref(address) => Some(address.clone()),
            Value::Text(id) => match self.removes.get(id.as_str()) {
                Some(index) => self.steps[*index].found.as_ref().map(|found: &Observed| found.address.clone()),
                None => Some(Address::top(id)),
            },
            _ => None,
        }
    }

    /// What is removed needs the removal of whatever else its kind has to outlive in the same VPC.
    fn kinds(&self, needs: &mut [Vec<usize>]) {
        for (index, step) in self.steps.iter().enumerate() {
            let (Action::Delete, Some(found)) = (step.action, &step.found) else { continue };
            if step.kind.goes_after.is_empty() {
                continue;
            }
            for (other_index, other) in self.steps.iter().enumerate() {
                let (Action::Delete, Some(other_found)) = (other.action, &other.found) else { continue };
                let first = step.kind.goes_after.contains(&other.kind.name);
                if first
                    && found.attributes.get("vpc").is_some()
                    && found.attributes.get("vpc") == other_found.attributes.get("vpc")
                {
                    needs[index].push(other_index);
                }
            }
        }
    }
}

/// Whether a step waits for another, at once or through others.
pub(super) fn waits_for(needs: &[Vec<usize>], step: usize, other: usize) -> bool {
    let (mut open, mut seen) = (vec![step], HashSet::new());
    while let Some(next) = open.pop() {
        if next == other {
            return true;
        }
        open.extend(needs[next].iter().filter(|need| seen.insert(**need)));
    }
    false
}

fn meet(a: &ClaimOn, b: &ClaimOn) -> bool {
    match (a, b) {
        (ClaimOn::Name(a), ClaimOn::Name(b)) => a == b,
        (ClaimOn::Block(a), ClaimOn::Block(b)) => a.overlaps(*b),
        _ => false,
    }
}

/// An order that satisfies all needs, and otherwise is that of [`by_place`].
///
/// Should steps ever wait for each other in a ring, the first of them goes ahead without what it waits for: EC2 then
/// refuses what cannot be, which tells more than a step that is never tried.
fn sort(steps: &[Step], needs: &mut [Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (index, needs) in needs.iter().enumerate() {
        needs.iter().for_each(|need| dependents[*need].push(index));
    }
    let by_place = by_place(steps);
    let mut place = vec![0; steps.len()];
    by_place.iter().enumerate().for_each(|(position, index)| place[*index] = position);
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..steps.len()).filter(|index| open[*index] == 0).map(|index| Reverse(place[index])).collect();
    let mut order = Vec::with_capacity(steps.len());
    let mut done = vec![false; steps.len()];
    // Of steps in a ring, one that makes something goes first: EC2 refuses it at once if it can't be, while a removal
    // would wait for what uses the thing.
    let makes = |index: &usize| steps[*index].action != Action::Delete;
    let mut stuck = by_place.iter().copied().filter(makes).chain(by_place.iter().copied());
    while order.len() < steps.len() {
        let next = ready.pop().map(|Reverse(position)| by_place[position]);
        let Some(index) = next.or_else(|| stuck.find(|index| !done[*index])) else { break };
        if done[index] {
            continue;
        }
        needs[index].retain(|need| done[*need]);
        done[index] = true;
        order.push(index);
        for dependent in &dependents[index] {
            open[*dependent] = open[*dependent].saturating_sub(1);
            if open[*dependent] == 0 && !done[*dependent] {
                ready.push(Reverse(place[*dependent]));
            }
        }
    }
    order
}

/// Steps in the order that a person would choose: what is made in the order of kinds, what is removed in the opposite
/// one, and both by address.
fn by_place(steps: &[Step]) -> Vec<usize> {
    let rank = |step: &Step| {
        let rank = step.kind.rank() as i32;
        if step.action == Action::Delete { -rank } else { rank }
    };
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by_cached_key(|index| (rank(&steps[*index]), steps[*index].address.clone()));
    order
}

/// Whether a step waits for another, at once or through others; of steps that are joined, what one waits for, the other
/// does too.
fn leads_to(
    plan: &Plan,
    places: &HashMap<Address, usize>,
    partners: &HashMap<usize, usize>,
    step: usize,
    other: usize,
) -> bool {
    let (mut open, mut seen) = (vec![step], HashSet::new());
    while let Some(next) = open.pop() {
        if next == other {
            return true;
        }
        let needs = plan.steps[next].needs.iter().filter_map(|need| places.get(need));
        let nexts = needs.chain(partners.get(&next)).copied();
        open.extend(nexts.filter(|next| seen.insert(*next)));
    }
    false
}

/// Joins each replacement again with the removal of the old thing where nothing has to come in between: where nobody
/// else waits for a removal that comes first, or a removal that comes last waits for nobody else.
fn merge_removals(mut plan: Plan) -> Plan {
    if plan.steps.iter().all(|step| step.action != Action::Replace) {
        return plan;
    }
    let places: HashMap<Address, usize> =
        plan.steps.iter().enumerate().map(|(index, step)| (step.address.clone(), index)).collect();
    let mut waiting: HashMap<Address, usize> = HashMap::new();
    for need in plan.steps.iter().flat_map(|step| &step.needs) {
        *waiting.entry(need.clone()).or_default() += 1;
    }
    let mut joined: HashMap<Address, (Address, Vec<Address>)> = HashMap::new();
    let mut partners: HashMap<usize, usize> = HashMap::new();
    for index in 0..plan.steps.len() {
        let step = &plan.steps[index];
        let old = step.address.part("old");
        let Some(place) = places.get(&old).filter(|_| step.action == Action::Replace) else { continue };
        let removal = &plan.steps[*place];
        let alone = match step.removal {
            // The calls of a step go to one region.
            _ if removal.region != step.region => false,
            // What goes along waits for something else first.
            Removal::First => {
                removal.removal != Removal::Along && waiting.get(&old) == Some(&1) && step.needs.contains(&old)
            }
            Removal::Last => {
                let ready = removal.needs.iter().all(|need| *need == step.address);
                ready && !(waiting.contains_key(&old) && leads_to(&plan, &places, &partners, index, *place))
            }
            Removal::Elsewhere | Removal::Along => false,
        };
        if alone {
            partners.extend([(index, *place), (*place, index)]);
            joined.insert(old, (step.address.clone(), removal.needs.clone()));
        } else {
            plan.steps[index].removal = Removal::Elsewhere;
        }
    }
    plan.steps.retain(|step| !joined.contains_key(&step.address));
    let own: HashMap<&Address, &Vec<Address>> = joined.values().map(|(new, needs)| (new, needs)).collect();
    for step in &mut plan.steps {
        let more = own.get(&step.address).into_iter().flat_map(|needs| needs.iter());
        let renamed = step.needs.iter().chain(more).map(|need| joined.get(need).map_or(need, |(new, _)| new));
        let needs: BTreeSet<Address> = renamed.filter(|need| **need != step.address).cloned().collect();
        step.needs = needs.into_iter().collect();
    }
    plan
}
