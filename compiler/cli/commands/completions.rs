//! `vpcc completions`

use super::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use clap::{Args, CommandFactory};
use std::io::Write;

/// Writes completions for a shell.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "vpcc", &mut script);
        shell.out.write_all(&script)?;
        Ok(Exit::Done)
    }
}
