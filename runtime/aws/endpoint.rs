//! The address that calls go to, if it isn't Amazon's own.
//!
//! In: what the user, the environment or the profile say. Out: an address that is safe to send to.

use super::setup_problem::SetupProblem;
use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use http::Uri;
use std::net::IpAddr;

/// An address that calls may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The address.
    pub url: String,
    /// Whether it is on this machine.
    pub local: bool,
}

/// The address that the environment or the profile name, for EC2 or for all services, whether it is valid or not (AWS
/// SDKs and Tools Reference Guide, "Service-specific endpoints"). The SDK passes over one that is not valid and would
/// talk to Amazon then.
pub(super) fn configured(shared: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id("EC2").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let url = shared.service_config()?.load_config(key.ok()?);
    url.filter(|url| !url.trim().is_empty())
}

impl Endpoint {
    /// Checks an address.
    ///
    /// # Errors
    ///
    /// An address that cannot be understood, or one where others could read along: unencrypted, and not on this
    /// machine. The latter is fine if `allow_http`.
    pub fn new(url: String, allow_http: bool) -> Result<Endpoint, SetupProblem> {
        let uri: Uri = url.parse().map_err(|_| bad("it cannot be understood"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(bad("it does not begin with https:// and a host"));
        };
        // They would end up in messages.
        if authority.as_str().contains('@') {
            return Err(bad("it holds a user name"));
        }
        let local = is_loopback(authority.host());
        match scheme {
            "https" => Ok(Endpoint { url, local }),
            "http" if local || allow_http => Ok(Endpoint { url, local }),
            "http" => Err(SetupProblem::InsecureEndpoint(url)),
            _ => Err(bad("it does not begin with https://")),
        }
    }
}

fn bad(reason: &str) -> SetupProblem {
    SetupProblem::BadEndpoint(reason.to_owned())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<Endpoint, SetupProblem> {
        Endpoint::new(url.to_owned(), false)
    }

    #[test]
    fn encrypted_addresses_are_fine() {
        assert_eq!(check("https://ec2.example.com").map(|endpoint| endpoint.local), Ok(false));
        assert_eq!(check("https://localhost:5000").map(|endpoint| endpoint.local), Ok(true));
    }

    #[test]
    fn addresses_on_this_machine_need_not_be_encrypted() {
        for url in ["http://127.0.0.1:5000", "http://127.9.9.9", "http://LOCALHOST:5000/", "HTTP://[::1]:5000/ec2"] {
            assert_eq!(check(url).map(|endpoint| endpoint.local), Ok(true), "{url}");
        }
    }

    #[test]
    fn unencrypted_addresses_elsewhere_have_to_be_allowed() {
        for url in ["http://ec2.example.com", "http://10.0.0.1:5000", "http://localhost.example.com", "http://127.1"] {
            assert_eq!(check(url), Err(SetupProblem::InsecureEndpoint(url.to_owned())), "{url}");
            let allowed = Endpoint::new(url.to_owned(), true);
            assert_eq!(allowed.map(|endpoint| endpoint.local), Ok(false), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in ["localhost:5000", "example", "", "ftp://localhost", "http://", "http:\\\\localhost", "/path"] {
            let problem = check(url).expect_err(url);
            assert!(matches!(problem, SetupProblem::BadEndpoint(_)), "{url}: {problem:?}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_shown() {
        let problem = check("http://me:hunter2@localhost:5000").expect_err("a problem");
        assert!(!format!("{problem} {problem:?}").contains("hunter2"));
    }
}
