//! Subnets.

use super::acls;
use super::addresses::{self, KEPT};
use super::answer::{self, Members};
use super::blocks::Association;
use super::describe::{self, Item, Listing, Pages};
use super::flow_logs;
use super::ids;
use super::input::{Switch, just_one};
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::regions;
use super::site::Site;
use super::subnet_blocks;
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::Block;

/// A subnet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Subnet {
    pub vpc: String,
    #[serde(with = "addresses")]
    pub block: Block,
    #[serde(default)]
    pub ipv6: Option<Association>,
    /// Whether what is launched into it gets an IPv6 address unless it asks for none.
    #[serde(default)]
    pub assigns_ipv6: bool,
    /// `eu-central-1a`.
    pub zone: String,
    /// Whether what is launched into it gets a public address unless it asks for none.
    pub maps_public: bool,
    /// Its network ACL, and the id of that association.
    pub acl: String,
    pub acl_association: String,
    /// When it will be available; `None` once it is.
    pub pending_until: Option<Moment>,
    tags: Tags,
}

thing!(Subnet, ids::SUBNET);

impl Subnet {
    /// Its blocks of both IP versions.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        [self.block].into_iter().chain(self.ipv6.iter().map(|association| association.block))
    }

    /// Its IPv6 block, if it has one that can be used.
    pub fn ipv6_block(&self) -> Option<Block> {
        self.ipv6.as_ref().filter(|association| association.is_there()).map(|association| association.block)
    }
}

/// `CreateSubnet`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    vpc_id: String,
    cidr_block: Option<String>,
    ipv6_cidr_block: Option<String>,
    availability_zone: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateSubnet`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    site.region.vpcs.find(&call.vpc_id)?;
    let Some(text) = call.cidr_block else {
        let message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
        return Err(Refusal::new("MissingParameter", message));
    };
    let block = block_in(site, &call.vpc_id, &text)?;
    let ipv6 = call.ipv6_cidr_block.map(|text| subnet_blocks::block_in(site, &call.vpc_id, &text)).transpose()?;
    let zone = zone(&site.region.name, call.availability_zone)?;
    let tags = tags::for_new(&call.tag_specifications, &ids::SUBNET)?;
    let siblings = site.region.subnets.iter().filter(|(_, subnet)| subnet.vpc == call.vpc_id).count();
    site.terms.quotas.hold(Quota::Subnets, siblings + 1)?;
    let id = site.region.new_id(ids::SUBNET.prefix);
    let subnet = Subnet {
        acl: acls::default_of(site, &call.vpc_id),
        acl_association: site.region.new_id(ids::ACL_ASSOCIATION.prefix),
        vpc: call.vpc_id,
        block,
        ipv6: ipv6.map(|block| Association::new(site.region, ids::SUBNET_BLOCK_ASSOCIATION.prefix, block)),
        assigns_ipv6: false,
        zone,
        maps_public: false,
        pending_until: Some(site.now.after(site.terms.timing.subnet)),
        tags,
    };
    let answer = Map::new().with("Subnet", view(site, &id, &subnet));
    site.region.subnets.add(id, subnet);
    Ok(answer)
}

/// The block of a new subnet: within one of its VPC's, from /16 to /28, and apart from all others.
fn block_in(site: &Site, vpc: &str, text: &str) -> Result<Block, Refusal> {
    let block = addresses::block_of(text, "cidrBlock")?;
    let has_room = site.region.vpcs.find(vpc)?.blocks().any(|room| room.contains(block));
    if !(16..=28).contains(&block.prefix()) || !has_room {
        return Err(Refusal::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let mut siblings = site.region.subnets.iter().filter(|(_, subnet)| subnet.vpc == vpc);
    if siblings.any(|(_, subnet)| subnet.block.overlaps(block)) {
        return Err(Refusal::new("InvalidSubnet.Conflict", format!("The CIDR '{text}' conflicts with another subnet")));
    }
    Ok(block)
}

/// The zone of a new subnet; the region's first one if none is asked for.
fn zone(region: &str, asked: Option<String>) -> Result<String, Refusal> {
    let zones = regions::zones(region);
    let Some(asked) = asked else { return Ok(zones.into_iter().next().unwrap_or_default()) };
    if zones.contains(&asked) {
        return Ok(asked);
    }
    let why =
        format!("Subnets can currently only be created in the following availability zones: {}.", zones.join(", "));
    Err(Refusal::value("availabilityZone", asked, &why))
}

/// `DeleteSubnet`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    subnet_id: String,
}

/// `DeleteSubnet`: refused while an interface is in it. Its associations go with it.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.subnet_id.as_str();
    site.region.subnets.find(id)?;
    if site.region.interfaces.iter().any(|(_, interface)| interface.subnet == id) {
        return Err(Refusal::depends("subnet", id));
    }
    for (_, table) in site.region.route_tables.iter_mut() {
        table.associations.retain(|association| association.subnet.as_deref() != Some(id));
    }
    flow_logs::forget(site.region, id);
    site.region.subnets.remove(id);
    Ok(answer::nothing())
}

/// `ModifySubnetAttribute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    subnet_id: String,
    assign_ipv6_address_on_creation: Option<Switch>,
    map_public_ip_on_launch: Option<Switch>,
}

/// `ModifySubnetAttribute`: one attribute a call.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    let subnet = site.region.subnets.find_mut(&call.subnet_id)?;
    just_one(&[
        ("assignIpv6AddressOnCreation", call.assign_ipv6_address_on_creation.is_some()),
        ("mapPublicIpOnLaunch", call.map_public_ip_on_launch.is_some()),
    ])?;
    if let Some(Switch { value }) = call.map_public_ip_on_launch {
        subnet.maps_public = value;
    }
    if let Some(Switch { value }) = call.assign_ipv6_address_on_creation {
        if value && subnet.ipv6_block().is_none() {
            let why = "The subnet has no IPv6 CIDR block.";
            return Err(Refusal::value("assignIpv6AddressOnCreation", value, why));
        }
        subnet.assigns_ipv6 = value;
    }
    Ok(answer::nothing())
}

/// `DescribeSubnets`.
pub(super) static SUBNETS: Listing = Listing {
    list: "Subnets",
    ids: "SubnetIds",
    kind: &ids::SUBNET,
    filters: &[
        ("availability-zone", "AvailabilityZone"),
        ("availability-zone-id", "AvailabilityZoneId"),
        ("available-ip-address-count", "AvailableIpAddressCount"),
        ("cidr", "CidrBlock"),
        ("cidr-block", "CidrBlock"),
        ("customer-owned-ipv4-pool", "CustomerOwnedIpv4Pool"),
        ("default-for-az", "DefaultForAz"),
        ("enable-dns64", "EnableDns64"),
        ("enable-lni-at-device-index", "EnableLniAtDeviceIndex"),
        ("ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"),
        ("ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"),
        ("ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"),
        ("ipv6-native", "Ipv6Native"),
        ("map-customer-owned-ip-on-launch", "MapCustomerOwnedIpOnLaunch"),
        ("map-public-ip-on-launch", "MapPublicIpOnLaunch"),
        ("outpost-arn", "OutpostArn"),
        ("owner-id", "OwnerId"),
        (
            "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
            "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
        ),
        (
            "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
            "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
        ),
        ("private-dns-name-options-on-launch.hostname-type", "PrivateDnsNameOptionsOnLaunch.HostnameType"),
        ("state", "State"),
        ("subnet-arn", "SubnetArn"),
        ("subnet-id", "SubnetId"),
        ("tag-key", "Tags.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::USUAL,
    items: |site| {
        let all = site.region.subnets.iter();
        let sought = all.filter(|(id, subnet)| !describe::leaves_out(site, "subnet-id", id, &subnet.tags));
        sought.map(|(id, subnet)| Item::new(id, view(site, id, subnet))).collect()
    },
};

fn view(site: &Site, id: &str, subnet: &Subnet) -> Map {
    Map::new()
        .with("SubnetId", id)
        .with("SubnetArn", site.arn("subnet", id))
        .with("OwnerId", site.account)
        .with("VpcId", subnet.vpc.as_str())
        .with("State", if subnet.pending_until.is_some() { "pending" } else { "available" })
        .with("CidrBlock", subnet.block.to_string())
        .with_list("Ipv6CidrBlockAssociationSet", subnet.ipv6.iter().map(Association::view))
        .with("AvailabilityZone", subnet.zone.as_str())
        .with("AvailabilityZoneId", regions::zone_id(&subnet.zone))
        .with("AvailableIpAddressCount", free(site, id, subnet.block))
        .with("MapPublicIpOnLaunch", subnet.maps_public)
        .with("AssignIpv6AddressOnCreation", subnet.assigns_ipv6)
        .with("DefaultForAz", false)
        .with("EnableDns64", false)
        .with("Ipv6Native", false)
        .with_tags(&subnet.tags)
}

/// How many addresses are free.
fn free(site: &Site, id: &str, block: Block) -> i64 {
    let taken = site.region.interfaces.iter().filter(|(_, interface)| interface.subnet == id).count();
    let usable = (block.span() + 1).saturating_sub(KEPT);
    i64::try_from(usable).unwrap_or(i64::MAX).saturating_sub(i64::try_from(taken).unwrap_or(i64::MAX))
}
