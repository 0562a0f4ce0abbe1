//! Regions and their zones.

use super::{Action, Sending, sending};
use crate::aws::answer::Members;
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{AvailabilityZone, Region};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[("DescribeAvailabilityZones", describe_zones), ("DescribeRegions", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_regions()
        .set_filters(parameters.filters())
        .set_region_names(parameters.texts("RegionNames"))
        .set_all_regions(parameters.flag("AllRegions"));
    sending(request.send(), |answer| Map::new().with_each("Regions", answer.regions(), region))
}

fn describe_zones(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_availability_zones()
        .set_filters(parameters.filters())
        .set_zone_names(parameters.texts("ZoneNames"))
        .set_zone_ids(parameters.texts("ZoneIds"))
        .set_all_availability_zones(parameters.flag("AllAvailabilityZones"));
    sending(request.send(), |answer| Map::new().with_each("AvailabilityZones", answer.availability_zones(), zone))
}

fn zone(zone: &AvailabilityZone) -> Map {
    Map::new()
        .with_some("ZoneName", zone.zone_name())
        .with_some("ZoneId", zone.zone_id())
        .with_some("ZoneType", zone.zone_type())
        .with_some("RegionName", zone.region_name())
        .with_some("GroupName", zone.group_name())
        .with_word("State", zone.state())
        .with_word("OptInStatus", zone.opt_in_status())
}

fn region(region: &Region) -> Map {
    Map::new()
        .with_some("RegionName", region.region_name())
        .with_some("Endpoint", region.endpoint())
        .with_some("OptInStatus", region.opt_in_status())
}
