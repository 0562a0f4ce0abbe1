use super::*;

async fn associate(sim: &Sim, vpc: &str, block: &str) -> Result<Map, Fault> {
    send(sim, "AssociateVpcCidrBlock", map! { "VpcId" => vpc, "CidrBlock" => block }).await
}

async fn found(sim: &Sim, vpc: &str) -> Map {
    let answer = ok(sim, "DescribeVpcs", map! { "VpcIds" => [vpc] }).await;
    at(&answer, "Vpcs.0").and_then(Value::as_map).cloned().unwrap()
}

async fn destinations(sim: &Sim, vpc: &str) -> Vec<String> {
    let answer = ok(sim, "DescribeRouteTables", filtered("vpc-id", vpc)).await;
    let table = at(&answer, "RouteTables.0").and_then(Value::as_map).cloned().unwrap();
    let routes = table.list("Routes").iter().filter_map(Value::as_map);
    routes.map(|route| text(route, "DestinationCidrBlock") + &text(route, "DestinationIpv6CidrBlock")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_block_takes_a_while_and_then_has_routes_and_room() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let answer = associate(&sim, &vpc, "10.1.0.0/16").await.unwrap();
    let association = text(&answer, "CidrBlockAssociation.AssociationId");
    assert_eq!(text(&answer, "CidrBlockAssociation.CidrBlockState.State"), "associating");
    let in_it = || map! { "VpcId" => &*vpc, "CidrBlock" => "10.1.0.0/24" };
    assert_eq!(code(&sim, "CreateSubnet", in_it()).await, "InvalidSubnet.Range");
    wait(Timing::QUICK.block).await;
    assert_eq!(text(&found(&sim, &vpc).await, "CidrBlockAssociationSet.1.CidrBlockState.State"), "associated");
    assert_eq!(destinations(&sim, &vpc).await, ["10.0.0.0/16", "10.1.0.0/16"]);
    let subnet = text(&ok(&sim, "CreateSubnet", in_it()).await, "Subnet.SubnetId");
    let end = || map! { "AssociationId" => &*association };
    assert_eq!(code(&sim, "DisassociateVpcCidrBlock", end()).await, "InvalidCidrBlock.InUse");
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*subnet }).await;
    ok(&sim, "DisassociateVpcCidrBlock", end()).await;
    assert_eq!(destinations(&sim, &vpc).await, ["10.0.0.0/16"]);
    wait(Timing::QUICK.block).await;
    assert_eq!(found(&sim, &vpc).await.list("CidrBlockAssociationSet").len(), 1);
    assert_eq!(code(&sim, "DisassociateVpcCidrBlock", end()).await, "InvalidVpcCidrBlockAssociationID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn the_first_block_stays() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let first = text(&found(&sim, &vpc).await, "CidrBlockAssociationSet.0.AssociationId");
    let refused = code(&sim, "DisassociateVpcCidrBlock", map! { "AssociationId" => first }).await;
    assert_eq!(refused, "OperationNotPermitted");
}

#[tokio::test(start_paused = true)]
async fn which_blocks_can_come_depends_on_those_that_are_there() {
    let sim = Sim::new().with_quota(super::super::Quota::Vpcs, 20).with_quota(super::super::Quota::Blocks, 20);
    for (first, second, fits) in [
        ("10.2.0.0/16", "10.3.0.0/16", true),
        ("10.2.0.0/16", "10.2.1.0/24", false),
        ("10.2.0.0/16", "172.16.0.0/16", false),
        ("10.2.0.0/16", "192.168.0.0/24", false),
        ("10.2.0.0/16", "198.19.0.0/24", false),
        ("10.2.0.0/16", "100.64.0.0/16", true),
        ("10.2.0.0/16", "52.0.0.0/24", true),
        ("10.2.0.0/16", "52.0.0.0/8", false),
        ("10.1.0.0/16", "10.0.0.0/24", false),
        ("172.16.0.0/16", "172.31.0.0/24", false),
        ("172.16.0.0/16", "172.30.0.0/24", true),
        ("198.19.0.0/24", "198.19.1.0/24", true),
        ("100.64.0.0/16", "10.0.0.0/16", false),
    ] {
        let vpc = vpc(&sim, first).await;
        let outcome = associate(&sim, &vpc, second).await;
        assert_eq!(outcome.is_ok(), fits, "{first} {second}: {outcome:?}");
        outcome.map_or_else(|fault| assert_eq!(fault.code, "InvalidVpc.Range"), drop);
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_covers_a_route_cannot_come() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let (gateway, table) = (attached_gateway(&sim, &vpc).await, table(&sim, &vpc).await);
    let route = map! {
        "RouteTableId" => &*table, "DestinationCidrBlock" => "100.64.1.0/24", "GatewayId" => &*gateway
    };
    ok(&sim, "CreateRoute", route).await;
    assert_eq!(associate(&sim, &vpc, "100.64.0.0/16").await.unwrap_err().code, "InvalidVpc.Range");
    associate(&sim, &vpc, "100.64.1.0/25").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_vpc_has_so_many_blocks() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.2.0.0/16").await;
    for third in 3..7 {
        associate(&sim, &vpc, &format!("10.{third}.0.0/16")).await.unwrap();
    }
    assert_eq!(associate(&sim, &vpc, "10.7.0.0/16").await.unwrap_err().code, "CidrLimitExceeded");
    let ipv6 = || map! { "VpcId" => &*vpc, "AmazonProvidedIpv6CidrBlock" => true };
    for _ in 0..5 {
        ok(&sim, "AssociateVpcCidrBlock", ipv6()).await;
    }
    assert_eq!(code(&sim, "AssociateVpcCidrBlock", ipv6()).await, "CidrLimitExceeded");
    let both = ipv6().with("CidrBlock", "10.8.0.0/16");
    assert_eq!(code(&sim, "AssociateVpcCidrBlock", both).await, "InvalidParameterCombination");
}
