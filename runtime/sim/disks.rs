//! The disks of a launch: those of the image as the request changes them, and further ones that it adds.

use super::ids;
use super::images::Source;
use super::refusal::Refusal;
use super::site::Site;
use super::tags::Tags;
use super::volumes::{Attachment, Shape, Volume};
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

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

/// A disk that an image has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ImageDisk {
    pub device: String,
    pub snapshot: String,
    /// In GiB.
    pub size: i64,
    /// The type of its volumes: `gp3`.
    pub form: String,
    pub encrypted: bool,
    pub delete_on_termination: bool,
}

impl ImageDisk {
    /// As an image shows it.
    pub fn view(&self) -> Map {
        let ebs = Map::new()
            .with("DeleteOnTermination", self.delete_on_termination)
            .with("Encrypted", self.encrypted)
            .with("SnapshotId", self.snapshot.as_str())
            .with("VolumeSize", self.size)
            .with("VolumeType", self.form.as_str());
        Map::new().with("DeviceName", self.device.as_str()).with("Ebs", ebs)
    }

    /// A volume is as large as its snapshot at least.
    fn grown(&self, asked: Option<i64>) -> Result<i64, Refusal> {
        let least = self.size;
        match asked {
            Some(size) if size < least => {
                let message = format!(
                    "Volume of size {size}GB is smaller than snapshot '{}', expect size >= {least}GB",
                    self.snapshot
                );
                Err(Refusal::new("InvalidBlockDeviceMapping", message))
            }
            asked => Ok(asked.unwrap_or(least)),
        }
    }
}

/// The disks of a launch: those of the image, as the request changes them, and those that it adds.
pub(super) fn of(image: &Source, mappings: &[DiskMapping]) -> Result<Vec<Disk>, Refusal> {
    let mut disks: Vec<Disk> = Vec::new();
    for of_image in &image.disks {
        let mapping = mappings.iter().find(|mapping| mapping.device_name == of_image.device);
        disks.push(disk(image, &of_image.device, mapping.and_then(|mapping| mapping.ebs.as_ref()))?);
    }
    for (index, mapping) in mappings.iter().enumerate() {
        let device = mapping.device_name.as_str();
        if mappings[..index].iter().any(|other| other.device_name == device) {
            let message = format!("The device '{device}' is used in more than one block-device mapping");
            return Err(Refusal::new("InvalidBlockDeviceMapping", message));
        }
        if !image.disks.iter().any(|of_image| of_image.device == device) {
            disks.push(disk(image, device, mapping.ebs.as_ref())?);
        }
    }
    Ok(disks)
}

fn disk(image: &Source, device: &str, asked: Option<&EbsMapping>) -> Result<Disk, Refusal> {
    check_device("deviceName", device)?;
    let none = EbsMapping::default();
    let ebs = asked.unwrap_or(&none);
    let of_image = image.disks.iter().find(|of_image| of_image.device == device);
    let form = ebs.volume_type.as_deref().or(of_image.map(|of_image| &*of_image.form)).unwrap_or("gp2").to_owned();
    if device == image.root_device && matches!(form.as_str(), "st1" | "sc1") {
        return Err(Refusal::invalid(format!("Volume type {form} is not supported for a root device.")));
    }
    let size = match of_image {
        Some(of_image) => of_image.grown(ebs.volume_size)?,
        None => ebs.volume_size.ok_or_else(no_size)?,
    };
    let shape = Shape { form, size, iops: ebs.iops, throughput: ebs.throughput };
    shape.check()?;
    let deleted = of_image.is_none_or(|of_image| of_image.delete_on_termination);
    Ok(Disk {
        device: device.to_owned(),
        shape,
        encrypted: ebs.encrypted.unwrap_or(of_image.is_some_and(|of_image| of_image.encrypted)),
        snapshot: of_image.map(|of_image| of_image.snapshot.clone()),
        delete_on_termination: ebs.delete_on_termination.unwrap_or(deleted),
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
