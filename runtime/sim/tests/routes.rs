use super::*;

fn route(table: &str, destination: &str, gateway: &str) -> Map {
    map! { "RouteTableId" => table, "DestinationCidrBlock" => destination, "GatewayId" => gateway }
}

fn to(table: &str, destination: &str) -> Map {
    map! { "RouteTableId" => table, "DestinationCidrBlock" => destination }
}

/// The states of the routes of a table.
async fn states(sim: &Sim, table: &str) -> Vec<String> {
    let found = ok(sim, "DescribeRouteTables", map! { "RouteTableIds" => [table] }).await;
    let table = at(&found, "RouteTables.0").and_then(Value::as_map).cloned().unwrap();
    column(&table, "Routes", "State")
}

async fn routed(sim: &Sim) -> (String, String, String) {
    let vpc = vpc(sim, "10.0.0.0/16").await;
    let gateway = attached_gateway(sim, &vpc).await;
    let table = table(sim, &vpc).await;
    (vpc, gateway, table)
}

#[tokio::test(start_paused = true)]
async fn a_new_table_has_the_local_route_only() {
    let sim = Sim::new();
    let (_, _, table) = routed(&sim).await;
    let found = ok(&sim, "DescribeRouteTables", map! { "RouteTableIds" => [&*table] }).await;
    assert_eq!(text(&found, "RouteTables.0.Routes.0.DestinationCidrBlock"), "10.0.0.0/16");
    assert_eq!(text(&found, "RouteTables.0.Routes.0.Origin"), "CreateRouteTable");
    assert_eq!(states(&sim, &table).await, ["active"]);
}

#[tokio::test(start_paused = true)]
async fn a_destination_has_one_route() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    ok(&sim, "CreateRoute", route(&table, "192.168.7.9/24", &gateway)).await;
    let found = ok(&sim, "DescribeRouteTables", filtered("route.destination-cidr-block", "192.168.7.0/24")).await;
    assert_eq!(column(&found, "RouteTables", "RouteTableId"), [&*table]);
    for block in ["192.168.7.0/24", "10.0.0.0/16"] {
        assert_eq!(code(&sim, "CreateRoute", route(&table, block, &gateway)).await, "RouteAlreadyExists", "{block}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_needs_one_destination_and_one_target() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    assert_eq!(code(&sim, "CreateRoute", to(&table, "0.0.0.0/0")).await, "MissingParameter");
    let nowhere = map! { "RouteTableId" => &*table, "GatewayId" => &*gateway };
    assert_eq!(code(&sim, "CreateRoute", nowhere).await, "MissingParameter");
    let two = route(&table, "0.0.0.0/0", &gateway).with("InstanceId", "i-0123456789abcdef0");
    assert_eq!(code(&sim, "CreateRoute", two).await, "InvalidParameterCombination");
    assert_eq!(code(&sim, "CreateRoute", route(&table, "0.0.0.0", &gateway)).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_has_to_be_attached_to_the_vpc_of_the_table() {
    let sim = Sim::new();
    let (_, _, table) = routed(&sim).await;
    let stray = gateway(&sim).await;
    let refused = fault(&sim, "CreateRoute", route(&table, "0.0.0.0/0", &stray)).await;
    assert_eq!(refused.code, "InvalidParameterValue");
    assert!(refused.message.contains("belong to different networks"));
    for unknown in ["igw-0123456789abcdef0", "local", "nat-0123456789abcdef0"] {
        let refused = code(&sim, "CreateRoute", route(&table, "0.0.0.0/0", unknown)).await;
        assert_eq!(refused, "InvalidGatewayID.NotFound", "{unknown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_turns_into_a_black_hole_when_its_gateway_goes() {
    let sim = Sim::new();
    let (vpc, gateway, table) = routed(&sim).await;
    ok(&sim, "CreateRoute", route(&table, "0.0.0.0/0", &gateway)).await;
    assert_eq!(states(&sim, &table).await, ["active", "active"]);
    let pair = map! { "InternetGatewayId" => &*gateway, "VpcId" => &*vpc };
    ok(&sim, "DetachInternetGateway", pair.clone()).await;
    assert_eq!(states(&sim, &table).await, ["active", "blackhole"]);
    ok(&sim, "AttachInternetGateway", pair.clone()).await;
    assert_eq!(states(&sim, &table).await, ["active", "active"]);
    ok(&sim, "DetachInternetGateway", pair).await;
    ok(&sim, "DeleteInternetGateway", map! { "InternetGatewayId" => &*gateway }).await;
    assert_eq!(states(&sim, &table).await, ["active", "blackhole"]);
}

#[tokio::test(start_paused = true)]
async fn local_routes_cannot_be_touched() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    assert_eq!(code(&sim, "DeleteRoute", to(&table, "10.0.0.0/16")).await, "InvalidParameterValue");
    assert_eq!(code(&sim, "ReplaceRoute", route(&table, "10.0.0.0/16", &gateway)).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn routes_within_the_vpc_lead_to_interfaces_for_whole_subnets_only() {
    let sim = Sim::new();
    let (vpc, gateway, table) = routed(&sim).await;
    let subnet = subnet(&sim, &vpc, "10.0.5.0/24").await;
    assert_eq!(code(&sim, "CreateRoute", route(&table, "10.0.5.0/24", &gateway)).await, "InvalidParameterValue");
    let instance = running(&sim, &subnet).await;
    let to_instance = |block: &str| to(&table, block).with("InstanceId", &*instance);
    assert_eq!(code(&sim, "CreateRoute", to_instance("10.0.5.0/25")).await, "InvalidParameterValue");
    ok(&sim, "CreateRoute", to_instance("10.0.5.0/24")).await;
    assert_eq!(states(&sim, &table).await, ["active", "active"]);
    ok(&sim, "StopInstances", ids(&instance)).await;
    assert_eq!(states(&sim, &table).await, ["active", "blackhole"]);
}

#[tokio::test(start_paused = true)]
async fn a_route_leads_to_a_nat_gateway_until_that_is_deleted() {
    let sim = Sim::new();
    let (vpc, _, table) = routed(&sim).await;
    let subnet = subnet(&sim, &vpc, "10.0.5.0/24").await;
    let private = map! { "SubnetId" => &*subnet, "ConnectivityType" => "private" };
    let nat = text(&ok(&sim, "CreateNatGateway", private).await, "NatGateway.NatGatewayId");
    ok(&sim, "CreateRoute", to(&table, "0.0.0.0/0").with("NatGatewayId", &*nat)).await;
    ok(&sim, "CreateRoute", route(&table, "8.0.0.0/8", &nat)).await;
    ok(&sim, "CreateRoute", to(&table, "10.0.5.0/24").with("NatGatewayId", &*nat)).await;
    let found = ok(&sim, "DescribeRouteTables", filtered("route.nat-gateway-id", &nat)).await;
    assert_eq!(text(&found, "RouteTables.0.Routes.2.NatGatewayId"), nat);
    assert_eq!(states(&sim, &table).await, ["active"; 4]);
    ok(&sim, "DeleteNatGateway", map! { "NatGatewayId" => &*nat }).await;
    wait(Timing::QUICK.nat_gateway_deletion).await;
    assert_eq!(states(&sim, &table).await, ["active", "blackhole", "blackhole", "blackhole"]);
    let again = to(&table, "9.0.0.0/8").with("NatGatewayId", &*nat);
    assert_eq!(code(&sim, "CreateRoute", again).await, "InvalidNatGatewayID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn an_egress_only_gateway_takes_ipv6_only() {
    let sim = Sim::new();
    let (vpc, _, table) = routed(&sim).await;
    let made = ok(&sim, "CreateEgressOnlyInternetGateway", map! { "VpcId" => &*vpc }).await;
    let egress = text(&made, "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId");
    let v4 = to(&table, "0.0.0.0/0").with("EgressOnlyInternetGatewayId", &*egress);
    assert_eq!(code(&sim, "CreateRoute", v4).await, "InvalidParameterValue");
    let v6 = map! {
        "RouteTableId" => &*table, "DestinationIpv6CidrBlock" => "::/0", "EgressOnlyInternetGatewayId" => &*egress
    };
    ok(&sim, "CreateRoute", v6).await;
    let found = ok(&sim, "DescribeRouteTables", filtered("route.egress-only-internet-gateway-id", &egress)).await;
    assert_eq!(column(&found, "RouteTables", "RouteTableId"), [&*table]);
    ok(&sim, "DeleteEgressOnlyInternetGateway", map! { "EgressOnlyInternetGatewayId" => &*egress }).await;
    assert_eq!(states(&sim, &table).await, ["active", "blackhole"]);
}

#[tokio::test(start_paused = true)]
async fn a_local_route_can_lead_to_an_interface_and_back() {
    let sim = Sim::new();
    let (vpc, gateway, table) = routed(&sim).await;
    let subnet = subnet(&sim, &vpc, "10.0.5.0/24").await;
    let instance = running(&sim, &subnet).await;
    ok(&sim, "ReplaceRoute", to(&table, "10.0.0.0/16").with("InstanceId", &*instance)).await;
    let found = ok(&sim, "DescribeRouteTables", map! { "RouteTableIds" => [&*table] }).await;
    assert_eq!(text(&found, "RouteTables.0.Routes.0.InstanceId"), instance);
    assert_eq!(text(&found, "RouteTables.0.Routes.0.Origin"), "CreateRouteTable");
    assert_eq!(code(&sim, "DeleteRoute", to(&table, "10.0.0.0/16")).await, "InvalidParameterValue");
    ok(&sim, "ReplaceRoute", to(&table, "10.0.0.0/16").with("LocalTarget", true)).await;
    let found = ok(&sim, "DescribeRouteTables", map! { "RouteTableIds" => [&*table] }).await;
    assert_eq!(text(&found, "RouteTables.0.Routes.0.GatewayId"), "local");
    ok(&sim, "CreateRoute", route(&table, "0.0.0.0/0", &gateway)).await;
    let local = to(&table, "0.0.0.0/0").with("GatewayId", "local");
    assert_eq!(code(&sim, "ReplaceRoute", local).await, "InvalidParameterValue");
    let made = to(&table, "9.0.0.0/8").with("LocalTarget", true);
    assert_eq!(code(&sim, "CreateRoute", made).await, "UnknownParameter");
}

#[tokio::test(start_paused = true)]
async fn prefix_lists_that_are_not_there_are_no_destination() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    let list = map! {
        "RouteTableId" => &*table, "DestinationPrefixListId" => "pl-0123456789abcdef0", "GatewayId" => &*gateway
    };
    assert_eq!(code(&sim, "CreateRoute", list).await, "InvalidPrefixListID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn no_route_leads_into_the_ranges_of_services() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    let refused = code(&sim, "CreateRoute", route(&table, "169.254.169.0/24", &gateway)).await;
    assert_eq!(refused, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn a_route_can_be_replaced_and_deleted() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    assert_eq!(code(&sim, "ReplaceRoute", route(&table, "0.0.0.0/0", &gateway)).await, "InvalidParameterValue");
    ok(&sim, "CreateRoute", route(&table, "0.0.0.0/0", &gateway)).await;
    ok(&sim, "ReplaceRoute", route(&table, "0.0.0.0/0", &gateway)).await;
    ok(&sim, "DeleteRoute", to(&table, "0.0.0.0/0")).await;
    assert_eq!(code(&sim, "DeleteRoute", to(&table, "0.0.0.0/0")).await, "InvalidRoute.NotFound");
}

#[tokio::test(start_paused = true)]
async fn ipv6_routes_stand_on_their_own() {
    let sim = Sim::new();
    let (_, gateway, table) = routed(&sim).await;
    let v6 = map! { "RouteTableId" => &*table, "DestinationIpv6CidrBlock" => "::/0", "GatewayId" => &*gateway };
    ok(&sim, "CreateRoute", v6).await;
    ok(&sim, "CreateRoute", route(&table, "0.0.0.0/0", &gateway)).await;
    let found = ok(&sim, "DescribeRouteTables", filtered("route.destination-ipv6-cidr-block", "::/0")).await;
    assert_eq!(found.list("RouteTables").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_table_has_so_many_routes_and_a_vpc_so_many_tables() {
    let sim = Sim::new().with_quota(super::super::Quota::Routes, 1).with_quota(super::super::Quota::RouteTables, 2);
    let (vpc, gateway, table) = routed(&sim).await;
    ok(&sim, "CreateRoute", route(&table, "0.0.0.0/0", &gateway)).await;
    assert_eq!(code(&sim, "CreateRoute", route(&table, "8.0.0.0/8", &gateway)).await, "RouteLimitExceeded");
    assert_eq!(code(&sim, "CreateRouteTable", map! { "VpcId" => &*vpc }).await, "RouteTableLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn a_subnet_is_associated_with_one_table() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let (one, two) = (table(&sim, &vpc).await, table(&sim, &vpc).await);
    let pair = |table: &str| map! { "RouteTableId" => table, "SubnetId" => &*subnet };
    let association = text(&ok(&sim, "AssociateRouteTable", pair(&one)).await, "AssociationId");
    assert_eq!(code(&sim, "AssociateRouteTable", pair(&two)).await, "Resource.AlreadyAssociated");
    let replace = map! { "AssociationId" => &*association, "RouteTableId" => &*two };
    let replaced = text(&ok(&sim, "ReplaceRouteTableAssociation", replace).await, "NewAssociationId");
    assert_ne!(association, replaced);
    let found = ok(&sim, "DescribeRouteTables", filtered("association.subnet-id", &subnet)).await;
    assert_eq!(column(&found, "RouteTables", "RouteTableId"), [&*two]);
    let old = map! { "AssociationId" => &*association };
    assert_eq!(code(&sim, "DisassociateRouteTable", old).await, "InvalidAssociationID.NotFound");
    assert_eq!(code(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*two }).await, "DependencyViolation");
    ok(&sim, "DisassociateRouteTable", map! { "AssociationId" => &*replaced }).await;
    ok(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*two }).await;
}

#[tokio::test(start_paused = true)]
async fn table_and_subnet_are_of_one_vpc() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let elsewhere = vpc(&sim, "10.1.0.0/16").await;
    let table = table(&sim, &elsewhere).await;
    let pair = map! { "RouteTableId" => &*table, "SubnetId" => &*subnet };
    assert_eq!(code(&sim, "AssociateRouteTable", pair).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn the_main_table_stays_unless_another_one_takes_its_place() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let found = ok(&sim, "DescribeRouteTables", filtered("vpc-id", &vpc)).await;
    let main = text(&found, "RouteTables.0.RouteTableId");
    let association = text(&found, "RouteTables.0.Associations.0.RouteTableAssociationId");
    assert_eq!(code(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*main }).await, "DependencyViolation");
    let refused = fault(&sim, "DisassociateRouteTable", map! { "AssociationId" => &*association }).await;
    assert_eq!(refused.message, format!("cannot disassociate the main route table association {association}"));
    let other = table(&sim, &vpc).await;
    let replace = map! { "AssociationId" => &*association, "RouteTableId" => &*other };
    ok(&sim, "ReplaceRouteTableAssociation", replace).await;
    ok(&sim, "DeleteRouteTable", map! { "RouteTableId" => &*main }).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
}
