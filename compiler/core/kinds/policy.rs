//! Policies, as far as it matters whether two of them say the same.

use serde_json::Value;
use std::collections::BTreeMap;

/// The policy that EC2 gives an endpoint for which none is given: everybody may do everything (AWS PrivateLink Guide,
/// "Default endpoint policy"). Its version makes no difference.
const FULL_ACCESS: &str = r#"{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}"#;

/// A policy in the one form in which it is compared and sent: members in alphabetical order, no lists of one, no white
/// space. `None` if the text is no JSON object.
pub fn canonical(text: &str) -> Option<String> {
    let parsed: Value = serde_json::from_str(text).ok()?;
    parsed.is_object().then(|| form(parsed).to_string())
}

fn form(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<String, Value> =
                members.into_iter().map(|(name, value)| (name, form(value))).collect();
            sorted.into_iter().collect()
        }
        Value::Array(mut items) if items.len() == 1 => form(items.remove(0)),
        Value::Array(items) => items.into_iter().map(form).collect(),
        other => other,
    }
}

/// Whether a policy in that form is the one that EC2 gives.
pub(super) fn is_full_access(text: &str) -> bool {
    let parsed: Option<Value> = serde_json::from_str(text).ok();
    parsed.and_then(|policy| policy.get("Statement").map(Value::to_string)).is_some_and(|only| only == FULL_ACCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_say_the_same_have_one_form() {
        let full = r#"{ "Version": "2008-10-17", "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": ["*"], "Resource": "*" }] }"#;
        assert!(is_full_access(&canonical(full).unwrap()));
        let other = r#"{"Statement":{"Resource":"*","Action":"s3:Get*","Effect":"Allow","Principal":"*"}}"#;
        assert!(!is_full_access(&canonical(other).unwrap()));
        assert_eq!(
            canonical(other).as_deref(),
            Some(r#"{"Statement":{"Action":"s3:Get*","Effect":"Allow","Principal":"*","Resource":"*"}}"#)
        );
        assert_eq!(canonical("[]"), None);
        assert_eq!(canonical("{"), None);
    }
}
