//! `ModifyVpcEndpoint` (EC2 API Reference).

use super::answer;
use super::endpoint_parts::{self as parts, SubnetConfiguration};
use super::endpoint_services as services;
use super::endpoints::{Doors, Endpoint, Form};
use super::groups;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use serde::Deserialize;

/// `ModifyVpcEndpoint`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    vpc_endpoint_id: String,
    #[serde(default)]
    add_route_table_ids: Vec<String>,
    #[serde(default)]
    remove_route_table_ids: Vec<String>,
    #[serde(default)]
    add_subnet_ids: Vec<String>,
    #[serde(default)]
    remove_subnet_ids: Vec<String>,
    #[serde(default)]
    add_security_group_ids: Vec<String>,
    #[serde(default)]
    remove_security_group_ids: Vec<String>,
    policy_document: Option<String>,
    reset_policy: Option<bool>,
    private_dns_enabled: Option<bool>,
    #[serde(default)]
    subnet_configurations: Vec<SubnetConfiguration>,
}

/// `ModifyVpcEndpoint`: of an available one. What changes the interfaces of one takes a while.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    let id = call.vpc_endpoint_id.as_str();
    let mut endpoint = site.region.endpoints.find(id)?.clone();
    if endpoint.state() != "available" {
        let message = format!("The VPC endpoint {id} is in state '{}' and cannot be modified.", endpoint.state());
        return Err(Refusal::new("IncorrectState", message));
    }
    if let Some(policy) = policy(&call)? {
        endpoint.policy = policy;
    }
    match &endpoint.form {
        Form::Gateway { tables } => {
            endpoint.form = Form::Gateway { tables: new_tables(site, &endpoint, tables, &call)? }
        }
        Form::Interface(doors) => {
            let before = doors.clone();
            let doors = new_doors(site, &endpoint, &before, &call)?;
            if doors.subnets != before.subnets || doors.private_dns != before.private_dns {
                endpoint.pending_until = Some(site.now.after(site.terms.timing.endpoint));
            }
            endpoint.form = Form::Interface(doors);
        }
    }
    *site.region.endpoints.find_mut(id)? = endpoint;
    Ok(answer::nothing())
}

fn policy(call: &Modify) -> Result<Option<String>, Refusal> {
    match (call.policy_document.as_deref(), call.reset_policy == Some(true)) {
        (Some(_), true) => {
            Err(Refusal::combination("The parameter policyDocument cannot be used with the parameter resetPolicy"))
        }
        (None, false) => Ok(None),
        (document, _) => parts::policy(document).map(Some),
    }
}

fn new_tables(site: &Site, endpoint: &Endpoint, before: &[String], call: &Modify) -> Result<Vec<String>, Refusal> {
    let of_interfaces =
        [&call.add_subnet_ids, &call.remove_subnet_ids, &call.add_security_group_ids, &call.remove_security_group_ids];
    let named = of_interfaces.into_iter().any(|ids| !ids.is_empty());
    if named || !call.subnet_configurations.is_empty() || call.private_dns_enabled.is_some() {
        return Err(parts::of_other_type("Subnets, security groups and private DNS", "interface"));
    }
    let mut tables = before.to_vec();
    remove(&mut tables, &call.remove_route_table_ids, "removeRouteTableIds", |table| table)?;
    parts::add_tables(site, &mut tables, &endpoint.vpc, &endpoint.service, &call.add_route_table_ids)?;
    Ok(tables)
}

/// Takes out what a request names, which has to be there.
fn remove<T>(
    items: &mut Vec<T>,
    named: &[String],
    parameter: &str,
    id: impl Fn(&T) -> &String,
) -> Result<Vec<T>, Refusal> {
    let mut removed = Vec::new();
    for name in named {
        let index = items.iter().position(|item| id(item) == name);
        let stray = || Refusal::value(parameter, name, "It is not associated with the endpoint.");
        removed.push(items.remove(index.ok_or_else(stray)?));
    }
    Ok(removed)
}

fn new_doors(site: &mut Site, endpoint: &Endpoint, before: &Doors, call: &Modify) -> Result<Doors, Refusal> {
    if !call.add_route_table_ids.is_empty() || !call.remove_route_table_ids.is_empty() {
        return Err(parts::of_other_type("Route tables", "gateway"));
    }
    let id = call.vpc_endpoint_id.as_str();
    let mut doors = before.clone();
    doors.private_dns = call.private_dns_enabled.unwrap_or(before.private_dns);
    if doors.private_dns && !before.private_dns {
        let short = services::short_name(site, &endpoint.service)?;
        parts::check_private_dns(site, id, &endpoint.vpc, &endpoint.service, short)?;
    }
    doors.groups = new_groups(site, &endpoint.vpc, &before.groups, call)?;
    for (_, interface) in remove(&mut doors.subnets, &call.remove_subnet_ids, "removeSubnetIds", |(subnet, _)| subnet)?
    {
        site.region.interfaces.remove(&interface);
    }
    move_interfaces(site, id, &mut doors, &call.subnet_configurations)?;
    parts::add_subnets(site, id, &mut doors, &endpoint.vpc, &call.add_subnet_ids, &call.subnet_configurations)?;
    for (_, interface) in &doors.subnets {
        site.region.interfaces.find_mut(interface)?.groups.clone_from(&doors.groups);
    }
    Ok(doors)
}

/// An endpoint is in one group at least.
fn new_groups(site: &Site, vpc: &str, before: &[String], call: &Modify) -> Result<Vec<String>, Refusal> {
    let mut groups = before.to_vec();
    remove(&mut groups, &call.remove_security_group_ids, "removeSecurityGroupIds", |group| group)?;
    groups.extend(call.add_security_group_ids.iter().cloned());
    if groups.is_empty() {
        let message = "An interface endpoint must have at least one security group.";
        return Err(Refusal::new("InvalidParameter", message));
    }
    groups::for_interface(site, vpc, &groups)
}

/// Another address in a subnet makes another interface (EC2 API Reference, "SubnetConfiguration").
fn move_interfaces(
    site: &mut Site,
    endpoint: &str,
    doors: &mut Doors,
    addresses: &[SubnetConfiguration],
) -> Result<(), Refusal> {
    for (index, (subnet, interface)) in doors.subnets.clone().into_iter().enumerate() {
        let asked = parts::address_for(&subnet, addresses)?;
        let now = site.region.interfaces.find(&interface)?.address;
        if asked.is_none_or(|asked| asked == now) {
            continue;
        }
        let new = parts::make_interface(site, endpoint, doors, &subnet, asked)?;
        site.region.interfaces.remove(&interface);
        if let Some(door) = doors.subnets.get_mut(index) {
            door.1 = new;
        }
    }
    Ok(())
}
