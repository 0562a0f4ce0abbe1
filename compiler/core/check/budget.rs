//! How much the statements of a program come to. A short program can mean a lot: ranges of nodes, sets of sets of blocks, a
//! rule for each pair of ports and source. What would be too much is told once, and then left out.

use super::Checker;
use crate::limits::{MAX_LETTERS, MAX_LIST, MAX_LOOKUPS, MAX_NAMED_BYTES, MAX_TEXT, MAX_THINGS};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;

/// So many bytes of text count as one thing.
const BYTES_OF_A_THING: usize = 256;

/// What has been made of the program so far.
#[derive(Debug, Default)]
pub(super) struct Budget {
    things: usize,
    lookups: usize,
    /// Pairs of letters that were looked at for what was meant by misspelt names.
    letters: usize,
    /// Bytes of the files that it names.
    named: usize,
    /// Whether it was too much, which is reported.
    is_over: bool,
}

enum Problem {
    Things { span: Span },
    Lookups { span: Span },
    Files { span: Span },
    List { span: Span, noun: &'static str, count: usize },
    Text { span: Span },
}

impl Checker<'_> {
    /// Whether there is room for so many things more, which a place asks for; if not, that is reported, once.
    pub(super) fn has_room_for(&mut self, count: usize, span: Span) -> bool {
        self.budget.things = self.budget.things.saturating_add(count);
        self.within(self.budget.things, MAX_THINGS, Problem::Things { span })
    }

    /// Whether a text may be so long; if not, that is reported.
    pub(super) fn has_room_for_text(&mut self, bytes: usize, span: Span) -> bool {
        if bytes > MAX_TEXT {
            self.report(Problem::Text { span });
            return false;
        }
        self.has_room_for(bytes / BYTES_OF_A_THING, span)
    }

    /// Whether so many things more may be looked at; if not, that is reported, once.
    pub(super) fn may_look_at(&mut self, count: usize, span: Span) -> bool {
        self.budget.lookups = self.budget.lookups.saturating_add(count);
        self.within(self.budget.lookups, MAX_LOOKUPS, Problem::Lookups { span })
    }

    /// Whether a misspelt name, or the kind of thing that is wanted in place of another, may be compared with so many others.
    /// If not, the mistake is told all the same, and only what may have been meant is not.
    pub(super) fn may_compare(&mut self, name: &str, others: usize) -> bool {
        let letters = name.len().saturating_mul(name.len()).saturating_mul(others);
        self.budget.letters = self.budget.letters.saturating_add(letters);
        self.budget.letters <= MAX_LETTERS
    }

    /// Whether a list may be so long; if not, that is reported.
    pub(super) fn fits_list(&mut self, count: usize, noun: &'static str, span: Span) -> bool {
        if count > MAX_LIST && !self.budget.is_over {
            self.budget.is_over = true;
            self.report(Problem::List { span, noun, count });
        }
        count <= MAX_LIST
    }

    /// Whether a file of so many bytes, which a place names, may be taken in; if not, that is reported, once.
    pub(super) fn may_take_in(&mut self, bytes: usize, span: Span) -> bool {
        self.budget.named = self.budget.named.saturating_add(bytes);
        self.within(self.budget.named, MAX_NAMED_BYTES, Problem::Files { span })
    }

    fn within(&mut self, count: usize, most: usize, problem: Problem) -> bool {
        if count > most && !self.budget.is_over {
            self.budget.is_over = true;
            self.report(problem);
        }
        count <= most
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        let too_large = |message: String| Diagnostic::new(codes::TOO_LARGE, message);
        match problem {
            Problem::Things { span } => {
                too_large(format!("the program comes to more than {MAX_THINGS} nodes, rules, routes and blocks"))
                    .primary(span, "there is no room for what this stands for")
                    .help("part it into programs of their own, a stack each")
            }
            Problem::Lookups { span } => too_large("the program names nodes of large ranges too often".to_owned())
                .primary(span, "from here on they are not looked for")
                .help("make the ranges smaller"),
            Problem::Files { span } => {
                let mebibytes = MAX_NAMED_BYTES >> 20;
                too_large(format!("the files that the program names are more than {mebibytes} MiB"))
                    .primary(span, "from here on they are not read")
                    .help("name a file once, in `defaults` for all nodes of a network")
            }
            Problem::List { span, noun, count } => too_large(format!("{count} {noun} are too many"))
                .primary(span, format!("with this there are more than {MAX_LIST}"))
                .help("EC2 takes 1000 at most"),
            Problem::Text { span } => {
                too_large(format!("with everything put in, this text has more than {MAX_TEXT} bytes"))
                    .primary(span, "EC2 takes none that long")
            }
        }
    }
}
