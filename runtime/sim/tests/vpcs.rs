use super::*;

#[tokio::test(start_paused = true)]
async fn a_new_vpc_is_pending_and_then_available() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let states = async || column(&ok(&sim, "DescribeVpcs", map! { "VpcIds" => [&*id] }).await, "Vpcs", "State");
    assert_eq!(states().await, ["pending"]);
    wait(Timing::QUICK.vpc).await;
    assert_eq!(states().await, ["available"]);
}

#[tokio::test(start_paused = true)]
async fn host_bits_of_a_vpc_block_are_dropped() {
    let sim = Sim::new();
    let answer = ok(&sim, "CreateVpc", map! { "CidrBlock" => "100.68.0.18/18" }).await;
    assert_eq!(text(&answer, "Vpc.CidrBlock"), "100.68.0.0/18");
    assert_eq!(text(&answer, "Vpc.CidrBlockAssociationSet.0.CidrBlock"), "100.68.0.0/18");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_block_is_from_16_to_28_and_in_no_special_range() {
    let sim = Sim::new();
    for block in ["10.0.0.0/15", "10.0.0.0/29", "127.0.0.0/16", "169.254.0.0/20", "224.0.0.0/16", "0.1.0.0/16"] {
        assert_eq!(code(&sim, "CreateVpc", map! { "CidrBlock" => block }).await, "InvalidVpc.Range", "{block}");
    }
    for block in ["10.0.0.0", "10.0.0.0/33", "fd00::/56", ""] {
        assert_eq!(code(&sim, "CreateVpc", map! { "CidrBlock" => block }).await, "InvalidParameterValue", "{block}");
    }
    assert_eq!(code(&sim, "CreateVpc", map! {}).await, "MissingParameter");
}

#[tokio::test(start_paused = true)]
async fn the_tenancy_host_is_refused() {
    let sim = Sim::new();
    let with = |tenancy: &'static str| map! { "CidrBlock" => "10.0.0.0/16", "InstanceTenancy" => tenancy };
    assert_eq!(text(&ok(&sim, "CreateVpc", with("dedicated")).await, "Vpc.InstanceTenancy"), "dedicated");
    assert_eq!(code(&sim, "CreateVpc", with("host")).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_comes_with_a_main_table_an_acl_a_group_and_dhcp_options() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let tables = ok(&sim, "DescribeRouteTables", filtered("association.main", "true")).await;
    assert_eq!(column(&tables, "RouteTables", "VpcId"), [&*id]);
    assert_eq!(column(&tables, "RouteTables", "Routes.0.GatewayId"), ["local"]);
    let acls = ok(&sim, "DescribeNetworkAcls", filtered("default", "true")).await;
    assert_eq!(column(&acls, "NetworkAcls", "VpcId"), [&*id]);
    assert_eq!(at(&acls, "NetworkAcls.0.Entries").and_then(Value::as_list).unwrap().len(), 4);
    let groups = ok(&sim, "DescribeSecurityGroups", filtered("group-name", "default")).await;
    let group = text(&groups, "SecurityGroups.0.GroupId");
    assert_eq!(text(&groups, "SecurityGroups.0.IpPermissions.0.UserIdGroupPairs.0.GroupId"), group);
    assert_eq!(text(&groups, "SecurityGroups.0.IpPermissionsEgress.0.IpRanges.0.CidrIp"), "0.0.0.0/0");
    let options = ok(&sim, "DescribeDhcpOptions", map! {}).await;
    let vpcs = ok(&sim, "DescribeVpcs", map! {}).await;
    assert_eq!(text(&options, "DhcpOptions.0.DhcpOptionsId"), text(&vpcs, "Vpcs.0.DhcpOptionsId"));
}

#[tokio::test(start_paused = true)]
async fn five_vpcs_are_the_most_in_a_region() {
    let sim = Sim::new();
    for _ in 0..5 {
        vpc(&sim, "10.0.0.0/16").await;
    }
    assert_eq!(code(&sim, "CreateVpc", map! { "CidrBlock" => "10.0.0.0/16" }).await, "VpcLimitExceeded");
    let elsewhere = Call::new("CreateVpc", map! { "CidrBlock" => "10.0.0.0/16" });
    assert!(sim.call("us-east-1", &elsewhere).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_quota_can_be_raised() {
    let sim = Sim::new().with_quota(super::super::Quota::Vpcs, 6);
    for _ in 0..6 {
        vpc(&sim, "10.0.0.0/16").await;
    }
    assert_eq!(code(&sim, "CreateVpc", map! { "CidrBlock" => "10.0.0.0/16" }).await, "VpcLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn deleting_a_vpc_takes_what_came_with_it() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*id }).await;
    assert_eq!(sim.snapshot(), serde_json::json!({}));
    assert_eq!(code(&sim, "DeleteVpc", map! { "VpcId" => &*id }).await, "InvalidVpcID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_with_a_subnet_a_gateway_a_table_or_a_group_stays() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let delete = async || send(&sim, "DeleteVpc", map! { "VpcId" => &*id }).await.unwrap_err().code;
    let subnet = subnet(&sim, &id, "10.0.0.0/24").await;
    assert_eq!(delete().await, "DependencyViolation");
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*subnet }).await;
    let gateway = attached_gateway(&sim, &id).await;
    assert_eq!(delete().await, "DependencyViolation");
    ok(&sim, "DetachInternetGateway", map! { "InternetGatewayId" => &*gateway, "VpcId" => &*id }).await;
    let table = table(&sim, &id).await;
    assert_eq!(delete().await, "DependencyViolation");
    ok(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*table }).await;
    let group = group(&sim, &id, "web").await;
    assert_eq!(delete().await, "DependencyViolation");
    ok(&sim, "DeleteSecurityGroup", map! { "GroupId" => &*group }).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*id }).await;
}

#[tokio::test(start_paused = true)]
async fn attributes_of_a_vpc_are_changed_and_read_one_a_call() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    let read = async |name: &'static str, member: &str| {
        let answer = ok(&sim, "DescribeVpcAttribute", map! { "VpcId" => &*id, "Attribute" => name }).await;
        at(&answer, &format!("{member}.Value")).cloned()
    };
    assert_eq!(read("enableDnsSupport", "EnableDnsSupport").await, Some(true.into()));
    assert_eq!(read("enableDnsHostnames", "EnableDnsHostnames").await, Some(false.into()));
    ok(&sim, "ModifyVpcAttribute", map! { "VpcId" => &*id, "EnableDnsHostnames" => on() }).await;
    assert_eq!(read("enableDnsHostnames", "EnableDnsHostnames").await, Some(true.into()));
    let both = map! { "VpcId" => &*id, "EnableDnsHostnames" => on(), "EnableDnsSupport" => on() };
    assert_eq!(code(&sim, "ModifyVpcAttribute", both).await, "InvalidParameterCombination");
    assert_eq!(code(&sim, "ModifyVpcAttribute", map! { "VpcId" => &*id }).await, "InvalidParameterCombination");
    let odd = map! { "VpcId" => &*id, "Attribute" => "cidr" };
    assert_eq!(code(&sim, "DescribeVpcAttribute", odd).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn host_names_need_dns_support() {
    let sim = Sim::new();
    let id = vpc(&sim, "10.0.0.0/16").await;
    ok(&sim, "ModifyVpcAttribute", map! { "VpcId" => &*id, "EnableDnsSupport" => off() }).await;
    let names = map! { "VpcId" => &*id, "EnableDnsHostnames" => on() };
    assert_eq!(code(&sim, "ModifyVpcAttribute", names).await, "InvalidParameterValue");
}

fn options(key: &str, values: &[&str]) -> Map {
    let values: Vec<&str> = values.to_vec();
    map! { "DhcpConfigurations" => [map! { "Key" => key, "Values" => values }] }
}

#[tokio::test(start_paused = true)]
async fn dhcp_options_are_made_used_and_let_go() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let made = ok(&sim, "CreateDhcpOptions", options("domain-name-servers", &["10.0.0.2", "10.0.0.3"])).await;
    let id = text(&made, "DhcpOptions.DhcpOptionsId");
    assert_eq!(text(&made, "DhcpOptions.DhcpConfigurations.0.Values.1.Value"), "10.0.0.3");
    ok(&sim, "AssociateDhcpOptions", map! { "DhcpOptionsId" => &*id, "VpcId" => &*vpc }).await;
    let delete = map! { "DhcpOptionsId" => &*id };
    assert_eq!(code(&sim, "DeleteDhcpOptions", delete.clone()).await, "DependencyViolation");
    ok(&sim, "AssociateDhcpOptions", map! { "DhcpOptionsId" => "default", "VpcId" => &*vpc }).await;
    assert_eq!(column(&ok(&sim, "DescribeVpcs", map! {}).await, "Vpcs", "DhcpOptionsId"), ["default"]);
    ok(&sim, "DeleteDhcpOptions", delete.clone()).await;
    assert_eq!(code(&sim, "DeleteDhcpOptions", delete).await, "InvalidDhcpOptionID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn deleting_a_vpc_only_unlinks_its_dhcp_options() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let made = ok(&sim, "CreateDhcpOptions", options("domain-name", &["lan"])).await;
    let id = text(&made, "DhcpOptions.DhcpOptionsId");
    ok(&sim, "AssociateDhcpOptions", map! { "DhcpOptionsId" => &*id, "VpcId" => &*vpc }).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
    ok(&sim, "DescribeDhcpOptions", map! { "DhcpOptionsIds" => [&*id] }).await;
    ok(&sim, "DeleteDhcpOptions", map! { "DhcpOptionsId" => &*id }).await;
}

#[tokio::test(start_paused = true)]
async fn dhcp_options_have_rules() {
    let sim = Sim::new();
    for (key, values) in [
        ("domain-name-servers", &["AmazonProvidedDNS"] as &[&str]),
        ("domain-name-servers", &["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1"]),
        ("netbios-node-type", &["2"]),
        ("ipv6-address-preferred-lease-time", &["140"]),
    ] {
        ok(&sim, "CreateDhcpOptions", options(key, values)).await;
    }
    for (key, values) in [
        ("domain-name-servers", &["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"] as &[&str]),
        ("domain-name-servers", &["AmazonProvidedDNS", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]),
        ("ntp-servers", &["AmazonProvidedDNS"]),
        ("ntp-servers", &["time.example"]),
        ("domain-name", &["a", "b"]),
        ("netbios-node-type", &["3"]),
        ("ipv6-address-preferred-lease-time", &["139"]),
        ("domain-name", &[]),
        ("colour", &["red"]),
    ] {
        let refused = code(&sim, "CreateDhcpOptions", options(key, values)).await;
        assert_eq!(refused, "InvalidParameterValue", "{key} {values:?}");
    }
}
