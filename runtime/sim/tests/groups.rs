use super::super::Quota;
use super::*;

fn tcp(port: i64, block: &str) -> Map {
    map! {
        "IpProtocol" => "tcp", "FromPort" => port, "ToPort" => port,
        "IpRanges" => [map! { "CidrIp" => block }],
    }
}

fn from_group(group: &str) -> Map {
    map! { "IpProtocol" => "-1", "UserIdGroupPairs" => [map! { "GroupId" => group }] }
}

fn rules(group: &str, permissions: impl Into<Value>) -> Map {
    map! { "GroupId" => group, "IpPermissions" => permissions }
}

async fn allow(sim: &Sim, group: &str, permission: Map) -> Map {
    ok(sim, "AuthorizeSecurityGroupIngress", rules(group, [permission])).await
}

async fn refused(sim: &Sim, group: &str, permission: Map) -> String {
    code(sim, "AuthorizeSecurityGroupIngress", rules(group, [permission])).await
}

async fn found(sim: &Sim, group: &str) -> Map {
    let answer = ok(sim, "DescribeSecurityGroups", map! { "GroupIds" => [group] }).await;
    at(&answer, "SecurityGroups.0").and_then(Value::as_map).cloned().unwrap()
}

async fn one(sim: &Sim) -> (String, String) {
    let vpc = vpc(sim, "10.0.0.0/16").await;
    let group = group(sim, &vpc, "web").await;
    (vpc, group)
}

fn new_group(vpc: &str, name: &str, description: &str) -> Map {
    map! { "VpcId" => vpc, "GroupName" => name, "Description" => description }
}

#[tokio::test(start_paused = true)]
async fn a_new_group_lets_everything_out_and_nothing_in() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let group = found(&sim, &id).await;
    assert!(group.list("IpPermissions").is_empty());
    assert_eq!(column(&group, "IpPermissionsEgress", "IpProtocol"), ["-1"]);
    assert_eq!(at(&group, "IpPermissionsEgress.0.FromPort"), None);
    assert_eq!(text(&group, "IpPermissionsEgress.0.IpRanges.0.CidrIp"), "0.0.0.0/0");
}

#[tokio::test(start_paused = true)]
async fn names_are_unique_in_a_vpc_whatever_their_case() {
    let sim = Sim::new();
    let (vpc, _) = one(&sim).await;
    for name in ["web", "WEB", "Web  "] {
        let refused = code(&sim, "CreateSecurityGroup", new_group(&vpc, name, "x")).await;
        assert_eq!(refused, "InvalidGroup.Duplicate", "{name}");
    }
    let other = super::vpc(&sim, "10.1.0.0/16").await;
    ok(&sim, "CreateSecurityGroup", new_group(&other, "web", "x")).await;
}

#[tokio::test(start_paused = true)]
async fn names_and_descriptions_have_rules() {
    let sim = Sim::new();
    let (vpc, _) = one(&sim).await;
    let long = "x".repeat(256);
    for (name, description, expected) in [
        ("default", "x", "InvalidGroup.Reserved"),
        ("Default", "x", "InvalidGroup.Reserved"),
        ("sg-web", "x", "InvalidParameterValue"),
        ("SG-web", "x", "InvalidParameterValue"),
        ("it's", "x", "InvalidParameterValue"),
        ("häuser", "x", "InvalidParameterValue"),
        (&long, "x", "InvalidParameterValue"),
        ("", "x", "MissingParameter"),
        ("ok", "", "MissingParameter"),
        ("ok", "a\nb", "InvalidParameterValue"),
        ("ok", &long, "InvalidParameterValue"),
    ] {
        assert_eq!(code(&sim, "CreateSecurityGroup", new_group(&vpc, name, description)).await, expected, "{name}");
    }
    ok(&sim, "CreateSecurityGroup", new_group(&vpc, "a-z A._-:/()#,@[]+=&;{}!$*", "all that is allowed")).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_needs_a_vpc_since_there_is_no_default_one() {
    let sim = Sim::new();
    let parameters = map! { "GroupName" => "web", "Description" => "x" };
    assert_eq!(code(&sim, "CreateSecurityGroup", parameters).await, "VPCIdNotSpecified");
}

#[tokio::test(start_paused = true)]
async fn a_group_in_use_stays() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let id = group(&sim, &vpc, "web").await;
    let instance = launch(interface(&subnet).with("Groups", [&*id]));
    let instance = text(&ok(&sim, "RunInstances", instance).await, "Instances.0.InstanceId");
    let delete = map! { "GroupId" => &*id };
    let refused = fault(&sim, "DeleteSecurityGroup", delete.clone()).await;
    assert_eq!(refused.code, "DependencyViolation");
    assert_eq!(refused.message, format!("resource {id} has a dependent object"));
    ok(&sim, "TerminateInstances", ids(&instance)).await;
    wait(Timing::QUICK.terminate).await;
    ok(&sim, "DeleteSecurityGroup", delete).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_that_another_one_names_stays_but_one_that_names_itself_goes() {
    let sim = Sim::new();
    let (vpc, id) = one(&sim).await;
    allow(&sim, &id, from_group(&id)).await;
    let other = group(&sim, &vpc, "db").await;
    allow(&sim, &other, from_group(&id)).await;
    let delete = map! { "GroupId" => &*id };
    assert_eq!(code(&sim, "DeleteSecurityGroup", delete.clone()).await, "DependencyViolation");
    ok(&sim, "RevokeSecurityGroupIngress", rules(&other, [from_group(&id)])).await;
    ok(&sim, "DeleteSecurityGroup", delete.clone()).await;
    assert_eq!(code(&sim, "DeleteSecurityGroup", delete).await, "InvalidGroup.NotFound");
}

#[tokio::test(start_paused = true)]
async fn the_default_group_cannot_be_deleted() {
    let sim = Sim::new();
    vpc(&sim, "10.0.0.0/16").await;
    let found = ok(&sim, "DescribeSecurityGroups", filtered("group-name", "default")).await;
    let id = text(&found, "SecurityGroups.0.GroupId");
    assert_eq!(code(&sim, "DeleteSecurityGroup", map! { "GroupId" => &*id }).await, "CannotDelete");
}

#[tokio::test(start_paused = true)]
async fn a_rule_is_there_once() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    allow(&sim, &id, tcp(22, "10.1.2.3/8")).await;
    let again = fault(&sim, "AuthorizeSecurityGroupIngress", rules(&id, [tcp(22, "10.0.0.0/8")])).await;
    assert_eq!(again.code, "InvalidPermission.Duplicate");
    let expected = "the specified rule \"peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW\" already exists";
    assert_eq!(again.message, expected);
    assert_eq!(refused(&sim, &id, tcp(22, "10.0.0.0/8").with("ToPort", 22)).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn of_rules_with_one_duplicate_none_is_added() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    allow(&sim, &id, tcp(22, "10.0.0.0/8")).await;
    let both = rules(&id, [tcp(80, "0.0.0.0/0"), tcp(22, "10.0.0.0/8")]);
    assert_eq!(code(&sim, "AuthorizeSecurityGroupIngress", both).await, "InvalidPermission.Duplicate");
    let twice = rules(&id, [tcp(80, "0.0.0.0/0"), tcp(80, "0.0.0.0/0")]);
    assert_eq!(code(&sim, "AuthorizeSecurityGroupIngress", twice).await, "InvalidParameterValue");
    assert_eq!(found(&sim, &id).await.list("IpPermissions").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn protocols_come_back_in_their_normal_form() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let with = |protocol: &'static str, ports: bool| {
        let rule = map! { "IpProtocol" => protocol, "IpRanges" => [map! { "CidrIp" => "10.0.0.0/8" }] };
        if ports { rule.with("FromPort", 8).with("ToPort", 9) } else { rule }
    };
    for rule in
        [with("6", true), with("17", true), with("1", true), with("58", false), with("50", true), with("-1", true)]
    {
        allow(&sim, &id, rule).await;
    }
    let group = found(&sim, &id).await;
    let summary: Vec<_> = group
        .list("IpPermissions")
        .iter()
        .filter_map(Value::as_map)
        .map(|rule| (rule.text("IpProtocol"), rule.get("FromPort").and_then(Value::as_int)))
        .collect();
    let expected =
        [("-1", None), ("50", None), ("icmp", Some(8)), ("icmpv6", Some(-1)), ("tcp", Some(8)), ("udp", Some(8))];
    assert_eq!(summary, expected);
}

#[tokio::test(start_paused = true)]
async fn ports_types_and_protocols_have_rules() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let ranges = || [map! { "CidrIp" => "10.0.0.0/8" }];
    for (protocol, from, to) in [
        ("tcp", Some(80), None),
        ("tcp", None, None),
        ("udp", Some(81), Some(80)),
        ("tcp", Some(0), Some(65_536)),
        ("tcp", Some(-1), Some(-1)),
        ("icmp", None, None),
        ("icmp", Some(-1), Some(0)),
        ("icmp", Some(256), Some(0)),
        ("icmpv6", Some(1), None),
        ("all", None, None),
        ("TCP", Some(1), Some(1)),
        ("256", None, None),
        ("06", Some(1), Some(1)),
    ] {
        let rule = map! { "IpProtocol" => protocol, "IpRanges" => ranges() };
        let rule = rule.with_some("FromPort", from).with_some("ToPort", to);
        assert_eq!(refused(&sim, &id, rule).await, "InvalidParameterValue", "{protocol} {from:?} {to:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn peers_have_rules() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let bare = map! { "IpProtocol" => "-1" };
    assert_eq!(refused(&sim, &id, bare.clone()).await, "MissingParameter");
    for block in ["10.0.0.1", "10.0.0.0/33", "fd00::/8", "anywhere"] {
        let rule = bare.clone().with("IpRanges", [map! { "CidrIp" => block }]);
        assert_eq!(refused(&sim, &id, rule).await, "InvalidParameterValue", "{block}");
    }
    let lists = bare.clone().with("PrefixListIds", [map! { "PrefixListId" => "pl-0123456789abcdef0" }]);
    assert_eq!(refused(&sim, &id, lists).await, "InvalidPrefixListID.NotFound");
    let v6 = bare.clone().with("Ipv6Ranges", [map! { "CidrIpv6" => "fd00::1/8" }]);
    allow(&sim, &id, v6).await;
    assert_eq!(text(&found(&sim, &id).await, "IpPermissions.0.Ipv6Ranges.0.CidrIpv6"), "fd00::/8");
}

#[tokio::test(start_paused = true)]
async fn a_rule_names_groups_of_its_vpc_only() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let elsewhere = vpc(&sim, "10.1.0.0/16").await;
    let stranger = group(&sim, &elsewhere, "web").await;
    assert_eq!(refused(&sim, &id, from_group(&stranger)).await, "InvalidGroup.NotFound");
    assert_eq!(refused(&sim, &id, from_group("sg-0123456789abcdef0")).await, "InvalidGroup.NotFound");
    assert_eq!(refused(&sim, &id, from_group("web")).await, "InvalidGroupId.Malformed");
}

#[tokio::test(start_paused = true)]
async fn rules_with_the_same_traffic_come_back_as_one() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    allow(&sim, &id, tcp(22, "10.0.0.0/8")).await;
    let other = tcp(22, "192.168.0.0/16").with("UserIdGroupPairs", [map! { "GroupId" => &*id }]);
    allow(&sim, &id, other).await;
    let group = found(&sim, &id).await;
    assert_eq!(group.list("IpPermissions").len(), 1);
    let merged = at(&group, "IpPermissions.0").and_then(Value::as_map).unwrap();
    assert_eq!(column(merged, "IpRanges", "CidrIp"), ["10.0.0.0/8", "192.168.0.0/16"]);
    assert_eq!(column(merged, "UserIdGroupPairs", "UserId"), ["123456789012"]);
}

#[tokio::test(start_paused = true)]
async fn absent_rules_cannot_be_revoked_and_then_none_is() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    allow(&sim, &id, tcp(22, "10.0.0.0/8")).await;
    let both = rules(&id, [tcp(22, "10.0.0.0/8"), tcp(80, "0.0.0.0/0")]);
    assert_eq!(code(&sim, "RevokeSecurityGroupIngress", both).await, "InvalidPermission.NotFound");
    assert_eq!(found(&sim, &id).await.list("IpPermissions").len(), 1);
    ok(&sim, "RevokeSecurityGroupIngress", rules(&id, [tcp(22, "10.0.0.0/8")])).await;
    assert!(found(&sim, &id).await.list("IpPermissions").is_empty());
}

#[tokio::test(start_paused = true)]
async fn rules_can_be_revoked_by_id_and_whatever_their_description() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let rule = text(&allow(&sim, &id, tcp(22, "10.0.0.0/8")).await, "SecurityGroupRules.0.SecurityGroupRuleId");
    let by_id = map! { "GroupId" => &*id, "SecurityGroupRuleIds" => [&*rule] };
    ok(&sim, "RevokeSecurityGroupIngress", by_id.clone()).await;
    assert_eq!(code(&sim, "RevokeSecurityGroupIngress", by_id).await, "InvalidSecurityGroupRuleId.NotFound");
    let worded = map! {
        "IpProtocol" => "-1",
        "IpRanges" => [map! { "CidrIp" => "0.0.0.0/0", "Description" => "whatever" }],
    };
    ok(&sim, "RevokeSecurityGroupEgress", rules(&id, [worded])).await;
    assert!(found(&sim, &id).await.list("IpPermissionsEgress").is_empty());
}

#[tokio::test(start_paused = true)]
async fn descriptions_of_rules_can_be_changed_and_dropped() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let worded = |text: Option<&'static str>| {
        let range = map! { "CidrIp" => "10.0.0.0/8" }.with_some("Description", text);
        map! { "IpProtocol" => "tcp", "FromPort" => 22, "ToPort" => 22, "IpRanges" => [range] }
    };
    allow(&sim, &id, worded(Some("from the office"))).await;
    let description = async || text(&found(&sim, &id).await, "IpPermissions.0.IpRanges.0.Description");
    assert_eq!(description().await, "from the office");
    const UPDATE: &str = "UpdateSecurityGroupRuleDescriptionsIngress";
    ok(&sim, UPDATE, rules(&id, [worded(Some("from home"))])).await;
    assert_eq!(description().await, "from home");
    ok(&sim, UPDATE, rules(&id, [worded(None)])).await;
    assert_eq!(description().await, "");
    assert_eq!(code(&sim, UPDATE, rules(&id, [tcp(80, "0.0.0.0/0")])).await, "InvalidPermission.NotFound");
    assert_eq!(code(&sim, UPDATE, rules(&id, [worded(Some("it's"))])).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn rules_are_counted_for_each_direction_and_ip_version() {
    let sim = Sim::new().with_quota(Quota::RulesPerSecurityGroup, 2);
    let (_, id) = one(&sim).await;
    allow(&sim, &id, tcp(1, "10.0.0.0/8")).await;
    allow(&sim, &id, tcp(2, "10.0.0.0/8")).await;
    assert_eq!(refused(&sim, &id, tcp(3, "10.0.0.0/8")).await, "RulesPerSecurityGroupLimitExceeded");
    assert_eq!(refused(&sim, &id, from_group(&id)).await, "RulesPerSecurityGroupLimitExceeded");
    allow(&sim, &id, map! { "IpProtocol" => "-1", "Ipv6Ranges" => [map! { "CidrIpv6" => "::/0" }] }).await;
    ok(&sim, "AuthorizeSecurityGroupEgress", rules(&id, [tcp(1, "10.0.0.0/8")])).await;
}

#[tokio::test(start_paused = true)]
async fn sixty_rules_are_the_most() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    let many: Vec<Map> = (1..=60).map(|port| tcp(port, "10.0.0.0/8")).collect();
    ok(&sim, "AuthorizeSecurityGroupIngress", rules(&id, many)).await;
    assert_eq!(refused(&sim, &id, tcp(61, "10.0.0.0/8")).await, "RulesPerSecurityGroupLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn groups_can_be_found_by_their_rules() {
    let sim = Sim::new();
    let (_, id) = one(&sim).await;
    allow(&sim, &id, tcp(443, "0.0.0.0/0")).await;
    let found = ok(&sim, "DescribeSecurityGroups", filtered("ip-permission.to-port", "443")).await;
    assert_eq!(column(&found, "SecurityGroups", "GroupId"), [&*id]);
}

#[tokio::test(start_paused = true)]
async fn a_region_has_so_many_groups() {
    let sim = Sim::new().with_quota(Quota::SecurityGroups, 2);
    let (vpc, _) = one(&sim).await;
    assert_eq!(code(&sim, "CreateSecurityGroup", new_group(&vpc, "db", "x")).await, "SecurityGroupLimitExceeded");
}
