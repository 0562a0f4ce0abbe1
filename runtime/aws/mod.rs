//! Amazon EC2 through its SDK, the only room that knows the SDK.
//!
//! In: calls by the EC2 API's names. Out: answers and faults by the same names. `connect` finds out how to get there,
//! `parameters` and `request` read calls, `actions` has one translation for each action, `answer` writes answers and
//! `fault` tells what an error means. Absent on purpose: repeating, waiting and following pages, and knowing what a
//! call is for.

mod actions;
mod answer;
mod connect;
mod credentials;
mod endpoint;
mod fault;
mod identity;
mod parameters;
mod profile;
mod request;
mod setup_problem;

#[cfg(test)]
mod tests;

pub use connect::Options;
pub use setup_problem::SetupProblem;

use crate::cloud::{Answer, Cloud, Fault};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::{Builder, Region};
use endpoint::Endpoint;
use std::collections::HashMap;
use std::future::ready;
use std::sync::{Mutex, PoisonError};
use vpcc_core::call::Call;

/// Amazon EC2, or something at another address that talks like it.
pub struct Aws {
    shared: SdkConfig,
    endpoint: Option<Endpoint>,
    home_region: Option<String>,
    clients: Mutex<HashMap<String, Client>>,
}

impl Aws {
    fn new(shared: SdkConfig, endpoint: Option<Endpoint>, home_region: Option<String>) -> Aws {
        Aws { shared, endpoint, home_region, clients: Mutex::default() }
    }

    /// The region where the user is at home: from the options, the environment, or the profile.
    pub fn home_region(&self) -> Option<&str> {
        self.home_region.as_deref()
    }

    /// The address that calls go to, if it isn't Amazon's own.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_ref().map(|endpoint| endpoint.url.as_str())
    }

    /// The client of a region. All share connections and credentials.
    fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region.to_owned()).or_insert_with(|| self.new_client(region)).clone()
    }

    /// The SDK's own repeating is off: it would also repeat a creation whose answer was lost, and make two.
    fn new_client(&self, region: &str) -> Client {
        let mut config =
            Builder::from(&self.shared).region(Region::new(region.to_owned())).retry_config(RetryConfig::disabled());
        config.set_endpoint_url(self.endpoint().map(str::to_owned));
        Client::from_conf(config.build())
    }
}

/// A fault without words that repeat what was sent and is not to be shown: user data.
fn discreet(fault: Fault, call: &Call) -> Fault {
    if !call.is_told_in(&fault.message) {
        return fault;
    }
    Fault { message: "what it says of it repeats user data, and is not shown".to_owned(), ..fault }
}

impl Cloud for Aws {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        let prepared = match call.action {
            identity::ACTION => identity::prepare(self, region, call),
            _ => actions::prepare(&self.client(region), call),
        };
        match prepared {
            Ok(sending) => Box::pin(async move { sending.await.map_err(|fault| discreet(fault, call)) }),
            Err(fault) => Box::pin(ready(Err(fault))),
        }
    }

    /// What stands in for Amazon's at another address takes what it gets.
    fn throttles(&self) -> bool {
        self.endpoint.is_none()
    }

    fn has_regions(&self) -> bool {
        self.endpoint.is_none()
    }
}
