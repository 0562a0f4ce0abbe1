//! Who can reach whom, and the path or the rule that says so.
//!
//! In: a [`Fabric`], from the model of a program or from what EC2 describes, and a [`Query`]. Out: a [`Verdict`].
//! "Reaches" means a session: that a request arrives, and that its answer gets back. What is not modelled is an answer
//! of its own, and never counts as reachable or as blocked.

pub mod deployed;
pub mod fabric;
mod query;
mod reason;

pub use fabric::Fabric;
pub use query::{Blocked, CLIENT_PORTS, Endpoint, Hop, HopKind, NotModelled, Packet, Path, Query, Side, Verdict};
pub use reason::Reason;
