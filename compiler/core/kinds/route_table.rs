//! Route tables.

use super::attribute;
use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Op, Resource};
use crate::call::Map;

/// A route table, without its routes.
pub static ROUTE_TABLE: Kind = Kind {
    name: "route-table",
    describe: Some(Describe {
        action: "DescribeRouteTables",
        resource_type: "route-table",
        list: &["RouteTables"],
        page: Some(100),
        id_filter: "route-table-id",
        ..Describe::PLAIN
    }),
    id: "RouteTableId",
    attributes: &[Attribute::new("vpc", Change::Replaces("a route table cannot move to another VPC"))],
    read,
    create,
    delete: |table, _| vec![Op::new("DeleteRouteTable", Map::new().with("RouteTableId", table.id.clone()))],
    summary: |_| String::new(),
    outputs: |item| Map::new().with("id", item.text("RouteTableId")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    Map::new().with("vpc", item.members.text("VpcId"))
}

fn create(table: &Resource, making: &Making) -> Vec<Op> {
    let parameters = Map::new()
        .with("VpcId", attribute(&table.attributes, "vpc"))
        .with("TagSpecifications", table.tag_specifications(making.stack, &["route-table"]));
    vec![Op::new("CreateRouteTable", parameters).gives(&table.address, "RouteTable.RouteTableId")]
}
