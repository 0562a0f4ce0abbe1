use super::*;

fn pair(gateway: &str, vpc: &str) -> Map {
    map! { "InternetGatewayId" => gateway, "VpcId" => vpc }
}

#[tokio::test(start_paused = true)]
async fn a_vpc_has_one_gateway_and_a_gateway_one_vpc() {
    let sim = Sim::new();
    let (one, two) = (vpc(&sim, "10.0.0.0/16").await, vpc(&sim, "10.1.0.0/16").await);
    let id = attached_gateway(&sim, &one).await;
    assert_eq!(code(&sim, "AttachInternetGateway", pair(&id, &one)).await, "Resource.AlreadyAssociated");
    assert_eq!(code(&sim, "AttachInternetGateway", pair(&id, &two)).await, "Resource.AlreadyAssociated");
    let other = gateway(&sim).await;
    let refused = fault(&sim, "AttachInternetGateway", pair(&other, &one)).await;
    assert_eq!(refused.code, "InvalidParameterValue");
    assert!(refused.message.contains("already has an internet gateway attached"));
}

#[tokio::test(start_paused = true)]
async fn an_attachment_is_said_to_be_available() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    attached_gateway(&sim, &vpc).await;
    let found = ok(&sim, "DescribeInternetGateways", filtered("attachment.vpc-id", &vpc)).await;
    assert_eq!(column(&found, "InternetGateways", "Attachments.0.State"), ["available"]);
}

#[tokio::test(start_paused = true)]
async fn an_attached_gateway_is_not_deleted() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = attached_gateway(&sim, &vpc).await;
    let delete = map! { "InternetGatewayId" => &*id };
    assert_eq!(code(&sim, "DeleteInternetGateway", delete.clone()).await, "DependencyViolation");
    ok(&sim, "DetachInternetGateway", pair(&id, &vpc)).await;
    assert_eq!(code(&sim, "DetachInternetGateway", pair(&id, &vpc)).await, "Gateway.NotAttached");
    ok(&sim, "DeleteInternetGateway", delete.clone()).await;
    assert_eq!(code(&sim, "DeleteInternetGateway", delete).await, "InvalidInternetGatewayID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_stays_attached_while_an_instance_has_a_public_address() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let id = attached_gateway(&sim, &vpc).await;
    let public = launch(interface(&subnet).with("AssociatePublicIpAddress", true));
    let instance = text(&ok(&sim, "RunInstances", public).await, "Instances.0.InstanceId");
    wait(Timing::QUICK.start).await;
    let refused = fault(&sim, "DetachInternetGateway", pair(&id, &vpc)).await;
    assert_eq!(refused.code, "DependencyViolation");
    assert!(refused.message.contains("has some mapped public address(es)"));
    ok(&sim, "TerminateInstances", ids(&instance)).await;
    wait(Timing::QUICK.terminate).await;
    ok(&sim, "DetachInternetGateway", pair(&id, &vpc)).await;
}

#[tokio::test(start_paused = true)]
async fn five_gateways_are_the_most_in_a_region() {
    let sim = Sim::new();
    for _ in 0..5 {
        gateway(&sim).await;
    }
    assert_eq!(code(&sim, "CreateInternetGateway", map! {}).await, "InternetGatewayLimitExceeded");
}
