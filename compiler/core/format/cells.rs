//! Lines in columns: rules, routes and settings that follow each other line up.

/// A line to be.
pub(super) struct Line {
    /// How many levels it is indented.
    pub(super) depth: usize,
    /// Its parts. Lines of one group that follow each other have them in columns.
    pub(super) cells: Vec<String>,
    /// What it lines up with, if with anything.
    pub(super) group: Option<&'static str>,
    /// The comment at its end.
    pub(super) comment: Option<String>,
}

impl Line {
    pub(super) fn blank() -> Line {
        Line { depth: 0, cells: Vec::new(), group: None, comment: None }
    }

    pub(super) fn plain(depth: usize, text: String) -> Line {
        Line { depth, cells: vec![text], group: None, comment: None }
    }
}

/// The lines as texts, with their columns lined up.
pub(super) fn align(lines: &[Line]) -> Vec<String> {
    let mut texts = Vec::with_capacity(lines.len());
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let same = |line: &&Line| first.group.is_some() && line.group == first.group && line.depth == first.depth;
        let len = rest.iter().take_while(same).count().max(1);
        let (group, after) = rest.split_at(len);
        let widths = widths(group);
        texts.extend(group.iter().map(|line| text(line, &widths)));
        rest = after;
    }
    texts
}

fn widths(group: &[Line]) -> Vec<usize> {
    let columns = group.iter().map(|line| line.cells.len()).max().unwrap_or_default();
    let width = |column: usize| {
        // The last part of a line needs no room behind it.
        let inner = group.iter().filter(|line| column + 1 < line.cells.len());
        inner.map(|line| line.cells[column].chars().count()).max().unwrap_or_default()
    };
    (0..columns).map(width).collect()
}

fn text(line: &Line, widths: &[usize]) -> String {
    let mut text = "  ".repeat(line.depth);
    for (index, (cell, width)) in line.cells.iter().zip(widths).enumerate() {
        if index > 0 && *width + cell.len() > 0 {
            text.push(' ');
        }
        text.push_str(cell);
        if index + 1 < line.cells.len() {
            text.extend(std::iter::repeat_n(' ', width - cell.chars().count().min(*width)));
        }
    }
    if let Some(comment) = &line.comment {
        text = if text.trim().is_empty() { text + comment } else { format!("{} {comment}", text.trim_end()) };
    }
    text
}
