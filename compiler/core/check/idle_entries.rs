//! Entries of network ACLs that can never match, since nothing that they speak of passes the edge of a subnet that uses
//! the ACL.
//!
//! Told of what lets through, and of what denies a subnet itself, which is a mistake about ACLs. That something is denied
//! which no route brings is a precaution.

use super::Checker;
use crate::model::{
    Acl, AclEntry, Destination, GatewayKind, Id, Network, PeerSide, Route, RouteTarget, Subnet, stand_in,
};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes};
use crate::reach::{is_link_local, is_private};
use crate::source::Span;
use ecow::EcoString;
use std::collections::BTreeMap;

/// Blocks with a shorter prefix are parts of everything, written in the place of `any`.
const SHORTEST_PREFIX: u8 = 8;

struct Idle {
    number: u16,
    span: Span,
    allow: bool,
    why: Why,
}

/// Why nothing that an entry speaks of passes.
enum Why {
    /// It stays inside a subnet.
    Inside { subnet: EcoString, span: Span },
    /// No subnet has IPv6 addresses.
    NoIpv6 { subnet: EcoString, span: Span },
    /// They are addresses of the network, and no subnet has them.
    NoSubnet { network: EcoString, span: Span },
    /// No route leads there.
    NoWay { subnet: EcoString, span: Span },
}

impl Checker<'_> {
    /// Warns of entries that can never match. One line may stand for several, in the ACLs of several modules: it is told of if
    /// none of them can.
    pub(super) fn check_idle_entries(&mut self) {
        let mut found: BTreeMap<Span, Option<Idle>> = BTreeMap::new();
        for (id, acl) in self.model.acls.iter() {
            let users = self.users(id, acl);
            for entry in &acl.entries {
                let idle = users.as_deref().and_then(|users| self.idle_entry(acl, users, entry));
                let slot = found.entry(entry.origin);
                slot.and_modify(|known| *known = known.take().filter(|_| idle.is_some())).or_insert(idle);
            }
        }
        let found = found.into_values().flatten().map(Diagnostic::from);
        self.problems.extend(found);
    }

    /// Tells of the entries of an ACL which of them can never match.
    pub(super) fn idle_of(&self, id: Id<Acl>) -> impl Fn(&AclEntry) -> bool {
        let acl = &self.model.acls[id];
        let users = self.users(id, acl);
        move |entry| users.as_deref().is_some_and(|users| self.idle_entry(acl, users, entry).is_some())
    }

    /// The subnets that use an ACL; `None` if nobody can tell what passes their edges.
    fn users(&self, id: Id<Acl>, acl: &Acl) -> Option<Vec<Id<Subnet>>> {
        let network = &self.model.networks[acl.network];
        let uses = |subnet: &Subnet| {
            let default = network.default_acl.filter(|_| subnet.network == acl.network);
            subnet.acl.or(default) == Some(id)
        };
        let users: Vec<Id<Subnet>> =
            self.model.subnets.iter().filter(|(_, subnet)| uses(subnet)).map(|(id, _)| id).collect();
        let lives = network.existing.is_some() || users.iter().any(|id| self.model.subnets[*id].existing.is_some());
        let tables = self.model.tables.iter().filter(|(_, table)| table.network == acl.network);
        let mut routes = tables.flat_map(|(_, table)| &table.routes);
        // What a node forwards comes from anywhere.
        let forwards = routes.any(|route| matches!(route.target, RouteTarget::Node(..)));
        (!lives && !forwards && !users.is_empty()).then_some(users)
    }

    fn idle_entry(&self, acl: &Acl, users: &[Id<Subnet>], entry: &AclEntry) -> Option<Idle> {
        let why = self.stays_inside(users, entry.block);
        let why = why.or_else(|| self.never_comes(acl, users, entry.block).filter(|_| entry.allow))?;
        Some(Idle { number: entry.number, span: entry.origin, allow: entry.allow, why })
    }

    fn stays_inside(&self, users: &[Id<Subnet>], block: Block) -> Option<Why> {
        let [id] = users else { return None };
        let subnet = &self.model.subnets[*id];
        let own = blocks_of(subnet).any(|own| own.contains(block));
        own.then(|| Why::Inside { subnet: name_of(subnet), span: subnet.origin })
    }

    fn never_comes(&self, acl: &Acl, users: &[Id<Subnet>], block: Block) -> Option<Why> {
        let first = &self.model.subnets[*users.first()?];
        let (subnet, span) = (name_of(first), first.origin);
        let mut own = users.iter().map(|id| &self.model.subnets[*id]);
        if block.family() == Family::V6 && own.all(|subnet| subnet.ipv6.is_none()) {
            return Some(Why::NoIpv6 { subnet, span });
        }
        let mut subnets = self.model.subnets.iter().filter(|(_, subnet)| subnet.network == acl.network);
        if subnets.any(|(_, subnet)| blocks_of(subnet).any(|own| own.overlaps(block))) {
            return None;
        }
        let network = &self.model.networks[acl.network];
        if blocks_of_network(acl.network, network).any(|own| own.contains(block)) {
            let name = network.address.name().into();
            return Some(Why::NoSubnet { network: name, span: network.origin });
        }
        let unasked = block.prefix() < SHORTEST_PREFIX || is_link_local(block);
        let comes = unasked || self.comes_unasked(acl.network, block) || users.iter().any(|id| self.passes(*id, block));
        (!comes).then_some(Why::NoWay { subnet, span })
    }

    /// Whether routes of a subnet lead to some of a block, so that it is asked, and answers.
    fn passes(&self, id: Id<Subnet>, block: Block) -> bool {
        let learns = self.model.table_of(id).is_some_and(|table| !self.model.tables[table].propagates.is_empty());
        let leads = |route: &Route| match &route.destination {
            Destination::PrefixList(_) => true,
            destination => destination.block().is_some_and(|to| to.overlaps(block)) && self.carries(route, block),
        };
        learns || self.has_public_node(id) && !is_private(block) || self.routes_of(id).iter().any(leads)
    }

    /// Whether what a route leads to carries some of a block: an internet gateway drops what is for private addresses.
    fn carries(&self, route: &Route, block: Block) -> bool {
        let gateway = route.target.gateway().map(|id| self.model.gateways[id].kind);
        !matches!(gateway, Some(GatewayKind::Internet | GatewayKind::Egress)) || !is_private(block)
    }

    /// Whether some of a block may come in without a route that leads back: from peers and through VPNs.
    fn comes_unasked(&self, network: Id<Network>, block: Block) -> bool {
        let tunnels = || {
            let mut gateways = self.model.gateways.iter().filter(|(_, gateway)| gateway.network == network);
            gateways.any(|(_, gateway)| matches!(gateway.kind, GatewayKind::Vpn { .. }))
        };
        let mut peers = self.model.peers.iter().filter(|(_, peer)| peer.joins(network));
        tunnels()
            || peers.any(|(_, peer)| match (&peer.other, peer.across_from(network)) {
                (PeerSide::Far { .. }, _) => true,
                (_, Some(other)) => {
                    blocks_of_network(other, &self.model.networks[other]).any(|own| own.overlaps(block))
                }
                _ => false,
            })
    }
}

fn name_of(subnet: &Subnet) -> EcoString {
    subnet.address.declared().name().into()
}

fn blocks_of(subnet: &Subnet) -> impl Iterator<Item = Block> {
    let ipv6 = subnet.ipv6.map(|(place, _)| stand_in(subnet.network, Some(place)));
    subnet.block.into_iter().chain(ipv6)
}

fn blocks_of_network(id: Id<Network>, network: &Network) -> impl Iterator<Item = Block> {
    let ipv6 = network.ipv6.map(|_| stand_in(id, None));
    network.blocks.iter().map(|(block, _)| *block).chain(ipv6)
}

impl From<Idle> for Diagnostic {
    fn from(Idle { number, span, allow, why }: Idle) -> Self {
        let diagnostic = Diagnostic::new(codes::IDLE_ENTRY, format!("entry {number} can never match"));
        match why {
            Why::Inside { subnet, span: declared } => {
                let help = match allow {
                    true => "take it out; inside a subnet, security groups decide",
                    false => "say it in a security group: what stays inside a subnet passes no ACL",
                };
                diagnostic
                    .primary(span, format!("speaks of `{subnet}` itself"))
                    .secondary(declared, "the only subnet that uses the ACL: what it sends to itself passes none")
                    .help(help)
            }
            Why::NoIpv6 { subnet, span: declared } => diagnostic
                .primary(span, "speaks of IPv6")
                .secondary(declared, format!("`{subnet}` has no IPv6 addresses"))
                .help("take it out, or write `ipv6` in the network and `ipv6 0` in the subnet"),
            Why::NoSubnet { network, span: declared } => diagnostic
                .primary(span, "speaks of what nothing has")
                .secondary(declared, format!("these are addresses of `{network}`, and no subnet has them"))
                .help("take it out, or name a subnet"),
            Why::NoWay { subnet, span: declared } => diagnostic
                .primary(span, "speaks of what nothing comes from, and nothing goes to")
                .secondary(declared, format!("no route of `{subnet}` leads there"))
                .help("take it out, or name who is meant"),
        }
    }
}
