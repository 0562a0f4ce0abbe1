//! One layout for all programs.
//!
//! In: a file without syntax errors, and its tree. Out: the same program, laid out. Comments stay where they are,
//! and the layout of a laid out program is itself. What stands in a line, in a list or in a block is the author's
//! choice, as are single blank lines between statements.

mod cells;
mod gap;
mod layout;

use crate::syntax::Tree;

/// Lines get no longer than this where a list can be broken.
const WIDTH: usize = 100;

/// The text of a file, laid out. The tree has to be that of the text, and free of syntax errors.
pub fn format(text: &str, tree: &Tree) -> String {
    let lines = layout::lines(text, tree);
    let ending = if text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')) { "\r\n" } else { "\n" };
    cells::align(&lines).iter().fold(String::new(), |out, line| out + line.trim_end() + ending)
}
