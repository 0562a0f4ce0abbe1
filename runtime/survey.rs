//! Compares a program with what lives, and with what only EC2 knows: the images that nodes are launched from.

use crate::cloud::Fault;
use crate::elsewhere;
use crate::existing::{self, ExistingProblem};
use crate::images::{ImageProblem, newest, of_launches};
use crate::observe::{Leftovers, filter, look, observe, pages};
use crate::patience::{Patient, UNTIL_KNOWN};
use crate::watch::Watch;
use ecow::EcoString;
use futures_util::future::{join_all, try_join, try_join_all};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;
use vpcc_core::call::{Call, Map};
use vpcc_core::kinds::{KINDS, Kind, Observed, STACK_TAG, State, VPC_CIDR_BLOCK, VPC_PEERING_CONNECTION, Wait, Wanted};
use vpcc_core::plan::images::{choose, keep, sought};
use vpcc_core::plan::{self, Images, Plan, diff, disks};

/// What a look at the account gave.
#[derive(Debug)]
pub struct Survey {
    /// What is to be done.
    pub plan: Plan,
    /// What lives of the stack.
    pub live: Vec<Observed>,
    /// The same as EC2 has told it: by kind, its list of items.
    pub answers: Vec<(&'static str, Map)>,
    /// The regions in which that was looked for and may have been found.
    pub regions: Vec<EcoString>,
    /// Images that nobody can be launched from.
    pub images: Vec<ImageProblem>,
    /// What the program only uses, and is not as it says.
    pub existing: Vec<ExistingProblem>,
    /// Whether a lock of the stack was seen, of whomever: this run's own, if it has it.
    pub locked: bool,
}

impl Survey {
    /// What an earlier run has begun, is still on its way, and is not touched by the plan.
    pub fn underway(&self) -> Vec<&Observed> {
        let touched: BTreeSet<&EcoString> =
            self.plan.steps.iter().filter_map(|step| Some(&step.found.as_ref()?.id)).collect();
        let underway = |thing: &&Observed| {
            thing.state == State::Pending && thing.kind.part.is_none() && !touched.contains(&thing.id)
        };
        self.live.iter().filter(underway).collect()
    }
}

/// What there is once nothing is underway any more. While something is, `again` [settles](settle) it, and looks again:
/// it may have failed, and servers that are behind show as underway what has come to its end.
///
/// # Errors
/// Those of `again`.
pub async fn settled<E>(
    mut survey: Survey,
    mut again: impl AsyncFnMut(&Survey) -> Result<Survey, E>,
) -> Result<Survey, E> {
    for _ in 0..LOOKS {
        if survey.underway().is_empty() {
            break;
        }
        survey = again(&survey).await?;
    }
    Ok(survey)
}

/// Waits until nothing is underway any more; whether it has come to what it should be, the next survey tells.
///
/// # Errors
/// When nobody tells, or it takes too long.
pub async fn settle(cloud: &Patient<'_>, survey: &Survey) -> Result<(), Fault> {
    let watch = Watch::new(cloud);
    let all = join_all(survey.underway().into_iter().map(async |thing| {
        match watch.wait(&thing.region, thing.kind, &thing.id, Wait::Either).await {
            Err(fault) if fault.code != Watch::FAILED => Err(fault),
            _ => Ok(()),
        }
    }));
    tokio::select! {
        biased;
        ends = all => ends.into_iter().collect::<Result<(), Fault>>()?,
        () = watch.drive() => {}
    }
    // Other servers may not have heard of it yet.
    cloud.pause(LOOK_AGAIN).await
}

/// The account that the credentials belong to.
///
/// # Errors
/// When it could not be asked for.
pub async fn account(cloud: &Patient<'_>, region: &str) -> Result<String, Fault> {
    let answer = cloud.read(region, &Call::new("GetCallerIdentity", Map::new())).await?;
    Ok(answer.text("Account").to_owned())
}

/// Looks at what lives of a stack in some regions, and in others if it may have moved, and plans what is to be done.
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
    let all_goes = wanted.resources.is_empty();
    let leftovers = if all_goes { Leftovers::Always } else { Leftovers::OfALivingStack };
    // Where everything goes, nothing is used any more.
    let used = if all_goes { &[][..] } else { &wanted.existing };
    let looking = observe_known(cloud, stack, regions, &wanted.kinds, leftovers);
    let ((mut live, mut answers, locked), existing) = try_join(looking, existing::check(cloud, used)).await?;
    let mut regions = regions.to_vec();
    let left = elsewhere::left(cloud, stack, region, &regions, &wanted, &live).await?;
    let elsewhere = observe(cloud, stack, &left, &[], Leftovers::Always).await?;
    answers.extend(elsewhere.answers());
    live.extend(elsewhere.of_stack(stack));
    regions.extend(left);
    let newest = newest(cloud, sought(&wanted.resources, &live, images)).await?;
    keep(&wanted.resources, &mut live, &newest, images);
    disks::keep(&mut wanted, &live);
    plan::regions::remember(&mut wanted, &live);
    let mut plan = diff(stack, region, wanted, live.clone());
    choose(&mut plan, &newest, images);
    let images = of_launches(cloud, &mut plan).await?;
    Ok(Survey { plan, live, answers, regions, images, existing, locked })
}

/// What lives of a stack, as it is understood and as it was told, and whether a lock was seen. A block that is on its way
/// to a VPC doesn't tell yet which one it will be, and a peering that comes to be lets nobody use it yet and takes no
/// request: both are soon there, and waited for.
async fn observe_known(
    cloud: &Patient<'_>,
    stack: &str,
    regions: &[EcoString],
    kinds: &[&'static Kind],
    leftovers: Leftovers,
) -> Result<(Vec<Observed>, Vec<(&'static str, Map)>, bool), Fault> {
    let start = Instant::now();
    loop {
        let (listed, locked) = look(cloud, stack, regions, kinds, leftovers).await?;
        let live = listed.of_stack(stack);
        let mut pending = live.iter().filter(|thing| thing.state == State::Pending);
        let soon = pending.any(|thing| [&VPC_CIDR_BLOCK, &VPC_PEERING_CONNECTION].contains(&thing.kind));
        if !soon || start.elapsed() > UNTIL_KNOWN {
            return Ok((live, listed.answers(), locked));
        }
        cloud.pause(LOOK_AGAIN).await?;
    }
}

/// Servers that are behind are asked so often at most: each look finds another one, or one that has heard more.
const LOOKS: usize = 8;
/// How often what is on its way is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What comes and goes with an instance or an image.
const ALONG: [&str; 3] = ["network-interface", "snapshot", "volume"];

/// Whether a stack has just the things that a survey has found, by one call a region: what was made or removed since is
/// seen, what was changed in place is not.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub async fn is_as_listed(
    cloud: &Patient<'_>,
    stack: &str,
    regions: &[EcoString],
    live: &[Observed],
) -> Result<bool, Fault> {
    let types: BTreeSet<&str> = KINDS
        .iter()
        .filter_map(|kind| Some(kind.describe?.resource_type))
        .filter(|resource_type| !ALONG.contains(resource_type))
        .collect();
    let listed = try_join_all(regions.iter().map(async |region| {
        let types = types.iter().copied();
        let filters = vec![filter("key", [STACK_TAG]), filter("value", [stack]), filter("resource-type", types)];
        let tags = pages(cloud, region, "DescribeTags", &["Tags"], Some(1000), filters).await?;
        Ok::<_, Fault>(tags.into_iter().map(|tag| EcoString::from(tag.text("ResourceId"))).collect::<Vec<_>>())
    }))
    .await?;
    let listed: BTreeSet<EcoString> = listed.into_iter().flatten().collect();
    let own = |thing: &&Observed| thing.kind.describe.is_some_and(|describe| types.contains(describe.resource_type));
    let found: BTreeSet<EcoString> = live.iter().filter(own).map(|thing| thing.id.clone()).collect();
    Ok(listed == found)
}
