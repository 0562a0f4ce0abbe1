//! Writing answers: members that EC2 leaves out when they are empty.

use super::tags::Tags;
use vpcc_core::call::{Map, Value};

/// Adding to an answer.
pub(super) trait Members {
    /// Adds a list, unless it is empty.
    fn with_list(self, name: &'static str, items: impl IntoIterator<Item = impl Into<Value>>) -> Map;
    /// Adds a text, unless it is empty.
    fn with_text(self, name: &'static str, text: &str) -> Map;
    /// Adds tags as `Tags`, unless there are none.
    fn with_tags(self, tags: &Tags) -> Map;
}

impl Members for Map {
    fn with_list(self, name: &'static str, items: impl IntoIterator<Item = impl Into<Value>>) -> Map {
        let items: Vec<Value> = items.into_iter().map(Into::into).collect();
        self.with_some(name, (!items.is_empty()).then_some(items))
    }

    fn with_text(self, name: &'static str, text: &str) -> Map {
        self.with_some(name, (!text.is_empty()).then_some(text))
    }

    fn with_tags(self, tags: &Tags) -> Map {
        self.with_list("Tags", list(tags))
    }
}

/// Tags as EC2 lists them.
pub(super) fn list(tags: &Tags) -> impl Iterator<Item = Map> {
    tags.iter().map(|(key, value)| Map::new().with("Key", key.as_str()).with("Value", value.as_str()))
}

/// The answer of actions that say nothing when they are done.
pub(super) fn nothing() -> Map {
    Map::new()
}
