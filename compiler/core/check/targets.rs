//! What a route leads to: a gateway, a peer, a node that forwards.

use super::Checker;
use super::names::Symbol;
use crate::model::{Id, Network, Node, RouteTarget};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;

enum Problem {
    ForeignGateway { name: EcoString, span: Span, declared: Span },
    NoSide { name: EcoString, span: Span, declared: Span },
    WhichNode { word: Word, first: u32, last: u32 },
    NoNode { word: Word, first: u32, last: u32 },
}

impl Checker<'_> {
    /// What a word behind `via` leads to, from a table of a zone or of none.
    pub(super) fn route_target(
        &mut self,
        network: Id<Network>,
        zone: Option<&str>,
        word: &Word,
    ) -> Option<RouteTarget> {
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

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::ForeignGateway { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{name}` belongs to another network"))
                    .primary(span, "a route leads to a gateway or a node of its own network, or to a peer")
                    .secondary(declared, "declared here")
                    .help("give this network a gateway of its own: `gateway igw internet`")
            }
            Problem::NoSide { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{name}` does not join this network to another"))
                    .primary(span, "a peering leads from one of its two networks to the other")
                    .secondary(declared, "declared here")
                    .help("peer the networks that are meant: `peer NAME one, other`; peerings are not passed on")
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
