//! Waits for things to become what they should be: one shared Describe for all that wait, not one a thing.

use crate::cloud::Fault;
use crate::observe::{filter, pages};
use crate::patience::Patient;
use ecow::EcoString;
use futures_util::future::join_all;
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
    groups: Mutex<BTreeMap<(EcoString, usize), Group>>,
    news: Notify,
}

/// Things of one kind in one region, which one Describe tells about.
struct Group {
    kind: &'static Kind,
    waiting: Vec<Waiting>,
    interval: Duration,
    next: Instant,
}

struct Waiting {
    id: EcoString,
    until: Wait,
    since: Instant,
    done: oneshot::Sender<Result<Map, Fault>>,
}

impl<'c> Watch<'c> {
    /// The code for what never will be what it should be.
    pub(crate) const FAILED: &'static str = "vpcc.Failed";

    pub(crate) fn new(cloud: &'c Patient<'c>) -> Self {
        Watch { cloud, groups: Mutex::default(), news: Notify::new() }
    }

    /// Waits until the thing is what it should be; gives it as it is then listed, empty if it is gone.
    ///
    /// # Errors
    /// When it never will be, when nobody can tell, or when it takes too long.
    pub(crate) async fn wait(
        &self,
        region: &EcoString,
        kind: &'static Kind,
        id: &EcoString,
        until: Wait,
    ) -> Result<Map, Fault> {
        let (done, end) = oneshot::channel();
        let now = Instant::now();
        {
            let mut groups = self.groups();
            let group = groups.entry((region.clone(), kind.rank())).or_insert_with(|| Group {
                kind,
                waiting: Vec::new(),
                interval: FIRST_INTERVAL,
                next: now + GATHER,
            });
            group.waiting.push(Waiting { id: id.clone(), until, since: now, done });
            // Who comes later is looked after soon, too.
            group.next = group.next.min(now + FIRST_INTERVAL);
            group.interval = FIRST_INTERVAL;
        }
        self.news.notify_one();
        end.await.unwrap_or_else(|_| Err(Fault::interrupted()))
    }

    fn groups(&self) -> MutexGuard<'_, BTreeMap<(EcoString, usize), Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls for all that wait, for ever; whoever runs the steps drops it at their end.
    pub(crate) async fn drive(&self) {
        loop {
            let next = self.groups().values().map(|group| group.next).min();
            let Some(next) = next else {
                self.news.notified().await;
                continue;
            };
            tokio::select! {
                biased;
                () = self.news.notified() => {}
                paused = self.cloud.pause(next.saturating_duration_since(Instant::now())) => match paused {
                    Ok(()) => self.poll().await,
                    Err(_) => self.groups().clear(),
                },
            }
        }
    }

    /// Asks once for everything that is due.
    async fn poll(&self) {
        let now = Instant::now();
        let due: Vec<_> = {
            let groups = self.groups();
            let due = groups.iter().filter(|(_, group)| group.next <= now);
            let ids = |group: &Group| group.waiting.iter().map(|waiting| waiting.id.clone()).collect::<Vec<_>>();
            due.map(|(key, group)| (key.clone(), group.kind, ids(group))).collect()
        };
        join_all(due.into_iter().map(async |(key, kind, ids)| {
            for ids in ids.chunks(FILTER_VALUES) {
                let items = self.items(&key.0, kind, ids).await;
                self.settle(&key, ids, &items);
            }
        }))
        .await;
    }

    async fn items(
        &self,
        region: &str,
        kind: &'static Kind,
        ids: &[EcoString],
    ) -> Result<HashMap<EcoString, Map>, Fault> {
        let Some(describe) = kind.listed_with().describe else { return Ok(HashMap::new()) };
        // No filter knows the ids of several parts; their owners are few.
        let by_id = kind.each.is_none().then(|| filter(describe.id_filter, ids.iter().map(EcoString::as_str)));
        let filters = by_id.into_iter().collect();
        let listed = pages(self.cloud, region, describe.action, describe.list, describe.page, filters).await?;
        let items = match kind.each {
            Some(each) => listed.iter().flat_map(each).map(|(_, part)| part).collect(),
            None => listed,
        };
        Ok(items.into_iter().map(|item| (item.text(kind.id).into(), item)).collect())
    }

    fn settle(&self, key: &(EcoString, usize), ids: &[EcoString], items: &Result<HashMap<EcoString, Map>, Fault>) {
        let mut groups = self.groups();
        let Some(group) = groups.get_mut(key) else { return };
        for waiting in std::mem::take(&mut group.waiting) {
            let verdict = match items {
                _ if !ids.contains(&waiting.id) => None,
                Ok(items) => verdict(group.kind, &waiting, items.get(&waiting.id)),
                Err(fault) => Some(Err(fault.clone())),
            };
            match verdict {
                // Nobody listens any more if the step was dropped; that is no harm.
                Some(result) => drop(waiting.done.send(result)),
                None => group.waiting.push(waiting),
            }
        }
        group.next = Instant::now() + group.interval;
        group.interval = group.interval.mul_f64(1.5).min(LONGEST_INTERVAL);
        if group.waiting.is_empty() {
            groups.remove(key);
        }
    }
}

/// Whether the wait is over, and how; `None` while it goes on.
fn verdict(kind: &Kind, waiting: &Waiting, item: Option<&Map>) -> Option<Result<Map, Fault>> {
    let state = item.map(|item| (kind.state)(item));
    let over = match (waiting.until, state) {
        (Wait::Ready | Wait::Either, Some(State::Ready))
        | (Wait::Stopped | Wait::Either, Some(State::Stopped))
        | (Wait::Gone, Some(State::Gone)) => {
            return Some(Ok(item.cloned().unwrap_or_default()));
        }
        (Wait::Gone, None) => return Some(Ok(Map::new())),
        (Wait::Ready | Wait::Stopped | Wait::Either, Some(State::Failed(why))) => Some(why),
        (Wait::Ready | Wait::Stopped | Wait::Either, Some(State::Going | State::Gone)) => Some(reason(item)),
        _ => None,
    };
    let name = format!("{} {}", kind.noun(), waiting.id);
    match over {
        Some(why) => Some(Err(Fault::refused(Watch::FAILED, format!("{name} went away: {why}")))),
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

/// The thing, if the answer that gave its id shows it in the state that is waited for, so that nobody has to ask.
pub(crate) fn ready_item(kind: &Kind, answer: &Map, path: &str, until: Wait) -> Option<Map> {
    let (holder, _) = path.rsplit_once('.')?;
    let holder = at(answer, holder, "")?;
    let item = holder.as_map()?;
    (until == Wait::Ready && (kind.state)(item) == State::Ready).then(|| item.clone())
}

/// The value at a path of names, places in lists and `Name=?`, the item of a list whose `Name` is `id`:
/// `Instances.0.InstanceId`, `Associations.SubnetId=?.AssociationId`.
pub(crate) fn at(map: &Map, path: &str, id: &str) -> Option<Value> {
    let mut value: Value = map.clone().into();
    for part in path.split('.') {
        value = match &value {
            Value::List(list) => match (part.strip_suffix("=?"), part.parse::<usize>()) {
                (Some(name), _) => list.iter().find(|item| item.as_map().is_some_and(|item| item.text(name) == id))?,
                (None, index) => list.get(index.ok()?)?,
            }
            .clone(),
            Value::Map(map) => map.get(part)?.clone(),
            _ => return None,
        };
    }
    Some(value)
}
