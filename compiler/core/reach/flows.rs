//! Sets of packets in words: which traffic, and of those outside which addresses, each set in one way only.

use super::packets::{Cell, Field, Packets, Range};
use super::walk::not_public;
use crate::model::{Protocol, Traffic};
use crate::net::{Block, Family};
use std::net::IpAddr;

/// Traffic that passes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// What.
    pub traffic: Passing,
    /// From or to which addresses outside, sorted; none between interfaces. The whole internet is 0.0.0.0/0, or ::/0.
    pub outside: Vec<Block>,
}

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passing {
    /// This.
    Traffic(Traffic),
    /// Every protocol but tcp, udp and ICMP.
    OtherProtocols,
}

impl std::fmt::Display for Passing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Passing::Traffic(traffic) => traffic.fmt(f),
            Passing::OtherProtocols => f.write_str("other protocols"),
        }
    }
}

/// Protocols that are told apart by ports, or types: tcp, udp, icmp, icmpv6.
const WITH_PORTS: [(u128, Protocol); 4] =
    [(6, Protocol::Tcp), (17, Protocol::Udp), (1, Protocol::Icmp), (58, Protocol::Icmpv6)];

/// All ports that a protocol without ports is taken to have.
const NO_PORT: Range = (0, 0);

/// What a stretch of protocols or ports is open to: ranges of addresses by family.
type Open = Vec<(Family, Range)>;

/// What packets there are, whatever ports they come from; `outside` is the field of the addresses that are told apart, and
/// `apart` what makes no difference to what counts as the whole internet: services' addresses, the networks' own blocks.
pub(super) fn flows(packets: &Packets, outside: Option<Field>, apart: &[Block]) -> Vec<Flow> {
    let mut flows = Vec::new();
    for (number, protocol) in WITH_PORTS {
        let cells: Vec<Cell> =
            packets.cells().iter().filter(|cell| holds(cell.range(Field::Protocol), number)).copied().collect();
        for (ports, open) in stretches(&cells, Field::DestinationPort, outside) {
            flows.extend(
                in_words(protocol, ports)
                    .into_iter()
                    .map(|traffic| Flow { traffic: Passing::Traffic(traffic), outside: blocks(&open, apart) }),
            );
        }
    }
    flows.extend(others(packets, outside, apart));
    folded(flows)
}

fn holds((first, last): Range, number: u128) -> bool {
    (first..=last).contains(&number)
}

/// The protocols without ports.
fn others(packets: &Packets, outside: Option<Field>, apart: &[Block]) -> Vec<Flow> {
    let mut rest = packets.clone();
    for (number, _) in WITH_PORTS {
        for family in [Family::V4, Family::V6] {
            rest.take(&Cell::all(family).with(Field::Protocol, (number, number)));
        }
    }
    let parts = stretches(rest.cells(), Field::Protocol, outside);
    let numbers =
        |(first, last): Range| (first..=last).filter(|number| WITH_PORTS.iter().all(|(other, _)| other != number));
    if let Some((_, open)) = parts.first().filter(|(_, open)| parts.iter().all(|(_, other)| other == open))
        && parts.iter().map(|(range, _)| numbers(*range).count()).sum::<usize>() == 256 - WITH_PORTS.len()
    {
        return vec![Flow { traffic: Passing::OtherProtocols, outside: blocks(open, apart) }];
    }
    let one = |number: u128, open: &Open| {
        let traffic = Traffic { protocol: Protocol::Number(number as u8), ports: None };
        Flow { traffic: Passing::Traffic(traffic), outside: blocks(open, apart) }
    };
    parts.iter().flat_map(|(range, open)| numbers(*range).map(|number| one(number, open))).collect()
}

/// Parts the values of a field where what they are open to changes.
fn stretches(cells: &[Cell], field: Field, outside: Option<Field>) -> Vec<(Range, Open)> {
    let mut starts: Vec<u128> =
        cells.iter().map(|cell| cell.range(field)).flat_map(|(first, last)| [first, last + 1]).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut stretches: Vec<(Range, Open)> = Vec::new();
    for (start, end) in starts.iter().zip(starts.iter().skip(1)) {
        let open = open_at(cells, field, *start, outside);
        match stretches.last_mut() {
            Some(((_, last), before)) if *last + 1 == *start && *before == open => *last = end - 1,
            _ if open.is_empty() => {}
            _ => stretches.push(((*start, end - 1), open)),
        }
    }
    stretches
}

fn open_at(cells: &[Cell], field: Field, value: u128, outside: Option<Field>) -> Open {
    let here = cells.iter().filter(|cell| holds(cell.range(field), value));
    let range = |cell: &Cell| (cell.family(), outside.map_or((0, 0), |outside| cell.range(outside)));
    let mut ranges: Open = here.map(range).collect();
    ranges.sort_unstable();
    let mut merged: Open = Vec::new();
    for (family, (first, last)) in ranges {
        match merged.last_mut() {
            Some((of, (_, end))) if *of == family && first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((family, (first, last))),
        }
    }
    if outside.is_none() { merged.into_iter().take(1).map(|(_, range)| (Family::V4, range)).collect() } else { merged }
}

/// Traffic of a protocol: ports as one range; ICMP types one by one, if there are not all of them.
fn in_words(protocol: Protocol, (first, last): Range) -> Vec<Traffic> {
    let traffic = |ports: (u128, u128)| Traffic { protocol, ports: Some((ports.0 as i32, ports.1 as i32)) };
    if matches!(protocol, Protocol::Tcp | Protocol::Udp) {
        return vec![traffic((first, last))];
    }
    if (first, last) == (0, 65535) {
        return vec![Traffic { protocol, ports: Some((-1, -1)) }];
    }
    let of_type = |kind: u128| {
        let codes = (first.max(kind * 256) % 256, last.min(kind * 256 + 255) % 256);
        match codes {
            (0, 255) => vec![Traffic { protocol, ports: Some((kind as i32, -1)) }],
            (from, to) => (from..=to).map(|code| traffic((kind, code))).collect(),
        }
    };
    (first / 256..=last / 256).flat_map(of_type).collect()
}

/// Everything as one, where everything passes alike.
fn folded(mut flows: Vec<Flow>) -> Vec<Flow> {
    flows.sort();
    let Some(outside) = flows.first().map(|flow| flow.outside.clone()) else { return flows };
    let whole = |protocol: Protocol, ports| {
        let traffic = Passing::Traffic(Traffic { protocol, ports });
        flows.iter().any(|flow| flow.traffic == traffic)
    };
    let all = whole(Protocol::Tcp, Some((0, 65535)))
        && whole(Protocol::Udp, Some((0, 65535)))
        && (whole(Protocol::Icmp, Some((-1, -1))) || whole(Protocol::Icmpv6, Some((-1, -1))))
        && flows.iter().any(|flow| flow.traffic == Passing::OtherProtocols)
        && flows.iter().all(|flow| flow.outside == outside);
    if all {
        return vec![Flow { traffic: Passing::Traffic(Traffic { protocol: Protocol::All, ports: None }), outside }];
    }
    flows
}

fn blocks(open: &Open, apart: &[Block]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for family in [Family::V4, Family::V6] {
        let ranges: Vec<Range> = open.iter().filter(|(of, _)| *of == family).map(|(_, range)| *range).collect();
        match is_internet(family, &ranges, apart) {
            true => blocks.push(Block::all(family)),
            false => blocks.extend(ranges.iter().flat_map(|range| covering(family, *range))),
        }
    }
    if open.len() == 1 && open.iter().all(|(_, range)| *range == NO_PORT) {
        return Vec::new();
    }
    blocks
}

/// Whether ranges leave out no public address.
fn is_internet(family: Family, ranges: &[Range], apart: &[Block]) -> bool {
    if ranges.is_empty() {
        return false;
    }
    let mut rest = Packets::of(Cell::of_block(Field::Source, internet_block(family)));
    for block in not_public().into_iter().chain(apart.iter().copied()) {
        rest.take(&Cell::of_block(Field::Source, block));
    }
    for range in ranges {
        rest.take(&Cell::all(family).with(Field::Source, *range));
    }
    rest.is_empty()
}

/// The block that all public addresses of a family are in.
pub(super) fn internet_block(family: Family) -> Block {
    match family {
        Family::V4 => Block::all(Family::V4),
        Family::V6 => Block::around(IpAddr::from([0x2000u16, 0, 0, 0, 0, 0, 0, 0]), 3),
    }
}

/// The fewest blocks that make up a range.
pub(super) fn covering(family: Family, (mut first, last): Range) -> Vec<Block> {
    let mut blocks = Vec::new();
    loop {
        let fits = |len: &u8| {
            let block = Block::around(family.address(first), *len);
            block.first_number() == first && block.last_number() <= last
        };
        let Some(len) = (0..=family.bits()).find(fits) else { return blocks };
        let block = Block::around(family.address(first), len);
        blocks.push(block);
        match block.last_number().checked_add(1) {
            Some(next) if next <= last => first = next,
            _ => return blocks,
        }
    }
}
