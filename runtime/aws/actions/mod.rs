//! What EC2 can be asked: one file for each family of actions.
//!
//! In: a call. Out: the SDK's request, not sent yet, that gives the answer by the EC2 API's names. To add an action,
//! write its translation into the file of its family and add it to that file's `ACTIONS`. Absent on purpose:
//! repeating, following pages, and knowing what answers mean.

use super::fault::fault;
use super::parameters::{Parameters, unknown};
use crate::cloud::Fault;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use vpcc_core::call::{Call, Map};

/// Sets the parameters that nearly every listing has. The SDK's builders share no trait, hence a macro.
macro_rules! listing {
    ($request:expr, $parameters:expr) => {
        $request
            .set_filters($parameters.filters())
            .set_max_results($parameters.number("MaxResults"))
            .set_next_token($parameters.text("NextToken"))
    };
}

mod addresses;
mod customer_gateways;
mod dhcp_options;
mod egress_only_internet_gateways;
mod flow_logs;
mod images;
mod instance_members;
mod instance_profiles;
mod instance_types;
mod instances;
mod internet_gateways;
mod key_pairs;
mod launch;
mod launch_templates;
mod nat_gateways;
mod network_acls;
mod network_interfaces;
mod prefix_lists;
mod regions;
mod route_tables;
mod security_groups;
mod snapshots;
mod subnets;
mod tags;
mod volumes;
mod vpc_endpoints;
mod vpc_peering_connections;
mod vpcs;
mod vpn_connections;
mod vpn_gateways;

const FAMILIES: &[&[Action]] = &[
    addresses::ACTIONS,
    customer_gateways::ACTIONS,
    dhcp_options::ACTIONS,
    flow_logs::ACTIONS,
    egress_only_internet_gateways::ACTIONS,
    images::ACTIONS,
    instance_profiles::ACTIONS,
    instance_types::ACTIONS,
    instances::ACTIONS,
    internet_gateways::ACTIONS,
    key_pairs::ACTIONS,
    launch::ACTIONS,
    launch_templates::ACTIONS,
    network_acls::ACTIONS,
    nat_gateways::ACTIONS,
    network_interfaces::ACTIONS,
    prefix_lists::ACTIONS,
    regions::ACTIONS,
    route_tables::ACTIONS,
    security_groups::ACTIONS,
    snapshots::ACTIONS,
    subnets::ACTIONS,
    tags::ACTIONS,
    volumes::ACTIONS,
    vpc_endpoints::ACTIONS,
    vpc_peering_connections::ACTIONS,
    vpcs::ACTIONS,
    vpn_connections::ACTIONS,
    vpn_gateways::ACTIONS,
];

/// An action's name and its translation.
type Action = (&'static str, fn(&Client, &mut Parameters<'_>) -> Sending);

/// A request that is sent when it is polled.
pub(super) type Sending = Pin<Box<dyn Future<Output = Result<Map, Fault>> + Send>>;

/// Translates a call. Nothing is sent yet.
///
/// # Errors
///
/// [`Fault::UNKNOWN_CALL`] if the action is not known, or one of its parameters cannot be translated.
pub(super) fn prepare(ec2: &Client, call: &Call) -> Result<Sending, Fault> {
    let Some((_, translate)) = FAMILIES.iter().copied().flatten().find(|(name, _)| *name == call.action) else {
        return Err(unknown(format!("the action {} is not known", call.action)));
    };
    let mut parameters = Parameters::of(call);
    let sending = translate(ec2, &mut parameters);
    parameters.finish()?;
    Ok(sending)
}

/// Joins a request and the translation of its answer.
fn sending<T, E>(
    request: impl Future<Output = Result<T, SdkError<E>>> + Send + 'static,
    answer: impl FnOnce(T) -> Map + Send + 'static,
) -> Sending
where
    T: 'static,
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    Box::pin(async move { request.await.map(answer).map_err(fault) })
}

#[cfg(test)]
mod tests {
    use super::FAMILIES;
    use std::collections::BTreeSet;
    use vpcc_core::kinds::KINDS;

    #[test]
    fn no_action_is_there_twice() {
        let names: Vec<&str> = FAMILIES.iter().copied().flatten().map(|(name, _)| *name).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len());
    }

    #[test]
    fn every_listing_of_a_kind_is_known() {
        let names: BTreeSet<&str> = FAMILIES.iter().copied().flatten().map(|(name, _)| *name).collect();
        for describe in KINDS.iter().filter_map(|kind| kind.describe) {
            let beside = describe.beside.map_or(describe.action, |beside| beside.action);
            assert!(names.contains(describe.action) && names.contains(beside), "{}", describe.action);
        }
    }
}
