//! Network ACLs: the default one of each VPC.

use super::addresses;
use super::answer::Members;
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::region::thing;
use super::site::Site;
use super::tags::Tags;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// A network ACL. Which subnets it is on stands with the subnets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NetworkAcl {
    pub vpc: String,
    pub is_default: bool,
    entries: Vec<Entry>,
    tags: Tags,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    number: u16,
    egress: bool,
    action: String,
    protocol: String,
    #[serde(with = "addresses")]
    block: Block,
}

thing!(NetworkAcl, ids::NETWORK_ACL);

/// Makes the default network ACL of a VPC, which lets everything through (VPC User Guide, "Network ACLs").
pub(super) fn make_default(site: &mut Site, vpc: &str) {
    let id = site.region.new_id(ids::NETWORK_ACL.prefix);
    let mut entries = Vec::new();
    for egress in [true, false] {
        for (number, action) in [(100, "allow"), (32_767, "deny")] {
            let block = Block::all(Family::V4);
            entries.push(Entry { number, egress, action: action.to_owned(), protocol: "-1".to_owned(), block });
        }
    }
    site.region.network_acls.add(id, NetworkAcl { vpc: vpc.to_owned(), is_default: true, entries, tags: Tags::new() });
}

/// The default network ACL of a VPC.
pub(super) fn default_of(site: &Site, vpc: &str) -> String {
    let mut acls = site.region.network_acls.iter();
    acls.find(|(_, acl)| acl.vpc == vpc && acl.is_default).map(|(id, _)| id.to_owned()).unwrap_or_default()
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
    items: |site| site.region.network_acls.iter().map(|(id, acl)| Item::new(id, view(site, id, acl))).collect(),
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
        .with_list("Entries", acl.entries.iter().map(entry))
        .with_tags(&acl.tags)
}

fn entry(entry: &Entry) -> Map {
    Map::new()
        .with("RuleNumber", i32::from(entry.number))
        .with("Egress", entry.egress)
        .with("RuleAction", entry.action.as_str())
        .with("Protocol", entry.protocol.as_str())
        .with("CidrBlock", entry.block.to_string())
}
