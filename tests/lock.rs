//! The lock of a stack, as users meet it.

mod support;

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};
use support::{ends, stderr, stdout, vpcc, workspace};
use tokio::sync::watch;
use vpcc::{Exit, Shell};
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Claimant, Lock, Patient, lock};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let cloud = ["cluster.vpc", "--cloud", "sim:cloud"];
    vpcc().current_dir(folder).args([arguments, &cloud].concat()).output().unwrap()
}

/// Locks the stack from another machine.
fn lock_from_afar(folder: &Path) -> Lock {
    lock_at(folder, SystemTime::now)
}

/// The same, by somebody's clock.
fn lock_at(folder: &Path, clock: fn() -> SystemTime) -> Lock {
    let sim = Sim::open(folder.join("cloud")).unwrap();
    let me = Claimant {
        owner: "ann".to_owned(),
        machine: "far".to_owned(),
        process: "7 7".to_owned(),
        is_gone: |_| false,
        clock,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stop = watch::Sender::new(false);
        let patient = Patient::new(&sim, stop.subscribe());
        lock(&patient, &"us-west-2".into(), "dahak", &me, Duration::ZERO, &mut |_| {}).await.unwrap()
    })
}

#[test]
fn whoever_is_second_is_told_who_is_first_and_can_break_the_lock() {
    let folder = workspace();
    ends(&run(folder.path(), &["unlock"]), Exit::Done);
    lock_from_afar(folder.path());
    let refused = run(folder.path(), &["apply", "--yes"]);
    ends(&refused, Exit::Failed);
    assert!(
        stderr(&refused).contains("ann on far (process 7) has been at work on the stack for"),
        "{}",
        stderr(&refused)
    );
    assert!(stderr(&refused).contains("--lock-timeout"));
    let later = run(folder.path(), &["apply", "--yes", "--lock-timeout", "1s"]);
    ends(&later, Exit::Failed);
    assert!(stderr(&later).contains("Waiting: ann on far"), "{}", stderr(&later));

    let asked = run(folder.path(), &["unlock"]);
    ends(&asked, Exit::Failed);
    assert!(stdout(&asked).contains("ann on far") && stderr(&asked).contains("nobody to ask"));
    ends(&run(folder.path(), &["unlock", "--yes"]), Exit::Done);
    ends(&run(folder.path(), &["apply", "--yes", "-q"]), Exit::Done);
    lock_from_afar(folder.path());
    ends(&run(folder.path(), &["apply", "--yes", "-q"]), Exit::Done);
    ends(&run(folder.path(), &["plan", "--detailed-exitcode"]), Exit::Done);
    ends(&run(folder.path(), &["destroy", "--yes", "-q"]), Exit::Failed);
    ends(&run(folder.path(), &["unlock", "--yes"]), Exit::Done);
    ends(&run(folder.path(), &["destroy", "--yes", "-q"]), Exit::Done);
}

#[test]
fn an_apply_with_nothing_to_do_breaks_a_dead_lock_and_leaves_a_living_one() {
    let folder = workspace();
    ends(&run(folder.path(), &["apply", "--yes", "-q"]), Exit::Done);
    let long_ago = || SystemTime::now() - Duration::from_secs(41 * 60);
    lock_at(folder.path(), long_ago);
    let apply = run(folder.path(), &["apply", "--yes"]);
    ends(&apply, Exit::Done);
    let said = stderr(&apply);
    assert!(said.contains("Broke the lock that a dead run of ann on far (process 7) had left."), "{said}");
    let unlock = run(folder.path(), &["unlock"]);
    assert!(stderr(&unlock).contains("Nobody has locked"), "{}", stderr(&unlock));

    lock_from_afar(folder.path());
    let apply = run(folder.path(), &["apply", "--yes"]);
    ends(&apply, Exit::Done);
    assert!(!stderr(&apply).contains("lock"), "{}", stderr(&apply));
    ends(&run(folder.path(), &["unlock", "--yes"]), Exit::Done);
    ends(&run(folder.path(), &["destroy", "--yes", "-q"]), Exit::Done);
}

/// Starts a command, waits for a line, and sends it a signal.
fn signal_at(folder: &Path, command: &str, line: &str, signal: &str) {
    let mut running = vpcc()
        .current_dir(folder)
        .args([command, "cluster.vpc", "--cloud", "sim:cloud", "--yes"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines().map(Result::unwrap);
    lines.find(|said| said.contains(line)).unwrap();
    Command::new("kill").args([signal, &running.id().to_string()]).status().unwrap();
    lines.for_each(drop);
    running.wait().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn the_same_command_goes_on_after_a_kill() {
    let folder = workspace();
    for line in ["created VPC", "created subnet", "created instance"] {
        signal_at(folder.path(), "apply", line, "-KILL");
        ends(&run(folder.path(), &["apply", "--yes", "-q"]), Exit::Done);
        ends(&run(folder.path(), &["plan", "--detailed-exitcode"]), Exit::Done);
        signal_at(folder.path(), "destroy", "deleted instance", "-KILL");
        ends(&run(folder.path(), &["destroy", "--yes", "-q"]), Exit::Done);
    }
    assert_eq!(Sim::open(folder.path().join("cloud")).unwrap().snapshot(), serde_json::json!({}));
}

#[test]
fn an_interrupted_run_gives_the_lock_back() {
    let folder = workspace();
    signal_at(folder.path(), "apply", "created VPC", "-TERM");
    let unlock = run(folder.path(), &["unlock"]);
    assert!(stderr(&unlock).contains("Nobody has locked"), "{}", stderr(&unlock));
}

/// Many look at what lives before the first of them has the lock.
#[test]
fn two_hundred_applies_at_once_make_one_network() {
    let folder = workspace();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (program, cloud) = (path("cluster.vpc"), format!("sim:{}", path("cloud")));
    let arguments = ["vpcc", "apply", &program, "--yes", "-q", "--cloud", &cloud, "--lock-timeout", "10m"];
    let apply = || {
        let (nowhere, nothing) = (|| Box::new(io::sink()), Box::new(io::empty()));
        let mut shell = Shell::with_streams(nowhere(), nowhere(), nothing, |_| None);
        vpcc::run(arguments.map(OsString::from), &mut shell)
    };
    thread::scope(|scope| {
        let runs: Vec<_> = (0..200).map(|_| scope.spawn(apply)).collect();
        assert!(runs.into_iter().all(|run| run.join().unwrap() == Exit::Done));
    });
    let snapshot = Sim::open(path("cloud")).unwrap().snapshot();
    let live = |kind: &str| snapshot["us-west-2"][kind].as_object().map_or(0, serde_json::Map::len);
    assert_eq!((live("vpcs"), live("instances"), live("launch_templates")), (1, 3, 0));
}

/// Runs a command on a terminal of its own, presses Ctrl-C at the question, and tells how it ended.
const AT_THE_QUESTION: &str = r#"
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
said = b""
while b"taken as yes: " not in said:
    said += os.read(terminal, 4096)
os.write(terminal, b"\x03")
try:
    while more := os.read(terminal, 4096):
        said += more
except OSError:
    pass
print(said.decode())
print("ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_the_question_ends_it_and_nothing_is_changed() {
    let folder = workspace();
    for command in ["apply", "unlock"] {
        let output = Command::new("timeout")
            .args(["60", "python3", "-c", AT_THE_QUESTION, env!("CARGO_BIN_EXE_vpcc"), command])
            .args(["cluster.vpc", "--cloud", "sim:cloud"])
            .current_dir(folder.path())
            .envs(support::SAFE)
            .output()
            .unwrap();
        let said = stdout(&output);
        assert!(said.ends_with("ended with 130\n"), "{said}\n{}", stderr(&output));
        assert!(said.contains("interrupted; nothing was changed"), "{said}");
        if command == "apply" {
            lock_from_afar(folder.path());
        }
    }
    ends(&run(folder.path(), &["unlock", "--yes"]), Exit::Done);
    assert_eq!(Sim::open(folder.path().join("cloud")).unwrap().snapshot(), serde_json::json!({}));
}
