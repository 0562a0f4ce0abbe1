//! Images that are named by a pattern: which of them have to be looked up, when the image of a living node stays, and
//! which image a launch takes.
//!
//! A node keeps the image that it was launched from for as long as the program names it by the same pattern; its tag
//! `vpcc:image` tells by which one it was.

use super::{Action, Plan};
use crate::call::{Map, Value};
use crate::kinds::{Observed, Resource};
use crate::model::{Address, ImagePattern};
use ecow::EcoString;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whether living nodes keep their images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Images {
    /// They do, as long as the program names them by the same pattern.
    #[default]
    Kept,
    /// Those of which there is a newer one by now don't.
    Refreshed,
}

/// An image, as far as a launch has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: EcoString,
    /// Its name.
    pub name: EcoString,
}

/// The newest images by region and pattern.
pub type Newest = BTreeMap<(EcoString, ImagePattern), Image>;

/// The pattern by which an image is wanted, if it is by one.
pub fn pattern(attributes: &Map) -> Option<ImagePattern> {
    match attributes.get("image") {
        Some(Value::Ref(address)) => ImagePattern::from_text(address.as_str()),
        _ => None,
    }
}

/// The patterns that have to be looked up: those of nodes that don't live yet, or not by this pattern.
pub fn sought(wanted: &[Resource], found: &[Observed], images: Images) -> BTreeSet<(EcoString, ImagePattern)> {
    let marks: HashMap<&Address, &str> = instances(found).map(|thing| (&thing.address, mark(thing))).collect();
    let wanted = wanted.iter().filter_map(|resource| Some((resource, pattern(&resource.attributes)?)));
    wanted
        .filter(|(resource, pattern)| {
            images == Images::Refreshed || marks.get(&resource.address).is_none_or(|mark| *mark != pattern.text())
        })
        .map(|(resource, pattern)| (resource.region.clone(), pattern))
        .collect()
}

/// Puts the pattern in place of the image of each living node that keeps its image, so that the two compare as equal.
pub fn keep(wanted: &[Resource], found: &mut [Observed], newest: &Newest, images: Images) {
    let wanted: HashMap<&Address, &Resource> = wanted.iter().map(|resource| (&resource.address, resource)).collect();
    for thing in found.iter_mut().filter(|thing| thing.kind.name == "instance") {
        let own = ImagePattern::from_text(mark(thing));
        let pattern = match wanted.get(&thing.address) {
            Some(resource) => pattern(&resource.attributes),
            None => own.clone(),
        };
        let Some(pattern) = pattern else { continue };
        let kept = images == Images::Kept && own.as_ref() == Some(&pattern);
        let address = pattern.address();
        let is_newest = newest
            .get(&(thing.region.clone(), pattern))
            .is_some_and(|image| image.id == thing.attributes.text("image_id"));
        if kept || is_newest {
            thing.attributes.set("image", Value::Ref(address));
        }
    }
}

fn instances(found: &[Observed]) -> impl Iterator<Item = &Observed> {
    found.iter().filter(|thing| thing.kind.name == "instance")
}

/// The pattern that an instance's tag tells; empty if it was launched by none.
fn mark(thing: &Observed) -> &str {
    thing.attributes.text("image_pattern")
}

/// An image that a plan launches nodes from, and that was found by a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chosen<'p> {
    /// The pattern.
    pub pattern: &'p str,
    /// Where.
    pub region: &'p str,
    /// The image's id.
    pub id: &'p str,
    /// Its name; empty where a node is made anew from the image that it had.
    pub name: &'p str,
}

/// The images that a plan launches nodes from, of those that were found by patterns.
pub fn chosen(plan: &Plan) -> BTreeSet<Chosen<'_>> {
    let making = plan.steps.iter().filter(|step| matches!(step.action, Action::Create | Action::Replace));
    let wanted = making.filter_map(|step| step.wanted.as_ref());
    let chosen = wanted.filter_map(|wanted| {
        let (pattern, id) = (wanted.attributes.text("image_pattern"), wanted.attributes.text("image"));
        let chosen = Chosen { pattern, region: &wanted.region, id, name: wanted.attributes.text("image_name") };
        (!pattern.is_empty() && !id.is_empty()).then_some(chosen)
    });
    chosen.collect()
}

/// Gives each node that is to be launched by a pattern the image that it takes: its own if it keeps it, the newest
/// otherwise.
pub fn choose(plan: &mut Plan, newest: &Newest, images: Images) {
    for step in &mut plan.steps {
        let Some(wanted) = &mut step.wanted else { continue };
        let Some(pattern) = pattern(&wanted.attributes) else { continue };
        let own = step.found.as_ref().filter(|found| images == Images::Kept && mark(found) == pattern.text());
        let chosen = match own {
            Some(found) => Some((EcoString::from(found.attributes.text("image_id")), None)),
            None => {
                newest.get(&(step.region.clone(), pattern)).map(|image| (image.id.clone(), Some(image.name.clone())))
            }
        };
        let Some((id, name)) = chosen else { continue };
        for change in step.changes.iter_mut().filter(|change| change.attribute == "image") {
            change.after = Some(id.clone().into());
        }
        wanted.attributes.set("image", id);
        if let Some(name) = name {
            wanted.attributes.set("image_name", name);
        }
    }
}
