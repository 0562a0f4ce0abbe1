//! Why a command could not do its work, in words that say what to do.

use crate::exit::Exit;
use crate::shell::Stream;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use vpcc_core::kinds::Origin;
use vpcc_core::model::ImagePattern;
use vpcc_core::plan::Step;
use vpcc_core::problem::render::visible;
use vpcc_runtime::{Effect, ExistingProblem, Fault, ImageProblem, Unlaunchable};

const RED: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

/// Why a command could not do its work.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How the command ends.
    pub exit: Exit,
    /// What went wrong.
    pub message: String,
    /// What to do.
    pub help: Vec<String>,
}

impl Failure {
    /// A failure that ends with code 1.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Failed, message: message.into(), help: Vec::new() }
    }

    /// A failure that has been told already: it ends with code 1 and says no more.
    pub fn told() -> Failure {
        Failure::new("")
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Failure {
        self.help.push(text.into());
        self
    }

    /// Ends with another code.
    #[must_use]
    pub fn exit(self, exit: Exit) -> Failure {
        Failure { exit, ..self }
    }

    /// Tells it.
    pub fn write(&self, err: &mut Stream) {
        if self.message.is_empty() {
            return;
        }
        // With nobody there to read it, the exit code still tells.
        let _ = writeln!(err, "{RED}error{RED:#}{BOLD}: {}{BOLD:#}", visible(&self.message));
        for help in &self.help {
            let _ = writeln!(err, "  = help: {}", visible(help));
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::new(format!("cannot write: {error}"))
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        let exit = match fault.code.as_str() {
            Fault::INTERRUPTED => Exit::Interrupted,
            Fault::NO_CREDENTIALS => Exit::Setup,
            _ => Exit::Failed,
        };
        let failure = Failure::new(text(&fault)).exit(exit);
        advice(&fault).map_or(failure.clone(), |advice| failure.help(advice))
    }
}

/// What went wrong with a step: which, who asked for it, what EC2 says, and what to do.
pub fn of_step(step: &Step, fault: &Fault) -> Failure {
    let place = place(step.origin());
    let mut failure = Failure::new(format!("{} `{}`{place}: {}", step.kind.noun(), step.address, text(fault)));
    failure.help.extend(advice(fault).map(str::to_owned));
    if fault.effect == Effect::Unknown && step.found.is_none() {
        failure
            .help
            .push("nobody knows whether EC2 did it; run the same command again, and it goes on from what lives".into());
    }
    failure
}

/// An image that no node can be launched from.
pub fn of_image(problem: &ImageProblem) -> Failure {
    let ImageProblem { image, region, why, node, .. } = problem;
    let place = place(problem.origin.as_ref());
    let message = match why {
        Unlaunchable::NoMatch(ImagePattern { owner, name }) => {
            let message = format!("`{node}`{place}: no image of `{owner}` in {region} is called `{name}`");
            return Failure::new(message).help("in the name, `*` stands for any characters and `?` for one");
        }
        Unlaunchable::Architecture { image: architecture, instance_type, takes } => {
            let message = format!("the image `{image}` is for {architecture}, and {instance_type} is {takes}");
            let help = format!("take an image for {takes}, or an instance type that is {architecture}");
            return Failure::new(format!("`{node}`{place}: {message}")).help(help);
        }
        Unlaunchable::Absent => format!("there is no image `{image}` in {region} that this account may use"),
        Unlaunchable::InState(state) => format!("the image `{image}` is {state}, and nothing can be launched from it"),
    };
    Failure::new(format!("`{node}`{place}: {message}"))
        .help("image ids differ from region to region; look one up in the EC2 console under \"AMI Catalog\"")
}

/// Something that the program only uses, and that isn't as it says.
pub fn of_existing(problem: &ExistingProblem) -> Failure {
    let ExistingProblem { existing, differs } = problem;
    let what = format!("`{}`{}", existing.address, place(existing.origin.as_ref()));
    let (noun, id, region) = (existing.kind.noun(), &existing.id, &existing.region);
    match differs {
        None => Failure::new(format!("{what}: there is no {noun} `{id}` in {region} that this account may see"))
            .help("look the id up in the EC2 console, and check region and account"),
        Some((attribute, said, is)) => {
            Failure::new(format!("{what}: the {attribute} of {noun} `{id}` is {is}, and the program says {said}"))
                .help("change the program, which only uses it")
        }
    }
}

fn place(origin: Option<&Origin>) -> String {
    origin.map_or(String::new(), |origin| format!(" ({}:{})", origin.file, origin.line))
}

fn text(fault: &Fault) -> String {
    let request = fault.request_id.as_ref().map_or(String::new(), |id| format!(" (request {id})"));
    match fault.code.as_str() {
        code if code.starts_with("vpcc.") => fault.message.clone(),
        code => format!("EC2 says {code}: {}{request}", fault.message.trim_end_matches('.')),
    }
}

/// What to do about an error of EC2, by its code (EC2 API Reference, "Error codes").
fn advice(fault: &Fault) -> Option<&'static str> {
    let code = fault.code.as_str();
    Some(match code {
        Fault::UNREACHABLE => "check the network, the region, and the endpoint if one is set",
        Fault::NO_ANSWER => "check the network, then run the same command again",
        Fault::NO_CREDENTIALS
        | "AuthFailure"
        | "InvalidClientTokenId"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken" => {
            "check the credentials: `aws sts get-caller-identity` should answer with your account"
        }
        "RequestExpired" | "ExpiredToken" | "ExpiredTokenException" => {
            "the credentials have expired, or this machine's clock is wrong; sign in again"
        }
        "UnauthorizedOperation" => {
            "these credentials may not do this; ask whoever manages the account for the permission"
        }
        "OptInRequired" | "PendingVerification" | "Blocked" => {
            "the account is not ready for this; see its messages in the AWS console"
        }
        "RequestLimitExceeded" => "the account makes too many requests at present; run the same command again later",
        "VcpuLimitExceeded" => {
            "raise the vCPU quota of this instance family in Service Quotas, or use smaller instances"
        }
        "vpcc.Failed" => {
            "mend what EC2 names, then run the same command again: it makes a new one in place of the one that failed"
        }
        "LogDestinationNotFoundException" | "LogDestinationPermissionIssueException" => {
            "make the log group or bucket first, and let the flow logs of this account write to it"
        }
        "FlowLogAlreadyExists" => {
            "a flow log that is not this stack's does the same already; delete it or change this one"
        }
        "InvalidIPAddress.InUse" => "something else has this address; free it, or let the node start elsewhere",
        "InvalidSubnet.Conflict" => "another subnet of the VPC has these addresses; remove it or choose another block",
        "InvalidKeyPair.Duplicate" => "a key pair of this name exists and is not this stack's; delete or rename it",
        "InvalidGroup.Duplicate" => {
            "a group of this name exists in the VPC and is not this stack's; delete or rename it"
        }
        "DependencyViolation" => {
            "something that is not this stack's still uses it; remove that, then run the same command again"
        }
        "Unsupported" => "the instance type is not offered in this zone; choose another type or zone",
        code if code.starts_with("Insufficient") && code.ends_with("Capacity") => {
            "AWS has no room for this at present; try again later, or use another zone or instance type"
        }
        code if code.starts_with("InvalidAMIID") => {
            "image ids differ from region to region; look one up for this region"
        }
        code if code.ends_with("LimitExceeded") => {
            "the account's quota is used up; free something, or raise it in Service Quotas"
        }
        _ => return None,
    })
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
