//! What takes the whole network to tell: whether claims hold, and which rules and entries are for nothing.
//!
//! In: the model when everything else is built. The network is drawn once, and asked by all.

use super::Checker;
use super::assertions::KnownEnds;
use super::declare::Declarations;
use crate::problem::Diagnostic;
use crate::reach::{Analysis, draw};

impl Checker<'_> {
    /// Looks up what assertions name; and, if the program has no error (holes reach nobody), proves or refutes them, and warns
    /// of rules and entries that speak of what no route can bring.
    pub(super) fn reachability(&mut self, declared: &Declarations<'_>) {
        let claims = self.claims(declared);
        if self.problems.iter().any(Diagnostic::is_error) {
            return;
        }
        self.check_idle_entries();
        if claims.is_empty() && self.model.groups.iter().all(|(_, group)| group.rules.is_empty()) {
            return;
        }
        let mut drawn = draw(&self.model);
        let mut known = KnownEnds::default();
        let ends = claims.iter().map(|claim| drawn.ends_of(claim, &mut known)).collect::<Vec<_>>();
        let analysis = Analysis::new(&drawn.fabric);
        self.prove(&claims, &ends, &analysis);
        self.check_idle_rules(&drawn, &analysis);
        self.name_open_nodes(&drawn, &analysis);
    }
}
