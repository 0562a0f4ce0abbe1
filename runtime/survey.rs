//! Compares a program with what lives, and looks up what only EC2 knows: the images that nodes are launched from.

use crate::cloud::Fault;
use crate::observe::{filter, observe, pages};
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{Observed, Origin, Wanted};
use vpcc_core::model::Address;
use vpcc_core::plan::{Plan, diff};

/// What a look at the account gave.
#[derive(Debug)]
pub struct Survey {
    /// What is to be done.
    pub plan: Plan,
    /// What lives of the stack.
    pub live: Vec<Observed>,
    /// Images that nobody can be launched from.
    pub images: Vec<ImageProblem>,
}

/// An image that a new node would be launched from, and can't be.
#[derive(Clone, Debug)]
pub struct ImageProblem {
    /// The image.
    pub image: String,
    /// The region in which it was looked for.
    pub region: EcoString,
    /// Its state, if there is such an image.
    pub state: Option<String>,
    /// The node, and who asked for it.
    pub node: Address,
    /// Where in the program.
    pub origin: Option<Origin>,
}

/// The root device of images that nothing is known of; most have this one.
const USUAL_ROOT_DEVICE: &str = "/dev/xvda";
/// The size of root disks of images that nothing is known of, in GiB; most images for Linux fit.
const USUAL_ROOT_GIB: i64 = 8;

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
    wanted: Wanted,
) -> Result<Survey, Fault> {
    let live = observe(cloud, stack, regions, &wanted.kinds).await?.of_stack(stack);
    let mut plan = diff(stack, region, wanted, live.clone());
    let images = images(cloud, &mut plan).await?;
    Ok(Survey { plan, live, images })
}

/// Looks up the images of nodes that are to be launched, and puts what the launch needs of them into the plan.
async fn images(cloud: &Patient<'_>, plan: &mut Plan) -> Result<Vec<ImageProblem>, Fault> {
    let mut wanted: BTreeMap<(EcoString, EcoString), ImageProblem> = BTreeMap::new();
    for step in &plan.steps {
        let Some(resource) = step.wanted.as_ref().filter(|resource| resource.kind.name == "instance") else { continue };
        let image = EcoString::from(resource.attributes.text("image"));
        let makes = step.ops(plan).iter().any(|op| op.call.action == "RunInstances");
        if makes {
            let (node, origin) = (step.address.clone(), step.origin().cloned());
            let problem =
                ImageProblem { image: image.to_string(), region: step.region.clone(), state: None, node, origin };
            wanted.entry((step.region.clone(), image)).or_insert(problem);
        }
    }
    let regions: BTreeSet<EcoString> = wanted.keys().map(|(region, _)| region.clone()).collect();
    let found = try_join_all(regions.iter().map(async |region| {
        let ids = wanted.keys().filter(|(other, _)| other == region).map(|(_, image)| image.as_str());
        let by_id = vec![filter("image-id", ids)];
        let items = pages(cloud, region, "DescribeImages", &["Images"], None, by_id).await?;
        Ok::<_, Fault>(items.into_iter().map(move |item| ((region.clone(), item.text("ImageId").into()), item)))
    }))
    .await?;
    let found: BTreeMap<(EcoString, EcoString), Map> = found.into_iter().flatten().collect();
    let mut problems = Vec::new();
    for (key, problem) in wanted {
        let item = found.get(&key);
        let state = item.map(|item| item.text("State").to_owned());
        let device =
            item.map(|item| item.text("RootDeviceName")).filter(|name| !name.is_empty()).unwrap_or(USUAL_ROOT_DEVICE);
        let gib = item.and_then(|item| root_gib(item, device)).unwrap_or(USUAL_ROOT_GIB);
        let image = Address::top(&key.1);
        plan.known.insert(image.part("root-device"), device.into());
        plan.known.insert(image.part("root-gib"), gib.into());
        if state.as_deref().is_none_or(|state| !state.is_empty() && state != "available") {
            problems.push(ImageProblem { state, ..problem });
        }
    }
    Ok(problems)
}

fn root_gib(image: &Map, device: &str) -> Option<i64> {
    let mappings = image.list("BlockDeviceMappings").iter().filter_map(Value::as_map);
    let mut roots = mappings.filter(|mapping| mapping.text("DeviceName") == device);
    roots.next()?.map("Ebs")?.get("VolumeSize")?.as_int()
}
