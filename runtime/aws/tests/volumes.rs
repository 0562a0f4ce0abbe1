use super::*;

#[tokio::test]
async fn a_volume_goes_out_and_comes_back_without_a_name_around_it() {
    let parameters = Map::new()
        .with("AvailabilityZone", "eu-west-1a")
        .with("Size", 20)
        .with("VolumeType", "gp3")
        .with("Encrypted", true)
        .with("ClientToken", "t");
    let answer = "<volumeId>vol-1</volumeId><status>creating</status><size>20</size><encrypted>true</encrypted>";
    let (got, sent) = exchange("CreateVolume", parameters, answer).await;
    let volume = Map::new().with("VolumeId", "vol-1").with("State", "creating").with("Size", 20);
    assert_eq!(got, volume.with("Encrypted", true));
    assert_eq!(sent, "AvailabilityZone=eu-west-1a&Encrypted=true&Size=20&VolumeType=gp3&ClientToken=t");
}

#[tokio::test]
async fn volumes_are_attached_and_detached() {
    let parameters = Map::new().with("VolumeId", "vol-1").with("InstanceId", "i-1").with("Device", "/dev/sdf");
    let answer = "<volumeId>vol-1</volumeId><instanceId>i-1</instanceId><device>/dev/sdf</device>\
        <status>attaching</status><deleteOnTermination>false</deleteOnTermination>";
    let expected = Map::new()
        .with("InstanceId", "i-1")
        .with("VolumeId", "vol-1")
        .with("Device", "/dev/sdf")
        .with("State", "attaching")
        .with("DeleteOnTermination", false);
    for action in ["AttachVolume", "DetachVolume"] {
        let (got, sent) = exchange(action, parameters.clone(), answer).await;
        assert_eq!((got, &*sent), (expected.clone(), "Device=%2Fdev%2Fsdf&InstanceId=i-1&VolumeId=vol-1"));
    }
}
