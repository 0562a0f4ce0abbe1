//! Network ACLs.

use super::Lowering;
use crate::call::{Map, Value};
use crate::kinds::{DEFAULT_NETWORK_ACL, IPV6, NETWORK_ACL};
use crate::model::{Acl, AclEntry, Address, AmazonBlock, Id, Network};
use std::collections::BTreeSet;

impl Lowering<'_> {
    /// What has to be there before what a network comes with is looked at: EC2 adds to that when the network gets IPv6.
    pub(super) fn after_ipv6(&self, network: Id<Network>) -> Vec<Address> {
        let network = &self.model.networks[network];
        network.ipv6.map(|_| network.address.part(IPV6)).into_iter().collect()
    }

    /// What makes some blocks known that Amazon chooses.
    pub(super) fn blocks_of<'m>(&self, blocks: impl Iterator<Item = &'m AmazonBlock>) -> Vec<Address> {
        let networks: BTreeSet<usize> = blocks.map(|block| block.network.index()).collect();
        networks.into_iter().flat_map(|network| self.after_ipv6(Id::new(network))).collect()
    }

    /// Network ACLs, each with its entries.
    pub(super) fn acls(&mut self) {
        let model = self.model;
        model.acls.iter().for_each(|(_, acl)| self.acl(acl));
    }

    fn acl(&mut self, acl: &Acl) {
        let network = &self.model.networks[acl.network];
        let attributes = Map::new().with("vpc", &network.address).with("entries", entries(&acl.entries));
        let (address, id) = (acl.address.clone(), acl.network);
        let mut after = self.blocks_of(acl.entries.iter().filter_map(|entry| entry.amazon.as_ref()));
        if acl.is_default {
            after.extend(self.after_ipv6(id));
            let attributes = attributes.with("ipv6", network.ipv6.is_some());
            self.push(&DEFAULT_NETWORK_ACL, address, id, &acl.tags, acl.origin, attributes).after = after;
        } else {
            self.push(&NETWORK_ACL, address, id, &acl.tags, acl.origin, attributes).after = after;
        }
    }
}

/// Entries in the order in which EC2 goes through them.
fn entries(entries: &[AclEntry]) -> Vec<Value> {
    let mut sorted: Vec<&AclEntry> = entries.iter().collect();
    sorted.sort_by_key(|entry| (entry.direction, entry.number));
    sorted.into_iter().map(entry).collect()
}

fn entry(entry: &AclEntry) -> Value {
    let block =
        entry.amazon.as_ref().map_or_else(|| entry.block.to_string().into(), |block| Value::from(&block.address));
    Map::new()
        .with("direction", entry.direction.word())
        .with("number", i64::from(entry.number))
        .with("action", if entry.allow { "allow" } else { "deny" })
        .with("protocol", entry.traffic.protocol.to_string())
        .with_some("from", entry.traffic.ports.map(|(from, _)| from))
        .with_some("to", entry.traffic.ports.map(|(_, to)| to))
        .with("block", block)
        .into()
}
