//! The profile of the shared AWS configuration files.
//!
//! In: the environment and the files. Out: that the chosen profile exists, and the region where the user is at home.
//! The SDK reads the same files by itself, but it passes over what it cannot read; that may be the very line that
//! names another endpoint or account.

use super::fault::innermost;
use super::setup_problem::SetupProblem;
use aws_config::profile::{self, ProfileSet};
use aws_types::os_shim_internal::{Env, Fs};
use std::borrow::Cow;

/// The variables that name the region, the first before the second (AWS SDKs and Tools Reference Guide, "AWS Region").
const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The environment and the files, read.
pub(super) struct Profile {
    env: Env,
    files: ProfileSet,
}

impl Profile {
    /// Reads the files. Without a name, the profile is that of `AWS_PROFILE`, or the default one.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or a profile that none of them has. Only the default profile need not exist.
    pub async fn load(env: Env, fs: Fs, name: Option<&str>) -> Result<Profile, SetupProblem> {
        let chosen = name.map(|name| Cow::Owned(name.to_owned()));
        let files = profile::load(&fs, &env, &Default::default(), chosen)
            .await
            .map_err(|error| SetupProblem::BadConfig(innermost(&error)))?;
        let selected = files.selected_profile();
        let asked_for = name.is_some() || !matches!(selected, "" | "default");
        if asked_for && files.get_profile(selected).is_none() {
            return Err(SetupProblem::NoSuchProfile(selected.to_owned()));
        }
        Ok(Profile { env, files })
    }

    /// The region where the user is at home, from the environment or the profile.
    pub fn region(&self) -> Option<String> {
        let variables = REGION_VARIABLES.iter().filter_map(|name| self.env.get(name).ok());
        let profile = self.files.get("region").map(str::to_owned);
        variables.chain(profile).find(|region| !region.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: (&str, &str) = ("/config", "[default]\nregion = eu-west-1\n[profile work]\nregion = us-east-2\n");

    async fn load(variables: &[(&str, &str)], file: (&str, &str), name: Option<&str>) -> Result<Profile, SetupProblem> {
        let mut variables = variables.to_vec();
        variables.extend([("AWS_CONFIG_FILE", "/config"), ("AWS_SHARED_CREDENTIALS_FILE", "/credentials")]);
        Profile::load(Env::from_slice(&variables), Fs::from_slice(&[file]), name).await
    }

    async fn region(variables: &[(&str, &str)], name: Option<&str>) -> Option<String> {
        load(variables, FILE, name).await.ok()?.region()
    }

    #[tokio::test]
    async fn the_environment_names_the_region_before_the_profile() {
        let both = [("AWS_REGION", "ap-south-1"), ("AWS_DEFAULT_REGION", "sa-east-1")];
        assert_eq!(region(&both, None).await.as_deref(), Some("ap-south-1"));
        assert_eq!(region(&both[1..], None).await.as_deref(), Some("sa-east-1"));
        assert_eq!(region(&[], None).await.as_deref(), Some("eu-west-1"));
    }

    #[tokio::test]
    async fn a_blank_variable_names_no_region() {
        assert_eq!(region(&[("AWS_REGION", " ")], None).await.as_deref(), Some("eu-west-1"));
    }

    #[tokio::test]
    async fn the_profile_is_the_named_one_or_that_of_the_environment() {
        assert_eq!(region(&[], Some("work")).await.as_deref(), Some("us-east-2"));
        assert_eq!(region(&[("AWS_PROFILE", "work")], None).await.as_deref(), Some("us-east-2"));
    }

    #[tokio::test]
    async fn a_profile_that_no_file_has_is_told() {
        let missing = SetupProblem::NoSuchProfile("home".to_owned());
        assert_eq!(load(&[], FILE, Some("home")).await.err(), Some(missing.clone()));
        assert_eq!(load(&[("AWS_PROFILE", "home")], FILE, None).await.err(), Some(missing));
    }

    #[tokio::test]
    async fn nothing_at_all_is_fine() {
        let profile = load(&[], ("/other", ""), None).await;
        assert_eq!(profile.map(|profile| profile.region()).ok(), Some(None));
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_is_told() {
        let problem = load(&[], ("/config", "[default\nregion = eu-west-1\n"), None).await.err();
        let Some(SetupProblem::BadConfig(reason)) = problem else { panic!("{problem:?}") };
        assert!(reason.contains("/config"), "{reason}");
    }
}
