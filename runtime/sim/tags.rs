//! Tags: their rules, and the actions on them (EC2 User Guide, "Tag your Amazon EC2 resources").

use super::answer;
use super::describe::{Item, Listing, Pages};
use super::ids::{self, Kind};
use super::refusal::{Refusal, Reply};
use super::region::KINDS;
use super::site::Site;
use serde::Deserialize;
use std::collections::BTreeMap;
use vpcc_core::call::Map;

/// The tags of one thing.
pub(super) type Tags = BTreeMap<String, String>;

/// How many tags a thing may have.
const MOST_TAGS: usize = 50;
/// How many things one call may tag (EC2 API Reference, "CreateTags").
const MOST_RESOURCES: usize = 1000;
/// Longest key and value, in characters (EC2 API Reference, "Tag").
const LONGEST_KEY: usize = 127;
const LONGEST_VALUE: usize = 256;

/// A tag in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    pub key: String,
    pub value: Option<String>,
}

/// Tags for what a request makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagSpecification {
    pub resource_type: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// The `TagSpecifications` of a request.
pub(super) type Specifications = Vec<TagSpecification>;

/// The tags for the one thing that a request makes.
pub(super) fn for_new(specifications: &[TagSpecification], kind: &Kind) -> Result<Tags, Refusal> {
    Ok(for_each(specifications, &[kind.resource_type])?.remove(kind.resource_type).unwrap_or_default())
}

/// The tags for each type of thing that a request makes.
pub(super) fn for_each(specifications: &[TagSpecification], types: &[&str]) -> Result<BTreeMap<String, Tags>, Refusal> {
    let mut found = BTreeMap::new();
    for specification in specifications {
        let Some(resource_type) = specification.resource_type.as_deref().filter(|text| !text.is_empty()) else {
            return Err(Refusal::invalid("Tag specification resource type must have a value"));
        };
        if !types.contains(&resource_type) {
            let message = format!("'{resource_type}' is not a valid taggable resource type for this operation.");
            return Err(Refusal::invalid(message));
        }
        if specification.tags.is_empty() {
            return Err(Refusal::invalid("Tag specification must have at least one tag"));
        }
        let mut tags = Tags::new();
        put(&mut tags, &specification.tags)?;
        if found.insert(resource_type.to_owned(), tags).is_some() {
            let message = format!("The resource type '{resource_type}' may not be specified more than once.");
            return Err(Refusal::invalid(message));
        }
    }
    Ok(found)
}

/// Adds tags to those that are there.
fn put(tags: &mut Tags, added: &[Tag]) -> Result<(), Refusal> {
    check(added)?;
    for tag in added {
        tags.insert(tag.key.clone(), tag.value.clone().unwrap_or_default());
    }
    if tags.len() > MOST_TAGS {
        let message = "The maximum number of Tags for a resource has been reached.";
        return Err(Refusal::new("TagLimitExceeded", message));
    }
    Ok(())
}

fn check(tags: &[Tag]) -> Result<(), Refusal> {
    for (index, tag) in tags.iter().enumerate() {
        check_key(&tag.key)?;
        if tag.value.as_ref().is_some_and(|value| value.chars().count() > LONGEST_VALUE) {
            let message = format!("Tag value exceeds the maximum length of {LONGEST_VALUE} characters");
            return Err(Refusal::invalid(message));
        }
        if tags[..index].iter().any(|other| other.key == tag.key) {
            return Err(Refusal::invalid(format!("Duplicate tag key '{}' specified.", tag.key)));
        }
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(Refusal::invalid("Tag key cannot be empty"));
    }
    if key.chars().count() > LONGEST_KEY {
        return Err(Refusal::invalid(format!("Tag key exceeds the maximum length of {LONGEST_KEY} characters")));
    }
    if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(Refusal::invalid("Tag keys starting with 'aws:' are reserved for internal use"));
    }
    Ok(())
}

/// `CreateTags` and `DeleteTags`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Retag {
    resources: Vec<String>,
    tags: Option<Vec<Tag>>,
}

/// `CreateTags`: a key that is there gets the new value.
pub(super) fn create(site: &mut Site, call: Retag) -> Reply {
    let added = call.tags.as_deref().filter(|tags| !tags.is_empty()).ok_or_else(|| Refusal::missing("Tags"))?;
    each(site, &call.resources, |tags| put(tags, added))
}

/// `DeleteTags`: a tag with a value goes only if it has that value; without any tags named, all go.
pub(super) fn delete(site: &mut Site, call: Retag) -> Reply {
    let named = call.tags.unwrap_or_default();
    for tag in &named {
        check_key(&tag.key)?;
    }
    let goes = |key: &str, value: &str| {
        let meant = |tag: &Tag| tag.key == key && tag.value.as_deref().is_none_or(|wanted| wanted == value);
        named.is_empty() || named.iter().any(meant)
    };
    each(site, &call.resources, |tags| {
        tags.retain(|key, value| !goes(key, value));
        Ok(())
    })
}

fn each(site: &mut Site, resources: &[String], mut change: impl FnMut(&mut Tags) -> Result<(), Refusal>) -> Reply {
    if resources.is_empty() {
        return Err(Refusal::missing("Resources"));
    }
    if resources.len() > MOST_RESOURCES {
        return Err(Refusal::invalid(format!("At most {MOST_RESOURCES} resources can be tagged in a request.")));
    }
    for id in resources {
        let kind = kind_of(id)?;
        change(site.region.tags_mut(id).ok_or_else(|| kind.absent(id))?)?;
    }
    Ok(answer::nothing())
}

/// What an id is one of.
fn kind_of(id: &str) -> Result<&'static Kind, Refusal> {
    let found = KINDS.iter().copied().chain([&ids::GROUP_RULE]).find(|kind| kind.has_form(id));
    found.ok_or_else(|| Refusal::new("InvalidID", format!("The ID '{id}' is not valid")))
}

/// Tags have no ids.
static TAG: Kind = Kind { prefix: "", resource_type: "", malformed: "", absent: "", says: "" };

/// `DescribeTags`: one item for each tag of each thing.
pub(super) static TAGS: Listing = Listing {
    list: "Tags",
    ids: "",
    kind: &TAG,
    filters: &[("key", "Key"), ("resource-id", "ResourceId"), ("resource-type", "ResourceType"), ("value", "Value")],
    pages: Pages::USUAL,
    items,
};

fn items(site: &Site) -> Vec<Item> {
    let tagged = site.region.tagged();
    tagged.flat_map(|thing| thing.tags.iter().map(move |(key, value)| item(thing, key, value))).collect()
}

fn item(thing: super::region::Tagged, key: &str, value: &str) -> Item {
    let members = Map::new()
        .with("Key", key)
        .with("ResourceId", thing.id)
        .with("ResourceType", thing.kind.resource_type)
        .with("Value", value);
    Item { id: format!("{} {key}", thing.id), members }
}
