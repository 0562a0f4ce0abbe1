//! Security groups and network ACLs of a program.

use super::{Drawn, origin};
use crate::model::{
    Acl, Destination, Direction, Group, Id, Model, Network, Protocol, Rule as Written, RulePeer as Peer, Traffic,
};
use crate::net::{Block, Family};
use crate::reach::fabric::{Acl as Entries, AclEntry, Group as Filter, Origin, PrefixList, Rule, RulePeer};
use ecow::{EcoString, eco_format};

/// All traffic.
const EVERYTHING: Traffic = Traffic { protocol: Protocol::All, ports: None };

impl Drawn {
    pub(super) fn acl(&mut self, acl: &Acl) -> Id<Entries> {
        let entry = |entry: &crate::model::AclEntry| AclEntry {
            origin: Origin::at(eco_format!("{entry}"), entry.origin),
            number: entry.number.into(),
            allow: entry.allow,
            direction: entry.direction,
            traffic: entry.traffic,
            block: entry.block,
        };
        let entries = acl.entries.iter().map(entry).collect();
        self.fabric.acls.push(Entries { origin: origin(&acl.address, acl.origin), entries })
    }

    /// The groups of the program; rules may refer to any of them.
    pub(super) fn add_groups(&mut self, model: &Model) {
        for (_, group) in model.groups.iter() {
            let filter = Filter {
                origin: origin(&group.address, group.origin),
                vpc: self.vpc_id(group.network),
                rules: Vec::new(),
            };
            let id = self.fabric.groups.push(filter);
            self.groups.push(id);
        }
        for ((_, group), id) in model.groups.iter().zip(self.groups.clone()) {
            let rules = self.rules(model, group);
            self.fabric.groups[id].rules = rules;
        }
    }

    fn rules(&mut self, model: &Model, group: &Group) -> Vec<Rule> {
        let mut rules: Vec<Rule> = group.rules.iter().map(|rule| self.rule(model, rule)).collect();
        if !group.limits_egress && group.existing.is_none() {
            rules.extend(everything_out(&origin(&group.address, group.origin)));
        }
        rules
    }

    fn rule(&mut self, model: &Model, rule: &Written) -> Rule {
        let (peer, name): (RulePeer, EcoString) = match &rule.peer {
            Peer::Addresses(Destination::Block(block)) => (RulePeer::Block(*block), eco_format!("{block}")),
            Peer::Addresses(Destination::Amazon(block)) => (RulePeer::Block(block.stand_in()), eco_format!("{block}")),
            Peer::Addresses(Destination::PrefixList(id)) => (RulePeer::PrefixList(self.prefix_list(id)), id.clone()),
            Peer::Group(id) => match self.groups.get(id.index()) {
                Some(group) => (RulePeer::Group(*group), model.groups[*id].name.clone()),
                None => (RulePeer::UnknownGroup(EcoString::new()), EcoString::new()),
            },
        };
        let preposition = if rule.direction == Direction::Ingress { "from" } else { "to" };
        let says = eco_format!("{} {} {preposition} {name}", rule.direction.word(), rule.traffic);
        Rule { origin: Origin::at(says, rule.origin), direction: rule.direction, traffic: rule.traffic, peer }
    }

    /// A prefix list that the program knows by its id alone.
    pub(super) fn prefix_list(&mut self, id: &EcoString) -> Id<PrefixList> {
        let known = self.fabric.prefix_lists.iter().find(|(_, list)| list.origin.name == *id).map(|(id, _)| id);
        match known {
            Some(known) => known,
            None => self.fabric.prefix_lists.push(PrefixList { origin: Origin::new(id.clone()), blocks: None }),
        }
    }

    /// The group that a network's nodes are in that name none: the program's, or the one that EC2 makes, whose members
    /// reach each other (VPC user guide, "Default security groups for your VPCs").
    pub(super) fn default_group(&mut self, model: &Model, network: Id<Network>) -> Id<Filter> {
        let named = model.networks[network].default_group.and_then(|group| self.groups.get(group.index()).copied());
        if let Some(id) = named.or(self.default_groups.get(&network).copied()) {
            return id;
        }
        let origin = Origin::new(eco_format!("{}/default-group", model.networks[network].address));
        let vpc = self.vpc_id(network);
        let mut rules = everything_out(&Origin::new("egress all to any"));
        let id = self.fabric.groups.push(Filter { origin, vpc, rules: Vec::new() });
        rules.push(Rule {
            origin: Origin::new("ingress all from self"),
            direction: Direction::Ingress,
            traffic: EVERYTHING,
            peer: RulePeer::Group(id),
        });
        self.fabric.groups[id].rules = rules;
        self.default_groups.insert(network, id);
        id
    }
}

/// The rules of a group that says nothing of what goes out: everything may.
fn everything_out(group: &Origin) -> Vec<Rule> {
    let rule = |family| Rule {
        origin: Origin { name: "egress all to any".into(), alias: None, span: group.span },
        direction: Direction::Egress,
        traffic: EVERYTHING,
        peer: RulePeer::Block(Block::all(family)),
    };
    vec![rule(Family::V4), rule(Family::V6)]
}
