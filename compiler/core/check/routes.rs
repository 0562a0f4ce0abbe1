//! Route tables and routes.

use super::Checker;
use super::declare::{Declarations, Declared};
use super::defaults::MAIN;
use super::names::Symbol;
use super::zones::ByZone;
use crate::model::{
    Address, AmazonBlock, Destination, GatewayKind, Id, Network, Node, Route, RouteTable, RouteTarget, Subnet, Tags,
};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;

/// Ranges that no route can lead into (VPC User Guide, "Configure route tables").
const REFUSED: [(&str, &str); 2] =
    [("169.254.168.0/22", "EC2 keeps it for its own services"), ("fd00:ec2::/32", "EC2 keeps it for its own services")];

enum Problem {
    TwoTables { span: Span, first: Span },
    TwoMain { span: Span, first: Span },
    ForeignGateway { name: EcoString, span: Span, declared: Span },
    Duplicate { destination: Destination, span: Span, first: Span },
    Local { block: Block, span: Span, network: Block, network_span: Span },
    Shadowed { destination: Destination, span: Span, by: Destination, first: Span },
    Refused { block: Block, span: Span, range: &'static str, why: &'static str },
    WrongFamily { destination: Destination, span: Span, target: Span, what: &'static str },
    NoSide { name: EcoString, span: Span, declared: Span },
    NotThere { block: Block, span: Span, other: EcoString, other_block: Block, other_span: Span },
    WhichNode { word: Word, first: u32, last: u32 },
    NoNode { word: Word, first: u32, last: u32 },
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
                super::zones::index(target).is_none() && self.peek(network, target).is_some_and(zoned)
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
        let own = |item: &&Item| matches!(item.statement, Statement::Route { .. } | Statement::Propagate(_));
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

    /// The routes among some statements, of subnets in a zone or of tables of none, and whether there are more, which could
    /// not be made out.
    fn route_lines(&mut self, network: Id<Network>, zone: Option<&str>, items: &[Item]) -> (Vec<Route>, bool) {
        let (mut routes, mut has_holes): (Vec<Route>, bool) = (Vec::new(), false);
        for item in items {
            let Statement::Route { destination, target } = &item.statement else { continue };
            let found = self.addresses(network, destination);
            has_holes |= found.is_empty();
            let Some(to) = self.route_target(network, zone, target) else {
                has_holes = true;
                continue;
            };
            for found in self.destinations(network, destination, found, to, target.span) {
                let span = destination.span;
                if let Some(first) = routes.iter().find(|route| route.destination == found) {
                    self.report(Problem::Duplicate { destination: found, span, first: first.origin });
                    continue;
                }
                routes.push(Route { origin: item.head, destination: found, target: to });
            }
        }
        self.check_shadowed(&routes);
        (routes, has_holes)
    }

    /// Those of some destinations that a route to a target can be for.
    fn destinations(
        &mut self,
        network: Id<Network>,
        word: &Word,
        found: Vec<Destination>,
        target: RouteTarget,
        target_span: Span,
    ) -> Vec<Destination> {
        let (mut kept, span) = (Vec::new(), word.span);
        for destination in found {
            let problem = match &destination {
                Destination::Block(block) => self.unroutable(network, *block, target, span),
                // A name means as much of its IPv6 as can be routed.
                Destination::Amazon(block) if !self.routes_ipv6(network, block, target) => continue,
                Destination::Amazon(_) | Destination::PrefixList(_) => None,
            };
            let mismatch = self.family_mismatch(&destination, target);
            match (problem, mismatch) {
                (Some(problem), _) => self.report(problem),
                // `any` means what the target takes.
                (None, Some(_)) if word.text == "any" => {}
                (None, Some(what)) => {
                    self.report(Problem::WrongFamily { destination, span, target: target_span, what })
                }
                (None, None) => kept.push(destination),
            }
        }
        kept
    }

    /// What lies across a peering is the other network, without its own ways out (VPC Peering Guide, "Unsupported VPC
    /// peering configurations").
    fn beyond_peer(&self, network: Id<Network>, block: Block, target: RouteTarget, span: Span) -> Option<Problem> {
        let RouteTarget::Peer(id) = target else { return None };
        let other = &self.model.networks[self.model.peers[id].across_from(network)?];
        let inside = other.blocks.iter().any(|(own, _)| own.overlaps(block));
        let (other_block, other_span) = *other.blocks.first().filter(|_| !inside && block.family() == Family::V4)?;
        Some(Problem::NotThere { block, span, other: other.address.name().into(), other_block, other_span })
    }

    /// Why no route can be for a block.
    fn unroutable(&self, network: Id<Network>, block: Block, target: RouteTarget, span: Span) -> Option<Problem> {
        if let Some(problem) = self.beyond_peer(network, block, target, span) {
            return Some(problem);
        }
        let refused = REFUSED.iter().find(|(range, _)| range.parse().is_ok_and(|range: Block| range.contains(block)));
        if let Some((range, why)) = refused {
            return Some(Problem::Refused { block, span, range, why });
        }
        if let RouteTarget::Peer(peer) = target
            && self.shares_addresses(peer)
        {
            return None;
        }
        let own = self.model.networks[network].blocks.iter().find(|(own, _)| own.contains(block));
        let (own, network_span) = *own?;
        // A middlebox may stand in the way to a whole subnet (VPC User Guide, "Configure route tables").
        let whole =
            self.model.subnets.iter().any(|(_, subnet)| subnet.network == network && subnet.block == Some(block));
        let forwards = match target {
            RouteTarget::Node(..) => true,
            RouteTarget::Peer(_) => false,
            RouteTarget::Gateway(id) => matches!(self.model.gateways[id].kind, GatewayKind::Nat { .. }),
        };
        (!whole || !forwards).then_some(Problem::Local { block, span, network: own, network_span })
    }

    /// Whether a route of a network can lead to a block that Amazon chooses: to that of a peer, or, past a node that
    /// forwards, to a subnet's.
    fn routes_ipv6(&self, network: Id<Network>, block: &AmazonBlock, target: RouteTarget) -> bool {
        let inside = block.network == network;
        self.model.networks[network].ipv6.is_some()
            && match target {
                RouteTarget::Peer(_) => !inside,
                RouteTarget::Node(..) => !inside || block.place.is_some(),
                RouteTarget::Gateway(_) => false,
            }
    }

    /// What a target takes instead of a destination of this family.
    fn family_mismatch(&self, destination: &Destination, target: RouteTarget) -> Option<&'static str> {
        let Destination::Block(block) = destination else { return None };
        match target.gateway().map(|id| self.model.gateways[id].kind)? {
            GatewayKind::Egress if block.family() == Family::V4 => Some("an egress-only gateway takes IPv6 only"),
            // NAT64 takes one IPv6 block (VPC User Guide, "DNS64 and NAT64").
            GatewayKind::Nat { .. } if block.family() == Family::V6 && !is_nat64(*block) => {
                Some("a NAT gateway takes IPv4, and of IPv6 64:ff9b::/96 only")
            }
            GatewayKind::Vpn { .. } if block.family() == Family::V6 => Some("a VPN gateway takes IPv4 only"),
            _ => None,
        }
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
        let blocks: Vec<Block> = match self.resolve(Some(network), word, "blocks") {
            Some(Symbol::Param) => self.param_blocks(word),
            Some(Symbol::Let(index)) => self.let_blocks(index),
            Some(Symbol::Network(id)) => return self.blocks_of_network(id),
            Some(Symbol::Subnet(index)) => {
                let family = self.made.subnets.get(index).cloned().unwrap_or_else(ByZone::hole);
                let members = self.members(word, family, "subnet");
                return members.into_iter().flat_map(|(_, id)| self.blocks_of_subnet(id)).collect();
            }
            Some(Symbol::Hole) | None => Vec::new(),
            Some(found) => {
                self.wrong_kind(Some(network), word, found, "blocks");
                Vec::new()
            }
        };
        blocks.into_iter().map(Destination::Block).collect()
    }

    fn route_target(&mut self, network: Id<Network>, zone: Option<&str>, word: &Word) -> Option<RouteTarget> {
        let found = self.resolve_as(Some(network), word, "a gateway", |symbol| match symbol {
            Symbol::Gateway(_) | Symbol::Node(_) | Symbol::Peer(_) => Some(symbol),
            _ => None,
        })?;
        match found {
            Symbol::Node(index) => self.target_node(network, zone, word, index),
            Symbol::Gateway(index) => self.target_gateway(network, zone, word, index),
            Symbol::Peer(index) => self.target_peer(network, word, index),
            _ => None,
        }
    }

    fn target_gateway(
        &mut self,
        network: Id<Network>,
        zone: Option<&str>,
        word: &Word,
        index: usize,
    ) -> Option<RouteTarget> {
        let family = self.made.gateways.get(index).cloned()?;
        let target = self.member(word, family, zone, "gateway")?;
        let gateway = &self.model.gateways[target];
        if gateway.network != network {
            let (name, declared) = (word.text.clone(), gateway.origin);
            self.report(Problem::ForeignGateway { name, span: word.span, declared });
            return None;
        }
        Some(RouteTarget::Gateway(target))
    }

    fn target_peer(&mut self, network: Id<Network>, word: &Word, index: usize) -> Option<RouteTarget> {
        let id = self.made.peers.get(index).copied().flatten()?;
        let peer = &self.model.peers[id];
        if !peer.joins(network) {
            let (name, declared) = (word.text.clone(), peer.origin);
            self.report(Problem::NoSide { name, span: word.span, declared });
            return None;
        }
        Some(RouteTarget::Peer(id))
    }

    fn target_node(
        &mut self,
        network: Id<Network>,
        zone: Option<&str>,
        word: &Word,
        index: usize,
    ) -> Option<RouteTarget> {
        let family = self.made.nodes.get(index).cloned()?;
        let (word_of_zone, place) = split_index(word, family.zoned);
        let target = self.member(&word_of_zone, family, zone, "node")?;
        let node = &self.model.nodes[target];
        if node.network != network {
            let (name, declared) = (word.text.clone(), node.origin);
            self.report(Problem::ForeignGateway { name, span: word.span, declared });
            return None;
        }
        let place = self.place_in_range(word, target, place.as_deref())?;
        Some(RouteTarget::Node(target, place))
    }

    /// Which one of a range is meant; `Some(None)` for a single node.
    fn place_in_range(&mut self, word: &Word, node: Id<Node>, place: Option<&str>) -> Option<Option<u32>> {
        let Some((first, last)) = self.model.nodes[node].indices else { return Some(None) };
        let word = word.clone();
        match place {
            None if first == last => Some(Some(first)),
            None => {
                self.report(Problem::WhichNode { word, first, last });
                None
            }
            Some(text) => {
                let place = text.parse().ok().filter(|place| (first..=last).contains(place));
                if place.is_none() {
                    self.report(Problem::NoNode { word, first, last });
                }
                place.map(Some)
            }
        }
    }

    fn check_shadowed(&mut self, routes: &[Route]) {
        let mut problems = Vec::new();
        for route in routes {
            let Some(block) = route.destination.block() else { continue };
            let wider = routes.iter().find(|other| {
                let contains = |wide: Block| wide != block && wide.contains(block);
                other.target == route.target && other.destination.block().is_some_and(contains)
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
}

/// The name of a node without its place in a range, and that place: `fw[a]` and 0 of `fw[a,0]`.
fn split_index(word: &Word, zoned: bool) -> (Word, Option<EcoString>) {
    let Some((name, index)) = word.text.strip_suffix(']').and_then(|text| text.split_once('[')) else {
        return (word.clone(), None);
    };
    let (zone, place) = match index.split_once(',') {
        Some((zone, place)) => (Some(zone.trim()), Some(place.trim())),
        None if zoned && index.trim().parse::<u32>().is_err() => (Some(index.trim()), None),
        None => (None, Some(index.trim())),
    };
    let text = zone.map_or_else(|| name.into(), |zone| ecow::eco_format!("{name}[{zone}]"));
    (Word { text, span: word.span }, place.map(EcoString::from))
}

fn is_nat64(block: Block) -> bool {
    "64:ff9b::/96".parse().is_ok_and(|nat64: Block| nat64.contains(block))
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::TwoMain { span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, "a network has one main route table")
                    .primary(span, "a second time")
                    .secondary(first, "first here")
                    .help("move the routes into the first one")
            }
            Problem::TwoTables { span, first } => {
                Diagnostic::new(codes::TWO_ROUTE_TABLES, "a subnet has one route table, not two")
                    .primary(span, "this line makes a table of the subnet's own")
                    .secondary(first, "and this one names a shared table")
                    .help("move the route into the shared table, or take out `routes`")
            }
            Problem::ForeignGateway { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{name}` belongs to another network"))
                    .primary(span, "a route leads to a gateway or a node of its own network, or to a peer")
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
            Problem::Refused { block, span, range, why } => {
                Diagnostic::new(codes::RESERVED_RANGE, format!("no route can be for {block}"))
                    .primary(span, format!("inside {range}: {why}"))
                    .help("take the route out")
            }
            Problem::WrongFamily { destination, span, target, what } => {
                Diagnostic::new(codes::WRONG_TARGET, format!("{destination} cannot go this way"))
                    .primary(target, what)
                    .secondary(span, "the destination")
                    .help("write `any` for what the target takes, or lead it elsewhere")
            }
            Problem::NoSide { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{name}` does not join this network to another"))
                    .primary(span, "a peering leads from one of its two networks to the other")
                    .secondary(declared, "declared here")
                    .help("peer the networks that are meant: `peer NAME one, other`; peerings are not passed on")
            }
            Problem::NotThere { block, span, other, other_block, other_span } => {
                Diagnostic::new(codes::WRONG_TARGET, format!("{block} is not in `{other}`"))
                    .primary(span, "a peering leads to the addresses of the other network, and no further")
                    .secondary(other_span, "the other network")
                    .help(format!("write `{other_block}`"))
                    .fix(span, other_block.to_string())
            }
            Problem::WhichNode { word, first, last } => {
                let one = format!("{}[{first}]", word.text);
                Diagnostic::new(codes::WRONG_TARGET, format!("`{}` is several nodes", word.text))
                    .primary(word.span, format!("a route leads to one of [{first}..{last}]"))
                    .help(format!("name one: `{one}`"))
                    .fix(word.span, one)
            }
            Problem::NoNode { word, first, last } => {
                Diagnostic::new(codes::WRONG_TARGET, format!("there is no node `{}`", word.text))
                    .primary(word.span, format!("the range is [{first}..{last}]"))
            }
        }
    }
}
