//! The table of actions: which function performs which.
//!
//! In: the name of an action. Out: how to perform it. To add an action: its parameters as a struct, a function in its
//! family's file, and a line here.

use super::describe::{self, Listing};
use super::input;
use super::refusal::{Refusal, Reply};
use super::rule_actions::Direction::{Egress, Ingress};
use super::site::Site;
use super::{
    acl_entries, acls, customer_gateways, dhcp, egress_gateways, elastic_ips, endpoint_changes, endpoint_services,
    endpoints, flow_logs, gateways, groups, image_permissions, images, instance_changes, instance_types, instances,
    interfaces, ipv6, keys, launch, metadata, nat_gateways, own_images, peerings, power, profiles, propagation,
    regions, route_tables, routes, rule_actions, snapshots, subnet, subnet_blocks, tags, templates, volume_life,
    volumes, vpc, vpc_blocks, vpn_connections, vpn_gateways, zones,
};
use vpcc_core::call::{Map, Value};

/// How an action is performed.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// It lists what there is.
    Lists(&'static Listing),
    /// It reads in a way of its own.
    Reads(fn(&Site, &Map) -> Reply),
    /// It changes something.
    Does(fn(&mut Site, &Map) -> Reply),
}

impl Action {
    /// The action of a name, with that name.
    pub fn named(name: &str) -> Option<(&'static str, Action)> {
        ACTIONS.iter().find(|(other, _)| *other == name).copied()
    }

    /// Whether it only reads.
    pub fn reads(self) -> bool {
        !matches!(self, Action::Does(_))
    }

    /// Performs it.
    pub fn perform(self, site: &mut Site) -> Reply {
        let parameters = without_dry_run(site)?;
        match self {
            Action::Lists(listing) => describe::describe(site, &parameters, listing),
            Action::Reads(perform) => perform(site, &parameters),
            Action::Does(perform) => perform(site, &parameters),
        }
    }
}

/// Actions without the parameter `DryRun` (EC2 API model).
const NO_DRY_RUN: [&str; 13] = [
    "AssignIpv6Addresses",
    "AssociateIamInstanceProfile",
    "AssociateSubnetCidrBlock",
    "AssociateVpcCidrBlock",
    "CreateVpnConnectionRoute",
    "DeleteVpnConnectionRoute",
    "DescribeIamInstanceProfileAssociations",
    "DisassociateIamInstanceProfile",
    "DisassociateSubnetCidrBlock",
    "DisassociateVpcCidrBlock",
    "ModifySubnetAttribute",
    "ModifyVpcAttribute",
    "ReplaceIamInstanceProfileAssociation",
];

/// The parameters without `DryRun`. When it is set, EC2 tells that the caller may do this, whether or not it would work.
fn without_dry_run(site: &Site) -> Result<Map, Refusal> {
    let mut parameters = site.parameters.clone();
    if NO_DRY_RUN.contains(&site.action) {
        return Ok(parameters);
    }
    match parameters.remove("DryRun") {
        None | Some(Value::Bool(false)) => Ok(parameters),
        Some(Value::Bool(true)) => {
            Err(Refusal::new("DryRunOperation", "Request would have succeeded, but DryRun flag is set."))
        }
        Some(_) => Err(Refusal::invalid("The value of parameter DryRun is invalid: expected a boolean")),
    }
}

macro_rules! does {
    ($perform:path $(, $more:expr)?) => {
        Action::Does(|site, parameters| $perform(site, input::read(parameters)? $(, $more)?))
    };
}

macro_rules! reads {
    ($perform:path) => {
        Action::Reads(|site, parameters| $perform(site, input::read(parameters)?))
    };
}

static ACTIONS: &[(&str, Action)] = &[
    ("AcceptVpcPeeringConnection", does!(peerings::accept)),
    ("AllocateAddress", does!(elastic_ips::allocate)),
    ("AssignIpv6Addresses", does!(ipv6::assign)),
    ("AssociateAddress", does!(elastic_ips::associate)),
    ("AssociateDhcpOptions", does!(dhcp::associate)),
    ("AssociateIamInstanceProfile", does!(profiles::associate)),
    ("AssociateRouteTable", does!(route_tables::associate)),
    ("AssociateSubnetCidrBlock", does!(subnet_blocks::associate)),
    ("AssociateVpcCidrBlock", does!(vpc_blocks::associate)),
    ("AttachInternetGateway", does!(gateways::attach)),
    ("AttachVolume", does!(volume_life::attach)),
    ("AttachVpnGateway", does!(vpn_gateways::attach)),
    ("AuthorizeSecurityGroupEgress", does!(rule_actions::authorize, Egress)),
    ("AuthorizeSecurityGroupIngress", does!(rule_actions::authorize, Ingress)),
    ("CopyImage", does!(own_images::copy)),
    ("CreateCustomerGateway", does!(customer_gateways::create)),
    ("CreateDhcpOptions", does!(dhcp::create)),
    ("CreateEgressOnlyInternetGateway", does!(egress_gateways::create)),
    ("CreateFlowLogs", does!(flow_logs::create)),
    ("CreateImage", does!(own_images::create)),
    ("CreateInternetGateway", does!(gateways::create)),
    ("CreateLaunchTemplate", does!(templates::create)),
    ("CreateNatGateway", does!(nat_gateways::create)),
    ("CreateNetworkAcl", does!(acls::create)),
    ("CreateNetworkAclEntry", does!(acl_entries::create)),
    ("CreateRoute", does!(routes::create)),
    ("CreateRouteTable", does!(route_tables::create)),
    ("CreateSecurityGroup", does!(groups::create)),
    ("CreateSubnet", does!(subnet::create)),
    ("CreateTags", does!(tags::create)),
    ("CreateVolume", does!(volume_life::create)),
    ("CreateVpc", does!(vpc::create)),
    ("CreateVpcEndpoint", does!(endpoints::create)),
    ("CreateVpcPeeringConnection", does!(peerings::create)),
    ("CreateVpnConnection", does!(vpn_connections::create)),
    ("CreateVpnConnectionRoute", does!(vpn_connections::create_route)),
    ("CreateVpnGateway", does!(vpn_gateways::create)),
    ("DeleteCustomerGateway", does!(customer_gateways::delete)),
    ("DeleteDhcpOptions", does!(dhcp::delete)),
    ("DeleteEgressOnlyInternetGateway", does!(egress_gateways::delete)),
    ("DeleteFlowLogs", does!(flow_logs::delete)),
    ("DeleteInternetGateway", does!(gateways::delete)),
    ("DeleteKeyPair", does!(keys::delete)),
    ("DeleteLaunchTemplate", does!(templates::delete)),
    ("DeleteNatGateway", does!(nat_gateways::delete)),
    ("DeleteNetworkAcl", does!(acls::delete)),
    ("DeleteNetworkAclEntry", does!(acl_entries::delete)),
    ("DeleteRoute", does!(routes::delete)),
    ("DeleteRouteTable", does!(route_tables::delete)),
    ("DeleteSecurityGroup", does!(groups::delete)),
    ("DeleteSnapshot", does!(snapshots::delete)),
    ("DeleteSubnet", does!(subnet::delete)),
    ("DeleteTags", does!(tags::delete)),
    ("DeleteVolume", does!(volume_life::delete)),
    ("DeleteVpc", does!(vpc::delete)),
    ("DeleteVpcEndpoints", does!(endpoints::delete)),
    ("DeleteVpcPeeringConnection", does!(peerings::delete)),
    ("DeleteVpnConnection", does!(vpn_connections::delete)),
    ("DeleteVpnConnectionRoute", does!(vpn_connections::delete_route)),
    ("DeleteVpnGateway", does!(vpn_gateways::delete)),
    ("DeregisterImage", does!(own_images::deregister)),
    ("DescribeAddresses", Action::Lists(&elastic_ips::ADDRESSES)),
    ("DescribeAvailabilityZones", Action::Reads(zones::describe)),
    ("DescribeCustomerGateways", Action::Lists(&customer_gateways::CUSTOMER_GATEWAYS)),
    ("DescribeDhcpOptions", Action::Lists(&dhcp::DHCP_OPTIONS)),
    ("DescribeEgressOnlyInternetGateways", Action::Lists(&egress_gateways::EGRESS_GATEWAYS)),
    ("DescribeFlowLogs", Action::Reads(flow_logs::describe)),
    ("DescribeIamInstanceProfileAssociations", Action::Lists(&profiles::PROFILE_ASSOCIATIONS)),
    ("DescribeImageAttribute", reads!(image_permissions::describe)),
    ("DescribeImages", Action::Reads(images::describe)),
    ("DescribeInstanceTypes", Action::Lists(&instance_types::INSTANCE_TYPES)),
    ("DescribeInstances", Action::Reads(instances::describe)),
    ("DescribeInternetGateways", Action::Lists(&gateways::INTERNET_GATEWAYS)),
    ("DescribeKeyPairs", Action::Reads(keys::describe)),
    ("DescribeLaunchTemplates", Action::Reads(templates::describe)),
    ("DescribeManagedPrefixLists", Action::Lists(&endpoint_services::MANAGED_PREFIX_LISTS)),
    ("DescribeNatGateways", Action::Reads(nat_gateways::describe)),
    ("DescribeNetworkAcls", Action::Lists(&acls::NETWORK_ACLS)),
    ("DescribeNetworkInterfaces", Action::Lists(&interfaces::INTERFACES)),
    ("DescribePrefixLists", Action::Lists(&endpoint_services::PREFIX_LISTS)),
    ("DescribeRegions", Action::Lists(&regions::REGIONS)),
    ("DescribeRouteTables", Action::Lists(&route_tables::ROUTE_TABLES)),
    ("DescribeSecurityGroups", Action::Reads(groups::describe)),
    ("DescribeSnapshots", Action::Reads(snapshots::describe)),
    ("DescribeSubnets", Action::Lists(&subnet::SUBNETS)),
    ("DescribeTags", Action::Lists(&tags::TAGS)),
    ("DescribeVolumes", Action::Lists(&volumes::VOLUMES)),
    ("DescribeVpcAttribute", reads!(vpc::describe_attribute)),
    ("DescribeVpcEndpoints", Action::Lists(&endpoints::ENDPOINTS)),
    ("DescribeVpcPeeringConnections", Action::Lists(&peerings::PEERINGS)),
    ("DescribeVpcs", Action::Lists(&vpc::VPCS)),
    ("DescribeVpnConnections", Action::Lists(&vpn_connections::VPN_CONNECTIONS)),
    ("DescribeVpnGateways", Action::Lists(&vpn_gateways::VPN_GATEWAYS)),
    ("DetachInternetGateway", does!(gateways::detach)),
    ("DetachVolume", does!(volume_life::detach)),
    ("DetachVpnGateway", does!(vpn_gateways::detach)),
    ("DisableVgwRoutePropagation", does!(propagation::disable)),
    ("DisassociateAddress", does!(elastic_ips::disassociate)),
    ("DisassociateIamInstanceProfile", does!(profiles::disassociate)),
    ("DisassociateRouteTable", does!(route_tables::disassociate)),
    ("DisassociateSubnetCidrBlock", does!(subnet_blocks::disassociate)),
    ("DisassociateVpcCidrBlock", does!(vpc_blocks::disassociate)),
    ("EnableVgwRoutePropagation", does!(propagation::enable)),
    ("GetCallerIdentity", Action::Reads(regions::identity)),
    ("ImportKeyPair", does!(keys::import)),
    ("ModifyImageAttribute", does!(image_permissions::modify)),
    ("ModifyInstanceAttribute", does!(instance_changes::modify)),
    ("ModifyInstanceMetadataOptions", does!(metadata::modify)),
    ("ModifyNetworkInterfaceAttribute", does!(interfaces::modify)),
    ("ModifySubnetAttribute", does!(subnet::modify)),
    ("ModifyVolume", does!(volumes::modify)),
    ("ModifyVpcAttribute", does!(vpc::modify)),
    ("ModifyVpcEndpoint", does!(endpoint_changes::modify)),
    ("ReleaseAddress", does!(elastic_ips::release)),
    ("ReplaceIamInstanceProfileAssociation", does!(profiles::replace)),
    ("ReplaceNetworkAclAssociation", does!(acls::replace_association)),
    ("ReplaceNetworkAclEntry", does!(acl_entries::replace)),
    ("ReplaceRoute", does!(routes::replace)),
    ("ReplaceRouteTableAssociation", does!(route_tables::replace_association)),
    ("RevokeSecurityGroupEgress", does!(rule_actions::revoke, Egress)),
    ("RevokeSecurityGroupIngress", does!(rule_actions::revoke, Ingress)),
    ("RunInstances", does!(launch::run)),
    ("StartInstances", does!(power::start)),
    ("StopInstances", does!(power::stop)),
    ("TerminateInstances", does!(power::terminate)),
    ("UpdateSecurityGroupRuleDescriptionsEgress", does!(rule_actions::describe, Egress)),
    ("UpdateSecurityGroupRuleDescriptionsIngress", does!(rule_actions::describe, Ingress)),
];

/// The names of all actions.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().map(|(name, _)| *name)
}
