//! What declarations say of what lives: former names, and what is to be kept.

use super::declare::{Declarations, Declared, DeclaredAtTop};
use super::defaults::is_default;
use super::{Checker, Scope};
use crate::model::Address;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};

enum Problem {
    StillDeclared { word: Word, declared: Span },
    NeverRenamed { span: Span },
}

impl Checker<'_> {
    /// Takes in what declarations say of what lives: former names, and what is to be kept. Networks must be built.
    pub(super) fn identities(&mut self, declared: &Declarations<'_>) {
        // What is further in comes first.
        for list in declared.in_networks() {
            for Declared { network, item, name } in list {
                self.enter(*network);
                let address = self.model.networks[*network].address.clone();
                let former = item.statement.was().map(|word| address.member(&word.text));
                let former = former.filter(|_| !is_default(&item.statement));
                self.identity(Some(*network), item, self.address_in(*network, item, name), former);
            }
        }
        for DeclaredAtTop { module, item, name } in
            declared.networks.iter().chain(&declared.keys).chain(&declared.peers).chain(&declared.images)
        {
            self.enter_module(*module);
            let former = item.statement.was().map(|word| self.address(&word.text));
            self.identity(None, item, self.address(name), former);
        }
    }

    fn identity(&mut self, scope: Scope, item: &Item, address: Address, former: Option<Address>) {
        if let (Some(word), Some(former)) = (item.statement.was(), former) {
            match self.names.scope(scope).get(&word.text).map(|entry| entry.span) {
                Some(declared) => self.report(Problem::StillDeclared { word: word.clone(), declared }),
                None => self.model.renamed.push((address.clone(), former)),
            }
        }
        if let Some(word) = item.statement.was().filter(|_| is_default(&item.statement)) {
            self.report(Problem::NeverRenamed { span: word.span });
        }
        let mut seen = None;
        for item in item.items().iter().filter(|item| matches!(item.statement, Statement::Keep)) {
            if self.once(&mut seen, item) {
                self.model.keeps.push((address.clone(), item.head));
            }
        }
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::StillDeclared { word, declared } => {
                Diagnostic::new(codes::DECLARED_TWICE, format!("`{}` is no former name: it is declared", word.text))
                    .primary(word.span, "what was called so would be wanted twice")
                    .secondary(declared, "still declared here")
                    .help("take out this declaration, or the `was`")
            }
            Problem::NeverRenamed { span } => {
                Diagnostic::new(codes::BAD_NAME, "what a network comes with has had no other name")
                    .primary(span, "it is known by its network")
                    .help("take the `was` out")
            }
        }
    }
}
