use super::*;

/// A VPC with IPv6, and the start of its block: `2600:1f00:0:1`.
async fn dual(sim: &Sim) -> (String, String) {
    let asked = map! { "CidrBlock" => "10.0.0.0/16", "AmazonProvidedIpv6CidrBlock" => true };
    let answer = ok(sim, "CreateVpc", asked).await;
    assert_eq!(text(&answer, "Vpc.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlockState.State"), "associating");
    assert_eq!(at(&answer, "Vpc.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock"), None);
    wait(Timing::QUICK.block).await;
    let id = text(&answer, "Vpc.VpcId");
    let found = ok(sim, "DescribeVpcs", map! { "VpcIds" => [&*id] }).await;
    let block = text(&found, "Vpcs.0.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock");
    let start = block.strip_suffix("00::/56").unwrap_or_else(|| panic!("{block}"));
    assert!(start.starts_with("2600:1f"), "{block}");
    (id, start.to_owned())
}

/// A subnet with the block `…01::/64` of such a VPC.
async fn dual_subnet(sim: &Sim) -> (String, String, String) {
    let (vpc, start) = dual(sim).await;
    let block = format!("{start}01::/64");
    let asked = map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.0.0/24", "Ipv6CidrBlock" => &*block };
    let subnet = text(&ok(sim, "CreateSubnet", asked).await, "Subnet.SubnetId");
    (vpc, subnet, block)
}

async fn found(sim: &Sim, subnet: &str) -> Map {
    let answer = ok(sim, "DescribeSubnets", map! { "SubnetIds" => [subnet] }).await;
    at(&answer, "Subnets.0").and_then(Value::as_map).cloned().unwrap()
}

async fn assign(sim: &Sim, subnet: &str, switch: Map) -> Result<Map, Fault> {
    let asked = map! { "SubnetId" => subnet, "AssignIpv6AddressOnCreation" => switch };
    send(sim, "ModifySubnetAttribute", asked).await
}

async fn launched(sim: &Sim, parameters: Map) -> Map {
    let answer = ok(sim, "RunInstances", parameters).await;
    at(&answer, "Instances.0").and_then(Value::as_map).cloned().unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_vpc_has_a_block_of_its_own_and_routes_for_it() {
    let sim = Sim::new();
    let ((vpc, one), (_, two)) = (dual(&sim).await, dual(&sim).await);
    assert_ne!(one, two);
    let block = format!("{one}00::/56");
    let table = table(&sim, &vpc).await;
    let tables = ok(&sim, "DescribeRouteTables", filtered("route.destination-ipv6-cidr-block", &block)).await;
    assert_eq!(tables.list("RouteTables").len(), 2);
    let local = map! { "RouteTableId" => &*table, "DestinationIpv6CidrBlock" => block };
    assert_eq!(code(&sim, "DeleteRoute", local).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn rules_and_entries_that_let_all_through_do_so_for_ipv6() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let (open, closed) = (group(&sim, &vpc, "open").await, group(&sim, &vpc, "closed").await);
    let all = map! { "IpProtocol" => "-1", "IpRanges" => [map! { "CidrIp" => "0.0.0.0/0" }] };
    ok(&sim, "RevokeSecurityGroupEgress", map! { "GroupId" => &*closed, "IpPermissions" => [all] }).await;
    let ipv6 = map! { "VpcId" => &*vpc, "AmazonProvidedIpv6CidrBlock" => true };
    ok(&sim, "AssociateVpcCidrBlock", ipv6).await;
    wait(Timing::QUICK.block).await;
    let later = group(&sim, &vpc, "later").await;
    let with_it = filtered("egress.ip-permission.ipv6-cidr", "::/0");
    let groups = column(&ok(&sim, "DescribeSecurityGroups", with_it).await, "SecurityGroups", "GroupId");
    assert_eq!(groups.len(), 3);
    assert!(groups.contains(&open) && groups.contains(&later) && !groups.contains(&closed));
    let acls = ok(&sim, "DescribeNetworkAcls", filtered("vpc-id", &vpc)).await;
    let acl = at(&acls, "NetworkAcls.0").and_then(Value::as_map).cloned().unwrap();
    let ipv6 = |entry: &&Map| text(entry, "Ipv6CidrBlock") == "::/0";
    let number = |entry: &Map| entry.get("RuleNumber").and_then(Value::as_int).unwrap();
    let entries = acl.list("Entries").iter().filter_map(Value::as_map).filter(ipv6);
    let mut entries: Vec<(i64, bool)> =
        entries.map(|entry| (number(entry), text(entry, "RuleAction") == "allow")).collect();
    entries.sort_unstable();
    assert_eq!(entries, [(101, true), (101, true), (32_768, false), (32_768, false)]);
}

#[tokio::test(start_paused = true)]
async fn a_subnet_has_a_64_of_its_vpcs_block() {
    let sim = Sim::new();
    let (vpc, start) = dual(&sim).await;
    let asked = |v4: &str, v6: &str| map! { "VpcId" => &*vpc, "CidrBlock" => v4, "Ipv6CidrBlock" => v6 };
    let made = ok(&sim, "CreateSubnet", asked("10.0.0.0/24", &format!("{start}07::/64"))).await;
    assert_eq!(text(&made, "Subnet.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock"), format!("{start}07::/64"));
    for (block, expected) in [
        (format!("{start}07::/64"), "InvalidSubnet.Conflict"),
        (format!("{start}08::/63"), "InvalidSubnet.Range"),
        ("2600:1fff:0:100::/64".to_owned(), "InvalidSubnet.Range"),
        ("10.0.0.0/24".to_owned(), "InvalidParameterValue"),
    ] {
        assert_eq!(code(&sim, "CreateSubnet", asked("10.0.1.0/24", &block)).await, expected, "{block}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_subnets_block_comes_and_goes() {
    let sim = Sim::new();
    let (vpc, start) = dual(&sim).await;
    let subnet = subnet(&sim, &vpc, "10.0.0.0/24").await;
    assert_eq!(assign(&sim, &subnet, on()).await.unwrap_err().code, "InvalidParameterValue");
    let asked = || map! { "SubnetId" => &*subnet, "Ipv6CidrBlock" => format!("{start}01::/64") };
    let answer = ok(&sim, "AssociateSubnetCidrBlock", asked()).await;
    let association = text(&answer, "Ipv6CidrBlockAssociation.AssociationId");
    assert_eq!(text(&answer, "Ipv6CidrBlockAssociation.Ipv6CidrBlockState.State"), "associating");
    assert_eq!(code(&sim, "AssociateSubnetCidrBlock", asked()).await, "InvalidParameterValue");
    wait(Timing::QUICK.block).await;
    let path = "Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlockState.State";
    assert_eq!(text(&found(&sim, &subnet).await, path), "associated");
    assign(&sim, &subnet, on()).await.unwrap();
    assert!(found(&sim, &subnet).await.is_true("AssignIpv6AddressOnCreation"));
    let end = || map! { "AssociationId" => &*association };
    assert_eq!(code(&sim, "DisassociateSubnetCidrBlock", end()).await, "InvalidCidrBlock.InUse");
    assign(&sim, &subnet, off()).await.unwrap();
    let vpcs = ok(&sim, "DescribeVpcs", map! { "VpcIds" => [&*vpc] }).await;
    let of_vpc = map! { "AssociationId" => text(&vpcs, "Vpcs.0.Ipv6CidrBlockAssociationSet.0.AssociationId") };
    assert_eq!(code(&sim, "DisassociateVpcCidrBlock", of_vpc.clone()).await, "InvalidCidrBlock.InUse");
    ok(&sim, "DisassociateSubnetCidrBlock", end()).await;
    assert_eq!(text(&found(&sim, &subnet).await, path), "disassociating");
    wait(Timing::QUICK.block).await;
    assert_eq!(code(&sim, "DisassociateSubnetCidrBlock", end()).await, "InvalidSubnetCidrBlockAssociationID.NotFound");
    ok(&sim, "DisassociateVpcCidrBlock", of_vpc).await;
}

#[tokio::test(start_paused = true)]
async fn instances_have_addresses_if_the_subnet_or_the_request_says_so() {
    let sim = Sim::new();
    let (_, subnet, block) = dual_subnet(&sim).await;
    let start = block.strip_suffix(":/64").unwrap();
    let without = launched(&sim, launch(interface(&subnet))).await;
    assert_eq!(at(&without, "Ipv6Address"), None);
    let two = launched(&sim, launch(interface(&subnet).with("Ipv6AddressCount", 2))).await;
    let shown = at(&two, "NetworkInterfaces.0.Ipv6Addresses").and_then(Value::as_list).unwrap();
    assert_eq!(shown.len(), 2);
    assert!(text(&two, "Ipv6Address").starts_with(start), "{two:?}");
    assign(&sim, &subnet, on()).await.unwrap();
    let assigned = launched(&sim, launch(interface(&subnet))).await;
    assert!(text(&assigned, "Ipv6Address").starts_with(start));
    assert_ne!(text(&assigned, "Ipv6Address"), text(&two, "Ipv6Address"));
    let none = launched(&sim, launch(interface(&subnet).with("Ipv6AddressCount", 0))).await;
    assert_eq!(at(&none, "Ipv6Address"), None);
    let by_address = filtered("ipv6-addresses.ipv6-address", &text(&assigned, "Ipv6Address"));
    assert_eq!(ok(&sim, "DescribeNetworkInterfaces", by_address).await.list("NetworkInterfaces").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_address_can_be_asked_for_if_it_is_free() {
    let sim = Sim::new();
    let (_, subnet, block) = dual_subnet(&sim).await;
    let start = block.strip_suffix("/64").unwrap();
    let asked = |last: &str| {
        let addresses = [map! { "Ipv6Address" => format!("{start}{last}") }];
        launch(interface(&subnet).with("Ipv6Addresses", addresses))
    };
    assert_eq!(text(&launched(&sim, asked("5")).await, "Ipv6Address"), format!("{start}5"));
    assert_eq!(code(&sim, "RunInstances", asked("5")).await, "InvalidIPAddress.InUse");
    assert_eq!(code(&sim, "RunInstances", asked("3")).await, "InvalidParameterValue");
    let elsewhere = [map! { "Ipv6Address" => "2600::5" }];
    let elsewhere = launch(interface(&subnet).with("Ipv6Addresses", elsewhere));
    assert_eq!(code(&sim, "RunInstances", elsewhere).await, "InvalidParameterValue");
    let mut beside = launch(interface(&subnet)).with("Ipv6AddressCount", 1);
    assert_eq!(code(&sim, "RunInstances", beside.clone()).await, "InvalidParameterCombination");
    beside.remove("NetworkInterfaces");
    assert_ne!(text(&launched(&sim, beside.with("SubnetId", &*subnet)).await, "Ipv6Address"), "");
    let old = launch(interface(&subnet).with("Ipv6AddressCount", -1));
    assert_eq!(code(&sim, "RunInstances", old).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn what_runs_can_be_given_addresses() {
    let sim = Sim::new();
    let (_, subnet, block) = dual_subnet(&sim).await;
    let start = block.strip_suffix(":/64").unwrap();
    let instance = launched(&sim, launch(interface(&subnet))).await;
    let card = text(&instance, "NetworkInterfaces.0.NetworkInterfaceId");
    let asked = |name: &'static str, value: Value| map! { "NetworkInterfaceId" => &*card }.with(name, value);
    let given = ok(&sim, "AssignIpv6Addresses", asked("Ipv6AddressCount", 2.into())).await;
    assert_eq!(given.list("AssignedIpv6Addresses").len(), 2);
    ok(&sim, "AssignIpv6Addresses", asked("Ipv6Addresses", [format!("{start}:7")].into())).await;
    let found = described(&sim, &text(&instance, "InstanceId")).await;
    let has = at(&found, "NetworkInterfaces.0.Ipv6Addresses").and_then(Value::as_list).unwrap();
    assert_eq!(has.len(), 3);
    assert!(text(&found, "Ipv6Address").starts_with(start), "{found:?}");
    let again = asked("Ipv6Addresses", [format!("{start}:7")].into());
    assert_eq!(code(&sim, "AssignIpv6Addresses", again).await, "InvalidIPAddress.InUse");
    let nothing = map! { "NetworkInterfaceId" => &*card };
    assert_eq!(code(&sim, "AssignIpv6Addresses", nothing).await, "MissingParameter");
    let many = asked("Ipv6AddressCount", 48.into());
    assert_eq!(code(&sim, "AssignIpv6Addresses", many).await, "PrivateIpAddressLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_without_ipv6_has_no_addresses() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let asked = launch(interface(&subnet).with("Ipv6AddressCount", 1));
    assert_eq!(code(&sim, "RunInstances", asked).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn what_has_ipv6_is_kept_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.json");
    let first = Sim::open(&path).unwrap();
    let (_, subnet, _) = dual_subnet(&first).await;
    launched(&first, launch(interface(&subnet).with("Ipv6AddressCount", 1))).await;
    let before = first.snapshot();
    drop(first);
    assert_eq!(Sim::open(&path).unwrap().snapshot(), before);
}
