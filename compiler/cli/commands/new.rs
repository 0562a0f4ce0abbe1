//! `vpcc new`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use clap::Args;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

/// The program that is written.
const STARTER: &str = include_str!("starter.vpc");

/// Writes a small commented program to start from.
#[derive(Args, Debug)]
pub struct New {
    /// The file to write; an existing one is left alone
    #[arg(default_value = "cluster.vpc")]
    file: String,
}

impl New {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(&self.file).map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => Failure::new(format!("`{}` exists already, and is left alone", self.file))
                    .help("name another file: `vpcc new other.vpc`"),
                _ => Failure::new(format!("cannot write `{}`: {error}", self.file)),
            })?;
        file.write_all(STARTER.as_bytes())?;
        shell.say(format_args!("Wrote {}. Next: vpcc check {0}, then vpcc plan {0} --offline", self.file));
        Ok(Exit::Done)
    }
}
