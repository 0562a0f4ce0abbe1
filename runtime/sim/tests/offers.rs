//! What a region offers: zones and instance types.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_region_has_zones() {
    let sim = Sim::new();
    let all = ok(&sim, "DescribeAvailabilityZones", map! { "AllAvailabilityZones" => true }).await;
    let names = column(&all, "AvailabilityZones", "ZoneName");
    assert_eq!(names, ["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
    let by_id = ok(&sim, "DescribeAvailabilityZones", filtered("zone-id", "euc1-az2")).await;
    assert_eq!(column(&by_id, "AvailabilityZones", "ZoneName"), ["eu-central-1b"]);
    let unknown = map! { "ZoneNames" => ["eu-central-1z"] };
    assert_eq!(code(&sim, "DescribeAvailabilityZones", unknown).await, "InvalidParameterValue");
    assert_eq!(code(&sim, "DescribeAvailabilityZones", map! { "MaxResults" => 5 }).await, "UnknownParameter");
}

#[tokio::test(start_paused = true)]
async fn instance_types_have_an_architecture_and_processors() {
    let sim = Sim::new();
    let found = ok(&sim, "DescribeInstanceTypes", map! { "InstanceTypes" => ["m5.2xlarge", "t4g.micro"] }).await;
    assert_eq!(column(&found, "InstanceTypes", "InstanceType"), ["m5.2xlarge", "t4g.micro"]);
    assert_eq!(column(&found, "InstanceTypes", "ProcessorInfo.SupportedArchitectures.0"), ["x86_64", "arm64"]);
    assert_eq!(at(&found, "InstanceTypes.0.VCpuInfo.DefaultVCpus"), Some(&8.into()));
    assert_eq!(at(&found, "InstanceTypes.1.VCpuInfo"), None);
    let unknown = map! { "InstanceTypes" => ["t9.mega"] };
    assert_eq!(code(&sim, "DescribeInstanceTypes", unknown).await, "InvalidInstanceType");
    let arm = map! { "Filters" => [
        filter("processor-info.supported-architecture", "arm64"),
        filter("instance-type", "t4g.*"),
    ] };
    let found = ok(&sim, "DescribeInstanceTypes", arm).await;
    assert!(found.list("InstanceTypes").len() > 3);
    let page = ok(&sim, "DescribeInstanceTypes", map! {}).await;
    assert!(page.list("InstanceTypes").len() == 100 && page.get("NextToken").is_some());
}

#[tokio::test(start_paused = true)]
async fn the_check_of_sources_and_destinations_can_be_switched() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    assert!(described(&sim, &id).await.is_true("SourceDestCheck"));
    ok(&sim, "ModifyInstanceAttribute", map! { "InstanceId" => &*id, "SourceDestCheck" => off() }).await;
    let found = described(&sim, &id).await;
    assert_eq!(found.get("SourceDestCheck"), Some(&false.into()));
    let card = text(&found, "NetworkInterfaces.0.NetworkInterfaceId");
    let switch = map! { "NetworkInterfaceId" => card, "SourceDestCheck" => on() };
    ok(&sim, "ModifyNetworkInterfaceAttribute", switch).await;
    assert!(described(&sim, &id).await.is_true("SourceDestCheck"));
}
