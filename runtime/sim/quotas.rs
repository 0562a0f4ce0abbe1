//! How much of everything an account may have (VPC User Guide, "Amazon VPC quotas"; Site-to-Site VPN
//! User Guide, "Quotas"; EC2 User Guide).

use super::refusal::Refusal;
use std::collections::BTreeMap;

/// Something that EC2 limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quota {
    /// VPCs in a region.
    Vpcs,
    /// IPv4 blocks of a VPC, the first one included.
    Blocks,
    /// IPv6 blocks of a VPC.
    Ipv6Blocks,
    /// Internet gateways in a region.
    InternetGateways,
    /// DHCP option sets in a region.
    DhcpOptions,
    /// Subnets in a VPC.
    Subnets,
    /// Route tables in a VPC, the main one included.
    RouteTables,
    /// Routes in a route table for one IP version, not counting local ones.
    Routes,
    /// Network ACLs in a VPC, the default one included.
    NetworkAcls,
    /// Entries of a network ACL for one direction and one IP version, with the one that it ends with.
    NetworkAclEntries,
    /// Security groups in a region, default ones included.
    SecurityGroups,
    /// Rules of a security group for one direction and one IP version.
    RulesPerSecurityGroup,
    /// Security groups of a network interface.
    SecurityGroupsPerInterface,
    /// Network interfaces in a region.
    Interfaces,
    /// Gateway endpoints in a region.
    GatewayEndpoints,
    /// Interface endpoints in a VPC.
    InterfaceEndpoints,
    /// Elastic IP addresses in a region.
    ElasticIps,
    /// NAT gateways in a zone.
    NatGateways,
    /// Egress-only internet gateways in a region.
    EgressGateways,
    /// Virtual private gateways in a region.
    VpnGateways,
    /// Customer gateways in a region.
    CustomerGateways,
    /// VPN connections in a region.
    VpnConnections,
    /// VPN connections of a virtual private gateway.
    VpnConnectionsPerGateway,
    /// Accepted peering connections of a VPC.
    Peerings,
    /// Peering connections in a region that are asked for and not answered.
    OutstandingPeerings,
    /// Key pairs in a region.
    KeyPairs,
    /// Launch templates in a region.
    LaunchTemplates,
}

impl Quota {
    /// What a new account may have, the code for more, and what is said then.
    fn facts(self) -> (usize, &'static str, &'static str) {
        match self {
            Quota::Vpcs => (5, "VpcLimitExceeded", "VPCs"),
            Quota::Blocks | Quota::Ipv6Blocks => (5, "CidrLimitExceeded", "CIDRs of this network"),
            Quota::InternetGateways => (5, "InternetGatewayLimitExceeded", "internet gateways"),
            Quota::DhcpOptions => (100, "DhcpOptionsLimitExceeded", "DHCP option sets"),
            Quota::Subnets => (200, "SubnetLimitExceeded", "subnets"),
            Quota::RouteTables => (200, "RouteTableLimitExceeded", "route tables"),
            Quota::Routes => (500, "RouteLimitExceeded", "routes"),
            Quota::NetworkAcls => (200, "NetworkAclLimitExceeded", "network ACLs"),
            Quota::NetworkAclEntries => (20, "NetworkAclEntryLimitExceeded", "network ACL entries"),
            Quota::SecurityGroups => (2500, "SecurityGroupLimitExceeded", "security groups"),
            Quota::RulesPerSecurityGroup => (60, "RulesPerSecurityGroupLimitExceeded", "rules per security group"),
            Quota::SecurityGroupsPerInterface => {
                (5, "SecurityGroupsPerInterfaceLimitExceeded", "security groups per interface")
            }
            Quota::Interfaces => (5000, "NetworkInterfaceLimitExceeded", "network interfaces"),
            Quota::GatewayEndpoints => (20, "VpcEndpointLimitExceeded", "gateway endpoints"),
            Quota::InterfaceEndpoints => (50, "VpcEndpointLimitExceeded", "interface endpoints"),
            Quota::ElasticIps => (5, "AddressLimitExceeded", "addresses"),
            Quota::NatGateways => (5, "NatGatewayLimitExceeded", "NAT gateways"),
            Quota::EgressGateways => (5, "EgressOnlyInternetGatewayLimitExceeded", "egress-only internet gateways"),
            Quota::VpnGateways => (5, "VpnGatewayLimitExceeded", "virtual private gateways"),
            Quota::CustomerGateways => (50, "CustomerGatewayLimitExceeded", "customer gateways"),
            Quota::VpnConnections => (50, "VpnConnectionLimitExceeded", "VPN connections"),
            Quota::VpnConnectionsPerGateway => {
                (10, "VpnConnectionLimitExceeded", "VPN connections per virtual private gateway")
            }
            Quota::Peerings => {
                (50, "ActiveVpcPeeringConnectionPerVpcLimitExceeded", "active VPC peering connections per VPC")
            }
            Quota::OutstandingPeerings => {
                (25, "OutstandingVpcPeeringConnectionLimitExceeded", "outstanding VPC peering connection requests")
            }
            Quota::KeyPairs => (5000, "KeyPairLimitExceeded", "key pairs"),
            Quota::LaunchTemplates => (5000, "MaxTemplateLimitExceeded", "launch templates"),
        }
    }
}

/// The quotas of an account: EC2's defaults, but for those that were set.
#[derive(Clone, Debug, Default)]
pub(super) struct Quotas(BTreeMap<Quota, usize>);

impl Quotas {
    /// Sets a quota.
    pub fn set(&mut self, quota: Quota, limit: usize) {
        self.0.insert(quota, limit);
    }

    /// Holds that there can be `count` of something.
    pub fn hold(&self, quota: Quota, count: usize) -> Result<(), Refusal> {
        let (default, code, what) = quota.facts();
        if count <= self.0.get(&quota).copied().unwrap_or(default) {
            return Ok(());
        }
        Err(Refusal::new(code, format!("The maximum number of {what} has been reached.")))
    }
}
