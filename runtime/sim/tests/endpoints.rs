use super::super::Quota;
use super::*;

const S3: &str = "com.amazonaws.eu-central-1.s3";
const SSM: &str = "com.amazonaws.eu-central-1.ssm";

fn gateway(vpc: &str, tables: &[&str]) -> Map {
    map! { "VpcEndpointType" => "Gateway", "VpcId" => vpc, "ServiceName" => S3, "RouteTableIds" => tables.to_vec() }
}

/// An interface endpoint without private DNS.
fn interfaces(vpc: &str, subnets: &[&str]) -> Map {
    map! {
        "VpcEndpointType" => "Interface",
        "VpcId" => vpc,
        "ServiceName" => SSM,
        "SubnetIds" => subnets.to_vec(),
        "PrivateDnsEnabled" => false,
    }
}

async fn endpoint(sim: &Sim, parameters: Map) -> String {
    text(&ok(sim, "CreateVpcEndpoint", parameters).await, "VpcEndpoint.VpcEndpointId")
}

async fn ready(sim: &Sim, parameters: Map) -> String {
    let id = endpoint(sim, parameters).await;
    wait(Timing::QUICK.endpoint).await;
    id
}

async fn refused(sim: &Sim, parameters: Map) -> String {
    code(sim, "CreateVpcEndpoint", parameters).await
}

async fn shown(sim: &Sim, id: &str) -> Map {
    one(&ok(sim, "DescribeVpcEndpoints", map! { "VpcEndpointIds" => [id] }).await, "VpcEndpoints")
}

async fn routes(sim: &Sim, table: &str) -> Map {
    one(&ok(sim, "DescribeRouteTables", map! { "RouteTableIds" => [table] }).await, "RouteTables")
}

async fn delete(sim: &Sim, id: &str) -> Map {
    ok(sim, "DeleteVpcEndpoints", map! { "VpcEndpointIds" => [id] }).await
}

fn change(id: &str, name: &'static str, value: impl Into<Value>) -> Map {
    map! { "VpcEndpointId" => id }.with(name, value)
}

async fn subnet_in(sim: &Sim, vpc: &str, block: &str, zone: &str) -> String {
    let parameters = map! { "VpcId" => vpc, "CidrBlock" => block, "AvailabilityZone" => zone };
    text(&ok(sim, "CreateSubnet", parameters).await, "Subnet.SubnetId")
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_a_route_in_its_tables() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let (one_table, other) = (table(&sim, &vpc).await, table(&sim, &vpc).await);
    let made = ok(&sim, "CreateVpcEndpoint", gateway(&vpc, &[&one_table])).await;
    assert_eq!(text(&made, "VpcEndpoint.State"), "available");
    let id = text(&made, "VpcEndpoint.VpcEndpointId");
    let found = routes(&sim, &one_table).await;
    assert_eq!(column(&found, "Routes", "GatewayId"), ["local", &*id]);
    assert_eq!(text(&found, "Routes.1.State"), "active");
    let list = text(&found, "Routes.1.DestinationPrefixListId");
    let by_name = ok(&sim, "DescribePrefixLists", filtered("prefix-list-name", S3)).await;
    assert_eq!(column(&by_name, "PrefixLists", "PrefixListId"), [&*list]);
    let managed = ok(&sim, "DescribeManagedPrefixLists", map! { "PrefixListIds" => [&*list] }).await;
    assert_eq!(column(&managed, "PrefixLists", "PrefixListName"), [S3]);
    let swap = change(&id, "AddRouteTableIds", [&*other]).with("RemoveRouteTableIds", [&*one_table]);
    ok(&sim, "ModifyVpcEndpoint", swap).await;
    assert_eq!(routes(&sim, &one_table).await.list("Routes").len(), 1);
    assert_eq!(routes(&sim, &other).await.list("Routes").len(), 2);
    ok(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*other }).await;
    assert_eq!(shown(&sim, &id).await.get("RouteTableIds"), None);
}

#[tokio::test(start_paused = true)]
async fn a_table_leads_to_a_service_once() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let table = table(&sim, &vpc).await;
    let id = endpoint(&sim, gateway(&vpc, &[&table])).await;
    let again = fault(&sim, "CreateVpcEndpoint", gateway(&vpc, &[&table])).await;
    assert_eq!(again.code, "RouteAlreadyExists");
    assert!(again.message.contains(&format!("route table {table} already has a route with destination-prefix-list")));
    let add = || change(&id, "AddRouteTableIds", [&*table]);
    assert_eq!(code(&sim, "ModifyVpcEndpoint", add()).await, "RouteAlreadyExists");
    let dynamodb = with(gateway(&vpc, &[&table]), "ServiceName", "com.amazonaws.eu-central-1.dynamodb");
    endpoint(&sim, dynamodb).await;
    assert_eq!(routes(&sim, &table).await.list("Routes").len(), 3);
    delete(&sim, &id).await;
    assert_eq!(routes(&sim, &table).await.list("Routes").len(), 2);
    endpoint(&sim, gateway(&vpc, &[&table])).await;
}

#[tokio::test(start_paused = true)]
async fn types_and_services_have_rules() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let elsewhere = super::vpc(&sim, "10.1.0.0/16").await;
    let stray = table(&sim, &elsewhere).await;
    for name in ["s3", "com.amazonaws.us-east-1.s3", "com.amazonaws.eu-central-1.", "com.amazonaws.eu-central-1.S3"] {
        let wrong = with(gateway(&vpc, &[]), "ServiceName", name);
        assert_eq!(refused(&sim, wrong).await, "InvalidServiceName", "{name}");
    }
    for (parameters, expected) in [
        (with(gateway(&vpc, &[]), "ServiceName", SSM), "InvalidParameter"),
        (with(gateway(&vpc, &[]), "SubnetIds", [&*subnet]), "InvalidParameter"),
        (gateway(&vpc, &[&stray]), "InvalidParameter"),
        (gateway(&vpc, &["rtb-0123456789abcdef0"]), "InvalidRouteTableID.NotFound"),
        (with(gateway(&vpc, &[]), "VpcEndpointType", "Tollgate"), "InvalidParameterValue"),
        (with(gateway(&vpc, &[]), "PolicyDocument", "{"), "InvalidPolicyDocument"),
        (with(interfaces(&vpc, &[]), "RouteTableIds", [&*stray]), "InvalidParameter"),
        (interfaces(&elsewhere, &[&subnet]), "InvalidParameter"),
    ] {
        assert_eq!(refused(&sim, parameters.clone()).await, expected, "{parameters:?}");
    }
    assert!(ok(&sim, "DescribeVpcEndpoints", map! {}).await.list("VpcEndpoints").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_interface_endpoint_is_pending_available_and_deleting() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let group = group(&sim, &vpc, "web").await;
    let parameters = interfaces(&vpc, &[&subnet])
        .with("SecurityGroupIds", [&*group])
        .with("TagSpecifications", tagged("vpc-endpoint", "Name", "ssm"));
    let id = endpoint(&sim, parameters).await;
    assert_eq!(shown(&sim, &id).await.text("State"), "pending");
    assert_eq!(code(&sim, "ModifyVpcEndpoint", change(&id, "ResetPolicy", true)).await, "IncorrectState");
    wait(Timing::QUICK.endpoint).await;
    let found = one(&ok(&sim, "DescribeVpcEndpoints", filtered("tag:Name", "ssm")).await, "VpcEndpoints");
    assert_eq!(found.text("State"), "available");
    assert_eq!(column(&found, "Groups", "GroupName"), ["web"]);
    let card = text(&found, "NetworkInterfaceIds.0");
    let cards = ok(&sim, "DescribeNetworkInterfaces", map! { "NetworkInterfaceIds" => [&*card] }).await;
    let card = one(&cards, "NetworkInterfaces");
    assert_eq!((card.text("InterfaceType"), card.text("Status")), ("vpc_endpoint", "in-use"));
    assert!(card.is_true("RequesterManaged"));
    let touch = map! { "NetworkInterfaceId" => card.text("NetworkInterfaceId"), "SourceDestCheck" => off() };
    assert_eq!(code(&sim, "ModifyNetworkInterfaceAttribute", touch).await, "AuthFailure");
    assert_eq!(delete(&sim, &id).await, map! {});
    assert_eq!(shown(&sim, &id).await.text("State"), "deleting");
    for (action, name, blocked) in [
        ("DeleteSubnet", "SubnetId", &subnet),
        ("DeleteSecurityGroup", "GroupId", &group),
        ("DeleteVpc", "VpcId", &vpc),
    ] {
        assert_eq!(code(&sim, action, map! { name => &**blocked }).await, "DependencyViolation", "{action}");
    }
    wait(Timing::QUICK.endpoint).await;
    assert_eq!(code(&sim, "DescribeVpcEndpoints", map! { "VpcEndpointIds" => [&*id] }).await, GONE);
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*subnet }).await;
    ok(&sim, "DeleteSecurityGroup", map! { "GroupId" => &*group }).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
}

const GONE: &str = "InvalidVpcEndpointId.NotFound";

#[tokio::test(start_paused = true)]
async fn a_gateway_keeps_its_vpc_until_it_is_gone() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = endpoint(&sim, gateway(&vpc, &[])).await;
    assert_eq!(code(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await, "DependencyViolation");
    delete(&sim, &id).await;
    wait(Timing::QUICK.endpoint).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_deleted_is_told_beside_the_rest() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = endpoint(&sim, gateway(&vpc, &[])).await;
    let unknown = "vpce-0123456789abcdef0";
    let answer = ok(&sim, "DeleteVpcEndpoints", map! { "VpcEndpointIds" => [unknown, &*id] }).await;
    let item = one(&answer, "Unsuccessful");
    assert_eq!(item.text("ResourceId"), unknown);
    assert_eq!(text(&item, "Error.Code"), "InvalidVpcEndpoint.NotFound");
    assert_eq!(shown(&sim, &id).await.text("State"), "deleting");
    let malformed = map! { "VpcEndpointIds" => ["vpce-x"] };
    assert_eq!(code(&sim, "DeleteVpcEndpoints", malformed).await, "InvalidVpcEndpointId.Malformed");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_has_one_subnet_in_a_zone() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let a = subnet_in(&sim, &vpc, "10.0.0.0/24", "eu-central-1a").await;
    let twin = subnet_in(&sim, &vpc, "10.0.1.0/24", "eu-central-1a").await;
    let b = subnet_in(&sim, &vpc, "10.0.2.0/24", "eu-central-1b").await;
    assert_eq!(refused(&sim, interfaces(&vpc, &[&a, &twin])).await, "DuplicateSubnetsInSameZone");
    let id = ready(&sim, interfaces(&vpc, &[&a])).await;
    let add = |subnet: &str| change(&id, "AddSubnetIds", [subnet]);
    assert_eq!(code(&sim, "ModifyVpcEndpoint", add(&twin)).await, "DuplicateSubnetsInSameZone");
    ok(&sim, "ModifyVpcEndpoint", add(&b)).await;
    assert_eq!(shown(&sim, &id).await.text("State"), "pending");
    wait(Timing::QUICK.endpoint).await;
    ok(&sim, "ModifyVpcEndpoint", with(add(&twin), "RemoveSubnetIds", [&*a])).await;
    let found = shown(&sim, &id).await;
    assert_eq!(found.list("SubnetIds"), [Value::from(&*b), Value::from(&*twin)]);
    assert_eq!(found.list("NetworkInterfaceIds").len(), 2);
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*a }).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_can_have_a_fixed_address() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let at = |address: &str| [map! { "SubnetId" => &*subnet, "Ipv4" => address }];
    let make = |address: &str| interfaces(&vpc, &[&subnet]).with("SubnetConfigurations", at(address));
    for (address, expected) in [
        ("10.0.0.2", "InvalidParameterValue"),
        ("10.9.0.9", "InvalidParameterValue"),
        ("nowhere", "InvalidParameterValue"),
    ] {
        assert_eq!(refused(&sim, make(address)).await, expected, "{address}");
    }
    let id = ready(&sim, make("10.0.0.9")).await;
    assert_eq!(refused(&sim, make("10.0.0.9")).await, "InvalidIPAddress.InUse");
    let addresses =
        async || column(&ok(&sim, "DescribeNetworkInterfaces", map! {}).await, "NetworkInterfaces", "PrivateIpAddress");
    assert_eq!(addresses().await, ["10.0.0.9"]);
    ok(&sim, "ModifyVpcEndpoint", change(&id, "SubnetConfigurations", at("10.0.0.10"))).await;
    assert_eq!(addresses().await, ["10.0.0.10"]);
    let unknown = [map! { "SubnetId" => "subnet-0123456789abcdef0", "Ipv4" => "10.0.0.11" }];
    let stray = with(make("10.0.0.11"), "SubnetConfigurations", unknown);
    assert_eq!(refused(&sim, stray).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn private_dns_needs_both_switches_and_has_no_twin() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let private = || with(interfaces(&vpc, &[&subnet]), "PrivateDnsEnabled", true);
    assert_eq!(refused(&sim, private()).await, "InvalidParameter");
    let mut unsaid = private();
    unsaid.remove("PrivateDnsEnabled");
    assert_eq!(refused(&sim, unsaid).await, "InvalidParameter");
    ok(&sim, "ModifyVpcAttribute", map! { "VpcId" => &*vpc, "EnableDnsHostnames" => on() }).await;
    let id = ready(&sim, private()).await;
    let names = column(&shown(&sim, &id).await, "DnsEntries", "DnsName");
    assert!(names[0].ends_with(".ssm.eu-central-1.vpce.amazonaws.com"), "{names:?}");
    assert_eq!(names[1], "ssm.eu-central-1.amazonaws.com");
    assert!(fault(&sim, "CreateVpcEndpoint", private()).await.message.contains("conflicting DNS domain"));
    let second = ready(&sim, interfaces(&vpc, &[&subnet])).await;
    let switch_on = || change(&second, "PrivateDnsEnabled", true);
    assert_eq!(code(&sim, "ModifyVpcEndpoint", switch_on()).await, "InvalidParameter");
    ok(&sim, "ModifyVpcEndpoint", change(&id, "PrivateDnsEnabled", false)).await;
    ok(&sim, "ModifyVpcEndpoint", switch_on()).await;
    let s3 = || with(private(), "ServiceName", S3);
    assert_eq!(refused(&sim, s3()).await, "InvalidParameter");
    endpoint(&sim, gateway(&vpc, &[])).await;
    endpoint(&sim, s3()).await;
}

#[tokio::test(start_paused = true)]
async fn groups_and_policies_can_be_changed() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let id = ready(&sim, interfaces(&vpc, &[&subnet])).await;
    let default = text(&shown(&sim, &id).await, "Groups.0.GroupId");
    let group = group(&sim, &vpc, "web").await;
    let none = change(&id, "RemoveSecurityGroupIds", [&*default]);
    assert_eq!(code(&sim, "ModifyVpcEndpoint", none.clone()).await, "InvalidParameter");
    ok(&sim, "ModifyVpcEndpoint", none.with("AddSecurityGroupIds", [&*group])).await;
    let cards = ok(&sim, "DescribeNetworkInterfaces", filtered("group-name", "web")).await;
    assert_eq!(cards.list("NetworkInterfaces").len(), 1);
    assert_eq!(shown(&sim, &id).await.text("State"), "available");
    let open = shown(&sim, &id).await.text("PolicyDocument").to_owned();
    let closed = r#"{"Statement":[]}"#;
    ok(&sim, "ModifyVpcEndpoint", change(&id, "PolicyDocument", closed)).await;
    assert_eq!(shown(&sim, &id).await.text("PolicyDocument"), closed);
    let both = change(&id, "PolicyDocument", closed).with("ResetPolicy", true);
    assert_eq!(code(&sim, "ModifyVpcEndpoint", both).await, "InvalidParameterCombination");
    ok(&sim, "ModifyVpcEndpoint", change(&id, "ResetPolicy", true)).await;
    assert_eq!(shown(&sim, &id).await.text("PolicyDocument"), open);
}

#[tokio::test(start_paused = true)]
async fn a_token_makes_one_endpoint_and_quotas_hold() {
    let sim = Sim::new().with_quota(Quota::GatewayEndpoints, 1).with_quota(Quota::InterfaceEndpoints, 1);
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let once = || gateway(&vpc, &[]).with("ClientToken", "t");
    assert_eq!(endpoint(&sim, once()).await, endpoint(&sim, once()).await);
    assert_eq!(refused(&sim, gateway(&vpc, &[])).await, "VpcEndpointLimitExceeded");
    endpoint(&sim, interfaces(&vpc, &[])).await;
    assert_eq!(refused(&sim, interfaces(&vpc, &[])).await, "VpcEndpointLimitExceeded");
}
