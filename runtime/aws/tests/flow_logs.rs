use super::*;

#[tokio::test]
async fn a_flow_log_goes_out_and_what_failed_comes_back() {
    let parameters = Map::new()
        .with("ResourceIds", ["vpc-1", "vpc-2"])
        .with("ResourceType", "VPC")
        .with("TrafficType", "ALL")
        .with("LogDestinationType", "s3")
        .with("LogDestination", "arn:aws:s3:::logs")
        .with("MaxAggregationInterval", 60);
    let answer = "<flowLogIdSet><item>fl-1</item></flowLogIdSet><unsuccessful><item><resourceId>vpc-2</resourceId>\
        <error><code>400</code><message>No such luck.</message></error></item></unsuccessful>";
    let (got, sent) = exchange("CreateFlowLogs", parameters, answer).await;
    let error = Map::new().with("Code", "400").with("Message", "No such luck.");
    let failed = Map::new().with("ResourceId", "vpc-2").with("Error", error);
    assert_eq!(got, Map::new().with("FlowLogIds", ["fl-1"]).with("Unsuccessful", [failed]));
    assert_eq!(
        sent,
        "ResourceId.1=vpc-1&ResourceId.2=vpc-2&ResourceType=VPC&TrafficType=ALL&LogDestinationType=s3\
         &LogDestination=arn%3Aaws%3As3%3A%3A%3Alogs&MaxAggregationInterval=60"
    );
}

#[tokio::test]
async fn filters_of_flow_logs_have_a_name_of_their_own() {
    let filter = Map::new().with("Name", "resource-id").with("Values", ["vpc-1"]);
    let answer = "<flowLogSet><item><flowLogId>fl-1</flowLogId><trafficType>ALL</trafficType></item></flowLogSet>";
    let (got, sent) = exchange("DescribeFlowLogs", Map::new().with("Filter", [filter]), answer).await;
    let log = Map::new().with("FlowLogId", "fl-1").with("TrafficType", "ALL");
    assert_eq!(got, Map::new().with("FlowLogs", [log]));
    assert_eq!(sent, "Filter.1.Name=resource-id&Filter.1.Value.1=vpc-1");
}
