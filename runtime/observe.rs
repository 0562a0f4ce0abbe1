//! Finds out what lives.
//!
//! In: a stack and its regions. Out: [`Live`], everything that Describe calls list, a few calls for each kind whatever
//! the number of things. Absent on purpose: any judgement of it.

use crate::cloud::Fault;
use crate::lock::LOCK_TAG;
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join_all;
use std::collections::{BTreeSet, HashMap};
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{Beside, Describe, Item, KINDS, Kind, Live, STACK_TAG};

/// An item is asked for its details this many times at most.
const MAX_DETAIL_ROUNDS: usize = 4;

/// Where things are looked for of which the program no longer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftovers {
    /// In any case.
    Always,
    /// Only beside others of the stack: where none live, whoever makes the first looks again before.
    OfALivingStack,
}

/// Lists everything of a stack in some regions. Kinds that the program speaks of are listed straight away; of the
/// others, one call a region tells first whether the stack has any.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub async fn observe(
    cloud: &Patient<'_>,
    stack: &str,
    regions: &[EcoString],
    kinds: &[&'static Kind],
    leftovers: Leftovers,
) -> Result<Live, Fault> {
    look(cloud, stack, regions, kinds, leftovers).await.map(|(live, _)| live)
}

/// What [`observe`] lists, and whether a lock of the stack was seen besides, which takes no call of its own. A look that
/// leaves leftovers out sees none.
pub(crate) async fn look(
    cloud: &Patient<'_>,
    stack: &str,
    regions: &[EcoString],
    kinds: &[&'static Kind],
    leftovers: Leftovers,
) -> Result<(Live, bool), Fault> {
    let all = try_join_all(regions.iter().map(async |region| {
        let spoken_of = list_kinds(cloud, stack, region, kinds.to_vec()).await?;
        let fresh = spoken_of.iter().all(|(_, items)| items.is_empty());
        let others = match leftovers {
            Leftovers::OfALivingStack if fresh => Others::default(),
            _ => list_others(cloud, stack, region, kinds).await?,
        };
        Ok::<_, Fault>((region, spoken_of.into_iter().chain(others.listed), others.locked))
    }))
    .await?;
    let mut live = Live::default();
    let mut locked = false;
    for (region, listed, seen) in all {
        locked |= seen;
        for (kind, items) in listed {
            live.add(kind, items.into_iter().map(|members| Item { region: region.clone(), members }));
        }
    }
    Ok((live, locked))
}

/// Items by kind.
type Listed = Vec<(&'static Kind, Vec<Map>)>;

/// What a stack has besides the kinds that its program speaks of.
#[derive(Default)]
struct Others {
    listed: Listed,
    locked: bool,
}

async fn list_others(cloud: &Patient<'_>, stack: &str, region: &str, kinds: &[&'static Kind]) -> Result<Others, Fault> {
    // What a VPC comes with is listed with the others of its sort, if it is tagged.
    let others = KINDS.iter().filter(|kind| !kinds.contains(kind) && kind.comes_with_vpc().is_none());
    let others: Vec<(&'static Kind, Describe)> = others.filter_map(|kind| Some((*kind, kind.describe?))).collect();
    if others.is_empty() {
        return Ok(Others::default());
    }
    let types = others.iter().map(|(_, describe)| describe.resource_type).chain(["launch-template"]);
    let filters = vec![filter("key", [STACK_TAG, LOCK_TAG]), filter("value", [stack]), filter("resource-type", types)];
    let tags = pages(cloud, region, "DescribeTags", &["Tags"], Some(1000), filters).await?;
    let found: BTreeSet<&str> = tags.iter().map(|tag| tag.text("ResourceType")).collect();
    let kinds = others.iter().filter(|(_, describe)| found.contains(describe.resource_type));
    let listed = list_kinds(cloud, stack, region, kinds.map(|(kind, _)| *kind).collect()).await?;
    Ok(Others { listed, locked: tags.iter().any(|tag| tag.text("Key") == LOCK_TAG) })
}

async fn list_kinds(
    cloud: &Patient<'_>,
    stack: &str,
    region: &str,
    kinds: Vec<&'static Kind>,
) -> Result<Listed, Fault> {
    let listed = kinds.into_iter().filter_map(|kind| Some((kind, kind.describe?)));
    try_join_all(listed.map(async |(kind, describe)| Ok((kind, list(cloud, stack, region, describe).await?)))).await
}

async fn list(cloud: &Patient<'_>, stack: &str, region: &str, describe: Describe) -> Result<Vec<Map>, Fault> {
    let tag = || filter(&format!("tag:{STACK_TAG}"), [stack]);
    let only = describe.only.map(|(name, value)| filter(name, [value]));
    let filters: Vec<Map> = describe.by_tag.then(tag).into_iter().chain(only).collect();
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
    let parameters = Map::new()
        .with_some(filter_parameter(action), Some(filters).filter(|filters| !filters.is_empty()))
        .with_some("MaxResults", page.map(i32::from));
    every_page(cloud, region, &Call::new(action, parameters), list).await
}

/// All items that a listing call leads to, page by page.
///
/// # Errors
/// The fault of a page that could not be had.
pub(crate) async fn every_page(
    cloud: &Patient<'_>,
    region: &str,
    call: &Call,
    list: &[&str],
) -> Result<Vec<Map>, Fault> {
    let mut items = Vec::new();
    let mut call = call.clone();
    loop {
        let answer = cloud.read(region, &call).await?;
        collect(&answer, list, &mut items);
        // A page may be empty and still not be the last one.
        match answer.get("NextToken").filter(|token| token.as_text() != Some("")) {
            Some(token) => call.parameters.set("NextToken", token),
            None => return Ok(items),
        }
    }
}

/// What an action calls its filters; some have a name of their own for them (EC2 API Reference, "DescribeNatGateways").
fn filter_parameter(action: &str) -> &'static str {
    if matches!(action, "DescribeFlowLogs" | "DescribeNatGateways") { "Filter" } else { "Filters" }
}

fn collect(answer: &Map, list: &[&str], items: &mut Vec<Map>) {
    let Some((name, inner)) = list.split_first() else {
        items.push(answer.clone());
        return;
    };
    answer.list(name).iter().filter_map(Value::as_map).for_each(|item| collect(item, inner, items));
}
