//! The items of EC2's answers, as far as packets care (EC2 API Reference, "Data Types"). Members that older versions of
//! the API don't tell have a default that means what it meant then.

use super::values::{Cidr, Located, Protocol};
use ecow::EcoString;
use serde::Deserialize;
use std::net::{Ipv4Addr, Ipv6Addr};

macro_rules! items {
    ($($(#[$meta:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub(super) struct $name $(<$life>)? { $($(#[$field_meta])* pub $field: $type,)* }
    )*};
}

items! {
    Tag {
        key: EcoString,
        value: EcoString,
    }

    Vpc {
        vpc_id: EcoString,
        cidr_block: Cidr,
        #[serde(default)]
        cidr_block_association_set: Vec<BlockAssociation>,
        #[serde(default)]
        ipv6_cidr_block_association_set: Vec<Ipv6Association>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    BlockAssociation {
        cidr_block: Cidr,
        cidr_block_state: Option<Phase>,
    }

    Ipv6Association {
        ipv6_cidr_block: Option<Cidr>,
        ipv6_cidr_block_state: Option<Phase>,
    }

    Phase {
        state: Option<EcoString>,
    }

    Subnet {
        subnet_id: EcoString,
        #[serde(default)]
        map_public_ip_on_launch: bool,
        vpc_id: EcoString,
        cidr_block: Option<Cidr>,
        #[serde(default)]
        ipv6_cidr_block_association_set: Vec<Ipv6Association>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    RouteTable<'a> {
        route_table_id: EcoString,
        vpc_id: EcoString,
        #[serde(default)]
        associations: Vec<TableAssociation>,
        #[serde(default, borrow)]
        routes: Vec<Located<'a, Route>>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    TableAssociation {
        #[serde(default)]
        main: bool,
        subnet_id: Option<EcoString>,
        gateway_id: Option<EcoString>,
        association_state: Option<Phase>,
    }

    Route {
        destination_cidr_block: Option<Cidr>,
        destination_ipv6_cidr_block: Option<Cidr>,
        destination_prefix_list_id: Option<EcoString>,
        gateway_id: Option<EcoString>,
        nat_gateway_id: Option<EcoString>,
        egress_only_internet_gateway_id: Option<EcoString>,
        vpc_peering_connection_id: Option<EcoString>,
        network_interface_id: Option<EcoString>,
        instance_id: Option<EcoString>,
        transit_gateway_id: Option<EcoString>,
        local_gateway_id: Option<EcoString>,
        carrier_gateway_id: Option<EcoString>,
        core_network_arn: Option<EcoString>,
        vpc_endpoint_id: Option<EcoString>,
        origin: Option<EcoString>,
        state: Option<EcoString>,
    }

    NetworkAcl<'a> {
        network_acl_id: EcoString,
        vpc_id: EcoString,
        #[serde(default)]
        is_default: bool,
        #[serde(default)]
        associations: Vec<AclAssociation>,
        #[serde(default, borrow)]
        entries: Vec<Located<'a, Entry>>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    AclAssociation {
        subnet_id: EcoString,
    }

    Entry {
        rule_number: u16,
        egress: bool,
        protocol: Protocol,
        rule_action: EcoString,
        cidr_block: Option<Cidr>,
        ipv6_cidr_block: Option<Cidr>,
        port_range: Option<PortRange>,
        icmp_type_code: Option<IcmpTypeCode>,
    }

    PortRange {
        from: Option<i64>,
        to: Option<i64>,
    }

    IcmpTypeCode {
        #[serde(rename = "Type")]
        kind: Option<i64>,
        code: Option<i64>,
    }

    SecurityGroup<'a> {
        group_id: EcoString,
        group_name: Option<EcoString>,
        vpc_id: Option<EcoString>,
        #[serde(default, borrow)]
        ip_permissions: Vec<Located<'a, Permission<'a>>>,
        #[serde(borrow)]
        ip_permissions_egress: Option<Vec<Located<'a, Permission<'a>>>>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    Permission<'a> {
        ip_protocol: Protocol,
        from_port: Option<i64>,
        to_port: Option<i64>,
        #[serde(default, borrow)]
        ip_ranges: Vec<Located<'a, IpRange>>,
        #[serde(default, borrow)]
        ipv6_ranges: Vec<Located<'a, Ipv6Range>>,
        #[serde(default, borrow)]
        prefix_list_ids: Vec<Located<'a, PrefixListRef>>,
        #[serde(default, borrow)]
        user_id_group_pairs: Vec<Located<'a, GroupPair>>,
    }

    IpRange {
        cidr_ip: Cidr,
    }

    Ipv6Range {
        cidr_ipv6: Cidr,
    }

    PrefixListRef {
        prefix_list_id: EcoString,
    }

    GroupPair {
        group_id: EcoString,
    }

    Instance {
        instance_id: EcoString,
        state: Option<InstanceState>,
        #[serde(default)]
        network_interfaces: Vec<NetworkInterface>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    InstanceState {
        name: EcoString,
    }

    NetworkInterface {
        network_interface_id: EcoString,
        vpc_id: Option<EcoString>,
        subnet_id: EcoString,
        #[serde(default)]
        groups: Vec<GroupRef>,
        private_ip_address: Option<Ipv4Addr>,
        #[serde(default)]
        private_ip_addresses: Vec<PrivateAddress>,
        #[serde(default)]
        ipv6_addresses: Vec<Ipv6Address>,
        association: Option<Association>,
        attachment: Option<Attachment>,
        status: Option<EcoString>,
        source_dest_check: Option<bool>,
        interface_type: Option<EcoString>,
        description: Option<EcoString>,
        #[serde(default)]
        tag_set: Vec<Tag>,
    }

    GroupRef {
        group_id: EcoString,
        group_name: Option<EcoString>,
    }

    PrivateAddress {
        private_ip_address: Ipv4Addr,
        association: Option<Association>,
    }

    Ipv6Address {
        ipv6_address: Ipv6Addr,
    }

    Association {
        public_ip: Option<Ipv4Addr>,
    }

    Attachment {
        instance_id: Option<EcoString>,
        instance_owner_id: Option<EcoString>,
        device_index: Option<i64>,
        status: Option<EcoString>,
    }

    InternetGateway {
        internet_gateway_id: EcoString,
        #[serde(default)]
        attachments: Vec<GatewayAttachment>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    EgressOnlyInternetGateway {
        egress_only_internet_gateway_id: EcoString,
        #[serde(default)]
        attachments: Vec<GatewayAttachment>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    GatewayAttachment {
        vpc_id: EcoString,
        state: Option<EcoString>,
    }

    VpnGateway {
        vpn_gateway_id: EcoString,
        state: Option<EcoString>,
        #[serde(default)]
        vpc_attachments: Vec<GatewayAttachment>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    NatGateway {
        nat_gateway_id: EcoString,
        vpc_id: EcoString,
        subnet_id: Option<EcoString>,
        state: Option<EcoString>,
        connectivity_type: Option<EcoString>,
        #[serde(default)]
        nat_gateway_addresses: Vec<NatAddress>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    NatAddress {
        private_ip: Option<Ipv4Addr>,
        public_ip: Option<Ipv4Addr>,
    }

    VpcPeeringConnection {
        vpc_peering_connection_id: EcoString,
        accepter_vpc_info: PeerVpc,
        requester_vpc_info: PeerVpc,
        status: Option<PeeringStatus>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    PeerVpc {
        vpc_id: EcoString,
        region: Option<EcoString>,
        cidr_block: Option<Cidr>,
        #[serde(default)]
        cidr_block_set: Vec<PeerBlock>,
        #[serde(default)]
        ipv6_cidr_block_set: Vec<PeerIpv6Block>,
    }

    PeerBlock {
        cidr_block: Cidr,
    }

    PeerIpv6Block {
        ipv6_cidr_block: Cidr,
    }

    PeeringStatus {
        code: EcoString,
    }

    VpcEndpoint {
        vpc_endpoint_id: EcoString,
        vpc_endpoint_type: Option<EcoString>,
        vpc_id: EcoString,
        service_name: EcoString,
        state: Option<EcoString>,
        #[serde(default)]
        network_interface_ids: Vec<EcoString>,
        #[serde(default)]
        subnet_ids: Vec<EcoString>,
        #[serde(default)]
        groups: Vec<GroupRef>,
        #[serde(default)]
        tags: Vec<Tag>,
    }

    PrefixList {
        prefix_list_id: EcoString,
        prefix_list_name: Option<EcoString>,
        cidrs: Option<Vec<Cidr>>,
    }

    PrefixListEntry {
        cidr: Cidr,
    }

    ElasticAddress {
        public_ip: Ipv4Addr,
        private_ip_address: Option<Ipv4Addr>,
        network_interface_id: Option<EcoString>,
    }
}

/// The tag `Name`.
pub(super) fn name(tags: &[Tag]) -> Option<&EcoString> {
    tags.iter().find(|tag| tag.key == "Name" && !tag.value.is_empty()).map(|tag| &tag.value)
}
