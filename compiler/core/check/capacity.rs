//! Whether subnets have room for what stands in them: nodes, NAT gateways, and the interfaces of endpoints.

use super::Checker;
use super::nodes::{place, usable};
use crate::model::{EndpointForm, GatewayKind, Id, Start, Subnet};
use crate::net::Block;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use ecow::EcoString;

/// Things that take addresses of a subnet, one each.
pub(super) struct Standing {
    /// What asks for them.
    pub(super) span: Span,
    /// How many they are.
    pub(super) count: u64,
    /// Whether they are nodes.
    are_nodes: bool,
}

struct Full {
    subnet: EcoString,
    span: Span,
    block: Block,
    subnet_span: Span,
    count: u64,
    room: u64,
    /// How many of them are no nodes.
    others: u64,
}

impl Checker<'_> {
    /// What stands in which subnet: NAT gateways and endpoints, then nodes.
    pub(super) fn standing(&self) -> Vec<(Id<Subnet>, Standing)> {
        let mut standing = Vec::new();
        for (_, gateway) in self.model.gateways.iter() {
            if let GatewayKind::Nat { subnet: Some(subnet), .. } = gateway.kind {
                standing.push((subnet, Standing { span: gateway.origin, count: 1, are_nodes: false }));
            }
        }
        for (_, endpoint) in self.model.endpoints.iter() {
            let EndpointForm::Interface { subnets, .. } = &endpoint.form else { continue };
            let one = || Standing { span: endpoint.origin, count: 1, are_nodes: false };
            standing.extend(subnets.iter().map(|(subnet, _)| (*subnet, one())));
        }
        for (_, node) in self.model.nodes.iter() {
            if let Some(subnet) = node.subnet {
                standing.push((subnet, Standing { span: node.origin, count: node.count(), are_nodes: true }));
            }
        }
        standing
    }

    /// Checks that what stands in each subnet fits. Nodes that run past its end are told where they stand.
    pub(super) fn check_room(&mut self) {
        let misplaced: Vec<Span> = self.misplaced_nodes();
        let mut counts: Vec<(u64, u64)> = vec![(0, 0); self.model.subnets.len()];
        let mut problems = Vec::new();
        for (id, standing) in self.standing() {
            let subnet = &self.model.subnets[id];
            let (Some(block), Some((count, others))) = (subnet.block, counts.get_mut(id.index())) else { continue };
            if misplaced.contains(&standing.span) {
                continue;
            }
            let room = usable(block);
            let fitted = *count <= room;
            *count += standing.count;
            *others += if standing.are_nodes { 0 } else { standing.count };
            if fitted && *count > room {
                let (subnet, subnet_span) = (subnet.name.clone(), subnet.block_span);
                let (count, others) = (*count, *others);
                problems.push(Full { subnet, span: standing.span, block, subnet_span, count, room, others });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn misplaced_nodes(&self) -> Vec<Span> {
        let misplaced = self.model.nodes.iter().filter_map(|(_, node)| {
            let subnet = &self.model.subnets[node.subnet?];
            let fits = match node.start {
                Start::At { address, span } => place(node, address, span, subnet.block?, subnet).is_ok(),
                Start::Any => true,
                Start::Hole => false,
            };
            (!fits).then_some(node.origin)
        });
        misplaced.collect()
    }
}

impl From<Full> for Diagnostic {
    fn from(Full { subnet, span, block, subnet_span, count, room, others }: Full) -> Self {
        let what = if others == 0 { "all its nodes" } else { "all that stands in it" };
        let diagnostic = Diagnostic::new(codes::SUBNET_FULL, format!("the subnet `{subnet}` has no room for {what}"))
            .primary(span, format!("with these it would hold {count}"))
            .secondary(subnet_span, format!("{block} has {room} addresses for nodes; EC2 keeps five"))
            .help("make the subnet larger, or put nodes into another one");
        if others == 0 {
            return diagnostic;
        }
        diagnostic.note(format!("NAT gateways and the interfaces of endpoints take {others} of its addresses"))
    }
}
