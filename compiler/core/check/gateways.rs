//! Gateways, and the Elastic IPs that some of them stand behind.

use super::Checker;
use super::declare::{Declarations, Declared};
use super::names::Symbol;
use super::zones::ByZone;
use crate::model::{Elastic, Gateway, GatewayKind, Id, Network, Tags};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, Item, Statement, Word};
use ecow::EcoString;
use std::collections::BTreeMap;

/// The words for kinds of gateways.
const KINDS: [&str; 4] = ["internet", "nat", "egress", "vpn"];

enum Problem {
    UnknownKind { word: Word },
    Second { name: EcoString, span: Span, first: Span, kind: GatewayKind },
    Superfluous { word: Word, kind: GatewayKind, what: &'static str },
    NoSubnet { span: Span, name: EcoString },
    ForeignSubnet { word: Word, declared: Span },
    BadNumber { word: Word },
    EgressWithoutIpv6 { name: EcoString, span: Span, network: Span },
}

impl Checker<'_> {
    /// Builds the Elastic IPs.
    pub(super) fn elastics(&mut self, declared: &Declarations<'_>) {
        for elastic in &declared.elastics {
            self.enter(elastic.network);
            let made = self.elastic(elastic);
            self.made.elastics.push(made);
        }
    }

    fn elastic(&mut self, declared: &Declared<'_>) -> ByZone<Elastic> {
        let Statement::Elastic { zones, .. } = &declared.item.statement else { return ByZone::hole() };
        let (network, origin) = (declared.network, declared.item.head);
        let address = self.model.networks[network].address.member(&declared.name);
        let elastic = Elastic { address, origin, network, tags: self.only_tags(declared.item) };
        if zones.is_empty() {
            return ByZone::one(self.model.elastics.push(elastic));
        }
        let mut made = ByZone { members: Vec::new(), zoned: true };
        for (zone, _) in self.zones(network, zones) {
            let elastic = Elastic { address: elastic.address.index(&zone), ..elastic.clone() };
            made.members.push((zone, self.model.elastics.push(elastic)));
        }
        made
    }

    /// The Elastic IP that a word names where something in a zone uses it.
    pub(super) fn elastic_named(&mut self, network: Id<Network>, word: &Word, zone: &str) -> Option<Id<Elastic>> {
        let index = self.resolve_as(Some(network), word, "an Elastic IP", |symbol| match symbol {
            Symbol::Elastic(index) => Some(index),
            _ => None,
        })?;
        let things = self.made.elastics.get(index).cloned()?;
        self.member(word, things, Some(zone).filter(|zone| !zone.is_empty()), "Elastic IP")
    }

    /// Builds the gateways. Subnets and Elastic IPs must be built.
    pub(super) fn gateways(&mut self, declared: &Declarations<'_>) {
        let mut only: BTreeMap<(Id<Network>, &'static str), Span> = BTreeMap::new();
        for gateway in &declared.gateways {
            let Statement::Gateway(statement) = &gateway.item.statement else { continue };
            self.enter(gateway.network);
            let made = self.gateway(gateway, statement);
            let kind = made.members.first().map(|(_, id)| self.model.gateways[*id].kind);
            // A VPC takes one of each of these (VPC User Guide, "Internet gateways"; EC2 API Reference, "AttachVpnGateway").
            if let Some(kind) = kind.filter(|kind| matches!(kind, GatewayKind::Internet | GatewayKind::Vpn { .. })) {
                let span = gateway.item.head;
                match only.get(&(gateway.network, kind.word())).copied() {
                    Some(first) => self.report(Problem::Second { name: gateway.name.clone(), span, first, kind }),
                    None => drop(only.insert((gateway.network, kind.word()), span)),
                }
            }
            self.made.gateways.push(made);
        }
    }

    fn gateway(&mut self, declared: &Declared<'_>, statement: &syntax::Gateway) -> ByZone<Gateway> {
        let tags = self.only_tags(declared.item);
        let kind = match self.fill(&statement.kind).as_deref() {
            Some("internet") => GatewayKind::Internet,
            Some("nat") => return self.nat_gateway(declared, statement, tags),
            Some("egress") => {
                self.check_egress(declared);
                GatewayKind::Egress
            }
            Some("vpn") => GatewayKind::Vpn { asn: statement.asn.as_ref().and_then(|word| self.asn(word)) },
            Some("") | None => return ByZone::hole(),
            Some(_) => {
                self.report(Problem::UnknownKind { word: statement.kind.clone() });
                return ByZone::hole();
            }
        };
        self.check_details(statement, kind);
        let address = self.model.networks[declared.network].address.member(&declared.name);
        let gateway = Gateway { address, origin: declared.item.head, network: declared.network, kind, tags };
        ByZone::one(self.model.gateways.push(gateway))
    }

    fn check_egress(&mut self, declared: &Declared<'_>) {
        let network = &self.model.networks[declared.network];
        if network.ipv6.is_none() && network.existing.is_none() {
            let (name, span, network) = (declared.name.clone(), declared.item.head, network.origin);
            self.report(Problem::EgressWithoutIpv6 { name, span, network });
        }
    }

    /// One NAT gateway in each subnet that is named, in the zone of that subnet.
    fn nat_gateway(&mut self, declared: &Declared<'_>, statement: &syntax::Gateway, tags: Tags) -> ByZone<Gateway> {
        let (network, origin) = (declared.network, declared.item.head);
        let address = self.model.networks[network].address.member(&declared.name);
        let nat = |subnet, elastic| GatewayKind::Nat { subnet, elastic };
        self.check_details(statement, nat(None, None));
        let Some(word) = &statement.subnet else {
            self.report(Problem::NoSubnet { span: statement.kind.span, name: declared.name.clone() });
            return ByZone::hole();
        };
        let Some(subnets) = self.subnets_named(network, word) else { return ByZone::hole() };
        let mut made = ByZone { members: Vec::new(), zoned: subnets.zoned };
        for (zone, subnet) in subnets.members {
            let home = &self.model.subnets[subnet];
            if home.network != network {
                let declared = home.origin;
                self.report(Problem::ForeignSubnet { word: word.clone(), declared });
                continue;
            }
            let elastic = statement.elastic.as_ref().map(|word| self.elastic_named(network, word, &zone));
            let kind = nat(Some(subnet), elastic.flatten());
            let address = if subnets.zoned { address.index(&zone) } else { address.clone() };
            let id = self.model.gateways.push(Gateway { address, origin, network, kind, tags: tags.clone() });
            made.members.push((zone, id));
        }
        made
    }

    /// Reports what a statement says of a gateway that has no such thing.
    fn check_details(&mut self, statement: &syntax::Gateway, kind: GatewayKind) {
        let nat = matches!(kind, GatewayKind::Nat { .. });
        let vpn = matches!(kind, GatewayKind::Vpn { .. });
        let details = [
            (&statement.subnet, nat, "stands in no subnet"),
            (&statement.elastic, nat, "has no address of its own"),
            (&statement.asn, vpn, "has no AS number"),
        ];
        for (word, fits, what) in details {
            if let Some(word) = word.as_ref().filter(|_| !fits) {
                self.report(Problem::Superfluous { word: word.clone(), kind, what });
            }
        }
    }

    /// The number of an autonomous system (RFC 6793: 32 bits; 0 and the last one stand for nothing).
    pub(super) fn asn(&mut self, word: &Word) -> Option<u32> {
        let number = self.number::<u32>(word)?;
        let usable = (1..u32::MAX).contains(&number);
        if !usable {
            self.report(Problem::BadNumber { word: word.clone() });
        }
        usable.then_some(number)
    }

    /// The tags of a block in which nothing but tags is built.
    pub(super) fn only_tags(&mut self, item: &Item) -> Tags {
        let mut tags = Tags::new();
        for item in item.items() {
            match &item.statement {
                Statement::Tags(entries) => tags.extend(self.tags(entries)),
                Statement::Keep => {}
                _ => self.misplaced(item),
            }
        }
        tags
    }
}

/// How a message speaks of a kind of gateway.
fn noun(kind: GatewayKind) -> &'static str {
    match kind {
        GatewayKind::Internet => "an internet gateway",
        GatewayKind::Nat { .. } => "a NAT gateway",
        GatewayKind::Egress => "an egress-only gateway",
        GatewayKind::Vpn { .. } => "a VPN gateway",
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::UnknownKind { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("there is no gateway of kind `{}`", word.text))
                    .primary(word.span, format!("expected one of {}", KINDS.join(", ")))
                    .suggest(word.span, nearest(&word.text, KINDS))
            }
            Problem::Second { name, span, first, kind: GatewayKind::Internet } => {
                Diagnostic::new(codes::SECOND_INTERNET_GATEWAY, "a network has one internet gateway at most")
                    .primary(span, format!("`{name}` would be a second one"))
                    .secondary(first, "the first")
                    .help("take one out; one gateway serves every subnet")
            }
            Problem::Second { name, span, first, kind } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("a network has {} only once", noun(kind)))
                    .primary(span, format!("`{name}` would be a second one"))
                    .secondary(first, "the first")
                    .help("take one out")
            }
            Problem::Superfluous { word, kind, what } => {
                Diagnostic::new(codes::SYNTAX, format!("{} {what}", noun(kind)))
                    .primary(word.span, "means nothing here")
                    .help(format!("write it as `gateway NAME {}`", kind.word()))
            }
            Problem::NoSubnet { span, name } => Diagnostic::new(codes::SYNTAX, "a NAT gateway stands in a subnet")
                .primary(span, "in which?")
                .help(format!("name a public subnet: `gateway {name} nat in SUBNET`")),
            Problem::ForeignSubnet { word, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{}` is a subnet of another network", word.text))
                    .primary(word.span, "a NAT gateway stands in a subnet of its own network")
                    .secondary(declared, "declared here")
                    .help("name a subnet of this network, or move the gateway to the other one")
            }
            Problem::EgressWithoutIpv6 { name, span, network } => Diagnostic::new(
                codes::EGRESS_WITHOUT_IPV6,
                format!("`{name}` is an egress-only gateway in a network without IPv6"),
            )
            .primary(span, "it takes IPv6 only, and nothing here has it")
            .secondary(network, "the network")
            .help("add a line `ipv6` to the network; for IPv4, write `gateway NAME nat in SUBNET`"),
            Problem::BadNumber { word } => Diagnostic::new(codes::BAD_VALUE, format!("{} is no AS number", word.text))
                .primary(word.span, "expected a number from 1 to 4294967294")
                .help("64512 to 65534 are for private use"),
        }
    }
}
