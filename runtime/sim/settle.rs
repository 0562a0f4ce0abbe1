//! What happens by itself as time goes on.
//!
//! It happens when the next call comes, and then is kept: what somebody has seen stays so, also for those who open a file
//! later.

use super::endpoints;
use super::instances::{Instance, Phase};
use super::region::Region;
use super::time::{Moment, Timing};
use super::{
    customer_gateways, elastic_ips, interfaces, nat_gateways, own_images, peerings, subnet_blocks, volume_life,
    vpc_blocks, vpn_connections, vpn_gateways,
};

/// Lets happen what is due by now; gives whether anything was.
pub(super) fn settle(region: &mut Region, timing: &Timing, now: Moment) -> bool {
    let vpcs = region.vpcs.iter_mut().map(|(_, vpc)| &mut vpc.pending_until);
    let subnets = region.subnets.iter_mut().map(|(_, subnet)| &mut subnet.pending_until);
    let mut settled = vpcs.chain(subnets).filter_map(|until| pass(until, now)).count();
    for (_, instance) in region.instances.iter_mut() {
        let of_profile = instance.profile.as_mut().map(|profile| &mut profile.pending_until);
        let untils = [Some(&mut instance.metadata.pending_until), of_profile];
        settled += untils.into_iter().flatten().filter_map(|until| pass(until, now)).count();
    }
    let ids: Vec<String> = region.instances.iter().map(|(id, _)| id.to_owned()).collect();
    settled += ids.iter().filter_map(|id| go_on(region, id, now)).count();
    settled += endpoints::settle(region, now);
    settled += volume_life::settle(region, now);
    settled += own_images::settle(region, now);
    settled += vpc_blocks::settle(region, now) + subnet_blocks::settle(region, now);
    settled += nat_gateways::settle(region, timing, now);
    settled += vpn_gateways::settle(region, timing, now) + customer_gateways::settle(region, timing, now);
    settled += vpn_connections::settle(region, timing, now) + peerings::settle(region, timing, now);
    settled += forget(region, timing, now);
    settled > 0
}

fn pass(until: &mut Option<Moment>, now: Moment) -> Option<Moment> {
    until.take_if(|until| *until <= now)
}

/// Takes an instance into its next phase, if that is due.
fn go_on(region: &mut Region, id: &str, now: Moment) -> Option<()> {
    match region.instances.get(id)?.phase {
        Phase::Pending { until } if until <= now && region.instances.get(id)?.doomed => terminate(region, id, until),
        Phase::Pending { until } if until <= now => run(region, id),
        Phase::Stopping { until } if until <= now => stop(region, id),
        Phase::ShuttingDown { until } if until <= now => terminate(region, id, until),
        _ => None,
    }
}

fn run(region: &mut Region, id: &str) -> Option<()> {
    let instance = region.instances.get_mut(id)?;
    instance.phase = Phase::Running;
    let interface_id = instance.interface.clone();
    interfaces::give_public(region, &interface_id);
    Some(())
}

/// A stopped instance keeps its private address and an elastic one, and loses the public one that it was given (EC2 User
/// Guide, "Instance IP addressing").
fn stop(region: &mut Region, id: &str) -> Option<()> {
    let instance = region.instances.get_mut(id)?;
    instance.phase = Phase::Stopped;
    if let Some(interface) = region.interfaces.get_mut(&instance.interface) {
        interface.public = None;
    }
    Some(())
}

/// What is to go with an instance goes; the rest is left without it.
fn terminate(region: &mut Region, id: &str, since: Moment) -> Option<()> {
    let instance = region.instances.get_mut(id)?;
    instance.phase = Phase::Terminated { since };
    instance.profile = None;
    region.interfaces.retain(|interface| {
        let attachment = interface.attachment.as_ref().filter(|attachment| attachment.instance == id);
        attachment.is_none_or(|attachment| !attachment.delete_on_termination)
    });
    region.volumes.retain(|volume| {
        let attachment = volume.attachment.as_ref().filter(|attachment| attachment.instance == id);
        attachment.is_none_or(|attachment| !attachment.delete_on_termination)
    });
    for (_, interface) in region.interfaces.iter_mut().filter(|(_, interface)| interface.instance() == Some(id)) {
        interface.attachment = None;
        interface.public = None;
    }
    elastic_ips::free(region);
    for (_, volume) in region.volumes.iter_mut() {
        volume.attachment.take_if(|attachment| attachment.instance == id);
    }
    Some(())
}

/// Terminated instances are listed for a while; gives how many are not any more.
fn forget(region: &mut Region, timing: &Timing, now: Moment) -> usize {
    let before = region.instances.len();
    let listed = |instance: &Instance| match instance.phase {
        Phase::Terminated { since } => now < since.after(timing.listed),
        _ => true,
    };
    region.instances.retain(listed);
    before - region.instances.len()
}
