//! What VPC endpoints are made of: route tables, network interfaces, names and policies, and the rules for them.

use super::endpoint_services as services;
use super::endpoints::{Doors, Endpoint};
use super::ids;
use super::interfaces::Interface;
use super::network;
use super::quotas::Quota;
use super::refusal::Refusal;
use super::site::Site;
use super::tags::Tags;
use serde::Deserialize;
use std::net::Ipv4Addr;
use vpcc_core::call::Map;

/// A subnet in a request, with the address that the endpoint is to have in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SubnetConfiguration {
    pub subnet_id: String,
    pub ipv4: Option<String>,
}

/// How many characters a policy may have (VPC User Guide, "Amazon VPC quotas").
const LONGEST_POLICY: usize = 20_480;

/// The policy of endpoints for which none is given: everybody may do everything.
const FULL_ACCESS: &str =
    r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// The policy that a request asks for.
pub(super) fn policy(asked: Option<&str>) -> Result<String, Refusal> {
    let Some(text) = asked else { return Ok(FULL_ACCESS.to_owned()) };
    let parsed: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    match parsed {
        Ok(members) if members.contains_key("Statement") && text.chars().count() <= LONGEST_POLICY => {
            Ok(text.to_owned())
        }
        _ => Err(Refusal::new("InvalidPolicyDocument", "The specified policy document is invalid.")),
    }
}

/// The refusal for parameters that belong to another type of endpoint.
pub(super) fn of_other_type(what: &str, other: &str) -> Refusal {
    Refusal::new("InvalidParameter", format!("{what} can only be specified for {other} endpoints."))
}

/// Adds route tables of the VPC: each can lead to a service once.
pub(super) fn add_tables(
    site: &Site,
    tables: &mut Vec<String>,
    vpc: &str,
    service: &str,
    added: &[String],
) -> Result<(), Refusal> {
    for id in added {
        if site.region.route_tables.find(id)?.vpc != vpc {
            let message = format!("Route table {id} does not belong to VPC {vpc}");
            return Err(Refusal::new("InvalidParameter", message));
        }
        let leads = |endpoint: &Endpoint| endpoint.service == service && endpoint.tables().contains(id);
        if tables.contains(id) || site.region.endpoints.iter().any(|(_, endpoint)| leads(endpoint)) {
            let list = services::prefix_list(&site.region.name, service).unwrap_or_default();
            let message = format!("route table {id} already has a route with destination-prefix-list-id {list}");
            return Err(Refusal::new("RouteAlreadyExists", message));
        }
        tables.push(id.clone());
    }
    Ok(())
}

/// Adds subnets of the VPC, each in a zone of its own, and makes the endpoint's interface in each.
pub(super) fn add_subnets(
    site: &mut Site,
    endpoint: &str,
    doors: &mut Doors,
    vpc: &str,
    added: &[String],
    addresses: &[SubnetConfiguration],
) -> Result<(), Refusal> {
    for id in added {
        let subnet = site.region.subnets.find(id)?;
        if subnet.vpc != vpc {
            let message = format!("The subnet ID '{id}' does not belong to VPC {vpc}");
            return Err(Refusal::new("InvalidParameter", message));
        }
        let zone = |id: &str| site.region.subnets.get(id).map(|subnet| subnet.zone.as_str());
        if doors.subnets.iter().any(|(other, _)| zone(other) == Some(&*subnet.zone)) {
            return Err(two_in_a_zone(id));
        }
        let interface = make_interface(site, endpoint, doors, id, address_for(id, addresses)?)?;
        doors.subnets.push((id.clone(), interface));
    }
    let stray = addresses.iter().find(|given| !doors.subnets.iter().any(|(subnet, _)| *subnet == given.subnet_id));
    stray.map_or(Ok(()), |given| {
        Err(Refusal::value("subnetConfigurations", &given.subnet_id, "It is not a subnet of the endpoint."))
    })
}

fn two_in_a_zone(subnet: &str) -> Refusal {
    let message = format!(
        "Found another VPC endpoint subnet in the availability zone of {subnet}. VPC endpoint subnets should be in \
         different availability zones supported by the VPC endpoint service."
    );
    Refusal::new("DuplicateSubnetsInSameZone", message)
}

/// The address that a request wants in a subnet.
pub(super) fn address_for(subnet: &str, given: &[SubnetConfiguration]) -> Result<Option<Ipv4Addr>, Refusal> {
    let text = given.iter().find(|given| given.subnet_id == subnet).and_then(|given| given.ipv4.as_deref());
    let parsed = |text: &str| text.parse().map_err(|_| Refusal::value("ipv4", text, "This is not a valid address."));
    text.map(parsed).transpose()
}

/// Makes the interface of an endpoint in a subnet.
pub(super) fn make_interface(
    site: &mut Site,
    endpoint: &str,
    doors: &Doors,
    subnet: &str,
    asked: Option<Ipv4Addr>,
) -> Result<String, Refusal> {
    let address = free_address(site, subnet, asked)?;
    site.terms.quotas.hold(Quota::Interfaces, site.region.interfaces.len() + 1)?;
    let interface = Interface {
        vpc: site.region.subnets.find(subnet)?.vpc.clone(),
        subnet: subnet.to_owned(),
        address,
        ipv6: Vec::new(),
        groups: doors.groups.clone(),
        description: format!("VPC Endpoint Interface {endpoint}"),
        source_dest_check: true,
        wants_public: false,
        public: None,
        attachment: None,
        service: Some("vpc_endpoint".to_owned()),
        tags: Tags::new(),
    };
    let id = site.region.new_id(ids::INTERFACE.prefix);
    site.region.interfaces.add(id.as_str(), interface);
    Ok(id)
}

/// The address for a new interface in a subnet: the one that is asked for, or the lowest free one.
fn free_address(site: &Site, subnet: &str, asked: Option<Ipv4Addr>) -> Result<Ipv4Addr, Refusal> {
    let block = site.region.subnets.find(subnet)?.block;
    let mut free = network::free_addresses(site, subnet, block);
    if let Some(asked) = asked {
        network::check_address(block, asked, 1)?;
        return free.find(|address| *address == asked).ok_or_else(|| network::in_use(asked));
    }
    let message = format!("There are not enough free addresses in subnet '{subnet}'.");
    free.next().ok_or_else(|| Refusal::new("InsufficientFreeAddressesInSubnet", message))
}

/// Holds that an endpoint can stand in for its service's own name within the VPC (EC2 API Reference,
/// "CreateVpcEndpoint"). For S3 there has to be a gateway beside it, since unless the request says otherwise only what
/// comes from outside the VPC is to use the interface (reported as terraform-aws-modules/terraform-aws-vpc#982).
pub(super) fn check_private_dns(
    site: &Site,
    endpoint: &str,
    vpc: &str,
    service: &str,
    short: &str,
) -> Result<(), Refusal> {
    let refused = |message: String| Err(Refusal::new("InvalidParameter", message));
    if !site.region.vpcs.find(vpc)?.has_names() {
        return refused(format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for \
             {vpc}"
        ));
    }
    let others = || {
        site.region.endpoints.iter().filter(|(id, other)| {
            *id != endpoint && other.vpc == vpc && other.service == service && other.deleting_until.is_none()
        })
    };
    if others().filter_map(|(_, other)| other.doors()).any(|doors| doors.private_dns) {
        let name = services::domain(&site.region.name, short);
        return refused(format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {name} in the VPC \
             {vpc}"
        ));
    }
    if short == "s3" && others().all(|(_, other)| other.doors().is_some()) {
        return refused(format!(
            "To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc} must have a Gateway endpoint for \
             the service."
        ));
    }
    Ok(())
}

/// The names under which an interface endpoint can be reached: one of its own and, with private DNS, that of its service.
pub(super) fn names(site: &Site, id: &str, endpoint: &Endpoint) -> Vec<Map> {
    let Some(doors) = endpoint.doors() else { return Vec::new() };
    let region = &site.region.name;
    let short = services::short_name(site, &endpoint.service).unwrap_or_default();
    let digits = ids::digits(id);
    let zone = |what: &str| format!("Z{}", ids::digits(what).to_uppercase());
    let name = |name: String, zone: String| Map::new().with("DnsName", name).with("HostedZoneId", zone);
    let labels: Vec<&str> = short.rsplit('.').collect();
    let suffix = format!("{}.{region}.vpce.{}", labels.join("."), super::regions::domain(region));
    let own = name(format!("{id}-{}.{suffix}", digits.get(..8).unwrap_or_default()), zone(&suffix));
    let private = doors.private_dns.then(|| name(services::domain(region, short), zone(id)));
    std::iter::once(own).chain(private).collect()
}
