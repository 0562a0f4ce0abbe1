//! `vpcc lsp`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::world::Ordinary;
use clap::Args;
use vpcc_lsp::{Ended, serve_stdio};

/// Serves an editor over standard input and output.
#[derive(Args, Debug)]
pub struct Lsp {
    /// Speaks over standard input and output; it always does
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        match serve_stdio(&Ordinary(shell.world.as_ref())) {
            Ok(Ended::Properly) => Ok(Exit::Done),
            Ok(Ended::Abruptly) => Ok(Exit::Failed),
            Err(why) => Err(Failure::new(format!("the editor does not speak the language server protocol: {why}"))
                .help("`vpcc lsp` is started by editors; see editors/README.md")),
        }
    }
}
