use super::*;
use vpcc_core::model::Address;

#[tokio::test(start_paused = true)]
async fn unknown_parameters_are_refused_wherever_they_stand() {
    let sim = Sim::new();
    let refused = fault(&sim, "CreateVpc", map! { "CidrBlock" => "10.0.0.0/16", "Colour" => "red" }).await;
    assert_eq!(refused.code, "UnknownParameter");
    assert_eq!(refused.message, "The parameter Colour is not recognized");
    let tags = vec![map! { "ResourceType" => "vpc", "Tags" => [map! { "Key" => "a", "Worth" => "b" }] }];
    let refused = fault(&sim, "CreateVpc", map! { "CidrBlock" => "10.0.0.0/16", "TagSpecifications" => tags }).await;
    assert_eq!(refused.message, "The parameter TagSpecifications.1.Tags.1.Worth is not recognized");
}

#[tokio::test(start_paused = true)]
async fn missing_parameters_are_refused() {
    let sim = Sim::new();
    let refused = fault(&sim, "DeleteRouteTable", map! {}).await;
    assert_eq!(refused.code, "MissingParameter");
    assert_eq!(refused.message, "The request must contain the parameter routeTableId");
}

#[tokio::test(start_paused = true)]
async fn values_of_the_wrong_type_are_refused() {
    let sim = Sim::new();
    for parameters in [
        map! { "VpcId" => 5 },
        map! { "VpcId" => ["vpc-0123456789abcdef0"] },
        map! { "VpcId" => Value::Ref(Address::top("lan")) },
    ] {
        assert_eq!(code(&sim, "DeleteVpc", parameters).await, "InvalidParameterValue");
    }
}

#[tokio::test(start_paused = true)]
async fn ids_of_the_wrong_form_are_refused_as_such() {
    let sim = Sim::new();
    for (action, name, id, expected) in [
        ("DeleteVpc", "VpcId", "vpc-xyz", "InvalidVpcID.Malformed"),
        ("DeleteSubnet", "SubnetId", "sub-1", "InvalidSubnetID.Malformed"),
        ("DeleteSecurityGroup", "GroupId", "web", "InvalidGroupId.Malformed"),
        ("DeleteRouteTable", "RouteTableId", "rtb-0123456789ABCDEF0", "InvalidRouteTableId.Malformed"),
        ("DeleteInternetGateway", "InternetGatewayId", "", "InvalidInternetGatewayId.Malformed"),
        ("ModifyVolume", "VolumeId", "vol-1", "InvalidVolumeID.Malformed"),
    ] {
        let refused = fault(&sim, action, map! { name => id }).await;
        assert_eq!(refused.code, expected);
        assert!(refused.message.starts_with(&format!("Invalid id: \"{id}\" (expecting \"")), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_does_nothing() {
    let sim = Sim::new();
    let dry = map! { "CidrBlock" => "10.0.0.0/16", "DryRun" => true };
    assert_eq!(code(&sim, "CreateVpc", dry).await, "DryRunOperation");
    assert_eq!(sim.snapshot(), serde_json::json!({}));
    let id = vpc(&sim, "10.0.0.0/16").await;
    let without = map! { "VpcId" => &*id, "EnableDnsSupport" => on(), "DryRun" => true };
    assert_eq!(code(&sim, "ModifyVpcAttribute", without).await, "UnknownParameter");
}

#[tokio::test(start_paused = true)]
async fn unknown_actions_and_regions_are_told() {
    let sim = Sim::new();
    assert_eq!(code(&sim, "PaintVpc", map! {}).await, Fault::UNKNOWN_CALL);
    let nowhere = sim.call("eu-nowhere-1", &Call::new("DescribeVpcs", map! {})).await;
    assert_eq!(nowhere.unwrap_err().code, Fault::UNREACHABLE);
}

#[tokio::test(start_paused = true)]
async fn a_token_makes_one_route_table() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let make = || map! { "VpcId" => &*vpc, "ClientToken" => "t" };
    let first = ok(&sim, "CreateRouteTable", make()).await;
    assert_eq!(first, ok(&sim, "CreateRouteTable", make()).await);
    let mut reordered = map! { "ClientToken" => "t" };
    reordered.set("VpcId", &*vpc);
    assert_eq!(first, ok(&sim, "CreateRouteTable", reordered).await);
    let other = make().with("TagSpecifications", tagged("route-table", "a", "b"));
    assert_eq!(code(&sim, "CreateRouteTable", other).await, "IdempotentParameterMismatch");
}

#[tokio::test(start_paused = true)]
async fn the_same_calls_give_the_same_ids() {
    let (one, two) = (Sim::new(), Sim::new());
    for _ in 0..2 {
        assert_eq!(vpc(&one, "10.0.0.0/16").await, vpc(&two, "10.0.0.0/16").await);
    }
    assert_eq!(one.snapshot(), two.snapshot());
}

#[tokio::test(start_paused = true)]
async fn another_account_has_another_number() {
    let sim = Sim::new().with_account("210987654321");
    vpc(&sim, "10.0.0.0/16").await;
    assert_eq!(column(&ok(&sim, "DescribeVpcs", map! {}).await, "Vpcs", "OwnerId"), ["210987654321"]);
}
