//! Braces that don't match, found by a scan before the parser runs, so that one brace gives one message.
//!
//! A text in quotes that is never closed hides the brace behind it; it is closed before that brace.
//!
//! Where a `}` is missing or too many, the indentation tells where it was meant. There the text is mended for the
//! parser, byte for byte: a line's ending becomes the missing `}`, a superfluous `}` becomes a `;`. So all places
//! stay true, and what follows is read as it was meant.

use super::broken;
use crate::limits::{MAX_DEPTH, MAX_PIECES};
use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Span};

/// What the parser should read.
pub(super) struct Mended {
    /// The mended text; `None` if the text is fine as it is.
    pub(super) text: Option<String>,
    /// How many statements and members of lists there are.
    pub(super) pieces: usize,
    pub(super) problems: Vec<Diagnostic>,
}

/// A brace, and the line it stands on.
#[derive(Clone, Copy)]
struct Brace {
    offset: usize,
    opens: bool,
    /// How far the line is indented, in bytes.
    indent: usize,
    /// Whether it is the first thing on its line.
    leads: bool,
    /// The end of the last line before this one that holds something.
    line_before: usize,
}

/// Where statements start: a line that is indented no more than the block it stands in has left that block.
enum Event {
    Brace(Brace),
    Line(Line),
}

/// A line that starts with something else than a brace.
#[derive(Clone, Copy)]
struct Line {
    /// Where it starts, behind its blanks.
    start: usize,
    indent: usize,
    line_before: usize,
}

/// Looks at all braces of `text` outside strings and comments.
///
/// # Errors
/// When blocks are nested deeper than [`MAX_DEPTH`], or there are more than [`MAX_PIECES`] pieces.
pub(super) fn mend(file: FileId, text: &str) -> Result<Mended, Box<Diagnostic>> {
    let Scan { events, unclosed, pieces } = scan(text).map_err(|offset| too_large(file, offset))?;
    let (mut open, mut stray) = (Vec::new(), 0usize);
    for event in &events {
        let Event::Brace(brace) = event else { continue };
        if !brace.opens {
            if open.pop().is_none() {
                stray += 1;
            }
            continue;
        }
        open.push(*brace);
        if open.len() > MAX_DEPTH {
            return Err(Box::new(too_deep(file, brace.offset)));
        }
    }
    let apart = apart(text, &events);
    if open.is_empty() && stray == 0 && unclosed.is_empty() && apart.is_empty() {
        return Ok(Mended { text: None, pieces, problems: Vec::new() });
    }
    let bytes = text.as_bytes().to_vec();
    let (missing, problems) = (open.len(), Vec::new());
    let mut mender = Mender { file, bytes, open: Vec::new(), missing, stray, last: None, problems };
    for (end, brace) in apart {
        mender.join(end, brace);
    }
    for (start, end) in unclosed {
        mender.bytes[end] = b'"';
        mender.problems.push(broken::unclosed_text(Span::new(file, start, end)));
    }
    for event in &events {
        mender.step(event);
    }
    let (bytes, problems) = mender.finish();
    Ok(Mended { text: String::from_utf8(bytes).ok(), pieces, problems })
}

fn too_deep(file: FileId, offset: usize) -> Diagnostic {
    Diagnostic::new(codes::TOO_DEEP, format!("blocks are nested more than {MAX_DEPTH} deep"))
        .primary(Span::new(file, offset, offset + 1), "this one is too many")
}

fn too_large(file: FileId, offset: usize) -> Box<Diagnostic> {
    let message = format!("the file has more than {MAX_PIECES} statements and members of lists");
    Box::new(
        Diagnostic::new(codes::TOO_LARGE, message)
            .primary(Span::new(file, offset, offset), "from here on")
            .help("part it into programs of their own, a stack each"),
    )
}

struct Scan {
    events: Vec<Event>,
    /// Texts without a closing quote in front of a brace: where they start, and the blank before the brace.
    unclosed: Vec<(usize, usize)>,
    pieces: usize,
}

/// Finds the braces and the lines of a text.
///
/// # Errors
/// With the place of the first statement or member of a list that is more than [`MAX_PIECES`].
fn scan(text: &str) -> Result<Scan, usize> {
    let bytes = text.as_bytes();
    let (mut events, mut unclosed) = (Vec::new(), Vec::new());
    let (mut pieces, mut depth) = (0, 0usize);
    let (mut index, mut line_start, mut line_before, mut seen) = (0, 0, 0, false);
    while index < bytes.len() {
        let byte = bytes[index];
        if !seen && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'#' | b'{' | b'}') {
            events.push(Event::Line(Line { start: index, indent: index - line_start, line_before }));
            (seen, pieces) = (true, pieces + 1);
        }
        if pieces > MAX_PIECES {
            return Err(index);
        }
        match byte {
            b';' | b',' => pieces += 1,
            b'\n' => {
                if seen {
                    line_before = index;
                }
                (line_start, seen) = (index + 1, false);
            }
            b'#' => index = line_end(bytes, index) - 1,
            b'"' => match string_end(bytes, index) {
                Ok(end) => index = end,
                Err(end) => match blank_before_brace(text, index, end) {
                    Some(blank) => {
                        unclosed.push((index, blank));
                        index = blank;
                    }
                    None => index = end - 1,
                },
            },
            b'{' | b'}' => {
                let indent = bytes[line_start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                // What closes a block goes with what opens it.
                pieces += usize::from(byte == b'{' || depth == 0);
                depth = if byte == b'{' { depth + 1 } else { depth.saturating_sub(1) };
                let brace = Brace { offset: index, opens: byte == b'{', indent, leads: !seen, line_before };
                events.push(Event::Brace(brace));
                seen = true;
            }
            _ => {}
        }
        index += 1;
    }
    Ok(Scan { events, unclosed, pieces })
}

/// The braces that open a block on a line of their own, each with the end of the line that it belongs to.
fn apart(text: &str, events: &[Event]) -> Vec<(usize, usize)> {
    let pairs = events.iter().zip(events.iter().skip(1));
    let found = pairs.filter_map(|pair| match pair {
        (Event::Line(line), Event::Brace(brace)) if brace.opens && brace.leads && brace.line_before > line.start => {
            let head = text.get(line.start..brace.line_before)?;
            let end = line.start + head.trim_end().len();
            let between = text.get(end..brace.offset)?;
            // Behind a comment nothing can go on.
            (takes_block(head) && !head.contains('#') && between.trim().is_empty()).then_some((end, brace.offset))
        }
        _ => None,
    });
    found.collect()
}

/// Whether a line starts a statement that has a block.
fn takes_block(line: &str) -> bool {
    let keyword = line.split([' ', '\t']).next().unwrap_or_default();
    let blocks = ["network", "subnet", "routes", "sg", "acl", "node", "defaults", "dns", "endpoint", "tags", "env"];
    blocks.contains(&keyword) && !line.trim_end().ends_with([',', ';'])
}

/// The offset of the end of a line.
pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| from + at)
}

/// The offset of a string's closing quote; that of the line's end if there is none.
pub(super) fn string_end(bytes: &[u8], from: usize) -> Result<usize, usize> {
    let end = line_end(bytes, from);
    let mut index = from + 1;
    while index < end {
        match bytes[index] {
            b'\\' => index += 1,
            b'"' => return Ok(index),
            _ => {}
        }
        index += 1;
    }
    Err(end)
}

/// The blank between a text that is never closed and the brace at the end of its line, if there is such a brace.
fn blank_before_brace(text: &str, from: usize, end: usize) -> Option<usize> {
    let line = text[from..end].trim_end_matches(['\r', ' ', '\t']);
    line.ends_with(" {").then(|| from + line.len() - 2)
}

struct Mender {
    file: FileId,
    bytes: Vec<u8>,
    open: Vec<Brace>,
    missing: usize,
    stray: usize,
    /// The line before, if no brace stands on it.
    last: Option<Line>,
    problems: Vec<Diagnostic>,
}

impl Mender {
    fn step(&mut self, event: &Event) {
        match event {
            Event::Line(line) => {
                if let Some(last) = self.last.replace(*line) {
                    self.open_behind(last, *line);
                }
                let left = |top: &Brace| line.indent <= top.indent && line.line_before > top.offset;
                while self.open.last().is_some_and(left) {
                    if !self.close_at(line.line_before) {
                        break;
                    }
                }
            }
            Event::Brace(brace) => {
                self.last = None;
                if brace.opens { self.open.push(*brace) } else { self.close(brace) }
            }
        }
    }

    /// Opens a block at the end of a line that would have one, where the next line is indented as if it stood in it.
    fn open_behind(&mut self, last: Line, line: Line) {
        let newline = line.line_before;
        let head =
            self.bytes.get(last.start..newline).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
        let is_meant = line.indent > last.indent && takes_block(head) && !head.contains(['#', '\n']);
        if self.stray == 0 || !is_meant || self.bytes.get(newline) != Some(&b'\n') {
            return;
        }
        let end = last.start + head.trim_end().len();
        self.stray -= 1;
        self.bytes[newline] = b'{';
        let (indent, line_before) = (last.indent, last.line_before);
        self.open.push(Brace { offset: newline, opens: true, indent, leads: false, line_before });
        let at = Span::new(self.file, end, end);
        self.problems.push(
            Diagnostic::new(codes::UNMATCHED_BRACE, "this block is never opened")
                .primary(at, "a `{` seems to be missing here")
                .fix(at, " {"),
        );
    }

    /// Lets a statement go on to its brace on a later line.
    fn join(&mut self, end: usize, brace: usize) {
        for byte in &mut self.bytes[end..brace] {
            *byte = b' ';
        }
        let at = Span::new(self.file, brace, brace + 1);
        self.problems.push(
            Diagnostic::new(codes::UNMATCHED_BRACE, "a block opens on the line of its statement")
                .primary(at, "belongs at the end of the line before")
                .fix(Span::new(self.file, end, brace + 1), " {"),
        );
    }

    fn close(&mut self, brace: &Brace) {
        while brace.leads && self.open.len() > 1 && self.open.last().is_some_and(|top| brace.indent < top.indent) {
            if !self.close_at(brace.line_before) {
                break;
            }
        }
        let too_many = match self.open.last() {
            None => true,
            Some(top) => self.stray > 0 && brace.leads && brace.indent > top.indent,
        };
        if !too_many {
            self.open.pop();
            return;
        }
        self.stray = self.stray.saturating_sub(1);
        self.bytes[brace.offset] = b';';
        let at = Span::new(self.file, brace.offset, brace.offset + 1);
        self.problems.push(
            Diagnostic::new(codes::UNMATCHED_BRACE, "this `}` closes nothing")
                .primary(at, "there is no open block here")
                .fix(at, ""),
        );
    }

    /// Closes the innermost block at the end of a line, if a brace is missing at all.
    fn close_at(&mut self, newline: usize) -> bool {
        if self.missing == 0 || self.bytes.get(newline) != Some(&b'\n') {
            return false;
        }
        let Some(top) = self.open.pop() else { return false };
        self.missing -= 1;
        self.bytes[newline] = b'}';
        let end = if newline > 0 && self.bytes[newline - 1] == b'\r' { newline - 1 } else { newline };
        self.problems.push(self.unclosed(top, end));
        true
    }

    fn unclosed(&self, brace: Brace, end: usize) -> Diagnostic {
        let at = Span::new(self.file, end, end);
        let indent = " ".repeat(brace.indent);
        Diagnostic::new(codes::UNMATCHED_BRACE, "this block is never closed")
            .primary(Span::new(self.file, brace.offset, brace.offset + 1), "opened here")
            .secondary(at, "a `}` seems to be missing here")
            .fix(at, format!("\n{indent}}}"))
    }

    fn finish(mut self) -> (Vec<u8>, Vec<Diagnostic>) {
        let end = self.bytes.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
        while let Some(brace) = self.open.pop() {
            let problem = self.unclosed(brace, end);
            self.problems.push(problem);
        }
        (self.bytes, self.problems)
    }
}
