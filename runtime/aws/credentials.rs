//! Finding credentials.
//!
//! In: the profile that the user names, and the way to other services of AWS. Out: credentials that have been had
//! once, with the place to get the next ones when they expire, or the reason why there are none.

use super::fault::{find as find_cause, innermost};
use super::setup_problem::SetupProblem;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::meta::ProviderChainError;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{Region, imds};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// How long finding them may take at first. A program that gives credentials may have to ask a person.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long finding the next ones may take: less than the call may that waits for them.
const NEXT_PATIENCE: Duration = Duration::from_secs(25);
/// How long the machine's own metadata service may take. Most machines have none, and some networks swallow what is
/// sent to it.
const METADATA_PATIENCE: Duration = Duration::from_secs(3);

/// Finds credentials: those of the named profile, or the first that the SDK's chain has.
///
/// # Errors
///
/// That there are none, or that what the configuration says about them cannot be followed.
pub(super) async fn find(
    profile: Option<&str>,
    region: Region,
    surroundings: ProviderConfig,
) -> Result<SharedCredentialsProvider, SetupProblem> {
    let provider = match profile {
        Some(name) => profile_provider(name, &surroundings),
        None => chain(region, surroundings).await,
    };
    let first = ask(&provider, PATIENCE).await.map_err(problem)?;
    Ok(SharedCredentialsProvider::new(Found { first: Mutex::new(Some(first)), provider }))
}

/// A profile that the user names goes before credentials in the environment, as with Amazon's own command line. In
/// the SDK's chain it goes behind them.
fn profile_provider(name: &str, surroundings: &ProviderConfig) -> SharedCredentialsProvider {
    let provider = ProfileFileCredentialsProvider::builder().profile_name(name).configure(surroundings);
    SharedCredentialsProvider::new(provider.build())
}

async fn chain(region: Region, surroundings: ProviderConfig) -> SharedCredentialsProvider {
    let metadata =
        imds::Client::builder().configure(&surroundings).max_attempts(2).operation_timeout(METADATA_PATIENCE).build();
    let chain = DefaultCredentialsChain::builder().region(region).configure(surroundings).imds_client(metadata);
    SharedCredentialsProvider::new(chain.build().await)
}

async fn ask(provider: &SharedCredentialsProvider, patience: Duration) -> provider::Result {
    let asked = timeout(patience, provider.provide_credentials()).await;
    asked.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(patience)))
}

fn problem(error: CredentialsError) -> SetupProblem {
    let nowhere =
        || SetupProblem::NoCredentials("neither the environment nor a profile nor the machine has any".into());
    match &error {
        CredentialsError::InvalidConfiguration(_) => SetupProblem::BadConfig(innermost(&error)),
        CredentialsError::CredentialsNotLoaded(_) => match find_cause::<ProviderChainError<CredentialsError>>(&error) {
            Some(chain) => broken_profile(chain).map_or_else(nowhere, SetupProblem::BadConfig),
            None if error.source().is_none() => SetupProblem::NoCredentials("the profile has none".into()),
            None => SetupProblem::BadConfig(innermost(&error)),
        },
        _ => SetupProblem::NoCredentials(innermost(&error)),
    }
}

/// What is wrong with the profile. The chain takes a profile that refers to nothing as one that says nothing.
fn broken_profile(chain: &ProviderChainError<CredentialsError>) -> Option<String> {
    let profile = chain.attempts().iter().find(|attempt| attempt.name() == "Profile")?;
    profile.error().source().map(innermost)
}

/// Credentials that were had once, and the place to get the next ones: asking twice could mean asking a person twice.
#[derive(Debug)]
struct Found {
    first: Mutex<Option<Credentials>>,
    provider: SharedCredentialsProvider,
}

impl ProvideCredentials for Found {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(first) => future::ProvideCredentials::ready(Ok(first)),
            None => future::ProvideCredentials::new(ask(&self.provider, NEXT_PATIENCE)),
        }
    }
}
