//! Volumes: what they are, and changing their size and type. Making, attaching and deleting them is in
//! [`volume_life`](super::volume_life).

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::ids;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::regions;
use super::site::Site;
use super::tags::Tags;
use super::time::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use vpcc_core::call::Map;

/// A volume.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Volume {
    pub zone: String,
    pub shape: Shape,
    pub encrypted: bool,
    pub snapshot: Option<String>,
    pub created: Moment,
    pub attachment: Option<Attachment>,
    /// When it will be available; `None` once it is.
    #[serde(default)]
    pub creating_until: Option<Moment>,
    /// When it will be gone; `None` while nobody has deleted it.
    #[serde(default)]
    pub deleting_until: Option<Moment>,
    /// When it was modified, within the last day.
    pub modified: Vec<Moment>,
    pub tags: Tags,
}

/// That a volume is a disk of an instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attachment {
    pub instance: String,
    pub device: String,
    pub delete_on_termination: bool,
    pub at: Moment,
    /// When it will be attached; `None` once it is.
    #[serde(default)]
    pub attaching_until: Option<Moment>,
    /// When it will be detached; `None` while nobody has detached it.
    #[serde(default)]
    pub detaching_until: Option<Moment>,
}

impl Volume {
    /// Where it is in its life.
    pub fn state(&self) -> &'static str {
        match (self.creating_until, self.deleting_until, &self.attachment) {
            (_, Some(_), _) => "deleting",
            (Some(_), ..) => "creating",
            (.., Some(_)) => "in-use",
            (.., None) => "available",
        }
    }
}

impl Attachment {
    /// Where it is in its life.
    pub fn state(&self) -> &'static str {
        match (self.attaching_until, self.detaching_until) {
            (_, Some(_)) => "detaching",
            (Some(_), None) => "attaching",
            (None, None) => "attached",
        }
    }

    /// As EC2 tells it.
    pub fn view(&self, volume: &str) -> Map {
        Map::new()
            .with("VolumeId", volume)
            .with("InstanceId", self.instance.as_str())
            .with("Device", self.device.as_str())
            .with("State", self.state())
            .with("AttachTime", self.at.text())
            .with("DeleteOnTermination", self.delete_on_termination)
    }
}

/// What a volume can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Shape {
    /// Its type: `gp3`.
    pub form: String,
    /// In GiB.
    pub size: i64,
    /// Operations in a second, if they were chosen.
    pub iops: Option<i64>,
    /// MiB in a second, if they were chosen.
    pub throughput: Option<i64>,
}

thing!(Volume, ids::VOLUME);

/// Types with the least and the most GiB (EC2 API Reference, "EbsBlockDevice").
const FORMS: [(&str, i64, i64); 7] = [
    ("gp3", 1, 65_536),
    ("gp2", 1, 16_384),
    ("io2", 4, 65_536),
    ("io1", 4, 16_384),
    ("st1", 125, 16_384),
    ("sc1", 125, 16_384),
    ("standard", 1, 1024),
];

impl Shape {
    /// Holds what EC2 holds of types, sizes and rates.
    pub fn check(&self) -> Result<(), Refusal> {
        let Some((form, least, most)) = FORMS.iter().find(|(form, ..)| *form == self.form) else {
            return Err(Refusal::value("volumeType", &self.form, ""));
        };
        if !(*least..=*most).contains(&self.size) {
            let why = format!("Volume of {}GiB is not valid for {form}: expected {least} to {most} GiB.", self.size);
            return Err(Refusal::invalid(why));
        }
        let provisioned = matches!(*form, "io1" | "io2");
        if provisioned && self.iops.is_none() {
            let message = format!("The parameter iops must be specified for {form} volumes.");
            return Err(Refusal::new("MissingParameter", message));
        }
        if self.iops.is_some() && !provisioned && *form != "gp3" {
            let message = format!("The parameter iops is not supported for {form} volumes.");
            return Err(Refusal::combination(message));
        }
        if self.throughput.is_some() && *form != "gp3" {
            return Err(Refusal::invalid(format!("Throughput is not supported on {form}")));
        }
        self.check_rates()
    }

    /// EBS User Guide, "EBS volume types".
    fn check_rates(&self) -> Result<(), Refusal> {
        let (least, most) = if self.form == "gp3" { (3000, 80_000) } else { (100, 256_000) };
        if let Some(iops) = self.iops.filter(|iops| !(least..=most).contains(iops)) {
            return Err(Refusal::invalid(format!("Volume iops of {iops} is not valid; expected {least} to {most}.")));
        }
        match self.throughput.filter(|rate| !(125..=2000).contains(rate)) {
            Some(rate) => {
                Err(Refusal::invalid(format!("Throughput (MiBps) of {rate} is not valid; expected 125 to 2000.")))
            }
            None => Ok(()),
        }
    }

    fn iops(&self) -> Option<i64> {
        match self.form.as_str() {
            "gp3" => Some(self.iops.unwrap_or(3000)),
            "gp2" => Some((self.size * 3).clamp(100, 16_000)),
            _ => self.iops,
        }
    }

    fn throughput(&self) -> Option<i64> {
        (self.form == "gp3").then(|| self.throughput.unwrap_or(125))
    }
}

/// `ModifyVolume`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Modify {
    volume_id: String,
    size: Option<i64>,
    volume_type: Option<String>,
    iops: Option<i64>,
    throughput: Option<i64>,
}

/// How often a volume can be modified in a day (EC2 API Reference, "ModifyVolume").
const MODIFICATIONS: usize = 4;
const DAY: Duration = Duration::from_hours(24);

/// `ModifyVolume`: a volume can grow, but never shrink; one modification at a time.
pub(super) fn modify(site: &mut Site, call: Modify) -> Reply {
    let now = site.now;
    let busy = site.terms.timing.volume;
    let id = call.volume_id.as_str();
    let volume = site.region.volumes.find_mut(id)?;
    if call.size.is_none() && call.volume_type.is_none() && call.iops.is_none() && call.throughput.is_none() {
        return Err(Refusal::combination("No attributes specified."));
    }
    volume.modified.retain(|before| now.since(*before) < DAY);
    if volume.modified.last().is_some_and(|last| now < last.after(busy)) {
        let message = format!("Volume {id} cannot be modified in modification state OPTIMIZING");
        return Err(Refusal::new("IncorrectModificationState", message));
    }
    if volume.modified.len() >= MODIFICATIONS {
        let message = "You've reached the maximum modification rate per volume limit. Wait before modifying it again.";
        return Err(Refusal::new("VolumeModificationRateExceeded", message));
    }
    let before = volume.shape.clone();
    let shape = changed(&before, &call);
    if shape.size < before.size {
        return Err(Refusal::invalid("New size cannot be smaller than existing size"));
    }
    shape.check()?;
    volume.shape = shape;
    volume.modified.push(now);
    Ok(Map::new().with("VolumeModification", modification(id, now, &before, &volume.shape)))
}

/// The shape that a request asks for; rates that were chosen for another type don't stay.
fn changed(before: &Shape, call: &Modify) -> Shape {
    let form = call.volume_type.clone().unwrap_or_else(|| before.form.clone());
    let kept = form == before.form;
    Shape {
        size: call.size.unwrap_or(before.size),
        iops: call.iops.or(before.iops.filter(|_| kept)),
        throughput: call.throughput.or(before.throughput.filter(|_| kept)),
        form,
    }
}

fn modification(id: &str, now: Moment, before: &Shape, after: &Shape) -> Map {
    Map::new()
        .with("VolumeId", id)
        .with("ModificationState", "modifying")
        .with("OriginalSize", before.size)
        .with("TargetSize", after.size)
        .with("OriginalVolumeType", before.form.as_str())
        .with("TargetVolumeType", after.form.as_str())
        .with_some("OriginalIops", before.iops())
        .with_some("TargetIops", after.iops())
        .with("Progress", 0)
        .with("StartTime", now.text())
}

/// `DescribeVolumes`.
pub(super) static VOLUMES: Listing = Listing {
    list: "Volumes",
    ids: "VolumeIds",
    kind: &ids::VOLUME,
    filters: &[
        ("attachment.attach-time", "Attachments.AttachTime"),
        ("attachment.delete-on-termination", "Attachments.DeleteOnTermination"),
        ("attachment.device", "Attachments.Device"),
        ("attachment.instance-id", "Attachments.InstanceId"),
        ("attachment.status", "Attachments.State"),
        ("availability-zone", "AvailabilityZone"),
        ("availability-zone-id", "AvailabilityZoneId"),
        ("create-time", "CreateTime"),
        ("encrypted", "Encrypted"),
        ("fast-restored", "FastRestored"),
        ("multi-attach-enabled", "MultiAttachEnabled"),
        ("operator.managed", "Operator.Managed"),
        ("operator.principal", "Operator.Principal"),
        ("size", "Size"),
        ("snapshot-id", "SnapshotId"),
        ("status", "State"),
        ("tag-key", "Tags.Key"),
        ("volume-id", "VolumeId"),
        ("volume-type", "VolumeType"),
    ],
    pages: Pages::USUAL,
    items: |site| {
        let all = site.region.volumes.iter();
        let sought = all.filter(|(id, volume)| !describe::leaves_out(site, "volume-id", id, &volume.tags));
        sought.map(|(id, volume)| Item::new(id, view(id, volume))).collect()
    },
};

/// A volume as EC2 tells it.
pub(super) fn view(id: &str, volume: &Volume) -> Map {
    let attachments = volume.attachment.iter().map(|attachment| attachment.view(id));
    Map::new()
        .with("VolumeId", id)
        .with("State", volume.state())
        .with("Size", volume.shape.size)
        .with("VolumeType", volume.shape.form.as_str())
        .with_some("Iops", volume.shape.iops())
        .with_some("Throughput", volume.shape.throughput())
        .with("Encrypted", volume.encrypted)
        .with("MultiAttachEnabled", false)
        .with_some("SnapshotId", volume.snapshot.as_deref())
        .with("AvailabilityZone", volume.zone.as_str())
        .with("AvailabilityZoneId", regions::zone_id(&volume.zone))
        .with("CreateTime", volume.created.text())
        .with_list("Attachments", attachments)
        .with_tags(&volume.tags)
}
