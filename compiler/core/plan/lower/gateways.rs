//! Gateways and Elastic IPs.

use super::Lowering;
use crate::call::Map;
use crate::kinds::{
    EGRESS_ONLY_INTERNET_GATEWAY, ELASTIC_IP, ELASTIC_IP_ASSOCIATION, INTERNET_GATEWAY, Kind, NAT_GATEWAY, VPN_GATEWAY,
};
use crate::model::{Address, Elastic, Gateway, GatewayKind, Id, Network, Node, Subnet, Tags};

impl Lowering<'_> {
    /// Elastic IPs.
    pub(super) fn elastics(&mut self) {
        let model = self.model;
        for (_, elastic) in model.elastics.iter() {
            let Elastic { address, origin, network, tags } = elastic;
            self.push(&ELASTIC_IP, address.clone(), *network, tags, *origin, Map::new());
        }
    }

    /// Gateways.
    pub(super) fn gateways(&mut self) {
        let model = self.model;
        for (_, gateway) in model.gateways.iter() {
            match gateway.kind {
                GatewayKind::Internet => self.attached(&INTERNET_GATEWAY, gateway),
                GatewayKind::Egress => self.attached(&EGRESS_ONLY_INTERNET_GATEWAY, gateway),
                GatewayKind::Nat { subnet: Some(subnet), elastic } => self.nat_gateway(gateway, subnet, elastic),
                GatewayKind::Vpn { asn } => self.vpn_gateway(gateway, asn),
                GatewayKind::Nat { subnet: None, .. } => {}
            }
        }
    }

    fn attached(&mut self, kind: &'static Kind, gateway: &Gateway) {
        let attributes = Map::new().with("vpc", &self.model.networks[gateway.network].address);
        self.push(kind, gateway.address.clone(), gateway.network, &gateway.tags, gateway.origin, attributes);
    }

    fn vpn_gateway(&mut self, gateway: &Gateway, asn: Option<u32>) {
        let vpc = &self.model.networks[gateway.network].address;
        let attributes = Map::new().with("vpc", vpc).with_some("asn", asn);
        self.push(&VPN_GATEWAY, gateway.address.clone(), gateway.network, &gateway.tags, gateway.origin, attributes);
    }

    /// A NAT gateway, after all that its subnet needs to reach the internet: without it, the gateway would fail (VPC User
    /// Guide, "Troubleshoot NAT gateways").
    fn nat_gateway(&mut self, gateway: &Gateway, subnet: Id<Subnet>, elastic: Option<Id<Elastic>>) {
        let Gateway { address, origin, network, tags, .. } = gateway;
        let behind = match elastic {
            Some(elastic) => self.model.elastics[elastic].address.clone(),
            None => {
                let own = address.part("address");
                self.push(&ELASTIC_IP, own.clone(), *network, tags, *origin, Map::new());
                own
            }
        };
        let after = self.ways_to_internet(*network).chain(self.routes_of(subnet)).collect();
        let attributes = Map::new().with("subnet", &self.model.subnets[subnet].address).with("address", &behind);
        self.push(&NAT_GATEWAY, address.clone(), *network, tags, *origin, attributes).after = after;
    }

    /// That nodes have the Elastic IPs that they name.
    pub(super) fn association(&mut self, node: &Node, instance: &Address) {
        let Some((elastic, span)) = node.elastic else { return };
        let address = &self.model.elastics[elastic].address;
        let attributes = Map::new().with("address", address).with("instance", instance);
        // An address leads nowhere in a VPC without an internet gateway (EC2 API Reference, "AssociateAddress").
        let after = self.ways_to_internet(node.network).collect();
        let association = address.part("association");
        self.push(&ELASTIC_IP_ASSOCIATION, association, node.network, &Tags::new(), span, attributes).after = after;
    }

    fn ways_to_internet(&self, network: Id<Network>) -> impl Iterator<Item = Address> {
        let gateways = self.model.gateways.iter().map(|(_, gateway)| gateway);
        let internet =
            gateways.filter(move |gateway| gateway.network == network && gateway.kind == GatewayKind::Internet);
        internet.map(|gateway| gateway.address.clone())
    }

    /// The routes that a subnet uses.
    pub(super) fn routes_of(&self, subnet: Id<Subnet>) -> Option<Address> {
        let table = &self.model.tables[self.model.table_of(subnet)?];
        Some(if table.is_main { table.address.clone() } else { table.address.part("routes") })
    }
}
