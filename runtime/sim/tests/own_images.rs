use super::*;

fn image_of(instance: &str, name: &str) -> Map {
    map! { "InstanceId" => instance, "Name" => name }
}

fn only(image: &str) -> Map {
    map! { "ImageId" => image }
}

/// An image of a running instance, and that instance's subnet.
async fn available(sim: &Sim) -> (String, String) {
    let (_, subnet) = network(sim).await;
    let instance = running(sim, &subnet).await;
    let id = ok(sim, "CreateImage", image_of(&instance, "web")).await.text("ImageId").to_owned();
    wait(Timing::QUICK.image).await;
    (id, subnet)
}

async fn shown(sim: &Sim, id: &str) -> Map {
    one(&ok(sim, "DescribeImages", map! { "ImageIds" => [id] }).await, "Images")
}

fn from(image: &str, subnet: &str) -> Map {
    with(launch(interface(subnet)), "ImageId", image)
}

fn copy_of(image: &str) -> Map {
    map! { "SourceImageId" => image, "SourceRegion" => REGION, "Name" => "copy" }
}

#[tokio::test(start_paused = true)]
async fn an_image_is_pending_and_then_available() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let instance = running(&sim, &subnet).await;
    let tags = [tagged("image", "Name", "web"), tagged("snapshot", "Name", "disk")].concat();
    let create = image_of(&instance, "web").with("Description", "for tests").with("TagSpecifications", tags);
    let id = ok(&sim, "CreateImage", create).await.text("ImageId").to_owned();
    let own = map! { "Owners" => ["self"], "Filters" => [filter("tag:Name", "w*"), filter("name", "w?b")] };
    let found = one(&ok(&sim, "DescribeImages", own.clone()).await, "Images");
    assert_eq!((found.text("ImageId"), found.text("State")), (&*id, "pending"));
    assert_eq!(code(&sim, "RunInstances", from(&id, &subnet)).await, "InvalidAMIID.Unavailable");
    assert_eq!(code(&sim, "CopyImage", copy_of(&id)).await, "InvalidAMIID.Unavailable");
    let snapshot = one(&ok(&sim, "DescribeSnapshots", filtered("tag:Name", "disk")).await, "Snapshots");
    assert_eq!(snapshot.text("State"), "pending");
    wait(Timing::QUICK.image).await;
    let found = one(&ok(&sim, "DescribeImages", own).await, "Images");
    assert_eq!((found.text("State"), found.text("Description")), ("available", "for tests"));
    assert_eq!((found.text("OwnerId"), found.text("SourceInstanceId")), ("123456789012", &*instance));
    assert!(!found.is_true("Public"));
    assert_eq!(text(&found, "BlockDeviceMappings.0.Ebs.SnapshotId"), snapshot.text("SnapshotId"));
    let snapshots = ok(&sim, "DescribeSnapshots", map! { "OwnerIds" => ["self"] }).await;
    assert_eq!(column(&snapshots, "Snapshots", "State"), ["completed"]);
    let amazons = ok(&sim, "DescribeSnapshots", map! { "OwnerIds" => ["amazon"] }).await;
    assert!(amazons.list("Snapshots").is_empty());
    ok(&sim, "RunInstances", from(&id, &subnet)).await;
}

#[tokio::test(start_paused = true)]
async fn instances_of_an_image_have_its_disks() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let disk = |device: &str, size: i64| map! { "DeviceName" => device, "Ebs" => map! { "VolumeSize" => size } };
    let disks = [disk("/dev/xvda", 10), disk("/dev/sdf", 5)];
    let first = ok(&sim, "RunInstances", launch(interface(&subnet)).with("BlockDeviceMappings", disks)).await;
    wait(Timing::QUICK.start).await;
    let instance = text(&first, "Instances.0.InstanceId");
    let id = ok(&sim, "CreateImage", image_of(&instance, "web")).await.text("ImageId").to_owned();
    wait(Timing::QUICK.image).await;
    assert_eq!(column(&shown(&sim, &id).await, "BlockDeviceMappings", "DeviceName"), ["/dev/xvda", "/dev/sdf"]);
    let smaller = from(&id, &subnet).with("BlockDeviceMappings", [disk("/dev/sdf", 4)]);
    assert_eq!(code(&sim, "RunInstances", smaller).await, "InvalidBlockDeviceMapping");
    let launched = ok(&sim, "RunInstances", from(&id, &subnet)).await;
    let volumes =
        ok(&sim, "DescribeVolumes", filtered("attachment.instance-id", &text(&launched, "Instances.0.InstanceId")));
    let volumes = volumes.await;
    let mut sizes: Vec<i64> =
        volumes.list("Volumes").iter().filter_map(|volume| at(volume.as_map()?, "Size")?.as_int()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10]);
}

#[tokio::test(start_paused = true)]
async fn names_of_images_have_rules() {
    let sim = Sim::new();
    let (_, subnet) = network(&sim).await;
    let instance = instance(&sim, &subnet).await;
    assert_eq!(code(&sim, "CreateImage", image_of(&instance, "web")).await, "IncorrectInstanceState");
    wait(Timing::QUICK.start).await;
    for name in ["ab", "wéb", "web!", &"w".repeat(129)] {
        assert_eq!(code(&sim, "CreateImage", image_of(&instance, name)).await, "InvalidAMIName.Malformed", "{name}");
    }
    ok(&sim, "CreateImage", image_of(&instance, "web")).await;
    assert_eq!(code(&sim, "CreateImage", image_of(&instance, "web")).await, "InvalidAMIName.Duplicate");
}

#[tokio::test(start_paused = true)]
async fn a_deregistered_image_is_gone_and_its_snapshots_may_stay() {
    let sim = Sim::new();
    let (id, subnet) = available(&sim).await;
    let snapshot = text(&shown(&sim, &id).await, "BlockDeviceMappings.0.Ebs.SnapshotId");
    let delete = || map! { "SnapshotId" => &*snapshot };
    assert_eq!(code(&sim, "DeleteSnapshot", delete()).await, "InvalidSnapshot.InUse");
    ok(&sim, "DeregisterImage", only(&id)).await;
    for (action, parameters) in [
        ("DescribeImages", map! { "ImageIds" => [&*id] }),
        ("DeregisterImage", only(&id)),
        ("RunInstances", from(&id, &subnet)),
        ("CopyImage", copy_of(&id)),
    ] {
        assert_eq!(code(&sim, action, parameters).await, "InvalidAMIID.NotFound", "{action}");
    }
    assert!(ok(&sim, "DescribeImages", filtered("image-id", &id)).await.list("Images").is_empty());
    ok(&sim, "DeleteSnapshot", delete()).await;
    assert_eq!(code(&sim, "DeleteSnapshot", delete()).await, "InvalidSnapshot.NotFound");
    assert_eq!(sim.snapshot()[REGION].get("images"), None);
}

#[tokio::test(start_paused = true)]
async fn an_image_can_go_with_its_snapshots() {
    let sim = Sim::new();
    let (id, _) = available(&sim).await;
    let answer = ok(&sim, "DeregisterImage", only(&id).with("DeleteAssociatedSnapshots", true)).await;
    assert_eq!(column(&answer, "DeleteSnapshotResults", "ReturnCode"), ["success"]);
    assert!(ok(&sim, "DescribeSnapshots", map! {}).await.list("Snapshots").is_empty());
}

#[tokio::test(start_paused = true)]
async fn images_of_others_are_not_changed() {
    let sim = Sim::new();
    assert_eq!(code(&sim, "DeregisterImage", only(AMI)).await, "AuthFailure");
    assert_eq!(code(&sim, "DeregisterImage", only("ami-x")).await, "InvalidAMIID.Malformed");
    let strict = Sim::new().with_images([]);
    assert_eq!(code(&strict, "DeregisterImage", only(AMI)).await, "InvalidAMIID.NotFound");
}

#[tokio::test(start_paused = true)]
async fn an_image_is_copied_into_another_region() {
    let sim = Sim::new();
    let (id, _) = available(&sim).await;
    let there =
        async |action: &'static str, parameters: Map| sim.call("us-east-1", &Call::new(action, parameters)).await;
    let once = || copy_of(&id).with("ClientToken", "t").with("TagSpecifications", tagged("image", "a", "b"));
    let copy = there("CopyImage", once()).await.unwrap();
    assert_eq!(there("CopyImage", once()).await.unwrap(), copy);
    wait(Timing::QUICK.image).await;
    let own = there("DescribeImages", map! { "Owners" => ["self"] }).await.unwrap();
    let found = one(&own, "Images");
    assert_eq!(found.text("ImageId"), copy.text("ImageId"));
    assert_eq!((found.text("State"), found.text("SourceImageId")), ("available", &*id));
    assert_eq!(found.text("SourceImageRegion"), REGION);
    let stray = with(copy_of(&id), "SourceRegion", "eu-nowhere-1");
    assert_eq!(there("CopyImage", stray).await.unwrap_err().code, "InvalidParameterValue");
    let public = map! { "SourceImageId" => AMI, "SourceRegion" => "us-west-2", "Name" => "public" };
    there("CopyImage", public).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_image_is_shared_with_accounts() {
    let sim = Sim::new();
    let (id, _) = available(&sim).await;
    let change =
        |what: &'static str, permission: Map| only(&id).with("LaunchPermission", map! { what => [permission] });
    let account = |number: &str| map! { "UserId" => number };
    let permissions = async || {
        let asked = only(&id).with("Attribute", "launchPermission");
        ok(&sim, "DescribeImageAttribute", asked).await
    };
    ok(&sim, "ModifyImageAttribute", change("Add", account("111111111111"))).await;
    ok(&sim, "ModifyImageAttribute", change("Add", account("222222222222"))).await;
    ok(&sim, "ModifyImageAttribute", change("Remove", account("111111111111"))).await;
    assert_eq!(column(&permissions().await, "LaunchPermissions", "UserId"), ["222222222222"]);
    ok(&sim, "ModifyImageAttribute", change("Add", map! { "Group" => "all" })).await;
    assert!(shown(&sim, &id).await.is_true("Public"));
    for wrong in [account("1"), account("all"), map! { "Group" => "some" }] {
        let refused = code(&sim, "ModifyImageAttribute", change("Add", wrong)).await;
        assert_eq!(refused, "InvalidAMIAttributeItemValue");
    }
    assert_eq!(code(&sim, "ModifyImageAttribute", only(&id)).await, "InvalidParameterCombination");
    ok(&sim, "ModifyImageAttribute", only(&id).with("Description", map! { "Value" => "new" })).await;
    let described = ok(&sim, "DescribeImageAttribute", only(&id).with("Attribute", "description")).await;
    assert_eq!(text(&described, "Description.Value"), "new");
}
