use super::*;

#[tokio::test]
async fn images_are_made_and_copied() {
    let tags = [Map::new().with("Key", "a").with("Value", "b")];
    let specification = Map::new().with("ResourceType", "snapshot").with("Tags", tags);
    let create = Map::new()
        .with("InstanceId", "i-1")
        .with("Name", "web")
        .with("NoReboot", true)
        .with("TagSpecifications", [specification]);
    let answer = "<imageId>ami-1</imageId>";
    let (got, sent) = exchange("CreateImage", create, answer).await;
    assert_eq!(got, Map::new().with("ImageId", "ami-1"));
    assert_eq!(
        sent,
        "TagSpecification.1.ResourceType=snapshot&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b\
         &InstanceId=i-1&Name=web&NoReboot=true"
    );
    let copy = Map::new()
        .with("SourceImageId", "ami-1")
        .with("SourceRegion", "us-east-1")
        .with("Name", "web")
        .with("ClientToken", "t");
    let (got, sent) = exchange("CopyImage", copy, answer).await;
    assert_eq!(got, Map::new().with("ImageId", "ami-1"));
    assert_eq!(sent, "ClientToken=t&Name=web&SourceImageId=ami-1&SourceRegion=us-east-1");
}

#[tokio::test]
async fn permissions_go_out_and_come_back() {
    let of = |user: &str| [Map::new().with("UserId", user)];
    let changes = Map::new().with("Add", of("111111111111")).with("Remove", of("222222222222"));
    let modify = Map::new().with("ImageId", "ami-1").with("LaunchPermission", changes);
    let (_, sent) = exchange("ModifyImageAttribute", modify, "<return>true</return>").await;
    assert_eq!(
        sent,
        "ImageId=ami-1&LaunchPermission.Add.1.UserId=111111111111&LaunchPermission.Remove.1.UserId=222222222222"
    );
    let describe = Map::new().with("ImageId", "ami-1").with("Attribute", "launchPermission");
    let answer = "<imageId>ami-1</imageId><launchPermission><item><userId>111111111111</userId></item>\
        <item><group>all</group></item></launchPermission>";
    let (got, sent) = exchange("DescribeImageAttribute", describe, answer).await;
    let permissions = [Map::new().with("UserId", "111111111111"), Map::new().with("Group", "all")];
    assert_eq!(got, Map::new().with("ImageId", "ami-1").with("LaunchPermissions", permissions));
    assert_eq!(sent, "Attribute=launchPermission&ImageId=ami-1");
}

#[tokio::test]
async fn images_go_with_their_snapshots() {
    let parameters = Map::new().with("ImageId", "ami-1").with("DeleteAssociatedSnapshots", true);
    let answer = "<return>true</return><deleteSnapshotResultSet><item><snapshotId>snap-1</snapshotId>\
        <returnCode>success</returnCode></item></deleteSnapshotResultSet>";
    let (got, sent) = exchange("DeregisterImage", parameters, answer).await;
    let result = Map::new().with("SnapshotId", "snap-1").with("ReturnCode", "success");
    assert_eq!(got, Map::new().with("Return", true).with("DeleteSnapshotResults", [result]));
    assert_eq!(sent, "ImageId=ami-1&DeleteAssociatedSnapshots=true");
    let answer = "<snapshotSet><item><snapshotId>snap-1</snapshotId><status>completed</status>\
        <volumeSize>8</volumeSize></item></snapshotSet>";
    let (got, sent) = exchange("DescribeSnapshots", Map::new().with("OwnerIds", ["self"]), answer).await;
    let snapshot = Map::new().with("SnapshotId", "snap-1").with("VolumeSize", 8).with("State", "completed");
    assert_eq!(got, Map::new().with("Snapshots", [snapshot]));
    assert_eq!(sent, "Owner.1=self");
}
