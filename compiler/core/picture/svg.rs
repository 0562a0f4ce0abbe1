//! A scene as SVG that stands alone: no scripts, no fonts, nothing to fetch.
//!
//! Colours stand on the elements themselves, so that it can be read where style sheets are not; the one style sheet in it
//! changes them for readers who prefer dark ground. Every text has the width that it was laid out with.

use super::font::Face;
use super::palette::{ALL, DOTS, GROUND, Look, STOPPED, TRACED};
use super::scene::{Flow, Item, Label, Line, Mark, Rect, Role, Scene};
use std::fmt::{self, Display, Formatter, Write};

/// How round the corners of lines are.
const BEND: i32 = 6;
/// How far the front of a pile of cards is from what lies behind it.
const PILE: i32 = 4;
/// How long and half as wide arrow heads are.
const ARROW: i32 = 6;

/// The scene as an SVG document that ends in a newline.
pub fn to_svg(scene: &Scene) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = write_svg(scene, &mut out);
    out
}

fn write_svg(scene: &Scene, out: &mut String) -> fmt::Result {
    let (w, h) = (scene.width, scene.height);
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="vpcc-title vpcc-desc" width="{w}" height="{h}" viewBox="0 0 {w} {h}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif">"#
    )?;
    writeln!(out, r#"<title id="vpcc-title">{}</title>"#, Escaped(&scene.title))?;
    writeln!(out, r#"<desc id="vpcc-desc">{}</desc>"#, Escaped(&scene.description))?;
    write_styles(out)?;
    writeln!(out, r#"<rect class="{}" width="{w}" height="{h}" fill="{}"/>"#, GROUND.class, GROUND.fill.light)?;
    scene.labels.iter().try_for_each(|label| write_label(label, out))?;
    scene.items.iter().try_for_each(|item| write_item(item, out))?;
    let (asked, plain): (Vec<&Line>, Vec<&Line>) = scene.lines.iter().partition(|line| line.flow.is_asked());
    plain.into_iter().chain(asked).try_for_each(|line| write_line(line, out))?;
    out.write_str("</svg>\n")
}

fn write_styles(out: &mut String) -> fmt::Result {
    writeln!(out, "<style>")?;
    writeln!(out, "@media (prefers-color-scheme: dark) {{")?;
    for Look { class, fill, stroke } in ALL {
        writeln!(out, ".{class} {{ fill: {}; stroke: {} }}", fill.dark, stroke.dark)?;
    }
    for Look { class, stroke, .. } in ALL.iter().filter(|look| look.fill.light == "none") {
        writeln!(out, ".{class}-head {{ fill: {} }}", stroke.dark)?;
    }
    writeln!(out, "}}\n</style>")
}

fn write_item(item: &Item, out: &mut String) -> fmt::Result {
    writeln!(out, r#"<g><title>{}</title>"#, Escaped(&item.tooltip))?;
    let frame = item.frame;
    if item.role == Role::Nodes {
        let front = Rect { w: frame.w - PILE, h: frame.h - PILE, ..frame };
        write_box(item.role, Rect { x: frame.x + PILE, y: frame.y + PILE, ..front }, out)?;
        write_box(item.role, front, out)?;
    } else {
        write_box(item.role, frame, out)?;
    }
    if let Some(mark) = item.mark {
        write_mark(mark, item.role, frame, out)?;
    }
    for dot in &item.dots {
        let colour = DOTS[dot.colour % DOTS.len()];
        writeln!(out, r#"<circle cx="{}" cy="{}" r="4" fill="{colour}"/>"#, dot.x, dot.y)?;
    }
    item.labels.iter().try_for_each(|label| write_label(label, out))?;
    item.items.iter().try_for_each(|item| write_item(item, out))?;
    writeln!(out, "</g>")
}

fn write_box(role: Role, Rect { x, y, w, h }: Rect, out: &mut String) -> fmt::Result {
    let Look { class, fill, stroke } = role.look();
    let more = match role {
        Role::Door(_) | Role::Network => r#" stroke-width="1.5""#,
        Role::Zone => r#" stroke-dasharray="4 4""#,
        _ => "",
    };
    let round = roundness(role, h);
    let (fill, stroke) = (fill.light, stroke.light);
    writeln!(
        out,
        r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{round}" fill="{fill}" stroke="{stroke}"{more}/>"#
    )
}

/// How round the corners of a box are that is `h` high.
fn roundness(role: Role, h: i32) -> i32 {
    match role {
        Role::Door(_) => h / 2,
        Role::Network => 12,
        Role::Zone => 10,
        Role::Internet | Role::Outside | Role::Subnet(_) => 8,
        Role::Nat | Role::Node | Role::Nodes | Role::Endpoint | Role::Rules => 6,
    }
}

/// A second edge around a box.
fn write_mark(mark: Mark, role: Role, Rect { x, y, w, h }: Rect, out: &mut String) -> fmt::Result {
    let Look { class, stroke, .. } = match mark {
        Mark::Passed => TRACED,
        Mark::Stopped => STOPPED,
    };
    let round = roundness(role, h) + 2;
    let (x, y, w, h) = (x - 2, y - 2, w + 4, h + 4);
    writeln!(
        out,
        r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{round}" fill="none" stroke="{}" stroke-width="2.5"/>"#,
        stroke.light
    )
}

fn write_label(label: &Label, out: &mut String) -> fmt::Result {
    let Label { x, y, text, size, face, ink } = label;
    let Look { class, fill, .. } = ink.look();
    let face_attribute = match face {
        Face::Regular => "",
        Face::Bold => r#" font-weight="bold""#,
        Face::Code => r#" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace""#,
    };
    let tenths = face.tenths(text, *size);
    let (whole, rest) = (tenths / 10, tenths % 10);
    writeln!(
        out,
        r#"<text class="{class}" x="{x}" y="{y}" font-size="{size}"{face_attribute} fill="{}" textLength="{whole}.{rest}" lengthAdjust="spacingAndGlyphs">{}</text>"#,
        fill.light,
        Escaped(text)
    )
}

fn write_line(line: &Line, out: &mut String) -> fmt::Result {
    let Look { class, stroke, .. } = line.flow.look();
    let (Some((first, rest)), Some(last)) = (line.corners.split_first(), line.corners.last()) else { return Ok(()) };
    let mut path = format!("M{} {}", first.0, first.1);
    for corner in line.corners.windows(3) {
        if let [before, at, after] = corner {
            let (from, to) = (towards(*at, *before), towards(*at, *after));
            write!(path, " L{} {} Q{} {} {} {}", from.0, from.1, at.0, at.1, to.0, to.1)?;
        }
    }
    write!(path, " L{} {}", last.0, last.1)?;
    let (width, dashes) = match line.flow {
        Flow::Internet | Flow::Outward | Flow::Aside => ("1.5", ""),
        Flow::Traced => ("3", ""),
        Flow::Stopped => ("2.5", r#" stroke-dasharray="7 5""#),
    };
    writeln!(
        out,
        r#"<path class="{class}" d="{path}" fill="none" stroke="{}" stroke-width="{width}"{dashes}/>"#,
        stroke.light
    )?;
    let before = rest.len().checked_sub(1).and_then(|place| line.corners.get(place));
    match before.filter(|_| line.directed) {
        Some(before) => write_head(*before, *last, (class, stroke.light), out),
        None => Ok(()),
    }
}

/// The place on the way from one corner to the next where the bend ends.
fn towards(at: (i32, i32), to: (i32, i32)) -> (i32, i32) {
    let part = |at: i32, to: i32| at + ((to - at) / 2).clamp(-BEND, BEND);
    (part(at.0, to.0), part(at.1, to.1))
}

fn write_head(from: (i32, i32), to: (i32, i32), (class, colour): (&str, &str), out: &mut String) -> fmt::Result {
    let (dx, dy) = ((to.0 - from.0).signum() * ARROW, (to.1 - from.1).signum() * ARROW);
    let (x, y) = (to.0 - dx, to.1 - dy);
    let (side_x, side_y) = (dy * 2 / 3, dx * 2 / 3);
    writeln!(
        out,
        r#"<path class="{class}-head" d="M{} {} L{} {} L{} {} Z" fill="{colour}"/>"#,
        to.0,
        to.1,
        x + side_x,
        y + side_y,
        x - side_x,
        y - side_y
    )
}

/// A text as XML has it. What XML cannot hold becomes a replacement character.
struct Escaped<'t>(&'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\n' | '\t' => f.write_char(character),
            '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}'),
            _ if character.is_control() => f.write_char('\u{fffd}'),
            _ => f.write_char(character),
        })
    }
}
