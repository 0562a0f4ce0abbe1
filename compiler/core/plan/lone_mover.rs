//! One thing that leaves groups, or comes into others, while rules that speak of these change.
//!
//! It moves at an instant, so that it never has the old groups' rules at one end and the new groups' at the other. Rules
//! of what it leaves change afterwards, those of what it comes into before; what others need, or it itself by a group that
//! it stays in, goes on by old and new rules together while it moves.

use super::movers::{Together, is_moving, is_rules, key, moves, only, pause, peer, wait};
use super::{Action, Plan, Step, filters};
use crate::call::{Map, Value};
use crate::kinds::DIRECTIONS;
use std::collections::HashSet;

/// When rules change.
enum Turn {
    /// They have nothing to do with it.
    Free,
    /// Before it moves.
    Before,
    /// After it has moved.
    After,
    /// Both: what stands while it moves is given.
    Between(Map),
}

/// What moves.
struct LoneMover<'t> {
    index: usize,
    lost: HashSet<String>,
    gained: HashSet<String>,
    stays: HashSet<String>,
    /// The groups that something else is in, before or after.
    shared: HashSet<&'t String>,
}

fn keys(groups: &[&Value]) -> HashSet<String> {
    groups.iter().map(|group| key(group)).collect()
}

/// The one step that changes groups.
fn lone<'t>(steps: &[Step], together: &'t Together) -> Option<LoneMover<'t>> {
    let mut all = steps.iter().enumerate().filter(|(_, step)| is_moving(step));
    let ((index, step), None) = (all.next()?, all.next()) else { return None };
    let [lost, gained] = moves(step)?;
    let (name, _) = step.kind.joins?;
    let wanted = step.wanted.as_ref()?.attributes.list(name).iter();
    Some(LoneMover {
        index,
        lost: keys(&lost),
        stays: wanted.filter(|group| !gained.contains(group)).map(key).collect(),
        gained: keys(&gained),
        shared: together.with_others_than(&step.address),
    })
}

impl LoneMover<'_> {
    fn turn(&self, step: &Step) -> Turn {
        let sides = step.found.as_ref().zip(step.wanted.as_ref());
        let sides = sides.filter(|_| step.action == Action::Update && is_rules(step));
        let (Some((found, wanted)), Some(group)) = (sides, filters::group(step)) else { return Turn::Free };
        let (old, new) = (&found.attributes, &wanted.attributes);
        let (own, shared) = (self.lost.contains(&group) || self.gained.contains(&group), self.shared.contains(&group));
        if own && !shared {
            return if self.lost.contains(&group) { Turn::After } else { Turn::Before };
        }
        if !own && !self.stays.contains(&group) && !self.concerns(old, new) {
            return Turn::Free;
        }
        let between = self.between(&group, old, new);
        let is = |attributes: &Map| DIRECTIONS.iter().all(|way| alike(attributes.list(way), between.list(way)));
        match (is(old), is(new)) {
            (true, _) => Turn::After,
            (_, true) => Turn::Before,
            _ => Turn::Between(between),
        }
    }

    /// Whether rules that change speak of what it leaves or comes into.
    fn concerns(&self, old: &Map, new: &Map) -> bool {
        let changed = |way| only(old.list(way), new.list(way)).into_iter().chain(only(new.list(way), old.list(way)));
        let mut changed = DIRECTIONS.into_iter().flat_map(changed);
        changed.any(|rule| speaks(rule, &self.lost) || speaks(rule, &self.gained))
    }

    /// The rules that stand while it moves: those that stay, those that go and speak of what it leaves, those that come and
    /// speak of what it comes into. Of others, what it leaves has the old ones, what it comes into the new ones, and a
    /// third has both.
    fn between(&self, group: &String, old: &Map, new: &Map) -> Map {
        let (left, entered) = (self.lost.contains(group), self.gained.contains(group));
        let mut attributes = new.clone();
        for way in DIRECTIONS {
            let (old, new) = (old.list(way), new.list(way));
            let going = only(old, new);
            let stays = old.iter().filter(|rule| !going.contains(rule));
            let goes = going
                .iter()
                .copied()
                .filter(|rule| left || speaks(rule, &self.lost) || !entered && !speaks(rule, &self.gained));
            let comes = only(new, old)
                .into_iter()
                .filter(|rule| entered || speaks(rule, &self.gained) || !left && !speaks(rule, &self.lost));
            attributes.set(way, stays.chain(goes).chain(comes).cloned().collect::<Vec<Value>>());
        }
        attributes
    }
}

fn alike(one: &[Value], other: &[Value]) -> bool {
    one.len() == other.len() && one.iter().all(|rule| other.contains(rule))
}

fn speaks(rule: &Value, groups: &HashSet<String>) -> bool {
    peer(rule).is_some_and(|peer| groups.contains(&peer))
}

/// Parts the rules that change before and after it moves.
pub(super) fn part_rules(mut plan: Plan, together: &Together) -> Plan {
    let Some(mover) = lone(&plan.steps, together) else { return plan };
    let firsts: Vec<Step> = plan
        .steps
        .iter_mut()
        .filter_map(|step| match mover.turn(step) {
            Turn::Between(attributes) => pause(step, attributes),
            _ => None,
        })
        .collect();
    plan.steps.extend(firsts);
    plan
}

/// What changes before it moves, and what after; whether there is such a thing.
pub(super) fn needs(steps: &[Step], needs: &mut [Vec<usize>], together: &Together) -> bool {
    let Some(mover) = lone(steps, together) else { return false };
    for (index, step) in steps.iter().enumerate() {
        let (first, second) = (step.second().is_some(), step.follows);
        let turn = if first || second { Turn::Free } else { mover.turn(step) };
        match turn {
            _ if !is_rules(step) => {}
            Turn::Before => wait(needs, mover.index, index),
            Turn::After => wait(needs, index, mover.index),
            _ if first => wait(needs, mover.index, index),
            _ if second => wait(needs, index, mover.index),
            _ => {}
        }
    }
    true
}
