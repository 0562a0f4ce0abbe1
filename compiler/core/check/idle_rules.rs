//! Rules of security groups that speak of what no route can bring: from the internet to nodes without a way from there,
//! from blocks that are nowhere, from peers without a route.
//!
//! Only what is certain is told: nothing of groups without members, of the default group, of what lives already and is
//! only used, of what depends on things that are not modelled. Of a line that stands in several instances of a module,
//! it has to be so in all of them. What other groups and ACLs say makes no difference.

use super::Checker;
use crate::limits::MAX_STEPS_OF_WARNINGS;
use crate::model::{Destination, Direction, GatewayKind, Group, Id, Network, PeerSide, Rule, RulePeer, Subnet};
use crate::net::Family;
use crate::problem::{Diagnostic, codes};
use crate::reach::fabric::{Subnet as Part, Vpc};
use crate::reach::{Analysis, Deliveries, Delivery, Drawn, Halt, Lack, Obstacle, Reason};
use crate::source::Span;
use ecow::{EcoString, eco_format};
use std::collections::{BTreeMap, HashSet};

/// As many subnets are named at most.
const MAX_NAMED: usize = 3;

/// A rule for nothing, or for more than can come.
struct Idle {
    direction: Direction,
    group: EcoString,
    /// Who the rule speaks of, as it is written there.
    peer: String,
    span: Span,
    /// Who can come all the same.
    only: Vec<EcoString>,
    why: Why,
}

/// Why nothing comes or goes.
enum Why {
    NoAddress { node: EcoString, span: Span, family: Family },
    NoSubnet { network: EcoString, span: Span, subnets: Vec<String> },
    NoPeer { network: EcoString, other: EcoString, span: Span },
    NoRoute { route: EcoString, at: EcoString, span: Span },
    NoInternet { subnet: EcoString, span: Span, gateway: Option<EcoString>, nat: Option<EcoString> },
    NoPublicAddress { node: EcoString, span: Span },
    AnswersOnly { span: Option<Span> },
    NoWay { network: EcoString, span: Span, route: Option<(EcoString, EcoString)> },
}

/// What was found of the rules of one place.
enum Found {
    /// One that is for something, or of which nobody can tell.
    Useful,
    /// The group, the rule, and what can come.
    Idle(Id<Group>, Rule, Delivery),
}

impl Checker<'_> {
    /// Warns of rules that speak of what no route can bring, in place of the warning that they are open to the internet;
    /// not of those that change nothing anyway.
    pub(super) fn check_idle_rules(&mut self, drawn: &Drawn, analysis: &Analysis<'_>) {
        let mut found: BTreeMap<Span, Found> = BTreeMap::new();
        analysis.allow(MAX_STEPS_OF_WARNINGS);
        let mut deliveries = Deliveries::new(analysis);
        for (id, group) in self.model.groups.iter() {
            self.look_at_rules(id, group, drawn, &mut deliveries, &mut found);
        }
        let shadowed = self.problems.iter().filter(|problem| problem.code == codes::SHADOWED_RULE);
        let shadowed: HashSet<Span> = shadowed.filter_map(Diagnostic::place).collect();
        let mut told: HashSet<Span> = HashSet::new();
        let mut idle: Vec<Idle> = Vec::new();
        for (span, found) in found {
            let Found::Idle(group, rule, delivery) = found else { continue };
            if !shadowed.contains(&rule.origin)
                && let Some(found) = self.idle(span, group, &rule, &delivery, drawn)
            {
                told.insert(rule.origin);
                idle.push(found);
            }
        }
        let open = [codes::OPEN_PORT, codes::OPEN_ADMIN_PORT];
        let is_told = |problem: &Diagnostic| problem.place().is_some_and(|place| told.contains(&place));
        self.problems.retain(|problem| !open.contains(&problem.code) || !is_told(problem));
        self.problems.extend(idle.into_iter().map(Diagnostic::from));
    }

    fn look_at_rules(
        &self,
        id: Id<Group>,
        group: &Group,
        drawn: &Drawn,
        deliveries: &mut Deliveries<'_, '_>,
        found: &mut BTreeMap<Span, Found>,
    ) {
        let Some(part) = drawn.groups.get(id.index()) else { return };
        for (rule, drawn_rule) in group.rules.iter().zip(&drawn.fabric.groups[*part].rules) {
            if matches!(found.get(&rule.named), Some(Found::Useful)) {
                continue;
            }
            let delivery = match self.is_told(group, rule) {
                true => deliveries.of(*part, drawn_rule),
                false => Delivery::Something,
            };
            if delivery == Delivery::Something {
                found.insert(rule.named, Found::Useful);
            } else if matches!((found.get(&rule.named), &delivery), (None, _) | (_, Delivery::Only(..))) {
                found.insert(rule.named, Found::Idle(id, rule.clone(), delivery));
            }
        }
    }

    /// Whether the program knows who can come by a rule: of the default group, and of what lives already, it doesn't.
    fn is_told(&self, group: &Group, rule: &Rule) -> bool {
        let lives = |network: Id<Network>| self.model.networks[network].existing.is_some();
        let own = |group: &Group| !group.is_default && group.existing.is_none() && !lives(group.network);
        let peer = match &rule.peer {
            RulePeer::Addresses(destination) => destination.block().is_some_and(|block| {
                let shares = |network: &Network| network.blocks.iter().any(|(own, _)| own.overlaps(block));
                let mut peers = self.model.peers.iter().filter_map(|(_, peer)| peer.across_from(group.network));
                !peers.any(|other| lives(other) && shares(&self.model.networks[other]))
            }),
            RulePeer::Group(id) => own(&self.model.groups[*id]),
        };
        own(group) && peer
    }

    fn idle(&self, span: Span, group: Id<Group>, rule: &Rule, delivery: &Delivery, drawn: &Drawn) -> Option<Idle> {
        let (vpcs, obstacle) = match delivery {
            Delivery::Something => return None,
            Delivery::Only(vpcs, obstacle) => (vpcs.as_slice(), obstacle),
            Delivery::Nothing(obstacle) => (&[][..], obstacle),
        };
        let name = |vpc: &Id<Vpc>| Some(self.network_name(network_of(drawn, *vpc)?));
        let mut only: Vec<EcoString> = Vec::new();
        for name in vpcs.iter().filter_map(name) {
            if !only.contains(&name) {
                only.push(name);
            }
        }
        let group = &self.model.groups[group];
        Some(Idle {
            direction: rule.direction,
            group: group.name.clone(),
            peer: self.sources.text(span).to_owned(),
            span,
            only,
            why: self.why(group.network, rule, obstacle, drawn)?,
        })
    }

    fn network_name(&self, network: Id<Network>) -> EcoString {
        self.model.networks[network].address.name().into()
    }

    fn why(&self, network: Id<Network>, rule: &Rule, obstacle: &Obstacle, drawn: &Drawn) -> Option<Why> {
        let interface = &drawn.fabric.interfaces[obstacle.member];
        let subnet = subnet_of(drawn, interface.subnet)?;
        let home = &self.model.networks[network];
        let node = || (interface.origin.name.clone(), interface.origin.span.unwrap_or(home.origin));
        Some(match &obstacle.what {
            Lack::Address(family) => {
                let (node, span) = node();
                Why::NoAddress { node, span, family: *family }
            }
            Lack::Subnet => {
                let (network, span) = (self.network_name(network), home.origin);
                Why::NoSubnet { network, span, subnets: self.subnets_in_words(home, rule) }
            }
            Lack::Peering(vpc) => {
                let other = network_of(drawn, *vpc)?;
                let span = self.model.networks[other].origin;
                Why::NoPeer { network: self.network_name(network), other: self.network_name(other), span }
            }
            Lack::PeerRoute(vpc, halt) => {
                self.missing_route(network, network_of(drawn, *vpc)?, rule.direction, halt)?
            }
            Lack::Internet(Halt { reason: Reason::EgressOnlyInbound, at }) => Why::AnswersOnly { span: at.span },
            Lack::Internet(_) if self.reaches_internet(subnet) => {
                let (node, span) = node();
                Why::NoPublicAddress { node, span }
            }
            Lack::Internet(_) => {
                let part = &self.model.subnets[subnet];
                let gateway = self.gateway_name(network, |kind| kind == GatewayKind::Internet);
                let nat = self.gateway_name(network, |kind| matches!(kind, GatewayKind::Nat { .. }));
                Why::NoInternet { subnet: part.address.declared().name().into(), span: part.origin, gateway, nat }
            }
            Lack::Elsewhere => {
                let block = rule.peer.block().map(|block| eco_format!("{block}"));
                let route = block.zip(self.way_elsewhere(network)).map(|(block, via)| {
                    (
                        eco_format!("route {block} via {via}"),
                        self.model.subnets[subnet].address.declared().name().into(),
                    )
                });
                Why::NoWay { network: self.network_name(network), span: home.origin, route }
            }
        })
    }

    /// The route that is missing between two peers, on the side on which it stops.
    fn missing_route(&self, home: Id<Network>, other: Id<Network>, direction: Direction, halt: &Halt) -> Option<Why> {
        let (_, peer) = self.model.peers.iter().find(|(_, peer)| peer.across_from(home) == Some(other))?;
        let at_sender = !matches!(halt.reason, Reason::NoReturnRoute | Reason::ReturnRouteElsewhere);
        let at_home = at_sender == (direction == Direction::Egress);
        let (near, far) = if at_home { (home, other) } else { (other, home) };
        let route = eco_format!("route {} via {}", self.network_name(far), peer.address.name());
        let at_table = matches!(halt.reason, Reason::NoRoute | Reason::NoReturnRoute | Reason::ReturnRouteElsewhere);
        let span = halt.at.span.filter(|_| at_table).unwrap_or(self.model.networks[near].origin);
        Some(Why::NoRoute { route, at: self.network_name(near), span })
    }

    /// What leads to networks elsewhere: a VPN gateway, or a peering with a VPC of somebody else.
    fn way_elsewhere(&self, network: Id<Network>) -> Option<EcoString> {
        let vpn = self.gateway_name(network, |kind| matches!(kind, GatewayKind::Vpn { .. }));
        vpn.or_else(|| {
            let far = |peer: &crate::model::Peer| peer.network == network && matches!(peer.other, PeerSide::Far { .. });
            let (_, peer) = self.model.peers.iter().find(|(_, peer)| far(peer))?;
            Some(peer.address.name().into())
        })
    }

    /// A network's subnets, of the family of what a rule speaks of, if there are few.
    fn subnets_in_words(&self, home: &Network, rule: &Rule) -> Vec<String> {
        let own = |subnet: &&Subnet| self.model.networks[subnet.network].origin == home.origin;
        let subnets = self.model.subnets.iter().map(|(_, subnet)| subnet).filter(own);
        let v4 = matches!(&rule.peer, RulePeer::Addresses(Destination::Block(block)) if block.family() == Family::V4);
        let word = |subnet: &Subnet| Some(format!("`{}` is {}", subnet.address.name(), subnet.block?));
        let words: Vec<String> = subnets.filter(|_| v4).filter_map(word).collect();
        if words.len() > MAX_NAMED { Vec::new() } else { words }
    }
}

fn network_of(drawn: &Drawn, vpc: Id<Vpc>) -> Option<Id<Network>> {
    drawn.vpcs.iter().position(|own| *own == vpc).map(Id::new)
}

fn subnet_of(drawn: &Drawn, part: Id<Part>) -> Option<Id<Subnet>> {
    drawn.subnets.iter().position(|own| *own == part).map(Id::new)
}

impl From<Idle> for Diagnostic {
    fn from(idle: Idle) -> Self {
        let Idle { direction, group, peer, span, only, why } = idle;
        let (title, label) = match (direction, only.as_slice()) {
            (Direction::Ingress, []) => {
                (format!("no route brings anything from `{peer}` to `{group}`"), "lets nobody in".to_owned())
            }
            (Direction::Ingress, only) => (
                format!("no route brings anything from the internet to `{group}`"),
                format!("of `{peer}`, only {} can come", listed(only)),
            ),
            (Direction::Egress, _) => {
                (format!("no route takes anything from `{group}` to `{peer}`"), "lets nothing out".to_owned())
            }
        };
        let diagnostic = why.at(direction, Diagnostic::new(codes::IDLE_RULE, title).primary(span, label));
        match only.as_slice() {
            [] => diagnostic.help(why.mend(direction)),
            [one] => diagnostic.help(format!("write `from {one}`")).fix(span, one.as_str()),
            several => diagnostic.help(format!("write `from {}`", several.join(", "))),
        }
    }
}

fn listed(names: &[EcoString]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Why {
    /// Points at what is missing.
    fn at(&self, direction: Direction, diagnostic: Diagnostic) -> Diagnostic {
        let (span, what) = match self {
            Why::NoAddress { node, span, family } => {
                let family = if *family == Family::V4 { "IPv4" } else { "IPv6" };
                (Some(*span), format!("`{node}` has no {family} address"))
            }
            Why::NoSubnet { network, span, .. } => {
                (Some(*span), format!("these are addresses of `{network}`, and no subnet has them"))
            }
            Why::NoPeer { network, other, span } => {
                (Some(*span), format!("these are addresses of `{other}`, which is no peer of `{network}`"))
            }
            Why::NoRoute { route, span, .. } => (Some(*span), format!("has no `{route}`")),
            Why::NoInternet { subnet, span, .. } => {
                let leads = if direction == Direction::Ingress { "an internet gateway" } else { "the internet" };
                (Some(*span), format!("`{subnet}` has no route to {leads}"))
            }
            Why::NoPublicAddress { node, span } => (Some(*span), format!("`{node}` has no public address")),
            Why::AnswersOnly { span } => (*span, "lets in answers only".to_owned()),
            Why::NoWay { network, span, .. } => {
                (Some(*span), format!("no subnet, peer or VPN of `{network}` leads there"))
            }
        };
        match span {
            Some(span) => diagnostic.secondary(span, what),
            None => diagnostic.note(what),
        }
    }

    /// What to write.
    fn mend(&self, direction: Direction) -> String {
        let comes_through = "let in what it comes through, such as a bastion's group";
        match (self, direction) {
            (Why::NoAddress { .. }, _) => {
                "take it out, or write `ipv6` in the network and `ipv6 0` in the subnet".into()
            }
            (Why::NoSubnet { subnets, .. }, _) if subnets.is_empty() => "name one of its subnets".into(),
            (Why::NoSubnet { subnets, .. }, _) => format!("name a subnet: {}", subnets.join(", ")),
            (Why::NoPeer { network, other, .. }, _) => format!(
                "join them: `peer {network}-{other} {network}, {other}`, with `route {other} via {network}-{other}` in \
                 the one and `route {network} via {network}-{other}` in the other"
            ),
            (Why::NoRoute { route, at, .. }, _) => format!("add `{route}` to the subnets of `{at}` that are meant"),
            (Why::NoInternet { subnet, gateway, .. }, Direction::Ingress) => {
                let new = if gateway.is_some() { "" } else { "`gateway igw internet` in the network, " };
                let gateway = gateway.as_deref().unwrap_or("igw");
                format!("{comes_through}, or make `{subnet}` public: {new}`public` and `route any via {gateway}`")
            }
            (Why::NoInternet { subnet, nat: Some(nat), .. }, Direction::Egress) => {
                format!("add `route any via {nat}` to `{subnet}`")
            }
            (Why::NoInternet { subnet, .. }, Direction::Egress) => {
                format!("take it out, or route `{subnet}` through a NAT gateway: `gateway NAME nat in SUBNET`")
            }
            (Why::NoPublicAddress { .. }, Direction::Ingress) => {
                format!("{comes_through}, or write `public` in the node or its subnet")
            }
            (Why::NoPublicAddress { .. }, Direction::Egress) => {
                "write `public` in the node or its subnet, or route through a NAT gateway".into()
            }
            (Why::AnswersOnly { .. }, _) => "take it out, or route to an internet gateway".into(),
            (Why::NoWay { route: Some((route, subnet)), .. }, _) => format!("add `{route}` to `{subnet}`"),
            (Why::NoWay { route: None, .. }, _) => "take it out, or name who is meant".into(),
        }
    }
}
