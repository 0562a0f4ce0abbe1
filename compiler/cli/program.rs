//! Reading the program that a command is about, and telling what is wrong with it.

use crate::failure::Failure;
use crate::shell::Shell;
use crate::world::Fence;
use clap::Args;
use std::io::{self, Write};
use vpcc_core::check::{Compiled, Given, compile};
use vpcc_core::model::Sound;
use vpcc_core::problem::{Diagnostic, foremost, render, to_json};
use vpcc_core::source::{ReadError, Sources, World};

/// As many problems are drawn at most: nobody reads more, and the first ones are often why there are others.
const MAX_TOLD: usize = 100;

/// Parameter files are read up to this size.
const MAX_PARAMS: usize = 1 << 20;

/// How problems are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum MessageFormat {
    /// With the source lines, on standard error, a hundred at most.
    #[default]
    Human,
    /// One JSON object a line, on standard output.
    Json,
    /// One line each, on standard error.
    Short,
}

/// The program that a command is about.
#[derive(Args, Clone, Debug)]
pub struct ProgramArgs {
    /// The program: a .vpc file, or a folder of them
    #[arg(default_value = ".")]
    pub path: String,
    #[command(flatten)]
    pub inputs: InputArgs,
}

/// What goes into a program, and how its problems come out.
#[derive(Args, Clone, Debug)]
pub struct InputArgs {
    /// Gives a parameter its value
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// Takes parameters from a file with lines such as `NAME = VALUE`
    #[arg(long = "params", value_name = "FILE")]
    pub params_file: Vec<String>,
    /// Lets the program name files outside its folder
    #[arg(long)]
    pub allow_outside: bool,
    /// How problems are told
    #[arg(long, value_enum, default_value_t)]
    pub message_format: MessageFormat,
}

/// A program that can be planned.
pub struct Program {
    /// What it means.
    pub model: Sound,
    /// Its files.
    pub sources: Sources,
    /// The parameters that it was given.
    pub given: Given,
}

impl ProgramArgs {
    /// Reads and checks the program.
    pub fn compile(&self, world: &dyn World, given: &Given) -> Compiled {
        let fence = Fence::around(world, &self.path);
        let fence = if self.inputs.allow_outside { fence.open() } else { fence };
        compile(&fence, &self.path, given)
    }

    /// Reads and checks the program, and tells its problems.
    ///
    /// # Errors
    /// When the program has errors; they have been told.
    pub fn load(&self, shell: &mut Shell) -> Result<Program, Failure> {
        let given = self.inputs.given(shell)?;
        let compiled = self.compile(shell.world.as_ref(), &given);
        self.judge(shell, compiled, given)
    }

    /// Tells the problems of a program that has been read, and goes on with one that has no errors.
    ///
    /// # Errors
    /// When it has; they have been told.
    pub fn judge(&self, shell: &mut Shell, compiled: Compiled, given: Given) -> Result<Program, Failure> {
        report(shell, &compiled, self.inputs.message_format)?;
        let Compiled { sources, checked, .. } = compiled;
        match Sound::new(checked) {
            Ok((model, _)) => Ok(Program { model, sources, given }),
            Err(problems) => {
                shell.say(count(&problems));
                Err(Failure::told())
            }
        }
    }
}

impl InputArgs {
    /// The parameters of the command line and of files; the command line has the last word.
    ///
    /// # Errors
    /// When one is not of the form `NAME=VALUE`, or a file cannot be read.
    pub fn given(&self, shell: &Shell) -> Result<Given, Failure> {
        let mut given = Given::new();
        for path in &self.params_file {
            let bytes = shell.world.read(path, MAX_PARAMS).map_err(|why| unreadable(path, &why))?;
            let text = String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{path}` is not a text file")))?;
            for line in text
                .lines()
                .map(|line| line.split('#').next().unwrap_or_default().trim())
                .filter(|line| !line.is_empty())
            {
                let (name, value) = assignment(line, path)?;
                given.insert(name, value);
            }
        }
        for param in &self.params {
            let (name, value) = assignment(param, "-p")?;
            given.insert(name, value);
        }
        Ok(given)
    }
}

fn assignment(text: &str, whence: &str) -> Result<(String, String), Failure> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        Failure::new(format!("`{text}` in {whence} gives no parameter a value")).help("write it as NAME=VALUE")
    })?;
    Ok((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
}

/// A file that could not be read.
pub fn unreadable(path: &str, why: &ReadError) -> Failure {
    Failure::new(format!("cannot read `{path}`: {}", why.reason()))
}

/// Tells the problems of a program.
///
/// # Errors
/// When nobody takes the output.
pub fn report(shell: &mut Shell, compiled: &Compiled, format: MessageFormat) -> io::Result<()> {
    tell(shell, &compiled.checked.problems, &compiled.sources, format)
}

/// Tells problems: to people [`MAX_TOLD`] of them, errors first, and how many more there are; to others all.
///
/// # Errors
/// When nobody takes the output.
pub fn tell(shell: &mut Shell, problems: &[Diagnostic], sources: &Sources, format: MessageFormat) -> io::Result<()> {
    match format {
        MessageFormat::Human => people(shell, problems, sources)?,
        MessageFormat::Short => {
            for problem in problems {
                render::short(problem, sources, &mut shell.err)?;
            }
        }
        MessageFormat::Json => {
            for problem in problems {
                writeln!(shell.out, "{}", to_json(problem, sources))?;
            }
        }
    }
    Ok(())
}

fn people(shell: &mut Shell, problems: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    let all: Vec<&Diagnostic> = problems.iter().collect();
    for problem in foremost(&all, MAX_TOLD) {
        render::human(problem, sources, &mut shell.err)?;
    }
    match problems.len().saturating_sub(MAX_TOLD) {
        0 => Ok(()),
        more => {
            writeln!(shell.err, "… and {more} more; `vpcc check --message-format short` tells them all, a line each\n")
        }
    }
}

/// How many problems there are, in words.
pub fn count(problems: &[Diagnostic]) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let part = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let parts: Vec<String> =
        part(errors, "error").into_iter().chain(part(problems.len() - errors, "warning")).collect();
    parts.join(", ")
}
