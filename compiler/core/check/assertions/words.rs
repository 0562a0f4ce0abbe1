//! What is said of claims that do not hold.

use super::{Claim, on};
use crate::model::Traffic;
use crate::problem::{Diagnostic, codes};
use crate::reach::fabric::Origin;
use crate::reach::{Blocked, Endpoint, Hop, HopKind, NotModelled, Packet, Path, Reason};
use crate::source::Span;
use ecow::{EcoString, eco_format};

/// Why a claim does not hold.
pub(super) enum Refutation {
    /// Who should not is reached.
    Reached { path: Path, traffic: Option<Traffic> },
    /// Who should be is not.
    Blocked { blocked: Box<Blocked>, traffic: Option<Traffic> },
    /// It depends on what is not modelled.
    Undecided { what: Box<NotModelled> },
}

/// A claim about nobody.
pub(super) fn empty(claim: &Claim, from: &[Endpoint]) -> Diagnostic {
    let nobody = |ends: &[Endpoint]| ends.iter().all(|end| *end == Endpoint::Interfaces(Vec::new()));
    let end = if nobody(from) { &claim.from } else { &claim.to };
    Diagnostic::new(codes::EMPTY_ASSERTION, "this assertion is about nobody")
        .primary(end.word.span, format!("`{}` stands for nothing that could reach or be reached", end.word.text))
        .help("name a node, a group, or a subnet")
}

/// A claim that is about too many to be proven.
pub(super) fn too_much(claim: &Claim) -> Diagnostic {
    Diagnostic::new(codes::TOO_LARGE, "the assertions are about too many to be proven")
        .primary(claim.span, "from here on they are neither proven nor refuted")
        .help(
            "claim it of groups and subnets rather than of each node, and put ports that are side by side into ranges",
        )
}

/// A claim that does not hold, with what to write, if that is known.
pub(super) fn refuted(claim: &Claim, refutation: Refutation, mend: Option<String>) -> Diagnostic {
    let diagnostic = match refutation {
        Refutation::Reached { path, traffic } => reached(claim, &path, traffic),
        Refutation::Blocked { blocked, traffic } => blocked_words(claim, &blocked, traffic),
        Refutation::Undecided { what } => undecided(claim, &what),
    };
    match mend {
        Some(mend) => diagnostic.help(mend),
        None => diagnostic,
    }
}

fn reached(claim: &Claim, path: &Path, traffic: Option<Traffic>) -> Diagnostic {
    let ends = (path.forward.first(), path.forward.last());
    let (Some(first), Some(last)) = ends else {
        return Diagnostic::new(codes::REFUTED_ASSERTION, "this is reached").primary(claim.span, "refuted");
    };
    let by = traffic.unwrap_or_else(|| last.packet.traffic());
    let title = format!(
        "`{}` can reach `{}`{}",
        name(&first.place, claim, End::From),
        name(&last.place, claim, End::To),
        on(Some(by))
    );
    let mut diagnostic = Diagnostic::new(codes::REFUTED_ASSERTION, title).primary(claim.span, "refuted");
    let mut told: Vec<Span> = Vec::new();
    let hops = path.forward.iter().map(|hop| (hop, false)).chain(path.back.iter().map(|hop| (hop, true)));
    for (hop, back) in hops {
        let Some(span) = hop.by.as_ref().and_then(|by| by.span).filter(|span| !told.contains(span)) else { continue };
        told.push(span);
        diagnostic = diagnostic.secondary(span, what_it_does(hop.kind, back));
    }
    diagnostic.note(format!("for example {}", packet_words(&first.packet, &last.packet)))
}

fn what_it_does(kind: HopKind, back: bool) -> &'static str {
    match (kind, back) {
        (HopKind::GroupEgress | HopKind::AclEgress, false) => "this lets it out",
        (HopKind::GroupIngress | HopKind::AclIngress, false) => "this lets it in",
        (HopKind::GroupEgress | HopKind::AclEgress, true) => "this lets the answer out",
        (HopKind::GroupIngress | HopKind::AclIngress, true) => "this lets the answer in",
        (_, false) => "this leads it there",
        (_, true) => "this leads the answer back",
    }
}

fn blocked_words(claim: &Claim, blocked: &Blocked, traffic: Option<Traffic>) -> Diagnostic {
    let (from, to) = (name(&blocked.from, claim, End::From), name(&blocked.to, claim, End::To));
    let title = format!("`{from}` cannot reach `{to}`{}", on(traffic));
    let mut diagnostic = Diagnostic::new(codes::REFUTED_ASSERTION, title).primary(claim.span, "refuted");
    let place = blocked.at.name.clone();
    diagnostic = match (&blocked.by, blocked.groups.as_slice()) {
        (Some(Origin { span: Some(span), .. }), _) => diagnostic.secondary(*span, stopped(blocked.reason)),
        (_, [_, ..]) => {
            let spans: Vec<Span> = blocked.groups.iter().filter_map(|group| group.span).collect();
            spans.iter().fold(diagnostic, |diagnostic, span| diagnostic.secondary(*span, stopped(blocked.reason)))
        }
        _ => match blocked.at.span {
            Some(span) => diagnostic.secondary(span, stopped(blocked.reason)),
            None => diagnostic,
        },
    };
    diagnostic = diagnostic.note(format!("it stops at `{place}`: {}", blocked.reason.meaning()));
    // Where anything would do, no packet is an example.
    match blocked.packet.as_ref().filter(|_| traffic.is_some()) {
        Some(packet) => {
            let sent = blocked.path.forward.first().map_or(packet, |hop| &hop.packet);
            let arrived = blocked.path.back.first().and(blocked.path.forward.last()).map_or(packet, |hop| &hop.packet);
            diagnostic.note(format!("for example {}", packet_words(sent, arrived)))
        }
        None => diagnostic,
    }
}

/// What is said at the place where it stops.
fn stopped(reason: Reason) -> &'static str {
    match reason {
        Reason::SgEgress | Reason::SgEgressEmpty => "no rule here lets it out",
        Reason::SgIngress | Reason::SgIngressEmpty => "no rule here lets it in",
        Reason::SgReferenceLost => "a group stands for private addresses alone",
        Reason::NaclEgress | Reason::NaclIngress => "it stops here",
        Reason::NaclReturnEgress | Reason::NaclReturnIngress => "the answer stops here",
        Reason::NoRoute => "no route here leads there",
        Reason::NoReturnRoute => "no route here leads back",
        Reason::ReturnRouteElsewhere => "the answer goes another way",
        Reason::UnassociatedPublicIp => "no public address",
        _ => "it stops here",
    }
}

fn undecided(claim: &Claim, what: &NotModelled) -> Diagnostic {
    let title = "this cannot be told from the program";
    let diagnostic =
        Diagnostic::new(codes::UNDECIDED_ASSERTION, title).primary(claim.span, "neither proven nor refuted");
    let diagnostic = match what.at.span {
        Some(span) => diagnostic.secondary(span, format!("it depends on this: {}", what.what)),
        None => diagnostic.note(format!("it depends on `{}`: {}", what.at.name, what.what)),
    };
    diagnostic.help("claim what the program decides by itself, or ask the live network: `vpcc reach --live`")
}

enum End {
    From,
    To,
}

/// The name of an end: of what is a hop on the way, or, if that says less, as it is written.
fn name(origin: &Origin, claim: &Claim, end: End) -> EcoString {
    let written = match end {
        End::From => &claim.from.word.text,
        End::To => &claim.to.word.text,
    };
    if origin.span.is_some() { origin.name.clone() } else { written.clone() }
}

/// A packet by the addresses that both ends have themselves: the source as it is sent, the destination as it arrives.
fn packet_words(sent: &Packet, arrived: &Packet) -> EcoString {
    let (source, port, destination) = (sent.source, sent.source_port, arrived.destination);
    match sent.protocol {
        6 | 17 => eco_format!("{} from {source} port {port} to {destination}", sent.traffic()),
        _ => eco_format!("{} from {source} to {destination}", sent.traffic()),
    }
}

impl Hop {
    /// What lets the packet go on, if it is a place of this kind.
    pub(super) fn opened_by(&self, kind: HopKind) -> Option<&Origin> {
        self.by.as_ref().filter(|_| self.kind == kind)
    }
}
