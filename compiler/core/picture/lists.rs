//! What is looked up often while a model is read, made once.

use crate::model::{
    Address, Elastic, GatewayKind, Group, Id, Model, Network, Node, Route, RouteTarget, Subnet, stand_in,
};
use crate::net::Block;
use std::collections::{BTreeMap, BTreeSet};

/// Lists of what is in a model.
#[derive(Default)]
pub(super) struct Lists<'m> {
    /// The groups of each network, by name; the place in the list is the group's colour.
    pub groups: BTreeMap<Id<Network>, Vec<(Id<Group>, &'m Group)>>,
    /// The nodes of each subnet.
    pub nodes: BTreeMap<Id<Subnet>, Vec<&'m Node>>,
    /// The nodes that routes lead to.
    pub forwarding: BTreeSet<Address>,
    /// The Elastic IPs that something has.
    pub elastics: BTreeSet<Id<Elastic>>,
    /// What has blocks, by the least of these.
    named: BTreeMap<Block, Vec<Named>>,
}

/// Something with blocks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    /// Whether it is a part of a network: the whole is named rather than its parts.
    is_part: bool,
    address: Address,
    network: Id<Network>,
    blocks: BTreeSet<Block>,
}

impl<'m> Lists<'m> {
    /// Those of a model.
    pub(super) fn of(model: &'m Model) -> Lists<'m> {
        let mut lists = Lists::default();
        for (id, group) in model.groups.iter() {
            lists.groups.entry(group.network).or_default().push((id, group));
        }
        lists.groups.values_mut().for_each(|groups| groups.sort_by(|(_, a), (_, b)| a.address.cmp(&b.address)));
        for (_, node) in model.nodes.iter() {
            node.subnet.iter().for_each(|subnet| lists.nodes.entry(*subnet).or_default().push(node));
            lists.elastics.extend(node.elastic.map(|(elastic, _)| elastic));
        }
        for (_, gateway) in model.gateways.iter() {
            if let GatewayKind::Nat { elastic: Some(elastic), .. } = gateway.kind {
                lists.elastics.insert(elastic);
            }
        }
        let forwarding = |route: &Route| match route.target {
            RouteTarget::Node(id, index) => Some(model.nodes[id].member_address(index.unwrap_or(0))),
            RouteTarget::Gateway(_) | RouteTarget::Peer(_) => None,
        };
        let routes = model.tables.iter().flat_map(|(_, table)| &table.routes);
        lists.forwarding = routes.filter_map(forwarding).collect();
        lists.add_named(model);
        lists
    }

    /// Networks; subnets, together and one by one where there is one a zone.
    fn add_named(&mut self, model: &Model) {
        let mut parts: BTreeMap<Address, (Id<Network>, BTreeSet<Block>)> = BTreeMap::new();
        for (_, subnet) in model.subnets.iter() {
            let ipv6 = subnet.ipv6.map(|(place, _)| stand_in(subnet.network, Some(place)));
            for address in [subnet.address.declared(), subnet.address.clone()] {
                let (_, blocks) = parts.entry(address).or_insert_with(|| (subnet.network, BTreeSet::new()));
                blocks.extend(subnet.block.into_iter().chain(ipv6));
            }
        }
        let networks = model.networks.iter().map(|(id, network)| {
            let ipv6 = network.ipv6.map(|_| stand_in(id, None));
            let blocks = network.blocks.iter().map(|(block, _)| *block).chain(ipv6).collect();
            Named { is_part: false, address: network.address.clone(), network: id, blocks }
        });
        let parts = parts.into_iter();
        let parts = parts.map(|(address, (network, blocks))| Named { is_part: true, address, network, blocks });
        for named in networks.chain(parts) {
            named.blocks.first().copied().iter().for_each(|first| {
                self.named.entry(*first).or_default().push(named.clone());
            });
        }
    }

    /// What some blocks are the blocks of, seen from a network, whose own things come first; and the blocks that are left.
    pub(super) fn names_of(&self, mut blocks: BTreeSet<Block>, from: Id<Network>) -> (Vec<&Address>, BTreeSet<Block>) {
        let mut candidates: Vec<&Named> = blocks.iter().filter_map(|block| self.named.get(block)).flatten().collect();
        candidates.sort_by_key(|named| (named.network != from, *named));
        let mut names = Vec::new();
        for named in candidates {
            if named.blocks.is_subset(&blocks) {
                blocks.retain(|block| !named.blocks.contains(block));
                names.push(&named.address);
            }
        }
        (names, blocks)
    }
}
