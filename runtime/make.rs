//! Makes one thing for one request, whatever becomes of the answer.
//!
//! Where EC2 takes a client token, the same request with the same token makes nothing new (EC2 Developer Guide, "Ensuring
//! idempotency"). Elsewhere the request carries a tag of its own, a nonce; if the answer is lost, what bears the nonce is
//! looked for, for as long as EC2 may not list it yet, before the request is sent again.

use crate::cloud::{Effect, Fault};
use crate::observe::{filter, pages};
use crate::patience::{About, Patient, UNTIL_KNOWN};
use std::time::Duration;
use tokio::time::Instant;
use vpcc_core::call::sealed::sha256;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{Kind, State};
use vpcc_core::plan::Step;

/// The tag by which what a request has made is found, should the answer be lost.
const NONCE_TAG: &str = "vpcc:nonce";

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

/// What came of a request that makes something.
pub(crate) enum Made {
    /// EC2's answer.
    Answer(Map),
    /// The answer was lost, and this is what the request had made.
    Found(Map),
}

/// Sends a request that makes a step's thing, so that there is one in the end.
///
/// # Errors
/// When there is none, or nobody can tell.
pub(crate) async fn make(
    cloud: &Patient<'_>,
    stack: &str,
    step: &Step,
    call: &Call,
    about: About,
    waiting: &mut dyn FnMut(&Fault),
) -> Result<Made, Fault> {
    if TAKE_TOKENS.contains(&call.action) {
        return with_token(cloud, stack, step, call, about, waiting).await.map(Made::Answer);
    }
    let mut call = call.clone();
    let nonce = format!("{:016x}", fastrand::u64(..));
    if !put_nonce(&mut call, &nonce) {
        return cloud.send(&step.region, &call, about, waiting).await.map(Made::Answer);
    }
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
        if let Some(item) = look_for(cloud, step, &nonce).await? {
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
async fn with_token(
    cloud: &Patient<'_>,
    stack: &str,
    step: &Step,
    call: &Call,
    about: About,
    waiting: &mut dyn FnMut(&Fault),
) -> Result<Map, Fault> {
    let mut last = None;
    for number in 0..TOKENS {
        let mut call = call.clone();
        let token = token(&[cloud.generation(), stack, step.address.as_str()], number, &call.parameters);
        call.parameters.push("ClientToken", token);
        match cloud.send(&step.region, &call, about, waiting).await {
            Err(fault) if USED_UP.contains(&fault.code.as_str()) => last = Some(fault),
            result => return result,
        }
    }
    Err(last.unwrap_or_else(Fault::interrupted))
}

fn token(of: &[&str], number: usize, parameters: &Map) -> String {
    let request = serde_json::to_string(parameters).unwrap_or_default();
    sha256(format!("{}\n{number}\n{request}", of.join("\n")).as_bytes()).chars().take(32).collect()
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

/// What bears a nonce, as soon as EC2 lists it; `None` if it never does.
async fn look_for(cloud: &Patient<'_>, step: &Step, nonce: &str) -> Result<Option<Map>, Fault> {
    let Some(describe) = step.kind.describe else { return Ok(None) };
    let start = Instant::now();
    let mut pause = FIRST_LOOK;
    loop {
        cloud.pause(pause).await?;
        let by_nonce = vec![filter(&format!("tag:{NONCE_TAG}"), [nonce])];
        let items = pages(cloud, &step.region, describe.action, describe.list, describe.page, by_nonce).await?;
        let living = |item: &Map| lives(step.kind, item);
        if let Some(item) = items.into_iter().find(living) {
            return Ok(Some(item));
        }
        if start.elapsed() > UNTIL_KNOWN {
            return Ok(None);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn lives(kind: &Kind, item: &Map) -> bool {
    !matches!((kind.state)(item), State::Gone | State::Going)
}
