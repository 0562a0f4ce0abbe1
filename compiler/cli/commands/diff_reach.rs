//! `vpcc diff-reach`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::network::{Network, described, names, of_program};
use crate::program::{InputArgs, Program, ProgramArgs};
use crate::saved;
use crate::shell::Shell;
use clap::Args;
use ecow::EcoString;
use std::collections::HashMap;
use std::path::Path;
use vpcc_core::reach::deployed::Naming;
use vpcc_core::reach::{diff, write_changes, write_changes_json};

/// Tells what a change of the network opens and closes.
#[derive(Args, Debug)]
pub struct DiffReach {
    /// The network as it was: a program, a saved plan, or a folder of what `aws ec2 describe-…` has printed
    old: String,
    /// The network as it is to be: the same
    new: String,
    #[command(flatten)]
    inputs: InputArgs,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A side, as far as it can be read without the other.
enum Side {
    Program(Box<Program>),
    Answers(String),
}

impl DiffReach {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let sides = [self.side(shell, &self.old)?, self.side(shell, &self.new)?];
        // Where one side is a program, what lives of its stack goes by the program's names.
        let stack = sides.iter().find_map(|side| match side {
            Side::Program(program) => Some(program.model.stack.clone()),
            Side::Answers(_) => None,
        });
        let [old, new] = sides.map(|side| network(shell, side, stack.as_ref()));
        self.tell(shell, &old?, &new?)
    }

    fn tell(&self, shell: &mut Shell, old: &Network, new: &Network) -> Result<Exit, Failure> {
        let changes = diff(&old.fabric, &new.fabric);
        let called: HashMap<&str, &str> = match self.json {
            true => HashMap::new(),
            false => names(&old.fabric).into_iter().chain(names(&new.fabric)).collect(),
        };
        match (self.json, changes.is_empty()) {
            (true, _) => write_changes_json(&changes, &mut shell.out)?,
            (false, true) => shell.say("Nobody reaches anybody otherwise than before."),
            (false, false) => write_changes(&changes, &called, &mut shell.out)?,
        }
        Ok(Exit::Done)
    }

    fn side(&self, shell: &mut Shell, path: &str) -> Result<Side, Failure> {
        let args = ProgramArgs { path: path.to_owned(), inputs: self.inputs.clone() };
        let program = match saved::open(shell, path)? {
            Some(saved) => saved::program_of(&saved, &args, shell)?,
            None if is_answers(shell, path) => return Ok(Side::Answers(path.to_owned())),
            None => args.load(shell)?,
        };
        Ok(Side::Program(Box::new(program)))
    }
}

/// Whether a path is a folder without programs.
fn is_answers(shell: &Shell, path: &str) -> bool {
    Path::new(path).is_dir() && matches!(shell.world.list(path), Ok(Some(programs)) if programs.is_empty())
}

fn network(shell: &mut Shell, side: Side, stack: Option<&EcoString>) -> Result<Network, Failure> {
    match side {
        Side::Program(program) => Ok(of_program(*program)),
        Side::Answers(folder) => {
            let naming = stack.map_or(Naming::Ids, |stack| Naming::Stack(stack));
            described(shell, &folder, naming)
        }
    }
}
