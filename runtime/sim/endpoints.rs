//! VPC endpoints: gateways, which are routes, and interfaces, which are network interfaces in subnets (AWS PrivateLink
//! Guide). Changing them is in [`endpoint_changes`](super::endpoint_changes).
//!
//! Routes to gateways are not kept with the route tables but follow from the endpoints.

use super::answer::Members;
use super::describe::{Item, Listing, Pages};
use super::endpoint_parts::{self as parts, SubnetConfiguration};
use super::endpoint_services as services;
use super::groups;
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// A VPC endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub vpc: String,
    /// The full name of its service.
    pub service: String,
    pub policy: String,
    pub form: Form,
    created: Moment,
    /// When it will be available; `None` once it is.
    pub pending_until: Option<Moment>,
    /// When it will be gone; `None` while nobody has deleted it.
    pub deleting_until: Option<Moment>,
    tags: Tags,
}

/// How an endpoint leads to its service.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    Gateway { tables: Vec<String> },
    Interface(Doors),
}

/// What an interface endpoint has in its VPC.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Doors {
    /// Subnets, each with a network interface.
    pub subnets: Vec<(String, String)>,
    pub groups: Vec<String>,
    pub private_dns: bool,
}

thing!(Endpoint, ids::VPC_ENDPOINT);

impl Endpoint {
    /// Where it is in its life. The service writes its states in this way, though the API's list of them does not.
    pub fn state(&self) -> &'static str {
        match (self.pending_until, self.deleting_until) {
            (_, Some(_)) => "deleting",
            (Some(_), None) => "pending",
            (None, None) => "available",
        }
    }

    fn is_gateway(&self) -> bool {
        matches!(self.form, Form::Gateway { .. })
    }

    /// The route tables that lead to it.
    pub fn tables(&self) -> &[String] {
        match &self.form {
            Form::Gateway { tables } if self.deleting_until.is_none() => tables,
            _ => &[],
        }
    }

    /// What it has in its VPC if it is an interface endpoint.
    pub fn doors(&self) -> Option<&Doors> {
        match &self.form {
            Form::Gateway { .. } => None,
            Form::Interface(doors) => Some(doors),
        }
    }
}

/// `CreateVpcEndpoint`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    vpc_endpoint_type: Option<String>,
    vpc_id: String,
    service_name: String,
    policy_document: Option<String>,
    #[serde(default)]
    route_table_ids: Vec<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    private_dns_enabled: Option<bool>,
    #[serde(default)]
    subnet_configurations: Vec<SubnetConfiguration>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateVpcEndpoint`: a gateway unless it asks for an interface.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, endpoint)) = made.and_then(|id| site.region.endpoints.get(&id).map(|found| (id, found))) {
        return Ok(created(site, &id, endpoint, call.client_token));
    }
    site.region.vpcs.find(&call.vpc_id)?;
    let id = site.region.new_id(ids::VPC_ENDPOINT.prefix);
    let form = form(site, &id, &call)?;
    let ready = site.now.after(site.terms.timing.endpoint);
    let endpoint = Endpoint {
        policy: parts::policy(call.policy_document.as_deref())?,
        pending_until: matches!(form, Form::Interface(_)).then_some(ready),
        form,
        created: site.now,
        deleting_until: None,
        tags: tags::for_new(&call.tag_specifications, &ids::VPC_ENDPOINT)?,
        vpc: call.vpc_id,
        service: call.service_name,
    };
    let answer = created(site, &id, &endpoint, call.client_token);
    site.region.endpoints.add(id.as_str(), endpoint);
    token.remember(site, &id);
    Ok(answer)
}

fn created(site: &Site, id: &str, endpoint: &Endpoint, token: Option<String>) -> Map {
    Map::new().with("VpcEndpoint", view(site, id, endpoint)).with_some("ClientToken", token)
}

fn form(site: &mut Site, id: &str, call: &Create) -> Result<Form, Refusal> {
    let short = services::short_name(site, &call.service_name)?;
    match call.vpc_endpoint_type.as_deref() {
        None | Some("Gateway") => gateway(site, call),
        Some("Interface") => interface(site, id, short, call),
        Some("GatewayLoadBalancer" | "Resource" | "ServiceNetwork" | "Tunnel") => {
            Err(Refusal::beyond("VPC endpoints of this type"))
        }
        Some(other) => Err(Refusal::value("vpcEndpointType", other, "")),
    }
}

fn gateway(site: &Site, call: &Create) -> Result<Form, Refusal> {
    let of_interfaces = !call.subnet_ids.is_empty()
        || !call.security_group_ids.is_empty()
        || !call.subnet_configurations.is_empty()
        || call.private_dns_enabled == Some(true);
    if of_interfaces {
        return Err(parts::of_other_type("Subnets, security groups and private DNS", "interface"));
    }
    if services::prefix_list(&site.region.name, &call.service_name).is_none() {
        let message = "Endpoint type (Gateway) does not match available service types ([Interface]).";
        return Err(Refusal::new("InvalidParameter", message));
    }
    let count = site.region.endpoints.iter().filter(|(_, endpoint)| endpoint.is_gateway()).count();
    site.terms.quotas.hold(Quota::GatewayEndpoints, count + 1)?;
    let mut tables = Vec::new();
    parts::add_tables(site, &mut tables, &call.vpc_id, &call.service_name, &call.route_table_ids)?;
    Ok(Form::Gateway { tables })
}

fn interface(site: &mut Site, id: &str, short: &str, call: &Create) -> Result<Form, Refusal> {
    if !call.route_table_ids.is_empty() {
        return Err(parts::of_other_type("Route tables", "gateway"));
    }
    let mine = |endpoint: &Endpoint| endpoint.vpc == call.vpc_id && !endpoint.is_gateway();
    let count = site.region.endpoints.iter().filter(|(_, endpoint)| mine(endpoint)).count();
    site.terms.quotas.hold(Quota::InterfaceEndpoints, count + 1)?;
    let mut doors = Doors {
        groups: groups::for_interface(site, &call.vpc_id, &call.security_group_ids)?,
        private_dns: call.private_dns_enabled.unwrap_or(true),
        subnets: Vec::new(),
    };
    if doors.private_dns {
        parts::check_private_dns(site, id, &call.vpc_id, &call.service_name, short)?;
    }
    parts::add_subnets(site, id, &mut doors, &call.vpc_id, &call.subnet_ids, &call.subnet_configurations)?;
    Ok(Form::Interface(doors))
}

/// `DeleteVpcEndpoints`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    vpc_endpoint_ids: Vec<String>,
}

/// `DeleteVpcEndpoints`: tells of those that it could not delete, and deletes the others. Routes go at once, interfaces
/// with the endpoint.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    if call.vpc_endpoint_ids.is_empty() {
        return Err(Refusal::missing("VpcEndpointIds"));
    }
    call.vpc_endpoint_ids.iter().try_for_each(|id| ids::VPC_ENDPOINT.check(id))?;
    let until = site.now.after(site.terms.timing.endpoint);
    let mut unsuccessful = Vec::new();
    for id in &call.vpc_endpoint_ids {
        match site.region.endpoints.get_mut(id) {
            Some(endpoint) => endpoint.deleting_until = endpoint.deleting_until.or(Some(until)),
            None => {
                let absent = ids::VPC_ENDPOINT.absent(id);
                unsuccessful.push(Refusal { code: "InvalidVpcEndpoint.NotFound".into(), ..absent }.about(id));
            }
        }
    }
    Ok(Map::new().with_list("Unsuccessful", unsuccessful))
}

/// Lets endpoints become available, and takes deleted ones away with their interfaces; gives how many.
pub(super) fn settle(region: &mut Region, now: Moment) -> usize {
    let pending = region.endpoints.iter_mut().map(|(_, endpoint)| &mut endpoint.pending_until);
    let available = pending.filter_map(|until| until.take_if(|until| *until <= now)).count();
    let due = |endpoint: &Endpoint| endpoint.deleting_until.is_some_and(|until| until <= now);
    let gone: Vec<String> =
        region.endpoints.iter().filter(|(_, endpoint)| due(endpoint)).map(|(id, _)| id.to_owned()).collect();
    for id in &gone {
        let endpoint = region.endpoints.remove(id);
        for (_, interface) in endpoint.iter().filter_map(Endpoint::doors).flat_map(|doors| &doors.subnets) {
            region.interfaces.remove(interface);
        }
    }
    available + gone.len()
}

/// The routes to gateway endpoints that a route table has.
pub(super) fn routes(site: &Site, table: &str) -> Vec<Map> {
    let leads = |endpoint: &Endpoint| endpoint.tables().iter().any(|other| other == table);
    let leading = site.region.endpoints.iter().filter(|(_, endpoint)| leads(endpoint));
    let route = |(id, endpoint): (&str, &Endpoint)| {
        Map::new()
            .with_some("DestinationPrefixListId", services::prefix_list(&site.region.name, &endpoint.service))
            .with("GatewayId", id)
            .with("Origin", "CreateRoute")
            .with("State", "active")
    };
    leading.map(route).collect()
}

/// Lets gateway endpoints forget a route table that is deleted.
pub(super) fn forget_table(region: &mut Region, table: &str) {
    for (_, endpoint) in region.endpoints.iter_mut() {
        if let Form::Gateway { tables } = &mut endpoint.form {
            tables.retain(|other| other != table);
        }
    }
}

/// `DescribeVpcEndpoints`.
pub(super) static ENDPOINTS: Listing = Listing {
    list: "VpcEndpoints",
    ids: "VpcEndpointIds",
    kind: &ids::VPC_ENDPOINT,
    filters: &[
        ("ip-address-type", "IpAddressType"),
        ("service-name", "ServiceName"),
        ("tag-key", "Tags.Key"),
        ("vpc-endpoint-id", "VpcEndpointId"),
        ("vpc-endpoint-state", "State"),
        ("vpc-endpoint-type", "VpcEndpointType"),
        ("vpc-id", "VpcId"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.endpoints.iter().map(|(id, found)| Item::new(id, view(site, id, found))).collect(),
};

fn view(site: &Site, id: &str, endpoint: &Endpoint) -> Map {
    let none = Doors::default();
    let doors = endpoint.doors().unwrap_or(&none);
    Map::new()
        .with("VpcEndpointId", id)
        .with("VpcEndpointType", if endpoint.is_gateway() { "Gateway" } else { "Interface" })
        .with("VpcId", endpoint.vpc.as_str())
        .with("OwnerId", site.account)
        .with("ServiceName", endpoint.service.as_str())
        .with("State", endpoint.state())
        .with("PolicyDocument", endpoint.policy.as_str())
        .with("IpAddressType", "ipv4")
        .with("PrivateDnsEnabled", doors.private_dns)
        .with("RequesterManaged", false)
        .with_list("RouteTableIds", endpoint.tables().iter().map(String::as_str))
        .with_list("SubnetIds", doors.subnets.iter().map(|(subnet, _)| subnet.as_str()))
        .with_list("NetworkInterfaceIds", doors.subnets.iter().map(|(_, interface)| interface.as_str()))
        .with_list("Groups", groups::identifiers(site, &doors.groups))
        .with_list("DnsEntries", parts::names(site, id, endpoint))
        .with("CreationTimestamp", endpoint.created.text())
        .with_tags(&endpoint.tags)
}
