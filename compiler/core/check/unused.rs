//! What is declared and never used.

use super::{Checker, names::Symbol};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use ecow::EcoString;

struct Unused {
    name: EcoString,
    noun: &'static str,
    span: Span,
}

impl Checker<'_> {
    /// Warns of groups, ACLs, gateways, Elastic IPs, peers, customer gateways, keys, parameters and sets of blocks that
    /// nothing uses.
    pub(super) fn check_unused(&mut self) {
        let named = self.names.unused().into_iter().filter_map(|(name, entry)| match entry.symbol {
            Symbol::Group(_)
            | Symbol::Acl(_)
            | Symbol::Gateway(_)
            | Symbol::Elastic(_)
            | Symbol::Peer(_)
            | Symbol::Customer(_)
            | Symbol::Key(_)
            | Symbol::Let(_)
            | Symbol::Table(_) => Some(Unused { name: name.clone(), noun: entry.symbol.noun(), span: entry.span }),
            _ => None,
        });
        let inputs = self.unused_inputs().map(|(name, span)| Unused { name: name.clone(), noun: "a parameter", span });
        let found: Vec<Diagnostic> = named.chain(inputs).map(Diagnostic::from).collect();
        self.problems.extend(found);
    }
}

impl From<Unused> for Diagnostic {
    fn from(Unused { name, noun, span }: Unused) -> Self {
        Diagnostic::new(codes::UNUSED, format!("`{name}` is never used"))
            .primary(span, format!("{noun} that nothing names"))
            .help("use it, or take it out")
    }
}
