//! The `vpcc` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    vpcc::tell_crashes();
    let mut shell = vpcc::Shell::of_process();
    vpcc::run(std::env::args_os(), &mut shell).into()
}
