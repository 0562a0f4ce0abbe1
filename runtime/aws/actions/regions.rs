//! Regions.

use super::{Action, Sending, sending};
use crate::aws::answer::Members;
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Region;
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[("DescribeRegions", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .describe_regions()
        .set_filters(parameters.filters())
        .set_region_names(parameters.texts("RegionNames"))
        .set_all_regions(parameters.flag("AllRegions"));
    sending(request.send(), |answer| Map::new().with_each("Regions", answer.regions(), region))
}

fn region(region: &Region) -> Map {
    Map::new()
        .with_some("RegionName", region.region_name())
        .with_some("Endpoint", region.endpoint())
        .with_some("OptInStatus", region.opt_in_status())
}
