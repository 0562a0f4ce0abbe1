//! Which names stand where, and what each of them is: what editors ask for.
//!
//! In: what the checks note while they declare names and look them up. Out: an [`Index`], beside the model and just as
//! full of holes where the program is.

use super::Scope;
use crate::model::{Address, Id, Network};
use crate::source::Span;
use ecow::EcoString;

/// The names of a program, each with its place.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Every declaration, by place. A file that is used several times declares its names in each module.
    pub declarations: Vec<Declaration>,
    /// Every place at which a name is used, by place.
    pub uses: Vec<Use>,
    /// What words with parameters in them come to, and the values of parameters and sets of blocks, by place.
    pub values: Vec<Value>,
}

/// What something comes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// The word.
    pub span: Span,
    /// What it comes to.
    pub text: EcoString,
}

/// A name, declared.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The name as it is written.
    pub span: Span,
    /// The name with its parameters put in.
    pub name: EcoString,
    /// What it is called in the whole program.
    pub address: Address,
    /// What kind of thing it stands for, with its article: "a subnet".
    pub noun: &'static str,
    /// The module that it is declared in; the first is the program itself.
    pub module: usize,
    /// The network that it is declared in, if it is not at the top level.
    pub network: Option<Id<Network>>,
}

/// A name, used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Where it is used; of a path, the part that is this name.
    pub span: Span,
    /// The place of its declaration.
    pub of: Span,
}

impl Index {
    pub(super) fn declare(
        &mut self,
        span: Span,
        name: &EcoString,
        address: Address,
        noun: &'static str,
        (module, network): (usize, Scope),
    ) {
        self.declarations.push(Declaration { span, name: name.clone(), address, noun, module, network });
    }

    /// Notes a use, unless it is the declaration itself.
    pub(super) fn note(&mut self, span: Span, of: Span) {
        if span != of && span.start < span.end {
            self.uses.push(Use { span, of });
        }
    }

    pub(super) fn value(&mut self, span: Span, text: impl Into<EcoString>) {
        self.values.push(Value { span, text: text.into() });
    }

    /// Puts everything into order; what is looked up several times stands once.
    pub(super) fn sorted(mut self) -> Index {
        self.declarations.sort_by_key(|declaration| (declaration.span, declaration.module));
        self.uses.sort_unstable();
        self.uses.dedup();
        self.values.sort_unstable();
        self.values.dedup();
        self
    }

    /// What the word at a place comes to: something else in each module that its file is taken in as.
    pub fn values_at(&self, span: Span) -> impl Iterator<Item = &Value> {
        let start = self.values.partition_point(|value| value.span < span);
        self.values.iter().skip(start).take_while(move |value| value.span == span)
    }

    /// The declaration at a place; of several modules' that of the first.
    pub fn declared_at(&self, span: Span) -> Option<&Declaration> {
        let start = self.declarations.partition_point(|declaration| declaration.span < span);
        self.declarations.get(start).filter(|declaration| declaration.span == span)
    }

    /// The declarations at a place, one for each module.
    pub fn all_declared_at(&self, span: Span) -> impl Iterator<Item = &Declaration> {
        let start = self.declarations.partition_point(|declaration| declaration.span < span);
        self.declarations.iter().skip(start).take_while(move |declaration| declaration.span == span)
    }
}
