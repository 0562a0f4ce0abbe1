//! Finds what a stack has left in regions of which its program no longer speaks.
//!
//! In: a stack, and the regions that its program speaks of. Out: further ones in which it has something. It takes a call
//! for each region that the account has, so nobody looks who has no reason to.

use crate::cloud::Fault;
use crate::observe::{filter, pages};
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::join_all;
use std::collections::HashSet;
use std::time::Duration;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{Observed, STACK_TAG, VPC, Wanted};
use vpcc_core::model::Address;
use vpcc_core::plan::regions::remembered;

/// A region that takes longer can't be reached from here.
const LONGEST: Duration = Duration::from_secs(10);

/// Regions besides those that the program speaks of, in which the stack may have something: those that its VPCs remember,
/// and, where it may have moved, all in which it has.
///
/// # Errors
/// When somebody wants to stop, or nobody tells which regions there are.
pub(crate) async fn left(
    cloud: &Patient<'_>,
    stack: &str,
    home: &str,
    known: &[EcoString],
    wanted: &Wanted,
    live: &[Observed],
) -> Result<Vec<EcoString>, Fault> {
    let mut left = remembered(live);
    if may_have_moved(wanted, live) && cloud.has_regions() {
        left.extend(look(cloud, stack, home, known).await?);
    }
    Ok(left.into_iter().filter(|region| !known.contains(region)).collect())
}

/// Whether a stack may have something anywhere: it has moved if one of its VPCs isn't where the program says, and if
/// everything goes, nothing may stay.
fn may_have_moved(wanted: &Wanted, live: &[Observed]) -> bool {
    let there: HashSet<(&Address, &EcoString)> = live.iter().map(|thing| (&thing.address, &thing.region)).collect();
    let mut vpcs = wanted.resources.iter().filter(|resource| resource.kind == &VPC);
    wanted.settled && (wanted.resources.is_empty() || vpcs.any(|vpc| !there.contains(&(&vpc.address, &vpc.region))))
}

/// The account's regions, besides those that are known, in which a stack has something.
///
/// A region that doesn't answer is passed over: companies keep their people from regions that they don't use, and
/// networks their machines from the addresses of those.
async fn look(cloud: &Patient<'_>, stack: &str, home: &str, known: &[EcoString]) -> Result<Vec<EcoString>, Fault> {
    let regions = match cloud.read(home, &Call::new("DescribeRegions", Map::new())).await {
        Err(fault) if fault.code == "UnauthorizedOperation" => return Ok(Vec::new()),
        answer => answer?,
    };
    let names = regions.list("Regions").iter().filter_map(Value::as_map).map(|region| region.text("RegionName"));
    let others: Vec<EcoString> = names.map(EcoString::from).filter(|name| !known.contains(name)).collect();
    let found = join_all(others.iter().map(|region| tokio::time::timeout(LONGEST, has(cloud, stack, region)))).await;
    if cloud.stopped() {
        return Err(Fault::interrupted());
    }
    Ok(others.into_iter().zip(found).filter(|(_, found)| matches!(found, Ok(Ok(true)))).map(|(name, _)| name).collect())
}

async fn has(cloud: &Patient<'_>, stack: &str, region: &str) -> Result<bool, Fault> {
    let own = vec![filter("key", [STACK_TAG]), filter("value", [stack])];
    Ok(!pages(cloud, region, "DescribeTags", &["Tags"], Some(1000), own).await?.is_empty())
}
