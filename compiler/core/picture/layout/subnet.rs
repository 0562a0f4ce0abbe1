//! Subnets, and the cards of what stands in them.

use super::pen::{CODE, NAME, NOTE, SMALL_NAME, SOFT_CODE};
use crate::picture::chart::{Card, CardKind, SubnetChart};
use crate::picture::scene::{Item, Rect, Role};
use ecow::{EcoString, eco_format};

/// Between a box's edge and what is in it.
const PAD: i32 = 12;
/// Between cards.
const GAP: i32 = 8;
/// From a base line to the next.
const LEADING: i32 = 16;
/// Where the first card starts.
const HEAD: i32 = 50;
/// Below the last line.
const FOOT: i32 = 10;
/// No card is narrower, if there are several side by side.
const CARD: i32 = 136;
/// Cards have the width of as many, even if there are fewer.
const FEWEST: i32 = 2;
/// No more cards are side by side.
const ABREAST: i32 = 4;

/// A subnet, `width` wide and at least as high as `height`, with at most so many cards side by side.
pub(super) fn subnet(chart: &SubnetChart, (width, height): (i32, i32), abreast: i32) -> Item {
    let mut item = Item::new(Role::Subnet(chart.class), width, 0);
    item.key = Some(chart.key.clone());
    item.tooltip = tooltip(chart);
    let room = width - 2 * PAD;
    let class = NOTE.width(chart.class.word());
    item.write_left_of(NOTE, (width - PAD, 22), chart.class.word(), class);
    item.write(NAME, (PAD, 22), &chart.name, room - class - GAP);
    item.write(CODE, (PAD, 39), &chart.block, room);
    let cards_end = place_cards(&mut item, &chart.cards, abreast, room);
    let natural = cards_end + LEADING * foot_lines(chart) + FOOT - 2;
    item.frame.h = natural.max(height);
    write_foot(&mut item, chart, room);
    item
}

/// The base line's middle of a way's text, at which its line starts.
pub(super) fn way_height(chart: &SubnetChart, frame: Rect, way: usize) -> i32 {
    let above = i32::try_from(way).unwrap_or_default();
    foot_top(chart, frame) + LEADING * above + LEADING - 4
}

fn foot_top(chart: &SubnetChart, frame: Rect) -> i32 {
    frame.bottom() - FOOT - LEADING * foot_lines(chart)
}

/// Notes that stand together in the line below the ways.
fn notes(chart: &SubnetChart) -> EcoString {
    match (chart.ways.is_empty(), chart.notes.is_empty()) {
        (true, true) => "no routes out".into(),
        (true, false) => eco_format!("no routes out · {}", chart.notes.join(" · ")),
        (false, _) => chart.notes.join(" · ").into(),
    }
}

fn foot_lines(chart: &SubnetChart) -> i32 {
    i32::try_from(chart.ways.len()).unwrap_or_default() + i32::from(!notes(chart).is_empty())
}

fn write_foot(item: &mut Item, chart: &SubnetChart, room: i32) {
    let mut y = foot_top(chart, item.frame) + LEADING;
    for way in &chart.ways {
        let end = item.write(SMALL_NAME, (PAD, y), &eco_format!("→ {}", way.via), room * 2 / 3);
        item.write(SOFT_CODE, (end + GAP, y), &way.destinations, PAD + room - end - GAP);
        y += LEADING;
    }
    item.write(NOTE, (PAD, y), &notes(chart), room);
}

fn tooltip(chart: &SubnetChart) -> EcoString {
    let mut lines = vec![eco_format!("{} {} ({})", chart.key, chart.block, chart.class.word())];
    lines.extend(chart.ways.iter().map(|way| eco_format!("{} via {}", way.destinations, way.via)));
    lines.extend(chart.notes.iter().cloned());
    lines.join("\n").into()
}

/// Puts the cards into rows, and tells where these end.
fn place_cards(item: &mut Item, cards: &[Card], abreast: i32, room: i32) -> i32 {
    let width = (room - (abreast - 1) * GAP) / abreast;
    let mut y = HEAD;
    let mut rest = cards;
    while !rest.is_empty() {
        let (row, after) = rest.split_at(row_length(rest, abreast));
        rest = after;
        let sized = |card, height| self::card(card, (width + GAP) * span(card, abreast) - GAP, height);
        let height = row.iter().map(|card| sized(card, 0).frame.h).max().unwrap_or_default();
        let mut x = PAD;
        for card in row {
            let placed = sized(card, height).at(x, y);
            x = placed.frame.right() + GAP;
            item.items.push(placed);
        }
        y += height + GAP;
    }
    y
}

/// How many cards of a subnet that is `width` wide would stand side by side: as many as have room, but not more than fill
/// the last row as well as the others.
pub(super) fn abreast(cards: &[Card], width: i32) -> i32 {
    let room = width - 2 * PAD;
    let most = ((room + GAP) / (CARD + GAP)).clamp(1, ABREAST);
    let count = cards.iter().filter(|card| !card.forwards).map(|card| span(card, most)).sum::<i32>();
    let rows = (count + most - 1) / most;
    if rows == 0 { 1 } else { ((count + rows - 1) / rows).clamp(FEWEST.min(most), most) }
}

/// How many columns a card takes.
fn span(card: &Card, abreast: i32) -> i32 {
    match card.kind {
        CardKind::Nat | CardKind::Nodes => abreast.min(2),
        CardKind::Node | CardKind::Endpoint => 1,
    }
}

/// How many cards stand side by side. What routes may lead to stands alone, so that lines come to it from the side.
fn row_length(cards: &[Card], abreast: i32) -> usize {
    let mut used = 0;
    let fits = |card: &&Card| {
        used += span(card, abreast);
        used <= abreast && !card.forwards
    };
    cards.iter().take_while(fits).count().max(1)
}

/// A card, `width` wide and at least as high as `height`.
fn card(card: &Card, width: i32, height: i32) -> Item {
    let role = match card.kind {
        CardKind::Nat => Role::Nat,
        CardKind::Node => Role::Node,
        CardKind::Nodes => Role::Nodes,
        CardKind::Endpoint => Role::Endpoint,
    };
    let mut item = Item::new(role, width, 0);
    item.key = Some(card.key.clone());
    item.tooltip = card_tooltip(card);
    let (left, room) = (10, width - 20);
    let mut y = 18;
    if card.kind == CardKind::Nat {
        let end = item.write(SMALL_NAME, (left, y), &card.name, room);
        item.write(NOTE, (end + GAP, y), &card.note, left + room - end - GAP);
    } else {
        item.write(SMALL_NAME, (left, y), &card.name, room);
        for address in card.address.iter().flat_map(|address| lines_of(address, room)) {
            y += 15;
            item.write(CODE, (left, y), &address, room);
        }
        if !card.note.is_empty() {
            y += 15;
            item.write(NOTE, (left, y), &card.note, room);
        }
        if !card.groups.is_empty() {
            let groups = card.groups.iter().map(|(name, place)| (name.as_str(), *place));
            y = item.write_marked((left, y + 15), groups, (room, 15));
        }
    }
    item.frame.h = (y + 10).max(height);
    item
}

/// A range of addresses in one line, or in two where it has no room.
fn lines_of(address: &str, room: i32) -> Vec<EcoString> {
    match address.split_once(" – ") {
        Some((first, last)) if CODE.width(address) > room => vec![eco_format!("{first} –"), last.into()],
        _ => vec![address.into()],
    }
}

fn card_tooltip(card: &Card) -> EcoString {
    let groups = card.groups.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let lines = [card.key.as_str(), card.address.as_deref().unwrap_or_default(), &card.note, &groups];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n").into()
}
