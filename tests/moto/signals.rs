//! Runs that are asked to stop, and runs that nobody listens to.

use super::emulator::Moto;
use super::killed::Place;
use super::proxy::{Mishap, start, start_with};
use super::support::{ends, stderr, vpcc};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vpcc::Exit;

/// The lock is the first changing request.
const AFTER_THE_LOCK: usize = 2;

fn is_locked(moto: &Moto) -> bool {
    !moto.list("DescribeLaunchTemplates", "LaunchTemplates").is_empty()
}

#[test]
fn whoever_is_asked_to_stop_finishes_what_is_under_way_and_gives_the_lock_back() {
    let place = Place::new();
    let program = place.program();
    for command in ["apply", "destroy"] {
        for signal in ["-INT", "-TERM", "-HUP"] {
            let mut run = start(&place.moto, Mishap::Held(AFTER_THE_LOCK), &[command, &program, "--yes"]);
            run.reached();
            run.signal(signal);
            run.says("Stopping: calls in flight are let finish. Once more stops at once.");
            run.release();
            let ran = run.end();
            ends(&ran.output, Exit::Interrupted);
            assert!(stderr(&ran.output).contains("Not done:"), "{signal} {}", stderr(&ran.output));
            assert!(!is_locked(&place.moto), "{command} {signal}");
        }
        ends(&place.moto.vpcc(&[command, &program, "--yes"]), Exit::Done);
    }
    place.is_empty();
}

#[test]
fn whoever_is_asked_twice_stops_at_once_and_gives_the_lock_back() {
    let place = Place::new();
    let program = place.program();
    for command in ["apply", "destroy"] {
        let mut run = start(&place.moto, Mishap::Held(AFTER_THE_LOCK), &[command, &program, "--yes"]);
        run.reached();
        run.signal("-INT");
        run.says("Stopping:");
        run.signal("-INT");
        // The answer is still held back.
        assert_eq!(run.ended().code(), Some(130));
        assert!(stderr(&run.end().output).contains("interrupted at once"));
        assert!(!is_locked(&place.moto), "{command}");
        ends(&place.moto.vpcc(&[command, &program, "--yes"]), Exit::Done);
    }
    place.is_empty();
}

#[test]
fn giving_the_lock_back_can_be_interrupted_too() {
    let place = Place::new();
    let program = place.program();
    let apply = place.run(Mishap::None, "apply");
    ends(&apply.output, Exit::Done);
    ends(&place.moto.vpcc(&["destroy", &program, "--yes"]), Exit::Done);
    let last = apply.actions.len() - 1;
    assert_eq!(apply.actions[last], "DeleteLaunchTemplate");
    let run = start(&place.moto, Mishap::Held(last), &["apply", &program, "--yes"]);
    run.reached();
    let asked = Instant::now();
    run.signal("-INT");
    run.signal("-TERM");
    assert_eq!(run.ended().code(), Some(0), "all is done");
    assert!(asked.elapsed() < Duration::from_secs(10), "it doesn't wait for the answer");
    ends(&run.end().output, Exit::Done);
}

/// nohup(1) starts programs that ignore the end of their terminal.
#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let place = Place::new();
    let program = place.program();
    let command = vpcc();
    let shell = format!("trap '' HUP; exec {} apply {program} --yes", command.get_program().to_str().unwrap());
    let environment: Vec<_> =
        command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
    let mut nohup = Command::new("sh");
    nohup.args(["-c", &shell]).env_clear().envs(environment).stdin(Stdio::null());
    let run = start_with(&place.moto, Mishap::Held(AFTER_THE_LOCK), &mut nohup);
    run.reached();
    run.signal("-HUP");
    run.release();
    ends(&run.end().output, Exit::Done);
}

#[test]
fn a_network_that_is_gone_ends_a_run_and_the_next_one_goes_on() {
    let place = Place::new();
    let program = place.program();
    for command in ["apply", "destroy"] {
        let cut = place.run(Mishap::Cut(AFTER_THE_LOCK + 3), command);
        ends(&cut.output, Exit::Partial);
        let said = stderr(&cut.output);
        for words in ["Not done:", "the lock could not be given back", "Run the same command again"] {
            assert!(said.contains(words), "{command}: {words}\n{said}");
        }
        ends(&place.moto.vpcc(&[command, &program, "--yes"]), Exit::Done);
    }
    place.is_empty();
}

#[test]
fn whoever_waits_hears_now_and_then_what_for() {
    let place = Place::new();
    let mut run = start(&place.moto, Mishap::Held(1), &["apply", &place.program(), "--yes"]);
    run.reached();
    run.says("… still at work: ");
    run.release();
    ends(&run.end().output, Exit::Done);
}

/// A first call whose answer never comes may have been obeyed.
#[test]
fn a_run_that_may_have_changed_something_says_so() {
    let place = Place::new();
    let cut = place.run(Mishap::Cut(1), "apply");
    ends(&cut.output, Exit::Partial);
    assert!(stderr(&cut.output).contains("nobody knows whether EC2 did it"), "{}", stderr(&cut.output));
}
