//! Machine images.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, setting, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    BlockDeviceMapping, DeleteSnapshotReturnCode, EbsBlockDevice, Image, LaunchPermission,
    LaunchPermissionModifications,
};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("CopyImage", copy),
    ("CreateImage", create),
    ("DeregisterImage", deregister),
    ("DescribeImageAttribute", describe_attribute),
    ("DescribeImages", describe),
    ("ModifyImageAttribute", modify_attribute),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_images(), parameters)
        .set_image_ids(parameters.texts("ImageIds"))
        .set_owners(parameters.texts("Owners"))
        .set_executable_users(parameters.texts("ExecutableUsers"))
        .set_include_deprecated(parameters.flag("IncludeDeprecated"));
    sending(request.send(), |answer| page("Images", answer.images(), image, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_image()
        .set_instance_id(parameters.text("InstanceId"))
        .set_name(parameters.text("Name"))
        .set_description(parameters.text("Description"))
        .set_no_reboot(parameters.flag("NoReboot"))
        .set_block_device_mappings(parameters.each("BlockDeviceMappings", left_out))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("ImageId", answer.image_id()))
}

/// A disk that is no part of the image.
fn left_out(mapping: &mut Parameters) -> BlockDeviceMapping {
    BlockDeviceMapping::builder()
        .set_device_name(mapping.text("DeviceName"))
        .set_no_device(mapping.text("NoDevice"))
        .build()
}

fn copy(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .copy_image()
        .set_source_image_id(parameters.text("SourceImageId"))
        .set_source_region(parameters.text("SourceRegion"))
        .set_name(parameters.text("Name"))
        .set_description(parameters.text("Description"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("ImageId", answer.image_id()))
}

fn deregister(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .deregister_image()
        .set_image_id(parameters.text("ImageId"))
        .set_delete_associated_snapshots(parameters.flag("DeleteAssociatedSnapshots"));
    sending(request.send(), |answer| {
        Map::new().with_some("Return", answer.r#return()).with_each(
            "DeleteSnapshotResults",
            answer.delete_snapshot_results(),
            deleted_snapshot,
        )
    })
}

fn modify_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_image_attribute()
        .set_image_id(parameters.text("ImageId"))
        .set_description(parameters.setting("Description"))
        .set_launch_permission(parameters.one("LaunchPermission", permission_changes));
    sending(request.send(), nothing)
}

fn describe_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_image_attribute()
        .set_image_id(parameters.text("ImageId"))
        .set_attribute(parameters.word("Attribute"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("ImageId", answer.image_id())
            .with_some("Description", answer.description().map(setting))
            .with_each("LaunchPermissions", answer.launch_permissions(), told_permission)
    })
}

fn permission_changes(changes: &mut Parameters) -> LaunchPermissionModifications {
    LaunchPermissionModifications::builder()
        .set_add(changes.each("Add", permission))
        .set_remove(changes.each("Remove", permission))
        .build()
}

fn permission(permission: &mut Parameters) -> LaunchPermission {
    LaunchPermission::builder().set_user_id(permission.text("UserId")).set_group(permission.word("Group")).build()
}

fn told_permission(permission: &LaunchPermission) -> Map {
    Map::new()
        .with_some("UserId", permission.user_id())
        .with_word("Group", permission.group())
        .with_some("OrganizationArn", permission.organization_arn())
        .with_some("OrganizationalUnitArn", permission.organizational_unit_arn())
}

fn deleted_snapshot(result: &DeleteSnapshotReturnCode) -> Map {
    Map::new().with_some("SnapshotId", result.snapshot_id()).with_word("ReturnCode", result.return_code())
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
        .with_some("SourceInstanceId", image.source_instance_id())
        .with_some("SourceImageRegion", image.source_image_region())
        .with_some("SourceImageId", image.source_image_id())
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
