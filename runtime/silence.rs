//! How long EC2 has not been heard of: a call that gets no answer may be bad luck, but where none gets any, it is the
//! network, and nobody is to wait for all that would be tried otherwise.

use crate::cloud::Fault;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use vpcc_core::call::Map;

/// Nothing is tried again once EC2 has been silent for so long: more than one answer takes at most, so that each call is
/// tried twice, and than a network takes to change from one antenna to the next.
const LONGEST: Duration = Duration::from_secs(40);

/// The time since the first call that was not answered, while none is.
#[derive(Debug, Default)]
pub(crate) struct Silence(Mutex<Option<Instant>>);

impl Silence {
    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears what became of a call that was sent at some time.
    pub fn hears(&self, sent: Instant, result: &Result<Map, Fault>) {
        let mut since = self.since();
        match result {
            Err(fault) if is_silence(fault) => *since = Some(since.map_or(sent, |since| since.min(sent))),
            _ => *since = None,
        }
    }

    /// Whether EC2 has been silent for too long.
    pub fn is_long(&self) -> bool {
        self.since().is_some_and(|since| since.elapsed() >= LONGEST)
    }

    /// What a call comes to that isn't sent any more.
    pub fn fault() -> Fault {
        Fault::refused(Fault::UNREACHABLE, format!("nothing has been answered for {} seconds", LONGEST.as_secs()))
    }
}

fn is_silence(fault: &Fault) -> bool {
    [Fault::UNREACHABLE, Fault::NO_ANSWER].contains(&fault.code.as_str())
}
