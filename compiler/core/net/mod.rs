//! The arithmetic of addresses: blocks, their parts, and what is still free in them.
//!
//! Absent on purpose: any knowledge of EC2's rules about addresses; those are in `check`.

mod block;
mod free;

pub use block::{Block, BlockError, Family, number};
pub use free::{Gaps, next_free, overlaps};
