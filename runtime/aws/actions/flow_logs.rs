//! Flow logs.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page, tag, unsuccessful};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::FlowLog;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] =
    &[("CreateFlowLogs", create), ("DeleteFlowLogs", delete), ("DescribeFlowLogs", describe)];

/// Its filters are called `Filter`.
fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_flow_logs()
        .set_flow_log_ids(parameters.texts("FlowLogIds"))
        .set_filter(parameters.filters_called("Filter"))
        .set_max_results(parameters.number("MaxResults"))
        .set_next_token(parameters.text("NextToken"));
    sending(request.send(), |answer| page("FlowLogs", answer.flow_logs(), flow_log, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_flow_logs()
        .set_resource_ids(parameters.texts("ResourceIds"))
        .set_resource_type(parameters.word("ResourceType"))
        .set_traffic_type(parameters.word("TrafficType"))
        .set_log_destination_type(parameters.word("LogDestinationType"))
        .set_log_destination(parameters.text("LogDestination"))
        .set_deliver_logs_permission_arn(parameters.text("DeliverLogsPermissionArn"))
        .set_max_aggregation_interval(parameters.number("MaxAggregationInterval"))
        .set_client_token(parameters.text("ClientToken"))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| {
        Map::new().with_texts("FlowLogIds", answer.flow_log_ids()).with_each(
            "Unsuccessful",
            answer.unsuccessful(),
            unsuccessful,
        )
    })
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_flow_logs().set_flow_log_ids(parameters.texts("FlowLogIds"));
    sending(request.send(), |answer| Map::new().with_each("Unsuccessful", answer.unsuccessful(), unsuccessful))
}

fn flow_log(log: &FlowLog) -> Map {
    Map::new()
        .with_some("FlowLogId", log.flow_log_id())
        .with_some("FlowLogStatus", log.flow_log_status())
        .with_some("ResourceId", log.resource_id())
        .with_word("TrafficType", log.traffic_type())
        .with_word("LogDestinationType", log.log_destination_type())
        .with_some("LogDestination", log.log_destination())
        .with_some("LogGroupName", log.log_group_name())
        .with_some("DeliverLogsPermissionArn", log.deliver_logs_permission_arn())
        .with_some("DeliverLogsStatus", log.deliver_logs_status())
        .with_some("DeliverLogsErrorMessage", log.deliver_logs_error_message())
        .with_some("MaxAggregationInterval", log.max_aggregation_interval())
        .with_some("LogFormat", log.log_format())
        .with_time("CreationTime", log.creation_time())
        .with_each("Tags", log.tags(), tag)
}
