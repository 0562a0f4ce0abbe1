//! The routes of a route table.

use super::attribute;
use super::effect::of_set;
use super::{Attribute, Change, Effect, Item, Kind, Live, Op, ROUTE_TABLE, Resource, Updating};
use crate::call::{Map, Value};

/// The routes of a table.
pub(super) const ROUTES_OF_A_TABLE: Attribute = Attribute::set("routes", &["destination"]);

/// The VPN gateways whose routes a table takes in.
pub(super) const PROPAGATING: Attribute = Attribute::set("propagating", &[]);

/// All routes of a route table, but for those of the VPC's own blocks, which are always there, and those that others
/// bring. They go with their table. They are apart from it since they may lead to what stands in a subnet that uses it.
pub static ROUTES: Kind = Kind {
    name: "routes",
    part: Some((&ROUTE_TABLE, "routes")),
    id: "RouteTableId",
    attributes: &[
        Attribute::new("table", Change::Replaces("routes belong to their table")),
        ROUTES_OF_A_TABLE,
        PROPAGATING,
    ],
    // A route to something that is gone is a black hole, until it leads elsewhere.
    loose: &["routes", "propagating"],
    effect,
    read,
    create,
    update,
    summary,
    ..Kind::PLAIN
};

/// Where a route leads to: the member of the request and of the answer that holds the id (EC2 API Reference,
/// "CreateRoute").
const TARGETS: [&str; 6] = [
    "NatGatewayId",
    "EgressOnlyInternetGatewayId",
    "VpcPeeringConnectionId",
    "InstanceId",
    "NetworkInterfaceId",
    "GatewayId",
];

/// The members of a route that may hold its destination.
const DESTINATIONS: [&str; 3] = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];

pub(super) fn read(item: &Item, _: &Live) -> Map {
    let mut routes: Vec<Value> =
        item.members.list("Routes").iter().filter_map(Value::as_map).filter_map(route).collect();
    routes.sort_by_cached_key(|route| destination(route).map(Value::plain_text));
    let gateways = item.members.list("PropagatingVgws").iter().filter_map(Value::as_map);
    let mut gateways: Vec<&str> = gateways.map(|gateway| gateway.text("GatewayId")).collect();
    gateways.sort_unstable();
    let propagating: Vec<Value> = gateways.into_iter().map(Value::from).collect();
    Map::new().with("table", item.members.text("RouteTableId")).with("routes", routes).with("propagating", propagating)
}

fn destination(route: &Value) -> Option<&Value> {
    route.as_map()?.get("destination")
}

/// A route that somebody made; not the local ones, and not those that endpoints and VPN gateways bring.
fn route(route: &Map) -> Option<Value> {
    let target = TARGETS.iter().find(|name| !route.text(name).is_empty());
    let id = target.map_or("unknown", |name| route.text(name));
    let made = id != "local" && !id.starts_with("vpce-") && route.text("Origin") != "EnableVgwRoutePropagation";
    let destination = DESTINATIONS.iter().map(|name| route.text(name)).find(|text| !text.is_empty())?;
    made.then(|| {
        // A route to a peer is one until the peering is accepted.
        let peer = target == Some(&"VpcPeeringConnectionId");
        let gone = (route.text("State") == "blackhole" && !peer).then_some("blackhole");
        Map::new()
            .with("destination", destination)
            .with("via", target.copied().unwrap_or("GatewayId"))
            .with("target", id)
            .with_some("state", gone)
            .into()
    })
}

fn create(routes: &Resource, _: &super::Making) -> Vec<Op> {
    changes(&attribute(&routes.attributes, "table"), &Map::new(), &routes.attributes)
}

/// That a table takes in the routes of a VPN gateway, or no longer does.
fn propagation_op(action: &'static str, table: &Value, gateway: &Value) -> Op {
    Op::new(action, Map::new().with("RouteTableId", table).with("GatewayId", gateway))
}

fn route_op(action: &'static str, table: &Value, route: &Map) -> Op {
    let destination = attribute(route, "destination");
    let name = match destination.as_text() {
        Some(text) if text.starts_with("pl-") => "DestinationPrefixListId",
        Some(text) if !text.contains(':') => "DestinationCidrBlock",
        // What is only known by a reference is a block that Amazon chooses.
        _ => "DestinationIpv6CidrBlock",
    };
    let mut parameters = Map::new().with("RouteTableId", table).with(name, destination);
    let via = TARGETS.iter().find(|name| **name == route.text("via"));
    if let (Some(via), Some(target), true) = (via, route.get("target"), action != "DeleteRoute") {
        parameters.push(*via, target);
    }
    Op::new(action, parameters)
}

pub(super) fn update(updating: &Updating) -> Vec<Op> {
    changes(&updating.id(), &updating.before.attributes, &updating.after.attributes)
}

/// A new route may lead astray what another one led right, and one that goes may do the opposite.
pub(super) fn effect(updating: &Updating) -> Effect {
    let same = ["routes", "propagating"].iter().all(|name| of_set(updating, name) == Effect::default());
    Effect::of_anything(!same, !same)
}

/// From the routes of some attributes to those of others. New routes stand before old ones go.
pub(super) fn changes(table: &Value, before: &Map, after: &Map) -> Vec<Op> {
    let (old, new) = (before.list("routes"), after.list("routes"));
    let find = |list: &[Value], route: &Value| list.iter().position(|other| destination(other) == destination(route));
    let mut ops = Vec::new();
    for route in new {
        let Some(members) = route.as_map() else { continue };
        match find(old, route).map(|index| &old[index]) {
            None => ops.push(route_op("CreateRoute", table, members)),
            Some(other) if other != route => ops.push(route_op("ReplaceRoute", table, members)),
            Some(_) => {}
        }
    }
    for route in old.iter().filter(|route| find(new, route).is_none()) {
        ops.extend(route.as_map().map(|route| route_op("DeleteRoute", table, route)));
    }
    let (had, wants) = (before.list("propagating"), after.list("propagating"));
    let added = wants.iter().filter(|gateway| !had.contains(gateway));
    ops.extend(added.map(|gateway| propagation_op("EnableVgwRoutePropagation", table, gateway)));
    let dropped = had.iter().filter(|gateway| !wants.contains(gateway));
    ops.extend(dropped.map(|gateway| propagation_op("DisableVgwRoutePropagation", table, gateway)));
    ops
}

pub(super) fn summary(attributes: &Map) -> String {
    let routes = attributes.list("routes").iter().filter_map(Value::as_map);
    let text = |name: &str, route: &Map| route.get(name).map(Value::plain_text).unwrap_or_default();
    let texts: Vec<String> =
        routes.map(|route| format!("{} via {}", text("destination", route), text("target", route))).collect();
    let gateways = attributes.list("propagating").iter().map(|gateway| format!("those of {}", gateway.plain_text()));
    texts.into_iter().chain(gateways).collect::<Vec<_>>().join(", ")
}
