//! Machine images, of nodes and of other images.

use super::{
    Attribute, Change, Describe, Item, Kind, Live, Making, Observed, Op, Removing, Resource, SOURCE_TAG, State,
    Updating, Wait,
};
use super::{attribute, tags};
use crate::call::{Call, Map, Value};
use ecow::{EcoString, eco_format};

/// An image with its snapshots. It stays as it is until the program says otherwise, whatever becomes of its node.
pub static IMAGE: Kind = Kind {
    name: "image",
    describe: Some(Describe {
        action: "DescribeImages",
        resource_type: "image",
        list: &["Images"],
        page: None,
        id_filter: "image-id",
        details,
        ..Describe::PLAIN
    }),
    id: "ImageId",
    attributes: &[
        Attribute::new("source", Change::Replaces("an image is what it was made from")),
        Attribute::set("share", &[]),
    ],
    along: &["snapshots"],
    read,
    state,
    create,
    update,
    delete,
    summary: |attributes| format!("of {}", attributes.text("source")),
    outputs: |item| Map::new().with("id", item.text("ImageId")).with("name", item.text("Name")),
    ..Kind::PLAIN
};

/// Who may launch it, once it is there.
fn details(item: &Map) -> Vec<Call> {
    if item.get("LaunchPermissions").is_some() || state(item) != State::Ready {
        return Vec::new();
    }
    let parameters = Map::new().with("ImageId", item.text("ImageId")).with("Attribute", "launchPermission");
    vec![Call::new("DescribeImageAttribute", parameters)]
}

fn state(item: &Map) -> State {
    match item.text("State") {
        "pending" | "transient" => State::Pending,
        "deregistered" => State::Gone,
        state @ ("failed" | "error" | "invalid") => {
            let why = item.map("StateReason").map_or("", |reason| reason.text("Message"));
            State::Failed(if why.is_empty() { state.to_owned() } else { why.to_owned() })
        }
        _ => State::Ready,
    }
}

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let accounts = item.list("LaunchPermissions").iter().filter_map(Value::as_map).map(|who| who.text("UserId"));
    let mut share: Vec<&str> = accounts.filter(|account| !account.is_empty()).collect();
    share.sort_unstable();
    Map::new()
        .with_some("source", tags::get(item, SOURCE_TAG))
        .with("share", share.into_iter().map(Value::from).collect::<Vec<_>>())
        .with("snapshots", snapshots(item))
}

fn snapshots(item: &Map) -> Vec<Value> {
    let mappings = item.list("BlockDeviceMappings").iter().filter_map(Value::as_map);
    mappings.filter_map(|mapping| mapping.map("Ebs")?.get("SnapshotId").cloned()).collect()
}

fn create(image: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &image.attributes;
    let common = Map::new()
        .with("Name", name(attributes, making.beside))
        .with("TagSpecifications", image.tag_specifications(making.stack, &["image", "snapshot"]));
    let op = match attributes.get("from") {
        Some(from) => {
            let region = attribute(attributes, "from_region");
            Op::new("CopyImage", common.with("SourceImageId", from).with("SourceRegion", region))
        }
        None => Op::new("CreateImage", of_node(common, attributes)),
    };
    let share = attributes.list("share");
    let share = (!share.is_empty()).then(|| permit((&image.address).into(), "Add", share.iter()));
    [op.gives(&image.address, "ImageId").wait(Wait::Ready)].into_iter().chain(share).collect()
}

/// The node's further disks stay its own: each instance that is launched from the image would get copies of them.
fn of_node(parameters: Map, attributes: &Map) -> Map {
    let without = attributes.list("without").iter();
    let mappings: Vec<Value> =
        without.map(|device| Map::new().with("DeviceName", device).with("NoDevice", "").into()).collect();
    let mappings = Some(mappings).filter(|mappings| !mappings.is_empty());
    parameters.with("InstanceId", attribute(attributes, "node")).with_some("BlockDeviceMappings", mappings)
}

/// An image's name is its own in a region, so a new one is called after the old one that it stands beside.
fn name(attributes: &Map, beside: Option<&Observed>) -> EcoString {
    let name = attributes.text("name");
    beside.map_or(name.into(), |old| eco_format!("{name} (after {})", old.id))
}

fn permit<'v>(id: Value, how: &'static str, accounts: impl Iterator<Item = &'v Value>) -> Op {
    let accounts: Vec<Value> = accounts.map(|account| Map::new().with("UserId", account).into()).collect();
    let parameters = Map::new().with("ImageId", id).with("LaunchPermission", Map::new().with(how, accounts));
    Op::new("ModifyImageAttribute", parameters)
}

fn update(updating: &Updating) -> Vec<Op> {
    let (after, before) = (updating.after.attributes.list("share"), updating.before.attributes.list("share"));
    let change = |how, more: &[Value], less: &[Value]| {
        let accounts: Vec<&Value> = more.iter().filter(|account| !less.contains(account)).collect();
        (!accounts.is_empty()).then(|| permit(updating.id(), how, accounts.into_iter()))
    };
    change("Add", after, before).into_iter().chain(change("Remove", before, after)).collect()
}

fn delete(image: &Observed, _: Removing) -> Vec<Op> {
    let parameters = Map::new().with("ImageId", image.id.clone()).with("DeleteAssociatedSnapshots", true);
    vec![Op::new("DeregisterImage", parameters)]
}
