//! Gateways and peerings.

use super::Reader;
use super::items::{
    EgressOnlyInternetGateway, GatewayAttachment, InternetGateway, NatGateway, PeerVpc, VpcPeeringConnection,
    VpnGateway,
};
use crate::model::Id;
use crate::net::Block;
use crate::reach::fabric::{Gateway, GatewayKind, Origin, Peering, PeeringSide, State, Vpc};
use ecow::EcoString;
use std::net::IpAddr;

impl Reader<'_> {
    pub(super) fn gateways(&mut self) {
        for read in self.things("InternetGateways", "internet gateway", |it: &InternetGateway| &it.internet_gateway_id)
        {
            let it = &read.value;
            let place = self.origin(&read, &it.internet_gateway_id, &it.tags);
            self.attached(&it.internet_gateway_id, place, &it.attachments, GatewayKind::Internet);
        }
        let noun = "egress-only internet gateway";
        for read in self.things("EgressOnlyInternetGateways", noun, |it: &EgressOnlyInternetGateway| {
            &it.egress_only_internet_gateway_id
        }) {
            let it = &read.value;
            let place = self.origin(&read, &it.egress_only_internet_gateway_id, &it.tags);
            self.attached(&it.egress_only_internet_gateway_id, place, &it.attachments, GatewayKind::Egress);
        }
        for read in self.things("VpnGateways", "VPN gateway", |it: &VpnGateway| &it.vpn_gateway_id) {
            let it = &read.value;
            let place = self.origin(&read, &it.vpn_gateway_id, &it.tags);
            let id = self.attached(&it.vpn_gateway_id, place, &it.vpc_attachments, GatewayKind::Vpn);
            self.fabric.gateways[id].state = up_if(it.state.as_deref(), "available");
        }
        self.nat_gateways();
    }

    fn attached(
        &mut self,
        id: &EcoString,
        origin: Origin,
        attachments: &[GatewayAttachment],
        kind: GatewayKind,
    ) -> Id<Gateway> {
        // An internet gateway is `available` when it is attached (EC2 API Reference, "InternetGatewayAttachment").
        let there = |attachment: &&GatewayAttachment| {
            matches!(attachment.state.as_deref(), None | Some("attached" | "attaching" | "available"))
        };
        let vpc = attachments.iter().find(there).and_then(|attachment| self.known.vpcs.get(&attachment.vpc_id));
        let gateway = Gateway { origin, vpc: vpc.copied(), kind, state: State::Up, redirects: false };
        let new = self.fabric.gateways.push(gateway);
        self.known.gateways.insert(id.clone(), new);
        new
    }

    fn nat_gateways(&mut self) {
        for read in self.things("NatGateways", "NAT gateway", |it: &NatGateway| &it.nat_gateway_id) {
            let it = &read.value;
            let this = ("NatGateways", "NAT gateway", &it.nat_gateway_id);
            let Some(vpc) = self.find(|known| &known.vpcs, &read, this, ("is in", &it.vpc_id, "Vpcs")) else {
                continue;
            };
            let state = up_if(it.state.as_deref(), "available");
            // One that is gone is listed for a while, and its subnet may be gone too.
            let subnet = it.subnet_id.as_ref().filter(|_| state == State::Up);
            let subnet = subnet.and_then(|id| self.find(|known| &known.subnets, &read, this, ("is in", id, "Subnets")));
            let private = it.connectivity_type.as_deref() == Some("private");
            let first = it.nat_gateway_addresses.first();
            let address = first.and_then(|address| address.private_ip).map(IpAddr::V4);
            let public = first.and_then(|address| address.public_ip);
            let kind = GatewayKind::Nat { subnet, address, public, private };
            let origin = self.origin(&read, &it.nat_gateway_id, &it.tags);
            let id = self.fabric.gateways.push(Gateway { origin, vpc: Some(vpc), kind, state, redirects: false });
            self.known.gateways.insert(it.nat_gateway_id.clone(), id);
        }
    }

    /// Both accounts list a peering, each with tags of its own.
    pub(super) fn peerings(&mut self) {
        for read in self.things("VpcPeeringConnections", "VPC peering connection", |it: &VpcPeeringConnection| {
            &it.vpc_peering_connection_id
        }) {
            let it = &read.value;
            let sides = [&it.requester_vpc_info, &it.accepter_vpc_info];
            let same_region = sides[0].region == sides[1].region;
            let sides = sides.map(|side| self.side(side));
            let state = up_if(it.status.as_ref().map(|status| status.code.as_str()), "active");
            let origin = self.origin(&read, &it.vpc_peering_connection_id, &it.tags);
            let id = self.fabric.peerings.push(Peering { origin, sides, state, same_region });
            self.known.peerings.insert(it.vpc_peering_connection_id.clone(), id);
        }
    }

    fn side(&self, side: &PeerVpc) -> PeeringSide {
        let known: Option<&Id<Vpc>> = self.known.vpcs.get(&side.vpc_id);
        known.map_or_else(
            || PeeringSide::Elsewhere { vpc: side.vpc_id.clone(), blocks: blocks(side) },
            |vpc| PeeringSide::Here(*vpc),
        )
    }
}

fn blocks(side: &PeerVpc) -> Vec<Block> {
    let further = side.cidr_block_set.iter().map(|set| set.cidr_block.0);
    let v6 = side.ipv6_cidr_block_set.iter().map(|set| set.ipv6_cidr_block.0);
    let mut blocks: Vec<Block> = side.cidr_block.iter().map(|block| block.0).chain(further).chain(v6).collect();
    blocks.sort();
    blocks.dedup();
    blocks
}

/// Where nothing is said of a state, the thing works.
fn up_if(state: Option<&str>, word: &str) -> State {
    state.filter(|state| *state != word).map_or(State::Up, |state| State::Down(EcoString::from(state)))
}

/// The state of an endpoint, whose words EC2 writes in both cases (EC2 API Reference, "VpcEndpoint").
pub(super) fn endpoint_state(state: Option<&str>) -> State {
    up_if(state.map(str::to_lowercase).as_deref(), "available")
}
