use super::*;

#[tokio::test]
async fn zones_come_back() {
    let answer = "<availabilityZoneInfo><item><zoneName>eu-west-1a</zoneName><zoneId>euw1-az1</zoneId>\
        <zoneState>available</zoneState></item></availabilityZoneInfo>";
    let (got, sent) = exchange("DescribeAvailabilityZones", Map::new().with("ZoneNames", ["eu-west-1a"]), answer).await;
    let zone = Map::new().with("ZoneName", "eu-west-1a").with("ZoneId", "euw1-az1").with("State", "available");
    assert_eq!(got, Map::new().with("AvailabilityZones", [zone]));
    assert_eq!(sent, "ZoneName.1=eu-west-1a");
}

#[tokio::test]
async fn instance_types_come_back() {
    let answer = "<instanceTypeSet><item><instanceType>t4g.micro</instanceType><processorInfo>\
        <supportedArchitectures><item>arm64</item></supportedArchitectures></processorInfo><vCpuInfo>\
        <defaultVCpus>2</defaultVCpus></vCpuInfo><networkInfo><maximumNetworkInterfaces>2</maximumNetworkInterfaces>\
        <ipv4AddressesPerInterface>2</ipv4AddressesPerInterface></networkInfo></item></instanceTypeSet>";
    let (got, sent) = exchange("DescribeInstanceTypes", Map::new().with("InstanceTypes", ["t4g.micro"]), answer).await;
    let network = Map::new().with("MaximumNetworkInterfaces", 2).with("Ipv4AddressesPerInterface", 2);
    let info = Map::new()
        .with("InstanceType", "t4g.micro")
        .with("ProcessorInfo", Map::new().with("SupportedArchitectures", ["arm64"]))
        .with("VCpuInfo", Map::new().with("DefaultVCpus", 2))
        .with("NetworkInfo", network);
    assert_eq!(got, Map::new().with("InstanceTypes", [info]));
    assert_eq!(sent, "InstanceType.1=t4g.micro");
}
