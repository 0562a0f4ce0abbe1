//! Security groups. Their rules are in [`rules`](super::rules).

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::endpoints::Endpoint;
use super::ids;
use super::input;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, Tagged, thing};
use super::rules::{self, Key, Peer, Rule};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::{Block, Family};

/// A security group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SecurityGroup {
    pub vpc: String,
    pub name: String,
    description: String,
    pub ingress: Vec<Rule>,
    pub egress: Vec<Rule>,
    tags: Tags,
}

thing!(SecurityGroup, ids::SECURITY_GROUP);

/// The name of the group that every VPC has.
const DEFAULT: &str = "default";

/// Longest name or description, in characters (EC2 API Reference, "CreateSecurityGroup").
const LONGEST: usize = 255;

impl SecurityGroup {
    /// Whether it came with its VPC.
    pub fn is_default(&self) -> bool {
        self.name == DEFAULT
    }

    /// All its rules.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.ingress.iter().chain(&self.egress)
    }

    /// Its rules with their tags.
    pub fn tagged_rules(&self) -> impl Iterator<Item = Tagged<'_>> {
        self.rules().map(|rule| Tagged { kind: &ids::GROUP_RULE, id: &rule.id, tags: &rule.tags })
    }

    /// The tags of a rule of this group.
    pub fn rule_tags_mut(&mut self, id: &str) -> Option<&mut Tags> {
        self.ingress.iter_mut().chain(&mut self.egress).find(|rule| rule.id == id).map(|rule| &mut rule.tags)
    }
}

/// Makes the default group of a VPC: its members may talk to each other, and everything may go out (VPC User Guide,
/// "Default security groups").
pub(super) fn make_default(site: &mut Site, vpc: &str) {
    let id = site.region.new_id(ids::SECURITY_GROUP.prefix);
    let group = SecurityGroup {
        vpc: vpc.to_owned(),
        name: DEFAULT.to_owned(),
        description: "default VPC security group".to_owned(),
        ingress: vec![Rule::new(site.region, Key::all(Peer::Group(id.clone())))],
        egress: everything_out(site.region, vpc),
        tags: Tags::new(),
    };
    site.region.security_groups.add(id, group);
}

/// The rules that let everything out of a VPC, of all IP versions that it has.
fn everything_out(region: &mut Region, vpc: &str) -> Vec<Rule> {
    let has_ipv6 = region.vpcs.get(vpc).is_some_and(|vpc| vpc.blocks().any(|block| block.family() == Family::V6));
    let mut rules = vec![Rule::new(region, Key::all(Peer::V4(Block::all(Family::V4))))];
    if has_ipv6 {
        rules.push(Rule::new(region, Key::all(Peer::V6(Block::all(Family::V6)))));
    }
    rules
}

/// Lets IPv6 out of a VPC that now has it, but for groups whose rules for what goes out were changed (VPC User Guide,
/// "Security groups").
pub(super) fn let_ipv6_out(region: &mut Region, vpc: &str) {
    let all = |peer| vec![Key::all(peer)];
    let untouched = all(Peer::V4(Block::all(Family::V4)));
    let is_meant = |group: &SecurityGroup| {
        group.vpc == vpc && group.egress.iter().map(|rule| rule.key.clone()).collect::<Vec<_>>() == untouched
    };
    let meant: Vec<String> =
        region.security_groups.iter().filter(|(_, group)| is_meant(group)).map(|(id, _)| id.to_owned()).collect();
    for id in meant {
        let rule = Rule::new(region, Key::all(Peer::V6(Block::all(Family::V6))));
        if let Some(group) = region.security_groups.get_mut(&id) {
            group.egress.push(rule);
        }
    }
}

/// `CreateSecurityGroup`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    group_name: String,
    description: String,
    vpc_id: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateSecurityGroup`: a new group lets everything out.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let name = checked_name(&call.group_name)?;
    check_text(&call.description, "security group description", "GroupDescription")?;
    let vpc = call.vpc_id.ok_or_else(|| Refusal::new("VPCIdNotSpecified", "No default VPC for this user"))?;
    site.region.vpcs.find(&vpc)?;
    let twin = |group: &SecurityGroup| group.vpc == vpc && group.name.eq_ignore_ascii_case(&name);
    if site.region.security_groups.iter().any(|(_, group)| twin(group)) {
        let message = format!("The security group '{name}' already exists for VPC '{vpc}'");
        return Err(Refusal::new("InvalidGroup.Duplicate", message));
    }
    let tags = tags::for_new(&call.tag_specifications, &ids::SECURITY_GROUP)?;
    site.terms.quotas.hold(Quota::SecurityGroups, site.region.security_groups.len() + 1)?;
    let id = site.region.new_id(ids::SECURITY_GROUP.prefix);
    let egress = everything_out(site.region, &vpc);
    let answer = Map::new()
        .with("GroupId", id.as_str())
        .with_tags(&tags)
        .with("SecurityGroupArn", site.arn("security-group", &id));
    let description = call.description;
    site.region.security_groups.add(id, SecurityGroup { vpc, name, description, ingress: Vec::new(), egress, tags });
    Ok(answer)
}

/// The name that a new group gets: blanks at its end are dropped (VPC User Guide, "Security groups").
fn checked_name(asked: &str) -> Result<String, Refusal> {
    let name = asked.trim_end();
    check_text(name, "security group name", "GroupName")?;
    if name.eq_ignore_ascii_case(DEFAULT) {
        return Err(Refusal::new("InvalidGroup.Reserved", format!("Cannot use reserved security group name: {name}")));
    }
    if name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("sg-")) {
        return Err(Refusal::value("GroupName", name, "Group names may not be in the format sg-*."));
    }
    Ok(name.to_owned())
}

fn check_text(text: &str, what: &str, parameter: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::missing(parameter));
    }
    if !text.is_ascii() {
        return Err(Refusal::value(parameter, text, "Character sets beyond ASCII are not supported."));
    }
    if is_plain(text) { Ok(()) } else { Err(not_plain(what)) }
}

/// Whether a text is short enough and has only characters that EC2 takes in names and descriptions of groups and rules.
pub(super) fn is_plain(text: &str) -> bool {
    let fine = |letter: char| letter.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(letter);
    text.chars().count() <= LONGEST && text.chars().all(fine)
}

/// The refusal for such a text.
pub(super) fn not_plain(what: &str) -> Refusal {
    Refusal::invalid(format!(
        "Invalid {what}. Valid descriptions are strings less than 256 characters from the following set:  \
         a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"
    ))
}

/// `DeleteSecurityGroup`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    group_id: String,
}

/// `DeleteSecurityGroup`: refused while an interface is in it, or a rule of another group of its VPC names it. In VPCs that
/// it is peered with, such rules are left without it.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.group_id.as_str();
    if site.region.security_groups.find(id)?.is_default() {
        let message = format!("the specified group: \"{id}\" name: \"{DEFAULT}\" cannot be deleted by a user");
        return Err(Refusal::new("CannotDelete", message));
    }
    if is_used(site, id) {
        return Err(Refusal::new("DependencyViolation", format!("resource {id} has a dependent object")));
    }
    site.region.security_groups.remove(id);
    Ok(Map::new().with("Return", true).with("GroupId", id))
}

fn is_used(site: &Site, id: &str) -> bool {
    let vpc = site.region.security_groups.get(id).map(|group| group.vpc.as_str());
    let names_it = |group: &SecurityGroup| {
        Some(group.vpc.as_str()) == vpc && group.rules().any(|rule| rule.key.peer == Peer::Group(id.to_owned()))
    };
    let lets_it_in =
        |endpoint: &Endpoint| endpoint.doors().is_some_and(|doors| doors.groups.iter().any(|group| group == id));
    site.region.interfaces.iter().any(|(_, interface)| interface.groups.iter().any(|group| group == id))
        || site.region.endpoints.iter().any(|(_, endpoint)| lets_it_in(endpoint))
        || site.region.security_groups.iter().any(|(other, group)| other != id && names_it(group))
}

/// The groups that an interface in a VPC is to be in; its default one if none is asked for.
pub(super) fn for_interface(site: &Site, vpc: &str, asked: &[String]) -> Result<Vec<String>, Refusal> {
    let mut groups = Vec::new();
    for id in asked {
        let group = site.region.security_groups.find(id)?;
        if group.vpc != vpc {
            let message = format!("The security group '{id}' does not exist in VPC '{vpc}'");
            return Err(Refusal::new("InvalidGroup.NotFound", message));
        }
        if !groups.contains(id) {
            groups.push(id.clone());
        }
    }
    if groups.is_empty() {
        let mut all = site.region.security_groups.iter();
        groups.extend(all.find(|(_, group)| group.vpc == vpc && group.is_default()).map(|(id, _)| id.to_owned()));
    }
    site.terms.quotas.hold(Quota::SecurityGroupsPerInterface, groups.len())?;
    Ok(groups)
}

/// Groups by id and name, as instances and interfaces show them.
pub(super) fn identifiers(site: &Site, groups: &[String]) -> Vec<Map> {
    let name = |id: &str| site.region.security_groups.get(id).map_or("", |group| group.name.as_str());
    groups.iter().map(|id| Map::new().with("GroupId", id.as_str()).with("GroupName", name(id))).collect()
}

/// The parameter that only `DescribeSecurityGroups` has.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Names {
    group_names: Option<Vec<String>>,
}

/// `DescribeSecurityGroups`. Names find groups of a default VPC only, which this account has not.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let (own, rest) = describe::split(parameters, &["GroupNames"]);
    let names: Names = input::read(&own)?;
    if let Some(name) = names.group_names.iter().flatten().next() {
        let message = format!("The security group '{name}' does not exist in default VPC");
        return Err(Refusal::new("InvalidGroup.NotFound", message));
    }
    describe::describe(site, &rest, &SECURITY_GROUPS)
}

/// `DescribeSecurityGroups` gives everything at once when it is not asked for pages.
static SECURITY_GROUPS: Listing = Listing {
    list: "SecurityGroups",
    ids: "GroupIds",
    kind: &ids::SECURITY_GROUP,
    filters: &[
        ("description", "Description"),
        ("egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"),
        ("egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"),
        ("egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"),
        ("egress.ip-permission.group-name", "IpPermissionsEgress.UserIdGroupPairs.GroupName"),
        ("egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"),
        ("egress.ip-permission.prefix-list-id", "IpPermissionsEgress.PrefixListIds.PrefixListId"),
        ("egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"),
        ("egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"),
        ("egress.ip-permission.user-id", "IpPermissionsEgress.UserIdGroupPairs.UserId"),
        ("group-id", "GroupId"),
        ("group-name", "GroupName"),
        ("ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"),
        ("ip-permission.from-port", "IpPermissions.FromPort"),
        ("ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"),
        ("ip-permission.group-name", "IpPermissions.UserIdGroupPairs.GroupName"),
        ("ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"),
        ("ip-permission.prefix-list-id", "IpPermissions.PrefixListIds.PrefixListId"),
        ("ip-permission.protocol", "IpPermissions.IpProtocol"),
        ("ip-permission.to-port", "IpPermissions.ToPort"),
        ("ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"),
        ("owner-id", "OwnerId"),
        ("tag-key", "Tags.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::Of { least: 5, most: 1000, unasked: usize::MAX },
    items: |site| {
        let all = site.region.security_groups.iter();
        let sought = all.filter(|(id, group)| !describe::leaves_out(site, "group-id", id, &group.tags));
        sought.map(|(id, group)| Item::new(id, view(site, id, group))).collect()
    },
};

fn view(site: &Site, id: &str, group: &SecurityGroup) -> Map {
    Map::new()
        .with("GroupId", id)
        .with("GroupName", group.name.as_str())
        .with("Description", group.description.as_str())
        .with("OwnerId", site.account)
        .with("VpcId", group.vpc.as_str())
        .with("SecurityGroupArn", site.arn("security-group", id))
        .with_list("IpPermissions", rules::permissions(site, &group.vpc, &group.ingress))
        .with_list("IpPermissionsEgress", rules::permissions(site, &group.vpc, &group.egress))
        .with_tags(&group.tags)
}
