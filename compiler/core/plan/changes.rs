//! What differs between something that is wanted and the thing that stands for it, attribute by attribute.

use super::Changed;
use crate::call::{Map, Value};
use crate::kinds::{ADDRESS_TAG, Attribute, Change, Observed, Resource};
use std::collections::{BTreeSet, HashMap};

/// What differs between a resource and the thing that stands for it.
pub(super) fn changes(wanted: &Resource, found: &Observed) -> Vec<Changed> {
    let mut changes = of_attributes(wanted, found);
    if wanted.kind.describe.is_some() {
        compare_tags(&found.tags, &wanted.visible_tags(), &mut changes);
        let before = found.tagged.as_ref().map(|tagged| Value::from(tagged.text()));
        let after = wanted.address.text().into();
        changes.extend(changed(&TAGS, format!("tags.{ADDRESS_TAG}"), before.as_ref(), Some(&after)));
    }
    changes
}

/// What differs, but for tags.
pub(super) fn of_attributes(wanted: &Resource, found: &Observed) -> Vec<Changed> {
    let mut changes = Vec::new();
    if wanted.region != found.region {
        let why = "nothing can move to another region";
        let (before, after) = (Some(found.region.clone().into()), Some(wanted.region.clone().into()));
        changes.push(Changed {
            path: "region".into(),
            attribute: "region",
            before,
            after,
            replaces: Some(why),
            interrupts: None,
        });
    }
    for attribute in wanted.kind.attributes {
        let (before, after) = (found.attributes.get(attribute.name), wanted.attributes.get(attribute.name));
        if attribute.lenient && (before.is_none() || after.is_none()) {
            continue;
        }
        match attribute.set {
            Some(key) => {
                let first = changes.len();
                compare_sets(attribute, key, before, after, &mut changes);
                one_way(attribute, &mut changes[first..]);
            }
            None => changes.extend(changed(attribute, attribute.name.into(), before, after)),
        }
    }
    if let Some(why) = (wanted.kind.obstacle)(&found.attributes, &wanted.attributes) {
        changes.iter_mut().for_each(|change| change.replaces = Some(why));
    }
    changes
}

fn changed(
    attribute: &'static Attribute,
    path: String,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Option<Changed> {
    if before.map(plain) == after.map(plain) {
        return None;
    }
    let (replaces, interrupts) = match attribute.change {
        Change::InPlace | Change::OneWay(_) => (None, None),
        Change::Interrupts(how) => (None, Some(how)),
        Change::Grows(_) if before.and_then(Value::as_int) < after.and_then(Value::as_int) => (None, None),
        Change::Gained(_) if before.is_none() => (None, None),
        Change::Gained(why) | Change::Grows(why) | Change::Replaces(why) => (Some(why), None),
    };
    let (before, after) = (before.map(plain), after.map(plain));
    Some(Changed { path, attribute: attribute.name, before, after, replaces, interrupts })
}

/// A value as it is compared and shown: of sealed bytes their digest.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Sealed(sealed) => sealed.sha256().into(),
        other => other.clone(),
    }
}

fn compare_sets(
    attribute: &'static Attribute,
    key: &[&str],
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<Changed>,
) {
    let list = |value: Option<&Value>| value.and_then(Value::as_list).unwrap_or_default().to_vec();
    let (before, after) = (list(before), list(after));
    let known: HashMap<String, &Value> = before.iter().map(|item| (identity(item, key), item)).collect();
    let wanted: BTreeSet<String> = after.iter().map(|item| identity(item, key)).collect();
    for item in &after {
        let old = known.get(&identity(item, key)).copied();
        changes.extend(changed(attribute, path(attribute, key, item), old, Some(item)));
    }
    for item in before.iter().filter(|item| !wanted.contains(&identity(item, key))) {
        changes.extend(changed(attribute, path(attribute, key, item), Some(item), None));
    }
}

/// Of a set that cannot lose and gain things at once, changes that do both take a new thing.
fn one_way(attribute: &Attribute, changes: &mut [Changed]) {
    let Change::OneWay(why) = attribute.change else { return };
    let (gains, loses) =
        (changes.iter().any(|change| change.before.is_none()), changes.iter().any(|change| change.after.is_none()));
    if gains && loses {
        changes.iter_mut().for_each(|change| change.replaces = Some(why));
    }
}

fn identity(item: &Value, key: &[&str]) -> String {
    match item {
        Value::Map(map) => key.iter().map(|name| format!("{:?}|", map.get(name))).collect(),
        other => format!("{other:?}"),
    }
}

/// What an element of a set is called in a plan.
fn path(attribute: &Attribute, key: &[&str], item: &Value) -> String {
    let known_by = |map: &Map| {
        let parts = key.iter().filter_map(|name| map.get(name)).map(Value::plain_text);
        parts.collect::<Vec<_>>().join(" ")
    };
    match (item, attribute.label) {
        (Value::Map(map), Some(label)) => label(attribute.name, map),
        (Value::Map(map), None) => format!("{}.{}", attribute.name, known_by(map)),
        (item, _) => format!("{}.{}", attribute.name, item.plain_text()),
    }
}

static TAGS: Attribute = Attribute { name: "tags", change: Change::InPlace, set: None, label: None, lenient: false };

fn compare_tags(before: &Map, after: &Map, changes: &mut Vec<Changed>) {
    let keys: BTreeSet<&str> = before.iter().chain(after.iter()).map(|(key, _)| key).collect();
    for key in keys {
        changes.extend(changed(&TAGS, format!("tags.{key}"), before.get(key), after.get(key)));
    }
}
