//! References that go into a thing: `node[0].private_ip`, `cluster.web[a,0]`.

use super::{Checker, Scope, names::Symbol};
use crate::model::{Address, Id, Node};
use crate::problem::{Diagnostic, codes};
use crate::syntax::Word;
use ecow::{EcoString, eco_format};
use std::net::IpAddr;

/// No subnet has more addresses.
const MAX_RANGE: u64 = 1 << 16;

/// A thing that a path names, and what of it.
pub(super) struct Reference {
    /// What the path leads to.
    pub(super) symbol: Symbol,
    /// The path to it, with its brackets.
    pub(super) path: Word,
    /// What stands behind the path.
    pub(super) attribute: Option<Word>,
}

/// One node of those that a declaration stands for.
pub(super) struct Member {
    pub(super) node: Id<Node>,
    pub(super) address: Address,
    pub(super) private_ip: Option<IpAddr>,
}

enum Problem {
    NoMember { path: Word, first: Address, last: Address },
}

impl Checker<'_> {
    /// What a path leads to: its longest part that is declared is the thing, the rest is an attribute of it. `None` for
    /// what isn't declared, which is reported, and for holes.
    pub(super) fn reference(&mut self, scope: Scope, word: &Word, wanted: &'static str) -> Option<Reference> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        let ends = ends_of_segments(&text);
        // What has a place in brackets has no members of its own.
        let paths = ends.iter().rev().filter(|end| !text[..**end].contains("]."));
        let found = paths.filter_map(|end| Some((*end, self.names.known(scope, &text[..*end])?))).next();
        let Some((end, symbol)) = found else {
            let end = ends.first().copied().unwrap_or(text.len());
            self.resolve(scope, &part(word, &text, 0, end), wanted);
            return None;
        };
        let path = part(word, &text, 0, end);
        if symbol == Symbol::Hole {
            return None;
        }
        if let (Symbol::Network(_) | Symbol::Module(_), Some(next)) = (symbol, ends.iter().find(|next| **next > end)) {
            let attribute = &text[end + 1..*next];
            if *next < text.len() || attribute != "id" {
                self.resolve(scope, &part(word, &text, 0, *next), wanted);
                return None;
            }
        }
        self.resolve(scope, &path, wanted)?;
        let attribute = (end < text.len()).then(|| part(word, &text, end + 1, text.len()));
        Some(Reference { symbol, path, attribute })
    }

    /// The nodes that a path means: all of a declaration, those of a zone, or one. None, if it means none, which is
    /// reported.
    pub(super) fn nodes_meant(&mut self, declaration: usize, path: &Word) -> Vec<Member> {
        let ids: Vec<Id<Node>> = self
            .made
            .nodes
            .get(declaration)
            .into_iter()
            .flat_map(|made| made.members.iter().map(|(_, id)| *id))
            .collect();
        // What no subnet has room for is told where the nodes stand.
        if ids.iter().any(|id| self.model.nodes[*id].count() > MAX_RANGE) {
            return Vec::new();
        }
        let count = ids.iter().map(|id| self.model.nodes[*id].count() as usize).sum();
        if !self.may_look_at(count, path.span) {
            return Vec::new();
        }
        let all: Vec<Member> = ids
            .into_iter()
            .flat_map(|id| {
                let members = self.model.nodes[id].members();
                members.map(move |(address, private_ip)| Member { node: id, address, private_ip })
            })
            .collect();
        let Some((_, brackets)) = path.text.split_once('[') else { return all };
        let brackets: EcoString = brackets.chars().filter(|c| !c.is_whitespace()).collect();
        let (whole, zone) = (eco_format!("[{brackets}"), eco_format!("[{},", brackets.trim_end_matches(']')));
        let bounds = all.first().zip(all.last()).map(|(first, last)| (first.address.clone(), last.address.clone()));
        let meant = |member: &Member| {
            let start = member.address.as_str().rfind('[').unwrap_or(member.address.as_str().len());
            let index = &member.address.as_str()[start..];
            index == whole || index.starts_with(zone.as_str())
        };
        let found: Vec<Member> = all.into_iter().filter(meant).collect();
        if let (true, Some((first, last))) = (found.is_empty(), bounds) {
            self.report(Problem::NoMember { path: path.clone(), first, last });
        }
        found
    }
}

/// Where each segment of a path ends; dots in brackets part nothing.
fn ends_of_segments(text: &str) -> Vec<usize> {
    let mut open = false;
    let mut ends = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '[' => open = true,
            ']' => open = false,
            '.' if !open => ends.push(at),
            _ => {}
        }
    }
    ends.push(text.len());
    ends
}

/// A part of a word; of one that parameters were put into, nobody knows where it stands.
fn part(word: &Word, text: &EcoString, start: usize, end: usize) -> Word {
    let mut span = word.span;
    if *text == word.text {
        span.end = span.start + end as u32;
        span.start += start as u32;
    }
    Word { text: text[start..end].into(), span }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NoMember { path, first, last } => {
                let diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no `{}`", path.text));
                if first == last {
                    diagnostic.primary(path.span, format!("there is only `{first}`"))
                } else {
                    diagnostic.primary(path.span, format!("there are `{first}` to `{last}`"))
                }
            }
        }
    }
}
