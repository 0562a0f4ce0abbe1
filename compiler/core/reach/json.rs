//! Answers for scripts.
//!
//! `{"verdict": "reachable"|"blocked"|"not_modelled", "reason", "hops", "return_hops", "blocked_by"}`; members that don't
//! apply are `null`, or empty lists.

use super::fabric::Origin;
use super::flows::{Flow, Passing};
use super::matrix::{Change, Matrix, Party, PartyKind};
use super::mend;
use super::query::{Blocked, Hop, NotModelled, Packet, Verdict};
use crate::source::Sources;
use ecow::EcoString;
use serde::Serialize;
use std::io::{self, Write};
use std::net::IpAddr;

/// A verdict.
#[derive(Serialize)]
struct JsonVerdict<'v> {
    verdict: &'static str,
    reason: Option<&'v str>,
    hops: Vec<JsonHop<'v>>,
    return_hops: Vec<JsonHop<'v>>,
    blocked_by: Option<BlockedBy<'v>>,
}

#[derive(Serialize)]
struct JsonHop<'v> {
    kind: &'static str,
    at: Thing<'v>,
    by: Option<Thing<'v>>,
    packet: JsonPacket,
}

/// What stops a packet, or what it depends on and is not modelled: then there is `at` alone.
#[derive(Serialize)]
struct BlockedBy<'v> {
    at: Thing<'v>,
    by: Option<Thing<'v>>,
    groups: Vec<Thing<'v>>,
    meaning: Option<&'static str>,
    aws_code: Option<&'static str>,
    help: Option<String>,
    from: Option<&'v str>,
    to: Option<&'v str>,
    packet: Option<JsonPacket>,
}

/// Something by its name, and where it is written.
#[derive(Serialize)]
struct Thing<'v> {
    name: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

#[derive(Serialize)]
struct JsonPacket {
    protocol: u8,
    source: IpAddr,
    source_port: u16,
    destination: IpAddr,
    destination_port: u16,
}

/// Writes a verdict as JSON, and a line ending; nothing for the one that there is nobody at an end. Places are told as far
/// as `sources` has them.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_verdict_json(verdict: &Verdict, sources: Option<&Sources>, out: &mut dyn Write) -> io::Result<()> {
    let Some(verdict) = json_verdict(verdict, sources) else { return Ok(()) };
    serde_json::to_writer_pretty(&mut *out, &verdict)?;
    writeln!(out)
}

fn json_verdict<'v>(verdict: &'v Verdict, sources: Option<&'v Sources>) -> Option<JsonVerdict<'v>> {
    let (word, path, reason, blocked_by) = match verdict {
        Verdict::Reachable(path) => ("reachable", path, None, None),
        Verdict::Blocked(blocked) => {
            ("blocked", &blocked.path, Some(blocked.reason.name()), Some(blocked_by(blocked, sources)))
        }
        Verdict::NotModelled(what) => {
            ("not_modelled", &what.path, Some(what.what.as_str()), Some(not_modelled(what, sources)))
        }
        Verdict::Empty(_) => return None,
    };
    let hops = |hops: &'v [Hop]| hops.iter().map(|hop| json_hop(hop, sources)).collect();
    Some(JsonVerdict { verdict: word, reason, hops: hops(&path.forward), return_hops: hops(&path.back), blocked_by })
}

fn blocked_by<'v>(blocked: &'v Blocked, sources: Option<&'v Sources>) -> BlockedBy<'v> {
    BlockedBy {
        at: thing(&blocked.at, sources),
        by: blocked.by.as_ref().map(|by| thing(by, sources)),
        groups: blocked.groups.iter().map(|group| thing(group, sources)).collect(),
        meaning: Some(blocked.reason.meaning()),
        aws_code: blocked.reason.aws_code(),
        help: mend::words(blocked),
        from: Some(&blocked.from.name),
        to: Some(&blocked.to.name),
        packet: blocked.packet.as_ref().map(packet),
    }
}

fn not_modelled<'v>(what: &'v NotModelled, sources: Option<&'v Sources>) -> BlockedBy<'v> {
    BlockedBy {
        at: thing(&what.at, sources),
        by: None,
        groups: Vec::new(),
        meaning: None,
        aws_code: None,
        help: None,
        from: None,
        to: None,
        packet: None,
    }
}

fn json_hop<'v>(hop: &'v Hop, sources: Option<&'v Sources>) -> JsonHop<'v> {
    JsonHop {
        kind: hop.kind.name(),
        at: thing(&hop.place, sources),
        by: hop.by.as_ref().map(|by| thing(by, sources)),
        packet: packet(&hop.packet),
    }
}

fn thing<'v>(origin: &'v Origin, sources: Option<&'v Sources>) -> Thing<'v> {
    let place = sources.zip(origin.span);
    Thing {
        name: &origin.name,
        alias: origin.alias.as_deref(),
        file: place.map(|(sources, span)| sources.name(span.file)),
        line: place.map(|(sources, span)| sources.start(span).line),
    }
}

fn packet(packet: &Packet) -> JsonPacket {
    let Packet { source, destination, protocol, source_port, destination_port } = *packet;
    JsonPacket { protocol, source, source_port, destination, destination_port }
}

#[derive(Serialize)]
struct JsonMatrix<'m> {
    parties: Vec<JsonParty<'m>>,
    passages: Vec<JsonPassage<'m>>,
}

#[derive(Serialize)]
struct JsonParty<'m> {
    kind: &'static str,
    names: &'m [EcoString],
}

#[derive(Serialize)]
struct JsonPassage<'m> {
    from: &'m str,
    to: &'m str,
    flows: Vec<JsonFlow>,
    not_modelled: bool,
}

#[derive(Serialize)]
struct JsonFlow {
    protocol: String,
    ports: Option<[i32; 2]>,
    outside: Vec<String>,
}

#[derive(Serialize)]
struct JsonChanges<'c> {
    changes: Vec<JsonChange<'c>>,
}

#[derive(Serialize)]
struct JsonChange<'c> {
    from: JsonParty<'c>,
    to: JsonParty<'c>,
    opened: Vec<JsonFlow>,
    closed: Vec<JsonFlow>,
}

/// Writes a matrix as JSON: the parties with their names, and what passes between each two, which go by their first names.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_matrix_json(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let name = |place: usize| matrix.parties.get(place).and_then(|party| party.names.first()).map_or("", |name| name);
    let passages = matrix.passages.iter().map(|passage| JsonPassage {
        from: name(passage.from),
        to: name(passage.to),
        flows: passage.flows.iter().map(flow).collect(),
        not_modelled: passage.not_modelled,
    });
    let whole = JsonMatrix { parties: matrix.parties.iter().map(party).collect(), passages: passages.collect() };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

/// Writes what a change opens and closes as JSON.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_changes_json(changes: &[Change], out: &mut dyn Write) -> io::Result<()> {
    let flows = |flows: &[Flow]| flows.iter().map(flow).collect();
    let change = |change| {
        let Change { from, to, opened, closed }: &Change = change;
        JsonChange { from: party(from), to: party(to), opened: flows(opened), closed: flows(closed) }
    };
    let whole = JsonChanges { changes: changes.iter().map(change).collect() };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

fn party(party: &Party) -> JsonParty<'_> {
    let kind = match party.kind {
        PartyKind::Internet => "internet",
        PartyKind::Interfaces => "interfaces",
        PartyKind::Service => "service",
    };
    JsonParty { kind, names: &party.names }
}

fn flow(flow: &Flow) -> JsonFlow {
    let (protocol, ports) = match flow.traffic {
        Passing::Traffic(traffic) => (traffic.protocol.to_string(), traffic.ports),
        Passing::OtherProtocols => ("other".to_owned(), None),
    };
    let outside = flow.outside.iter().map(ToString::to_string).collect();
    JsonFlow { protocol, ports: ports.map(|(first, last)| [first, last]), outside }
}
