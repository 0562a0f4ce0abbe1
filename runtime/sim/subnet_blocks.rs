//! The IPv6 blocks of subnets, of which each has one at most.

use super::addresses;
use super::blocks::Association;
use super::ids;
use super::refusal::{Refusal, Reply};
use super::region::Region;
use super::site::Site;
use super::time::Moment;
use serde::Deserialize;
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// The size of a subnet's IPv6 block.
const SIZE: u8 = 64;

/// The IPv6 block that a request gives to a subnet of a VPC: within one of the VPC's, and apart from all others.
pub(super) fn block_in(site: &Site, vpc_id: &str, text: &str) -> Result<Block, Refusal> {
    let block = addresses::block(text, Family::V6)
        .ok_or_else(|| Refusal::value("ipv6CidrBlock", text, "This is not a valid IPv6 CIDR block."))?;
    if block.prefix() != SIZE || !site.region.vpcs.find(vpc_id)?.blocks().any(|room| room.contains(block)) {
        return Err(Refusal::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let mut siblings = site.region.subnets.iter().filter(|(_, subnet)| subnet.vpc == vpc_id);
    if siblings.any(|(_, subnet)| subnet.blocks().any(|other| other.overlaps(block))) {
        return Err(Refusal::new("InvalidSubnet.Conflict", format!("The CIDR '{text}' conflicts with another subnet")));
    }
    Ok(block)
}

/// `AssociateSubnetCidrBlock`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Associate {
    subnet_id: String,
    ipv6_cidr_block: Option<String>,
}

/// `AssociateSubnetCidrBlock`.
pub(super) fn associate(site: &mut Site, call: Associate) -> Reply {
    let subnet = site.region.subnets.find(&call.subnet_id)?;
    let text = call.ipv6_cidr_block.ok_or_else(|| Refusal::missing("Ipv6CidrBlock"))?;
    if let Some(other) = &subnet.ipv6 {
        let message = format!("The subnet '{}' already has an IPv6 CIDR block: {}", call.subnet_id, other.block);
        return Err(Refusal::invalid(message));
    }
    let block = block_in(site, &subnet.vpc, &text)?;
    let association = Association::begin(site, ids::SUBNET_BLOCK_ASSOCIATION.prefix, block);
    let answer = answer(&call.subnet_id, &association);
    site.region.subnets.find_mut(&call.subnet_id)?.ipv6 = Some(association);
    Ok(answer)
}

fn answer(subnet: &str, association: &Association) -> Map {
    Map::new().with("SubnetId", subnet).with("Ipv6CidrBlockAssociation", association.view())
}

/// `DisassociateSubnetCidrBlock`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Disassociate {
    association_id: String,
}

/// `DisassociateSubnetCidrBlock`: refused while an interface has an address of the block, or new ones are to have one.
pub(super) fn disassociate(site: &mut Site, call: Disassociate) -> Reply {
    let id = call.association_id.as_str();
    ids::SUBNET_BLOCK_ASSOCIATION.check(id)?;
    let until = site.now.after(site.terms.timing.block);
    let in_use: Vec<String> = site.region.interfaces.iter().flat_map(|(_, found)| using(found)).collect();
    let region = &mut *site.region;
    let with_it = |ipv6: &&mut Association| ipv6.id == id;
    for (subnet_id, subnet) in region.subnets.iter_mut() {
        let Some(association) = subnet.ipv6.as_mut().filter(with_it) else { continue };
        if in_use.iter().any(|used| used == subnet_id) || subnet.assigns_ipv6 {
            let message = format!("The subnet {subnet_id} currently uses CIDR block {}", association.block);
            return Err(Refusal::new("InvalidCidrBlock.InUse", message));
        }
        association.end(until);
        return Ok(answer(subnet_id, association));
    }
    Err(ids::SUBNET_BLOCK_ASSOCIATION.absent(id))
}

fn using(interface: &super::interfaces::Interface) -> Option<String> {
    (!interface.ipv6.is_empty()).then(|| interface.subnet.clone())
}

/// Takes IPv6 blocks of subnets into their next phases where that is due; gives how many changed.
pub(super) fn settle(region: &mut Region, now: Moment) -> usize {
    let mut changed = 0;
    for (_, subnet) in region.subnets.iter_mut() {
        changed += usize::from(subnet.ipv6.as_mut().is_some_and(|association| association.settle(now)));
        changed += usize::from(subnet.ipv6.take_if(|association| association.is_gone(now)).is_some());
    }
    changed
}
