//! Exact sets of packets: what can be said of them, and what follows.
//!
//! A set is a union of cells, and a cell is what lies within a range of each of five fields: addresses of one family, the
//! protocol, the ports. An ICMP type and code are one number in the place of the destination port.

use super::query::Packet;
use crate::model::{Protocol, Traffic};
use crate::net::{Block, Family, number};
use std::net::IpAddr;

/// A range of numbers, ends included.
pub(super) type Range = (u128, u128);

/// All ports.
pub(super) const PORTS: Range = (0, 65535);

/// What is told apart in packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Source,
    Destination,
    Protocol,
    SourcePort,
    DestinationPort,
}

/// The packets of one family within a range of each field, in the order of [`Field`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    family: Family,
    ranges: [Range; 5],
}

/// A set of packets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packets {
    cells: Vec<Cell>,
}

/// The ICMP types that are questions, with the types of their answers.
const QUESTIONS: [(Family, u128, u128); 5] =
    [(Family::V4, 8, 0), (Family::V4, 13, 14), (Family::V4, 15, 16), (Family::V4, 17, 18), (Family::V6, 128, 129)];

impl Cell {
    /// All packets of a family.
    pub(super) fn all(family: Family) -> Cell {
        let last = Block::all(family).last_number();
        Cell { family, ranges: [(0, last), (0, last), (0, 255), PORTS, PORTS] }
    }

    /// This with another range of a field.
    pub(super) fn with(mut self, field: Field, range: Range) -> Cell {
        self.ranges[field as usize] = range;
        self
    }

    /// Which family its packets are of.
    pub(super) fn family(&self) -> Family {
        self.family
    }

    /// All packets from or to a block.
    pub(super) fn of_block(field: Field, block: Block) -> Cell {
        Cell::all(block.family()).with(field, (block.first_number(), block.last_number()))
    }

    /// All packets that some traffic stands for in a family; `None` if it stands for none.
    pub(super) fn of_traffic(traffic: &Traffic, family: Family) -> Option<Cell> {
        let (protocol, ports) = meaning(traffic, family)?;
        Some(Cell::all(family).with(Field::Protocol, protocol).with(Field::DestinationPort, ports))
    }

    /// What two cells share.
    pub(super) fn and(&self, other: &Cell) -> Option<Cell> {
        let mut common = *self;
        for (range, (first, last)) in common.ranges.iter_mut().zip(other.ranges) {
            *range = (range.0.max(first), range.1.min(last));
            if range.0 > range.1 {
                return None;
            }
        }
        (self.family == other.family).then_some(common)
    }

    /// What is in this and not in `part`, which is inside it.
    fn without(mut self, part: &Cell, rest: &mut Vec<Cell>) {
        for index in 0..self.ranges.len() {
            let ((first, last), (from, to)) = (self.ranges[index], part.ranges[index]);
            let mut piece = |range| {
                let mut piece = self;
                piece.ranges[index] = range;
                rest.push(piece);
            };
            if first < from {
                piece((first, from - 1));
            }
            if to < last {
                piece((to + 1, last));
            }
            self.ranges[index] = (from, to);
        }
    }

    /// The range of a field.
    pub(super) fn range(&self, field: Field) -> Range {
        self.ranges[field as usize]
    }

    fn turned(mut self) -> Cell {
        self.ranges.swap(Field::Source as usize, Field::Destination as usize);
        self
    }
}

/// The protocols and ports that some traffic stands for. A code without a type, and ports of protocols that have none,
/// stand for nothing; ICMP is of one family.
fn meaning(traffic: &Traffic, family: Family) -> Option<(Range, Range)> {
    let one = |protocol: u128| (protocol, protocol);
    match (traffic.protocol, traffic.ports) {
        (Protocol::All, _) => Some(((0, 255), PORTS)),
        (Protocol::Tcp | Protocol::Number(6), ports) => Some((one(6), open(ports)?)),
        (Protocol::Udp | Protocol::Number(17), ports) => Some((one(17), open(ports)?)),
        (Protocol::Icmp | Protocol::Number(1), ports) => {
            (family == Family::V4).then_some(())?;
            Some((one(1), icmp(ports)?))
        }
        (Protocol::Icmpv6 | Protocol::Number(58), ports) => {
            (family == Family::V6).then_some(())?;
            Some((one(58), icmp(ports)?))
        }
        (Protocol::Number(other), None | Some((-1, -1))) => Some((one(other.into()), PORTS)),
        (Protocol::Number(_), Some(_)) => None,
    }
}

fn open(ports: Option<(i32, i32)>) -> Option<Range> {
    let (first, last) = ports.unwrap_or((-1, -1));
    let last = if last < 0 { 65535 } else { last.min(65535) };
    let range = (first.max(0) as u128, last as u128);
    (range.0 <= range.1).then_some(range)
}

fn icmp(ports: Option<(i32, i32)>) -> Option<Range> {
    match ports.unwrap_or((-1, -1)) {
        (-1, -1) => Some(PORTS),
        (kind @ 0..=255, -1) => Some((kind as u128 * 256, kind as u128 * 256 + 255)),
        (kind @ 0..=255, code @ 0..=255) => {
            Some((kind as u128 * 256 + code as u128, kind as u128 * 256 + code as u128))
        }
        _ => None,
    }
}

impl Packets {
    /// The packets of a cell.
    pub(super) fn of(cell: Cell) -> Packets {
        Packets { cells: vec![cell] }
    }

    /// One packet.
    pub(super) fn one(packet: &Packet) -> Packets {
        let point = |value: u128| (value, value);
        let ranges = [
            point(number(packet.source)),
            point(number(packet.destination)),
            point(packet.protocol.into()),
            point(packet.source_port.into()),
            point(packet.destination_port.into()),
        ];
        Packets::of(Cell { family: Family::of(packet.source), ranges })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Its cells.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Takes in one more cell.
    pub(super) fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
    }

    /// Takes in the packets of another set.
    pub(super) fn add(&mut self, other: Packets) {
        if self.cells.is_empty() {
            self.cells = other.cells;
        } else {
            self.cells.extend(other.cells);
        }
    }

    /// Takes out what is in a cell, and gives it.
    pub(super) fn take(&mut self, cell: &Cell) -> Packets {
        if let [own] = self.cells.as_slice()
            && own.and(cell).is_some_and(|common| common == *own)
        {
            return std::mem::take(self);
        }
        let mut taken = Packets::default();
        if self.cells.iter().all(|own| own.and(cell).is_none()) {
            return taken;
        }
        for own in std::mem::take(&mut self.cells) {
            match own.and(cell) {
                Some(common) => {
                    taken.cells.push(common);
                    own.without(&common, &mut self.cells);
                }
                None => self.cells.push(own),
            }
        }
        taken
    }

    /// What is in a cell too.
    pub(super) fn within(&self, cell: &Cell) -> Packets {
        Packets { cells: self.cells.iter().filter_map(|own| own.and(cell)).collect() }
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Packets) -> Packets {
        let common = |own: &Cell| -> Vec<Cell> { other.cells.iter().filter_map(|cell| own.and(cell)).collect() };
        Packets { cells: self.cells.iter().flat_map(common).collect() }
    }

    /// What is in this and not in the other.
    pub(super) fn minus(mut self, other: &Packets) -> Packets {
        for cell in &other.cells {
            if self.is_empty() {
                break;
            }
            self.take(cell);
        }
        self
    }

    /// These with another range of a field in all of them.
    pub(super) fn with(mut self, field: Field, range: Range) -> Packets {
        for cell in &mut self.cells {
            *cell = cell.with(field, range);
        }
        self
    }

    /// These from or to one address.
    pub(super) fn with_address(self, field: Field, address: IpAddr) -> Packets {
        self.with(field, (number(address), number(address)))
    }

    /// These as if all were of one family, for those whose addresses are not told apart.
    pub(super) fn of_no_family(mut self) -> Packets {
        for cell in &mut self.cells {
            cell.family = Family::V4;
        }
        self
    }

    /// These with their sources as destinations, and the other way round.
    pub(super) fn mirrored(&self) -> Packets {
        Packets { cells: self.cells.iter().map(|cell| cell.turned()).collect() }
    }

    /// The answers that these await, and those of them that await none: of ICMP only questions do.
    pub(super) fn answers(&self) -> (Packets, Packets) {
        let mut rest = self.clone();
        let mut answers = Packets::default();
        for (family, question, answer) in QUESTIONS {
            let asked = rest.take(&icmp_cell(family, question));
            answers.add(retyped(asked, answer));
        }
        let silent = rest.take_icmp();
        answers.cells.extend(rest.cells.into_iter().map(swapped));
        (answers, silent)
    }

    /// What these are answers to.
    pub(super) fn questions(mut self) -> Packets {
        let mut questions = Packets::default();
        for (family, question, answer) in QUESTIONS {
            let answers = self.take(&icmp_cell(family, answer));
            questions.add(retyped(answers, question));
        }
        questions.cells.extend(self.cells.into_iter().map(swapped));
        questions
    }

    fn take_icmp(&mut self) -> Packets {
        let mut taken = self.take(&Cell::all(Family::V4).with(Field::Protocol, (1, 1)));
        taken.add(self.take(&Cell::all(Family::V6).with(Field::Protocol, (58, 58))));
        taken
    }

    /// One of them, if there are any: the first in each field, but for a port that a client would choose.
    pub(super) fn witness(&self) -> Option<Packet> {
        let cell = self.cells.first()?;
        let address = |field| cell.family.address(cell.range(field).0);
        let (first, last) = cell.range(Field::SourcePort);
        let source_port = if (first..=last).contains(&CHOSEN) { CHOSEN } else { first };
        Some(Packet {
            source: address(Field::Source),
            destination: address(Field::Destination),
            protocol: cell.range(Field::Protocol).0 as u8,
            source_port: source_port as u16,
            destination_port: cell.range(Field::DestinationPort).0 as u16,
        })
    }
}

/// A source port as every system chooses them.
const CHOSEN: u128 = 49152;

fn icmp_cell(family: Family, kind: u128) -> Cell {
    let protocol = if family == Family::V4 { 1 } else { 58 };
    let codes = (kind * 256, kind * 256 + 255);
    Cell::all(family).with(Field::Protocol, (protocol, protocol)).with(Field::DestinationPort, codes)
}

/// ICMP packets the other way, of another type.
fn retyped(packets: Packets, kind: u128) -> Packets {
    let retyped = |cell: Cell| {
        let (first, last) = cell.range(Field::DestinationPort);
        cell.turned().with(Field::DestinationPort, (kind * 256 + first % 256, kind * 256 + last % 256))
    };
    Packets { cells: packets.cells.into_iter().map(retyped).collect() }
}

fn swapped(cell: Cell) -> Cell {
    let mut cell = cell.turned();
    cell.ranges.swap(Field::SourcePort as usize, Field::DestinationPort as usize);
    cell
}
