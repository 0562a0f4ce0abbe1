//! Compares a program with what lives, and with what only EC2 knows: the images that nodes are launched from.

use crate::cloud::Fault;
use crate::existing::{self, ExistingProblem};
use crate::images::{ImageProblem, newest, of_launches};
use crate::observe::observe;
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join;
use vpcc_core::call::{Call, Map};
use vpcc_core::kinds::{Observed, Wanted};
use vpcc_core::plan::images::{choose, keep, sought};
use vpcc_core::plan::{Images, Plan, diff, disks};

/// What a look at the account gave.
#[derive(Debug)]
pub struct Survey {
    /// What is to be done.
    pub plan: Plan,
    /// What lives of the stack.
    pub live: Vec<Observed>,
    /// Images that nobody can be launched from.
    pub images: Vec<ImageProblem>,
    /// What the program only uses, and is not as it says.
    pub existing: Vec<ExistingProblem>,
}

/// The account that the credentials belong to.
///
/// # Errors
/// When it could not be asked for.
pub async fn account(cloud: &Patient<'_>, region: &str) -> Result<String, Fault> {
    let answer = cloud.read(region, &Call::new("GetCallerIdentity", Map::new())).await?;
    Ok(answer.text("Account").to_owned())
}

/// Looks at what lives of a stack in some regions, and plans what is to be done.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub async fn survey(
    cloud: &Patient<'_>,
    stack: &str,
    region: &str,
    regions: &[EcoString],
    mut wanted: Wanted,
    images: Images,
) -> Result<Survey, Fault> {
    // Where everything goes, nothing is used any more.
    let used = if wanted.resources.is_empty() { &[][..] } else { &wanted.existing };
    let (live, existing) =
        try_join(observe(cloud, stack, regions, &wanted.kinds), existing::check(cloud, used)).await?;
    let mut live = live.of_stack(stack);
    let newest = newest(cloud, sought(&wanted.resources, &live, images)).await?;
    keep(&wanted.resources, &mut live, &newest, images);
    disks::keep(&mut wanted, &live);
    let mut plan = diff(stack, region, wanted, live.clone());
    choose(&mut plan, &newest, images);
    let images = of_launches(cloud, &mut plan).await?;
    Ok(Survey { plan, live, images, existing })
}
