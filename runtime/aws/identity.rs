//! Whose credentials these are: the one question that EC2 itself doesn't answer. AWS STS does, and needs no permission
//! for it (STS API Reference, "GetCallerIdentity").

use super::Aws;
use super::actions::Sending;
use super::fault::fault;
use super::parameters::Parameters;
use crate::cloud::Fault;
use aws_config::retry::RetryConfig;
use aws_sdk_sts::config::{Builder, Region};
use vpcc_core::call::{Call, Map};

/// The action.
pub(super) const ACTION: &str = "GetCallerIdentity";

/// Translates the call. Whoever stands in for EC2 at another address is asked there.
///
/// # Errors
///
/// [`Fault::UNKNOWN_CALL`] if the call has parameters: it takes none.
pub(super) fn prepare(aws: &Aws, region: &str, call: &Call) -> Result<Sending, Fault> {
    Parameters::of(call).finish()?;
    let mut config =
        Builder::from(&aws.shared).region(Region::new(region.to_owned())).retry_config(RetryConfig::disabled());
    config.set_endpoint_url(aws.endpoint().map(str::to_owned));
    let request = aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity();
    Ok(Box::pin(async move {
        let answer = request.send().await.map_err(fault)?;
        Ok(Map::new().with_some("Account", answer.account()).with_some("Arn", answer.arn()))
    }))
}
