//! Route tables, and the services that gateway endpoints lead to.

use super::Reader;
use super::items::{Route as Line, RouteTable as Table, VpcEndpoint};
use super::problem::Problem;
use super::values::{Located, Read};
use super::vpcs::associated;
use super::ways::endpoint_state;
use crate::model::Id;
use crate::reach::fabric::{
    Origin, PrefixList, Route, RouteDestination, RouteSource, RouteTable, RouteTarget, Service, State,
};
use ecow::{EcoString, eco_format};
use std::collections::HashMap;

/// Members of a route that name targets through which packets are not followed, and what those are.
type Elsewhere = (&'static str, fn(&Line) -> Option<&EcoString>);

const ELSEWHERE: [Elsewhere; 4] = [
    ("transit gateway", |route| route.transit_gateway_id.as_ref()),
    ("local gateway", |route| route.local_gateway_id.as_ref()),
    ("carrier gateway", |route| route.carrier_gateway_id.as_ref()),
    ("core network", |route| route.core_network_arn.as_ref()),
];

/// What the state of a route is when what it leads to is not there.
const BLACKHOLE: &str = "blackhole";

impl<'a> Reader<'a> {
    pub(super) fn tables(&mut self, endpoints: &[Read<'a, VpcEndpoint>]) {
        let tables = self.things("RouteTables", "route table", |table: &Table| &table.route_table_id);
        self.services(endpoints, &tables);
        let endpoints: HashMap<&EcoString, &VpcEndpoint> =
            endpoints.iter().map(|read| (&read.value.vpc_endpoint_id, &read.value)).collect();
        for read in &tables {
            let table = &read.value;
            let this = ("RouteTables", "route table", &table.route_table_id);
            let Some(vpc) = self.find(|known| &known.vpcs, read, this, ("is of", &table.vpc_id, "Vpcs")) else {
                continue;
            };
            let routes = table.routes.iter().filter_map(|route| self.route(read, route, &endpoints)).collect();
            let origin = self.origin(read, &table.route_table_id, &table.tags);
            let id = self.fabric.tables.push(RouteTable { origin, vpc, routes, learns_from: Vec::new() });
            self.known.tables.insert(table.route_table_id.clone(), id);
            for association in table.associations.iter().filter(|it| associated(it.association_state.as_ref())) {
                if association.main {
                    self.fabric.vpcs[vpc].main_table = Some(id);
                }
                if let Some(gateway) = association.gateway_id.as_ref().and_then(|id| self.known.gateways.get(id)) {
                    self.fabric.gateways[*gateway].redirects = true;
                }
                if let Some(subnet) = association.subnet_id.as_ref().and_then(|subnet| self.known.subnets.get(subnet)) {
                    self.fabric.subnets[*subnet].table = Some(id);
                }
            }
        }
        self.every_vpc_has("RouteTables", "main route table", |vpc| vpc.main_table.is_some());
    }

    /// The addresses of a gateway endpoint's service are those of the prefix list that routes to it are for.
    fn services(&mut self, endpoints: &[Read<'a, VpcEndpoint>], tables: &[Read<'a, Table<'a>>]) {
        for read in endpoints.iter().filter(|read| is_gateway(&read.value)) {
            let endpoint = &read.value;
            let this = ("VpcEndpoints", "VPC endpoint", &endpoint.vpc_endpoint_id);
            let Some(vpc) = self.find(|known| &known.vpcs, read, this, ("is in", &endpoint.vpc_id, "Vpcs")) else {
                continue;
            };
            let addresses = self.addresses_of(endpoint, tables);
            let origin = self.origin(read, &endpoint.vpc_endpoint_id, &endpoint.tags);
            let state = endpoint_state(endpoint.state.as_deref());
            let id = self.fabric.services.push(Service { origin, vpc, addresses, state });
            self.known.services.insert(endpoint.vpc_endpoint_id.clone(), id);
        }
    }

    fn addresses_of(&mut self, endpoint: &VpcEndpoint, tables: &[Read<'a, Table<'a>>]) -> Id<PrefixList> {
        let named = |list: &PrefixList| list.origin.alias.as_ref() == Some(&endpoint.service_name);
        let named = self.fabric.prefix_lists.iter().find(|(_, list)| named(list)).map(|(id, _)| id);
        if let Some(id) = named {
            return id;
        }
        let id = Some(&endpoint.vpc_endpoint_id);
        let mut routes = tables.iter().flat_map(|table| &table.value.routes).map(|route| &route.value);
        let mut found =
            routes.find_map(|it| it.destination_prefix_list_id.clone().filter(|_| it.gateway_id.as_ref() == id));
        self.prefix_list(found.get_or_insert_with(|| endpoint.service_name.clone()))
    }

    fn route(
        &mut self,
        read: &Read<'a, Table<'a>>,
        located: &Located<'a, Line>,
        endpoints: &HashMap<&EcoString, &VpcEndpoint>,
    ) -> Option<Route> {
        let (line, span) = (&located.value, read.item.span_of(located.text));
        let block = line.destination_cidr_block.or(line.destination_ipv6_cidr_block).map(|block| block.0);
        let (destination, called) = match (block, &line.destination_prefix_list_id) {
            (Some(block), _) => (RouteDestination::Block(block), eco_format!("{block}")),
            (None, Some(id)) => (RouteDestination::PrefixList(self.prefix_list(id)), id.clone()),
            (None, None) => {
                let why = "it has no destination".to_owned();
                self.problems.push(Problem::Malformed { span, noun: "route", why });
                return None;
            }
        };
        let (target, via) = self.target(read, line, endpoints);
        let state = match line.state.as_deref() {
            Some(state @ BLACKHOLE) => State::Down(state.into()),
            _ => State::Up,
        };
        let propagated = line.origin.as_deref() == Some("EnableVgwRoutePropagation");
        let source = if propagated { RouteSource::Propagated } else { RouteSource::Static };
        Some(Route { origin: Origin::at(eco_format!("{called} via {via}"), span), destination, target, state, source })
    }

    /// Where a route leads, and how that is called.
    fn target(
        &mut self,
        read: &Read<'a, Table<'a>>,
        line: &Line,
        endpoints: &HashMap<&EcoString, &VpcEndpoint>,
    ) -> (RouteTarget, EcoString) {
        for (what, member) in ELSEWHERE {
            if let Some(id) = member(line) {
                return (RouteTarget::NotModelled(what.into(), id.clone()), id.clone());
            }
        }
        let interface = line.network_interface_id.as_ref().or(line.instance_id.as_ref());
        let gateway = line.nat_gateway_id.as_ref().or(line.egress_only_internet_gateway_id.as_ref());
        let gateway = gateway.or(line.gateway_id.as_ref());
        let endpoint = line.vpc_endpoint_id.as_ref().or(gateway.filter(|id| id.starts_with("vpce-")));
        let (id, list, target) = match (endpoint, &line.vpc_peering_connection_id, interface, gateway) {
            (Some(id), ..) => (id, "VpcEndpoints", self.endpoint_target(id, endpoints)),
            (None, Some(id), ..) => {
                (id, "VpcPeeringConnections", self.known.peerings.get(id).copied().map(RouteTarget::Peering))
            }
            (None, None, Some(id), _) => {
                (id, "NetworkInterfaces", self.known.interfaces.get(id).copied().map(RouteTarget::Interface))
            }
            (None, None, None, Some(id)) if id == "local" => return (RouteTarget::Local, id.clone()),
            (None, None, None, Some(id)) => {
                (id, list_of(id), self.known.gateways.get(id).copied().map(RouteTarget::Gateway))
            }
            (None, None, None, None) => {
                let target = RouteTarget::NotModelled("target of a sort that is not known".into(), "?".into());
                return (target, "?".into());
            }
        };
        let target = target.unwrap_or_else(|| self.missing(read, line, id, list));
        (target, id.clone())
    }

    fn endpoint_target(&self, id: &EcoString, endpoints: &HashMap<&EcoString, &VpcEndpoint>) -> Option<RouteTarget> {
        if let Some(service) = self.known.services.get(id) {
            return Some(RouteTarget::Service(*service));
        }
        let kind = endpoints.get(id)?.vpc_endpoint_type.as_deref().unwrap_or_default();
        Some(RouteTarget::NotModelled(eco_format!("{kind} endpoint"), id.clone()))
    }

    /// A route to what no file lists: it is gone, if the route says so itself.
    fn missing(&mut self, read: &Read<'a, Table<'a>>, line: &Line, id: &EcoString, list: &'static str) -> RouteTarget {
        if line.state.as_deref() == Some(BLACKHOLE) {
            return RouteTarget::Gone;
        }
        if list.is_empty() {
            return RouteTarget::NotModelled("gateway of a sort that is not known".into(), id.clone());
        }
        self.absent(read, ("route table", &read.value.route_table_id), ("routes to", id, list));
        RouteTarget::Gone
    }
}

fn is_gateway(endpoint: &VpcEndpoint) -> bool {
    matches!(endpoint.vpc_endpoint_type.as_deref(), None | Some("Gateway"))
}

/// Where a gateway is listed, by the sort that its id tells; empty if that is not known.
fn list_of(id: &str) -> &'static str {
    let lists = [
        ("igw-", "InternetGateways"),
        ("nat-", "NatGateways"),
        ("eigw-", "EgressOnlyInternetGateways"),
        ("vgw-", "VpnGateways"),
    ];
    lists.iter().find(|(prefix, _)| id.starts_with(prefix)).map_or("", |(_, list)| list)
}
