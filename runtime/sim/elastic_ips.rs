//! Elastic IP addresses.

use super::answer::{self, Members};
use super::describe::{Item, Listing, Pages};
use super::gateways;
use super::ids;
use super::instances::Phase;
use super::interfaces;
use super::network;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;
use vpcc_core::call::Map;

/// An elastic IP address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ElasticIp {
    pub address: Ipv4Addr,
    pub association: Option<Association>,
    tags: Tags,
}

/// That an address is an interface's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Association {
    pub id: String,
    pub interface: String,
}

thing!(ElasticIp, ids::ELASTIC_IP);

impl ElasticIp {
    /// The ids of the allocation and its association, as the interface shows them.
    pub fn association_ids(&self, allocation: &str) -> Map {
        let association = self.association.as_ref().map(|association| association.id.as_str());
        Map::new().with("AllocationId", allocation).with_some("AssociationId", association)
    }

    fn is_on(&self, interface: &str) -> bool {
        self.association.as_ref().is_some_and(|association| association.interface == interface)
    }
}

/// The elastic address of an interface, with its allocation.
pub(super) fn of<'r>(region: &'r Region, interface: &str) -> Option<(&'r str, &'r ElasticIp)> {
    region.elastic_ips.iter().find(|(_, found)| found.is_on(interface))
}

/// Ends the associations with interfaces that are gone.
pub(super) fn free(region: &mut Region) {
    let interfaces = &region.interfaces;
    for (_, found) in region.elastic_ips.iter_mut() {
        found.association.take_if(|association| interfaces.get(&association.interface).is_none());
    }
}

/// `AllocateAddress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Allocate {
    domain: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `AllocateAddress`.
pub(super) fn allocate(site: &mut Site, call: Allocate) -> Reply {
    if let Some(other) = call.domain.filter(|domain| domain != "vpc") {
        return Err(Refusal::value("domain", other, "Expected one of vpc."));
    }
    let tags = tags::for_new(&call.tag_specifications, &ids::ELASTIC_IP)?;
    site.terms.quotas.hold(Quota::ElasticIps, site.region.elastic_ips.len() + 1)?;
    let id = site.region.new_id(ids::ELASTIC_IP.prefix);
    let address = interfaces::new_public(site.region);
    site.region.elastic_ips.add(id.as_str(), ElasticIp { address, association: None, tags });
    Ok(allocation(site, &id, address))
}

fn allocation(site: &Site, id: &str, address: Ipv4Addr) -> Map {
    Map::new()
        .with("AllocationId", id)
        .with("PublicIp", address.to_string())
        .with("Domain", "vpc")
        .with("PublicIpv4Pool", "amazon")
        .with("NetworkBorderGroup", site.region.name.as_str())
}

/// `ReleaseAddress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Release {
    allocation_id: String,
}

/// `ReleaseAddress`: refused while it is associated.
pub(super) fn release(site: &mut Site, call: Release) -> Reply {
    let found = site.region.elastic_ips.find(&call.allocation_id)?;
    if found.association.is_some() {
        return Err(network::in_use(found.address));
    }
    site.region.elastic_ips.remove(&call.allocation_id);
    Ok(answer::nothing())
}

/// `AssociateAddress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Associate {
    allocation_id: String,
    instance_id: Option<String>,
    network_interface_id: Option<String>,
    #[serde(default = "yes")]
    allow_reassociation: bool,
}

fn yes() -> bool {
    true
}

/// `AssociateAddress`: takes the address from whatever has it, and takes the place of the target's own (EC2 API
/// Reference). Asking for what is so already changes nothing.
pub(super) fn associate(site: &mut Site, call: Associate) -> Reply {
    let id = call.allocation_id.as_str();
    site.region.elastic_ips.find(id)?;
    let interface = target(site, &call)?;
    may_have_address(site, &interface)?;
    if let Some(old) = &site.region.elastic_ips.find(id)?.association {
        if old.interface == interface {
            return Ok(associated(&old.id));
        }
        if !call.allow_reassociation {
            let message = format!("resource {id} is already associated with associate-id {}", old.id);
            return Err(Refusal::new("Resource.AlreadyAssociated", message));
        }
        let old = old.clone();
        interfaces::check_owner(site, &old.interface)?;
        end(site, &old)?;
    }
    if let Some((_, old)) = of(site.region, &interface) {
        let old = old.association.clone();
        old.map_or(Ok(()), |old| end(site, &old))?;
    }
    Ok(associated(&join(site, id, &interface)?))
}

fn associated(association: &str) -> Map {
    Map::new().with("AssociationId", association)
}

/// Makes an address an interface's; gives the id of the association. A public address that the interface was given goes.
pub(super) fn join(site: &mut Site, allocation: &str, interface: &str) -> Result<String, Refusal> {
    let id = site.region.new_id(ids::ADDRESS_ASSOCIATION.prefix);
    site.region.interfaces.find_mut(interface)?.public = None;
    site.region.elastic_ips.find_mut(allocation)?.association =
        Some(Association { id: id.clone(), interface: interface.to_owned() });
    Ok(id)
}

/// The interface that a request names, by itself or by its instance.
fn target(site: &Site, call: &Associate) -> Result<String, Refusal> {
    match (&call.instance_id, &call.network_interface_id) {
        (Some(id), None) => {
            let instance = site.region.instances.find(id)?;
            if matches!(instance.phase, Phase::Running | Phase::Stopping { .. } | Phase::Stopped) {
                return Ok(instance.interface.clone());
            }
            let state = instance.phase.state();
            let message =
                format!("The {} instance '{id}' is not in a valid state for this operation.", state.text("Name"));
            Err(Refusal::new("InvalidInstanceID", message))
        }
        (None, Some(id)) => interfaces::check_owner(site, id).map(|()| id.clone()),
        (None, None) => Err(Refusal::missing("InstanceId")),
        (Some(_), Some(_)) => {
            Err(Refusal::combination("You may specify either instanceId or networkInterfaceId, but not both."))
        }
    }
}

/// Holds that an interface can have an elastic address: its VPC has to have an internet gateway.
fn may_have_address(site: &Site, interface: &str) -> Result<(), Refusal> {
    let vpc = site.region.interfaces.find(interface)?.vpc.as_str();
    if gateways::is_on(site.region, vpc) {
        return Ok(());
    }
    let message = format!("Network {vpc} is not attached to any internet gateway");
    Err(Refusal::new("Gateway.NotAttached", message))
}

/// `DisassociateAddress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Disassociate {
    association_id: String,
}

/// `DisassociateAddress`: a running instance that is to have a public address is given one again (EC2 User Guide,
/// "Instance IP addressing").
pub(super) fn disassociate(site: &mut Site, call: Disassociate) -> Reply {
    let association = named(site, &call.association_id)?;
    interfaces::check_owner(site, &association.interface)?;
    end(site, &association)?;
    Ok(answer::nothing())
}

fn named(site: &Site, id: &str) -> Result<Association, Refusal> {
    ids::ADDRESS_ASSOCIATION.check(id)?;
    let mut associations = site.region.elastic_ips.iter().filter_map(|(_, found)| found.association.as_ref());
    associations.find(|association| association.id == id).cloned().ok_or_else(|| ids::ADDRESS_ASSOCIATION.absent(id))
}

fn end(site: &mut Site, association: &Association) -> Result<(), Refusal> {
    for (_, found) in site.region.elastic_ips.iter_mut() {
        found.association.take_if(|other| other.id == association.id);
    }
    let instance = site.region.interfaces.find(&association.interface)?.instance();
    if instance.and_then(|id| site.region.instances.get(id)).is_some_and(|instance| instance.runs()) {
        interfaces::give_public(site.region, &association.interface);
    }
    Ok(())
}

/// `DescribeAddresses`.
pub(super) static ADDRESSES: Listing = Listing {
    list: "Addresses",
    ids: "AllocationIds",
    kind: &ids::ELASTIC_IP,
    filters: &[
        ("allocation-id", "AllocationId"),
        ("association-id", "AssociationId"),
        ("instance-id", "InstanceId"),
        ("network-border-group", "NetworkBorderGroup"),
        ("network-interface-id", "NetworkInterfaceId"),
        ("network-interface-owner-id", "NetworkInterfaceOwnerId"),
        ("private-ip-address", "PrivateIpAddress"),
        ("public-ip", "PublicIp"),
        ("tag-key", "Tags.Key"),
    ],
    pages: Pages::One,
    items: |site| site.region.elastic_ips.iter().map(|(id, found)| Item::new(id, view(site, id, found))).collect(),
};

fn view(site: &Site, id: &str, elastic: &ElasticIp) -> Map {
    let mut view = allocation(site, id, elastic.address);
    if let Some(association) = &elastic.association {
        let interface = site.region.interfaces.get(&association.interface);
        view = view
            .with("AssociationId", association.id.as_str())
            .with_some("InstanceId", interface.and_then(|interface| interface.instance()))
            .with("NetworkInterfaceId", association.interface.as_str())
            .with("NetworkInterfaceOwnerId", site.account)
            .with_some("PrivateIpAddress", interface.map(|interface| interface.address.to_string()));
    }
    view.with_tags(&elastic.tags)
}
