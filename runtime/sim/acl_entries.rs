//! The entries of network ACLs: what they are, and the actions on them.
//!
//! An entry is known by its number and its direction. Protocols are numbers here, not names as in security groups (EC2
//! API Reference, "CreateNetworkAclEntry").

use super::addresses;
use super::answer;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::Region;
use super::site::Site;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// An entry of a network ACL.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    number: i64,
    egress: bool,
    action: String,
    /// A number, or `-1` for all.
    protocol: String,
    #[serde(with = "addresses")]
    block: Block,
    ports: Option<PortRange>,
    icmp: Option<IcmpTypeCode>,
}

/// Ports, from the first to the last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PortRange {
    from: i64,
    to: i64,
}

/// What kind of ICMP message, -1 for all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IcmpTypeCode {
    r#type: i64,
    code: i64,
}

/// The numbers that an entry can have; those above are of the entries that every ACL ends with.
const NUMBERS: RangeInclusive<i64> = 1..=32_766;

/// The number of the entry that every ACL ends with.
const LAST: i64 = 32_767;

/// The number of the last entry for IPv6.
const LAST_IPV6: i64 = 32_768;

impl Entry {
    /// The entry of a number and an action for all traffic of an IP version.
    fn all((number, action): (i64, &str), egress: bool, family: Family) -> Entry {
        let (action, protocol, block) = (action.to_owned(), "-1".to_owned(), Block::all(family));
        Entry { number, egress, action, protocol, block, ports: None, icmp: None }
    }

    fn is_at(&self, number: i64, egress: bool) -> bool {
        self.number == number && self.egress == egress
    }

    /// As EC2 tells it.
    pub fn view(&self) -> Map {
        let name = if self.block.family() == Family::V4 { "CidrBlock" } else { "Ipv6CidrBlock" };
        let ports = self.ports.as_ref().map(|ports| Map::new().with("From", ports.from).with("To", ports.to));
        let icmp = self.icmp.as_ref().map(|icmp| Map::new().with("Type", icmp.r#type).with("Code", icmp.code));
        Map::new()
            .with("RuleNumber", self.number)
            .with("Egress", self.egress)
            .with("RuleAction", self.action.as_str())
            .with("Protocol", self.protocol.as_str())
            .with(name, self.block.to_string())
            .with_some("PortRange", ports)
            .with_some("IcmpTypeCode", icmp)
    }
}

/// The entries of a new ACL: nothing goes through (VPC User Guide, "Network ACLs").
pub(super) fn nothing_through(ipv6: bool) -> Vec<Entry> {
    let last = |egress| ipv6.then(|| Entry::all((LAST_IPV6, "deny"), egress, Family::V6));
    both_ways(&[(LAST, "deny")]).into_iter().chain([true, false].into_iter().filter_map(last)).collect()
}

/// The entries of a VPC's default ACL: everything goes through (VPC User Guide, "Network ACLs").
pub(super) fn everything_through() -> Vec<Entry> {
    both_ways(&[(100, "allow"), (LAST, "deny")])
}

fn both_ways(given: &[(i64, &str)]) -> Vec<Entry> {
    let one_way = |egress| given.iter().map(move |given| Entry::all(*given, egress, Family::V4));
    one_way(true).chain(one_way(false)).collect()
}

/// Adds entries for IPv6 to the ACLs of a VPC that now has it: the last one to all, and one that lets it through to those
/// that let everything through (VPC User Guide, "Network ACLs").
pub(super) fn let_ipv6_through(region: &mut Region, vpc: &str) {
    for (_, acl) in region.network_acls.iter_mut().filter(|(_, acl)| acl.vpc == vpc) {
        if acl.entries.iter().any(|entry| entry.number == LAST_IPV6) {
            continue;
        }
        let numbers: Vec<i64> = acl.entries.iter().map(|entry| entry.number).collect();
        let untouched = acl.is_default && numbers == [100, LAST, 100, LAST];
        for egress in [true, false] {
            let through = untouched.then(|| Entry::all((101, "allow"), egress, Family::V6));
            acl.entries.extend(through.into_iter().chain([Entry::all((LAST_IPV6, "deny"), egress, Family::V6)]));
        }
    }
}

/// `CreateNetworkAclEntry` and `ReplaceNetworkAclEntry`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SetEntry {
    network_acl_id: String,
    rule_number: i64,
    egress: bool,
    rule_action: String,
    protocol: String,
    cidr_block: Option<String>,
    ipv6_cidr_block: Option<String>,
    port_range: Option<PortRange>,
    icmp_type_code: Option<IcmpTypeCode>,
}

/// `CreateNetworkAclEntry`.
pub(super) fn create(site: &mut Site, call: SetEntry) -> Reply {
    let acl = site.region.network_acls.find_mut(&call.network_acl_id)?;
    let entry = entry(&call)?;
    if acl.entries.iter().any(|other| other.is_at(entry.number, entry.egress)) {
        let message = format!("The network acl entry identified by {} already exists.", entry.number);
        return Err(Refusal::new("NetworkAclEntryAlreadyExists", message));
    }
    let counts = |other: &&Entry| {
        NUMBERS.contains(&other.number) && other.egress == entry.egress && other.block.family() == entry.block.family()
    };
    // The entry that every ACL ends with counts too (VPC User Guide, "Amazon VPC quotas").
    let count = acl.entries.iter().filter(counts).count() + 2;
    site.terms.quotas.hold(Quota::NetworkAclEntries, count)?;
    acl.entries.push(entry);
    Ok(answer::nothing())
}

/// `ReplaceNetworkAclEntry`.
pub(super) fn replace(site: &mut Site, call: SetEntry) -> Reply {
    let acl = site.region.network_acls.find_mut(&call.network_acl_id)?;
    let entry = entry(&call)?;
    let place = acl.entries.iter_mut().find(|other| other.is_at(entry.number, entry.egress));
    *place.ok_or_else(|| absent(&call.network_acl_id, call.rule_number))? = entry;
    Ok(answer::nothing())
}

/// `DeleteNetworkAclEntry`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    network_acl_id: String,
    rule_number: i64,
    egress: bool,
}

/// `DeleteNetworkAclEntry`.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let acl = site.region.network_acls.find_mut(&call.network_acl_id)?;
    check_number(call.rule_number)?;
    let place = acl.entries.iter().position(|entry| entry.is_at(call.rule_number, call.egress));
    acl.entries.remove(place.ok_or_else(|| absent(&call.network_acl_id, call.rule_number))?);
    Ok(answer::nothing())
}

fn absent(acl: &str, number: i64) -> Refusal {
    let message = format!("The network acl entry identified by {number} does not exist in network acl {acl}");
    Refusal::new("InvalidNetworkAclEntry.NotFound", message)
}

fn check_number(number: i64) -> Result<(), Refusal> {
    if NUMBERS.contains(&number) {
        return Ok(());
    }
    let why = format!("Expecting a value between {} and {}.", NUMBERS.start(), NUMBERS.end());
    Err(Refusal::value("ruleNumber", number, &why))
}

/// The entry that a request asks for.
fn entry(call: &SetEntry) -> Result<Entry, Refusal> {
    check_number(call.rule_number)?;
    if !matches!(call.rule_action.as_str(), "allow" | "deny") {
        return Err(Refusal::value("ruleAction", &call.rule_action, "Expected one of allow, deny."));
    }
    let protocol = protocol(&call.protocol)?;
    let block = block(call.cidr_block.as_deref(), call.ipv6_cidr_block.as_deref())?;
    let icmp = protocol == 1 || protocol == 58 && block.family() == Family::V6;
    Ok(Entry {
        number: call.rule_number,
        egress: call.egress,
        action: call.rule_action.clone(),
        protocol: protocol.to_string(),
        block,
        ports: if matches!(protocol, 6 | 17) { Some(ports(call.port_range.as_ref())?) } else { None },
        icmp: if icmp { Some(type_and_code(call.icmp_type_code.as_ref())?) } else { None },
    })
}

fn protocol(text: &str) -> Result<i16, Refusal> {
    let number = text.parse().ok().filter(|number| (-1..=255).contains(number));
    number.ok_or_else(|| Refusal::value("protocol", text, "Unknown protocol."))
}

/// The one block that a request names.
fn block(v4: Option<&str>, v6: Option<&str>) -> Result<Block, Refusal> {
    let (parameter, text, family) = match (v4, v6) {
        (Some(text), None) => ("cidrBlock", text, Family::V4),
        (None, Some(text)) => ("ipv6CidrBlock", text, Family::V6),
        (None, None) => return Err(Refusal::missing("cidrBlock or ipv6CidrBlock")),
        (Some(_), Some(_)) => {
            return Err(Refusal::combination(
                "The parameter cidrBlock cannot be used with the parameter ipv6CidrBlock",
            ));
        }
    };
    let block = addresses::block(text, family);
    block.ok_or_else(|| Refusal::value(parameter, text, "This is not a valid CIDR block."))
}

fn ports(asked: Option<&PortRange>) -> Result<PortRange, Refusal> {
    let ports = asked.ok_or_else(|| Refusal::missing("portRange"))?;
    let fits = |port| (0..=65_535).contains(&port);
    if fits(ports.from) && fits(ports.to) && ports.from <= ports.to {
        return Ok(ports.clone());
    }
    Err(Refusal::value("portRange", format!("{}-{}", ports.from, ports.to), "Invalid TCP/UDP port range."))
}

fn type_and_code(asked: Option<&IcmpTypeCode>) -> Result<IcmpTypeCode, Refusal> {
    let icmp = asked.ok_or_else(|| Refusal::missing("icmpTypeCode"))?;
    let fits = |number| (-1..=255).contains(&number);
    if fits(icmp.r#type) && fits(icmp.code) && (icmp.r#type != -1 || icmp.code == -1) {
        return Ok(icmp.clone());
    }
    Err(Refusal::value("icmpTypeCode", format!("{}, {}", icmp.r#type, icmp.code), "Invalid ICMP type and code."))
}
