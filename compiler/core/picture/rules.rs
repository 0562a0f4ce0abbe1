//! Rules in short: a line for each direction and each set of peers, with all the ports that are open between them.

use super::chart::{RuleChart, RulesChart};
use super::read::Reading;
use super::words;
use crate::model::{Acl, AclEntry, Destination, Direction, Group, Id, RulePeer, Traffic};
use crate::net::{Block, Family};
use ecow::{EcoString, eco_format};
use std::collections::{BTreeMap, BTreeSet};

impl<'m> Reading<'m> {
    /// The network's groups, by name.
    pub(super) fn own_groups(self) -> &'m [(Id<Group>, &'m Group)] {
        self.lists.groups.get(&self.id).map_or(&[], Vec::as_slice)
    }

    /// The network's security groups.
    pub(super) fn groups(self) -> Vec<RulesChart> {
        let chart = |group: &Group| RulesChart {
            key: group.address.clone(),
            name: words::own_or_default(group.is_default, self.name(&group.address)),
            about: group.description.clone().unwrap_or_default(),
            rules: self.group_rules(group),
        };
        self.own_groups().iter().map(|(_, group)| chart(group)).collect()
    }

    fn group_rules(self, group: &Group) -> Vec<RuleChart> {
        if let Some(existing) = &group.existing {
            return vec![RuleChart { lead: "uses".into(), text: existing.clone() }];
        }
        let or = |rules: Vec<RuleChart>, lead: &str, text: &str| {
            if rules.is_empty() { vec![RuleChart { lead: lead.into(), text: text.into() }] } else { rules }
        };
        let mut rules = or(self.rules(group, Direction::Ingress), "in", "nothing");
        let out = if group.limits_egress { "nothing" } else { "everything" };
        rules.extend(or(self.rules(group, Direction::Egress), "out", out));
        rules
    }

    fn rules(self, group: &Group, direction: Direction) -> Vec<RuleChart> {
        let mut open: BTreeMap<Traffic, (BTreeSet<&RulePeer>, BTreeSet<&EcoString>)> = BTreeMap::new();
        for rule in group.rules.iter().filter(|rule| rule.direction == direction) {
            let (peers, whys) = open.entry(rule.traffic).or_default();
            peers.insert(&rule.peer);
            whys.insert(&rule.why);
        }
        let mut by_peers: BTreeMap<BTreeSet<&RulePeer>, Ports<'_>> = BTreeMap::new();
        for (traffic, (peers, whys)) in open {
            let why = if whys.len() == 1 { whys.first().copied() } else { None };
            by_peers.entry(peers).or_default().push((traffic, why.filter(|why| !why.is_empty())));
        }
        let mut lines: Vec<(Ports<'_>, EcoString)> =
            by_peers.into_iter().map(|(peers, ports)| (ports, self.peers(&peers, group))).collect();
        lines.sort();
        let (lead, word) = if direction == Direction::Ingress { ("in", "from") } else { ("out", "to") };
        let rule = |(ports, peers): &(Ports<'_>, EcoString)| RuleChart {
            lead: lead.into(),
            text: eco_format!("{} {word} {peers}", self::ports(ports)),
        };
        lines.iter().map(rule).collect()
    }

    /// Who a rule speaks of: groups and, where their blocks are meant, networks and subnets by their names.
    fn peers(self, peers: &BTreeSet<&RulePeer>, own: &Group) -> EcoString {
        let mut blocks: BTreeSet<Block> = peers.iter().filter_map(|peer| peer.block()).collect();
        let mut texts: Vec<EcoString> = Vec::new();
        let mut spelled: BTreeMap<Block, &Destination> = BTreeMap::new();
        for peer in peers {
            match peer {
                RulePeer::Group(id) if self.model.groups[*id].address == own.address => texts.push("self".into()),
                RulePeer::Group(id) => texts.push(self.name(&self.model.groups[*id].address)),
                RulePeer::Addresses(Destination::PrefixList(list)) => texts.push(list.clone()),
                RulePeer::Addresses(addresses) => spelled.extend(addresses.block().map(|block| (block, addresses))),
            }
        }
        let any = [Family::V4, Family::V6].map(Block::all);
        if blocks.remove(&any[0]) {
            blocks.remove(&any[1]);
            texts.push("any".into());
        }
        let (names, blocks) = self.lists.names_of(blocks, self.id);
        texts.extend(names.into_iter().map(|address| self.name(address)));
        texts.extend(blocks.iter().filter_map(|block| spelled.get(block)).map(|block| eco_format!("{block}")));
        texts.join(", ").into()
    }

    /// The network's ACLs.
    pub(super) fn acls(self) -> Vec<RulesChart> {
        let acls = self.model.acls.iter().filter(|(_, acl)| acl.network == self.id);
        let mut charts: Vec<RulesChart> = acls
            .map(|(_, acl)| RulesChart {
                key: acl.address.clone(),
                name: words::own_or_default(acl.is_default, self.name(&acl.address)),
                about: EcoString::new(),
                rules: acl.entries.iter().map(entry).chain([last_entry(acl)]).collect(),
            })
            .collect();
        charts.sort_by(|a, b| a.key.cmp(&b.key));
        charts
    }
}

fn entry(entry: &AclEntry) -> RuleChart {
    let verdict = if entry.allow { "allow" } else { "deny" };
    let (way, word) = if entry.direction == Direction::Ingress { ("in", "from") } else { ("out", "to") };
    let block = if entry.block == Block::all(Family::V4) { "any".into() } else { eco_format!("{}", entry.block) };
    let text = eco_format!("{verdict} {way} {} {word} {block}", entry.traffic);
    RuleChart { lead: eco_format!("{}", entry.number), text }
}

/// What every ACL ends in (VPC User Guide, "Network ACL rules").
fn last_entry(acl: &Acl) -> RuleChart {
    let text = if acl.entries.is_empty() { "deny everything" } else { "deny everything else" };
    RuleChart { lead: "*".into(), text: text.into() }
}

/// Ports with what they are for.
type Ports<'w> = Vec<(Traffic, Option<&'w EcoString>)>;

/// Ports, with their protocol once, and once what several of them are for: `tcp 22 (ssh), 80, 443 (web), udp 53`.
fn ports(ports: &Ports<'_>) -> EcoString {
    let mut text = EcoString::new();
    let mut last = None;
    for (place, (traffic, why)) in ports.iter().enumerate() {
        let whole = eco_format!("{traffic}");
        let short = whole.split_once(' ').filter(|_| last == Some(traffic.protocol)).map(|(_, ports)| ports);
        if last.is_some() {
            text.push_str(", ");
        }
        text.push_str(short.unwrap_or(&whole));
        let told_later = ports.get(place + 1).is_some_and(|(_, next)| next == why);
        if let Some(why) = why.filter(|_| !told_later) {
            text.push_str(&eco_format!(" ({why})"));
        }
        last = Some(traffic.protocol);
    }
    text
}
