//! The tags by which the account itself says what belongs to a stack.

use super::{Observed, Op, Resource, Updating};
use crate::call::{Map, Value};
use crate::model::{Address, Tags};
use ecow::EcoString;

/// Which stack something belongs to.
pub const STACK_TAG: &str = "vpcc:stack";
/// Which address of the stack something stands for.
pub const ADDRESS_TAG: &str = "vpcc:address";
/// Which request made something, so that it is found should the answer be lost.
pub const NONCE_TAG: &str = "vpcc:nonce";
/// The SHA-256 of a key pair's public key.
pub const MATERIAL_TAG: &str = "vpcc:material";
/// The private addresses that the interfaces of an endpoint were given, with spaces between them.
pub const ENDPOINT_TAG: &str = "vpcc:addresses";
/// The SHA-256 of the user data that an instance was launched with.
pub const USER_DATA_TAG: &str = "vpcc:user-data";
/// What an image was made from.
pub const SOURCE_TAG: &str = "vpcc:source";
/// The regions in which a stack has had something, on its VPCs, if it is more than one.
pub const REGIONS_TAG: &str = "vpcc:regions";
/// The pattern by which the image of an instance was found.
pub const IMAGE_TAG: &str = "vpcc:image";

const NAME_TAG: &str = "Name";

fn tag(key: &str, value: impl Into<Value>) -> Value {
    Map::new().with("Key", key).with("Value", value).into()
}

impl Resource {
    /// The `TagSpecifications` of a creating call: everything is known by its tags from its first instant on.
    pub(super) fn tag_specifications(&self, stack: &str, resource_types: &[&str]) -> Value {
        let tags = self.all_tags(stack);
        let specification =
            |resource_type: &&str| Map::new().with("ResourceType", *resource_type).with("Tags", tags.clone());
        resource_types.iter().map(specification).collect::<Vec<_>>().into()
    }

    fn all_tags(&self, stack: &str) -> Vec<Value> {
        let mut tags =
            vec![tag(NAME_TAG, self.name_tag()), tag(STACK_TAG, stack), tag(ADDRESS_TAG, self.address.text())];
        tags.extend(self.marks.iter().map(|(key, value)| tag(key, value.clone())));
        tags.extend(self.tags.iter().filter(|(key, _)| *key != NAME_TAG).map(|(key, value)| tag(key, value.clone())));
        tags
    }

    fn name_tag(&self) -> EcoString {
        self.tags.get(NAME_TAG).cloned().unwrap_or_else(|| self.address.text())
    }

    /// The tags that people see: the program's and the name.
    pub fn visible_tags(&self) -> Map {
        let mut tags = Tags::clone(&self.tags);
        tags.insert(NAME_TAG.into(), self.name_tag());
        to_map(&tags)
    }
}

fn to_map(tags: &Tags) -> Map {
    let mut map = Map::new();
    for (key, value) in tags {
        map.push(key.to_string(), value.clone());
    }
    map
}

/// The tags of an item that people see, sorted: not vpcc's, and not those that AWS services set.
pub(super) fn visible(item: &Map) -> Map {
    let tags = all(item).filter(|(key, _)| !key.starts_with("vpcc:") && !key.to_lowercase().starts_with("aws:"));
    to_map(&tags.map(|(key, value)| (key.into(), value.into())).collect())
}

/// Every tag of an item.
pub(super) fn all(item: &Map) -> impl Iterator<Item = (&str, &str)> {
    item.list("Tags").iter().filter_map(Value::as_map).map(|tag| (tag.text("Key"), tag.text("Value")))
}

/// The value of one tag.
pub(super) fn get<'m>(item: &'m Map, key: &str) -> Option<&'m str> {
    all(item).find(|(other, _)| *other == key).map(|(_, value)| value)
}

/// The address that an item stands for, if it belongs to the stack.
pub(super) fn address(item: &Map, stack: &str) -> Option<Address> {
    (get(item, STACK_TAG) == Some(stack)).then(|| get(item, ADDRESS_TAG).map(Address::from_tag))?
}

/// The call that tags something that came without this stack's doing.
pub(super) fn put_on(resource: &Resource, stack: &str) -> Op {
    let parameters =
        Map::new().with("Resources", [Value::from(&resource.address)]).with("Tags", resource.all_tags(stack));
    Op::new("CreateTags", parameters)
}

/// The call that makes one of the tags by which vpcc finds out what it made what it should be.
pub(super) fn set_mark(updating: &Updating, key: &'static str) -> Op {
    let mark = updating.after.marks.iter().find(|(other, _)| *other == key);
    let (action, tag) = match mark {
        Some((_, value)) => ("CreateTags", tag(key, value.clone())),
        None => ("DeleteTags", Map::new().with("Key", key).into()),
    };
    Op::new(action, Map::new().with("Resources", [updating.id()]).with("Tags", [tag]))
}

/// The call that takes all tags off something that stays when the stack lets go of it.
pub(super) fn take_off(found: &Observed) -> Op {
    let keys = found.tags.iter().map(|(key, _)| key).chain([STACK_TAG, ADDRESS_TAG]);
    let keys: Vec<Value> = keys.map(|key| Map::new().with("Key", key).into()).collect();
    Op::new("DeleteTags", Map::new().with("Resources", [found.id.clone()]).with("Tags", keys))
}

/// The calls that make the tags of something what they should be.
pub fn update(stack: &str, after: &Resource, before: &Observed) -> Vec<Op> {
    let (wanted, found) = (after.visible_tags(), &before.tags);
    let renamed = (before.tagged.as_ref() != Some(&after.address)).then(|| tag(ADDRESS_TAG, after.address.text()));
    let taken_over = before.tagged.is_none().then(|| tag(STACK_TAG, stack));
    let differs = wanted.iter().filter(|(key, value)| found.get(key) != Some(*value));
    let changed: Vec<Value> =
        differs.map(|(key, value)| tag(key, value.clone())).chain(renamed).chain(taken_over).collect();
    let dropped: Vec<Value> = found
        .iter()
        .filter(|(key, _)| wanted.get(key).is_none())
        .map(|(key, _)| Map::new().with("Key", key).into())
        .collect();
    let call = |action, tags: Vec<Value>| {
        let resources: Vec<Value> = [before.id.clone().into()].into_iter().chain(along(before)).collect();
        let op =
            Op::new(action, Map::new().with("Resources", resources).with("Tags", tags.clone())).merges("Resources");
        (!tags.is_empty()).then_some(op)
    };
    call("CreateTags", changed).into_iter().chain(call("DeleteTags", dropped)).collect()
}

/// The ids of what comes with something and bears its tags: the root disk of an instance.
fn along(thing: &Observed) -> Vec<Value> {
    let values = thing.kind.along.iter().filter_map(|name| thing.attributes.get(name));
    values.flat_map(|value| value.as_list().map_or_else(|| vec![value.clone()], <[Value]>::to_vec)).collect()
}
