//! `vpcc graph`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::ProgramArgs;
use crate::shell::Shell;
use clap::{Args, ValueEnum};
use vpcc_core::picture::{lay_out, read, to_dot, to_mermaid, to_svg};

/// Draws the program's networks.
#[derive(Args, Debug)]
pub struct Graph {
    #[command(flatten)]
    program: ProgramArgs,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How a picture is drawn.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// SVG, for browsers and READMEs, light or dark as the reader has it
    #[default]
    Svg,
    /// DOT, for Graphviz
    Dot,
    /// Mermaid, for Markdown
    Mermaid,
}

impl Graph {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let program = match self.program.load(shell)? {
            Ok(program) => program,
            Err(exit) => return Ok(exit),
        };
        let chart = read(&program.model);
        let text = match self.format {
            Format::Svg => to_svg(&lay_out(&chart)),
            Format::Dot => to_dot(&chart),
            Format::Mermaid => to_mermaid(&chart),
        };
        shell.out.write_all(text.as_bytes())?;
        Ok(Exit::Done)
    }
}
