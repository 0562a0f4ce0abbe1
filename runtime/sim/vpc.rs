//! VPCs.

use super::addresses;
use super::answer::{self, Members};
use super::blocks::Association;
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::input::{Switch, just_one};
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use super::{acls, dhcp, flow_logs, gateways, groups, route_tables, vpc_blocks, vpn_gateways};
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// A VPC.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Vpc {
    #[serde(with = "addresses")]
    pub block: Block,
    /// The id of the association of that block.
    pub association: String,
    /// The blocks that came to it since, of both IP versions.
    #[serde(default)]
    pub associations: Vec<Association>,
    pub tenancy: String,
    /// The DHCP option set, or `default` for none at all.
    pub dhcp_options: String,
    pub dns_support: bool,
    pub dns_hostnames: bool,
    usage_metrics: bool,
    /// When it will be available; `None` once it is.
    pub pending_until: Option<Moment>,
    tags: Tags,
}

thing!(Vpc, ids::VPC);

impl Vpc {
    /// Whether what is in it has names that the internet knows (VPC User Guide, "DNS attributes").
    pub fn has_names(&self) -> bool {
        self.dns_support && self.dns_hostnames
    }

    /// The blocks that can be used.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        let more = self.associations.iter().filter(|association| association.is_there());
        [self.block].into_iter().chain(more.map(|association| association.block))
    }

    /// All its blocks, also those that come or go.
    pub fn held(&self) -> impl Iterator<Item = Block> {
        [self.block].into_iter().chain(self.associations.iter().map(|association| association.block))
    }
}

/// Ranges that no VPC can be in.
const REFUSED: [&str; 5] = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];

/// `CreateVpc`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    cidr_block: Option<String>,
    instance_tenancy: Option<String>,
    #[serde(default)]
    amazon_provided_ipv6_cidr_block: bool,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateVpc`: with it come a main route table, a default network ACL and a default security group (VPC User Guide).
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let Some(text) = call.cidr_block else {
        let message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
        return Err(Refusal::new("MissingParameter", message));
    };
    let block = block_of_vpc(&text)?;
    let tenancy = tenancy(call.instance_tenancy)?;
    let tags = tags::for_new(&call.tag_specifications, &ids::VPC)?;
    site.terms.quotas.hold(Quota::Vpcs, site.region.vpcs.len() + 1)?;
    let id = site.region.new_id(ids::VPC.prefix);
    let ipv6 = call.amazon_provided_ipv6_cidr_block.then(|| vpc_blocks::amazons(site));
    let vpc = Vpc {
        block,
        association: site.region.new_id(ids::BLOCK_ASSOCIATION.prefix),
        associations: ipv6.into_iter().collect(),
        tenancy,
        dhcp_options: dhcp::amazons(site),
        dns_support: true,
        dns_hostnames: false,
        usage_metrics: false,
        pending_until: Some(site.now.after(site.terms.timing.vpc)),
        tags,
    };
    site.region.vpcs.add(id.as_str(), vpc);
    route_tables::make_main(site, &id, block);
    acls::make_default(site, &id);
    groups::make_default(site, &id);
    Ok(Map::new().with("Vpc", view(site, &id, site.region.vpcs.find(&id)?)))
}

/// A block that a VPC can have.
pub(super) fn block_of_vpc(text: &str) -> Result<Block, Refusal> {
    let block = addresses::block_of(text, "cidrBlock")?;
    let refused =
        REFUSED.iter().filter_map(|text| addresses::block(text, Family::V4)).any(|other| other.overlaps(block));
    if refused || !(16..=28).contains(&block.prefix()) {
        return Err(Refusal::new("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")));
    }
    Ok(block)
}

fn tenancy(asked: Option<String>) -> Result<String, Refusal> {
    match asked.as_deref() {
        None | Some("default") => Ok("default".to_owned()),
        Some("dedicated") => Ok("dedicated".to_owned()),
        Some(other) => Err(Refusal::value("instanceTenancy", other, "Expected one of default, dedicated.")),
    }
}

/// `DeleteVpc`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    vpc_id: String,
}

/// `DeleteVpc`: takes what came with it, and only unlinks the DHCP options.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.vpc_id.as_str();
    site.region.vpcs.find(id)?;
    if has_dependents(site, id) {
        return Err(Refusal::depends("vpc", id));
    }
    let region = &mut *site.region;
    region.route_tables.retain(|table| table.vpc != id);
    region.network_acls.retain(|acl| acl.vpc != id);
    region.security_groups.retain(|group| group.vpc != id);
    flow_logs::forget(region, id);
    region.vpcs.remove(id);
    Ok(answer::nothing())
}

/// Whether anything is left in a VPC but what it came with (EC2 API Reference, "DeleteVpc").
fn has_dependents(site: &Site, id: &str) -> bool {
    let region = &*site.region;
    region.subnets.iter().any(|(_, subnet)| subnet.vpc == id)
        || gateways::is_on(region, id)
        || vpn_gateways::is_at(region, id)
        || region.peerings.iter().any(|(_, peering)| peering.is_active() && peering.joins(&region.name, id))
        || region.egress_gateways.iter().any(|(_, gateway)| gateway.vpc == id)
        || region.interfaces.iter().any(|(_, interface)| interface.vpc == id)
        || region.endpoints.iter().any(|(_, endpoint)| endpoint.vpc == id)
        || region.security_groups.iter().any(|(_, group)| group.vpc == id && !group.is_default())
        || region.route_tables.iter().any(|(_, table)| table.vpc == id && !table.is_main())
        || region.network_acls.iter().any(|(_, acl)| acl.vpc == id && !acl.is_default)
}

/// `ModifyVpcAttribute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    vpc_id: String,
    enable_dns_hostnames: Option<Switch>,
    enable_dns_support: Option<Switch>,
    enable_network_address_usage_metrics: Option<Switch>,
}

/// `ModifyVpcAttribute`: host names can be switched on only while the support is on.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    just_one(&[
        ("enableDnsHostnames", call.enable_dns_hostnames.is_some()),
        ("enableDnsSupport", call.enable_dns_support.is_some()),
        ("enableNetworkAddressUsageMetrics", call.enable_network_address_usage_metrics.is_some()),
    ])?;
    let vpc = site.region.vpcs.find_mut(&call.vpc_id)?;
    if let Some(Switch { value }) = call.enable_dns_hostnames {
        if value && !vpc.dns_support {
            let message = "DNS hostnames can be enabled only if DNS support is enabled for the VPC.";
            return Err(Refusal::invalid(message));
        }
        vpc.dns_hostnames = value;
    }
    if let Some(Switch { value }) = call.enable_dns_support {
        vpc.dns_support = value;
    }
    if let Some(Switch { value }) = call.enable_network_address_usage_metrics {
        vpc.usage_metrics = value;
    }
    Ok(answer::nothing())
}

/// `DescribeVpcAttribute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeAttribute {
    vpc_id: String,
    attribute: String,
}

/// `DescribeVpcAttribute`: one attribute a call.
pub(super) fn describe_attribute(site: &Site, call: DescribeAttribute) -> Reply {
    let vpc = site.region.vpcs.find(&call.vpc_id)?;
    let (name, value) = match call.attribute.as_str() {
        "enableDnsHostnames" => ("EnableDnsHostnames", vpc.dns_hostnames),
        "enableDnsSupport" => ("EnableDnsSupport", vpc.dns_support),
        "enableNetworkAddressUsageMetrics" => ("EnableNetworkAddressUsageMetrics", vpc.usage_metrics),
        other => return Err(Refusal::value("attribute", other, "")),
    };
    Ok(Map::new().with("VpcId", call.vpc_id.as_str()).with(name, Map::new().with("Value", value)))
}

/// `DescribeVpcs`.
pub(super) static VPCS: Listing = Listing {
    list: "Vpcs",
    ids: "VpcIds",
    kind: &ids::VPC,
    filters: &[
        ("cidr", "CidrBlock"),
        ("cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId"),
        ("cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"),
        ("cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State"),
        ("dhcp-options-id", "DhcpOptionsId"),
        ("ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"),
        ("ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"),
        ("ipv6-cidr-block-association.ipv6-pool", "Ipv6CidrBlockAssociationSet.Ipv6Pool"),
        ("ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"),
        ("is-default", "IsDefault"),
        ("owner-id", "OwnerId"),
        ("state", "State"),
        ("tag-key", "Tags.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.vpcs.iter().map(|(id, vpc)| Item::new(id, view(site, id, vpc))).collect(),
};

fn view(site: &Site, id: &str, vpc: &Vpc) -> Map {
    let block = vpc.block.to_string();
    let association = Map::new()
        .with("AssociationId", vpc.association.as_str())
        .with("CidrBlock", block.as_str())
        .with("CidrBlockState", Map::new().with("State", "associated"));
    let more = |family: Family| {
        let found = vpc.associations.iter().filter(move |association| association.block.family() == family);
        found.map(|association| vpc_blocks::view(site, association))
    };
    Map::new()
        .with("VpcId", id)
        .with("OwnerId", site.account)
        .with("State", if vpc.pending_until.is_some() { "pending" } else { "available" })
        .with("CidrBlock", block)
        .with_list("CidrBlockAssociationSet", [association].into_iter().chain(more(Family::V4)))
        .with_list("Ipv6CidrBlockAssociationSet", more(Family::V6))
        .with("DhcpOptionsId", vpc.dhcp_options.as_str())
        .with("InstanceTenancy", vpc.tenancy.as_str())
        .with("IsDefault", false)
        .with_tags(&vpc.tags)
}
