//! The route table that a VPC comes with.

use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Observed, Op, ROUTE_TABLE, Removing};
use super::{Resource, VPC, routes};
use super::{attribute, tags};
use crate::call::{Map, Value};

/// A VPC's main route table, which every subnet without another one uses. It comes and goes with the VPC; a stack takes
/// it over, and gives it back as EC2 made it, without routes. Nothing refers to it, so its routes are its own.
pub static MAIN_ROUTE_TABLE: Kind = Kind {
    name: "main-route-table",
    describe: Some(Describe {
        action: "DescribeRouteTables",
        resource_type: "route-table",
        list: &["RouteTables"],
        page: Some(100),
        id_filter: "route-table-id",
        by_tag: false,
        only: Some(("association.main", "true")),
        ..Describe::PLAIN
    }),
    part: Some((&VPC, "main-table")),
    id: ROUTE_TABLE.id,
    attributes: &[
        Attribute::new("vpc", Change::Replaces("every VPC has a main route table of its own")),
        routes::ROUTES_OF_A_TABLE,
        routes::PROPAGATING,
    ],
    loose: &["routes", "propagating"],
    effect: routes::effect,
    read,
    create,
    update: routes::update,
    delete,
    summary: routes::summary,
    outputs: ROUTE_TABLE.outputs,
    ..Kind::PLAIN
};

fn read(item: &Item, live: &Live) -> Map {
    let mut attributes = routes::read(item, live);
    attributes.set("vpc", item.members.text("VpcId"));
    attributes
}

fn create(table: &Resource, making: &Making) -> Vec<Op> {
    let filter = |name: &str, value: Value| Map::new().with("Name", name).with("Values", [value]);
    let filters = [filter("vpc-id", attribute(&table.attributes, "vpc")), filter("association.main", "true".into())];
    let find = Op::new("DescribeRouteTables", Map::new().with("Filters", filters));
    let find = find.gives(&table.address, "RouteTables.0.RouteTableId");
    let id = Value::from(&table.address);
    [find, tags::put_on(table, making.stack)]
        .into_iter()
        .chain(routes::changes(&id, &Map::new(), &table.attributes))
        .collect()
}

fn delete(table: &Observed, removing: Removing) -> Vec<Op> {
    if table.tagged.is_none() || removing != Removing::Dropped {
        return Vec::new();
    }
    let mut ops = routes::changes(&table.id.clone().into(), &table.attributes, &Map::new());
    ops.push(tags::take_off(table));
    ops
}
