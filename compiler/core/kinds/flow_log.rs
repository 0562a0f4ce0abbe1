//! Flow logs.

use super::attribute;
use super::{Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Removing, Resource};
use crate::call::{Map, Value};

const FIXED: Change = Change::Replaces("a flow log cannot be changed; the new one goes on where it is to be written");

/// What logs can be written to, as part of its ARN and as EC2 calls it (EC2 API Reference, "CreateFlowLogs").
const DESTINATIONS: [(&str, &str); 3] =
    [(":logs:", "cloud-watch-logs"), (":s3:", "s3"), (":firehose:", "kinesis-data-firehose")];

/// A flow log of a VPC or a subnet.
pub static FLOW_LOG: Kind = Kind {
    name: "flow-log",
    describe: Some(Describe {
        action: "DescribeFlowLogs",
        resource_type: "vpc-flow-log",
        list: &["FlowLogs"],
        id_filter: "flow-log-id",
        ..Describe::PLAIN
    }),
    id: "FlowLogId",
    attributes: &[
        Attribute::new("of", FIXED),
        Attribute::new("traffic", FIXED),
        Attribute::lenient("destination", FIXED),
        Attribute::new("role", FIXED),
        Attribute::lenient("every", FIXED),
    ],
    read,
    create,
    delete: |log: &Observed, _: Removing| {
        vec![Op::new("DeleteFlowLogs", Map::new().with("FlowLogIds", [log.id.clone()])).merges("FlowLogIds")]
    },
    claims,
    summary: |attributes| {
        format!("{} to {}", attributes.text("traffic").to_lowercase(), attributes.text("destination"))
    },
    outputs: |item| Map::new().with("id", item.text("FlowLogId")),
    ..Kind::PLAIN
};

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let text = |name: &str| Some(item.text(name)).filter(|text| !text.is_empty());
    Map::new()
        .with("of", item.text("ResourceId"))
        .with("traffic", item.text("TrafficType"))
        .with_some("destination", text("LogDestination").map(|arn| arn.trim_end_matches(":*")))
        .with_some("role", text("DeliverLogsPermissionArn"))
        .with_some("every", item.get("MaxAggregationInterval"))
}

fn create(log: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &log.attributes;
    let arn = attributes.text("destination");
    let destination = DESTINATIONS.iter().find(|(part, _)| arn.contains(part)).map(|(_, name)| *name);
    let parameters = Map::new()
        .with("ResourceIds", [attribute(attributes, "of")])
        .with("ResourceType", attribute(attributes, "resource_type"))
        .with("TrafficType", attribute(attributes, "traffic"))
        .with_some("LogDestinationType", destination)
        .with("LogDestination", arn)
        .with_some("DeliverLogsPermissionArn", attributes.get("role"))
        .with("MaxAggregationInterval", attribute(attributes, "every"))
        .with("TagSpecifications", log.tag_specifications(making.stack, &["vpc-flow-log"]));
    vec![Op::new("CreateFlowLogs", parameters).gives(&log.address, "FlowLogIds.0")]
}

/// EC2 takes no two that are alike (EC2 API Reference, "Error codes", `FlowLogAlreadyExists`).
fn claims(attributes: &Map) -> Vec<Claim> {
    let parts = ["traffic", "destination", "role", "every"];
    let name: Vec<String> = parts.iter().filter_map(|name| attributes.get(name)).map(Value::plain_text).collect();
    vec![Claim { scope: attribute(attributes, "of"), on: ClaimOn::Name(name.join(" ").into()) }]
}

/// The attributes of the flow log of something.
pub fn flow_log_of(thing: &crate::model::Address, resource_type: &'static str) -> Map {
    Map::new().with("of", Value::from(thing)).with("resource_type", resource_type)
}
