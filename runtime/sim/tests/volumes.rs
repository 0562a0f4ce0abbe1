use super::*;

fn empty(zone: &str) -> Map {
    map! { "AvailabilityZone" => zone, "Size" => 20, "VolumeType" => "gp3" }
}

async fn volume(sim: &Sim) -> String {
    let id = ok(sim, "CreateVolume", empty("eu-central-1a")).await.text("VolumeId").to_owned();
    wait(Timing::QUICK.disk).await;
    id
}

async fn shown(sim: &Sim, id: &str) -> Map {
    one(&ok(sim, "DescribeVolumes", map! { "VolumeIds" => [id] }).await, "Volumes")
}

fn pair(volume: &str, instance: &str, device: &str) -> Map {
    map! { "VolumeId" => volume, "InstanceId" => instance, "Device" => device }
}

fn only(volume: &str) -> Map {
    map! { "VolumeId" => volume }
}

#[tokio::test(start_paused = true)]
async fn a_volume_goes_through_its_life() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let instance = running(&sim, &subnet).await;
    let made = ok(&sim, "CreateVolume", empty("eu-central-1a").with("TagSpecifications", tagged("volume", "a", "b")));
    let made = made.await;
    let id = made.text("VolumeId");
    assert_eq!(made.text("State"), "creating");
    assert_eq!(code(&sim, "AttachVolume", pair(id, &instance, "/dev/sdf")).await, "IncorrectState");
    wait(Timing::QUICK.disk).await;
    assert_eq!(one(&ok(&sim, "DescribeVolumes", filtered("tag:a", "b")).await, "Volumes").text("State"), "available");
    let attached = ok(&sim, "AttachVolume", pair(id, &instance, "/dev/sdf")).await;
    assert_eq!((attached.text("State"), attached.text("InstanceId")), ("attaching", &*instance));
    assert_eq!(text(&shown(&sim, id).await, "State"), "in-use");
    wait(Timing::QUICK.disk).await;
    assert_eq!(column(&shown(&sim, id).await, "Attachments", "State"), ["attached"]);
    let disks = described(&sim, &instance).await;
    assert_eq!(column(&disks, "BlockDeviceMappings", "DeviceName"), ["/dev/xvda", "/dev/sdf"]);
    assert_eq!(code(&sim, "DeleteVolume", only(id)).await, "VolumeInUse");
    assert_eq!(ok(&sim, "DetachVolume", only(id)).await.text("State"), "detaching");
    assert_eq!(column(&shown(&sim, id).await, "Attachments", "State"), ["detaching"]);
    wait(Timing::QUICK.disk).await;
    assert_eq!(shown(&sim, id).await.text("State"), "available");
    assert_eq!(described(&sim, &instance).await.list("BlockDeviceMappings").len(), 1);
    assert_eq!(code(&sim, "DetachVolume", only(id)).await, "IncorrectState");
    ok(&sim, "DeleteVolume", only(id)).await;
    assert_eq!(shown(&sim, id).await.text("State"), "deleting");
    wait(Timing::QUICK.disk).await;
    assert_eq!(code(&sim, "DeleteVolume", only(id)).await, "InvalidVolume.NotFound");
}

#[tokio::test(start_paused = true)]
async fn attaching_has_rules() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let instance = instance(&sim, &subnet).await;
    let (one, two) = (volume(&sim).await, volume(&sim).await);
    assert_eq!(code(&sim, "AttachVolume", pair(&one, &instance, "/dev/sdf")).await, "IncorrectState");
    wait(Timing::QUICK.start).await;
    let far = ok(&sim, "CreateVolume", empty("eu-central-1b")).await.text("VolumeId").to_owned();
    wait(Timing::QUICK.disk).await;
    for (parameters, expected) in [
        (pair(&far, &instance, "/dev/sdf"), "InvalidVolume.ZoneMismatch"),
        (pair(&one, &instance, "sdf"), "InvalidParameterValue"),
        (pair(&one, &instance, "/dev/xvda"), "InvalidParameterValue"),
        (pair(&one, "i-0123456789abcdef0", "/dev/sdf"), "InvalidInstanceID.NotFound"),
    ] {
        assert_eq!(code(&sim, "AttachVolume", parameters.clone()).await, expected, "{parameters:?}");
    }
    ok(&sim, "AttachVolume", pair(&one, &instance, "/dev/sdf")).await;
    assert_eq!(code(&sim, "AttachVolume", pair(&one, &instance, "/dev/sdg")).await, "VolumeInUse");
    assert_eq!(code(&sim, "AttachVolume", pair(&two, &instance, "/dev/sdf")).await, "InvalidParameterValue");
    let wrong = pair(&one, &instance, "/dev/sdg");
    assert_eq!(code(&sim, "DetachVolume", wrong).await, "InvalidAttachment.NotFound");
    ok(&sim, "StopInstances", ids(&instance)).await;
    wait(Timing::QUICK.stop).await;
    ok(&sim, "AttachVolume", pair(&two, &instance, "/dev/sdg")).await;
}

#[tokio::test(start_paused = true)]
async fn a_root_volume_is_detached_from_a_stopped_instance_only() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let instance = running(&sim, &subnet).await;
    let root = text(&described(&sim, &instance).await, "BlockDeviceMappings.0.Ebs.VolumeId");
    assert_eq!(code(&sim, "DetachVolume", only(&root)).await, "OperationNotPermitted");
    ok(&sim, "StopInstances", ids(&instance)).await;
    wait(Timing::QUICK.stop).await;
    ok(&sim, "DetachVolume", only(&root)).await;
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_was_attached_outlives_its_instance() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let instance = running(&sim, &subnet).await;
    let id = volume(&sim).await;
    ok(&sim, "AttachVolume", pair(&id, &instance, "/dev/sdf")).await;
    ok(&sim, "TerminateInstances", ids(&instance)).await;
    wait(Timing::QUICK.terminate).await;
    let left = one(&ok(&sim, "DescribeVolumes", map! {}).await, "Volumes");
    assert_eq!((left.text("VolumeId"), left.text("State")), (&*id, "available"));
}

#[tokio::test(start_paused = true)]
async fn a_new_volume_has_a_zone_a_size_and_a_token() {
    let sim = Sim::new();
    assert_eq!(code(&sim, "CreateVolume", empty("eu-central-1z")).await, "InvalidZone.NotFound");
    let sizeless = map! { "AvailabilityZone" => "eu-central-1a" };
    assert_eq!(code(&sim, "CreateVolume", sizeless).await, "MissingParameter");
    let large = with(empty("eu-central-1a"), "Size", 70_000);
    assert_eq!(code(&sim, "CreateVolume", large).await, "InvalidParameterValue");
    let once = || empty("eu-central-1a").with("ClientToken", "t").with("Encrypted", true);
    let first = ok(&sim, "CreateVolume", once()).await;
    assert_eq!(first, ok(&sim, "CreateVolume", once()).await);
    assert!(first.is_true("Encrypted"));
}

#[tokio::test(start_paused = true)]
async fn an_instance_is_launched_with_several_disks() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let disk = |device: &str, size: i64| map! { "DeviceName" => device, "Ebs" => map! { "VolumeSize" => size } };
    let parameters = launch(interface(&subnet))
        .with("BlockDeviceMappings", [disk("/dev/sdf", 5), disk("/dev/sdg", 6)])
        .with("TagSpecifications", tagged("volume", "of", "web"));
    ok(&sim, "RunInstances", parameters).await;
    let volumes = ok(&sim, "DescribeVolumes", filtered("tag:of", "web")).await;
    let mut sizes: Vec<i64> =
        volumes.list("Volumes").iter().filter_map(|volume| at(volume.as_map()?, "Size")?.as_int()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 6, 8]);
}
