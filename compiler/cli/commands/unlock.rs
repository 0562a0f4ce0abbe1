//! `vpcc unlock`

use super::apply::confirm;
use crate::cloud::{CloudArgs, Home, block_on};
use crate::exclusive::describe;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::ProgramArgs;
use crate::shell::Shell;
use clap::Args;
use vpcc_runtime::{holder, unlock};

/// Breaks the lock that a dead run has left on the program's stack.
#[derive(Args, Debug)]
pub struct Unlock {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// Doesn't ask
    #[arg(short, long, visible_alias = "auto-approve")]
    yes: bool,
}

impl Unlock {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let program = self.program.load(shell)?;
        block_on(async {
            let Home { cloud, region } = self.cloud.home_of(&program.model, shell).await?;
            let stack = &program.model.stack;
            let patient = cloud.patient();
            let Some(holder) = cloud.until_interrupted(holder(&patient, &region, stack)).await?? else {
                shell.say(format_args!("Nobody has locked stack `{stack}`."));
                return Ok(Exit::Done);
            };
            writeln!(shell.out, "The lock of stack `{stack}`, {}: {}.", holder.id, describe(&holder))?;
            if !self.yes {
                let question =
                    "Break it? If that run still lives, two will get in each other's way. Only `yes` is taken as yes: ";
                confirm(shell, &cloud, question, "unlock").await?;
            }
            cloud.until_interrupted(unlock(&patient, &region, &holder)).await??;
            shell.say("It is broken.");
            Ok(Exit::Done)
        })
    }
}
