//! Runs a plan.
//!
//! In: a plan and a cloud. Out: what became of each step, and events on the way. Independent steps run side by side. A
//! call waits for the steps whose things it mentions, and not for more: of a subnet with a route table, the subnet is
//! made while the table still gets its routes. Absent on purpose: deciding what to do.

use crate::blockers;
use crate::cloud::{Effect, Fault};
use crate::make::{Made, Request, make};
use crate::patience::{About, Patient, UNTIL_KNOWN};
use crate::watch::{Watch, at, ready_item};
use ecow::EcoString;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{SetOnce, oneshot};
use tokio::time::Instant;
use vpcc_core::call::{Call, Map, Value};
use vpcc_core::kinds::{Op, derived};
use vpcc_core::model::Address;
use vpcc_core::plan::{Action, MERGED_IDS, Plan, Step};

/// What is looked up and not shown is looked up again after so long.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Calls that can be put together are gathered for this long.
const GATHER: Duration = Duration::from_millis(10);

/// What happens while a plan runs.
#[derive(Clone, Debug)]
pub enum Event<'p> {
    /// A step sends its first call.
    Started(&'p Step),
    /// A call is about to be sent.
    Calling(&'p Step, &'static str),
    /// A removal waits, since something still uses the thing; told again when it is known what that is.
    Waiting(&'p Step, Fault),
    /// A step is complete, after so long.
    Finished(&'p Step, Duration),
    /// A step has failed, after so long.
    Failed(&'p Step, Fault, Duration),
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepEnd {
    /// It is complete.
    Done,
    /// A call failed, or what was made never became ready.
    Failed(Fault),
    /// It was not tried, since the step of this address failed or was left.
    Left(Address),
    /// It was not tried or not completed, since somebody wanted to stop.
    Interrupted,
}

/// What became of a plan.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The end of each step, in the plan's order.
    pub ends: Vec<(Address, StepEnd)>,
    /// Whether anything was changed, or may have been: even a step that failed may have begun.
    pub changed: bool,
}

impl Outcome {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.ends.iter().all(|(_, end)| *end == StepEnd::Done)
    }

    /// How many steps were done.
    pub fn done(&self) -> usize {
        self.ends.iter().filter(|(_, end)| *end == StepEnd::Done).count()
    }
}

/// Runs a plan to its end, or until `cloud` is asked to stop.
pub async fn run(plan: &Plan, cloud: &Patient<'_>, on_event: &dyn Fn(Event<'_>)) -> Outcome {
    let progress: HashMap<&Address, SetOnce<bool>> =
        plan.steps.iter().map(|step| (&step.address, SetOnce::new())).collect();
    let (watch, rings) = (Watch::new(cloud), plan.rings());
    let (known, merging, changed) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
    let runner = Runner { plan, cloud, on_event, watch, progress, rings, known, merging, changed };
    let mut running: FuturesUnordered<_> =
        plan.steps.iter().enumerate().map(async |(index, step)| (index, runner.step(step).await)).collect();
    let mut ends: Vec<Option<StepEnd>> = vec![None; plan.steps.len()];
    let all = async {
        while let Some((index, end)) = running.next().await {
            ends[index] = Some(end);
        }
    };
    tokio::select! {
        // The same run does the same again.
        biased;
        () = all => {}
        () = runner.watch.drive() => {}
    }
    let end = |(step, end): (&Step, Option<StepEnd>)| (step.address.clone(), end.unwrap_or(StepEnd::Interrupted));
    Outcome { ends: plan.steps.iter().zip(ends).map(end).collect(), changed: runner.changed.load(Ordering::Relaxed) }
}

/// Calls that wait to be put together into one, by region and what they have in common.
type Merging = HashMap<(EcoString, Call), Vec<Merged>>;

struct Merged {
    ids: Vec<Value>,
    done: oneshot::Sender<Result<(), Fault>>,
}

struct Runner<'p, 'c> {
    plan: &'p Plan,
    cloud: &'c Patient<'c>,
    on_event: &'c dyn Fn(Event<'_>),
    watch: Watch<'c>,
    /// Of each step whether it is done (`true`), or will never be (`false`). Who waits goes on in the order of coming.
    progress: HashMap<&'p Address, SetOnce<bool>>,
    /// Steps that would wait for each other for ever.
    rings: BTreeSet<&'p Address>,
    /// What came to be known in this run: ids, and values that things show once they are there.
    known: Mutex<HashMap<Address, Value>>,
    merging: Mutex<Merging>,
    changed: AtomicBool,
}

/// Why a step ends early.
enum Stop {
    Failed(Fault),
    Left(Address),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Failed(fault)
    }
}

impl<'p> Runner<'p, '_> {
    async fn step(&self, step: &'p Step) -> StepEnd {
        let mut start = None;
        let result = self.ops(step, &mut start).await;
        let elapsed = start.map_or(Duration::ZERO, |start: Instant| start.elapsed());
        let end = match result {
            Ok(()) => {
                (self.on_event)(Event::Finished(step, elapsed));
                StepEnd::Done
            }
            Err(Stop::Failed(fault)) if fault.code == Fault::INTERRUPTED => StepEnd::Interrupted,
            Err(Stop::Failed(fault)) => {
                (self.on_event)(Event::Failed(step, fault.clone(), elapsed));
                StepEnd::Failed(fault)
            }
            Err(Stop::Left(address)) => StepEnd::Left(address),
        };
        if let Some(progress) = self.progress.get(&step.address) {
            // Each step ends once.
            drop(progress.set(end == StepEnd::Done));
        }
        end
    }

    async fn ops(&self, step: &'p Step, start: &mut Option<Instant>) -> Result<(), Stop> {
        if self.rings.contains(&step.address) {
            return Err(self.waits_for_itself().into());
        }
        let ops = step.ops(self.plan);
        let mentioned: Vec<BTreeSet<&Address>> = ops.iter().map(|op| mentioned(step, op)).collect();
        let later: BTreeSet<&Address> = mentioned.iter().flatten().copied().collect();
        for need in step.needs.iter().filter(|need| !later.contains(need)) {
            self.wait_for(need).await?;
        }
        for (op, mentioned) in ops.iter().zip(&mentioned) {
            for need in mentioned {
                self.wait_for(need).await?;
            }
            if start.is_none() {
                *start = Some(Instant::now());
                (self.on_event)(Event::Started(step));
            }
            self.op(step, op).await?;
        }
        Ok(())
    }

    fn waits_for_itself(&self) -> Fault {
        let steps = self.rings.iter().map(|address| format!("`{address}`")).collect::<Vec<_>>().join(", ");
        Fault::refused("vpcc.Ring", format!("the plan makes these steps wait for each other: {steps}"))
    }

    async fn wait_for(&self, address: &Address) -> Result<(), Stop> {
        let Some(progress) = self.progress.get(address) else { return Ok(()) };
        if *progress.wait().await { Ok(()) } else { Err(Stop::Left(address.clone())) }
    }

    async fn op(&self, step: &'p Step, op: &Op) -> Result<(), Stop> {
        let mut call = op.call.clone();
        let fresh = self.resolve(&mut call);
        let about = if step.needs.is_empty() { fresh } else { About::New };
        if self.cloud.stopped() {
            return Err(Fault::interrupted().into());
        }
        (self.on_event)(Event::Calling(step, call.action));
        let made = self.sent(step, op, &call, about).await;
        let refused = made.as_ref().is_err_and(|fault| fault.effect == Effect::None);
        self.changed.fetch_or(!call.reads() && !refused, Ordering::Relaxed);
        let answer = match made? {
            Made::Answer(answer) => answer,
            Made::Found(item) => return self.adopt(step, op, &item).await,
        };
        let id = self.remember(step, op, &answer)?;
        self.tag(step, op, &call, &answer, &id).await?;
        let Some(until) = op.wait else { return Ok(()) };
        let there = op.gives.as_ref().and_then(|(_, path)| ready_item(step.kind, &answer, path, until));
        let item = match there {
            Some(item) => item,
            None => self.watch.wait(&step.region, step.kind, &id, until).await?,
        };
        self.learn(op, &item, &id)
    }

    async fn sent(&self, step: &'p Step, op: &Op, call: &Call, about: About) -> Result<Made, Fault> {
        match op.merges {
            Some(list) => self.merge(step, call.clone(), list).await.map(Made::Answer),
            None if call.reads() => self.look_up(step, op, call).await.map(Made::Answer),
            None if op.gives.is_some() => self.make(step, op, call, about).await,
            None => {
                let region = op.region.as_ref().unwrap_or(&step.region);
                self.send_to(region, step, call, about).await.map(Made::Answer)
            }
        }
    }

    async fn make(&self, step: &'p Step, op: &Op, call: &Call, about: About) -> Result<Made, Fault> {
        let mut waiting = |fault: &Fault| (self.on_event)(Event::Waiting(step, fault.clone()));
        let request = Request { cloud: self.cloud, stack: &self.plan.stack, step, op, call, about };
        make(&request, &mut waiting).await
    }

    /// Goes on with what a request has made whose answer was lost.
    async fn adopt(&self, step: &'p Step, op: &Op, item: &Map) -> Result<(), Stop> {
        let id = EcoString::from(item.text(step.kind.id));
        self.known().insert(step.address.clone(), id.clone().into());
        let Some(until) = op.wait else { return Ok(()) };
        let item = self.watch.wait(&step.region, step.kind, &id, until).await?;
        self.learn(op, &item, &id)
    }

    /// Keeps what the listing shows that ended a wait.
    fn learn(&self, op: &Op, item: &Map, id: &str) -> Result<(), Stop> {
        let Some((address, path)) = &op.tells else { return Ok(()) };
        let Some(value) = at(item, path, id) else {
            let text = format!("what {} made shows no {path}", op.call.action);
            return Err(Fault::refused("vpcc.UnexpectedAnswer", text).into());
        };
        self.known().insert(address.clone(), value);
        Ok(())
    }

    /// Puts in the ids that are known by now; says whether any of them is new.
    fn resolve(&self, call: &mut Call) -> About {
        let known = self.known();
        let mut about = About::Old;
        for value in call.parameters.values_mut() {
            value.resolve(&mut |address| {
                let value = |address: &Address| known.get(address).cloned();
                let found = value(address).or_else(|| derived(address, value))?;
                about = About::New;
                Some(found)
            });
        }
        about
    }

    async fn send(&self, step: &'p Step, call: &Call, about: About) -> Result<Map, Fault> {
        self.send_to(&step.region, step, call, about).await
    }

    async fn send_to(&self, region: &str, step: &'p Step, call: &Call, about: About) -> Result<Map, Fault> {
        let waiting = |fault: &Fault| (self.on_event)(Event::Waiting(step, fault.clone()));
        blockers::send(self.cloud, region, call, about, &waiting).await
    }

    /// Sends a call that looks something up, again and again for a while if it shows nothing: what EC2 makes along with
    /// something else is listed late at times (EC2 Developer Guide, "Eventual consistency").
    async fn look_up(&self, step: &'p Step, op: &Op, call: &Call) -> Result<Map, Fault> {
        let start = Instant::now();
        loop {
            let answer = self.send(step, call, About::New).await?;
            let shown = op.gives.as_ref().is_none_or(|(_, path)| at(&answer, path, &self.own_id(step, op)).is_some());
            if shown || start.elapsed() > UNTIL_KNOWN {
                return Ok(answer);
            }
            self.cloud.pause(LOOK_AGAIN).await?;
        }
    }

    /// Keeps the id that an answer gives; gives the id of the step's own thing.
    fn remember(&self, step: &Step, op: &Op, answer: &Map) -> Result<EcoString, Fault> {
        if let Some((address, path)) = &op.gives {
            let Some(value) = at(answer, path, &self.own_id(step, op)) else {
                let text = format!("the answer to {} has no {path}", op.call.action);
                return Err(Fault::refused("vpcc.UnexpectedAnswer", text));
            };
            self.known().insert(address.clone(), value);
        }
        Ok(self.own_id(step, op))
    }

    /// The id of what a call of a step is about; empty as long as there is none.
    fn own_id(&self, step: &Step, op: &Op) -> EcoString {
        let own = self.known().get(&step.address).and_then(Value::as_text).map(EcoString::from);
        // A removal is about what was found, whatever else has been made at the address since.
        let found = step.found.as_ref().map(|found| found.id.clone());
        let old = op.call.removes() || step.action == Action::Update;
        if old { found.or(own) } else { own.or(found) }.unwrap_or_default()
    }

    /// Sets the tags that a creation asked for, if its answer shows that they were dropped.
    async fn tag(&self, step: &'p Step, op: &Op, call: &Call, answer: &Map, id: &EcoString) -> Result<(), Fault> {
        let shown = op.shows.and_then(|path| at(answer, path, id));
        if shown.as_ref().and_then(Value::as_map).is_none_or(|item| !item.list("Tags").is_empty()) {
            return Ok(());
        }
        let specification = call.parameters.list("TagSpecifications").first().and_then(Value::as_map);
        let tags = specification.map_or(&[][..], |specification| specification.list("Tags")).to_vec();
        let call = Call::new("CreateTags", Map::new().with("Resources", [id.clone()]).with("Tags", tags));
        (self.on_event)(Event::Calling(step, call.action));
        self.send(step, &call, About::New).await.map(drop)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Address, Value>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a call together with others of its kind. The first to come gathers the others and sends for all.
    async fn merge(&self, step: &'p Step, mut call: Call, list: &'static str) -> Result<Map, Fault> {
        let own = call.parameters.remove(list);
        let ids = own.as_ref().and_then(Value::as_list).unwrap_or_default().to_vec();
        let key = (step.region.clone(), call);
        let (done, end) = oneshot::channel();
        let first = {
            let mut merging = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = merging.entry(key.clone()).or_default();
            queue.push(Merged { ids, done });
            queue.len() == 1
        };
        if first {
            tokio::time::sleep(GATHER).await;
            let all = self.merging.lock().unwrap_or_else(PoisonError::into_inner).remove(&key).unwrap_or_default();
            self.send_merged(step, &key.1, list, all).await;
        }
        end.await.unwrap_or_else(|_| Err(Fault::interrupted())).map(|()| Map::new())
    }

    async fn send_merged(&self, step: &'p Step, common: &Call, list: &'static str, mut all: Vec<Merged>) {
        while !all.is_empty() {
            let rest = all.split_off(all.len().min(MERGED_IDS));
            let ids: Vec<Value> = all.iter().flat_map(|merged| merged.ids.clone()).collect();
            let result = self.send_listed(step, common, list, ids).await;
            // One bad id spoils a call for all; each on its own, only for itself.
            let alone = result.is_err() && all.len() > 1;
            for merged in all {
                let result =
                    if alone { self.send_listed(step, common, list, merged.ids).await } else { result.clone() };
                drop(merged.done.send(result));
            }
            all = rest;
        }
    }

    async fn send_listed(
        &self,
        step: &'p Step,
        common: &Call,
        list: &'static str,
        ids: Vec<Value>,
    ) -> Result<(), Fault> {
        let mut call = common.clone();
        call.parameters.push(list, ids);
        self.send(step, &call, About::Old).await.map(drop)
    }
}

/// The steps that a step needs and a call of it mentions.
fn mentioned<'p>(step: &'p Step, op: &Op) -> BTreeSet<&'p Address> {
    let mut found = BTreeSet::new();
    for (_, value) in op.call.parameters.iter() {
        value.each_ref(&mut |address| found.extend(step.needs.iter().find(|need| *need == address)));
    }
    found
}
