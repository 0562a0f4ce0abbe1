//! What happened over all seeds, in numbers.

use super::process::{Death, End};
use std::collections::BTreeMap;
use std::fmt;

/// What must happen in some seed, so that holding against it says something.
const MUST_HAPPEN: [&str; 19] = [
    "answer lost",
    "deaths after a call",
    "deaths before a call",
    "deaths in the middle of a call",
    "edits",
    "failed on its way",
    "interrupted",
    "keeps that held",
    "locks broken by hand",
    "locks broken for a dead process",
    "missing",
    "no room",
    "programs",
    "request lost",
    "runs",
    "stale",
    "throttled",
    "two at once",
    "waits for a lock",
];

#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub fn count(&mut self, what: &str) {
        self.add(what, 1);
    }

    pub fn add(&mut self, what: &str, times: u64) {
        *self.0.entry(what.to_owned()).or_default() += times;
    }

    /// Keeps the larger number.
    pub fn most(&mut self, what: &str, number: u64) {
        let most = self.0.entry(format!("most {what}")).or_default();
        *most = number.max(*most);
    }

    pub fn take_in(&mut self, other: Tally) {
        for (what, number) in other.0 {
            let own = self.0.entry(what.clone()).or_default();
            *own = if what.starts_with("most ") { number.max(*own) } else { *own + number };
        }
    }

    pub fn end(&mut self, end: &End) {
        match end {
            End::Died(_, moment) => self.count(&format!("deaths {}", Death::words(*moment))),
            End::Done => self.count("done"),
            End::Partly(_) => self.count("done in part"),
            End::Interrupted => self.count("interrupted"),
            End::Held(_) => self.count("held up by a lock"),
            End::Refused => self.count("refused"),
            End::Failed(_) => self.count("failed"),
            End::Lost => self.count("locks lost"),
        }
    }

    /// Asserts that everything happened that the seeds are there for.
    pub fn is_thorough(&self) {
        let missing: Vec<&&str> =
            MUST_HAPPEN.iter().filter(|what| self.0.get(**what).is_none_or(|n| *n == 0)).collect();
        assert!(missing.is_empty(), "it never happened: {missing:?} in {self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|(what, number)| format!("{what} {number}")).collect();
        write!(f, "{}", parts.join(", "))
    }
}
