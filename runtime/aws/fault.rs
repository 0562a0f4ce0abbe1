//! What the SDK's errors mean.
//!
//! In: an error. Out: a [`Fault`] that says whether the request may have had an effect, in words for people. Absent on
//! purpose: what to do about it.

use super::parameters::unknown;
use crate::cloud::{Effect, Fault};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId;
use hyper_util::client::legacy::Error as ConnectionError;
use std::error::Error;
use std::iter::successors;

/// The status codes of HTTP from here on tell of trouble on the server's side (RFC 9110, "Server Error 5xx").
const SERVER_ERROR: u16 = 500;

/// Codes that EC2 sends as server errors though it tells by them that it did nothing: it is asked too often, or has
/// no room (Amazon EC2 Developer Guide, "Error codes for the Amazon EC2 API").
const NOTHING_DONE: [&str; 17] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "InsufficientAddressCapacity",
    "InsufficientCapacity",
    "InsufficientHostCapacity",
    "InsufficientInstanceCapacity",
    "InsufficientReservedInstanceCapacity",
    "InsufficientVolumeCapacity",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Says what an error of the SDK means.
pub(super) fn fault<E>(error: SdkError<E>) -> Fault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let request_id = error.request_id().map(str::to_owned);
    let status = error.raw_response().map(|response| response.status().as_u16());
    let fault = match &error {
        SdkError::ConstructionFailure(_) => unknown(innermost(&error)),
        SdkError::TimeoutError(_) => no_answer("no answer came in time".to_owned()),
        SdkError::DispatchFailure(failure) => not_dispatched(&error, failure.is_timeout()),
        SdkError::ServiceError(answer) => refused(answer.err(), status.unwrap_or_default()),
        _ => unreadable(status.unwrap_or_default()),
    };
    Fault { request_id, ..fault }
}

fn refused(error: &impl ProvideErrorMetadata, status: u16) -> Fault {
    let Some(code) = error.code() else { return unreadable(status) };
    let message = error.message().unwrap_or("EC2 says no more about it");
    let effect = if NOTHING_DONE.contains(&code) { Effect::None } else { effect(status) };
    Fault { effect, ..Fault::refused(code, message) }
}

/// An answer that is none of EC2's: a proxy's, for one.
fn unreadable(status: u16) -> Fault {
    let message = format!("an answer came that is not EC2's (HTTP status {status})");
    Fault { effect: effect(status), ..no_answer(message) }
}

fn effect(status: u16) -> Effect {
    if (400..SERVER_ERROR).contains(&status) { Effect::None } else { Effect::Unknown }
}

fn not_dispatched(error: &(dyn Error + 'static), late: bool) -> Fault {
    if find::<CredentialsError>(error).is_some() {
        return Fault::refused(Fault::NO_CREDENTIALS, format!("there are no credentials: {}", innermost(error)));
    }
    let connecting = find::<ConnectionError>(error).is_some_and(ConnectionError::is_connect);
    match (connecting, late) {
        (true, true) => Fault::refused(Fault::UNREACHABLE, "no connection could be made in time"),
        (true, false) => {
            Fault::refused(Fault::UNREACHABLE, format!("no connection could be made: {}", innermost(error)))
        }
        (false, true) => no_answer("no answer came in time".to_owned()),
        (false, false) => no_answer(format!("the connection broke: {}", innermost(error))),
    }
}

fn no_answer(message: String) -> Fault {
    Fault { code: Fault::NO_ANSWER.to_owned(), message, request_id: None, effect: Effect::Unknown }
}

/// The text of the error that all began with: those around it tell only where it passed.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The first error of a type among an error and its causes.
pub(super) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    causes(error).find_map(|error| error.downcast_ref())
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error: &&'e (dyn Error + 'static)| (*error).source())
}
