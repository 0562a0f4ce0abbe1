//! VPC endpoints and flow logs.

use super::Lowering;
use crate::call::{Map, Value};
use crate::kinds::{ENDPOINT_TAG, FLOW_LOG, VPC_ENDPOINT, flow_log_of};
use crate::model::{Address, Endpoint, EndpointForm, FlowLog, Id, Subnet};
use ecow::{EcoString, eco_format};
use std::net::IpAddr;

impl Lowering<'_> {
    /// VPC endpoints.
    pub(super) fn endpoints(&mut self) {
        let model = self.model;
        model.endpoints.iter().for_each(|(_, endpoint)| self.endpoint(endpoint));
    }

    /// Flow logs.
    pub(super) fn flow_logs(&mut self) {
        let model = self.model;
        model.flow_logs.iter().for_each(|(_, log)| self.flow_log(log));
    }

    fn endpoint(&mut self, endpoint: &Endpoint) {
        let (id, network) = (endpoint.network, &self.model.networks[endpoint.network].address);
        let base = Map::new().with("vpc", network).with("service", self.service(endpoint));
        let mut marks = Vec::new();
        let attributes = match &endpoint.form {
            EndpointForm::Gateway(tables) => {
                let mut tables: Vec<&Address> = tables.iter().map(|table| &self.model.tables[*table].address).collect();
                tables.sort();
                base.with("type", "Gateway").with("tables", tables)
            }
            EndpointForm::Interface { subnets, groups, private_dns } => {
                marks = marks_of(subnets);
                base.with("type", "Interface")
                    .with("subnets", self.interfaces(subnets))
                    .with("groups", self.groups_named(groups))
                    .with("private_dns", *private_dns)
            }
        };
        let attributes = attributes.with_some("policy", endpoint.policy.clone());
        self.push(&VPC_ENDPOINT, endpoint.address.clone(), id, &endpoint.tags, endpoint.origin, attributes).marks =
            marks;
    }

    /// The whole name of a service: that of Amazon's `s3` in a region is `com.amazonaws.REGION.s3`.
    fn service(&self, endpoint: &Endpoint) -> EcoString {
        match endpoint.service.contains("amazonaws.") {
            true => endpoint.service.clone(),
            false => eco_format!("com.amazonaws.{}.{}", self.region_of(endpoint.network), endpoint.service),
        }
    }

    fn interfaces(&self, subnets: &[(Id<Subnet>, Option<IpAddr>)]) -> Vec<Value> {
        let mut subnets: Vec<_> =
            subnets.iter().map(|(subnet, at)| (&self.model.subnets[*subnet].address, at)).collect();
        subnets.sort();
        let interface = |(subnet, at): (&Address, &Option<IpAddr>)| {
            Map::new().with("subnet", subnet).with_some("address", at.map(|at| at.to_string())).into()
        };
        subnets.into_iter().map(interface).collect()
    }

    fn flow_log(&mut self, log: &FlowLog) {
        let of = match log.subnet {
            Some(subnet) => flow_log_of(&self.model.subnets[subnet].address, "Subnet"),
            None => flow_log_of(&self.model.networks[log.network].address, "VPC"),
        };
        let attributes = of
            .with("traffic", log.traffic)
            .with("destination", log.destination.clone())
            .with_some("role", log.role.clone())
            .with("every", log.every);
        self.push(&FLOW_LOG, log.address.clone(), log.network, &log.tags, log.origin, attributes);
    }
}

/// The tag by which a later run finds out which addresses an endpoint was given.
fn marks_of(subnets: &[(Id<Subnet>, Option<IpAddr>)]) -> Vec<(&'static str, EcoString)> {
    let mut addresses: Vec<IpAddr> = subnets.iter().filter_map(|(_, at)| *at).collect();
    addresses.sort();
    let texts: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    if texts.is_empty() { Vec::new() } else { vec![(ENDPOINT_TAG, texts.join(" ").into())] }
}
