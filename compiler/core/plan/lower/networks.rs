//! VPCs, DHCP option sets and subnets.

use super::Lowering;
use crate::call::Map;
use crate::kinds::{DHCP_OPTIONS, IPV6, SUBNET, VPC, VPC_CIDR_BLOCK, amazon_ipv6, block_part};
use crate::model::{Id, Network, Subnet, Tags};
use ecow::eco_format;
use std::net::IpAddr;

impl Lowering<'_> {
    /// VPCs, and the DHCP option sets of those that have one.
    pub(super) fn networks(&mut self) {
        let model = self.model;
        for (id, network) in model.networks.iter() {
            let Some((block, _)) = network.blocks.first() else { continue };
            let cidr = Map::new().with("cidr", block.to_string());
            if let Some(vpc) = &network.existing {
                self.existing(&VPC, &network.address, id, vpc, network.origin, cidr);
                continue;
            }
            let attributes = cidr
                .with("tenancy", if network.dedicated { "dedicated" } else { "default" })
                .with("dns_support", network.dns.support)
                .with("dns_hostnames", network.dns.hostnames);
            self.push(&VPC, network.address.clone(), id, &Tags::new(), network.origin, attributes);
            self.further_blocks(id, network);
            if network.dns.has_options() {
                self.dhcp_options(id, network);
            }
        }
    }

    fn further_blocks(&mut self, id: Id<Network>, network: &Network) {
        for (block, span) in network.blocks.iter().skip(1) {
            let address = network.address.part(&block_part(&block.to_string()));
            let attributes = Map::new().with("vpc", &network.address).with("cidr", block.to_string());
            self.push(&VPC_CIDR_BLOCK, address, id, &Tags::new(), *span, attributes);
        }
        if let Some(span) = network.ipv6 {
            let address = network.address.part(IPV6);
            self.push(&VPC_CIDR_BLOCK, address, id, &Tags::new(), span, amazon_ipv6(&network.address));
        }
    }

    /// Subnets.
    pub(super) fn subnets(&mut self) {
        let model = self.model;
        model.subnets.iter().for_each(|(_, subnet)| self.subnet(subnet));
    }

    fn dhcp_options(&mut self, id: Id<Network>, network: &Network) {
        let dns = &network.dns;
        let texts = |addresses: &[IpAddr]| {
            (!addresses.is_empty()).then(|| addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>())
        };
        let attributes = Map::new()
            .with("vpc", &network.address)
            .with_some("domain", dns.domain.clone())
            .with_some("servers", texts(&dns.servers))
            .with_some("ntp", texts(&dns.ntp));
        let span = dns.origin.unwrap_or(network.origin);
        self.push(&DHCP_OPTIONS, network.address.part("dhcp"), id, &Tags::new(), span, attributes);
    }

    fn subnet(&mut self, subnet: &Subnet) {
        let id = subnet.network;
        let Some(block) = subnet.block else { return };
        let zone = eco_format!("{}{}", self.region_of(id), subnet.zone);
        let network = &self.model.networks[id];
        let place = Map::new().with("vpc", &network.address).with("cidr", block.to_string()).with("zone", zone);
        if let Some(existing) = &subnet.existing {
            return self.existing(&SUBNET, &subnet.address, id, existing, subnet.origin, place);
        }
        // Of an existing network nothing is added, so there is nothing to wait for.
        let further = network.blocks.iter().skip(1).find(|(further, _)| further.contains(block));
        let further = further.filter(|_| network.existing.is_none());
        let attributes = place
            .with("public", subnet.public.is_some())
            .with_some("ipv6", subnet.ipv6.map(|(place, _)| i64::from(place)))
            .with_some("ipv6_on_launch", subnet.ipv6.map(|_| true))
            .with_some("ipv6_of", subnet.ipv6.map(|_| network.address.part(IPV6)).as_ref())
            .with_some(
                "block",
                further.map(|(block, _)| network.address.part(&block_part(&block.to_string()))).as_ref(),
            )
            .with_some("table", subnet.table.map(|table| &self.model.tables[table].address))
            .with_some("acl", subnet.acl.map(|acl| &self.model.acls[acl].address));
        self.push(&SUBNET, subnet.address.clone(), id, &subnet.tags, subnet.origin, attributes);
    }
}
