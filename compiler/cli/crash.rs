//! What is told when vpcc itself breaks: where, and never what it had in hand, which may be a secret.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};

/// Has a crash told without the values that it is about. With `RUST_BACKTRACE` set, it tells the way to it too.
pub fn tell_crashes() {
    panic::set_hook(Box::new(|info| {
        // With nobody there to read it, the exit code still tells.
        let _ = tell(info, &Backtrace::capture(), &mut io::stderr().lock());
    }));
}

fn tell(info: &PanicHookInfo<'_>, way: &Backtrace, out: &mut dyn Write) -> io::Result<()> {
    let place = info.location().map_or(String::new(), |place| format!(" at {place}"));
    writeln!(out, "\nerror: vpcc {} has crashed{place}; that is a mistake of vpcc", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  = help: report this line at {}/issues, with what led to it", env!("CARGO_PKG_REPOSITORY"))?;
    writeln!(out, "  = help: if something was being changed, the same command goes on from what lives")?;
    if way.status() == BacktraceStatus::Captured { writeln!(out, "{way}") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[test]
    fn a_crash_tells_where_and_not_what() {
        const NAME: &str = "crashes";
        fn crash() {
            panic!("CANARY-OF-THE-CRASH-5d20");
        }
        let told = Arc::new(Mutex::new(Vec::new()));
        let (out, before) = (Arc::clone(&told), panic::take_hook());
        panic::set_hook(Box::new(move |info| match thread::current().name() {
            Some(NAME) => tell(info, &Backtrace::force_capture(), &mut *out.lock().unwrap()).unwrap(),
            _ => before(info),
        }));
        assert!(thread::Builder::new().name(NAME.to_owned()).spawn(crash).unwrap().join().is_err());
        let told = String::from_utf8(told.lock().unwrap().clone()).unwrap();
        assert!(told.contains("has crashed at compiler/cli/crash.rs:"), "{told}");
        assert!(told.contains("a_crash_tells_where_and_not_what"), "the way to it: {told}");
        assert!(!told.contains("CANARY"), "{told}");
    }
}
