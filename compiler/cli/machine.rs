//! This machine and this process, as a lock knows them.

use crate::shell::Shell;
use std::time::SystemTime;
use vpcc_runtime::Claimant;

/// This process, as one that wants a lock.
pub fn claimant(shell: &Shell) -> Claimant {
    let named = |name: &str| (shell.env)(name);
    Claimant {
        owner: named("USER").or_else(|| named("USERNAME")).unwrap_or_else(|| "somebody".to_owned()),
        machine: machine(),
        process: process(&std::process::id().to_string()).unwrap_or_default(),
        is_gone,
        clock: SystemTime::now,
    }
}

/// The machine's name, since when it runs, and which of its processes can be seen from here; empty where that can't be
/// told.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let seen = || Some(std::fs::read_link("/proc/self/ns/pid").ok()?.to_str()?.to_owned());
    let told = || {
        let name = read("/proc/sys/kernel/hostname")?;
        Some(format!("{name} {} {}", read("/proc/sys/kernel/random/boot_id")?, seen()?))
    };
    told().unwrap_or_default()
}

/// A process by its number and the tick at which it started (proc(5), "/proc/pid/stat").
fn process(number: &str) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The second field is a name in parentheses, which may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let dead = matches!(fields.next()?, "Z" | "X");
    let started = fields.nth(18)?;
    (!dead).then(|| format!("{number} {started}"))
}

fn is_gone(told: &str) -> bool {
    let number = told.split(' ').next().unwrap_or_default();
    let sound = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    sound && process(number).as_deref() != Some(told)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_others_of_its_number_do_not() {
        let own = process(&std::process::id().to_string()).unwrap();
        assert!(!is_gone(&own));
        assert!(is_gone(&format!("{own}0")));
        assert!(!is_gone("") && !is_gone("../1 1"));
        assert!(!machine().is_empty());
    }
}
