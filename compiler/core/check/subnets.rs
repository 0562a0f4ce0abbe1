//! Subnets: inside their network, apart from each other, in a zone of the region.

use super::Checker;
use super::declare::{Declarations, Declared};
use super::zones::ByZone;
use crate::model::{Id, Network, Subnet, Tags};
use crate::net::{Block, Family, Gaps, overlaps};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word, Zones};
use ecow::{EcoString, eco_format};

/// The prefix lengths of a subnet's IPv4 block (EC2 API Reference, "CreateSubnet").
pub(super) const SIZES: std::ops::RangeInclusive<u8> = 16..=28;

enum Problem {
    Size {
        block: Block,
        span: Span,
        free: Option<Block>,
    },
    NotIpv4 {
        block: Block,
        span: Span,
    },
    Outside {
        name: EcoString,
        block: Block,
        span: Span,
        network: Block,
        network_span: Span,
        len: u8,
        free: Option<Block>,
    },
    Overlap {
        name: EcoString,
        block: Block,
        span: Span,
        other: EcoString,
        other_block: Block,
        other_span: Span,
        len: u8,
        free: Option<Block>,
    },
}

impl Checker<'_> {
    /// Builds the subnets, without their routes, and checks their blocks against each other.
    pub(super) fn subnets(&mut self, declared: &Declarations<'_>) {
        for subnet in &declared.subnets {
            self.enter(subnet.network);
            let family = self.subnet(subnet);
            self.made.subnets.push(family);
        }
        self.check_ipv6();
        let networks: Vec<Id<Network>> = self.model.networks.iter().map(|(id, _)| id).collect();
        let mut by_network: Vec<Vec<(Block, Id<Subnet>)>> = vec![Vec::new(); networks.len()];
        for (id, subnet) in self.model.subnets.iter() {
            by_network[subnet.network.index()].extend(subnet.block.map(|block| (block, id)));
        }
        for (network, blocks) in networks.into_iter().zip(by_network) {
            self.check_blocks(network, &blocks);
        }
    }

    fn subnet(&mut self, declared: &Declared<'_>) -> ByZone<Subnet> {
        let Statement::Subnet(statement) = &declared.item.statement else { return self.existing_subnet(declared) };
        let common = self.subnet_in_any_zone(declared, statement.block.span);
        match &statement.zones {
            Zones::Az(word) => {
                let zone = self.zone(declared.network, word).unwrap_or_default();
                let block = self.subnet_block(&statement.block);
                let id = self.model.subnets.push(Subnet { block, written: block, zone: zone.clone(), ..common });
                ByZone { members: vec![(zone, id)], zoned: false }
            }
            Zones::Across { zones, each } => {
                let (written, members) = self.zoned_blocks(declared.network, &statement.block, zones, each);
                let mut made = ByZone { members: Vec::new(), zoned: true };
                for (zone, block) in members {
                    let (address, name) = (common.address.index(&zone), eco_format!("{}[{zone}]", common.name));
                    let ipv6 = self.ipv6_in_zone(common.ipv6, &zone);
                    let subnet = Subnet { address, name, block, written, ipv6, zone: zone.clone(), ..common.clone() };
                    made.members.push((zone, self.model.subnets.push(subnet)));
                }
                made
            }
        }
    }

    /// A subnet without its zone and its block.
    fn subnet_in_any_zone(&mut self, declared: &Declared<'_>, block_span: Span) -> Subnet {
        let mut subnet = Subnet {
            address: self.model.networks[declared.network].address.member(&declared.name),
            name: declared.name.clone(),
            origin: declared.item.head,
            block_span,
            network: declared.network,
            block: None,
            written: None,
            zone: EcoString::new(),
            public: None,
            ipv6: None,
            existing: None,
            table: None,
            acl: None,
            tags: Tags::new(),
        };
        let mut seen = [None; 2];
        for item in declared.item.items() {
            self.subnet_line(&mut subnet, &mut seen, item);
        }
        subnet
    }

    fn subnet_line(&mut self, subnet: &mut Subnet, [public, ipv6]: &mut [Option<Span>; 2], item: &Item) {
        match &item.statement {
            Statement::Ipv6(place) if self.once(ipv6, item) => {
                subnet.ipv6 = self.ipv6_place(subnet.network, place.as_ref(), item.head);
            }
            Statement::Public if self.once(public, item) => subnet.public = Some(item.head),
            Statement::Tags(entries) => subnet.tags.extend(self.tags(entries)),
            Statement::Ipv6(_)
            | Statement::Public
            | Statement::Route { .. }
            | Statement::Routes { .. }
            | Statement::Propagate(_)
            | Statement::Acl { .. }
            | Statement::FlowLog { .. }
            | Statement::Keep => {}
            _ => self.misplaced(item),
        }
    }

    pub(super) fn subnet_block(&mut self, word: &Word) -> Option<Block> {
        let block = self.one_block(word)?;
        let span = word.span;
        if block.family() == Family::V6 {
            self.report(Problem::NotIpv4 { block, span });
            return None;
        }
        if !SIZES.contains(&block.prefix()) {
            let free = (block.prefix() > *SIZES.end()).then(|| Block::around(block.first(), *SIZES.end()));
            self.report(Problem::Size { block, span, free });
            return None;
        }
        Some(block)
    }

    fn check_blocks(&mut self, network: Id<Network>, blocks: &[(Block, Id<Subnet>)]) {
        let rooms: Vec<Block> = self.model.networks[network].blocks.iter().map(|(block, _)| *block).collect();
        let Some((room, room_span)) = self.model.networks[network].blocks.first().copied() else { return };
        // The places of zones that a subnet doesn't stand in are kept for it.
        let taken: Vec<Block> = blocks.iter().filter_map(|(_, id)| self.model.subnets[*id].written).collect();
        let mut gaps = Gaps::new(&rooms, &taken);
        let mut problems = Vec::new();
        for (block, id) in blocks {
            let subnet = &self.model.subnets[*id];
            if !rooms.iter().any(|room| room.contains(*block)) {
                let len = subnet.written.unwrap_or(*block).prefix();
                let free = gaps.take(len);
                problems.push(Problem::Outside {
                    len,
                    name: subnet.name.clone(),
                    block: *block,
                    span: subnet.block_span,
                    network: room,
                    network_span: room_span,
                    free,
                });
            }
        }
        for (first, second) in overlaps(blocks) {
            let (other, subnet) = (&self.model.subnets[first], &self.model.subnets[second]);
            let (Some(other_block), Some(block)) = (other.block, subnet.block) else { continue };
            if !rooms.iter().any(|room| room.contains(block)) {
                continue; // Told already: it is outside.
            }
            let len = subnet.written.unwrap_or(block).prefix();
            let free = gaps.take(len);
            problems.push(Problem::Overlap {
                len,
                name: subnet.name.clone(),
                block,
                span: subnet.block_span,
                other: other.name.clone(),
                other_block,
                other_span: other.block_span,
                free,
            });
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }
}

/// The help and the edit that put a free block in place of one that can't be had.
fn offer(diagnostic: Diagnostic, span: Span, free: Option<Block>, len: u8) -> Diagnostic {
    match free {
        Some(block) => diagnostic.help(format!("`{block}` is free")).fix(span, block.to_string()),
        None => diagnostic.help(format!("no /{len} is free in the network; make it smaller, or the network larger")),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Size { block, span, free } => {
                let diagnostic =
                    Diagnostic::new(codes::SUBNET_SIZE, format!("a subnet cannot be a /{}", block.prefix()))
                        .primary(span, format!("EC2 takes /{} to /{}", SIZES.start(), SIZES.end()));
                match free {
                    Some(block) => diagnostic.help(format!("write `{block}`")).fix(span, block.to_string()),
                    None => diagnostic,
                }
            }
            Problem::NotIpv4 { block, span } => {
                Diagnostic::new(codes::SUBNET_SIZE, format!("a subnet's own block is IPv4, not `{block}`"))
                    .primary(span, "expected an IPv4 block")
                    .help("for IPv6, write `ipv6 0` in its block, and `ipv6` in the network's")
            }
            Problem::Outside { name, block, span, network, network_span, len, free } => {
                let diagnostic = Diagnostic::new(
                    codes::SUBNET_OUTSIDE_NETWORK,
                    format!("the subnet `{name}` is outside its network"),
                )
                .primary(span, format!("{block} is not inside {network}"))
                .secondary(network_span, "the network's block");
                offer(diagnostic, span, free, len)
            }
            Problem::Overlap { name, block, span, other, other_block, other_span, len, free } => {
                let diagnostic =
                    Diagnostic::new(codes::CIDR_OVERLAP, format!("the subnets `{other}` and `{name}` overlap"))
                        .primary(
                            span,
                            if block == other_block {
                                format!("{block} is taken")
                            } else {
                                format!("{block} meets {other_block}")
                            },
                        )
                        .secondary(other_span, format!("taken by `{other}`"));
                offer(diagnostic, span, free, len)
            }
        }
    }
}
