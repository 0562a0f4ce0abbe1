//! What stands in subnets.

use super::chart::{Card, CardKind};
use super::read::Reading;
use super::words;
use crate::model::{Address, EndpointForm, Gateway, GatewayKind, Group, Id, Node, Settings, Subnet};
use crate::source::Span;
use ecow::{EcoString, eco_format};

/// Ranges of more nodes than this are one card.
const SHOWN_OF_A_RANGE: u64 = 4;

impl Reading<'_> {
    /// What stands in a subnet: NAT gateways, nodes, endpoints.
    pub(super) fn cards(self, id: Id<Subnet>, subnet: &Subnet) -> Vec<Card> {
        let nats = self.model.gateways.iter().filter_map(|(_, gateway)| self.nat(id, gateway));
        let mut nats: Vec<Card> = nats.collect();
        let nodes = self.lists.nodes.get(&id).into_iter().flatten();
        let mut nodes: Vec<Card> = nodes.flat_map(|node| self.nodes(node, subnet)).collect();
        let mut endpoints = self.endpoints(id);
        for cards in [&mut nats, &mut nodes, &mut endpoints] {
            cards.sort_by(|a, b| a.key.cmp(&b.key));
        }
        // What routes lead to comes first.
        nodes.sort_by_key(|card| !card.forwards);
        nats.into_iter().chain(nodes).chain(endpoints).collect()
    }

    fn nat(self, id: Id<Subnet>, gateway: &Gateway) -> Option<Card> {
        let GatewayKind::Nat { subnet, elastic } = gateway.kind else { return None };
        if subnet != Some(id) {
            return None;
        }
        let elastic = elastic.map(|elastic| eco_format!(" · {}", self.name(&self.model.elastics[elastic].address)));
        let key = gateway.address.clone();
        Some(Card {
            name: self.name(&key),
            key,
            kind: CardKind::Nat,
            forwards: true,
            address: None,
            note: eco_format!("NAT gateway{}", elastic.unwrap_or_default()),
            groups: Vec::new(),
        })
    }

    fn nodes(self, node: &Node, subnet: &Subnet) -> Vec<Card> {
        let card = |key, kind, name, address, note| {
            let groups = self.groups_of(&node.settings);
            let forwards = self.lists.forwarding.contains(&key);
            Card { key, kind, forwards, name, address, note, groups }
        };
        let note = self.note(node, subnet);
        match node.indices {
            Some((first, last)) if node.count() > SHOWN_OF_A_RANGE => {
                let zone = node.zone.as_ref().map(|zone| eco_format!("{zone},")).unwrap_or_default();
                let key = node.address.index(format_args!("{zone}{first}..{last}"));
                let ends =
                    node.members().next().and_then(|(_, ip)| ip).zip(node.members().last().and_then(|(_, ip)| ip));
                let address = ends.map(|(first, last)| words::range(first, last));
                let note = eco_format!("{} × {note}", node.count());
                let name = self.name(&key);
                vec![card(key, CardKind::Nodes, name, address, note)]
            }
            _ => {
                let one = |(key, ip): (Address, Option<std::net::IpAddr>)| {
                    let name = self.name(&key);
                    card(key, CardKind::Node, name, ip.map(|ip| eco_format!("{ip}")), note.clone())
                };
                node.members().map(one).collect()
            }
        }
    }

    fn note(self, node: &Node, subnet: &Subnet) -> EcoString {
        let mut parts: Vec<EcoString> = node.settings.instance_type.iter().cloned().collect();
        match node.elastic {
            Some((elastic, _)) => {
                parts.push(eco_format!("Elastic IP {}", self.name(&self.model.elastics[elastic].address)))
            }
            None if node.is_public(subnet) => parts.push("public IP".into()),
            None => {}
        }
        parts.join(" · ").into()
    }

    /// The groups of a node; those that name none are in the one that the network comes with.
    fn groups_of(self, settings: &Settings) -> Vec<(EcoString, Option<usize>)> {
        let named = settings.groups.as_deref().unwrap_or_default();
        match (named, self.network.default_group) {
            ([], Some(default)) => vec![self.group_name(default)],
            ([], None) => vec![("default group".into(), None)],
            (named, _) => self.group_names(named),
        }
    }

    fn group_names(self, named: &[(Id<Group>, Span)]) -> Vec<(EcoString, Option<usize>)> {
        named.iter().map(|(id, _)| self.group_name(*id)).collect()
    }

    fn group_name(self, id: Id<Group>) -> (EcoString, Option<usize>) {
        let group = &self.model.groups[id];
        let place = self.own_groups().iter().position(|(own, _)| *own == id);
        (words::own_or_default(group.is_default, self.name(&group.address)), place)
    }

    fn endpoints(self, id: Id<Subnet>) -> Vec<Card> {
        let card = |endpoint: &crate::model::Endpoint| {
            let EndpointForm::Interface { subnets, groups, .. } = &endpoint.form else { return None };
            let (subnet, address) = subnets.iter().find(|(subnet, _)| *subnet == id)?;
            let place = self.model.subnets[*subnet].zone.clone();
            Some(Card {
                key: endpoint.address.index(place),
                kind: CardKind::Endpoint,
                forwards: false,
                name: self.name(&endpoint.address),
                address: address.map(|address| eco_format!("{address}")),
                note: eco_format!("{} endpoint", words::service(&endpoint.service)),
                groups: self.group_names(groups),
            })
        };
        self.model.endpoints.iter().filter_map(|(_, endpoint)| card(endpoint)).collect()
    }
}
