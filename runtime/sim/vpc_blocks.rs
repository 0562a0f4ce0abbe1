//! The blocks of a VPC beside its first one, and what comes with them: local routes and, with the first IPv6 block,
//! default rules that let IPv6 through.

use super::addresses;
use super::blocks::{AMAZONS, Association};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::Region;
use super::routes::Route;
use super::site::Site;
use super::time::Moment;
use super::vpc::{self, Vpc};
use super::{acl_entries, groups, peerings};
use serde::Deserialize;
use vpcc_core::call::Map;
use vpcc_core::check::catalogue;
use vpcc_core::net::{Block, Family};

/// `AssociateVpcCidrBlock`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Associate {
    vpc_id: String,
    cidr_block: Option<String>,
    amazon_provided_ipv6_cidr_block: Option<bool>,
}

/// `AssociateVpcCidrBlock`.
pub(super) fn associate(site: &mut Site, call: Associate) -> Reply {
    site.region.vpcs.find(&call.vpc_id)?;
    let (name, association) = match (call.cidr_block, call.amazon_provided_ipv6_cidr_block == Some(true)) {
        (Some(text), false) => {
            let block = vpc::block_of_vpc(&text)?;
            may_join(site, &call.vpc_id, block)?;
            ("CidrBlockAssociation", Association::begin(site, ids::BLOCK_ASSOCIATION.prefix, block))
        }
        (None, true) => ("Ipv6CidrBlockAssociation", amazons(site)),
        (None, false) => return Err(Refusal::missing("CidrBlock or AmazonProvidedIpv6CidrBlock")),
        (Some(_), true) => {
            return Err(Refusal::combination("Only one of cidrBlock, amazonProvidedIpv6CidrBlock can be given."));
        }
    };
    let family = association.block.family();
    let view = view(site, &association);
    site.region.vpcs.find_mut(&call.vpc_id)?.associations.push(association);
    hold_quota(site, &call.vpc_id, family)?;
    Ok(Map::new().with("VpcId", call.vpc_id).with(name, view))
}

fn hold_quota(site: &Site, id: &str, family: Family) -> Result<(), Refusal> {
    let vpc = site.region.vpcs.find(id)?;
    let count = vpc.associations.iter().filter(|association| association.block.family() == family).count();
    match family {
        Family::V4 => site.terms.quotas.hold(Quota::Blocks, count + 1),
        Family::V6 => site.terms.quotas.hold(Quota::Ipv6Blocks, count),
    }
}

/// A new IPv6 block of Amazon's, as a part of 2600:1f00::/24: the region's place in the catalogue, then a number.
pub(super) fn amazons(site: &mut Site) -> Association {
    let place = catalogue::regions().position(|name| name == site.region.name).unwrap_or_default();
    let count = site.region.count("ipv6-block");
    let number = 0x2600_1f00_u128 << 96 | (place as u128 & 0xff) << 96 | (u128::from(count) & 0xff_ffff) << 72;
    Association::begin(site, ids::BLOCK_ASSOCIATION.prefix, Block::around(Family::V6.address(number), AMAZONS))
}

/// The private ranges of RFC 1918, and one that is for tests of network devices.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const TESTS: &str = "198.19.0.0/16";
/// Where a VPC has a block within the first, it can have none from the second.
const APART: [(&str, &str); 2] = [("10.0.0.0/15", "10.0.0.0/16"), ("172.16.0.0/12", "172.31.0.0/16")];

/// Holds that a VPC can have a block as well (VPC User Guide, "VPC CIDR blocks").
fn may_join(site: &Site, id: &str, block: Block) -> Result<(), Refusal> {
    let vpc = site.region.vpcs.find(id)?;
    let range = |message: String| Err(Refusal::new("InvalidVpc.Range", message));
    if vpc.held().any(|other| other.overlaps(block)) {
        return range(format!("The CIDR '{block}' conflicts with another CIDR of the VPC."));
    }
    if peerings::peers(site, id).into_iter().any(|peer| peer.held().any(|other| other.overlaps(block))) {
        return range(format!("The CIDR '{block}' overlaps with a VPC that this one has a peering connection with."));
    }
    if is_restricted(vpc, block) {
        return range(format!(
            "The CIDR '{block}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, \
             or use a publicly-routable CIDR."
        ));
    }
    let mut tables = site.region.route_tables.iter().filter(|(_, table)| table.vpc == id);
    if tables.any(|(_, table)| table.routes.iter().any(|route| block.contains(route.destination))) {
        return range(format!("The CIDR '{block}' is equal to or larger than the destination of a route in the VPC."));
    }
    Ok(())
}

fn is_restricted(vpc: &Vpc, block: Block) -> bool {
    let range = |text: &str| addresses::block(text, Family::V4);
    let meets = |text: &str| range(text).is_some_and(|range| range.overlaps(block));
    let is_home = |text: &str| range(text).is_some_and(|range| range.contains(vpc.block));
    let within = |text: &str| range(text).is_some_and(|range| vpc.held().any(|held| range.contains(held)));
    PRIVATE.iter().chain([&TESTS]).any(|text| meets(text) && !is_home(text))
        || APART.iter().any(|(first, second)| within(first) && meets(second))
}

/// `DisassociateVpcCidrBlock`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Disassociate {
    association_id: String,
}

/// `DisassociateVpcCidrBlock`: refused while a subnet has a part of the block, and of the first one.
pub(super) fn disassociate(site: &mut Site, call: Disassociate) -> Reply {
    let id = call.association_id.as_str();
    let until = site.now.after(site.terms.timing.block);
    let (vpc_id, block) = named(site, id)?;
    let mut subnets = site.region.subnets.iter().filter(|(_, subnet)| subnet.vpc == vpc_id);
    if subnets.any(|(_, subnet)| subnet.blocks().any(|part| block.contains(part))) {
        let message = format!("The vpc {vpc_id} currently has a subnet within CIDR block {block}");
        return Err(Refusal::new("InvalidCidrBlock.InUse", message));
    }
    let mut views = Vec::new();
    let vpc = site.region.vpcs.find_mut(&vpc_id)?;
    for association in vpc.associations.iter_mut().filter(|association| association.id == id) {
        association.end(until);
        views.push(association.clone());
    }
    for (_, table) in site.region.route_tables.iter_mut().filter(|(_, table)| table.vpc == vpc_id) {
        table.routes.retain(|route| route.destination != block);
    }
    let name = match block.family() {
        Family::V4 => "CidrBlockAssociation",
        Family::V6 => "Ipv6CidrBlockAssociation",
    };
    let view = views.first().map(|association| view(site, association));
    Ok(Map::new().with("VpcId", vpc_id).with_some(name, view))
}

/// The VPC and the block of an association.
fn named(site: &Site, id: &str) -> Result<(String, Block), Refusal> {
    ids::BLOCK_ASSOCIATION.check(id)?;
    for (vpc_id, vpc) in site.region.vpcs.iter() {
        if vpc.association == id {
            let message = format!(
                "The vpc CIDR block with association ID {id} may not be disassociated. \
                 It is the primary IPv4 CIDR block of the VPC"
            );
            return Err(Refusal::new("OperationNotPermitted", message));
        }
        if let Some(found) = vpc.associations.iter().find(|association| association.id == id) {
            return Ok((vpc_id.to_owned(), found.block));
        }
    }
    Err(ids::BLOCK_ASSOCIATION.absent(id))
}

/// An association as EC2 tells it.
pub(super) fn view(site: &Site, association: &Association) -> Map {
    match association.block.family() {
        Family::V4 => association.view(),
        Family::V6 => {
            association.view().with("Ipv6Pool", "Amazon").with("NetworkBorderGroup", site.region.name.as_str())
        }
    }
}

/// Takes blocks of VPCs into their next phases where that is due; gives how many changed.
pub(super) fn settle(region: &mut Region, now: Moment) -> usize {
    let (mut came, mut changed) = (Vec::new(), 0);
    for (id, vpc) in region.vpcs.iter_mut() {
        let new = vpc.associations.iter_mut().filter_map(|found| found.settle(now).then_some(found.block));
        came.extend(new.map(|block| (id.to_owned(), block)));
        let before = vpc.associations.len();
        vpc.associations.retain(|association| !association.is_gone(now));
        changed += before - vpc.associations.len();
    }
    for (vpc, block) in &came {
        for (_, table) in region.route_tables.iter_mut().filter(|(_, table)| table.vpc == *vpc) {
            table.routes.push(Route::local(*block));
        }
        if block.family() == Family::V6 {
            groups::let_ipv6_out(region, vpc);
            acl_entries::let_ipv6_through(region, vpc);
        }
    }
    changed + came.len()
}
