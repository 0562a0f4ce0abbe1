//! Looks at what a program only uses: whether it is there, and what the program says of it is true.

use crate::cloud::Fault;
use crate::observe::{filter, pages};
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join_all;
use std::collections::{BTreeMap, HashMap};
use vpcc_core::call::{Map, Value};
use vpcc_core::kinds::{Existing, Item, Live};
use vpcc_core::model::Address;

/// Something that a program uses, and that isn't as it says.
#[derive(Clone, Debug)]
pub struct ExistingProblem {
    /// What the program says.
    pub existing: Existing,
    /// What differs: the attribute, what the program says of it, and how it is; `None` if there is no such thing.
    pub differs: Option<(&'static str, String, String)>,
}

/// Looks at each thing, in one call for each kind and region.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub(crate) async fn check(cloud: &Patient<'_>, all: &[Existing]) -> Result<Vec<ExistingProblem>, Fault> {
    let mut groups: BTreeMap<(&EcoString, usize), Vec<&Existing>> = BTreeMap::new();
    for thing in all {
        groups.entry((&thing.region, thing.kind.rank())).or_default().push(thing);
    }
    let ids: HashMap<&Address, &EcoString> = all.iter().map(|thing| (&thing.address, &thing.id)).collect();
    let found = try_join_all(groups.into_values().map(|things| look(cloud, things, &ids))).await?;
    Ok(found.into_iter().flatten().collect())
}

async fn look(
    cloud: &Patient<'_>,
    things: Vec<&Existing>,
    ids: &HashMap<&Address, &EcoString>,
) -> Result<Vec<ExistingProblem>, Fault> {
    let Some((first, describe)) = things.first().and_then(|first| Some((first, first.kind.describe?))) else {
        return Ok(Vec::new());
    };
    let by_id = vec![filter(describe.id_filter, things.iter().map(|thing| thing.id.as_str()))];
    let items = pages(cloud, &first.region, describe.action, describe.list, describe.page, by_id).await?;
    let items: HashMap<String, Map> =
        items.into_iter().map(|item| (item.text(first.kind.id).to_owned(), item)).collect();
    Ok(things.into_iter().filter_map(|thing| problem(thing, items.get(thing.id.as_str()), ids)).collect())
}

fn problem(thing: &Existing, item: Option<&Map>, ids: &HashMap<&Address, &EcoString>) -> Option<ExistingProblem> {
    let Some(item) = item else { return Some(ExistingProblem { existing: thing.clone(), differs: None }) };
    let item = Item { region: thing.region.clone(), members: item.clone() };
    let real = (thing.kind.read)(&item, &Live::default());
    let differs = thing.kind.attributes.iter().find_map(|attribute| {
        let said = match thing.attributes.get(attribute.name)? {
            Value::Ref(address) => ids.get(address)?.to_string(),
            value => value.plain_text(),
        };
        let is = real.get(attribute.name).map(Value::plain_text).unwrap_or_default();
        (said != is).then_some((attribute.name, said, is))
    })?;
    Some(ExistingProblem { existing: thing.clone(), differs: Some(differs) })
}
