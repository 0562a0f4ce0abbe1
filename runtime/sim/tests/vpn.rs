use super::*;

async fn vpn_gateway(sim: &Sim) -> String {
    text(&ok(sim, "CreateVpnGateway", map! { "Type" => "ipsec.1" }).await, "VpnGateway.VpnGatewayId")
}

async fn customer_gateway(sim: &Sim, address: &str) -> String {
    let asked = map! { "Type" => "ipsec.1", "IpAddress" => address, "BgpAsn" => 65_010 };
    text(&ok(sim, "CreateCustomerGateway", asked).await, "CustomerGateway.CustomerGatewayId")
}

fn pair(gateway: &str, vpc: &str) -> Map {
    map! { "VpnGatewayId" => gateway, "VpcId" => vpc }
}

async fn attached(sim: &Sim, vpc: &str) -> String {
    let id = vpn_gateway(sim).await;
    ok(sim, "AttachVpnGateway", pair(&id, vpc)).await;
    wait(Timing::QUICK.vpn_attachment).await;
    id
}

fn between(customer: &str, gateway: &str) -> Map {
    map! {
        "Type" => "ipsec.1", "CustomerGatewayId" => customer, "VpnGatewayId" => gateway,
        "Options" => map! { "StaticRoutesOnly" => true }
    }
}

async fn connection(sim: &Sim, asked: Map) -> String {
    text(&ok(sim, "CreateVpnConnection", asked).await, "VpnConnection.VpnConnectionId")
}

fn connection_route(id: &str, block: &str) -> Map {
    map! { "VpnConnectionId" => id, "DestinationCidrBlock" => block }
}

async fn attachment(sim: &Sim, id: &str) -> String {
    let found = ok(sim, "DescribeVpnGateways", map! { "VpnGatewayIds" => [id] }).await;
    text(&found, "VpnGateways.0.VpcAttachments.0.State")
}

/// The routes of a table: destination, gateway, origin and state.
async fn routes(sim: &Sim, table: &str) -> Vec<[String; 4]> {
    let found = ok(sim, "DescribeRouteTables", map! { "RouteTableIds" => [table] }).await;
    let routes = at(&found, "RouteTables.0.Routes").and_then(Value::as_list).unwrap_or_default();
    let told = |route: &Map| ["DestinationCidrBlock", "GatewayId", "Origin", "State"].map(|name| text(route, name));
    routes.iter().filter_map(Value::as_map).map(told).collect()
}

#[tokio::test(start_paused = true)]
async fn a_gateway_takes_a_while_to_come_and_to_go() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let id = vpn_gateway(&sim).await;
    let answer = ok(&sim, "AttachVpnGateway", pair(&id, &vpc)).await;
    assert_eq!(text(&answer, "VpcAttachment.State"), "attaching");
    assert_eq!(attachment(&sim, &id).await, "attaching");
    wait(Timing::QUICK.vpn_attachment).await;
    assert_eq!(attachment(&sim, &id).await, "attached");
    ok(&sim, "AttachVpnGateway", pair(&id, &vpc)).await;
    assert_eq!(code(&sim, "DeleteVpnGateway", map! { "VpnGatewayId" => &*id }).await, "IncorrectState");
    assert_eq!(code(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await, "DependencyViolation");
    ok(&sim, "DetachVpnGateway", pair(&id, &vpc)).await;
    assert_eq!(attachment(&sim, &id).await, "detaching");
    assert_eq!(code(&sim, "DeleteVpnGateway", map! { "VpnGatewayId" => &*id }).await, "IncorrectState");
    wait(Timing::QUICK.vpn_attachment).await;
    assert_eq!(attachment(&sim, &id).await, "detached");
    let again = code(&sim, "DetachVpnGateway", pair(&id, &vpc)).await;
    assert_eq!(again, "InvalidVpnGatewayAttachment.NotFound");
    ok(&sim, "DeleteVpnGateway", map! { "VpnGatewayId" => &*id }).await;
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
    let found = ok(&sim, "DescribeVpnGateways", filtered("state", "deleted")).await;
    assert_eq!(column(&found, "VpnGateways", "VpnGatewayId"), [&*id]);
    assert_eq!(code(&sim, "DeleteVpnGateway", map! { "VpnGatewayId" => &*id }).await, "InvalidVpnGatewayID.NotFound");
    wait(Timing::QUICK.listed).await;
    assert_eq!(ok(&sim, "DescribeVpnGateways", map! {}).await.list("VpnGateways").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn one_gateway_for_a_vpc_and_one_vpc_for_a_gateway() {
    let sim = Sim::new();
    let (one, two) = (vpc(&sim, "10.0.0.0/16").await, vpc(&sim, "10.1.0.0/16").await);
    let (first, second) = (attached(&sim, &one).await, vpn_gateway(&sim).await);
    let refused = code(&sim, "AttachVpnGateway", pair(&first, &two)).await;
    assert_eq!(refused, "VpnGatewayAttachmentLimitExceeded");
    assert_eq!(code(&sim, "AttachVpnGateway", pair(&second, &one)).await, "InvalidParameterValue");
    let found = ok(&sim, "DescribeVpnGateways", filtered("attachment.vpc-id", &one)).await;
    assert_eq!(column(&found, "VpnGateways", "VpnGatewayId"), [&*first]);
}

#[tokio::test(start_paused = true)]
async fn gateways_have_private_numbers_and_tags_and_there_are_five() {
    let sim = Sim::new();
    let asked = |asn: i64| map! { "Type" => "ipsec.1", "AmazonSideAsn" => asn };
    let tagged = asked(4_200_000_001).with("TagSpecifications", tagged("vpn-gateway", "a", "b"));
    ok(&sim, "CreateVpnGateway", tagged).await;
    let found = ok(&sim, "DescribeVpnGateways", filtered("tag:a", "b")).await;
    assert_eq!(at(&found, "VpnGateways.0.AmazonSideAsn"), Some(&Value::Int(4_200_000_001)));
    for wrong in [0, 65_535, 4_294_967_295] {
        assert_eq!(code(&sim, "CreateVpnGateway", asked(wrong)).await, "InvalidParameterValue", "{wrong}");
    }
    assert_eq!(code(&sim, "CreateVpnGateway", map! { "Type" => "ipsec.2" }).await, "InvalidParameterValue");
    for _ in 1..5 {
        vpn_gateway(&sim).await;
    }
    assert_eq!(code(&sim, "CreateVpnGateway", asked(64_512)).await, "VpnGatewayLimitExceeded");
    assert_eq!(code(&sim, "DescribeVpnGateways", map! { "MaxResults" => 5 }).await, "UnknownParameter");
}

#[tokio::test(start_paused = true)]
async fn a_customer_gateway_is_known_by_address_and_number() {
    let sim = Sim::new();
    let id = customer_gateway(&sim, "203.0.113.9").await;
    assert_eq!(customer_gateway(&sim, "203.0.113.9").await, id);
    assert_ne!(customer_gateway(&sim, "203.0.113.10").await, id);
    let found = ok(&sim, "DescribeCustomerGateways", map! { "CustomerGatewayIds" => [&*id] }).await;
    assert_eq!(text(&found, "CustomerGateways.0.BgpAsn"), "65010");
    assert_eq!(text(&found, "CustomerGateways.0.State"), "available");
    ok(&sim, "DeleteCustomerGateway", map! { "CustomerGatewayId" => &*id }).await;
    let found = ok(&sim, "DescribeCustomerGateways", filtered("customer-gateway-id", &id)).await;
    assert_eq!(column(&found, "CustomerGateways", "State"), ["deleted"]);
    assert_ne!(customer_gateway(&sim, "203.0.113.9").await, id);
    let wrong = map! { "Type" => "ipsec.1", "IpAddress" => "example.org" };
    assert_eq!(code(&sim, "CreateCustomerGateway", wrong).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn a_connection_keeps_both_its_ends() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let (gateway, customer) = (attached(&sim, &vpc).await, customer_gateway(&sim, "203.0.113.9").await);
    let id = connection(&sim, between(&customer, &gateway)).await;
    assert_eq!(connection(&sim, between(&customer, &gateway)).await, id);
    let refused = fault(&sim, "DetachVpnGateway", pair(&gateway, &vpc)).await;
    assert!(refused.message.contains("pending VPNs"), "{refused}");
    let early = code(&sim, "CreateVpnConnectionRoute", connection_route(&id, "172.16.0.0/16")).await;
    assert_eq!(early, "InvalidVpnConnection.InvalidState");
    wait(Timing::QUICK.vpn_connection).await;
    let found = ok(&sim, "DescribeVpnConnections", filtered("vpn-gateway-id", &gateway)).await;
    assert_eq!(text(&found, "VpnConnections.0.State"), "available");
    assert_eq!(at(&found, "VpnConnections.0.VgwTelemetry").and_then(Value::as_list).map(<[_]>::len), Some(2));
    let shown = format!("{found:?}");
    assert!(!shown.contains("PreSharedKey") && !shown.contains("CustomerGatewayConfiguration"));
    ok(&sim, "DetachVpnGateway", pair(&gateway, &vpc)).await;
    wait(Timing::QUICK.vpn_attachment).await;
    let (of_gateway, of_customer) = (map! { "VpnGatewayId" => &*gateway }, map! { "CustomerGatewayId" => &*customer });
    assert_eq!(code(&sim, "DeleteVpnGateway", of_gateway.clone()).await, "IncorrectState");
    ok(&sim, "DeleteVpnConnection", map! { "VpnConnectionId" => &*id }).await;
    assert_eq!(code(&sim, "DeleteCustomerGateway", of_customer.clone()).await, "IncorrectState");
    wait(Timing::QUICK.vpn_connection).await;
    let found = ok(&sim, "DescribeVpnConnections", map! { "VpnConnectionIds" => [&*id] }).await;
    assert_eq!(text(&found, "VpnConnections.0.State"), "deleted");
    let again = code(&sim, "DeleteVpnConnection", map! { "VpnConnectionId" => &*id }).await;
    assert_eq!(again, "InvalidVpnConnectionID.NotFound");
    ok(&sim, "DeleteCustomerGateway", of_customer).await;
    ok(&sim, "DeleteVpnGateway", of_gateway).await;
}

#[tokio::test(start_paused = true)]
async fn tunnels_have_blocks_of_their_own() {
    let sim = Sim::new();
    let (gateway, customer) = (vpn_gateway(&sim).await, customer_gateway(&sim, "203.0.113.9").await);
    let asked = |blocks: &[&str]| {
        let tunnels: Vec<Map> = blocks.iter().map(|block| map! { "TunnelInsideCidr" => *block }).collect();
        let mut asked = between(&customer, &gateway);
        asked.set("Options", map! { "TunnelOptions" => tunnels });
        asked
    };
    for wrong in [
        &["169.254.0.0/30"][..],
        &["169.254.10.0/29"],
        &["10.0.0.0/30"],
        &["169.254.10.0/30", "169.254.10.0/30"],
        &["169.254.10.0/30"; 3],
    ] {
        assert_eq!(code(&sim, "CreateVpnConnection", asked(wrong)).await, "InvalidParameterValue", "{wrong:?}");
    }
    let secret = asked(&[]).with("PreSharedKey", "x");
    assert_eq!(code(&sim, "CreateVpnConnection", secret).await, "UnknownParameter");
    let id = connection(&sim, asked(&["169.254.10.4/30"])).await;
    wait(Timing::QUICK.vpn_connection).await;
    let found = ok(&sim, "DescribeVpnConnections", map! { "VpnConnectionIds" => [&*id] }).await;
    assert_eq!(text(&found, "VpnConnections.0.Options.TunnelOptions.0.TunnelInsideCidr"), "169.254.10.4/30");
    let route = code(&sim, "CreateVpnConnectionRoute", connection_route(&id, "172.16.0.0/16")).await;
    assert_eq!(route, "InvalidVpnConnection.InvalidType");
}

#[tokio::test(start_paused = true)]
async fn static_routes_are_propagated_into_tables_unless_there_are_others() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let (gateway, customer) = (attached(&sim, &vpc).await, customer_gateway(&sim, "203.0.113.9").await);
    let (table, internet) = (table(&sim, &vpc).await, attached_gateway(&sim, &vpc).await);
    let id = connection(&sim, between(&customer, &gateway)).await;
    wait(Timing::QUICK.vpn_connection).await;
    for block in ["172.16.0.0/16", "172.17.0.0/16"] {
        ok(&sim, "CreateVpnConnectionRoute", connection_route(&id, block)).await;
    }
    let route =
        map! { "RouteTableId" => &*table, "DestinationCidrBlock" => "172.17.0.0/16", "GatewayId" => &*internet };
    ok(&sim, "CreateRoute", route).await;
    let propagation = map! { "RouteTableId" => &*table, "GatewayId" => &*gateway };
    ok(&sim, "EnableVgwRoutePropagation", propagation.clone()).await;
    let told = |texts: [&str; 4]| texts.map(str::to_owned);
    let local = told(["10.0.0.0/16", "local", "CreateRouteTable", "active"]);
    let made = told(["172.17.0.0/16", &internet, "CreateRoute", "active"]);
    let propagated = told(["172.16.0.0/16", &gateway, "EnableVgwRoutePropagation", "active"]);
    assert_eq!(routes(&sim, &table).await, [local.clone(), made.clone(), propagated]);
    let found = ok(&sim, "DescribeRouteTables", filtered("route.origin", "EnableVgwRoutePropagation")).await;
    assert_eq!(text(&found, "RouteTables.0.PropagatingVgws.0.GatewayId"), gateway);
    ok(&sim, "DeleteVpnConnectionRoute", connection_route(&id, "172.16.0.0/16")).await;
    assert_eq!(routes(&sim, &table).await, [local.clone(), made.clone()]);
    let gone = code(&sim, "DeleteVpnConnectionRoute", connection_route(&id, "172.16.0.0/16")).await;
    assert_eq!(gone, "InvalidRoute.NotFound");
    ok(&sim, "CreateVpnConnectionRoute", connection_route(&id, "172.16.0.0/16")).await;
    ok(&sim, "DisableVgwRoutePropagation", propagation).await;
    assert_eq!(routes(&sim, &table).await, [local, made]);
}

#[tokio::test(start_paused = true)]
async fn routes_lead_to_a_gateway_while_it_is_attached() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let (table, stray) = (table(&sim, &vpc).await, vpn_gateway(&sim).await);
    let to = |gateway: &str| map! { "RouteTableId" => &*table, "DestinationCidrBlock" => "0.0.0.0/0", "GatewayId" => gateway };
    assert_eq!(code(&sim, "CreateRoute", to(&stray)).await, "InvalidParameterValue");
    let propagation = map! { "RouteTableId" => &*table, "GatewayId" => &*stray };
    assert_eq!(code(&sim, "EnableVgwRoutePropagation", propagation).await, "Gateway.NotAttached");
    let gateway = attached(&sim, &vpc).await;
    ok(&sim, "CreateRoute", to(&gateway)).await;
    assert_eq!(routes(&sim, &table).await[1][3], "active");
    ok(&sim, "DetachVpnGateway", pair(&gateway, &vpc)).await;
    assert_eq!(routes(&sim, &table).await[1][3], "blackhole");
}
