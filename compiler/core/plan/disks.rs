//! The devices of further disks: one that is attached stays where it is, whatever others come and go.

use crate::call::Value;
use crate::kinds::{Observed, Wanted};
use crate::model::Address;
use ecow::EcoString;
use std::collections::{HashMap, HashSet};

/// The devices that disks are attached as (EC2 User Guide, "Device names for volumes": recommended for data volumes).
pub const DEVICES: [&str; 11] = [
    "/dev/sdf", "/dev/sdg", "/dev/sdh", "/dev/sdi", "/dev/sdj", "/dev/sdk", "/dev/sdl", "/dev/sdm", "/dev/sdn",
    "/dev/sdo", "/dev/sdp",
];

/// Gives each disk that lives the device that it has, and each new one, in the order of names, one that is free.
pub fn keep(wanted: &mut Wanted, found: &[Observed]) {
    let mut taken: HashSet<(Address, EcoString)> = HashSet::new();
    let mut devices: HashMap<&Address, EcoString> = HashMap::new();
    for thing in found.iter().filter(|thing| thing.kind.name == "volume") {
        let device = EcoString::from(thing.attributes.text("device"));
        if !device.is_empty() {
            taken.extend(thing.address.owner().map(|node| (node, device.clone())));
            devices.insert(&thing.address, device);
        }
    }
    let mut new = Vec::new();
    for volume in wanted.resources.iter_mut().filter(|resource| resource.kind.name == "volume") {
        let former = volume.address.former(&wanted.renamed);
        let own = devices.get(&volume.address).or_else(|| former.iter().find_map(|address| devices.get(address)));
        match own {
            Some(device) => {
                taken.extend(volume.address.owner().map(|node| (node, device.clone())));
                volume.attributes.set("device", device);
            }
            None => new.push(volume),
        }
    }
    for volume in new {
        let Some(node) = volume.address.owner() else { continue };
        let free = DEVICES.into_iter().find(|device| !taken.contains(&(node.clone(), EcoString::from(*device))));
        if let Some(device) = free {
            taken.insert((node, device.into()));
            volume.attributes.set("device", device);
        }
    }
    leave_out(wanted);
}

/// Tells images of nodes the devices of the disks that are no part of them.
fn leave_out(wanted: &mut Wanted) {
    let volumes = wanted.resources.iter().filter(|resource| resource.kind.name == "volume");
    let mut devices: HashMap<Address, Vec<Value>> = HashMap::new();
    for volume in volumes {
        if let (Some(node), Some(device)) = (volume.address.owner(), volume.attributes.get("device")) {
            devices.entry(node).or_default().push(device.clone());
        }
    }
    for image in wanted.resources.iter_mut().filter(|resource| resource.kind.name == "image") {
        if let Some(Value::Ref(node)) = image.attributes.get("node") {
            let devices = devices.get(node).cloned().unwrap_or_default();
            image.attributes.set("without", devices);
        }
    }
}
