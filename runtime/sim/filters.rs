//! Filters of Describe actions.
//!
//! A filter names a path into what the action lists, so that each action's filters are a table. Filters are joined with
//! AND, the values of one with OR; `*` and `?` stand for anything and for one character, and a backslash takes that from
//! them (EC2 API Reference, "Filter"; EC2 User Guide, "Filtering").

use super::refusal::Refusal;
use serde::Deserialize;
use vpcc_core::call::{Map, Value};

/// The filters that an action knows, and where in an item each one looks: member names separated by dots.
pub(super) type Known = &'static [(&'static str, &'static str)];

/// How many values the filters of one call may have together (EC2 error code `FilterLimitExceeded`).
const MOST_VALUES: usize = 200;

/// By these filters an action is known to list things with tags, or tags.
const LISTS_TAGS: [&str; 2] = ["tag-key", "resource-type"];

/// A filter of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Filter {
    pub name: String,
    pub values: Vec<String>,
}

/// A filter that is known to the action.
#[derive(Debug)]
pub(super) struct Test<'f> {
    look: Look<'f>,
    values: &'f [String],
}

#[derive(Debug)]
enum Look<'f> {
    Path(&'static str),
    Tag(&'f str),
}

/// Holds that an action knows its filters.
pub(super) fn tests<'f>(filters: &'f [Filter], known: Known) -> Result<Vec<Test<'f>>, Refusal> {
    if filters.iter().map(|filter| filter.values.len()).sum::<usize>() > MOST_VALUES {
        let message = format!("The maximum number of filter values specified on a single call is {MOST_VALUES}");
        return Err(Refusal::new("FilterLimitExceeded", message));
    }
    filters.iter().map(|filter| test(filter, known)).collect()
}

fn test<'f>(filter: &'f Filter, known: Known) -> Result<Test<'f>, Refusal> {
    let invalid = || Refusal::invalid(format!("The filter '{}' is invalid", filter.name));
    if filter.values.is_empty() {
        return Err(Refusal::invalid(format!("The filter '{}' has no values", filter.name)));
    }
    let has_tags = known.iter().any(|(name, _)| LISTS_TAGS.contains(name));
    let look = match filter.name.strip_prefix("tag:").filter(|key| has_tags && !key.is_empty()) {
        Some(key) => Look::Tag(key),
        None => {
            known.iter().find(|(name, _)| *name == filter.name).map(|(_, path)| Look::Path(path)).ok_or_else(invalid)?
        }
    };
    Ok(Test { look, values: &filter.values })
}

impl Test<'_> {
    /// Whether an item passes.
    pub fn passes(&self, item: &Map) -> bool {
        match self.look {
            Look::Path(path) => any_at(item, path, &mut |text| self.matches(text)),
            Look::Tag(key) => {
                self.passes_tag(item, key)
                    || ["Tags", "TagSet"].iter().any(|list| {
                        item.list(list).iter().filter_map(Value::as_map).any(|tag| self.passes_tag(tag, key))
                    })
            }
        }
    }

    fn passes_tag(&self, tag: &Map, key: &str) -> bool {
        tag.text("Key") == key && self.matches(tag.text("Value"))
    }

    fn matches(&self, text: &str) -> bool {
        self.values.iter().any(|pattern| like(pattern, text))
    }
}

/// Whether anything at a path passes; of a list, each item is looked at.
fn any_at(map: &Map, path: &str, passes: &mut impl FnMut(&str) -> bool) -> bool {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    map.get(name).is_some_and(|value| any_in(value, rest, passes))
}

fn any_in(value: &Value, rest: &str, passes: &mut impl FnMut(&str) -> bool) -> bool {
    match value {
        Value::List(values) => values.iter().any(|value| any_in(value, rest, passes)),
        Value::Map(map) => any_at(map, rest, passes),
        _ if !rest.is_empty() => false,
        Value::Text(text) => passes(text),
        Value::Int(number) => passes(&number.to_string()),
        Value::Bool(yes) => passes(if *yes { "true" } else { "false" }),
        Value::Ref(_) | Value::Sealed(_) => false,
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Anything,
    One,
    Just(char),
}

/// Whether a text is like a pattern. Takes time in proportion to the product of their lengths.
fn like(pattern: &str, text: &str) -> bool {
    let parts = parts(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut part, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match parts.get(part) {
            Some(Part::Anything) => {
                retry = Some((part + 1, at));
                part += 1;
            }
            Some(wanted) if *wanted == Part::One || *wanted == Part::Just(text[at]) => (part, at) = (part + 1, at + 1),
            _ => {
                let Some((after_star, from)) = retry else { return false };
                retry = Some((after_star, from + 1));
                (part, at) = (after_star, from + 1);
            }
        }
    }
    parts[part..].iter().all(|part| *part == Part::Anything)
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut letters = pattern.chars();
    let mut parts = Vec::new();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '*' => Part::Anything,
            '?' => Part::One,
            '\\' => Part::Just(letters.next().unwrap_or('\\')),
            other => Part::Just(other),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns_match_as_in_ec2() {
        for (pattern, text, matches) in [
            ("web", "web", true),
            ("web", "Web", false),
            ("w*", "web", true),
            ("*b", "web", true),
            ("w?b", "web", true),
            ("w?b", "wb", false),
            ("*", "", true),
            ("a*b*c", "a-bb-b-c", true),
            ("a*b*c", "a-c-b", false),
            (r"\*amazon\?\\", r"*amazon?\", true),
            (r"\*", "x", false),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }
}
