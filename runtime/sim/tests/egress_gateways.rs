use super::*;

async fn egress_gateway(sim: &Sim, vpc: &str) -> String {
    let answer = ok(sim, "CreateEgressOnlyInternetGateway", map! { "VpcId" => vpc, "ClientToken" => "t" }).await;
    text(&answer, "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId")
}

fn named(id: &str) -> Map {
    map! { "EgressOnlyInternetGatewayId" => id }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_attached_to_its_vpc_and_keeps_it() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = egress_gateway(&sim, &vpc).await;
    assert_eq!(egress_gateway(&sim, &vpc).await, id);
    let tags = map! { "Resources" => [&*id], "Tags" => [map! { "Key" => "a", "Value" => "b" }] };
    ok(&sim, "CreateTags", tags).await;
    let found = ok(&sim, "DescribeEgressOnlyInternetGateways", filtered("tag:a", "b")).await;
    assert_eq!(text(&found, "EgressOnlyInternetGateways.0.Attachments.0.VpcId"), vpc);
    assert_eq!(text(&found, "EgressOnlyInternetGateways.0.Attachments.0.State"), "attached");
    let by_vpc = filtered("attachment.vpc-id", &vpc);
    assert_eq!(code(&sim, "DescribeEgressOnlyInternetGateways", by_vpc).await, "InvalidParameterValue");
    assert_eq!(code(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await, "DependencyViolation");
    assert!(ok(&sim, "DeleteEgressOnlyInternetGateway", named(&id)).await.is_true("ReturnCode"));
    assert_eq!(code(&sim, "DeleteEgressOnlyInternetGateway", named(&id)).await, "InvalidGatewayID.NotFound");
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
}

#[tokio::test(start_paused = true)]
async fn there_are_so_many() {
    let sim = Sim::new().with_quota(super::super::Quota::EgressGateways, 1);
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    egress_gateway(&sim, &vpc).await;
    let more = map! { "VpcId" => &*vpc };
    assert_eq!(code(&sim, "CreateEgressOnlyInternetGateway", more).await, "EgressOnlyInternetGatewayLimitExceeded");
}
