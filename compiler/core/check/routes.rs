//! Gateways, route tables and routes.

use super::Checker;
use super::declare::Declarations;
use super::names::Symbol;
use super::zones::ByZone;
use crate::model::{Destination, Gateway, GatewayKind, Id, Network, Route, RouteTable, Subnet, Tags};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;
use std::collections::{BTreeMap, BTreeSet};

enum Problem {
    SecondGateway { name: EcoString, span: Span, first: Span },
    NoGatewayDetail { item: Span },
    TwoTables { span: Span, first: Span },
    ForeignGateway { name: EcoString, span: Span, declared: Span },
    Duplicate { destination: Destination, span: Span, first: Span },
    Local { block: Block, span: Span, network: Block, network_span: Span },
    Shadowed { destination: Destination, span: Span, by: Destination, first: Span },
    PublicWithoutRoute { name: EcoString, span: Span, subnet: Span, gateway: Option<EcoString> },
}

impl Checker<'_> {
    /// Builds the gateways.
    pub(super) fn gateways(&mut self, declared: &Declarations<'_>) {
        let mut internet: BTreeMap<Id<Network>, Span> = BTreeMap::new();
        for gateway in &declared.gateways {
            let (item, network) = (gateway.item, gateway.network);
            let Statement::Gateway(statement) = &item.statement else { continue };
            self.enter(network);
            if let Some(first) = internet.insert(network, item.head) {
                self.report(Problem::SecondGateway { name: gateway.name.clone(), span: item.head, first });
            }
            if statement.subnet.is_some() || statement.elastic.is_some() || statement.asn.is_some() {
                self.report(Problem::NoGatewayDetail { item: item.head });
            }
            let tags = self.only_tags(item);
            let address = self.model.networks[network].address.member(&gateway.name);
            let kind = GatewayKind::Internet;
            let id = self.model.gateways.push(Gateway { address, origin: item.head, network, kind, tags });
            self.made.gateways.push(ByZone::one(id));
        }
    }

    /// Builds the route tables, shared ones and those of single subnets, and gives each subnet its own.
    pub(super) fn tables(&mut self, declared: &Declarations<'_>) {
        for table in &declared.tables {
            self.enter(table.network);
            let routes = self.route_lines(table.network, None, table.item.items());
            let address = self.model.networks[table.network].address.member(&table.name);
            let tags = self.tags_of_table(table.item);
            self.model.tables.push(RouteTable {
                address,
                origin: table.item.head,
                network: table.network,
                routes,
                tags,
            });
        }
        for (index, subnet) in declared.subnets.iter().enumerate() {
            self.enter(subnet.network);
            for (_, id) in self.made.subnets[index].members.clone() {
                let table = self.table_of(id, subnet.item);
                self.model.subnets[id].table = table;
            }
        }
    }

    fn tags_of_table(&mut self, item: &Item) -> Tags {
        let mut tags = Tags::new();
        for item in item.items() {
            match &item.statement {
                Statement::Tags(entries) => tags.extend(self.tags(entries)),
                Statement::Route { .. } | Statement::Keep => {}
                _ => self.not_built(item),
            }
        }
        tags
    }

    /// The table of a subnet: the one that it names, or one for its own `route` lines.
    fn table_of(&mut self, id: Id<Subnet>, item: &Item) -> Option<Id<RouteTable>> {
        let network = self.model.subnets[id].network;
        let (mut shared, mut seen) = (None, None);
        for item in item.items() {
            if let Statement::Routes { name, .. } = &item.statement
                && self.once(&mut seen, item)
            {
                shared = self.shared_table(network, name);
            }
        }
        let Some(own) = item.items().iter().find(|item| matches!(item.statement, Statement::Route { .. })) else {
            return shared;
        };
        if let Some(first) = seen {
            self.report(Problem::TwoTables { span: own.head, first });
            return shared;
        }
        let zone = self.model.subnets[id].zone.clone();
        let routes = self.route_lines(network, Some(&zone), item.items());
        let subnet = &self.model.subnets[id];
        let (address, origin, tags) = (subnet.address.part("table"), subnet.origin, subnet.tags.clone());
        Some(self.model.tables.push(RouteTable { address, origin, network, routes, tags }))
    }

    fn shared_table(&mut self, network: Id<Network>, name: &Word) -> Option<Id<RouteTable>> {
        self.resolve_as(Some(network), name, "a route table", |symbol| match symbol {
            Symbol::Table(id) => Some(id),
            _ => None,
        })
    }

    /// The tags of a block in which nothing but tags is built.
    fn only_tags(&mut self, item: &Item) -> Tags {
        let mut tags = Tags::new();
        for item in item.items() {
            match &item.statement {
                Statement::Tags(entries) => tags.extend(self.tags(entries)),
                Statement::Keep => {}
                _ => self.not_built(item),
            }
        }
        tags
    }

    /// The routes among some statements, of subnets in a zone or of tables of none.
    fn route_lines(&mut self, network: Id<Network>, zone: Option<&str>, items: &[Item]) -> Vec<Route> {
        let mut routes: Vec<Route> = Vec::new();
        for item in items {
            let Statement::Route { destination, target } = &item.statement else { continue };
            let destinations = self.destinations(network, destination);
            let Some(target) = self.route_target(network, zone, target) else { continue };
            for found in destinations {
                let span = destination.span;
                if let Some(first) = routes.iter().find(|route| route.destination == found) {
                    self.report(Problem::Duplicate { destination: found, span, first: first.origin });
                    continue;
                }
                routes.push(Route { origin: item.head, destination: found, target });
            }
        }
        self.check_shadowed(&routes);
        routes
    }

    fn destinations(&mut self, network: Id<Network>, word: &Word) -> Vec<Destination> {
        let found = self.addresses(network, word);
        let own = self.model.networks[network].blocks.clone();
        let mut kept = Vec::new();
        for destination in found {
            let local = match &destination {
                Destination::Block(block) => own.iter().find(|(own, _)| own.contains(*block)).map(|own| (*block, *own)),
                Destination::PrefixList(_) => None,
            };
            match local {
                Some((block, (network, network_span))) => {
                    self.report(Problem::Local { block, span: word.span, network, network_span });
                }
                None => kept.push(destination),
            }
        }
        kept
    }

    /// What a word in a route or a rule stands for, groups apart: blocks, `any`, a network, a subnet, a `let`, a
    /// parameter, a prefix list.
    pub(super) fn addresses(&mut self, network: Id<Network>, word: &Word) -> Vec<Destination> {
        if !word.is_name() {
            return self.block_literal(word).map(Destination::Block).into_iter().collect();
        }
        match word.text.as_str() {
            "any" => {
                let ipv6 = self.model.networks[network].ipv6.is_some();
                let families = [Some(Family::V4), ipv6.then_some(Family::V6)];
                return families.into_iter().flatten().map(|family| Destination::Block(Block::all(family))).collect();
            }
            text if text.starts_with("pl-") => return vec![Destination::PrefixList(word.text.clone())],
            _ => {}
        }
        let blocks = match self.resolve(Some(network), word, "blocks") {
            Some(Symbol::Param) => self.param_blocks(word),
            Some(Symbol::Let(index)) => self.let_blocks(index),
            Some(Symbol::Network(id)) => self.model.networks[id].blocks.iter().map(|(block, _)| *block).collect(),
            Some(Symbol::Subnet(index)) => {
                let family = self.made.subnets.get(index).cloned().unwrap_or_else(ByZone::hole);
                let members = self.members(word, family, "subnet");
                members.into_iter().filter_map(|(_, id)| self.model.subnets[id].block).collect()
            }
            Some(Symbol::Hole) | None => Vec::new(),
            Some(found) => {
                self.wrong_kind(Some(network), word, found, "blocks");
                Vec::new()
            }
        };
        blocks.into_iter().map(Destination::Block).collect()
    }

    fn route_target(&mut self, network: Id<Network>, zone: Option<&str>, word: &Word) -> Option<Id<Gateway>> {
        let index = self.resolve_as(Some(network), word, "a gateway", |symbol| match symbol {
            Symbol::Gateway(index) => Some(index),
            _ => None,
        })?;
        let family = self.made.gateways.get(index).cloned()?;
        let target = self.member(word, family, zone, "gateway")?;
        let gateway = &self.model.gateways[target];
        if gateway.network != network {
            let problem =
                Problem::ForeignGateway { name: word.text.clone(), span: word.span, declared: gateway.origin };
            self.report(problem);
            return None;
        }
        Some(target)
    }

    fn check_shadowed(&mut self, routes: &[Route]) {
        let mut problems = Vec::new();
        for route in routes {
            let Destination::Block(block) = route.destination else { continue };
            let wider = routes.iter().find(|other| match other.destination {
                Destination::Block(other_block) => {
                    other_block != block && other_block.contains(block) && other.target == route.target
                }
                Destination::PrefixList(_) => false,
            });
            if let Some(wider) = wider {
                problems.push(Problem::Shadowed {
                    destination: route.destination.clone(),
                    span: route.origin,
                    by: wider.destination.clone(),
                    first: wider.origin,
                });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    /// Checks what needs subnets and nodes to be known: that what is public has a way to the internet, and what boots
    /// with a script a way out.
    pub(super) fn check_routes(&mut self) {
        let mut problems: Vec<Diagnostic> = Vec::new();
        for (id, subnet) in self.model.subnets.iter() {
            if let Some(span) = subnet.public
                && subnet.existing.is_none()
                && !self.reaches_internet(id)
            {
                problems.push(self.public_without_route(subnet.name.clone(), span, id).into());
            }
        }
        let mut told = BTreeSet::new();
        for (_, node) in self.model.nodes.iter() {
            let Some(id) = node.subnet else { continue };
            let subnet = &self.model.subnets[id];
            if let Some((true, span)) = node.settings.public
                && subnet.public.is_none()
                && subnet.existing.is_none()
                && !self.reaches_internet(id)
            {
                problems.push(self.public_without_route(subnet.name.clone(), span, id).into());
            }
            let has_public_address = node.settings.public.map_or(subnet.public.is_some(), |(public, _)| public);
            if let Some((_, boot)) = &node.settings.boot
                && !has_public_address
                && subnet.existing.is_none()
                && told.insert(*boot)
            {
                problems.push(no_way_out(*boot, subnet));
            }
        }
        self.problems.append(&mut problems);
    }

    fn public_without_route(&self, name: EcoString, span: Span, id: Id<Subnet>) -> Problem {
        let subnet = &self.model.subnets[id];
        let gateway = self.model.gateways.iter().find(|(_, gateway)| gateway.network == subnet.network);
        let gateway = gateway.map(|(_, gateway)| gateway.address.name().into());
        Problem::PublicWithoutRoute { name, span, subnet: subnet.origin, gateway }
    }

    fn reaches_internet(&self, subnet: Id<Subnet>) -> bool {
        self.model.subnets[subnet].table.is_some_and(|table| {
            let routes = &self.model.tables[table].routes;
            routes.iter().any(|route| self.model.gateways[route.target].kind == GatewayKind::Internet)
        })
    }
}

/// An instance without a public address has no way out: an internet gateway drops what comes from it.
fn no_way_out(boot: Span, subnet: &Subnet) -> Diagnostic {
    Diagnostic::new(
        codes::NO_WAY_OUT,
        format!("nodes in `{}` boot with a script but have no way to the internet", subnet.name),
    )
    .primary(boot, "a script that downloads anything will hang")
    .secondary(subnet.origin, "this subnet gives no public addresses")
    .help("make the subnet or the node `public`, with a route to an internet gateway")
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::SecondGateway { name, span, first } => {
                Diagnostic::new(codes::SECOND_INTERNET_GATEWAY, "a network has one internet gateway at most")
                    .primary(span, format!("`{name}` would be a second one"))
                    .secondary(first, "the first")
                    .help("take one out; one gateway serves every subnet")
            }
            Problem::NoGatewayDetail { item } => {
                Diagnostic::new(codes::SYNTAX, "an internet gateway stands in no subnet and has no address of its own")
                    .primary(item, "write it as `gateway NAME internet`")
            }
            Problem::TwoTables { span, first } => {
                Diagnostic::new(codes::TWO_ROUTE_TABLES, "a subnet has one route table, not two")
                    .primary(span, "this line makes a table of the subnet's own")
                    .secondary(first, "and this one names a shared table")
                    .help("move the route into the shared table, or take out `routes`")
            }
            Problem::ForeignGateway { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{name}` belongs to another network"))
                    .primary(span, "a route can only lead to a gateway that is attached to its own network")
                    .secondary(declared, "declared here")
                    .help("give this network a gateway of its own: `gateway igw internet`")
            }
            Problem::Duplicate { destination, span, first } => {
                Diagnostic::new(codes::DUPLICATE_ROUTE, format!("two routes for {destination}"))
                    .primary(span, "a table has one route for a destination")
                    .secondary(first, "the first")
                    .help("take one of them out")
            }
            Problem::Local { block, span, network, network_span } => {
                Diagnostic::new(codes::LOCAL_ROUTE, format!("{block} is inside the network itself"))
                    .primary(span, "traffic inside a network needs no route and takes no other")
                    .secondary(network_span, format!("{network} is always routed locally"))
                    .help("take the route out")
            }
            Problem::Shadowed { destination, span, by, first } => {
                Diagnostic::new(codes::SHADOWED_ROUTE, format!("the route for {destination} changes nothing"))
                    .primary(span, "the same way as the wider route")
                    .secondary(first, format!("{by} holds it"))
                    .help("take it out")
            }
            Problem::PublicWithoutRoute { name, span, subnet, gateway } => {
                let diagnostic = Diagnostic::new(
                    codes::PUBLIC_WITHOUT_ROUTE,
                    format!("`{name}` has no route to an internet gateway"),
                )
                .primary(span, "public addresses would reach nobody")
                .secondary(subnet, "the subnet");
                match gateway {
                    Some(gateway) => diagnostic.help(format!("add `route 0.0.0.0/0 via {gateway}` to the subnet")),
                    None => diagnostic
                        .help("add `gateway igw internet` to the network and `route 0.0.0.0/0 via igw` to the subnet"),
                }
            }
        }
    }
}
