//! A picture as data: boxes in boxes, the texts in them, and the lines between them. Everything is in pixels from the top
//! left corner, and nothing here knows of networks beyond what a box stands for.

use super::chart::{Class, DoorKind};
use super::font::Face;
use crate::model::Address;
use ecow::EcoString;

/// The key of the internet, which is nobody's name.
pub const INTERNET: &str = "internet";

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Its left side.
    pub x: i32,
    /// Its upper side.
    pub y: i32,
    /// How wide it is.
    pub w: i32,
    /// How high it is.
    pub h: i32,
}

impl Rect {
    /// Its right side.
    pub fn right(self) -> i32 {
        self.x + self.w
    }

    /// Its lower side.
    pub fn bottom(self) -> i32 {
        self.y + self.h
    }

    /// How far right its middle is.
    pub fn middle(self) -> i32 {
        self.x + self.w / 2
    }

    /// Whether all of `other` is inside.
    pub fn holds(self, other: Rect) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// Whether the two share more than an edge.
    pub fn meets(self, other: Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// What a box stands for, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The internet.
    Internet,
    /// What else is outside: the far ends of VPN connections and of peerings.
    Outside,
    /// A network.
    Network,
    /// A zone of a network.
    Zone,
    /// A subnet.
    Subnet(Class),
    /// A way out of a network; it stands on the network's upper side.
    Door(DoorKind),
    /// A NAT gateway.
    Nat,
    /// A node.
    Node,
    /// Several nodes that are alike.
    Nodes,
    /// A network interface of an endpoint.
    Endpoint,
    /// A security group or a network ACL.
    Rules,
}

/// How strong a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Names.
    Strong,
    /// What stands below names.
    Soft,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where it starts.
    pub x: i32,
    /// Its base line.
    pub y: i32,
    /// What it says.
    pub text: EcoString,
    /// How high its letters' box is.
    pub size: i32,
    /// How it is set.
    pub face: Face,
    /// How strong it is.
    pub ink: Ink,
}

impl Label {
    /// What it covers: from the tops of its letters to the feet.
    pub fn bounds(&self) -> Rect {
        let up = self.size * 8 / 10;
        Rect { x: self.x, y: self.y - up, w: self.face.width(&self.text, self.size), h: self.size }
    }
}

/// A spot that marks a security group with its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dot {
    /// Its middle.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// Which of the colours.
    pub colour: usize,
}

/// What a box is to a packet that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It comes by, or is let through here.
    Passed,
    /// It gets no further.
    Stopped,
}

/// A box with what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it stands for.
    pub role: Role,
    /// What is drawn there.
    pub key: Option<Address>,
    /// Where it is.
    pub frame: Rect,
    /// What it is to a packet, if one is asked about.
    pub mark: Option<Mark>,
    /// What it says in whole, also where the texts in it had no room.
    pub tooltip: EcoString,
    /// Its own texts.
    pub labels: Vec<Label>,
    /// Marks of security groups.
    pub dots: Vec<Dot>,
    /// The boxes in it.
    pub items: Vec<Item>,
}

impl Item {
    /// An empty one at the top left corner.
    pub fn new(role: Role, w: i32, h: i32) -> Item {
        let frame = Rect { x: 0, y: 0, w, h };
        Item {
            role,
            key: None,
            mark: None,
            frame,
            tooltip: EcoString::new(),
            labels: Vec::new(),
            dots: Vec::new(),
            items: Vec::new(),
        }
    }

    /// The same, moved with all that is in it.
    pub fn at(mut self, x: i32, y: i32) -> Item {
        self.shift(x - self.frame.x, y - self.frame.y);
        self
    }

    fn shift(&mut self, x: i32, y: i32) {
        (self.frame.x, self.frame.y) = (self.frame.x + x, self.frame.y + y);
        self.labels.iter_mut().for_each(|label| (label.x, label.y) = (label.x + x, label.y + y));
        self.dots.iter_mut().for_each(|dot| (dot.x, dot.y) = (dot.x + x, dot.y + y));
        // Boxes are nested a handful deep, however large the program.
        self.items.iter_mut().for_each(|item| item.shift(x, y));
    }

    /// Every box, those that hold others before these.
    pub fn walk<'i>(&'i self, visit: &mut dyn FnMut(&'i Item)) {
        visit(self);
        self.items.iter().for_each(|item| item.walk(visit));
    }
}

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the internet.
    Internet,
    /// Outwards through something in between.
    Outward,
    /// To other networks and services.
    Aside,
    /// The way of a packet that is asked about.
    Traced,
    /// Where it does not get to.
    Stopped,
}

impl Flow {
    /// Whether it is of a packet that is asked about, rather than of the network.
    pub fn is_asked(self) -> bool {
        matches!(self, Flow::Traced | Flow::Stopped)
    }
}

/// A line along corners, each right or left of, above or below the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it stands for.
    pub flow: Flow,
    /// The keys of what it joins.
    pub ends: [Address; 2],
    /// Its corners.
    pub corners: Vec<(i32, i32)>,
    /// Whether it shows where it leads, at its end.
    pub directed: bool,
}

/// A whole picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// What it is of, in a few words.
    pub title: EcoString,
    /// What it shows, in a sentence or two.
    pub description: EcoString,
    /// Texts outside all boxes.
    pub labels: Vec<Label>,
    /// The boxes.
    pub items: Vec<Item>,
    /// The lines.
    pub lines: Vec<Line>,
}
