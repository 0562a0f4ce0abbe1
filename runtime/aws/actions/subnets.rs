//! Subnets.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Subnet, SubnetIpv6CidrBlockAssociation};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AssociateSubnetCidrBlock", associate_block),
    ("CreateSubnet", create),
    ("DeleteSubnet", delete),
    ("DescribeSubnets", describe),
    ("DisassociateSubnetCidrBlock", disassociate_block),
    ("ModifySubnetAttribute", modify_attribute),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_subnets(), parameters).set_subnet_ids(parameters.texts("SubnetIds"));
    sending(request.send(), |answer| page("Subnets", answer.subnets(), subnet, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_subnet()
        .set_vpc_id(parameters.text("VpcId"))
        .set_cidr_block(parameters.text("CidrBlock"))
        .set_ipv6_cidr_block(parameters.text("Ipv6CidrBlock"))
        .set_availability_zone(parameters.text("AvailabilityZone"))
        .set_availability_zone_id(parameters.text("AvailabilityZoneId"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("Subnet", answer.subnet().map(subnet)))
}

fn modify_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_subnet_attribute()
        .set_subnet_id(parameters.text("SubnetId"))
        .set_map_public_ip_on_launch(parameters.switch("MapPublicIpOnLaunch"))
        .set_assign_ipv6_address_on_creation(parameters.switch("AssignIpv6AddressOnCreation"));
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(ec2.delete_subnet().set_subnet_id(parameters.text("SubnetId")).send(), nothing)
}

fn associate_block(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .associate_subnet_cidr_block()
        .set_subnet_id(parameters.text("SubnetId"))
        .set_ipv6_cidr_block(parameters.text("Ipv6CidrBlock"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("SubnetId", answer.subnet_id())
            .with_some("Ipv6CidrBlockAssociation", answer.ipv6_cidr_block_association().map(ipv6_block))
    })
}

fn disassociate_block(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.disassociate_subnet_cidr_block().set_association_id(parameters.text("AssociationId"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("SubnetId", answer.subnet_id())
            .with_some("Ipv6CidrBlockAssociation", answer.ipv6_cidr_block_association().map(ipv6_block))
    })
}

fn subnet(subnet: &Subnet) -> Map {
    Map::new()
        .with_some("SubnetId", subnet.subnet_id())
        .with_some("SubnetArn", subnet.subnet_arn())
        .with_some("OwnerId", subnet.owner_id())
        .with_some("VpcId", subnet.vpc_id())
        .with_word("State", subnet.state())
        .with_some("CidrBlock", subnet.cidr_block())
        .with_each("Ipv6CidrBlockAssociationSet", subnet.ipv6_cidr_block_association_set(), ipv6_block)
        .with_some("AvailabilityZone", subnet.availability_zone())
        .with_some("AvailabilityZoneId", subnet.availability_zone_id())
        .with_some("AvailableIpAddressCount", subnet.available_ip_address_count())
        .with_some("DefaultForAz", subnet.default_for_az())
        .with_some("MapPublicIpOnLaunch", subnet.map_public_ip_on_launch())
        .with_some("AssignIpv6AddressOnCreation", subnet.assign_ipv6_address_on_creation())
        .with_each("Tags", subnet.tags(), tag)
}

fn ipv6_block(block: &SubnetIpv6CidrBlockAssociation) -> Map {
    let state = block
        .ipv6_cidr_block_state()
        .map(|state| Map::new().with_word("State", state.state()).with_some("StatusMessage", state.status_message()));
    Map::new()
        .with_some("AssociationId", block.association_id())
        .with_some("Ipv6CidrBlock", block.ipv6_cidr_block())
        .with_some("Ipv6CidrBlockState", state)
}
