//! The rules of a security group.

use super::{Attribute, Change, Item, Kind, Live, Making, Observed, Op, Resource, SECURITY_GROUP};
use super::{attribute, is_ipv6_block, rule_sets};
use crate::call::{Map, Value};

const KEY: &[&str] = &["protocol", "from", "to", "peer"];

/// The rules by which something may come in, and those by which it may go out.
pub(super) const INGRESS: Attribute = Attribute { label: Some(permission_text), ..Attribute::set("ingress", KEY) };
pub(super) const EGRESS: Attribute = Attribute { label: Some(permission_text), ..Attribute::set("egress", KEY) };

/// All rules of a security group. They come and go with their group; only rules that name other groups have to be
/// taken away before those can go.
pub static SECURITY_GROUP_RULES: Kind = Kind {
    name: "security-group-rules",
    part: Some((&SECURITY_GROUP, "rules")),
    id: "GroupId",
    attributes: &[Attribute::new("group", Change::Replaces("rules belong to their group")), INGRESS, EGRESS],
    effect: rule_sets::effect,
    narrowed: rule_sets::narrowed,
    read,
    create,
    update: |updating| update(&updating.id(), &updating.before.attributes, &updating.after.attributes),
    delete: |rules, _| without_others(rules),
    summary,
    ..Kind::PLAIN
};

/// The rules that EC2 gives a new group: everything may go out, by IPv6 too if the VPC has it (VPC User Guide,
/// "Security groups").
pub fn everything_out(ipv6: bool) -> Vec<Value> {
    let to = |peer: &str| Map::new().with("protocol", "all").with("peer", peer).into();
    [Some(to("0.0.0.0/0")), ipv6.then(|| to("::/0"))].into_iter().flatten().collect()
}

pub(super) fn read(item: &Item, live: &Live) -> Map {
    let item = &item.members;
    Map::new()
        .with("group", item.text("GroupId"))
        .with("ingress", rules(item.list("IpPermissions")))
        .with("egress", that_count(rules(item.list("IpPermissionsEgress")), live.has_ipv6(item)))
}

/// The rules that mean something. What EC2 gives a group for IPv6 may stay when the VPC's block goes, or come while it
/// is on its way out, and means nothing then.
pub fn that_count(mut egress: Vec<Value>, ipv6: bool) -> Vec<Value> {
    let for_ipv6 = everything_out(true).pop();
    egress.retain(|rule| ipv6 || Some(rule) != for_ipv6.as_ref());
    egress
}

/// EC2 lists rules that share protocol and ports together; here each is on its own.
fn rules(permissions: &[Value]) -> Vec<Value> {
    let mut rules = Vec::new();
    for permission in permissions.iter().filter_map(Value::as_map) {
        for (list, member, _) in PEERS {
            for peer in permission.list(list).iter().filter_map(Value::as_map) {
                rules.push(rule(permission, peer.text(member), peer.text("Description")));
            }
        }
    }
    sort(&mut rules);
    rules
}

/// Where peers of a sort stand in a permission: the list, the member with the peer, and what tells one by its text.
type PeerSort = (&'static str, &'static str, fn(&str) -> bool);

const PEERS: [PeerSort; 4] = [
    ("IpRanges", "CidrIp", |text| text.contains('.') && text.contains('/')),
    ("Ipv6Ranges", "CidrIpv6", |text| text.contains(':')),
    ("PrefixListIds", "PrefixListId", |text| text.starts_with("pl-")),
    ("UserIdGroupPairs", "GroupId", |_| true),
];

fn rule(permission: &Map, peer: &str, why: &str) -> Value {
    let protocol = match permission.text("IpProtocol") {
        "-1" => "all",
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    let mut rule = Map::new().with("protocol", protocol);
    if matches!(protocol, "tcp" | "udp" | "icmp" | "icmpv6") {
        for (name, member) in [("from", "FromPort"), ("to", "ToPort")] {
            rule.push(name, permission.get(member).and_then(Value::as_int).unwrap_or(-1));
        }
    }
    rule.push("peer", peer);
    if !why.is_empty() {
        rule.push("why", why);
    }
    rule.into()
}

/// Puts rules into the order in which they are compared and shown.
pub fn sort(rules: &mut [Value]) {
    rules.sort_by_cached_key(|rule| match rule.as_map() {
        Some(rule) => (rule.text("protocol").to_owned(), port(rule, "from"), port(rule, "to"), peer(rule)),
        None => Default::default(),
    });
}

fn port(rule: &Map, name: &str) -> i64 {
    rule.get(name).and_then(Value::as_int).unwrap_or(-2)
}

fn peer(rule: &Map) -> String {
    match rule.get("peer") {
        Some(Value::Ref(address)) => address.to_string(),
        Some(Value::Text(text)) => text.to_string(),
        _ => String::new(),
    }
}

fn create(rules: &Resource, _: &Making) -> Vec<Op> {
    let id = attribute(&rules.attributes, "group");
    let given = everything_out(rules.attributes.is_true("ipv6"));
    changes(&id, [&[], &given], [rules.attributes.list("ingress"), rules.attributes.list("egress")])
}

/// The calls that make the rules of a group what they should be.
pub(super) fn update(group: &Value, before: &Map, after: &Map) -> Vec<Op> {
    changes(group, [before.list("ingress"), before.list("egress")], [after.list("ingress"), after.list("egress")])
}

const ACTIONS: [[&str; 3]; 2] = [
    ["AuthorizeSecurityGroupIngress", "UpdateSecurityGroupRuleDescriptionsIngress", "RevokeSecurityGroupIngress"],
    ["AuthorizeSecurityGroupEgress", "UpdateSecurityGroupRuleDescriptionsEgress", "RevokeSecurityGroupEgress"],
];

/// What is new is let through before what is old is shut out.
pub(super) fn changes(group: &Value, before: [&[Value]; 2], after: [&[Value]; 2]) -> Vec<Op> {
    let mut ops = Vec::new();
    for (actions, (before, after)) in ACTIONS.into_iter().zip(before.into_iter().zip(after)) {
        let (added, removed) = (only(after, before), only(before, after));
        let reworded: Vec<&Value> =
            after.iter().filter(|rule| !added.contains(rule) && !before.contains(rule)).collect();
        for (action, rules) in actions.into_iter().zip([added, reworded, removed]) {
            if !rules.is_empty() {
                let parameters = Map::new().with("GroupId", group).with("IpPermissions", permissions(&rules));
                ops.push(Op::new(action, parameters));
            }
        }
    }
    ops
}

/// The rules that are in one list and not in another, whatever is said of them.
pub(crate) fn only<'r>(list: &'r [Value], other: &[Value]) -> Vec<&'r Value> {
    list.iter().filter(|rule| !other.iter().any(|there| same(there, rule))).collect()
}

pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a.as_map(), b.as_map()) {
        (Some(a), Some(b)) => KEY.iter().all(|name| a.get(name) == b.get(name)),
        _ => false,
    }
}

/// The rules as a request takes them.
fn permissions(rules: &[&Value]) -> Vec<Value> {
    rules.iter().filter_map(|rule| rule.as_map()).map(permission).collect()
}

fn permission(rule: &Map) -> Value {
    let protocol = match rule.text("protocol") {
        "all" => "-1",
        other => other,
    };
    let peer = rule.get("peer").cloned().unwrap_or(Value::Bool(false));
    let (list, member, _) = match &peer {
        Value::Text(text) => *PEERS.iter().find(|(.., is)| is(text)).unwrap_or(&PEERS[3]),
        Value::Ref(block) if is_ipv6_block(block) => PEERS[1],
        _ => PEERS[3],
    };
    let description = rule.get("why").cloned();
    Map::new()
        .with("IpProtocol", protocol)
        .with_some("FromPort", rule.get("from"))
        .with_some("ToPort", rule.get("to"))
        .with(list, [Map::new().with(member, peer).with_some("Description", description)])
        .into()
}

/// The calls that take away the rules that name other groups, so that these can go.
pub(super) fn without_others(rules: &Observed) -> Vec<Op> {
    let own = rules.id.as_str();
    let names_others = |rule: &&Value| match rule.as_map().and_then(|rule| rule.get("peer")) {
        Some(Value::Ref(address)) => *address != rules.address && !is_ipv6_block(address),
        Some(Value::Text(text)) => text.starts_with("sg-") && text != own,
        _ => false,
    };
    let naming = |name: &str| rules.attributes.list(name).iter().filter(names_others).cloned().collect::<Vec<_>>();
    let (ingress, egress) = (naming("ingress"), naming("egress"));
    changes(&rules.id.clone().into(), [&ingress, &egress], [&[], &[]])
}

/// A rule in the words of the language: `tcp 22 from 10.0.0.0/8`.
pub fn permission_text(direction: &str, rule: &Map) -> String {
    let protocol = rule.text("protocol");
    let ports = match (port(rule, "from"), port(rule, "to")) {
        _ if matches!(protocol, "icmp" | "icmpv6") => icmp_text(port(rule, "from"), port(rule, "to")),
        (-2, _) => String::new(),
        (0, 65535) => " all".to_owned(),
        (from, to) if from == to => format!(" {from}"),
        (from, to) => format!(" {from}-{to}"),
    };
    let word = if direction == "ingress" { "from" } else { "to" };
    format!("{direction} {protocol}{ports} {word} {}", peer(rule))
}

fn icmp_text(kind: i64, code: i64) -> String {
    match (kind, code) {
        (-1, _) => " all".to_owned(),
        (kind, -1) => format!(" {kind}/all"),
        (kind, code) => format!(" {kind}/{code}"),
    }
}

pub(super) fn summary(attributes: &Map) -> String {
    let count = |name: &str| attributes.list(name).len();
    let plural = |count: usize| if count == 1 { "rule" } else { "rules" };
    let out = match attributes.list("egress") {
        [] => "nothing out".to_owned(),
        rules if [false, true].into_iter().any(|ipv6| rules == everything_out(ipv6)) => "everything out".to_owned(),
        rules => format!("{} {} out", rules.len(), plural(rules.len())),
    };
    format!("{} {} in, {out}", count("ingress"), plural(count("ingress")))
}
