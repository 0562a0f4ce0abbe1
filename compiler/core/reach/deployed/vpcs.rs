//! VPCs and their subnets.

use super::Reader;
use super::items::{self, BlockAssociation, Ipv6Association, Phase};
use super::problem::{Problem, head};
use crate::net::Block;
use crate::reach::fabric::{Subnet, Vpc};

impl Reader<'_> {
    pub(super) fn vpcs(&mut self) {
        for read in self.things("Vpcs", "VPC", |vpc: &items::Vpc| &vpc.vpc_id) {
            let vpc = &read.value;
            let further =
                vpc.cidr_block_association_set.iter().filter(|block| is_there(block)).map(|set| set.cidr_block.0);
            let mut blocks = vec![vpc.cidr_block.0];
            blocks.extend(further.filter(|block| *block != vpc.cidr_block.0));
            blocks.extend(ipv6(&vpc.ipv6_cidr_block_association_set));
            let origin = self.origin(&read, &vpc.vpc_id, &vpc.tags);
            let id = self.fabric.vpcs.push(Vpc { origin, blocks, main_table: None, default_acl: None });
            self.known.vpcs.insert(vpc.vpc_id.clone(), id);
        }
    }

    pub(super) fn subnets(&mut self) {
        for read in self.things("Subnets", "subnet", |subnet: &items::Subnet| &subnet.subnet_id) {
            let subnet = &read.value;
            let this = ("Subnets", "subnet", &subnet.subnet_id);
            let Some(vpc) = self.find(|known| &known.vpcs, &read, this, ("is in", &subnet.vpc_id, "Vpcs")) else {
                continue;
            };
            // One of IPv6 alone has no other.
            let v4 = subnet.cidr_block.map(|block| block.0);
            let blocks: Vec<Block> =
                v4.into_iter().chain(ipv6(&subnet.ipv6_cidr_block_association_set).take(1)).collect();
            if blocks.is_empty() {
                let why = "it has no `CidrBlock`".to_owned();
                self.problems.push(Problem::Malformed { span: head(&read.item), noun: "subnet", why });
                self.holes.insert("Subnets");
            }
            let within = self.fabric.vpcs[vpc].blocks.clone();
            self.inside(&read, this, &blocks, (&subnet.vpc_id, &within, "Vpcs"));
            let origin = self.origin(&read, &subnet.subnet_id, &subnet.tags);
            let public = subnet.map_public_ip_on_launch;
            let id = self.fabric.subnets.push(Subnet { origin, vpc, blocks, public, table: None, acl: None });
            self.known.subnets.insert(subnet.subnet_id.clone(), id);
        }
    }
}

fn is_there(block: &BlockAssociation) -> bool {
    associated(block.cidr_block_state.as_ref())
}

fn ipv6(associations: &[Ipv6Association]) -> impl Iterator<Item = Block> {
    let there = associations.iter().filter(|block| associated(block.ipv6_cidr_block_state.as_ref()));
    there.filter_map(|block| Some(block.ipv6_cidr_block?.0))
}

/// Whether a block or a table is associated; so it is where nothing is said of that.
pub(super) fn associated(phase: Option<&Phase>) -> bool {
    let state = phase.and_then(|phase| phase.state.as_deref());
    matches!(state, None | Some("associated" | "associating"))
}
