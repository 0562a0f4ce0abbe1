//! `ModifyInstanceAttribute`: one attribute a call (EC2 API Reference).

use super::answer;
use super::input::{Setting, Switch, just_one};
use super::instances::{self, Phase};
use super::interfaces;
use super::launch::{self, GivenUserData};
use super::refusal::{Refusal, Reply};
use super::site::Site;
use serde::Deserialize;

/// `ModifyInstanceAttribute`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    instance_id: String,
    groups: Option<Vec<String>>,
    instance_type: Option<Setting>,
    source_dest_check: Option<Switch>,
    user_data: Option<NewUserData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct NewUserData {
    value: GivenUserData,
}

/// `ModifyInstanceAttribute`: type and user data of a stopped instance only, the rest at any time.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    just_one(&[
        ("groupSet", call.groups.is_some()),
        ("instanceType", call.instance_type.is_some()),
        ("sourceDestCheck", call.source_dest_check.is_some()),
        ("userData", call.user_data.is_some()),
    ])?;
    let id = call.instance_id.as_str();
    check_state(site, id, call.instance_type.is_some() || call.user_data.is_some())?;
    let interface = site.region.instances.find(id)?.interface.clone();
    if let Some(groups) = &call.groups {
        interfaces::set_groups(site, &interface, groups)?;
    }
    if let Some(Switch { value }) = call.source_dest_check {
        site.region.interfaces.find_mut(&interface)?.source_dest_check = value;
    }
    let instance = site.region.instances.find_mut(id)?;
    if let Some(Setting { value }) = call.instance_type {
        check_type(&value, &instance.architecture)?;
        instance.form = value;
    }
    if let Some(NewUserData { value }) = call.user_data {
        instance.user_data = Some(launch::user_data(value)?);
    }
    Ok(answer::nothing())
}

/// Holds that an instance is in a state in which it can be changed.
fn check_state(site: &Site, id: &str, needs_stopped: bool) -> Result<(), Refusal> {
    let why = match site.region.instances.find(id)?.phase {
        Phase::Stopped => return Ok(()),
        _ if needs_stopped => "is not in the 'stopped' state.",
        phase if phase.ends() => "is not in a valid state for this operation.",
        _ => return Ok(()),
    };
    Err(Refusal::new("IncorrectInstanceState", format!("The instance '{id}' {why}")))
}

/// Holds that there can be such a type, and that what runs on the old one runs on it (EC2 User Guide, "Change the
/// instance type").
fn check_type(form: &str, architecture: &str) -> Result<(), Refusal> {
    if !instances::is_type(form) {
        return Err(Refusal::invalid(format!("Invalid value '{form}' for InstanceType.")));
    }
    let new = instances::architecture(form);
    if new == architecture {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "The architecture '{new}' of the specified instance type does not match the architecture '{architecture}' \
         of the instance."
    )))
}
