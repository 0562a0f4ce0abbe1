//! Customer gateways and VPN connections.

use super::Lowering;
use crate::call::Map;
use crate::kinds::{CUSTOMER_GATEWAY, VPN_CONNECTION};
use crate::model::{Customer, Vpn};

impl Lowering<'_> {
    /// Site-to-site VPN, but for the gateways.
    pub(super) fn vpns(&mut self) {
        let model = self.model;
        model.customers.iter().for_each(|(_, customer)| self.customer(customer));
        model.vpns.iter().for_each(|(_, vpn)| self.vpn(vpn));
    }

    fn customer(&mut self, customer: &Customer) {
        let Customer { address, origin, network, ip, asn, tags } = customer;
        let attributes = Map::new().with_some("ip", ip.map(|ip| ip.to_string())).with_some("asn", *asn);
        self.push(&CUSTOMER_GATEWAY, address.clone(), *network, tags, *origin, attributes);
    }

    fn vpn(&mut self, vpn: &Vpn) {
        let (Some(gateway), Some(customer)) = (vpn.gateway, vpn.customer) else { return };
        let attributes = Map::new()
            .with("gateway", &self.model.gateways[gateway].address)
            .with("customer", &self.model.customers[customer].address);
        self.push(&VPN_CONNECTION, vpn.address.clone(), vpn.network, &vpn.tags, vpn.origin, attributes);
    }
}
