//! Images that the account makes: from an instance, or as a copy of another image (EC2 User Guide, "Amazon Machine
//! Images"). Who may launch from them is in [`image_permissions`](super::image_permissions).

use super::answer::Members;
use super::disks::ImageDisk;
use super::ids;
use super::images::{self, Image, Source};
use super::instances::Phase;
use super::refusal::{Refusal, Reply};
use super::region::{Region, thing};
use super::site::Site;
use super::snapshots::{self, Snapshot};
use super::tags::{self, Specifications, Tags};
use super::time::Moment;
use super::tokens::Token;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use vpcc_core::call::Map;

/// An image of the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OwnImage {
    name: String,
    pub description: String,
    architecture: String,
    root_device: String,
    pub disks: Vec<ImageDisk>,
    /// The accounts that may launch from it, and `all` if everybody may.
    pub launched_by: BTreeSet<String>,
    /// The instance that it was made from.
    instance: Option<String>,
    /// The region and the id of the image that it is a copy of.
    copied_from: Option<(String, String)>,
    created: Moment,
    /// When it will be available; `None` once it is.
    pub pending_until: Option<Moment>,
    /// Whether it is deregistered. Such images are remembered, lest their ids be taken for those of other images.
    deregistered: bool,
    tags: Tags,
}

thing!(OwnImage, ids::IMAGE, |image| !image.deregistered);

impl OwnImage {
    /// What is launched or copied from it, if it is available.
    pub fn source(&self, id: &str, now: Moment) -> Result<Source, Refusal> {
        if self.deregistered {
            return Err(ids::IMAGE.absent(id));
        }
        if self.pending_until.is_some_and(|until| until > now) {
            return Err(images::unavailable(id));
        }
        Ok(self.parts(id))
    }

    fn parts(&self, id: &str) -> Source {
        Source {
            id: id.to_owned(),
            architecture: self.architecture.clone(),
            root_device: self.root_device.clone(),
            disks: self.disks.clone(),
        }
    }

    fn shown(&self, site: &Site, id: &str) -> Image {
        Image {
            owner: site.account.to_owned(),
            owner_alias: None,
            architecture: self.architecture.clone(),
            root_device: self.root_device.clone(),
            created: self.created.text(),
            state: if self.pending_until.is_some() { "pending" } else { "available" }.to_owned(),
            ..Image::new(id, &*self.name)
        }
    }
}

/// The account's image of an id that a request names.
pub(super) fn find<'s>(site: &'s Site, id: &str) -> Result<&'s OwnImage, Refusal> {
    match site.region.images.find(id) {
        Ok(image) if !image.deregistered => Ok(image),
        Ok(_) => Err(ids::IMAGE.absent(id)),
        Err(absent) if absent.code != ids::IMAGE.absent => Err(absent),
        Err(_) => images::for_copy(site, site.region, id).and_then(|_| Err(Refusal::not_yours())),
    }
}

/// The account's image of an id that a request names, to change it.
pub(super) fn find_mut<'s>(site: &'s mut Site, id: &str) -> Result<&'s mut OwnImage, Refusal> {
    find(site, id)?;
    site.region.images.find_mut(id)
}

/// The account's images, as `DescribeImages` shows them.
pub(super) fn listed(site: &Site) -> impl Iterator<Item = (Image, Map)> {
    let live = site.region.images.iter().filter(|(_, image)| !image.deregistered);
    live.map(|(id, own)| {
        let image = own.shown(site, id);
        let members = view(own, &image, &own.parts(id));
        (image, members)
    })
}

fn view(own: &OwnImage, image: &Image, source: &Source) -> Map {
    let mut view = images::view(image, source);
    view.set("Public", own.launched_by.contains("all"));
    let from = own.copied_from.as_ref();
    view.with_text("Description", &own.description)
        .with_some("SourceInstanceId", own.instance.as_deref())
        .with_some("SourceImageRegion", from.map(|(region, _)| region.as_str()))
        .with_some("SourceImageId", from.map(|(_, id)| id.as_str()))
        .with_tags(&own.tags)
}

/// `CreateImage`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Create {
    instance_id: String,
    name: String,
    description: Option<String>,
    #[serde(rename = "NoReboot")]
    _no_reboot: Option<bool>,
    #[serde(default)]
    block_device_mappings: Vec<LeftOut>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// A disk that is no part of the image.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LeftOut {
    device_name: String,
    #[serde(rename = "NoDevice")]
    _no_device: String,
}

/// `CreateImage`: with a snapshot of each volume. A running instance that may be rebooted still is said to run.
pub(super) fn create(site: &mut Site, call: Create) -> Reply {
    let instance = site.region.instances.find(&call.instance_id)?.clone();
    if !matches!(instance.phase, Phase::Running | Phase::Stopped) {
        let message = format!("The instance '{}' is not in the 'running' or 'stopped' state.", call.instance_id);
        return Err(Refusal::new("IncorrectInstanceState", message));
    }
    let id = site.region.new_id(ids::IMAGE.prefix);
    let described = format!("Created by CreateImage({}) for {id}", call.instance_id);
    let mut draft = Draft::new(site, call.name, call.description, &call.tag_specifications)?;
    let left_out = |device: &str| call.block_device_mappings.iter().any(|disk| disk.device_name == device);
    for (device, volume_id) in instance.disks.iter().filter(|(device, _)| !left_out(device)) {
        let volume = site.region.volumes.find(volume_id)?;
        let disk = ImageDisk {
            device: device.clone(),
            snapshot: String::new(),
            size: volume.shape.size,
            form: volume.shape.form.clone(),
            encrypted: volume.encrypted,
            delete_on_termination: volume.attachment.as_ref().is_some_and(|found| found.delete_on_termination),
        };
        draft.add(site, disk, volume_id, &described);
    }
    let image = OwnImage {
        architecture: instance.architecture,
        root_device: instance.root_device,
        instance: Some(call.instance_id),
        ..draft.image
    };
    site.region.images.add(id.as_str(), image);
    Ok(Map::new().with("ImageId", id))
}

/// `CopyImage`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Copy {
    source_image_id: String,
    source_region: String,
    name: String,
    description: Option<String>,
    client_token: Option<String>,
    #[serde(default)]
    tag_specifications: Specifications,
}

/// The volume that snapshots of copies are said to be of (EC2 User Guide, "Copy a snapshot").
const NO_VOLUME: &str = "vol-ffffffff";

/// `CopyImage`: of an available image of any region into this one. Tags and permissions stay behind.
pub(super) fn copy(site: &mut Site, call: Copy) -> Reply {
    let token = Token::new(site, call.client_token.as_deref(), "")?;
    if let Some(id) = token.made(site)? {
        return Ok(Map::new().with("ImageId", id));
    }
    let source = original(site, &call.source_region, &call.source_image_id)?;
    let id = site.region.new_id(ids::IMAGE.prefix);
    let described = format!("Copied for DestinationAmi {id} from SourceAmi {}.", source.id);
    let mut draft = Draft::new(site, call.name, call.description, &call.tag_specifications)?;
    for disk in source.disks {
        draft.add(site, disk, NO_VOLUME, &described);
    }
    let image = OwnImage {
        architecture: source.architecture,
        root_device: source.root_device,
        copied_from: Some((call.source_region, call.source_image_id)),
        ..draft.image
    };
    site.region.images.add(id.as_str(), image);
    token.remember(site, &id);
    Ok(Map::new().with("ImageId", id))
}

/// The image that is to be copied.
fn original(site: &Site, region: &str, id: &str) -> Result<Source, Refusal> {
    if super::regions::zones(region).is_empty() {
        return Err(Refusal::value("sourceRegion", region, "There is no such region."));
    }
    let here = (site.region.name == region).then_some(&*site.region);
    match here.or_else(|| site.elsewhere.region(region)) {
        Some(region) => images::for_copy(site, region, id),
        None => images::for_copy(site, &Region::new(region), id),
    }
}

/// An image that is being made, and the tags of its snapshots.
struct Draft {
    image: OwnImage,
    snapshot_tags: Tags,
}

impl Draft {
    /// An image without disks, of a name that no other one has.
    fn new(
        site: &Site,
        name: String,
        description: Option<String>,
        specifications: &Specifications,
    ) -> Result<Draft, Refusal> {
        check_name(site, &name)?;
        let mut tags = tags::for_each(specifications, &[ids::IMAGE.resource_type, ids::SNAPSHOT.resource_type])?;
        let image = OwnImage {
            name,
            description: description.unwrap_or_default(),
            architecture: String::new(),
            root_device: String::new(),
            disks: Vec::new(),
            launched_by: BTreeSet::new(),
            instance: None,
            copied_from: None,
            created: site.now,
            pending_until: Some(site.now.after(site.terms.timing.image)),
            deregistered: false,
            tags: tags.remove(ids::IMAGE.resource_type).unwrap_or_default(),
        };
        Ok(Draft { image, snapshot_tags: tags.remove(ids::SNAPSHOT.resource_type).unwrap_or_default() })
    }

    /// Adds a disk, with a new snapshot of a volume.
    fn add(&mut self, site: &mut Site, disk: ImageDisk, volume: &str, description: &str) {
        let snapshot = Snapshot::new(site, volume, &disk, description, self.snapshot_tags.clone());
        self.image.disks.push(ImageDisk { snapshot: snapshots::add(site, snapshot), ..disk });
    }
}

/// EC2 API Reference, "CreateImage". A name is one image's in a region.
fn check_name(site: &Site, name: &str) -> Result<(), Refusal> {
    let fine = |letter: char| letter.is_ascii_alphanumeric() || "()[] ./-'@_".contains(letter);
    if !(3..=128).contains(&name.chars().count()) || !name.chars().all(fine) {
        let message = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, and the \
                       characters ( ) [ ] . / - ' @ _ and space";
        return Err(Refusal::new("InvalidAMIName.Malformed", message));
    }
    let twin = site.region.images.iter().find(|(_, image)| !image.deregistered && image.name == name);
    twin.map_or(Ok(()), |(id, _)| {
        Err(Refusal::new("InvalidAMIName.Duplicate", format!("AMI name {name} is already in use by AMI {id}")))
    })
}

/// `DeregisterImage`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Deregister {
    image_id: String,
    delete_associated_snapshots: Option<bool>,
}

/// `DeregisterImage`: its snapshots stay unless the request says otherwise, and so do instances launched from it.
pub(super) fn deregister(site: &mut Site, call: Deregister) -> Reply {
    let image = find_mut(site, &call.image_id)?;
    image.deregistered = true;
    image.tags.clear();
    let snapshots: Vec<String> = image.disks.drain(..).map(|disk| disk.snapshot).collect();
    let deleted = if call.delete_associated_snapshots == Some(true) { snapshots } else { Vec::new() };
    for snapshot in &deleted {
        site.region.snapshots.remove(snapshot);
    }
    let results = deleted.iter().map(|id| Map::new().with("SnapshotId", id.as_str()).with("ReturnCode", "success"));
    Ok(Map::new().with("Return", true).with_list("DeleteSnapshotResults", results))
}

/// Lets images and snapshots become available; gives how many.
pub(super) fn settle(region: &mut Region, now: Moment) -> usize {
    let images = region.images.iter_mut().map(|(_, image)| &mut image.pending_until);
    let snapshots = region.snapshots.iter_mut().map(|(_, snapshot)| &mut snapshot.pending_until);
    images.chain(snapshots).filter_map(|until| until.take_if(|until| *until <= now)).count()
}
