//! What could be done about a finding.

use super::Snapshot;
use super::items::items_around;
use super::rename::Edit;
use crate::model::Subnet;
use crate::net::{Block, next_free};
use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Span};
use crate::syntax::{Item, Statement};
use std::ops::Range;

/// Something that mends a finding.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it does.
    pub title: String,
    /// How.
    pub edits: Vec<Edit>,
    /// Which of the program's problems it mends.
    pub problem: usize,
    /// Whether it is what is most likely meant.
    pub preferred: bool,
}

/// The block that a set of blocks is given until somebody writes another: one that is kept for examples (RFC 5737).
const EXAMPLE: &str = "192.0.2.0/24";

/// What could be done about the findings in a stretch of a file.
pub fn actions(snapshot: &Snapshot, file: FileId, within: &Range<usize>) -> Vec<Action> {
    let mut actions = Vec::new();
    for (at, problem) in snapshot.compiled.checked.problems.iter().enumerate() {
        let Some(place) = problem.place().filter(|place| place.file == file && meets(*place, within)) else { continue };
        let mut add = |title: String, edits: Vec<Edit>, preferred: bool| {
            actions.push(Action { title, edits, problem: at, preferred });
        };
        if let Some(fix) = &problem.fix {
            add(
                title(snapshot, fix.span, &fix.replacement),
                vec![Edit { span: fix.span, text: fix.replacement.clone() }],
                true,
            );
        }
        if problem.code == codes::UNKNOWN_NAME
            && let Some((title, edit)) = declare(snapshot, problem, place)
        {
            add(title, vec![edit], problem.fix.is_none());
        }
        if problem.code == codes::CIDR_OVERLAP || problem.code == codes::SUBNET_OUTSIDE_NETWORK {
            for (title, edit) in free_block(snapshot, place).filter(|(_, edit)| !is_fix(problem, edit)) {
                add(title, vec![edit], problem.fix.is_none());
            }
        }
        if problem.code == codes::OPEN_PORT || problem.code == codes::OPEN_ADMIN_PORT {
            for (title, edit) in narrower(snapshot, file, place) {
                add(title, vec![edit], false);
            }
        }
    }
    actions
}

fn meets(span: Span, within: &Range<usize>) -> bool {
    span.start as usize <= within.end && within.start <= span.end as usize
}

fn is_fix(problem: &Diagnostic, edit: &Edit) -> bool {
    problem.fix.as_ref().is_some_and(|fix| fix.span == edit.span && fix.replacement == edit.text)
}

fn title(snapshot: &Snapshot, span: Span, replacement: &str) -> String {
    let (old, new) = (snapshot.sources().text(span).trim(), replacement.trim());
    match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("Insert `{new}`"),
        (false, true) => format!("Take out `{old}`"),
        (false, false) => format!("Replace `{old}` by `{new}`"),
    }
}

/// The declaration of a name that is used and not declared, of the kind that is expected there.
fn declare(snapshot: &Snapshot, problem: &Diagnostic, place: Span) -> Option<(String, Edit)> {
    let name = problem
        .message
        .split('`')
        .nth(1)
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))?;
    let wanted = problem.labels.first()?.message.strip_prefix("expected ")?;
    let around = items_around(snapshot, place.file, place.start as usize);
    let network = *around.first()?;
    let line = match wanted {
        "a key" => return Some(at_top(network, name, format!("key {name} \"keys/{name}.pub\"\n"))),
        wanted if wanted.starts_with("blocks") => {
            return Some(at_top(network, name, format!("let {name} = {EXAMPLE}\n")));
        }
        "a gateway" => format!("gateway {name} internet"),
        "a security group" => format!("sg {name} \"{name}\" {{\n  }}"),
        "a subnet" => format!("subnet {name} {} az a", block_for(snapshot, network)?),
        "a route table" => format!("routes {name} {{\n  }}"),
        _ => return None,
    };
    let block = network.block.as_ref()?;
    let at = block.span.start + 1;
    let edit = Edit { span: Span { start: at, end: at, ..place }, text: format!("\n  {line}\n") };
    Some((format!("Declare `{name}`"), edit))
}

fn at_top(network: &Item, name: &str, text: String) -> (String, Edit) {
    let at = network.span.start;
    let edit = Edit { span: Span { start: at, end: at, ..network.span }, text: format!("{text}\n") };
    (format!("Declare `{name}`"), edit)
}

/// The next /24 of the network that a statement declares.
fn block_for(snapshot: &Snapshot, network: &Item) -> Option<Block> {
    let model = &snapshot.compiled.checked.value;
    let (id, network) = model.networks.iter().find(|(_, other)| other.origin == network.head)?;
    let room: Vec<Block> = network.blocks.iter().map(|(block, _)| *block).collect();
    let subnets = model.subnets.iter().filter(|(_, subnet)| subnet.network == id);
    next_free(&room, &subnets.filter_map(|(_, subnet)| subnet.block).collect::<Vec<_>>(), 24)
}

/// The next free block of the same size for the subnet whose block stands at a place.
fn free_block(snapshot: &Snapshot, place: Span) -> impl Iterator<Item = (String, Edit)> {
    let model = &snapshot.compiled.checked.value;
    let at = |subnet: &Subnet| subnet.block_span.start <= place.start && place.end <= subnet.block_span.end;
    let written: Option<Block> = snapshot.sources().text(place).parse().ok();
    let network = model.subnets.iter().find(|(_, subnet)| at(subnet)).map(|(_, subnet)| subnet.network);
    let found = written.zip(network).and_then(|(written, id)| {
        let room: Vec<Block> = model.networks.get(id)?.blocks.iter().map(|(block, _)| *block).collect();
        let others = model.subnets.iter().filter(|(_, subnet)| subnet.network == id && !at(subnet));
        let taken: Vec<Block> = others.filter_map(|(_, subnet)| subnet.block).collect();
        let free = next_free(&room, &taken, written.prefix())?;
        Some((format!("Use the next free block, `{free}`"), Edit { span: place, text: free.to_string() }))
    });
    found.into_iter()
}

/// The sets of blocks from which traffic could be let in, instead of from everywhere.
fn narrower(snapshot: &Snapshot, file: FileId, place: Span) -> Vec<(String, Edit)> {
    let around = items_around(snapshot, file, place.start as usize);
    let Some(Statement::Ingress(rule)) = around.last().map(|item| &item.statement) else { return Vec::new() };
    let everywhere = |text: &str| matches!(text, "any" | "0.0.0.0/0" | "::/0");
    let Some(any) = rule.members.iter().find(|word| everywhere(&word.text)) else { return Vec::new() };
    let index = &snapshot.compiled.index;
    let module =
        index.declarations.iter().find(|declared| declared.span.file == file).map_or(0, |declared| declared.module);
    let sets =
        index.declarations.iter().filter(|declared| declared.noun == "a set of blocks" && declared.module == module);
    sets.map(|set| {
        let edit = Edit { span: any.span, text: set.name.to_string() };
        (format!("Allow only from `{}` instead of `{}`", set.name, any.text), edit)
    })
    .collect()
}
