//! Where a launch puts its instances: subnet, groups, address, and whether it is a public one.
//!
//! All of it stands either in the one interface of the request or beside it, never in both (EC2 API Reference,
//! "RunInstances").

use super::addresses;
use super::groups;
use super::ipv6::{Ipv6, Wanted};
use super::refusal::Refusal;
use super::site::Site;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::Ipv4Addr;
use vpcc_core::net::Block;

/// A new interface in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct InterfaceSpecification {
    device_index: Option<i64>,
    subnet_id: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    private_ip_address: Option<String>,
    ipv6_address_count: Option<i64>,
    #[serde(default)]
    ipv6_addresses: Vec<Ipv6>,
    associate_public_ip_address: Option<bool>,
    delete_on_termination: Option<bool>,
    description: Option<String>,
}

/// Where new instances are put.
#[derive(Debug)]
pub(super) struct Network {
    pub vpc: String,
    pub subnet: String,
    pub block: Block,
    pub zone: String,
    pub groups: Vec<String>,
    pub address: Option<Ipv4Addr>,
    pub ipv6: Wanted,
    pub wants_public: bool,
    pub delete_on_termination: bool,
    pub description: String,
}

/// What a request asks for, in its interface or beside it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'r> {
    pub subnet: Option<&'r str>,
    pub groups: &'r [String],
    pub address: Option<&'r str>,
    pub ipv6_count: Option<i64>,
    pub ipv6: &'r [Ipv6],
}

/// Where a request puts its instances.
pub(super) fn of(site: &Site, interfaces: &[InterfaceSpecification], beside: Asked) -> Result<Network, Refusal> {
    let Some(interface) = one_interface(interfaces)? else { return resolve(site, &beside, None) };
    nothing_beside(&beside)?;
    let asked = Asked {
        subnet: interface.subnet_id.as_deref(),
        groups: &interface.groups,
        address: interface.private_ip_address.as_deref(),
        ipv6_count: interface.ipv6_address_count,
        ipv6: &interface.ipv6_addresses,
    };
    resolve(site, &asked, Some(interface))
}

fn one_interface(interfaces: &[InterfaceSpecification]) -> Result<Option<&InterfaceSpecification>, Refusal> {
    if interfaces.len() > 1 {
        return Err(Refusal::beyond("launches with several network interfaces"));
    }
    match interfaces.first() {
        Some(InterfaceSpecification { device_index: None, .. }) => {
            Err(Refusal::invalid("Each network interface requires a device index."))
        }
        Some(InterfaceSpecification { device_index: Some(index), .. }) if *index != 0 => {
            Err(Refusal::invalid("A primary network interface (device index 0) must be specified."))
        }
        first => Ok(first),
    }
}

fn nothing_beside(asked: &Asked) -> Result<(), Refusal> {
    let beside = match asked {
        Asked { subnet: Some(_), .. } => "an instance-level subnet ID",
        Asked { groups: [_, ..], .. } => "an instance-level security groups",
        Asked { address: Some(_), .. } => "an instance-level private address",
        Asked { ipv6_count: Some(_), .. } | Asked { ipv6: [_, ..], .. } => "an instance-level IPv6 addresses",
        _ => return Ok(()),
    };
    let message = format!("Network interfaces and {beside} may not be specified on the same request");
    Err(Refusal::combination(message))
}

fn resolve(site: &Site, asked: &Asked, interface: Option<&InterfaceSpecification>) -> Result<Network, Refusal> {
    let Some(id) = asked.subnet else {
        return Err(Refusal::new("VPCIdNotSpecified", "No default VPC for this user"));
    };
    let subnet = site.region.subnets.find(id)?;
    Ok(Network {
        vpc: subnet.vpc.clone(),
        subnet: id.to_owned(),
        block: subnet.block,
        zone: subnet.zone.clone(),
        groups: groups_in(site, id, &subnet.vpc, asked.groups)?,
        address: asked.address.map(address).transpose()?,
        ipv6: Wanted::new(subnet, asked.ipv6_count, asked.ipv6)?,
        wants_public: interface.and_then(|given| given.associate_public_ip_address).unwrap_or(subnet.maps_public),
        delete_on_termination: interface.and_then(|given| given.delete_on_termination).unwrap_or(true),
        description: interface.and_then(|given| given.description.clone()).unwrap_or_default(),
    })
}

/// A private address in a request.
pub(super) fn address(text: &str) -> Result<Ipv4Addr, Refusal> {
    text.parse().map_err(|_| Refusal::value("privateIpAddress", text, "This is not a valid address."))
}

/// The refusal for an address that something has.
pub(super) fn in_use(address: impl Display) -> Refusal {
    Refusal::new("InvalidIPAddress.InUse", format!("Address {address} is in use."))
}

/// The addresses of a subnet that nothing has, in order.
pub(super) fn free_addresses(site: &Site, subnet: &str, block: Block) -> impl Iterator<Item = Ipv4Addr> + use<> {
    let mine = site.region.interfaces.iter().filter(|(_, interface)| interface.subnet == subnet);
    let taken: BTreeSet<Ipv4Addr> = mine.map(|(_, interface)| interface.address).collect();
    addresses::usable(block).filter(move |address| !taken.contains(address))
}

fn groups_in(site: &Site, subnet: &str, vpc: &str, asked: &[String]) -> Result<Vec<String>, Refusal> {
    for id in asked {
        if site.region.security_groups.find(id)?.vpc != vpc {
            let message = format!("Security group {id} and subnet {subnet} belong to different networks.");
            return Err(Refusal::new("InvalidParameter", message));
        }
    }
    groups::for_interface(site, vpc, asked)
}

/// Holds that instances of a launch can have an address that is asked for: it can be one instance only.
pub(super) fn check_address(block: Block, address: Ipv4Addr, count: usize) -> Result<(), Refusal> {
    if count > 1 {
        let message = "A private IP address can be specified only when launching a single instance.";
        return Err(Refusal::combination(message));
    }
    if !block.holds(address.into()) {
        return Err(Refusal::invalid("Address does not fall within the subnet's address range"));
    }
    if addresses::is_kept(block, address.into()) {
        return Err(Refusal::invalid(format!("Address {address} is in subnet's reserved address range")));
    }
    Ok(())
}
