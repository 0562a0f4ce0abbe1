//! Instances.

use super::Lowering;
use crate::boot::{differs_by_node, with_environment};
use crate::call::{Map, Sealed, Value};
use crate::kinds::{IMAGE_TAG, INSTANCE, Resource, USER_DATA_TAG, VOLUME};
use crate::model::{
    Address, Group, Id, ImageChoice, ImagePattern, Network, Node, RouteTarget, Settings, Start, Subnet,
};
use crate::plan::disks::DEVICES;
use crate::source::Span;
use ecow::{EcoString, eco_format};
use std::collections::{HashMap, HashSet};

impl Lowering<'_> {
    /// Nodes, each member of a range for itself.
    pub(super) fn nodes(&mut self) {
        let (model, fixed) = (self.model, self.fixed());
        model.nodes.iter().for_each(|(_, node)| self.node(node, &fixed));
        let forwarding = self.forwarding();
        for resource in self.resources.iter_mut().filter(|resource| forwarding.contains(&resource.address)) {
            resource.attributes.push("forwards", true);
        }
    }

    /// The nodes with addresses of their own, by subnet: who lets EC2 choose comes after them, lest it choose theirs.
    fn fixed(&self) -> HashMap<Id<Subnet>, Vec<Address>> {
        let all = || self.model.nodes.iter().map(|(_, node)| node);
        let chosen: HashSet<Id<Subnet>> =
            all().filter(|node| node.start == Start::Any).filter_map(|node| node.subnet).collect();
        let mut fixed: HashMap<Id<Subnet>, Vec<Address>> = HashMap::new();
        for node in all().filter(|node| node.start != Start::Any) {
            if let Some(subnet) = node.subnet.filter(|subnet| chosen.contains(subnet)) {
                fixed.entry(subnet).or_default().extend(node.members().map(|(address, _)| address));
            }
        }
        fixed
    }

    fn node(&mut self, node: &Node, fixed: &HashMap<Id<Subnet>, Vec<Address>>) {
        let id = node.network;
        let Some(subnet) = node.subnet else { return };
        let before = fixed.get(&subnet).filter(|_| node.start == Start::Any);
        let subnet = &self.model.subnets[subnet];
        let (region, origin) = (self.region_of(id), self.origin(node.origin));
        let tags = self.tags(Some(id), &node.tags);
        let mut after = self.before_boot(id, node, &region);
        after.extend(before.into_iter().flatten().cloned());
        let marks = marks(node);
        let attributes = self.node_attributes(node, subnet);
        let first =
            Resource { address: node.address.clone(), kind: &INSTANCE, region, attributes, tags, marks, after, origin };
        let differs = differs_by_node(&node.environment);
        let mut last = Some(first);
        let mut rest = node.count();
        for (address, ip) in node.members() {
            self.disks(node, &address, &subnet.zone);
            rest -= 1;
            // The last one takes what the others copy.
            let Some(mut resource) = (if rest == 0 { last.take() } else { last.clone() }) else { break };
            resource.address = address;
            if differs {
                give_user_data(node, &mut resource);
            }
            if let Some(ip) = ip {
                resource.attributes.push("address", ip.to_string());
            }
            self.association(node, &resource.address);
            self.add(resource);
        }
    }

    /// The instances that routes lead to.
    fn forwarding(&self) -> HashSet<Address> {
        let routes = self.model.tables.iter().flat_map(|(_, table)| &table.routes);
        let targets = routes.filter_map(|route| match route.target {
            RouteTarget::Node(id, index) => Some(self.model.nodes[id].member_address(index.unwrap_or(0))),
            _ => None,
        });
        targets.collect()
    }

    /// The disks of one node, beside its root disk.
    fn disks(&mut self, node: &Node, address: &Address, zone: &EcoString) {
        if node.settings.disks.is_empty() {
            return;
        }
        let zone = eco_format!("{}{zone}", self.region_of(node.network));
        for ((name, disk), device) in node.settings.disks.iter().zip(DEVICES) {
            let attributes = Map::new()
                .with("name", name)
                .with("node", address)
                .with("device", device)
                .with("zone", zone.clone())
                .with("gib", disk.gib)
                .with("type", disk.volume_type.clone())
                .with("encrypted", disk.encrypted);
            self.push(&VOLUME, address.part(name), node.network, &node.tags, disk.origin, attributes);
        }
    }

    fn node_attributes(&self, node: &Node, subnet: &Subnet) -> Map {
        let settings = &node.settings;
        let image = self.image_of(settings);
        let pattern = pattern(settings).map(ImagePattern::text);
        let public = node.launches_public(subnet);
        let disk = settings.disk.as_ref();
        let tokens = if settings.imds_optional == Some(true) { "optional" } else { "required" };
        let of_image = |what: &str| image_address(&image).map(|address| Value::Ref(address.part(what)));
        // What is made from a node has its root disk; nobody knows its size before.
        let known = !matches!(settings.image, Some(ImageChoice::Made(_)));
        let (root_device, root_gib) = (of_image("root-device"), of_image("root-gib").filter(|_| known));
        Map::new()
            .with("image", image)
            .with_some("image_pattern", pattern)
            .with("type", settings.instance_type.clone().unwrap_or_default())
            .with("subnet", &subnet.address)
            .with("groups", self.groups_of(node))
            .with_some("key", settings.key.map(|key| self.key_name(&self.model.keys[key])))
            .with_some("user_data", user_data(node, &node.address))
            .with_some("disk_gib", disk.map(|disk| disk.gib))
            .with_some("disk_type", disk.map(|disk| disk.volume_type.clone()))
            .with("disk_encrypted", disk.is_none_or(|disk| disk.encrypted))
            .with("public", public)
            .with_some("ipv6", subnet.ipv6.map(|_| true))
            .with_some("role", settings.role.clone())
            .with("metadata_tokens", tokens)
            .with("state", "running")
            .with_some("root_device", root_device)
            .with_some("root_gib", root_gib.filter(|_| disk.is_none()))
    }

    /// The image's id, or what stands for it until it is known.
    fn image_of(&self, settings: &Settings) -> Value {
        match &settings.image {
            Some(ImageChoice::Id(id)) => id.clone().into(),
            Some(ImageChoice::Newest(pattern)) => Value::Ref(pattern.address()),
            Some(ImageChoice::Made(id)) => (&self.model.images[*id].address).into(),
            Some(ImageChoice::Hole) | None => EcoString::new().into(),
        }
    }

    /// The groups that a node is in; none if it is in the network's default group alone, as any node without groups is.
    fn groups_of(&self, node: &Node) -> Vec<&Address> {
        self.groups_named(node.settings.groups.as_deref().unwrap_or_default())
    }

    /// The addresses of groups, sorted; none if they are the network's default group alone.
    pub(super) fn groups_named(&self, groups: &[(Id<Group>, Span)]) -> Vec<&Address> {
        let mut groups: Vec<_> = groups.iter().map(|(group, _)| &self.model.groups[*group]).collect();
        if groups.iter().all(|group| group.is_default) {
            groups.clear();
        }
        let mut addresses: Vec<&Address> = groups.into_iter().map(|group| &group.address).collect();
        addresses.sort();
        addresses
    }

    /// What a node has without naming it: the default group and the default network ACL, where the program manages them.
    fn defaults_of(&self, node: &Node) -> Vec<Address> {
        let network = &self.model.networks[node.network];
        let group = network.default_group.filter(|_| self.groups_of(node).is_empty());
        let has_acl = node.subnet.is_some_and(|subnet| self.model.subnets[subnet].acl.is_some());
        let acl = network.default_acl.filter(|_| !has_acl);
        let group = group.map(|group| self.model.groups[group].address.clone());
        group.into_iter().chain(acl.map(|acl| self.model.acls[acl].address.clone())).collect()
    }

    /// What a node's first boot relies on, besides what its attributes name: its key, its groups' rules, its way out, DNS.
    fn before_boot(&self, id: Id<Network>, node: &Node, region: &EcoString) -> Vec<Address> {
        let network = &self.model.networks[id];
        let key = node.settings.key.map(|key| self.key_address(&self.model.keys[key], region));
        let rules =
            node.settings.groups.iter().flatten().map(|(group, _)| self.model.groups[*group].address.part("rules"));
        let routes = node.subnet.and_then(|subnet| self.routes_of(subnet));
        let dhcp = network.dns.has_options().then(|| network.address.part("dhcp"));
        key.into_iter().chain(rules).chain(routes).chain(dhcp).chain(self.defaults_of(node)).collect()
    }
}

/// The tags by which a later run finds out what an instance was launched with.
fn marks(node: &Node) -> Vec<(&'static str, EcoString)> {
    let boot = user_data(node, &node.address).map(|sealed| (USER_DATA_TAG, sealed.sha256().into()));
    boot.into_iter().chain(pattern(&node.settings).map(|pattern| (IMAGE_TAG, pattern.text()))).collect()
}

/// The user data of the node at an address: the boot script, with its environment if it has one.
fn user_data(node: &Node, address: &Address) -> Option<Sealed> {
    node.settings.boot.as_ref().map(|(script, _)| with_environment(script, &node.environment, address))
}

/// Gives one node of a range user data of its own.
fn give_user_data(node: &Node, resource: &mut Resource) {
    let Some(sealed) = user_data(node, &resource.address) else { return };
    for (_, digest) in resource.marks.iter_mut().filter(|(tag, _)| *tag == USER_DATA_TAG) {
        *digest = sealed.sha256().into();
    }
    resource.attributes.set("user_data", sealed);
}

fn pattern(settings: &Settings) -> Option<&ImagePattern> {
    match &settings.image {
        Some(ImageChoice::Newest(pattern)) => Some(pattern),
        _ => None,
    }
}

fn image_address(image: &Value) -> Option<Address> {
    match image {
        Value::Ref(address) => Some(address.clone()),
        other => other.as_text().map(Address::top),
    }
}
