//! Instances.

use super::{
    Attribute, Beside, Change, Claim, ClaimOn, Describe, GROUPS_OF_AN_INTERFACE, IMAGE_TAG, Item, Kind, Live, Making,
    Observed, Op, Overlap, Removing, Resource, State, USER_DATA_TAG, Updating, Wait,
};
use super::{attribute, attribute_value, effect, iops, tags};
use crate::call::{Map, Value};
use crate::model::ImagePattern;

const FIXED: Change = Change::Replaces("an instance has it from its launch to its end");
const FIRST_BOOT: Change = Change::Replaces("it takes effect at the first boot only");

/// An instance with its root volume and its one network interface.
pub static INSTANCE: Kind = Kind {
    name: "instance",
    describe: Some(Describe {
        action: "DescribeInstances",
        resource_type: "instance",
        list: &["Reservations", "Instances"],
        id_filter: "instance-id",
        beside: Some(Beside { action: "DescribeVolumes", list: "Volumes", owner }),
        ..Describe::PLAIN
    }),
    id: "InstanceId",
    attributes: &[
        Attribute::new("image", Change::Replaces("an instance cannot change its image")),
        Attribute::new("image_pattern", Change::InPlace),
        Attribute::new("type", Change::Interrupts("the instance is stopped and started again")),
        Attribute::new("subnet", Change::Replaces("an instance cannot move to another subnet")),
        Attribute::lenient("address", FIXED),
        Attribute::set("groups", &[]),
        Attribute::new("key", FIRST_BOOT),
        Attribute::new("user_data", FIRST_BOOT),
        Attribute::lenient("disk_gib", Change::Grows("a volume cannot shrink")),
        Attribute::lenient("disk_type", Change::InPlace),
        Attribute::lenient("disk_encrypted", Change::Replaces("a volume is encrypted from its start or never")),
        Attribute::lenient("public", Change::InPlace),
        Attribute::lenient("ipv6", Change::InPlace),
        Attribute::new("role", Change::InPlace),
        Attribute::new("forwards", Change::InPlace),
        Attribute::lenient("metadata_tokens", Change::InPlace),
        Attribute::new("state", Change::InPlace),
    ],
    loses: Some("the instance is terminated, with what is on its root disk"),
    overlap: Overlap::OldFirst,
    joins: Some(("groups", GROUPS_OF_AN_INTERFACE)),
    along: &["volume"],
    effect: |updating| effect::of_set(updating, "groups"),
    opens: true,
    read,
    state,
    create,
    update,
    delete,
    claims,
    summary,
    outputs,
    ..Kind::PLAIN
};

fn owner(volume: &Map) -> &str {
    let attachment = volume.list("Attachments").iter().find_map(Value::as_map);
    attachment.map_or("", |attachment| attachment.text("InstanceId"))
}

fn state(item: &Map) -> State {
    match item.map("State").map_or("", |state| state.text("Name")) {
        "pending" | "stopping" => State::Pending,
        "stopped" => State::Stopped,
        "shutting-down" => State::Going,
        "terminated" => State::Gone,
        _ => State::Ready,
    }
}

fn read(item: &Item, _: &Live) -> Map {
    let item = &item.members;
    let runs = state(item) == State::Ready;
    let state = if state(item) == State::Stopped { "stopped" } else { "running" };
    let interface = item.list("NetworkInterfaces").iter().find_map(Value::as_map);
    // An instance that isn't running has no public address, and tells nothing of whether it will get one.
    let public = runs.then(|| !item.text("PublicIpAddress").is_empty());
    let profile =
        item.map("IamInstanceProfile").map(|profile| profile.text("Arn").rsplit('/').next().unwrap_or_default());
    let tokens = item.map("MetadataOptions").map(|options| options.text("HttpTokens")).filter(|text| !text.is_empty());
    let root = root_volume(item);
    let text = |name: &str| Some(item.text(name)).filter(|text| !text.is_empty());
    Map::new()
        .with("image", item.text("ImageId"))
        .with("image_id", item.text("ImageId"))
        .with_some("image_pattern", tags::get(item, IMAGE_TAG))
        .with("type", item.text("InstanceType"))
        .with("subnet", item.text("SubnetId"))
        .with_some("address", text("PrivateIpAddress"))
        .with("groups", groups(item))
        .with_some("key", text("KeyName"))
        .with_some("user_data", tags::get(item, USER_DATA_TAG))
        .with_some("disk_gib", root.and_then(|volume| volume.get("Size")))
        .with_some("disk_type", root.and_then(|volume| volume.get("VolumeType")))
        .with_some("disk_encrypted", root.and_then(|volume| volume.get("Encrypted")))
        .with_some("public", public)
        .with_some("ipv6", interface.map(|interface| !interface.list("Ipv6Addresses").is_empty()))
        .with_some("role", profile)
        .with_some("forwards", (item.get("SourceDestCheck") == Some(&Value::Bool(false))).then_some(true))
        .with_some("metadata_tokens", tokens)
        .with("state", state)
        .with("vpc", item.text("VpcId"))
        .with_some("volume", root_volume_id(item))
        .with_some("interface", interface.and_then(|interface| interface.get("NetworkInterfaceId")))
}

fn root_volume(item: &Map) -> Option<&Map> {
    let device = item.text("RootDeviceName");
    item.list("Volumes").iter().filter_map(Value::as_map).find(|volume| {
        volume
            .list("Attachments")
            .iter()
            .filter_map(Value::as_map)
            .any(|attachment| attachment.text("Device") == device)
    })
}

fn root_volume_id(item: &Map) -> Option<&Value> {
    let device = item.text("RootDeviceName");
    let mut mappings = item.list("BlockDeviceMappings").iter().filter_map(Value::as_map);
    mappings.find(|mapping| mapping.text("DeviceName") == device)?.map("Ebs")?.get("VolumeId")
}

/// The groups it is in; being in the VPC's default group alone is being in none.
fn groups(item: &Map) -> Vec<Value> {
    let interface = item.list("NetworkInterfaces").iter().find_map(Value::as_map);
    let groups = interface.map_or(item.list("SecurityGroups"), |interface| interface.list("Groups"));
    let groups = groups.iter().filter_map(Value::as_map);
    let mut ids: Vec<(&str, &str)> = groups.map(|group| (group.text("GroupId"), group.text("GroupName"))).collect();
    ids.sort_unstable();
    if let [(_, "default")] = ids.as_slice() {
        ids.clear();
    }
    ids.into_iter().map(|(id, _)| Value::from(id)).collect()
}

fn create(node: &Resource, making: &Making) -> Vec<Op> {
    let attributes = &node.attributes;
    let (groups, role) = (attributes.list("groups"), attributes.get("role"));
    let interface = Map::new()
        .with("DeviceIndex", 0)
        .with("SubnetId", attribute(attributes, "subnet"))
        .with_some("Groups", (!groups.is_empty()).then(|| groups.to_vec()))
        .with_some("PrivateIpAddress", attributes.get("address"))
        .with("AssociatePublicIpAddress", attributes.is_true("public"))
        .with("DeleteOnTermination", true);
    let parameters = Map::new()
        .with("ImageId", attribute(attributes, "image"))
        .with("InstanceType", attribute(attributes, "type"))
        .with("MinCount", 1)
        .with("MaxCount", 1)
        .with_some("KeyName", attributes.get("key"))
        .with_some("UserData", attributes.get("user_data"))
        .with("NetworkInterfaces", [interface])
        .with("BlockDeviceMappings", [root_mapping(attributes)])
        .with_some("IamInstanceProfile", role.map(|name| Map::new().with("Name", name)))
        .with("MetadataOptions", Map::new().with("HttpTokens", attribute(attributes, "metadata_tokens")))
        .with("TagSpecifications", node.tag_specifications(making.stack, &["instance", "volume"]));
    let launch = Op::new("RunInstances", parameters).gives(&node.address, "Instances.0.InstanceId").wait(Wait::Ready);
    let forwards = attributes.is_true("forwards").then(|| check_addresses((&node.address).into(), false));
    look_at_image(attributes).into_iter().chain([launch]).chain(forwards).collect()
}

/// Whether an instance takes only what is addressed to itself; what it forwards is not (EC2 API Reference,
/// "ModifyInstanceAttribute").
fn check_addresses(id: Value, on: bool) -> Op {
    let parameters = Map::new().with("InstanceId", id).with("SourceDestCheck", attribute_value(on));
    Op::new("ModifyInstanceAttribute", parameters)
}

/// Only EC2 tells the root device of an image that is made from a node, when it is there.
fn look_at_image(attributes: &Map) -> Option<Op> {
    let (Some(Value::Ref(image)), Some(Value::Ref(device))) = (attributes.get("image"), attributes.get("root_device"))
    else {
        return None;
    };
    let made = ImagePattern::from_text(image.as_str()).is_none();
    let parameters = Map::new().with("ImageIds", [image]);
    made.then(|| Op::new("DescribeImages", parameters).gives(device, "Images.0.RootDeviceName"))
}

fn root_mapping(attributes: &Map) -> Map {
    let iops = iops(attributes.text("disk_type"), attributes.get("disk_gib").and_then(Value::as_int));
    let volume = Map::new()
        .with_some("VolumeSize", attributes.get("disk_gib").or(attributes.get("root_gib")))
        .with_some("VolumeType", attributes.get("disk_type"))
        .with_some("Iops", iops)
        .with_some("Encrypted", attributes.get("disk_encrypted"))
        .with("DeleteOnTermination", true);
    Map::new().with("DeviceName", attribute(attributes, "root_device")).with("Ebs", volume)
}

fn update(updating: &Updating) -> Vec<Op> {
    let (after, before) = (&updating.after.attributes, &updating.before.attributes);
    let mut ops = Vec::new();
    if updating.has("groups") {
        ops.extend(change_groups(updating));
    }
    if updating.has("metadata_tokens") {
        let parameters =
            Map::new().with("InstanceId", updating.id()).with("HttpTokens", attribute(after, "metadata_tokens"));
        ops.push(Op::new("ModifyInstanceMetadataOptions", parameters));
    }
    if updating.has("public") {
        let parameters = Map::new()
            .with("NetworkInterfaceId", attribute(before, "interface"))
            .with("AssociatePublicIpAddress", after.is_true("public"));
        ops.push(Op::new("ModifyNetworkInterfaceAttribute", parameters));
    }
    if updating.has("ipv6") {
        // The block of a subnet is given to what is launched later; what runs has to ask (VPC User Guide, "Add IPv6
        // support for your VPC").
        let parameters =
            Map::new().with("NetworkInterfaceId", attribute(before, "interface")).with("Ipv6AddressCount", 1);
        ops.push(Op::new("AssignIpv6Addresses", parameters));
    }
    if updating.has("role") {
        ops.extend(change_role(updating));
    }
    if updating.has("forwards") {
        ops.push(check_addresses(updating.id(), !after.is_true("forwards")));
    }
    if updating.has("disk_gib") || updating.has("disk_type") {
        let size = after.get("disk_gib").and_then(Value::as_int);
        let parameters = Map::new()
            .with("VolumeId", attribute(before, "volume"))
            .with_some("Size", after.get("disk_gib").filter(|_| updating.has("disk_gib")))
            .with_some("VolumeType", after.get("disk_type").filter(|_| updating.has("disk_type")))
            .with_some("Iops", iops(after.text("disk_type"), size).filter(|_| updating.has("disk_type")));
        ops.push(Op::new("ModifyVolume", parameters));
    }
    if updating.has("image_pattern") {
        ops.push(change_mark(updating));
    }
    ops.extend(change_type(updating));
    ops
}

fn change_groups(updating: &Updating) -> Vec<Op> {
    let interface = attribute(&updating.before.attributes, "interface");
    let set = |groups: Value| {
        let parameters = Map::new().with("NetworkInterfaceId", &interface).with("Groups", groups);
        Op::new("ModifyNetworkInterfaceAttribute", parameters)
    };
    let groups = updating.after.attributes.list("groups");
    if !groups.is_empty() {
        return vec![set(groups.to_vec().into())];
    }
    // Without groups of its own, an instance is in its VPC's default one.
    let default = updating.after.address.part("default-group");
    let filters = [
        Map::new().with("Name", "vpc-id").with("Values", [attribute(&updating.before.attributes, "vpc")]),
        Map::new().with("Name", "group-name").with("Values", ["default"]),
    ];
    let find = Op::new("DescribeSecurityGroups", Map::new().with("Filters", filters));
    vec![find.gives(&default, "SecurityGroups.0.GroupId"), set([Value::Ref(default)].into())]
}

/// Says by which pattern the image is named now, if by one.
fn change_mark(updating: &Updating) -> Op {
    let (action, value) = match updating.after.attributes.get("image_pattern") {
        Some(pattern) => ("CreateTags", Some(pattern)),
        None => ("DeleteTags", None),
    };
    let tag = Map::new().with("Key", IMAGE_TAG).with_some("Value", value);
    Op::new(action, Map::new().with("Resources", [updating.id()]).with("Tags", [tag]))
}

/// The association of an instance with its profile has an id of its own, which has to be looked up.
fn change_role(updating: &Updating) -> Vec<Op> {
    let association = updating.after.address.part("role");
    let filters = [Map::new().with("Name", "instance-id").with("Values", [updating.id()])];
    let find = Op::new("DescribeIamInstanceProfileAssociations", Map::new().with("Filters", filters))
        .gives(&association, "IamInstanceProfileAssociations.0.AssociationId");
    let profile = updating.after.attributes.get("role").map(|name| Map::new().with("Name", name));
    let had = updating.before.attributes.get("role").is_some();
    match (had, profile) {
        (true, Some(profile)) => {
            let parameters = Map::new().with("AssociationId", &association).with("IamInstanceProfile", profile);
            vec![find, Op::new("ReplaceIamInstanceProfileAssociation", parameters)]
        }
        (true, None) => {
            vec![find, Op::new("DisassociateIamInstanceProfile", Map::new().with("AssociationId", &association))]
        }
        (false, profile) => {
            let parameters = Map::new().with("InstanceId", updating.id()).with_some("IamInstanceProfile", profile);
            vec![Op::new("AssociateIamInstanceProfile", parameters)]
        }
    }
}

/// EC2 changes the type of stopped instances only (EC2 User Guide, "Change the instance type").
fn change_type(updating: &Updating) -> Vec<Op> {
    let ids = || Map::new().with("InstanceIds", [updating.id()]);
    let stop = Op::new("StopInstances", ids()).merges("InstanceIds").wait(Wait::Stopped);
    let start = Op::new("StartInstances", ids()).merges("InstanceIds").wait(Wait::Ready);
    let mut ops = Vec::new();
    if updating.has("type") {
        if updating.before.state != State::Stopped {
            ops.push(stop);
        }
        let new_type = Map::new().with("Value", attribute(&updating.after.attributes, "type"));
        let parameters = Map::new().with("InstanceId", updating.id()).with("InstanceType", new_type);
        ops.push(Op::new("ModifyInstanceAttribute", parameters));
    }
    if updating.has("type") || updating.has("state") {
        ops.push(start);
    }
    ops
}

fn delete(node: &Observed, _: Removing) -> Vec<Op> {
    let parameters = Map::new().with("InstanceIds", [node.id.clone()]);
    vec![Op::new("TerminateInstances", parameters).merges("InstanceIds").wait(Wait::Gone)]
}

fn claims(attributes: &Map) -> Vec<Claim> {
    let address = attributes.get("address").and_then(Value::as_text);
    address
        .map(|address| Claim { scope: attribute(attributes, "subnet"), on: ClaimOn::Name(address.into()) })
        .into_iter()
        .collect()
}

fn summary(attributes: &Map) -> String {
    let mut text = attributes.text("type").to_owned();
    if let Some(address) = attributes.get("address").and_then(Value::as_text) {
        text += &format!(" at {address}");
    }
    if attributes.is_true("public") {
        text += ", public";
    }
    text
}

fn outputs(item: &Map) -> Map {
    let mut outputs = Map::new().with("id", item.text("InstanceId"));
    for (name, member) in
        [("private_ip", "PrivateIpAddress"), ("public_ip", "PublicIpAddress"), ("public_dns", "PublicDnsName")]
    {
        if !item.text(member).is_empty() {
            outputs.push(name, item.text(member));
        }
    }
    let interface = item.list("NetworkInterfaces").iter().find_map(Value::as_map);
    let ipv6 = interface.and_then(|interface| interface.list("Ipv6Addresses").iter().find_map(Value::as_map));
    outputs.with_some("ipv6", ipv6.map(|address| address.text("Ipv6Address")))
}
