//! What a program wants EC2 to hold.

use super::Kind;
use crate::call::Map;
use crate::model::{Address, Tags};
use crate::source::Span;
use ecow::EcoString;
use std::sync::Arc;

/// Where in the program something was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The statement.
    pub span: Span,
    /// The file's name.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// Something that the program asks for.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it is called.
    pub address: Address,
    /// What it is.
    pub kind: &'static Kind,
    /// Where it lives.
    pub region: EcoString,
    /// How it should be. A reference stands for the id of another resource.
    pub attributes: Map,
    /// The program's tags.
    pub tags: Arc<Tags>,
    /// Tags by which vpcc finds out later what it made.
    pub marks: Vec<(&'static str, EcoString)>,
    /// What has to be complete before, though no attribute refers to it.
    pub after: Vec<Address>,
    /// Who asked for it.
    pub origin: Option<Origin>,
}

/// What a program wants EC2 to hold.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The resources, in the order of kinds and addresses.
    pub resources: Vec<Resource>,
    /// The kinds that the program speaks of, each region's alike: of these something may live.
    pub kinds: Vec<&'static Kind>,
    /// What lives already, and is used and never changed.
    pub existing: Vec<Existing>,
    /// What the program called something before, and calls it now; what is inside goes along.
    pub renamed: Vec<(Address, Address)>,
    /// What no plan may remove or replace, with the statement that says so.
    pub keeps: Vec<(Address, Span)>,
    /// Whether the program itself says in which region it lives. Then whatever the stack has in another one was left there;
    /// otherwise it may be the same program somewhere else.
    pub settled: bool,
    /// What it claims of who reaches whom, and is so.
    pub assertions: Vec<Claimed>,
}

/// A claim of who reaches whom that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// What is claimed: `node can reach internet on tcp 443`.
    pub claim: EcoString,
    /// Who claims it.
    pub origin: Option<Origin>,
}

/// Something that lives already, and is used and never changed.
#[derive(Clone, Debug)]
pub struct Existing {
    /// What the program calls it.
    pub address: Address,
    /// What it is.
    pub kind: &'static Kind,
    /// Where it lives.
    pub region: EcoString,
    /// Its id.
    pub id: EcoString,
    /// What the program says of it.
    pub attributes: Map,
    /// Who says so.
    pub origin: Option<Origin>,
}

impl Wanted {
    /// The same program, of which nothing is wanted any more.
    #[must_use]
    pub fn gone(self) -> Wanted {
        Wanted { resources: Vec::new(), assertions: Vec::new(), ..self }
    }
}
