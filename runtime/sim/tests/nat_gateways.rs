use super::*;

async fn address(sim: &Sim) -> String {
    text(&ok(sim, "AllocateAddress", map! { "Domain" => "vpc" }).await, "AllocationId")
}

fn public(subnet: &str, allocation: &str) -> Map {
    map! { "SubnetId" => subnet, "AllocationId" => allocation }
}

async fn nat(sim: &Sim, parameters: Map) -> String {
    text(&ok(sim, "CreateNatGateway", parameters).await, "NatGateway.NatGatewayId")
}

async fn found(sim: &Sim, id: &str) -> Map {
    let answer = ok(sim, "DescribeNatGateways", map! { "NatGatewayIds" => [id] }).await;
    at(&answer, "NatGateways.0").and_then(Value::as_map).cloned().unwrap()
}

fn named(id: &str) -> Map {
    map! { "NatGatewayId" => id }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_becomes_available_with_an_address_and_an_interface() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    attached_gateway(&sim, &vpc).await;
    let allocation = address(&sim).await;
    let id = nat(&sim, public(&subnet, &allocation)).await;
    let pending = found(&sim, &id).await;
    assert_eq!(text(&pending, "State"), "pending");
    assert_eq!(text(&pending, "NatGatewayAddresses.0.AllocationId"), allocation);
    assert_eq!(at(&pending, "NatGatewayAddresses.0.PublicIp"), None);
    wait(Timing::QUICK.nat_gateway).await;
    let live = found(&sim, &id).await;
    assert_eq!(text(&live, "State"), "available");
    assert_eq!(text(&live, "ConnectivityType"), "public");
    let elastic = ok(&sim, "DescribeAddresses", map! { "AllocationIds" => [&*allocation] }).await;
    let shown = |name: &str| text(&live, &format!("NatGatewayAddresses.0.{name}"));
    assert_eq!(text(&elastic, "Addresses.0.PublicIp"), shown("PublicIp"));
    assert_eq!(text(&elastic, "Addresses.0.NetworkInterfaceId"), shown("NetworkInterfaceId"));
    let cards = ok(&sim, "DescribeNetworkInterfaces", filtered("subnet-id", &subnet)).await;
    assert_eq!(text(&cards, "NetworkInterfaces.0.InterfaceType"), "nat_gateway");
    assert_eq!(text(&cards, "NetworkInterfaces.0.PrivateIpAddress"), shown("PrivateIp"));
    assert_eq!(text(&cards, "NetworkInterfaces.0.Status"), "in-use");
}

#[tokio::test(start_paused = true)]
async fn what_a_gateway_holds_is_kept_until_it_is_deleted() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let gateway = attached_gateway(&sim, &vpc).await;
    let allocation = address(&sim).await;
    let id = nat(&sim, public(&subnet, &allocation)).await;
    wait(Timing::QUICK.nat_gateway).await;
    let live = found(&sim, &id).await;
    let association = map! { "AssociationId" => text(&live, "NatGatewayAddresses.0.AssociationId") };
    assert_eq!(code(&sim, "DisassociateAddress", association).await, "AuthFailure");
    let card = text(&live, "NatGatewayAddresses.0.NetworkInterfaceId");
    let change = map! { "NetworkInterfaceId" => &*card, "SourceDestCheck" => on() };
    assert_eq!(code(&sim, "ModifyNetworkInterfaceAttribute", change).await, "AuthFailure");
    let instance = running(&sim, &subnet).await;
    let steal = map! { "AllocationId" => &*allocation, "InstanceId" => &*instance };
    assert_eq!(code(&sim, "AssociateAddress", steal).await, "AuthFailure");
    ok(&sim, "TerminateInstances", ids(&instance)).await;
    wait(Timing::QUICK.terminate).await;

    ok(&sim, "DeleteNatGateway", named(&id)).await;
    assert_eq!(text(&found(&sim, &id).await, "State"), "deleting");
    let pair = map! { "InternetGatewayId" => &*gateway, "VpcId" => &*vpc };
    let release = map! { "AllocationId" => &*allocation };
    assert_eq!(code(&sim, "DeleteSubnet", map! { "SubnetId" => &*subnet }).await, "DependencyViolation");
    assert_eq!(code(&sim, "DetachInternetGateway", pair.clone()).await, "DependencyViolation");
    assert_eq!(code(&sim, "ReleaseAddress", release.clone()).await, "InvalidIPAddress.InUse");
    wait(Timing::QUICK.nat_gateway_deletion).await;
    assert_eq!(text(&found(&sim, &id).await, "State"), "deleted");
    assert_eq!(code(&sim, "DeleteNatGateway", named(&id)).await, "NatGatewayNotFound");
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*subnet }).await;
    ok(&sim, "DetachInternetGateway", pair).await;
    ok(&sim, "ReleaseAddress", release).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
    wait(Timing::QUICK.listed).await;
    let gone = code(&sim, "DescribeNatGateways", map! { "NatGatewayIds" => [&*id] }).await;
    assert_eq!(gone, "NatGatewayNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_without_an_internet_gateway_fails() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let allocation = address(&sim).await;
    let id = nat(&sim, public(&subnet, &allocation)).await;
    assert_eq!(text(&found(&sim, &id).await, "State"), "pending");
    wait(Timing::QUICK.nat_gateway).await;
    let failed = found(&sim, &id).await;
    assert_eq!(text(&failed, "State"), "failed");
    assert_eq!(text(&failed, "FailureCode"), "Gateway.NotAttached");
    assert_eq!(text(&failed, "FailureMessage"), format!("Network {vpc} has no Internet gateway attached"));
    ok(&sim, "ReleaseAddress", map! { "AllocationId" => &*allocation }).await;
    ok(&sim, "DeleteNatGateway", named(&id)).await;
    assert_eq!(text(&found(&sim, &id).await, "State"), "deleted");
}

#[tokio::test(start_paused = true)]
async fn an_address_serves_one_gateway() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    attached_gateway(&sim, &vpc).await;
    let allocation = address(&sim).await;
    nat(&sim, public(&subnet, &allocation)).await;
    let second = nat(&sim, public(&subnet, &allocation)).await;
    wait(Timing::QUICK.nat_gateway).await;
    assert_eq!(text(&found(&sim, &second).await, "FailureCode"), "Resource.AlreadyAssociated");
    let absent = public(&subnet, "eipalloc-0123456789abcdef0");
    assert_eq!(code(&sim, "CreateNatGateway", absent).await, "InvalidAllocationID.NotFound");
    assert_eq!(code(&sim, "CreateNatGateway", map! { "SubnetId" => &*subnet }).await, "MissingParameter");
}

#[tokio::test(start_paused = true)]
async fn a_full_subnet_has_no_room_for_a_gateway() {
    let sim = Sim::new().with_quota(super::super::Quota::NatGateways, 20);
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let subnet = subnet(&sim, &vpc, "10.0.0.0/28").await;
    let private = || map! { "SubnetId" => &*subnet, "ConnectivityType" => "private" };
    for _ in 0..11 {
        nat(&sim, private()).await;
    }
    let id = nat(&sim, private()).await;
    wait(Timing::QUICK.nat_gateway).await;
    assert_eq!(text(&found(&sim, &id).await, "FailureCode"), "InsufficientFreeAddressesInSubnet");
}

#[tokio::test(start_paused = true)]
async fn a_private_gateway_has_no_public_address_and_can_have_a_fixed_one() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let private = map! { "SubnetId" => &*subnet, "ConnectivityType" => "private", "PrivateIpAddress" => "10.0.0.9" };
    let id = nat(&sim, private.clone()).await;
    wait(Timing::QUICK.nat_gateway).await;
    let live = found(&sim, &id).await;
    assert_eq!(text(&live, "NatGatewayAddresses.0.PrivateIp"), "10.0.0.9");
    assert_eq!(at(&live, "NatGatewayAddresses.0.PublicIp"), None);
    assert_eq!(code(&sim, "CreateNatGateway", private.clone()).await, "InvalidIPAddress.InUse");
    let both = private.with("AllocationId", address(&sim).await);
    assert_eq!(code(&sim, "CreateNatGateway", both).await, "InvalidParameterCombination");
}

#[tokio::test(start_paused = true)]
async fn the_same_request_again_makes_no_second_gateway() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    attached_gateway(&sim, &vpc).await;
    let allocation = address(&sim).await;
    let asked = public(&subnet, &allocation).with("ClientToken", "t");
    assert_eq!(nat(&sim, asked.clone()).await, nat(&sim, asked).await);
    let other = map! { "SubnetId" => &*subnet, "ConnectivityType" => "private", "ClientToken" => "t" };
    assert_eq!(code(&sim, "CreateNatGateway", other).await, "IdempotentParameterMismatch");
}

#[tokio::test(start_paused = true)]
async fn gateways_are_found_by_filter_and_there_are_five_in_a_zone() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let private = || map! { "SubnetId" => &*subnet, "ConnectivityType" => "private" };
    let tagged = private().with("TagSpecifications", tagged("natgateway", "a", "b"));
    let id = nat(&sim, tagged).await;
    for _ in 1..5 {
        nat(&sim, private()).await;
    }
    assert_eq!(code(&sim, "CreateNatGateway", private()).await, "NatGatewayLimitExceeded");
    for (name, value, count) in [("tag:a", "b", 1), ("vpc-id", &*vpc, 5), ("subnet-id", &*subnet, 5), ("state", "x", 0)]
    {
        let answer = ok(&sim, "DescribeNatGateways", map! { "Filter" => [filter(name, value)] }).await;
        assert_eq!(answer.list("NatGateways").len(), count, "{name}");
    }
    assert_eq!(code(&sim, "DescribeNatGateways", filtered("vpc-id", &vpc)).await, "UnknownParameter");
    ok(&sim, "DeleteNatGateway", named(&id)).await;
    wait(Timing::QUICK.nat_gateway_deletion).await;
    nat(&sim, private()).await;
}
