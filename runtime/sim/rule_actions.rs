//! The actions on rules of security groups. What a rule is stands in [`rules`](super::rules).
//!
//! A request is obeyed as a whole or not at all: one rule that is there already, or isn't there, and nothing is done.

use super::answer::Members;
use super::groups::{self, SecurityGroup};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::rules::{self, IpPermission, Key, Rule};
use super::site::Site;
use super::tags::{self, Specifications};
use serde::Deserialize;
use vpcc_core::call::Map;
use vpcc_core::net::Family;

/// Which of a group's two lists of rules is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    fn of(self, group: &SecurityGroup) -> &[Rule] {
        match self {
            Direction::Ingress => &group.ingress,
            Direction::Egress => &group.egress,
        }
    }

    fn of_mut(self, group: &mut SecurityGroup) -> &mut Vec<Rule> {
        match self {
            Direction::Ingress => &mut group.ingress,
            Direction::Egress => &mut group.egress,
        }
    }
}

/// `AuthorizeSecurityGroupIngress` and `AuthorizeSecurityGroupEgress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Authorize {
    group_id: String,
    ip_permissions: Vec<IpPermission>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// Adds rules.
pub(super) fn authorize(site: &mut Site, call: Authorize, direction: Direction) -> Reply {
    let Authorize { group_id: id, ip_permissions, tag_specifications } = call;
    let vpc = site.region.security_groups.find(&id)?.vpc.clone();
    let tags = tags::for_new(&tag_specifications, &ids::GROUP_RULE)?;
    let wanted = rules::wanted(site, Some(&vpc), &ip_permissions)?;
    if wanted.is_empty() {
        return Err(Refusal::missing("IpPermissions"));
    }
    let mut added = Vec::new();
    for wanted in wanted {
        let description = wanted.description;
        added.push(Rule { description, tags: tags.clone(), ..Rule::new(site.region, wanted.key) });
    }
    let views: Vec<Map> =
        added.iter().map(|rule| rules::view(site, &id, direction == Direction::Egress, rule)).collect();
    let list = direction.of_mut(site.region.security_groups.find_mut(&id)?);
    if let Some(rule) = added.iter().find(|rule| list.iter().any(|other| other.key == rule.key)) {
        let message = format!("the specified rule \"{}\" already exists", rule.key.text());
        return Err(Refusal::new("InvalidPermission.Duplicate", message));
    }
    list.extend(added);
    for family in [Family::V4, Family::V6] {
        let count = list.iter().filter(|rule| rule.key.counts_for(family)).count();
        site.terms.quotas.hold(Quota::RulesPerSecurityGroup, count)?;
    }
    Ok(Map::new().with("Return", true).with_list("SecurityGroupRules", views))
}

/// `RevokeSecurityGroupIngress` and `RevokeSecurityGroupEgress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Revoke {
    group_id: String,
    #[serde(default)]
    ip_permissions: Vec<IpPermission>,
    #[serde(default)]
    security_group_rule_ids: Vec<String>,
}

/// Takes rules away, by what they are or by their ids. Descriptions don't matter.
pub(super) fn revoke(site: &mut Site, call: Revoke, direction: Direction) -> Reply {
    let Revoke { group_id: id, ip_permissions, security_group_rule_ids } = call;
    let group = site.region.security_groups.find(&id)?;
    one_way(ip_permissions.is_empty(), security_group_rule_ids.is_empty())?;
    let list = direction.of(group);
    let mut places = Vec::new();
    for wanted in rules::wanted(site, None, &ip_permissions)? {
        places.push(place(list, &wanted.key)?);
    }
    for rule_id in &security_group_rule_ids {
        places.push(place_of_id(list, rule_id)?);
    }
    let mut index = 0;
    direction.of_mut(site.region.security_groups.find_mut(&id)?).retain(|_| {
        index += 1;
        !places.contains(&(index - 1))
    });
    Ok(Map::new().with("Return", true))
}

/// Holds that rules are given in just one of the two ways.
fn one_way(no_permissions: bool, no_ids: bool) -> Result<(), Refusal> {
    match (no_permissions, no_ids) {
        (true, true) => Err(Refusal::missing("IpPermissions")),
        (false, false) => {
            let message = "The parameter ipPermissions cannot be used with the parameter securityGroupRuleIds";
            Err(Refusal::combination(message))
        }
        _ => Ok(()),
    }
}

fn place(list: &[Rule], key: &Key) -> Result<usize, Refusal> {
    list.iter().position(|rule| rule.key == *key).ok_or_else(|| {
        let message = "The specified rule does not exist in this security group.";
        Refusal::new("InvalidPermission.NotFound", message)
    })
}

fn place_of_id(list: &[Rule], id: &str) -> Result<usize, Refusal> {
    ids::GROUP_RULE.check(id)?;
    list.iter().position(|rule| rule.id == id).ok_or_else(|| ids::GROUP_RULE.absent(id))
}

/// `UpdateSecurityGroupRuleDescriptionsIngress` and `UpdateSecurityGroupRuleDescriptionsEgress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Describe {
    group_id: String,
    #[serde(default)]
    ip_permissions: Vec<IpPermission>,
    #[serde(default)]
    security_group_rule_descriptions: Vec<RuleDescription>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RuleDescription {
    security_group_rule_id: String,
    description: Option<String>,
}

/// Gives rules new descriptions, or takes them away where none is given.
pub(super) fn describe(site: &mut Site, call: Describe, direction: Direction) -> Reply {
    let Describe { group_id: id, ip_permissions, security_group_rule_descriptions } = call;
    let group = site.region.security_groups.find(&id)?;
    one_way(ip_permissions.is_empty(), security_group_rule_descriptions.is_empty())?;
    let list = direction.of(group);
    let mut changes = Vec::new();
    for wanted in rules::wanted(site, None, &ip_permissions)? {
        changes.push((place(list, &wanted.key)?, wanted.description));
    }
    for given in security_group_rule_descriptions {
        if given.description.as_deref().is_some_and(|text| !groups::is_plain(text)) {
            return Err(groups::not_plain("rule description"));
        }
        changes.push((place_of_id(list, &given.security_group_rule_id)?, given.description));
    }
    let list = direction.of_mut(site.region.security_groups.find_mut(&id)?);
    for (place, description) in changes {
        if let Some(rule) = list.get_mut(place) {
            rule.description = description;
        }
    }
    Ok(Map::new().with("Return", true))
}
