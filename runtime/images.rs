//! Looks up images: the newest ones of patterns, and what launches have to know of theirs.

use crate::cloud::Fault;
use crate::observe::{every_page, filter, pages};
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::check::catalogue;
use vpcc_core::kinds::Origin;
use vpcc_core::model::{Address, ImagePattern};
use vpcc_core::plan::images::{Image, Newest, pattern};
use vpcc_core::plan::{Action, Plan, Step};

/// An image that a new node would be launched from, and can't be.
#[derive(Clone, Debug)]
pub struct ImageProblem {
    /// The image: its id, or owner and name of what was looked for.
    pub image: String,
    /// The region in which it was looked for.
    pub region: EcoString,
    /// What is wrong with it.
    pub why: Unlaunchable,
    /// The node, and who asked for it.
    pub node: Address,
    /// Where in the program.
    pub origin: Option<Origin>,
}

/// Why nothing can be launched from an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlaunchable {
    /// None fits the pattern.
    NoMatch(ImagePattern),
    /// There is no such image.
    Absent,
    /// It is in this state.
    InState(String),
    /// It is for this architecture, and the type of the instance has another one.
    Architecture {
        /// The image's.
        image: String,
        /// The instance type.
        instance_type: String,
        /// The architecture of that.
        takes: &'static str,
    },
}

/// The root device of images that nothing is known of; most have this one.
const USUAL_ROOT_DEVICE: &str = "/dev/xvda";
/// The size of root disks of images that nothing is known of, in GiB; most images for Linux fit.
const USUAL_ROOT_GIB: i64 = 8;

/// Looks up the newest image of each pattern.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub(crate) async fn newest(cloud: &Patient<'_>, sought: BTreeSet<(EcoString, ImagePattern)>) -> Result<Newest, Fault> {
    let found = try_join_all(sought.into_iter().map(async |(region, pattern)| {
        let filters = [filter("name", [pattern.name.as_str()]), filter("state", ["available"])];
        let parameters = Map::new().with("Owners", [pattern.owner.as_str()]).with("Filters", filters);
        let items = every_page(cloud, &region, &Call::new("DescribeImages", parameters), &["Images"]).await?;
        Ok::<_, Fault>(newest_of(&items).map(|image| ((region, pattern), image)))
    }))
    .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Dates of creation are written so that they sort by time (EC2 API Reference, "Image").
fn newest_of(items: &[Map]) -> Option<Image> {
    let newest = items.iter().max_by_key(|item| (item.text("CreationDate"), item.text("ImageId")))?;
    Some(Image { id: newest.text("ImageId").into(), name: newest.text("Name").into() })
}

/// Looks up the images of nodes that are to be launched, and puts what the launch needs of them into the plan.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub(crate) async fn of_launches(cloud: &Patient<'_>, plan: &mut Plan) -> Result<Vec<ImageProblem>, Fault> {
    let launches = launches(plan);
    let mut problems: Vec<ImageProblem> = unmatched(plan, &launches);
    let mut by_image: BTreeMap<(EcoString, EcoString), Vec<usize>> = BTreeMap::new();
    for index in launches {
        let step = &plan.steps[index];
        let image = step.wanted.as_ref().and_then(|wanted| wanted.attributes.get("image")).and_then(Value::as_text);
        if let Some(image) = image {
            by_image.entry((step.region.clone(), image.into())).or_default().push(index);
        }
    }
    let found = describe(cloud, by_image.keys()).await?;
    for (key, indices) in by_image {
        let item = found.get(&key);
        indices.iter().for_each(|index| put_root(plan, *index, item));
        let why = match item.map(|item| item.text("State")) {
            None => Unlaunchable::Absent,
            Some("" | "available") => {
                let has = item.map_or("", |item| item.text("Architecture"));
                let wrong = indices.iter().find_map(|index| Some((index, mismatch(plan, *index, has)?)));
                problems.extend(wrong.map(|(index, why)| problem(plan, *index, key.1.to_string(), why)));
                continue;
            }
            Some(state) => Unlaunchable::InState(state.to_owned()),
        };
        problems.extend(indices.first().map(|index| problem(plan, *index, key.1.to_string(), why)));
    }
    problems.extend(changed_types(plan));
    Ok(problems)
}

/// That the type of a step's instance has another architecture than its image, where both are known.
fn mismatch(plan: &Plan, index: usize, image: &str) -> Option<Unlaunchable> {
    let instance_type = plan.steps.get(index)?.wanted.as_ref()?.attributes.text("type").to_owned();
    let takes = catalogue::architecture(&instance_type)?;
    let wrong = ["arm64", "x86_64"].contains(&image) && image != takes;
    wrong.then(|| Unlaunchable::Architecture { image: image.to_owned(), instance_type, takes })
}

/// Instances that are to change to a type of another architecture than that which their image runs on now.
fn changed_types(plan: &Plan) -> Vec<ImageProblem> {
    let wrong = plan.steps.iter().enumerate().filter_map(|(index, step)| {
        let found = step.found.as_ref().filter(|_| changes_type(step))?;
        let why = mismatch(plan, index, catalogue::architecture(found.attributes.text("type"))?)?;
        Some(problem(plan, index, found.attributes.text("image_id").to_owned(), why))
    });
    wrong.collect()
}

fn changes_type(step: &Step) -> bool {
    let instance = step.kind.name == "instance" && step.action == Action::Update;
    instance && step.changes.iter().any(|change| change.attribute == "type")
}

/// The steps that launch an instance.
fn launches(plan: &Plan) -> Vec<usize> {
    let instances = plan.steps.iter().enumerate().filter(|(_, step)| step.kind.name == "instance");
    let launching = instances.filter(|(_, step)| step.ops(plan).iter().any(|op| op.call.action == "RunInstances"));
    launching.map(|(index, _)| index).collect()
}

/// Launches by patterns that no image fits, one for each pattern.
fn unmatched(plan: &Plan, launches: &[usize]) -> Vec<ImageProblem> {
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for index in launches {
        let step = &plan.steps[*index];
        let Some(pattern) = step.wanted.as_ref().and_then(|wanted| pattern(&wanted.attributes)) else { continue };
        if told.insert((step.region.clone(), pattern.clone())) {
            problems.push(problem(plan, *index, pattern.to_string(), Unlaunchable::NoMatch(pattern)));
        }
    }
    problems
}

fn problem(plan: &Plan, index: usize, image: String, why: Unlaunchable) -> ImageProblem {
    let step = &plan.steps[index];
    ImageProblem { image, region: step.region.clone(), why, node: step.address.clone(), origin: step.origin().cloned() }
}

async fn describe<'k>(
    cloud: &Patient<'_>,
    images: impl Iterator<Item = &'k (EcoString, EcoString)>,
) -> Result<BTreeMap<(EcoString, EcoString), Map>, Fault> {
    let mut by_region: BTreeMap<&EcoString, Vec<&str>> = BTreeMap::new();
    images.for_each(|(region, image)| by_region.entry(region).or_default().push(image));
    let found = try_join_all(by_region.into_iter().map(async |(region, ids)| {
        let by_id = vec![filter("image-id", ids)];
        let items = pages(cloud, region, "DescribeImages", &["Images"], None, by_id).await?;
        Ok::<_, Fault>(items.into_iter().map(move |item| ((region.clone(), item.text("ImageId").into()), item)))
    }))
    .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Tells a launch the root device of its image, and the size of the root disk if the program leaves it to the image.
fn put_root(plan: &mut Plan, index: usize, image: Option<&Map>) {
    let device =
        image.map(|item| item.text("RootDeviceName")).filter(|name| !name.is_empty()).unwrap_or(USUAL_ROOT_DEVICE);
    let gib = image.and_then(|item| root_gib(item, device)).unwrap_or(USUAL_ROOT_GIB);
    let Some(wanted) = plan.steps.get_mut(index).and_then(|step| step.wanted.as_mut()) else { return };
    wanted.attributes.set("root_device", device);
    if wanted.attributes.get("root_gib").is_some() {
        wanted.attributes.set("root_gib", gib);
    }
}

fn root_gib(image: &Map, device: &str) -> Option<i64> {
    let mappings = image.list("BlockDeviceMappings").iter().filter_map(Value::as_map);
    let mut roots = mappings.filter(|mapping| mapping.text("DeviceName") == device);
    roots.next()?.map("Ebs")?.get("VolumeSize")?.as_int()
}
