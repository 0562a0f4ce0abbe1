//! Makes one thing for one request, whatever becomes of the answer.
//!
//! Where EC2 takes a client token, the same request with the same token makes nothing new (EC2 Developer Guide, "Ensuring
//! idempotency"). Elsewhere the request carries a tag of its own, a nonce; if the answer is lost, what bears the nonce is
//! looked for, for as long as EC2 may not list it yet, before the request is sent again. What takes neither is a part of
//! something else, such as a further block of a VPC, which is looked at instead.

use crate::cloud::{Effect, Fault};
use crate::observe::{filter, pages};
use crate::patience::{About, Patient, UNTIL_FREE, UNTIL_KNOWN};
use crate::watch::at;
use std::time::Duration;
use tokio::time::Instant;
use vpcc_core::call::sealed::sha256;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{NONCE_TAG, Op, State};
use vpcc_core::plan::Step;

/// Actions that take a client token (EC2 API Reference).
const TAKE_TOKENS: [&str; 9] = [
    "CopyImage",
    "CreateEgressOnlyInternetGateway",
    "CreateFlowLogs",
    "CreateNatGateway",
    "CreateNetworkAcl",
    "CreateRouteTable",
    "CreateVolume",
    "CreateVpcEndpoint",
    "RunInstances",
];

/// How EC2 says that a token is used up: what it made is gone, or it was for something else.
const USED_UP: [&str; 2] = ["IdempotentInstanceTerminated", "IdempotentParameterMismatch"];
/// So many tokens are tried.
const TOKENS: usize = 32;

/// A request whose answer is lost time and again is sent so often.
const ATTEMPTS: usize = 4;

const FIRST_LOOK: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How often an address is tried that is soon free.
const AGAIN: Duration = Duration::from_secs(5);

/// What came of a request that makes something.
pub(crate) enum Made {
    /// EC2's answer.
    Answer(Map),
    /// The answer was lost, and this is what the request had made.
    Found(Map),
}

/// A request that makes a step's thing.
pub(crate) struct Request<'r> {
    /// Where it is sent.
    pub cloud: &'r Patient<'r>,
    /// Whose step it is.
    pub stack: &'r str,
    /// The step.
    pub step: &'r Step,
    /// Its operation.
    pub op: &'r Op,
    /// The request, with the ids that it mentions.
    pub call: &'r Call,
    /// What it is about.
    pub about: About,
}

/// Sends a request that makes something, so that there is one in the end.
///
/// # Errors
/// When there is none, or nobody can tell.
pub(crate) async fn make(request: &Request<'_>, waiting: &mut dyn FnMut(&Fault)) -> Result<Made, Fault> {
    let &Request { cloud, step, call, about, .. } = request;
    if TAKE_TOKENS.contains(&call.action) {
        return with_token(request, waiting).await.map(Made::Answer);
    }
    let mut call = call.clone();
    let Some(trace) = put_trace(step, &mut call) else {
        return cloud.send(&step.region, &call, about, waiting).await.map(Made::Answer);
    };
    let living = |item: &Map| !matches!((step.kind.state)(item), State::Gone | State::Going);
    let mut unknown = false;
    for attempt in 1.. {
        let fault = match cloud.send(&step.region, &call, about, waiting).await {
            Ok(answer) => return Ok(Made::Answer(answer)),
            Err(fault) if fault.code == Fault::INTERRUPTED => return Err(fault),
            Err(fault) => fault,
        };
        unknown |= fault.effect == Effect::Unknown;
        if !unknown {
            return Err(fault);
        }
        let found = look_for(cloud, step, &trace, &living).await;
        if let Some(item) = found.map_err(|fault| Fault { effect: Effect::Unknown, ..fault })? {
            return Ok(Made::Found(item));
        }
        if fault.effect == Effect::None || attempt == ATTEMPTS {
            return Err(fault);
        }
    }
    Err(Fault::interrupted())
}

/// Sends a request with a token that follows from the run, the step and the request, so that whoever goes on with a run
/// that was killed makes nothing twice.
///
/// What that run has made may be gone since, and EC2 gives it again all the same: then the next token makes a new one.
async fn with_token(request: &Request<'_>, waiting: &mut dyn FnMut(&Fault)) -> Result<Map, Fault> {
    let &Request { cloud, stack, step, op, call, .. } = request;
    let mut last = Fault::refused("vpcc.UnexpectedAnswer", format!("{} makes nothing new", call.action));
    for number in 0..TOKENS {
        let mut call = call.clone();
        let token = token(&[cloud.generation(), stack, step.address.as_str()], number, &call.parameters);
        call.parameters.push("ClientToken", token);
        match when_free(request, &call, waiting).await {
            Err(fault) if USED_UP.contains(&fault.code.as_str()) => last = fault,
            Ok(answer) if cloud.goes_on() && is_gone(cloud, step, op, &answer).await? => {}
            result => return result,
        }
    }
    Err(last)
}

/// Sends a request. A launch waits while an instance on its way out has its address: one that was terminated outside this
/// plan, or by a run that was killed.
async fn when_free(request: &Request<'_>, call: &Call, waiting: &mut dyn FnMut(&Fault)) -> Result<Map, Fault> {
    let &Request { cloud, step, about, .. } = request;
    let (start, mut told) = (Instant::now(), false);
    loop {
        let fault = match cloud.send(&step.region, call, about, waiting).await {
            Err(fault) if call.action == "RunInstances" && fault.code == "InvalidIPAddress.InUse" => fault,
            result => return result,
        };
        if start.elapsed() > UNTIL_FREE || !is_being_freed(request, call).await? {
            return Err(fault);
        }
        if !told {
            waiting(&fault);
            told = true;
        }
        cloud.pause(AGAIN).await?;
    }
}

/// Whether an instance that is shutting down has the address that a launch asks for.
async fn is_being_freed(request: &Request<'_>, launch: &Call) -> Result<bool, Fault> {
    let &Request { cloud, step, .. } = request;
    let interface = launch.parameters.list("NetworkInterfaces").first().and_then(Value::as_map);
    let (Some(interface), Some(describe)) = (interface, step.kind.describe) else { return Ok(false) };
    let filters = vec![
        filter("subnet-id", [interface.text("SubnetId")]),
        filter("private-ip-address", [interface.text("PrivateIpAddress")]),
        filter("instance-state-name", ["shutting-down"]),
    ];
    let found = pages(cloud, &step.region, describe.action, describe.list, describe.page, filters).await?;
    Ok(!found.is_empty())
}

/// Whether what an answer gives is no more, or is what is to be replaced.
async fn is_gone(cloud: &Patient<'_>, step: &Step, op: &Op, answer: &Map) -> Result<bool, Fault> {
    let id = op.gives.as_ref().and_then(|(_, path)| at(answer, path, ""));
    let (Some(id), Some(describe)) = (id.as_ref().and_then(Value::as_text), step.kind.describe) else {
        return Ok(false);
    };
    if step.found.as_ref().is_some_and(|found| found.id == id) {
        return Ok(true);
    }
    let item = look_for(cloud, step, &filter(describe.id_filter, [id]), &|_| true).await?;
    let state = item.map(|item| (step.kind.state)(&item));
    // What has failed is there, and whoever waits for it hears why.
    Ok(matches!(state, None | Some(State::Gone | State::Going)))
}

fn token(of: &[&str], number: usize, parameters: &Map) -> String {
    let request = serde_json::to_string(parameters).unwrap_or_default();
    sha256(format!("{}\n{number}\n{request}", of.join("\n")).as_bytes()).chars().take(32).collect()
}

/// Gives what a request makes a trace by which it can be found: the filter of a listing that shows it. None if it leaves
/// none.
fn put_trace(step: &Step, call: &mut Call) -> Option<Map> {
    let nonce = format!("{:016x}", fastrand::u64(..));
    if put_nonce(call, &nonce) {
        return Some(filter(&format!("tag:{NONCE_TAG}"), [nonce.as_str()]));
    }
    step.kind.each?;
    let owner = step.kind.listed_with();
    Some(filter(owner.describe?.id_filter, [call.parameters.text(owner.id)]))
}

/// Puts the nonce among the tags of what a request makes; says whether it makes anything that takes tags.
fn put_nonce(call: &mut Call, nonce: &str) -> bool {
    let Some(Value::List(specifications)) = call.parameters.get_mut("TagSpecifications") else { return false };
    let mut any = false;
    for specification in specifications.iter_mut() {
        let Value::Map(specification) = specification else { continue };
        let Some(Value::List(tags)) = specification.get_mut("Tags") else { continue };
        tags.push(Map::new().with("Key", NONCE_TAG).with("Value", nonce).into());
        any = true;
    }
    any
}

/// A step's thing, as soon as EC2 lists it as it should be; `None` if it never does.
async fn look_for(
    cloud: &Patient<'_>,
    step: &Step,
    by: &Map,
    wanted: &dyn Fn(&Map) -> bool,
) -> Result<Option<Map>, Fault> {
    let Some(describe) = step.kind.listed_with().describe else { return Ok(None) };
    let start = Instant::now();
    let mut pause = FIRST_LOOK;
    loop {
        cloud.pause(pause).await?;
        let by = vec![by.clone()];
        let items = pages(cloud, &step.region, describe.action, describe.list, describe.page, by).await?;
        if let Some(item) = own(step, items).into_iter().find(|item| wanted(item)) {
            return Ok(Some(item));
        }
        if start.elapsed() > UNTIL_KNOWN {
            return Ok(None);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The items that can be the step's thing: of an owner of several parts, the one of the step's name.
fn own(step: &Step, items: Vec<Map>) -> Vec<Map> {
    let (Some(each), Some(owner)) = (step.kind.each, step.address.owner()) else { return items };
    let parts = items.iter().flat_map(each);
    parts.filter(|(name, _)| owner.part(name) == step.address).map(|(_, part)| part).collect()
}
