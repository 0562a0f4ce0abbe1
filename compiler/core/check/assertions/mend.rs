//! What to write so that a claim holds.

use super::words::Refutation;
use super::{Claim, End, Members};
use crate::check::Checker;
use crate::check::acls::{free_above, free_below};
use crate::model::{Acl, AclEntry, Direction, GatewayKind, Id, Network, Protocol, Traffic};
use crate::net::{Block, Family};
use crate::reach::{Blocked, HopKind, Mend, Reason};
use ecow::EcoString;
use std::net::IpAddr;

impl Checker<'_> {
    /// What to write, if that can be told.
    pub(super) fn mend(&self, claim: &Claim, refutation: &Refutation) -> Option<String> {
        match refutation {
            Refutation::Blocked { blocked, traffic } => self.opening(claim, blocked, *traffic),
            Refutation::Reached { path, .. } => {
                let by = |kind| path.forward.iter().find_map(|hop| hop.opened_by(kind));
                match (by(HopKind::GroupIngress), by(HopKind::RouteTable)) {
                    (Some(rule), _) => {
                        Some(format!("take `{}` out, or have it speak of fewer, or of other ports", rule.name))
                    }
                    (None, Some(route)) => {
                        Some(format!("say in its group what may leave (`egress …`), or take `{}` out", route.name))
                    }
                    (None, None) => None,
                }
            }
            Refutation::Undecided { .. } => None,
        }
    }

    fn opening(&self, claim: &Claim, blocked: &Blocked, traffic: Option<Traffic>) -> Option<String> {
        let traffic = traffic.unwrap_or(Traffic { protocol: Protocol::All, ports: None });
        match blocked.mend()? {
            Mend::Rule { direction, .. } => {
                let group = self.group_at(blocked)?;
                let (preposition, other) = match direction {
                    Direction::Ingress => ("from", &claim.from),
                    Direction::Egress => ("to", &claim.to),
                };
                let rule = format!("{} {traffic} {preposition} {}", direction.word(), self.peer_words(other)?);
                Some(match blocked.reason {
                    Reason::SgEgressEmpty => format!("write `{rule}` in `sg {group}`, in place of `egress none`"),
                    _ => format!("add `{rule}` to `sg {group}`"),
                })
            }
            Mend::RuleForAddress { .. } => Some("let the addresses in from which it comes".into()),
            Mend::Entry { direction, traffic: answers, answer, other } => {
                self.entry_words(blocked, direction, if answer { answers } else { traffic }, other)
            }
            Mend::Route { .. } => self.route_words(claim, blocked),
            Mend::PublicAddress if blocked.reason == Reason::IgwNoPublicIp => {
                Some("write `public` in the node or its subnet, or route through a NAT gateway".into())
            }
            Mend::PublicAddress => Some("write `public` in the node or its subnet".into()),
            Mend::Target | Mend::Start => None,
        }
    }

    /// The first of the groups at which something stops.
    fn group_at(&self, blocked: &Blocked) -> Option<EcoString> {
        let name = &blocked.groups.first()?.name;
        let (_, group) = self.model.groups.iter().find(|(_, group)| group.address.as_str() == name)?;
        Some(group.name.clone())
    }

    /// How rules speak of an end: of nodes by their first group.
    fn peer_words(&self, end: &End) -> Option<EcoString> {
        match &end.members {
            Members::Internet => Some("any".into()),
            Members::Blocks(_) | Members::Network(_) | Members::Subnets(_) | Members::Group(_) => {
                Some(end.word.text.clone())
            }
            Members::Nodes(addresses) => {
                let first = addresses.first()?;
                let (_, node) =
                    self.model.nodes.iter().find(|(_, node)| node.members().any(|(address, _)| address == *first))?;
                let (group, _) = node.settings.groups.as_ref()?.first()?;
                Some(self.model.groups[*group].name.clone())
            }
            Members::Endpoints(_) => None,
        }
    }

    /// The entry that lets a packet through an ACL, at a number that comes before what denies it.
    fn entry_words(&self, blocked: &Blocked, direction: Direction, traffic: Traffic, other: IpAddr) -> Option<String> {
        let (_, acl) = self.model.acls.iter().find(|(_, acl)| acl.address.as_str() == blocked.at.name)?;
        let number = self.number_before(acl, direction, blocked)?;
        let entry = AclEntry {
            origin: acl.origin,
            number,
            allow: true,
            direction,
            traffic,
            block: self.around(other),
            amazon: None,
        };
        Some(format!("add `{entry}` to `acl {}`", acl.address.name()))
    }

    fn number_before(&self, acl: &Acl, direction: Direction, blocked: &Blocked) -> Option<u16> {
        let of_way = || acl.entries.iter().filter(|entry| entry.direction == direction);
        let denied = blocked.by.as_ref().and_then(|by| of_way().find(|entry| Some(entry.origin) == by.span));
        match denied {
            Some(entry) => free_below(acl, direction, entry.number),
            None => free_above(acl, direction, of_way().map(|entry| entry.number).max().unwrap_or(90)),
        }
    }

    /// The subnet that an address is in; for addresses outside, all.
    fn around(&self, address: IpAddr) -> Block {
        let blocks = self.model.subnets.iter().filter_map(|(_, subnet)| subnet.block);
        blocks.into_iter().find(|block| block.holds(address)).unwrap_or(Block::all(Family::of(address)))
    }

    fn route_words(&self, claim: &Claim, blocked: &Blocked) -> Option<String> {
        let sends = blocked.path.back.is_empty();
        let network = self.network_of(if sends { &claim.from } else { &claim.to })?;
        let other = if sends { &claim.to } else { &claim.from };
        if matches!(other.members, Members::Internet) {
            let (_, gateway) = self.model.gateways.iter().find(|(_, gateway)| {
                gateway.network == network && matches!(gateway.kind, GatewayKind::Internet | GatewayKind::Nat { .. })
            })?;
            return Some(format!("add `route any via {}` to its subnet", gateway.address.declared().name()));
        }
        let far = self.network_of(other)?;
        let (_, peer) = self.model.peers.iter().find(|(_, peer)| peer.across_from(network) == Some(far))?;
        let far = self.model.networks[far].address.name();
        Some(format!("add `route {far} via {}` to its subnet", peer.address.name()))
    }

    fn network_of(&self, end: &End) -> Option<Id<Network>> {
        match &end.members {
            Members::Internet | Members::Blocks(_) => None,
            Members::Network(id) => Some(*id),
            Members::Subnets(ids) => ids.first().map(|id| self.model.subnets[*id].network),
            Members::Group(id) => Some(self.model.groups[*id].network),
            Members::Nodes(addresses) => {
                let first = addresses.first()?.declared();
                let (_, node) = self.model.nodes.iter().find(|(_, node)| node.address == first)?;
                Some(node.network)
            }
            Members::Endpoints(ids) => {
                let mut endpoints = self.model.endpoints.iter().map(|(_, endpoint)| endpoint.network);
                endpoints.nth(*ids.first()?)
            }
        }
    }
}
