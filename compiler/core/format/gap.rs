//! What stands between statements: comments and blank lines.

/// A stretch between two statements, or between a statement and a brace.
pub(super) struct Gap<'t> {
    /// The comment on the line of what stands before.
    pub(super) trailing: Option<&'t str>,
    /// Comments on lines of their own, each with whether a blank line stands before it.
    pub(super) comments: Vec<(bool, &'t str)>,
    /// Whether a blank line stands before what comes next.
    pub(super) blank: bool,
}

/// Reads the text of a gap: blanks, line endings, semicolons and comments.
pub(super) fn read(text: &str) -> Gap<'_> {
    let mut gap = Gap { trailing: None, comments: Vec::new(), blank: false };
    let mut lines = text.split('\n').map(|line| line.trim_matches([' ', '\t', '\r', ';', '\u{FEFF}']));
    let first = lines.next().unwrap_or_default();
    gap.trailing = Some(first).filter(|line| line.starts_with('#'));
    let rest: Vec<&str> = lines.collect();
    // The last piece is the indentation of what comes next, not a line of its own.
    for (index, line) in rest.iter().enumerate() {
        if line.starts_with('#') {
            gap.comments.push((gap.blank, line));
            gap.blank = false;
        } else if line.is_empty() && index + 1 < rest.len() {
            gap.blank = true;
        }
    }
    gap
}
