//! Instances that live: listing, changing, starting, stopping and terminating them.
//!
//! Absent on purpose: launching them, which is in `launch`, and how they look in answers, which is in
//! `instance_members`.

use super::instance_members::{metadata_options, reservation, state};
use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::InstanceStateChange;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("DescribeInstances", describe),
    ("ModifyInstanceAttribute", modify_attribute),
    ("ModifyInstanceMetadataOptions", modify_metadata_options),
    ("StartInstances", start),
    ("StopInstances", stop),
    ("TerminateInstances", terminate),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = listing!(ec2.describe_instances(), parameters).set_instance_ids(parameters.texts("InstanceIds"));
    sending(request.send(), |answer| page("Reservations", answer.reservations(), reservation, answer.next_token()))
}

fn modify_attribute(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_instance_attribute()
        .set_instance_id(parameters.text("InstanceId"))
        .set_instance_type(parameters.setting("InstanceType"))
        .set_groups(parameters.texts("Groups"))
        .set_source_dest_check(parameters.switch("SourceDestCheck"))
        .set_disable_api_termination(parameters.switch("DisableApiTermination"))
        .set_disable_api_stop(parameters.switch("DisableApiStop"));
    sending(request.send(), nothing)
}

fn modify_metadata_options(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .modify_instance_metadata_options()
        .set_instance_id(parameters.text("InstanceId"))
        .set_http_tokens(parameters.word("HttpTokens"))
        .set_http_endpoint(parameters.word("HttpEndpoint"))
        .set_http_put_response_hop_limit(parameters.number("HttpPutResponseHopLimit"))
        .set_http_protocol_ipv6(parameters.word("HttpProtocolIpv6"))
        .set_instance_metadata_tags(parameters.word("InstanceMetadataTags"));
    sending(request.send(), |answer| {
        Map::new()
            .with_some("InstanceId", answer.instance_id())
            .with_some("InstanceMetadataOptions", answer.instance_metadata_options().map(metadata_options))
    })
}

fn start(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.start_instances().set_instance_ids(parameters.texts("InstanceIds"));
    sending(request.send(), |answer| {
        Map::new().with_each("StartingInstances", answer.starting_instances(), state_change)
    })
}

fn stop(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        ec2.stop_instances().set_instance_ids(parameters.texts("InstanceIds")).set_force(parameters.flag("Force"));
    sending(request.send(), |answer| {
        Map::new().with_each("StoppingInstances", answer.stopping_instances(), state_change)
    })
}

fn terminate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.terminate_instances().set_instance_ids(parameters.texts("InstanceIds"));
    sending(request.send(), |answer| {
        Map::new().with_each("TerminatingInstances", answer.terminating_instances(), state_change)
    })
}

fn state_change(change: &InstanceStateChange) -> Map {
    Map::new()
        .with_some("InstanceId", change.instance_id())
        .with_some("PreviousState", change.previous_state().map(state))
        .with_some("CurrentState", change.current_state().map(state))
}
