//! The commands, one file each.

mod apply;
mod check;
mod completions;
mod destroy;
mod diff_reach;
mod explain;
mod fmt;
mod graph;
mod lsp;
mod new;
mod output;
mod plan;
mod reach;
mod schema;
mod unlock;

pub use plan::ImageArgs;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::{ColorChoice, Shell};
use clap::{Parser, Subcommand};

/// A compiler for .vpc: write down an Amazon VPC, have it checked, see the plan, apply it.
#[derive(Debug, Parser)]
#[command(
    name = "vpcc",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(after_help = "\
Examples:
  vpcc new cluster.vpc                      write a program to start from
  vpcc check cluster.vpc                    find its mistakes, without network or credentials
  vpcc graph cluster.vpc > cluster.svg      draw it
  vpcc plan cluster.vpc                     see what would change
  vpcc apply cluster.vpc --cloud sim:try    build it in the embedded cloud, kept in the file `try`
  vpcc apply cluster.vpc                    build it in EC2
  vpcc reach cluster.vpc internet web on tcp 443
                                            see which way packets take, or what stops them

Exit codes:
  0 done, or nothing to do   1 failed   2 changes (plan --detailed-exitcode)
  3 done in part             4 no credentials or no region   130 interrupted")]
pub struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t)]
    pub color: ColorChoice,
    /// Says only results and problems
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Says more: every attribute and every call
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes a small commented program to start from
    New(new::New),
    /// Finds the mistakes of a program; needs neither network nor credentials
    Check(check::Check),
    /// Lays programs out, all in one way
    Fmt(fmt::Fmt),
    /// Shows what would change in EC2
    Plan(plan::PlanCommand),
    /// Makes EC2 into what the program says
    Apply(apply::Apply),
    /// Removes everything of the program's stack from EC2
    Destroy(destroy::Destroy),
    /// Shows ids and addresses of what lives
    Output(output::Output),
    /// Draws the networks, as SVG, DOT or Mermaid
    Graph(graph::Graph),
    /// Tells whether packets get from one place to another, and how
    Reach(reach::Reach),
    /// Tells what a change of the network opens and closes
    DiffReach(diff_reach::DiffReach),
    /// Serves an editor over standard input and output
    Lsp(lsp::Lsp),
    /// Breaks the lock that a dead run has left
    Unlock(unlock::Unlock),
    /// Tells the long story of a diagnostic
    Explain(explain::Explain),
    /// Prints the JSON schema of what other commands print
    Schema(schema::Schema),
    /// Writes completions for a shell
    Completions(completions::Completions),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Why it could not be done.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        match self {
            Command::New(command) => command.run(shell),
            Command::Check(command) => command.run(shell),
            Command::Fmt(command) => command.run(shell),
            Command::Plan(command) => command.run(shell),
            Command::Apply(command) => command.run(shell),
            Command::Destroy(command) => command.run(shell),
            Command::Output(command) => command.run(shell),
            Command::Graph(command) => command.run(shell),
            Command::Reach(command) => command.run(shell),
            Command::DiffReach(command) => command.run(shell),
            Command::Lsp(command) => command.run(shell),
            Command::Unlock(command) => command.run(shell),
            Command::Explain(command) => command.run(shell),
            Command::Schema(command) => command.run(shell),
            Command::Completions(command) => command.run(shell),
        }
    }
}
