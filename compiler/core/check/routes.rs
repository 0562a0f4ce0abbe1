//! Routes: what they are for, and which of them EC2 takes.

use super::Checker;
use super::tables::is_broken_route;
use crate::model::{AmazonBlock, Destination, GatewayKind, Id, Network, Route, RouteTarget};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;
use std::collections::HashMap;

/// Each route is compared with this many others at most; EC2 takes no more in a table.
const MAX_COMPARED: usize = 1000;

/// Ranges that no route can lead into (VPC User Guide, "Configure route tables").
const REFUSED: [(&str, &str); 2] =
    [("169.254.168.0/22", "EC2 keeps it for its own services"), ("fd00:ec2::/32", "EC2 keeps it for its own services")];

enum Problem {
    Duplicate { destination: Destination, span: Span, first: Span },
    Local { block: Block, span: Span, network: Block, network_span: Span },
    Shadowed { destination: Destination, span: Span, by: Destination, first: Span },
    Refused { block: Block, span: Span, range: &'static str, why: &'static str },
    WrongFamily { destination: Destination, span: Span, target: Span, what: &'static str },
    NotThere { block: Block, span: Span, other: EcoString, other_block: Block, other_span: Span },
}

impl Checker<'_> {
    /// The routes among some statements, of subnets in a zone or of tables of none, and whether there are more, which could
    /// not be made out.
    pub(super) fn route_lines(
        &mut self,
        network: Id<Network>,
        zone: Option<&str>,
        items: &[Item],
    ) -> (Vec<Route>, bool) {
        let (mut routes, mut has_holes): (Vec<Route>, bool) = (Vec::new(), items.iter().any(is_broken_route));
        let mut seen: HashMap<Destination, Span> = HashMap::new();
        for item in items {
            let Statement::Route { destination, target } = &item.statement else { continue };
            let found = self.addresses(network, destination);
            has_holes |= found.is_empty();
            let Some(to) = self.route_target(network, zone, target) else {
                has_holes = true;
                continue;
            };
            if !self.fits_list(routes.len() + found.len(), "routes in a table", destination.span) {
                has_holes = true;
                continue;
            }
            for found in self.destinations(network, destination, found, to, target.span) {
                let span = destination.span;
                if let Some(first) = seen.get(&found).copied() {
                    self.report(Problem::Duplicate { destination: found, span, first });
                    continue;
                }
                seen.insert(found.clone(), item.head);
                routes.push(Route { origin: item.head, destination: found, target: to });
            }
        }
        self.check_shadowed(&routes);
        (routes, has_holes)
    }

    /// Those of some destinations that a route to a target can be for.
    fn destinations(
        &mut self,
        network: Id<Network>,
        word: &Word,
        found: Vec<Destination>,
        target: RouteTarget,
        target_span: Span,
    ) -> Vec<Destination> {
        let (mut kept, span) = (Vec::new(), word.span);
        for destination in found {
            let problem = match &destination {
                Destination::Block(block) => self.unroutable(network, *block, target, span),
                // A name means as much of its IPv6 as can be routed.
                Destination::Amazon(block) if !self.routes_ipv6(network, block, target) => continue,
                Destination::Amazon(_) | Destination::PrefixList(_) => None,
            };
            let mismatch = self.family_mismatch(&destination, target);
            match (problem, mismatch) {
                (Some(problem), _) => self.report(problem),
                // `any` means what the target takes.
                (None, Some(_)) if word.text == "any" => {}
                (None, Some(what)) => {
                    self.report(Problem::WrongFamily { destination, span, target: target_span, what })
                }
                (None, None) => kept.push(destination),
            }
        }
        kept
    }

    /// What lies across a peering is the other network, without its own ways out (VPC Peering Guide, "Unsupported VPC
    /// peering configurations").
    fn beyond_peer(&self, network: Id<Network>, block: Block, target: RouteTarget, span: Span) -> Option<Problem> {
        let RouteTarget::Peer(id) = target else { return None };
        let other = &self.model.networks[self.model.peers[id].across_from(network)?];
        let inside = other.blocks.iter().any(|(own, _)| own.overlaps(block));
        let (other_block, other_span) = *other.blocks.first().filter(|_| !inside && block.family() == Family::V4)?;
        Some(Problem::NotThere { block, span, other: other.address.name().into(), other_block, other_span })
    }

    /// Why no route can be for a block.
    fn unroutable(&self, network: Id<Network>, block: Block, target: RouteTarget, span: Span) -> Option<Problem> {
        if let Some(problem) = self.beyond_peer(network, block, target, span) {
            return Some(problem);
        }
        let refused = REFUSED.iter().find(|(range, _)| range.parse().is_ok_and(|range: Block| range.contains(block)));
        if let Some((range, why)) = refused {
            return Some(Problem::Refused { block, span, range, why });
        }
        if let RouteTarget::Peer(peer) = target
            && self.shares_addresses(peer)
        {
            return None;
        }
        let own = self.model.networks[network].blocks.iter().find(|(own, _)| own.contains(block));
        let (own, network_span) = *own?;
        // A middlebox may stand in the way to a whole subnet (VPC User Guide, "Configure route tables").
        let whole =
            self.model.subnets.iter().any(|(_, subnet)| subnet.network == network && subnet.block == Some(block));
        let forwards = match target {
            RouteTarget::Node(..) => true,
            RouteTarget::Peer(_) => false,
            RouteTarget::Gateway(id) => matches!(self.model.gateways[id].kind, GatewayKind::Nat { .. }),
        };
        (!whole || !forwards).then_some(Problem::Local { block, span, network: own, network_span })
    }

    /// Whether a route of a network can lead to a block that Amazon chooses: to that of a peer, or, past a node that
    /// forwards, to a subnet's.
    fn routes_ipv6(&self, network: Id<Network>, block: &AmazonBlock, target: RouteTarget) -> bool {
        let inside = block.network == network;
        self.model.networks[network].ipv6.is_some()
            && match target {
                RouteTarget::Peer(_) => !inside,
                RouteTarget::Node(..) => !inside || block.place.is_some(),
                RouteTarget::Gateway(_) => false,
            }
    }

    /// What a target takes instead of a destination of this family.
    fn family_mismatch(&self, destination: &Destination, target: RouteTarget) -> Option<&'static str> {
        let Destination::Block(block) = destination else { return None };
        match target.gateway().map(|id| self.model.gateways[id].kind)? {
            GatewayKind::Egress if block.family() == Family::V4 => Some("an egress-only gateway takes IPv6 only"),
            // NAT64 takes one IPv6 block (VPC User Guide, "DNS64 and NAT64").
            GatewayKind::Nat { .. } if block.family() == Family::V6 && !is_nat64(*block) => {
                Some("a NAT gateway takes IPv4, and of IPv6 64:ff9b::/96 only")
            }
            GatewayKind::Vpn { .. } if block.family() == Family::V6 => Some("a VPN gateway takes IPv4 only"),
            _ => None,
        }
    }

    fn check_shadowed(&mut self, routes: &[Route]) {
        let mut problems = Vec::new();
        for route in routes {
            let Some(block) = route.destination.block() else { continue };
            let wider = routes.iter().take(MAX_COMPARED).find(|other| {
                let contains = |wide: Block| wide != block && wide.contains(block);
                other.target == route.target && other.destination.block().is_some_and(contains)
            });
            if let Some(wider) = wider {
                problems.push(Problem::Shadowed {
                    destination: route.destination.clone(),
                    span: route.origin,
                    by: wider.destination.clone(),
                    first: wider.origin,
                });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }
}

fn is_nat64(block: Block) -> bool {
    "64:ff9b::/96".parse().is_ok_and(|nat64: Block| nat64.contains(block))
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Duplicate { destination, span, first } => {
                Diagnostic::new(codes::DUPLICATE_ROUTE, format!("two routes for {destination}"))
                    .primary(span, "a table has one route for a destination")
                    .secondary(first, "the first")
                    .help("take one of them out")
            }
            Problem::Local { block, span, network, network_span } => {
                Diagnostic::new(codes::LOCAL_ROUTE, format!("{block} is inside the network itself"))
                    .primary(span, "traffic inside a network needs no route and takes no other")
                    .secondary(network_span, format!("{network} is always routed locally"))
                    .help("take the route out")
            }
            Problem::Shadowed { destination, span, by, first } => {
                Diagnostic::new(codes::SHADOWED_ROUTE, format!("the route for {destination} changes nothing"))
                    .primary(span, "the same way as the wider route")
                    .secondary(first, format!("{by} holds it"))
                    .help("take it out")
            }
            Problem::Refused { block, span, range, why } => {
                Diagnostic::new(codes::RESERVED_RANGE, format!("no route can be for {block}"))
                    .primary(span, format!("inside {range}: {why}"))
                    .help("take the route out")
            }
            Problem::WrongFamily { destination, span, target, what } => {
                Diagnostic::new(codes::WRONG_TARGET, format!("{destination} cannot go this way"))
                    .primary(target, what)
                    .secondary(span, "the destination")
                    .help("write `any` for what the target takes, or lead it elsewhere")
            }
            Problem::NotThere { block, span, other, other_block, other_span } => {
                Diagnostic::new(codes::WRONG_TARGET, format!("{block} is not in `{other}`"))
                    .primary(span, "a peering leads to the addresses of the other network, and no further")
                    .secondary(other_span, "the other network")
                    .help(format!("write `{other_block}`"))
                    .fix(span, other_block.to_string())
            }
        }
    }
}
