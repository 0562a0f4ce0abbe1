//! The devices of further disks: one that is attached stays where it is, whatever others come and go.

use crate::call::Value;
use crate::kinds::{Observed, Wanted};
use crate::model::Address;
use std::collections::{HashMap, HashSet};

/// The devices that disks are attached as (EC2 User Guide, "Device names for volumes": recommended for data volumes).
pub const DEVICES: [&str; 11] = [
    "/dev/sdf", "/dev/sdg", "/dev/sdh", "/dev/sdi", "/dev/sdj", "/dev/sdk", "/dev/sdl", "/dev/sdm", "/dev/sdn",
    "/dev/sdo", "/dev/sdp",
];

/// Gives each disk that lives the device that it has, and each new one, in the order of names, one that is free.
pub fn keep(wanted: &mut Wanted, found: &[Observed]) {
    let living =
        found.iter().filter(|thing| thing.kind.name == "volume" && !thing.attributes.text("device").is_empty());
    let devices: HashMap<&Address, &str> =
        living.map(|thing| (&thing.address, thing.attributes.text("device"))).collect();
    let mut taken: HashMap<Address, HashSet<String>> = HashMap::new();
    for (address, device) in &devices {
        if let Some(node) = address.owner() {
            taken.entry(node).or_default().insert((*device).to_owned());
        }
    }
    for volume in wanted.resources.iter_mut().filter(|resource| resource.kind.name == "volume") {
        let Some(Value::Ref(node)) = volume.attributes.get("node").cloned() else { continue };
        let taken = taken.entry(node).or_default();
        let free = || DEVICES.into_iter().find(|device| !taken.contains(*device));
        let former = volume.address.former(&wanted.renamed);
        let own = former.iter().chain([&volume.address]).rev().find_map(|address| devices.get(address).copied());
        let device = own.or_else(free);
        if let Some(device) = device {
            taken.insert(device.to_owned());
            volume.attributes.set("device", device);
        }
    }
}
