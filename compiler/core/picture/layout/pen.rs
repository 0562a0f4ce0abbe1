//! Writing into boxes: the few styles that there are, and that nothing gets wider than its room.

use crate::picture::font::Face;
use crate::picture::scene::{Dot, Ink, Item, Label};

/// How something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    face: Face,
    pub size: i32,
    ink: Ink,
}

impl Style {
    const fn new(face: Face, size: i32, ink: Ink) -> Style {
        Style { face, size, ink }
    }

    /// How wide a text is in this style.
    pub(super) fn width(self, text: &str) -> i32 {
        self.face.width(text, self.size)
    }

    /// A text in this style, as much of it as has room.
    pub(super) fn label(self, (x, y): (i32, i32), text: &str, room: i32) -> Option<Label> {
        let text = self.face.fit(text, self.size, room);
        (!text.is_empty()).then_some(Label { x, y, text, size: self.size, face: self.face, ink: self.ink })
    }
}

/// The stack.
pub(super) const TITLE: Style = Style::new(Face::Bold, 18, Ink::Strong);
/// Networks.
pub(super) const HEADING: Style = Style::new(Face::Bold, 15, Ink::Strong);
/// Subnets and groups.
pub(super) const NAME: Style = Style::new(Face::Bold, 13, Ink::Strong);
/// What stands in subnets, and where routes lead.
pub(super) const SMALL_NAME: Style = Style::new(Face::Bold, 11, Ink::Strong);
/// What stands beside and below names.
pub(super) const NOTE: Style = Style::new(Face::Regular, 11, Ink::Soft);
/// Rules.
pub(super) const TEXT: Style = Style::new(Face::Regular, 11, Ink::Strong);
/// The blocks of networks.
pub(super) const LARGE_CODE: Style = Style::new(Face::Code, 13, Ink::Strong);
/// Addresses and blocks.
pub(super) const CODE: Style = Style::new(Face::Code, 11, Ink::Strong);
/// Destinations.
pub(super) const SOFT_CODE: Style = Style::new(Face::Code, 11, Ink::Soft);

/// How much room a dot takes before what it marks.
const DOT: i32 = 11;

impl Item {
    /// Writes a text on a base line, at most `room` wide, and tells how far right it reaches.
    pub(super) fn write(&mut self, style: Style, (x, y): (i32, i32), text: &str, room: i32) -> i32 {
        let label = style.label((x, y), text, room);
        let end = label.as_ref().map_or(x, |label| label.bounds().right());
        self.labels.extend(label);
        end
    }

    /// The same, ending at `right`.
    pub(super) fn write_left_of(&mut self, style: Style, (right, y): (i32, i32), text: &str, room: i32) {
        let width = style.width(text).min(room);
        self.write(style, (right - width, y), text, width);
    }

    /// Writes names with their marks one after the other, from one base line to the next, and tells the last one.
    pub(super) fn write_marked<'n>(
        &mut self,
        (left, mut y): (i32, i32),
        names: impl IntoIterator<Item = (&'n str, Option<usize>)>,
        (room, leading): (i32, i32),
    ) -> i32 {
        let mut x = left;
        for (name, colour) in names {
            let mark = colour.map_or(0, |_| DOT);
            if x > left && x + mark + NOTE.width(name) > left + room {
                (x, y) = (left, y + leading);
            }
            self.dots.extend(colour.map(|colour| Dot { x: x + 4, y: y - 4, colour }));
            x = self.write(NOTE, (x + mark, y), name, left + room - x - mark) + 10;
        }
        y
    }
}
