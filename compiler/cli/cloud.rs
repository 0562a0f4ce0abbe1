//! Which EC2 a command talks to.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::signals::Signals;
use clap::Args;
use ecow::EcoString;
use std::future::Future;
use std::io::Write;
use std::time::Duration;
use tokio::sync::watch;
use vpcc_core::model::Model;
use vpcc_runtime::aws::{self, Aws, SetupProblem};
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{Cloud, Patient, account};

/// Which EC2, and how to get there.
#[derive(Args, Clone, Debug)]
pub struct CloudArgs {
    /// Amazon's EC2 (`aws`), or the embedded one (`sim`, or `sim:FILE` to keep it in a file)
    #[arg(long, default_value = "aws", value_name = "aws|sim[:FILE]")]
    pub cloud: String,
    /// The region where networks live, if the program doesn't say
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The address of EC2, if it isn't Amazon's
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Allows an unencrypted endpoint that is not on this machine
    #[arg(long)]
    pub allow_http: bool,
}

/// An EC2 to talk to.
pub struct Opened {
    cloud: Box<dyn Cloud>,
    home_region: Option<String>,
    /// Whether it is strict: Amazon's own, or the embedded one. What stands in at another address may know no images,
    /// and list tags of what is gone.
    pub strict: bool,
    stop: watch::Sender<bool>,
    signals: Signals,
}

/// Where a program's stack lives.
pub struct Home {
    /// The EC2.
    pub cloud: Opened,
    /// The region of what names none.
    pub region: EcoString,
}

impl CloudArgs {
    /// Opens the cloud of a program, in the account that it is for.
    ///
    /// # Errors
    /// When there are no credentials or those of another account, when nothing names a region, or when what the flags name
    /// can't be had.
    pub async fn home_of(&self, model: &Model, shell: &mut Shell) -> Result<Home, Failure> {
        let cloud = self.open(shell).await?;
        let region = self.region_of(model, cloud.home_region())?;
        cloud.keep_to_account(model, &region).await?;
        Ok(Home { cloud, region })
    }

    /// Opens the cloud.
    ///
    /// # Errors
    /// When there are no credentials, or what the flags name can't be had.
    pub async fn open(&self, shell: &mut Shell) -> Result<Opened, Failure> {
        let (stop, signals) = (watch::Sender::new(false), Signals::listen());
        if let Some(sim) = self.cloud.strip_prefix("sim") {
            let sim = match sim.strip_prefix(':') {
                Some(path) => Sim::open(path).map_err(|problem| Failure::new(problem.to_string()))?,
                None if sim.is_empty() => Sim::new(),
                None => return Err(self.unknown()),
            };
            let home_region = self.region_without_cloud(shell);
            return Ok(Opened { cloud: Box::new(sim), home_region, strict: true, stop, signals });
        }
        if self.cloud != "aws" {
            return Err(self.unknown());
        }
        let options = aws::Options {
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            allow_http: self.allow_http,
        };
        let aws = Aws::connect(options).await.map_err(|problem| {
            let exit = if matches!(problem, SetupProblem::NoCredentials(_)) { Exit::Setup } else { Exit::Failed };
            Failure::new(problem.to_string()).exit(exit)
        })?;
        if let Some(endpoint) = aws.endpoint() {
            shell.say(format_args!("Talking to {endpoint} instead of Amazon EC2."));
        }
        let home_region = aws.home_region().map(str::to_owned);
        Ok(Opened { home_region, strict: aws.endpoint().is_none(), cloud: Box::new(aws), stop, signals })
    }

    fn unknown(&self) -> Failure {
        Failure::new(format!("there is no cloud `{}`", self.cloud)).help("write `aws`, `sim` or `sim:FILE`")
    }

    /// The region that flags and environment name.
    pub fn region_without_cloud(&self, shell: &Shell) -> Option<String> {
        self.region.clone().or_else(|| (shell.env)("AWS_REGION")).or_else(|| (shell.env)("AWS_DEFAULT_REGION"))
    }

    /// The region where a program's networks live that don't say, if `home` is where the user is at home.
    ///
    /// # Errors
    /// When nothing names a region, or when the command line and the program name different ones.
    pub fn region_of(&self, model: &Model, home: Option<String>) -> Result<EcoString, Failure> {
        match (&model.region, &self.region) {
            (Some(region), Some(flag)) if region != flag => {
                let message = format!("the program says `region {region}`, and --region says {flag}");
                Err(Failure::new(message).help("leave out --region, or change the program"))
            }
            (Some(region), _) => Ok(region.clone()),
            (None, _) => home.map(EcoString::from).ok_or_else(no_region),
        }
    }
}

fn no_region() -> Failure {
    Failure::new("nothing says in which region the networks live")
        .help("add `region us-west-2` to the program, or set AWS_REGION, or use --region")
        .exit(Exit::Setup)
}

/// Every region in which a program may have something.
pub fn regions(model: &Model, home: &EcoString) -> Vec<EcoString> {
    let mut regions: Vec<EcoString> = model.networks.iter().filter_map(|(_, network)| network.region.clone()).collect();
    regions.extend(model.images.iter().filter_map(|(_, image)| image.region.clone()));
    regions.push(home.clone());
    regions.sort();
    regions.dedup();
    regions
}

impl Opened {
    /// Where the user is at home.
    pub fn home_region(&self) -> Option<String> {
        self.home_region.clone()
    }

    /// Keeps to the account that a program is for.
    ///
    /// # Errors
    /// When the credentials belong to another account, or nobody tells to which.
    async fn keep_to_account(&self, model: &Model, region: &str) -> Result<(), Failure> {
        let Some(wanted) = &model.account else { return Ok(()) };
        let found = self.until_interrupted(account(&self.patient(), region)).await??;
        if found == *wanted {
            return Ok(());
        }
        let message = format!("the program is for the account {wanted}, and these credentials belong to {found}");
        Err(Failure::new(message).help("use other credentials (`--profile`), or change `account` in the program"))
    }

    /// The cloud, with patience until somebody interrupts.
    pub fn patient(&self) -> Patient<'_> {
        Patient::new(self.cloud.as_ref(), self.stop.subscribe())
    }

    /// The cloud, with patience whoever interrupts: to leave things in order.
    pub fn never_stopping(&self) -> Patient<'_> {
        Patient::new(self.cloud.as_ref(), watch::Sender::new(false).subscribe())
    }

    /// Asks what is at work to stop.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Runs some work; the first Ctrl-C or SIGTERM asks it to stop, the second one drops it.
    ///
    /// # Errors
    /// When it was dropped.
    pub async fn until_interrupted<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let interrupted =
            || Failure::new("interrupted at once; what lives is tagged, and the next run goes on from it");
        tokio::select! {
            done = work => Ok(done),
            () = self.second_signal() => Err(interrupted().exit(Exit::Interrupted)),
        }
    }

    /// Waits for something that changes nothing; the first Ctrl-C or SIGTERM ends it.
    ///
    /// # Errors
    /// When it was ended.
    pub async fn unless_interrupted<T>(&self, waiting: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.signals.reach(1) => Err(Failure::new("interrupted; nothing was changed").exit(Exit::Interrupted)),
            done = waiting => Ok(done),
        }
    }

    /// Leaves things in order, which takes `longest` at most; whoever interrupts once more ends it. Says whether it was done.
    pub async fn tidy<E>(&self, longest: Duration, work: impl Future<Output = Result<(), E>>) -> bool {
        tokio::select! {
            done = tokio::time::timeout(longest, work) => matches!(done, Ok(Ok(()))),
            () = self.signals.reach(self.signals.count().max(1) + 1) => false,
        }
    }

    async fn second_signal(&self) {
        self.signals.reach(1).await;
        if !self.stop.send_replace(true) {
            // The progress bar may be drawn over it, which is no harm.
            let _ = writeln!(std::io::stderr(), "\nStopping: calls in flight are let finish. Once more stops at once.");
        }
        self.signals.reach(2).await;
    }
}

/// Runs asynchronous work to its end.
///
/// # Errors
/// What the work comes to, or that the system gives no event loop.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
