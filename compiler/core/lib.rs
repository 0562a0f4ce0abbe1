//! The vpcc compiler: text in, plan out.
//!
//! Everything here is pure. Files are read through [`source::World`], so nothing in this crate touches the
//! file system, the environment, the clock, the terminal or AWS; the same input always gives the same output.
//!
//! The way through is a chain of free functions, each from one type to the next:
//! [`source::load`] → [`syntax::parse`] → [`check`] → [`plan::lower`] → [`plan::diff`].

// The parser that pest makes is told to do without `std`: its guard of the stack costs a fifth of the time, and blocks
// are counted before it runs, so that its recursion is bounded. It then names `alloc` itself.
extern crate alloc;

pub mod boot;
pub mod call;
pub mod check;
pub mod format;
pub mod ide;
pub mod kinds;
pub mod limits;
pub mod model;
pub mod net;
pub mod picture;
pub mod plan;
pub mod problem;
pub mod reach;
pub mod source;
pub mod syntax;

/// What a phase that can find faults returns: its value, and the problems it met on the way.
///
/// A fault leaves a hole in the value that later phases pass over in silence, so that one mistake gives one
/// message and an editor still gets answers from a broken file.
#[derive(Clone, Debug, Default)]
pub struct With<T> {
    /// The result, with holes where the problems are.
    pub value: T,
    /// What was found wrong, in the order of discovery.
    pub problems: Vec<problem::Diagnostic>,
}

impl<T> With<T> {
    /// A value without problems.
    pub fn clean(value: T) -> Self {
        With { value, problems: Vec::new() }
    }

    /// Moves the problems into `sink` and hands over the value.
    pub fn drain_into(self, sink: &mut Vec<problem::Diagnostic>) -> T {
        sink.extend(self.problems);
        self.value
    }
}
