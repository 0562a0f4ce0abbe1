//! Runs that are killed, lied to and throttled: in the end there is just what the program says, once.

#[path = "survival/blocked.rs"]
mod blocked;
#[path = "survival/drift.rs"]
mod drift;
#[path = "support/sim.rs"]
mod embedded;
#[path = "survival/faults.rs"]
mod faults;
#[path = "survival/hanging.rs"]
mod hanging;
#[path = "survival/leftovers.rs"]
mod leftovers;
#[path = "survival/lock.rs"]
mod lock;
#[path = "survival/plug.rs"]
mod plug;
#[path = "support/seeds.rs"]
mod seeds;
#[path = "survival/simulation/mod.rs"]
mod simulation;
