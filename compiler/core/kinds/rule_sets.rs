//! Rules of security groups as sets of what they let through: what a change opens and shuts, and what two rules share.

use super::security_group_rules::{only, same};
use super::{DIRECTIONS, Effect, Traffic, Updating};
use crate::call::{Map, Value};
use crate::net::Block;

/// What two rules share.
#[derive(Debug, PartialEq)]
enum Meet {
    /// Nothing.
    Apart,
    /// What this rule lets through.
    Rule(Map),
    /// Nobody knows before somebody looks who is in a group.
    Unknown,
}

/// Of what is new, what nothing let through before opens; of what goes, what nothing lets through after shuts.
pub(super) fn effect(updating: &Updating) -> Effect {
    let (before, after) = (&updating.before.attributes, &updating.after.attributes);
    let mut effect = Effect::default();
    let ipv6 = has_ipv6(updating);
    for way in DIRECTIONS {
        let (old, new) = (before.list(way), after.list(way));
        let more = |list: &[Value], other: &[Value]| -> Vec<Traffic> {
            let rules =
                only(list, other).into_iter().filter_map(Value::as_map).filter(|rule| !covers(other, rule, ipv6));
            rules.map(|rule| Traffic::of(rule, way)).collect()
        };
        effect.opens.extend(more(new, old));
        effect.shuts.extend(more(old, new));
    }
    effect
}

/// Whether one of some rules lets everything through that a rule does.
fn covers(rules: &[Value], rule: &Map, ipv6: bool) -> bool {
    let within = |wider: &Map| match meet(wider, rule, ipv6) {
        Meet::Rule(shared) => same(&shared.into(), &rule.clone().into()),
        Meet::Apart | Meet::Unknown => false,
    };
    rules.iter().filter_map(Value::as_map).any(within)
}

/// The rules that stay, with rules for what the others share before and after: with these, that comes through which does
/// before and after, and nothing else. `None` if nobody can tell what rules share.
pub(super) fn narrowed(updating: &Updating) -> Option<Map> {
    let mut attributes = updating.after.attributes.clone();
    let ipv6 = has_ipv6(updating);
    for way in DIRECTIONS {
        let (old, new) = (updating.before.attributes.list(way), updating.after.attributes.list(way));
        let (going, coming) = (only(old, new), only(new, old));
        let kept = old.iter().filter(|rule| !going.contains(rule));
        let mut rules: Vec<Value> = kept.cloned().collect();
        for one in going.into_iter().filter_map(Value::as_map) {
            for other in coming.iter().copied().filter_map(Value::as_map) {
                match meet(one, other, ipv6) {
                    Meet::Apart => {}
                    Meet::Rule(rule) => {
                        let rule = Value::from(rule);
                        if !rules.iter().any(|there| same(there, &rule)) {
                            rules.push(rule);
                        }
                    }
                    Meet::Unknown => return None,
                }
            }
        }
        attributes.set(way, rules);
    }
    Some(attributes)
}

fn meet(one: &Map, other: &Map, ipv6: bool) -> Meet {
    let Some((protocol, ports)) = traffic(one, other) else { return Meet::Apart };
    let peer = match peer(one, other, ipv6) {
        Ok(Some(peer)) => peer,
        Ok(None) => return Meet::Apart,
        Err(()) => return Meet::Unknown,
    };
    let rule = Map::new().with("protocol", protocol);
    let rule = match ports {
        Some((from, to)) => rule.with("from", from).with("to", to),
        None => rule,
    };
    let rule = rule.with("peer", peer);
    // What says the same as one of them is that one, with what it says of itself.
    let found = [one, other].into_iter().find(|given| same(&Value::from((*given).clone()), &Value::from(rule.clone())));
    Meet::Rule(found.cloned().unwrap_or(rule))
}

/// The protocol and the ports, or the type and code, that both speak of.
fn traffic<'r>(one: &'r Map, other: &'r Map) -> Option<(&'r str, Option<(i64, i64)>)> {
    let bounds = |rule: &Map| {
        let int = |name| rule.get(name).and_then(Value::as_int);
        int("from").zip(int("to"))
    };
    match (one.text("protocol"), other.text("protocol")) {
        ("all", protocol) => Some((protocol, bounds(other))),
        (protocol, "all") => Some((protocol, bounds(one))),
        (protocol, same) if protocol == same => match (bounds(one), bounds(other)) {
            (Some(a), Some(b)) if matches!(protocol, "icmp" | "icmpv6") => Some((protocol, Some(types(a, b)?))),
            (Some((from, to)), Some((low, high))) => {
                let (from, to) = (from.max(low), to.min(high));
                (from <= to).then_some((protocol, Some((from, to))))
            }
            (a, b) => Some((protocol, a.or(b))),
        },
        _ => None,
    }
}

/// A type of ICMP and its code; -1 is any.
fn types(one: (i64, i64), other: (i64, i64)) -> Option<(i64, i64)> {
    let both = |a: i64, b: i64| if a == -1 { Some(b) } else { (b == -1 || a == b).then_some(a) };
    both(one.0, other.0).zip(both(one.1, other.1))
}

/// Whether members of groups may have IPv6 addresses.
fn has_ipv6(updating: &Updating) -> bool {
    updating.after.attributes.is_true("ipv6")
}

/// The peers of both, if any; an error if nobody can tell.
fn peer(one: &Map, other: &Map, ipv6: bool) -> Result<Option<Value>, ()> {
    let (one, other) = (one.get("peer").ok_or(())?, other.get("peer").ok_or(())?);
    if one == other {
        return Ok(Some(one.clone()));
    }
    let block = |peer: &Value| peer.as_text().and_then(|text| text.parse::<Block>().ok());
    let is_anywhere = |peer: &Value| !ipv6 && peer.as_text() == Some("0.0.0.0/0");
    match (block(one), block(other)) {
        (Some(a), Some(b)) => Ok(a.overlaps(b).then(|| if a.contains(b) { other } else { one }.clone())),
        (Some(_), None) if is_anywhere(one) => Ok(Some(other.clone())),
        (None, Some(_)) if is_anywhere(other) => Ok(Some(one.clone())),
        _ => Err(()),
    }
}
