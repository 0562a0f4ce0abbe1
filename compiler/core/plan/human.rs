//! The plan for people: a line for each thing, and below it only what changes and why.

use super::images::chosen;
use super::{Action, Changed, Moment, Plan, Step, Totals};
use crate::call::{Map, Value};
use crate::kinds::KINDS;
use crate::model::Address;
use crate::problem::render::visible;
use anstyle::{AnsiColor, Style};
use std::collections::HashMap;
use std::io::{self, Write};

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Long ranges of nodes in one line each.
    Brief,
    /// Everything, with every call.
    Full,
}

/// Ranges of more things than this are put into one line.
const SHOWN_OF_A_RANGE: usize = 8;

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Writes the plan with ANSI colours; strip them for plain text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_human(plan: &Plan, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    if plan.is_empty() {
        writeln!(out, "{BOLD}Nothing to change.{BOLD:#} Stack `{}` is as the program says.", plan.stack)?;
        return write_assertions(plan, out);
    }
    writeln!(out, "{BOLD}Plan for stack `{}` in {}{BOLD:#}\n", plan.stack, plan.region)?;
    let rows = rows(plan, detail);
    let widths = (width(rows.iter().map(|row| &row.noun)), width(rows.iter().map(|row| &row.name)));
    for row in &rows {
        row.write(widths, out)?;
        for step in row.below.iter().flatten() {
            write_changes(step, out)?;
        }
        if detail == Detail::Full {
            write_calls(plan, &row.steps, out)?;
        }
    }
    write_images(plan, out)?;
    write_moments(plan, out)?;
    write_totals(plan, out)?;
    write_assertions(plan, out)
}

/// How many claims hold: a plan is of a program in which all do.
fn write_assertions(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    match plan.assertions.len() {
        0 => Ok(()),
        1 => writeln!(out, "1 assertion holds."),
        count => writeln!(out, "{count} assertions hold."),
    }
}

/// A line of the plan, and the steps that it stands for.
struct Row<'p> {
    style: Style,
    sign: &'static str,
    noun: String,
    name: String,
    summary: String,
    steps: Vec<&'p Step>,
    /// The step whose changes are shown below.
    below: [Option<&'p Step>; 2],
}

impl Row<'_> {
    fn write(&self, (noun, name): (usize, usize), out: &mut dyn Write) -> io::Result<()> {
        let (style, sign) = (self.style, self.sign);
        let line = format!("{:noun$}  {:name$}  {}", self.noun, self.name, visible(&self.summary));
        writeln!(out, "{style}{sign:>3}{style:#} {}", line.trim_end())
    }
}

fn width<'s>(texts: impl Iterator<Item = &'s String>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or_default().min(48)
}

fn rows(plan: &Plan, detail: Detail) -> Vec<Row<'_>> {
    let steps: HashMap<&Address, &Step> = plan.steps.iter().map(|step| (&step.address, step)).collect();
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut shown: Vec<&Step> = plan.steps.iter().filter(|step| !is_part(step, &steps)).collect();
    shown.sort_by_key(|step| {
        let network = step.address.as_str().split(['.', '/']).next().unwrap_or_default();
        let part = place(&step.address).map(|(.., part)| part).unwrap_or_default();
        (network.to_owned(), step.kind.rank(), part, step.address.clone())
    });
    let mut rest = shown.as_slice();
    while let Some(first) = rest.first() {
        let len = run_length(rest, detail);
        let (run, after) = rest.split_at(len);
        rest = after;
        rows.push(if len == 1 { row(&steps, first) } else { range_row(run) });
    }
    rows
}

/// A group's rules show in the group's own line where both are made, what replaces shows what it replaces, and the second
/// of two steps shows what the first one does.
fn is_part(step: &Step, steps: &HashMap<&Address, &Step>) -> bool {
    if step.second().is_some_and(|second| steps.contains_key(&second)) {
        return true;
    }
    let Some(owner) = step.address.owner() else { return false };
    steps.contains_key(&owner) && (step.is_old() || (!step.kind.has_ids() && step.action != Action::Update))
}

/// How many steps from the first on are alike and stand in one range.
fn run_length(steps: &[&Step], detail: Detail) -> usize {
    if detail == Detail::Full {
        return 1;
    }
    let key = |step: &Step| place(&step.address).map(|(range, _, part)| (range, part));
    let Some(range) = key(steps[0]) else { return 1 };
    let alike = |step: &&&Step| {
        step.action == steps[0].action && step.changes == steps[0].changes && key(step).as_ref() == Some(&range)
    };
    let len = steps.iter().take_while(alike).count();
    if len <= SHOWN_OF_A_RANGE { 1 } else { len }
}

/// The range that something is in, its place there, and which part it is of what stands there: the disks of nodes.
fn place(address: &Address) -> Option<(String, u32, String)> {
    let (owner, part) = match address.owner() {
        Some(owner) => (owner, address.as_str().rsplit_once('/').map_or(String::new(), |(_, part)| format!("/{part}"))),
        None => (address.clone(), String::new()),
    };
    let (range, index) = owner.range()?;
    Some((range.to_owned(), index, part))
}

fn row<'p>(steps: &HashMap<&Address, &'p Step>, step: &'p Step) -> Row<'p> {
    let (style, sign) = sign(step.action);
    let attributes =
        step.wanted.as_ref().map(|wanted| &wanted.attributes).or(step.found.as_ref().map(|found| &found.attributes));
    let parts: Vec<&Step> = KINDS
        .iter()
        .filter_map(|kind| kind.part.filter(|(owner, _)| *owner == step.kind))
        .filter_map(|(_, name)| steps.get(&step.address.part(name)).copied())
        .filter(|part| !part.kind.has_ids())
        .collect();
    let first = step.follows.then(|| steps.get(&step.first()).copied()).flatten();
    let mut summary = attributes.map(step.kind.summary).unwrap_or_default();
    if step.action == Action::Create {
        let more = parts.iter().filter_map(|part| part.wanted.as_ref());
        let more: Vec<String> = more.map(|part| (part.kind.summary)(&part.attributes)).collect();
        summary = if more.is_empty() { summary } else { more.join(", ") };
    }
    if let Some(reason) = &step.reason {
        summary = reason.clone();
    }
    Row {
        style,
        sign,
        noun: step.kind.noun(),
        name: step.address.to_string(),
        summary,
        steps: first.into_iter().chain([step]).chain(parts).collect(),
        below: [Some(step), None],
    }
}

fn range_row<'p>(run: &[&'p Step]) -> Row<'p> {
    let (first, last) = (run[0], run[run.len() - 1]);
    let (style, sign) = sign(first.action);
    let name = match (place(&first.address), place(&last.address)) {
        (Some((range, from, part)), Some((_, to, _))) => format!("{range}{from}..{to}]{part}"),
        _ => first.address.to_string(),
    };
    let address = |step: &Step| {
        let attributes = step
            .wanted
            .as_ref()
            .map(|wanted| &wanted.attributes)
            .or(step.found.as_ref().map(|found| &found.attributes))?;
        attributes.get("address").and_then(Value::as_text).map(str::to_owned)
    };
    let mut summary = format!("{} {}s", run.len(), first.kind.noun());
    if let (Some(from), Some(to)) = (address(first), address(last)) {
        summary += &format!(", {from} to {to}");
    }
    Row { style, sign, noun: first.kind.noun(), name, summary, steps: run.to_vec(), below: [Some(first), None] }
}

fn sign(action: Action) -> (Style, &'static str) {
    match action {
        Action::Create => (GREEN, "+"),
        Action::Update => (YELLOW, "~"),
        Action::Replace => (RED, "-/+"),
        Action::Delete => (RED, "-"),
    }
}

fn write_changes(step: &Step, out: &mut dyn Write) -> io::Result<()> {
    let width = step.changes.iter().map(|change| change.path.chars().count()).max().unwrap_or_default().min(48);
    for change in &step.changes {
        writeln!(out, "        {}", change_line(step, change, width))?;
    }
    let mut told: Vec<&str> = Vec::new();
    let replaces = step.changes.iter().filter_map(|change| change.replaces);
    for why in replaces.chain(step.changes.iter().filter_map(|change| change.interrupts)) {
        if !told.contains(&why) {
            told.push(why);
        }
    }
    let effect = step.kind.loses.filter(|_| matches!(step.action, Action::Replace | Action::Delete));
    // That a node goes with its root disk is plain; that its data go too has to be said.
    told.extend(effect.filter(|_| step.action == Action::Replace || step.kind.name == "volume"));
    for why in told {
        writeln!(out, "        {DIM}= {why}{DIM:#}")?;
    }
    Ok(())
}

fn change_line(step: &Step, change: &Changed, width: usize) -> String {
    let path = visible(&change.path).into_owned();
    // Of an element of a set the path says all, so that only its coming or going is left to tell, or its description.
    let says_all = |value: &Option<Value>| match value {
        Some(Value::Map(_)) => true,
        Some(Value::Ref(address)) => path.ends_with(&format!(".{address}")),
        Some(Value::Text(text)) => path.ends_with(&format!(".{text}")),
        _ => false,
    };
    if let Some((before, after)) = labels(step, change).filter(|(before, after)| before != after) {
        return format!("{} → {}", visible(&before), visible(&after));
    }
    match (&change.before, &change.after) {
        (None, Some(_)) if says_all(&change.after) => format!("{GREEN}+ {path}{GREEN:#}{}", tail(&change.after)),
        (Some(_), None) if says_all(&change.before) => format!("{RED}- {path}{RED:#}"),
        (Some(Value::Map(before)), Some(Value::Map(after))) if map_text(before) == map_text(after) => {
            let why = |rule: &Map| format!("\"{}\"", visible(rule.text("why")));
            format!("{path:width$}  {} → {}", why(before), why(after))
        }
        (before, after) => format!("{path:width$}  {} → {}", text(before), text(after)),
    }
}

/// What an element of a set is called before and after.
fn labels(step: &Step, change: &Changed) -> Option<(String, String)> {
    let label = step.kind.attribute(change.attribute)?.label?;
    let (before, after) = (change.before.as_ref()?.as_map()?, change.after.as_ref()?.as_map()?);
    Some((label(change.attribute, before), label(change.attribute, after)))
}

/// What an element holds besides what its path says.
fn tail(value: &Option<Value>) -> String {
    let map = value.as_ref().and_then(Value::as_map);
    let target = map.and_then(|map| map.get("target"));
    let why = map.map_or("", |map| map.text("why"));
    match target {
        Some(target) => format!(" via {}", text(&Some(target.clone()))),
        None if why.is_empty() => String::new(),
        None => format!(" \"{}\"", visible(why)),
    }
}

fn text(value: &Option<Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::Text(text)) if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("sha256:{}…", &text[..12])
        }
        Some(Value::Text(text)) => visible(text).into_owned(),
        Some(Value::Bool(value)) => (if *value { "yes" } else { "no" }).to_owned(),
        Some(Value::Int(value)) => value.to_string(),
        Some(Value::Ref(address)) => address.to_string(),
        Some(Value::List(list)) => list.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Some(Value::Map(map)) => map_text(map),
        Some(Value::Sealed(sealed)) => format!("sha256:{}…", &sealed.sha256()[..12]),
    }
}

fn text_of(value: &Value) -> String {
    text(&Some(value.clone()))
}

/// The target of a route, and its state if it leads nowhere.
fn map_text(map: &Map) -> String {
    let target = map.get("target").map(text_of).unwrap_or_default();
    match map.text("state") {
        "" => target,
        state => format!("{target} ({state})"),
    }
}

fn write_calls(plan: &Plan, steps: &[&Step], out: &mut dyn Write) -> io::Result<()> {
    for op in steps.iter().flat_map(|step| step.ops(plan)) {
        let parameters = serde_json::to_string(&op.call.parameters).unwrap_or_default();
        writeln!(out, "        {DIM}{} {}{DIM:#}", op.call.action, visible(&parameters))?;
    }
    Ok(())
}

fn write_images(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let chosen = chosen(plan);
    if !chosen.is_empty() {
        writeln!(out)?;
    }
    for image in chosen {
        let name = if image.name.is_empty() { String::new() } else { format!(", {}", visible(image.name)) };
        writeln!(out, "    image {} is {}{name}", visible(image.pattern), visible(image.id))?;
    }
    Ok(())
}

/// As many are told at the end of a plan.
const SHOWN_MOMENTS: usize = 12;

fn write_moments(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    if plan.moments.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{YELLOW}For a moment on the way{YELLOW:#}, by the best order that was found:")?;
    for Moment { from, also_from, to, also_to, traffic, opens } in plan.moments.iter().take(SHOWN_MOMENTS) {
        let verb = match (opens, also_from.is_empty()) {
            (true, true) => "reaches",
            (true, false) => "reach",
            (false, true) => "no longer reaches",
            (false, false) => "no longer reach",
        };
        let who = |one, also: &[String]| match also.len() {
            0 => visible(one).to_string(),
            count => format!("{} and {count} like it", visible(one)),
        };
        let whom = if also_from.contains(to) { "each other".to_owned() } else { who(to, also_to) };
        writeln!(out, "    {} {verb} {whom} on {traffic}", who(from, also_from))?;
    }
    match plan.moments.len().saturating_sub(SHOWN_MOMENTS) {
        0 => Ok(()),
        more => writeln!(out, "    and {more} more"),
    }
}

fn write_totals(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let steps: HashMap<&Address, &Step> = plan.steps.iter().map(|step| (&step.address, step)).collect();
    let totals = Totals::of(plan.steps.iter().filter(|step| !is_part(step, &steps)));
    let parts = [
        (totals.create, "to create"),
        (totals.update, "to change"),
        (totals.replace, "to replace"),
        (totals.delete, "to delete"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let calls = plan.calls();
    let noun = if calls == 1 { "call" } else { "calls" };
    writeln!(out, "\n{BOLD}{}{BOLD:#}, in {calls} {noun} to EC2.", parts.join(", "))
}
