//! What a plan opens and closes, by what EC2 has told of the stack for the plan.

use crate::failure::Failure;
use crate::program::Program;
use crate::shell::Shell;
use std::collections::HashMap;
use std::io;
use vpcc_core::reach::deployed::read_own;
use vpcc_core::reach::{Change, Fabric, diff, draw, write_changes};
use vpcc_core::source::Sources;
use vpcc_runtime::Survey;

/// As many lines are shown with a plan.
const SHOWN: usize = 12;

/// Tells in a few lines who will reach whom that doesn't now, and the other way round; nothing if the plan changes nothing.
///
/// # Errors
/// When nobody takes the output.
pub fn show(shell: &mut Shell, program: &Program, survey: &Survey) -> Result<(), Failure> {
    if survey.plan.is_empty() {
        return Ok(());
    }
    let changes = diff(&living(survey)?, &draw(&program.model).fabric);
    write(shell, &changes)?;
    Ok(())
}

fn living(survey: &Survey) -> io::Result<Fabric> {
    let mut sources = Sources::default();
    for (kind, answer) in &survey.answers {
        sources.add(*kind, serde_json::to_string(answer)?);
    }
    Ok(read_own(&sources, &survey.plan.stack))
}

fn write(shell: &mut Shell, changes: &[Change]) -> io::Result<()> {
    let mut text = Vec::new();
    write_changes(changes, &HashMap::new(), &mut text)?;
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(shell.out, "\nReachability:")?;
    for line in lines.iter().take(SHOWN) {
        writeln!(shell.out, "{line}")?;
    }
    match lines.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(shell.out, "    and {more} more; `vpcc reach --matrix` shows all that will be open"),
    }
}
