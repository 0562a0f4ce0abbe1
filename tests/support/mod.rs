//! Running the real program in tests, cut off from the world.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use vpcc::Exit;

/// Environment variables that keep a test away from everything that is not its own emulator.
pub const SAFE: [(&str, &str); 7] = [
    ("AWS_ACCESS_KEY_ID", "testing"),
    ("AWS_SECRET_ACCESS_KEY", "testing"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_CONFIG_FILE", "/dev/null"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ("NO_PROXY", "127.0.0.1"),
    ("NO_COLOR", "1"),
];

/// The `vpcc` program, cut off from the world.
pub fn vpcc() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vpcc"));
    command.env_clear().envs(SAFE).env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

/// What a command printed to standard output.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command printed to standard error.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asserts how a command ended, and shows all that it printed if it ended otherwise.
#[track_caller]
pub fn ends(output: &Output, exit: Exit) {
    let code = output.status.code();
    assert_eq!(code, Some(exit.code().into()), "\n{}\n{}", stdout(output), stderr(output));
}

/// A copy of the examples in a folder of its own, to change.
pub fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
