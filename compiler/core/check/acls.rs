//! Network ACLs: their entries by number, and which subnets they are on.

use super::Checker;
use super::declare::{Declarations, Declared};
use super::defaults::DEFAULT;
use super::names::Symbol;
use crate::kinds::ENTRY_NUMBERS;
use crate::model::{Acl, AclEntry, Destination, Direction, Id, Network, Protocol, Traffic};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{self, Item, Statement, Word};
use ecow::EcoString;
use std::collections::BTreeSet;

enum Problem {
    Number { word: Word },
    Duplicate { direction: Direction, number: u16, span: Span, first: Span, free: Option<u16>, of_two: bool },
    NoNextNumber { word: Word },
    WrongWord { direction: Direction, span: Span },
    SeveralPorts { span: Span, ranges: Vec<Traffic> },
    SeveralBlocks { word: Word, blocks: Vec<Destination> },
    PrefixList { word: Word },
    IcmpFamily { protocol: Protocol, span: Span, block: Block },
    Hidden { number: u16, span: Span, by: String, first: Span, same: bool, free: Option<u16> },
    ForeignAcl { name: EcoString, span: Span, declared: Span },
}

impl Checker<'_> {
    /// Builds the network ACLs, and gives each subnet its own.
    pub(super) fn acls(&mut self, declared: &Declarations<'_>) {
        for declared in &declared.acls {
            self.enter(declared.network);
            let address = self.model.networks[declared.network].address.member(&declared.name);
            let acl = Acl::new(address, declared.item.head, declared.network);
            self.acl(acl, declared.item);
        }
        for (index, subnet) in declared.subnets.iter().enumerate() {
            self.enter(subnet.network);
            let acl = self.acl_of_subnet(subnet);
            for (_, id) in self.made.subnets[index].members.clone() {
                self.model.subnets[id].acl = acl;
            }
        }
    }

    /// Reads the block of an ACL, and takes it into the model.
    pub(super) fn acl(&mut self, mut acl: Acl, item: &Item) -> Id<Acl> {
        let mut whole = true;
        for item in item.items() {
            match &item.statement {
                Statement::AclEntry(line) => match self.acl_entries(acl.network, line, item.head).as_slice() {
                    [] => whole = false,
                    entries => entries.iter().for_each(|entry| self.add_entry(&mut acl, entry.clone(), &line.number)),
                },
                Statement::Tags(entries) => acl.tags.extend(self.tags(entries)),
                Statement::Keep => {}
                _ => {
                    whole = false;
                    self.misplaced(item);
                }
            }
        }
        let hidden: Vec<Problem> = acl.entries.iter().filter_map(|entry| hidden(&acl, entry)).collect();
        let id = self.model.acls.push(acl);
        // An entry that could not be made out may be the very one that lets the answers through.
        if whole && hidden.is_empty() {
            self.whole_acls.push(id);
        }
        self.problems.extend(hidden.into_iter().map(Diagnostic::from));
        id
    }

    fn add_entry(&mut self, acl: &mut Acl, entry: AclEntry, number: &Word) {
        let same = |other: &&AclEntry| (other.direction, other.number) == (entry.direction, entry.number);
        let Some(other) = acl.entries.iter().find(same) else {
            if self.fits_list(acl.entries.len() + 1, "entries in a network ACL", number.span) {
                acl.entries.push(entry);
            }
            return;
        };
        let (first, direction, span) = (other.origin, entry.direction, number.span);
        let of_two = entry.amazon.is_some() || other.amazon.is_some();
        let (number, free) = (entry.number, free_above(acl, direction, entry.number));
        self.report(Problem::Duplicate { direction, number, span, first, free, of_two });
    }

    /// The entries that a line stands for: one, and one more under the next number for the IPv6 block of what it names,
    /// if that has one.
    fn acl_entries(&mut self, network: Id<Network>, line: &syntax::AclEntry, origin: Span) -> Vec<AclEntry> {
        if !self.has_room_for(1, origin) {
            return Vec::new();
        }
        let direction = if line.direction.text == "egress" { Direction::Egress } else { Direction::Ingress };
        self.check_word(direction, line);
        let number = self.entry_number(&line.number);
        let traffic = self.entry_traffic(&line.traffic);
        let blocks = self.entry_blocks(network, &line.place);
        let (Some(number), Some(traffic), Some(first)) = (number, traffic, blocks.first()) else { return Vec::new() };
        let block = first.block().unwrap_or_else(|| Block::all(Family::V4));
        let fitting: Vec<&Destination> = blocks.iter().filter(|block| fits(traffic.protocol, block)).collect();
        if fitting.is_empty() {
            let protocol = traffic.protocol;
            self.report(Problem::IcmpFamily { protocol, span: line.traffic.protocol.span, block });
        }
        if fitting.len() > 1 && !ENTRY_NUMBERS.contains(&i64::from(number + 1)) {
            self.report(Problem::NoNextNumber { word: line.number.clone() });
            return Vec::new();
        }
        let entry = |(number, place): (u16, &Destination)| {
            let amazon = match place {
                Destination::Amazon(block) => Some(block.clone()),
                _ => None,
            };
            let (allow, block) = (line.verdict.text == "allow", place.block()?);
            Some(AclEntry { origin, number, allow, direction, traffic, block, amazon })
        };
        (number..).zip(fitting).filter_map(entry).collect()
    }

    /// What comes in comes from somewhere, and what goes out goes to somewhere.
    fn check_word(&mut self, direction: Direction, line: &syntax::AclEntry) {
        let between = Span { start: line.traffic.span().end, end: line.place.span.start, ..line.place.span };
        let text = self.sources.text(between);
        let word = text.trim();
        let span = Span { start: between.start + (text.len() - text.trim_start().len()) as u32, ..between };
        let span = Span { end: span.start + word.len() as u32, ..span };
        if matches!((direction, word), (Direction::Ingress, "to") | (Direction::Egress, "from")) {
            self.report(Problem::WrongWord { direction, span });
        }
    }

    fn entry_number(&mut self, word: &Word) -> Option<u16> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        let number = text.parse::<u16>().ok().filter(|number| ENTRY_NUMBERS.contains(&i64::from(*number)));
        self.accept(number.ok_or_else(|| Problem::Number { word: Word { text, span: word.span } }))
    }

    fn entry_traffic(&mut self, traffic: &syntax::Traffic) -> Option<Traffic> {
        match self.traffic(traffic).as_slice() {
            [one] => Some(*one),
            [] => None,
            several => {
                self.report(Problem::SeveralPorts { span: traffic.span(), ranges: several.to_vec() });
                None
            }
        }
    }

    /// The block that an entry is for, or the two of what has an IPv4 and an IPv6 block.
    fn entry_blocks(&mut self, network: Id<Network>, word: &Word) -> Vec<Destination> {
        if word.text == "any" {
            return vec![Destination::Block(Block::all(Family::V4))];
        }
        let found = self.addresses(network, word);
        let blocks: Vec<Destination> = found.iter().filter(|found| found.block().is_some()).cloned().collect();
        match blocks.as_slice() {
            [] if !found.is_empty() => self.report(Problem::PrefixList { word: word.clone() }),
            [] | [_] | [Destination::Block(_), Destination::Amazon(_)] => return blocks,
            _ => self.report(Problem::SeveralBlocks { word: word.clone(), blocks }),
        }
        Vec::new()
    }

    /// The ACL that a subnet names.
    fn acl_of_subnet(&mut self, subnet: &Declared<'_>) -> Option<Id<Acl>> {
        let (mut seen, mut acl) = (None, None);
        for item in subnet.item.items() {
            if let Statement::Acl { name, .. } = &item.statement
                && self.once(&mut seen, item)
            {
                // The default one is what a subnet uses anyway.
                acl = if name.text == DEFAULT { None } else { self.acl_named(subnet.network, name) };
            }
        }
        acl
    }

    fn acl_named(&mut self, network: Id<Network>, word: &Word) -> Option<Id<Acl>> {
        let id = self.resolve_as(Some(network), word, "a network ACL", |symbol| match symbol {
            Symbol::Acl(id) => Some(id),
            _ => None,
        })?;
        let acl = &self.model.acls[id];
        if acl.network == network {
            return Some(id);
        }
        let declared = acl.origin;
        self.report(Problem::ForeignAcl { name: word.text.clone(), span: word.span, declared });
        None
    }
}

fn fits(protocol: Protocol, place: &Destination) -> bool {
    let family = place.block().map(Block::family);
    match protocol {
        Protocol::Icmp => family == Some(Family::V4),
        Protocol::Icmpv6 => family == Some(Family::V6),
        _ => true,
    }
}

/// The first entry that decides all that another one speaks of before its turn comes.
fn hidden(acl: &Acl, entry: &AclEntry) -> Option<Problem> {
    let earlier = acl.entries.iter().filter(|other| other.number < entry.number && other.covers(entry));
    let by = earlier.min_by_key(|other| other.number)?;
    Some(Problem::Hidden {
        number: entry.number,
        span: entry.origin,
        by: by.to_string(),
        first: by.origin,
        same: by.allow == entry.allow,
        free: free_below(acl, entry.direction, by.number),
    })
}

fn taken(acl: &Acl, direction: Direction) -> BTreeSet<u16> {
    acl.entries.iter().filter(|entry| entry.direction == direction).map(|entry| entry.number).collect()
}

/// The next round number above one that no entry of a direction has.
pub(super) fn free_above(acl: &Acl, direction: Direction, number: u16) -> Option<u16> {
    let taken = taken(acl, direction);
    let free = |number: &u32| ENTRY_NUMBERS.contains(&i64::from(*number)) && !taken.contains(&(*number as u16));
    let next = (u32::from(number) / 10 + 1) * 10;
    let found = (next..).step_by(10).take(taken.len() + 1).find(free);
    found.or_else(|| (1..=32766).rev().find(free)).map(|number| number as u16)
}

/// The nearest number below one that no entry of a direction has, a round one if there is.
pub(super) fn free_below(acl: &Acl, direction: Direction, number: u16) -> Option<u16> {
    let taken = taken(acl, direction);
    let below = || (1..number).rev().filter(|number| !taken.contains(number));
    below().find(|number| number % 10 == 0).or_else(|| below().next())
}

fn list<T: std::fmt::Display>(things: &[T]) -> String {
    things.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Number { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no number of an entry", word.text))
                    .primary(word.span, format!("expected {} to {}", ENTRY_NUMBERS.start(), ENTRY_NUMBERS.end()))
            }
            Problem::Duplicate { direction, number, span, first, free, of_two } => {
                let title = format!("two {} entries with the number {number}", direction.word());
                let mut diagnostic = Diagnostic::new(codes::DUPLICATE_ENTRY, title)
                    .primary(span, "the number is taken")
                    .secondary(first, "by this entry");
                if of_two {
                    let why = "an entry for what has an IPv4 and an IPv6 block takes its own number and the next one";
                    diagnostic = diagnostic.note(why);
                }
                match free {
                    Some(free) => diagnostic.help(format!("`{free}` is free")).fix(span, free.to_string()),
                    None => diagnostic,
                }
            }
            Problem::NoNextNumber { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("the entry {} has no number for IPv6", word.text))
                    .primary(word.span, "what it names has an IPv6 block too, which takes the next number")
                    .help("give it a lower number")
            }
            Problem::WrongWord { direction, span } => {
                let (word, what) = match direction {
                    Direction::Ingress => ("from", "comes from somewhere"),
                    Direction::Egress => ("to", "goes to somewhere"),
                };
                Diagnostic::new(codes::SYNTAX, format!("an {} entry says `{word}`", direction.word()))
                    .primary(span, format!("{} {what}", direction.word()))
                    .help(format!("write `{word}`"))
                    .fix(span, word)
            }
            Problem::SeveralPorts { span, ranges } => {
                Diagnostic::new(codes::BAD_PORTS, "an entry of a network ACL takes one range of ports")
                    .primary(span, format!("these are {}", ranges.len()))
                    .help(format!("write an entry for each: {}", list(&ranges)))
            }
            Problem::SeveralBlocks { word, blocks } => Diagnostic::new(
                codes::BAD_VALUE,
                format!("`{}` is {} blocks, and an entry takes one", word.text, blocks.len()),
            )
            .primary(word.span, format!("stands for {}", list(&blocks)))
            .help("write an entry for each block"),
            Problem::PrefixList { word } => {
                Diagnostic::new(codes::BAD_VALUE, "an entry of a network ACL takes no prefix list")
                    .primary(word.span, "EC2 takes one block here")
                    .help("write the blocks that you mean, each in an entry of its own")
            }
            Problem::IcmpFamily { protocol, span, block } => {
                let (other, of) = match protocol {
                    Protocol::Icmp => ("icmpv6", "IPv4"),
                    _ => ("icmp", "IPv6"),
                };
                Diagnostic::new(codes::UNKNOWN_PROTOCOL, format!("`{protocol}` does not go with {block}"))
                    .primary(span, format!("is part of {of}"))
                    .help(format!("write `{other}`"))
                    .fix(span, other)
            }
            Problem::Hidden { number, span, by, first, same, free } => {
                let diagnostic = Diagnostic::new(codes::HIDDEN_ENTRY, format!("entry {number} never decides anything"))
                    .primary(span, "comes too late")
                    .secondary(first, format!("`{by}` decides all of it before"));
                match free {
                    _ if same => diagnostic.help("take it out"),
                    Some(free) => diagnostic.help(format!("give it a lower number; {free} is free")),
                    None => diagnostic.help("give the other entry a higher number"),
                }
            }
            Problem::ForeignAcl { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_ACL, format!("the ACL `{name}` belongs to another network"))
                    .primary(span, "subnets use the ACLs of their own network")
                    .secondary(declared, "declared here")
                    .help("declare an ACL in this network")
            }
        }
    }
}
