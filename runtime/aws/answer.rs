//! Writing answers by the EC2 API's names, and the shapes that many answers share.
//!
//! In: what the SDK answers. Out: maps. What EC2 leaves out and lists without items are left out. A shape that only
//! one family of actions has stands with that family.

use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use aws_sdk_ec2::types::{
    AttributeBooleanValue, AttributeValue, GroupIdentifier, IamInstanceProfile, Tag, UnsuccessfulItem,
    UnsuccessfulItemError,
};
use vpcc_core::call::{Map, Value};

/// Adding members of the SDK's types to a map.
pub(super) trait Members {
    /// Adds a word: one of several choices.
    fn with_word(self, name: &'static str, word: Option<&impl AsRef<str>>) -> Map;
    /// Adds a list, each of its items translated.
    fn with_each<T>(self, name: &'static str, items: &[T], translate: impl Fn(&T) -> Map) -> Map;
    /// Adds a list of texts.
    fn with_texts(self, name: &'static str, texts: &[String]) -> Map;
    /// Adds a point in time as a text (RFC 3339).
    fn with_time(self, name: &'static str, time: Option<&DateTime>) -> Map;
}

impl Members for Map {
    fn with_word(self, name: &'static str, word: Option<&impl AsRef<str>>) -> Map {
        self.with_some(name, word.map(AsRef::as_ref))
    }

    fn with_each<T>(self, name: &'static str, items: &[T], translate: impl Fn(&T) -> Map) -> Map {
        let list: Vec<Value> = items.iter().map(|item| translate(item).into()).collect();
        self.with_some(name, (!list.is_empty()).then_some(list))
    }

    fn with_texts(self, name: &'static str, texts: &[String]) -> Map {
        let list: Vec<Value> = texts.iter().map(|text| text.as_str().into()).collect();
        self.with_some(name, (!list.is_empty()).then_some(list))
    }

    fn with_time(self, name: &'static str, time: Option<&DateTime>) -> Map {
        self.with_some(name, time.and_then(|time| time.fmt(DateTimeFormat::DateTime).ok()))
    }
}

/// The answer of an action that tells nothing.
pub(super) fn nothing<T>(_: T) -> Map {
    Map::new()
}

/// A page of a listing.
pub(super) fn page<T>(name: &'static str, items: &[T], translate: impl Fn(&T) -> Map, next: Option<&str>) -> Map {
    Map::new().with_each(name, items, translate).with_some("NextToken", next.filter(|token| !token.is_empty()))
}

/// A tag.
pub(super) fn tag(tag: &Tag) -> Map {
    Map::new().with_some("Key", tag.key()).with_some("Value", tag.value())
}

/// Something that an action could not do while it did the rest, and why.
pub(super) fn unsuccessful(item: &UnsuccessfulItem) -> Map {
    let why = |error: &UnsuccessfulItemError| {
        Map::new().with_some("Code", error.code()).with_some("Message", error.message())
    };
    Map::new().with_some("ResourceId", item.resource_id()).with_some("Error", item.error().map(why))
}

/// A wrapped yes or no.
pub(super) fn switch(switch: &AttributeBooleanValue) -> Map {
    Map::new().with_some("Value", switch.value())
}

/// A wrapped text.
pub(super) fn setting(setting: &AttributeValue) -> Map {
    Map::new().with_some("Value", setting.value())
}

/// A security group, by id and name.
pub(super) fn group(group: &GroupIdentifier) -> Map {
    Map::new().with_some("GroupId", group.group_id()).with_some("GroupName", group.group_name())
}

/// An instance profile.
pub(super) fn instance_profile(profile: &IamInstanceProfile) -> Map {
    Map::new().with_some("Arn", profile.arn()).with_some("Id", profile.id())
}
