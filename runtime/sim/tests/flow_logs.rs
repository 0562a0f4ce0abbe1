use super::*;

fn to_bucket(resource: &str) -> Map {
    map! {
        "ResourceIds" => [resource],
        "ResourceType" => "VPC",
        "TrafficType" => "ALL",
        "LogDestinationType" => "s3",
        "LogDestination" => "arn:aws:s3:::logs",
    }
}

fn to_group(resource: &str) -> Map {
    map! {
        "ResourceIds" => [resource],
        "ResourceType" => "VPC",
        "TrafficType" => "REJECT",
        "LogDestination" => "arn:aws:logs:eu-central-1:123456789012:log-group:flows:*",
        "DeliverLogsPermissionArn" => "arn:aws:iam::123456789012:role/flows",
        "MaxAggregationInterval" => 60,
    }
}

async fn listed(sim: &Sim) -> Vec<String> {
    column(&ok(sim, "DescribeFlowLogs", map! {}).await, "FlowLogs", "FlowLogId")
}

#[tokio::test(start_paused = true)]
async fn flow_logs_are_made_found_and_deleted() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let made = to_group(&vpc).with("TagSpecifications", tagged("vpc-flow-log", "Name", "mine"));
    let id = text(&ok(&sim, "CreateFlowLogs", made).await, "FlowLogIds.0");
    for (name, value) in [
        ("resource-id", &*vpc),
        ("tag:Name", "mine"),
        ("log-group-name", "flows"),
        ("log-destination-type", "cloud-watch-logs"),
        ("traffic-type", "REJECT"),
    ] {
        let found = ok(&sim, "DescribeFlowLogs", map! { "Filter" => [filter(name, value)] }).await;
        assert_eq!(text(&one(&found, "FlowLogs"), "FlowLogId"), id, "{name}");
    }
    assert_eq!(code(&sim, "DescribeFlowLogs", filtered("resource-id", &vpc)).await, "UnknownParameter");
    assert_eq!(ok(&sim, "DeleteFlowLogs", map! { "FlowLogIds" => [&*id] }).await, map! {});
    let again = ok(&sim, "DeleteFlowLogs", map! { "FlowLogIds" => [&*id] }).await;
    assert_eq!(text(&one(&again, "Unsuccessful"), "Error.Code"), "InvalidFlowLogId.NotFound");
}

#[tokio::test(start_paused = true)]
async fn the_same_log_is_not_made_twice() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let once = || to_bucket(&vpc).with("ClientToken", "t");
    assert_eq!(ok(&sim, "CreateFlowLogs", once()).await, ok(&sim, "CreateFlowLogs", once()).await);
    assert_eq!(code(&sim, "CreateFlowLogs", to_bucket(&vpc)).await, "FlowLogAlreadyExists");
    ok(&sim, "CreateFlowLogs", with(to_bucket(&vpc), "LogDestination", "arn:aws:s3:::other")).await;
    assert_eq!(listed(&sim).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_told_beside_the_rest() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let unknown = "vpc-0123456789abcdef0";
    let both = with(to_bucket(&vpc), "ResourceIds", [unknown, &*vpc]);
    let answer = ok(&sim, "CreateFlowLogs", both).await;
    assert_eq!(answer.list("FlowLogIds").len(), 1);
    let failed = one(&answer, "Unsuccessful");
    assert_eq!(failed.text("ResourceId"), unknown);
    assert_eq!(text(&failed, "Error.Code"), "InvalidVpcID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn destinations_have_rules() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let without = |mut parameters: Map, name: &str| {
        parameters.remove(name);
        parameters
    };
    for (parameters, expected) in [
        (without(to_group(&vpc), "DeliverLogsPermissionArn"), "InvalidParameter"),
        (with(to_group(&vpc), "DeliverLogsPermissionArn", "flows"), "InvalidParameter"),
        (without(to_group(&vpc), "LogDestination"), "InvalidParameter"),
        (with(to_bucket(&vpc), "LogDestination", "logs"), "InvalidParameter"),
        (to_bucket(&vpc).with("DeliverLogsPermissionArn", "arn:aws:iam::1:role/x"), "InvalidParameter"),
        (to_bucket(&vpc).with("MaxAggregationInterval", 61), "InvalidParameter"),
        (with(to_bucket(&vpc), "TrafficType", "SOME"), "InvalidParameterValue"),
        (without(to_bucket(&vpc), "TrafficType"), "MissingParameter"),
        (with(to_bucket(&vpc), "ResourceType", "Subnet"), "InvalidSubnetID.Malformed"),
        (with(to_bucket(&vpc), "ResourceType", "Castle"), "InvalidParameterValue"),
    ] {
        assert_eq!(code(&sim, "CreateFlowLogs", parameters.clone()).await, expected, "{parameters:?}");
    }
    assert!(listed(&sim).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn flow_logs_go_with_what_they_are_of() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    ok(&sim, "CreateFlowLogs", to_bucket(&vpc)).await;
    ok(&sim, "CreateFlowLogs", with(to_bucket(&subnet), "ResourceType", "Subnet")).await;
    assert_eq!(listed(&sim).await.len(), 2);
    ok(&sim, "DeleteSubnet", map! { "SubnetId" => &*subnet }).await;
    assert_eq!(listed(&sim).await.len(), 1);
    ok(&sim, "DeleteVpc", map! { "VpcId" => &*vpc }).await;
    assert!(listed(&sim).await.is_empty());
}
