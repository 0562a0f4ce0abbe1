//! Snapshots of volumes.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Snapshot;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[("DeleteSnapshot", delete), ("DescribeSnapshots", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_snapshots(), parameters)
        .set_snapshot_ids(parameters.texts("SnapshotIds"))
        .set_owner_ids(parameters.texts("OwnerIds"));
    sending(request.send(), |answer| page("Snapshots", answer.snapshots(), snapshot, answer.next_token()))
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(ec2.delete_snapshot().set_snapshot_id(parameters.text("SnapshotId")).send(), nothing)
}

fn snapshot(snapshot: &Snapshot) -> Map {
    Map::new()
        .with_some("SnapshotId", snapshot.snapshot_id())
        .with_some("VolumeId", snapshot.volume_id())
        .with_some("VolumeSize", snapshot.volume_size())
        .with_word("State", snapshot.state())
        .with_some("StateMessage", snapshot.state_message())
        .with_some("Progress", snapshot.progress())
        .with_time("StartTime", snapshot.start_time())
        .with_some("OwnerId", snapshot.owner_id())
        .with_some("Description", snapshot.description())
        .with_some("Encrypted", snapshot.encrypted())
        .with_some("KmsKeyId", snapshot.kms_key_id())
        .with_each("Tags", snapshot.tags(), tag)
}
