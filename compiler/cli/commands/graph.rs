//! `vpcc graph`

use super::reach::unknown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::{Program, ProgramArgs};
use crate::shell::Shell;
use clap::{Args, ValueEnum};
use vpcc_core::picture::{Question, Scene, draw_journey, lay_out, read, to_dot, to_mermaid, to_svg};
use vpcc_core::reach::{Query, draw, endpoint, trace, traffic};

/// Draws the program's networks.
#[derive(Args, Debug)]
pub struct Graph {
    #[command(flatten)]
    program: ProgramArgs,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Shows the way of a packet, or where it stops: `--reach web internet on tcp 443`. Who: `internet`, a block, an
    /// address, or what a thing is called
    #[arg(long, num_args = 2.., value_name = "FROM TO [on PROTOCOL PORTS]")]
    reach: Vec<String>,
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
        let program = self.program.load(shell)?;
        if !self.reach.is_empty() && !matches!(self.format, Format::Svg) {
            return Err(Failure::new("the way of a packet is drawn in SVG only").help("leave --format out"));
        }
        let chart = read(&program.model);
        let text = match self.format {
            Format::Svg => {
                let mut scene = lay_out(&chart);
                self.draw_reach(&program, &mut scene)?;
                to_svg(&scene)
            }
            Format::Dot => to_dot(&chart),
            Format::Mermaid => to_mermaid(&chart),
        };
        shell.out.write_all(text.as_bytes())?;
        Ok(Exit::Done)
    }

    fn draw_reach(&self, program: &Program, scene: &mut Scene) -> Result<(), Failure> {
        let words: Vec<&str> = self.reach.iter().map(String::as_str).collect();
        let (from, to, rest) = match words.as_slice() {
            [] => return Ok(()),
            [from, to] => (*from, *to, None),
            [from, to, "on", rest @ ..] => (*from, *to, Some(rest)),
            _ => {
                let failure = Failure::new("--reach takes who begins, who answers, and by what");
                return Err(failure.help("write it as in `--reach internet web on tcp 443`"));
            }
        };
        let traffic = rest.map(traffic).transpose().map_err(Failure::new)?;
        let mut fabric = draw(&program.model).fabric;
        let mut end = |word| endpoint(&mut fabric, word).map_err(unknown);
        let (from_end, to_end) = (end(from)?, end(to)?);
        let (source_ports, source, destination) = (None, None, None);
        let query = Query { from: from_end, to: to_end, traffic, source_ports, source, destination };
        draw_journey(scene, &Question { from, to, traffic }, &trace(&fabric, &query));
        Ok(())
    }
}
