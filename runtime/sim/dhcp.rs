//! DHCP option sets.

use super::answer::{self, Members};
use super::describe::{Item, Listing, Pages};
use super::ids;
use super::quotas::Quota;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::regions;
use super::site::Site;
use super::tags::{self, Specifications, Tags};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, Ipv6Addr};
use vpcc_core::call::Map;

/// A DHCP option set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DhcpOptions {
    options: Vec<(String, Vec<String>)>,
    /// Whether it is the one that EC2 makes for every region, and new VPCs get.
    amazons: bool,
    tags: Tags,
}

thing!(DhcpOptions, ids::DHCP_OPTIONS, |set| !set.amazons);

/// The word that stands for Amazon's name servers, and for no option set at all in `AssociateDhcpOptions`.
const AMAZON_DNS: &str = "AmazonProvidedDNS";
pub(super) const NONE: &str = "default";

/// The option set that a new VPC gets (VPC User Guide, "DHCP option sets").
pub(super) fn amazons(site: &mut Site) -> String {
    if let Some((id, _)) = site.region.dhcp_options.iter().find(|(_, set)| set.amazons) {
        return id.to_owned();
    }
    let id = site.region.new_id(ids::DHCP_OPTIONS.prefix);
    let options = vec![
        ("domain-name".to_owned(), vec![regions::private_domain(&site.region.name)]),
        ("domain-name-servers".to_owned(), vec![AMAZON_DNS.to_owned()]),
    ];
    site.region.dhcp_options.add(id.as_str(), DhcpOptions { options, amazons: true, tags: Tags::new() });
    id
}

/// An option in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Configuration {
    key: String,
    values: Vec<String>,
}

/// `CreateDhcpOptions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    dhcp_configurations: Vec<Configuration>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateDhcpOptions`.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    if call.dhcp_configurations.is_empty() {
        return Err(Refusal::missing("DhcpConfigurations"));
    }
    let mut options: Vec<(String, Vec<String>)> = Vec::new();
    for Configuration { key, values } in call.dhcp_configurations {
        check(&key, &values)?;
        if options.iter().any(|(other, _)| *other == key) {
            return Err(Refusal::value("key", key, "The option is given more than once."));
        }
        options.push((key, values));
    }
    options.sort();
    let tags = tags::for_new(&call.tag_specifications, &ids::DHCP_OPTIONS)?;
    site.terms.quotas.hold(Quota::DhcpOptions, site.region.dhcp_options.len() + 1)?;
    let id = site.region.new_id(ids::DHCP_OPTIONS.prefix);
    let set = DhcpOptions { options, amazons: false, tags };
    let answer = Map::new().with("DhcpOptions", view(site, &id, &set));
    site.region.dhcp_options.add(id, set);
    Ok(answer)
}

/// Holds the rules of an option (EC2 API Reference, "CreateDhcpOptions").
fn check(key: &str, values: &[String]) -> Result<(), Refusal> {
    let refuse = |why| Err(Refusal::value(key, values.join(","), why));
    let one = |fine: fn(&str) -> bool| values.len() == 1 && values.iter().all(|value| fine(value));
    match key {
        _ if values.is_empty() => refuse("The option has no values."),
        "domain-name-servers" if servers(values, is_amazons) => Ok(()),
        "ntp-servers" if servers(values, |_| false) => Ok(()),
        "netbios-name-servers" if values.len() <= 4 && values.iter().all(|value| is_v4(value)) => Ok(()),
        "domain-name" if one(|value| !value.is_empty() && value.is_ascii()) => Ok(()),
        "netbios-node-type" if one(|value| matches!(value, "1" | "2" | "4" | "8")) => Ok(()),
        "ipv6-address-preferred-lease-time" if one(is_lease) => Ok(()),
        "domain-name-servers" | "ntp-servers" | "netbios-name-servers" => {
            refuse("Up to four IPv4 and four IPv6 addresses are allowed.")
        }
        "domain-name" | "netbios-node-type" | "ipv6-address-preferred-lease-time" => refuse(""),
        _ => Err(Refusal::value("key", key, "Unknown DHCP option")),
    }
}

/// Whether there are up to four addresses of each family, and nothing else. A word that stands for an address counts
/// as one of IPv4.
fn servers(values: &[String], is_word: fn(&str) -> bool) -> bool {
    let v4 = values.iter().filter(|value| is_v4(value) || is_word(value)).count();
    let v6 = values.iter().filter(|value| value.parse::<Ipv6Addr>().is_ok()).count();
    v4 <= 4 && v6 <= 4 && v4 + v6 == values.len()
}

fn is_amazons(value: &str) -> bool {
    value == AMAZON_DNS
}

fn is_v4(value: &str) -> bool {
    value.parse::<Ipv4Addr>().is_ok()
}

fn is_lease(value: &str) -> bool {
    value.parse::<u32>().is_ok_and(|seconds| (140..=2_147_483_647).contains(&seconds))
}

/// `AssociateDhcpOptions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Associate {
    dhcp_options_id: String,
    vpc_id: String,
}

/// `AssociateDhcpOptions`: the id `default` means no options at all.
pub(super) fn associate(site: &mut Site, call: Associate) -> Reply {
    if call.dhcp_options_id != NONE {
        site.region.dhcp_options.find(&call.dhcp_options_id)?;
    }
    site.region.vpcs.find_mut(&call.vpc_id)?.dhcp_options = call.dhcp_options_id;
    Ok(answer::nothing())
}

/// `DeleteDhcpOptions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    dhcp_options_id: String,
}

/// `DeleteDhcpOptions`: refused while a VPC uses the set.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.dhcp_options_id.as_str();
    site.region.dhcp_options.find(id)?;
    if site.region.vpcs.iter().any(|(_, vpc)| vpc.dhcp_options == id) {
        return Err(Refusal::depends("dhcpOptions", id));
    }
    site.region.dhcp_options.remove(id);
    Ok(answer::nothing())
}

/// `DescribeDhcpOptions`.
pub(super) static DHCP_OPTIONS: Listing = Listing {
    list: "DhcpOptions",
    ids: "DhcpOptionsIds",
    kind: &ids::DHCP_OPTIONS,
    filters: &[
        ("dhcp-options-id", "DhcpOptionsId"),
        ("key", "DhcpConfigurations.Key"),
        ("owner-id", "OwnerId"),
        ("tag-key", "Tags.Key"),
        ("value", "DhcpConfigurations.Values.Value"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.dhcp_options.iter().map(|(id, set)| Item::new(id, view(site, id, set))).collect(),
};

fn view(site: &Site, id: &str, set: &DhcpOptions) -> Map {
    let configurations = set.options.iter().map(|(key, values)| {
        let values: Vec<Map> = values.iter().map(|value| Map::new().with("Value", value.as_str())).collect();
        Map::new().with("Key", key.as_str()).with("Values", values)
    });
    Map::new()
        .with("DhcpOptionsId", id)
        .with("OwnerId", site.account)
        .with_list("DhcpConfigurations", configurations)
        .with_tags(&set.tags)
}
