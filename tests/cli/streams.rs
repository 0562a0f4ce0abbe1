//! Readers that go away, disks that are full, and files that are none.

use super::run;
use crate::support::{ends, stderr, stdout, vpcc, workspace};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use vpcc::Exit;

const SIM: [&str; 3] = ["cluster.vpc", "--cloud", "sim:cloud"];

/// Runs a command whose output and progress nobody reads any more after a line of the one that is asked for.
fn heard_to_the_first_line(folder: &Path, arguments: &[&str]) -> ExitStatus {
    let mut command = vpcc();
    command.current_dir(folder).args(arguments).args(SIM).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    drop(running.stderr.take());
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    drop(lines);
    running.wait().unwrap()
}

#[test]
fn nothing_stops_because_nobody_reads_any_more() {
    let folder = workspace();
    let folder = folder.path();
    for (first, second) in [
        (&["apply", "--yes"][..], &["destroy", "--yes"][..]),
        (&["apply", "--yes", "--json"], &["destroy", "--yes", "--json"]),
    ] {
        assert_eq!(heard_to_the_first_line(folder, &["plan"]).code(), Some(0));
        assert_eq!(heard_to_the_first_line(folder, &["plan", "--detailed-exitcode"]).code(), Some(2));
        assert_eq!(heard_to_the_first_line(folder, first).code(), Some(0), "{first:?}");
        ends(&run(folder, &[&["plan", "--detailed-exitcode"], &SIM[..]].concat()), Exit::Done);
        assert_eq!(heard_to_the_first_line(folder, second).code(), Some(0), "{second:?}");
        assert!(stderr(&run(folder, &[&["unlock"], &SIM[..]].concat())).contains("Nobody has locked"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_keeps_no_apply_from_its_end() {
    let folder = workspace();
    let folder = folder.path();
    let onto_full_disk = |arguments: &[&str]| {
        let full = File::options().write(true).open("/dev/full").unwrap();
        vpcc().current_dir(folder).args(arguments).stdout(full).output().unwrap()
    };
    for arguments in [&["plan"][..], &["plan", "--json"], &["apply", "--yes"]] {
        let full = onto_full_disk(&[arguments, &SIM].concat());
        ends(&full, Exit::Failed);
        assert!(stderr(&full).contains("error: cannot write: No space left on device"), "{}", stderr(&full));
    }
    for arguments in
        [&["graph", "cluster.vpc"][..], &["completions", "bash"], &["schema", "plan"], &["explain", "syntax"]]
    {
        ends(&onto_full_disk(arguments), Exit::Failed);
    }
    ends(&run(folder, &[&["plan", "--detailed-exitcode"], &SIM[..]].concat()), Exit::Changes);
    let apply = onto_full_disk(&[&["apply", "--yes", "--json"], &SIM[..]].concat());
    ends(&apply, Exit::Done);
    assert!(
        stderr(&apply).contains("warning: not all that happened could be told: No space left"),
        "{}",
        stderr(&apply)
    );
    ends(&run(folder, &[&["plan", "--detailed-exitcode"], &SIM[..]].concat()), Exit::Done);
}

#[test]
fn a_plan_that_cannot_be_saved_leaves_the_old_one_whole() {
    let folder = workspace();
    let folder = folder.path();
    let plan = ["plan", "cluster.vpc", "--cloud", "sim", "--out", "saved"];
    ends(&run(folder, &plan), Exit::Done);
    let (old, names) = (fs::read(folder.join("saved")).unwrap(), fs::read_dir(folder).unwrap().count());
    let program = fs::read_to_string(folder.join("cluster.vpc")).unwrap().replace("node[0..2]", "node[0..3]");
    fs::write(folder.join("cluster.vpc"), program).unwrap();
    // No file may become longer than a block.
    let limited = format!("trap '' XFSZ; ulimit -f 1; exec {} {}", env!("CARGO_BIN_EXE_vpcc"), plan.join(" "));
    let full = Command::new("sh").args(["-c", &limited]).current_dir(folder).output().unwrap();
    ends(&full, Exit::Failed);
    assert!(stderr(&full).contains("error: cannot write `saved`: File too large"), "{}", stderr(&full));
    assert!(!stderr(&full).contains("Saved in"));
    assert_eq!(fs::read(folder.join("saved")).unwrap(), old);
    assert_eq!(fs::read_dir(folder).unwrap().count(), names, "nothing half-written is left");
}

/// A device that a plan is saved to, such as /dev/null, is not to become a file.
#[test]
fn a_plan_can_be_saved_to_what_is_no_file() {
    let folder = workspace();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    ends(&run(folder.path(), &["plan", "cluster.vpc", "--cloud", "sim", "--out", "pipe"]), Exit::Done);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert!(stdout(&reader.wait_with_output().unwrap()).starts_with("{\"vpcc_plan\":"));
}
