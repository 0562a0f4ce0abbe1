//! The zones of a region, as `DescribeAvailabilityZones` lists them.

use super::describe::{self, Item, Listing, Pages};
use super::ids::Kind;
use super::input;
use super::refusal::Reply;
use super::regions;
use super::site::Site;
use serde::Deserialize;
use vpcc_core::call::Map;

/// Zones are known by their names; this stands in for a kind with ids.
static ZONE: Kind = Kind {
    prefix: "",
    resource_type: "",
    malformed: "InvalidParameterValue",
    absent: "InvalidParameterValue",
    says: "Invalid availability zone: [{}]",
};

/// The parameter that only `DescribeAvailabilityZones` has: zones that the account has not opted in to are shown too.
/// There are none of those here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct All {
    #[serde(rename = "AllAvailabilityZones")]
    _all_availability_zones: Option<bool>,
}

/// `DescribeAvailabilityZones`: all zones of the region, all of them open to the account.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let (own, rest) = describe::split(parameters, &["AllAvailabilityZones"]);
    input::read::<All>(&own)?;
    describe::describe(site, &rest, &ZONES)
}

static ZONES: Listing = Listing {
    list: "AvailabilityZones",
    ids: "ZoneNames",
    kind: &ZONE,
    filters: &[
        ("group-name", "GroupName"),
        ("opt-in-status", "OptInStatus"),
        ("region-name", "RegionName"),
        ("state", "State"),
        ("zone-id", "ZoneId"),
        ("zone-name", "ZoneName"),
        ("zone-type", "ZoneType"),
    ],
    pages: Pages::One,
    items: |site| regions::zones(&site.region.name).iter().map(|zone| Item::new(zone, view(site, zone))).collect(),
};

fn view(site: &Site, zone: &str) -> Map {
    let region = site.region.name.as_str();
    Map::new()
        .with("ZoneName", zone)
        .with("ZoneId", regions::zone_id(zone))
        .with("ZoneType", "availability-zone")
        .with("RegionName", region)
        .with("GroupName", format!("{region}-zg-1"))
        .with("State", "available")
        .with("OptInStatus", "opt-in-not-required")
}
