//! Endpoint policies.

use crate::kinds::canonical_policy;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use ecow::EcoString;

/// Longest policy, in characters (AWS PrivateLink Guide, "Quotas").
const MAX_POLICY: usize = 20_480;

/// Files are read up to this size, so that the message can say by how much one is too large.
pub(super) const MAX_FILE: usize = 256 << 10;

/// What is wrong with a policy.
pub(super) enum Problem {
    NotJson { path: EcoString, span: Span, why: String },
    NoStatement { path: EcoString, span: Span },
    TooLong { path: EcoString, span: Span, len: usize },
}

/// The policy in a file, in one form whatever its layout.
pub(super) fn policy(path: &EcoString, span: Span, bytes: &[u8]) -> Result<EcoString, Problem> {
    let not_json = |why: String| Problem::NotJson { path: path.clone(), span, why };
    let parsed: serde_json::Value = serde_json::from_slice(bytes).map_err(|why| not_json(why.to_string()))?;
    if parsed.get("Statement").is_none() {
        return Err(Problem::NoStatement { path: path.clone(), span });
    }
    let text = canonical_policy(&parsed.to_string()).ok_or_else(|| not_json("it is no object".to_owned()))?;
    let len = text.chars().count();
    if len > MAX_POLICY { Err(Problem::TooLong { path: path.clone(), span, len }) } else { Ok(text.into()) }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotJson { path, span, why } => {
                Diagnostic::new(codes::BAD_POLICY, format!("`{path}` holds no policy")).primary(span, why)
            }
            Problem::NoStatement { path, span } => {
                Diagnostic::new(codes::BAD_POLICY, format!("the policy in `{path}` says nothing"))
                    .primary(span, "it has no `Statement`")
                    .help(
                        "a policy is written as `{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \
                         \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}`",
                    )
            }
            Problem::TooLong { path, span, len } => Diagnostic::new(
                codes::BAD_POLICY,
                format!("the policy in `{path}` is {} characters too long", len - MAX_POLICY),
            )
            .primary(span, format!("{len} characters without blanks; EC2 takes {MAX_POLICY}"))
            .help("put what its statements have in common into fewer of them"),
        }
    }
}
