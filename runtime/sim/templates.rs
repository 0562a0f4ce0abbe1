//! Launch templates: their names only, which are unique in a region and so make a lock.
//!
//! What is in a template is read for its parameter names and dropped: nothing here launches from one.

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::ids;
use super::input;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::regions;
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use super::tokens::Token;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vpcc_core::call::Map;

/// A launch template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LaunchTemplate {
    name: String,
    created: Moment,
    tags: Tags,
}

thing!(LaunchTemplate, ids::LAUNCH_TEMPLATE);

/// What a template can hold (EC2 API Reference, "RequestLaunchTemplateData").
const CONTENTS: [&str; 34] = [
    "BlockDeviceMappings",
    "CapacityReservationSpecification",
    "CpuOptions",
    "CreditSpecification",
    "DisableApiStop",
    "DisableApiTermination",
    "EbsOptimized",
    "ElasticGpuSpecifications",
    "ElasticInferenceAccelerators",
    "EnclaveOptions",
    "HibernationOptions",
    "IamInstanceProfile",
    "ImageId",
    "InstanceInitiatedShutdownBehavior",
    "InstanceMarketOptions",
    "InstanceRequirements",
    "InstanceType",
    "KernelId",
    "KeyName",
    "LicenseSpecifications",
    "MaintenanceOptions",
    "MetadataOptions",
    "Monitoring",
    "NetworkInterfaces",
    "NetworkPerformanceOptions",
    "Operator",
    "Placement",
    "PrivateDnsNameOptions",
    "RamDiskId",
    "SecondaryInterfaces",
    "SecurityGroupIds",
    "SecurityGroups",
    "TagSpecifications",
    "UserData",
];

/// `CreateLaunchTemplate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    launch_template_name: String,
    launch_template_data: BTreeMap<String, IgnoredAny>,
    #[serde(rename = "VersionDescription")]
    _version_description: Option<String>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateLaunchTemplate`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, template)) = made.and_then(|id| site.region.launch_templates.get(&id).map(|found| (id, found))) {
        return Ok(Map::new().with("LaunchTemplate", view(site, &id, template)));
    }
    let name = call.launch_template_name;
    check_name(&name)?;
    check_contents(&call.launch_template_data)?;
    if find_name(site, &name).is_ok() {
        let message = "Launch template name already in use.";
        return Err(Refusal::new("InvalidLaunchTemplateName.AlreadyExistsException", message));
    }
    let tags = tags::for_new(&call.tag_specifications, &ids::LAUNCH_TEMPLATE)?;
    site.terms.quotas.hold(Quota::LaunchTemplates, site.region.launch_templates.len() + 1)?;
    let id = site.region.new_id(ids::LAUNCH_TEMPLATE.prefix);
    let template = LaunchTemplate { name, created: site.now, tags };
    let answer = Map::new().with("LaunchTemplate", view(site, &id, &template));
    site.region.launch_templates.add(id.as_str(), template);
    token.remember(site, &id);
    Ok(answer)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let fine = |letter: char| letter.is_ascii_alphanumeric() || "-_./()".contains(letter);
    if (3..=128).contains(&name.len()) && name.chars().all(fine) {
        return Ok(());
    }
    let message = "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, \
                   and the following characters: - ( ) . / _.";
    Err(Refusal::new("InvalidLaunchTemplateName.MalformedException", message))
}

/// An empty structure is not sent at all, so EC2 misses it.
fn check_contents(data: &BTreeMap<String, IgnoredAny>) -> Result<(), Refusal> {
    if data.is_empty() {
        return Err(Refusal::missing("LaunchTemplateData"));
    }
    match data.keys().find(|name| !CONTENTS.contains(&name.as_str())) {
        Some(name) => Err(Refusal::unknown(&format!("LaunchTemplateData.{name}"))),
        None => Ok(()),
    }
}

fn find_name(site: &Site, name: &str) -> Result<String, Refusal> {
    let found = site.region.launch_templates.iter().find(|(_, template)| template.name == name);
    found.map(|(id, _)| id.to_owned()).ok_or_else(|| {
        let message = format!("The specified launch template, with template name {name}, does not exist.");
        Refusal::new("InvalidLaunchTemplateName.NotFoundException", message)
    })
}

/// `DeleteLaunchTemplate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
}

/// `DeleteLaunchTemplate`: by id or by name.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = match (call.launch_template_id, call.launch_template_name) {
        (Some(id), None) => id,
        (None, Some(name)) => find_name(site, &name)?,
        (None, None) => return Err(Refusal::missing("LaunchTemplateId")),
        (Some(_), Some(_)) => {
            let message = "Only one of LaunchTemplateId and LaunchTemplateName may be specified.";
            return Err(Refusal::combination(message));
        }
    };
    let answer = Map::new().with("LaunchTemplate", view(site, &id, site.region.launch_templates.find(&id)?));
    site.region.launch_templates.remove(&id);
    Ok(answer)
}

/// The parameter that only `DescribeLaunchTemplates` has.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Names {
    launch_template_names: Option<Vec<String>>,
}

/// `DescribeLaunchTemplates`.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let (own, mut rest) = describe::split(parameters, &["LaunchTemplateNames"]);
    let names: Names = input::read(&own)?;
    if let Some(names) = names.launch_template_names.filter(|names| !names.is_empty()) {
        let mut ids = rest.list(LAUNCH_TEMPLATES.ids).to_vec();
        for name in names {
            ids.push(find_name(site, &name)?.into());
        }
        rest.set(LAUNCH_TEMPLATES.ids, ids);
    }
    describe::describe(site, &rest, &LAUNCH_TEMPLATES)
}

static LAUNCH_TEMPLATES: Listing = Listing {
    list: "LaunchTemplates",
    ids: "LaunchTemplateIds",
    kind: &ids::LAUNCH_TEMPLATE,
    filters: &[("create-time", "CreateTime"), ("launch-template-name", "LaunchTemplateName"), ("tag-key", "Tags.Key")],
    pages: Pages::Of { least: 1, most: 200, unasked: 200 },
    items: |site| {
        let templates = site.region.launch_templates.iter();
        templates.map(|(id, template)| Item::new(id, view(site, id, template))).collect()
    },
};

fn view(site: &Site, id: &str, template: &LaunchTemplate) -> Map {
    let creator = format!("arn:{}:iam::{}:root", regions::partition(&site.region.name), site.account);
    Map::new()
        .with("LaunchTemplateId", id)
        .with("LaunchTemplateName", template.name.as_str())
        .with("CreateTime", template.created.text())
        .with("CreatedBy", creator)
        .with("DefaultVersionNumber", 1)
        .with("LatestVersionNumber", 1)
        .with_tags(&template.tags)
}
