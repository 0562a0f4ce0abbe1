//! Instance profiles and the instances that have them.
//!
//! There is no IAM here: every profile whose name has the right form is taken to exist.

use super::describe::{Item, Listing, Pages};
use super::ids;
use super::instances::Instance;
use super::refusal::{Refusal, Reply};
use super::regions;
use super::site::Site;
use super::time::Moment;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// That an instance has a profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Profile {
    association: String,
    arn: String,
    since: Moment,
    /// When it will have taken effect; `None` once it has.
    pub pending_until: Option<Moment>,
}

/// A profile in a request: by name or by ARN.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Specification {
    arn: Option<String>,
    name: Option<String>,
}

impl Profile {
    /// That an instance gets the profile of an ARN.
    pub fn new(site: &mut Site, arn: String) -> Profile {
        let association = site.region.new_id(ids::PROFILE_ASSOCIATION.prefix);
        Profile { association, arn, since: site.now, pending_until: Some(site.now.after(site.terms.timing.settle)) }
    }

    /// As an instance shows it.
    pub fn members(&self) -> Map {
        let id = format!("AIPA{}", ids::digits(&self.arn).to_uppercase());
        Map::new().with("Arn", self.arn.as_str()).with("Id", id)
    }
}

/// The ARN of the profile that a request names.
pub(super) fn arn(site: &Site, asked: &Specification) -> Result<String, Refusal> {
    let prefix = format!("arn:{}:iam::{}:instance-profile/", regions::partition(&site.region.name), site.account);
    match (&asked.arn, &asked.name) {
        (None, Some(name)) if is_name(name) => Ok(prefix + name),
        (Some(arn), None) if arn.strip_prefix(&prefix).is_some_and(|path| path.split('/').all(is_name)) => {
            Ok(arn.clone())
        }
        (None, Some(name)) => Err(Refusal::value("iamInstanceProfile.name", name, "Invalid IAM Instance Profile name")),
        (Some(arn), None) => Err(Refusal::value("iamInstanceProfile.arn", arn, "Invalid IAM Instance Profile ARN")),
        (None, None) => Err(Refusal::missing("iamInstanceProfile.name")),
        (Some(_), Some(_)) => Err(Refusal::combination(
            "The parameter iamInstanceProfile.name may not be used in combination with iamInstanceProfile.arn",
        )),
    }
}

/// Whether a name has the form of a profile's (IAM API Reference, "CreateInstanceProfile").
fn is_name(name: &str) -> bool {
    let fine = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter);
    (1..=128).contains(&name.len()) && name.chars().all(fine)
}

/// `AssociateIamInstanceProfile`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Associate {
    iam_instance_profile: Specification,
    instance_id: String,
}

/// `AssociateIamInstanceProfile`: an instance has at most one.
pub(super) fn associate(site: &mut Site, call: Associate) -> Reply {
    let id = call.instance_id.as_str();
    let instance = site.region.instances.find(id)?;
    if instance.phase.ends() {
        let message = format!("The instance '{id}' is not in a valid state for this operation.");
        return Err(Refusal::new("IncorrectInstanceState", message));
    }
    if instance.profile.is_some() {
        return Err(Refusal::new("IncorrectState", format!("There is an existing association for instance {id}")));
    }
    let arn = arn(site, &call.iam_instance_profile)?;
    let profile = Profile::new(site, arn);
    let answer = answer(id, &profile, None);
    site.region.instances.find_mut(id)?.profile = Some(profile);
    Ok(answer)
}

/// `ReplaceIamInstanceProfileAssociation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Replace {
    association_id: String,
    iam_instance_profile: Specification,
}

/// `ReplaceIamInstanceProfileAssociation`.
pub(super) fn replace(site: &mut Site, call: Replace) -> Reply {
    let instance = instance_of(site, &call.association_id)?;
    let arn = arn(site, &call.iam_instance_profile)?;
    let profile = Profile { association: call.association_id, ..Profile::new(site, arn) };
    let answer = answer(&instance, &profile, None);
    site.region.instances.find_mut(&instance)?.profile = Some(profile);
    Ok(answer)
}

/// `DisassociateIamInstanceProfile`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Disassociate {
    association_id: String,
}

/// `DisassociateIamInstanceProfile`.
pub(super) fn disassociate(site: &mut Site, call: Disassociate) -> Reply {
    let id = instance_of(site, &call.association_id)?;
    let profile = site.region.instances.find_mut(&id)?.profile.take();
    let profile = profile.ok_or_else(|| ids::PROFILE_ASSOCIATION.absent(&call.association_id))?;
    Ok(answer(&id, &profile, Some("disassociating")))
}

fn instance_of(site: &Site, association: &str) -> Result<String, Refusal> {
    ids::PROFILE_ASSOCIATION.check(association)?;
    let has = |instance: &Instance| instance.profile.as_ref().is_some_and(|profile| profile.association == association);
    let found = site.region.instances.iter().find(|(_, instance)| has(instance));
    found.map(|(id, _)| id.to_owned()).ok_or_else(|| ids::PROFILE_ASSOCIATION.absent(association))
}

fn answer(instance: &str, profile: &Profile, state: Option<&str>) -> Map {
    Map::new().with("IamInstanceProfileAssociation", view(instance, profile, state))
}

/// `DescribeIamInstanceProfileAssociations`.
pub(super) static PROFILE_ASSOCIATIONS: Listing = Listing {
    list: "IamInstanceProfileAssociations",
    ids: "AssociationIds",
    kind: &ids::PROFILE_ASSOCIATION,
    filters: &[("instance-id", "InstanceId"), ("state", "State")],
    pages: Pages::USUAL,
    items,
};

fn items(site: &Site) -> Vec<Item> {
    let instances = site.region.instances.iter();
    let item = |(id, instance): (&str, &Instance)| {
        let profile = instance.profile.as_ref()?;
        Some(Item { id: profile.association.clone(), members: view(id, profile, None) })
    };
    instances.filter_map(item).collect()
}

fn view(instance: &str, profile: &Profile, state: Option<&str>) -> Map {
    let settled = if profile.pending_until.is_some() { "associating" } else { "associated" };
    Map::new()
        .with("AssociationId", profile.association.as_str())
        .with("InstanceId", instance)
        .with("IamInstanceProfile", profile.members())
        .with("State", state.unwrap_or(settled))
        .with("Timestamp", profile.since.text())
}
