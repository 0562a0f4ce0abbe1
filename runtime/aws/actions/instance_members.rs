//! How instances look in answers.

use crate::aws::answer::{Members, group, instance_profile, tag};
use aws_sdk_ec2::types::{
    EbsInstanceBlockDevice, Instance, InstanceBlockDeviceMapping, InstanceIpv6Address, InstanceMetadataOptionsResponse,
    InstanceNetworkInterface, InstanceNetworkInterfaceAssociation, InstanceNetworkInterfaceAttachment,
    InstancePrivateIpAddress, InstanceState, Placement, Reservation, StateReason,
};
use vpcc_core::call::Map;

/// The instances of one launch.
pub(super) fn reservation(reservation: &Reservation) -> Map {
    Map::new()
        .with_some("ReservationId", reservation.reservation_id())
        .with_some("OwnerId", reservation.owner_id())
        .with_each("Instances", reservation.instances(), instance)
}

/// An instance.
pub(super) fn instance(instance: &Instance) -> Map {
    let told = Map::new()
        .with_some("InstanceId", instance.instance_id())
        .with_some("State", instance.state().map(state))
        .with_some("StateReason", instance.state_reason().map(state_reason))
        .with_some("StateTransitionReason", instance.state_transition_reason())
        .with_time("LaunchTime", instance.launch_time())
        .with_some("ClientToken", instance.client_token())
        .with_some("ImageId", instance.image_id())
        .with_word("InstanceType", instance.instance_type())
        .with_word("Architecture", instance.architecture())
        .with_some("KeyName", instance.key_name())
        .with_some("Placement", instance.placement().map(placement))
        .with_some("IamInstanceProfile", instance.iam_instance_profile().map(instance_profile))
        .with_some("MetadataOptions", instance.metadata_options().map(metadata_options));
    with_disks(with_network(told, instance), instance).with_each("Tags", instance.tags(), tag)
}

fn with_network(told: Map, instance: &Instance) -> Map {
    told.with_some("VpcId", instance.vpc_id())
        .with_some("SubnetId", instance.subnet_id())
        .with_some("PrivateIpAddress", instance.private_ip_address())
        .with_some("PrivateDnsName", instance.private_dns_name())
        .with_some("PublicIpAddress", instance.public_ip_address())
        .with_some("PublicDnsName", instance.public_dns_name())
        .with_some("Ipv6Address", instance.ipv6_address())
        .with_some("SourceDestCheck", instance.source_dest_check())
        .with_each("SecurityGroups", instance.security_groups(), group)
        .with_each("NetworkInterfaces", instance.network_interfaces(), network_interface)
}

fn with_disks(told: Map, instance: &Instance) -> Map {
    told.with_some("EbsOptimized", instance.ebs_optimized())
        .with_some("RootDeviceName", instance.root_device_name())
        .with_word("RootDeviceType", instance.root_device_type())
        .with_each("BlockDeviceMappings", instance.block_device_mappings(), block_device)
}

/// Where an instance is in its life.
pub(super) fn state(state: &InstanceState) -> Map {
    Map::new().with_word("Name", state.name()).with_some("Code", state.code())
}

/// How an instance can ask for its metadata.
pub(super) fn metadata_options(options: &InstanceMetadataOptionsResponse) -> Map {
    Map::new()
        .with_word("State", options.state())
        .with_word("HttpTokens", options.http_tokens())
        .with_word("HttpEndpoint", options.http_endpoint())
        .with_some("HttpPutResponseHopLimit", options.http_put_response_hop_limit())
        .with_word("HttpProtocolIpv6", options.http_protocol_ipv6())
        .with_word("InstanceMetadataTags", options.instance_metadata_tags())
}

fn state_reason(reason: &StateReason) -> Map {
    Map::new().with_some("Code", reason.code()).with_some("Message", reason.message())
}

fn placement(placement: &Placement) -> Map {
    Map::new()
        .with_some("AvailabilityZone", placement.availability_zone())
        .with_some("GroupName", placement.group_name())
        .with_word("Tenancy", placement.tenancy())
}

fn network_interface(interface: &InstanceNetworkInterface) -> Map {
    Map::new()
        .with_some("NetworkInterfaceId", interface.network_interface_id())
        .with_some("OwnerId", interface.owner_id())
        .with_some("VpcId", interface.vpc_id())
        .with_some("SubnetId", interface.subnet_id())
        .with_word("Status", interface.status())
        .with_some("Description", interface.description())
        .with_some("MacAddress", interface.mac_address())
        .with_some("PrivateIpAddress", interface.private_ip_address())
        .with_each("PrivateIpAddresses", interface.private_ip_addresses(), private_address)
        .with_each("Ipv6Addresses", interface.ipv6_addresses(), ipv6_address)
        .with_some("SourceDestCheck", interface.source_dest_check())
        .with_some("Association", interface.association().map(association))
        .with_some("Attachment", interface.attachment().map(attachment))
        .with_each("Groups", interface.groups(), group)
}

fn private_address(address: &InstancePrivateIpAddress) -> Map {
    Map::new()
        .with_some("PrivateIpAddress", address.private_ip_address())
        .with_some("Primary", address.primary())
        .with_some("Association", address.association().map(association))
}

fn ipv6_address(address: &InstanceIpv6Address) -> Map {
    Map::new().with_some("Ipv6Address", address.ipv6_address())
}

fn association(association: &InstanceNetworkInterfaceAssociation) -> Map {
    Map::new()
        .with_some("PublicIp", association.public_ip())
        .with_some("PublicDnsName", association.public_dns_name())
        .with_some("IpOwnerId", association.ip_owner_id())
}

fn attachment(attachment: &InstanceNetworkInterfaceAttachment) -> Map {
    Map::new()
        .with_some("AttachmentId", attachment.attachment_id())
        .with_some("DeviceIndex", attachment.device_index())
        .with_word("Status", attachment.status())
        .with_some("DeleteOnTermination", attachment.delete_on_termination())
}

fn block_device(mapping: &InstanceBlockDeviceMapping) -> Map {
    Map::new().with_some("DeviceName", mapping.device_name()).with_some("Ebs", mapping.ebs().map(volume))
}

fn volume(volume: &EbsInstanceBlockDevice) -> Map {
    Map::new()
        .with_some("VolumeId", volume.volume_id())
        .with_word("Status", volume.status())
        .with_some("DeleteOnTermination", volume.delete_on_termination())
}
