//! One run of vpcc, as its commands go about it, on a line to EC2 that may be cut.

use super::account::{self, Account, REGION, clock, is_gone};
use ecow::EcoString;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use vpcc_core::call::{Call, Map};
use vpcc_core::kinds::Wanted;
use vpcc_core::plan::{Images, Plan};
use vpcc_runtime::sim::Sim;
use vpcc_runtime::{
    Answer, Claimant, Cloud, Fault, Holder, Lock, LockProblem, Patient, StepEnd, Survey, clear, holder, is_as_listed,
    lock, run, settle, settled, survey, unlock,
};

/// Giving a lock back is tried for so long.
const UNTIL_RELEASED: Duration = Duration::from_secs(20);

/// What is to happen to a process.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    pub death: Option<Death>,
    /// When somebody presses Ctrl-C.
    pub stops: Option<Duration>,
    /// How long it waits for the lock.
    pub waits: Duration,
}

/// When a process dies.
#[derive(Clone, Copy, Debug)]
pub struct Death {
    /// With this call, counted from 1.
    pub call: usize,
    /// Whether only calls that change something count.
    pub changing: bool,
    pub moment: Moment,
    /// Whether other requests that are on their way are lost with it.
    pub cuts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The call isn't sent any more.
    Before,
    /// The call is on its way, and nobody hears the answer.
    Meanwhile,
    /// The answer has come, and nothing else is sent.
    After,
}

/// How a process ended.
#[derive(Debug)]
pub enum End {
    /// All is as the program says.
    Done,
    /// A part was done.
    Partly(BTreeMap<String, StepEnd>),
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Somebody else has the lock.
    Held(Option<Box<Holder>>),
    /// The program says to keep what would go.
    Refused,
    /// EC2 said no, or nothing.
    Failed(Fault),
    /// The lock was lost.
    Lost,
    /// It died with this call.
    Died(String, Moment),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Done => write!(f, "done"),
            End::Partly(rest) => write!(f, "done but for {rest:?}"),
            End::Interrupted => write!(f, "interrupted"),
            End::Held(holder) => {
                write!(f, "held up by {:?}", holder.as_ref().map(|holder| (&holder.machine, &holder.process)))
            }
            End::Refused => write!(f, "refused"),
            End::Failed(fault) => write!(f, "failed: {fault}"),
            End::Lost => write!(f, "without its lock"),
            End::Died(call, moment) => write!(f, "dead {} of {call}", Death::words(*moment)),
        }
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> End {
        if fault.code == Fault::INTERRUPTED { End::Interrupted } else { End::Failed(fault) }
    }
}

/// Who runs it.
#[derive(Clone, Debug)]
pub struct Who {
    pub number: u64,
    pub machine: &'static str,
}

impl Who {
    fn process(&self) -> String {
        format!("{} 1", self.number)
    }

    fn claimant(&self) -> Claimant {
        Claimant { owner: "ann".to_owned(), machine: self.machine.to_owned(), process: self.process(), is_gone, clock }
    }
}

/// A line to EC2. What was sent goes on its way whatever becomes of the sender.
struct Line {
    sim: Arc<Sim>,
    death: Option<Death>,
    sent: AtomicUsize,
    dead: AtomicBool,
    died: Notify,
    last: Mutex<String>,
    underway: Mutex<Vec<AbortHandle>>,
    /// Whether somebody wants to see what is said.
    told: bool,
}

impl Line {
    fn new(sim: &Arc<Sim>, death: Option<Death>) -> Line {
        Line {
            sim: Arc::clone(sim),
            death,
            sent: AtomicUsize::new(0),
            dead: AtomicBool::new(false),
            died: Notify::new(),
            last: Mutex::default(),
            underway: Mutex::default(),
            told: std::env::var_os("TRACE").is_some(),
        }
    }

    fn tell(&self, call: &Call, answer: &Result<Map, Fault>) {
        if self.told {
            let answer = match answer {
                Ok(answer) => serde_json::to_string(answer).unwrap(),
                Err(fault) => fault.to_string(),
            };
            let (now, parameters) = (clock().duration_since(UNIX_EPOCH).unwrap(), &call.parameters);
            eprintln!("{now:?} {} {} => {answer:.300}", call.action, serde_json::to_string(parameters).unwrap());
        }
    }

    /// Whether the process dies with this call, and when.
    fn dies(&self, call: &Call) -> Option<Death> {
        let death = self.death.filter(|death| !death.changing || !call.reads())?;
        (self.sent.fetch_add(1, Ordering::Relaxed) + 1 == death.call).then_some(death)
    }

    fn die(&self, call: &Call, death: Death) {
        self.dead.store(true, Ordering::Relaxed);
        *self.last.lock().unwrap() = call.action.to_owned();
        if death.cuts {
            self.underway.lock().unwrap().iter().for_each(AbortHandle::abort);
        }
        self.died.notify_one();
    }
}

impl Cloud for Line {
    fn call<'a>(&'a self, region: &'a str, call: &'a Call) -> Answer<'a> {
        Box::pin(async move {
            if self.dead.load(Ordering::Relaxed) {
                return std::future::pending().await;
            }
            let death = self.dies(call);
            let at = |moment| death.filter(|death| death.moment == moment);
            if let Some(death) = at(Moment::Before) {
                self.die(call, death);
                return std::future::pending().await;
            }
            let (sim, region, request) = (Arc::clone(&self.sim), region.to_owned(), call.clone());
            let sent = tokio::spawn(async move { sim.call(&region, &request).await });
            if let Some(death) = at(Moment::Meanwhile) {
                self.die(call, death);
            }
            self.underway.lock().unwrap().push(sent.abort_handle());
            let Ok(answer) = sent.await else { return std::future::pending().await };
            if let Some(death) = at(Moment::After) {
                self.die(call, death);
            }
            self.tell(call, &answer);
            if self.dead.load(Ordering::Relaxed) { std::future::pending().await } else { answer }
        })
    }

    fn throttles(&self) -> bool {
        self.sim.throttles()
    }
}

/// Runs vpcc: `apply` with what is wanted, or `destroy` with nothing.
pub async fn vpcc(account: &Account, who: &Who, wanted: &Wanted, fate: &Fate) -> (End, usize) {
    let line = Line::new(&account.sim, fate.death);
    let stop = watch::Sender::new(false);
    let work = Run { account, who, wanted, line: &line, stop: &stop };
    let signal = async {
        match fate.stops {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
        stop.send_replace(true);
        std::future::pending::<()>().await;
    };
    let mut steps = 0;
    let end = tokio::select! {
        biased;
        () = line.died.notified() => {
            let call = line.last.lock().unwrap().clone();
            End::Died(call, fate.death.map_or(Moment::Before, |death| death.moment))
        }
        end = work.run(fate.waits, &mut steps) => end.unwrap_or_else(|end| end),
        () = signal => End::Interrupted,
    };
    if line.told {
        eprintln!("=== {who:?}, {fate:?}: {end}");
    }
    account::end(&who.process());
    if account.working.get() == Some(who.number) {
        account.working.set(None);
    }
    (end, steps)
}

/// Breaks the lock of somebody who is dead, as `vpcc unlock` does; gives the machine that it was on.
pub async fn break_lock(account: &Account) -> Option<String> {
    let line = Line::new(&account.sim, None);
    let patient = Patient::new(&line, watch::Sender::new(false).subscribe());
    let holder = holder(&patient, REGION, crate::embedded::STACK).await.ok()??;
    unlock(&patient, REGION, &holder).await.ok()?;
    Some(holder.machine)
}

/// What would change.
pub async fn plan(account: &Account, wanted: &Wanted) -> Plan {
    let line = Line::new(&account.sim, None);
    let stop = watch::Sender::new(false);
    let who = Who { number: 0, machine: "looking" };
    let look = Run { account, who: &who, wanted, line: &line, stop: &stop };
    look.look().await.unwrap_or_else(|end| panic!("nobody can look: {end:?}")).plan
}

struct Run<'r> {
    account: &'r Account,
    who: &'r Who,
    wanted: &'r Wanted,
    line: &'r Line,
    stop: &'r watch::Sender<bool>,
}

impl Run<'_> {
    fn patient(&self) -> Patient<'_> {
        Patient::new(self.line, self.stop.subscribe())
    }

    async fn survey(&self) -> Result<Survey, End> {
        let survey = self.look().await?;
        if survey.plan.refused.is_empty() { Ok(survey) } else { Err(End::Refused) }
    }

    async fn look(&self) -> Result<Survey, End> {
        let (stack, regions) = (crate::embedded::STACK, [EcoString::from(REGION)]);
        let survey = survey(&self.patient(), stack, REGION, &regions, self.wanted.clone(), Images::Kept).await?;
        assert!(survey.images.is_empty(), "{:?}", survey.images);
        Ok(survey)
    }

    /// What there is when everything that was begun before has come to its end.
    async fn settled(&self, survey: Survey) -> Result<Survey, End> {
        let again = async |survey: &Survey| {
            settle(&self.patient(), survey).await?;
            self.survey().await
        };
        settled(survey, again).await
    }

    async fn again(&self, destroys: bool) -> Result<Survey, End> {
        let survey = self.survey().await?;
        if destroys { Ok(survey) } else { self.settled(survey).await }
    }

    async fn run(&self, waits: Duration, steps: &mut usize) -> Result<End, End> {
        let mut survey = self.survey().await?;
        if survey.plan.is_empty() {
            survey = self.settled(survey).await?;
        }
        let home = EcoString::from(REGION);
        if survey.plan.is_empty() {
            if survey.locked || self.wanted.resources.is_empty() {
                drop(clear(&self.patient(), &home, crate::embedded::STACK, &self.who.claimant()).await);
            }
            return Ok(End::Done);
        }
        let taking =
            lock(&self.patient(), &home, crate::embedded::STACK, &self.who.claimant(), waits, &mut |_| {}).await;
        let lock = taking.map_err(|problem| match problem {
            LockProblem::Held(holder) => End::Held(holder),
            LockProblem::Fault(fault) => fault.into(),
        })?;
        assert_eq!(self.account.working.replace(Some(self.who.number)), None, "two are at work");
        self.account.taken_over.update(|times| times + u64::from(lock.goes_on()));
        let keeper = Patient::new(self.line, watch::Sender::new(false).subscribe());
        let own = lock.clone();
        let work = async {
            let end = self.work(survey, &own, steps).await;
            self.account.working.set(None);
            end
        };
        tokio::pin!(work);
        let end = tokio::select! {
            biased;
            end = &mut work => end,
            _ = lock.keep(&keeper) => {
                self.stop.send_replace(true);
                work.await.and(Err(End::Lost))
            }
        };
        let released = tokio::time::timeout(UNTIL_RELEASED, lock.release(&keeper)).await;
        self.account.unreleased.update(|times| times + u64::from(!matches!(released, Ok(Ok(())))));
        end
    }

    /// What is done under the lock.
    async fn work(&self, survey: Survey, lock: &Lock, steps: &mut usize) -> Result<End, End> {
        let destroys = self.wanted.resources.is_empty();
        let settled = survey.live.is_empty() || destroys;
        let listed = &survey.live;
        let same = settled && is_as_listed(&self.patient(), crate::embedded::STACK, &survey.regions, listed).await?;
        let plan = if same { survey.plan } else { self.again(destroys).await?.plan };
        *steps = plan.steps.len();
        let patient = self.patient().under(lock);
        let outcome = run(&plan, &patient, &|_| {}).await;
        if outcome.is_complete() {
            return Ok(End::Done);
        }
        if patient.stopped() {
            return Ok(End::Interrupted);
        }
        let undone = outcome.ends.into_iter().filter(|(_, end)| *end != StepEnd::Done);
        Ok(End::Partly(undone.map(|(address, end)| (address.to_string(), end)).collect()))
    }
}

impl Death {
    /// What a death at a moment is called.
    pub fn words(moment: Moment) -> &'static str {
        match moment {
            Moment::Before => "before a call",
            Moment::Meanwhile => "in the middle of a call",
            Moment::After => "after a call",
        }
    }
}
