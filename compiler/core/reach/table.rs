//! Matrices and changes for people, as tables.

use super::flows::Flow;
use super::flows::{covering, internet_block};
use super::gather::{gathered, gathered_changes};
use super::matrix::{Change, Matrix, Party, PartyKind, Passage};
use super::packets::{Cell, Field, Packets};
use super::walk::not_public;
use crate::model::Address;
use crate::net::{Block, Family};
use crate::problem::render::visible;
use anstyle::{AnsiColor, Style};
use ecow::EcoString;
use std::collections::HashMap;
use std::io::{self, Write};

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const BOLD: Style = Style::new().bold();

/// As many names of a party are shown.
const SHOWN_NAMES: usize = 4;

/// As many flows are put into one line.
const SHOWN_FLOWS: usize = 12;

/// Writes a matrix as a table of who reaches whom, and by what. `names` tells what people call a thing.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_matrix(matrix: &Matrix, names: &HashMap<&str, &str>, out: &mut dyn Write) -> io::Result<()> {
    let matrix = &gathered(matrix, names);
    let labels: Vec<String> = matrix.parties.iter().map(label).collect();
    let text = |place: usize| labels.get(place).cloned().unwrap_or_default();
    let rows: Vec<[String; 3]> = matrix
        .passages
        .iter()
        .filter(|passage| !within_outside(matrix, passage))
        .map(|passage| [text(passage.from), text(passage.to), passing(passage)])
        .collect();
    if rows.is_empty() {
        return writeln!(out, "Nobody reaches anybody.");
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default().max(4);
    let (from, to) = (width(0), width(1));
    writeln!(out, "{BOLD}{:from$}   {:to$}  ON{BOLD:#}", "FROM", "TO")?;
    let mut last = "";
    for [begins, answers, what] in &rows {
        let shown = if begins == last { "" } else { begins.as_str() };
        writeln!(out, "{shown:from$} → {answers:to$}  {what}")?;
        last = begins;
    }
    Ok(())
}

fn within_outside(matrix: &Matrix, passage: &Passage) -> bool {
    let internet = |place: usize| matrix.parties.get(place).is_some_and(|party| party.kind == PartyKind::Internet);
    internet(passage.from) && internet(passage.to)
}

fn passing(passage: &Passage) -> String {
    let unsure = if passage.flows.is_empty() { "not modelled" } else { "more is not modelled" };
    let unsure = passage.not_modelled.then(|| format!("{YELLOW}{unsure}{YELLOW:#}"));
    let flows = Some(flows_text(&passage.flows)).filter(|text| !text.is_empty());
    flows.into_iter().chain(unsure).collect::<Vec<_>>().join("; ")
}

/// What a change opens and closes, a line for each pair: `opens: internet → cluster.web on tcp 443`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_changes(changes: &[Change], names: &HashMap<&str, &str>, out: &mut dyn Write) -> io::Result<()> {
    let changes = gathered_changes(changes, names);
    for (style, sign, verb, flows) in [
        (GREEN, '+', "opens: ", (|change| &change.opened) as fn(&Change) -> &Vec<Flow>),
        (RED, '-', "closes:", |change| &change.closed),
    ] {
        for change in changes.iter().filter(|change| !flows(change).is_empty()) {
            let (from, to) = (label(&change.from), label(&change.to));
            let flows = flows_text(flows(change));
            writeln!(out, "  {style}{sign}{style:#} {verb} {from} → {to} on {flows}")?;
        }
    }
    Ok(())
}

/// `tcp 80, 443, udp 53 from 10.0.0.0/8`: flows that are open to the same addresses outside are told together.
pub(super) fn flows_text(flows: &[Flow]) -> String {
    let mut by_outside: Vec<(&[Block], Vec<String>)> = Vec::new();
    for flow in flows.iter().take(SHOWN_FLOWS) {
        let what = flow.traffic.to_string();
        match by_outside.iter_mut().find(|(other, _)| *other == flow.outside) {
            Some((_, whats)) => join_ports(whats, what),
            None => by_outside.push((&flow.outside, vec![what])),
        }
    }
    let part = |(outside, whats): &(&[Block], Vec<String>)| {
        let whom = Some(outside_text(outside)).filter(|text| !text.is_empty());
        format!("{}{}", whats.join(", "), whom.map_or(String::new(), |whom| format!(" ({whom})")))
    };
    let mut text = by_outside.iter().map(part).collect::<Vec<_>>().join("; ");
    if flows.len() > SHOWN_FLOWS {
        text += &format!("; and {} more", flows.len() - SHOWN_FLOWS);
    }
    text
}

/// Addresses outside: what is left out, where that is less to say; nothing for the whole internet.
fn outside_text(blocks: &[Block]) -> String {
    let families = [Family::V4, Family::V6].map(|family| {
        let of: Vec<Block> = blocks.iter().copied().filter(|block| block.family() == family).collect();
        (family, of)
    });
    let alone = families.iter().filter(|(_, of)| !of.is_empty()).count() == 1;
    let text = |(family, of): &(Family, Vec<Block>)| {
        let list = |blocks: &[Block]| blocks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let whole = Block::all(*family);
        match of.as_slice() {
            [] => None,
            [one] if *one == whole && (!alone || *family == Family::V4) => None,
            blocks => match left_out(*family, blocks) {
                Some(but) => Some(format!("{whole} but for {}", list(&but))),
                None => Some(list(blocks)),
            },
        }
    };
    families.iter().filter_map(text).collect::<Vec<_>>().join(", ")
}

/// The public addresses that some blocks leave out, if they are fewer blocks.
fn left_out(family: Family, blocks: &[Block]) -> Option<Vec<Block>> {
    let mut rest = Packets::of(Cell::of_block(Field::Source, internet_block(family)));
    for block in not_public().into_iter().chain(blocks.iter().copied()) {
        rest.take(&Cell::of_block(Field::Source, block));
    }
    let mut ranges: Vec<(u128, u128)> = rest.cells().iter().map(|cell| cell.range(Field::Source)).collect();
    ranges.sort_unstable();
    let but: Vec<Block> = ranges.into_iter().flat_map(|range| covering(family, range)).collect();
    (!but.is_empty() && but.len() < blocks.len()).then_some(but)
}

/// Names a protocol once: `tcp 80, 443`.
fn join_ports(whats: &mut Vec<String>, what: String) {
    let protocol = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let ports = what.split_once(' ').map(|(_, ports)| ports.to_owned());
    let last = whats.iter_mut().rfind(|other| other.contains(' '));
    match (last, ports) {
        (Some(last), Some(ports)) if protocol(last) == protocol(&what) && protocol(last) != "other" => {
            last.push_str(&format!(", {ports}"));
        }
        _ => whats.push(what),
    }
}

/// What a party is called: its names, ranges in short.
pub(super) fn label(party: &Party) -> String {
    let called: Vec<&str> = party.names.iter().map(EcoString::as_str).collect();
    let short = whole(&called).unwrap_or_else(|| ranges(&called));
    let rest = short.len().saturating_sub(SHOWN_NAMES);
    let mut text = short.iter().take(SHOWN_NAMES).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    if rest > 0 {
        text += &format!(" and {rest} more");
    }
    text
}

/// What several zones have in common, if that is what the names are: `web` of `web[a,0]` and `web[b,0]`.
fn whole(names: &[&str]) -> Option<Vec<String>> {
    let declared = Address::from_tag(names.first()?).declared();
    let zone = |name: &str| {
        name.strip_prefix(declared.as_str())?
            .strip_prefix('[')
            .map(|place| place.split([',', ']']).next().map(str::to_owned))
    };
    let zones: Vec<Option<Option<String>>> = names.iter().map(|name| zone(name)).collect();
    let (first, all) = (zones.first()?.clone(), zones.iter().all(Option::is_some));
    let lettered = first.clone()??.starts_with(|letter: char| letter.is_ascii_alphabetic());
    (all && lettered && zones.iter().any(|zone| *zone != first)).then(|| vec![declared.to_string()])
}

/// `web[0]`, `web[1]` and `web[2]` as `web[0..2]`. The names are sorted as people count.
fn ranges(names: &[&str]) -> Vec<String> {
    let mut found: Vec<(String, Option<(u32, u32)>)> = Vec::new();
    for name in names {
        let address = Address::from_tag(name);
        let range = address.range().map(|(before, index)| (before.to_owned(), index));
        match (found.last_mut(), range) {
            (Some((before, Some((_, last)))), Some((range, index))) if *before == range && *last + 1 == index => {
                *last = index;
            }
            (_, Some((range, index))) => found.push((range, Some((index, index)))),
            (_, None) => found.push(((*name).to_owned(), None)),
        }
    }
    let text = |(name, range): (String, Option<(u32, u32)>)| match range {
        None => name,
        Some((first, last)) if first == last => format!("{name}{first}]"),
        Some((first, last)) => format!("{name}{first}..{last}]"),
    };
    found.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Protocol, Traffic};
    use crate::reach::Passing;

    fn flow(protocol: Protocol, port: i32, outside: &[&str]) -> Flow {
        let traffic = Passing::Traffic(Traffic { protocol, ports: Some((port, port)) });
        Flow { traffic, outside: outside.iter().map(|block| block.parse().unwrap()).collect() }
    }

    #[test]
    fn ports_of_a_protocol_are_told_together() {
        let any = ["0.0.0.0/0"];
        let flows = [
            flow(Protocol::Tcp, 80, &any),
            flow(Protocol::Tcp, 443, &any),
            flow(Protocol::Tcp, 22, &["203.0.113.0/24"]),
            flow(Protocol::Udp, 53, &any),
        ];
        assert_eq!(flows_text(&flows), "tcp 80, 443, udp 53; tcp 22 (203.0.113.0/24)");
    }

    #[test]
    fn ranges_are_told_in_short() {
        assert_eq!(
            ranges(&["a", "web[0]", "web[1]", "web[3]", "x[a,0]", "x[a,1]"]),
            ["a", "web[0..1]", "web[3]", "x[a,0..1]"]
        );
    }
}
