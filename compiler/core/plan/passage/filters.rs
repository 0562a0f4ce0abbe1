//! Rules, entries and routes as sets of services that they let through.

use crate::call::{Map, Value};
use crate::kinds::DIRECTIONS;
use crate::net::Block;
use ecow::EcoString;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// As many services are told apart as there are bits in a set of them.
pub(super) type Set = u128;

/// Where answers go: a port that every system's clients use (VPC User Guide, "Custom network ACLs", ephemeral ports).
const ANSWERED: i64 = 50_000;

/// Ports of a protocol, or its types and codes, between which no rule and no entry tells.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) protocol: EcoString,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What stands in a code or type that none of those that are spoken of is.
const OTHER: i64 = -2;

fn has_ports(protocol: &str) -> bool {
    matches!(protocol, "tcp" | "udp")
}

fn bounds(rule: &Map) -> Option<(i64, i64)> {
    let int = |name| rule.get(name).and_then(Value::as_int);
    int("from").zip(int("to"))
}

/// The services that some rules and entries tell apart; `None` if they are more than a set holds.
pub(super) fn services<'r>(rules: impl Iterator<Item = &'r Map>) -> Option<Vec<Service>> {
    let mut edges: HashMap<&str, BTreeSet<(i64, i64)>> = HashMap::new();
    for rule in rules {
        let protocol = rule.text("protocol");
        let edges = edges.entry(protocol).or_default();
        match bounds(rule) {
            Some((from, to)) if has_ports(protocol) => edges.extend([(from, 0), (to + 1, 0)]),
            Some((kind, code)) => {
                let other = |number: i64| if number == -1 { OTHER } else { number };
                edges.extend([(other(kind), other(code)), (other(kind), OTHER)]);
            }
            None => {}
        }
    }
    edges.entry("all").or_default();
    let mut services = Vec::new();
    for (protocol, mut edges) in edges {
        let mut add = |from, to| services.push(Service { protocol: protocol.into(), from, to });
        if has_ports(protocol) {
            edges.extend([(0, 0), (65_536, 0)]);
            let edges: Vec<i64> = edges.into_iter().map(|(edge, _)| edge).collect();
            edges.windows(2).for_each(|pair| {
                if let [from, next] = pair {
                    add(*from, next - 1)
                }
            });
        } else {
            edges.insert((OTHER, OTHER));
            edges.into_iter().for_each(|(from, to)| add(from, to));
        }
    }
    services.sort_by(|a, b| (&a.protocol, a.from, a.to).cmp(&(&b.protocol, b.from, b.to)));
    (services.len() <= Set::BITS as usize).then_some(services)
}

impl Service {
    /// Whether a rule or an entry speaks of it.
    fn is_in(&self, rule: &Map) -> bool {
        let protocol = rule.text("protocol");
        protocol == "all"
            || protocol == self.protocol
                && bounds(rule).is_none_or(|(from, to)| {
                    if has_ports(protocol) {
                        from <= self.from && self.to <= to
                    } else {
                        (from == -1 || from == self.from) && (to == -1 || to == self.to)
                    }
                })
    }

    /// The service that its answers are.
    fn answer(&self) -> Service {
        match has_ports(&self.protocol) {
            true => Service { from: ANSWERED, to: ANSWERED, ..self.clone() },
            false => self.clone(),
        }
    }
}

fn set(services: &[Service], is_in: impl Fn(&Service) -> bool) -> Set {
    let each = services.iter().enumerate().filter(|(_, service)| is_in(service));
    each.fold(0, |set, (place, _)| set | 1 << place)
}

/// Services as people write them: those that lie side by side as one.
pub(super) fn told(of: Set, services: &[Service]) -> String {
    let mut told: Vec<Service> = Vec::new();
    for service in services.iter().enumerate().filter(|(place, _)| of & (1 << place) != 0).map(|(_, service)| service) {
        match told.last_mut().filter(|last| last.protocol == service.protocol && has_ports(&last.protocol)) {
            Some(last) if last.to + 1 == service.from => last.to = service.to,
            _ => told.push(service.clone()),
        }
    }
    told.iter().map(Service::to_string).collect::<Vec<String>>().join(", ")
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol.as_str(), self.from, self.to) {
            ("all", ..) => f.write_str("other protocols"),
            (protocol, 0, 65_535) if has_ports(protocol) => write!(f, "{protocol} all"),
            (protocol, from, to) if has_ports(protocol) && from == to => write!(f, "{protocol} {from}"),
            (protocol, from, to) if has_ports(protocol) => write!(f, "{protocol} {from}-{to}"),
            (protocol, OTHER, _) => write!(f, "{protocol} all"),
            (protocol, from, OTHER) => write!(f, "{protocol} {from}/all"),
            (protocol, from, to) => write!(f, "{protocol} {from}/{to}"),
        }
    }
}

/// What is at the other end: an address, and the groups and lists that it is in.
pub(super) struct Peer<'p> {
    pub(super) address: Option<Block>,
    pub(super) keys: &'p [String],
}

impl Peer<'_> {
    fn is_in(&self, block: Block) -> bool {
        self.address.map_or(block.is_any(), |address| block.contains(address))
    }
}

/// A rule of a group, or a route's destination: whom it speaks of.
#[derive(Clone, Debug)]
enum Whom {
    Block(Block),
    Key(String),
}

impl Whom {
    fn of(value: Option<&Value>) -> Whom {
        let block = value.and_then(Value::as_text).and_then(|text| text.parse().ok());
        block.map_or_else(|| Whom::Key(value.map(super::key).unwrap_or_default()), Whom::Block)
    }

    fn holds(&self, peer: &Peer) -> bool {
        match self {
            Whom::Block(block) => peer.is_in(*block),
            Whom::Key(key) => peer.keys.contains(key),
        }
    }
}

/// The rules of a group: coming in and going out.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules([Vec<(Whom, Set)>; 2]);

impl Rules {
    pub(super) fn of(attributes: &Map, services: &[Service]) -> Rules {
        Rules(DIRECTIONS.map(|way| {
            let rules = attributes.list(way).iter().filter_map(Value::as_map);
            rules.map(|rule| (Whom::of(rule.get("peer")), set(services, |service| service.is_in(rule)))).collect()
        }))
    }

    /// What comes in from somebody, or goes out.
    pub(super) fn pass(&self, out: bool, peer: &Peer) -> Set {
        let rules = &self.0[usize::from(out)];
        rules.iter().filter(|(whom, _)| whom.holds(peer)).fold(0, |set, (_, more)| set | more)
    }
}

#[derive(Clone, Debug)]
struct Entry {
    allows: bool,
    block: Option<Block>,
    services: Set,
    answers: Set,
}

/// The entries of an ACL: coming in and going out, in the order in which EC2 goes through them.
#[derive(Clone, Debug)]
pub(super) struct Acl([Vec<Entry>; 2]);

impl Acl {
    pub(super) fn of(attributes: &Map, services: &[Service]) -> Acl {
        let all: Vec<&Map> = attributes.list("entries").iter().filter_map(Value::as_map).collect();
        Acl(DIRECTIONS.map(|way| {
            let mut entries: Vec<&&Map> = all.iter().filter(|entry| entry.text("direction") == way).collect();
            entries.sort_by_key(|entry| entry.get("number").and_then(Value::as_int));
            let entry = |entry: &&Map| Entry {
                allows: entry.text("action") == "allow",
                block: entry.text("block").parse().ok(),
                services: set(services, |service| service.is_in(entry)),
                answers: set(services, |service| service.answer().is_in(entry)),
            };
            entries.into_iter().map(entry).collect()
        }))
    }

    /// What comes in from somebody, or goes out: of requests, or those of which the answers do.
    pub(super) fn pass(&self, out: bool, peer: &Peer, answers: bool) -> Set {
        let (mut allowed, mut decided) = (0, 0);
        let meant = |entry: &&Entry| entry.block.is_none_or(|block| peer.is_in(block));
        for entry in self.0[usize::from(out)].iter().filter(meant) {
            let services = if answers { entry.answers } else { entry.services };
            if entry.allows {
                allowed |= services & !decided;
            }
            decided |= services;
        }
        allowed
    }
}

/// Where packets go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Nowhere.
    Nowhere,
    /// To where only answers come back from.
    Out,
    /// To where requests come from, too.
    Both,
}

/// The routes of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes(Vec<(Whom, Way)>);

impl Routes {
    pub(super) fn of(attributes: &Map) -> Routes {
        let way = |route: &Map| match (route.text("state"), route.text("via")) {
            ("blackhole", _) => Way::Nowhere,
            (_, "NatGatewayId" | "EgressOnlyInternetGatewayId") => Way::Out,
            _ => Way::Both,
        };
        let routes = attributes.list("routes").iter().filter_map(Value::as_map);
        Routes(routes.map(|route| (Whom::of(route.get("destination")), way(route))).collect())
    }

    /// By the most specific route.
    pub(super) fn way(&self, peer: &Peer) -> Way {
        let len = |whom: &Whom| match whom {
            Whom::Block(block) => block.prefix(),
            Whom::Key(_) => u8::MAX,
        };
        let meant = self.0.iter().filter(|(whom, _)| whom.holds(peer));
        meant.max_by_key(|(whom, _)| len(whom)).map_or(Way::Nowhere, |(_, way)| *way)
    }
}
