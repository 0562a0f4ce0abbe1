//! User data of nodes that give their boot script an environment: a small shell script that exports the variables and
//! then runs the original one, unchanged, with its own interpreter.
//!
//! Changed user data replace a node, so what is generated stays the same, to the byte, from version to version.

use crate::call::Sealed;
use crate::model::{Address, EnvValue, Environment, OwnFact};
use std::fmt::Write;

/// Asks instance metadata, which takes a token, until it answers: the network of a node may come up after its script
/// starts, and a public address after the node (EC2 User Guide, "Use the Instance Metadata Service").
const METADATA: &str = r#"vpcc_http() {
  if command -v curl >/dev/null 2>&1; then
    curl -fs -m 5 -X "$1" -H "$2" "http://169.254.169.254/latest/$3"
  else
    python3 -c 'import sys, urllib.request as u
m, h, p = sys.argv[1:]
r = u.Request("http://169.254.169.254/latest/" + p, None, dict([h.split(": ")]), method=m)
print(u.urlopen(r, timeout=5).read().decode(), end="")' "$1" "$2" "$3" 2>/dev/null
  fi
}
vpcc_metadata() {
  vpcc_try=0
  while [ "$vpcc_try" -lt 15 ]; do
    vpcc_token=$(vpcc_http PUT 'X-aws-ec2-metadata-token-ttl-seconds: 60' api/token) &&
      vpcc_http GET "X-aws-ec2-metadata-token: $vpcc_token" "meta-data/$1" && return
    vpcc_try=$((vpcc_try + 1))
    sleep 2
  done
  echo "vpcc: instance metadata has no $1" >&2
}
"#;

/// Whether a script can be given an environment: cloud-init's own formats, and compressed scripts, can't.
pub fn takes_environment(script: &Sealed) -> bool {
    script.bytes().starts_with(b"#!")
}

/// The user data that runs a script as the node of this address, with an environment.
pub fn with_environment(script: &Sealed, environment: &Environment, node: &Address) -> Sealed {
    if environment.is_empty() {
        return script.clone();
    }
    let mut text = "#!/bin/sh\n# Made by vpcc: the environment of the script below.\n".to_owned();
    if environment.values().any(|value| matches!(value, EnvValue::Own(fact) if fact.metadata().is_some())) {
        text += METADATA;
    }
    for (name, value) in environment {
        // Writing into a text cannot fail.
        let _ = match value {
            EnvValue::Text(value) => writeln!(text, "export {name}={}", quoted(value)),
            EnvValue::Own(fact) => match fact.metadata() {
                Some(path) => writeln!(text, "{name}=$(vpcc_metadata {path}); export {name}"),
                None => writeln!(text, "export {name}={}", quoted(node.as_str())),
            },
        };
    }
    text += "vpcc_script=$(mktemp) || exit 1\n";
    let interpreter = interpreter(script.bytes());
    // The lines so far, the five that follow, and one on: the first of the script.
    let first = text.matches('\n').count() + 6;
    let _ = writeln!(text, "tail -n +{first} \"$0\" >\"$vpcc_script\"\n{interpreter} \"$vpcc_script\"");
    text += "vpcc_status=$?\nrm -f \"$vpcc_script\"\nexit \"$vpcc_status\"\n";
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(script.bytes());
    Sealed::new(bytes)
}

/// What the first line of a script calls: a program, and all that follows it as one argument, as the kernel reads it.
fn interpreter(script: &[u8]) -> String {
    let line = script.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line.strip_prefix(b"#!").unwrap_or_default()).trim().to_owned();
    match line.split_once([' ', '\t']) {
        Some((program, argument)) => format!("{} {}", quoted(program), quoted(argument.trim())),
        None if line.is_empty() => "/bin/sh".to_owned(),
        None => quoted(&line),
    }
}

/// A text that the shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Facts that differ between the nodes of a range, so that each has user data of its own.
pub fn differs_by_node(environment: &Environment) -> bool {
    environment.values().any(|value| *value == EnvValue::Own(OwnFact::Name))
}
