//! Network ACLs: the default one of each VPC.

use super::addresses;
use super::answer::Members;
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::region::{Region, thing};
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

impl Entry {
    /// The entry of a number and an action for all traffic of an IP version.
    fn all((number, action): (u16, &str), egress: bool, family: Family) -> Entry {
        Entry { number, egress, action: action.to_owned(), protocol: "-1".to_owned(), block: Block::all(family) }
    }
}

/// Makes the default network ACL of a VPC, which lets everything through (VPC User Guide, "Network ACLs").
pub(super) fn make_default(site: &mut Site, vpc: &str) {
    let id = site.region.new_id(ids::NETWORK_ACL.prefix);
    let mut entries = Vec::new();
    for egress in [true, false] {
        entries.extend([(100, "allow"), (32_767, "deny")].map(|given| Entry::all(given, egress, Family::V4)));
    }
    site.region.network_acls.add(id, NetworkAcl { vpc: vpc.to_owned(), is_default: true, entries, tags: Tags::new() });
}

/// Adds entries for IPv6 to the ACLs of a VPC that now has it: the last one to all, and one that lets it through to those
/// that let everything through (VPC User Guide, "Network ACLs").
pub(super) fn let_ipv6_through(region: &mut Region, vpc: &str) {
    for (_, acl) in region.network_acls.iter_mut().filter(|(_, acl)| acl.vpc == vpc) {
        if acl.entries.iter().any(|entry| entry.number == LAST_IPV6) {
            continue;
        }
        let numbers: Vec<u16> = acl.entries.iter().map(|entry| entry.number).collect();
        let untouched = acl.is_default && numbers == [100, 32_767, 100, 32_767];
        for egress in [true, false] {
            let through = untouched.then(|| Entry::all((101, "allow"), egress, Family::V6));
            acl.entries.extend(through.into_iter().chain([Entry::all((LAST_IPV6, "deny"), egress, Family::V6)]));
        }
    }
}

/// The number of the last entry for IPv6, which denies.
const LAST_IPV6: u16 = 32_768;

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
    let block = match entry.block.family() {
        Family::V4 => "CidrBlock",
        Family::V6 => "Ipv6CidrBlock",
    };
    Map::new()
        .with("RuleNumber", i32::from(entry.number))
        .with("Egress", entry.egress)
        .with("RuleAction", entry.action.as_str())
        .with("Protocol", entry.protocol.as_str())
        .with(block, entry.block.to_string())
}
