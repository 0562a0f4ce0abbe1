//! NAT gateways.
//!
//! A request for one is nearly always obeyed; what is wrong with it shows later, as a gateway that has failed (EC2 API
//! Reference, "NatGateway"). Its interface and its address are taken at once, and shown when it is available.

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::elastic_ips;
use super::gateways;
use super::ids;
use super::interfaces::Interface;
use super::network;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::{Moment, Timing};
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;
use vpcc_core::call::Map;

/// A NAT gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NatGateway {
    pub vpc: String,
    subnet: String,
    /// The allocation of its elastic address; a private gateway has none.
    allocation: Option<String>,
    address: Option<Address>,
    phase: Phase,
    made: Moment,
    tags: Tags,
}

/// The addresses of a gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Address {
    interface: String,
    private: Ipv4Addr,
    /// The elastic one, with the id of its association.
    public: Option<(Ipv4Addr, String)>,
}

/// Where a gateway is in its life.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Pending { until: Moment, failure: Option<Failure> },
    Available,
    Failed { since: Moment, failure: Failure },
    Deleting { until: Moment },
    Deleted { since: Moment },
}

/// Why a gateway has failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Failure {
    code: String,
    message: String,
}

thing!(NatGateway, ids::NAT_GATEWAY, NatGateway::is_there);

impl NatGateway {
    /// Whether it works, or is about to.
    pub fn leads(&self) -> bool {
        matches!(self.phase, Phase::Pending { .. } | Phase::Available)
    }

    /// Whether it counts: neither failed nor deleted.
    fn is_there(&self) -> bool {
        !matches!(self.phase, Phase::Failed { .. } | Phase::Deleted { .. })
    }
}

impl Failure {
    fn new(code: &str, message: impl Into<String>) -> Failure {
        Failure { code: code.to_owned(), message: message.into() }
    }
}

/// What EC2 calls the interface of a gateway.
pub(super) const INTERFACE_TYPE: &str = "nat_gateway";

/// `CreateNatGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    subnet_id: String,
    allocation_id: Option<String>,
    connectivity_type: Option<String>,
    private_ip_address: Option<String>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateNatGateway`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, gateway)) = made.and_then(|id| site.region.nat_gateways.get(&id).map(|found| (id, found))) {
        return Ok(created(&id, gateway, call.client_token));
    }
    let subnet = site.region.subnets.find(&call.subnet_id)?.clone();
    let asked = call.private_ip_address.as_deref().map(network::address).transpose()?;
    asked.map_or(Ok(()), |address| network::check_address(subnet.block, address, 1))?;
    check_allocation(site, &call)?;
    let tags = tags::for_new(&call.tag_specifications, &ids::NAT_GATEWAY)?;
    hold_quota(site, &subnet.zone)?;
    let id = site.region.new_id(ids::NAT_GATEWAY.prefix);
    let mut gateway = NatGateway {
        vpc: subnet.vpc,
        subnet: call.subnet_id,
        allocation: call.allocation_id,
        address: None,
        phase: Phase::Available,
        made: site.now,
        tags,
    };
    let mut failure = match failure(site, &gateway) {
        Some(failure) => Some(failure),
        None => settle_in(site, &id, &mut gateway, asked)?,
    };
    if std::mem::take(&mut site.doomed) {
        failure = failure.or_else(|| Some(Failure::new("InternalError", "Network Gateway creation failed")));
    }
    gateway.phase = Phase::Pending { until: site.now.after(site.terms.timing.nat_gateway), failure };
    let answer = created(&id, &gateway, call.client_token);
    site.region.nat_gateways.add(id.as_str(), gateway);
    token.remember(site, &id);
    Ok(answer)
}

fn created(id: &str, gateway: &NatGateway, token: Option<String>) -> Map {
    Map::new().with("NatGateway", view(id, gateway)).with_some("ClientToken", token)
}

/// Holds that a public gateway is asked for with an address that is there, and a private one without any.
fn check_allocation(site: &Site, call: &Create) -> Result<(), Refusal> {
    match (call.connectivity_type.as_deref().unwrap_or("public"), &call.allocation_id) {
        ("public", Some(id)) => site.region.elastic_ips.find(id).map(drop),
        ("public", None) => Err(Refusal::missing("AllocationId")),
        ("private", None) => Ok(()),
        ("private", Some(_)) => {
            Err(Refusal::combination("A private NAT gateway cannot be associated with an Elastic IP address."))
        }
        (other, _) => Err(Refusal::value("connectivityType", other, "Expected one of private, public.")),
    }
}

fn hold_quota(site: &Site, zone: &str) -> Result<(), Refusal> {
    let in_zone = |gateway: &NatGateway| {
        site.region.subnets.get(&gateway.subnet).is_some_and(|subnet| subnet.zone == zone) && gateway.is_there()
    };
    let count = site.region.nat_gateways.iter().filter(|(_, gateway)| in_zone(gateway)).count();
    site.terms.quotas.hold(Quota::NatGateways, count + 1)
}

/// Why a public gateway will fail, if it will (EC2 API Reference, "NatGateway").
fn failure(site: &Site, gateway: &NatGateway) -> Option<Failure> {
    let allocation = gateway.allocation.as_deref()?;
    if !gateways::is_on(site.region, &gateway.vpc) {
        let message = format!("Network {} has no Internet gateway attached", gateway.vpc);
        return Some(Failure::new("Gateway.NotAttached", message));
    }
    let taken = site.region.elastic_ips.get(allocation).is_some_and(|found| found.association.is_some());
    let message = format!("Elastic IP address {allocation} is already associated");
    taken.then(|| Failure::new("Resource.AlreadyAssociated", message))
}

/// Makes the interface of a gateway and gives it its addresses, unless the subnet is full.
fn settle_in(
    site: &mut Site,
    id: &str,
    gateway: &mut NatGateway,
    asked: Option<Ipv4Addr>,
) -> Result<Option<Failure>, Refusal> {
    let block = site.region.subnets.find(&gateway.subnet)?.block;
    let free =
        network::free_addresses(site, &gateway.subnet, block).find(|free| asked.is_none_or(|asked| *free == asked));
    let Some(private) = free else {
        if let Some(asked) = asked {
            return Err(network::in_use(asked));
        }
        let message = "Subnet has insufficient free addresses to create this NAT gateway";
        return Ok(Some(Failure::new("InsufficientFreeAddressesInSubnet", message)));
    };
    site.terms.quotas.hold(Quota::Interfaces, site.region.interfaces.len() + 1)?;
    let interface = site.region.new_id(ids::INTERFACE.prefix);
    site.region.interfaces.add(interface.as_str(), interface_of(id, gateway, private));
    let public = match &gateway.allocation {
        None => None,
        Some(allocation) => {
            let association = elastic_ips::join(site, allocation, &interface)?;
            Some((site.region.elastic_ips.find(allocation)?.address, association))
        }
    };
    gateway.address = Some(Address { interface, private, public });
    Ok(None)
}

fn interface_of(id: &str, gateway: &NatGateway, address: Ipv4Addr) -> Interface {
    Interface {
        vpc: gateway.vpc.clone(),
        subnet: gateway.subnet.clone(),
        address,
        ipv6: Vec::new(),
        groups: Vec::new(),
        description: format!("Interface for NAT Gateway {id}"),
        source_dest_check: false,
        wants_public: false,
        public: None,
        attachment: None,
        service: Some(INTERFACE_TYPE.to_owned()),
        tags: Tags::new(),
    }
}

/// `DeleteNatGateway`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    nat_gateway_id: String,
}

/// `DeleteNatGateway`: its address and its interface are kept until it is deleted. Routes to it turn into black holes.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let until = site.now.after(site.terms.timing.nat_gateway_deletion);
    let gateway = site.region.nat_gateways.find_mut(&call.nat_gateway_id)?;
    match gateway.phase {
        Phase::Deleted { .. } => return Err(ids::NAT_GATEWAY.absent(&call.nat_gateway_id)),
        Phase::Deleting { .. } => {}
        Phase::Failed { .. } => gateway.phase = Phase::Deleted { since: site.now },
        Phase::Pending { .. } | Phase::Available => gateway.phase = Phase::Deleting { until },
    }
    Ok(Map::new().with("NatGatewayId", call.nat_gateway_id))
}

/// Takes gateways into their next phases where that is due; gives how many changed. Failed and deleted ones are listed
/// for a while.
pub(super) fn settle(region: &mut Region, timing: &Timing, now: Moment) -> usize {
    let before = region.nat_gateways.len();
    let mut changed = region.nat_gateways.iter_mut().filter_map(|(_, gateway)| go_on(gateway, now)).count();
    let gateways = &region.nat_gateways;
    let gone = |id: &str| {
        let of = |gateway: &NatGateway| gateway.address.as_ref().is_some_and(|address| address.interface == id);
        gateways.iter().any(|(_, gateway)| !gateway.is_there() && of(gateway))
    };
    let ends: Vec<String> =
        region.interfaces.iter().map(|(id, _)| id).filter(|id| gone(id)).map(str::to_owned).collect();
    for id in ends {
        region.interfaces.remove(&id);
    }
    if changed > 0 {
        elastic_ips::free(region);
    }
    region.nat_gateways.retain(|gateway| match gateway.phase {
        Phase::Failed { since, .. } | Phase::Deleted { since } => now < since.after(timing.listed),
        _ => true,
    });
    changed += before - region.nat_gateways.len();
    changed
}

fn go_on(gateway: &mut NatGateway, now: Moment) -> Option<()> {
    gateway.phase = match &gateway.phase {
        Phase::Pending { until, failure: None } if *until <= now => Phase::Available,
        Phase::Pending { until, failure: Some(failure) } if *until <= now => {
            Phase::Failed { since: *until, failure: failure.clone() }
        }
        Phase::Deleting { until } if *until <= now => Phase::Deleted { since: *until },
        _ => return None,
    };
    Some(())
}

/// `DescribeNatGateways`, whose parameter for filters is called `Filter`.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    describe::describe(site, &describe::with_filter(parameters)?, &NAT_GATEWAYS)
}

static NAT_GATEWAYS: Listing = Listing {
    list: "NatGateways",
    ids: "NatGatewayIds",
    kind: &ids::NAT_GATEWAY,
    filters: &[
        ("nat-gateway-id", "NatGatewayId"),
        ("state", "State"),
        ("subnet-id", "SubnetId"),
        ("tag-key", "Tags.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.nat_gateways.iter().map(|(id, gateway)| Item::new(id, view(id, gateway))).collect(),
};

fn view(id: &str, gateway: &NatGateway) -> Map {
    let (state, status) = match gateway.phase {
        Phase::Pending { .. } => ("pending", "associating"),
        Phase::Available => ("available", "succeeded"),
        Phase::Failed { .. } => ("failed", "failed"),
        Phase::Deleting { .. } => ("deleting", "succeeded"),
        Phase::Deleted { .. } => ("deleted", "succeeded"),
    };
    let failure = match &gateway.phase {
        Phase::Failed { failure, .. } => Some(failure),
        _ => None,
    };
    let deleted = match gateway.phase {
        Phase::Deleting { until: at } | Phase::Deleted { since: at } => Some(at.text()),
        _ => None,
    };
    Map::new()
        .with("NatGatewayId", id)
        .with("VpcId", gateway.vpc.as_str())
        .with("SubnetId", gateway.subnet.as_str())
        .with("State", state)
        .with("ConnectivityType", if gateway.allocation.is_some() { "public" } else { "private" })
        .with_some("FailureCode", failure.map(|failure| failure.code.as_str()))
        .with_some("FailureMessage", failure.map(|failure| failure.message.as_str()))
        .with("NatGatewayAddresses", [addresses(gateway).with("Status", status)])
        .with("CreateTime", gateway.made.text())
        .with_some("DeleteTime", deleted)
        .with_tags(&gateway.tags)
}

/// The addresses of a gateway: all of them once it is available, and before that what was asked for.
fn addresses(gateway: &NatGateway) -> Map {
    let shown = gateway.address.as_ref().filter(|_| !matches!(gateway.phase, Phase::Pending { .. }));
    let public = shown.and_then(|address| address.public.as_ref());
    Map::new()
        .with_some("AllocationId", gateway.allocation.as_deref())
        .with_some("AssociationId", public.map(|(_, association)| association.as_str()))
        .with_some("PublicIp", public.map(|(address, _)| address.to_string()))
        .with_some("PrivateIp", shown.map(|address| address.private.to_string()))
        .with_some("NetworkInterfaceId", shown.map(|address| address.interface.as_str()))
        .with("IsPrimary", true)
}
