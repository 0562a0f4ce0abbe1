//! Subnets: inside their network, apart from each other, in a zone of the region.

use super::{
    Checker, catalogue,
    names::{Declarations, Declared},
};
use crate::model::{Id, Network, Subnet, Tags};
use crate::net::{Block, Family, next_free, overlaps};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{self, Statement, Word, Zones};
use ecow::EcoString;

/// The prefix lengths of a subnet's IPv4 block (EC2 API Reference, "CreateSubnet").
const SIZES: std::ops::RangeInclusive<u8> = 16..=28;

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
        free: Option<Block>,
    },
    Overlap {
        name: EcoString,
        block: Block,
        span: Span,
        other: EcoString,
        other_block: Block,
        other_span: Span,
        free: Option<Block>,
    },
    Zone {
        word: Word,
        region: Option<EcoString>,
        zones: &'static str,
    },
    WholeZone {
        word: Word,
        letter: String,
    },
}

impl Checker<'_> {
    /// Builds the subnets, without their routes, and checks their blocks against each other.
    pub(super) fn subnets(&mut self, declared: &Declarations<'_>) {
        for subnet in &declared.subnets {
            let subnet = self.subnet(subnet);
            self.model.subnets.push(subnet);
        }
        let networks: Vec<Id<Network>> = self.model.networks.iter().map(|(id, _)| id).collect();
        let mut by_network: Vec<Vec<(Block, Id<Subnet>)>> = vec![Vec::new(); networks.len()];
        for (id, subnet) in self.model.subnets.iter() {
            by_network[subnet.network.index()].extend(subnet.block.map(|block| (block, id)));
        }
        for (network, blocks) in networks.into_iter().zip(by_network) {
            self.check_blocks(network, &blocks);
        }
    }

    fn subnet(&mut self, declared: &Declared<'_, syntax::Subnet>) -> Subnet {
        let statement = declared.statement;
        let mut subnet = Subnet {
            address: self.model.networks[declared.network].address.member(&declared.name),
            name: declared.name.clone(),
            origin: declared.item.head,
            block_span: statement.block.span,
            network: declared.network,
            block: self.subnet_block(&statement.block),
            zone: EcoString::new(),
            public: None,
            table: None,
            tags: Tags::new(),
        };
        if let Zones::Az(word) = &statement.zones {
            subnet.zone = self.zone(declared.network, word).unwrap_or_default();
        }
        let mut public = None;
        for item in declared.item.items() {
            match &item.statement {
                Statement::Public if self.once(&mut public, item) => subnet.public = Some(item.head),
                Statement::Tags(entries) => subnet.tags.extend(self.tags(entries)),
                Statement::Public | Statement::Route { .. } | Statement::Routes { .. } => {}
                _ => self.not_built(item),
            }
        }
        subnet
    }

    fn subnet_block(&mut self, word: &Word) -> Option<Block> {
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

    fn zone(&mut self, network: Id<Network>, word: &Word) -> Option<EcoString> {
        let zone = self.fill(word).filter(|zone| !zone.is_empty())?;
        let region = self.model.networks[network].region.clone().or_else(|| self.model.region.clone());
        let zones = region.as_deref().map_or(Some("abcdef"), catalogue::zones).unwrap_or("abcdef");
        let word = Word { text: zone.clone(), span: word.span };
        if zone.len() == 1 && zones.contains(zone.as_str()) {
            return Some(zone);
        }
        let letter = zone.chars().last().filter(|letter| zone.contains('-') && zones.contains(*letter));
        self.report(match letter {
            Some(letter) => Problem::WholeZone { word, letter: letter.to_string() },
            None => Problem::Zone { word, region, zones },
        });
        None
    }

    fn check_blocks(&mut self, network: Id<Network>, blocks: &[(Block, Id<Subnet>)]) {
        let rooms: Vec<Block> = self.model.networks[network].blocks.iter().map(|(block, _)| *block).collect();
        let Some((room, room_span)) = self.model.networks[network].blocks.first().copied() else { return };
        let mut taken: Vec<Block> = blocks.iter().map(|(block, _)| *block).collect();
        let mut problems = Vec::new();
        for (block, id) in blocks {
            let subnet = &self.model.subnets[*id];
            if !rooms.iter().any(|room| room.contains(*block)) {
                let free = next_free(&rooms, &taken, block.prefix());
                taken.extend(free);
                problems.push(Problem::Outside {
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
            let free = next_free(&rooms, &taken, block.prefix());
            taken.extend(free);
            problems.push(Problem::Overlap {
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
            }
            Problem::Outside { name, block, span, network, network_span, free } => {
                let diagnostic = Diagnostic::new(
                    codes::SUBNET_OUTSIDE_NETWORK,
                    format!("the subnet `{name}` is outside its network"),
                )
                .primary(span, format!("{block} is not inside {network}"))
                .secondary(network_span, "the network's block");
                offer(diagnostic, span, free, block.prefix())
            }
            Problem::Overlap { name, block, span, other, other_block, other_span, free } => {
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
                offer(diagnostic, span, free, block.prefix())
            }
            Problem::Zone { word, region, zones } => {
                let letters: Vec<String> = zones.chars().map(String::from).collect();
                let place = region.map_or("a region".to_owned(), |region| format!("`{region}`"));
                Diagnostic::new(codes::UNKNOWN_ZONE, format!("{place} has no zone `{}`", word.text))
                    .primary(word.span, "expected the letter of a zone")
                    .help(format!("its zones are {}", letters.join(", ")))
            }
            Problem::WholeZone { word, letter } => Diagnostic::new(
                codes::UNKNOWN_ZONE,
                format!("a zone is written by its letter alone, not `{}`", word.text),
            )
            .primary(word.span, "the region is known already")
            .help(format!("write `az {letter}`"))
            .fix(word.span, letter),
        }
    }
}
