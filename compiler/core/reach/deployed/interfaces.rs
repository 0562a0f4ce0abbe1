//! Network interfaces, and what they are of.

use super::items::{Association, ElasticAddress, GroupRef, Instance, NetworkInterface, Tag, VpcEndpoint, name};
use super::listings::Item;
use super::problem::{Problem, head, quoted};
use super::values::{Read, read as read_items};
use super::ways::endpoint_state;
use super::{Extent, Reader};
use crate::model::Id;
use crate::net::Block;
use crate::reach::fabric::{Group, Interface, InterfaceOf, Origin, Private, Public, State, Subnet};
use ecow::{EcoString, eco_format};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

/// Interfaces whose ways with packets are those of an instance's (EC2 API Reference, "NetworkInterface",
/// `interfaceType`).
const PLAIN: [&str; 5] = ["interface", "efa", "efa-only", "trunk", "branch"];

/// Who EC2 says has attached the interfaces of classic and application load balancers.
const LOAD_BALANCERS: &str = "amazon-elb";

/// An interface as it is listed, and its instance.
struct Listed<'a> {
    interface: NetworkInterface,
    item: Item<'a>,
    instance: Option<EcoString>,
}

/// An interface endpoint: its id, its state, its tags.
type Endpoint = (EcoString, State, Vec<Tag>);

/// What is known of an interface besides its own listing.
struct Owners {
    /// State and tags, by instance.
    instances: HashMap<EcoString, (State, Vec<Tag>)>,
    /// By interface.
    endpoints: HashMap<EcoString, Endpoint>,
    /// The public address of each private one, by interface: older listings don't tell them with the interface.
    elastic: HashMap<EcoString, HashMap<Ipv4Addr, Ipv4Addr>>,
}

impl<'a> Reader<'a> {
    pub(super) fn interfaces(&mut self, endpoints: &[Read<'a, VpcEndpoint>]) {
        let instances = self.things("Instances", "instance", |instance: &Instance| &instance.instance_id);
        let owners = Owners {
            instances: instances.iter().map(running).collect(),
            endpoints: endpoints.iter().flat_map(interfaces_of).collect(),
            elastic: self.elastic(),
        };
        for listed in self.listed(instances) {
            self.interface(&owners, listed);
        }
        self.own_endpoint_interfaces(endpoints);
    }

    /// The interfaces of all files: instances are listed with theirs, but without what is not of an instance.
    fn listed(&mut self, instances: Vec<Read<'a, Instance>>) -> Vec<Listed<'a>> {
        let own = self.things("NetworkInterfaces", "network interface", |interface: &NetworkInterface| {
            &interface.network_interface_id
        });
        let own = own.into_iter().map(|Read { value: interface, item }| {
            let instance = interface.attachment.as_ref().and_then(|attachment| attachment.instance_id.clone());
            Listed { interface, item, instance }
        });
        let mut all: Vec<Listed<'a>> = own.collect();
        let seen: HashSet<EcoString> = all.iter().map(|listed| listed.interface.network_interface_id.clone()).collect();
        for Read { value: instance, item } in instances {
            let of = Some(instance.instance_id);
            let fresh = instance.network_interfaces.into_iter();
            let fresh = fresh.filter(|interface| !seen.contains(&interface.network_interface_id));
            all.extend(fresh.map(|interface| Listed { interface, item, instance: of.clone() }));
        }
        all
    }

    fn elastic(&mut self) -> HashMap<EcoString, HashMap<Ipv4Addr, Ipv4Addr>> {
        let mut elastic: HashMap<EcoString, HashMap<Ipv4Addr, Ipv4Addr>> = HashMap::new();
        for read in read_items::<ElasticAddress>(self.listings.items("Addresses"), "address", &mut self.problems) {
            let ElasticAddress { public_ip, private_ip_address, network_interface_id } = read.value;
            if let (Some(private), Some(interface)) = (private_ip_address, network_interface_id) {
                elastic.entry(interface).or_default().insert(private, public_ip);
            }
        }
        elastic
    }

    /// Instances are seen to run or not; one that no file lists may do either.
    fn instance<'o>(
        &mut self,
        owners: &'o Owners,
        instance: &EcoString,
        item: &Item<'a>,
        id: &EcoString,
    ) -> Option<&'o (State, Vec<Tag>)> {
        let known = owners.instances.get(instance);
        if known.is_none() {
            let read = Read { value: (), item: *item };
            self.absent(&read, ("network interface", id), ("is of", instance, "Instances"));
        }
        known
    }

    fn interface(&mut self, owners: &Owners, listed: Listed<'a>) {
        let Listed { interface, item, instance } = listed;
        let id = interface.network_interface_id.clone();
        if matches!(interface.interface_type.as_deref(), Some("nat_gateway" | "natGateway")) {
            return;
        }
        let read = Read { value: (), item };
        let this = ("NetworkInterfaces", "network interface", &id);
        let subnet = ("is in", &interface.subnet_id, "Subnets");
        let Some(subnet) = self.find(|known| &known.subnets, &read, this, subnet) else { return };
        self.check_vpc(&interface, &item, subnet);
        let (groups, unknown) = match self.extent {
            Extent::Own => self.own_groups(self.fabric.subnets[subnet].vpc, &interface.groups),
            Extent::Whole => (self.groups_of(&read, this, &interface.groups), None),
        };
        let known_instance = instance.as_ref().and_then(|instance| self.instance(owners, instance, &item, &id));
        let endpoint = owners.endpoints.get(&id);
        let of = unknown.map_or_else(|| kind_of(&interface, endpoint.is_some()), InterfaceOf::NotModelled);
        let state =
            known_instance.map(|(state, _)| state.clone()).or_else(|| endpoint.map(|(_, state, _)| state.clone()));
        let state = attached(&interface).or(state).filter(|_| self.extent == Extent::Whole).unwrap_or_default();
        let addresses = addresses(&interface, owners.elastic.get(&id));
        let own: Vec<Block> = addresses.iter().map(|address| address.block).collect();
        let within = self.fabric.subnets[subnet].blocks.clone();
        self.inside(&read, this, &own, (&interface.subnet_id, &within, "Subnets"));
        let origin = self.origin_of((&interface, subnet), &item, instance.as_ref().zip(known_instance), endpoint);
        let names = [instance, endpoint.map(|(endpoint, ..)| endpoint.clone()), Some(id.clone())];
        let names = names.into_iter().flatten().chain(endpoint.map(|(id, _, tags)| self.called(id, tags).0)).collect();
        let forwards = interface.source_dest_check == Some(false);
        let new = Interface { origin, names, subnet, addresses, groups, forwards, state, of };
        let new = self.fabric.interfaces.push(new);
        self.known.interfaces.insert(id, new);
    }

    fn groups_of(
        &mut self,
        read: &Read<'a, ()>,
        this: (&'static str, &'static str, &EcoString),
        groups: &[GroupRef],
    ) -> Vec<Id<Group>> {
        let group = |group: &GroupRef| {
            self.find(|known| &known.groups, read, this, ("is in", &group.group_id, "SecurityGroups"))
        };
        groups.iter().filter_map(group).collect()
    }

    fn check_vpc(&mut self, interface: &NetworkInterface, item: &Item<'a>, subnet: Id<Subnet>) {
        let of = self.fabric.subnets[subnet].vpc;
        if let Some(vpc) = interface.vpc_id.as_ref().filter(|vpc| self.known.vpcs.get(*vpc) != Some(&of)) {
            let span = quoted(item, vpc).unwrap_or_else(|| head(item));
            let [interface, vpc, subnet] =
                [&interface.network_interface_id, vpc, &interface.subnet_id].map(EcoString::to_string);
            self.problems.push(Problem::OtherVpc { span, interface, vpc, subnet });
        }
    }

    /// An instance's first interface goes by the instance's id, as an endpoint's does by the endpoint's; others by their
    /// own.
    fn origin_of(
        &self,
        (interface, subnet): (&NetworkInterface, Id<Subnet>),
        item: &Item,
        instance: Option<(&EcoString, &(State, Vec<Tag>))>,
        endpoint: Option<&Endpoint>,
    ) -> Origin {
        let id = &interface.network_interface_id;
        let place = interface.attachment.as_ref().and_then(|attachment| attachment.device_index);
        let (name, alias) = match (instance, endpoint) {
            (Some((instance, (_, tags))), _) if place.is_none_or(|place| place == 0) => self.called(instance, tags),
            // An endpoint has an interface in each of its subnets.
            (None, Some((endpoint, _, tags))) => {
                let (name, alias) = self.called(endpoint, tags);
                let within = |name: EcoString| eco_format!("{name} in {}", self.fabric.subnets[subnet].origin.name);
                (within(name), alias)
            }
            (of, _) => {
                let (called, alias) = self.called(id, &interface.tag_set);
                let described = interface.description.clone().filter(|text| !text.is_empty());
                (called, alias.or_else(|| name(&of?.1.1).cloned()).or(described))
            }
        };
        Origin { name, alias, span: quoted(item, id) }
    }
}

/// The interfaces of an interface endpoint.
fn interfaces_of(read: &Read<VpcEndpoint>) -> Vec<(EcoString, Endpoint)> {
    let endpoint = &read.value;
    let state = endpoint_state(endpoint.state.as_deref());
    let of = (endpoint.vpc_endpoint_id.clone(), state, endpoint.tags.clone());
    endpoint.network_interface_ids.iter().map(|interface| (interface.clone(), of.clone())).collect()
}

fn running(read: &Read<Instance>) -> (EcoString, (State, Vec<Tag>)) {
    let instance = &read.value;
    let state = match &instance.state {
        Some(state) if state.name != "running" => State::Down(state.name.clone()),
        _ => State::Up,
    };
    (instance.instance_id.clone(), (state, instance.tags.clone()))
}

/// Why an interface is of nothing that works, if so.
fn attached(interface: &NetworkInterface) -> Option<State> {
    let attachment = interface.attachment.as_ref().and_then(|attachment| attachment.status.clone());
    let off = attachment.filter(|status| !matches!(status.as_str(), "attached" | "attaching"));
    let free = interface.status.clone().filter(|status| status == "available");
    off.or(free).map(State::Down)
}

fn kind_of(interface: &NetworkInterface, of_endpoint: bool) -> InterfaceOf {
    let by = interface.attachment.as_ref().and_then(|attachment| attachment.instance_owner_id.as_deref());
    match interface.interface_type.as_deref().unwrap_or("interface") {
        "vpc_endpoint" => InterfaceOf::Endpoint,
        _ if of_endpoint => InterfaceOf::Endpoint,
        _ if by == Some(LOAD_BALANCERS) => InterfaceOf::NotModelled("load_balancer".into()),
        kind if PLAIN.contains(&kind) => InterfaceOf::Instance,
        kind => InterfaceOf::NotModelled(kind.into()),
    }
}

fn addresses(interface: &NetworkInterface, elastic: Option<&HashMap<Ipv4Addr, Ipv4Addr>>) -> Vec<Private> {
    let public = |association: Option<&Association>| association.and_then(|association| association.public_ip);
    let whole = public(interface.association.as_ref());
    let mut found: Vec<(Ipv4Addr, Option<Ipv4Addr>)> = Vec::new();
    for address in &interface.private_ip_addresses {
        found.push((address.private_ip_address, public(address.association.as_ref())));
    }
    if let (true, Some(address)) = (found.is_empty(), interface.private_ip_address) {
        found.push((address, whole));
    }
    let v4 = found.into_iter().map(|(address, public)| {
        let public = public.or_else(|| elastic?.get(&address).copied()).map(Public::Known);
        Private { public, ..Private::known(IpAddr::V4(address)) }
    });
    let v6 = interface.ipv6_addresses.iter().map(|address| Private::known(IpAddr::V6(address.ipv6_address)));
    v4.chain(v6).collect()
}
