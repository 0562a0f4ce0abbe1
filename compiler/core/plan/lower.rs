//! What EC2 should hold for a model.

use crate::call::sealed::sha256;
use crate::call::{Map, Value};
use crate::kinds::{
    DHCP_OPTIONS, INSTANCE, INTERNET_GATEWAY, KEY_PAIR, Kind, MATERIAL_TAG, Origin, ROUTE_TABLE, Resource,
    SECURITY_GROUP, SECURITY_GROUP_RULES, SUBNET, USER_DATA_TAG, VPC, everything_out, sort_rules,
};
use crate::model::{Address, Group, Id, Key, Network, Node, Protocol, RouteTable, Rule, RulePeer, Sound, Subnet, Tags};
use crate::source::{Sources, Span};
use ecow::{EcoString, eco_format};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// What EC2 should hold. `region` is where networks live if neither they nor the program say.
///
/// The order is that of kinds, networks and addresses, whatever the order of the statements was.
pub fn lower(model: &Sound, sources: &Sources, region: &str) -> Vec<Resource> {
    let mut lowering = Lowering { model, sources, region, files: HashMap::new(), resources: Vec::new() };
    lowering.keys();
    for (id, network) in model.networks.iter() {
        lowering.network(id, network);
    }
    let mut resources = lowering.resources;
    resources.sort_by(|a, b| (a.kind.rank(), &a.address).cmp(&(b.kind.rank(), &b.address)));
    resources
}

struct Lowering<'m> {
    model: &'m Sound,
    sources: &'m Sources,
    region: &'m str,
    files: HashMap<crate::source::FileId, Arc<str>>,
    resources: Vec<Resource>,
}

impl<'m> Lowering<'m> {
    fn origin(&mut self, span: Span) -> Option<Origin> {
        let file = self.files.entry(span.file).or_insert_with(|| self.sources.name(span.file).into());
        let line = self.sources.file(span.file).line_index(span.start as usize) + 1;
        Some(Origin { span, file: Arc::clone(file), line })
    }

    fn program_region(&self) -> EcoString {
        self.model.region.clone().unwrap_or_else(|| self.region.into())
    }

    fn region_of(&self, network: Id<Network>) -> EcoString {
        self.model.networks[network].region.clone().unwrap_or_else(|| self.program_region())
    }

    /// The program's tags, the network's over them, and the thing's own over those.
    fn tags(&self, network: Option<Id<Network>>, own: &Tags) -> Arc<Tags> {
        let mut tags = self.model.tags.clone();
        if let Some(network) = network {
            tags.extend(self.model.networks[network].tags.clone());
        }
        tags.extend(own.clone());
        Arc::new(tags)
    }

    fn push(
        &mut self,
        kind: &'static Kind,
        address: Address,
        network: Id<Network>,
        own: &Tags,
        span: Span,
        attributes: Map,
    ) -> &mut Resource {
        let (region, tags, origin) = (self.region_of(network), self.tags(Some(network), own), self.origin(span));
        self.add(Resource { address, kind, region, attributes, tags, marks: Vec::new(), after: Vec::new(), origin })
    }

    fn add(&mut self, resource: Resource) -> &mut Resource {
        self.resources.push(resource);
        let last = self.resources.len() - 1;
        &mut self.resources[last]
    }

    /// A key pair lives in a region; a key stands for one in each region whose nodes use it, and in the program's own.
    fn keys(&mut self) {
        let home = self.program_region();
        for (id, key) in self.model.keys.iter() {
            let used = self.model.nodes.iter().filter(|(_, node)| node.settings.key == Some(id));
            let mut regions: Vec<EcoString> = used.map(|(_, node)| self.region_of(node.network)).collect();
            regions.sort();
            regions.dedup();
            if regions.is_empty() {
                regions.push(home.clone());
            }
            for region in regions {
                self.key(key, region);
            }
        }
    }

    fn key(&mut self, key: &Key, region: EcoString) {
        let material: Vec<&str> = key.line.split_whitespace().take(2).collect();
        let digest = EcoString::from(sha256(material.join(" ").as_bytes()));
        let attributes = Map::new()
            .with("name", self.key_name(key))
            .with("material", digest.clone())
            .with("public_key", key.line.clone());
        let (address, origin) = (self.key_address(key, &region), self.origin(key.origin));
        let (tags, marks) = (self.tags(None, &Tags::new()), vec![(MATERIAL_TAG, digest)]);
        self.add(Resource { address, kind: &KEY_PAIR, region, attributes, tags, marks, after: Vec::new(), origin });
    }

    fn key_name(&self, key: &Key) -> EcoString {
        eco_format!("{}/{}", self.model.stack, key.address)
    }

    fn key_address(&self, key: &Key, region: &EcoString) -> Address {
        if *region == self.program_region() { key.address.clone() } else { key.address.part(region) }
    }

    fn network(&mut self, id: Id<Network>, network: &'m Network) {
        let Some((block, _)) = network.blocks.first() else { return };
        let attributes = Map::new()
            .with("cidr", block.to_string())
            .with("tenancy", if network.dedicated { "dedicated" } else { "default" })
            .with("dns_support", network.dns.support)
            .with("dns_hostnames", network.dns.hostnames);
        self.push(&VPC, network.address.clone(), id, &Tags::new(), network.origin, attributes);
        if network.dns.has_options() {
            self.dhcp_options(id, network);
        }
        let model = self.model;
        for (_, gateway) in model.gateways.iter().filter(|(_, gateway)| gateway.network == id) {
            let attributes = Map::new().with("vpc", &network.address);
            self.push(&INTERNET_GATEWAY, gateway.address.clone(), id, &gateway.tags, gateway.origin, attributes);
        }
        for (_, table) in model.tables.iter().filter(|(_, table)| table.network == id) {
            self.table(id, table);
        }
        for (_, subnet) in model.subnets.iter().filter(|(_, subnet)| subnet.network == id) {
            self.subnet(id, subnet);
        }
        for (_, group) in model.groups.iter().filter(|(_, group)| group.network == id) {
            self.group(id, group);
        }
        for (_, node) in model.nodes.iter().filter(|(_, node)| node.network == id) {
            self.node(id, node);
        }
    }

    fn dhcp_options(&mut self, id: Id<Network>, network: &Network) {
        let dns = &network.dns;
        let texts = |addresses: &[IpAddr]| {
            (!addresses.is_empty()).then(|| addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>())
        };
        let attributes = Map::new()
            .with("vpc", &network.address)
            .with_some("domain", dns.domain.clone())
            .with_some("servers", texts(&dns.servers))
            .with_some("ntp", texts(&dns.ntp));
        let span = dns.origin.unwrap_or(network.origin);
        self.push(&DHCP_OPTIONS, network.address.part("dhcp"), id, &Tags::new(), span, attributes);
    }

    fn table(&mut self, id: Id<Network>, table: &RouteTable) {
        let route =
            |destination: String, target: &Address| Map::new().with("destination", destination).with("target", target);
        let mut routes: Vec<(String, &Address)> = table
            .routes
            .iter()
            .map(|route| (route.destination.to_string(), &self.model.gateways[route.target].address))
            .collect();
        routes.sort();
        let routes: Vec<Map> = routes.into_iter().map(|(destination, target)| route(destination, target)).collect();
        let attributes = Map::new().with("vpc", &self.model.networks[id].address).with("routes", routes);
        self.push(&ROUTE_TABLE, table.address.clone(), id, &table.tags, table.origin, attributes);
    }

    fn subnet(&mut self, id: Id<Network>, subnet: &Subnet) {
        let Some(block) = subnet.block else { return };
        let zone = eco_format!("{}{}", self.region_of(id), subnet.zone);
        let attributes = Map::new()
            .with("vpc", &self.model.networks[id].address)
            .with("cidr", block.to_string())
            .with("zone", zone)
            .with("public", subnet.public.is_some())
            .with_some("table", subnet.table.map(|table| &self.model.tables[table].address));
        self.push(&SUBNET, subnet.address.clone(), id, &subnet.tags, subnet.origin, attributes);
    }

    fn group(&mut self, id: Id<Network>, group: &Group) {
        let attributes = Map::new()
            .with("vpc", &self.model.networks[id].address)
            .with("name", group.name.clone())
            .with("description", group.description.clone());
        self.push(&SECURITY_GROUP, group.address.clone(), id, &group.tags, group.origin, attributes);
        let of = |direction: &str| {
            let rules = group.rules.iter().filter(|rule| rule.direction.word() == direction);
            let mut rules: Vec<Value> = rules.map(|rule| self.rule(rule)).collect();
            sort_rules(&mut rules);
            rules
        };
        let egress = if group.limits_egress { of("egress") } else { vec![everything_out()] };
        let attributes = Map::new().with("group", &group.address).with("ingress", of("ingress")).with("egress", egress);
        self.push(&SECURITY_GROUP_RULES, group.address.part("rules"), id, &Tags::new(), group.origin, attributes);
    }

    fn rule(&self, rule: &Rule) -> Value {
        let peer: Value = match &rule.peer {
            RulePeer::Addresses(addresses) => addresses.to_string().into(),
            RulePeer::Group(id) => (&self.model.groups[*id].address).into(),
        };
        let why = Some(rule.why.clone()).filter(|why| !why.is_empty());
        let ports =
            rule.traffic.ports.filter(|_| !matches!(rule.traffic.protocol, Protocol::All | Protocol::Number(_)));
        Map::new()
            .with("protocol", rule.traffic.protocol.to_string())
            .with_some("from", ports.map(|(from, _)| from))
            .with_some("to", ports.map(|(_, to)| to))
            .with("peer", peer)
            .with_some("why", why)
            .into()
    }

    fn node(&mut self, id: Id<Network>, node: &Node) {
        let Some(subnet) = node.subnet else { return };
        let subnet = &self.model.subnets[subnet];
        let (region, origin) = (self.region_of(id), self.origin(node.origin));
        let tags = self.tags(Some(id), &node.tags);
        let after = self.before_boot(id, node, &region);
        let marks: Vec<(&'static str, EcoString)> =
            node.settings.boot.iter().map(|(sealed, _)| (USER_DATA_TAG, sealed.sha256().into())).collect();
        let attributes = self.node_attributes(node, subnet);
        let first =
            Resource { address: node.address.clone(), kind: &INSTANCE, region, attributes, tags, marks, after, origin };
        let mut last = Some(first);
        let mut rest = node.count();
        for (address, ip) in node.members() {
            rest -= 1;
            // The last one takes what the others copy.
            let Some(mut resource) = (if rest == 0 { last.take() } else { last.clone() }) else { break };
            resource.address = address;
            if let Some(ip) = ip {
                resource.attributes.push("address", ip.to_string());
            }
            self.add(resource);
        }
    }

    fn node_attributes(&self, node: &Node, subnet: &Subnet) -> Map {
        let settings = &node.settings;
        let mut groups: Vec<&Address> =
            settings.groups.iter().flatten().map(|(group, _)| &self.model.groups[*group].address).collect();
        groups.sort();
        let image = settings.image.clone().unwrap_or_default();
        let public = settings.public.map_or(subnet.public.is_some(), |(public, _)| public);
        let disk = settings.disk.as_ref();
        let tokens = if settings.imds_optional == Some(true) { "optional" } else { "required" };
        let of_image = |what: &str| Value::Ref(Address::top(&image).part(what));
        let (root_device, root_gib) = (of_image("root-device"), of_image("root-gib"));
        Map::new()
            .with("image", image.clone())
            .with("type", settings.instance_type.clone().unwrap_or_default())
            .with("subnet", &subnet.address)
            .with("groups", groups)
            .with_some("key", settings.key.map(|key| self.key_name(&self.model.keys[key])))
            .with_some("user_data", settings.boot.as_ref().map(|(sealed, _)| sealed.clone()))
            .with_some("disk_gib", disk.map(|disk| disk.gib))
            .with_some("disk_type", disk.map(|disk| disk.volume_type.clone()))
            .with("disk_encrypted", disk.is_none_or(|disk| disk.encrypted))
            .with("public", public)
            .with_some("role", settings.role.clone())
            .with("metadata_tokens", tokens)
            .with("state", "running")
            .with("root_device", root_device)
            .with_some("root_gib", disk.is_none().then_some(root_gib))
    }

    /// What a node's first boot relies on, besides what its attributes name: its key, its groups' rules, DNS.
    fn before_boot(&self, id: Id<Network>, node: &Node, region: &EcoString) -> Vec<Address> {
        let network = &self.model.networks[id];
        let key = node.settings.key.map(|key| self.key_address(&self.model.keys[key], region));
        let rules =
            node.settings.groups.iter().flatten().map(|(group, _)| self.model.groups[*group].address.part("rules"));
        let dhcp = network.dns.has_options().then(|| network.address.part("dhcp"));
        key.into_iter().chain(rules).chain(dhcp).collect()
    }
}
