//! What a VPC comes with: it is found by filters, can be changed and tagged, and goes with the VPC.

use super::*;

/// The one thing of a VPC that a filter finds beside it.
async fn found(sim: &Sim, action: &'static str, list: &str, vpc: &str, other: Map) -> Map {
    one(&ok(sim, action, map! { "Filters" => [filter("vpc-id", vpc), other] }).await, list)
}

async fn tag(sim: &Sim, id: &str) {
    let tags = [map! { "Key" => "vpcc:address", "Value" => "lan" }];
    ok(sim, "CreateTags", map! { "Resources" => [id], "Tags" => tags }).await;
}

#[tokio::test(start_paused = true)]
async fn the_default_group_can_be_changed_and_tagged() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    group(&sim, &vpc, "web").await;
    let default = found(&sim, "DescribeSecurityGroups", "SecurityGroups", &vpc, filter("group-name", "default")).await;
    let id = default.text("GroupId");
    let itself = map! { "IpProtocol" => "-1", "UserIdGroupPairs" => [map! { "GroupId" => id }] };
    ok(&sim, "RevokeSecurityGroupIngress", map! { "GroupId" => id, "IpPermissions" => [itself] }).await;
    let all = map! { "IpProtocol" => "-1", "IpRanges" => [map! { "CidrIp" => "0.0.0.0/0" }] };
    ok(&sim, "RevokeSecurityGroupEgress", map! { "GroupId" => id, "IpPermissions" => [all.clone()] }).await;
    ok(&sim, "AuthorizeSecurityGroupIngress", map! { "GroupId" => id, "IpPermissions" => [all] }).await;
    tag(&sim, id).await;
    let changed = one(&ok(&sim, "DescribeSecurityGroups", filtered("tag:vpcc:address", "lan")).await, "SecurityGroups");
    assert_eq!(text(&changed, "IpPermissions.0.IpRanges.0.CidrIp"), "0.0.0.0/0");
    assert_eq!(changed.get("IpPermissionsEgress"), None);
    assert_eq!(code(&sim, "DeleteSecurityGroup", map! { "GroupId" => id }).await, "CannotDelete");
}

#[tokio::test(start_paused = true)]
async fn the_main_table_can_be_changed_and_tagged() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    table(&sim, &vpc).await;
    let gateway = attached_gateway(&sim, &vpc).await;
    let main = found(&sim, "DescribeRouteTables", "RouteTables", &vpc, filter("association.main", "true")).await;
    let id = main.text("RouteTableId");
    let route = map! { "RouteTableId" => id, "DestinationCidrBlock" => "0.0.0.0/0", "GatewayId" => &*gateway };
    ok(&sim, "CreateRoute", route).await;
    tag(&sim, id).await;
    let changed = one(&ok(&sim, "DescribeRouteTables", filtered("tag:vpcc:address", "lan")).await, "RouteTables");
    assert_eq!(column(&changed, "Routes", "GatewayId"), ["local", &*gateway]);
}

#[tokio::test(start_paused = true)]
async fn what_a_vpc_came_with_goes_with_it_though_it_was_changed() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let group = found(&sim, "DescribeSecurityGroups", "SecurityGroups", &vpc, filter("group-name", "default")).await;
    let table = found(&sim, "DescribeRouteTables", "RouteTables", &vpc, filter("association.main", "true")).await;
    let acl = found(&sim, "DescribeNetworkAcls", "NetworkAcls", &vpc, filter("default", "true")).await;
    let ids = [group.text("GroupId"), table.text("RouteTableId"), acl.text("NetworkAclId")];
    for id in ids {
        tag(&sim, id).await;
    }
    assert_eq!(ok(&sim, "DescribeTags", map! {}).await.list("Tags").len(), 3);
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
    assert!(ok(&sim, "DescribeTags", map! {}).await.list("Tags").is_empty());
    assert_eq!(sim.snapshot(), serde_json::json!({}));
}
