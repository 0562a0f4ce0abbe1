//! `vpcc output`

use crate::cloud::{CloudArgs, Home, Opened, block_on, regions};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inventory::{write_ansible, write_hosts, write_ssh_config};
use crate::program::{Program, ProgramArgs};
use crate::shell::Shell;
use clap::{Args, ValueEnum};
use ecow::EcoString;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;
use vpcc_core::call::Map;
use vpcc_core::kinds::Observed;
use vpcc_core::model::{Address, Output as Named};
use vpcc_core::plan::lower;
use vpcc_runtime::{Leftovers, observe};

/// Shows ids and addresses of what lives.
#[derive(Args, Debug)]
pub struct Output {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// Prints JSON: an object with a member for each address, and `outputs` for those that have names
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How outputs are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    #[default]
    Table,
    /// JSON
    Json,
    /// Lines for /etc/hosts
    Hosts,
    /// Entries for ~/.ssh/config
    SshConfig,
    /// An inventory for Ansible
    Ansible,
}

/// What lives, by address, and what of it has a name.
#[derive(Serialize)]
struct All<'o> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    outputs: BTreeMap<&'o str, Shown<'o>>,
    #[serde(flatten)]
    things: BTreeMap<&'o str, Thing<'o>>,
}

#[derive(Serialize)]
struct Thing<'o> {
    kind: &'static str,
    region: &'o str,
    #[serde(flatten)]
    outputs: &'o Map,
}

/// The value of a named output: `null` for what doesn't live, or has no such address.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'o> {
    One(Option<&'o str>),
    Many(Vec<Option<&'o str>>),
}

impl Output {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let program = self.program.load(shell)?;
        let live = block_on(async {
            let Home { cloud, region } = self.cloud.home_of(&program.model, shell).await?;
            living(&cloud, &program, &region).await
        })?;
        let out = &mut shell.out;
        match if self.json { Format::Json } else { self.format } {
            Format::Json => write_json(&program.model.outputs, &live, out)?,
            Format::Hosts => write_hosts(&live, out)?,
            Format::SshConfig => write_ssh_config(&live, out)?,
            Format::Ansible => write_ansible(&live, out)?,
            Format::Table if live.is_empty() => {
                shell.say(format_args!("Nothing of stack `{}` lives.", program.model.stack));
            }
            Format::Table => {
                write_named(&program.model.outputs, &live, out)?;
                if !program.model.outputs.is_empty() {
                    writeln!(out)?;
                }
                write_table(&live, out)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// What lives of a program and has something to show.
async fn living(cloud: &Opened, program: &Program, region: &EcoString) -> Result<Vec<Observed>, Failure> {
    let patient = cloud.patient();
    let regions = regions(&program.model, region);
    let kinds = lower(&program.model, &program.sources, region).kinds;
    let live =
        cloud.until_interrupted(observe(&patient, &program.model.stack, &regions, &kinds, Leftovers::Always)).await??;
    let mut live = live.of_stack(&program.model.stack);
    live.retain(|thing| !thing.outputs.is_empty());
    Ok(live)
}

/// Shows the named outputs of a program that has just been applied.
///
/// # Errors
/// When EC2 could not be asked.
pub async fn show_named(
    shell: &mut Shell,
    cloud: &Opened,
    program: &Program,
    region: &EcoString,
) -> Result<(), Failure> {
    if program.model.outputs.is_empty() {
        return Ok(());
    }
    let live = living(cloud, program, region).await?;
    writeln!(shell.out)?;
    Ok(write_named(&program.model.outputs, &live, &mut shell.out)?)
}

fn write_json(outputs: &[Named], live: &[Observed], out: &mut dyn Write) -> io::Result<()> {
    let things = live.iter().map(|thing| {
        (thing.address.as_str(), Thing { kind: thing.kind.name, region: &thing.region, outputs: &thing.outputs })
    });
    let all = All { outputs: named(outputs, live), things: things.collect() };
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}

fn named<'o>(outputs: &'o [Named], live: &'o [Observed]) -> BTreeMap<&'o str, Shown<'o>> {
    let by_address: BTreeMap<&Address, &Observed> = live.iter().map(|thing| (&thing.address, thing)).collect();
    let shown = |output: &'o Named| {
        let value = |address: &Address| {
            let text = by_address.get(address)?.outputs.text(&output.attribute);
            Some(text).filter(|text| !text.is_empty())
        };
        let values: Vec<Option<&str>> = output.things.iter().map(value).collect();
        if output.many { Shown::Many(values) } else { Shown::One(values.first().copied().flatten()) }
    };
    outputs.iter().map(|output| (output.name.as_str(), shown(output))).collect()
}

fn write_named(outputs: &[Named], live: &[Observed], out: &mut dyn Write) -> io::Result<()> {
    if outputs.is_empty() {
        return Ok(());
    }
    let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
    let rows = named(outputs, live).into_iter().map(|(name, shown)| {
        let values = match shown {
            Shown::One(value) => text(value),
            Shown::Many(values) => values.into_iter().map(text).collect::<Vec<_>>().join(", "),
        };
        [name.to_owned(), values]
    });
    write_rows(std::iter::once(["OUTPUT", "VALUE"].map(str::to_owned)).chain(rows).collect(), out)
}

fn write_table(live: &[Observed], out: &mut dyn Write) -> io::Result<()> {
    let row = |thing: &Observed| {
        let text = |name: &str| thing.outputs.text(name).to_owned();
        [thing.address.to_string(), text("id"), text("private_ip"), text("public_ip"), text("ipv6")]
    };
    // Few programs have IPv6, and an address of it is long.
    let has_ipv6 = live.iter().any(|thing| !thing.outputs.text("ipv6").is_empty());
    let head = ["ADDRESS", "ID", "PRIVATE IP", "PUBLIC IP", if has_ipv6 { "IPV6" } else { "" }].map(str::to_owned);
    write_rows(std::iter::once(head).chain(live.iter().map(row)).collect(), out)
}

fn write_rows<const N: usize>(rows: Vec<[String; N]>, out: &mut dyn Write) -> io::Result<()> {
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or_default());
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
