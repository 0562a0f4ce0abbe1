//! The services of Amazon's that VPC endpoints lead to, and the prefix lists that stand for those with gateways.
//!
//! What services there are isn't known here: every name of the right form is taken to be one.

use super::describe::{Item, Listing, Pages};
use super::ids;
use super::refusal::Refusal;
use super::regions;
use super::site::Site;
use vpcc_core::call::Map;

/// Services that have gateway endpoints (AWS PrivateLink Guide, "Gateway endpoints"). Their addresses here are of ranges
/// for documentation (RFC 5737), which lead nowhere.
const WITH_GATEWAYS: [(&str, &str); 2] = [("s3", "198.51.100.0/24"), ("dynamodb", "203.0.113.0/24")];

/// The short name of a service: `s3` for `com.amazonaws.eu-central-1.s3`.
pub(super) fn short_name<'n>(site: &Site, name: &'n str) -> Result<&'n str, Refusal> {
    let rest = name.strip_prefix("com.amazonaws.").and_then(|rest| rest.strip_prefix(&*site.region.name));
    let short = rest.and_then(|rest| rest.strip_prefix('.')).filter(|short| short.split('.').all(is_label));
    let message = || format!("The Vpc Endpoint Service '{name}' does not exist");
    short.ok_or_else(|| Refusal::new("InvalidServiceName", message()))
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// The prefix list that stands for a service; `None` if it has no gateway endpoints.
pub(super) fn prefix_list(region: &str, service: &str) -> Option<String> {
    let mut all = WITH_GATEWAYS.iter();
    all.find(|(short, _)| full_name(region, short) == service).map(|(short, _)| list_id(region, short))
}

/// The name under which a service is known on the internet: `api.ecr.eu-central-1.amazonaws.com`.
pub(super) fn domain(region: &str, short: &str) -> String {
    let labels: Vec<&str> = short.rsplit('.').collect();
    format!("{}.{region}.{}", labels.join("."), regions::domain(region))
}

fn full_name(region: &str, short: &str) -> String {
    format!("com.amazonaws.{region}.{short}")
}

/// Real ones have eight digits.
fn list_id(region: &str, short: &str) -> String {
    let digits = ids::digits(&format!("{region} {short}"));
    format!("{}-{}", ids::PREFIX_LIST.prefix, digits.get(..8).unwrap_or_default())
}

/// `DescribePrefixLists`: those of Amazon's with their addresses.
pub(super) static PREFIX_LISTS: Listing = Listing {
    list: "PrefixLists",
    ids: "PrefixListIds",
    kind: &ids::PREFIX_LIST,
    filters: &[("prefix-list-id", "PrefixListId"), ("prefix-list-name", "PrefixListName")],
    pages: Pages::USUAL,
    items: |site| items(site, |list, addresses| list.with("Cidrs", [addresses])),
};

/// `DescribeManagedPrefixLists`: the same, without their addresses. The account has none of its own.
pub(super) static MANAGED_PREFIX_LISTS: Listing = Listing {
    list: "PrefixLists",
    ids: "PrefixListIds",
    kind: &ids::PREFIX_LIST,
    filters: &[("owner-id", "OwnerId"), ("prefix-list-id", "PrefixListId"), ("prefix-list-name", "PrefixListName")],
    pages: Pages::Of { least: 1, most: 100, unasked: 100 },
    items: |site| {
        let region = &site.region.name;
        items(site, |list, _| {
            let arn = format!(
                "arn:{}:ec2:{region}:aws:prefix-list/{}",
                regions::partition(region),
                list.text("PrefixListId")
            );
            list.with("PrefixListArn", arn)
                .with("AddressFamily", "IPv4")
                .with("State", "create-complete")
                .with("OwnerId", "AWS")
        })
    },
};

fn items(site: &Site, complete: impl Fn(Map, &'static str) -> Map) -> Vec<Item> {
    let region = &site.region.name;
    let item = |(short, addresses): &(&str, &'static str)| {
        let id = list_id(region, short);
        let list = Map::new().with("PrefixListId", &*id).with("PrefixListName", full_name(region, short));
        Item::new(&id, complete(list, addresses))
    };
    WITH_GATEWAYS.iter().map(item).collect()
}
