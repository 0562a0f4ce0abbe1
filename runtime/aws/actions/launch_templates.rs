//! Launch templates, as far as their names and tags go.
//!
//! Names are unique in an account and region, and creating tells whether the name was free. What a template would
//! launch is carried no further than EC2 needs it to take the template.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{LaunchTemplate, RequestLaunchTemplateData};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] =
    &[("CreateLaunchTemplate", create), ("DeleteLaunchTemplate", delete), ("DescribeLaunchTemplates", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_launch_templates(), parameters)
        .set_launch_template_ids(parameters.texts("LaunchTemplateIds"))
        .set_launch_template_names(parameters.texts("LaunchTemplateNames"));
    sending(request.send(), |answer| page("LaunchTemplates", answer.launch_templates(), template, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_launch_template()
        .set_client_token(parameters.text("ClientToken"))
        .set_launch_template_name(parameters.text("LaunchTemplateName"))
        .set_version_description(parameters.text("VersionDescription"))
        .set_launch_template_data(parameters.one("LaunchTemplateData", data))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("LaunchTemplate", answer.launch_template().map(template)))
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .delete_launch_template()
        .set_launch_template_id(parameters.text("LaunchTemplateId"))
        .set_launch_template_name(parameters.text("LaunchTemplateName"));
    sending(request.send(), |answer| Map::new().with_some("LaunchTemplate", answer.launch_template().map(template)))
}

fn data(data: &mut Parameters) -> RequestLaunchTemplateData {
    RequestLaunchTemplateData::builder()
        .set_image_id(data.text("ImageId"))
        .set_instance_type(data.word("InstanceType"))
        .set_key_name(data.text("KeyName"))
        .set_ebs_optimized(data.flag("EbsOptimized"))
        .set_disable_api_termination(data.flag("DisableApiTermination"))
        .set_instance_initiated_shutdown_behavior(data.word("InstanceInitiatedShutdownBehavior"))
        .build()
}

fn template(template: &LaunchTemplate) -> Map {
    Map::new()
        .with_some("LaunchTemplateId", template.launch_template_id())
        .with_some("LaunchTemplateName", template.launch_template_name())
        .with_time("CreateTime", template.create_time())
        .with_some("CreatedBy", template.created_by())
        .with_some("DefaultVersionNumber", template.default_version_number())
        .with_some("LatestVersionNumber", template.latest_version_number())
        .with_each("Tags", template.tags(), tag)
}
