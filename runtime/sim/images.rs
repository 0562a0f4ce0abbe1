//! Images: a small catalogue of public ones, or whatever a test gives. Those that the account makes are in
//! [`own_images`](super::own_images).
//!
//! Without a catalogue of a test's own, every id of the right form is taken to exist, so that programs with ids of real
//! images can be tried; nothing is known of such an image, so it fits every instance type.

use super::answer::Members;
use super::describe::{self, Item, Listing, Pages};
use super::disks::ImageDisk;
use super::ids;
use super::input;
use super::own_images;
use super::refusal::{Refusal, Reply};
use super::region::Region;
use super::site::Site;
use serde::Deserialize;
use vpcc_core::call::{Map, Value};

/// An image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id: `ami-` and 17 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The account that it belongs to.
    pub owner: String,
    /// The name that EC2 has for that account: `amazon`.
    pub owner_alias: Option<String>,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// The device of its root volume: `/dev/xvda`.
    pub root_device: String,
    /// The size of its root volume in GiB.
    pub root_gib: u32,
    /// When it was made: `2026-01-15T00:00:00.000Z`.
    pub created: String,
    /// `available`, or why it cannot be launched: `pending`, `deregistered`.
    pub state: String,
}

impl Image {
    /// An available x86_64 image of Amazon's with a root volume of 8 GiB at `/dev/xvda`.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Image {
        Image {
            id: id.into(),
            name: name.into(),
            owner: AMAZON.to_owned(),
            owner_alias: Some("amazon".to_owned()),
            architecture: "x86_64".to_owned(),
            root_device: "/dev/xvda".to_owned(),
            root_gib: 8,
            created: "2025-01-01T00:00:00.000Z".to_owned(),
            state: "available".to_owned(),
        }
    }
}

impl Image {
    fn source(&self) -> Source {
        let root = ImageDisk {
            device: self.root_device.clone(),
            snapshot: format!("{}-{}", ids::SNAPSHOT.prefix, ids::digits(&self.id)),
            size: i64::from(self.root_gib),
            form: "gp3".to_owned(),
            encrypted: false,
            delete_on_termination: true,
        };
        let (id, architecture, root_device) = (self.id.clone(), self.architecture.clone(), self.root_device.clone());
        Source { id, architecture, root_device, disks: vec![root] }
    }
}

/// The images that exist.
#[derive(Clone, Debug, Default)]
pub(super) enum Images {
    /// The catalogue below, and every id of the right form.
    #[default]
    Any,
    /// These, in every region, and no others.
    Only(Vec<Image>),
}

const AMAZON: &str = "137112412989";
const CANONICAL: &str = "099720109477";
const DEBIAN: &str = "136693071363";

/// Public images: owner, name, date, architecture and root device.
const PUBLIC: [(&str, &str, &str, &str, &str); 16] = [
    (AMAZON, "al2023-ami-2023.6.20250218.2-kernel-6.1-x86_64", "2025-02-14", "x86_64", "/dev/xvda"),
    (AMAZON, "al2023-ami-2023.7.20250609.0-kernel-6.1-x86_64", "2025-06-06", "x86_64", "/dev/xvda"),
    (AMAZON, "al2023-ami-2023.9.20251117.1-kernel-6.1-x86_64", "2025-11-17", "x86_64", "/dev/xvda"),
    (AMAZON, "al2023-ami-2023.7.20250609.0-kernel-6.1-arm64", "2025-06-06", "arm64", "/dev/xvda"),
    (AMAZON, "al2023-ami-2023.9.20251117.1-kernel-6.1-arm64", "2025-11-17", "arm64", "/dev/xvda"),
    (AMAZON, "al2023-ami-minimal-2023.9.20251117.1-kernel-6.1-x86_64", "2025-11-17", "x86_64", "/dev/xvda"),
    (AMAZON, "amzn2-ami-hvm-2.0.20251110.1-x86_64-gp2", "2025-11-10", "x86_64", "/dev/xvda"),
    (CANONICAL, "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20251001", "2025-10-01", "x86_64", "/dev/sda1"),
    (
        CANONICAL,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250610",
        "2025-06-10",
        "x86_64",
        "/dev/sda1",
    ),
    (
        CANONICAL,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251022",
        "2025-10-22",
        "x86_64",
        "/dev/sda1",
    ),
    (
        CANONICAL,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250610",
        "2025-06-10",
        "arm64",
        "/dev/sda1",
    ),
    (
        CANONICAL,
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20251022",
        "2025-10-22",
        "arm64",
        "/dev/sda1",
    ),
    (DEBIAN, "debian-12-amd64-20250530-2128", "2025-05-30", "x86_64", "/dev/xvda"),
    (DEBIAN, "debian-12-amd64-20251112-2294", "2025-11-12", "x86_64", "/dev/xvda"),
    (DEBIAN, "debian-12-arm64-20250530-2128", "2025-05-30", "arm64", "/dev/xvda"),
    (DEBIAN, "debian-12-arm64-20251112-2294", "2025-11-12", "arm64", "/dev/xvda"),
];

/// What instances are launched from, and what images are copied from.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub id: String,
    pub architecture: String,
    pub root_device: String,
    pub disks: Vec<ImageDisk>,
}

/// The images of a region that have names and are not the account's.
fn catalogue(images: &Images, region: &str) -> Vec<Image> {
    match images {
        Images::Only(images) => images.clone(),
        Images::Any => PUBLIC.iter().map(|row| public(region, row)).collect(),
    }
}

/// Ids differ between regions, as those of real images do.
fn public(region: &str, row: &(&str, &str, &str, &str, &str)) -> Image {
    let (owner, name, date, architecture, root_device) = *row;
    Image {
        owner: owner.to_owned(),
        owner_alias: (owner == AMAZON).then(|| "amazon".to_owned()),
        architecture: architecture.to_owned(),
        root_device: root_device.to_owned(),
        created: format!("{date}T12:00:00.000Z"),
        ..Image::new(format!("ami-{}", ids::digits(&format!("{region} {name}"))), name)
    }
}

/// An image that is taken to exist, so that nothing is known of it.
fn assumed(id: &str) -> Image {
    let (owner, architecture) = ("000000000000".to_owned(), String::new());
    Image { owner, owner_alias: None, architecture, ..Image::new(id, id) }
}

/// The image of an id that a launch names, for an instance type of an architecture.
pub(super) fn for_launch(site: &Site, id: &str, architecture: &str) -> Result<Source, Refusal> {
    let source = source(site, site.region, id)?;
    let Some(source) = source else {
        return Ok(Source { architecture: architecture.to_owned(), ..assumed(id).source() });
    };
    if source.architecture == architecture || source.architecture.is_empty() {
        return Ok(Source { architecture: architecture.to_owned(), ..source });
    }
    Err(Refusal::invalid(format!(
        "The architecture '{architecture}' of the specified instance type does not match the architecture '{}' of the \
         specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.",
        source.architecture
    )))
}

/// The available image of an id, for a copy.
pub(super) fn for_copy(site: &Site, region: &Region, id: &str) -> Result<Source, Refusal> {
    Ok(source(site, region, id)?.unwrap_or_else(|| assumed(id).source()))
}

/// The available image of an id in a region; `None` if it is taken to exist.
fn source(site: &Site, region: &Region, id: &str) -> Result<Option<Source>, Refusal> {
    ids::IMAGE.check(id)?;
    if let Some(own) = region.images.get(id) {
        return own.source(id, site.now).map(Some);
    }
    let Some(image) = catalogue(&site.terms.images, &region.name).into_iter().find(|image| image.id == id) else {
        return match site.terms.images {
            Images::Any => Ok(None),
            Images::Only(_) => Err(ids::IMAGE.absent(id)),
        };
    };
    if image.state == "available" { Ok(Some(image.source())) } else { Err(unavailable(id)) }
}

/// The refusal for an image that is not, or not yet, or no more available.
pub(super) fn unavailable(id: &str) -> Refusal {
    Refusal::new("InvalidAMIID.Unavailable", format!("The image ID '{id}' is not available"))
}

/// The parameter that only `DescribeImages` has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Owners {
    #[serde(rename = "Owners")]
    _owners: Option<Vec<String>>,
}

/// `DescribeImages`.
pub(super) fn describe(site: &Site, parameters: &Map) -> Reply {
    let (own, rest) = describe::split(parameters, &["Owners"]);
    input::read::<Owners>(&own)?;
    describe::describe(site, &rest, &IMAGES)
}

static IMAGES: Listing = Listing {
    list: "Images",
    ids: "ImageIds",
    kind: &ids::IMAGE,
    filters: &[
        ("architecture", "Architecture"),
        ("block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"),
        ("block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"),
        ("block-device-mapping.encrypted", "BlockDeviceMappings.Ebs.Encrypted"),
        ("block-device-mapping.snapshot-id", "BlockDeviceMappings.Ebs.SnapshotId"),
        ("block-device-mapping.volume-size", "BlockDeviceMappings.Ebs.VolumeSize"),
        ("block-device-mapping.volume-type", "BlockDeviceMappings.Ebs.VolumeType"),
        ("creation-date", "CreationDate"),
        ("description", "Description"),
        ("ena-support", "EnaSupport"),
        ("free-tier-eligible", "FreeTierEligible"),
        ("hypervisor", "Hypervisor"),
        ("image-allowed", "ImageAllowed"),
        ("image-id", "ImageId"),
        ("image-type", "ImageType"),
        ("is-public", "Public"),
        ("kernel-id", "KernelId"),
        ("manifest-location", "ImageLocation"),
        ("name", "Name"),
        ("owner-alias", "ImageOwnerAlias"),
        ("owner-id", "OwnerId"),
        ("platform", "Platform"),
        ("product-code", "ProductCodes.ProductCodeId"),
        ("product-code.type", "ProductCodes.ProductCodeType"),
        ("ramdisk-id", "RamdiskId"),
        ("root-device-name", "RootDeviceName"),
        ("root-device-type", "RootDeviceType"),
        ("source-image-id", "SourceImageId"),
        ("source-image-region", "SourceImageRegion"),
        ("source-instance-id", "SourceInstanceId"),
        ("sriov-net-support", "SriovNetSupport"),
        ("state", "State"),
        ("state-reason-code", "StateReason.Code"),
        ("state-reason-message", "StateReason.Message"),
        ("tag-key", "Tags.Key"),
        ("virtualization-type", "VirtualizationType"),
    ],
    pages: Pages::USUAL,
    items,
};

/// The images that a request can be about: those of the owners that it names, if it names any, and those that are taken
/// to exist because it names them.
fn items(site: &Site) -> Vec<Item> {
    let owners = site.parameters.list("Owners");
    let owned = |image: &Image| owners.is_empty() || owners.iter().any(|owner| is_owner(site, image, owner.as_text()));
    let all = catalogue(&site.terms.images, &site.region.name);
    let mut images: Vec<Image> = all.iter().filter(|image| owned(image)).cloned().collect();
    if let Images::Any = site.terms.images {
        for id in asked_for(site.parameters) {
            let known = site.region.images.get(id).is_some() || all.iter().chain(&images).any(|image| image.id == id);
            if ids::IMAGE.has_form(id) && !known {
                images.push(assumed(id));
            }
        }
    }
    let public = images.iter().map(|image| Item::new(&image.id, view(image, &image.source())));
    let own = own_images::listed(site).filter(|(image, _)| owned(image));
    public.chain(own.map(|(image, members)| Item::new(&image.id, members))).collect()
}

/// Whether an image belongs to a number or alias of an account.
fn is_owner(site: &Site, image: &Image, owner: Option<&str>) -> bool {
    let owner = if owner == Some("self") { Some(site.account) } else { owner };
    owner == Some(&image.owner) || owner.is_some() && owner == image.owner_alias.as_deref()
}

/// The ids that a request names.
fn asked_for(parameters: &Map) -> impl Iterator<Item = &str> {
    let filters = parameters.list("Filters").iter().filter_map(Value::as_map);
    let of_ids = filters.filter(|filter| filter.text("Name") == "image-id").flat_map(|filter| filter.list("Values"));
    parameters.list("ImageIds").iter().chain(of_ids).filter_map(Value::as_text)
}

/// An image as EC2 tells it.
pub(super) fn view(image: &Image, source: &Source) -> Map {
    Map::new()
        .with("ImageId", image.id.as_str())
        .with("Name", image.name.as_str())
        .with("OwnerId", image.owner.as_str())
        .with_some("ImageOwnerAlias", image.owner_alias.as_deref())
        .with("ImageLocation", format!("{}/{}", image.owner_alias.as_ref().unwrap_or(&image.owner), image.name))
        .with_some("Architecture", Some(image.architecture.as_str()).filter(|known| !known.is_empty()))
        .with("CreationDate", image.created.as_str())
        .with("State", image.state.as_str())
        .with("RootDeviceName", image.root_device.as_str())
        .with("RootDeviceType", "ebs")
        .with_list("BlockDeviceMappings", source.disks.iter().map(ImageDisk::view))
        .with("ImageType", "machine")
        .with("Hypervisor", "xen")
        .with("VirtualizationType", "hvm")
        .with("EnaSupport", true)
        .with("Public", true)
}
