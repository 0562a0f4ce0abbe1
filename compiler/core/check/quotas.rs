//! EC2's default quotas, and `quota` statements that raise them.

use super::Checker;
use crate::model::{Direction, EndpointForm, GatewayKind, Id, Model, Network};
use crate::net::Family;
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;
use std::collections::BTreeMap;

/// Default quotas by the name that `quota` knows, with what they count (VPC User Guide, "Amazon VPC quotas", and EC2
/// User Guide, as of November 2026).
const DEFAULTS: [(&str, u32, &str); 19] = [
    ("networks", 5, "VPCs in a region"),
    ("blocks", 5, "IPv4 blocks of a network"),
    ("subnets", 200, "subnets in a network"),
    ("route-tables", 200, "route tables in a network, the main one included"),
    ("routes", 500, "routes in a route table"),
    ("elastic-ips", 5, "Elastic IPs in a region"),
    ("nat-gateways", 5, "NAT gateways in a zone"),
    ("acls", 200, "network ACLs in a network, the default one included"),
    ("acl-entries", 20, "entries of one direction and one IP version in a network ACL, its last one included"),
    ("sgs", 2500, "security groups in a region"),
    ("sg-rules", 60, "rules of one direction and one IP version in a security group"),
    ("sgs-per-node", 5, "security groups on a node"),
    ("keys", 5000, "key pairs in a region"),
    ("nodes", 64_000, "addresses in use in a network"),
    ("interfaces", 5000, "network interfaces in a region"),
    ("gateway-endpoints", 20, "gateway endpoints in a region"),
    ("interface-endpoints", 50, "interface endpoints in a network"),
    ("peers", 50, "peerings of a network"),
    ("flow-logs", 2, "flow logs of one network, or of one subnet"),
];

/// The quotas that hold for this program.
#[derive(Default)]
pub(super) struct Quotas(BTreeMap<&'static str, u32>);

impl Quotas {
    /// The quota of a name in [`DEFAULTS`].
    pub(super) fn of(&self, name: &str) -> u32 {
        let default = DEFAULTS.iter().find(|(other, ..)| *other == name).map_or(u32::MAX, |(_, default, _)| *default);
        self.0.get(name).copied().unwrap_or(default)
    }
}

struct Exceeded {
    name: &'static str,
    count: usize,
    max: u32,
    span: Span,
}

struct UnknownQuota(Word);

impl Checker<'_> {
    /// Takes in a raised quota.
    pub(super) fn quota(&mut self, name: &Word, value: &Word) {
        let Some(value) = self.number::<u32>(value) else { return };
        match DEFAULTS.iter().find(|(other, ..)| *other == name.text) {
            Some((name, ..)) => {
                self.quotas.0.insert(name, value);
            }
            None => self.report(UnknownQuota(name.clone())),
        }
    }

    /// Counts what EC2 limits.
    pub(super) fn check_quotas(&mut self) {
        let mut found: Vec<(&'static str, Vec<Span>)> = Vec::new();
        let model = &self.model;
        let mut by_region: BTreeMap<_, (Vec<Span>, Vec<Span>)> = BTreeMap::new();
        for (id, network) in model.networks.iter() {
            by_region.entry(network.region.clone().or(model.region.clone())).or_default().0.push(network.origin);
            found.push(("blocks", network.blocks.iter().map(|(_, span)| *span).collect()));
            found.push((
                "subnets",
                model
                    .subnets
                    .iter()
                    .filter(|(_, subnet)| subnet.network == id)
                    .map(|(_, subnet)| subnet.origin)
                    .collect(),
            ));
            found.push((
                "route-tables",
                std::iter::once(network.origin)
                    .chain(model.tables.iter().filter(|(_, table)| table.network == id).map(|(_, table)| table.origin))
                    .collect(),
            ));
            let acls = model.acls.iter().filter(|(_, acl)| acl.network == id && !acl.is_default);
            found.push(("acls", std::iter::once(network.origin).chain(acls.map(|(_, acl)| acl.origin)).collect()));
        }
        for (_, group) in model.groups.iter() {
            let region = model.networks[group.network].region.clone().or(model.region.clone());
            by_region.entry(region).or_default().1.push(group.origin);
        }
        for (networks, groups) in by_region.into_values() {
            found.push(("networks", networks));
            found.push(("sgs", groups));
        }
        found.push(("keys", model.keys.iter().map(|(_, key)| key.origin).collect()));
        found.extend(nat_gateways(model));
        found.extend(endpoints(model));
        found.extend(peers(model));
        found.extend(flow_logs(model));
        for (_, table) in model.tables.iter() {
            found.push(("routes", table.routes.iter().map(|route| route.origin).collect()));
        }
        let mut problems: Vec<Exceeded> =
            found.into_iter().filter_map(|(name, spans)| self.quotas.exceeded(name, &spans)).collect();
        for (_, group) in model.groups.iter() {
            problems.extend(self.rules_exceeded(group));
        }
        problems.extend(model.acls.iter().filter_map(|(_, acl)| self.entries_exceeded(acl)));
        problems.extend(self.nodes_exceeded());
        problems.extend(self.interfaces_exceeded());
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    /// EC2 counts each direction and each IP version for itself; the first count that is over is told.
    fn rules_exceeded(&self, group: &crate::model::Group) -> Option<Exceeded> {
        [Direction::Ingress, Direction::Egress].into_iter().find_map(|direction| {
            [Family::V4, Family::V6].into_iter().find_map(|family| {
                let counted =
                    group.rules.iter().filter(|rule| rule.direction == direction && rule.peer.counts_for(family));
                self.quotas.exceeded("sg-rules", &counted.map(|rule| rule.origin).collect::<Vec<_>>())
            })
        })
    }

    /// Of ACLs too, and the entry that each ends with counts.
    fn entries_exceeded(&self, acl: &crate::model::Acl) -> Option<Exceeded> {
        [Direction::Ingress, Direction::Egress].into_iter().find_map(|direction| {
            [Family::V4, Family::V6].into_iter().find_map(|family| {
                let counted = acl
                    .entries
                    .iter()
                    .filter(|entry| entry.direction == direction && entry.block.family() == family)
                    .map(|entry| entry.origin);
                self.quotas.exceeded("acl-entries", &std::iter::once(acl.origin).chain(counted).collect::<Vec<_>>())
            })
        })
    }

    /// What stands in a subnet has an interface, and a region has room for so many.
    fn interfaces_exceeded(&self) -> Vec<Exceeded> {
        let max = self.quotas.of("interfaces");
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        let mut problems = Vec::new();
        for (subnet, standing) in self.standing() {
            let count = counts.entry(region(&self.model, self.model.subnets[subnet].network)).or_default();
            let before = *count;
            *count += standing.count;
            if before <= u64::from(max) && *count > u64::from(max) {
                let (count, span) = (*count as usize, standing.span);
                problems.push(Exceeded { name: "interfaces", count, max, span });
            }
        }
        problems
    }

    fn nodes_exceeded(&self) -> Vec<Exceeded> {
        let max = self.quotas.of("nodes");
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        let mut problems = Vec::new();
        for (_, node) in self.model.nodes.iter() {
            let count = counts.entry(node.network).or_default();
            let before = *count;
            *count += node.count();
            if before <= u64::from(max) && *count > u64::from(max) {
                problems.push(Exceeded { name: "nodes", count: *count as usize, max, span: node.origin });
            }
        }
        problems
    }
}

fn region(model: &Model, network: Id<Network>) -> Option<EcoString> {
    model.networks[network].region.clone().or(model.region.clone())
}

/// The gateway endpoints of each region and the interface endpoints of each network, where they are declared.
fn endpoints(model: &Model) -> Vec<(&'static str, Vec<Span>)> {
    let mut gateways: BTreeMap<_, Vec<Span>> = BTreeMap::new();
    let mut interfaces: BTreeMap<Id<Network>, Vec<Span>> = BTreeMap::new();
    for (_, endpoint) in model.endpoints.iter() {
        match endpoint.form {
            EndpointForm::Gateway(_) => gateways.entry(region(model, endpoint.network)).or_default(),
            EndpointForm::Interface { .. } => interfaces.entry(endpoint.network).or_default(),
        }
        .push(endpoint.origin);
    }
    let gateways = gateways.into_values().map(|spans| ("gateway-endpoints", spans));
    gateways.chain(interfaces.into_values().map(|spans| ("interface-endpoints", spans))).collect()
}

/// The peerings of each network.
fn peers(model: &Model) -> Vec<(&'static str, Vec<Span>)> {
    let of = |network| model.peers.iter().filter(move |(_, peer)| peer.joins(network)).map(|(_, peer)| peer.origin);
    model.networks.iter().map(|(network, _)| ("peers", of(network).collect())).collect()
}

/// The flow logs of each network and of each subnet; EC2 takes two of each (VPC User Guide, "Amazon VPC quotas").
fn flow_logs(model: &Model) -> Vec<(&'static str, Vec<Span>)> {
    let mut logs: BTreeMap<_, Vec<Span>> = BTreeMap::new();
    for (_, log) in model.flow_logs.iter() {
        logs.entry((log.network, log.subnet)).or_default().push(log.origin);
    }
    logs.into_values().map(|spans| ("flow-logs", spans)).collect()
}

/// The Elastic IPs of each region and the NAT gateways of each zone, where they are declared.
fn nat_gateways(model: &Model) -> Vec<(&'static str, Vec<Span>)> {
    let region = |network: Id<Network>| region(model, network);
    let mut addresses: BTreeMap<_, Vec<Span>> = BTreeMap::new();
    let mut gateways: BTreeMap<_, Vec<Span>> = BTreeMap::new();
    for (_, elastic) in model.elastics.iter() {
        addresses.entry(region(elastic.network)).or_default().push(elastic.origin);
    }
    for (_, gateway) in model.gateways.iter() {
        let GatewayKind::Nat { subnet: Some(subnet), elastic } = gateway.kind else { continue };
        let zone = (region(gateway.network), model.subnets[subnet].zone.clone());
        gateways.entry(zone).or_default().push(gateway.origin);
        if elastic.is_none() {
            addresses.entry(region(gateway.network)).or_default().push(gateway.origin);
        }
    }
    let addresses = addresses.into_values().map(|spans| ("elastic-ips", spans));
    addresses.chain(gateways.into_values().map(|spans| ("nat-gateways", spans))).collect()
}

impl Quotas {
    fn exceeded(&self, name: &'static str, spans: &[Span]) -> Option<Exceeded> {
        let max = self.of(name);
        let span = *spans.get(max as usize)?;
        Some(Exceeded { name, count: spans.len(), max, span })
    }
}

impl From<Exceeded> for Diagnostic {
    fn from(Exceeded { name, count, max, span }: Exceeded) -> Self {
        let what = DEFAULTS.iter().find(|(other, ..)| *other == name).map_or(name, |(.., what)| what);
        Diagnostic::new(codes::QUOTA_EXCEEDED, format!("{count} {what} are more than EC2 allows"))
            .primary(span, format!("this is number {}", max + 1))
            .note(format!("the quota is {max} (EC2's defaults as of November 2026)"))
            .help(format!("if yours is raised, say so: `quota {name} {count}`"))
    }
}

impl From<UnknownQuota> for Diagnostic {
    fn from(UnknownQuota(word): UnknownQuota) -> Self {
        let names = DEFAULTS.map(|(name, ..)| name);
        Diagnostic::new(codes::BAD_VALUE, format!("there is no quota `{}`", word.text))
            .primary(word.span, format!("expected one of {}", names.join(", ")))
            .suggest(word.span, nearest(&word.text, names))
    }
}
