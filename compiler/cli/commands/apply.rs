//! `vpcc apply`

use super::output::show_named;
use super::plan::{ImageArgs, detail, judge_keeps, judge_what_is_used, survey_program};
use crate::cloud::{CloudArgs, Opened, block_on};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::ProgramArgs;
use crate::progress::{Output, Progress, Summary};
use crate::saved::Saved;
use crate::shell::Shell;
use clap::Args;
use std::io::{BufRead, Write};
use vpcc_core::plan::{Plan, write_human};
use vpcc_runtime::run;

/// Makes EC2 into what the program says.
#[derive(Args, Debug)]
pub struct Apply {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    #[command(flatten)]
    images: ImageArgs,
    #[command(flatten)]
    consent: Consent,
}

/// How it is agreed that things are changed, and how that is told.
#[derive(Args, Debug)]
pub struct Consent {
    /// Doesn't ask
    #[arg(short, long, visible_alias = "auto-approve")]
    pub yes: bool,
    /// Tells what happens as JSON, one event a line
    #[arg(long)]
    pub json: bool,
}

impl Apply {
    pub fn run(mut self, shell: &mut Shell) -> Result<Exit, Failure> {
        let saved = Saved::read(shell, &self.program.path)?;
        if let Some(saved) = &saved {
            self.program = saved.program(&self.program, shell)?;
            self.images = saved.images(self.images)?;
            self.consent.yes = true;
        }
        let program = match self.program.load(shell)? {
            Ok(program) => program,
            Err(exit) => return Ok(exit),
        };
        block_on(async {
            let cloud = self.cloud.open(shell).await?;
            let region = self.cloud.region_of(&program.model, cloud.home_region())?;
            cloud.keep_to_account(&program.model, &region).await?;
            let images = self.images.choice();
            let survey = cloud.until_interrupted(survey_program(&cloud.patient(), &program, &region, images)).await??;
            judge_what_is_used(shell, &survey, cloud.strict)?;
            judge_keeps(shell, &program, &survey.plan)?;
            if let Some(saved) = saved {
                saved.check(&survey.plan)?;
            }
            let exit = carry_out(shell, &cloud, &survey.plan, &self.consent, Purpose::Apply).await?;
            if exit == Exit::Done && !self.consent.json {
                show_named(shell, &cloud, &program, &region).await?;
            }
            Ok(exit)
        })
    }
}

/// What a plan is carried out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To make what the program says.
    Apply,
    /// To remove everything.
    Destroy,
}

/// Shows a plan, asks, and does it.
///
/// # Errors
/// When nobody agrees to it.
pub async fn carry_out(
    shell: &mut Shell,
    cloud: &Opened,
    plan: &Plan,
    consent: &Consent,
    purpose: Purpose,
) -> Result<Exit, Failure> {
    let output = if consent.json { Output::Json } else { Output::Human };
    if output == Output::Human {
        write_human(plan, detail(shell), &mut shell.out)?;
        shell.out.flush()?;
    }
    if !consent.yes && !plan.is_empty() {
        ask(shell, purpose)?;
    }
    let progress = Progress::new(shell, plan, output);
    if plan.is_empty() {
        progress.finish_idle();
        return Ok(Exit::Done);
    }
    let patient = cloud.patient();
    let outcome = cloud.until_interrupted(run(plan, &patient, &|event| progress.event(&event))).await?;
    let summary = Summary::new(plan, &outcome, patient.stopped());
    progress.finish(&summary);
    Ok(summary.exit)
}

fn ask(shell: &mut Shell, purpose: Purpose) -> Result<(), Failure> {
    let (question, command) = match purpose {
        Purpose::Apply => ("Do this? Only `yes` is taken as yes: ", "apply"),
        Purpose::Destroy => ("Remove all this? What is on the disks is lost. Only `yes` is taken as yes: ", "destroy"),
    };
    if !shell.interactive {
        return Err(Failure::new(format!(
            "`vpcc {command}` asks before it changes anything, and there is nobody to ask"
        ))
        .help("use --yes to go ahead without being asked"));
    }
    write!(shell.err, "\n{question}")?;
    shell.err.flush()?;
    let mut answer = String::new();
    shell.input.read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(()) } else { Err(Failure::new("not agreed to; nothing was changed")) }
}
