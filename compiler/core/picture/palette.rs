//! Colours, on light and on dark ground.

use super::chart::{Class, DoorKind};
use super::scene::{Flow, Ink, Role};

/// How something is drawn: its class, and its colours in both schemes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// The class by which the style sheet knows it.
    pub class: &'static str,
    /// What fills it.
    pub fill: Shade,
    /// What surrounds it.
    pub stroke: Shade,
}

/// A colour in both schemes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shade {
    /// On light ground.
    pub light: &'static str,
    /// On dark ground.
    pub dark: &'static str,
}

const fn shade(light: &'static str, dark: &'static str) -> Shade {
    Shade { light, dark }
}

const NONE: Shade = shade("none", "none");
const PAPER: Shade = shade("#ffffff", "#161b22");
const EDGE: Shade = shade("#d0d7de", "#3d444d");
const GREEN: Shade = shade("#2c974b", "#3fb950");
const BLUE: Shade = shade("#3b82d0", "#539bf5");
const PURPLE: Shade = shade("#8250df", "#a371f7");

const fn look(class: &'static str, fill: Shade, stroke: Shade) -> Look {
    Look { class, fill, stroke }
}

pub(super) const GROUND: Look = look("ground", shade("#ffffff", "#0d1117"), NONE);
const INTERNET: Look = look("internet", shade("#eaeef2", "#21262d"), shade("#afb8c1", "#484f58"));
const OUTSIDE: Look = look("outside", PAPER, shade("#afb8c1", "#484f58"));
const NETWORK: Look = look("network", shade("#f9fafb", "#11161d"), shade("#818b98", "#656c76"));
const ZONE: Look = look("zone", NONE, shade("#c4ccd4", "#3d444d"));
const OPEN: Look = look("open", shade("#ecf8ef", "#10261a"), shade("#84c796", "#2b6a40"));
const OUTWARD: Look = look("outward", shade("#edf4fc", "#10213a"), shade("#98bfea", "#2c5a94"));
const CLOSED: Look = look("closed", shade("#f0f2f4", "#1b2129"), shade("#b9c1ca", "#484f58"));
const GATE_INTERNET: Look = look("gate-internet", PAPER, GREEN);
const GATE_EGRESS: Look = look("gate-egress", PAPER, BLUE);
const GATE_ASIDE: Look = look("gate-aside", PAPER, PURPLE);
const NAT: Look = look("nat", PAPER, BLUE);
const ENDPOINT: Look = look("endpoint", PAPER, PURPLE);
const CARD: Look = look("card", PAPER, EDGE);
const STRONG: Look = look("strong", shade("#1f2328", "#e6edf3"), NONE);
const SOFT: Look = look("soft", shade("#59636e", "#9198a1"), NONE);
const TO_INTERNET: Look = look("to-internet", NONE, GREEN);
const TO_OUTWARD: Look = look("to-outward", NONE, BLUE);
const TO_ASIDE: Look = look("to-aside", NONE, PURPLE);

pub(super) const TRACED: Look = look("traced", NONE, shade("#bf3989", "#f778ba"));
pub(super) const STOPPED: Look = look("stopped", NONE, shade("#cf222e", "#f85149"));

/// All that the style sheet knows.
pub(super) const ALL: [Look; 21] = [
    GROUND,
    INTERNET,
    OUTSIDE,
    NETWORK,
    ZONE,
    OPEN,
    OUTWARD,
    CLOSED,
    GATE_INTERNET,
    GATE_EGRESS,
    GATE_ASIDE,
    NAT,
    ENDPOINT,
    CARD,
    STRONG,
    SOFT,
    TO_INTERNET,
    TO_OUTWARD,
    TO_ASIDE,
    TRACED,
    STOPPED,
];

/// The colours of security groups, of one brightness, so that they stand out alike on light and on dark ground.
pub(super) const DOTS: [&str; 8] =
    ["#d4556a", "#c98a1b", "#2a9d8f", "#7c6bd6", "#d0702f", "#4b8fd4", "#b2579f", "#6f9a3d"];

impl Role {
    /// How a box looks.
    pub(super) fn look(self) -> Look {
        match self {
            Role::Internet => INTERNET,
            Role::Outside => OUTSIDE,
            Role::Network => NETWORK,
            Role::Zone => ZONE,
            Role::Subnet(Class::Open) => OPEN,
            Role::Subnet(Class::Outward) => OUTWARD,
            Role::Subnet(Class::Closed) => CLOSED,
            Role::Door(DoorKind::Internet) => GATE_INTERNET,
            Role::Door(DoorKind::Egress) => GATE_EGRESS,
            Role::Door(DoorKind::Peer | DoorKind::Service | DoorKind::Vpn) => GATE_ASIDE,
            Role::Nat => NAT,
            Role::Endpoint => ENDPOINT,
            Role::Node | Role::Nodes | Role::Rules => CARD,
        }
    }
}

impl Ink {
    /// How a text looks.
    pub(super) fn look(self) -> Look {
        match self {
            Ink::Strong => STRONG,
            Ink::Soft => SOFT,
        }
    }
}

impl Flow {
    /// How a line looks.
    pub(super) fn look(self) -> Look {
        match self {
            Flow::Internet => TO_INTERNET,
            Flow::Outward => TO_OUTWARD,
            Flow::Aside => TO_ASIDE,
            Flow::Traced => TRACED,
            Flow::Stopped => STOPPED,
        }
    }
}
