//! Assertions: what is claimed of who reaches whom, proven or refuted.
//!
//! In: `assert` lines, and the model when everything else is built. Out: the claims that hold, in the model, and a
//! diagnostic for each other one. The proof itself is `reach`'s.

mod mend;
mod words;

use super::declare::{Declarations, DeclaredClaim};
use super::names::Symbol;
use super::zones::ByZone;
use super::{Checker, Scope};
use crate::limits::MAX_STEPS;
use crate::model::{Address, Assertion, Group, Id, Network, Subnet, Traffic};
use crate::net::Block;
use crate::reach::{Analysis, Drawn, Endpoint, EndpointParts, Query, Verdict, Whole};
use crate::source::Span;
use crate::syntax::{Statement, Word};
use ecow::{EcoString, eco_format};
use std::collections::HashMap;
use std::rc::Rc;

const WANTED: &str = "a node, a group, a subnet or a network";

/// A claim whose names are looked up.
pub(super) struct Claim {
    /// As it is written, with single spaces.
    text: EcoString,
    /// Where it is written.
    span: Span,
    from: End,
    to: End,
    can: bool,
    /// By what; one `None` for whatever it is.
    on: Vec<Option<Traffic>>,
}

/// Who is claimed to reach, or to be reached.
struct End {
    word: Word,
    members: Members,
}

/// Whom the name of an end stands for.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Members {
    Internet,
    Blocks(Vec<Block>),
    Network(Id<Network>),
    Subnets(Vec<Id<Subnet>>),
    Group(Id<Group>),
    Nodes(Vec<Address>),
    Endpoints(Vec<usize>),
}

/// What was found out about a claim.
enum Finding {
    Holds,
    Empty,
    Refuted(words::Refutation),
}

/// What the two ends of a claim are in a fabric.
pub(super) type Ends = (Rc<[Endpoint]>, Rc<[Endpoint]>);

/// What ends are in a fabric: the same for each claim that names them.
#[derive(Default)]
pub(super) struct KnownEnds(HashMap<Members, Rc<[Endpoint]>>);

impl Checker<'_> {
    /// Looks up what assertions name.
    pub(super) fn claims(&mut self, declared: &Declarations<'_>) -> Vec<Claim> {
        declared.claims.iter().filter_map(|claim| self.claim(claim)).collect()
    }

    /// Proves or refutes claims.
    pub(super) fn prove(&mut self, claims: &[Claim], ends: &[Ends], analysis: &Analysis<'_>) {
        analysis.allow(MAX_STEPS);
        for (claim, (from, to)) in claims.iter().zip(ends) {
            let finding = decide(analysis, claim, from, to);
            if analysis.is_spent() {
                return self.report(words::too_much(claim));
            }
            match finding {
                Finding::Holds => self.hold(claim),
                Finding::Empty => {
                    self.hold(claim);
                    self.report(words::empty(claim, from));
                }
                Finding::Refuted(refutation) => {
                    let mend = self.mend(claim, &refutation);
                    self.report(words::refuted(claim, refutation, mend));
                }
            }
        }
    }

    fn hold(&mut self, claim: &Claim) {
        self.model.assertions.push(Assertion { claim: claim.text.clone(), origin: claim.span });
    }

    fn claim(&mut self, declared: &DeclaredClaim<'_>) -> Option<Claim> {
        let Statement::Assert { from, claim, to, on } = &declared.item.statement else { return None };
        match declared.network {
            Some(network) => self.enter(network),
            None => self.enter_module(declared.module),
        }
        let traffic = on.as_deref().map(|on| self.traffic(on));
        let from = self.end(declared.network, from);
        let to = self.end(declared.network, to);
        let on: Vec<Option<Traffic>> = match traffic {
            None => vec![None],
            // What could not be made out is reported.
            Some(traffic) if traffic.is_empty() => return None,
            Some(traffic) => traffic.into_iter().map(Some).collect(),
        };
        let span = declared.item.head;
        let text = self.sources.text(span).split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
        Some(Claim { text: text.into(), span, from: from?, to: to?, can: claim.text == "can", on })
    }

    fn end(&mut self, scope: Scope, word: &Word) -> Option<End> {
        let members = self.end_members(scope, word)?;
        Some(End { word: word.clone(), members })
    }

    fn end_members(&mut self, scope: Scope, word: &Word) -> Option<Members> {
        if word.text == "internet" {
            return Some(Members::Internet);
        }
        if !word.is_name() {
            return self.block_literal(word).map(|block| Members::Blocks(vec![block]));
        }
        let found = self.resolve(scope, word, WANTED)?;
        let members = match found {
            Symbol::Hole => return None,
            Symbol::Param => Members::Blocks(self.param_blocks(word)),
            Symbol::Let(index) => Members::Blocks(self.let_blocks(index)),
            Symbol::Network(id) => Members::Network(id),
            Symbol::Group(id) => Members::Group(id),
            Symbol::Endpoint(index) => {
                Members::Endpoints(self.made.endpoints.get(index).copied().flatten().into_iter().collect())
            }
            Symbol::Subnet(index) => {
                let made = self.made.subnets.get(index).cloned().unwrap_or_else(ByZone::hole);
                Members::Subnets(self.members(word, made, "subnet").into_iter().map(|(_, id)| id).collect())
            }
            Symbol::Node(declaration) => {
                let members = self.nodes_meant(declaration, word);
                Members::Nodes(members.into_iter().map(|member| member.address).collect())
            }
            _ => {
                self.wrong_kind(scope, word, found, WANTED);
                return None;
            }
        };
        Some(members)
    }
}

impl Drawn {
    /// What both ends of a claim are in the fabric.
    pub(super) fn ends_of(&mut self, claim: &Claim, known: &mut KnownEnds) -> Ends {
        (self.known_end(&claim.from.members, known), self.known_end(&claim.to.members, known))
    }

    fn known_end(&mut self, members: &Members, KnownEnds(known): &mut KnownEnds) -> Rc<[Endpoint]> {
        if let Some(end) = known.get(members) {
            return Rc::clone(end);
        }
        let end: Rc<[Endpoint]> = self.end(members).into();
        known.insert(members.clone(), Rc::clone(&end));
        end
    }

    /// What an end is in the fabric; would-be interfaces are added for what has none.
    fn end(&mut self, members: &Members) -> Vec<Endpoint> {
        match members {
            Members::Internet => vec![Endpoint::Internet],
            Members::Blocks(blocks) => blocks.iter().map(|block| Endpoint::Block(*block)).collect(),
            Members::Network(id) => self.whole(self.vpcs.get(id.index()).copied().map(Whole::Vpc)),
            Members::Group(id) => self.whole(self.groups.get(id.index()).copied().map(Whole::Group)),
            Members::Subnets(ids) => {
                let subnets: Vec<_> = ids.iter().filter_map(|id| self.subnets.get(id.index()).copied()).collect();
                self.subnets_end(subnets)
            }
            Members::Nodes(addresses) => {
                let ids: Vec<_> = addresses.iter().filter_map(|address| self.instance_at(address)).collect();
                if ids.is_empty() { Vec::new() } else { vec![Endpoint::Interfaces(ids)] }
            }
            Members::Endpoints(indices) => {
                let parts = indices.iter().filter_map(|index| self.endpoints.get(*index));
                parts
                    .map(|parts| match parts {
                        EndpointParts::Interfaces(ids) => Endpoint::Interfaces(ids.clone()),
                        EndpointParts::Service(id) => Endpoint::Service(*id),
                    })
                    .collect()
            }
        }
    }

    fn whole(&mut self, whole: Option<Whole>) -> Vec<Endpoint> {
        whole.map(|whole| self.fabric.end_of(whole)).into_iter().collect()
    }

    /// Several subnets as one: only if none of them has a node is it about those that would be there.
    fn subnets_end(&mut self, subnets: Vec<Id<crate::reach::fabric::Subnet>>) -> Vec<Endpoint> {
        let real = |id: &Id<crate::reach::fabric::Subnet>| self.fabric.has_interfaces(Whole::Subnet(*id));
        let with: Vec<_> = subnets.iter().copied().filter(real).collect();
        let meant = if with.is_empty() { subnets } else { with };
        meant.into_iter().map(|id| self.fabric.end_of(Whole::Subnet(id))).collect()
    }
}

/// Whether a claim holds.
fn decide(analysis: &Analysis<'_>, claim: &Claim, from: &[Endpoint], to: &[Endpoint]) -> Finding {
    let mut finding = Finding::Empty;
    for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
        for traffic in &claim.on {
            let query = Query {
                from: from.clone(),
                to: to.clone(),
                traffic: *traffic,
                source_ports: None,
                source: None,
                destination: None,
            };
            let verdict = if claim.can { analysis.trace(&query) } else { analysis.leak(&query) };
            if analysis.is_spent() {
                return Finding::Empty;
            }
            match (verdict, claim.can) {
                (Verdict::Empty(_), _) => {}
                (Verdict::Reachable(_), true) | (Verdict::Blocked(_), false) => finding = Finding::Holds,
                (Verdict::Reachable(path), false) => {
                    return Finding::Refuted(words::Refutation::Reached { path, traffic: *traffic });
                }
                (Verdict::Blocked(blocked), true) => {
                    return Finding::Refuted(words::Refutation::Blocked { blocked, traffic: *traffic });
                }
                (Verdict::NotModelled(what), _) => {
                    return Finding::Refuted(words::Refutation::Undecided { what });
                }
            }
        }
    }
    finding
}

/// Some traffic in words, as behind `on`.
fn on(traffic: Option<Traffic>) -> EcoString {
    traffic.map_or_else(EcoString::new, |traffic| eco_format!(" on {traffic}"))
}
