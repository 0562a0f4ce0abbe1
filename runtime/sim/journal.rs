//! Which calls came when. What is kept is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How many calls are remembered one by one.
const MOST: usize = 10_000;

/// The calls of a process.
#[derive(Debug, Default)]
pub(super) struct Journal {
    last: VecDeque<(&'static str, Duration)>,
    counts: BTreeMap<&'static str, u64>,
}

impl Journal {
    /// Remembers a call and how long after the start it came.
    pub fn note(&mut self, action: &'static str, at: Duration) {
        if self.last.len() == MOST {
            self.last.pop_front();
        }
        self.last.push_back((action, at));
        *self.counts.entry(action).or_default() += 1;
    }

    /// The last calls.
    pub fn calls(&self) -> Vec<(String, Duration)> {
        self.last.iter().map(|(action, at)| ((*action).to_owned(), *at)).collect()
    }

    /// How often each action was called.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(action, count)| ((*action).to_owned(), *count)).collect()
    }
}
