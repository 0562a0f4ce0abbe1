//! The command line: what users type, and what they see.
//!
//! A command is one file: its arguments, and a `run` that takes a [`Shell`]. The shell is all that a command sees of
//! the world, so tests run commands in this process.

mod cloud;
mod commands;
mod crash;
mod exclusive;
mod exit;
mod failure;
mod inventory;
mod machine;
mod network;
mod program;
mod progress;
mod reachability;
mod saved;
mod shell;
mod signals;
mod world;

pub use commands::Cli;
pub use crash::tell_crashes;
pub use exit::Exit;
pub use shell::{ColorChoice, Shell};
pub use world::Disk;

use clap::Parser;
use failure::Failure;
use std::ffi::OsString;
use std::io::Write;

/// Runs the command that `arguments` spell, program name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>, shell: &mut Shell) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, shell),
    };
    shell.configure(cli.color, cli.quiet, cli.verbose);
    let done = cli.command.run(shell);
    match done.and_then(|exit| shell.out.flush().map(|()| exit).map_err(Failure::from)) {
        Ok(exit) => exit,
        Err(failure) => {
            failure.write(&mut shell.err);
            failure.exit
        }
    }
}

/// Help and version go to standard output and are no failure; everything else is a wrong usage.
fn usage(error: &clap::Error, shell: &mut Shell) -> Exit {
    let text = error.render();
    if error.use_stderr() {
        let _ = write!(shell.err, "{}", text.ansi());
        Exit::Failed
    } else {
        let _ = write!(shell.out, "{}", text.ansi());
        Exit::Done
    }
}
