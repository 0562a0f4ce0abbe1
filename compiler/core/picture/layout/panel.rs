//! Cards of security groups and network ACLs, below the zones.

use super::pen::{NAME, NOTE, SMALL_NAME, TEXT};
use crate::picture::chart::RulesChart;
use crate::picture::scene::{Dot, Item, Role};
use ecow::{EcoString, eco_format};

const PAD: i32 = 12;
const GAP: i32 = 8;
/// Below the last card.
const BELOW: i32 = 12;
const LEADING: i32 = 15;
/// No card is narrower.
const CARD: i32 = 232;
/// A rule takes no more lines than this.
const LINES: usize = 4;

/// Whether what is shown has marks by which it is found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// A colour each.
    Coloured,
    /// None.
    None,
}

/// Puts a heading and a card for each into a network, from `top` on, and tells where they end.
pub(super) fn place(
    item: &mut Item,
    heading: &str,
    charts: &[RulesChart],
    marks: Marks,
    (top, pad): (i32, i32),
) -> i32 {
    if charts.is_empty() {
        return top;
    }
    let room = item.frame.w - 2 * pad;
    item.write(SMALL_NAME, (pad, top + 14), heading, room);
    let abreast = ((room + GAP) / (CARD + GAP)).max(1).min(i32::try_from(charts.len()).unwrap_or(1));
    let width = (room - (abreast - 1) * GAP) / abreast;
    let mut y = top + 24;
    let numbered: Vec<(usize, &RulesChart)> = charts.iter().enumerate().collect();
    for row in numbered.chunks(usize::try_from(abreast).unwrap_or(1)) {
        let card = |(place, chart): (usize, &RulesChart), height| {
            self::card(chart, (marks == Marks::Coloured).then_some(place), width, height)
        };
        let height = row.iter().map(|numbered| card(*numbered, 0).frame.h).max().unwrap_or_default();
        let mut x = pad;
        for numbered in row {
            item.items.push(card(*numbered, height).at(x, y));
            x += width + GAP;
        }
        y += height + GAP;
    }
    y + BELOW - GAP
}

fn card(chart: &RulesChart, colour: Option<usize>, width: i32, height: i32) -> Item {
    let mut item = Item::new(Role::Rules, width, 0);
    item.key = Some(chart.key.clone());
    let (mark, room) = (colour.map_or(0, |_| 13), width - 2 * PAD);
    item.dots.extend(colour.map(|colour| Dot { x: PAD + 4, y: 17, colour }));
    item.write(NAME, (PAD + mark, 22), &chart.name, room - mark);
    let mut y = 22;
    if !chart.about.is_empty() {
        y += LEADING;
        item.write(NOTE, (PAD, y), &chart.about, room);
    }
    y += 3;
    let indent = chart.rules.iter().map(|rule| NOTE.width(&rule.lead)).max().unwrap_or_default() + GAP;
    for rule in &chart.rules {
        item.write(NOTE, (PAD, y + LEADING), &rule.lead, room);
        for line in wrapped(&rule.text, room - indent) {
            y += LEADING;
            item.write(TEXT, (PAD + indent, y), &line, room - indent);
        }
    }
    item.frame.h = (y + 11).max(height);
    item.tooltip = tooltip(chart);
    item
}

fn tooltip(chart: &RulesChart) -> EcoString {
    let mut lines = vec![chart.key.text(), chart.about.clone()];
    lines.extend(chart.rules.iter().map(|rule| eco_format!("{} {}", rule.lead, rule.text)));
    lines.retain(|line| !line.is_empty());
    lines.join("\n").into()
}

/// A text in lines that have room, broken between words; the last one holds what is left of the text.
fn wrapped(text: &str, room: i32) -> Vec<EcoString> {
    let mut lines = vec![EcoString::new()];
    for word in text.split(' ') {
        let full = lines.len() == LINES;
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if full || TEXT.width(line) + TEXT.width(" ") + TEXT.width(word) <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.into());
        }
    }
    lines
}
