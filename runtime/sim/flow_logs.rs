//! Flow logs of VPCs and subnets (VPC User Guide, "VPC Flow Logs").
//!
//! Nothing is logged, and where logs would go is only looked at, not looked for.

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::ids::{self, Kind};
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// A flow log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FlowLog {
    /// The VPC or subnet whose traffic it is of.
    resource: String,
    #[serde(flatten)]
    config: Config,
    created: Moment,
    tags: Tags,
}

/// What goes into a flow log, and where that goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Config {
    traffic: String,
    destination_type: String,
    destination: String,
    role: Option<String>,
    /// How many seconds of traffic are taken together at most.
    interval: i64,
}

thing!(FlowLog, ids::FLOW_LOG);

/// The fields of a record for which no format is given.
const FORMAT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} \
                      ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/// `CreateFlowLogs`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    resource_ids: Vec<String>,
    resource_type: String,
    traffic_type: Option<String>,
    log_destination_type: Option<String>,
    log_destination: Option<String>,
    deliver_logs_permission_arn: Option<String>,
    max_aggregation_interval: Option<i64>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateFlowLogs`: one for each resource. Of resources that aren't there it tells, and goes on with the others.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    if let Some(made) = token.made(site)? {
        return Ok(created(made.split(' '), Vec::new(), call.client_token));
    }
    if call.resource_ids.is_empty() {
        return Err(Refusal::missing("ResourceIds"));
    }
    let kind = kind(&call.resource_type)?;
    let config = config(site, &call)?;
    let tags = tags::for_new(&call.tag_specifications, &ids::FLOW_LOG)?;
    let (mut made, mut unsuccessful) = (Vec::new(), Vec::new());
    for resource in &call.resource_ids {
        kind.check(resource)?;
        if !is_there(site, kind, resource) {
            unsuccessful.push(kind.absent(resource).about(resource));
            continue;
        }
        let (resource, config, tags) = (resource.clone(), config.clone(), tags.clone());
        made.push(add(site, FlowLog { resource, config, created: site.now, tags })?);
    }
    if !made.is_empty() {
        token.remember(site, &made.join(" "));
    }
    Ok(created(made.iter().map(String::as_str), unsuccessful, call.client_token))
}

/// Adds a flow log: its id.
fn add(site: &mut Site, log: FlowLog) -> Result<String, Refusal> {
    let twin = |other: &FlowLog| other.resource == log.resource && other.config == log.config;
    if site.region.flow_logs.iter().any(|(_, other)| twin(other)) {
        let message = "Error. There is an existing Flow Log with the same configuration and log destination.";
        return Err(Refusal::new("FlowLogAlreadyExists", message));
    }
    let id = site.region.new_id(ids::FLOW_LOG.prefix);
    site.region.flow_logs.add(id.as_str(), log);
    Ok(id)
}

fn created<'m>(made: impl Iterator<Item = &'m str>, unsuccessful: Vec<Map>, token: Option<String>) -> Map {
    Map::new().with_list("FlowLogIds", made).with_list("Unsuccessful", unsuccessful).with_some("ClientToken", token)
}

fn kind(resource_type: &str) -> Result<&'static Kind, Refusal> {
    match resource_type {
        "VPC" => Ok(&ids::VPC),
        "Subnet" => Ok(&ids::SUBNET),
        "NetworkInterface" | "RegionalNatGateway" | "TransitGateway" | "TransitGatewayAttachment" => {
            Err(Refusal::beyond("flow logs of this type of resource"))
        }
        other => Err(Refusal::value("resourceType", other, "")),
    }
}

fn is_there(site: &Site, kind: &Kind, id: &str) -> bool {
    if kind.prefix == ids::VPC.prefix {
        site.region.vpcs.get(id).is_some()
    } else {
        site.region.subnets.get(id).is_some()
    }
}

fn config(site: &Site, call: &Create) -> Result<Config, Refusal> {
    let traffic = call.traffic_type.clone().ok_or_else(|| Refusal::missing("TrafficType"))?;
    if !matches!(traffic.as_str(), "ACCEPT" | "REJECT" | "ALL") {
        return Err(Refusal::value("trafficType", traffic, "Expected one of ACCEPT, REJECT, ALL."));
    }
    let interval = call.max_aggregation_interval.unwrap_or(600);
    if !matches!(interval, 60 | 600) {
        return Err(Refusal::new("InvalidParameter", "Invalid Flow Log Max Aggregation Interval"));
    }
    let destination_type = call.log_destination_type.clone().unwrap_or_else(|| "cloud-watch-logs".to_owned());
    let destination = destination(site, &destination_type, call.log_destination.as_deref())?;
    let role = role(&destination_type, call.deliver_logs_permission_arn.as_deref())?;
    Ok(Config { traffic, destination_type, destination, role, interval })
}

/// The ARN that logs go to: of a log group, a bucket or a stream.
fn destination(site: &Site, destination_type: &str, asked: Option<&str>) -> Result<String, Refusal> {
    let service = match destination_type {
        "cloud-watch-logs" => "logs",
        "s3" => "s3",
        "kinesis-data-firehose" => "firehose",
        other => return Err(Refusal::value("logDestinationType", other, "")),
    };
    let message = "LogDestination can't be empty if LogGroupName is not provided.";
    let arn = asked.ok_or_else(|| Refusal::new("InvalidParameter", message))?;
    let partition = super::regions::partition(&site.region.name);
    if arn.strip_prefix(&format!("arn:{partition}:{service}:")).is_some_and(|rest| rest.split(':').count() >= 3) {
        return Ok(arn.to_owned());
    }
    Err(Refusal::new("InvalidParameter", format!("LogDestination: {arn} is not a valid ARN for {destination_type}.")))
}

/// Log groups are written to under a role, the others are not (EC2 API Reference, "CreateFlowLogs").
fn role(destination_type: &str, asked: Option<&str>) -> Result<Option<String>, Refusal> {
    let refused = |message: String| Err(Refusal::new("InvalidParameter", message));
    match (destination_type, asked) {
        ("cloud-watch-logs", None) => {
            refused("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.".to_owned())
        }
        ("cloud-watch-logs", Some(arn)) if !arn.starts_with("arn:") || !arn.contains(":role/") => {
            refused(format!("DeliverLogsPermissionArn: {arn} is not the ARN of a role."))
        }
        ("s3", Some(_)) => refused("DeliverLogsPermissionArn is not applicable for s3 delivery".to_owned()),
        (_, asked) => Ok(asked.map(str::to_owned)),
    }
}

/// `DeleteFlowLogs`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    flow_log_ids: Vec<String>,
}

/// `DeleteFlowLogs`: tells of those that it could not delete, and deletes the others.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    if call.flow_log_ids.is_empty() {
        return Err(Refusal::missing("FlowLogIds"));
    }
    call.flow_log_ids.iter().try_for_each(|id| ids::FLOW_LOG.check(id))?;
    let region = &mut *site.region;
    let absent = call.flow_log_ids.iter().filter(|id| region.flow_logs.remove(id).is_none());
    Ok(Map::new().with_list("Unsuccessful", absent.map(|id| ids::FLOW_LOG.absent(id).about(id))))
}

/// Takes the flow logs of something away, which is deleted.
pub(super) fn forget(region: &mut Region, resource: &str) {
    region.flow_logs.retain(|log| log.resource != resource);
}

/// `DescribeFlowLogs`, whose filters are called `Filter`.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    describe::describe(site, &describe::with_filter(parameters)?, &FLOW_LOGS)
}

static FLOW_LOGS: Listing = Listing {
    list: "FlowLogs",
    ids: "FlowLogIds",
    kind: &ids::FLOW_LOG,
    filters: &[
        ("deliver-log-status", "DeliverLogsStatus"),
        ("flow-log-id", "FlowLogId"),
        ("log-destination-type", "LogDestinationType"),
        ("log-group-name", "LogGroupName"),
        ("resource-id", "ResourceId"),
        ("tag-key", "Tags.Key"),
        ("traffic-type", "TrafficType"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.flow_logs.iter().map(|(id, log)| Item::new(id, view(id, log))).collect(),
};

fn view(id: &str, log: &FlowLog) -> Map {
    let config = &log.config;
    let group = config.destination.split_once(":log-group:").map(|(_, group)| group.trim_end_matches(":*"));
    Map::new()
        .with("FlowLogId", id)
        .with("FlowLogStatus", "ACTIVE")
        .with("ResourceId", log.resource.as_str())
        .with("TrafficType", config.traffic.as_str())
        .with("LogDestinationType", config.destination_type.as_str())
        .with("LogDestination", config.destination.as_str())
        .with_some("LogGroupName", group)
        .with_some("DeliverLogsPermissionArn", config.role.as_deref())
        .with("DeliverLogsStatus", "SUCCESS")
        .with("MaxAggregationInterval", config.interval)
        .with("LogFormat", FORMAT)
        .with("CreationTime", log.created.text())
        .with_tags(&log.tags)
}
