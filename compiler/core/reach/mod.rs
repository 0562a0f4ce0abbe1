//! Who can reach whom, and the path or the rule that says so.
//!
//! In: a [`Fabric`], from the model of a program or from what EC2 describes, and a [`Query`]. Out: a [`Verdict`].
//! "Reaches" means a session: that a request arrives, and that its answer gets back. What is not modelled is an answer
//! of its own, and never counts as reachable or as blocked.

mod ask;
mod astray;
mod beyond;
mod classes;
mod delivery;
pub mod deployed;
mod effort;
pub mod fabric;
mod filter;
mod find;
mod flows;
mod from_model;
mod gather;
mod human;
mod inwards;
mod json;
mod lens;
mod matrix;
mod member_delivery;
mod members;
mod mend;
mod packets;
mod query;
mod reason;
mod svg;
mod table;
mod traffic;
mod trail;
mod tries;
mod walk;
mod would_be;

pub use ask::{Analysis, trace};
pub use delivery::{Deliveries, Delivery, Halt, Lack, Obstacle};
pub use fabric::Fabric;
pub use find::{Unknown, endpoint};
pub use flows::{Flow, Passing};
pub use from_model::{Drawn, EndpointParts, draw};
pub use human::{Asked, write_verdict};
pub use json::{write_changes_json, write_matrix_json, write_verdict_json};
pub use matrix::{Change, Matrix, Party, PartyKind, Passage, diff, matrix};
pub use mend::Mend;
pub use query::{Blocked, CLIENT_PORTS, Endpoint, Hop, HopKind, NotModelled, Packet, Path, Query, Side, Verdict};
pub use reason::Reason;
pub use svg::write_svg;
pub use table::{write_changes, write_matrix};
pub use traffic::traffic;
pub use walk::{is_link_local, is_private};
pub use would_be::Whole;
