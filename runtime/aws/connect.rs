//! Finding out how to get to EC2.
//!
//! In: options, the environment, and the shared AWS configuration files. Out: an [`Aws`] that has credentials, or the
//! reason why there is none. No call to EC2 is made here.

use super::Aws;
use super::credentials;
use super::endpoint::{self, Endpoint};
use super::profile::Profile;
use super::setup_problem::SetupProblem;
use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_ec2::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_types::os_shim_internal::{Env, Fs};
use std::time::Duration;

/// Where AWS is asked for credentials when nothing names a region. Any would do, as long as it is in the same partition;
/// this one is in the main one.
const CREDENTIALS_REGION: &str = "us-east-1";

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an answer may take.
const ATTEMPT: Duration = Duration::from_secs(30);
/// How long a call may take with all that the SDK does before and after.
const OPERATION: Duration = Duration::from_secs(60);
/// How long an answer may stop in the middle.
const STALL: Duration = Duration::from_secs(20);

/// What the user says about how to get to EC2. The environment and the profile fill what is left open.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The region where the user is at home.
    pub region: Option<String>,
    /// The profile of the shared AWS configuration files.
    pub profile: Option<String>,
    /// The address that calls go to, if it isn't Amazon's own.
    pub endpoint_url: Option<String>,
    /// Whether that address may be unencrypted although it is not on this machine.
    pub allow_http: bool,
}

impl Aws {
    /// Finds credentials and everything else that calls need. Which regions there will be calls to is not known yet.
    ///
    /// # Errors
    ///
    /// What keeps calls from being made: see [`SetupProblem`].
    pub async fn connect(options: Options) -> Result<Aws, SetupProblem> {
        let profile = Profile::load(Env::real(), Fs::real(), options.profile.as_deref()).await?;
        let home_region = options.region.or_else(|| profile.region());
        let region = Region::new(home_region.clone().unwrap_or_else(|| CREDENTIALS_REGION.to_owned()));
        let proxied = http_client(ProxyConfig::from_env());

        let shared = loader(region.clone(), options.profile.as_deref(), proxied.clone()).load().await;
        let url = options.endpoint_url.or_else(|| endpoint::configured(&shared));
        let endpoint = url.map(|url| Endpoint::new(url, options.allow_http)).transpose()?;

        let surroundings = surroundings(&shared, region.clone(), proxied.clone());
        let credentials = credentials::find(options.profile.as_deref(), region, surroundings).await?;
        let local = endpoint.as_ref().is_some_and(|endpoint| endpoint.local);
        // What goes to this machine has no business on a proxy, which is another one.
        let http = if local { http_client(ProxyConfig::disabled()) } else { proxied };
        let mut shared = shared.into_builder().credentials_provider(credentials).http_client(http);
        shared.set_app_name(AppName::new("vpcc").ok());
        Ok(Aws::new(shared.build(), endpoint, home_region))
    }
}

fn loader(region: Region, profile: Option<&str>, http: SharedHttpClient) -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(region)
        .http_client(http)
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALL).build())
        .identity_cache(IdentityCache::lazy().load_timeout(ATTEMPT).build())
        .no_credentials();
    match profile {
        Some(profile) => loader.profile_name(profile),
        None => loader,
    }
}

/// What finding credentials needs: some come from other services of AWS.
fn surroundings(shared: &SdkConfig, region: Region, http: SharedHttpClient) -> ProviderConfig {
    ProviderConfig::default()
        .with_behavior_version(shared.behavior_version())
        .with_region(Some(region))
        .with_use_fips(shared.use_fips())
        .with_use_dual_stack(shared.use_dual_stack())
        .with_http_client(http)
}

/// TLS by rustls and ring. The SDK's default client would be another one, which takes a C compiler to build.
fn http_client(proxy: ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    })
}
