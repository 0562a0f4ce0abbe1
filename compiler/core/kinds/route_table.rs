//! Route tables.

use super::{Attribute, Change, Describe, Item, Kind, Live, Making, Op, Overlap, Resource};
use super::{always_ready, attribute, no_claims, no_details};
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
        by_tag: true,
        only: None,
        details: no_details,
        beside: None,
    }),
    part: None,
    each: None,
    id: "RouteTableId",
    attributes: &[Attribute::new("vpc", Change::Replaces("a route table cannot move to another VPC"))],
    loses: None,
    overlap: Overlap::NewFirst,
    goes_after: &[],
    outlives: &[],
    loose: &[],
    read,
    state: always_ready,
    create,
    update: |_| Vec::new(),
    delete: |table, _| vec![Op::new("DeleteRouteTable", Map::new().with("RouteTableId", table.id.clone()))],
    claims: no_claims,
    summary: |_| String::new(),
    outputs: |item| Map::new().with("id", item.text("RouteTableId")),
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
