//! Rules of security groups: what they are, how requests write them, and how EC2 tells them.
//!
//! The actions on them are in [`rule_actions`](super::rule_actions). A rule is known by protocol, ports and peer, in a
//! normal form: EC2 gives well-known protocol numbers back as names, has no ports where they mean nothing, and drops
//! the host bits of blocks (EC2 API Reference, "IpPermission").

use super::addresses;
use super::answer::Members;
use super::groups;
use super::ids;
use super::peerings;
use super::refusal::Refusal;
use super::region::Region;
use super::site::Site;
use super::tags::Tags;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use vpcc_core::call::{Map, Value};
use vpcc_core::net::{Block, Family};

/// A rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rule {
    pub id: String,
    #[serde(flatten)]
    pub key: Key,
    pub description: Option<String>,
    pub tags: Tags,
}

/// What a rule is known by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Key {
    #[serde(flatten)]
    pub traffic: Traffic,
    pub peer: Peer,
}

/// The traffic that a rule lets through: a protocol, and its ports or its type and code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Traffic {
    protocol: String,
    from: Option<i64>,
    to: Option<i64>,
}

/// Who is on the other side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Peer {
    V4(#[serde(with = "addresses")] Block),
    V6(#[serde(with = "addresses")] Block),
    Group(String),
}

impl Key {
    /// All traffic from or to a peer.
    pub fn all(peer: Peer) -> Key {
        Key { traffic: Traffic { protocol: "-1".to_owned(), from: None, to: None }, peer }
    }

    /// Whether it counts against the quota of an IP version; a group counts against both.
    pub fn counts_for(&self, family: Family) -> bool {
        match self.peer {
            Peer::V4(_) => family == Family::V4,
            Peer::V6(_) => family == Family::V6,
            Peer::Group(_) => true,
        }
    }

    /// As EC2 writes it in refusals: `peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW`.
    pub fn text(&self) -> String {
        let Traffic { protocol, from, to } = &self.traffic;
        let protocol = if protocol == "-1" { "ALL".to_owned() } else { protocol.to_uppercase() };
        let ports = match (from, to) {
            (Some(from), Some(to)) => format!(", from port: {from}, to port: {to}"),
            _ => String::new(),
        };
        format!("peer: {}, {protocol}{ports}, ALLOW", self.peer.text())
    }
}

impl Peer {
    fn text(&self) -> String {
        match self {
            Peer::V4(block) | Peer::V6(block) => block.to_string(),
            Peer::Group(id) => id.clone(),
        }
    }
}

impl Rule {
    /// A rule without a description.
    pub fn new(region: &mut Region, key: Key) -> Rule {
        Rule { id: region.new_id(ids::GROUP_RULE.prefix), key, description: None, tags: Tags::new() }
    }
}

/// Rules in a request: all pairs of this traffic and one of these peers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct IpPermission {
    ip_protocol: String,
    from_port: Option<i64>,
    to_port: Option<i64>,
    #[serde(default)]
    ip_ranges: Vec<IpRange>,
    #[serde(default)]
    ipv6_ranges: Vec<Ipv6Range>,
    #[serde(default)]
    prefix_list_ids: Vec<PrefixList>,
    #[serde(default)]
    user_id_group_pairs: Vec<GroupPair>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IpRange {
    cidr_ip: String,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Ipv6Range {
    cidr_ipv6: String,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PrefixList {
    prefix_list_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GroupPair {
    group_id: String,
    user_id: Option<String>,
    vpc_id: Option<String>,
    vpc_peering_connection_id: Option<String>,
    description: Option<String>,
}

/// A rule that a request asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub key: Key,
    pub description: Option<String>,
}

/// The rules that a request names. With a VPC they are new ones for a group in it, and the groups that they name have to
/// be there and in reach.
pub(super) fn wanted(site: &Site, vpc: Option<&str>, permissions: &[IpPermission]) -> Result<Vec<Wanted>, Refusal> {
    let mut rules = Vec::new();
    for permission in permissions {
        let traffic = permission.traffic()?;
        for (peer, description) in permission.peers(site, vpc)? {
            if description.is_some_and(|text| !groups::is_plain(text)) {
                return Err(groups::not_plain("rule description"));
            }
            let key = Key { traffic: traffic.clone(), peer };
            if rules.iter().any(|other: &Wanted| other.key == key) {
                return Err(Refusal::invalid("The same permission must not appear multiple times"));
            }
            let description = description.filter(|text| !text.is_empty()).map(str::to_owned);
            rules.push(Wanted { key, description });
        }
    }
    Ok(rules)
}

impl IpPermission {
    fn traffic(&self) -> Result<Traffic, Refusal> {
        let protocol = protocol(&self.ip_protocol)?;
        let (from, to) = match protocol.as_str() {
            "tcp" | "udp" => self.ports()?,
            "icmp" | "icmpv6" => self.type_and_code(&protocol)?,
            _ => return Ok(Traffic { protocol, from: None, to: None }),
        };
        Ok(Traffic { protocol, from: Some(from), to: Some(to) })
    }

    fn ports(&self) -> Result<(i64, i64), Refusal> {
        const PORTS: RangeInclusive<i64> = 0..=65_535;
        let (Some(from), Some(to)) = (self.from_port, self.to_port) else {
            let message = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.";
            return Err(Refusal::invalid(message));
        };
        if PORTS.contains(&from) && PORTS.contains(&to) && from <= to {
            return Ok((from, to));
        }
        Err(Refusal::invalid(format!("Invalid TCP/UDP port range ({from}:{to})")))
    }

    fn type_and_code(&self, protocol: &str) -> Result<(i64, i64), Refusal> {
        const NUMBERS: RangeInclusive<i64> = -1..=255;
        let (kind, code) = match (self.from_port, self.to_port) {
            (Some(kind), Some(code)) => (kind, code),
            (None, None) if protocol == "icmpv6" => (-1, -1),
            _ => return Err(Refusal::invalid("ICMP rules must have both a type and a code.")),
        };
        if NUMBERS.contains(&kind) && NUMBERS.contains(&code) && (kind != -1 || code == -1) {
            return Ok((kind, code));
        }
        Err(Refusal::invalid(format!("Invalid ICMP type or code ({kind}:{code})")))
    }

    fn peers<'s>(&'s self, site: &Site, vpc: Option<&str>) -> Result<Vec<(Peer, Option<&'s str>)>, Refusal> {
        if let Some(list) = self.prefix_list_ids.first() {
            let message = format!("The prefix list ID '{}' does not exist", list.prefix_list_id);
            return Err(Refusal::new("InvalidPrefixListID.NotFound", message));
        }
        let mut peers = Vec::new();
        for range in &self.ip_ranges {
            peers.push((Peer::V4(block(&range.cidr_ip, Family::V4)?), range.description.as_deref()));
        }
        for range in &self.ipv6_ranges {
            peers.push((Peer::V6(block(&range.cidr_ipv6, Family::V6)?), range.description.as_deref()));
        }
        for pair in &self.user_id_group_pairs {
            peers.push((group(site, vpc, pair)?, pair.description.as_deref()));
        }
        if peers.is_empty() { Err(Refusal::missing("IpRanges")) } else { Ok(peers) }
    }
}

/// A protocol in its normal form.
fn protocol(asked: &str) -> Result<String, Refusal> {
    let name = match asked {
        "-1" | "tcp" | "udp" | "icmp" | "icmpv6" => asked,
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        number if number.parse::<u8>().is_ok_and(|parsed| parsed.to_string() == number) => number,
        other => {
            return Err(Refusal::invalid(format!("Invalid value '{other}' for IP protocol. Unknown protocol.")));
        }
    };
    Ok(name.to_owned())
}

fn block(text: &str, family: Family) -> Result<Block, Refusal> {
    let block = addresses::block(text, family);
    block.ok_or_else(|| Refusal::invalid(format!("CIDR block {text} is malformed")))
}

/// A group of the VPC itself, or of one that it has an active peering connection with.
fn group(site: &Site, vpc: Option<&str>, pair: &GroupPair) -> Result<Peer, Refusal> {
    let Some(vpc) = vpc else { return Ok(Peer::Group(pair.group_id.clone())) };
    let group = site.region.security_groups.find(&pair.group_id)?;
    let peering = peerings::between(site, vpc, &group.vpc).filter(|(_, status)| *status == "active");
    let elsewhere = pair.user_id.as_deref().is_some_and(|owner| owner != site.account)
        || pair.vpc_id.as_ref().is_some_and(|asked| *asked != group.vpc)
        || pair.vpc_peering_connection_id.as_deref().is_some_and(|asked| peering.is_none_or(|(id, _)| id != asked));
    if elsewhere || (group.vpc != vpc && peering.is_none()) {
        let message = "You have specified two resources that belong to different networks.";
        return Err(Refusal::new("InvalidGroup.NotFound", message));
    }
    Ok(Peer::Group(pair.group_id.clone()))
}

/// Rules as `DescribeSecurityGroups` tells them: those with the same traffic as one, in the order of the traffic; the
/// peers in the order in which they came.
pub(super) fn permissions(site: &Site, vpc: &str, rules: &[Rule]) -> Vec<Map> {
    let mut by_traffic: BTreeMap<&Traffic, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        by_traffic.entry(&rule.key.traffic).or_default().push(rule);
    }
    by_traffic.into_iter().map(|(traffic, rules)| permission(site, vpc, traffic, &rules)).collect()
}

fn permission(site: &Site, vpc: &str, traffic: &Traffic, rules: &[&Rule]) -> Map {
    let (mut v4, mut v6, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    for rule in rules {
        let (list, peer) = match &rule.key.peer {
            Peer::V4(block) => (&mut v4, Map::new().with("CidrIp", block.to_string())),
            Peer::V6(block) => (&mut v6, Map::new().with("CidrIpv6", block.to_string())),
            Peer::Group(id) => (&mut pairs, referenced(site, vpc, id)),
        };
        list.push(peer.with_some("Description", rule.description.as_deref()));
    }
    Map::new()
        .with("IpProtocol", traffic.protocol.as_str())
        .with_some("FromPort", traffic.from)
        .with_some("ToPort", traffic.to)
        .with_list("IpRanges", v4)
        .with_list("Ipv6Ranges", v6)
        .with_list("UserIdGroupPairs", pairs)
}

/// A group that a rule of a group in a VPC names; of one in another VPC, also how it is reached.
fn referenced(site: &Site, vpc: &str, id: &str) -> Map {
    let told = Map::new().with("GroupId", id).with("UserId", site.account);
    let Some(group) = site.region.security_groups.get(id).filter(|group| group.vpc != vpc) else { return told };
    let peering = peerings::between(site, vpc, &group.vpc);
    told.with("VpcId", group.vpc.as_str())
        .with_some("VpcPeeringConnectionId", peering.map(|(id, _)| id))
        .with_some("PeeringStatus", peering.map(|(_, status)| status))
}

/// A rule on its own, as the authorizing actions answer with it; ports that mean nothing are -1 there.
pub(super) fn view(site: &Site, group: &str, egress: bool, rule: &Rule) -> Map {
    let Traffic { protocol, from, to } = &rule.key.traffic;
    let (name, peer): (_, Value) = match &rule.key.peer {
        Peer::V4(block) => ("CidrIpv4", block.to_string().into()),
        Peer::V6(block) => ("CidrIpv6", block.to_string().into()),
        Peer::Group(id) => {
            let vpc = site.region.security_groups.get(group).map_or("", |group| group.vpc.as_str());
            ("ReferencedGroupInfo", referenced(site, vpc, id).into())
        }
    };
    Map::new()
        .with("SecurityGroupRuleId", rule.id.as_str())
        .with("SecurityGroupRuleArn", site.arn("security-group-rule", &rule.id))
        .with("GroupId", group)
        .with("GroupOwnerId", site.account)
        .with("IsEgress", egress)
        .with("IpProtocol", protocol.as_str())
        .with("FromPort", from.unwrap_or(-1))
        .with("ToPort", to.unwrap_or(-1))
        .with(name, peer)
        .with_some("Description", rule.description.as_deref())
        .with_tags(&rule.tags)
}
