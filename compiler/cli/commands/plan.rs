//! `vpcc plan`

use crate::cloud::{CloudArgs, Home, block_on, regions};
use crate::exit::Exit;
use crate::failure::{Failure, of_existing, of_image};
use crate::program::{Program, ProgramArgs};
use crate::reachability;
use crate::saved;
use crate::shell::Shell;
use clap::Args;
use std::io::{BufWriter, Write};
use vpcc_core::plan::{Detail, Images, Plan, diff, lower, write_human, write_json};
use vpcc_core::problem::render::human;
use vpcc_runtime::{Patient, Survey, Unlaunchable, survey};

/// Shows what would change in EC2.
#[derive(Args, Debug)]
pub struct PlanCommand {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    #[command(flatten)]
    images: ImageArgs,
    /// Plans as if nothing existed; needs neither network nor credentials
    #[arg(long)]
    offline: bool,
    /// Prints the plan as JSON
    #[arg(long)]
    json: bool,
    /// Saves the plan, for `vpcc apply FILE`
    #[arg(short, long = "out", value_name = "FILE", conflicts_with = "offline")]
    out: Option<String>,
    /// Ends with code 2 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,
}

impl PlanCommand {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let program = self.program.load(shell)?;
        let (plan, survey) = match self.offline {
            true => (self.offline(shell, &program)?, None),
            false => {
                let survey = self.online(shell, &program)?;
                (survey.plan.clone(), Some(survey))
            }
        };
        if let Some(path) = &self.out {
            saved::save(path, &self.program, self.images, &program, &plan)?;
            shell.say(format_args!("Saved in {path}; `vpcc apply {path}` does just this."));
        }
        if self.json {
            let mut out = BufWriter::with_capacity(1 << 16, &mut shell.out);
            write_json(&plan, &mut out)?;
            out.flush()?;
        } else {
            write_human(&plan, detail(shell), &mut shell.out)?;
            survey.map_or(Ok(()), |survey| reachability::show(shell, &program, &survey))?;
        }
        let changes = self.detailed_exitcode && !plan.is_empty();
        Ok(if changes { Exit::Changes } else { Exit::Done })
    }

    fn offline(&self, shell: &Shell, program: &Program) -> Result<Plan, Failure> {
        let region = self.cloud.region_of(&program.model, self.cloud.region_without_cloud(shell))?;
        let wanted = lower(&program.model, &program.sources, &region);
        Ok(diff(&program.model.stack, &region, wanted, Vec::new()))
    }

    fn online(&self, shell: &mut Shell, program: &Program) -> Result<Survey, Failure> {
        block_on(async {
            let Home { cloud, region } = self.cloud.home_of(&program.model, shell).await?;
            let images = self.images.choice();
            let survey = cloud.until_interrupted(survey_program(&cloud.patient(), program, &region, images)).await??;
            judge_what_is_used(shell, &survey, cloud.strict)?;
            judge_keeps(shell, program, &survey.plan)?;
            Ok(survey)
        })
    }
}

/// What becomes of images that were found by a pattern.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct ImageArgs {
    /// Looks up again the images that are named by a pattern, and replaces nodes of which there is a newer one
    #[arg(long)]
    pub refresh_images: bool,
}

impl ImageArgs {
    /// The arguments that make this choice.
    pub fn of(images: Images) -> ImageArgs {
        ImageArgs { refresh_images: images == Images::Refreshed }
    }

    /// Whether living nodes keep their images.
    pub fn choice(self) -> Images {
        if self.refresh_images { Images::Refreshed } else { Images::Kept }
    }
}

/// How much of a plan is shown.
pub fn detail(shell: &Shell) -> Detail {
    if shell.verbose { Detail::Full } else { Detail::Brief }
}

/// Compares a program with what lives.
///
/// # Errors
/// When EC2 could not be asked.
pub async fn survey_program(
    cloud: &Patient<'_>,
    program: &Program,
    region: &ecow::EcoString,
    images: Images,
) -> Result<Survey, Failure> {
    let wanted = lower(&program.model, &program.sources, region);
    let regions = regions(&program.model, region);
    Ok(survey(cloud, &program.model.stack, region, &regions, wanted, images).await?)
}

/// What is to be kept ends a plan that would remove or replace it.
///
/// # Errors
/// When there is such a thing; it has been told.
pub fn judge_keeps(shell: &mut Shell, program: &Program, plan: &Plan) -> Result<(), Failure> {
    for refused in &plan.refused {
        human(&refused.clone().into(), &program.sources, &mut shell.err)?;
    }
    if plan.refused.is_empty() { Ok(()) } else { Err(Failure::new("nothing was changed")) }
}

/// What the program relies on and isn't there ends a plan: things that it only uses, and images, though an emulator may
/// not know images at all.
///
/// # Errors
/// When something isn't there or isn't as the program says.
pub fn judge_what_is_used(shell: &mut Shell, survey: &Survey, strict: bool) -> Result<(), Failure> {
    if let Some(problem) = survey.existing.first() {
        return Err(of_existing(problem));
    }
    for problem in &survey.images {
        let failure = of_image(problem);
        if strict || matches!(problem.why, Unlaunchable::NoMatch(_)) {
            return Err(failure);
        }
        shell.say(format_args!("warning: {}", failure.message));
    }
    Ok(())
}
