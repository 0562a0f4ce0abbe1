//! What goes out, and what comes of what comes back, for the actions whose translation is not plain.

use super::{call, http, serve};
use vpcc_core::call::{Map, map};

/// What is sent for a call, and what becomes of its answer: the inside of the outermost element.
async fn sent(action: &'static str, parameters: Map, answer: &str) -> (String, Map) {
    let (url, served) = serve(&http("200 OK", &format!("<{action}Response>{answer}</{action}Response>")));
    let got = call(&url, action, parameters).await.expect("an answer");
    (served.join().expect("a request"), got)
}

fn filter(name: &str, value: &str) -> Map {
    map! { "Name" => name, "Values" => [value] }
}

#[tokio::test]
async fn nat_gateways_have_filters_of_another_name() {
    let answer = "<natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>failed</state>\
        <failureCode>Gateway.NotAttached</failureCode><failureMessage>Network vpc-1 has no Internet gateway attached\
        </failureMessage><natGatewayAddressSet><item><allocationId>eipalloc-1</allocationId><isPrimary>true</isPrimary>\
        </item></natGatewayAddressSet></item></natGatewaySet>";
    let asked = map! { "Filter" => [filter("vpc-id", "vpc-1")], "MaxResults" => 5 };
    let (sent, got) = sent("DescribeNatGateways", asked, answer).await;
    assert!(sent.ends_with("&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&MaxResults=5"), "{sent}");
    let address = map! { "AllocationId" => "eipalloc-1", "IsPrimary" => true };
    let gateway = map! {
        "NatGatewayId" => "nat-1",
        "State" => "failed",
        "FailureCode" => "Gateway.NotAttached",
        "FailureMessage" => "Network vpc-1 has no Internet gateway attached",
        "NatGatewayAddresses" => [address],
    };
    assert_eq!(got, map! { "NatGateways" => [gateway] });
}

#[tokio::test]
async fn ipv6_addresses_are_given_to_interfaces() {
    let answer = "<networkInterfaceId>eni-1</networkInterfaceId><assignedIpv6Addresses><item>2600::5</item>\
        </assignedIpv6Addresses>";
    let asked = map! { "NetworkInterfaceId" => "eni-1", "Ipv6AddressCount" => 1 };
    let (sent, got) = sent("AssignIpv6Addresses", asked, answer).await;
    assert!(sent.contains("&Ipv6AddressCount=1") && sent.contains("&NetworkInterfaceId=eni-1"), "{sent}");
    assert_eq!(got, map! { "NetworkInterfaceId" => "eni-1", "AssignedIpv6Addresses" => ["2600::5"] });
}

#[tokio::test]
async fn addresses_tell_whose_they_are() {
    let answer = "<addressesSet><item><publicIp>198.51.100.7</publicIp><allocationId>eipalloc-1</allocationId>\
        <domain>vpc</domain><instanceId></instanceId><associationId>eipassoc-1</associationId>\
        <networkInterfaceId>eni-1</networkInterfaceId></item></addressesSet>";
    let asked = map! { "AllocationIds" => ["eipalloc-1"] };
    let (sent, got) = sent("DescribeAddresses", asked, answer).await;
    assert!(sent.ends_with("&AllocationId.1=eipalloc-1"), "{sent}");
    let address = map! {
        "AllocationId" => "eipalloc-1",
        "PublicIp" => "198.51.100.7",
        "Domain" => "vpc",
        "AssociationId" => "eipassoc-1",
        "NetworkInterfaceId" => "eni-1",
    };
    assert_eq!(got, map! { "Addresses" => [address] });
}

#[tokio::test]
async fn no_secret_of_a_vpn_connection_comes_back() {
    let answer = "<vpnConnection><vpnConnectionId>vpn-1</vpnConnectionId><state>available</state>\
        <customerGatewayConfiguration>s3cret</customerGatewayConfiguration><options>\
        <staticRoutesOnly>true</staticRoutesOnly><tunnelOptionSet><item><outsideIpAddress>203.0.113.7</outsideIpAddress>\
        <tunnelInsideCidr>169.254.10.0/30</tunnelInsideCidr><preSharedKey>s3cret</preSharedKey></item>\
        </tunnelOptionSet></options></vpnConnection>";
    let tunnel = map! { "TunnelInsideCidr" => "169.254.10.0/30" };
    let asked = map! {
        "Type" => "ipsec.1",
        "CustomerGatewayId" => "cgw-1",
        "VpnGatewayId" => "vgw-1",
        "Options" => map! { "StaticRoutesOnly" => true, "TunnelOptions" => [tunnel] },
    };
    let (sent, got) = sent("CreateVpnConnection", asked, answer).await;
    assert!(sent.contains("&Options.StaticRoutesOnly=true"), "{sent}");
    assert!(sent.contains("&Options.TunnelOptions.1.TunnelInsideCidr=169.254.10.0%2F30"), "{sent}");
    let tunnel = map! { "OutsideIpAddress" => "203.0.113.7", "TunnelInsideCidr" => "169.254.10.0/30" };
    let options = map! { "StaticRoutesOnly" => true, "TunnelOptions" => [tunnel] };
    let connection = map! { "VpnConnectionId" => "vpn-1", "State" => "available", "Options" => options };
    assert_eq!(got, map! { "VpnConnection" => connection });
}

#[tokio::test]
async fn numbers_of_32_bits_without_a_sign_fit() {
    let answer = "<vpnGateway><vpnGatewayId>vgw-1</vpnGatewayId><amazonSideAsn>4294967294</amazonSideAsn></vpnGateway>";
    let asked = map! { "Type" => "ipsec.1", "AmazonSideAsn" => 4_294_967_294_i64 };
    let (sent, got) = sent("CreateVpnGateway", asked, answer).await;
    assert!(sent.contains("&AmazonSideAsn=4294967294"), "{sent}");
    let gateway = map! { "VpnGatewayId" => "vgw-1", "AmazonSideAsn" => 4_294_967_294_i64 };
    assert_eq!(got, map! { "VpnGateway" => gateway });
}

#[tokio::test]
async fn a_block_that_is_not_known_yet_is_left_out() {
    let answer = "<vpcId>vpc-1</vpcId><ipv6CidrBlockAssociation><associationId>vpc-cidr-assoc-1</associationId>\
        <ipv6CidrBlock></ipv6CidrBlock><ipv6CidrBlockState><state>associating</state></ipv6CidrBlockState>\
        </ipv6CidrBlockAssociation>";
    let asked = map! { "VpcId" => "vpc-1", "AmazonProvidedIpv6CidrBlock" => true };
    let (sent, got) = sent("AssociateVpcCidrBlock", asked, answer).await;
    assert!(sent.contains("&AmazonProvidedIpv6CidrBlock=true"), "{sent}");
    let association = map! {
        "AssociationId" => "vpc-cidr-assoc-1",
        "Ipv6CidrBlockState" => map! { "State" => "associating" },
    };
    assert_eq!(got, map! { "VpcId" => "vpc-1", "Ipv6CidrBlockAssociation" => association });
}

#[tokio::test]
async fn a_peering_connection_has_a_status_and_two_sides() {
    let answer = "<vpcPeeringConnection><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>\
        <status><code>active</code><message>Active</message></status><accepterVpcInfo><vpcId>vpc-2</vpcId>\
        <region>us-east-1</region><cidrBlockSet><item><cidrBlock>10.1.0.0/16</cidrBlock></item></cidrBlockSet>\
        </accepterVpcInfo></vpcPeeringConnection>";
    let asked = map! { "VpcPeeringConnectionId" => "pcx-1" };
    let (sent, got) = sent("AcceptVpcPeeringConnection", asked, answer).await;
    assert!(sent.ends_with("&VpcPeeringConnectionId=pcx-1"), "{sent}");
    let accepter = map! {
        "Region" => "us-east-1",
        "VpcId" => "vpc-2",
        "CidrBlockSet" => [map! { "CidrBlock" => "10.1.0.0/16" }],
    };
    let connection = map! {
        "VpcPeeringConnectionId" => "pcx-1",
        "Status" => map! { "Code" => "active", "Message" => "Active" },
        "AccepterVpcInfo" => accepter,
    };
    assert_eq!(got, map! { "VpcPeeringConnection" => connection });
}
