//! IPv6 blocks of subnets: the places of their /64s in the network's /56.

use super::Checker;
use super::across::place;
use crate::kinds::ipv6_block;
use crate::model::{AmazonBlock, Destination, Id, Network, Subnet};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

enum Problem {
    NoPlace { span: Span },
    NetworkWithoutIpv6 { span: Span, network: Span },
    PlaceTooHigh { span: Span, place: u32 },
    PlaceTaken { place: u8, span: Span, other: EcoString, first: Span },
}

impl Checker<'_> {
    /// Which /64 of the network's /56 a subnet has.
    pub(super) fn ipv6_place(&mut self, network: Id<Network>, word: Option<&Word>, span: Span) -> Option<(u8, Span)> {
        let Some(word) = word else {
            self.report(Problem::NoPlace { span });
            return None;
        };
        if self.model.networks[network].ipv6.is_none() {
            let network = self.model.networks[network].origin;
            self.report(Problem::NetworkWithoutIpv6 { span, network });
            return None;
        }
        let place: u32 = self.number(word)?;
        let place = u8::try_from(place).map_err(|_| Problem::PlaceTooHigh { span: word.span, place });
        self.accept(place).map(|place| (place, word.span))
    }

    /// The subnet of one of its zones: that of zone `a` has the /64 that is written, that of `b` the next.
    pub(super) fn ipv6_in_zone(&mut self, ipv6: Option<(u8, Span)>, zone: &str) -> Option<(u8, Span)> {
        let (first, span) = ipv6?;
        let place_of_zone = place(zone) as u32 + u32::from(first);
        let place = u8::try_from(place_of_zone).map_err(|_| Problem::PlaceTooHigh { span, place: place_of_zone });
        self.accept(place).map(|place| (place, span))
    }

    /// The IPv6 block of a network, or one of its /64s; `None` if it has none.
    pub(super) fn amazon_block(&self, network: Id<Network>, place: Option<u8>) -> Option<Destination> {
        let whose = &self.model.networks[network];
        let address = whose.ipv6.map(|_| ipv6_block(&whose.address, place))?;
        Some(Destination::Amazon(AmazonBlock { network, place, address }))
    }

    /// The blocks of a network, IPv4 ones first.
    pub(super) fn blocks_of_network(&self, id: Id<Network>) -> Vec<Destination> {
        let blocks = self.model.networks[id].blocks.iter().map(|(block, _)| Destination::Block(*block));
        blocks.chain(self.amazon_block(id, None)).collect()
    }

    /// The blocks of a subnet, the IPv4 one first.
    pub(super) fn blocks_of_subnet(&self, id: Id<Subnet>) -> Vec<Destination> {
        let subnet = &self.model.subnets[id];
        let ipv6 = subnet.ipv6.and_then(|(place, _)| self.amazon_block(subnet.network, Some(place)));
        subnet.block.map(Destination::Block).into_iter().chain(ipv6).collect()
    }

    /// No two subnets have the same /64.
    pub(super) fn check_ipv6(&mut self) {
        let mut taken: BTreeMap<(Id<Network>, u8), Id<Subnet>> = BTreeMap::new();
        let mut problems: Vec<Problem> = Vec::new();
        for (id, subnet) in self.model.subnets.iter() {
            let Some((place, span)) = subnet.ipv6 else { continue };
            match taken.entry((subnet.network, place)) {
                Entry::Vacant(entry) => drop(entry.insert(id)),
                Entry::Occupied(entry) => {
                    let other = &self.model.subnets[*entry.get()];
                    let first = other.ipv6.map_or(other.origin, |(_, span)| span);
                    problems.push(Problem::PlaceTaken { place, span, other: other.name.clone(), first });
                }
            }
        }
        problems.into_iter().for_each(|problem| self.report(problem));
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NoPlace { span } => Diagnostic::new(codes::IPV6, "which IPv6 block the subnet has is not told")
                .primary(span.after(), "expected a number from 0 to 255")
                .help("write `ipv6 0` for the first /64 of the network's /56, `ipv6 1` for the next"),
            Problem::NetworkWithoutIpv6 { span, network } => {
                Diagnostic::new(codes::IPV6, "the network has no IPv6 block")
                    .primary(span, "a /64 of which block?")
                    .secondary(network, "this network has IPv4 only")
                    .help("add a line `ipv6` to the network")
            }
            Problem::PlaceTooHigh { span, place } => {
                Diagnostic::new(codes::IPV6, format!("a /56 has no /64 number {place}"))
                    .primary(span, "they are counted from 0 to 255")
            }
            Problem::PlaceTaken { place, span, other, first } => {
                Diagnostic::new(codes::IPV6, format!("the /64 number {place} is taken twice"))
                    .primary(span, "a second time")
                    .secondary(first, format!("taken by `{other}`"))
            }
        }
    }
}
