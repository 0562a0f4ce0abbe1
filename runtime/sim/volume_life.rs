//! Making volumes, attaching them to instances, detaching and deleting them (EBS User Guide, "Volume lifecycle").

use super::answer;
use super::disks;
use super::ids;
use super::instances::Phase;
use super::refusal::{Refusal, Reply};
use super::region::Region;
use super::regions;
use super::site::Site;
use super::tags::{self, Specifications};
use super::time::Moment;
use super::tokens::Token;
use super::volumes::{self, Attachment, Shape, Volume};
use serde::Deserialize;

/// `CreateVolume`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    availability_zone: String,
    size: Option<i64>,
    volume_type: Option<String>,
    iops: Option<i64>,
    throughput: Option<i64>,
    encrypted: Option<bool>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// `CreateVolume`: an empty one.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    let made = token.made(site)?;
    if let Some((id, volume)) = made.and_then(|id| site.region.volumes.get(&id).map(|volume| (id, volume))) {
        return Ok(volumes::view(&id, volume));
    }
    regions::check_zone(&site.region.name, &call.availability_zone)?;
    let shape = Shape {
        form: call.volume_type.unwrap_or_else(|| "gp2".to_owned()),
        size: call.size.ok_or_else(disks::no_size)?,
        iops: call.iops,
        throughput: call.throughput,
    };
    shape.check()?;
    let volume = Volume {
        zone: call.availability_zone,
        shape,
        encrypted: call.encrypted.unwrap_or(false),
        snapshot: None,
        created: site.now,
        attachment: None,
        creating_until: Some(site.now.after(site.terms.timing.disk)),
        deleting_until: None,
        modified: Vec::new(),
        tags: tags::for_new(&call.tag_specifications, &ids::VOLUME)?,
    };
    let id = site.region.new_id(ids::VOLUME.prefix);
    let answer = volumes::view(&id, &volume);
    site.region.volumes.add(id.as_str(), volume);
    token.remember(site, &id);
    Ok(answer)
}

/// `AttachVolume`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Attach {
    volume_id: String,
    instance_id: String,
    device: String,
}

/// `AttachVolume`: an available volume, to an instance in its zone that runs or is stopped. It outlives the instance.
pub(super) fn attach(site: &mut Site, call: Attach) -> Reply {
    let Attach { volume_id, instance_id, device } = call;
    disks::check_device("device", &device)?;
    let zone = attachable(site, &volume_id)?;
    let instance = site.region.instances.find_mut(&instance_id)?;
    if !matches!(instance.phase, Phase::Running | Phase::Stopped) {
        return Err(Refusal::new("IncorrectState", format!("Instance '{instance_id}' is not 'running'.")));
    }
    if instance.zone != zone {
        let message =
            format!("The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'");
        return Err(Refusal::new("InvalidVolume.ZoneMismatch", message));
    }
    if instance.disks.iter().any(|(other, _)| *other == device) {
        let message = format!("Invalid value '{device}' for unixDevice. Attachment point {device} is already in use");
        return Err(Refusal::invalid(message));
    }
    instance.disks.push((device.clone(), volume_id.clone()));
    let attachment = Attachment {
        instance: instance_id,
        device,
        delete_on_termination: false,
        at: site.now,
        attaching_until: Some(site.now.after(site.terms.timing.disk)),
        detaching_until: None,
    };
    let answer = attachment.view(&volume_id);
    site.region.volumes.find_mut(&volume_id)?.attachment = Some(attachment);
    Ok(answer)
}

/// The zone of a volume that can be attached.
fn attachable(site: &Site, id: &str) -> Result<String, Refusal> {
    let volume = site.region.volumes.find(id)?;
    match volume.state() {
        "available" => Ok(volume.zone.clone()),
        "in-use" => Err(Refusal::new("VolumeInUse", format!("{id} is already attached to an instance"))),
        _ => Err(Refusal::new("IncorrectState", format!("{id} is not 'available'."))),
    }
}

/// `DetachVolume`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Detach {
    volume_id: String,
    instance_id: Option<String>,
    device: Option<String>,
    #[serde(rename = "Force")]
    _force: Option<bool>,
}

/// `DetachVolume`: a root volume only while its instance is stopped.
pub(super) fn detach(site: &mut Site, call: Detach) -> Reply {
    let id = call.volume_id.as_str();
    let until = site.now.after(site.terms.timing.disk);
    let volume = site.region.volumes.find_mut(id)?;
    let state = volume.state();
    let Some(attachment) = &mut volume.attachment else {
        return Err(Refusal::new("IncorrectState", format!("Volume '{id}' is in the '{state}' state.")));
    };
    let other_instance = call.instance_id.is_some_and(|asked| asked != attachment.instance);
    if other_instance || call.device.is_some_and(|asked| asked != attachment.device) {
        let message = format!("The volume '{id}' is not attached to that instance as that device.");
        return Err(Refusal::new("InvalidAttachment.NotFound", message));
    }
    let instance = site.region.instances.get(&attachment.instance);
    if instance.is_some_and(|found| found.root_device == attachment.device && found.phase != Phase::Stopped) {
        let message = format!("Unable to detach root volume '{id}' from instance '{}'", attachment.instance);
        return Err(Refusal::new("OperationNotPermitted", message));
    }
    attachment.detaching_until = attachment.detaching_until.or(Some(until));
    Ok(attachment.view(id))
}

/// `DeleteVolume`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    volume_id: String,
}

/// `DeleteVolume`: refused while it is attached.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.volume_id.as_str();
    let until = site.now.after(site.terms.timing.disk);
    let volume = site.region.volumes.find_mut(id)?;
    if let Some(attachment) = &volume.attachment {
        let message = format!("Volume {id} is currently attached to {}", attachment.instance);
        return Err(Refusal::new("VolumeInUse", message));
    }
    volume.deleting_until = volume.deleting_until.or(Some(until));
    Ok(answer::nothing())
}

/// Lets happen to volumes what is due; gives how often something was.
pub(super) fn settle(region: &mut Region, now: Moment) -> usize {
    let due = |until: &mut Option<Moment>| until.take_if(|until| *until <= now).is_some();
    let mut settled = 0;
    for (_, volume) in region.volumes.iter_mut() {
        settled += usize::from(due(&mut volume.creating_until));
        settled += usize::from(volume.attachment.as_mut().is_some_and(|found| due(&mut found.attaching_until)));
    }
    settled += detach_due(region, now);
    let before = region.volumes.len();
    region.volumes.retain(|volume| volume.deleting_until.is_none_or(|until| until > now));
    settled + before - region.volumes.len()
}

fn detach_due(region: &mut Region, now: Moment) -> usize {
    let due = |attachment: &mut Attachment| attachment.detaching_until.is_some_and(|until| until <= now);
    let volumes = region.volumes.iter_mut();
    let detached: Vec<(String, Attachment)> =
        volumes.filter_map(|(id, volume)| Some((id.to_owned(), volume.attachment.take_if(due)?))).collect();
    for (volume, attachment) in &detached {
        if let Some(instance) = region.instances.get_mut(&attachment.instance) {
            instance.disks.retain(|(_, other)| other != volume);
        }
    }
    detached.len()
}
