//! A matrix as a picture: who begins in rows, who answers in columns, what passes where they meet. It follows the reader's
//! choice of light or dark.

use super::flows::Flow;
use super::gather::gathered;
use super::matrix::{Matrix, PartyKind, Passage};
use super::table::{flows_text, label};
use crate::problem::render::visible;
use std::collections::HashMap;
use std::io::{self, Write};

/// Pixels of a cell's sides, of the letters' height and width, and of the space around all.
const CELL: usize = 46;
const LETTER_HEIGHT: usize = 12;
const LETTER_WIDTH: usize = 7;
const MARGIN: usize = 16;

/// Names and texts of cells are cut to this many letters; the whole text shows when the mouse rests on a cell.
const LONGEST_NAME: usize = 36;

const STYLE: &str = "\
    :root { color-scheme: light dark; }
    .paper { fill: #ffffff; } .name { fill: #1f2328; } .head { fill: #57606a; }
    .none { fill: #f3f4f6; } .self { fill: #e5e7eb; } .some { fill: #2da44e; } .world { fill: #bc4c00; } .unsure { fill: #9a6700; }
    .count { fill: #ffffff; }
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117; } .name { fill: #e6edf3; } .head { fill: #8b949e; }
      .none { fill: #161b22; } .self { fill: #21262d; } .some { fill: #238636; } .world { fill: #bd561d; } .unsure { fill: #9e6a03; }
    }";

/// Writes a matrix as SVG. `names` tells what people call a thing.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_svg(matrix: &Matrix, names: &HashMap<&str, &str>, out: &mut dyn Write) -> io::Result<()> {
    let matrix = &gathered(matrix, names);
    let labels: Vec<String> = matrix.parties.iter().map(label).collect();
    let picture = Picture { matrix, labels };
    picture.write(out)
}

struct Picture<'m> {
    matrix: &'m Matrix,
    labels: Vec<String>,
}

impl Picture<'_> {
    /// The room that the names need, in pixels.
    fn names_width(&self) -> usize {
        let longest = self.labels.iter().map(|label| shown(label).chars().count()).max().unwrap_or_default();
        longest * LETTER_WIDTH + MARGIN
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let side = self.labels.len() * CELL;
        let room = self.names_width();
        // Names of columns lean, and so take less height than width, and some width behind the last column.
        let (head, tail) = (room * 3 / 4 + MARGIN, room * 3 / 4);
        let legend = 2 * CELL;
        let width = (MARGIN + room + side + tail).max(MARGIN + legend_width());
        let height = head + side + legend;
        writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"Who reaches whom\">"
        )?;
        writeln!(
            out,
            "  <style>\n    {STYLE}\n  </style>\n  <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>"
        )?;
        let left = MARGIN + room;
        self.write_names(left, head, out)?;
        self.write_cells(left, head, out)?;
        write_legend(MARGIN, head + side + CELL, out)?;
        writeln!(out, "</svg>")
    }

    fn write_names(&self, left: usize, top: usize, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "  <text class=\"head\" x=\"{MARGIN}\" y=\"{}\">from ↓ to →</text>", top - LETTER_HEIGHT)?;
        for (place, label) in self.labels.iter().enumerate() {
            let middle = place * CELL + CELL / 2;
            let text = escaped(&shown(label));
            let (x, y) = (left - LETTER_WIDTH, top + middle + LETTER_HEIGHT / 3);
            writeln!(out, "  <text class=\"name\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{text}</text>")?;
            let (x, y) = (left + middle + LETTER_HEIGHT / 3, top - LETTER_WIDTH);
            writeln!(out, "  <text class=\"name\" transform=\"translate({x} {y}) rotate(-45)\">{text}</text>")?;
        }
        Ok(())
    }

    fn write_cells(&self, left: usize, top: usize, out: &mut dyn Write) -> io::Result<()> {
        let passages: HashMap<(usize, usize), &Passage> =
            self.matrix.passages.iter().map(|passage| ((passage.from, passage.to), passage)).collect();
        for (row, from) in self.labels.iter().enumerate() {
            for (column, to) in self.labels.iter().enumerate() {
                let passage = passages.get(&(row, column)).copied();
                let (x, y) = (left + column * CELL + 1, top + row * CELL + 1);
                let what = passage.map_or("nothing".to_owned(), told);
                let title = escaped(&format!("{from} → {to}: {what}"));
                let class = self.class(row, column, passage);
                let size = CELL - 2;
                writeln!(
                    out,
                    "  <g><title>{title}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" rx=\"4\"/>"
                )?;
                if let Some(text) = passage.map(short).filter(|_| class != "self") {
                    let (x, y) = (x + size / 2, y + size / 2 + LETTER_HEIGHT / 3);
                    writeln!(
                        out,
                        "    <text class=\"count\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>"
                    )?;
                }
                writeln!(out, "  </g>")?;
            }
        }
        Ok(())
    }

    fn class(&self, row: usize, column: usize, passage: Option<&Passage>) -> &'static str {
        let internet =
            |place: usize| self.matrix.parties.get(place).is_some_and(|party| party.kind == PartyKind::Internet);
        match passage {
            _ if internet(row) && internet(column) => "self",
            None => "none",
            Some(passage) if passage.flows.is_empty() => "unsure",
            Some(_) if internet(row) => "world",
            Some(_) => "some",
        }
    }
}

/// What passes, in a cell: the port if it is one, all of it, or how many flows there are.
fn short(passage: &Passage) -> String {
    match passage.flows.as_slice() {
        [] => "?".to_owned(),
        [one] => one_word(one),
        flows => format!("×{}", flows.len()),
    }
}

fn one_word(flow: &Flow) -> String {
    let text = flow.traffic.to_string();
    let word = text.split(' ').next_back().unwrap_or_default();
    if word.chars().count() <= 5 { escaped(word) } else { "×1".to_owned() }
}

fn told(passage: &Passage) -> String {
    let flows = flows_text(&passage.flows);
    match (flows.is_empty(), passage.not_modelled) {
        (true, _) => "not modelled".to_owned(),
        (false, true) => format!("{flows}; more is not modelled"),
        (false, false) => flows,
    }
}

/// What the colours mean.
const MARKS: [(&str, &str); 4] =
    [("some", "passes"), ("world", "open to the internet"), ("unsure", "not modelled"), ("none", "nothing")];

fn mark_width(text: &str) -> usize {
    20 + (text.len() + 3) * LETTER_WIDTH
}

fn legend_width() -> usize {
    MARKS.iter().map(|(_, text)| mark_width(text)).sum()
}

fn write_legend(left: usize, top: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut x = left;
    for (class, text) in MARKS {
        let y = top - LETTER_HEIGHT;
        writeln!(out, "  <rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"14\" height=\"14\" rx=\"3\"/>")?;
        writeln!(out, "  <text class=\"head\" x=\"{}\" y=\"{top}\">{text}</text>", x + 20)?;
        x += mark_width(text);
    }
    Ok(())
}

fn shown(label: &str) -> String {
    if label.chars().count() <= LONGEST_NAME {
        return label.to_owned();
    }
    label.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
