use super::*;

#[tokio::test(start_paused = true)]
async fn five_addresses_of_a_subnet_are_kept() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let made = ok(&sim, "CreateSubnet", map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.0.0/28" }).await;
    assert_eq!(at(&made, "Subnet.AvailableIpAddressCount"), Some(&11i64.into()));
}

#[tokio::test(start_paused = true)]
async fn a_new_subnet_is_pending_and_then_available() {
    let sim = Sim::new();
    let (_, id) = network(&sim).await;
    let states =
        async || column(&ok(&sim, "DescribeSubnets", map! { "SubnetIds" => [&*id] }).await, "Subnets", "State");
    assert_eq!(states().await, ["pending"]);
    wait(Timing::QUICK.subnet).await;
    assert_eq!(states().await, ["available"]);
}

#[tokio::test(start_paused = true)]
async fn a_subnet_is_within_its_vpc_and_from_16_to_28() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/20").await;
    for block in ["10.1.0.0/24", "10.0.0.0/16", "10.0.0.0/29"] {
        let parameters = map! { "VpcId" => &*vpc, "CidrBlock" => block };
        assert_eq!(code(&sim, "CreateSubnet", parameters).await, "InvalidSubnet.Range", "{block}");
    }
    let parameters = map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.0.0" };
    assert_eq!(code(&sim, "CreateSubnet", parameters).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn subnets_of_a_vpc_do_not_overlap() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    subnet(&sim, &vpc, "10.0.0.77/24").await;
    for block in ["10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/20"] {
        let parameters = map! { "VpcId" => &*vpc, "CidrBlock" => block };
        assert_eq!(code(&sim, "CreateSubnet", parameters).await, "InvalidSubnet.Conflict", "{block}");
    }
    subnet(&sim, &vpc, "10.0.1.0/24").await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_is_in_a_zone_of_its_region() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let zoned = |zone: &'static str| {
        map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.0.0/24", "AvailabilityZone" => zone }
    };
    let refused = fault(&sim, "CreateSubnet", zoned("eu-central-1x")).await;
    assert_eq!(refused.code, "InvalidParameterValue");
    assert!(refused.message.contains("eu-central-1a, eu-central-1b, eu-central-1c"), "{refused}");
    let made = ok(&sim, "CreateSubnet", zoned("eu-central-1b")).await;
    assert_eq!(text(&made, "Subnet.AvailabilityZoneId"), "euc1-az2");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_in_an_unknown_vpc_is_refused() {
    let sim = Sim::new();
    let parameters = map! { "VpcId" => "vpc-0123456789abcdef0", "CidrBlock" => "10.0.0.0/24" };
    let refused = fault(&sim, "CreateSubnet", parameters).await;
    assert_eq!(refused.code, "InvalidVpcID.NotFound");
    assert_eq!(refused.message, "The vpc ID 'vpc-0123456789abcdef0' does not exist");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_has_so_many_subnets() {
    let sim = Sim::new().with_quota(super::super::Quota::Subnets, 1);
    let (vpc, _) = network(&sim).await;
    let parameters = map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.1.0/24" };
    assert_eq!(code(&sim, "CreateSubnet", parameters).await, "SubnetLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_can_map_public_addresses() {
    let sim = Sim::new();
    let (_, id) = network(&sim).await;
    ok(&sim, "ModifySubnetAttribute", map! { "SubnetId" => &*id, "MapPublicIpOnLaunch" => on() }).await;
    let mapped = ok(&sim, "DescribeSubnets", filtered("map-public-ip-on-launch", "true")).await;
    assert_eq!(column(&mapped, "Subnets", "SubnetId"), [&*id]);
    assert_eq!(code(&sim, "ModifySubnetAttribute", map! { "SubnetId" => &*id }).await, "InvalidParameterCombination");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_with_an_instance_stays_until_that_is_terminated() {
    let sim = Sim::new();
    let (_, id) = network(&sim).await;
    let instance = running(&sim, &id).await;
    let delete = map! { "SubnetId" => &*id };
    assert_eq!(code(&sim, "DeleteSubnet", delete.clone()).await, "DependencyViolation");
    ok(&sim, "TerminateInstances", ids(&instance)).await;
    assert_eq!(code(&sim, "DeleteSubnet", delete.clone()).await, "DependencyViolation");
    wait(Timing::QUICK.terminate).await;
    ok(&sim, "DeleteSubnet", delete).await;
}

#[tokio::test(start_paused = true)]
async fn associations_go_with_their_subnet() {
    let sim = Sim::new();
    let (vpc, id) = network(&sim).await;
    let table = table(&sim, &vpc).await;
    ok(&sim, "AssociateRouteTable", map! { "RouteTableId" => &*table, "SubnetId" => &*id }).await;
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*id }).await;
    ok(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*table }).await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_has_the_default_acl_of_its_vpc() {
    let sim = Sim::new();
    let (_, id) = network(&sim).await;
    let acls = ok(&sim, "DescribeNetworkAcls", filtered("association.subnet-id", &id)).await;
    assert_eq!(at(&acls, "NetworkAcls.0.IsDefault"), Some(&true.into()));
}
