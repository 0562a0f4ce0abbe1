//! VPC peering connections.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{VpcPeeringConnection, VpcPeeringConnectionStateReason, VpcPeeringConnectionVpcInfo};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AcceptVpcPeeringConnection", accept),
    ("CreateVpcPeeringConnection", create),
    ("DeleteVpcPeeringConnection", delete),
    ("DescribeVpcPeeringConnections", describe),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_vpc_peering_connections(), parameters)
        .set_vpc_peering_connection_ids(parameters.texts("VpcPeeringConnectionIds"));
    sending(request.send(), |answer| {
        page("VpcPeeringConnections", answer.vpc_peering_connections(), connection, answer.next_token())
    })
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_vpc_peering_connection()
        .set_vpc_id(parameters.text("VpcId"))
        .set_peer_vpc_id(parameters.text("PeerVpcId"))
        .set_peer_owner_id(parameters.text("PeerOwnerId"))
        .set_peer_region(parameters.text("PeerRegion"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new().with_some("VpcPeeringConnection", answer.vpc_peering_connection().map(connection))
    })
}

fn accept(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        ec2.accept_vpc_peering_connection().set_vpc_peering_connection_id(parameters.text("VpcPeeringConnectionId"));
    sending(request.send(), |answer| {
        Map::new().with_some("VpcPeeringConnection", answer.vpc_peering_connection().map(connection))
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        ec2.delete_vpc_peering_connection().set_vpc_peering_connection_id(parameters.text("VpcPeeringConnectionId"));
    sending(request.send(), |answer| Map::new().with_some("Return", answer.r#return()))
}

fn connection(connection: &VpcPeeringConnection) -> Map {
    Map::new()
        .with_some("VpcPeeringConnectionId", connection.vpc_peering_connection_id())
        .with_some("Status", connection.status().map(status))
        .with_some("RequesterVpcInfo", connection.requester_vpc_info().map(side))
        .with_some("AccepterVpcInfo", connection.accepter_vpc_info().map(side))
        .with_time("ExpirationTime", connection.expiration_time())
        .with_each("Tags", connection.tags(), tag)
}

fn status(status: &VpcPeeringConnectionStateReason) -> Map {
    Map::new().with_word("Code", status.code()).with_some("Message", status.message())
}

fn side(side: &VpcPeeringConnectionVpcInfo) -> Map {
    Map::new()
        .with_some("OwnerId", side.owner_id())
        .with_some("Region", side.region())
        .with_some("VpcId", side.vpc_id())
        .with_some("CidrBlock", side.cidr_block())
        .with_each("CidrBlockSet", side.cidr_block_set(), |block| Map::new().with_some("CidrBlock", block.cidr_block()))
        .with_each("Ipv6CidrBlockSet", side.ipv6_cidr_block_set(), |block| {
            Map::new().with_some("Ipv6CidrBlock", block.ipv6_cidr_block())
        })
}
