//! What a stack's own things stand beside: what EC2 makes with every VPC, and what belongs to others.

use super::items::{GroupRef, VpcEndpoint};
use super::values::Read;
use super::ways::endpoint_state;
use super::{Extent, Reader};
use crate::model::{Direction, Id, Protocol, Traffic};
use crate::net::{Block, Family};
use crate::reach::fabric::{Group, Interface, InterfaceOf, Origin, Private, Rule, RulePeer, Subnet, Vpc};
use ecow::{EcoString, eco_format};

/// What EC2 calls the group that a VPC comes with.
const DEFAULT: &str = "default";

const EVERYTHING: Traffic = Traffic { protocol: Protocol::All, ports: None };

impl<'a> Reader<'a> {
    /// The groups that something is in, and what is not known of them.
    pub(super) fn own_groups(&mut self, vpc: Id<Vpc>, groups: &[GroupRef]) -> (Vec<Id<Group>>, Option<EcoString>) {
        let (mut found, mut unknown) = (Vec::new(), None);
        for group in groups {
            match (self.known.groups.get(&group.group_id), group.group_name.as_deref()) {
                (Some(known), _) => found.push(*known),
                (None, None | Some(DEFAULT)) => found.push(self.default_group(vpc)),
                (None, Some(_)) => unknown = Some(eco_format!("security group {}", group.group_id)),
            }
        }
        if groups.is_empty() {
            found.push(self.default_group(vpc));
        }
        (found, unknown)
    }

    /// The group that a VPC comes with: its members reach each other, and everything may go out (VPC user guide, "Default
    /// security groups for your VPCs").
    fn default_group(&mut self, vpc: Id<Vpc>) -> Id<Group> {
        if let Some(known) = self.known.default_groups.get(&vpc) {
            return *known;
        }
        let origin = Origin::new(eco_format!("{}/default-sg", self.fabric.vpcs[vpc].origin.name));
        let id = self.fabric.groups.push(Group { origin, vpc, rules: Vec::new() });
        let rule =
            |name: &str, direction, peer| Rule { origin: Origin::new(name), direction, traffic: EVERYTHING, peer };
        let out = |family| rule("egress all to any", Direction::Egress, RulePeer::Block(Block::all(family)));
        let within = rule("ingress all from self", Direction::Ingress, RulePeer::Group(id));
        self.fabric.groups[id].rules = vec![out(Family::V4), out(Family::V6), within];
        self.known.default_groups.insert(vpc, id);
        id
    }

    /// The interfaces of an interface endpoint, which are listed apart from it: a stack's things are listed without them.
    pub(super) fn own_endpoint_interfaces(&mut self, endpoints: &[Read<'a, VpcEndpoint>]) {
        if self.extent == Extent::Whole {
            return;
        }
        for read in endpoints.iter().filter(|read| !read.value.network_interface_ids.is_empty()) {
            for subnet in &read.value.subnet_ids {
                if let Some(subnet) = self.known.subnets.get(subnet).copied() {
                    self.own_endpoint_interface(&read.value, subnet);
                }
            }
        }
    }

    fn own_endpoint_interface(&mut self, endpoint: &VpcEndpoint, subnet: Id<Subnet>) {
        let place = &self.fabric.subnets[subnet];
        let vpc = place.vpc;
        let (called, _) = self.called(&endpoint.vpc_endpoint_id, &endpoint.tags);
        let name = eco_format!("{called} in {}", place.origin.name);
        let v4 = place.blocks.iter().filter(|block| block.family() == Family::V4);
        let addresses = v4.map(|block| Private { block: *block, public: None }).collect();
        let (groups, unknown) = self.own_groups(vpc, &endpoint.groups);
        self.fabric.interfaces.push(Interface {
            origin: Origin::new(name),
            names: vec![called],
            subnet,
            addresses,
            groups,
            forwards: false,
            state: endpoint_state(endpoint.state.as_deref()),
            of: unknown.map_or(InterfaceOf::Endpoint, InterfaceOf::NotModelled),
        });
    }
}
