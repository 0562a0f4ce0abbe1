//! VPCs.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, switch, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Vpc, VpcCidrBlockAssociation, VpcIpv6CidrBlockAssociation};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AssociateVpcCidrBlock", associate_block),
    ("CreateVpc", create),
    ("DeleteVpc", delete),
    ("DescribeVpcAttribute", describe_attribute),
    ("DescribeVpcs", describe),
    ("DisassociateVpcCidrBlock", disassociate_block),
    ("ModifyVpcAttribute", modify_attribute),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_vpcs(), parameters).set_vpc_ids(parameters.texts("VpcIds"));
    sending(request.send(), |answer| page("Vpcs", answer.vpcs(), vpc, answer.next_token()))
}

fn describe_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        ec2.describe_vpc_attribute().set_vpc_id(parameters.text("VpcId")).set_attribute(parameters.word("Attribute"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("VpcId", answer.vpc_id())
            .with_some("EnableDnsSupport", answer.enable_dns_support().map(switch))
            .with_some("EnableDnsHostnames", answer.enable_dns_hostnames().map(switch))
            .with_some("EnableNetworkAddressUsageMetrics", answer.enable_network_address_usage_metrics().map(switch))
    })
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_vpc()
        .set_cidr_block(parameters.text("CidrBlock"))
        .set_instance_tenancy(parameters.word("InstanceTenancy"))
        .set_amazon_provided_ipv6_cidr_block(parameters.flag("AmazonProvidedIpv6CidrBlock"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("Vpc", answer.vpc().map(vpc)))
}

fn modify_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_vpc_attribute()
        .set_vpc_id(parameters.text("VpcId"))
        .set_enable_dns_support(parameters.switch("EnableDnsSupport"))
        .set_enable_dns_hostnames(parameters.switch("EnableDnsHostnames"))
        .set_enable_network_address_usage_metrics(parameters.switch("EnableNetworkAddressUsageMetrics"));
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    sending(ec2.delete_vpc().set_vpc_id(parameters.text("VpcId")).send(), nothing)
}

fn associate_block(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .associate_vpc_cidr_block()
        .set_vpc_id(parameters.text("VpcId"))
        .set_cidr_block(parameters.text("CidrBlock"))
        .set_amazon_provided_ipv6_cidr_block(parameters.flag("AmazonProvidedIpv6CidrBlock"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("VpcId", answer.vpc_id())
            .with_some("CidrBlockAssociation", answer.cidr_block_association().map(block))
            .with_some("Ipv6CidrBlockAssociation", answer.ipv6_cidr_block_association().map(ipv6_block))
    })
}

fn disassociate_block(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.disassociate_vpc_cidr_block().set_association_id(parameters.text("AssociationId"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("VpcId", answer.vpc_id())
            .with_some("CidrBlockAssociation", answer.cidr_block_association().map(block))
            .with_some("Ipv6CidrBlockAssociation", answer.ipv6_cidr_block_association().map(ipv6_block))
    })
}

fn vpc(vpc: &Vpc) -> Map {
    Map::new()
        .with_some("VpcId", vpc.vpc_id())
        .with_some("OwnerId", vpc.owner_id())
        .with_word("State", vpc.state())
        .with_some("CidrBlock", vpc.cidr_block())
        .with_each("CidrBlockAssociationSet", vpc.cidr_block_association_set(), block)
        .with_each("Ipv6CidrBlockAssociationSet", vpc.ipv6_cidr_block_association_set(), ipv6_block)
        .with_some("DhcpOptionsId", vpc.dhcp_options_id())
        .with_word("InstanceTenancy", vpc.instance_tenancy())
        .with_some("IsDefault", vpc.is_default())
        .with_each("Tags", vpc.tags(), tag)
}

fn block(block: &VpcCidrBlockAssociation) -> Map {
    let state = block
        .cidr_block_state()
        .map(|state| Map::new().with_word("State", state.state()).with_some("StatusMessage", state.status_message()));
    Map::new()
        .with_some("AssociationId", block.association_id())
        .with_some("CidrBlock", block.cidr_block())
        .with_some("CidrBlockState", state)
}

fn ipv6_block(block: &VpcIpv6CidrBlockAssociation) -> Map {
    let state = block
        .ipv6_cidr_block_state()
        .map(|state| Map::new().with_word("State", state.state()).with_some("StatusMessage", state.status_message()));
    Map::new()
        .with_some("AssociationId", block.association_id())
        .with_some("Ipv6CidrBlock", block.ipv6_cidr_block().filter(|block| !block.is_empty()))
        .with_some("Ipv6CidrBlockState", state)
        .with_some("Ipv6Pool", block.ipv6_pool())
        .with_some("NetworkBorderGroup", block.network_border_group())
}
