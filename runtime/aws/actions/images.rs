//! Machine images.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{BlockDeviceMapping, EbsBlockDevice, Image};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[("DescribeImages", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_images(), parameters)
        .set_image_ids(parameters.texts("ImageIds"))
        .set_owners(parameters.texts("Owners"))
        .set_executable_users(parameters.texts("ExecutableUsers"))
        .set_include_deprecated(parameters.flag("IncludeDeprecated"));
    sending(request.send(), |answer| page("Images", answer.images(), image, answer.next_token()))
}

fn image(image: &Image) -> Map {
    Map::new()
        .with_some("ImageId", image.image_id())
        .with_some("Name", image.name())
        .with_some("Description", image.description())
        .with_word("State", image.state())
        .with_some("OwnerId", image.owner_id())
        .with_some("ImageOwnerAlias", image.image_owner_alias())
        .with_some("Public", image.public())
        .with_some("CreationDate", image.creation_date())
        .with_some("DeprecationTime", image.deprecation_time())
        .with_word("Architecture", image.architecture())
        .with_some("PlatformDetails", image.platform_details())
        .with_word("VirtualizationType", image.virtualization_type())
        .with_some("RootDeviceName", image.root_device_name())
        .with_word("RootDeviceType", image.root_device_type())
        .with_each("BlockDeviceMappings", image.block_device_mappings(), block_device)
        .with_each("Tags", image.tags(), tag)
}

fn block_device(mapping: &BlockDeviceMapping) -> Map {
    Map::new()
        .with_some("DeviceName", mapping.device_name())
        .with_some("VirtualName", mapping.virtual_name())
        .with_some("Ebs", mapping.ebs().map(volume))
}

fn volume(volume: &EbsBlockDevice) -> Map {
    Map::new()
        .with_some("SnapshotId", volume.snapshot_id())
        .with_some("VolumeSize", volume.volume_size())
        .with_word("VolumeType", volume.volume_type())
        .with_some("Encrypted", volume.encrypted())
        .with_some("DeleteOnTermination", volume.delete_on_termination())
}
