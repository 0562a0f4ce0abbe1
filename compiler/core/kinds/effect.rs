//! What a change lets through that did not come through before, and what it stops.
//!
//! Said of rules one by one: enough to tell which changes have nothing to do with each other.

use super::Updating;
use crate::call::{Map, Value};
use crate::net::Block;
use ecow::EcoString;

/// What a change opens and shuts. Of a change that only goes on letting through what it did, both are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// What may come through that did not.
    pub opens: Vec<Traffic>,
    /// What may no longer come through.
    pub shuts: Vec<Traffic>,
}

/// A protocol with a range of ports, or of all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// `ingress` or `egress`, where it is one of these.
    way: &'static str,
    protocol: EcoString,
    ports: Option<(i64, i64)>,
    /// Whom it is from or to, where that is a block of addresses.
    peer: Option<Block>,
}

impl Traffic {
    /// Whatever there is.
    fn all() -> Traffic {
        Traffic { way: "", protocol: "all".into(), ports: None, peer: None }
    }

    /// What a rule or an entry speaks of, coming in or going out.
    pub(super) fn of(rule: &Map, way: &'static str) -> Traffic {
        let protocol = EcoString::from(rule.text("protocol"));
        let port = |name| rule.get(name).and_then(Value::as_int);
        let ports = port("from").zip(port("to")).filter(|_| matches!(protocol.as_str(), "tcp" | "udp"));
        Traffic { way, protocol, ports, peer: rule.text("peer").parse().ok() }
    }

    fn meets(&self, other: &Traffic) -> bool {
        let any = |traffic: &Traffic| traffic.protocol == "all";
        let apart = |(from, to): (i64, i64), (low, high): (i64, i64)| to < low || high < from;
        any(self)
            || any(other)
            || self.protocol == other.protocol && !self.ports.zip(other.ports).is_some_and(|(a, b)| apart(a, b))
    }
}

impl Effect {
    /// Whether it opens what another one shuts.
    pub fn opens_what_is_shut_by(&self, other: &Effect) -> bool {
        self.meets(other, |_, _| true)
    }

    /// Whether it opens what another one shuts, both coming in or both going out.
    pub fn opens_what_is_shut_likewise_by(&self, other: &Effect) -> bool {
        let apart = |(one, other): (Block, Block)| !one.overlaps(other);
        self.meets(other, |opened, shut| opened.way == shut.way && !opened.peer.zip(shut.peer).is_some_and(apart))
    }

    /// Whether it opens coming in what another one shuts going out, or the other way round.
    pub fn opens_what_is_shut_elsewhere_by(&self, other: &Effect) -> bool {
        self.meets(other, |opened, shut| opened.way != shut.way)
    }

    fn meets(&self, other: &Effect, which: impl Fn(&Traffic, &Traffic) -> bool) -> bool {
        let meet = |opened: &Traffic| other.shuts.iter().any(|shut| which(opened, shut) && opened.meets(shut));
        self.opens.iter().any(meet)
    }

    /// Anything may come or go, as far as is said.
    pub(crate) fn of_anything(opens: bool, shuts: bool) -> Effect {
        let all = |is: bool| if is { vec![Traffic::all()] } else { Vec::new() };
        Effect { opens: all(opens), shuts: all(shuts) }
    }
}

/// Of a set, such as groups that something is in or routes: what is new lets something through, what is gone no longer does.
pub(super) fn of_set(updating: &Updating, name: &str) -> Effect {
    let (old, new) = (updating.before.attributes.list(name), updating.after.attributes.list(name));
    let more = |list: &[Value], other: &[Value]| list.iter().any(|item| !other.contains(item));
    Effect::of_anything(more(new, old), more(old, new))
}
