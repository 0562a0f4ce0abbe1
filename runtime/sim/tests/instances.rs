use super::*;

async fn public(sim: &Sim, instance: &str) -> String {
    text(&described(sim, instance).await, "PublicIpAddress")
}

#[tokio::test(start_paused = true)]
async fn an_instance_goes_through_its_life() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = instance(&sim, &subnet).await;
    assert_eq!(state(&sim, &id).await, "pending");
    wait(Timing::QUICK.start).await;
    assert_eq!(state(&sim, &id).await, "running");
    let stopping = ok(&sim, "StopInstances", ids(&id)).await;
    assert_eq!(text(&stopping, "StoppingInstances.0.PreviousState.Name"), "running");
    assert_eq!(text(&stopping, "StoppingInstances.0.CurrentState.Name"), "stopping");
    wait(Timing::QUICK.stop).await;
    assert_eq!(state(&sim, &id).await, "stopped");
    ok(&sim, "StartInstances", ids(&id)).await;
    assert_eq!(state(&sim, &id).await, "pending");
    wait(Timing::QUICK.start).await;
    ok(&sim, "TerminateInstances", ids(&id)).await;
    assert_eq!(state(&sim, &id).await, "shutting-down");
    wait(Timing::QUICK.terminate).await;
    assert_eq!(state(&sim, &id).await, "terminated");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_follow_is_refused() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = instance(&sim, &subnet).await;
    assert_eq!(code(&sim, "StopInstances", ids(&id)).await, "IncorrectInstanceState");
    wait(Timing::QUICK.start).await;
    ok(&sim, "StartInstances", ids(&id)).await;
    ok(&sim, "StopInstances", ids(&id)).await;
    ok(&sim, "StopInstances", ids(&id)).await;
    let refused = fault(&sim, "StartInstances", ids(&id)).await;
    assert_eq!(refused.code, "IncorrectInstanceState");
    assert_eq!(refused.message, format!("The instance '{id}' is not in a state from which it can be started."));
    ok(&sim, "TerminateInstances", ids(&id)).await;
    ok(&sim, "TerminateInstances", ids(&id)).await;
    assert_eq!(code(&sim, "StartInstances", ids(&id)).await, "IncorrectInstanceState");
    assert_eq!(code(&sim, "StopInstances", ids(&id)).await, "IncorrectInstanceState");
}

#[tokio::test(start_paused = true)]
async fn a_terminated_instance_is_listed_for_an_hour_with_little_left() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    ok(&sim, "TerminateInstances", ids(&id)).await;
    wait(Timing::QUICK.terminate).await;
    let left = described(&sim, &id).await;
    assert_eq!(text(&left, "StateReason.Code"), "Client.UserInitiatedShutdown");
    for name in ["VpcId", "SubnetId", "PrivateIpAddress", "NetworkInterfaces", "SecurityGroups", "BlockDeviceMappings"]
    {
        assert_eq!(left.get(name), None, "{name}");
    }
    assert!(ok(&sim, "DescribeNetworkInterfaces", map! {}).await.list("NetworkInterfaces").is_empty());
    assert!(ok(&sim, "DescribeVolumes", map! {}).await.list("Volumes").is_empty());
    wait(Timing::QUICK.listed).await;
    assert_eq!(code(&sim, "DescribeInstances", ids(&id)).await, "InvalidInstanceID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn with_one_unknown_instance_none_is_terminated() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let both = map! { "InstanceIds" => [&*id, "i-0123456789abcdef0"] };
    assert_eq!(code(&sim, "TerminateInstances", both).await, "InvalidInstanceID.NotFound");
    assert_eq!(state(&sim, &id).await, "running");
    let odd = map! { "InstanceIds" => [&*id, "i-x"] };
    assert_eq!(code(&sim, "TerminateInstances", odd).await, "InvalidInstanceID.Malformed");
    let unknown = map! { "InstanceIds" => ["i-0123456789abcdef0", "i-0123456789abcdef1"] };
    let refused = fault(&sim, "TerminateInstances", unknown).await;
    assert_eq!(refused.message, "The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist");
    assert_eq!(
        code(&sim, "TerminateInstances", map! { "InstanceIds" => Vec::<Value>::new() }).await,
        "MissingParameter"
    );
}

#[tokio::test(start_paused = true)]
async fn an_instance_gets_a_public_address_if_its_interface_asks_or_its_subnet_maps() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let quiet = running(&sim, &subnet).await;
    assert_eq!(public(&sim, &quiet).await, "");
    ok(&sim, "ModifySubnetAttribute", map! { "SubnetId" => &*subnet, "MapPublicIpOnLaunch" => on() }).await;
    let mapped = instance(&sim, &subnet).await;
    assert_eq!(public(&sim, &mapped).await, "");
    wait(Timing::QUICK.start).await;
    assert_ne!(public(&sim, &mapped).await, "");
    let declined = launch(interface(&subnet).with("AssociatePublicIpAddress", false));
    let declined = text(&ok(&sim, "RunInstances", declined).await, "Instances.0.InstanceId");
    wait(Timing::QUICK.start).await;
    assert_eq!(public(&sim, &declined).await, "");
}

#[tokio::test(start_paused = true)]
async fn a_public_address_is_lost_at_a_stop_and_another_one_comes_at_the_start() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let asks = launch(interface(&subnet).with("AssociatePublicIpAddress", true));
    let id = text(&ok(&sim, "RunInstances", asks).await, "Instances.0.InstanceId");
    wait(Timing::QUICK.start).await;
    let first = public(&sim, &id).await;
    let private = text(&described(&sim, &id).await, "PrivateIpAddress");
    ok(&sim, "StopInstances", ids(&id)).await;
    wait(Timing::QUICK.stop).await;
    assert_eq!(public(&sim, &id).await, "");
    ok(&sim, "StartInstances", ids(&id)).await;
    wait(Timing::QUICK.start).await;
    assert_ne!(public(&sim, &id).await, first);
    assert_eq!(text(&described(&sim, &id).await, "PrivateIpAddress"), private);
}

#[tokio::test(start_paused = true)]
async fn an_instance_has_a_public_name_if_its_vpc_gives_names() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let asks = launch(interface(&subnet).with("AssociatePublicIpAddress", true));
    let id = text(&ok(&sim, "RunInstances", asks).await, "Instances.0.InstanceId");
    wait(Timing::QUICK.start).await;
    assert_eq!(text(&described(&sim, &id).await, "PublicDnsName"), "");
    ok(&sim, "ModifyVpcAttribute", map! { "VpcId" => &*vpc, "EnableDnsHostnames" => on() }).await;
    let name = text(&described(&sim, &id).await, "PublicDnsName");
    assert!(name.starts_with("ec2-198-18-") && name.ends_with(".eu-central-1.compute.amazonaws.com"), "{name}");
}

#[tokio::test(start_paused = true)]
async fn the_public_address_of_an_interface_comes_and_goes_at_once() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let found = described(&sim, &id).await;
    let interface = text(&found, "NetworkInterfaces.0.NetworkInterfaceId");
    let set = |public: bool| map! { "NetworkInterfaceId" => &*interface, "AssociatePublicIpAddress" => public };
    ok(&sim, "ModifyNetworkInterfaceAttribute", set(true)).await;
    let first = public(&sim, &id).await;
    assert_ne!(first, "");
    ok(&sim, "ModifyNetworkInterfaceAttribute", set(true)).await;
    assert_eq!(public(&sim, &id).await, first);
    ok(&sim, "ModifyNetworkInterfaceAttribute", set(false)).await;
    assert_eq!(public(&sim, &id).await, "");
}

#[tokio::test(start_paused = true)]
async fn attributes_of_interfaces_are_changed_one_a_call() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let group = group(&sim, &vpc, "web").await;
    let interface = text(&described(&sim, &id).await, "NetworkInterfaces.0.NetworkInterfaceId");
    let base = || map! { "NetworkInterfaceId" => &*interface };
    const MODIFY: &str = "ModifyNetworkInterfaceAttribute";
    ok(&sim, MODIFY, base().with("Groups", [&*group])).await;
    ok(&sim, MODIFY, base().with("SourceDestCheck", off())).await;
    let found = described(&sim, &id).await;
    assert_eq!(column(&found, "SecurityGroups", "GroupId"), [&*group]);
    assert_eq!(found.get("SourceDestCheck"), Some(&false.into()));
    let two = base().with("SourceDestCheck", off()).with("Groups", [&*group]);
    assert_eq!(code(&sim, MODIFY, two).await, "InvalidParameterCombination");
    assert_eq!(code(&sim, MODIFY, base().with("Groups", Vec::<Value>::new())).await, "MissingParameter");
}

#[tokio::test(start_paused = true)]
async fn the_type_changes_while_the_instance_is_stopped() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let set = |form: &'static str| map! { "InstanceId" => &*id, "InstanceType" => map! { "Value" => form } };
    assert_eq!(code(&sim, "ModifyInstanceAttribute", set("t3.small")).await, "IncorrectInstanceState");
    ok(&sim, "StopInstances", ids(&id)).await;
    assert_eq!(code(&sim, "ModifyInstanceAttribute", set("t3.small")).await, "IncorrectInstanceState");
    wait(Timing::QUICK.stop).await;
    ok(&sim, "ModifyInstanceAttribute", set("t3.small")).await;
    assert_eq!(text(&described(&sim, &id).await, "InstanceType"), "t3.small");
    assert_eq!(code(&sim, "ModifyInstanceAttribute", set("t4g.small")).await, "InvalidParameterValue");
    assert_eq!(code(&sim, "ModifyInstanceAttribute", set("small")).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn groups_change_at_any_time_and_one_attribute_a_call() {
    let sim = Sim::new();
    let (vpc, subnet) = network(&sim).await;
    let id = instance(&sim, &subnet).await;
    let group = group(&sim, &vpc, "web").await;
    let set = || map! { "InstanceId" => &*id, "Groups" => [&*group] };
    ok(&sim, "ModifyInstanceAttribute", set()).await;
    assert_eq!(column(&described(&sim, &id).await, "SecurityGroups", "GroupName"), ["web"]);
    let two = set().with("SourceDestCheck", off());
    assert_eq!(code(&sim, "ModifyInstanceAttribute", two).await, "InvalidParameterCombination");
    assert_eq!(
        code(&sim, "ModifyInstanceAttribute", map! { "InstanceId" => &*id }).await,
        "InvalidParameterCombination"
    );
    let elsewhere = super::vpc(&sim, "10.1.0.0/16").await;
    let stranger = super::group(&sim, &elsewhere, "web").await;
    let stray = map! { "InstanceId" => &*id, "Groups" => [&*stranger] };
    assert_eq!(code(&sim, "ModifyInstanceAttribute", stray).await, "InvalidGroup.NotFound");
    ok(&sim, "TerminateInstances", ids(&id)).await;
    assert_eq!(code(&sim, "ModifyInstanceAttribute", set()).await, "IncorrectInstanceState");
}

#[tokio::test(start_paused = true)]
async fn metadata_options_that_are_not_given_stay() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let answer =
        ok(&sim, "ModifyInstanceMetadataOptions", map! { "InstanceId" => &*id, "HttpTokens" => "required" }).await;
    assert_eq!(text(&answer, "InstanceMetadataOptions.State"), "pending");
    assert_eq!(text(&answer, "InstanceMetadataOptions.HttpEndpoint"), "enabled");
    wait(Timing::QUICK.settle).await;
    let found = described(&sim, &id).await;
    assert_eq!(text(&found, "MetadataOptions.HttpTokens"), "required");
    assert_eq!(text(&found, "MetadataOptions.State"), "applied");
}

#[tokio::test(start_paused = true)]
async fn an_instance_has_one_profile_which_can_be_replaced_and_taken_away() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let profile = |name: &'static str| map! { "Name" => name };
    let associate = || map! { "InstanceId" => &*id, "IamInstanceProfile" => profile("web") };
    let made = ok(&sim, "AssociateIamInstanceProfile", associate()).await;
    let association = text(&made, "IamInstanceProfileAssociation.AssociationId");
    assert_eq!(text(&made, "IamInstanceProfileAssociation.State"), "associating");
    assert_eq!(code(&sim, "AssociateIamInstanceProfile", associate()).await, "IncorrectState");
    let replace = map! { "AssociationId" => &*association, "IamInstanceProfile" => profile("db") };
    ok(&sim, "ReplaceIamInstanceProfileAssociation", replace).await;
    let found = ok(&sim, "DescribeIamInstanceProfileAssociations", filtered("instance-id", &id)).await;
    let arn = text(&found, "IamInstanceProfileAssociations.0.IamInstanceProfile.Arn");
    assert_eq!(arn, "arn:aws:iam::123456789012:instance-profile/db");
    let gone = || map! { "AssociationId" => &*association };
    ok(&sim, "DisassociateIamInstanceProfile", gone()).await;
    assert_eq!(code(&sim, "DisassociateIamInstanceProfile", gone()).await, "InvalidAssociationID.NotFound");
    assert_eq!(described(&sim, &id).await.get("IamInstanceProfile"), None);
}

async fn root(sim: &Sim, instance: &str) -> String {
    text(&described(sim, instance).await, "BlockDeviceMappings.0.Ebs.VolumeId")
}

#[tokio::test(start_paused = true)]
async fn a_volume_grows_but_never_shrinks() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let volume = root(&sim, &id).await;
    let resize = |size: i64| map! { "VolumeId" => &*volume, "Size" => size };
    let refused = fault(&sim, "ModifyVolume", resize(7)).await;
    assert_eq!(refused.message, "New size cannot be smaller than existing size");
    let grown = ok(&sim, "ModifyVolume", resize(20)).await;
    assert_eq!(text(&grown, "VolumeModification.ModificationState"), "modifying");
    assert_eq!(at(&ok(&sim, "DescribeVolumes", map! {}).await, "Volumes.0.Size"), Some(&20i64.into()));
    assert_eq!(code(&sim, "ModifyVolume", map! { "VolumeId" => &*volume }).await, "InvalidParameterCombination");
}

#[tokio::test(start_paused = true)]
async fn a_volume_is_modified_once_at_a_time_and_four_times_a_day() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    let volume = root(&sim, &id).await;
    let resize = |size: i64| map! { "VolumeId" => &*volume, "Size" => size };
    ok(&sim, "ModifyVolume", resize(9)).await;
    assert_eq!(code(&sim, "ModifyVolume", resize(10)).await, "IncorrectModificationState");
    for size in 10..13 {
        wait(Timing::QUICK.volume).await;
        ok(&sim, "ModifyVolume", resize(size)).await;
    }
    wait(Timing::QUICK.volume).await;
    assert_eq!(code(&sim, "ModifyVolume", resize(13)).await, "VolumeModificationRateExceeded");
    wait(std::time::Duration::from_secs(86_400)).await;
    ok(&sim, "ModifyVolume", resize(13)).await;
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_is_to_be_kept_outlives_its_instance() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let disk = map! { "DeviceName" => "/dev/xvda", "Ebs" => map! { "DeleteOnTermination" => false } };
    let parameters = launch(interface(&subnet)).with("BlockDeviceMappings", [disk]);
    let id = text(&ok(&sim, "RunInstances", parameters).await, "Instances.0.InstanceId");
    ok(&sim, "TerminateInstances", ids(&id)).await;
    wait(Timing::QUICK.terminate).await;
    assert_eq!(column(&ok(&sim, "DescribeVolumes", map! {}).await, "Volumes", "State"), ["available"]);
}

#[tokio::test(start_paused = true)]
async fn instances_are_found_by_state_group_and_interface() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let id = running(&sim, &subnet).await;
    for (name, value) in [
        ("instance-state-name", "running"),
        ("instance-state-code", "16"),
        ("instance.group-name", "default"),
        ("network-interface.attachment.instance-id", &id),
        ("network-interface.addresses.private-ip-address", "10.0.0.4"),
        ("owner-id", "123456789012"),
    ] {
        let found = ok(&sim, "DescribeInstances", filtered(name, value)).await;
        assert_eq!(text(&found, "Reservations.0.Instances.0.InstanceId"), id, "{name}");
        assert_eq!(at(&found, "Reservations.0.Instances.0.Interface"), None);
    }
}
