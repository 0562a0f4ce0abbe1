//! Volumes.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Volume, VolumeAttachment, VolumeModification};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AttachVolume", attach),
    ("CreateVolume", create),
    ("DeleteVolume", delete),
    ("DescribeVolumes", describe),
    ("DetachVolume", detach),
    ("ModifyVolume", modify),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_volumes(), parameters).set_volume_ids(parameters.texts("VolumeIds"));
    sending(request.send(), |answer| page("Volumes", answer.volumes(), volume, answer.next_token()))
}

/// EC2 tells of a new volume without a name around it.
fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_volume()
        .set_availability_zone(parameters.text("AvailabilityZone"))
        .set_size(parameters.number("Size"))
        .set_volume_type(parameters.word("VolumeType"))
        .set_iops(parameters.number("Iops"))
        .set_throughput(parameters.number("Throughput"))
        .set_encrypted(parameters.flag("Encrypted"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("VolumeId", answer.volume_id())
            .with_word("State", answer.state())
            .with_some("Size", answer.size())
            .with_word("VolumeType", answer.volume_type())
            .with_some("Iops", answer.iops())
            .with_some("Throughput", answer.throughput())
            .with_some("Encrypted", answer.encrypted())
            .with_some("AvailabilityZone", answer.availability_zone())
            .with_time("CreateTime", answer.create_time())
            .with_each("Tags", answer.tags(), tag)
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(ec2.delete_volume().set_volume_id(parameters.text("VolumeId")).send(), nothing)
}

fn attach(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .attach_volume()
        .set_volume_id(parameters.text("VolumeId"))
        .set_instance_id(parameters.text("InstanceId"))
        .set_device(parameters.text("Device"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("InstanceId", answer.instance_id())
            .with_some("VolumeId", answer.volume_id())
            .with_some("Device", answer.device())
            .with_word("State", answer.state())
            .with_some("DeleteOnTermination", answer.delete_on_termination())
    })
}

fn detach(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .detach_volume()
        .set_volume_id(parameters.text("VolumeId"))
        .set_instance_id(parameters.text("InstanceId"))
        .set_device(parameters.text("Device"))
        .set_force(parameters.flag("Force"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("InstanceId", answer.instance_id())
            .with_some("VolumeId", answer.volume_id())
            .with_some("Device", answer.device())
            .with_word("State", answer.state())
            .with_some("DeleteOnTermination", answer.delete_on_termination())
    })
}

fn modify(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_volume()
        .set_volume_id(parameters.text("VolumeId"))
        .set_size(parameters.number("Size"))
        .set_volume_type(parameters.word("VolumeType"))
        .set_iops(parameters.number("Iops"))
        .set_throughput(parameters.number("Throughput"));
    sending(request.send(), |answer| {
        Map::new().with_some("VolumeModification", answer.volume_modification().map(modification))
    })
}

fn volume(volume: &Volume) -> Map {
    Map::new()
        .with_some("VolumeId", volume.volume_id())
        .with_word("State", volume.state())
        .with_some("Size", volume.size())
        .with_word("VolumeType", volume.volume_type())
        .with_some("Iops", volume.iops())
        .with_some("Throughput", volume.throughput())
        .with_some("Encrypted", volume.encrypted())
        .with_some("KmsKeyId", volume.kms_key_id())
        .with_some("SnapshotId", volume.snapshot_id())
        .with_some("AvailabilityZone", volume.availability_zone())
        .with_time("CreateTime", volume.create_time())
        .with_each("Attachments", volume.attachments(), attachment)
        .with_each("Tags", volume.tags(), tag)
}

fn attachment(attachment: &VolumeAttachment) -> Map {
    Map::new()
        .with_some("InstanceId", attachment.instance_id())
        .with_some("VolumeId", attachment.volume_id())
        .with_some("Device", attachment.device())
        .with_word("State", attachment.state())
        .with_some("DeleteOnTermination", attachment.delete_on_termination())
}

fn modification(modification: &VolumeModification) -> Map {
    Map::new()
        .with_some("VolumeId", modification.volume_id())
        .with_word("ModificationState", modification.modification_state())
        .with_some("StatusMessage", modification.status_message())
        .with_some("OriginalSize", modification.original_size())
        .with_word("OriginalVolumeType", modification.original_volume_type())
        .with_some("TargetSize", modification.target_size())
        .with_word("TargetVolumeType", modification.target_volume_type())
        .with_some("Progress", modification.progress())
}
