//! EC2 requests and answers as values.
//!
//! A plan holds [`Call`]s; the AWS back end sends them, the embedded cloud obeys them, `plan --json` prints them.
//! Nothing else talks to EC2. Absent on purpose: sending, and knowledge of any particular action.

pub mod sealed;
mod value;

pub use sealed::Sealed;
pub use value::{Map, Value, map};

use serde::Serialize;

/// One EC2 request: an action of the EC2 API and its parameters, by the API's own names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Call {
    /// The action: `CreateSubnet`.
    pub action: &'static str,
    /// Its parameters. An id that isn't known yet is a [`Value::Ref`].
    pub parameters: Map,
}

impl Call {
    /// A request.
    pub fn new(action: &'static str, parameters: Map) -> Call {
        Call { action, parameters }
    }

    /// Whether it only reads.
    pub fn reads(&self) -> bool {
        self.action.starts_with("Describe") || self.action.starts_with("Get")
    }

    /// Whether a text repeats something of the call that is not to be shown.
    pub fn is_told_in(&self, text: &str) -> bool {
        self.parameters.iter().any(|(_, value)| is_told_in(value, text))
    }

    /// Whether it takes something away, so that something already gone counts as done.
    pub fn removes(&self) -> bool {
        ["Delete", "Deregister", "Detach", "Release", "Disassociate", "Terminate", "Revoke", "Disable"]
            .iter()
            .any(|verb| self.action.starts_with(verb))
    }
}

fn is_told_in(value: &Value, text: &str) -> bool {
    match value {
        Value::Sealed(sealed) => sealed.is_told_in(text),
        Value::List(values) => values.iter().any(|value| is_told_in(value, text)),
        Value::Map(map) => map.iter().any(|(_, value)| is_told_in(value, text)),
        Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::Ref(_) => false,
    }
}
