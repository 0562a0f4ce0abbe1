use super::super::Quota;
use super::*;
use vpcc_core::call::Sealed;

/// The parameters of a launch that names its subnet beside.
fn plain(subnet: &str) -> Map {
    map! { "ImageId" => AMI, "InstanceType" => "t3.micro", "MinCount" => 1, "MaxCount" => 1, "SubnetId" => subnet }
}

async fn refused(sim: &Sim, parameters: Map) -> String {
    code(sim, "RunInstances", parameters).await
}

#[tokio::test(start_paused = true)]
async fn a_launch_makes_an_instance_an_interface_and_a_volume() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let launched = ok(&sim, "RunInstances", launch(interface(&subnet))).await;
    let id = text(&launched, "Instances.0.InstanceId");
    assert_eq!(text(&launched, "Instances.0.State.Name"), "pending");
    assert!(text(&launched, "ReservationId").starts_with("r-"));
    let found = described(&sim, &id).await;
    assert_eq!(text(&found, "VpcId"), vpc);
    assert_eq!(text(&found, "PrivateIpAddress"), "10.0.0.4");
    assert_eq!(text(&found, "PrivateDnsName"), "ip-10-0-0-4.eu-central-1.compute.internal");
    assert_eq!(column(&found, "SecurityGroups", "GroupName"), ["default"]);
    let interfaces = ok(&sim, "DescribeNetworkInterfaces", filtered("attachment.instance-id", &id)).await;
    assert_eq!(column(&interfaces, "NetworkInterfaces", "PrivateIpAddress"), ["10.0.0.4"]);
    let volumes = ok(&sim, "DescribeVolumes", filtered("attachment.instance-id", &id)).await;
    assert_eq!(column(&volumes, "Volumes", "Attachments.0.Device"), [text(&found, "RootDeviceName")]);
}

#[tokio::test(start_paused = true)]
async fn an_interface_and_what_it_says_do_not_go_together_beside_each_other() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let group = group(&sim, &vpc, "web").await;
    for (name, value) in [
        ("SubnetId", Value::from(&*subnet)),
        ("SecurityGroupIds", [&*group].into()),
        ("PrivateIpAddress", "10.0.0.9".into()),
    ] {
        let parameters = launch(interface(&subnet)).with(name, value);
        assert_eq!(refused(&sim, parameters).await, "InvalidParameterCombination", "{name}");
    }
    ok(&sim, "RunInstances", plain(&subnet).with("SecurityGroupIds", [&*group])).await;
}

#[tokio::test(start_paused = true)]
async fn an_interface_has_a_device_index() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    assert_eq!(refused(&sim, launch(map! { "SubnetId" => &*subnet })).await, "InvalidParameterValue");
    let second = map! { "SubnetId" => &*subnet, "DeviceIndex" => 1 };
    assert_eq!(refused(&sim, launch(second)).await, "InvalidParameterValue");
    let two = with(plain(&subnet), "NetworkInterfaces", [interface(&subnet), interface(&subnet)]);
    assert_eq!(refused(&sim, two).await, Fault::UNKNOWN_CALL);
}

#[tokio::test(start_paused = true)]
async fn a_launch_needs_a_subnet_since_there_is_no_default_one() {
    let sim = Sim::new();
    assert_eq!(refused(&sim, launch(map! { "DeviceIndex" => 0 })).await, "VPCIdNotSpecified");
    let unknown = plain("subnet-0123456789abcdef0");
    assert_eq!(refused(&sim, unknown).await, "InvalidSubnetID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn a_fixed_address_is_for_one_instance_in_the_subnet_not_kept_and_not_taken() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let fixed = |address: &str| plain(&subnet).with("PrivateIpAddress", address);
    assert_eq!(refused(&sim, with(fixed("10.0.0.9"), "MaxCount", 2)).await, "InvalidParameterCombination");
    let outside = fault(&sim, "RunInstances", fixed("10.0.1.9")).await;
    assert_eq!(outside.code, "InvalidParameterValue");
    assert_eq!(outside.message, "Address does not fall within the subnet's address range");
    for kept in ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.255"] {
        let refused = fault(&sim, "RunInstances", fixed(kept)).await;
        assert_eq!(refused.code, "InvalidParameterValue");
        assert_eq!(refused.message, format!("Address {kept} is in subnet's reserved address range"));
    }
    assert_eq!(refused(&sim, fixed("10.0.0")).await, "InvalidParameterValue");
    let launched = ok(&sim, "RunInstances", fixed("10.0.0.9")).await;
    assert_eq!(text(&launched, "Instances.0.PrivateIpAddress"), "10.0.0.9");
    assert_eq!(refused(&sim, fixed("10.0.0.9")).await, "InvalidIPAddress.InUse");
}

#[tokio::test(start_paused = true)]
async fn an_address_is_free_when_its_instance_is_terminated_but_not_when_it_is_stopped() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let fixed = || plain(&subnet).with("PrivateIpAddress", "10.0.0.9");
    let id = text(&ok(&sim, "RunInstances", fixed()).await, "Instances.0.InstanceId");
    wait(Timing::QUICK.start).await;
    ok(&sim, "StopInstances", ids(&id)).await;
    wait(Timing::QUICK.stop).await;
    assert_eq!(refused(&sim, fixed()).await, "InvalidIPAddress.InUse");
    ok(&sim, "TerminateInstances", ids(&id)).await;
    assert_eq!(refused(&sim, fixed()).await, "InvalidIPAddress.InUse");
    wait(Timing::QUICK.terminate).await;
    ok(&sim, "RunInstances", fixed()).await;
}

#[tokio::test(start_paused = true)]
async fn a_launch_gets_as_many_instances_as_there_are_addresses_for() {
    let sim = Sim::new();
    let vpc = vpc(&sim, "10.0.0.0/16").await;
    let subnet = subnet(&sim, &vpc, "10.0.0.0/28").await;
    let many = |least: i64, most: i64| with(with(plain(&subnet), "MinCount", least), "MaxCount", most);
    assert_eq!(refused(&sim, many(12, 12)).await, "InsufficientFreeAddressesInSubnet");
    let launched = ok(&sim, "RunInstances", many(1, 20)).await;
    assert_eq!(launched.list("Instances").len(), 11);
    assert_eq!(refused(&sim, many(1, 1)).await, "InsufficientFreeAddressesInSubnet");
}

#[tokio::test(start_paused = true)]
async fn counts_are_at_least_one_and_in_order() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    for (least, most) in [(0, 1), (-1, 1), (1, 0), (3, 2)] {
        let parameters = with(with(plain(&subnet), "MinCount", least), "MaxCount", most);
        assert_eq!(refused(&sim, parameters).await, "InvalidParameterValue", "{least} {most}");
    }
}

#[tokio::test(start_paused = true)]
async fn groups_of_a_launch_are_of_its_vpc_and_not_too_many() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let elsewhere = super::vpc(&sim, "10.1.0.0/16").await;
    let stranger = group(&sim, &elsewhere, "web").await;
    let stray = launch(interface(&subnet).with("Groups", [&*stranger]));
    assert_eq!(refused(&sim, stray).await, "InvalidParameter");
    let unknown = launch(interface(&subnet).with("Groups", ["sg-0123456789abcdef0"]));
    assert_eq!(refused(&sim, unknown).await, "InvalidGroup.NotFound");
    let mut groups = Vec::new();
    for index in 0..6 {
        groups.push(group(&sim, &vpc, &format!("group {index}")).await);
    }
    let six = launch(interface(&subnet).with("Groups", groups.clone()));
    assert_eq!(refused(&sim, six).await, "SecurityGroupsPerInterfaceLimitExceeded");
    groups.pop();
    ok(&sim, "RunInstances", launch(interface(&subnet).with("Groups", groups))).await;
}

#[tokio::test(start_paused = true)]
async fn keys_images_and_types_have_to_be_there() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    for (name, value, expected) in [
        ("KeyName", "nobody", "InvalidKeyPair.NotFound"),
        ("ImageId", "ubuntu", "InvalidAMIID.Malformed"),
        ("InstanceType", "t3", "InvalidParameterValue"),
        ("InstanceType", "large", "InvalidParameterValue"),
    ] {
        assert_eq!(refused(&sim, with(plain(&subnet), name, value)).await, expected, "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn user_data_is_base64_of_at_most_16384_bytes() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let data = |bytes: usize| plain(&subnet).with("UserData", Sealed::new(vec![b'#'; bytes]));
    ok(&sim, "RunInstances", data(16_384)).await;
    let refusal = fault(&sim, "RunInstances", data(16_385)).await;
    assert_eq!((&*refusal.code, &*refusal.message), ("InvalidParameterValue", "User data is limited to 16384 bytes"));
    assert_eq!(refused(&sim, plain(&subnet).with("UserData", "#!/bin/sh")).await, "InvalidUserData.Malformed");
    ok(&sim, "RunInstances", plain(&subnet).with("UserData", "IyEvYmluL3No")).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_of_user_data_is_kept_but_its_digest_and_length() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let secret = Sealed::new(*b"password=hunter2");
    ok(&sim, "RunInstances", plain(&subnet).with("UserData", secret.clone())).await;
    let kept = sim.snapshot().to_string() + &format!("{sim:?}");
    assert!(kept.contains(secret.sha256()));
    assert!(!kept.contains("hunter2") && !kept.contains(&secret.reveal_base64()));
}

#[tokio::test(start_paused = true)]
async fn root_disks_are_as_large_as_their_snapshots_and_of_a_type_that_boots() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let disk = |device: &str, ebs: Map| {
        plain(&subnet).with("BlockDeviceMappings", [map! { "DeviceName" => device, "Ebs" => ebs }])
    };
    let root = |ebs: Map| disk("/dev/xvda", ebs);
    assert_eq!(refused(&sim, root(map! { "VolumeSize" => 7 })).await, "InvalidBlockDeviceMapping");
    assert_eq!(refused(&sim, root(map! { "VolumeSize" => 65_537 })).await, "InvalidParameterValue");
    assert_eq!(refused(&sim, root(map! { "VolumeType" => "gp9" })).await, "InvalidParameterValue");
    assert_eq!(refused(&sim, root(map! { "VolumeSize" => 125, "VolumeType" => "st1" })).await, "InvalidParameterValue");
    assert_eq!(refused(&sim, root(map! { "VolumeType" => "io2" })).await, "MissingParameter");
    assert_eq!(refused(&sim, disk("/dev/sdb", map! {})).await, "MissingParameter");
    assert_eq!(refused(&sim, disk("", map! { "VolumeSize" => 8 })).await, "InvalidParameterValue");
    let id = text(&ok(&sim, "RunInstances", root(map! { "VolumeSize" => 30 })).await, "Instances.0.InstanceId");
    let volumes = ok(&sim, "DescribeVolumes", filtered("attachment.instance-id", &id)).await;
    assert_eq!(at(&volumes, "Volumes.0.Size"), Some(&30i64.into()));
    assert_eq!(text(&volumes, "Volumes.0.VolumeType"), "gp3");
    let id =
        text(&ok(&sim, "RunInstances", disk("/dev/sdb", map! { "VolumeSize" => 5 })).await, "Instances.0.InstanceId");
    let volumes = ok(&sim, "DescribeVolumes", filtered("attachment.instance-id", &id)).await;
    assert_eq!(volumes.list("Volumes").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_type_of_thing_gets_its_own_tags_at_launch() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let tags = [tagged("instance", "for", "i"), tagged("volume", "for", "v"), tagged("network-interface", "for", "n")];
    let id = text(
        &ok(&sim, "RunInstances", plain(&subnet).with("TagSpecifications", tags.concat())).await,
        "Instances.0.InstanceId",
    );
    assert_eq!(text(&described(&sim, &id).await, "Tags.0.Value"), "i");
    assert_eq!(text(&ok(&sim, "DescribeVolumes", map! {}).await, "Volumes.0.Tags.0.Value"), "v");
    let interfaces = ok(&sim, "DescribeNetworkInterfaces", filtered("tag:for", "n")).await;
    assert_eq!(text(&interfaces, "NetworkInterfaces.0.TagSet.0.Key"), "for");
}

#[tokio::test(start_paused = true)]
async fn tags_that_the_instance_sees_have_stricter_keys() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let shown = |key: &str| {
        plain(&subnet)
            .with("MetadataOptions", map! { "InstanceMetadataTags" => "enabled" })
            .with("TagSpecifications", tagged("instance", key, ""))
    };
    assert_eq!(refused(&sim, shown("cost center")).await, "InvalidParameterValue");
    ok(&sim, "RunInstances", shown("cost-center")).await;
}

#[tokio::test(start_paused = true)]
async fn profiles_are_named_in_one_way() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let arn = "arn:aws:iam::123456789012:instance-profile/web";
    let profile = |profile: Map| plain(&subnet).with("IamInstanceProfile", profile);
    assert_eq!(refused(&sim, profile(map! {})).await, "MissingParameter");
    assert_eq!(refused(&sim, profile(map! { "Name" => "w/b" })).await, "InvalidParameterValue");
    assert_eq!(refused(&sim, profile(map! { "Name" => "web", "Arn" => arn })).await, "InvalidParameterCombination");
    let foreign = "arn:aws:iam::999999999999:instance-profile/web";
    assert_eq!(refused(&sim, profile(map! { "Arn" => foreign })).await, "InvalidParameterValue");
    let id = text(&ok(&sim, "RunInstances", profile(map! { "Name" => "web" })).await, "Instances.0.InstanceId");
    assert_eq!(text(&described(&sim, &id).await, "IamInstanceProfile.Arn"), arn);
}

#[tokio::test(start_paused = true)]
async fn metadata_options_have_rules() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let options = |name: &'static str, value: Value| plain(&subnet).with("MetadataOptions", map! { name => value });
    for (name, value) in [
        ("HttpTokens", Value::from("")),
        ("HttpTokens", "on".into()),
        ("HttpPutResponseHopLimit", 0.into()),
        ("HttpPutResponseHopLimit", 65.into()),
        ("HttpEndpoint", "off".into()),
    ] {
        assert_eq!(refused(&sim, options(name, value)).await, "InvalidParameterValue", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_token_launches_once() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let once = || plain(&subnet).with("ClientToken", "a");
    let first = ok(&sim, "RunInstances", once()).await;
    let second = ok(&sim, "RunInstances", once()).await;
    assert_eq!(text(&first, "ReservationId"), text(&second, "ReservationId"));
    assert_eq!(text(&first, "Instances.0.InstanceId"), text(&second, "Instances.0.InstanceId"));
    let other = with(once(), "InstanceType", "t3.small");
    assert_eq!(refused(&sim, other).await, "IdempotentParameterMismatch");
    ok(&sim, "TerminateInstances", ids(&text(&first, "Instances.0.InstanceId"))).await;
    assert_eq!(refused(&sim, once()).await, "IdempotentInstanceTerminated");
    wait(Timing::QUICK.terminate + Timing::QUICK.listed).await;
    assert_eq!(refused(&sim, once()).await, "IdempotentInstanceTerminated");
}

#[tokio::test(start_paused = true)]
async fn a_token_of_a_launch_counts_in_one_zone() {
    let sim = Sim::new();
    let (vpc, one) = network(&sim).await;
    let parameters = map! { "VpcId" => &*vpc, "CidrBlock" => "10.0.1.0/24", "AvailabilityZone" => "eu-central-1b" };
    let two = text(&ok(&sim, "CreateSubnet", parameters).await, "Subnet.SubnetId");
    let first = ok(&sim, "RunInstances", plain(&one).with("ClientToken", "a")).await;
    let second = ok(&sim, "RunInstances", plain(&two).with("ClientToken", "a")).await;
    assert_ne!(text(&first, "Instances.0.InstanceId"), text(&second, "Instances.0.InstanceId"));
}

#[tokio::test(start_paused = true)]
async fn a_token_has_up_to_64_ascii_characters() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    for token in ["", "ä", &"x".repeat(65)] {
        assert_eq!(refused(&sim, plain(&subnet).with("ClientToken", token)).await, "InvalidParameterValue");
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_has_so_many_interfaces() {
    let sim = Sim::new().with_quota(Quota::Interfaces, 1);
    let (_, subnet) = network(&sim).await;
    ok(&sim, "RunInstances", plain(&subnet)).await;
    assert_eq!(refused(&sim, plain(&subnet)).await, "NetworkInterfaceLimitExceeded");
}
