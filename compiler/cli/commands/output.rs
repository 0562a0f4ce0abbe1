//! `vpcc output`

use crate::cloud::{CloudArgs, block_on, regions};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::ProgramArgs;
use crate::shell::Shell;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use unicode_width::UnicodeWidthStr;
use vpcc_core::call::Map;
use vpcc_core::kinds::Observed;
use vpcc_core::plan::lower;
use vpcc_runtime::observe;

/// Shows ids and addresses of what lives.
#[derive(Args, Debug)]
pub struct Output {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// Prints JSON: an object with a member for each address
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Thing<'o> {
    kind: &'static str,
    region: &'o str,
    #[serde(flatten)]
    outputs: &'o Map,
}

impl Output {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let program = match self.program.load(shell)? {
            Ok(program) => program,
            Err(exit) => return Ok(exit),
        };
        let stack = &program.model.stack;
        let mut live = block_on(async {
            let cloud = self.cloud.open(shell).await?;
            let region = self.cloud.region_of(&program.model, cloud.home_region())?;
            cloud.keep_to_account(&program.model, &region).await?;
            let patient = cloud.patient();
            let regions = regions(&program.model, &region);
            let kinds = lower(&program.model, &program.sources, &region).kinds;
            let live = cloud.until_interrupted(observe(&patient, stack, &regions, &kinds)).await??;
            Ok(live.of_stack(stack))
        })?;
        live.retain(|thing| !thing.outputs.is_empty());
        if self.json {
            let things: BTreeMap<&str, Thing<'_>> =
                live.iter().map(|thing| (thing.address.as_str(), of(thing))).collect();
            serde_json::to_writer_pretty(&mut shell.out, &things).map_err(std::io::Error::from)?;
            writeln!(shell.out)?;
        } else if live.is_empty() {
            shell.say(format_args!("Nothing of stack `{stack}` lives."));
        } else {
            write_table(&live, &mut shell.out)?;
        }
        Ok(Exit::Done)
    }
}

fn of(thing: &Observed) -> Thing<'_> {
    Thing { kind: thing.kind.name, region: &thing.region, outputs: &thing.outputs }
}

const COLUMNS: [&str; 4] = ["ADDRESS", "ID", "PRIVATE IP", "PUBLIC IP"];

fn write_table(live: &[Observed], out: &mut dyn Write) -> std::io::Result<()> {
    let row = |thing: &Observed| {
        let text = |name: &str| thing.outputs.text(name).to_owned();
        [thing.address.to_string(), text("id"), text("private_ip"), text("public_ip")]
    };
    let rows: Vec<[String; 4]> = std::iter::once(COLUMNS.map(str::to_owned)).chain(live.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
