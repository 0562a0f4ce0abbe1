//! Boot scripts with an environment, run by a real shell.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "scripts are written to files and run")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use vpcc_core::boot::with_environment;
use vpcc_core::call::Sealed;
use vpcc_core::model::{Address, EnvValue, Environment, OwnFact};

/// What stands in for curl, and answers as instance metadata does.
const CURL: &str = r#"#!/bin/sh
case "$*" in
  *"-X PUT"*"/latest/api/token") printf secret ;;
  *"-H X-aws-ec2-metadata-token: secret"*"/latest/meta-data/local-ipv4") printf 10.0.0.7 ;;
  *"-H X-aws-ec2-metadata-token: secret"*"/latest/meta-data/instance-id") printf i-0abc ;;
  *) exit 22 ;;
esac
"#;

fn executable(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("boot-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    executable(&folder.join("curl"), CURL.as_bytes());
    executable(&folder.join("sleep"), b"#!/bin/sh\n");
    folder
}

/// One at a time: a file that is still open in a child of another test cannot be run.
static TURN: Mutex<()> = Mutex::new(());

fn run(name: &str, script: &[u8], environment: &[(&str, EnvValue)]) -> Output {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder(name);
    let environment: Environment = environment.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    let address = Address::top("n").member("web").index(7);
    let data = with_environment(&Sealed::new(script), &environment, &address);
    let path = folder.join("user-data");
    executable(&path, &STANDARD.decode(data.reveal_base64()).unwrap());
    let path_variable = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    Command::new(path).env_clear().env("PATH", path_variable).env("TMPDIR", &folder).output().unwrap()
}

fn text(value: &str) -> EnvValue {
    EnvValue::Text(value.into())
}

#[track_caller]
fn says(output: &Output, expected: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn values_come_through_as_they_are() {
    let hard = "it's \"hard\" $HOME `id` \\ {x}\nand a second line\ttoo";
    let script = b"#!/bin/sh -u\nprintf '%s|%s|%s|%s' \"$HARD\" \"$PEERS\" \"$NAME\" \"$#\"\n";
    let environment =
        [("HARD", text(hard)), ("PEERS", text("10.0.0.1 10.0.0.2")), ("NAME", EnvValue::Own(OwnFact::Name))];
    says(&run("values", script, &environment), &format!("{hard}|10.0.0.1 10.0.0.2|n.web[7]|0"));
}

#[test]
fn the_script_keeps_its_interpreter_its_bytes_and_its_end() {
    let script = b"#!/usr/bin/env python3\nimport os, sys\ndata = open(sys.argv[0], 'rb').read()\n\
        print(os.environ['A'], data.split(b'#END')[2] == b'\\x01 raw\\r\\n', end='')\nsys.exit(7)\n#END\x01 raw\r\n";
    let output = run("interpreter", script, &[("A", text("x"))]);
    says(&output, "x True");
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn what_a_node_knows_of_itself_comes_from_its_metadata() {
    let script = b"#!/bin/bash\necho -n \"$IP $ID [$PUBLIC]\"\n";
    let environment = [
        ("IP", EnvValue::Own(OwnFact::PrivateIp)),
        ("ID", EnvValue::Own(OwnFact::InstanceId)),
        ("PUBLIC", EnvValue::Own(OwnFact::PublicIp)),
    ];
    let output = run("metadata", script, &environment);
    says(&output, "10.0.0.7 i-0abc []");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no public-ipv4"));
}

#[test]
fn nothing_is_left_behind() {
    let output = run("rest", b"#!/bin/sh\necho $A\n", &[("A", text("x"))]);
    says(&output, "x\n");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boot-rest");
    let mut left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["curl", "sleep", "user-data"]);
}

#[test]
fn without_an_environment_a_script_stays_as_it_is() {
    let script = Sealed::new(b"#!/bin/sh\ntrue\n".as_slice());
    assert_eq!(with_environment(&script, &Environment::new(), &Address::top("a")), script);
}

/// What is generated is part of what tells one node from another: another text would replace every node that has an
/// environment.
#[test]
fn what_is_generated_stays_the_same_from_version_to_version() {
    let environment: Environment =
        OwnFact::ALL.iter().map(|(name, fact)| ((*name).into(), EnvValue::Own(*fact))).collect();
    let script = Sealed::new(b"#!/bin/bash -e\ntrue\n".as_slice());
    let data = with_environment(&script, &environment, &Address::top("a"));
    assert_eq!(data.sha256(), "70a31e72d5bfca50fc5ee257c165b39978f75676e62d36ec3517e0b01e807cbe");
}
