//! The order of changes in which the least goes wrong.

use super::filters::Set;
use super::scene::{Pair, Passing, Scene};
use super::units::{AFTER, BEFORE, State};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

/// As often it is looked, at most, at what comes through between two, so that a plan is made within a second or so.
const MOST_LOOKS: usize = 15_000_000;

/// As many count for one of which it isn't known yet what there is to see.
const NEW_LOOK: usize = 10;

/// As many states are looked at to find out that what comes through between two needs no order.
const MOST_CORNERS: usize = 512;

/// What comes through from one to another before and after.
struct Look {
    pair: Pair,
    before: Passing,
    after: Passing,
    /// The units that change it.
    units: Vec<usize>,
    /// All units that may have a part in it.
    scope: Vec<usize>,
    /// How bad states are, as far as it has been looked, by the versions of the units in its scope.
    seen: RefCell<HashMap<u128, Badness>>,
}

/// How bad a state is: how much comes through, or doesn't, from end to end; and through each filter by itself.
type Badness = (u32, u32);

/// What comes through for a while that comes through neither before nor after, or what doesn't that does both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wrong {
    pub(super) pair: Pair,
    pub(super) services: Set,
    pub(super) opens: bool,
}

/// How a state was reached best so far.
struct Reached {
    /// How bad all on the way to it was, itself included.
    bad: Badness,
    /// How bad it is itself.
    now: Badness,
    /// By how many steps.
    count: usize,
    /// From which state, and by which turn; `None` for the first one.
    by: Option<(State, Turn)>,
}

/// A unit that goes on to a version.
pub(super) type Turn = (usize, usize);

/// Units that have to do with each other: those of a batch change in whatever order, one batch after the other.
pub(super) struct Found {
    pub(super) batches: Vec<Vec<Turn>>,
    /// What goes wrong.
    pub(super) wrongs: Vec<Wrong>,
}

/// Finds an order for all units; `None` if that takes too long.
pub(super) fn search(scene: &Scene, needs: &[BTreeSet<usize>]) -> Option<Vec<Found>> {
    let (before, after) = (scene.end(BEFORE), scene.end(AFTER));
    let mut looks: Vec<Look> = Vec::new();
    let mut together = Sets::new(scene.units.len());
    let mut left = MOST_LOOKS;
    for pair in scene.pairs() {
        let (before, after) = (scene.passing(pair, &before), scene.passing(pair, &after));
        let scope = scene.units_of(pair).into_iter().collect();
        let mut look = Look { pair, before, after, units: Vec::new(), scope, seen: RefCell::default() };
        let matter = matter(scene, &look, &mut left)?;
        for (one, mask) in &matter {
            matter.iter().filter(|(_, other)| *mask & **other != 0).for_each(|(other, _)| together.join(*one, *other));
        }
        look.units.extend(matter.into_keys());
        looks.extend((!look.units.is_empty()).then_some(look));
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..scene.units.len()).for_each(|unit| parts.entry(together.of(unit)).or_default().push(unit));
    let mut part = Part { scene, needs, units: Vec::new(), looks: Vec::new(), of_units: Vec::new(), left };
    let mut found = Vec::new();
    for units in parts.into_values() {
        part.looks = looks.iter().filter(|look| look.units.iter().any(|unit| units.contains(unit))).collect();
        let of = |unit| part.looks.iter().copied().filter(|look| look.units.contains(&unit)).collect();
        part.of_units = (0..scene.units.len()).map(of).collect();
        part.units = units;
        found.extend(part.order()?);
    }
    Some(found)
}

/// The units that change what comes through from one to another, each with the services for which it does; `None` if it
/// takes too long to find out.
fn matter(scene: &Scene, look: &Look, left: &mut usize) -> Option<BTreeMap<usize, Set>> {
    let mut matter = BTreeMap::new();
    for unit in look.scope.iter().copied() {
        let mut changed = scene.own_part(unit, look.pair);
        *left = left.checked_sub(NEW_LOOK * 2 * scene.units[unit].versions.len())?;
        for (end, then) in [(BEFORE, &look.before), (AFTER, &look.after)] {
            let mut state = scene.end(end);
            for version in 0..scene.units[unit].versions.len() {
                state[unit] = version;
                let now = scene.passing(look.pair, &state);
                let differ = now.iter().flatten().zip(then.iter().flatten()).fold(0, |set, (a, b)| set | (a ^ b));
                changed |= differ;
            }
        }
        if changed != 0 {
            matter.insert(unit, changed);
        }
    }
    Some(matter)
}

/// Which units have to do with each other.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Sets {
        Sets((0..count).collect())
    }

    fn of(&self, unit: usize) -> usize {
        self.0[unit]
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0.iter_mut().filter(|set| **set == other).for_each(|set| *set = one);
    }
}

fn whole(passing: &Passing) -> [Set; 2] {
    passing.iter().fold([Set::MAX; 2], |[sure, perhaps], filter| [sure & filter[0], perhaps & filter[1]])
}

/// Which way is sought.
#[derive(Clone, Copy)]
enum Sought {
    /// The one on which the least goes wrong, filter by filter too, and of such the one with the fewest steps.
    FewestSteps,
    /// One on which the least goes wrong from end to end.
    Best,
    /// Any on which each step does little wrong.
    Any,
}

impl Sought {
    /// Of all states, the one of the lowest rank is gone on from: by how bad the way to it was, how many steps it takes to
    /// the end at least, and how many of these are left.
    fn rank(self, bad: Badness, steps: usize, left: usize) -> impl Ord {
        match self {
            Sought::FewestSteps => (bad, steps, left, bad),
            Sought::Best => ((bad.0, 0), left, steps, bad),
            Sought::Any => ((0, 0), left, 0, bad),
        }
    }
}

struct Part<'s> {
    scene: &'s Scene,
    /// The units that have to be done before each.
    needs: &'s [BTreeSet<usize>],
    units: Vec<usize>,
    looks: Vec<&'s Look>,
    /// Of these, those that each unit changes.
    of_units: Vec<Vec<&'s Look>>,
    /// How often it may still be looked.
    left: usize,
}

impl Part<'_> {
    /// The order, if one is needed; `None` if it takes too long to find one.
    fn order(&mut self) -> Option<Option<Found>> {
        let start = self.scene.end(BEFORE);
        let all: Vec<Turn> = self.units.iter().map(|unit| (*unit, AFTER)).collect();
        if self.are_free(&start, &all)? {
            return Some(None);
        }
        let turns = self.best()?;
        let wrongs = self.all_wrongs(&turns);
        let mut batches: Vec<Vec<Turn>> = Vec::new();
        let (mut base, mut state) = (start.clone(), start);
        for turn in turns {
            let apart = |last: &Vec<Turn>| last.iter().all(|(unit, _)| *unit != turn.0);
            let wider = batches.last().filter(|last| apart(last)).map(|last| [last.as_slice(), &[turn]].concat());
            match wider {
                Some(wider) if self.are_free(&base, &wider)? => {
                    batches.pop();
                    batches.push(wider);
                }
                _ => {
                    base.clone_from(&state);
                    batches.push(vec![turn]);
                }
            }
            state[turn.0] = turn.1;
        }
        Some(Some(Found { batches, wrongs }))
    }

    /// Whether nothing goes wrong in whatever order some turns come; `None` if it takes too long to find out.
    fn are_free(&mut self, base: &State, turns: &[Turn]) -> Option<bool> {
        for place in 0..self.looks.len() {
            let look = self.looks[place];
            let own: Vec<Turn> = turns.iter().copied().filter(|(unit, _)| look.units.contains(unit)).collect();
            let mut states = vec![base.clone()];
            for (unit, to) in own.iter().copied() {
                let versions = self.through(unit, base[unit], to);
                states = states
                    .iter()
                    .flat_map(|state| {
                        let more = versions.iter().map(|version| {
                            let mut state = state.clone();
                            state[unit] = *version;
                            state
                        });
                        [state.clone()].into_iter().chain(more).collect::<Vec<State>>()
                    })
                    .collect();
                if states.len() > MOST_CORNERS {
                    return Some(false);
                }
            }
            states.retain(|state| self.can_be(base, &own, state));
            for state in states {
                if self.look(look, &state)? != (0, 0) {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Whether what each of some units that has changed needs of them is done.
    fn can_be(&self, base: &State, turns: &[Turn], state: &State) -> bool {
        let done = |need: &usize| turns.iter().all(|(unit, to)| unit != need || state[*unit] == *to);
        let begun = turns.iter().filter(|(unit, _)| state[*unit] != base[*unit]);
        begun.into_iter().all(|(unit, _)| self.needs[*unit].iter().all(done))
    }

    fn may_begin(&self, unit: usize, state: &State) -> bool {
        self.needs[unit].iter().all(|need| state[*need] == AFTER || !self.units.contains(need))
    }

    /// The versions on the way from one to another, that one among them.
    fn through(&self, unit: usize, from: usize, to: usize) -> Vec<usize> {
        let edge = self.scene.units[unit].edges.iter().find(|edge| edge.from == from && edge.to == to);
        edge.map(|edge| edge.through.clone()).unwrap_or_default().into_iter().chain([to]).collect()
    }

    /// How bad a state is for one look; `None` if it has been looked too often.
    fn look(&mut self, look: &Look, state: &State) -> Option<Badness> {
        let key = look.scope.iter().try_fold(0_u128, |key, unit| {
            key.checked_mul(self.scene.units[*unit].versions.len() as u128)?.checked_add(state[*unit] as u128)
        });
        let known = key.and_then(|key| look.seen.borrow().get(&key).copied());
        self.left = self.left.checked_sub(if known.is_some() { 1 } else { NEW_LOOK })?;
        let bad = known.unwrap_or_else(|| self.see(look, state));
        look.seen.borrow_mut().extend(key.map(|key| (key, bad)));
        Some(bad)
    }

    fn see(&self, look: &Look, state: &State) -> Badness {
        let now = self.scene.passing(look.pair, state);
        let count = |(opened, cut): (Set, Set)| opened.count_ones() + cut.count_ones();
        let flows = count(self.differ(look, state, whole(&look.before), whole(&look.after), whole(&now)));
        let filters = look.before.iter().zip(&look.after).zip(&now);
        (flows, filters.map(|((before, after), now)| count(self.differ(look, state, *before, *after, *now))).sum())
    }

    /// How bad a state is for all that a unit changes.
    fn badness(&mut self, unit: usize, state: &State) -> Option<Badness> {
        let mut bad = (0, 0);
        for place in 0..self.of_units[unit].len() {
            bad = more(bad, self.look(self.of_units[unit][place], state)?);
        }
        Some(bad)
    }

    /// All that goes wrong on a way.
    fn all_wrongs(&self, turns: &[Turn]) -> Vec<Wrong> {
        let mut wrongs: BTreeMap<(Pair, bool), Set> = BTreeMap::new();
        let mut state = self.scene.end(BEFORE);
        for (unit, to) in turns {
            for version in self.through(*unit, state[*unit], *to) {
                state[*unit] = version;
                for (pair, services, opens) in self.wrongs(&state) {
                    *wrongs.entry((pair, opens)).or_default() |= services;
                }
            }
        }
        wrongs.into_iter().map(|((pair, opens), services)| Wrong { pair, services, opens }).collect()
    }

    /// What is open that neither opens, and what is shut that both open.
    fn differ(&self, look: &Look, state: &State, before: [Set; 2], after: [Set; 2], now: [Set; 2]) -> (Set, Set) {
        let all = Set::MAX.checked_shr(Set::BITS - self.scene.services.len() as u32).unwrap_or_default();
        let opened = if self.scene.are_there(look.pair, state) { now[1] & !before[1] & !after[1] & all } else { 0 };
        let cut = if self.scene.stay(look.pair) { before[0] & after[0] & !now[0] & all } else { 0 };
        (opened, cut)
    }

    fn wrongs(&self, state: &State) -> Vec<(Pair, Set, bool)> {
        let mut wrongs = Vec::new();
        for look in &self.looks {
            let now = whole(&self.scene.passing(look.pair, state));
            let (opened, cut) = self.differ(look, state, whole(&look.before), whole(&look.after), now);
            wrongs.extend((opened != 0).then_some((look.pair, opened, true)));
            wrongs.extend((cut != 0).then_some((look.pair, cut, false)));
        }
        wrongs
    }

    /// The way on which the least goes wrong, as far as it can be found: each manner of seeking has its share of the looks.
    fn best(&mut self) -> Option<Vec<Turn>> {
        [(Sought::FewestSteps, 3), (Sought::Best, 2), (Sought::Any, 1)].into_iter().find_map(|(sought, shares)| {
            let rest = self.left - self.left / shares;
            self.left /= shares;
            let found = self.seek(sought);
            self.left += rest;
            found
        })
    }

    /// The first way that comes to the end; `None` if it takes too long to find one.
    fn seek(&mut self, sought: Sought) -> Option<Vec<Turn>> {
        let mut open = BinaryHeap::new();
        let mut came: HashMap<State, Reached> = HashMap::new();
        let start = self.scene.end(BEFORE);
        let all: usize = self.units.iter().map(|unit| self.steps(*unit)).sum();
        open.push(Reverse((sought.rank((0, 0), all, all), all, start.clone())));
        came.insert(start, Reached { bad: (0, 0), now: (0, 0), count: 0, by: None });
        while let Some(Reverse((rank, remain, state))) = open.pop() {
            let Some(Reached { bad, now, count, .. }) =
                came.get(&state).filter(|reached| sought.rank(reached.bad, reached.count + remain, remain) == rank)
            else {
                continue;
            };
            if remain == 0 {
                return Some(track(&came, state));
            }
            let (bad_so_far, now, so_far) = (*bad, *now, *count);
            for (unit, to) in self.turns(&state) {
                let others = less(now, self.badness(unit, &state)?);
                let (mut bad, mut now, mut next) = (bad_so_far, now, state.clone());
                for version in self.through(unit, state[unit], to) {
                    next[unit] = version;
                    now = more(others, self.badness(unit, &next)?);
                    bad = more(bad, now);
                }
                let steps = self.steps(unit);
                let (count, remain) = (so_far + steps, if to == AFTER { remain - steps } else { remain });
                if came.get(&next).is_none_or(|known| (bad, count) < (known.bad, known.count)) {
                    came.insert(next.clone(), Reached { bad, now, count, by: Some((state.clone(), (unit, to))) });
                    open.push(Reverse((sought.rank(bad, count + remain, remain), remain, next)));
                }
            }
        }
        None
    }

    fn steps(&self, unit: usize) -> usize {
        self.scene.units[unit].steps.len()
    }

    fn turns(&self, state: &State) -> Vec<Turn> {
        let may = self.units.iter().copied().filter(|unit| self.may_begin(*unit, state));
        may.flat_map(|unit| {
            let edges = self.scene.units[unit].edges.iter().filter(move |edge| edge.from == state[unit]);
            edges.map(move |edge| (unit, edge.to))
        })
        .collect()
    }
}

fn more(one: Badness, other: Badness) -> Badness {
    (one.0 + other.0, one.1 + other.1)
}

fn less(one: Badness, other: Badness) -> Badness {
    (one.0.saturating_sub(other.0), one.1.saturating_sub(other.1))
}

/// The turns by which a state was reached.
fn track(came: &HashMap<State, Reached>, end: State) -> Vec<Turn> {
    let (mut turns, mut at) = (Vec::new(), end);
    while let Some(Reached { by: Some((before, turn)), .. }) = came.get(&at) {
        turns.push(*turn);
        at = before.clone();
    }
    turns.reverse();
    turns
}
