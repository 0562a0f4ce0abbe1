//! Security groups and their rules.

use super::Lowering;
use crate::call::{Map, Value};
use crate::kinds::{
    DEFAULT_SECURITY_GROUP, IPV6, SECURITY_GROUP, SECURITY_GROUP_RULES, everything_out, sort_rules, that_count,
};
use crate::model::{Address, AmazonBlock, Destination, Group, Protocol, Rule, RulePeer, Tags};

impl Lowering<'_> {
    /// Security groups, each with its rules.
    pub(super) fn groups(&mut self) {
        let model = self.model;
        model.groups.iter().for_each(|(_, group)| self.group(group));
    }

    fn group(&mut self, group: &Group) {
        let id = group.network;
        let network = &self.model.networks[id];
        if let Some(existing) = &group.existing {
            let attributes = Map::new().with("vpc", &network.address);
            return self.existing(&SECURITY_GROUP, &group.address, id, existing, group.origin, attributes);
        }
        let rules = self.rules(group);
        if group.is_default {
            let attributes = rules.with("vpc", &network.address).with("ipv6", network.ipv6.is_some());
            let mut after = self.after_blocks_of(group);
            after.extend(self.after_ipv6(id));
            let address = group.address.clone();
            self.push(&DEFAULT_SECURITY_GROUP, address, id, &group.tags, group.origin, attributes).after = after;
            return;
        }
        let attributes = Map::new()
            .with("vpc", &network.address)
            .with("name", group.name.clone())
            .with_some("description", group.description.clone());
        // What EC2 lets out of a new group depends on whether the VPC has IPv6 by then.
        let ipv6 = network.ipv6.map(|_| network.address.part(IPV6));
        let made = self.push(&SECURITY_GROUP, group.address.clone(), id, &group.tags, group.origin, attributes);
        made.after.extend(ipv6);
        let rules = rules.with("group", &group.address).with_some("ipv6", network.ipv6.map(|_| true));
        // A group of another network can be named when the peering is there.
        let foreign =
            |rule: &Rule| matches!(rule.peer, RulePeer::Group(other) if self.model.groups[other].network != id);
        let mut after = self.after_blocks_of(group);
        if group.rules.iter().any(foreign) {
            after.extend(self.peerings_of(id));
        }
        let address = group.address.part("rules");
        self.push(&SECURITY_GROUP_RULES, address, id, &Tags::new(), group.origin, rules).after = after;
    }

    /// What makes the blocks known that Amazon chooses and that rules speak of.
    fn after_blocks_of(&self, group: &Group) -> Vec<Address> {
        let amazon = |rule: &'_ Rule| match &rule.peer {
            RulePeer::Addresses(Destination::Amazon(block)) => Some(block.clone()),
            _ => None,
        };
        let blocks: Vec<AmazonBlock> = group.rules.iter().filter_map(amazon).collect();
        self.blocks_of(blocks.iter())
    }

    fn rules(&self, group: &Group) -> Map {
        let of = |direction: &str| {
            let rules = group.rules.iter().filter(|rule| rule.direction.word() == direction);
            let mut rules: Vec<Value> = rules.map(|rule| self.rule(rule)).collect();
            sort_rules(&mut rules);
            rules
        };
        let ipv6 = self.model.networks[group.network].ipv6.is_some();
        let egress = if group.limits_egress { that_count(of("egress"), ipv6) } else { everything_out(ipv6) };
        Map::new().with("ingress", of("ingress")).with("egress", egress)
    }

    fn rule(&self, rule: &Rule) -> Value {
        let peer: Value = match &rule.peer {
            RulePeer::Addresses(Destination::Amazon(block)) => (&block.address).into(),
            RulePeer::Addresses(addresses) => addresses.to_string().into(),
            RulePeer::Group(id) => (&self.model.groups[*id].address).into(),
        };
        let why = Some(rule.why.clone()).filter(|why| !why.is_empty());
        let ports =
            rule.traffic.ports.filter(|_| !matches!(rule.traffic.protocol, Protocol::All | Protocol::Number(_)));
        Map::new()
            .with("protocol", rule.traffic.protocol.to_string())
            .with_some("from", ports.map(|(from, _)| from))
            .with_some("to", ports.map(|(_, to)| to))
            .with("peer", peer)
            .with_some("why", why)
            .into()
    }
}
