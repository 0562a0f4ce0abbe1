//! The disks of a launch: the image's root volume as the request changes it, and further ones that it adds.

use super::ids;
use super::images::{self, Image};
use super::refusal::Refusal;
use super::site::Site;
use super::tags::Tags;
use super::volumes::{Attachment, Shape, Volume};
use serde::Deserialize;

/// A disk in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DiskMapping {
    device_name: String,
    ebs: Option<EbsMapping>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EbsMapping {
    volume_size: Option<i64>,
    volume_type: Option<String>,
    iops: Option<i64>,
    throughput: Option<i64>,
    encrypted: Option<bool>,
    delete_on_termination: Option<bool>,
}

/// A disk that new instances get.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    device: String,
    shape: Shape,
    encrypted: bool,
    snapshot: Option<String>,
    delete_on_termination: bool,
}

/// The disks of a launch. A root disk that isn't mentioned is as the image has it.
pub(super) fn of(image: &Image, mappings: &[DiskMapping]) -> Result<Vec<Disk>, Refusal> {
    let mut disks: Vec<Disk> = Vec::new();
    for mapping in mappings {
        if disks.iter().any(|disk| disk.device == mapping.device_name) {
            let message = format!("The device '{}' is used in more than one block-device mapping", mapping.device_name);
            return Err(Refusal::new("InvalidBlockDeviceMapping", message));
        }
        disks.push(disk(image, mapping)?);
    }
    if !disks.iter().any(|disk| disk.device == image.root_device) {
        disks.insert(0, disk(image, &DiskMapping { device_name: image.root_device.clone(), ebs: None })?);
    }
    Ok(disks)
}

fn disk(image: &Image, mapping: &DiskMapping) -> Result<Disk, Refusal> {
    let device = mapping.device_name.clone();
    check_device("deviceName", &device)?;
    let none = EbsMapping::default();
    let ebs = mapping.ebs.as_ref().unwrap_or(&none);
    let is_root = device == image.root_device;
    let form = ebs.volume_type.clone().unwrap_or_else(|| if is_root { "gp3" } else { "gp2" }.to_owned());
    if is_root && matches!(form.as_str(), "st1" | "sc1") {
        return Err(Refusal::invalid(format!("Volume type {form} is not supported for a root device.")));
    }
    let size = if is_root { root_size(image, ebs.volume_size)? } else { ebs.volume_size.ok_or_else(no_size)? };
    let shape = Shape { form, size, iops: ebs.iops, throughput: ebs.throughput };
    shape.check()?;
    Ok(Disk {
        device,
        shape,
        encrypted: ebs.encrypted.unwrap_or(false),
        snapshot: is_root.then(|| images::snapshot(image)),
        delete_on_termination: ebs.delete_on_termination.unwrap_or(true),
    })
}

/// Holds that a disk can have a name.
pub(super) fn check_device(parameter: &str, device: &str) -> Result<(), Refusal> {
    if device.starts_with("/dev/") || device.starts_with("xvd") {
        return Ok(());
    }
    Err(Refusal::value(parameter, device, &format!("{device} is not a valid EBS device name.")))
}

/// The refusal for a disk of which nothing says how large it is to be.
pub(super) fn no_size() -> Refusal {
    Refusal::new("MissingParameter", "The request must contain the parameter size or snapshotId")
}

/// A root volume is as large as its snapshot at least.
fn root_size(image: &Image, asked: Option<i64>) -> Result<i64, Refusal> {
    let least = i64::from(image.root_gib);
    match asked {
        Some(size) if size < least => {
            let message = format!(
                "Volume of size {size}GB is smaller than snapshot '{}', expect size >= {least}GB",
                images::snapshot(image)
            );
            Err(Refusal::new("InvalidBlockDeviceMapping", message))
        }
        asked => Ok(asked.unwrap_or(least)),
    }
}

/// Makes the volume of a disk: its device and its id.
pub(super) fn make(site: &mut Site, disk: &Disk, instance: &str, zone: &str, tags: Tags) -> (String, String) {
    let id = site.region.new_id(ids::VOLUME.prefix);
    let attachment = Attachment {
        instance: instance.to_owned(),
        device: disk.device.clone(),
        delete_on_termination: disk.delete_on_termination,
        at: site.now,
        attaching_until: None,
        detaching_until: None,
    };
    let volume = Volume {
        zone: zone.to_owned(),
        shape: disk.shape.clone(),
        encrypted: disk.encrypted,
        snapshot: disk.snapshot.clone(),
        created: site.now,
        attachment: Some(attachment),
        creating_until: None,
        deleting_until: None,
        modified: Vec::new(),
        tags,
    };
    site.region.volumes.add(id.as_str(), volume);
    (disk.device.clone(), id)
}
