//! Everything that EC2 tells of a VPC and of those that it is peered with, as packets care.
//!
//! In: the id of a VPC. Out: [`Answers`], EC2's own, which `vpcc_core::reach` reads. A dozen calls for each region,
//! whatever the number of VPCs and of things in them. Absent on purpose: any understanding of the answers.

use crate::cloud::Fault;
use crate::observe::{every_page, filter, pages};
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};
use vpcc_core::call::{Call, Map, Value};

/// Answers of EC2, each with the name of what was asked: `DescribeSubnets in eu-west-1`.
pub type Answers = Vec<(String, Map)>;

/// What is listed by VPC: the action, the list in its answer, the filter that takes ids of VPCs, and how many items a
/// page may have (EC2 API Reference).
const LISTINGS: [(&str, &str, Option<&str>, Option<u16>); 12] = [
    ("DescribeVpcs", "Vpcs", Some("vpc-id"), Some(1000)),
    ("DescribeSubnets", "Subnets", Some("vpc-id"), Some(1000)),
    ("DescribeRouteTables", "RouteTables", Some("vpc-id"), Some(100)),
    ("DescribeNetworkAcls", "NetworkAcls", Some("vpc-id"), Some(1000)),
    ("DescribeSecurityGroups", "SecurityGroups", Some("vpc-id"), Some(1000)),
    ("DescribeNetworkInterfaces", "NetworkInterfaces", Some("vpc-id"), Some(1000)),
    ("DescribeInstances", "Reservations", Some("vpc-id"), Some(1000)),
    ("DescribeInternetGateways", "InternetGateways", Some("attachment.vpc-id"), Some(1000)),
    ("DescribeNatGateways", "NatGateways", Some("vpc-id"), Some(1000)),
    ("DescribeVpcEndpoints", "VpcEndpoints", Some("vpc-id"), Some(1000)),
    ("DescribeVpnGateways", "VpnGateways", Some("attachment.vpc-id"), None),
    ("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways", None, Some(255)),
];

const PEERINGS: &str = "VpcPeeringConnections";

/// Asks EC2 for a VPC and the VPCs that it is peered with, in their regions. `None` if there is no such VPC.
///
/// # Errors
/// The first fault of a call that could not be answered.
pub async fn network(cloud: &Patient<'_>, region: &str, vpc: &str) -> Result<Option<Answers>, Fault> {
    let peerings = pages(cloud, region, "DescribeVpcPeeringConnections", &[PEERINGS], Some(1000), Vec::new()).await?;
    let peerings: Vec<Map> = peerings.into_iter().filter(|peering| sides(peering).any(|(id, _)| id == vpc)).collect();
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::from([(region, BTreeSet::from([vpc]))]);
    for (id, place) in peerings.iter().flat_map(sides) {
        places.entry(if place.is_empty() { region } else { place }).or_default().insert(id);
    }
    let listed = try_join_all(places.iter().map(|(region, vpcs)| in_region(cloud, region, vpcs))).await?;
    let mut answers: Answers = listed.into_iter().flatten().collect();
    let found = answers.iter().flat_map(|(_, answer)| answer.list("Vpcs")).filter_map(Value::as_map);
    if !found.into_iter().any(|found| found.text("VpcId") == vpc) {
        return Ok(None);
    }
    answers.push(answer(PEERINGS, "DescribeVpcPeeringConnections", region, peerings.clone()));
    Ok(Some(answers))
}

/// The two VPCs of a peering with their regions.
fn sides(peering: &Map) -> impl Iterator<Item = (&str, &str)> {
    let side = |name| peering.map(name).map(|side| (side.text("VpcId"), side.text("Region")));
    ["RequesterVpcInfo", "AccepterVpcInfo"].into_iter().filter_map(side)
}

async fn in_region(cloud: &Patient<'_>, region: &str, vpcs: &BTreeSet<&str>) -> Result<Answers, Fault> {
    let listings = LISTINGS.iter().map(async |(action, list, by_vpc, page)| {
        let filters = by_vpc.map(|name| filter(name, vpcs.iter().copied())).into_iter().collect();
        Ok::<_, Fault>(answer(list, action, region, pages(cloud, region, action, &[*list], *page, filters).await?))
    });
    let mut answers: Answers = try_join_all(listings).await?;
    let mut lists = BTreeSet::new();
    for value in answers.iter().flat_map(|(_, answer)| answer.iter()).map(|(_, value)| value) {
        prefix_lists(value, &mut lists);
    }
    if !lists.is_empty() {
        answers.extend(addresses_of(cloud, region, lists).await?);
    }
    Ok(answers)
}

fn answer(list: &'static str, action: &str, region: &str, items: Vec<Map>) -> (String, Map) {
    (format!("{action} in {region}"), Map::new().with(list, items))
}

/// The prefix lists that anything names.
fn prefix_lists(value: &Value, found: &mut BTreeSet<EcoString>) {
    match value {
        Value::List(values) => values.iter().for_each(|value| prefix_lists(value, found)),
        Value::Map(map) => map.iter().for_each(|(name, value)| match (name, value) {
            ("PrefixListId" | "DestinationPrefixListId", Value::Text(id)) => {
                found.insert(id.clone());
            }
            _ => prefix_lists(value, found),
        }),
        _ => {}
    }
}

/// What prefix lists hold: Amazon's own are listed with their blocks, a customer's each by a call.
async fn addresses_of(cloud: &Patient<'_>, region: &str, lists: BTreeSet<EcoString>) -> Result<Answers, Fault> {
    let listed = pages(cloud, region, "DescribePrefixLists", &["PrefixLists"], Some(1000), Vec::new()).await?;
    let others = lists.into_iter().filter(|id| listed.iter().all(|list| list.text("PrefixListId") != id.as_str()));
    let others = others.map(async |id| {
        let call = Call::new("GetManagedPrefixListEntries", Map::new().with("PrefixListId", &id));
        let entries = every_page(cloud, region, &call, &["Entries"]).await?;
        Ok::<_, Fault>((format!("GetManagedPrefixListEntries of {id}"), Map::new().with("Entries", entries)))
    });
    let mut answers = try_join_all(others).await?;
    answers.push(answer("PrefixLists", "DescribePrefixLists", region, listed));
    Ok(answers)
}
