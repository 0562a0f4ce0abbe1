//! Elastic IP addresses.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Address;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AllocateAddress", allocate),
    ("AssociateAddress", associate),
    ("DescribeAddresses", describe),
    ("DisassociateAddress", disassociate),
    ("ReleaseAddress", release),
];

/// This listing has no pages.
fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_addresses()
        .set_filters(parameters.filters())
        .set_allocation_ids(parameters.texts("AllocationIds"));
    sending(request.send(), |answer| Map::new().with_each("Addresses", answer.addresses(), address))
}

fn allocate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .allocate_address()
        .set_domain(parameters.word("Domain"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new()
            .with_some("AllocationId", answer.allocation_id())
            .with_some("PublicIp", answer.public_ip())
            .with_word("Domain", answer.domain())
            .with_some("PublicIpv4Pool", answer.public_ipv4_pool())
            .with_some("NetworkBorderGroup", answer.network_border_group())
    })
}

fn release(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.release_address().set_allocation_id(parameters.text("AllocationId"));
    sending(request.send(), nothing)
}

fn associate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .associate_address()
        .set_allocation_id(parameters.text("AllocationId"))
        .set_instance_id(parameters.text("InstanceId"))
        .set_network_interface_id(parameters.text("NetworkInterfaceId"))
        .set_allow_reassociation(parameters.flag("AllowReassociation"));
    sending(request.send(), |answer| Map::new().with_some("AssociationId", answer.association_id()))
}

fn disassociate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.disassociate_address().set_association_id(parameters.text("AssociationId"));
    sending(request.send(), nothing)
}

fn address(address: &Address) -> Map {
    Map::new()
        .with_some("AllocationId", address.allocation_id())
        .with_some("PublicIp", address.public_ip())
        .with_word("Domain", address.domain())
        .with_some("PublicIpv4Pool", address.public_ipv4_pool())
        .with_some("NetworkBorderGroup", address.network_border_group())
        .with_some("AssociationId", address.association_id())
        .with_some("InstanceId", address.instance_id().filter(|id| !id.is_empty()))
        .with_some("NetworkInterfaceId", address.network_interface_id())
        .with_some("NetworkInterfaceOwnerId", address.network_interface_owner_id())
        .with_some("PrivateIpAddress", address.private_ip_address())
        .with_each("Tags", address.tags(), tag)
}
