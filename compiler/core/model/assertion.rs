//! Assertions.

use crate::source::Span;
use ecow::EcoString;

/// A claim of who reaches whom, proven.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// What is claimed, as in the program: `node can reach internet on tcp 443`.
    pub claim: EcoString,
    /// Where it is written.
    pub origin: Span,
}
