//! A fabric made ready for asking: rules as sets of packets, entries and routes in the order in which EC2 goes through them.

use super::effort::Effort;
use super::fabric::{
    Acl, Fabric, Group, Origin, PrefixList, Route, RouteDestination, RouteSource, RouteTable, RouteTarget, RulePeer,
    State, Subnet, Vpc,
};
use super::fabric::{Peering, PeeringSide};
use super::packets::{Cell, Field};
use crate::model::{Direction, Id, Traffic};
use crate::net::{Block, Family};
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

/// The first of the addresses that stand for those which EC2 is to choose, or which are not known: of a block that is
/// for documentation (RFC 5737), so that nobody has them.
const STAND_IN: [u8; 4] = [192, 0, 2, 1];

/// A fabric made ready.
pub(super) struct Lens<'f> {
    pub(super) fabric: &'f Fabric,
    rules: [Vec<Vec<Pass<'f>>>; 2],
    entries: [Vec<Vec<Decision<'f>>>; 2],
    tables: Vec<Vec<Way<'f>>>,
    /// The ways of subnets without a table, by VPC.
    locals: Vec<Vec<Way<'f>>>,
    lists: Vec<Option<Vec<Block>>>,
    /// Stands for public addresses that EC2 is to choose.
    pub(super) later: IpAddr,
    /// The VPCs between which rules may refer to groups.
    referring: BTreeSet<(Id<Vpc>, Id<Vpc>)>,
    /// How much may still be looked at.
    pub(super) effort: Effort,
}

/// A rule of a security group.
pub(super) struct Pass<'f> {
    pub(super) origin: &'f Origin,
    pub(super) who: Who,
    pub(super) cells: Vec<Cell>,
}

/// Who a rule speaks of, besides its cells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Those whose addresses are in the cells.
    Cells,
    /// The members of a group.
    Group(Id<Group>),
    /// Nobody knows.
    Unknown(Id<PrefixList>),
}

/// An entry of a network ACL.
pub(super) struct Decision<'f> {
    pub(super) origin: &'f Origin,
    pub(super) allow: bool,
    pub(super) cell: Option<Cell>,
}

/// A route, or a part of one.
pub(super) struct Way<'f> {
    pub(super) route: Option<&'f Route>,
    pub(super) block: Block,
}

impl<'f> Way<'f> {
    /// Where it leads.
    pub(super) fn target(&self) -> &'f RouteTarget {
        self.route.map_or(&RouteTarget::Local, |route| &route.target)
    }
}

impl<'f> Lens<'f> {
    /// Makes a fabric ready. Takes time in proportion to it.
    pub(super) fn new(fabric: &'f Fabric) -> Lens<'f> {
        let stand_ins = stand_ins(fabric);
        let services: HashMap<Id<PrefixList>, usize> =
            fabric.services.iter().enumerate().map(|(index, (_, service))| (service.addresses, index)).collect();
        let known = |(id, list): (Id<PrefixList>, &PrefixList)| {
            let stand_in = |index: &usize| vec![Block::host(later(&stand_ins, index + 1))];
            list.blocks.clone().or_else(|| services.get(&id).map(stand_in))
        };
        let lists = fabric.prefix_lists.iter().map(known).collect();
        let mut lens = Lens {
            fabric,
            rules: Default::default(),
            entries: Default::default(),
            tables: Vec::new(),
            locals: Vec::new(),
            lists,
            later: later(&stand_ins, 0),
            referring: referring(fabric),
            effort: Effort::unlimited(),
        };
        for direction in [Direction::Ingress, Direction::Egress] {
            let rules = fabric.groups.iter().map(|(_, group)| lens.passes(group, direction)).collect();
            lens.rules[direction as usize] = rules;
            let entries = fabric.acls.iter().map(|(_, acl)| decisions(acl, direction)).collect();
            lens.entries[direction as usize] = entries;
        }
        lens.tables = fabric.tables.iter().map(|(_, table)| lens.ways(table)).collect();
        lens.locals = fabric.vpcs.iter().map(|(_, vpc)| in_order(local_ways(vpc), &vpc.blocks)).collect();
        lens
    }

    /// The blocks of a prefix list, if they are known.
    pub(super) fn list(&self, list: Id<PrefixList>) -> Option<&[Block]> {
        self.lists.get(list.index())?.as_deref()
    }

    /// The rules of a group.
    pub(super) fn rules(&self, group: Id<Group>, direction: Direction) -> &[Pass<'f>] {
        self.rules[direction as usize].get(group.index()).map_or(&[], Vec::as_slice)
    }

    /// The entries of a network ACL, in order.
    pub(super) fn entries(&self, acl: Id<Acl>, direction: Direction) -> &[Decision<'f>] {
        self.entries[direction as usize].get(acl.index()).map_or(&[], Vec::as_slice)
    }

    /// The routes that a subnet uses, in the order in which they are tried.
    pub(super) fn ways_of(&self, subnet: Id<Subnet>) -> &[Way<'f>] {
        let ways = match self.fabric.table_of(subnet) {
            Some(table) => self.tables.get(table.index()),
            None => self.locals.get(self.fabric.subnets[subnet].vpc.index()),
        };
        ways.map_or(&[], Vec::as_slice)
    }

    /// Whether rules in one VPC may refer to groups in the other.
    pub(super) fn refer(&self, one: Id<Vpc>, other: Id<Vpc>) -> bool {
        one == other || self.referring.contains(&(one, other))
    }

    fn passes(&self, group: &'f Group, direction: Direction) -> Vec<Pass<'f>> {
        let field = address_field(direction);
        let rules = group.rules.iter().filter(|rule| rule.direction == direction);
        let pass = |rule: &'f super::fabric::Rule| {
            let both = || [Block::all(Family::V4), Block::all(Family::V6)].to_vec();
            let (who, blocks) = match &rule.peer {
                RulePeer::Block(block) => (Who::Cells, vec![*block]),
                RulePeer::Group(group) => (Who::Group(*group), both()),
                RulePeer::UnknownGroup(_) => (Who::Cells, Vec::new()),
                RulePeer::PrefixList(list) => match self.list(*list) {
                    Some(blocks) => (Who::Cells, blocks.to_vec()),
                    None => (Who::Unknown(*list), both()),
                },
            };
            let cells = blocks.into_iter().filter_map(|block| cell(field, block, &rule.traffic)).collect();
            Pass { origin: &rule.origin, who, cells }
        };
        rules.map(pass).collect()
    }

    fn ways(&self, table: &'f RouteTable) -> Vec<Way<'f>> {
        let vpc = &self.fabric.vpcs[table.vpc];
        let mut ways = local_ways(vpc);
        for route in table.routes.iter().filter(|route| route.target != RouteTarget::Local) {
            let blocks: &[Block] = match &route.destination {
                RouteDestination::Block(block) => std::slice::from_ref(block),
                RouteDestination::PrefixList(list) => self.list(*list).unwrap_or_default(),
            };
            ways.extend(blocks.iter().map(|block| Way { route: Some(route), block: *block }));
        }
        in_order(ways, &vpc.blocks)
    }
}

/// The field of the other side, seen from where a rule of this direction stands.
pub(super) fn address_field(direction: Direction) -> Field {
    match direction {
        Direction::Ingress => Field::Source,
        Direction::Egress => Field::Destination,
    }
}

fn cell(field: Field, block: Block, traffic: &Traffic) -> Option<Cell> {
    Cell::of_traffic(traffic, block.family())?.and(&Cell::of_block(field, block))
}

fn decisions(acl: &Acl, direction: Direction) -> Vec<Decision<'_>> {
    let mut entries: Vec<_> = acl.entries.iter().filter(|entry| entry.direction == direction).collect();
    entries.sort_by_key(|entry| entry.number);
    let field = address_field(direction);
    let decision = |entry: &'_ super::fabric::AclEntry| cell(field, entry.block, &entry.traffic);
    entries
        .into_iter()
        .map(|entry| Decision { origin: &entry.origin, allow: entry.allow, cell: decision(entry) })
        .collect()
}

fn local_ways<'f>(vpc: &Vpc) -> Vec<Way<'f>> {
    vpc.blocks.iter().map(|block| Way { route: None, block: *block }).collect()
}

/// The order in which routes win: the longest prefix; of equal ones the local route, one for a block, one for a prefix
/// list, a propagated one. A propagated route inside the VPC never does (VPC user guide, "Route priority").
fn in_order<'f>(mut ways: Vec<Way<'f>>, local: &[Block]) -> Vec<Way<'f>> {
    let propagated = |way: &Way<'_>| way.route.is_some_and(|route| route.source == RouteSource::Propagated);
    ways.retain(|way| !propagated(way) || !local.iter().any(|block| block.contains(way.block)));
    let rank = |way: &Way<'_>| match way.route {
        None => 0,
        Some(route) if route.source == RouteSource::Propagated => 3,
        Some(route) => match route.destination {
            RouteDestination::Block(_) => 1,
            RouteDestination::PrefixList(_) => 2,
        },
    };
    ways.sort_by_key(|way| (std::cmp::Reverse(way.block.prefix()), rank(way)));
    ways
}

fn referring(fabric: &Fabric) -> BTreeSet<(Id<Vpc>, Id<Vpc>)> {
    let joined = |peering: &Peering| match &peering.sides {
        [PeeringSide::Here(one), PeeringSide::Here(other)] => Some((*one, *other)),
        _ => None,
    };
    let active = fabric.peerings.iter().filter(|(_, peering)| peering.state == State::Up && peering.same_region);
    let pairs: Vec<(Id<Vpc>, Id<Vpc>)> = active.filter_map(|(_, peering)| joined(peering)).collect();
    pairs.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect()
}

/// Addresses for what is not known yet, none of them in a block that the fabric speaks of, but for the whole internet.
fn stand_ins(fabric: &Fabric) -> Vec<Block> {
    let documentation = Block::around(IpAddr::from(STAND_IN), 24);
    let mut blocks: Vec<Block> = fabric.blocks_spoken_of().filter(|block| documentation.contains(*block)).collect();
    blocks.sort();
    blocks
}

/// The `index`th address that stands in, past the blocks that are spoken of.
fn later(taken: &[Block], index: usize) -> IpAddr {
    let documentation = Block::around(IpAddr::from(STAND_IN), 24);
    let free = (1..=documentation.span()).filter_map(|offset| documentation.at(offset));
    let mut free = free.filter(|address| !taken.iter().any(|block| block.holds(*address)));
    free.nth(index).unwrap_or(IpAddr::from(STAND_IN))
}
