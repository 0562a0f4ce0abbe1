//! Peering: between networks that share no address, and routed from both sides.

use super::Checker;
use super::declare::{Declarations, DeclaredAtTop};
use super::names::Symbol;
use crate::model::{Id, Network, Peer, PeerSide, RouteTarget};
use crate::net::Block;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{PeerEnd, Statement, Word};
use ecow::EcoString;

enum Problem {
    WithItself { name: EcoString, span: Span },
    Overlap { span: Span, block: Block, block_span: Span, other: Block, other_span: Span, network: EcoString },
    Twice { span: Span, first: Span },
    BadVpc { word: Word },
    BadAccount { word: Word },
    OneWay { peer: EcoString, span: Span, route: Span, silent: EcoString, silent_span: Span, towards: EcoString },
}

impl Checker<'_> {
    /// Builds the peerings. Networks must be built.
    pub(super) fn peers(&mut self, declared: &Declarations<'_>) {
        for declared in &declared.peers {
            self.enter_module(declared.module);
            let peer = self.peer(declared);
            self.made.peers.push(peer.map(|peer| self.model.peers.push(peer)));
        }
    }

    fn peer(&mut self, declared: &DeclaredAtTop<'_>) -> Option<Peer> {
        let Statement::Peer(statement) = &declared.item.statement else { return None };
        let (_, near, end) = statement.as_ref();
        let tags = self.only_tags(declared.item);
        let network = self.network_named(near);
        let other = match end {
            PeerEnd::Here(far) => PeerSide::Here(self.network_named(far)?),
            PeerEnd::Far { vpc, account, region } => PeerSide::Far {
                vpc: self.vpc_id(vpc)?,
                account: account.as_ref().and_then(|word| self.account_id(word)),
                region: region.as_ref().and_then(|word| self.region(word)),
            },
        };
        let peer =
            Peer { address: self.address(&declared.name), origin: declared.item.head, network: network?, other, tags };
        if let (PeerEnd::Here(word), PeerSide::Here(far)) = (end, &peer.other) {
            self.check_pair(&peer, *far, word.span).then_some(peer)
        } else {
            Some(peer)
        }
    }

    fn network_named(&mut self, word: &Word) -> Option<Id<Network>> {
        self.resolve_as(None, word, "a network", |symbol| match symbol {
            Symbol::Network(id) => Some(id),
            _ => None,
        })
    }

    fn vpc_id(&mut self, word: &Word) -> Option<EcoString> {
        let id = self.text(word)?;
        // EC2 User Guide, "Resource IDs": a prefix and 8 or 17 hexadecimal digits.
        let digits = id.strip_prefix("vpc-").unwrap_or_default();
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        let good = hex && matches!(digits.len(), 8 | 17);
        if !good {
            self.report(Problem::BadVpc { word: word.clone() });
        }
        good.then_some(id)
    }

    fn account_id(&mut self, word: &Word) -> Option<EcoString> {
        let id = self.fill(word)?;
        let good = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if !good {
            self.report(Problem::BadAccount { word: word.clone() });
        }
        good.then_some(id)
    }

    /// EC2 lets a peering fail whose networks share an address (VPC Peering Guide, "Unsupported VPC peering
    /// configurations"), and has one for a pair.
    fn check_pair(&mut self, peer: &Peer, far: Id<Network>, span: Span) -> bool {
        if peer.network == far {
            let name = self.model.networks[far].address.name().into();
            self.report(Problem::WithItself { name, span });
            return false;
        }
        let pair = |other: &Peer| other.joins(peer.network) && other.joins(far);
        let first = self.model.peers.iter().find(|(_, other)| pair(other)).map(|(_, other)| other.origin);
        if let Some(first) = first {
            self.report(Problem::Twice { span: peer.origin, first });
            return false;
        }
        if let Some(((block, block_span), (other, other_span))) = self.shared_blocks(peer.network, far) {
            let network = self.model.networks[far].address.name().into();
            self.report(Problem::Overlap { span: peer.origin, block, block_span, other, other_span, network });
        }
        true
    }

    fn shared_blocks(&self, near: Id<Network>, far: Id<Network>) -> Option<((Block, Span), (Block, Span))> {
        let (near, far) = (&self.model.networks[near], &self.model.networks[far]);
        let mut pairs = near.blocks.iter().flat_map(|near| far.blocks.iter().map(move |far| (*near, *far)));
        pairs.find(|((near, _), (far, _))| near.overlaps(*far))
    }

    /// Whether the networks that a peering joins share addresses, which is told where it is declared.
    pub(super) fn shares_addresses(&self, peer: Id<Peer>) -> bool {
        let peer = &self.model.peers[peer];
        peer.across_from(peer.network).is_some_and(|far| self.shared_blocks(peer.network, far).is_some())
    }

    /// Whether two networks are joined and in one region, so that their groups can name each other (VPC Peering Guide,
    /// "Update your security groups to reference peer security groups").
    pub(super) fn are_peers(&self, one: Id<Network>, other: Id<Network>) -> bool {
        let region = |id: Id<Network>| self.model.networks[id].region.clone().or(self.model.region.clone());
        let joined = self.model.peers.iter().any(|(_, peer)| peer.joins(one) && peer.joins(other));
        joined && region(one) == region(other)
    }

    /// A peering that only one side routes to carries no answers.
    pub(super) fn check_peers(&mut self) {
        let mut problems = Vec::new();
        for (id, peer) in self.model.peers.iter() {
            let Some(far) = peer.across_from(peer.network) else { continue };
            let routed = |network: Id<Network>| {
                let tables = self.model.tables.iter().filter(|(_, table)| table.network == network);
                let mut routes = tables.flat_map(|(_, table)| &table.routes);
                routes.find(|route| route.target == RouteTarget::Peer(id)).map(|route| route.origin)
            };
            let unknown = |network: Id<Network>| {
                self.model.tables.iter().any(|(_, table)| table.network == network && table.has_holes)
            };
            if self.shares_addresses(id) || unknown(peer.network) || unknown(far) {
                continue;
            }
            let (silent, towards, route) = match (routed(peer.network), routed(far)) {
                (Some(route), None) => (far, peer.network, route),
                (None, Some(route)) => (peer.network, far, route),
                _ => continue,
            };
            let (silent, towards) = (&self.model.networks[silent], &self.model.networks[towards]);
            if silent.existing.is_none() {
                problems.push(Problem::OneWay {
                    peer: peer.address.name().into(),
                    span: peer.origin,
                    route,
                    silent: silent.address.name().into(),
                    silent_span: silent.origin,
                    towards: towards.address.name().into(),
                });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::WithItself { name, span } => {
                Diagnostic::new(codes::PEER_WITH_ITSELF, format!("`{name}` is no peer of itself"))
                    .primary(span, "the same network again")
                    .help("name another network; inside one, everything is routed already")
            }
            Problem::Overlap { span, block, block_span, other, other_span, network } => Diagnostic::new(
                codes::CIDR_OVERLAP,
                format!("networks that share {} cannot be peers", shared(block, other)),
            )
            .primary(other_span, format!("`{network}` has {other}"))
            .secondary(block_span, format!("and this network {block}"))
            .secondary(span, "the peering")
            .help("give one of them another block"),
            Problem::Twice { span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, "these networks are peers already")
                    .primary(span, "a second time")
                    .secondary(first, "first here")
                    .help("take one of them out; EC2 has one peering for two networks")
            }
            Problem::BadVpc { word } => Diagnostic::new(codes::BAD_VALUE, format!("{} is no VPC id", word.text))
                .primary(word.span, "expected `vpc-` and 8 or 17 hexadecimal digits"),
            Problem::BadAccount { word } => Diagnostic::new(codes::BAD_VALUE, format!("{} is no account", word.text))
                .primary(word.span, "expected 12 digits"),
            Problem::OneWay { peer, span, route, silent, silent_span, towards } => {
                Diagnostic::new(codes::ONE_WAY_PEER, format!("`{silent}` has no route to `{towards}`"))
                    .primary(silent_span, "what comes from there gets no answer")
                    .secondary(route, "the way there")
                    .secondary(span, "the peering")
                    .help(format!("add `route {towards} via {peer}` to the subnets of `{silent}` that are meant"))
            }
        }
    }
}

/// What two blocks that meet have in common: the smaller one.
fn shared(one: Block, other: Block) -> Block {
    if one.contains(other) { other } else { one }
}
