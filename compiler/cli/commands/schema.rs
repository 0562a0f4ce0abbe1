//! `vpcc schema`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use clap::{Args, ValueEnum};
use vpcc_core::plan::SCHEMA;

/// Prints the JSON schema of what other commands print.
#[derive(Args, Debug)]
pub struct Schema {
    /// Of what
    #[arg(value_enum)]
    of: Document,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Document {
    /// What `vpcc plan --json` prints
    Plan,
}

impl Schema {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        match self.of {
            Document::Plan => shell.out.write_all(SCHEMA.as_bytes())?,
        }
        Ok(Exit::Done)
    }
}
