//! Route tables.

use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Op, Overlap, Resource, Updating};
use super::{always_ready, attribute, no_claims, no_details};
use crate::call::{Map, Value};

/// A route table with its routes. The routes for the VPC's own blocks are always there and are not among them.
pub static ROUTE_TABLE: Kind = Kind {
    name: "route-table",
    describe: Some(Describe {
        action: "DescribeRouteTables",
        list: &["RouteTables"],
        page: Some(100),
        id_filter: "route-table-id",
        by_tag: true,
        details: no_details,
        beside: None,
    }),
    id: "RouteTableId",
    attributes: &[
        Attribute::new("vpc", Change::Replaces("a route table cannot move to another VPC")),
        Attribute::set("routes", &["destination"]),
    ],
    overlap: Overlap::NewFirst,
    goes_after: &[],
    outlives: &[],
    read,
    state: always_ready,
    create,
    update,
    delete: |table, _| vec![Op::new("DeleteRouteTable", Map::new().with("RouteTableId", table.id.clone()))],
    claims: no_claims,
    summary,
    outputs: |item| Map::new().with("id", item.text("RouteTableId")),
};

/// The members of a route that may hold its target, in EC2's answers.
const TARGETS: [&str; 5] =
    ["GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"];

/// The members of a route that may hold its destination.
const DESTINATIONS: [&str; 3] = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];

fn read(item: &Item, _: &Live) -> Map {
    let mut routes: Vec<Value> =
        item.members.list("Routes").iter().filter_map(Value::as_map).filter_map(route).collect();
    routes.sort_by(|a, b| destination(a).cmp(destination(b)));
    Map::new().with("vpc", item.members.text("VpcId")).with("routes", routes)
}

fn destination(route: &Value) -> &str {
    route.as_map().map_or("", |route| route.text("destination"))
}

/// A route that somebody made; not the local ones, and not those that endpoints and VPN gateways bring.
fn route(route: &Map) -> Option<Value> {
    let target = TARGETS.iter().map(|name| route.text(name)).find(|id| !id.is_empty()).unwrap_or("unknown");
    let made = target != "local" && !target.starts_with("vpce-") && route.text("Origin") != "EnableVgwRoutePropagation";
    let destination = DESTINATIONS.iter().map(|name| route.text(name)).find(|text| !text.is_empty())?;
    made.then(|| {
        let gone = (route.text("State") == "blackhole").then_some("blackhole");
        Map::new().with("destination", destination).with("target", target).with_some("state", gone).into()
    })
}

fn create(table: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("VpcId", attribute(&table.attributes, "vpc"))
        .with("TagSpecifications", table.tag_specifications(making.stack, &["route-table"]));
    let make = Op::new("CreateRouteTable", parameters).gives(&table.address, "RouteTable.RouteTableId");
    let id = Value::from(&table.address);
    let routes = table.attributes.list("routes").iter().filter_map(Value::as_map);
    std::iter::once(make).chain(routes.map(|route| route_op("CreateRoute", &id, route))).collect()
}

fn route_op(action: &'static str, table: &Value, route: &Map) -> Op {
    let destination = route.text("destination");
    let name = match destination {
        text if text.starts_with("pl-") => "DestinationPrefixListId",
        text if text.contains(':') => "DestinationIpv6CidrBlock",
        _ => "DestinationCidrBlock",
    };
    let parameters = Map::new().with("RouteTableId", table).with(name, destination);
    let target = if action == "DeleteRoute" { None } else { route.get("target") };
    Op::new(action, parameters.with_some("GatewayId", target))
}

/// New routes stand before old ones go.
fn update(updating: &Updating) -> Vec<Op> {
    let id = updating.id();
    let (before, after) = (updating.before.attributes.list("routes"), updating.after.attributes.list("routes"));
    let find = |list: &[Value], route: &Value| list.iter().position(|other| destination(other) == destination(route));
    let mut ops = Vec::new();
    for route in after {
        let Some(members) = route.as_map() else { continue };
        match find(before, route).map(|index| &before[index]) {
            None => ops.push(route_op("CreateRoute", &id, members)),
            Some(old) if old != route => ops.push(route_op("ReplaceRoute", &id, members)),
            Some(_) => {}
        }
    }
    for route in before.iter().filter(|route| find(after, route).is_none()) {
        ops.extend(route.as_map().map(|route| route_op("DeleteRoute", &id, route)));
    }
    ops
}

fn summary(attributes: &Map) -> String {
    let routes = attributes.list("routes").iter().filter_map(Value::as_map);
    let texts: Vec<String> =
        routes.map(|route| format!("{} via {}", route.text("destination"), target(route))).collect();
    texts.join(", ")
}

fn target(route: &Map) -> String {
    match route.get("target") {
        Some(Value::Ref(address)) => address.to_string(),
        Some(Value::Text(id)) => id.to_string(),
        _ => String::new(),
    }
}
