use super::super::Quota;
use super::*;

async fn acl(sim: &Sim, vpc: &str) -> String {
    text(&ok(sim, "CreateNetworkAcl", map! { "VpcId" => vpc }).await, "NetworkAcl.NetworkAclId")
}

/// The default ACL of a VPC.
async fn default(sim: &Sim, vpc: &str) -> Map {
    let both = map! { "Filters" => [filter("vpc-id", vpc), filter("default", "true")] };
    one(&ok(sim, "DescribeNetworkAcls", both).await, "NetworkAcls")
}

async fn shown(sim: &Sim, acl: &str) -> Map {
    one(&ok(sim, "DescribeNetworkAcls", map! { "NetworkAclIds" => [acl] }).await, "NetworkAcls")
}

fn at_number(acl: &str, number: i64, egress: bool) -> Map {
    map! { "NetworkAclId" => acl, "RuleNumber" => number, "Egress" => egress }
}

/// An ingress entry that allows everything.
fn entry(acl: &str, number: i64) -> Map {
    at_number(acl, number, false).with("Protocol", "-1").with("RuleAction", "allow").with("CidrBlock", "10.0.0.0/8")
}

#[tokio::test(start_paused = true)]
async fn a_new_acl_lets_nothing_through() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let made = map! { "VpcId" => &*vpc, "TagSpecifications" => tagged("network-acl", "Name", "mine") };
    let id = text(&ok(&sim, "CreateNetworkAcl", made).await, "NetworkAcl.NetworkAclId");
    let found = one(&ok(&sim, "DescribeNetworkAcls", filtered("tag:Name", "mine")).await, "NetworkAcls");
    assert_eq!(found.text("NetworkAclId"), id);
    assert_eq!(found.get("IsDefault"), Some(&false.into()));
    assert_eq!(found.list("Associations").len(), 0);
    assert_eq!(column(&found, "Entries", "RuleAction"), ["deny", "deny"]);
    for entry in found.list("Entries").iter().filter_map(Value::as_map) {
        assert_eq!(entry.get("RuleNumber"), Some(&32_767.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_makes_one_acl() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let make = || map! { "VpcId" => &*vpc, "ClientToken" => "t" };
    let first = ok(&sim, "CreateNetworkAcl", make()).await;
    assert_eq!(first, ok(&sim, "CreateNetworkAcl", make()).await);
    assert_eq!(ok(&sim, "DescribeNetworkAcls", map! {}).await.list("NetworkAcls").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_subnet_always_has_one_acl() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let first = default(&sim, &vpc).await;
    assert_eq!(column(&first, "Associations", "SubnetId"), [&*subnet]);
    let mine = acl(&sim, &vpc).await;
    let old = text(&first, "Associations.0.NetworkAclAssociationId");
    let replace = |association: &str, acl: &str| map! { "AssociationId" => association, "NetworkAclId" => acl };
    let new = text(&ok(&sim, "ReplaceNetworkAclAssociation", replace(&old, &mine)).await, "NewAssociationId");
    assert_ne!(old, new);
    let found = one(&ok(&sim, "DescribeNetworkAcls", filtered("association.subnet-id", &subnet)).await, "NetworkAcls");
    assert_eq!(found.text("NetworkAclId"), mine);
    assert_eq!(column(&found, "Associations", "NetworkAclAssociationId"), [&*new]);
    let refused = code(&sim, "ReplaceNetworkAclAssociation", replace(&old, &mine)).await;
    assert_eq!(refused, "InvalidAssociationID.NotFound");
    let delete = || map! { "NetworkAclId" => &*mine };
    assert_eq!(code(&sim, "DeleteNetworkAcl", delete()).await, "DependencyViolation");
    ok(&sim, "ReplaceNetworkAclAssociation", replace(&new, first.text("NetworkAclId"))).await;
    ok(&sim, "DeleteNetworkAcl", delete()).await;
    assert_eq!(code(&sim, "DeleteNetworkAcl", delete()).await, "InvalidNetworkAclID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn acl_and_subnet_are_of_one_vpc() {
    let sim = Sim::new();
    let (here, _) = network(&sim).await;
    let elsewhere = vpc(&sim, "10.1.0.0/16").await;
    let association = text(&default(&sim, &here).await, "Associations.0.NetworkAclAssociationId");
    let stray = map! { "AssociationId" => association, "NetworkAclId" => acl(&sim, &elsewhere).await };
    assert_eq!(code(&sim, "ReplaceNetworkAclAssociation", stray).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn the_default_acl_stays_and_can_be_changed_and_tagged() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = default(&sim, &vpc).await.text("NetworkAclId").to_owned();
    assert_eq!(code(&sim, "DeleteNetworkAcl", map! { "NetworkAclId" => &*id }).await, "InvalidParameterValue");
    ok(&sim, "DeleteNetworkAclEntry", at_number(&id, 100, false)).await;
    ok(&sim, "CreateNetworkAclEntry", entry(&id, 90)).await;
    ok(&sim, "CreateTags", map! { "Resources" => [&*id], "Tags" => [map! { "Key" => "a", "Value" => "b" }] }).await;
    let found = one(&ok(&sim, "DescribeNetworkAcls", filtered("tag:a", "b")).await, "NetworkAcls");
    assert_eq!(column(&found, "Entries", "CidrBlock"), ["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8"]);
}

#[tokio::test(start_paused = true)]
async fn a_vpc_with_an_acl_of_ones_own_is_not_deleted() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = acl(&sim, &vpc).await;
    assert_eq!(code(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await, "DependencyViolation");
    ok(&sim, "DeleteNetworkAcl", map! { "NetworkAclId" => &*id }).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
    assert!(ok(&sim, "DescribeNetworkAcls", map! {}).await.list("NetworkAcls").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_number_has_one_entry_in_each_direction() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = acl(&sim, &vpc).await;
    ok(&sim, "CreateNetworkAclEntry", entry(&id, 100)).await;
    assert_eq!(code(&sim, "CreateNetworkAclEntry", entry(&id, 100)).await, "NetworkAclEntryAlreadyExists");
    ok(&sim, "CreateNetworkAclEntry", with(entry(&id, 100), "Egress", true)).await;
    let deny = with(entry(&id, 100), "RuleAction", "deny");
    ok(&sim, "ReplaceNetworkAclEntry", deny).await;
    assert_eq!(column(&shown(&sim, &id).await, "Entries", "RuleAction"), ["deny", "deny", "deny", "allow"]);
    assert_eq!(code(&sim, "ReplaceNetworkAclEntry", entry(&id, 101)).await, "InvalidNetworkAclEntry.NotFound");
    ok(&sim, "DeleteNetworkAclEntry", at_number(&id, 100, false)).await;
    let again = code(&sim, "DeleteNetworkAclEntry", at_number(&id, 100, false)).await;
    assert_eq!(again, "InvalidNetworkAclEntry.NotFound");
    assert_eq!(shown(&sim, &id).await.list("Entries").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn entries_have_numbers_within_bounds() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = acl(&sim, &vpc).await;
    for number in [-1, 0, 32_767] {
        assert_eq!(code(&sim, "CreateNetworkAclEntry", entry(&id, number)).await, "InvalidParameterValue", "{number}");
    }
    ok(&sim, "CreateNetworkAclEntry", entry(&id, 32_766)).await;
    let last = at_number(&id, 32_767, false);
    assert_eq!(code(&sim, "DeleteNetworkAclEntry", last).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn what_an_entry_needs_depends_on_its_protocol() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = acl(&sim, &vpc).await;
    let of = |protocol: &str| with(entry(&id, 100), "Protocol", protocol);
    let v6 = |mut parameters: Map| {
        parameters.remove("CidrBlock");
        parameters.with("Ipv6CidrBlock", "::/0")
    };
    let ports = |from: i64, to: i64| map! { "From" => from, "To" => to };
    let icmp = |of_type: i64, code: i64| map! { "Type" => of_type, "Code" => code };
    for (parameters, refused) in [
        (of("6"), "MissingParameter"),
        (of("17"), "MissingParameter"),
        (of("1"), "MissingParameter"),
        (v6(of("58")), "MissingParameter"),
        (of("tcp"), "InvalidParameterValue"),
        (of("256"), "InvalidParameterValue"),
        (of("6").with("PortRange", ports(2, 1)), "InvalidParameterValue"),
        (of("6").with("PortRange", ports(0, 65_536)), "InvalidParameterValue"),
        (of("1").with("IcmpTypeCode", icmp(256, 0)), "InvalidParameterValue"),
        (of("1").with("IcmpTypeCode", icmp(-1, 0)), "InvalidParameterValue"),
        (of("-1").with("Ipv6CidrBlock", "::/0"), "InvalidParameterCombination"),
        (with(of("-1"), "CidrBlock", "10.0.0.0/33"), "InvalidParameterValue"),
        (with(of("-1"), "RuleAction", "drop"), "InvalidParameterValue"),
        (at_number(&id, 100, false).with("Protocol", "-1").with("RuleAction", "deny"), "MissingParameter"),
    ] {
        assert_eq!(code(&sim, "CreateNetworkAclEntry", parameters.clone()).await, refused, "{parameters:?}");
    }
    let with_ports = of("6").with("PortRange", ports(443, 443));
    ok(&sim, "CreateNetworkAclEntry", with(with_ports, "CidrBlock", "10.1.2.3/8")).await;
    ok(&sim, "CreateNetworkAclEntry", with(of("1").with("IcmpTypeCode", icmp(8, -1)), "RuleNumber", 110)).await;
    ok(&sim, "CreateNetworkAclEntry", with(of("-1").with("PortRange", ports(1, 2)), "RuleNumber", 120)).await;
    ok(&sim, "CreateNetworkAclEntry", with(of("58"), "RuleNumber", 130)).await;
    ok(&sim, "CreateNetworkAclEntry", with(v6(of("58")).with("IcmpTypeCode", icmp(-1, -1)), "RuleNumber", 140)).await;
    let found = shown(&sim, &id).await;
    assert_eq!(at(&found, "Entries.2.PortRange.From"), Some(&443.into()));
    assert_eq!(text(&found, "Entries.2.CidrBlock"), "10.0.0.0/8");
    assert_eq!(at(&found, "Entries.3.IcmpTypeCode.Type"), Some(&8.into()));
    assert_eq!(at(&found, "Entries.4.PortRange"), None);
    assert_eq!(at(&found, "Entries.5.IcmpTypeCode"), None);
    assert_eq!(text(&found, "Entries.6.Ipv6CidrBlock"), "::/0");
}

#[tokio::test(start_paused = true)]
async fn an_acl_has_so_many_entries_and_a_vpc_so_many_acls() {
    let sim = Sim::new().with_quota(Quota::NetworkAcls, 2);
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = acl(&sim, &vpc).await;
    assert_eq!(code(&sim, "CreateNetworkAcl", map! { "VpcId" => &*vpc }).await, "NetworkAclLimitExceeded");
    for number in 1..=19 {
        ok(&sim, "CreateNetworkAclEntry", entry(&id, number)).await;
    }
    assert_eq!(code(&sim, "CreateNetworkAclEntry", entry(&id, 20)).await, "NetworkAclEntryLimitExceeded");
    ok(&sim, "CreateNetworkAclEntry", with(entry(&id, 20), "Egress", true)).await;
    let mut v6 = entry(&id, 20);
    v6.remove("CidrBlock");
    ok(&sim, "CreateNetworkAclEntry", v6.with("Ipv6CidrBlock", "::/0")).await;
}
