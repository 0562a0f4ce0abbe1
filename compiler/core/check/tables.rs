//! Route tables: shared ones, those of single subnets, the main one; and which of them a subnet uses.

use super::Checker;
use super::declare::{Declarations, Declared};
use super::defaults::MAIN;
use super::names::Symbol;
use super::zones::{self, ByZone};
use crate::model::{Address, Id, Network, RouteTable, Subnet, Tags};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;

/// Whether a statement would be a route if it could be read.
pub(super) fn is_broken_route(item: &Item) -> bool {
    matches!(item.statement, Statement::Broken(_)) && item.statement.keyword() == "route"
}

enum Problem {
    TwoTables { span: Span, first: Span },
    TwoMain { span: Span, first: Span },
}

impl Checker<'_> {
    /// Builds the route tables, shared ones and those of single subnets, and gives each subnet its own.
    pub(super) fn tables(&mut self, declared: &Declarations<'_>) {
        for table in &declared.tables {
            let table = self.table(table);
            self.model.tables.push(table);
        }
        for table in &declared.main_tables {
            self.main_table(table);
        }
        for (index, subnet) in declared.subnets.iter().enumerate() {
            self.enter(subnet.network);
            let base = self.model.networks[subnet.network].address.member(&subnet.name);
            let ByZone { members, zoned } = self.made.subnets[index].clone();
            if zoned && !self.leads_to_zones(subnet.network, subnet.item) {
                self.give_table(&members, &base, subnet.item);
                continue;
            }
            for member in members {
                let base = self.model.subnets[member.1].address.clone();
                self.give_table(&[member], &base, subnet.item);
            }
        }
    }

    fn table(&mut self, declared: &Declared<'_>) -> RouteTable {
        let (network, item) = (declared.network, declared.item);
        self.enter(network);
        let (routes, has_holes) = self.route_lines(network, None, item.items());
        RouteTable {
            address: self.address_in(network, item, &declared.name),
            origin: item.head,
            network,
            is_main: false,
            routes,
            has_holes,
            propagates: self.propagations(network, item.items()),
            tags: self.tags_of_table(item),
        }
    }

    fn main_table(&mut self, declared: &Declared<'_>) {
        let (network, item) = (declared.network, declared.item);
        if self.model.networks[network].existing.is_some() {
            return self.would_change_existing(item);
        }
        if let Some(first) = self.model.networks[network].main_table {
            let first = self.model.tables[first].origin;
            return self.report(Problem::TwoMain { span: item.head, first });
        }
        let table = self.table(declared);
        let id = self.model.tables.push(RouteTable { is_main: true, ..table });
        self.model.networks[network].main_table = Some(id);
    }

    /// Whether a `route` line of a subnet means another target in each zone.
    fn leads_to_zones(&mut self, network: Id<Network>, item: &Item) -> bool {
        let zoned = |symbol| match symbol {
            Symbol::Gateway(index) => self.made.gateways.get(index).is_some_and(|things| things.zoned),
            Symbol::Node(index) => self.made.nodes.get(index).is_some_and(|things| things.zoned),
            _ => false,
        };
        item.items().iter().any(|item| match &item.statement {
            Statement::Route { target, .. } => {
                zones::index(target).is_none() && self.peek(network, target).is_some_and(zoned)
            }
            _ => false,
        })
    }

    /// Gives some subnets the table that they share: the one that they name, or one for their own `route` lines.
    fn give_table(&mut self, subnets: &[(EcoString, Id<Subnet>)], base: &Address, item: &Item) {
        let Some((_, first)) = subnets.first() else { return };
        let table = self.table_of(*first, base, item);
        for (_, id) in subnets {
            self.model.subnets[*id].table = table;
        }
    }

    fn tags_of_table(&mut self, item: &Item) -> Tags {
        let mut tags = Tags::new();
        for item in item.items() {
            match &item.statement {
                Statement::Tags(entries) => tags.extend(self.tags(entries)),
                Statement::Route { .. } | Statement::Propagate(_) | Statement::Keep => {}
                _ => self.misplaced(item),
            }
        }
        tags
    }

    /// The table of a subnet: the one that it names, or one for its own `route` lines.
    fn table_of(&mut self, id: Id<Subnet>, base: &Address, item: &Item) -> Option<Id<RouteTable>> {
        let network = self.model.subnets[id].network;
        let (mut shared, mut seen) = (None, None);
        for item in item.items() {
            if let Statement::Routes { name, .. } = &item.statement
                && self.once(&mut seen, item)
            {
                shared = self.shared_table(network, name).or_else(|| self.unknown_table(network, name));
            }
        }
        let own = |item: &&Item| {
            matches!(item.statement, Statement::Route { .. } | Statement::Propagate(_)) || is_broken_route(item)
        };
        let Some(own) = item.items().iter().find(own) else {
            return shared;
        };
        if let Some(first) = seen {
            self.report(Problem::TwoTables { span: own.head, first });
            return shared;
        }
        let zone = self.model.subnets[id].zone.clone();
        let (routes, has_holes) = self.route_lines(network, Some(&zone), item.items());
        let propagates = self.propagations(network, item.items());
        let subnet = &self.model.subnets[id];
        let (address, origin, tags) = (base.part("table"), subnet.origin, subnet.tags.clone());
        let table = RouteTable { address, origin, network, is_main: false, routes, has_holes, propagates, tags };
        Some(self.model.tables.push(table))
    }

    /// The table that a subnet names; the network's main one is that of every subnet without another.
    fn shared_table(&mut self, network: Id<Network>, name: &Word) -> Option<Id<RouteTable>> {
        if name.text == MAIN {
            return None;
        }
        self.resolve_as(Some(network), name, "a route table", |symbol| match symbol {
            Symbol::Table(id) => Some(id),
            _ => None,
        })
    }

    /// What stands for a table that is named and isn't there.
    fn unknown_table(&mut self, network: Id<Network>, name: &Word) -> Option<Id<RouteTable>> {
        let table = RouteTable {
            address: self.model.networks[network].address.member(&name.text),
            origin: name.span,
            network,
            is_main: false,
            routes: Vec::new(),
            has_holes: true,
            propagates: Vec::new(),
            tags: Tags::new(),
        };
        (name.text != MAIN).then(|| self.model.tables.push(table))
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::TwoTables { span, first } => {
                Diagnostic::new(codes::TWO_ROUTE_TABLES, "a subnet has one route table, not two")
                    .primary(span, "this line makes a table of the subnet's own")
                    .secondary(first, "and this one names a shared table")
                    .help("move the route into the shared table, or take out `routes`")
            }
            Problem::TwoMain { span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, "a network has one main route table")
                    .primary(span, "a second time")
                    .secondary(first, "first here")
                    .help("move the routes into the first one")
            }
        }
    }
}
