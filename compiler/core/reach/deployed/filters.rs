//! Security groups, network ACLs, and prefix lists.

use super::Reader;
use super::items::{self, Entry, Permission, PrefixListEntry};
use super::problem::{Problem, quoted};
use super::values::{Read, read as read_items};
use crate::model::{Direction, Id, Protocol, Traffic};
use crate::net::Block;
use crate::reach::fabric::{Acl, AclEntry, Group, Origin, PrefixList, Rule, RulePeer};
use ecow::{EcoString, eco_format};

/// The number under which EC2 shows what every ACL ends in (EC2 API Reference, "NetworkAclEntry").
const LAST_ENTRY: u16 = 32767;

impl<'a> Reader<'a> {
    pub(super) fn prefix_lists(&mut self) {
        for read in self.lists() {
            let list = &read.value;
            let blocks = list.cidrs.as_ref().map(|blocks| blocks.iter().map(|block| block.0).collect());
            let blocks = blocks.or_else(|| self.entries(&list.prefix_list_id));
            let span = quoted(&read.item, &list.prefix_list_id);
            let origin = Origin { name: list.prefix_list_id.clone(), alias: list.prefix_list_name.clone(), span };
            let id = self.fabric.prefix_lists.push(PrefixList { origin, blocks });
            self.known.prefix_lists.insert(list.prefix_list_id.clone(), id);
        }
    }

    /// Two actions list prefix lists, and only one of them tells their blocks.
    fn lists(&mut self) -> Vec<Read<'a, items::PrefixList>> {
        let mut lists: Vec<Read<'a, items::PrefixList>> =
            read_items(self.listings.items("PrefixLists"), "prefix list", &mut self.problems);
        lists.sort_by_key(|list| (list.value.prefix_list_id.clone(), list.value.cidrs.is_none()));
        lists.dedup_by(|later, earlier| later.value.prefix_list_id == earlier.value.prefix_list_id);
        lists
    }

    fn entries(&mut self, list: &str) -> Option<Vec<Block>> {
        let entries: Vec<Read<'a, PrefixListEntry>> =
            read_items(self.listings.entries.get(list)?, "entry of a prefix list", &mut self.problems);
        Some(entries.into_iter().map(|entry| entry.value.cidr.0).collect())
    }

    /// A prefix list; one of which nothing is known if no file lists it.
    pub(super) fn prefix_list(&mut self, id: &EcoString) -> Id<PrefixList> {
        if let Some(known) = self.known.prefix_lists.get(id) {
            return *known;
        }
        let blocks = self.entries(id);
        let list = self.fabric.prefix_lists.push(PrefixList { origin: Origin::new(id.clone()), blocks });
        self.known.prefix_lists.insert(id.clone(), list);
        list
    }

    /// Rules refer to groups in circles, so all groups are there before any rule.
    pub(super) fn groups(&mut self) {
        let groups = self.things("SecurityGroups", "security group", |group: &items::SecurityGroup| &group.group_id);
        let mut in_vpcs = Vec::with_capacity(groups.len());
        for read in groups {
            let group = &read.value;
            // A group of EC2-Classic filters nothing in a VPC.
            let Some(vpc) = &group.vpc_id else { continue };
            let this = ("SecurityGroups", "security group", &group.group_id);
            let Some(vpc) = self.find(|known| &known.vpcs, &read, this, ("is of", vpc, "Vpcs")) else { continue };
            let mut origin = self.origin(&read, &group.group_id, &group.tags);
            origin.alias = origin.alias.or_else(|| group.group_name.clone());
            let id = self.fabric.groups.push(Group { origin, vpc, rules: Vec::new() });
            self.known.groups.insert(group.group_id.clone(), id);
            in_vpcs.push((id, read));
        }
        for (id, read) in in_vpcs {
            let rules = self.rules(&read);
            self.fabric.groups[id].rules = rules;
        }
    }

    fn rules(&mut self, read: &Read<'a, items::SecurityGroup<'a>>) -> Vec<Rule> {
        let group = &read.value;
        let egress = group.ip_permissions_egress.iter().flatten().map(|rule| (Direction::Egress, rule));
        let all = group.ip_permissions.iter().map(|rule| (Direction::Ingress, rule)).chain(egress);
        let mut rules = Vec::new();
        for (direction, permission) in all {
            let traffic = permission_traffic(&permission.value);
            for (peer, name, text) in self.peers(&permission.value) {
                let name = rule_name(direction, &traffic, &name);
                let origin = Origin::at(name, read.item.span_of(text));
                rules.push(Rule { origin, direction, traffic, peer });
            }
        }
        rules
    }

    /// Whom a permission speaks of: as it is meant, as it is called, and as it is written.
    fn peers(&mut self, permission: &Permission<'a>) -> Vec<(RulePeer, EcoString, &'a str)> {
        let mut peers = Vec::new();
        let block = |block: Block, text| (RulePeer::Block(block), eco_format!("{block}"), text);
        peers.extend(permission.ip_ranges.iter().map(|range| block(range.value.cidr_ip.0, range.text)));
        peers.extend(permission.ipv6_ranges.iter().map(|range| block(range.value.cidr_ipv6.0, range.text)));
        for list in &permission.prefix_list_ids {
            let id = list.value.prefix_list_id.clone();
            peers.push((RulePeer::PrefixList(self.prefix_list(&id)), id, list.text));
        }
        for pair in &permission.user_id_group_pairs {
            let id = pair.value.group_id.clone();
            let known = self.known.groups.get(&id).copied();
            let peer = known.map_or_else(|| RulePeer::UnknownGroup(id.clone()), RulePeer::Group);
            peers.push((peer, id, pair.text));
        }
        peers
    }

    pub(super) fn acls(&mut self) {
        for read in self.things("NetworkAcls", "network ACL", |acl: &items::NetworkAcl| &acl.network_acl_id) {
            let acl = &read.value;
            let this = ("NetworkAcls", "network ACL", &acl.network_acl_id);
            let Some(vpc) = self.find(|known| &known.vpcs, &read, this, ("is of", &acl.vpc_id, "Vpcs")) else {
                continue;
            };
            let entries = self.acl_entries(&read);
            let id = self.fabric.acls.push(Acl { origin: self.origin(&read, &acl.network_acl_id, &acl.tags), entries });
            self.known.acls.insert(acl.network_acl_id.clone(), id);
            if acl.is_default {
                self.fabric.vpcs[vpc].default_acl = Some(id);
            }
            for association in &acl.associations {
                if let Some(subnet) = self.known.subnets.get(&association.subnet_id) {
                    self.fabric.subnets[*subnet].acl = Some(id);
                }
            }
        }
        self.every_vpc_has("NetworkAcls", "default network ACL", |vpc| vpc.default_acl.is_some());
    }

    fn acl_entries(&mut self, read: &Read<'a, items::NetworkAcl<'a>>) -> Vec<AclEntry> {
        let entries = read.value.entries.iter().filter(|entry| entry.value.rule_number != LAST_ENTRY);
        let mut understood = Vec::new();
        for located in entries {
            let entry = &located.value;
            let span = read.item.span_of(located.text);
            let Some(block) = entry.cidr_block.or(entry.ipv6_cidr_block) else {
                let why = "it has neither `CidrBlock` nor `Ipv6CidrBlock`".to_owned();
                self.problems.push(Problem::Malformed { span, noun: "entry of a network ACL", why });
                continue;
            };
            let direction = if entry.egress { Direction::Egress } else { Direction::Ingress };
            let (traffic, allow, block) = (entry_traffic(entry), entry.rule_action == "allow", block.0);
            let verb = if allow { "allow" } else { "deny" };
            let what = rule_name(direction, &traffic, &eco_format!("{block}"));
            let origin = Origin::at(eco_format!("{} {verb} {what}", entry.rule_number), span);
            understood.push(AclEntry { origin, number: entry.rule_number.into(), allow, direction, traffic, block });
        }
        understood
    }
}

fn rule_name(direction: Direction, traffic: &Traffic, peer: &str) -> EcoString {
    let preposition = if direction == Direction::Ingress { "from" } else { "to" };
    eco_format!("{} {traffic} {preposition} {peer}", direction.word())
}

fn permission_traffic(permission: &Permission) -> Traffic {
    traffic(permission.ip_protocol.0, permission.from_port, permission.to_port)
}

fn entry_traffic(entry: &Entry) -> Traffic {
    let icmp = entry.icmp_type_code.as_ref().map(|code| (code.kind, code.code));
    let ports = entry.port_range.as_ref().map(|ports| (ports.from, ports.to));
    let protocol = entry.protocol.0;
    let (first, last) = match protocol {
        Protocol::Icmp | Protocol::Icmpv6 => icmp.or(ports),
        _ => ports,
    }
    .unwrap_or_default();
    traffic(protocol, first, last)
}

/// What is not said is any.
fn traffic(protocol: Protocol, first: Option<i64>, last: Option<i64>) -> Traffic {
    let number = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok()).unwrap_or(-1);
    let ports = match protocol {
        Protocol::All | Protocol::Number(_) => None,
        _ => Some((number(first), number(last))),
    };
    Traffic { protocol, ports }
}
