//! What is computed of the things that a program declares: lines of Markdown.

use super::Snapshot;
use super::room::room;
use crate::check::Declaration;
use crate::model::{
    Address, EnvValue, GatewayKind, Group, Id, ImageChoice, Model, Network, Node, Route, RouteTarget, Rule, RulePeer,
    Subnet,
};
use crate::net::Block;

/// Lists are no longer than this.
const MAX_LINES: usize = 16;

/// What is known of a declaration.
pub(super) fn facts(snapshot: &Snapshot, declaration: &Declaration) -> Vec<String> {
    let model = &snapshot.compiled.checked.value;
    let is = |address: &Address| *address == declaration.address || address.declared() == declaration.address;
    let mut lines = Vec::new();
    for (_, network) in model.networks.iter().filter(|(_, network)| is(&network.address)) {
        lines.extend(network_facts(model, network));
    }
    for (id, subnet) in model.subnets.iter().filter(|(_, subnet)| is(&subnet.address)) {
        lines.extend(subnet_facts(model, id, subnet));
    }
    for (_, node) in model.nodes.iter().filter(|(_, node)| is(&node.address)) {
        lines.extend(node_facts(model, node));
    }
    for (id, group) in model.groups.iter().filter(|(_, group)| is(&group.address)) {
        lines.extend(group_facts(model, id, group));
    }
    for (id, gateway) in model.gateways.iter().filter(|(_, gateway)| is(&gateway.address)) {
        if let GatewayKind::Nat { subnet: Some(subnet), .. } = gateway.kind
            && let Some(subnet) = model.subnets.get(subnet)
        {
            lines.push(format!("stands in `{}`", subnet.address));
        }
        let leads = |route: &Route| route.target.gateway() == Some(id);
        for (_, table) in model.tables.iter().filter(|(_, table)| table.routes.iter().any(leads)) {
            let to: Vec<String> =
                table.routes.iter().filter(|route| leads(route)).map(|route| route.destination.to_string()).collect();
            lines.push(format!("`{}` sends {} here", table.address, to.join(", ")));
        }
    }
    for (id, table) in model.tables.iter().filter(|(_, table)| is(&table.address)) {
        lines.extend(table.routes.iter().map(|route| route_line(model, route)));
        let users = model.subnets.iter().filter(|(_, subnet)| subnet.table == Some(id));
        let users: Vec<String> = users.map(|(_, subnet)| format!("`{}`", subnet.address)).collect();
        if !users.is_empty() {
            lines.push(format!("used by {}", users.join(", ")));
        }
    }
    for (_, acl) in model.acls.iter().filter(|(_, acl)| is(&acl.address)) {
        lines.extend(acl.entries.iter().map(|entry| format!("`{entry}`")));
    }
    for (_, key) in model.keys.iter().filter(|(_, key)| is(&key.address)) {
        let mut words = key.line.split(' ');
        let (kind, comment) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
        if !kind.is_empty() {
            lines.push(format!("{kind} {comment}").trim_end().to_owned());
        }
    }
    let values = snapshot.compiled.index.values_at(declaration.span);
    lines.extend(values.map(|value| format!("= `{}`", value.text)));
    shortened(lines)
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    lines.dedup();
    if lines.len() > MAX_LINES {
        let more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(format!("and {more} more"));
    }
    lines
}

fn network_facts(model: &Model, network: &Network) -> Vec<String> {
    let mut lines: Vec<String> = network.blocks.iter().map(|(block, _)| range(*block)).collect();
    if let Some(region) = network.region.as_ref().or(model.region.as_ref()) {
        lines.push(format!("in {region}"));
    }
    let here = |id: Id<Network>| model.networks.get(id).is_some_and(|other| other.address == network.address);
    let subnets = model.subnets.iter().filter(|(_, subnet)| here(subnet.network)).count();
    let nodes: u64 = model.nodes.iter().filter(|(_, node)| here(node.network)).map(|(_, node)| node.count()).sum();
    lines.push(format!("{}, {}", count(subnets as u128, "subnet"), count(nodes.into(), "node")));
    lines
}

fn subnet_facts(model: &Model, id: Id<Subnet>, subnet: &Subnet) -> Vec<String> {
    let Some(block) = subnet.block else { return Vec::new() };
    let mut lines = vec![format!("**{}** — {} in zone {}", subnet.address, range(block), subnet.zone)];
    if let Some(room) = room(model, id) {
        let (first, last) = room.usable;
        lines.push(format!("{first} – {last} usable: {}, {} taken, {} free", room.size, room.taken, room.free()));
    }
    match subnet.table.and_then(|table| model.tables.get(table)) {
        Some(table) => lines.extend(table.routes.iter().map(|route| route_line(model, route))),
        None => lines.push("uses the network's main route table".to_owned()),
    }
    lines
}

fn route_line(model: &Model, route: &Route) -> String {
    let target = match route.target {
        RouteTarget::Gateway(id) => model.gateways.get(id).map(|gateway| gateway.address.to_string()),
        RouteTarget::Node(id, index) => model.nodes.get(id).map(|node| match index {
            Some(index) => node.address.index(index).to_string(),
            None => node.address.to_string(),
        }),
        RouteTarget::Peer(id) => model.peers.get(id).map(|peer| peer.address.to_string()),
    };
    format!("route `{}` via `{}`", route.destination, target.unwrap_or_default())
}

fn node_facts(model: &Model, node: &Node) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(subnet) = node.subnet.and_then(|id| model.subnets.get(id)) {
        lines.push(format!(
            "in `{}`{}",
            subnet.address,
            if is_public(node, subnet) { ", with a public address" } else { "" }
        ));
    }
    for (address, ip) in node.members().take(MAX_LINES) {
        lines.push(match ip {
            Some(ip) => format!("`{address}` — {ip}"),
            None => format!("`{address}` — EC2 chooses its address"),
        });
    }
    if node.count() > MAX_LINES as u64 {
        lines.push(format!("… to `{}`", node.last_address()));
    }
    let settings = &node.settings;
    let image = settings.image.as_ref().and_then(|image| match image {
        ImageChoice::Id(id) => Some(id.to_string()),
        _ => None,
    });
    let made = settings.instance_type.iter().map(ToString::to_string).chain(image);
    let made: Vec<String> = made.collect();
    if !made.is_empty() {
        lines.push(made.join(", "));
    }
    let groups = settings.groups.iter().flatten().filter_map(|(id, _)| model.groups.get(*id));
    for rule in groups.flat_map(|group| &group.rules).take(MAX_LINES) {
        lines.push(rule_line(model, rule));
    }
    for (name, value) in &node.environment {
        if let EnvValue::Text(text) = value {
            lines.push(format!("`{name}` = `{text}`"));
        }
    }
    lines
}

fn is_public(node: &Node, subnet: &Subnet) -> bool {
    node.settings.public.map_or(subnet.public.is_some(), |(public, _)| public)
}

fn group_facts(model: &Model, id: Id<Group>, group: &Group) -> Vec<String> {
    let mut lines: Vec<String> = group.description.iter().map(ToString::to_string).collect();
    lines.extend(group.rules.iter().map(|rule| rule_line(model, rule)));
    if !group.limits_egress {
        lines.push("everything may go out".to_owned());
    }
    lines.push(format!("on {}", count(members(model, id).into(), "node")));
    lines
}

/// How many nodes are in a group.
fn members(model: &Model, id: Id<Group>) -> u64 {
    let holds = |node: &Node| node.settings.groups.iter().flatten().any(|(group, _)| *group == id);
    model.nodes.iter().filter(|(_, node)| holds(node)).map(|(_, node)| node.count()).sum()
}

fn rule_line(model: &Model, rule: &Rule) -> String {
    let peer = match &rule.peer {
        RulePeer::Addresses(destination) => destination.to_string(),
        RulePeer::Group(id) => model.groups.get(*id).map_or(String::new(), |group| group.address.to_string()),
    };
    let members = match &rule.peer {
        RulePeer::Group(id) => format!(" ({})", count(members(model, *id).into(), "node")),
        RulePeer::Addresses(_) => String::new(),
    };
    let word = if rule.direction.word() == "ingress" { "from" } else { "to" };
    let why = if rule.why.is_empty() { String::new() } else { format!(" — {}", rule.why) };
    format!("{} `{}` {word} `{peer}`{members}{why}", rule.direction.word(), rule.traffic)
}

/// A block with its first and last address.
pub(super) fn range(block: Block) -> String {
    let size = block.span().checked_add(1).map_or(String::new(), |size| format!(" ({})", count(size, "address")));
    format!("`{block}`: {} – {}{size}", block.first(), block.last())
}

pub(super) fn count(number: u128, noun: &str) -> String {
    let ending = match (number, noun.ends_with('s')) {
        (1, _) => "",
        _ if noun.ends_with("options") => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{number} {noun}{ending}")
}
