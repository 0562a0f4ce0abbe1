//! What talks to EC2: observing what lives, and running plans.
//!
//! Every request is a [`Call`](vpcc_core::call::Call) value that goes through the one door [`Cloud`]. Behind it is
//! either Amazon EC2 ([`aws`], the only room that knows the SDK) or an embedded one ([`sim`]).

pub mod aws;
mod blockers;
mod cloud;
mod elsewhere;
mod existing;
mod images;
mod lock;
mod make;
mod network;
mod observe;
mod pace;
mod patience;
mod run;
mod silence;
pub mod sim;
mod survey;
mod watch;

pub use cloud::{Answer, Cloud, Effect, Fault};
pub use existing::ExistingProblem;
pub use images::{ImageProblem, Unlaunchable};
pub use lock::{Claimant, Holder, Lock, LockLost, LockProblem, clear, holder, lock, unlock};
pub use network::{Answers, network};
pub use observe::{Leftovers, observe};
pub use patience::Patient;
pub use run::{Event, Outcome, StepEnd, run};
pub use survey::{Survey, account, is_as_listed, settle, settled, survey};
