//! Attributes of the account's images: who may launch from them, and what is said about them.

use super::answer::{self, Members};
use super::input::{Setting, just_one};
use super::own_images;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use serde::Deserialize;
use vpcc_core::call::Map;

/// `ModifyImageAttribute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    image_id: String,
    description: Option<Setting>,
    launch_permission: Option<Changes>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Changes {
    #[serde(default)]
    add: Vec<Permission>,
    #[serde(default)]
    remove: Vec<Permission>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Permission {
    user_id: Option<String>,
    group: Option<String>,
}

/// The group that everybody is in.
const EVERYBODY: &str = "all";

/// `ModifyImageAttribute`: one attribute a call. Adding what is there and taking away what is not changes nothing.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    just_one(&[("description", call.description.is_some()), ("launchPermission", call.launch_permission.is_some())])?;
    let image = own_images::find_mut(site, &call.image_id)?;
    if let Some(Setting { value }) = call.description {
        image.description = value;
    }
    if let Some(Changes { add, remove }) = call.launch_permission {
        for permission in add {
            image.launched_by.insert(who(permission)?);
        }
        for permission in remove {
            image.launched_by.remove(&who(permission)?);
        }
    }
    Ok(answer::nothing())
}

/// The account that a permission is for, or everybody.
fn who(permission: Permission) -> Result<String, Refusal> {
    match (permission.user_id, permission.group) {
        (Some(user), None) if is_account(&user) => Ok(user),
        (Some(user), None) => Err(no_item("userId", &user)),
        (None, Some(group)) if group == EVERYBODY => Ok(group),
        (None, Some(group)) => Err(no_item("group", &group)),
        _ => Err(Refusal::combination("A launch permission has either a userId or a group.")),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn no_item(kind: &str, value: &str) -> Refusal {
    let message = format!("Invalid attribute item value \"{value}\" for {kind} item type.");
    Refusal::new("InvalidAMIAttributeItemValue", message)
}

/// `DescribeImageAttribute`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Describe {
    image_id: String,
    attribute: String,
}

/// `DescribeImageAttribute`: one attribute a call, of the account's own images.
pub(super) fn describe(site: &Site, call: Describe) -> Reply {
    let image = own_images::find(site, &call.image_id)?;
    let answer = Map::new().with("ImageId", call.image_id.as_str());
    match call.attribute.as_str() {
        "launchPermission" => {
            let permission =
                |who: &String| Map::new().with(if who == EVERYBODY { "Group" } else { "UserId" }, who.as_str());
            Ok(answer.with_list("LaunchPermissions", image.launched_by.iter().map(permission)))
        }
        "description" => Ok(answer.with("Description", Map::new().with("Value", image.description.as_str()))),
        other => Err(Refusal::value("attribute", other, "")),
    }
}
