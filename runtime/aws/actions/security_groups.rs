//! Security groups and their rules.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, ReferencedSecurityGroup, SecurityGroup, SecurityGroupRule,
    UserIdGroupPair,
};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AuthorizeSecurityGroupEgress", authorize_egress),
    ("AuthorizeSecurityGroupIngress", authorize_ingress),
    ("CreateSecurityGroup", create),
    ("DeleteSecurityGroup", delete),
    ("DescribeSecurityGroups", describe),
    ("RevokeSecurityGroupEgress", revoke_egress),
    ("RevokeSecurityGroupIngress", revoke_ingress),
    ("UpdateSecurityGroupRuleDescriptionsEgress", describe_egress_rules_anew),
    ("UpdateSecurityGroupRuleDescriptionsIngress", describe_ingress_rules_anew),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_security_groups(), parameters)
        .set_group_ids(parameters.texts("GroupIds"))
        .set_group_names(parameters.texts("GroupNames"));
    sending(request.send(), |answer| page("SecurityGroups", answer.security_groups(), group, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_security_group()
        .set_vpc_id(parameters.text("VpcId"))
        .set_group_name(parameters.text("GroupName"))
        .set_description(parameters.text("Description"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("GroupId", answer.group_id())
            .with_some("SecurityGroupArn", answer.security_group_arn())
            .with_each("Tags", answer.tags(), tag)
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_security_group().set_group_id(parameters.text("GroupId"));
    sending(request.send(), |answer| {
        Map::new().with_some("Return", answer.r#return()).with_some("GroupId", answer.group_id())
    })
}

fn authorize_ingress(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .authorize_security_group_ingress()
        .set_group_id(parameters.text("GroupId"))
        .set_ip_permissions(parameters.ip_permissions())
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| authorized(answer.r#return(), answer.security_group_rules()))
}

fn authorize_egress(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .authorize_security_group_egress()
        .set_group_id(parameters.text("GroupId"))
        .set_ip_permissions(parameters.ip_permissions())
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| authorized(answer.r#return(), answer.security_group_rules()))
}

fn revoke_ingress(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .revoke_security_group_ingress()
        .set_group_id(parameters.text("GroupId"))
        .set_ip_permissions(parameters.ip_permissions())
        .set_security_group_rule_ids(parameters.texts("SecurityGroupRuleIds"));
    sending(request.send(), |answer| revoked(answer.r#return(), answer.unknown_ip_permissions()))
}

fn revoke_egress(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .revoke_security_group_egress()
        .set_group_id(parameters.text("GroupId"))
        .set_ip_permissions(parameters.ip_permissions())
        .set_security_group_rule_ids(parameters.texts("SecurityGroupRuleIds"));
    sending(request.send(), |answer| revoked(answer.r#return(), answer.unknown_ip_permissions()))
}

fn describe_ingress_rules_anew(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .update_security_group_rule_descriptions_ingress()
        .set_group_id(parameters.text("GroupId"))
        .set_ip_permissions(parameters.ip_permissions());
    sending(request.send(), |answer| Map::new().with_some("Return", answer.r#return()))
}

fn describe_egress_rules_anew(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .update_security_group_rule_descriptions_egress()
        .set_group_id(parameters.text("GroupId"))
        .set_ip_permissions(parameters.ip_permissions());
    sending(request.send(), |answer| Map::new().with_some("Return", answer.r#return()))
}

fn authorized(done: Option<bool>, rules: &[SecurityGroupRule]) -> Map {
    Map::new().with_some("Return", done).with_each("SecurityGroupRules", rules, rule)
}

fn revoked(done: Option<bool>, unknown: &[IpPermission]) -> Map {
    Map::new().with_some("Return", done).with_each("UnknownIpPermissions", unknown, permission)
}

fn group(group: &SecurityGroup) -> Map {
    Map::new()
        .with_some("GroupId", group.group_id())
        .with_some("GroupName", group.group_name())
        .with_some("Description", group.description())
        .with_some("OwnerId", group.owner_id())
        .with_some("VpcId", group.vpc_id())
        .with_each("IpPermissions", group.ip_permissions(), permission)
        .with_each("IpPermissionsEgress", group.ip_permissions_egress(), permission)
        .with_each("Tags", group.tags(), tag)
}

fn permission(permission: &IpPermission) -> Map {
    Map::new()
        .with_some("IpProtocol", permission.ip_protocol())
        .with_some("FromPort", permission.from_port())
        .with_some("ToPort", permission.to_port())
        .with_each("IpRanges", permission.ip_ranges(), ip_range)
        .with_each("Ipv6Ranges", permission.ipv6_ranges(), ipv6_range)
        .with_each("PrefixListIds", permission.prefix_list_ids(), prefix_list)
        .with_each("UserIdGroupPairs", permission.user_id_group_pairs(), group_pair)
}

fn ip_range(range: &IpRange) -> Map {
    Map::new().with_some("CidrIp", range.cidr_ip()).with_some("Description", range.description())
}

fn ipv6_range(range: &Ipv6Range) -> Map {
    Map::new().with_some("CidrIpv6", range.cidr_ipv6()).with_some("Description", range.description())
}

fn prefix_list(list: &PrefixListId) -> Map {
    Map::new().with_some("PrefixListId", list.prefix_list_id()).with_some("Description", list.description())
}

fn group_pair(pair: &UserIdGroupPair) -> Map {
    Map::new()
        .with_some("GroupId", pair.group_id())
        .with_some("GroupName", pair.group_name())
        .with_some("UserId", pair.user_id())
        .with_some("VpcId", pair.vpc_id())
        .with_some("VpcPeeringConnectionId", pair.vpc_peering_connection_id())
        .with_some("PeeringStatus", pair.peering_status())
        .with_some("Description", pair.description())
}

fn rule(rule: &SecurityGroupRule) -> Map {
    Map::new()
        .with_some("SecurityGroupRuleId", rule.security_group_rule_id())
        .with_some("GroupId", rule.group_id())
        .with_some("GroupOwnerId", rule.group_owner_id())
        .with_some("IsEgress", rule.is_egress())
        .with_some("IpProtocol", rule.ip_protocol())
        .with_some("FromPort", rule.from_port())
        .with_some("ToPort", rule.to_port())
        .with_some("CidrIpv4", rule.cidr_ipv4())
        .with_some("CidrIpv6", rule.cidr_ipv6())
        .with_some("PrefixListId", rule.prefix_list_id())
        .with_some("ReferencedGroupInfo", rule.referenced_group_info().map(referenced_group))
        .with_some("Description", rule.description())
        .with_each("Tags", rule.tags(), tag)
}

fn referenced_group(group: &ReferencedSecurityGroup) -> Map {
    Map::new()
        .with_some("GroupId", group.group_id())
        .with_some("UserId", group.user_id())
        .with_some("VpcId", group.vpc_id())
        .with_some("VpcPeeringConnectionId", group.vpc_peering_connection_id())
        .with_some("PeeringStatus", group.peering_status())
}
