//! How much work questions may be: what a stranger's program claims of thousands of nodes could take hours to prove.
//!
//! Counted in steps, of which each takes about as long as any other, so that the same question ends at the same step on
//! every machine.

use std::cell::Cell;

/// The steps that are left.
pub(super) struct Effort(Cell<u64>);

impl Effort {
    /// As many as it takes.
    pub(super) fn unlimited() -> Effort {
        Effort(Cell::new(u64::MAX))
    }

    /// From here on there are so many.
    pub(super) fn allow(&self, steps: u64) {
        self.0.set(steps);
    }

    /// Takes some.
    pub(super) fn spend(&self, steps: usize) {
        self.0.set(self.0.get().saturating_sub(steps as u64));
    }

    /// Whether none is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}
