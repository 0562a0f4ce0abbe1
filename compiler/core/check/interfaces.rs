//! The interfaces of an endpoint: one a zone, each at an address that is free.

use super::Checker;
use super::endpoints::Named;
use super::nodes::kept;
use crate::model::{Id, Node, Start, Subnet};
use crate::net::{Block, Family, number};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The addresses that endpoints have, each with whose it is and where that is written.
pub(super) type Taken = BTreeMap<(Id<Subnet>, IpAddr), (EcoString, Span)>;

enum Problem {
    ZoneTwice { zone: EcoString, span: Span, first: Span, whole: bool },
    Outside { address: IpAddr, span: Span, blocks: Vec<Block> },
    Kept { address: IpAddr, span: Span, why: &'static str },
    Taken { address: IpAddr, span: Span, by: EcoString, first: Span },
}

impl Checker<'_> {
    /// An interface endpoint is in each zone once (EC2 API Reference, "CreateVpcEndpoint").
    pub(super) fn check_zones(&mut self, named: &Named) {
        let mut zones: BTreeMap<EcoString, (Id<Subnet>, Span)> = BTreeMap::new();
        for (id, span) in named {
            let zone = self.model.subnets[*id].zone.clone();
            if zone.is_empty() {
                continue;
            }
            if let Some((first_id, first)) = zones.get(&zone) {
                let (whole, first) = (first_id == id, *first);
                self.report(Problem::ZoneTwice { zone, span: *span, first, whole });
            } else {
                zones.insert(zone, (*id, *span));
            }
        }
    }

    /// Gives interfaces the address that a word names: a suffix stands for one in each subnet.
    pub(super) fn place_interfaces(
        &mut self,
        subnets: &mut [(Id<Subnet>, Option<IpAddr>)],
        word: &Word,
        name: &EcoString,
        taken: &mut Taken,
    ) {
        let blocks: Vec<Block> = subnets.iter().filter_map(|(id, _)| self.model.subnets[*id].block).collect();
        // Of a subnet without a block, or without any, is told already.
        if blocks.len() < subnets.len() || blocks.is_empty() {
            return;
        }
        let suffix = word.text.starts_with('.');
        let mut whole = None;
        for (id, at) in subnets.iter_mut() {
            let Some(block) = self.model.subnets[*id].block else { continue };
            let address = if suffix { self.start(word, *id) } else { whole.or_else(|| self.start(word, *id)) };
            let Some(address) = address else { return };
            whole = Some(address);
            if !suffix && !block.holds(address) {
                continue;
            }
            if let Err(problem) = self.interface_place(*id, block, address, word.span, taken) {
                return self.report(problem);
            }
            taken.insert((*id, address), (name.clone(), word.span));
            *at = Some(address);
            if !suffix {
                return;
            }
        }
        if let (Some(address), false) = (whole, suffix) {
            self.report(Problem::Outside { address, span: word.span, blocks });
        }
    }

    fn interface_place(
        &self,
        subnet: Id<Subnet>,
        block: Block,
        address: IpAddr,
        span: Span,
        taken: &Taken,
    ) -> Result<(), Problem> {
        if !block.holds(address) {
            return Err(Problem::Outside { address, span, blocks: vec![block] });
        }
        if let Some(why) = kept(number(address) - block.first_number(), block) {
            return Err(Problem::Kept { address, span, why });
        }
        if let Some((by, first)) = taken.get(&(subnet, address)) {
            return Err(Problem::Taken { address, span, by: by.clone(), first: *first });
        }
        let mut nodes = self.model.nodes.iter().filter(|(_, node)| node.subnet == Some(subnet));
        let holder = nodes.find_map(|(_, node)| Some((node, holds(node, address)?)));
        match holder {
            Some((node, first)) => Err(Problem::Taken { address, span, by: node.address.name().into(), first }),
            None => Ok(()),
        }
    }
}

/// Where the addresses of a node are written, if one of them is this.
fn holds(node: &Node, address: IpAddr) -> Option<Span> {
    let Start::At { address: start, span } = node.start else { return None };
    let behind = number(address).checked_sub(number(start))?;
    (Family::of(start) == Family::of(address) && behind < u128::from(node.count())).then_some(span)
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::ZoneTwice { zone, span, first, whole } => {
                let what =
                    if whole { "the same subnet twice".to_owned() } else { format!("two subnets of zone {zone}") };
                let diagnostic = Diagnostic::new(codes::BAD_ENDPOINT, format!("an endpoint in {what}"))
                    .primary(span, "an endpoint has one interface in a zone");
                let diagnostic = if first == span { diagnostic } else { diagnostic.secondary(first, "the first") };
                diagnostic.help("name one subnet a zone; the others of the network reach it there")
            }
            Problem::Outside { address, span, blocks } => {
                let blocks: Vec<String> = blocks.iter().map(Block::to_string).collect();
                Diagnostic::new(codes::NODE_OUTSIDE_SUBNET, format!("{address} is outside the endpoint's subnets"))
                    .primary(span, format!("not inside {}", blocks.join(", ")))
                    .help("write the last numbers alone, such as `.10`, for that address in each subnet")
            }
            Problem::Kept { address, span, why } => {
                Diagnostic::new(codes::RESERVED_ADDRESS, format!("EC2 keeps {address} for itself"))
                    .primary(span, why)
                    .help("EC2 keeps the first four addresses of a subnet and the last")
            }
            Problem::Taken { address, span, by, first } => {
                let diagnostic = Diagnostic::new(codes::ADDRESS_TAKEN, format!("{address} is taken twice"))
                    .primary(span, "the endpoint's interface would have it");
                let diagnostic =
                    if first == span { diagnostic } else { diagnostic.secondary(first, format!("`{by}` has it")) };
                diagnostic.help("take another address, or leave `at` out, and EC2 chooses")
            }
        }
    }
}
