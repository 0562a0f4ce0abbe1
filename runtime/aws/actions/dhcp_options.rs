//! DHCP option sets.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, nothing, page, setting, tag};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{DhcpConfiguration, DhcpOptions, NewDhcpConfiguration};
use vpcc_core::call::Map;

pub(super) const ACTIONS: &[Action] = &[
    ("AssociateDhcpOptions", associate),
    ("CreateDhcpOptions", create),
    ("DeleteDhcpOptions", delete),
    ("DescribeDhcpOptions", describe),
];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request =
        listing!(ec2.describe_dhcp_options(), parameters).set_dhcp_options_ids(parameters.texts("DhcpOptionsIds"));
    sending(request.send(), |answer| page("DhcpOptions", answer.dhcp_options(), options, answer.next_token()))
}

fn create(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .create_dhcp_options()
        .set_dhcp_configurations(parameters.each("DhcpConfigurations", |configuration| {
            NewDhcpConfiguration::builder()
                .set_key(configuration.text("Key"))
                .set_values(configuration.texts("Values"))
                .build()
        }))
        .set_tag_specifications(parameters.tag_specifications());
    sending(request.send(), |answer| Map::new().with_some("DhcpOptions", answer.dhcp_options().map(options)))
}

fn associate(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2
        .associate_dhcp_options()
        .set_dhcp_options_id(parameters.text("DhcpOptionsId"))
        .set_vpc_id(parameters.text("VpcId"));
    sending(request.send(), nothing)
}

fn delete(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let request = ec2.delete_dhcp_options().set_dhcp_options_id(parameters.text("DhcpOptionsId"));
    sending(request.send(), nothing)
}

fn options(options: &DhcpOptions) -> Map {
    Map::new()
        .with_some("DhcpOptionsId", options.dhcp_options_id())
        .with_some("OwnerId", options.owner_id())
        .with_each("DhcpConfigurations", options.dhcp_configurations(), configuration)
        .with_each("Tags", options.tags(), tag)
}

fn configuration(configuration: &DhcpConfiguration) -> Map {
    Map::new().with_some("Key", configuration.key()).with_each("Values", configuration.values(), setting)
}
