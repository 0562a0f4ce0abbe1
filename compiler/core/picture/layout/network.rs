//! A network: its head, its ways out on its upper side, its zones side by side, its rules below.

use super::lanes::{LANE, Lanes};
use super::panel::{self, Marks};
use super::pen::{HEADING, LARGE_CODE, NOTE, SMALL_NAME};
use super::subnet::{abreast, subnet, way_height};
use crate::model::Address;
use crate::picture::chart::{Door, DoorKind, NetworkChart, SubnetChart};
use crate::picture::scene::{Flow, Item, Line, Rect, Role};
use ecow::eco_format;
use std::collections::BTreeMap;

/// Between a network's edge and what is in it.
pub(super) const PAD: i32 = 16;
/// How high doors are; half of that stands out of the network.
pub(super) const DOOR: i32 = 28;
/// Between zones, rows, and the parts of the network.
const GAP: i32 = 12;
/// How much of a zone its name takes.
const ZONE_HEAD: i32 = 30;
/// No subnet is narrower.
const SUBNET: i32 = 190;
/// The name and the blocks have this much room at least, and as much more as they need, up to the second.
const HEAD: [i32; 2] = [180, 480];

/// How wide a network is at least.
pub(super) fn least_width(chart: &NetworkChart) -> i32 {
    let zones = i32::try_from(chart.zones.len()).unwrap_or_default().max(1);
    let column = SUBNET + 2 * GAP + Lanes::of(chart).width();
    let doors: i32 = chart.doors.iter().map(|door| door_width(door) + GAP).sum();
    (zones * (column + GAP) - GAP + 2 * PAD).max(head_width(chart) + doors + 2 * PAD)
}

/// A network, `width` wide.
pub(super) fn network(chart: &NetworkChart, width: i32) -> Item {
    let mut item = Item::new(Role::Network, width, 0);
    item.key = Some(chart.key.clone());
    item.tooltip = eco_format!("{} {}", chart.key, chart.blocks);
    let doors = place_doors(&mut item, chart);
    let lanes = Lanes::of(chart);
    let mut y = write_head(&mut item, chart, doors - GAP - PAD) + GAP;
    if !chart.zones.is_empty() {
        y = place_zones(&mut item, chart, &lanes, y + lanes.height()) + GAP;
    }
    for (heading, charts, marks) in
        [("Security groups", &chart.groups, Marks::Coloured), ("Network ACLs", &chart.acls, Marks::None)]
    {
        y = panel::place(&mut item, heading, charts, marks, (y, PAD));
    }
    item.frame.h = y - GAP + PAD;
    item
}

fn door_width(door: &Door) -> i32 {
    SMALL_NAME.width(&door.name) + 6 + NOTE.width(&door.note) + 24
}

/// Puts the doors on the upper side, from the right, and tells where they start.
fn place_doors(item: &mut Item, chart: &NetworkChart) -> i32 {
    let mut x = item.frame.w - PAD;
    for door in chart.doors.iter().rev() {
        let width = door_width(door);
        let mut placed = Item::new(Role::Door(door.kind), width, DOOR);
        placed.key = Some(door.key.clone());
        placed.tooltip = eco_format!("{}: {}", door.name, door.note);
        let end = placed.write(SMALL_NAME, (12, 18), &door.name, width - 24);
        placed.write(NOTE, (end + 6, 18), &door.note, width - 12 - end - 6);
        item.items.push(placed.at(x - width, -DOOR / 2));
        x -= width + GAP;
    }
    x + GAP
}

fn head_width(chart: &NetworkChart) -> i32 {
    let [least, most] = HEAD;
    let name = HEADING.width(chart.key.as_str()) + 10 + LARGE_CODE.width(&chart.blocks);
    name.max(NOTE.width(&facts(chart))).clamp(least, most)
}

/// Writes what the network is, and tells where that ends.
fn write_head(item: &mut Item, chart: &NetworkChart, room: i32) -> i32 {
    let end = item.write(HEADING, (PAD, 32), chart.key.as_str(), room);
    item.write(LARGE_CODE, (end + 10, 32), &chart.blocks, PAD + room - end - 10);
    if chart.facts.is_empty() {
        return 40;
    }
    item.write(NOTE, (PAD, 50), &facts(chart), room);
    56
}

fn facts(chart: &NetworkChart) -> String {
    chart.facts.join(" · ")
}

/// Puts the zones side by side, with what has the same name in one row, and tells where they end.
fn place_zones(item: &mut Item, chart: &NetworkChart, lanes: &Lanes, top: i32) -> i32 {
    let count = i32::try_from(chart.zones.len()).unwrap_or(1).max(1);
    let column = (item.frame.w - 2 * PAD - (count - 1) * GAP) / count;
    let width = column - 2 * GAP - lanes.width();
    let abreast = chart.subnets.iter().map(|subnet| abreast(&subnet.cards, width)).max().unwrap_or(1);
    let sized = |chart: &SubnetChart, height| subnet(chart, (width, height), abreast);
    let heights: Vec<i32> = (0..chart.rows)
        .map(|row| chart.subnets.iter().filter(|subnet| subnet.row == row).map(|subnet| sized(subnet, 0).frame.h).max())
        .map(Option::unwrap_or_default)
        .collect();
    let inside: i32 = heights.iter().map(|height| height + GAP).sum();
    let mut x = PAD;
    for (index, name) in chart.zones.iter().enumerate() {
        let mut zone = Item::new(Role::Zone, column, ZONE_HEAD + inside);
        zone.tooltip = name.clone();
        zone.write(NOTE, (GAP + lanes.width(), 20), name, width);
        for subnet in chart.subnets.iter().filter(|subnet| subnet.column == index) {
            let y = ZONE_HEAD + heights.iter().take(subnet.row).map(|height| height + GAP).sum::<i32>();
            let height = heights.get(subnet.row).copied().unwrap_or_default();
            zone.items.push(sized(subnet, height).at(GAP + lanes.width(), y));
        }
        item.items.push(zone.at(x, top));
        x += column + GAP;
    }
    top + ZONE_HEAD + inside
}

/// The lines of a network's routes, from the subnets to what they lead to.
pub(super) fn lines(chart: &NetworkChart, item: &Item) -> Vec<Line> {
    let lanes = Lanes::of(chart);
    let mut frames: BTreeMap<&Address, Rect> = BTreeMap::new();
    item.walk(&mut |item| {
        item.key.iter().for_each(|key| {
            frames.insert(key, item.frame);
        });
    });
    let zones: Vec<Rect> = item.items.iter().filter(|item| item.role == Role::Zone).map(|item| item.frame).collect();
    let tracks = Tracks { lanes: &lanes, frames: &frames, zones: &zones };
    let mut lines = Vec::new();
    for subnet in &chart.subnets {
        for (place, way) in subnet.ways.iter().enumerate() {
            let door = chart.doors.iter().find(|door| door.key == way.to);
            let flow = match door.map(|door| door.kind) {
                Some(DoorKind::Internet) => Flow::Internet,
                Some(DoorKind::Egress) | None => Flow::Outward,
                Some(DoorKind::Service | DoorKind::Peer | DoorKind::Vpn) => Flow::Aside,
            };
            let corners = tracks.corners(subnet, place, &way.to);
            let ends = [subnet.key.clone(), way.to.clone()];
            lines.extend(corners.map(|corners| Line { flow, ends, corners, directed: true }));
        }
    }
    lines
}

/// What lines inside a network run along.
struct Tracks<'t> {
    lanes: &'t Lanes,
    frames: &'t BTreeMap<&'t Address, Rect>,
    zones: &'t [Rect],
}

impl Tracks<'_> {
    fn corners(&self, subnet: &SubnetChart, place: usize, to: &Address) -> Option<Vec<(i32, i32)>> {
        let from = *self.frames.get(&subnet.key)?;
        let target = *self.frames.get(to)?;
        let y = way_height(subnet, from, place);
        let lane = self.lane(subnet.column, to)?;
        let mut corners = vec![(from.x, y), (lane, y)];
        let home = self.lanes.home(to);
        if home != Some(subnet.column) {
            let above = self.zones.first()?.y - self.lanes.height() - 4 + self.lanes.in_band(to)?;
            corners.push((lane, above));
            match home {
                None => corners.extend([(target.middle(), above), (target.middle(), target.bottom())]),
                Some(column) => corners.push((self.lane(column, to)?, above)),
            }
        }
        if let Some(column) = home {
            let middle = target.y + target.h / 2;
            corners.extend([(self.lane(column, to)?, middle), (target.x, middle)]);
        }
        Some(corners)
    }

    /// Where something's lane is in a column.
    fn lane(&self, column: usize, to: &Address) -> Option<i32> {
        Some(self.zones.get(column)?.x + LANE + self.lanes.in_column(column, to)?)
    }
}
