//! Launching instances.

use super::instance_members::instance;
use super::{Action, Sending, sending};
use crate::aws::answer::Members;
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    BlockDeviceMapping, CreditSpecificationRequest, EbsBlockDevice, InstanceIpv6Address,
    InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification, Placement, RunInstancesMonitoringEnabled,
};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[("RunInstances", run)];

fn run(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .run_instances()
        .set_client_token(parameters.text("ClientToken"))
        .set_min_count(parameters.number("MinCount"))
        .set_max_count(parameters.number("MaxCount"))
        .set_image_id(parameters.text("ImageId"))
        .set_instance_type(parameters.word("InstanceType"))
        .set_key_name(parameters.text("KeyName"))
        .set_user_data(parameters.sealed("UserData"))
        .set_subnet_id(parameters.text("SubnetId"))
        .set_private_ip_address(parameters.text("PrivateIpAddress"))
        .set_ipv6_address_count(parameters.number("Ipv6AddressCount"))
        .set_security_group_ids(parameters.texts("SecurityGroupIds"))
        .set_network_interfaces(parameters.each("NetworkInterfaces", network_interface))
        .set_block_device_mappings(parameters.each("BlockDeviceMappings", block_device))
        .set_iam_instance_profile(parameters.instance_profile())
        .set_metadata_options(parameters.one("MetadataOptions", metadata_options))
        .set_placement(parameters.one("Placement", placement))
        .set_monitoring(parameters.one("Monitoring", monitoring))
        .set_credit_specification(parameters.one("CreditSpecification", credits))
        .set_ebs_optimized(parameters.flag("EbsOptimized"))
        .set_disable_api_stop(parameters.flag("DisableApiStop"))
        .set_disable_api_termination(parameters.flag("DisableApiTermination"))
        .set_instance_initiated_shutdown_behavior(parameters.word("InstanceInitiatedShutdownBehavior"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("ReservationId", answer.reservation_id())
            .with_some("OwnerId", answer.owner_id())
            .with_each("Instances", answer.instances(), instance)
    })
}

fn network_interface(interface: &mut Parameters) -> InstanceNetworkInterfaceSpecification {
    InstanceNetworkInterfaceSpecification::builder()
        .set_device_index(interface.number("DeviceIndex"))
        .set_network_interface_id(interface.text("NetworkInterfaceId"))
        .set_description(interface.text("Description"))
        .set_subnet_id(interface.text("SubnetId"))
        .set_groups(interface.texts("Groups"))
        .set_private_ip_address(interface.text("PrivateIpAddress"))
        .set_ipv6_addresses(interface.each("Ipv6Addresses", ipv6_address))
        .set_ipv6_address_count(interface.number("Ipv6AddressCount"))
        .set_associate_public_ip_address(interface.flag("AssociatePublicIpAddress"))
        .set_delete_on_termination(interface.flag("DeleteOnTermination"))
        .build()
}

fn ipv6_address(address: &mut Parameters) -> InstanceIpv6Address {
    InstanceIpv6Address::builder().set_ipv6_address(address.text("Ipv6Address")).build()
}

fn block_device(mapping: &mut Parameters) -> BlockDeviceMapping {
    BlockDeviceMapping::builder()
        .set_device_name(mapping.text("DeviceName"))
        .set_virtual_name(mapping.text("VirtualName"))
        .set_no_device(mapping.text("NoDevice"))
        .set_ebs(mapping.one("Ebs", volume))
        .build()
}

fn volume(volume: &mut Parameters) -> EbsBlockDevice {
    EbsBlockDevice::builder()
        .set_snapshot_id(volume.text("SnapshotId"))
        .set_volume_size(volume.number("VolumeSize"))
        .set_volume_type(volume.word("VolumeType"))
        .set_iops(volume.number("Iops"))
        .set_throughput(volume.number("Throughput"))
        .set_encrypted(volume.flag("Encrypted"))
        .set_kms_key_id(volume.text("KmsKeyId"))
        .set_delete_on_termination(volume.flag("DeleteOnTermination"))
        .build()
}

fn metadata_options(options: &mut Parameters) -> InstanceMetadataOptionsRequest {
    InstanceMetadataOptionsRequest::builder()
        .set_http_tokens(options.word("HttpTokens"))
        .set_http_endpoint(options.word("HttpEndpoint"))
        .set_http_put_response_hop_limit(options.number("HttpPutResponseHopLimit"))
        .set_http_protocol_ipv6(options.word("HttpProtocolIpv6"))
        .set_instance_metadata_tags(options.word("InstanceMetadataTags"))
        .build()
}

fn placement(placement: &mut Parameters) -> Placement {
    Placement::builder()
        .set_availability_zone(placement.text("AvailabilityZone"))
        .set_group_name(placement.text("GroupName"))
        .set_tenancy(placement.word("Tenancy"))
        .build()
}

fn monitoring(monitoring: &mut Parameters) -> RunInstancesMonitoringEnabled {
    RunInstancesMonitoringEnabled::builder().set_enabled(monitoring.flag("Enabled")).build()
}

fn credits(credits: &mut Parameters) -> CreditSpecificationRequest {
    CreditSpecificationRequest::builder().set_cpu_credits(credits.text("CpuCredits")).build()
}
