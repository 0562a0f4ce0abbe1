//! Finds out what lives.
//!
//! In: a stack and its regions. Out: [`Live`], everything that Describe calls list, a few calls for each kind whatever
//! the number of things. Absent on purpose: any judgement of it.

use crate::cloud::Fault;
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join_all;
use std::collections::HashMap;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{Beside, Describe, Item, KINDS, Kind, Live, STACK_TAG};

/// An item is asked for its details this many times at most.
const MAX_DETAIL_ROUNDS: usize = 4;

/// Lists everything of a stack in some regions.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub async fn observe(cloud: &Patient<'_>, stack: &str, regions: &[EcoString]) -> Result<Live, Fault> {
    let listed = KINDS.iter().filter_map(|kind| Some((*kind, kind.describe?)));
    let pairs = regions.iter().flat_map(|region| listed.clone().map(move |(kind, describe)| (region, kind, describe)));
    let all = try_join_all(pairs.map(async |(region, kind, describe)| {
        let items = list(cloud, stack, region, describe).await?;
        Ok::<_, Fault>((region, kind, items))
    }))
    .await?;
    let mut live = Live::default();
    for (region, kind, items) in all {
        let kind: &'static Kind = kind;
        live.add(kind, items.into_iter().map(|members| Item { region: region.clone(), members }));
    }
    Ok(live)
}

async fn list(cloud: &Patient<'_>, stack: &str, region: &str, describe: Describe) -> Result<Vec<Map>, Fault> {
    let tag = || filter(&format!("tag:{STACK_TAG}"), [stack]);
    let filters: Vec<Map> = describe.by_tag.then(tag).into_iter().collect();
    let mut items = pages(cloud, region, describe.action, describe.list, describe.page, filters).await?;
    try_join_all(items.iter_mut().map(|item| detail(cloud, region, describe, item))).await?;
    if let (Some(beside), false) = (describe.beside, items.is_empty()) {
        let things = pages(cloud, region, beside.action, &[beside.list], Some(1000), vec![tag()]).await?;
        put_beside(&mut items, beside, things);
    }
    Ok(items)
}

async fn detail(cloud: &Patient<'_>, region: &str, describe: Describe, item: &mut Map) -> Result<(), Fault> {
    for _ in 0..MAX_DETAIL_ROUNDS {
        let calls = (describe.details)(item);
        if calls.is_empty() {
            break;
        }
        for call in calls {
            let answer = cloud.read(region, &call).await?;
            answer.iter().for_each(|(name, value)| item.set(name.to_owned(), value));
        }
    }
    Ok(())
}

fn put_beside(items: &mut [Map], beside: Beside, things: Vec<Map>) {
    let mut by_owner: HashMap<String, Vec<Value>> = HashMap::new();
    for thing in things {
        let owner = (beside.owner)(&thing).to_owned();
        by_owner.entry(owner).or_default().push(thing.into());
    }
    for item in items {
        if let Some(things) = by_owner.remove(item.text("InstanceId")) {
            item.set(beside.list, things);
        }
    }
}

/// A filter of a Describe call.
pub(crate) fn filter<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Map {
    Map::new().with("Name", name).with("Values", values.into_iter().collect::<Vec<_>>())
}

/// All items of a listing, page by page.
///
/// # Errors
/// The fault of a page that could not be had.
pub(crate) async fn pages(
    cloud: &Patient<'_>,
    region: &str,
    action: &'static str,
    list: &[&str],
    page: Option<u16>,
    filters: Vec<Map>,
) -> Result<Vec<Map>, Fault> {
    let mut items = Vec::new();
    let mut token: Option<Value> = None;
    loop {
        let parameters = Map::new()
            .with_some("Filters", Some(filters.clone()).filter(|filters| !filters.is_empty()))
            .with_some("MaxResults", page.map(i32::from))
            .with_some("NextToken", token.take());
        let answer = cloud.read(region, &Call::new(action, parameters)).await?;
        collect(&answer, list, &mut items);
        // A page may be empty and still not be the last one.
        token = answer.get("NextToken").filter(|token| token.as_text() != Some("")).cloned();
        if token.is_none() {
            return Ok(items);
        }
    }
}

fn collect(answer: &Map, list: &[&str], items: &mut Vec<Map>) {
    let Some((name, inner)) = list.split_first() else {
        items.push(answer.clone());
        return;
    };
    answer.list(name).iter().filter_map(Value::as_map).for_each(|item| collect(item, inner, items));
}
