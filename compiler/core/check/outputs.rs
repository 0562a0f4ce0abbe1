//! Named outputs: `output web = cluster.web[0].public_ip`.

use super::modules::Program;
use super::references::Reference;
use super::zones::{ByZone, index};
use super::{Checker, names::Symbol};
use crate::model::{Address, Output};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Statement, Word};
use ecow::EcoString;

const WANTED: &str = "something that lives";

enum Problem {
    Twice { word: Word, first: Span },
    NoAttribute { path: Word, known: &'static [&'static str] },
    UnknownAttribute { attribute: Word, noun: &'static str, known: &'static [&'static str] },
}

/// What a thing shows of itself when it lives; see its kind's `outputs`. Nothing, of what doesn't live.
fn attributes(symbol: Symbol) -> &'static [&'static str] {
    match symbol {
        Symbol::Node(_) => &["public_ip", "private_ip", "public_dns", "ipv6", "id"],
        Symbol::Key(_) | Symbol::Group(_) | Symbol::Image(_) => &["id", "name"],
        Symbol::Network(_) | Symbol::Gateway(_) | Symbol::Table(_) | Symbol::Subnet(_) => &["id"],
        _ => &[],
    }
}

impl Checker<'_> {
    /// Builds the outputs of the program and of its modules.
    pub(super) fn outputs(&mut self, program: &Program) {
        for module in 0..program.modules.len() {
            self.enter_module(module);
            for item in program.trees(module).flat_map(|tree| &tree.items) {
                if let Statement::Output { name, path } = &item.statement {
                    let output = self.output(name, path, item.head);
                    self.model.outputs.extend(output);
                }
            }
        }
    }

    fn output(&mut self, word: &Word, path: &Word, origin: Span) -> Option<Output> {
        let text = self.fill(word)?;
        let name = self.address(&text).text();
        let reference = self.reference(None, path, WANTED)?;
        let attribute = self.attribute(&reference)?;
        let (things, many) = self.things(&reference);
        if let Some(first) = self.model.outputs.iter().find(|output| output.name == name).map(|output| output.origin) {
            self.report(Problem::Twice { word: word.clone(), first });
            return None;
        }
        Some(Output { name, origin, things, many, attribute })
    }

    fn attribute(&mut self, reference: &Reference) -> Option<EcoString> {
        let known = attributes(reference.symbol);
        if known.is_empty() {
            self.wrong_kind(None, &reference.path, reference.symbol, WANTED);
            return None;
        }
        let Some(attribute) = &reference.attribute else {
            self.report(Problem::NoAttribute { path: reference.path.clone(), known });
            return None;
        };
        if !known.contains(&attribute.text.as_str()) {
            let (attribute, noun) = (attribute.clone(), reference.symbol.noun());
            self.report(Problem::UnknownAttribute { attribute, noun, known });
            return None;
        }
        Some(attribute.text.clone())
    }

    /// The things that a path means, and whether it could mean several.
    fn things(&mut self, reference: &Reference) -> (Vec<Address>, bool) {
        let path = &reference.path;
        match reference.symbol {
            Symbol::Node(declaration) => {
                let members = self.nodes_meant(declaration, path);
                let many = members.len() > 1 || (index(path).is_none() && self.is_range(declaration));
                (members.into_iter().map(|member| member.address).collect(), many)
            }
            Symbol::Subnet(declaration) => {
                let made = self.made.subnets.get(declaration).cloned().unwrap_or_else(ByZone::hole);
                let many = made.zoned && index(path).is_none();
                let members = self.members(path, made, "subnet");
                (members.iter().map(|(_, id)| self.model.subnets[*id].address.clone()).collect(), many)
            }
            Symbol::Gateway(declaration) => {
                let made = self.made.gateways.get(declaration).cloned().unwrap_or_else(ByZone::hole);
                let many = made.zoned && index(path).is_none();
                let members = self.members(path, made, "gateway");
                (members.iter().map(|(_, id)| self.model.gateways[*id].address.clone()).collect(), many)
            }
            Symbol::Key(id) => (vec![self.model.keys[id].address.clone()], false),
            Symbol::Image(id) => (vec![self.model.images[id].address.clone()], false),
            Symbol::Network(id) => (vec![self.model.networks[id].address.clone()], false),
            Symbol::Table(id) => (vec![self.model.tables[id].address.clone()], false),
            Symbol::Group(id) => (vec![self.model.groups[id].address.clone()], false),
            _ => (Vec::new(), false),
        }
    }

    /// Whether a declaration of nodes has brackets, by index or by zone.
    fn is_range(&self, declaration: usize) -> bool {
        self.made.nodes.get(declaration).is_some_and(|made| {
            made.zoned || made.members.iter().any(|(_, id)| self.model.nodes[*id].indices.is_some())
        })
    }
}

fn expected(known: &[&str]) -> String {
    match known {
        [one] => format!("expected `{one}`"),
        _ => format!("expected one of {}", known.join(", ")),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Twice { word, first } => {
                Diagnostic::new(codes::DECLARED_TWICE, format!("the output `{}` is declared twice", word.text))
                    .primary(word.span, "declared again here")
                    .secondary(first, "first declared here")
                    .help("give one of them another name")
            }
            Problem::NoAttribute { path, known } => {
                let first = known.first().copied().unwrap_or_default();
                Diagnostic::new(codes::UNKNOWN_ATTRIBUTE, format!("nothing says what of `{}` to show", path.text))
                    .primary(path.span.after(), expected(known))
                    .help(format!("write `{}.{first}`", path.text))
                    .fix(path.span.after(), format!(".{first}"))
            }
            Problem::UnknownAttribute { attribute, noun, known } => {
                Diagnostic::new(codes::UNKNOWN_ATTRIBUTE, format!("{noun} shows no `{}`", attribute.text))
                    .primary(attribute.span, expected(known))
                    .suggest(attribute.span, nearest(&attribute.text, known.iter().copied()))
            }
        }
    }
}
