//! Route tables and their associations. Routes are in [`routes`](super::routes).

use super::answer::{self, Members};
use super::describe::{self, Item, Listing, Pages};
use super::endpoints;
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::routes::{self, Route};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;
use vpcc_core::net::Block;

/// A route table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RouteTable {
    pub vpc: String,
    pub routes: Vec<Route>,
    pub associations: Vec<Association>,
    /// The virtual private gateways that put routes into it.
    #[serde(default)]
    pub propagating: Vec<String>,
    tags: Tags,
}

/// That a table is used by a subnet or, without one, is its VPC's main one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Association {
    id: String,
    pub subnet: Option<String>,
}

thing!(RouteTable, ids::ROUTE_TABLE);

impl RouteTable {
    /// A table that has no routes but those for the VPC's own blocks.
    fn new(vpc: &str, blocks: impl IntoIterator<Item = Block>) -> RouteTable {
        let routes = blocks.into_iter().map(Route::local).collect();
        RouteTable { vpc: vpc.to_owned(), routes, associations: Vec::new(), propagating: Vec::new(), tags: Tags::new() }
    }

    /// Whether it is its VPC's main one.
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.subnet.is_none())
    }
}

/// Makes the main route table of a VPC.
pub(super) fn make_main(site: &mut Site, vpc: &str, block: Block) {
    let id = site.region.new_id(ids::ROUTE_TABLE.prefix);
    let mut table = RouteTable::new(vpc, [block]);
    table.associations.push(Association { id: site.region.new_id(ids::TABLE_ASSOCIATION.prefix), subnet: None });
    site.region.route_tables.add(id, table);
}

/// `CreateRouteTable`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    vpc_id: String,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateRouteTable`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, table)) = made.and_then(|id| site.region.route_tables.get(&id).map(|table| (id, table))) {
        return Ok(created(site, &id, table, call.client_token));
    }
    let mut table = RouteTable::new(&call.vpc_id, site.region.vpcs.find(&call.vpc_id)?.blocks());
    table.tags = tags::for_new(&call.tag_specifications, &ids::ROUTE_TABLE)?;
    let siblings = site.region.route_tables.iter().filter(|(_, table)| table.vpc == call.vpc_id).count();
    site.terms.quotas.hold(Quota::RouteTables, siblings + 1)?;
    let id = site.region.new_id(ids::ROUTE_TABLE.prefix);
    let answer = created(site, &id, &table, call.client_token);
    site.region.route_tables.add(id.as_str(), table);
    token.remember(site, &id);
    Ok(answer)
}

fn created(site: &Site, id: &str, table: &RouteTable, token: Option<String>) -> Map {
    Map::new().with("RouteTable", view(site, id, table)).with_some("ClientToken", token)
}

/// `DeleteRouteTable`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    route_table_id: String,
}

/// `DeleteRouteTable`: refused while a subnet uses it, and of the main one.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.route_table_id.as_str();
    if !site.region.route_tables.find(id)?.associations.is_empty() {
        return Err(Refusal::depends("routeTable", id));
    }
    site.region.route_tables.remove(id);
    endpoints::forget_table(site.region, id);
    Ok(answer::nothing())
}

/// `AssociateRouteTable`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Associate {
    route_table_id: String,
    subnet_id: Option<String>,
}

/// `AssociateRouteTable`: a subnet has at most one association of its own.
pub(super) fn associate(site: &mut Site, call: Associate) -> Reply {
    let table_id = call.route_table_id;
    let table = site.region.route_tables.find(&table_id)?;
    let subnet_id = call.subnet_id.ok_or_else(|| Refusal::missing("SubnetId"))?;
    same_network(site, &table_id, &table.vpc, &subnet_id)?;
    let has_it = |table: &RouteTable| table.associations.iter().any(|other| other.subnet.as_ref() == Some(&subnet_id));
    if site.region.route_tables.iter().any(|(_, table)| has_it(table)) {
        let message =
            format!("the specified association for route table {table_id} conflicts with an existing association");
        return Err(Refusal::new("Resource.AlreadyAssociated", message));
    }
    let id = add(site, &table_id, Some(subnet_id))?;
    Ok(Map::new().with("AssociationId", id).with("AssociationState", associated()))
}

fn same_network(site: &Site, table: &str, vpc: &str, subnet: &str) -> Result<(), Refusal> {
    if site.region.subnets.find(subnet)?.vpc == vpc {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Route table {table} and subnet {subnet} belong to different networks")))
}

fn add(site: &mut Site, table: &str, subnet: Option<String>) -> Result<String, Refusal> {
    let id = site.region.new_id(ids::TABLE_ASSOCIATION.prefix);
    site.region.route_tables.find_mut(table)?.associations.push(Association { id: id.clone(), subnet });
    Ok(id)
}

fn associated() -> Map {
    Map::new().with("State", "associated")
}

/// `ReplaceRouteTableAssociation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ReplaceAssociation {
    association_id: String,
    route_table_id: String,
}

/// `ReplaceRouteTableAssociation`: gives a new association, also of a VPC with another main table.
pub(super) fn replace_association(site: &mut Site, call: ReplaceAssociation) -> Reply {
    let old_table = table_of(site, &call.association_id)?;
    let vpc = site.region.route_tables.find(&old_table)?.vpc.clone();
    let table = site.region.route_tables.find(&call.route_table_id)?;
    if table.vpc != vpc {
        let message = format!("Route tables {old_table} and {} belong to different networks", call.route_table_id);
        return Err(Refusal::invalid(message));
    }
    let old = take(site, &old_table, &call.association_id)?;
    let id = add(site, &call.route_table_id, old.subnet)?;
    Ok(Map::new().with("NewAssociationId", id).with("AssociationState", associated()))
}

/// The table that an association is of.
fn table_of(site: &Site, association: &str) -> Result<String, Refusal> {
    ids::TABLE_ASSOCIATION.check(association)?;
    let mut tables = site.region.route_tables.iter();
    let found = tables.find(|(_, table)| table.associations.iter().any(|other| other.id == association));
    found.map(|(id, _)| id.to_owned()).ok_or_else(|| ids::TABLE_ASSOCIATION.absent(association))
}

fn take(site: &mut Site, table: &str, association: &str) -> Result<Association, Refusal> {
    let associations = &mut site.region.route_tables.find_mut(table)?.associations;
    let index = associations.iter().position(|other| other.id == association);
    index.map(|index| associations.remove(index)).ok_or_else(|| ids::TABLE_ASSOCIATION.absent(association))
}

/// `DisassociateRouteTable`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Disassociate {
    association_id: String,
}

/// `DisassociateRouteTable`: the subnet is on its VPC's main table from then on.
pub(super) fn disassociate(site: &mut Site, call: Disassociate) -> Reply {
    let table = table_of(site, &call.association_id)?;
    if take(site, &table, &call.association_id)?.subnet.is_none() {
        let message = format!("cannot disassociate the main route table association {}", call.association_id);
        return Err(Refusal::invalid(message));
    }
    Ok(answer::nothing())
}

/// `DescribeRouteTables`, which has the smallest pages of all.
pub(super) static ROUTE_TABLES: Listing = Listing {
    list: "RouteTables",
    ids: "RouteTableIds",
    kind: &ids::ROUTE_TABLE,
    filters: &[
        ("association.gateway-id", "Associations.GatewayId"),
        ("association.main", "Associations.Main"),
        ("association.route-table-association-id", "Associations.RouteTableAssociationId"),
        ("association.route-table-id", "Associations.RouteTableId"),
        ("association.subnet-id", "Associations.SubnetId"),
        ("owner-id", "OwnerId"),
        ("route-table-id", "RouteTableId"),
        ("route.destination-cidr-block", "Routes.DestinationCidrBlock"),
        ("route.destination-ipv6-cidr-block", "Routes.DestinationIpv6CidrBlock"),
        ("route.destination-prefix-list-id", "Routes.DestinationPrefixListId"),
        ("route.egress-only-internet-gateway-id", "Routes.EgressOnlyInternetGatewayId"),
        ("route.gateway-id", "Routes.GatewayId"),
        ("route.instance-id", "Routes.InstanceId"),
        ("route.nat-gateway-id", "Routes.NatGatewayId"),
        ("route.origin", "Routes.Origin"),
        ("route.state", "Routes.State"),
        ("route.transit-gateway-id", "Routes.TransitGatewayId"),
        ("route.vpc-peering-connection-id", "Routes.VpcPeeringConnectionId"),
        ("tag-key", "Tags.Key"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::Of { least: 5, most: 100, unasked: 100 },
    items: |site| {
        let all = site.region.route_tables.iter();
        let sought = all.filter(|(id, table)| !describe::leaves_out(site, "route-table-id", id, &table.tags));
        sought.map(|(id, table)| Item::new(id, view(site, id, table))).collect()
    },
};

fn view(site: &Site, id: &str, table: &RouteTable) -> Map {
    let associations = table.associations.iter().map(|association| {
        Map::new()
            .with("Main", association.subnet.is_none())
            .with("RouteTableAssociationId", association.id.as_str())
            .with("RouteTableId", id)
            .with_some("SubnetId", association.subnet.as_deref())
            .with("AssociationState", associated())
    });
    Map::new()
        .with("RouteTableId", id)
        .with("OwnerId", site.account)
        .with("VpcId", table.vpc.as_str())
        .with_list("Associations", associations)
        .with_list("Routes", routes::views(site, table).into_iter().chain(endpoints::routes(site, id)))
        .with_list("PropagatingVgws", table.propagating.iter().map(|id| Map::new().with("GatewayId", id.as_str())))
        .with_tags(&table.tags)
}
