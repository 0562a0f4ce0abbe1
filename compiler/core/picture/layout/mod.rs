//! Where everything is: a chart becomes a scene.
//!
//! What is outside stands at the top, networks below it in shelves, so that the picture is as wide as a page of text where
//! that is possible. Sizes follow from texts, and texts that have no room for a sensible size end in an ellipsis.

mod lanes;
mod network;
mod outer;
mod panel;
mod pen;
mod subnet;

use super::chart::{Chart, NetworkChart, Outside};
use super::scene::{INTERNET, Item, Label, Role, Scene};
use crate::model::Address;
use ecow::{EcoString, eco_format};
use network::{DOOR, least_width, network};
use outer::Outer;
use pen::{NOTE, SMALL_NAME, TITLE};

/// Between the edge of the picture and what is in it.
const MARGIN: i32 = 16;
/// Between networks side by side.
const GAP: i32 = 16;
/// How wide the picture is if nothing needs more: what a README has room for.
const PAGE: i32 = 830;
/// How wide the internet is at least.
const INTERNET_WIDTH: i32 = 120;
/// How high what is outside is.
const OUTSIDE: i32 = 32;

/// Lays a chart out.
pub fn lay_out(chart: &Chart) -> Scene {
    let shelves = shelves(chart);
    let outer = Outer::of(chart, &shelves);
    let inner = inner_width(chart);
    let (left, width) = (MARGIN + outer.left(), inner + 2 * MARGIN + outer.left() + outer.right());
    let mut y = 44;
    let mut items = outside(chart, y, width - 2 * MARGIN);
    if !items.is_empty() {
        y += OUTSIDE;
    }
    let mut placed = Vec::new();
    for (index, shelf) in shelves.iter().enumerate() {
        y += outer.gap(index) + DOOR / 2;
        let spare = inner - shelf.iter().map(|chart| want(chart, inner) + GAP).sum::<i32>() + GAP;
        let more = spare / i32::try_from(shelf.len()).unwrap_or(1).max(1);
        let mut x = left;
        for chart in shelf {
            let item = network(chart, want(chart, inner) + more).at(x, y);
            x = item.frame.right() + GAP;
            placed.push((*chart, item));
        }
        let bottoms = placed.iter().rev().take(shelf.len()).map(|(_, item)| item.frame.bottom());
        y = bottoms.max().unwrap_or(y);
    }
    let mut lines: Vec<_> = placed.iter().flat_map(|(chart, item)| network::lines(chart, item)).collect();
    items.extend(placed.into_iter().map(|(_, item)| item));
    lines.extend(outer.lines(chart, &items, width));
    Scene {
        width,
        height: y + MARGIN,
        title: eco_format!("Network of stack {}", chart.stack),
        description: description(chart),
        labels: title(chart, width),
        items,
        lines,
    }
}

/// The networks, as many side by side as have room.
fn shelves(chart: &Chart) -> Vec<Vec<&NetworkChart>> {
    let inner = inner_width(chart);
    let mut shelves: Vec<Vec<&NetworkChart>> = Vec::new();
    let mut used = 0;
    for network in &chart.networks {
        let width = want(network, inner);
        match shelves.last_mut() {
            Some(shelf) if used + GAP + width <= inner => {
                shelf.push(network);
                used += GAP + width;
            }
            _ => {
                shelves.push(vec![network]);
                used = width;
            }
        }
    }
    shelves
}

/// How wide the networks may be together.
fn inner_width(chart: &Chart) -> i32 {
    let networks = chart.networks.iter().map(least_width).max().unwrap_or_default();
    let far_ends: i32 = chart.outside.iter().map(|outside| far_end(outside).frame.w + GAP).sum();
    networks.max(far_ends + INTERNET_WIDTH).max(PAGE - 2 * MARGIN)
}

/// How wide a network would be: what has one zone leaves room for another one.
fn want(chart: &NetworkChart, inner: i32) -> i32 {
    let share = if chart.zones.len() > 1 { inner } else { (inner - GAP) / 2 };
    share.max(least_width(chart))
}

/// The stack and its region, above everything.
fn title(chart: &Chart, width: i32) -> Vec<Label> {
    let room = width - 2 * MARGIN;
    let name = TITLE.label((MARGIN, 30), &chart.stack, room);
    let end = name.as_ref().map_or(MARGIN, |label| label.bounds().right());
    let region = chart.region.as_deref().unwrap_or_default();
    let region = NOTE.label((end + 10, 30), region, MARGIN + room - end - 10);
    name.into_iter().chain(region).collect()
}

/// Writes something beside the title, at the right.
pub(super) fn write_headline(scene: &mut Scene, text: &str) {
    let left = scene.labels.iter().map(|label| label.bounds().right()).max().unwrap_or(MARGIN) + 2 * GAP;
    let right = scene.width - MARGIN;
    let width = SMALL_NAME.width(text).min(right - left);
    scene.labels.extend(SMALL_NAME.label((right - width, 30), text, width));
}

/// What is outside, side by side: far ends at the left, and the internet over all that is left.
fn outside(chart: &Chart, y: i32, width: i32) -> Vec<Item> {
    let mut items = Vec::new();
    let mut x = MARGIN;
    for outside in &chart.outside {
        let item = far_end(outside).at(x, y);
        x = item.frame.right() + GAP;
        items.push(item);
    }
    if chart.internet {
        let room = MARGIN + width - x;
        let mut item = Item::new(Role::Internet, room, OUTSIDE);
        item.key = Some(Address::top(INTERNET));
        item.tooltip = "The internet".into();
        let text = "Internet";
        item.write(SMALL_NAME, ((room - SMALL_NAME.width(text)) / 2, 20), text, room);
        items.push(item.at(x, y));
    }
    items
}

fn far_end(outside: &Outside) -> Item {
    let width = SMALL_NAME.width(&outside.name) + 6 + NOTE.width(&outside.note) + 28;
    let mut item = Item::new(Role::Outside, width, OUTSIDE);
    item.key = Some(outside.key.clone());
    item.tooltip = eco_format!("{} {}", outside.name, outside.note);
    let end = item.write(SMALL_NAME, (14, 20), &outside.name, width - 28);
    item.write(NOTE, (end + 6, 20), &outside.note, width - 14 - end - 6);
    item
}

/// What the picture shows, for those who cannot see it.
fn description(chart: &Chart) -> EcoString {
    let network = |network: &NetworkChart| {
        let subnets: Vec<String> = network
            .subnets
            .iter()
            .map(|subnet| format!("{} ({}, {})", subnet.name, subnet.block, subnet.class.word()))
            .collect();
        let doors: Vec<String> = network.doors.iter().map(|door| format!("{} {}", door.note, door.name)).collect();
        let part = |what: &str, names: Vec<String>| {
            if names.is_empty() { String::new() } else { format!("; {what}: {}", names.join(", ")) }
        };
        let groups = network.groups.iter().map(|group| group.name.to_string()).collect();
        format!(
            "Network {} {}{}{}{}.",
            network.key,
            network.blocks,
            part("ways out", doors),
            part("subnets", subnets),
            part("security groups", groups)
        )
    };
    chart.networks.iter().map(network).collect::<Vec<_>>().join(" ").into()
}
