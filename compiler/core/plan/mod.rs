//! From a model to a plan: what EC2 should hold, how that differs from what it does hold, and the calls that make up
//! the difference, in an order in which they can run.
//!
//! In: a [`Sound`](crate::model::Sound) model and what was [observed](crate::kinds::Observed). Out: a [`Plan`].
//! Absent on purpose: asking EC2, and running anything.

mod changes;
mod diff;
pub mod disks;
mod filters;
mod human;
pub mod images;
mod json;
mod lone_mover;
mod lower;
mod movers;
mod order;
mod passage;
pub mod regions;
mod rings;
pub mod saved;

pub use diff::diff;
pub use human::{Detail, write_human};
pub use images::Images;
pub use json::{SCHEMA, to_json, write_json};
pub use lower::lower;

use crate::call::{Call, Value};
use crate::kinds::{Claimed, Kind, Making, Observed, Op, Origin, Removing, Resource, Updating, derived};
use crate::model::Address;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use ecow::EcoString;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Makes something that isn't there.
    Create,
    /// Changes something in place.
    Update,
    /// Puts a new thing in place of an old one.
    Replace,
    /// Removes something.
    Delete,
}

impl Action {
    /// The word that scripts read.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
        }
    }
}

/// An attribute, or a part of one, that a step changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Which: the attribute's name, with the part of it behind a dot.
    pub path: String,
    /// The attribute's name alone.
    pub attribute: &'static str,
    /// What it was; `None` if it wasn't there.
    pub before: Option<Value>,
    /// What it will be; `None` if it will be gone.
    pub after: Option<Value>,
    /// Why this needs a new thing, if it does.
    pub replaces: Option<&'static str>,
    /// What this interrupts, if it does.
    pub interrupts: Option<&'static str>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is about. The removal of something replaced stands apart from the making of the new one where other
    /// steps have to come in between; its address then ends in `/old`. So does the first part of a change that is made
    /// in two: its address ends in what changes and `/first`.
    pub address: Address,
    /// What kind of thing that is.
    pub kind: &'static Kind,
    /// What is done.
    pub action: Action,
    /// Where it lives.
    pub region: EcoString,
    /// The steps that must be complete before.
    pub needs: Vec<Address>,
    /// How it should be; `None` for a removal.
    pub wanted: Option<Resource>,
    /// How it is; `None` if there is none yet.
    pub found: Option<Observed>,
    /// What changes, for an update or a replacement.
    pub changes: Vec<Changed>,
    /// Why, where no change tells.
    pub reason: Option<String>,
    /// How what is there now is removed.
    pub removal: Removal,
    /// Whether this is the second of two steps that change one thing.
    pub follows: bool,
}

/// How a step removes what is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// In a step of its own, which may be this one, or not at all.
    Elsewhere,
    /// Before it makes the new one.
    First,
    /// After it has made the new one.
    Last,
    /// This is itself a removal, of something that goes along with what it outlives.
    Along,
}

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The stack.
    pub stack: EcoString,
    /// The region where networks live that don't say.
    pub region: EcoString,
    /// What to do, in an order in which it could be done one by one.
    pub steps: Vec<Step>,
    /// What references stand for, as far as it is known: the ids of what lives, but for what is replaced.
    pub known: HashMap<Address, Value>,
    /// What the program says to keep, and these steps would not. Such a plan is not to be carried out.
    pub refused: Vec<Refused>,
    /// What the program claims of who reaches whom, and is so.
    pub assertions: Vec<Claimed>,
    /// What is otherwise for a while than before and after, by the best order of steps that was found.
    pub moments: Vec<Moment>,
}

/// Traffic that comes through for a while though it does neither before nor after, or that doesn't though it does both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moment {
    /// Who sends it.
    pub from: String,
    /// Who does so too, one as the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_from: Vec<String>,
    /// Whom it is sent to.
    pub to: String,
    /// Whom it is sent to as well; those who send and receive do so among each other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_to: Vec<String>,
    /// What: `tcp 22, tcp 80-443`.
    pub traffic: String,
    /// Whether it comes through.
    pub opens: bool,
}

/// Something that a plan would remove or replace, though the program says `keep`.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What it is.
    pub address: Address,
    /// The `keep`.
    pub span: Span,
    /// What would become of it.
    pub action: Action,
    /// Which change would take a new one, and why.
    pub why: Option<(String, &'static str)>,
}

impl From<Refused> for Diagnostic {
    fn from(Refused { address, span, action, why }: Refused) -> Self {
        let verb = if action == Action::Replace { "replace" } else { "delete" };
        let diagnostic =
            Diagnostic::new(codes::KEPT, format!("the plan would {verb} `{address}`, which is to be kept"))
                .primary(span, "this line forbids it");
        let diagnostic = match why {
            Some((path, why)) => diagnostic.note(format!("`{path}` changes, and {why}")),
            None => diagnostic,
        };
        diagnostic.help(format!("take this line out to {verb} it after all, or take back what you changed"))
    }
}

/// How many steps of each kind a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Things made.
    pub create: usize,
    /// Things changed in place.
    pub update: usize,
    /// Things replaced.
    pub replace: usize,
    /// Things removed.
    pub delete: usize,
}

impl Totals {
    /// How many of some steps there are of each kind.
    fn of<'s>(steps: impl Iterator<Item = &'s Step>) -> Totals {
        let mut totals = Totals::default();
        for step in steps {
            match step.action {
                Action::Create => totals.create += 1,
                Action::Update => totals.update += 1,
                Action::Replace => totals.replace += 1,
                Action::Delete => totals.delete += 1,
            }
        }
        totals
    }
}

impl Step {
    /// The calls of the step. An id that nothing tells yet is a reference.
    pub fn ops(&self, plan: &Plan) -> Vec<Op> {
        let mut ops = self.raw_ops(&plan.stack);
        for value in ops.iter_mut().flat_map(|op| op.call.parameters.values_mut()) {
            value.resolve(&mut |address| plan.value_of(address));
        }
        ops
    }

    fn raw_ops(&self, stack: &str) -> Vec<Op> {
        match (&self.wanted, &self.found, self.action) {
            (Some(wanted), Some(found), Action::Update) => {
                let mut changed: Vec<&'static str> = self.changes.iter().map(|change| change.attribute).collect();
                if self.follows {
                    let still: Vec<&'static str> =
                        changes::of_attributes(wanted, found).into_iter().map(|change| change.attribute).collect();
                    changed.retain(|name| *name == "tags" || still.contains(name));
                }
                let updating = Updating { after: wanted, before: found, changed: &changed };
                let own = changed.iter().any(|name| *name != "tags");
                let mut ops = if own { (self.kind.update)(&updating) } else { Vec::new() };
                if changed.contains(&"tags") {
                    ops.extend(crate::kinds::tags::update(stack, wanted, found));
                }
                ops
            }
            (Some(wanted), found, _) => self.making(wanted, found.as_ref(), stack),
            (None, Some(found), _) => {
                let removing = match self.removal {
                    Removal::Along => Removing::Along,
                    _ if self.is_old() => Removing::Replaced,
                    _ => Removing::Dropped,
                };
                (self.kind.delete)(found, removing)
            }
            (None, None, _) => Vec::new(),
        }
    }

    fn making(&self, wanted: &Resource, found: Option<&Observed>, stack: &str) -> Vec<Op> {
        let beside = found.filter(|_| self.removal != Removal::First);
        let make = (self.kind.create)(wanted, &Making { stack, beside });
        let remove = || found.map(|found| (self.kind.delete)(found, Removing::Replaced)).unwrap_or_default();
        match self.removal {
            Removal::Elsewhere | Removal::Along => make,
            Removal::First => remove().into_iter().chain(make).collect(),
            Removal::Last => make.into_iter().chain(remove()).collect(),
        }
    }

    /// Whether this removes what another step replaces.
    pub fn is_old(&self) -> bool {
        self.action == Action::Delete && self.address.as_str().ends_with("/old")
    }

    /// What the first of two steps would be called, if this were the second one.
    fn first(&self) -> Address {
        let name = self.kind.joins.map_or("traffic", |(name, _)| name);
        self.address.part(name).part("first")
    }

    /// The second of two steps that change one thing, if this is the first; that one tells all that changes.
    pub fn second(&self) -> Option<Address> {
        let changed = self.address.as_str().strip_suffix("/first").filter(|_| self.action == Action::Update)?;
        changed.rsplit_once('/').map(|(address, _)| Address::from_tag(address))
    }

    /// Where in the program it was asked for.
    pub fn origin(&self) -> Option<&Origin> {
        self.wanted.as_ref()?.origin.as_ref()
    }
}

impl Plan {
    /// What a reference stands for, as far as it is known.
    pub fn value_of(&self, address: &Address) -> Option<Value> {
        let known = |address: &Address| self.known.get(address).cloned();
        known(address).or_else(|| derived(address, known))
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many steps of each kind there are; the removal of something replaced belongs to its replacement, and the first
    /// of two steps to the second.
    pub fn totals(&self) -> Totals {
        let replaced = self.steps.iter().filter(|step| step.action == Action::Replace);
        let parts: HashSet<Address> = replaced.map(|step| step.address.part("old")).collect();
        Totals::of(self.steps.iter().filter(|step| !parts.contains(&step.address) && step.second().is_none()))
    }

    /// How many EC2 calls it takes to change things, with those put together that can be; waiting takes some more.
    pub fn calls(&self) -> usize {
        let mut merged: HashMap<(&str, Call), usize> = HashMap::new();
        let mut single = 0;
        for step in &self.steps {
            for op in step.ops(self) {
                match op.merged_with() {
                    Some(call) => *merged.entry((&step.region, call)).or_default() += 1,
                    None => single += 1,
                }
            }
        }
        single + merged.into_values().map(|count| count.div_ceil(MERGED_IDS)).sum::<usize>()
    }
}

/// As many ids are put into one call; EC2 takes up to 1000 (EC2 API Reference, "TerminateInstances").
pub const MERGED_IDS: usize = 500;
