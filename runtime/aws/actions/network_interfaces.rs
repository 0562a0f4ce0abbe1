//! Network interfaces.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, group, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    NetworkInterface, NetworkInterfaceAssociation, NetworkInterfaceAttachment, NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AssignIpv6Addresses", assign_ipv6_addresses),
    ("DescribeNetworkInterfaces", describe),
    ("ModifyNetworkInterfaceAttribute", modify_attribute),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_network_interfaces(), parameters)
        .set_network_interface_ids(parameters.texts("NetworkInterfaceIds"));
    sending(request.send(), |answer| {
        page("NetworkInterfaces", answer.network_interfaces(), interface, answer.next_token())
    })
}

fn assign_ipv6_addresses(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .assign_ipv6_addresses()
        .set_network_interface_id(parameters.text("NetworkInterfaceId"))
        .set_ipv6_address_count(parameters.number("Ipv6AddressCount"))
        .set_ipv6_addresses(parameters.texts("Ipv6Addresses"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("NetworkInterfaceId", answer.network_interface_id())
            .with("AssignedIpv6Addresses", answer.assigned_ipv6_addresses().to_vec())
    })
}

fn modify_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_network_interface_attribute()
        .set_network_interface_id(parameters.text("NetworkInterfaceId"))
        .set_associate_public_ip_address(parameters.flag("AssociatePublicIpAddress"))
        .set_groups(parameters.texts("Groups"))
        .set_source_dest_check(parameters.switch("SourceDestCheck"));
    sending(request.send(), nothing)
}

fn interface(interface: &NetworkInterface) -> Map {
    Map::new()
        .with_some("NetworkInterfaceId", interface.network_interface_id())
        .with_some("OwnerId", interface.owner_id())
        .with_some("VpcId", interface.vpc_id())
        .with_some("SubnetId", interface.subnet_id())
        .with_some("AvailabilityZone", interface.availability_zone())
        .with_word("Status", interface.status())
        .with_word("InterfaceType", interface.interface_type())
        .with_some("Description", interface.description())
        .with_some("RequesterId", interface.requester_id())
        .with_some("RequesterManaged", interface.requester_managed())
        .with_some("MacAddress", interface.mac_address())
        .with_some("PrivateIpAddress", interface.private_ip_address())
        .with_each("PrivateIpAddresses", interface.private_ip_addresses(), private_address)
        .with_each("Ipv6Addresses", interface.ipv6_addresses(), ipv6_address)
        .with_some("SourceDestCheck", interface.source_dest_check())
        .with_some("Association", interface.association().map(association))
        .with_some("Attachment", interface.attachment().map(attachment))
        .with_each("Groups", interface.groups(), group)
        .with_each("TagSet", interface.tag_set(), tag)
}

fn private_address(address: &NetworkInterfacePrivateIpAddress) -> Map {
    Map::new()
        .with_some("PrivateIpAddress", address.private_ip_address())
        .with_some("Primary", address.primary())
        .with_some("Association", address.association().map(association))
}

fn ipv6_address(address: &NetworkInterfaceIpv6Address) -> Map {
    Map::new().with_some("Ipv6Address", address.ipv6_address())
}

fn association(association: &NetworkInterfaceAssociation) -> Map {
    Map::new()
        .with_some("AssociationId", association.association_id())
        .with_some("AllocationId", association.allocation_id())
        .with_some("PublicIp", association.public_ip())
        .with_some("PublicDnsName", association.public_dns_name())
        .with_some("IpOwnerId", association.ip_owner_id())
}

fn attachment(attachment: &NetworkInterfaceAttachment) -> Map {
    Map::new()
        .with_some("AttachmentId", attachment.attachment_id())
        .with_some("InstanceId", attachment.instance_id())
        .with_some("InstanceOwnerId", attachment.instance_owner_id())
        .with_some("DeviceIndex", attachment.device_index())
        .with_word("Status", attachment.status())
        .with_some("DeleteOnTermination", attachment.delete_on_termination())
}
