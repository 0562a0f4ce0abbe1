//! The options of the instance metadata service (EC2 User Guide, "Instance metadata options").

use super::instances::Phase;
use super::refusal::{Refusal, Reply};
use super::site::Site;
use super::time::Moment;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// The metadata options of an instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Metadata {
    tokens: String,
    hops: i64,
    endpoint: String,
    tags: String,
    /// When they will have taken effect; `None` once they have.
    pub pending_until: Option<Moment>,
}

/// Metadata options in a request; what isn't given stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Options {
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i64>,
    http_endpoint: Option<String>,
    instance_metadata_tags: Option<String>,
}

impl Metadata {
    /// The options of a new instance.
    pub fn new(options: &Options) -> Result<Metadata, Refusal> {
        let mut metadata = Metadata {
            tokens: "optional".to_owned(),
            hops: 1,
            endpoint: "enabled".to_owned(),
            tags: "disabled".to_owned(),
            pending_until: None,
        };
        metadata.change(options)?;
        Ok(metadata)
    }

    fn change(&mut self, options: &Options) -> Result<(), Refusal> {
        choose(&mut self.tokens, "httpTokens", options.http_tokens.as_deref(), ["optional", "required"])?;
        choose(&mut self.endpoint, "httpEndpoint", options.http_endpoint.as_deref(), ["enabled", "disabled"])?;
        let tags = options.instance_metadata_tags.as_deref();
        choose(&mut self.tags, "instanceMetadataTags", tags, ["enabled", "disabled"])?;
        if let Some(hops) = options.http_put_response_hop_limit {
            if !(1..=64).contains(&hops) {
                let why = "Expecting a value between 1 and 64.";
                return Err(Refusal::value("httpPutResponseHopLimit", hops, why));
            }
            self.hops = hops;
        }
        Ok(())
    }

    /// Whether tags are to be seen in the metadata; then their keys have stricter rules.
    pub fn shows_tags(&self) -> bool {
        self.tags == "enabled"
    }

    /// As EC2 tells them.
    pub fn members(&self) -> Map {
        Map::new()
            .with("State", if self.pending_until.is_some() { "pending" } else { "applied" })
            .with("HttpTokens", self.tokens.as_str())
            .with("HttpPutResponseHopLimit", self.hops)
            .with("HttpEndpoint", self.endpoint.as_str())
            .with("HttpProtocolIpv6", "disabled")
            .with("InstanceMetadataTags", self.tags.as_str())
    }
}

fn choose(option: &mut String, parameter: &str, asked: Option<&str>, choices: [&str; 2]) -> Result<(), Refusal> {
    let Some(asked) = asked else { return Ok(()) };
    if !choices.contains(&asked) {
        return Err(Refusal::value(parameter, asked, &format!("Expected one of {}.", choices.join(", "))));
    }
    asked.clone_into(option);
    Ok(())
}

/// `ModifyInstanceMetadataOptions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    instance_id: String,
    http_tokens: Option<String>,
    http_put_response_hop_limit: Option<i64>,
    http_endpoint: Option<String>,
    instance_metadata_tags: Option<String>,
}

/// `ModifyInstanceMetadataOptions`: while it runs, an instance takes a moment to apply them.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    let until = site.now.after(site.terms.timing.settle);
    let instance = site.region.instances.find_mut(&call.instance_id)?;
    if instance.phase.ends() {
        let message = format!("The instance '{}' is not in a valid state to modify its metadata.", call.instance_id);
        return Err(Refusal::new("IncorrectInstanceState", message));
    }
    instance.metadata.change(&Options {
        http_tokens: call.http_tokens,
        http_put_response_hop_limit: call.http_put_response_hop_limit,
        http_endpoint: call.http_endpoint,
        instance_metadata_tags: call.instance_metadata_tags,
    })?;
    instance.metadata.pending_until = (instance.phase != Phase::Stopped).then_some(until);
    let options = instance.metadata.members();
    Ok(Map::new().with("InstanceId", call.instance_id).with("InstanceMetadataOptions", options))
}
