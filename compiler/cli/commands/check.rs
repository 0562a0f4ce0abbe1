//! `vpcc check`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::{MessageFormat, ProgramArgs, count, report};
use crate::shell::Shell;
use clap::Args;
use vpcc_core::problem::Diagnostic;

/// Finds the mistakes of a program.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    program: ProgramArgs,
}

impl Check {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let given = self.program.inputs.given(shell)?;
        let compiled = self.program.compile(shell.world.as_ref(), &given);
        let format = self.program.inputs.message_format;
        report(shell, &compiled, format)?;
        let problems = &compiled.checked.problems;
        if format == MessageFormat::Human {
            match problems.len() {
                0 => shell.say(format_args!("{}: no problems", self.program.path)),
                _ => shell.say(count(problems)),
            }
        }
        Ok(if problems.iter().any(Diagnostic::is_error) { Exit::Failed } else { Exit::Done })
    }
}
