//! Snapshots of volumes, which images are made of.

use super::answer::{self, Members};
use super::describe::{self, Item, Listing, Pages};
use super::disks::ImageDisk;
use super::ids;
use super::input;
use super::refusal::{Refusal, Reply};
use super::region::thing;
use super::site::Site;
use super::tags::Tags;
use super::time::Moment;
use serde::{Deserialize, Serialize};
use vpcc_core::call::Map;

/// A snapshot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Snapshot {
    volume: String,
    /// The size of the volume, in GiB.
    size: i64,
    encrypted: bool,
    description: String,
    started: Moment,
    /// When it will be completed; `None` once it is.
    pub pending_until: Option<Moment>,
    tags: Tags,
}

thing!(Snapshot, ids::SNAPSHOT);

impl Snapshot {
    /// A snapshot for a disk of an image.
    pub fn new(site: &Site, volume: &str, disk: &ImageDisk, description: &str, tags: Tags) -> Snapshot {
        Snapshot {
            volume: volume.to_owned(),
            size: disk.size,
            encrypted: disk.encrypted,
            description: description.to_owned(),
            started: site.now,
            pending_until: Some(site.now.after(site.terms.timing.image)),
            tags,
        }
    }
}

/// Adds a snapshot: its id.
pub(super) fn add(site: &mut Site, snapshot: Snapshot) -> String {
    let id = site.region.new_id(ids::SNAPSHOT.prefix);
    site.region.snapshots.add(id.as_str(), snapshot);
    id
}

/// `DeleteSnapshot`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    snapshot_id: String,
}

/// `DeleteSnapshot`: refused while an image has it.
pub(super) fn delete(site: &mut Site, call: Delete) -> Reply {
    let id = call.snapshot_id.as_str();
    site.region.snapshots.find(id)?;
    if let Some((image, _)) =
        site.region.images.iter().find(|(_, image)| image.disks.iter().any(|disk| disk.snapshot == id))
    {
        let message = format!("The snapshot {id} is currently in use by {image}");
        return Err(Refusal::new("InvalidSnapshot.InUse", message));
    }
    site.region.snapshots.remove(id);
    Ok(answer::nothing())
}

/// The parameter that only `DescribeSnapshots` has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Owners {
    owner_ids: Option<Vec<String>>,
}

/// `DescribeSnapshots`: those of the account. What others have shared isn't known here.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let (own, rest) = describe::split(parameters, &["OwnerIds"]);
    let Owners { owner_ids } = input::read(&own)?;
    let mine = |owner: &String| owner == "self" || owner == site.account;
    let mut page = describe::select(site, &rest, &SNAPSHOTS)?;
    if owner_ids.is_some_and(|owners| !owners.is_empty() && !owners.iter().any(mine)) {
        page.items.clear();
    }
    Ok(page.answer(SNAPSHOTS.list))
}

static SNAPSHOTS: Listing = Listing {
    list: "Snapshots",
    ids: "SnapshotIds",
    kind: &ids::SNAPSHOT,
    filters: &[
        ("description", "Description"),
        ("encrypted", "Encrypted"),
        ("owner-alias", "OwnerAlias"),
        ("owner-id", "OwnerId"),
        ("progress", "Progress"),
        ("snapshot-id", "SnapshotId"),
        ("start-time", "StartTime"),
        ("status", "State"),
        ("storage-tier", "StorageTier"),
        ("tag-key", "Tags.Key"),
        ("transfer-type", "TransferType"),
        ("volume-id", "VolumeId"),
        ("volume-size", "VolumeSize"),
    ],
    pages: Pages::USUAL,
    items: |site| site.region.snapshots.iter().map(|(id, found)| Item::new(id, view(site, id, found))).collect(),
};

fn view(site: &Site, id: &str, snapshot: &Snapshot) -> Map {
    let (state, progress) = if snapshot.pending_until.is_some() { ("pending", "0%") } else { ("completed", "100%") };
    Map::new()
        .with("SnapshotId", id)
        .with("VolumeId", snapshot.volume.as_str())
        .with("VolumeSize", snapshot.size)
        .with("State", state)
        .with("Progress", progress)
        .with("StartTime", snapshot.started.text())
        .with("OwnerId", site.account)
        .with("Description", snapshot.description.as_str())
        .with("Encrypted", snapshot.encrypted)
        .with("StorageTier", "standard")
        .with_tags(&snapshot.tags)
}
