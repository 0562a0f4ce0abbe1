//! Ids: what they look like, what is said about wrong ones, and making new ones.
//!
//! An id is its kind's prefix and 17 hexadecimal digits (EC2 User Guide, "Resource IDs"). The digits of a new one are
//! a function of region, kind and a counter, so that the same calls give the same ids.

use super::refusal::Refusal;
use vpcc_core::call::sealed::sha256;

/// A kind of thing that has ids.
#[derive(Debug)]
pub(super) struct Kind {
    /// The word before the dash; empty if ids have no form.
    pub prefix: &'static str,
    /// What tags call it; empty if it takes none.
    pub resource_type: &'static str,
    /// The code for an id of the wrong form.
    pub malformed: &'static str,
    /// The code for an id that nothing has.
    pub absent: &'static str,
    /// What is said about such an id; `{}` stands for it.
    pub says: &'static str,
}

impl Kind {
    /// Holds that an id has the form of this kind's.
    pub fn check(&self, id: &str) -> Result<(), Refusal> {
        if self.has_form(id) {
            return Ok(());
        }
        Err(Refusal::new(self.malformed, format!("Invalid id: \"{id}\" (expecting \"{}-...\")", self.prefix)))
    }

    /// Whether an id has the form of this kind's: 8 or 17 hexadecimal digits behind the prefix.
    pub fn has_form(&self, id: &str) -> bool {
        if self.prefix.is_empty() {
            return true;
        }
        let digits = id.strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('-'));
        digits.is_some_and(|digits| matches!(digits.len(), 8 | 17) && digits.bytes().all(is_small_hex))
    }

    /// The refusal for an id that nothing has.
    pub fn absent(&self, id: &str) -> Refusal {
        Refusal::new(self.absent, self.says.replace("{}", id))
    }
}

fn is_small_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// The `count`th id of a prefix in a region.
pub(super) fn id(region: &str, prefix: &str, count: u64) -> String {
    format!("{prefix}-{}", digits(&format!("{region} {prefix} {count}")))
}

/// 17 hexadecimal digits that look random and are a function of a text; the first is a zero, as with most real ones.
pub(super) fn digits(text: &str) -> String {
    let digest = sha256(text.as_bytes());
    format!("0{}", digest.get(..16).unwrap_or_default())
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $prefix:literal, $type:literal, $malformed:literal, $absent:literal, $says:literal;)*) => {
        $($(#[$doc])* pub(super) static $name: Kind =
            Kind { prefix: $prefix, resource_type: $type, malformed: $malformed, absent: $absent, says: $says };)*
    };
}

kinds! {
    /// VPCs.
    VPC: "vpc", "vpc", "InvalidVpcID.Malformed", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist";
    /// DHCP option sets.
    DHCP_OPTIONS: "dopt", "dhcp-options", "InvalidDhcpOptionsId.Malformed", "InvalidDhcpOptionID.NotFound",
        "The dhcpOption ID '{}' does not exist";
    /// Internet gateways.
    INTERNET_GATEWAY: "igw", "internet-gateway", "InvalidInternetGatewayId.Malformed",
        "InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist";
    /// Associations of blocks with VPCs.
    BLOCK_ASSOCIATION: "vpc-cidr-assoc", "", "InvalidVpcCidrBlockAssociationID.Malformed",
        "InvalidVpcCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID '{}' does not exist";
    /// Associations of blocks with subnets.
    SUBNET_BLOCK_ASSOCIATION: "subnet-cidr-assoc", "", "InvalidSubnetCidrBlockAssociationID.Malformed",
        "InvalidSubnetCidrBlockAssociationID.NotFound",
        "The subnet CIDR block with association ID '{}' does not exist";
    /// Subnets.
    SUBNET: "subnet", "subnet", "InvalidSubnetID.Malformed", "InvalidSubnetID.NotFound",
        "The subnet ID '{}' does not exist";
    /// Route tables.
    ROUTE_TABLE: "rtb", "route-table", "InvalidRouteTableId.Malformed", "InvalidRouteTableID.NotFound",
        "The routeTable ID '{}' does not exist";
    /// Associations of route tables.
    TABLE_ASSOCIATION: "rtbassoc", "", "InvalidAssociationID.Malformed", "InvalidAssociationID.NotFound",
        "The association ID '{}' does not exist";
    /// Network ACLs.
    NETWORK_ACL: "acl", "network-acl", "InvalidNetworkAclId.Malformed", "InvalidNetworkAclID.NotFound",
        "The networkAcl ID '{}' does not exist";
    /// Associations of network ACLs.
    ACL_ASSOCIATION: "aclassoc", "", "InvalidAssociationID.Malformed", "InvalidAssociationID.NotFound",
        "The association ID '{}' does not exist";
    /// Security groups.
    SECURITY_GROUP: "sg", "security-group", "InvalidGroupId.Malformed", "InvalidGroup.NotFound",
        "The security group '{}' does not exist";
    /// Rules of security groups.
    GROUP_RULE: "sgr", "security-group-rule", "InvalidSecurityGroupRuleId.Malformed",
        "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist";
    /// Key pairs.
    KEY_PAIR: "key", "key-pair", "InvalidKeyPairId.Malformed", "InvalidKeyPair.NotFound",
        "The key pair '{}' does not exist";
    /// Instances.
    INSTANCE: "i", "instance", "InvalidInstanceID.Malformed", "InvalidInstanceID.NotFound",
        "The instance ID '{}' does not exist";
    /// Volumes.
    VOLUME: "vol", "volume", "InvalidVolumeID.Malformed", "InvalidVolume.NotFound", "The volume '{}' does not exist.";
    /// Network interfaces.
    INTERFACE: "eni", "network-interface", "InvalidNetworkInterfaceId.Malformed", "InvalidNetworkInterfaceID.NotFound",
        "The networkInterface ID '{}' does not exist";
    /// VPC endpoints.
    VPC_ENDPOINT: "vpce", "vpc-endpoint", "InvalidVpcEndpointId.Malformed", "InvalidVpcEndpointId.NotFound",
        "The Vpc Endpoint Id '{}' does not exist";
    /// Prefix lists.
    PREFIX_LIST: "pl", "prefix-list", "InvalidPrefixListID.Malformed", "InvalidPrefixListID.NotFound",
        "The prefix list ID '{}' does not exist";
    /// Flow logs.
    FLOW_LOG: "fl", "vpc-flow-log", "InvalidFlowLogId.Malformed", "InvalidFlowLogId.NotFound",
        "The requested Flow Log '{}' does not exist";
    /// Elastic IP addresses.
    ELASTIC_IP: "eipalloc", "elastic-ip", "InvalidAllocationID.Malformed", "InvalidAllocationID.NotFound",
        "The allocation ID '{}' does not exist";
    /// Associations of elastic IP addresses.
    ADDRESS_ASSOCIATION: "eipassoc", "", "InvalidAssociationID.Malformed", "InvalidAssociationID.NotFound",
        "The association ID '{}' does not exist";
    /// NAT gateways.
    NAT_GATEWAY: "nat", "natgateway", "NatGatewayMalformed", "NatGatewayNotFound", "The Nat Gateway {} was not found";
    /// Egress-only internet gateways.
    EGRESS_GATEWAY: "eigw", "egress-only-internet-gateway", "InvalidEgressOnlyInternetGatewayId.Malformed",
        "InvalidGatewayID.NotFound", "The gateway ID '{}' does not exist";
    /// Virtual private gateways.
    VPN_GATEWAY: "vgw", "vpn-gateway", "InvalidVpnGatewayID.Malformed", "InvalidVpnGatewayID.NotFound",
        "The vpnGateway ID '{}' does not exist";
    /// Customer gateways.
    CUSTOMER_GATEWAY: "cgw", "customer-gateway", "InvalidCustomerGatewayId.Malformed",
        "InvalidCustomerGatewayID.NotFound", "The customerGateway ID '{}' does not exist";
    /// VPN connections.
    VPN_CONNECTION: "vpn", "vpn-connection", "InvalidVpnConnectionID.Malformed", "InvalidVpnConnectionID.NotFound",
        "The vpnConnection ID '{}' does not exist";
    /// Peering connections.
    PEERING: "pcx", "vpc-peering-connection", "InvalidVpcPeeringConnectionId.Malformed",
        "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist";
    /// Associations of instance profiles.
    PROFILE_ASSOCIATION: "iip-assoc", "", "InvalidAssociationID.Malformed", "InvalidAssociationID.NotFound",
        "The association ID '{}' does not exist";
    /// Images.
    IMAGE: "ami", "image", "InvalidAMIID.Malformed", "InvalidAMIID.NotFound", "The image id '[{}]' does not exist";
    /// Snapshots.
    SNAPSHOT: "snap", "snapshot", "InvalidSnapshotID.Malformed", "InvalidSnapshot.NotFound",
        "The snapshot '{}' does not exist.";
    /// Launch templates.
    LAUNCH_TEMPLATE: "lt", "launch-template", "InvalidLaunchTemplateId.Malformed", "InvalidLaunchTemplateId.NotFound",
        "The specified launch template, with template ID {}, does not exist.";
}
