//! Where routes lead: what requests may name, whether it is alive, and how EC2 tells it.

use super::ids;
use super::refusal::Refusal;
use super::region::Region;
use super::route_tables::RouteTable;
use super::routes::SetRoute;
use super::site::Site;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Target {
    /// Within the VPC.
    Local,
    InternetGateway(String),
    EgressGateway(String),
    NatGateway(String),
    VpnGateway(String),
    Peering(String),
    Interface(String),
}

/// A target as a request names it.
enum Asked<'c> {
    Local,
    Gateway(&'c str),
    NatGateway(&'c str),
    EgressGateway(&'c str),
    Peering(&'c str),
    Interface(&'c str),
    Instance(&'c str),
}

const TARGETS: &str = "gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, \
                       egressOnlyInternetGatewayId, transitGatewayId or instanceId";

/// The one target that a request names. It has to be there, and in the table's VPC.
pub(super) fn asked(site: &Site, table: &RouteTable, call: &SetRoute) -> Result<Target, Refusal> {
    let site_of = Named { site, table, table_id: &call.route_table_id };
    match one(call)? {
        Asked::Local => Ok(Target::Local),
        Asked::Gateway(id) => site_of.gateway(id),
        Asked::NatGateway(id) => site_of.nat_gateway(id),
        Asked::EgressGateway(id) => site_of.egress_gateway(id),
        Asked::Peering(id) => site_of.peering(id),
        Asked::Interface(id) => site_of.interface(id),
        Asked::Instance(id) => site_of.interface(&site.region.instances.find(id)?.interface),
    }
}

fn one(call: &SetRoute) -> Result<Asked<'_>, Refusal> {
    let given = [
        call.local_target.filter(|local| *local).map(|_| Asked::Local),
        call.gateway_id.as_deref().map(Asked::Gateway),
        call.nat_gateway_id.as_deref().map(Asked::NatGateway),
        call.egress_only_internet_gateway_id.as_deref().map(Asked::EgressGateway),
        call.vpc_peering_connection_id.as_deref().map(Asked::Peering),
        call.network_interface_id.as_deref().map(Asked::Interface),
        call.instance_id.as_deref().map(Asked::Instance),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(target), None) => Ok(target),
        (None, _) => Err(Refusal::missing(TARGETS)),
        _ => Err(Refusal::combination(format!("The request must contain exactly one of {TARGETS}"))),
    }
}

/// What the targets of a table are looked up in.
struct Named<'s> {
    site: &'s Site<'s>,
    table: &'s RouteTable,
    table_id: &'s str,
}

impl Named<'_> {
    /// What `GatewayId` names; EC2 takes a NAT gateway there, and gives it back as one.
    fn gateway(&self, id: &str) -> Result<Target, Refusal> {
        let region = &*self.site.region;
        if region.nat_gateways.get(id).is_some() {
            return self.nat_gateway(id);
        }
        if let Some(gateway) = region.vpn_gateways.get(id) {
            self.hold(gateway.serves(&self.table.vpc), "network gateway", id)?;
            return Ok(Target::VpnGateway(id.to_owned()));
        }
        let Some(gateway) = region.internet_gateways.get(id) else {
            return Err(Refusal::new("InvalidGatewayID.NotFound", format!("The gateway ID '{id}' does not exist")));
        };
        self.hold(gateway.vpc.as_ref() == Some(&self.table.vpc), "network gateway", id)?;
        Ok(Target::InternetGateway(id.to_owned()))
    }

    fn nat_gateway(&self, id: &str) -> Result<Target, Refusal> {
        let Some(gateway) = self.site.region.nat_gateways.get(id).filter(|gateway| gateway.leads()) else {
            return Err(Refusal::new(
                "InvalidNatGatewayID.NotFound",
                format!("The natGateway ID '{id}' does not exist"),
            ));
        };
        self.hold(gateway.vpc == self.table.vpc, "NAT gateway", id)?;
        Ok(Target::NatGateway(id.to_owned()))
    }

    fn egress_gateway(&self, id: &str) -> Result<Target, Refusal> {
        let gateway = self.site.region.egress_gateways.find(id)?;
        self.hold(gateway.vpc == self.table.vpc, "egress-only internet gateway", id)?;
        Ok(Target::EgressGateway(id.to_owned()))
    }

    /// A connection can be named before it is active (VPC Peering Guide, "Update your route tables").
    fn peering(&self, id: &str) -> Result<Target, Refusal> {
        let peering = self.site.region.peerings.find(id)?;
        if !peering.may_lead() {
            return Err(ids::PEERING.absent(id));
        }
        self.hold(peering.joins(&self.site.region.name, &self.table.vpc), "peering connection", id)?;
        Ok(Target::Peering(id.to_owned()))
    }

    fn interface(&self, id: &str) -> Result<Target, Refusal> {
        let interface = self.site.region.interfaces.find(id)?;
        self.hold(interface.vpc == self.table.vpc, "interface", id)?;
        Ok(Target::Interface(id.to_owned()))
    }

    fn hold(&self, same: bool, noun: &str, id: &str) -> Result<(), Refusal> {
        let table = self.table_id;
        let message = || format!("route table {table} and {noun} {id} belong to different networks");
        if same { Ok(()) } else { Err(Refusal::invalid(message())) }
    }
}

/// The range in which IPv6 hosts find IPv4 ones, the only one of IPv6 that a NAT gateway serves (VPC User Guide, "NAT
/// gateway use cases").
const NAT64: &str = "64:ff9b::/96";

impl Target {
    /// Whether it can be the target for a destination of that kind.
    pub fn takes(&self, destination: Block) -> bool {
        match self {
            Target::EgressGateway(_) => destination.family() == Family::V6,
            Target::NatGateway(_) => {
                destination.family() == Family::V4 || NAT64.parse().is_ok_and(|nat64: Block| nat64 == destination)
            }
            _ => true,
        }
    }

    /// Whether it can be the target for a part of the VPC.
    pub fn takes_local(&self) -> bool {
        matches!(self, Target::NatGateway(_) | Target::Interface(_))
    }

    /// Whether packets get there from a VPC: it is there, attached, and runs.
    pub fn leads(&self, region: &Region, vpc: &str) -> bool {
        match self {
            Target::Local => true,
            Target::InternetGateway(id) => {
                region.internet_gateways.get(id).is_some_and(|gateway| gateway.vpc.as_deref() == Some(vpc))
            }
            Target::EgressGateway(id) => region.egress_gateways.get(id).is_some(),
            Target::NatGateway(id) => region.nat_gateways.get(id).is_some_and(|gateway| gateway.leads()),
            Target::VpnGateway(id) => region.vpn_gateways.get(id).is_some_and(|gateway| gateway.serves(vpc)),
            Target::Peering(id) => region.peerings.get(id).is_some_and(|peering| peering.is_active()),
            Target::Interface(id) => interface_leads(region, id),
        }
    }

    /// Its members in a route.
    pub fn members(&self, site: &Site) -> Map {
        match self {
            Target::Local => Map::new().with("GatewayId", "local"),
            Target::InternetGateway(id) | Target::VpnGateway(id) => Map::new().with("GatewayId", id.as_str()),
            Target::EgressGateway(id) => Map::new().with("EgressOnlyInternetGatewayId", id.as_str()),
            Target::NatGateway(id) => Map::new().with("NatGatewayId", id.as_str()),
            Target::Peering(id) => Map::new().with("VpcPeeringConnectionId", id.as_str()),
            Target::Interface(id) => {
                let instance = site.region.interfaces.get(id).and_then(|interface| interface.instance());
                Map::new()
                    .with("NetworkInterfaceId", id.as_str())
                    .with_some("InstanceId", instance)
                    .with_some("InstanceOwnerId", instance.map(|_| site.account))
            }
        }
    }
}

fn interface_leads(region: &Region, id: &str) -> bool {
    let Some(interface) = region.interfaces.get(id) else { return false };
    let instance = interface.instance().and_then(|id| region.instances.get(id));
    interface.service.is_some() || instance.is_some_and(|instance| instance.runs())
}
