//! Starting, stopping and terminating instances. What comes of it as time goes on is in [`settle`](super::settle).

use super::ids;
use super::instances::{Instance, Phase};
use super::refusal::{Refusal, Reply};
use super::site::Site;
use serde::Deserialize;
use vpcc_core::call::Map;

/// `StartInstances`, `StopInstances` and `TerminateInstances`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Named {
    instance_ids: Vec<String>,
}

/// `StartInstances`: of one that runs or is on its way there, it says so.
pub(super) fn start(site: &mut Site, call: Named) -> Reply {
    let until = site.now.after(site.terms.timing.start);
    let now = site.now;
    change(site, &call, "StartingInstances", |id, instance| match instance.phase {
        Phase::Stopped => {
            instance.launched = now;
            instance.phase = Phase::Pending { until };
            Ok(())
        }
        Phase::Pending { .. } | Phase::Running => Ok(()),
        _ => Err(wrong_state(id, "started")),
    })
}

/// `StopInstances`: of one that is stopped or on its way there, it says so.
pub(super) fn stop(site: &mut Site, call: Named) -> Reply {
    let until = site.now.after(site.terms.timing.stop);
    change(site, &call, "StoppingInstances", |id, instance| match instance.phase {
        Phase::Running => {
            instance.phase = Phase::Stopping { until };
            Ok(())
        }
        Phase::Stopping { .. } | Phase::Stopped => Ok(()),
        _ => Err(wrong_state(id, "stopped")),
    })
}

/// `TerminateInstances`: from any state, and again (EC2 API Reference).
pub(super) fn terminate(site: &mut Site, call: Named) -> Reply {
    let until = site.now.after(site.terms.timing.terminate);
    change(site, &call, "TerminatingInstances", |_, instance| {
        if !instance.phase.ends() {
            instance.phase = Phase::ShuttingDown { until };
        }
        Ok(())
    })
}

fn wrong_state(id: &str, what: &str) -> Refusal {
    let message = format!("The instance '{id}' is not in a state from which it can be {what}.");
    Refusal::new("IncorrectInstanceState", message)
}

/// How many instances one call may name (EC2 API Reference, "TerminateInstances").
const MOST: usize = 1000;

/// Changes all instances that a request names, or none.
fn change(
    site: &mut Site,
    call: &Named,
    list: &'static str,
    mut change: impl FnMut(&str, &mut Instance) -> Result<(), Refusal>,
) -> Reply {
    check_ids(site, &call.instance_ids)?;
    let mut changes = Vec::new();
    for id in &call.instance_ids {
        let instance = site.region.instances.find_mut(id)?;
        let before = instance.phase.state();
        change(id, instance)?;
        let states = Map::new().with("InstanceId", id.as_str()).with("PreviousState", before);
        changes.push(states.with("CurrentState", instance.phase.state()));
    }
    Ok(Map::new().with(list, changes))
}

fn check_ids(site: &Site, ids: &[String]) -> Result<(), Refusal> {
    if ids.is_empty() {
        return Err(Refusal::missing("InstanceIds"));
    }
    if ids.len() > MOST {
        return Err(Refusal::invalid(format!("At most {MOST} instances can be named in a request.")));
    }
    ids.iter().try_for_each(|id| ids::INSTANCE.check(id))?;
    let absent: Vec<&str> =
        ids.iter().map(String::as_str).filter(|id| site.region.instances.get(id).is_none()).collect();
    match absent.as_slice() {
        [] => Ok(()),
        [id] => Err(ids::INSTANCE.absent(id)),
        several => {
            let message = format!("The instance IDs '{}' do not exist", several.join(", "));
            Err(Refusal::new(ids::INSTANCE.absent, message))
        }
    }
}
