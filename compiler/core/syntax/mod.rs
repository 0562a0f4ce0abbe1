//! From text to a syntax tree with spans, statement by statement.
//!
//! In: the [`Sources`]. Out: a [`Tree`] a file, in which whatever could not be read stands as
//! [`Statement::Broken`], and a problem for each such place. Absent on purpose: names and meaning; a literal is
//! kept as it was written.

mod again;
mod braces;
mod broken;
mod build;
mod comments;
mod dialect;
mod foreign;
pub mod forms;
mod parts;
mod rewrite;
mod spans;
mod text;
mod tree;

pub use tree::*;

use crate::With;
use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Sources, Span};
use pest::Parser;

// The derive reads the grammar when this crate is built and makes a `Rule` of each of its rules.
mod grammar {
    #![allow(missing_docs, reason = "pest documents its generated items with the grammar's own comments only")]

    /// The parser that pest makes of `grammar/vpc.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../../grammar/vpc.pest"]
    pub struct VpcParser;
}

use grammar::{Rule, VpcParser};
use text::Text;

/// A file that was read, with what it takes to read it again when its text has changed.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What it says.
    pub tree: Tree,
    /// What could not be read, that of comments and braces first.
    pub problems: Vec<Diagnostic>,
    text: Text,
}

/// Reads one file.
pub fn parse(sources: &Sources, file: FileId) -> With<Tree> {
    parse_again(sources, file, None).into()
}

/// Reads one file that may have been read before, with another text. It comes to the same as reading all of it.
pub fn parse_again(sources: &Sources, file: FileId, earlier: Option<Parsed>) -> Parsed {
    if let Some(problem) = dialect::of_another_tool(file, &sources.file(file).text) {
        return Parsed::unreadable(file, problem);
    }
    let text = match Text::of(file, &sources.file(file).text) {
        Ok(text) => text,
        Err(problem) => return Parsed::unreadable(file, *problem),
    };
    match earlier.filter(|earlier| earlier.tree.file == file && earlier.tree.readable) {
        Some(earlier) => again::patch(earlier, text).unwrap_or_else(|text| whole(file, text)),
        None => whole(file, text),
    }
}

fn whole(file: FileId, text: Text) -> Parsed {
    match VpcParser::parse(Rule::file, text.parsed()) {
        Ok(pairs) => {
            // Slices come from the text as it was written; the mended one differs only in braces and comments, byte for byte.
            let found = build::tree(file, &text.written, pairs);
            let problems = text.problems.iter().cloned().chain(found.problems).collect();
            Parsed { tree: found.value, problems, text }
        }
        // The grammar takes any text, so only the stack guard can end here.
        Err(error) => {
            let offset = match error.location {
                pest::error::InputLocation::Pos(offset) | pest::error::InputLocation::Span((offset, _)) => offset,
            };
            let problem = Diagnostic::new(codes::SYNTAX, "this file cannot be read from here on")
                .primary(Span::new(file, offset, offset), "");
            Parsed::unreadable(file, problem)
        }
    }
}

impl Parsed {
    /// How many statements and members of lists it has, whether they could be read or not.
    pub fn pieces(&self) -> usize {
        self.text.pieces
    }

    /// A file that is not read at all.
    pub fn unread(file: FileId) -> Parsed {
        Parsed { tree: Tree::unreadable(file), problems: Vec::new(), text: Text::default() }
    }

    fn unreadable(file: FileId, problem: Diagnostic) -> Parsed {
        Parsed { tree: Tree::unreadable(file), problems: vec![problem], text: Text::default() }
    }
}

impl From<Parsed> for With<Tree> {
    fn from(parsed: Parsed) -> Self {
        With { value: parsed.tree, problems: parsed.problems }
    }
}
