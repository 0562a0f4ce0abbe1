//! Why EC2 cannot be called at all.

use std::error::Error;
use std::fmt;

/// Why EC2 cannot be called at all, and what to do about it. None of the texts holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupProblem {
    /// No credentials were found, or the place where they should be gave none: says why.
    NoCredentials(String),
    /// None of the shared AWS configuration files has the profile of this name.
    NoSuchProfile(String),
    /// The shared AWS configuration files cannot be read or followed: says why.
    BadConfig(String),
    /// The address of EC2 is none: says why.
    BadEndpoint(String),
    /// The address of EC2 is neither encrypted nor on this machine.
    InsecureEndpoint(String),
}

impl fmt::Display for SetupProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupProblem::NoCredentials(reason) => write!(
                f,
                "there are no AWS credentials: {reason}; sign in with `aws sso login` or `aws login`, name a profile \
                 with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            ),
            SetupProblem::NoSuchProfile(name) => {
                write!(f, "there is no AWS profile `{name}`; `aws configure list-profiles` lists those that there are")
            }
            SetupProblem::BadConfig(reason) => {
                write!(f, "the AWS configuration cannot be followed: {reason}; correct it, or name another profile")
            }
            SetupProblem::BadEndpoint(reason) => write!(
                f,
                "the address of EC2 is not valid: {reason}; correct --endpoint-url, AWS_ENDPOINT_URL_EC2, \
                 AWS_ENDPOINT_URL or the profile's `endpoint_url`, such as https://ec2.example.com"
            ),
            SetupProblem::InsecureEndpoint(url) => write!(
                f,
                "the endpoint {url} is neither encrypted nor on this machine, so that others could read user data and \
                 change answers; use https://, or say --allow-http if you trust every network on the way"
            ),
        }
    }
}

impl Error for SetupProblem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_says_what_is_wrong_and_what_to_do() {
        let reason = "because".to_owned();
        for (problem, advice) in [
            (SetupProblem::NoCredentials(reason.clone()), "aws sso login"),
            (SetupProblem::NoSuchProfile(reason.clone()), "list-profiles"),
            (SetupProblem::BadConfig(reason.clone()), "correct it"),
            (SetupProblem::BadEndpoint(reason.clone()), "--endpoint-url"),
            (SetupProblem::InsecureEndpoint(reason), "--allow-http"),
        ] {
            let text = problem.to_string();
            assert!(text.contains("because") && text.contains(advice), "{text}");
        }
    }
}
