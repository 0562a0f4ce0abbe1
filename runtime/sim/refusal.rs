//! How EC2 refuses: a code and a message, in its own words.
//!
//! Codes are those of "Error codes for the Amazon EC2 API"; messages follow what the service is known to say, so that
//! what matches on them can be tried here.

use crate::cloud::Fault;
use std::borrow::Cow;
use std::fmt::Display;
use vpcc_core::call::Map;

/// EC2's no to a request, which then has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: Cow<'static, str>,
    pub message: String,
}

/// What an action comes to.
pub(super) type Reply = Result<Map, Refusal>;

impl Refusal {
    /// A refusal with a code of its own.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Refusal {
        Refusal { code: code.into(), message: message.into() }
    }

    /// A value that a parameter cannot have; `why` is a sentence or empty.
    pub fn value(parameter: &str, value: impl Display, why: &str) -> Refusal {
        let message = format!("Value ({value}) for parameter {} is invalid. {why}", camel(parameter));
        Refusal::new("InvalidParameterValue", message.trim_end())
    }

    /// A value refused in EC2's own words.
    pub fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new("InvalidParameterValue", message)
    }

    /// A parameter that the request has to have.
    pub fn missing(parameter: &str) -> Refusal {
        Refusal::new("MissingParameter", format!("The request must contain the parameter {}", camel(parameter)))
    }

    /// A parameter that the action does not have.
    pub fn unknown(parameter: &str) -> Refusal {
        Refusal::new("UnknownParameter", format!("The parameter {parameter} is not recognized"))
    }

    /// Parameters that don't go together.
    pub fn combination(message: impl Into<String>) -> Refusal {
        Refusal::new("InvalidParameterCombination", message)
    }

    /// Something that cannot be deleted while something else needs it.
    pub fn depends(noun: &str, id: &str) -> Refusal {
        Refusal::new("DependencyViolation", format!("The {noun} '{id}' has dependencies and cannot be deleted."))
    }

    /// Something that a service of Amazon's holds for the account.
    pub fn not_yours() -> Refusal {
        Refusal::new("AuthFailure", "You do not have permission to access the specified resource.")
    }

    /// Something that EC2 does and the embedded one does not: not a refusal of EC2's.
    pub fn beyond(what: &str) -> Refusal {
        Refusal::new(Fault::UNKNOWN_CALL, format!("the embedded EC2 does not know {what}"))
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::refused(refusal.code, refusal.message)
    }
}

/// A parameter as messages spell it: each of its parts starts with a small letter.
fn camel(parameter: &str) -> String {
    let parts: Vec<String> = parameter.split('.').map(lower_first).collect();
    parts.join(".")
}

fn lower_first(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
