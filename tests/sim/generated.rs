//! Small networks from a seed, dense with filters, and programs that differ from them in some of these.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt::Write;

/// Draws from a seed.
struct Dice {
    runner: TestRunner,
    change: Change,
}

impl Dice {
    fn new(seed: u64, change: Change) -> Dice {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Dice { runner: TestRunner::new_with_rng(Config::default(), rng), change }
    }

    fn below(&mut self, bound: usize) -> usize {
        (0..bound).new_tree(&mut self.runner).unwrap().current()
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// One time in so many.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const PORTS: [&str; 9] = ["22", "80", "443", "8080", "22, 443", "80-443", "443-8080", "22-8080", "all"];
const ONE_RANGE: [&str; 8] = ["22", "80", "443", "8080", "80-443", "443-8080", "22-8080", "all"];
const PEERS: [&str; 9] =
    ["any", "10.0.0.0/16", "10.0.0.0/24", "203.0.113.0/24", "203.0.0.0/16", "self", "g0", "g1", "g2"];
const MORE_PEERS: [&str; 8] = ["10.0.0.0/16", "10.0.0.0/24", "self", "g1", "g2", "g3", "g4", "g5"];
const BLOCKS: [&str; 5] = ["any", "10.0.0.0/16", "10.0.0.0/24", "203.0.113.0/24", "198.51.100.0/24"];
const WAYS: [&str; 4] = ["igw", "out", "spare", ""];

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    ingress: bool,
    ports: &'static str,
    peer: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
struct Group {
    /// How often it has got another name.
    name: usize,
    text: usize,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    number: usize,
    allow: bool,
    ingress: bool,
    ports: &'static str,
    block: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
struct Subnet {
    way: &'static str,
    shared: bool,
    acl: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Node {
    subnet: usize,
    groups: Vec<usize>,
    small: bool,
    elastic: bool,
    /// How many there are, if it is a range.
    range: Option<usize>,
}

/// A network of a generated program.
#[derive(Clone, Debug, PartialEq)]
struct Network {
    groups: Vec<Group>,
    acls: Vec<Vec<Entry>>,
    subnets: Vec<Subnet>,
    nodes: Vec<Option<Node>>,
}

fn rule(dice: &mut Dice) -> Rule {
    let ingress = !dice.once_in(4);
    let (ports, large) = (dice.of(&PORTS), dice.change == Change::Large);
    Rule { ingress, ports, peer: if large { dice.of(&MORE_PEERS) } else { dice.of(&PEERS) } }
}

fn entry(dice: &mut Dice) -> Entry {
    let number = 90 + 10 * dice.below(5);
    Entry {
        number,
        allow: !dice.once_in(3),
        ingress: !dice.once_in(3),
        ports: dice.of(&ONE_RANGE),
        block: dice.of(&BLOCKS),
    }
}

fn group(dice: &mut Dice) -> Group {
    let count = 1 + dice.below(3);
    Group { name: 0, text: 0, rules: (0..count).map(|_| rule(dice)).collect() }
}

fn subnet(dice: &mut Dice) -> Subnet {
    let acl = dice.below(3);
    Subnet { way: dice.of(&WAYS), shared: dice.once_in(4), acl: (acl < 2).then_some(acl) }
}

fn node(dice: &mut Dice) -> Node {
    let (count, _) = dice.change.sizes();
    let mut groups = vec![dice.below(count)];
    groups.extend(dice.once_in(3).then(|| dice.below(count)));
    groups.sort_unstable();
    groups.dedup();
    let (subnet, small, elastic) = (dice.below(2), dice.once_in(2), dice.once_in(4));
    let range = (dice.change == Change::Ranges).then(|| 1 + dice.below(3)).filter(|count| *count > 1);
    Node { subnet, groups, small, elastic: elastic && range.is_none(), range }
}

fn network(dice: &mut Dice) -> Network {
    let entries = |dice: &mut Dice| {
        let count = 1 + dice.below(4);
        (0..count).map(|_| entry(dice)).collect()
    };
    let (groups, nodes) = dice.change.sizes();
    Network {
        groups: (0..groups).map(|_| group(dice)).collect(),
        acls: (0..2).map(|_| entries(dice)).collect(),
        subnets: (0..2).map(|_| subnet(dice)).collect(),
        nodes: (0..nodes).map(|_| Some(node(dice))).collect(),
    }
}

/// Changes something that only lets through more, or less, or whose parts do: rules, an entry, a node.
fn edit(network: &mut Network, dice: &mut Dice) {
    let (groups, nodes) = dice.change.sizes();
    let group = &mut network.groups[dice.below(groups)];
    match dice.below(8) {
        0 => group.rules.push(rule(dice)),
        1 => drop(group.rules.pop()),
        2..=5 => {
            let at = dice.below(group.rules.len().max(1));
            if let Some(changed) = group.rules.get_mut(at) {
                let other = rule(dice);
                match dice.below(3) {
                    0 => changed.ports = other.ports,
                    1 => changed.peer = other.peer,
                    _ => *changed = other,
                }
            }
        }
        6 => network.acls[dice.below(2)].push(entry(dice)),
        _ => {
            let there = &mut network.nodes[dice.below(nodes)];
            *there = if there.is_some() { None } else { Some(node(dice)) };
        }
    }
}

/// Changes something that may let through more and less at one instant.
fn turn(network: &mut Network, dice: &mut Dice) {
    let (groups, nodes) = dice.change.sizes();
    let (group, entries) = (&mut network.groups[dice.below(groups)], &mut network.acls[dice.below(2)]);
    match dice.below(7) {
        0 => group.text += 1,
        1 => group.name += 1,
        2 => {
            let at = dice.below(entries.len().max(1));
            if let Some(changed) = entries.get_mut(at) {
                *changed = entry(dice);
            }
        }
        3 => {
            // Two entries swap their numbers.
            if let [first, second, ..] = entries.as_mut_slice() {
                std::mem::swap(&mut first.number, &mut second.number);
            }
        }
        4 => network.subnets[dice.below(2)] = subnet(dice),
        5 => {
            if let Some(moved) = &mut network.nodes[dice.below(nodes)] {
                moved.groups = node(dice).groups;
            }
        }
        _ => network.nodes[dice.below(nodes)] = Some(node(dice)),
    }
}

fn write(network: &Network) -> Result<String, std::fmt::Error> {
    let mut out = "stack dahak\nregion us-west-2\nnetwork n 10.0.0.0/16 {\n  gateway igw internet\n".to_owned();
    let peer = |peer: &'static str| match peer.strip_prefix('g').and_then(|place| place.parse::<usize>().ok()) {
        Some(place) => {
            network.groups.get(place).map_or(String::new(), |group: &Group| format!("g{place}x{}", group.name))
        }
        None => peer.to_owned(),
    };
    writeln!(out, "  subnet edge 10.0.9.0/24 az a {{ public; route any via igw }}")?;
    writeln!(out, "  gateway out nat in edge\n  gateway spare nat in edge\n  routes common {{ route any via out }}")?;
    for (place, entries) in network.acls.iter().enumerate() {
        writeln!(out, "  acl a{place} {{")?;
        let mut said = std::collections::BTreeSet::new();
        for entry in entries.iter().filter(|entry| said.insert((entry.number, entry.ingress))) {
            let action = if entry.allow { "allow" } else { "deny" };
            let (way, word) = if entry.ingress { ("ingress", "from") } else { ("egress", "to") };
            writeln!(out, "    {} {action} {way} tcp {} {word} {}", entry.number, entry.ports, entry.block)?;
        }
        writeln!(out, "    800 allow ingress tcp 1024-65535 from any; 800 allow egress tcp 1024-65535 to any\n  }}")?;
    }
    for (place, group) in network.groups.iter().enumerate() {
        writeln!(out, "  sg g{place}x{} \"group {}\" {{", group.name, group.text)?;
        for rule in &group.rules {
            let (way, word) = if rule.ingress { ("ingress", "from") } else { ("egress", "to") };
            writeln!(out, "    {way} tcp {} {word} {}", rule.ports, peer(rule.peer))?;
        }
        writeln!(out, "  }}")?;
    }
    for (place, subnet) in network.subnets.iter().enumerate() {
        let acl = subnet.acl.map_or(String::new(), |acl| format!("acl a{acl}; "));
        let public = if subnet.way == "igw" && !subnet.shared { "public; " } else { "" };
        let way = match (subnet.shared, subnet.way) {
            (true, _) => "routes common".to_owned(),
            (false, "") => String::new(),
            (false, way) => format!("route any via {way}"),
        };
        writeln!(out, "  subnet s{place} 10.0.{place}.0/24 az a {{ {acl}{public}{way} }}")?;
    }
    for (place, node) in network.nodes.iter().enumerate() {
        let Some(node) = node else { continue };
        let open = network.subnets[node.subnet].way == "igw" && !network.subnets[node.subnet].shared;
        let elastic = if node.elastic && open { format!("elastic e{place}; ") } else { String::new() };
        if !elastic.is_empty() {
            writeln!(out, "  elastic e{place}")?;
        }
        let groups: Vec<String> =
            node.groups.iter().map(|group| format!("g{group}x{}", network.groups[*group].name)).collect();
        let kind = if node.small { "t3.micro" } else { "t3.large" };
        let range = node.range.map_or(String::new(), |count| format!("[0..{}]", count - 1));
        writeln!(
            out,
            "  node m{place}{range} in s{} {{ {elastic}type {kind}; image ami-04681a1dbd79675a5; sg {} }}",
            node.subnet,
            groups.join(", ")
        )?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// How much changes at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// Rules here and there, and one other thing.
    OneTurn,
    /// Anything.
    Anything,
    /// Anything, and nodes may be ranges of them.
    Ranges,
    /// Most things of a larger network.
    Large,
}

impl Change {
    /// How many groups and nodes a network has.
    fn sizes(self) -> (usize, usize) {
        if self == Change::Large { (6, 12) } else { (3, 3) }
    }
}

/// Two programs of a seed, the second one the first with some changes; those that the compiler takes.
pub(super) fn edited(seed: u64, change: Change) -> (String, String) {
    let mut dice = Dice::new(seed, change);
    let accepted = |network: &Network| Some(write(network).unwrap()).filter(|text| super::embedded::is_sound(text));
    let (before, from) = loop {
        let drawn = network(&mut dice);
        if let Some(text) = accepted(&drawn) {
            break (drawn, text);
        }
    };
    loop {
        let mut after = before.clone();
        let turns = match change {
            Change::OneTurn => dice.below(2),
            Change::Anything | Change::Ranges => 1 + dice.below(3),
            Change::Large => 10,
        };
        (0..turns).for_each(|_| turn(&mut after, &mut dice));
        let edits = if change == Change::Large { 10 } else { dice.below(4) };
        (0..edits).for_each(|_| edit(&mut after, &mut dice));
        if let Some(to) = accepted(&after).filter(|to| *to != from) {
            return (from, to);
        }
    }
}
