//! Client tokens: the same request, sent again, makes nothing new (EC2 Developer Guide, "Ensuring idempotency").

use super::refusal::Refusal;
use super::site::Site;
use serde::{Deserialize, Serialize};
use vpcc_core::call::sealed::sha256;
use vpcc_core::call::{Map, Value};

/// What was made for a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Repeat {
    /// The SHA-256 of all other parameters.
    digest: String,
    /// The id of what was made.
    made: String,
}

/// A token and where it counts. Of an action that launches into a zone, each zone has tokens of its own.
pub(super) struct Token(Option<String>);

impl Token {
    /// A token that counts for an action and, with `scope`, in a part of the region only.
    pub fn new(site: &Site, token: Option<&str>, scope: &str) -> Result<Token, Refusal> {
        let Some(token) = token else { return Ok(Token(None)) };
        if token.is_empty() || token.len() > 64 || !token.is_ascii() {
            return Err(Refusal::value("ClientToken", token, "A token has up to 64 ASCII characters."));
        }
        Ok(Token(Some(format!("{} {scope} {token}", site.action))))
    }

    /// The id of what was made for this token before, if anything was.
    pub fn made(&self, site: &Site) -> Result<Option<String>, Refusal> {
        let Some(repeat) = self.0.as_ref().and_then(|key| site.region.repeats.get(key)) else { return Ok(None) };
        if repeat.digest == digest(site.parameters) {
            return Ok(Some(repeat.made.clone()));
        }
        let message =
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).";
        Err(Refusal::new("IdempotentParameterMismatch", message))
    }

    /// Remembers what was made for this token.
    pub fn remember(self, site: &mut Site, made: &str) {
        if let Some(key) = self.0 {
            let repeat = Repeat { digest: digest(site.parameters), made: made.to_owned() };
            site.region.repeats.insert(key, repeat);
        }
    }
}

/// The SHA-256 of all parameters but the token, whatever their order.
fn digest(parameters: &Map) -> String {
    let mut parameters = sorted(parameters);
    parameters.remove("ClientToken");
    sha256(serde_json::to_string(&parameters).unwrap_or_default().as_bytes())
}

fn sorted(map: &Map) -> Map {
    let mut sorted_map = Map::new();
    for (name, value) in map.iter() {
        sorted_map.push(name.to_owned(), sorted_value(value));
    }
    sorted_map.sort();
    sorted_map
}

fn sorted_value(value: &Value) -> Value {
    match value {
        Value::Map(map) => sorted(map).into(),
        Value::List(values) => values.iter().map(sorted_value).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}
