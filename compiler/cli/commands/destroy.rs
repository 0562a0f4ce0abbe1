//! `vpcc destroy`

use super::apply::{Consent, Purpose, Site, carry_out};
use super::plan::judge_keeps;
use crate::cloud::{CloudArgs, Home, block_on, regions};
use crate::exclusive::LockArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::ProgramArgs;
use crate::shell::Shell;
use clap::Args;
use vpcc_core::plan::{Images, lower};
use vpcc_runtime::survey;

/// Removes everything of the program's stack from EC2.
#[derive(Args, Debug)]
pub struct Destroy {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    lock: LockArgs,
}

impl Destroy {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let program = self.program.load(shell)?;
        block_on(async {
            let Home { cloud, region } = self.cloud.home_of(&program.model, shell).await?;
            let regions = regions(&program.model, &region);
            let look = async |shell: &mut Shell| {
                let patient = cloud.patient();
                let nothing = lower(&program.model, &program.sources, &region).gone();
                let looking = survey(&patient, &program.model.stack, &region, &regions, nothing, Images::Kept);
                let survey = cloud.until_interrupted(looking).await??;
                judge_keeps(shell, &program, &survey.plan)?;
                Ok(survey)
            };
            let site = Site { cloud: &cloud, region: &region, lock: &self.lock };
            carry_out(shell, &site, &self.consent, Purpose::Destroy, look).await
        })
    }
}
