//! The lines between networks, and between them and what is outside. They run in the gaps above the shelves and in rails
//! beside them: all to the internet in a lane of their own at the left, each other one in its own at the right.

use super::{GAP, MARGIN};
use crate::model::Address;
use crate::picture::chart::{Chart, Door, DoorKind, Link, NetworkChart};
use crate::picture::scene::{Flow, INTERNET, Item, Line, Rect, Role};
use std::collections::{BTreeMap, BTreeSet};

/// Between lanes, and between lanes and boxes.
const LANE: i32 = 8;

/// What runs in a lane: everything that is bound for the internet, or a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    Internet,
    Link(usize),
}

/// The lanes outside of networks.
pub(super) struct Outer<'c> {
    /// For each shelf, what runs above it.
    gaps: Vec<Vec<Run>>,
    /// What runs beside the shelves.
    rail: Vec<usize>,
    /// Whether something of a lower shelf leads to the internet.
    climbs: bool,
    /// Each door with the shelf that it is in.
    doors: BTreeMap<&'c Address, (usize, &'c Door)>,
}

impl<'c> Outer<'c> {
    /// Those that a chart needs.
    pub(super) fn of(chart: &'c Chart, shelves: &[Vec<&'c NetworkChart>]) -> Outer<'c> {
        let mut doors = BTreeMap::new();
        for (shelf, networks) in shelves.iter().enumerate() {
            let all = networks.iter().flat_map(|network| &network.doors);
            doors.extend(all.map(|door| (&door.key, (shelf, door))));
        }
        let mut gaps = vec![BTreeSet::new(); shelves.len()];
        let mut enter = |gap: usize, run| gaps.get_mut(gap).is_some_and(|gap: &mut BTreeSet<Run>| gap.insert(run));
        let (mut rail, mut climbs) = (Vec::new(), false);
        for (index, link) in chart.links.iter().enumerate() {
            let Some((from, _)) = doors.get(&link.from).copied() else { continue };
            let run = link.to.as_ref().map_or(Run::Internet, |_| Run::Link(index));
            let to = link.to.as_ref().and_then(|to| doors.get(to)).map_or(0, |(shelf, _)| *shelf);
            enter(from, run);
            enter(to, run);
            climbs |= run == Run::Internet && from > 0;
            if from != to && run != Run::Internet {
                rail.push(index);
            }
        }
        let gaps = gaps.into_iter().map(|gap| gap.into_iter().collect()).collect();
        Outer { gaps, rail, climbs, doors }
    }

    /// How much room the lanes left of the networks take.
    pub(super) fn left(&self) -> i32 {
        if self.climbs { 2 * LANE } else { 0 }
    }

    /// How much room the lanes right of the networks take.
    pub(super) fn right(&self) -> i32 {
        let lanes = i32::try_from(self.rail.len()).unwrap_or_default();
        if lanes == 0 { 0 } else { (lanes + 1) * LANE }
    }

    /// How much room there is above the doors of a shelf.
    pub(super) fn gap(&self, shelf: usize) -> i32 {
        let lanes = self.gaps.get(shelf).map_or(0, Vec::len);
        let least = if shelf > 0 { GAP } else { 0 };
        if lanes == 0 { least } else { GAP + LANE * i32::try_from(lanes).unwrap_or_default() }
    }

    /// The lines, once everything has its place.
    pub(super) fn lines(&self, chart: &Chart, items: &[Item], width: i32) -> Vec<Line> {
        let mut frames: BTreeMap<&Address, Rect> = BTreeMap::new();
        items.iter().flat_map(|item| std::iter::once(item).chain(&item.items)).for_each(|item| {
            frames.extend(item.key.iter().map(|key| (key, item.frame)));
        });
        let internet = items.iter().find(|item| item.role == Role::Internet).map(|item| item.frame);
        let placed = Placed { outer: self, frames, internet, width };
        let lines = chart.links.iter().enumerate().map(|(index, link)| placed.line(index, link));
        lines.flatten().collect()
    }
}

/// The lanes, and what they lead to.
struct Placed<'p> {
    outer: &'p Outer<'p>,
    frames: BTreeMap<&'p Address, Rect>,
    internet: Option<Rect>,
    width: i32,
}

impl Placed<'_> {
    fn line(&self, index: usize, link: &Link) -> Option<Line> {
        let (shelf, door) = *self.outer.doors.get(&link.from)?;
        let from = *self.frames.get(&link.from)?;
        let flow = match door.kind {
            DoorKind::Internet => Flow::Internet,
            DoorKind::Egress => Flow::Outward,
            DoorKind::Peer | DoorKind::Service | DoorKind::Vpn => Flow::Aside,
        };
        let corners = match &link.to {
            None => self.to_internet(shelf, from)?,
            Some(to) => self.to_other(index, (shelf, from), to)?,
        };
        let ends = [link.from.clone(), link.to.clone().unwrap_or_else(|| Address::top(INTERNET))];
        Some(Line { flow, ends, corners, directed: door.kind == DoorKind::Egress })
    }

    /// Where a lane above a shelf is.
    fn lane(&self, shelf: usize, run: Run) -> Option<i32> {
        let top =
            self.outer.doors.iter().find(|(_, (of, _))| *of == shelf).and_then(|(key, _)| self.frames.get(*key))?.y;
        let place = self.outer.gaps.get(shelf)?.iter().position(|lane| *lane == run)?;
        Some(top - LANE * (i32::try_from(place).ok()? + 1))
    }

    fn to_internet(&self, shelf: usize, from: Rect) -> Option<Vec<(i32, i32)>> {
        let bar = self.internet?;
        let (least, most) = (bar.x + LANE, bar.right() - LANE);
        let x = if shelf == 0 { from.middle() } else { MARGIN + LANE };
        let mut corners = vec![(from.middle(), from.y)];
        if shelf > 0 {
            let lane = self.lane(shelf, Run::Internet)?;
            corners.extend([(from.middle(), lane), (x, lane)]);
        }
        let end = x.clamp(least.min(most), most.max(least));
        if end != x {
            let lane = self.lane(0, Run::Internet)?;
            corners.extend([(x, lane), (end, lane)]);
        }
        corners.push((end, bar.bottom()));
        Some(corners)
    }

    fn to_other(&self, index: usize, (shelf, from): (usize, Rect), to: &Address) -> Option<Vec<(i32, i32)>> {
        let end = *self.frames.get(to)?;
        let (other, y) = match self.outer.doors.get(to) {
            Some((other, _)) => (*other, end.y),
            None => (0, end.bottom()),
        };
        let run = Run::Link(index);
        let near = self.lane(shelf, run)?;
        let mut corners = vec![(from.middle(), from.y), (from.middle(), near)];
        if shelf != other {
            let place = self.outer.rail.iter().position(|link| *link == index)?;
            let x = self.width - MARGIN - self.outer.right() + LANE * (i32::try_from(place).ok()? + 1);
            corners.extend([(x, near), (x, self.lane(other, run)?)]);
        }
        let far = self.lane(other, run)?;
        corners.extend([(end.middle(), far), (end.middle(), y)]);
        Some(corners)
    }
}
