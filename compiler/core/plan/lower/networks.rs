//! VPCs, DHCP option sets and subnets.

use super::Lowering;
use crate::call::Map;
use crate::kinds::{DHCP_OPTIONS, SUBNET, VPC};
use crate::model::{Id, Network, Subnet, Tags};
use ecow::eco_format;
use std::net::IpAddr;

impl Lowering<'_> {
    /// VPCs, and the DHCP option sets of those that have one.
    pub(super) fn networks(&mut self) {
        let model = self.model;
        for (id, network) in model.networks.iter() {
            let Some((block, _)) = network.blocks.first() else { continue };
            let attributes = Map::new()
                .with("cidr", block.to_string())
                .with("tenancy", if network.dedicated { "dedicated" } else { "default" })
                .with("dns_support", network.dns.support)
                .with("dns_hostnames", network.dns.hostnames);
            self.push(&VPC, network.address.clone(), id, &Tags::new(), network.origin, attributes);
            if network.dns.has_options() {
                self.dhcp_options(id, network);
            }
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
        let attributes = Map::new()
            .with("vpc", &self.model.networks[id].address)
            .with("cidr", block.to_string())
            .with("zone", zone)
            .with("public", subnet.public.is_some())
            .with_some("table", subnet.table.map(|table| &self.model.tables[table].address));
        self.push(&SUBNET, subnet.address.clone(), id, &subnet.tags, subnet.origin, attributes);
    }
}
