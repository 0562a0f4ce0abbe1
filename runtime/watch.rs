//! Waits for things to become what they should be: one shared Describe for all that wait, not one a thing.

use crate::cloud::Fault;
use crate::observe::{filter, pages};
use crate::patience::Patient;
use ecow::EcoString;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;
use vpcc_core::call::{Map, Value};
use vpcc_core::kinds::{Kind, State, Wait};

/// Whoever starts to wait within this time of another shares its first poll.
const GATHER: Duration = Duration::from_millis(20);
const FIRST_INTERVAL: Duration = Duration::from_millis(200);
const LONGEST_INTERVAL: Duration = Duration::from_secs(10);
/// EC2 takes 200 values in a filter (EC2 API Reference, "FilterLimitExceeded").
const FILTER_VALUES: usize = 200;
/// The slowest things, images and NAT gateways on their way out, take less (ec2-user-guide, "NAT gateways").
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// All that wait in a run.
pub(crate) struct Watch<'c> {
    cloud: &'c Patient<'c>,
    waiting: Mutex<Vec<Waiting>>,
    news: Notify,
}

struct Waiting {
    region: EcoString,
    kind: &'static Kind,
    id: EcoString,
    until: Wait,
    since: Instant,
    done: oneshot::Sender<Result<(), Fault>>,
}

impl<'c> Watch<'c> {
    pub(crate) fn new(cloud: &'c Patient<'c>) -> Self {
        Watch { cloud, waiting: Mutex::default(), news: Notify::new() }
    }

    /// Waits until the thing is what it should be.
    ///
    /// # Errors
    /// When it never will be, when nobody can tell, or when it takes too long.
    pub(crate) async fn wait(
        &self,
        region: &EcoString,
        kind: &'static Kind,
        id: &EcoString,
        until: Wait,
    ) -> Result<(), Fault> {
        let (done, end) = oneshot::channel();
        let (region, id, since) = (region.clone(), id.clone(), Instant::now());
        self.waiting().push(Waiting { region, kind, id, until, since, done });
        self.news.notify_one();
        end.await.unwrap_or_else(|_| Err(Fault::interrupted()))
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls for all that wait, for ever; whoever runs the steps drops it at their end.
    pub(crate) async fn drive(&self) {
        let mut interval = FIRST_INTERVAL;
        loop {
            if self.waiting().is_empty() {
                self.news.notified().await;
                interval = FIRST_INTERVAL;
                tokio::time::sleep(GATHER).await;
            }
            let before = self.poll().await;
            if self.cloud.pause(interval).await.is_err() {
                self.waiting().clear();
            }
            let more = self.waiting().len() > before;
            interval = if more { FIRST_INTERVAL } else { interval.mul_f64(1.5).min(LONGEST_INTERVAL) };
        }
    }

    /// Asks once for everything that is waited for; gives how many still wait.
    async fn poll(&self) -> usize {
        let mut groups: BTreeMap<(EcoString, usize), (&'static Kind, Vec<EcoString>)> = BTreeMap::new();
        for waiting in self.waiting().iter() {
            let group = groups.entry((waiting.region.clone(), waiting.kind.rank()));
            group.or_insert((waiting.kind, Vec::new())).1.push(waiting.id.clone());
        }
        for ((region, _), (kind, ids)) in groups {
            for ids in ids.chunks(FILTER_VALUES) {
                let items = self.items(&region, kind, ids).await;
                self.settle(&region, kind, ids, &items);
            }
        }
        self.waiting().len()
    }

    async fn items(&self, region: &str, kind: &Kind, ids: &[EcoString]) -> Result<HashMap<EcoString, Map>, Fault> {
        let Some(describe) = kind.describe else { return Ok(HashMap::new()) };
        let by_id = vec![filter(describe.id_filter, ids.iter().map(EcoString::as_str))];
        let items = pages(self.cloud, region, describe.action, describe.list, describe.page, by_id).await?;
        Ok(items.into_iter().map(|item| (item.text(kind.id).into(), item)).collect())
    }

    fn settle(&self, region: &str, kind: &Kind, ids: &[EcoString], items: &Result<HashMap<EcoString, Map>, Fault>) {
        let mut waiting = self.waiting();
        let all = std::mem::take(&mut *waiting);
        for entry in all {
            if entry.region != region || entry.kind != kind || !ids.contains(&entry.id) {
                waiting.push(entry);
                continue;
            }
            let verdict = match items {
                Ok(items) => verdict(&entry, items.get(&entry.id)),
                Err(fault) => Some(Err(fault.clone())),
            };
            match verdict {
                // Nobody listens any more if the step was dropped; that is no harm.
                Some(result) => drop(entry.done.send(result)),
                None => waiting.push(entry),
            }
        }
    }
}

/// Whether the wait is over, and how; `None` while it goes on.
fn verdict(waiting: &Waiting, item: Option<&Map>) -> Option<Result<(), Fault>> {
    let state = item.map(|item| (waiting.kind.state)(item));
    let over = match (waiting.until, state) {
        (Wait::Ready, Some(State::Ready)) | (Wait::Stopped, Some(State::Stopped)) => return Some(Ok(())),
        (Wait::Gone, None | Some(State::Gone)) => return Some(Ok(())),
        (Wait::Ready | Wait::Stopped, Some(State::Failed(why))) => Some(why),
        (Wait::Ready | Wait::Stopped, Some(State::Going | State::Gone)) => Some(reason(item)),
        _ => None,
    };
    let name = format!("{} {}", waiting.kind.noun(), waiting.id);
    match over {
        Some(why) => Some(Err(Fault::refused("vpcc.Failed", format!("{name} went away: {why}")))),
        None if waiting.since.elapsed() > PATIENCE => {
            let minutes = PATIENCE.as_secs() / 60;
            Some(Err(Fault::refused("vpcc.TooSlow", format!("{name} took more than {minutes} minutes"))))
        }
        None => None,
    }
}

/// Why an instance ended by itself (EC2 User Guide, "Troubleshoot instance launch issues").
fn reason(item: Option<&Map>) -> String {
    match item.and_then(|item| item.map("StateReason")).map_or("", |reason| reason.text("Message")) {
        "" => "EC2 gives no reason".to_owned(),
        text => text.to_owned(),
    }
}

/// Whether the answer that gave an id shows the thing in the state that is waited for, so that nobody has to ask.
pub(crate) fn is_there_already(kind: &Kind, answer: &Map, path: &str, until: Wait) -> bool {
    let holder = path.rsplit_once('.').and_then(|(holder, _)| at(answer, holder));
    let state = holder.as_ref().and_then(Value::as_map).map(|item| (kind.state)(item));
    until == Wait::Ready && state == Some(State::Ready)
}

/// The value at a path of names and places in lists: `Instances.0.InstanceId`.
pub(crate) fn at(map: &Map, path: &str) -> Option<Value> {
    let mut value: Value = map.clone().into();
    for part in path.split('.') {
        value = match (&value, part.parse::<usize>()) {
            (Value::List(list), Ok(index)) => list.get(index)?.clone(),
            (Value::Map(map), _) => map.get(part)?.clone(),
            _ => return None,
        };
    }
    Some(value)
}
