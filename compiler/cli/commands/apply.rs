//! `vpcc apply`

use super::output::show_named;
use super::plan::{ImageArgs, detail, judge_keeps, judge_what_is_used, survey_program};
use crate::cloud::{CloudArgs, Home, Opened, block_on};
use crate::exclusive::{self, LockArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::ProgramArgs;
use crate::progress::{Output, Progress, Summary};
use crate::saved;
use crate::shell::Shell;
use clap::Args;
use ecow::EcoString;
use std::io::Write;
use vpcc_core::kinds::Observed;
use vpcc_core::plan::{Plan, to_json, write_human};
use vpcc_runtime::{Event, Survey, is_as_listed, run, settle};

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
    #[command(flatten)]
    lock: LockArgs,
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

impl Consent {
    fn output(&self) -> Output {
        if self.json { Output::Json } else { Output::Human }
    }
}

impl Apply {
    pub fn run(mut self, shell: &mut Shell) -> Result<Exit, Failure> {
        let saved = saved::open(shell, &self.program.path)?;
        let program = match &saved {
            None => self.program.load(shell)?,
            Some(saved) => {
                self.images = saved::images_of(saved, self.images)?;
                self.consent.yes = true;
                saved::program_of(saved, &self.program, shell)?
            }
        };
        block_on(async {
            let Home { cloud, region } = self.cloud.home_of(&program.model, shell).await?;
            let images = self.images.choice();
            let look = async |shell: &mut Shell| {
                let patient = cloud.patient();
                let surveying = survey_program(&patient, &program, &region, images);
                let survey = cloud.until_interrupted(surveying).await??;
                judge_what_is_used(shell, &survey, cloud.strict)?;
                judge_keeps(shell, &program, &survey.plan)?;
                saved.as_ref().map_or(Ok(()), |saved| saved::compare(saved, &survey.plan))?;
                Ok(survey)
            };
            let site = Site { cloud: &cloud, region: &region, lock: &self.lock };
            let exit = carry_out(shell, &site, &self.consent, Purpose::Apply, look).await?;
            if exit == Exit::Done && !self.consent.json {
                // All that was asked for is done, whether it can be shown or not.
                if let Err(failure) = show_named(shell, &cloud, &program, &region).await {
                    shell.say(format_args!("warning: the outputs cannot be shown: {}", failure.message));
                }
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

/// Where a plan is carried out.
#[derive(Clone, Copy)]
pub struct Site<'s> {
    /// The EC2.
    pub cloud: &'s Opened,
    /// The stack's home.
    pub region: &'s EcoString,
    /// How to get the lock.
    pub lock: &'s LockArgs,
}

/// Looks what is to be done, shows it, asks, and does it while nobody else does.
///
/// # Errors
/// When nobody agrees to it, or somebody else is at work.
pub async fn carry_out(
    shell: &mut Shell,
    site: &Site<'_>,
    consent: &Consent,
    purpose: Purpose,
    look: impl AsyncFn(&mut Shell) -> Result<Survey, Failure>,
) -> Result<Exit, Failure> {
    let mut survey = look(shell).await?;
    if survey.plan.is_empty() {
        survey = settled(shell, site, survey, &look).await?;
    }
    show(shell, &survey.plan, consent)?;
    if survey.plan.is_empty() {
        // Nothing is to be left of a stack that is gone, so its lock is looked for even where none was seen.
        if (survey.locked && site.cloud.strict) || purpose == Purpose::Destroy {
            exclusive::clear(shell, site.cloud, site.region, &survey.plan.stack).await?;
        }
        Progress::new(shell, &survey.plan, consent.output()).finish_idle();
        return Ok(Exit::Done);
    }
    if !consent.yes {
        ask(shell, site.cloud, purpose).await?;
    }
    let lock = exclusive::take(shell, site.cloud, site.region, &survey.plan.stack, site.lock).await?;
    let own = lock.clone();
    exclusive::with(shell, site.cloud, lock, async |shell| {
        let plan = if is_still_so(site, &survey, purpose).await? {
            survey.plan
        } else {
            plan_again(shell, site, survey.plan, consent, purpose, &look).await?
        };
        let progress = Progress::new(shell, &plan, consent.output());
        if plan.is_empty() {
            progress.finish_idle();
            return Ok(Exit::Done);
        }
        let patient = site.cloud.patient().under(&own);
        let tell = |event: Event<'_>| progress.event(&event);
        let work = async {
            tokio::select! {
                outcome = run(&plan, &patient, &tell) => outcome,
                never = progress.keep_telling() => match never {},
            }
        };
        let outcome = site.cloud.until_interrupted(work).await?;
        let summary = Summary::new(&plan, &outcome, patient.stopped());
        progress.finish(&summary);
        Ok(summary.exit)
    })
    .await
}

/// Whether a plan that was made before the lock was had is surely right. What only removes, or makes everything anew,
/// depends on nothing but what there is.
async fn is_still_so(site: &Site<'_>, survey: &Survey, purpose: Purpose) -> Result<bool, Failure> {
    if purpose == Purpose::Apply && !survey.live.is_empty() {
        return Ok(false);
    }
    let patient = site.cloud.patient();
    let looking = is_as_listed(&patient, &survey.plan.stack, &survey.regions, &survey.live);
    Ok(site.cloud.until_interrupted(looking).await??)
}

/// Waits for what a run that came to no end has begun, and looks again: it may fail yet.
async fn settled(
    shell: &mut Shell,
    site: &Site<'_>,
    survey: Survey,
    look: &impl AsyncFn(&mut Shell) -> Result<Survey, Failure>,
) -> Result<Survey, Failure> {
    let mut said = String::new();
    vpcc_runtime::settled(survey, async |survey| {
        let name = |thing: &&Observed| format!("{} `{}`", thing.kind.noun(), thing.address);
        let underway = survey.underway().iter().map(name).collect::<Vec<_>>().join(", ");
        if underway != said {
            shell.say(format_args!("Waiting for what was begun before: {underway}."));
            said = underway;
        }
        let patient = site.cloud.patient();
        site.cloud.until_interrupted(settle(&patient, survey)).await??;
        look(shell).await
    })
    .await
}

/// Looks again now that nobody else changes anything. Who was asked agreed to one plan and no other.
async fn plan_again(
    shell: &mut Shell,
    site: &Site<'_>,
    plan: Plan,
    consent: &Consent,
    purpose: Purpose,
    look: &impl AsyncFn(&mut Shell) -> Result<Survey, Failure>,
) -> Result<Plan, Failure> {
    let mut now = look(shell).await?;
    if purpose == Purpose::Apply {
        now = settled(shell, site, now, look).await?;
    }
    let now = now.plan;
    if to_json(&now) == to_json(&plan) {
        return Ok(now);
    }
    if !consent.yes {
        return Err(Failure::new("what lives in EC2 has changed since the plan was shown; nothing was changed")
            .help("run the same command again, and look at the new plan"));
    }
    shell.say("What lives in EC2 has changed meanwhile; this is planned now:");
    show(shell, &now, consent)?;
    Ok(now)
}

fn show(shell: &mut Shell, plan: &Plan, consent: &Consent) -> Result<(), Failure> {
    if consent.output() == Output::Human {
        write_human(plan, detail(shell), &mut shell.out)?;
        shell.out.flush()?;
    }
    Ok(())
}

async fn ask(shell: &mut Shell, cloud: &Opened, purpose: Purpose) -> Result<(), Failure> {
    let (question, command) = match purpose {
        Purpose::Apply => ("Do this? Only `yes` is taken as yes: ", "apply"),
        Purpose::Destroy => ("Remove all this? What is on the disks is lost. Only `yes` is taken as yes: ", "destroy"),
    };
    confirm(shell, cloud, question, command).await
}

/// Asks before a command changes something.
///
/// # Errors
/// When the answer is not `yes`, when nobody is there to give it, or when whoever is there interrupts.
pub async fn confirm(shell: &mut Shell, cloud: &Opened, question: &str, command: &str) -> Result<(), Failure> {
    if !shell.interactive {
        return Err(Failure::new(format!(
            "`vpcc {command}` asks before it changes anything, and there is nobody to ask"
        ))
        .help("use --yes to go ahead without being asked"));
    }
    let answer = cloud.unless_interrupted(shell.answer(question)).await??;
    if answer.trim() == "yes" { Ok(()) } else { Err(Failure::new("not agreed to; nothing was changed")) }
}
