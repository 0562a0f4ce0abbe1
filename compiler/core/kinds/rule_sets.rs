//! Rules of security groups as sets of what they let through: what a change opens and shuts, and what two rules share.

use super::security_group_rules::same;
use super::{Effect, Traffic, Updating};
use crate::call::{Map, Value};
use crate::net::Block;

const DIRECTIONS: [&str; 2] = ["ingress", "egress"];

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

/// The rules of a direction that are in one list and not in another.
fn only<'r>(list: &'r [Value], other: &[Value]) -> Vec<&'r Map> {
    let missing = list.iter().filter(|rule| !other.iter().any(|there| same(there, rule)));
    missing.filter_map(Value::as_map).collect()
}

pub(super) fn effect(updating: &Updating) -> Effect {
    let (before, after) = (&updating.before.attributes, &updating.after.attributes);
    let mut effect = Effect::default();
    for way in DIRECTIONS {
        let (old, new) = (before.list(way), after.list(way));
        effect.opens.extend(only(new, old).into_iter().map(|rule| Traffic::of(rule, way)));
        effect.shuts.extend(only(old, new).into_iter().map(|rule| Traffic::of(rule, way)));
    }
    effect
}

/// The rules that stay, with rules for what the others share before and after: with these, that comes through which does
/// before and after, and nothing else. `None` if nobody can tell what rules share.
pub(super) fn narrowed(updating: &Updating) -> Option<Map> {
    let mut attributes = updating.before.attributes.clone();
    for way in DIRECTIONS {
        let (old, new) = (updating.before.attributes.list(way), updating.after.attributes.list(way));
        let kept = old.iter().filter(|rule| new.iter().any(|other| same(other, rule)));
        let mut rules: Vec<Value> = kept.cloned().collect();
        for one in only(old, new) {
            for other in only(new, old) {
                match meet(one, other) {
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

fn meet(one: &Map, other: &Map) -> Meet {
    let Some((protocol, ports)) = traffic(one, other) else { return Meet::Apart };
    let peer = match peer(one, other) {
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

/// The peers of both, if any; an error if nobody can tell.
fn peer(one: &Map, other: &Map) -> Result<Option<Value>, ()> {
    let (one, other) = (one.get("peer").ok_or(())?, other.get("peer").ok_or(())?);
    if one == other {
        return Ok(Some(one.clone()));
    }
    let block = |peer: &Value| peer.as_text().and_then(|text| text.parse::<Block>().ok()).ok_or(());
    let (a, b) = (block(one)?, block(other)?);
    let narrower = if a.contains(b) { other } else { one };
    Ok(a.overlaps(b).then(|| narrower.clone()))
}
