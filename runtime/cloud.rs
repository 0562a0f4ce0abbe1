//! The door to EC2.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use vpcc_core::call::{Call, Map};

/// What a call comes to, later: the members of EC2's answer by the EC2 API's own names, or a fault.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Map, Fault>> + Send + 'a>>;

/// A place that EC2 requests can be sent to.
///
/// An implementation sends each call once: it repeats nothing by itself, waits for nothing but the answer, and follows
/// no pages. All that is the business of whoever calls, the same for every cloud.
pub trait Cloud: Send + Sync {
    /// Sends one request to one region.
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a>;

    /// Whether it takes only so many requests of an action at a time, as Amazon's does.
    fn throttles(&self) -> bool {
        true
    }

    /// Whether each region is a place of its own, in which a stack may have left something. What stands in for EC2 at one
    /// address is one place.
    fn has_regions(&self) -> bool {
        true
    }
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// EC2's error code (`InvalidVpcID.NotFound`), or one of the codes below.
    pub code: String,
    /// What EC2 says about it, or the transport.
    pub message: String,
    /// The id of the request, if EC2 told one.
    pub request_id: Option<String>,
    /// Whether the request may have had an effect all the same.
    pub effect: Effect,
}

/// Whether a request that failed may have had an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// EC2 refused it, or it never got there.
    None,
    /// The answer was lost, came too late, or was a server error: nobody knows.
    Unknown,
}

impl Fault {
    /// No connection could be made; the request was not sent.
    pub const UNREACHABLE: &'static str = "vpcc.Unreachable";
    /// The connection broke, or no answer came in time.
    pub const NO_ANSWER: &'static str = "vpcc.NoAnswer";
    /// No credentials were found, or they could not be had.
    pub const NO_CREDENTIALS: &'static str = "vpcc.NoCredentials";
    /// The call is not one that this cloud knows, or has a parameter that it does not know.
    pub const UNKNOWN_CALL: &'static str = "vpcc.UnknownCall";

    /// Somebody wanted it to stop before it was sent (again).
    pub const INTERRUPTED: &'static str = "vpcc.Interrupted";

    /// The wish to stop, met before the request was sent.
    pub fn interrupted() -> Fault {
        Fault::refused(Fault::INTERRUPTED, "interrupted")
    }

    /// EC2's refusal: the request had no effect.
    pub fn refused(code: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { code: code.into(), message: message.into(), request_id: None, effect: Effect::None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}
