//! One run at a time: taking the stack's lock, doing the work, and giving the lock back, however the work ends.

use crate::cloud::Opened;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::machine::claimant;
use crate::shell::Shell;
use clap::Args;
use ecow::EcoString;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vpcc_runtime::{Holder, Lock, LockLost, LockProblem, lock};

/// Giving a lock back is tried for so long; after that it is left to be broken.
const UNTIL_RELEASED: Duration = Duration::from_secs(20);

/// How long to wait while somebody else is at work on the stack.
#[derive(Args, Clone, Debug)]
pub struct LockArgs {
    /// Waits for so long (`90s`, `10m`, `1h`) while somebody else changes the stack
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time such as 90s, 10m or 1h");
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// Takes the lock of a stack.
///
/// # Errors
/// When somebody else holds it, or EC2 says no.
pub async fn take(
    shell: &mut Shell,
    cloud: &Opened,
    region: &EcoString,
    stack: &str,
    args: &LockArgs,
) -> Result<Lock, Failure> {
    let me = claimant(shell);
    let patient = cloud.patient();
    let mut told = |holder: &Holder| shell.say(format_args!("Waiting: {}.", describe(holder)));
    let taking = lock(&patient, region, stack, &me, args.lock_timeout, &mut told);
    cloud.until_interrupted(taking).await?.map_err(|problem| match problem {
        LockProblem::Fault(fault) => Failure::from(fault),
        LockProblem::Held(holder) => held(holder.as_deref()),
    })
}

/// Does some work while the lock is held, and gives it back.
///
/// # Errors
/// What the work comes to, or that the lock was lost on the way.
pub async fn with<T>(
    shell: &mut Shell,
    cloud: &Opened,
    lock: Lock,
    work: impl AsyncFnOnce(&mut Shell) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let patient = cloud.never_stopping();
    let result = {
        let work = work(shell);
        tokio::pin!(work);
        tokio::select! {
            result = &mut work => result,
            lost = lock.keep(&patient) => {
                cloud.stop();
                work.await.and(Err(lost.into()))
            }
        }
    };
    if !cloud.tidy(UNTIL_RELEASED, lock.release(&patient)).await {
        shell.say("warning: the lock could not be given back; `vpcc unlock` breaks it");
    }
    result
}

impl From<LockLost> for Failure {
    fn from(lost: LockLost) -> Failure {
        let failure = match lost {
            LockLost::Taken => Failure::new("somebody else has taken the lock of the stack, so nothing more was done")
                .help("see what is left to do with `vpcc plan`, and agree with whoever works on it"),
            LockLost::RunOut(fault) => Failure::new(format!(
                "the lock of the stack has run out and could not be renewed, so nothing more was done: {}",
                Failure::from(fault).message
            ))
            .help("run the same command again to go on from here"),
        };
        failure.exit(Exit::Partial)
    }
}

/// Breaks the lock of a dead run when there is nothing to do, which nobody would take over then.
///
/// # Errors
/// When somebody interrupts.
pub async fn clear(shell: &mut Shell, cloud: &Opened, region: &EcoString, stack: &str) -> Result<(), Failure> {
    let (me, patient) = (claimant(shell), cloud.patient());
    // A lock that stays is no reason to fail: all is as it should be.
    if let Ok(Some(dead)) = cloud.until_interrupted(vpcc_runtime::clear(&patient, region, stack, &me)).await? {
        shell.say(format_args!("Broke the lock that a dead run of {} on {} had left.", dead.owner, place(&dead)));
    }
    Ok(())
}

fn held(holder: Option<&Holder>) -> Failure {
    let message = match holder {
        Some(holder) => describe(holder),
        None => "somebody else is at work on the stack".to_owned(),
    };
    Failure::new(message)
        .help("wait for it with `--lock-timeout 10m`")
        .help("if that run is dead, break its lock with `vpcc unlock`")
}

/// Who holds a lock, and since when.
pub fn describe(holder: &Holder) -> String {
    let Holder { owner, since, .. } = holder;
    format!("{owner} on {} has been at work on the stack {}", place(holder), ago(*since))
}

/// The machine that a run is on, and the process that it is.
fn place(holder: &Holder) -> String {
    let Holder { machine, process, .. } = holder;
    let machine = machine.split(' ').next().filter(|name| !name.is_empty()).unwrap_or("an unknown machine");
    let process = process.split(' ').next().filter(|number| !number.is_empty());
    let process = process.map(|number| format!(" (process {number})")).unwrap_or_default();
    format!("{machine}{process}")
}

fn ago(since: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    match now.saturating_sub(since) {
        seconds @ 0..120 => format!("for {seconds} seconds"),
        seconds @ 120..7200 => format!("for {} minutes", seconds / 60),
        seconds => format!("for {} hours", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "m", "1d", "-1s", "1.5h", "99999999999999999999h", "9999999999999999999h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
