//! The plan for scripts, in the shape that `plan --json` promises.

use super::{Changed, Plan, Step, Totals};
use crate::call::{Call, Map, Value};
use crate::kinds::{Claimed, Op, Origin};
use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The version of the format. It changes with every change that a reader could stumble over; more may be told.
const FORMAT_VERSION: &str = "1.0";

/// The JSON Schema (draft 2020-12) of plans as JSON.
pub const SCHEMA: &str = include_str!("plan.schema.json");

/// The plan as JSON, on one line.
pub fn to_json(plan: &Plan) -> String {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail, and everything in a plan can be written.
    let _ = write_json(plan, &mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Writes the plan as JSON, step by step, and a line ending.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_json(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, plan)?;
    out.write_all(b"\n")
}

/// A call, and where it is sent if not where the thing lives.
#[derive(Serialize)]
struct Sent<'s> {
    #[serde(flatten)]
    call: &'s Call,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'s str>,
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let told = !self.moments.is_empty();
        let mut plan = serializer.serialize_struct("Plan", if told { 7 } else { 6 })?;
        plan.serialize_field("format_version", FORMAT_VERSION)?;
        plan.serialize_field("stack", &self.stack)?;
        plan.serialize_field("region", &self.region)?;
        plan.serialize_field("summary", &self.totals())?;
        plan.serialize_field("steps", &Steps(self))?;
        plan.serialize_field("assertions", &Claims(&self.assertions))?;
        if told {
            plan.serialize_field("moments", &self.moments)?;
        }
        plan.end()
    }
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut totals = serializer.serialize_struct("Totals", 4)?;
        totals.serialize_field("create", &self.create)?;
        totals.serialize_field("update", &self.update)?;
        totals.serialize_field("replace", &self.replace)?;
        totals.serialize_field("delete", &self.delete)?;
        totals.end()
    }
}

struct Claims<'p>(&'p [Claimed]);

#[derive(Serialize)]
struct Claim<'p> {
    claim: &'p str,
    holds: bool,
    source: Option<Source<'p>>,
}

impl Serialize for Claims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|claimed| Claim {
            claim: claimed.claim.as_str(),
            holds: true,
            source: claimed.origin.as_ref().map(Source::of),
        }))
    }
}

struct Steps<'p>(&'p Plan);

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut steps = serializer.serialize_seq(Some(self.0.steps.len()))?;
        for step in &self.0.steps {
            steps.serialize_element(&JsonStep { plan: self.0, step })?;
        }
        steps.end()
    }
}

struct JsonStep<'p> {
    plan: &'p Plan,
    step: &'p Step,
}

#[derive(Serialize)]
struct Source<'p> {
    file: &'p str,
    line: usize,
}

impl<'p> Source<'p> {
    fn of(origin: &'p Origin) -> Source<'p> {
        Source { file: &origin.file, line: origin.line }
    }
}

impl Serialize for JsonStep<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let step = self.step;
        let attributes = match (&step.wanted, &step.found) {
            (Some(wanted), _) => Some(&wanted.attributes),
            (None, found) => found.as_ref().map(|found| &found.attributes),
        };
        let ops = step.ops(self.plan);
        let calls: Vec<Sent<'_>> =
            ops.iter().map(|op: &Op| Sent { call: &op.call, region: op.region.as_deref() }).collect();
        let source = step.origin().map(Source::of);
        let mut json = serializer.serialize_struct("Step", 9)?;
        json.serialize_field("address", &step.address)?;
        json.serialize_field("kind", step.kind.name)?;
        json.serialize_field("action", step.action.word())?;
        json.serialize_field("region", &step.region)?;
        json.serialize_field("needs", &step.needs)?;
        json.serialize_field("attributes", attributes.unwrap_or(&Map::new()))?;
        json.serialize_field("changes", &step.changes)?;
        json.serialize_field("calls", &calls)?;
        json.serialize_field("source", &source)?;
        json.end()
    }
}

impl Serialize for Changed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Changed", 4)?;
        json.serialize_field("path", &self.path)?;
        json.serialize_field("before", &self.before as &Option<Value>)?;
        json.serialize_field("after", &self.after)?;
        json.serialize_field("forces_replacement", &self.replaces.is_some())?;
        json.end()
    }
}
