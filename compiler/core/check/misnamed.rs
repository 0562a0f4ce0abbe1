//! Subnets that are called public or private, and are not.
//!
//! A name means nothing to the language; to people, it is what they rely on when they put a database there. Only whole
//! words of a name count, and only what routes say for certain.

use super::Checker;
use super::declare::Declarations;
use crate::model::{GatewayKind, Id, Route, Subnet};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Statement;
use ecow::EcoString;

/// The words of names for what has no way in from the internet.
const PRIVATE: [&str; 4] = ["private", "internal", "intra", "isolated"];

/// The words of names for what has one.
const PUBLIC: [&str; 1] = ["public"];

/// Words that turn the others round.
const NOT: [&str; 3] = ["no", "non", "not"];

enum Problem {
    Private { name: EcoString, span: Span, word: &'static str, route: Span, nat: Option<EcoString> },
    Public { name: EcoString, span: Span, word: &'static str, gateway: Option<EcoString> },
}

impl Checker<'_> {
    /// Warns of subnets whose names say the opposite of their routes.
    pub(super) fn check_names_of_subnets(&mut self, declared: &Declarations<'_>) {
        let mut problems = Vec::new();
        for (declared, made) in declared.subnets.iter().zip(&self.made.subnets) {
            let Statement::Subnet(statement) = &declared.item.statement else { continue };
            let misnamed = |(_, id): &(EcoString, Id<Subnet>)| self.misnamed(*id, statement.name.span);
            problems.extend(made.members.iter().find_map(misnamed));
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn misnamed(&self, id: Id<Subnet>, span: Span) -> Option<Problem> {
        let subnet = &self.model.subnets[id];
        let name: EcoString = subnet.address.declared().name().into();
        if let (Some(word), Some(route)) = (word_of(&name, &PRIVATE), self.route_to_the_world(id)) {
            let nat = self.gateway_name(subnet.network, |kind| matches!(kind, GatewayKind::Nat { .. }));
            return Some(Problem::Private { name, span, word, route: route.origin, nat });
        }
        let word = word_of(&name, &PUBLIC)?;
        // What gives public addresses without a route is an error already, and so are nodes that have one.
        if subnet.public.is_some() || self.reaches_internet(id) || self.has_public_node(id) {
            return None;
        }
        let gateway = self.gateway_name(subnet.network, |kind| kind == GatewayKind::Internet);
        Some(Problem::Public { name, span, word, gateway })
    }

    /// The route by which everything goes to an internet gateway.
    fn route_to_the_world(&self, subnet: Id<Subnet>) -> Option<&Route> {
        let mut routes = self.routes_of(subnet).iter();
        routes.find(|route| {
            let everywhere = route.destination.block().is_some_and(|block| block.is_any());
            let gateway = route.target.gateway().map(|id| self.model.gateways[id].kind);
            everywhere && gateway == Some(GatewayKind::Internet)
        })
    }

    /// Whether a node in a subnet has a public address.
    pub(super) fn has_public_node(&self, id: Id<Subnet>) -> bool {
        let subnet = &self.model.subnets[id];
        self.model.nodes.iter().any(|(_, node)| node.subnet == Some(id) && node.is_public(subnet))
    }
}

/// The first of some words that a name has among its own, which `-`, `_` and digits part: `private` of `private-a`.
fn word_of(name: &str, words: &[&'static str]) -> Option<&'static str> {
    let parts = || name.split(|c: char| !c.is_alphabetic());
    if parts().any(|part| NOT.iter().any(|not| part.eq_ignore_ascii_case(not))) {
        return None;
    }
    words.iter().copied().find(|word| parts().any(|part| part.eq_ignore_ascii_case(word)))
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Private { name, span, word, route, nat } => {
                let via = nat.as_deref().unwrap_or("NAT");
                let new = if nat.is_some() { "" } else { ", with `gateway NAT nat in SUBNET` in a public subnet" };
                Diagnostic::new(codes::MISNAMED_SUBNET, format!("`{name}` has a route to an internet gateway"))
                    .primary(span, format!("is called {word}"))
                    .secondary(route, "whoever gets a public address here is on the internet")
                    .help(format!("write `route any via {via}`{new}, or call the subnet something else"))
            }
            Problem::Public { name, span, word, gateway } => {
                let new = if gateway.is_some() { "" } else { ", with `gateway igw internet` in the network" };
                let via = gateway.as_deref().unwrap_or("igw");
                Diagnostic::new(codes::MISNAMED_SUBNET, format!("`{name}` has no route to an internet gateway"))
                    .primary(span, format!("is called {word}"))
                    .help(format!("give it `public` and `route any via {via}`{new}, or call the subnet something else"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_of_a_name_count() {
        for name in ["private", "private-a", "app_Private", "private1", "db-private-2"] {
            assert_eq!(word_of(name, &PRIVATE), Some("private"), "{name}");
        }
        for name in ["privateers", "deprivate", "lan", "public", "non-private"] {
            assert_eq!(word_of(name, &PRIVATE), None, "{name}");
        }
    }
}
