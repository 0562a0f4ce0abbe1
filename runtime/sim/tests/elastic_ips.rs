use super::*;

async fn address(sim: &Sim) -> String {
    text(&ok(sim, "AllocateAddress", map! { "Domain" => "vpc" }).await, "AllocationId")
}

fn to(allocation: &str, instance: &str) -> Map {
    map! { "AllocationId" => allocation, "InstanceId" => instance }
}

fn allocation(id: &str) -> Map {
    map! { "AllocationIds" => [id] }
}

/// A VPC with a gateway and a running instance that has a public address: the VPC, its gateway, the subnet, the instance.
async fn world(sim: &Sim) -> (String, String, String, String) {
    let (vpc, subnet) = network(sim).await;
    let gateway = attached_gateway(sim, &vpc).await;
    ok(sim, "ModifySubnetAttribute", map! { "SubnetId" => &*subnet, "MapPublicIpOnLaunch" => on() }).await;
    let instance = running(sim, &subnet).await;
    (vpc, gateway, subnet, instance)
}

#[tokio::test(start_paused = true)]
async fn an_address_takes_the_place_of_the_one_that_an_instance_was_given() {
    let sim = Sim::new();
    let (_, _, _, instance) = world(&sim).await;
    let given = text(&described(&sim, &instance).await, "PublicIpAddress");
    let id = address(&sim).await;
    let association = text(&ok(&sim, "AssociateAddress", to(&id, &instance)).await, "AssociationId");
    let found = ok(&sim, "DescribeAddresses", allocation(&id)).await;
    assert_eq!(text(&found, "Addresses.0.InstanceId"), instance);
    assert_eq!(text(&found, "Addresses.0.AssociationId"), association);
    assert_eq!(text(&found, "Addresses.0.PrivateIpAddress"), "10.0.0.4");
    let now = described(&sim, &instance).await;
    assert_eq!(text(&now, "PublicIpAddress"), text(&found, "Addresses.0.PublicIp"));
    assert_eq!(text(&now, "NetworkInterfaces.0.Association.IpOwnerId"), "123456789012");
    ok(&sim, "DisassociateAddress", map! { "AssociationId" => &*association }).await;
    let after = text(&described(&sim, &instance).await, "PublicIpAddress");
    assert!(![given, text(&found, "Addresses.0.PublicIp"), String::new()].contains(&after), "{after}");
}

#[tokio::test(start_paused = true)]
async fn an_address_stays_while_its_instance_is_stopped_and_is_free_when_it_is_terminated() {
    let sim = Sim::new();
    let (_, _, _, instance) = world(&sim).await;
    let id = address(&sim).await;
    ok(&sim, "AssociateAddress", to(&id, &instance)).await;
    let public = text(&described(&sim, &instance).await, "PublicIpAddress");
    ok(&sim, "StopInstances", ids(&instance)).await;
    wait(Timing::QUICK.stop).await;
    assert_eq!(text(&described(&sim, &instance).await, "PublicIpAddress"), public);
    ok(&sim, "StartInstances", ids(&instance)).await;
    wait(Timing::QUICK.start).await;
    assert_eq!(text(&described(&sim, &instance).await, "PublicIpAddress"), public);
    ok(&sim, "TerminateInstances", ids(&instance)).await;
    assert_eq!(code(&sim, "ReleaseAddress", map! { "AllocationId" => &*id }).await, "InvalidIPAddress.InUse");
    wait(Timing::QUICK.terminate).await;
    let found = ok(&sim, "DescribeAddresses", allocation(&id)).await;
    assert_eq!(text(&found, "Addresses.0.AssociationId"), "");
    ok(&sim, "ReleaseAddress", map! { "AllocationId" => &*id }).await;
    assert_eq!(code(&sim, "DescribeAddresses", allocation(&id)).await, "InvalidAllocationID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn an_address_needs_an_internet_gateway_and_an_instance_that_is_not_pending() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let pending = instance(&sim, &subnet).await;
    let id = address(&sim).await;
    let refused = fault(&sim, "AssociateAddress", to(&id, &pending)).await;
    assert_eq!(refused.code, "InvalidInstanceID");
    assert!(refused.message.contains("pending instance"), "{refused}");
    wait(Timing::QUICK.start).await;
    assert_eq!(code(&sim, "AssociateAddress", to(&id, &pending)).await, "Gateway.NotAttached");
    attached_gateway(&sim, &vpc).await;
    ok(&sim, "AssociateAddress", to(&id, &pending)).await;
}

#[tokio::test(start_paused = true)]
async fn an_address_is_taken_from_another_instance_unless_that_is_forbidden() {
    let sim = Sim::new();
    let (_, _, subnet, one) = world(&sim).await;
    let two = running(&sim, &subnet).await;
    let (first, second) = (address(&sim).await, address(&sim).await);
    let before = ok(&sim, "AssociateAddress", to(&first, &one)).await;
    assert_eq!(ok(&sim, "AssociateAddress", to(&first, &one)).await, before);
    let forbidden = to(&first, &two).with("AllowReassociation", false);
    assert_eq!(code(&sim, "AssociateAddress", forbidden).await, "Resource.AlreadyAssociated");
    ok(&sim, "AssociateAddress", to(&first, &two)).await;
    let found = ok(&sim, "DescribeAddresses", filtered("instance-id", &two)).await;
    assert_eq!(column(&found, "Addresses", "AllocationId"), [&*first]);
    ok(&sim, "AssociateAddress", to(&second, &two)).await;
    let found = ok(&sim, "DescribeAddresses", allocation(&first)).await;
    assert_eq!(text(&found, "Addresses.0.AssociationId"), "");
    let old = map! { "AssociationId" => text(&before, "AssociationId") };
    assert_eq!(code(&sim, "DisassociateAddress", old).await, "InvalidAssociationID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_stays_while_addresses_are_mapped() {
    let sim = Sim::new();
    let (vpc, gateway, _, instance) = world(&sim).await;
    let id = address(&sim).await;
    ok(&sim, "AssociateAddress", to(&id, &instance)).await;
    ok(&sim, "StopInstances", ids(&instance)).await;
    wait(Timing::QUICK.stop).await;
    let pair = map! { "InternetGatewayId" => &*gateway, "VpcId" => &*vpc };
    assert_eq!(code(&sim, "DetachInternetGateway", pair.clone()).await, "DependencyViolation");
    let found = ok(&sim, "DescribeAddresses", map! {}).await;
    ok(&sim, "DisassociateAddress", map! { "AssociationId" => text(&found, "Addresses.0.AssociationId") }).await;
    ok(&sim, "DetachInternetGateway", pair).await;
}

#[tokio::test(start_paused = true)]
async fn an_interface_shows_the_ids_of_its_address() {
    let sim = Sim::new();
    let (_, _, _, instance) = world(&sim).await;
    let card = text(&described(&sim, &instance).await, "NetworkInterfaces.0.NetworkInterfaceId");
    let id = address(&sim).await;
    ok(&sim, "AssociateAddress", map! { "AllocationId" => &*id, "NetworkInterfaceId" => &*card }).await;
    let found = ok(&sim, "DescribeNetworkInterfaces", filtered("association.allocation-id", &id)).await;
    assert_eq!(column(&found, "NetworkInterfaces", "NetworkInterfaceId"), [&*card]);
    assert_eq!(at(&described(&sim, &instance).await, "NetworkInterfaces.0.Association.AllocationId"), None);
    let both = to(&id, &instance).with("NetworkInterfaceId", &*card);
    assert_eq!(code(&sim, "AssociateAddress", both).await, "InvalidParameterCombination");
}

#[tokio::test(start_paused = true)]
async fn addresses_have_tags_and_there_are_five() {
    let sim = Sim::new();
    let tagged = map! { "Domain" => "vpc", "TagSpecifications" => tagged("elastic-ip", "a", "b") };
    let id = text(&ok(&sim, "AllocateAddress", tagged).await, "AllocationId");
    for _ in 1..5 {
        address(&sim).await;
    }
    assert_eq!(code(&sim, "AllocateAddress", map! {}).await, "AddressLimitExceeded");
    let found = ok(&sim, "DescribeAddresses", filtered("tag:a", "b")).await;
    assert_eq!(column(&found, "Addresses", "AllocationId"), [&*id]);
    let more = map! { "Resources" => [&*id], "Tags" => [map! { "Key" => "c", "Value" => "d" }] };
    ok(&sim, "CreateTags", more).await;
    assert_eq!(ok(&sim, "DescribeAddresses", filtered("tag-key", "c")).await.list("Addresses").len(), 1);
    assert_eq!(code(&sim, "DescribeAddresses", map! { "MaxResults" => 5 }).await, "UnknownParameter");
}
