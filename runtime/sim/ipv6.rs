//! The IPv6 addresses of new instances.

use super::addresses;
use super::ids;
use super::interfaces;
use super::network;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use super::subnet::Subnet;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use vpcc_core::call::Map;
use vpcc_core::net::Block;

/// An address in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Ipv6 {
    ipv6_address: String,
}

/// The addresses that an instance is to have.
#[derive(Debug)]
pub(super) enum Wanted {
    /// So many of a subnet's block.
    Any(Block, u64),
    These(Vec<Ipv6Addr>),
    None,
}

/// How many addresses an interface can have here; EC2 asks the instance type.
const MOST: i64 = 50;

impl Wanted {
    /// What a request asks for in a subnet; if it says nothing, the subnet decides.
    pub fn new(subnet: &Subnet, count: Option<i64>, these: &[Ipv6]) -> Result<Wanted, Refusal> {
        let count = match (count, these) {
            (Some(_), [_, ..]) => {
                let message = "Network interfaces can have either a count of IPv6 addresses or a list of them.";
                return Err(Refusal::combination(message));
            }
            (None, []) => i64::from(subnet.assigns_ipv6),
            (given, _) => given.unwrap_or_default(),
        };
        if count == 0 && these.is_empty() {
            return Ok(Wanted::None);
        }
        let Some(block) = subnet.ipv6_block() else {
            return Err(Refusal::invalid("The subnet has no IPv6 CIDR block."));
        };
        if !these.is_empty() {
            let these: Result<Vec<Ipv6Addr>, Refusal> = these.iter().map(|given| given.within(block)).collect();
            return these.map(Wanted::These);
        }
        let fits = u64::try_from(count).ok().filter(|_| count <= MOST);
        let wrong = || Refusal::value("ipv6AddressCount", count, "Expecting a value between 0 and 50.");
        fits.map(|count| Wanted::Any(block, count)).ok_or_else(wrong)
    }
}

impl Ipv6 {
    fn within(&self, block: Block) -> Result<Ipv6Addr, Refusal> {
        let text = self.ipv6_address.as_str();
        let address: Result<Ipv6Addr, _> = text.parse();
        let address = address.map_err(|_| Refusal::value("ipv6Address", text, "This is not a valid address."))?;
        if !block.holds(address.into()) {
            return Err(Refusal::invalid("Address does not fall within the subnet's address range"));
        }
        if addresses::is_kept(block, address.into()) {
            return Err(Refusal::invalid(format!("Address {address} is in subnet's reserved address range")));
        }
        Ok(address)
    }
}

/// `AssignIpv6Addresses`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Assign {
    network_interface_id: String,
    ipv6_address_count: Option<i64>,
    #[serde(default)]
    ipv6_addresses: Vec<String>,
}

/// `AssignIpv6Addresses`: so many of the subnet's block, or these, beside those that an interface has.
pub(super) fn assign(site: &mut Site, call: Assign) -> Reply {
    let id = call.network_interface_id.as_str();
    interfaces::check_owner(site, id)?;
    if call.ipv6_address_count.is_none() && call.ipv6_addresses.is_empty() {
        return Err(Refusal::missing("Ipv6AddressCount or Ipv6Addresses"));
    }
    let had = site.region.interfaces.find(id)?.ipv6.len();
    let subnet = site.region.subnets.find(&site.region.interfaces.find(id)?.subnet)?;
    let these: Vec<Ipv6> = call.ipv6_addresses.into_iter().map(|ipv6_address| Ipv6 { ipv6_address }).collect();
    let wanted = Wanted::new(subnet, call.ipv6_address_count, &these)?;
    check(site, &wanted, 1)?;
    let new = take(site, &wanted);
    if had + new.len() > MOST as usize {
        let message = format!("Interface {id} would exceed the number of IPv6 addresses that it can have.");
        return Err(Refusal::new("PrivateIpAddressLimitExceeded", message));
    }
    site.region.interfaces.find_mut(id)?.ipv6.extend(&new);
    let addresses = new.iter().map(Ipv6Addr::to_string).collect::<Vec<_>>();
    Ok(Map::new().with("NetworkInterfaceId", id).with("AssignedIpv6Addresses", addresses))
}

/// Holds that so many instances can have the addresses that are asked for.
pub(super) fn check(site: &Site, wanted: &Wanted, instances: usize) -> Result<(), Refusal> {
    let Wanted::These(these) = wanted else { return Ok(()) };
    if instances > 1 {
        let message = "IPv6 addresses can be specified only when launching a single instance.";
        return Err(Refusal::combination(message));
    }
    let mut seen = BTreeSet::new();
    let taken = these.iter().find(|address| !seen.insert(**address) || is_taken(site, **address));
    taken.map_or(Ok(()), |address| Err(network::in_use(address)))
}

fn is_taken(site: &Site, address: Ipv6Addr) -> bool {
    site.region.interfaces.iter().any(|(_, interface)| interface.ipv6.contains(&address))
}

/// The addresses of a new interface.
pub(super) fn take(site: &mut Site, wanted: &Wanted) -> Vec<Ipv6Addr> {
    match wanted {
        Wanted::None => Vec::new(),
        Wanted::These(these) => these.clone(),
        Wanted::Any(block, count) => (0..*count).filter_map(|_| any(site, *block)).collect(),
    }
}

/// An address of a block that looks random, as Amazon's do, and that nothing has.
fn any(site: &mut Site, block: Block) -> Option<Ipv6Addr> {
    loop {
        let count = site.region.count("ipv6-address");
        let digits = ids::digits(&format!("{} {block} {count}", site.region.name));
        let host = u64::from_str_radix(&digits, 16).ok()?;
        let IpAddr::V6(address) = block.at(u128::from(host))? else { return None };
        if !addresses::is_kept(block, address.into()) && !is_taken(site, address) {
            return Some(address);
        }
    }
}
