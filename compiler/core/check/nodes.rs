//! Where nodes stand: their subnets, their ranges, their addresses.

use super::declare::{Declarations, Declared};
use super::zones::ByZone;
use super::{Checker, inputs};
use crate::model::{Environment, Id, Node, Settings, Start, Subnet};
use crate::net::{Block, Family, number};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Statement, Word};
use ecow::EcoString;
use std::net::IpAddr;

/// EC2 keeps the first four addresses of a subnet and the last (VPC User Guide, "Subnet sizing").
const KEPT_FIRST: u128 = 4;

pub(super) enum Problem {
    BadRange { word: Word },
    Outside { address: IpAddr, span: Span, block: Block, subnet: EcoString, subnet_span: Span, first: Option<IpAddr> },
    Kept { address: IpAddr, span: Span, why: &'static str, next: Option<IpAddr>, index: Option<u32> },
    TooLong { name: EcoString, span: Span, block: Block, subnet_span: Span, fit: u128, count: u64, start: IpAddr },
    Taken { address: IpAddr, span: Span, other: EcoString, first: Span, behind: IpAddr },
}

impl Checker<'_> {
    /// Builds the nodes, and checks where they stand.
    pub(super) fn nodes(&mut self, declared: &Declarations<'_>) {
        let mut defaults: Vec<Settings> = Vec::new();
        for (index, network) in declared.networks.iter().enumerate() {
            self.enter_module(network.module);
            defaults.push(self.defaults(Id::new(index), network.item));
        }
        for node in &declared.nodes {
            self.enter(node.network);
            let family = self.node(node, &defaults[node.network.index()]);
            self.made.nodes.push(family);
        }
        self.check_places();
    }

    fn node(&mut self, declared: &Declared<'_>, defaults: &Settings) -> ByZone<Node> {
        let network = declared.network;
        let Statement::Node(statement) = &declared.item.statement else { return ByZone::hole() };
        let (own, tags) = self.settings(network, declared.item);
        let settings = own.or(defaults);
        self.check_required(&declared.name, statement.name.span, &settings);
        self.check_disks(&declared.name, statement.name.span, &settings.disks);
        let subnets = self.subnets_named(network, &statement.subnet);
        let common = Node {
            address: self.model.networks[network].address.member(&declared.name),
            zone: None,
            origin: declared.item.head,
            network,
            subnet: None,
            indices: statement.indices.as_ref().and_then(|word| self.indices(word)),
            start: Start::Any,
            settings,
            environment: Environment::new(),
            elastic: None,
            tags,
        };
        let Some(ByZone { members, zoned }) = subnets else {
            let start = if statement.start.is_some() { Start::Hole } else { Start::Any };
            return ByZone::one(self.model.nodes.push(Node { start, ..common }));
        };
        let mut family = ByZone { members: Vec::new(), zoned };
        for (zone, subnet) in members {
            if !self.has_room_for(common.count() as usize, declared.item.head) {
                return ByZone::hole();
            }
            let start = self.start_in(statement.start.as_ref(), subnet);
            let node = Node { start, subnet: Some(subnet), zone: zoned.then(|| zone.clone()), ..common.clone() };
            family.members.push((zone, self.model.nodes.push(node)));
        }
        family
    }

    fn start_in(&mut self, word: Option<&Word>, subnet: Id<Subnet>) -> Start {
        let Some(word) = word else { return Start::Any };
        self.start(word, subnet).map_or(Start::Hole, |address| Start::At { address, span: word.span })
    }

    fn indices(&mut self, word: &Word) -> Option<(u32, u32)> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        let bounds = inputs::bounds(&text)
            .and_then(|(first, last)| Some((u32::try_from(first).ok()?, u32::try_from(last).ok()?)));
        let word = Word { text, span: word.span };
        self.accept(bounds.filter(|(first, last)| first <= last).ok_or(Problem::BadRange { word }))
    }

    /// The address that `at` names: a whole one, or the last parts of one in the subnet.
    pub(super) fn start(&mut self, word: &Word, subnet: Id<Subnet>) -> Option<IpAddr> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        if !text.starts_with('.') {
            return self.ip(&Word { text, span: word.span });
        }
        let block = self.model.subnets[subnet].block?;
        let whole = block.first().to_string();
        let parts: Vec<&str> = whole.split('.').collect();
        let kept = parts.len().checked_sub(text.matches('.').count())?;
        let written =
            self.ip(&Word { text: ecow::eco_format!("{}{text}", parts[..kept].join(".")), span: word.span })?;
        let inside = block.holds(written) || text.matches('.').count() == 1;
        // `.1.0` in a zone's 10.0.16.0/22 means 10.0.17.0: the same place in every zone.
        let moved = || block.at(number(written) & u128::from(u32::MAX >> (8 * kept)));
        Some(if inside { written } else { moved().unwrap_or(written) })
    }

    /// Checks that nodes stand inside their subnets, on addresses that are theirs alone.
    fn check_places(&mut self) {
        let mut problems: Vec<Problem> = Vec::new();
        let mut by_subnet: Vec<Vec<Id<Node>>> = vec![Vec::new(); self.model.subnets.len()];
        for (id, node) in self.model.nodes.iter() {
            if let Some(subnet) = node.subnet {
                by_subnet[subnet.index()].push(id);
            }
        }
        for (index, nodes) in by_subnet.iter().enumerate() {
            let subnet = &self.model.subnets[Id::new(index)];
            let Some(block) = subnet.block else { continue };
            let mut fixed: Vec<Taken> = Vec::new();
            for id in nodes {
                let node = &self.model.nodes[*id];
                match node.start {
                    Start::At { address, span } => match place(node, address, span, block, subnet) {
                        Ok(()) => {
                            let first = number(address);
                            fixed.push(Taken { first, last: first + u128::from(node.count()) - 1, id: *id, span });
                        }
                        Err(problem) => problems.push(problem),
                    },
                    Start::Any | Start::Hole => {}
                }
            }
            self.check_taken(&mut fixed, &mut problems);
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn check_taken(&self, fixed: &mut [Taken], problems: &mut Vec<Problem>) {
        fixed.sort_by_key(|taken| (taken.first, taken.id));
        let mut furthest: Option<&Taken> = None;
        for taken in fixed.iter() {
            if let Some(other) = furthest.filter(|other| taken.first <= other.last) {
                // Of two that meet, the one that stands later in the program is told to move.
                let (first, second) = if other.id < taken.id { (other, taken) } else { (taken, other) };
                let name = self.model.nodes[first.id].address.name().into();
                let address = Family::V4.address(taken.first);
                let behind = Family::V4.address(first.last + 1);
                problems.push(Problem::Taken { address, span: second.span, other: name, first: first.span, behind });
            }
            if furthest.is_none_or(|other| other.last < taken.last) {
                furthest = Some(taken);
            }
        }
    }
}

/// The addresses that a node or a range of nodes takes.
struct Taken {
    first: u128,
    last: u128,
    id: Id<Node>,
    span: Span,
}

/// How many addresses of a block are for the user.
pub(super) fn usable(block: Block) -> u64 {
    (block.span() + 1 - KEPT_FIRST - 1) as u64
}

/// Whether a node, or a range of them, can stand at an address of a subnet.
pub(super) fn place(node: &Node, start: IpAddr, span: Span, block: Block, subnet: &Subnet) -> Result<(), Problem> {
    let first_usable = block.at(KEPT_FIRST);
    if !block.holds(start) {
        let (name, subnet_span) = (subnet.name.clone(), subnet.block_span);
        return Err(Problem::Outside { address: start, span, block, subnet: name, subnet_span, first: first_usable });
    }
    let offset = number(start) - block.first_number();
    if let Some(why) = kept(offset, block) {
        let index = node.indices.map(|(first, _)| first);
        let next = first_usable.filter(|_| offset < KEPT_FIRST);
        return Err(Problem::Kept { address: start, span, why, next, index });
    }
    let fit = block.span() - offset;
    if u128::from(node.count()) > fit {
        let name = node.address.name().into();
        return Err(Problem::TooLong {
            name,
            span: node.origin,
            block,
            subnet_span: subnet.block_span,
            fit,
            count: node.count(),
            start,
        });
    }
    Ok(())
}

/// What EC2 keeps the address at an offset for, if it does.
pub(super) fn kept(offset: u128, block: Block) -> Option<&'static str> {
    match offset {
        0 => Some("it is the subnet's own"),
        1 => Some("it is the router's"),
        2 => Some("EC2 keeps it for DNS"),
        3 => Some("EC2 keeps it for future use"),
        _ if offset == block.span() => Some("it is the broadcast address"),
        _ => None,
    }
}

/// What to say where only so many nodes fit.
fn fewer(fit: u128) -> String {
    match fit {
        0 => String::new(),
        1 => "make it 1 node, ".to_owned(),
        _ => format!("make it {fit} nodes, "),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::BadRange { word } => {
                let fix = word.text.split_once("..").map(|(first, last)| format!("{last}..{first}"));
                let diagnostic = Diagnostic::new(codes::BAD_VALUE, format!("`[{}]` is no range", word.text))
                    .primary(word.span, "expected two numbers, the smaller one first");
                match fix {
                    Some(fix) => diagnostic.help(format!("write `[{fix}]`")).fix(word.span, fix),
                    None => diagnostic,
                }
            }
            Problem::Outside { address, span, block, subnet, subnet_span, first } => {
                let diagnostic =
                    Diagnostic::new(codes::NODE_OUTSIDE_SUBNET, format!("{address} is outside the subnet `{subnet}`"))
                        .primary(span, format!("not inside {block}"))
                        .secondary(subnet_span, "the subnet's block");
                match first {
                    Some(first) => {
                        let last = block.at(block.span() - 1).unwrap_or(first);
                        diagnostic.help(format!("nodes there can have {first} to {last}"))
                    }
                    None => diagnostic,
                }
            }
            Problem::Kept { address, span, why, next, index } => {
                let whose = if index.is_some() { "the range starts on" } else { "the node stands on" };
                let diagnostic =
                    Diagnostic::new(codes::RESERVED_ADDRESS, format!("{whose} {address}, which EC2 keeps for itself"))
                        .primary(span, why);
                match next {
                    Some(next) => {
                        diagnostic.help(format!("the first address for nodes is {next}")).fix(span, next.to_string())
                    }
                    None => diagnostic.help("take a lower address"),
                }
            }
            Problem::TooLong { name, span, block, subnet_span, fit, count, start } => {
                let ending = if count == 1 { "" } else { "s" };
                Diagnostic::new(codes::RANGE_TOO_LONG, format!("`{name}` runs past the end of its subnet"))
                    .primary(span, format!("{count} node{ending} from {start}, of which {fit} fit"))
                    .secondary(subnet_span, format!("{block} ends at {}, which EC2 keeps", block.last()))
                    .help(format!("{}start lower, or make the subnet larger", fewer(fit)))
            }
            Problem::Taken { address, span, other, first, behind } => {
                Diagnostic::new(codes::ADDRESS_TAKEN, format!("{address} is taken twice"))
                    .primary(span, "meets the addresses of another node")
                    .secondary(first, format!("taken by `{other}` from here on"))
                    .help(format!("the first address behind `{other}` is {behind}"))
                    .fix(span, behind.to_string())
            }
        }
    }
}
