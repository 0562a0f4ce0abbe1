//! Tags.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::TagDescription;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[("CreateTags", create), ("DeleteTags", delete), ("DescribeTags", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_tags(), parameters);
    sending(request.send(), |answer| page("Tags", answer.tags(), described, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.create_tags().set_resources(parameters.texts("Resources")).set_tags(parameters.tags());
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_tags().set_resources(parameters.texts("Resources")).set_tags(parameters.tags());
    sending(request.send(), nothing)
}

fn described(tag: &TagDescription) -> Map {
    Map::new()
        .with_some("ResourceId", tag.resource_id())
        .with_word("ResourceType", tag.resource_type())
        .with_some("Key", tag.key())
        .with_some("Value", tag.value())
}
