//! Site-to-site VPN connections.

use super::attribute;
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Op, Resource, State, Wait};
use crate::call::{Map, Value};

/// Two tunnels between a virtual private gateway and a customer gateway, with routes by BGP.
pub static VPN_CONNECTION: Kind = Kind {
    name: "vpn-connection",
    describe: Some(Describe {
        action: "DescribeVpnConnections",
        resource_type: "vpn-connection",
        list: &["VpnConnections"],
        page: None,
        id_filter: "vpn-connection-id",
        ..Describe::PLAIN
    }),
    id: "VpnConnectionId",
    attributes: &[
        Attribute::new("gateway", Change::Replaces("its tunnels belong to its gateway")),
        Attribute::new("customer", Change::Replaces("its tunnels belong to its customer gateway")),
    ],
    loses: Some("its tunnels get new addresses and keys"),
    read,
    state,
    create,
    delete: |connection, _| {
        let parameters = Map::new().with("VpnConnectionId", connection.id.clone());
        vec![Op::new("DeleteVpnConnection", parameters).wait(Wait::Gone)]
    },
    summary: |attributes| {
        let text = |name: &str| attributes.get(name).map(Value::plain_text).unwrap_or_default();
        format!("{} to {}", text("gateway"), text("customer"))
    },
    outputs: |item| Map::new().with("id", item.text("VpnConnectionId")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    Map::new().with("gateway", item.text("VpnGatewayId")).with("customer", item.text("CustomerGatewayId"))
}

/// EC2 API Reference, "VpnConnection".
fn state(item: &Map) -> State {
    match item.text("State") {
        "pending" => State::Pending,
        "deleting" => State::Going,
        "deleted" => State::Gone,
        _ => State::Ready,
    }
}

fn create(connection: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("Type", "ipsec.1")
        .with("CustomerGatewayId", attribute(&connection.attributes, "customer"))
        .with("VpnGatewayId", attribute(&connection.attributes, "gateway"))
        .with("Options", Map::new().with("StaticRoutesOnly", false))
        .with("TagSpecifications", connection.tag_specifications(making.stack, &["vpn-connection"]));
    vec![
        Op::new("CreateVpnConnection", parameters)
            .gives(&connection.address, "VpnConnection.VpnConnectionId")
            .shows("VpnConnection")
            .wait(Wait::Ready),
    ]
}
