//! Network ACLs, and which subnets they are on. Their entries are in [`acl_entries`](super::acl_entries).

use super::acl_entries::{self, Entry};
use super::answer::{self, Members};
use super::describe::{self, Item, Listing, Pages};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::Family;

/// A network ACL. Which subnets it is on stands with the subnets, so that each of them has one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NetworkAcl {
    pub vpc: String,
    pub is_default: bool,
    pub entries: Vec<Entry>,
    tags: Tags,
}

thing!(NetworkAcl, ids::NETWORK_ACL);

/// Makes the default network ACL of a VPC, which lets everything through (VPC User Guide, "Network ACLs").
pub(super) fn make_default(site: &mut Site, vpc: &str) {
    let id = site.region.new_id(ids::NETWORK_ACL.prefix);
    let entries = acl_entries::everything_through();
    site.region.network_acls.add(id, NetworkAcl { vpc: vpc.to_owned(), is_default: true, entries, tags: Tags::new() });
}

/// The default network ACL of a VPC.
pub(super) fn default_of(site: &Site, vpc: &str) -> String {
    let mut acls = site.region.network_acls.iter();
    acls.find(|(_, acl)| acl.vpc == vpc && acl.is_default).map(|(id, _)| id.to_owned()).unwrap_or_default()
}

/// `CreateNetworkAcl`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    vpc_id: String,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateNetworkAcl`: a new one lets nothing through.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, acl)) = made.and_then(|id| site.region.network_acls.get(&id).map(|acl| (id, acl))) {
        return Ok(created(site, &id, acl, call.client_token));
    }
    let has_ipv6 = site.region.vpcs.find(&call.vpc_id)?.blocks().any(|block| block.family() == Family::V6);
    let tags = tags::for_new(&call.tag_specifications, &ids::NETWORK_ACL)?;
    let siblings = site.region.network_acls.iter().filter(|(_, acl)| acl.vpc == call.vpc_id).count();
    site.terms.quotas.hold(Quota::NetworkAcls, siblings + 1)?;
    let id = site.region.new_id(ids::NETWORK_ACL.prefix);
    let acl = NetworkAcl { vpc: call.vpc_id, is_default: false, entries: acl_entries::nothing_through(has_ipv6), tags };
    let answer = created(site, &id, &acl, call.client_token);
    site.region.network_acls.add(id.as_str(), acl);
    token.remember(site, &id);
    Ok(answer)
}

fn created(site: &Site, id: &str, acl: &NetworkAcl, token: Option<String>) -> Map {
    Map::new().with("NetworkAcl", view(site, id, acl)).with_some("ClientToken", token)
}

/// `DeleteNetworkAcl`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    network_acl_id: String,
}

/// `DeleteNetworkAcl`: refused while it is on a subnet, and of the default one.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.network_acl_id.as_str();
    if site.region.network_acls.find(id)?.is_default {
        return Err(Refusal::invalid(format!("cannot delete default network ACL {id}")));
    }
    if site.region.subnets.iter().any(|(_, subnet)| subnet.acl == id) {
        return Err(Refusal::depends("networkAcl", id));
    }
    site.region.network_acls.remove(id);
    Ok(answer::nothing())
}

/// `ReplaceNetworkAclAssociation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ReplaceAssociation {
    association_id: String,
    network_acl_id: String,
}

/// `ReplaceNetworkAclAssociation`: puts another ACL on a subnet, which gives a new association.
pub(super) fn replace_association(site: &mut Site, call: ReplaceAssociation) -> Reply {
    let association = call.association_id.as_str();
    ids::ACL_ASSOCIATION.check(association)?;
    let vpc = site.region.network_acls.find(&call.network_acl_id)?.vpc.clone();
    let new = site.region.new_id(ids::ACL_ASSOCIATION.prefix);
    let found = site.region.subnets.iter_mut().find(|(_, subnet)| subnet.acl_association == association);
    let (id, subnet) = found.ok_or_else(|| ids::ACL_ASSOCIATION.absent(association))?;
    if subnet.vpc != vpc {
        let message = format!("Network ACL {} and subnet {id} belong to different networks", call.network_acl_id);
        return Err(Refusal::invalid(message));
    }
    subnet.acl = call.network_acl_id;
    subnet.acl_association.clone_from(&new);
    Ok(Map::new().with("NewAssociationId", new))
}

/// `DescribeNetworkAcls`.
pub(super) static NETWORK_ACLS: Listing = Listing {
    list: "NetworkAcls",
    ids: "NetworkAclIds",
    kind: &ids::NETWORK_ACL,
    filters: &[
        ("association.association-id", "Associations.NetworkAclAssociationId"),
        ("association.network-acl-id", "Associations.NetworkAclId"),
        ("association.subnet-id", "Associations.SubnetId"),
        ("default", "IsDefault"),
        ("entry.cidr", "Entries.CidrBlock"),
        ("entry.egress", "Entries.Egress"),
        ("entry.icmp.code", "Entries.IcmpTypeCode.Code"),
        ("entry.icmp.type", "Entries.IcmpTypeCode.Type"),
        ("entry.ipv6-cidr", "Entries.Ipv6CidrBlock"),
        ("entry.port-range.from", "Entries.PortRange.From"),
        ("entry.port-range.to", "Entries.PortRange.To"),
        ("entry.protocol", "Entries.Protocol"),
        ("entry.rule-action", "Entries.RuleAction"),
        ("entry.rule-number", "Entries.RuleNumber"),
        ("network-acl-id", "NetworkAclId"),
        ("owner-id", "OwnerId"),
        ("tag-key", "Tags.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::USUAL,
    items: |site| {
        let all = site.region.network_acls.iter();
        let sought = all.filter(|(id, acl)| !describe::leaves_out(site, "network-acl-id", id, &acl.tags));
        sought.map(|(id, acl)| Item::new(id, view(site, id, acl))).collect()
    },
};

fn view(site: &Site, id: &str, acl: &NetworkAcl) -> Map {
    let subnets = site.region.subnets.iter().filter(|(_, subnet)| subnet.acl == id);
    let associations = subnets.map(|(subnet_id, subnet)| {
        Map::new()
            .with("NetworkAclAssociationId", subnet.acl_association.as_str())
            .with("NetworkAclId", id)
            .with("SubnetId", subnet_id)
    });
    Map::new()
        .with("NetworkAclId", id)
        .with("OwnerId", site.account)
        .with("VpcId", acl.vpc.as_str())
        .with("IsDefault", acl.is_default)
        .with_list("Associations", associations)
        .with_list("Entries", acl.entries.iter().map(Entry::view))
        .with_tags(&acl.tags)
}
