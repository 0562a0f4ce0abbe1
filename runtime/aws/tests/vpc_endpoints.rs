use super::*;

#[tokio::test]
async fn an_endpoint_goes_out_with_its_subnets_and_addresses() {
    let address = Map::new().with("SubnetId", "subnet-1").with("Ipv4", "10.0.0.9");
    let parameters = Map::new()
        .with("VpcEndpointType", "Interface")
        .with("VpcId", "vpc-1")
        .with("ServiceName", "com.amazonaws.eu-west-1.ssm")
        .with("SubnetIds", ["subnet-1"])
        .with("SecurityGroupIds", ["sg-1"])
        .with("SubnetConfigurations", [address])
        .with("PrivateDnsEnabled", true)
        .with("ClientToken", "t");
    let answer = "<vpcEndpoint><vpcEndpointId>vpce-1</vpcEndpointId><state>pendingAcceptance</state>\
        <networkInterfaceIdSet><item>eni-1</item></networkInterfaceIdSet><groupSet><item><groupId>sg-1</groupId>\
        <groupName>web</groupName></item></groupSet></vpcEndpoint>";
    let (got, sent) = exchange("CreateVpcEndpoint", parameters, answer).await;
    let endpoint = Map::new()
        .with("VpcEndpointId", "vpce-1")
        .with("State", "pendingAcceptance")
        .with("NetworkInterfaceIds", ["eni-1"])
        .with("Groups", [Map::new().with("GroupId", "sg-1").with("GroupName", "web")]);
    assert_eq!(got, Map::new().with("VpcEndpoint", endpoint));
    assert_eq!(
        sent,
        "VpcEndpointType=Interface&VpcId=vpc-1&ServiceName=com.amazonaws.eu-west-1.ssm&SubnetId.1=subnet-1\
         &SecurityGroupId.1=sg-1&ClientToken=t&PrivateDnsEnabled=true&SubnetConfiguration.1.SubnetId=subnet-1\
         &SubnetConfiguration.1.Ipv4=10.0.0.9"
    );
}

#[tokio::test]
async fn a_change_goes_out() {
    let parameters = Map::new()
        .with("VpcEndpointId", "vpce-1")
        .with("AddRouteTableIds", ["rtb-1"])
        .with("RemoveRouteTableIds", ["rtb-2"])
        .with("ResetPolicy", true);
    let (got, sent) = exchange("ModifyVpcEndpoint", parameters, "<return>true</return>").await;
    assert_eq!(got, Map::new());
    assert_eq!(sent, "VpcEndpointId=vpce-1&ResetPolicy=true&AddRouteTableId.1=rtb-1&RemoveRouteTableId.1=rtb-2");
}

#[tokio::test]
async fn endpoints_that_were_not_deleted_are_told() {
    let answer = "<unsuccessful><item><resourceId>vpce-1</resourceId><error><code>InvalidVpcEndpoint.NotFound</code>\
        <message>No such luck.</message></error></item></unsuccessful>";
    let parameters = Map::new().with("VpcEndpointIds", ["vpce-1", "vpce-2"]);
    let (got, sent) = exchange("DeleteVpcEndpoints", parameters, answer).await;
    let error = Map::new().with("Code", "InvalidVpcEndpoint.NotFound").with("Message", "No such luck.");
    let item = Map::new().with("ResourceId", "vpce-1").with("Error", error);
    assert_eq!(got, Map::new().with("Unsuccessful", [item]));
    assert_eq!(sent, "VpcEndpointId.1=vpce-1&VpcEndpointId.2=vpce-2");
}

#[tokio::test]
async fn prefix_lists_come_back() {
    let answer = "<prefixListSet><item><prefixListId>pl-1</prefixListId><prefixListName>s3</prefixListName>\
        <cidrSet><item>1.2.3.0/24</item></cidrSet></item></prefixListSet>";
    let (got, _) = exchange("DescribePrefixLists", Map::new().with("MaxResults", 5), answer).await;
    let list = Map::new().with("PrefixListId", "pl-1").with("PrefixListName", "s3");
    assert_eq!(got, Map::new().with("PrefixLists", [list.clone().with("Cidrs", ["1.2.3.0/24"])]));
    let answer = answer.replace("<cidrSet><item>1.2.3.0/24</item></cidrSet>", "<state>create-complete</state>");
    let (got, _) = exchange("DescribeManagedPrefixLists", Map::new().with("MaxResults", 5), &answer).await;
    assert_eq!(got, Map::new().with("PrefixLists", [list.with("State", "create-complete")]));
}
