//! Tags, and the texts that EC2 restricts.

use super::Checker;
use crate::model::Tags;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Entry, Word};
use ecow::EcoString;

/// EC2 allows 50 tags; vpcc needs some of them itself (EC2 User Guide, "Tag restrictions").
const MAX_TAGS: usize = 42;

/// Longest key and value of a tag, in characters (EC2 API Reference, "Tag").
const MAX_KEY: usize = 127;
const MAX_VALUE: usize = 256;

/// Longest name or description of a security group or rule (EC2 API Reference, "CreateSecurityGroup").
const MAX_DESCRIPTION: usize = 255;

enum Problem {
    TooMany { span: Span, count: usize },
    Reserved { key: EcoString, span: Span, prefix: &'static str },
    TooLong { what: &'static str, span: Span, len: usize, max: usize },
    Twice { key: EcoString, span: Span },
    BadCharacter { what: &'static str, span: Span, character: char, allowed: &'static str },
}

impl Checker<'_> {
    /// The tags of one block.
    pub(super) fn tags(&mut self, entries: &[Entry]) -> Tags {
        let mut tags = Tags::new();
        for entry in entries {
            let (Some(key), Some(value)) = (self.plain_or_text(&entry.key), self.plain_or_text(&entry.value)) else {
                continue;
            };
            self.check_tag(entry, &key, &value);
            if tags.insert(key.clone(), value).is_some() {
                self.report(Problem::Twice { key, span: entry.key.span });
            }
        }
        if let (true, Some(entry)) = (tags.len() > MAX_TAGS, entries.get(MAX_TAGS)) {
            self.report(Problem::TooMany { span: entry.key.span, count: tags.len() });
        }
        tags
    }

    fn plain_or_text(&mut self, word: &Word) -> Option<EcoString> {
        if word.is_string() { self.text(word) } else { self.fill(word) }
    }

    fn check_tag(&mut self, entry: &Entry, key: &str, value: &str) {
        let lower = key.to_lowercase();
        if let Some(prefix) = ["aws:", "vpcc:"].into_iter().find(|prefix| lower.starts_with(prefix)) {
            self.report(Problem::Reserved { key: key.into(), span: entry.key.span, prefix });
        }
        for (what, word, text, max) in [("key", &entry.key, key, MAX_KEY), ("value", &entry.value, value, MAX_VALUE)] {
            let len = text.chars().count();
            if len > max {
                self.report(Problem::TooLong { what, span: word.span, len, max });
            }
        }
    }

    /// A description of a group or a rule, if EC2 takes it.
    pub(super) fn description(&mut self, word: &Word, what: &'static str) -> Option<EcoString> {
        let text = self.text(word)?;
        self.check_characters(&text, word.span, what);
        Some(text)
    }

    /// Reports characters that EC2 does not take in names and descriptions of groups, and texts that are too long.
    pub(super) fn check_characters(&mut self, text: &str, span: Span, what: &'static str) {
        let allowed = "a-z A-Z 0-9, space and . _ - : / ( ) # , @ [ ] + = ; { } ! $ *";
        let fine = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=;{}!$*".contains(c);
        if let Some(character) = text.chars().find(|c| !fine(*c)) {
            self.report(Problem::BadCharacter { what, span, character, allowed });
        }
        let len = text.chars().count();
        if len > MAX_DESCRIPTION {
            self.report(Problem::TooLong { what, span, len, max: MAX_DESCRIPTION });
        }
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::TooMany { span, count } => Diagnostic::new(codes::BAD_TAG, format!("{count} tags are too many"))
                .primary(span, format!("{MAX_TAGS} fit beside those that vpcc sets itself")),
            Problem::Reserved { key, span, prefix } => {
                let whose = if prefix == "aws:" { "AWS" } else { "vpcc" };
                Diagnostic::new(codes::BAD_TAG, format!("the tag `{key}` cannot be set"))
                    .primary(span, format!("names with `{prefix}` belong to {whose}"))
            }
            Problem::TooLong { what, span, len, max } => {
                let code = if matches!(what, "key" | "value") { codes::BAD_TAG } else { codes::BAD_NAME };
                Diagnostic::new(code, format!("this {what} is {len} characters long"))
                    .primary(span, format!("EC2 takes {max}"))
            }
            Problem::Twice { key, span } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("the tag `{key}` stands here twice"))
                    .primary(span, "a second time")
            }
            Problem::BadCharacter { what, span, character, allowed } => {
                let shown =
                    if character.is_control() { character.escape_debug().to_string() } else { character.to_string() };
                Diagnostic::new(codes::BAD_NAME, format!("EC2 takes no `{shown}` in a {what}"))
                    .primary(span, "in this text")
                    .help(format!("it takes {allowed}"))
            }
        }
    }
}
