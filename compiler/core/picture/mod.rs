//! Pictures of programs: for people who look at a network before they read it.
//!
//! In: a model. Out: SVG, Graphviz DOT or Mermaid text. `read` says what is shown, as a [`Chart`] that all of them share; the
//! SVG's layout is our own, a [`Scene`] of boxes that is data, since nobody else's layout knows zones and subnets.
//! Absent on purpose: what lives in EC2.

mod cards;
mod chart;
mod dot;
mod font;
mod journey;
mod layout;
mod links;
mod lists;
mod mermaid;
mod palette;
mod read;
mod rules;
mod scene;
mod svg;
mod words;

pub use chart::{
    Card, CardKind, Chart, Class, Door, DoorKind, Link, NetworkChart, Outside, RuleChart, RulesChart, SubnetChart, Way,
};
pub use dot::to_dot;
pub use font::Face;
pub use journey::{Question, draw_journey};
pub use layout::lay_out;
pub use mermaid::to_mermaid;
pub use read::read;
pub use scene::{Dot, Flow, INTERNET, Ink, Item, Label, Line, Mark, Rect, Role, Scene};
pub use svg::to_svg;
