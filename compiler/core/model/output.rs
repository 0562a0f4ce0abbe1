//! What the program names to be shown when it lives.

use super::Address;
use crate::source::Span;
use ecow::EcoString;

/// A named id or address, or a list of them.
#[derive(Clone, Debug)]
pub struct Output {
    /// The name.
    pub name: EcoString,
    /// Where it is declared.
    pub origin: Span,
    /// The things that it speaks of.
    pub things: Vec<Address>,
    /// Whether it stands for a list, even of one.
    pub many: bool,
    /// What is shown of each: one of the kind's outputs.
    pub attribute: EcoString,
}
