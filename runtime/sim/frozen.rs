//! An instant of an embedded EC2, to try from there what may happen next.

use super::site::Terms;
use super::state::State;
use super::{Inner, Sim};
use std::time::Duration;

/// An embedded EC2 at one instant, of which any number can go on.
#[derive(Clone, Debug)]
pub struct Frozen {
    terms: Terms,
    latency: Duration,
    state: State,
}

impl Sim {
    /// Everything that there is at this instant. No faults, files or calls go with it.
    pub fn freeze(&self) -> Frozen {
        let inner: &Inner = &self.inner();
        let mut state = inner.state.clone();
        state.now = inner.now(self.elapsed());
        Frozen { terms: self.terms.clone(), latency: self.latency, state }
    }
}

impl Frozen {
    /// An embedded EC2 of its own that goes on from that instant now.
    pub fn thaw(&self) -> Sim {
        Sim { terms: self.terms.clone(), latency: self.latency, ..Sim::with(self.state.clone(), None) }
    }
}
