//! Regions and their zones, as the compiler's catalogue has them.

use super::describe::{Item, Listing, Pages};
use super::ids::Kind;
use super::input;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use serde::Deserialize;
use vpcc_core::call::Map;
use vpcc_core::check::catalogue;

/// Regions are known by their names; this stands in for a kind with ids.
static REGION: Kind = Kind {
    prefix: "",
    resource_type: "",
    malformed: "InvalidParameterValue",
    absent: "InvalidParameterValue",
    says: "Invalid region provided '{}'",
};

/// `DescribeRegions`: those of the asked region's partition, all of them open to the account.
pub(super) static REGIONS: Listing = Listing {
    list: "Regions",
    ids: "RegionNames",
    kind: &REGION,
    filters: &[("endpoint", "Endpoint"), ("opt-in-status", "OptInStatus"), ("region-name", "RegionName")],
    pages: Pages::One,
    items,
};

fn items(site: &Site) -> Vec<Item> {
    let here = partition(&site.region.name);
    catalogue::regions().filter(|name| partition(name) == here).map(item).collect()
}

fn item(name: &'static str) -> Item {
    let members = Map::new()
        .with("RegionName", name)
        .with("Endpoint", format!("ec2.{name}.{}", domain(name)))
        .with("OptInStatus", "opt-in-not-required");
    Item { id: name.to_owned(), members }
}

/// No parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Nothing {}

/// `GetCallerIdentity`, which is an action of STS and not of EC2: whose account this is.
pub(super) fn identity(site: &Site, parameters: &Map) -> Reply {
    let Nothing {} = input::read(parameters)?;
    let account = site.account;
    Ok(Map::new().with("Account", account).with("Arn", format!("arn:aws:iam::{account}:user/vpcc")))
}

/// The names of the zones of a region: `eu-central-1a` and so on.
pub(super) fn zones(region: &str) -> Vec<String> {
    let letters = catalogue::zones(region).unwrap_or_default();
    letters.chars().map(|letter| format!("{region}{letter}")).collect()
}

/// Holds that a zone is one of a region.
pub(super) fn check_zone(region: &str, zone: &str) -> Result<(), Refusal> {
    if zones(region).iter().any(|other| other == zone) {
        return Ok(());
    }
    Err(Refusal::new("InvalidZone.NotFound", format!("The zone '{zone}' does not exist.")))
}

/// The id of a zone: `euc1-az1` for `eu-central-1a` (EC2 User Guide, "Availability Zone IDs"). Which number a letter has
/// differs between accounts; here the first letter has the first number.
pub(super) fn zone_id(zone: &str) -> String {
    let letter = zone.bytes().last().unwrap_or(b'a');
    let region = zone.get(..zone.len().saturating_sub(1)).unwrap_or_default();
    let mut parts: Vec<&str> = region.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let area = parts.first().copied().unwrap_or_default();
    let directions: String = parts.iter().skip(1).map(|part| direction(part)).collect();
    format!("{area}{directions}{number}-az{}", letter.saturating_sub(b'a').saturating_add(1))
}

fn direction(part: &str) -> &str {
    match part {
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        part => part.get(..1).unwrap_or_default(),
    }
}

/// The partition of a region, as ARNs name it.
pub(super) fn partition(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// The domain of a region's endpoints and public names.
pub(super) fn domain(region: &str) -> &'static str {
    match partition(region) {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

/// The domain of private names in a region (VPC User Guide, "DNS attributes for your VPC").
pub(super) fn private_domain(region: &str) -> String {
    if region == "us-east-1" { "ec2.internal".to_owned() } else { format!("{region}.compute.internal") }
}

/// The domain of public names in a region.
pub(super) fn public_domain(region: &str) -> String {
    let domain = domain(region);
    if region == "us-east-1" { format!("compute-1.{domain}") } else { format!("{region}.compute.{domain}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_ids() {
        assert_eq!(zone_id("eu-central-1a"), "euc1-az1");
        assert_eq!(zone_id("ap-northeast-1c"), "apne1-az3");
        assert_eq!(zone_id("us-gov-west-1b"), "usgw1-az2");
    }
}
