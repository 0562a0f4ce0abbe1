//! Why packets do not arrive.

/// Why a packet does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words for each are in `meaning`")]
pub enum Reason {
    NoCommonFamily,
    InstanceNotRunning,
    SpoofedSource,
    SourceDestCheck,
    SgEgress,
    SgEgressEmpty,
    SgIngress,
    SgIngressEmpty,
    SgReferenceLost,
    NaclEgress,
    NaclIngress,
    NaclReturnEgress,
    NaclReturnIngress,
    NoRoute,
    NoReturnRoute,
    BlackholeRoute,
    BlackholeReturnRoute,
    ReturnRouteElsewhere,
    NoSubnetForAddress,
    NoHostAtAddress,
    GatewayDetached,
    GatewayNotAvailable,
    IgwNoPublicIp,
    UnassociatedPublicIp,
    PrivateDestinationOnInternet,
    PrivateSourceOnInternet,
    NatUnsupportedProtocol,
    NatLoop,
    PrivateNatOnInternet,
    EgressOnlyInbound,
    WrongFamilyForGateway,
    PeeringNotActive,
    PeeringDestinationOutsidePeerCidr,
    NotBeyondGateway,
    EndpointNotAvailable,
    EndpointProtocol,
    EndpointBeginsNothing,
}

impl Reason {
    /// Its name for scripts, which does not change.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// The explanation code that AWS Reachability Analyzer gives for it, if it has one.
    pub fn aws_code(self) -> Option<&'static str> {
        self.facts().1
    }

    /// What it means, as a clause about the packet.
    pub fn meaning(self) -> &'static str {
        self.facts().2
    }

    fn facts(self) -> (&'static str, Option<&'static str>, &'static str) {
        use Reason as R;
        match self {
            R::NoCommonFamily => ("no_common_ip_version", None, "the two have no version of IP in common"),
            R::InstanceNotRunning => ("instance_not_running", Some("BAD_STATE"), "it does not run"),
            R::SpoofedSource => {
                ("spoofed_source", Some("ENI_ADDRESS_RESTRICTION"), "an interface sends from its own addresses only")
            }
            R::SourceDestCheck => (
                "spoofed_source",
                Some("ENI_SOURCE_DEST_CHECK_RESTRICTION"),
                "its source/destination check drops what is not for itself",
            ),
            R::SgEgress => ("sg_egress", Some("ENI_SG_RULES_MISMATCH"), "no rule of its groups lets it out"),
            R::SgEgressEmpty => ("sg_egress", Some("SG_HAS_NO_RULES"), "its groups let nothing out"),
            R::SgIngress => ("sg_ingress", Some("ENI_SG_RULES_MISMATCH"), "no rule of its groups lets it in"),
            R::SgIngressEmpty => ("sg_ingress", Some("SG_HAS_NO_RULES"), "its groups let nothing in"),
            R::SgReferenceLost => (
                "sg_ingress",
                Some("SG_REFERENCES_NOT_PRESERVED"),
                "a rule refers to a group, which stands for private addresses, and the packet comes from another one",
            ),
            R::NaclEgress => ("nacl_egress", Some("SUBNET_ACL_RESTRICTION"), "the network ACL does not let it out"),
            R::NaclIngress => ("nacl_ingress", Some("SUBNET_ACL_RESTRICTION"), "the network ACL does not let it in"),
            R::NaclReturnEgress => {
                ("nacl_return_egress", Some("SUBNET_ACL_RESTRICTION"), "the network ACL does not let the answer out")
            }
            R::NaclReturnIngress => {
                ("nacl_return_ingress", Some("SUBNET_ACL_RESTRICTION"), "the network ACL does not let the answer in")
            }
            R::NoRoute => ("no_route", Some("NO_ROUTE_TO_DESTINATION"), "the route table has no route for it"),
            R::NoReturnRoute => {
                ("no_return_route", Some("NO_ROUTE_TO_DESTINATION"), "the route table has no route for the answer")
            }
            R::BlackholeRoute => ("blackhole_route", Some("BAD_STATE_ROUTE"), "its route leads nowhere any more"),
            R::BlackholeReturnRoute => {
                ("blackhole_return_route", Some("BAD_STATE_ROUTE"), "the route of the answer leads nowhere any more")
            }
            R::ReturnRouteElsewhere => {
                ("return_route_elsewhere", Some("MORE_SPECIFIC_ROUTE"), "the answer is routed another way")
            }
            R::NoSubnetForAddress => {
                ("no_subnet_for_address", Some("NO_POSSIBLE_DESTINATION"), "no subnet of the VPC has its destination")
            }
            R::NoHostAtAddress => {
                ("no_host_at_address", Some("NO_POSSIBLE_DESTINATION"), "nothing in the subnet has its destination")
            }
            R::GatewayDetached => {
                ("gateway_detached", Some("BAD_STATE_ATTACHMENT"), "the gateway is not attached to the VPC")
            }
            R::GatewayNotAvailable => ("gateway_not_available", Some("BAD_STATE"), "the gateway does not work"),
            R::IgwNoPublicIp => (
                "igw_no_public_ip",
                Some("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
                "an internet gateway drops what comes from an interface without a public address",
            ),
            R::UnassociatedPublicIp => {
                ("unassociated_public_ip", Some("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"), "it has no public address")
            }
            R::PrivateDestinationOnInternet => (
                "private_destination_on_internet",
                Some("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
                "an internet gateway drops what is for a private address",
            ),
            R::PrivateSourceOnInternet => (
                "private_source_on_internet",
                Some("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"),
                "nothing comes from a private address over the internet",
            ),
            R::NatUnsupportedProtocol => {
                ("nat_unsupported_protocol", Some("PROTOCOL_RESTRICTION"), "a NAT gateway takes tcp, udp and icmp only")
            }
            R::NatLoop => ("nat_loop", Some("NO_PATH"), "the NAT gateway's own subnet routes to it again"),
            R::PrivateNatOnInternet => {
                ("private_nat_on_internet", Some("NO_PATH"), "a private NAT gateway does not lead to the internet")
            }
            R::EgressOnlyInbound => {
                ("egress_only_inbound", Some("NO_PATH"), "an egress-only internet gateway lets in answers only")
            }
            R::WrongFamilyForGateway => {
                ("wrong_ip_version", Some("NO_PATH"), "the gateway does not carry this version of IP")
            }
            R::PeeringNotActive => ("peering_not_active", Some("BAD_STATE"), "the peering is not active"),
            R::PeeringDestinationOutsidePeerCidr => (
                "peering_destination_outside_peer_cidr",
                Some("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"),
                "a peering carries only what is for the other VPC's own blocks",
            ),
            R::NotBeyondGateway => {
                ("disconnected", Some("DISCONNECTED_VPCS"), "what it is for is not where its route leads")
            }
            R::EndpointNotAvailable => ("endpoint_not_available", Some("BAD_STATE"), "the endpoint does not work"),
            R::EndpointProtocol => (
                "endpoint_protocol",
                Some("VPCE_GATEWAY_PROTOCOL_RESTRICTION"),
                "a gateway endpoint takes tcp and echo requests only",
            ),
            R::EndpointBeginsNothing => {
                ("endpoint_begins_nothing", Some("VPCE_INTRA_VPC_TRAFFIC"), "an endpoint answers and begins nothing")
            }
        }
    }
}
