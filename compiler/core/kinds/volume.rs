//! Further disks of nodes.
//!
//! A volume outlives its instance: it is attached to whatever instance stands for the node, and goes only when the
//! program drops it.

use super::{
    ADDRESS_TAG, Attribute, Change, Claim, ClaimOn, Describe, Item, Kind, Live, Making, Observed, Op, Overlap,
    Removing, Resource, State, Updating, Wait,
};
use super::{attribute, tags};
use crate::call::{Map, Value};

/// An EBS volume that is attached to an instance, and not its root disk.
pub static VOLUME: Kind = Kind {
    name: "volume",
    describe: Some(Describe {
        action: "DescribeVolumes",
        resource_type: "volume",
        list: &["Volumes"],
        id_filter: "volume-id",
        ..Describe::PLAIN
    }),
    id: "VolumeId",
    attributes: &[
        Attribute::new("node", Change::InPlace),
        Attribute::new("device", Change::InPlace),
        Attribute::new("zone", Change::Replaces("a volume cannot move to another zone")),
        Attribute::new("gib", Change::Grows("a volume cannot shrink")),
        Attribute::new("type", Change::InPlace),
        Attribute::new("encrypted", Change::Replaces("a volume is encrypted from its start or never")),
    ],
    loses: Some("what is on the volume is lost"),
    overlap: Overlap::OldFirst,
    // An instance that goes lets go of its volumes in good order, as a running one does not.
    outlives: &["node"],
    read,
    state,
    create,
    update,
    delete,
    claims: |attributes| {
        let claim = |name: &str| Claim {
            scope: attribute(attributes, "node"),
            on: ClaimOn::Name(attributes.text(name).into()),
        };
        vec![claim("name"), claim("device")]
    },
    summary: |attributes| {
        let gib = attributes.get("gib").and_then(Value::as_int).unwrap_or_default();
        format!("{gib} GiB {} at {}", attributes.text("type"), attributes.text("device"))
    },
    outputs: |item| Map::new().with("id", item.text("VolumeId")),
    ..Kind::PLAIN
};

/// What is not attached is switched off, so to speak: there, but of no use.
fn state(item: &Map) -> State {
    // Root disks carry the tags of their instances and go with them.
    if !tags::get(item, ADDRESS_TAG).is_some_and(|address| address.contains('/')) {
        return State::Gone;
    }
    match (item.text("State"), attachment(item).map_or("", |attachment| attachment.text("State"))) {
        ("creating", _) | (_, "attaching" | "detaching" | "busy") => State::Pending,
        ("available", _) => State::Stopped,
        ("deleting", _) => State::Going,
        ("deleted", _) => State::Gone,
        ("error", _) => State::Failed("EBS could not make it".to_owned()),
        _ => State::Ready,
    }
}

fn attachment(item: &Map) -> Option<&Map> {
    item.list("Attachments").iter().filter_map(Value::as_map).find(|attachment| attachment.text("State") != "detached")
}

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let attachment = attachment(item);
    let name = tags::get(item, ADDRESS_TAG).and_then(|address| address.rsplit_once('/')).map(|(_, name)| name);
    Map::new()
        .with_some("name", name)
        .with_some("node", attachment.map(|attachment| attachment.text("InstanceId")))
        .with_some("device", attachment.map(|attachment| attachment.text("Device")))
        .with("zone", item.text("AvailabilityZone"))
        .with_some("gib", item.get("Size"))
        .with("type", item.text("VolumeType"))
        .with("encrypted", item.is_true("Encrypted"))
}

/// The operations a second that a volume has to be given, if its type has none of its own: 3000, as far as its size
/// allows (EBS User Guide, "Provisioned IOPS SSD volumes": 50 for each GiB of io1, 100 at least).
pub fn iops(volume_type: &str, gib: Option<i64>) -> Option<i64> {
    matches!(volume_type, "io1" | "io2").then(|| gib.unwrap_or(8).saturating_mul(50).clamp(100, 3000))
}

fn create(volume: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &volume.attributes;
    let iops = iops(attributes.text("type"), attributes.get("gib").and_then(Value::as_int));
    let parameters = Map::new()
        .with("AvailabilityZone", attribute(attributes, "zone"))
        .with("Size", attribute(attributes, "gib"))
        .with("VolumeType", attribute(attributes, "type"))
        .with("Encrypted", attribute(attributes, "encrypted"))
        .with_some("Iops", iops)
        .with("TagSpecifications", volume.tag_specifications(making.stack, &["volume"]));
    let create = Op::new("CreateVolume", parameters).gives(&volume.address, "VolumeId").wait(Wait::Stopped);
    vec![create, attach((&volume.address).into(), attributes)]
}

fn attach(id: Value, attributes: &Map) -> Op {
    let parameters = Map::new()
        .with("VolumeId", id)
        .with("InstanceId", attribute(attributes, "node"))
        .with("Device", attribute(attributes, "device"));
    Op::new("AttachVolume", parameters).wait(Wait::Ready)
}

fn detach(id: Value) -> Op {
    Op::new("DetachVolume", Map::new().with("VolumeId", id)).wait(Wait::Stopped)
}

fn update(updating: &Updating) -> Vec<Op> {
    let (after, before) = (&updating.after.attributes, &updating.before.attributes);
    let mut ops = Vec::new();
    if updating.has("gib") || updating.has("type") {
        let iops = iops(after.text("type"), after.get("gib").and_then(Value::as_int));
        let parameters = Map::new()
            .with("VolumeId", updating.id())
            .with_some("Size", after.get("gib").filter(|_| updating.has("gib")))
            .with_some("VolumeType", after.get("type").filter(|_| updating.has("type")))
            .with_some("Iops", iops.filter(|_| updating.has("type")));
        ops.push(Op::new("ModifyVolume", parameters));
    }
    // An instance that is replaced has let go of it by the time that the new one is there.
    if updating.has("device") && !updating.has("node") && before.get("node").is_some() {
        ops.push(detach(updating.id()));
    }
    if updating.has("node") || updating.has("device") {
        ops.push(attach(updating.id(), after));
    }
    ops
}

fn delete(volume: &Observed, removing: Removing) -> Vec<Op> {
    let id = Value::from(volume.id.clone());
    let attached = volume.attributes.get("node").is_some() && removing != Removing::Along;
    let detach = attached.then(|| detach(id.clone()));
    let delete = Op::new("DeleteVolume", Map::new().with("VolumeId", id)).wait(Wait::Gone);
    detach.into_iter().chain([delete]).collect()
}
