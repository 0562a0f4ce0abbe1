//! Questions: what all members of one end, or some, can do to those of the other.

use super::classes::Classes;
use super::fabric::{Fabric, Origin};
use super::filter::{Heeds, Walk};
use super::lens::Lens;
use super::members::{Member, pairs};
use super::packets::Packets;
use super::query::{Blocked, CLIENT_PORTS, NotModelled, Packet, Path, Query, Side, Verdict};
use super::reason::Reason;
use super::trail::Trail;
use super::tries::{Try, Wanted};
use ecow::eco_format;
use std::net::IpAddr;

/// A fabric that questions are asked of: what takes time to make ready is made ready once.
pub struct Analysis<'f> {
    pub(super) lens: Lens<'f>,
    pub(super) classes: Classes,
}

/// To follow packets takes at least as long as so many steps, however few rules there are on the way.
const STEPS_OF_A_WALK: usize = 8;

/// What came of trying.
pub(super) struct Tried<'f> {
    pub(super) tried: Try<'f>,
    pub(super) passed: Packets,
    pub(super) unsure: Packets,
}

/// How many of a pair's packets have to get through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    All,
    Some,
}

/// Whether every member of one end reaches every member of the other, and how, or what keeps it from that.
pub fn trace(fabric: &Fabric, query: &Query) -> Verdict {
    Analysis::new(fabric).trace(query)
}

impl<'f> Analysis<'f> {
    /// Makes a fabric ready. Takes time in proportion to it.
    pub fn new(fabric: &'f Fabric) -> Analysis<'f> {
        Analysis { lens: Lens::new(fabric), classes: Classes::new(fabric) }
    }

    /// From here on, all questions together may take so many steps: looks of one set of packets at one rule, entry, route or
    /// address, of which some ten millions take a second.
    pub fn allow(&self, steps: u64) {
        self.lens.effort.allow(steps);
    }

    /// Whether there was more to look at than is allowed. From then on no answer means anything.
    pub fn is_spent(&self) -> bool {
        self.lens.effort.is_spent()
    }

    /// Whether every member of one end reaches every member of the other, by all of the traffic that is asked about; by
    /// some, if none is.
    pub fn trace(&self, query: &Query) -> Verdict {
        let (from, to) = match self.ends(query) {
            Ok(ends) => ends,
            Err(side) => return Verdict::Empty(side),
        };
        let measure = if query.traffic.is_some() { Measure::All } else { Measure::Some };
        let wanted = Wanted::new(query, CLIENT_PORTS);
        let (mut first, mut unknown) = (None, None);
        for (one, other) in pairs(&from, &to).take_while(|_| !self.is_spent()) {
            match self.pair(&one, &other, &wanted, measure) {
                Verdict::Reachable(path) => first = first.or(Some(path)),
                Verdict::NotModelled(what) => unknown = unknown.or(Some(what)),
                blocked => return blocked,
            }
        }
        match (unknown, first) {
            (Some(what), _) => Verdict::NotModelled(what),
            (None, Some(path)) => Verdict::Reachable(path),
            (None, None) => Verdict::Empty(Side::To),
        }
    }

    /// Whether some member of one end reaches some member of the other by some of the traffic that is asked about, from
    /// whatever port.
    pub fn leak(&self, query: &Query) -> Verdict {
        let (from, to) = match self.ends(query) {
            Ok(ends) => ends,
            Err(side) => return Verdict::Empty(side),
        };
        let wanted = Wanted::new(query, (0, u16::MAX));
        let (mut first, mut unknown) = (None, None);
        for (one, other) in pairs(&from, &to).take_while(|_| !self.is_spent()) {
            match self.some(&one, &other, &wanted) {
                Some(Verdict::NotModelled(what)) => unknown = unknown.or(Some(what)),
                Some(reached) => return reached,
                None => first = first.or(Some((one, other))),
            }
        }
        match (unknown, first) {
            (Some(what), _) => Verdict::NotModelled(what),
            (None, Some((one, other))) => self.refusal(&one, &other, &wanted),
            (None, None) => Verdict::Empty(Side::To),
        }
    }

    fn pair(&self, from: &Member, to: &Member, wanted: &Wanted, measure: Measure) -> Verdict {
        let (mut refused, mut unknown) = (None, None);
        for alternative in self.alternatives(from, to, wanted) {
            let mut path = None;
            let all = self.tries(&alternative).all(|tried| match self.enough(from, to, tried, measure) {
                Verdict::Reachable(found) => {
                    path.get_or_insert(found);
                    true
                }
                Verdict::NotModelled(what) => {
                    unknown.get_or_insert(what);
                    false
                }
                other => {
                    refused.get_or_insert(other);
                    false
                }
            });
            if let (true, Some(path)) = (all, path) {
                return Verdict::Reachable(path);
            }
        }
        match (unknown, refused) {
            (Some(what), _) => Verdict::NotModelled(what),
            (None, Some(refused)) => refused,
            (None, None) => self.untried(from, to, wanted),
        }
    }

    /// Whether what is wanted gets through.
    fn enough(&self, from: &Member, to: &Member, tried: Try<'f>, measure: Measure) -> Verdict {
        let Tried { tried, passed, unsure } = self.attempt(tried);
        let missing = match measure {
            Measure::All => tried.wanted.clone().minus(&passed),
            Measure::Some if passed.is_empty() => tried.wanted.clone(),
            Measure::Some => Packets::default(),
        };
        let refused = missing.clone().minus(&unsure);
        let witness = match (missing.is_empty(), measure, refused.witness()) {
            (true, ..) => passed.witness(),
            (false, Measure::Some, _) => unsure.witness().or(refused.witness()),
            (false, Measure::All, Some(witness)) => Some(witness),
            (false, Measure::All, None) => missing.witness(),
        };
        self.follow(from, to, &tried, witness)
    }

    /// What gets through, or may; `None` if nothing does.
    fn some(&self, from: &Member, to: &Member, wanted: &Wanted) -> Option<Verdict> {
        let mut unknown = None;
        let alternatives = self.alternatives(from, to, wanted);
        if alternatives.is_empty() {
            return Some(self.untried(from, to, wanted)).filter(|verdict| matches!(verdict, Verdict::NotModelled(_)));
        }
        for tried in alternatives.iter().flat_map(|alternative| self.tries(alternative)) {
            let Tried { tried, passed, unsure } = self.attempt(tried);
            if let Some(witness) = passed.witness() {
                return Some(self.follow(from, to, &tried, Some(witness)));
            }
            if let Some(witness) = unsure.witness() {
                unknown = unknown.or_else(|| Some(self.follow(from, to, &tried, Some(witness))));
            }
        }
        unknown
    }

    /// Why nothing gets through: what stops the first packet that is tried.
    fn refusal(&self, from: &Member, to: &Member, wanted: &Wanted) -> Verdict {
        let alternatives = self.alternatives(from, to, wanted);
        let first = alternatives.first().and_then(|alternative| self.tries(alternative).next());
        match first {
            Some(tried) => self.follow(from, to, &tried, tried.wanted.witness()),
            None => self.untried(from, to, wanted),
        }
    }

    /// What gets through of what one sends to another.
    pub(super) fn attempt(&self, tried: Try<'f>) -> Tried<'f> {
        self.lens.effort.spend(STEPS_OF_A_WALK);
        let mut walk = Walk { lens: &self.lens, trail: Trail::default(), heeds: Heeds::All };
        let passed = walk.go(&tried, tried.wanted.clone());
        let mut unsure = Packets::default();
        for packets in walk.trail.unsure {
            unsure.add(packets);
        }
        Tried { tried, passed, unsure }
    }

    /// The verdict on one packet.
    fn follow(&self, from: &Member, to: &Member, tried: &Try<'f>, packet: Option<Packet>) -> Verdict {
        let Some(packet) = packet else { return self.untried(from, to, &Wanted::anything()) };
        let mut walk = Walk { lens: &self.lens, trail: Trail::of_one(), heeds: Heeds::All };
        let passed = walk.go(tried, Packets::one(&packet));
        let single = walk.trail.single.unwrap_or_default();
        if !passed.is_empty() {
            return Verdict::Reachable(single.path);
        }
        if let Some((what, at)) = single.not_modelled {
            return Verdict::NotModelled(Box::new(NotModelled { what, at, path: single.path }));
        }
        let (reason, at, by, groups, packet) = match single.stop {
            Some(stop) => (stop.reason, stop.at, stop.by, stop.groups, stop.packet),
            None => (Reason::NotBeyondGateway, self.name(to), None, Vec::new(), Some(packet)),
        };
        let (from, to) = (self.name(from), self.name(to));
        Verdict::Blocked(Box::new(Blocked { reason, at, by, groups, packet, from, to, path: single.path }))
    }

    /// The verdict on two between whom nothing could be tried.
    fn untried(&self, from: &Member, to: &Member, wanted: &Wanted) -> Verdict {
        if let Member::Amazon(_) = to {
            let what = "Amazon's own service".into();
            return Verdict::NotModelled(Box::new(NotModelled { what, at: self.name(to), path: Path::default() }));
        }
        let foreign = |source: IpAddr| {
            let own = self.stands(from, None).into_iter().flatten().any(|stand| stand.address == source);
            matches!(from, Member::Interfaces { .. }) && !own
        };
        let (reason, at) = match (from, to) {
            (Member::Outside { .. }, Member::Outside { .. }) => (Reason::NotBeyondGateway, to),
            _ if wanted.source.is_some_and(foreign) => (Reason::SpoofedSource, from),
            _ => (Reason::NoCommonFamily, to),
        };
        Verdict::Blocked(Box::new(Blocked {
            reason,
            at: self.name(at),
            by: None,
            groups: Vec::new(),
            packet: None,
            from: self.name(from),
            to: self.name(to),
            path: Path::default(),
        }))
    }

    fn name(&self, member: &Member) -> Origin {
        match member {
            Member::Interfaces { first, .. } => self.lens.fabric.interfaces[*first].origin.clone(),
            Member::Outside { name, .. } => name.clone(),
            Member::Service(id) => self.lens.fabric.services[*id].origin.clone(),
            Member::Nobody(address) | Member::Amazon(address) => Origin::new(eco_format!("{address}")),
        }
    }
}
