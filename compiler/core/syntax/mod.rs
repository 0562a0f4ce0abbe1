//! From text to a syntax tree with spans, statement by statement.
//!
//! In: the [`Sources`]. Out: a [`Tree`] a file, in which whatever could not be read stands as
//! [`Statement::Broken`], and a problem for each such place. Absent on purpose: names and meaning; a literal is
//! kept as it was written.

mod braces;
mod broken;
mod build;
pub mod forms;
mod tree;

pub use tree::*;

use crate::With;
use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Sources, Span};
use pest::Parser;

/// How deep blocks may be nested. The language itself needs four levels.
pub const MAX_DEPTH: usize = 16;

// The derive reads the grammar when this crate is built and makes a `Rule` of each of its rules.
mod grammar {
    #![allow(missing_docs, reason = "pest documents its generated items with the grammar's own comments only")]

    /// The parser that pest makes of `grammar/vpc.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../../grammar/vpc.pest"]
    pub struct VpcParser;
}

use grammar::{Rule, VpcParser};

/// Reads one file.
pub fn parse(sources: &Sources, file: FileId) -> With<Tree> {
    let text = &sources.file(file).text;
    let braces = match braces::mend(file, text) {
        Ok(braces) => braces,
        Err(problem) => return With { value: Tree::unreadable(file), problems: vec![*problem] },
    };
    let text = braces.text.as_deref().unwrap_or(text);
    match VpcParser::parse(Rule::file, text) {
        Ok(pairs) => {
            // Slices come from the text as it was written; the mended one differs only in single braces.
            let mut tree = build::tree(file, &sources.file(file).text, pairs);
            tree.problems.splice(0..0, braces.problems);
            tree
        }
        // The grammar takes any text, so only the stack guard can end here.
        Err(error) => {
            let offset = match error.location {
                pest::error::InputLocation::Pos(offset) | pest::error::InputLocation::Span((offset, _)) => offset,
            };
            let problem = Diagnostic::new(codes::SYNTAX, "this file cannot be read from here on")
                .primary(Span::new(file, offset, offset), "");
            With { value: Tree::unreadable(file), problems: vec![problem] }
        }
    }
}
