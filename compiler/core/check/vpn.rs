//! Site-to-site VPN: customer gateways, connections, and the routes that come from them.

use super::Checker;
use super::declare::{Declarations, Declared};
use super::names::Symbol;
use crate::model::{Customer, Gateway, GatewayKind, Id, Network, Vpn};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use std::net::{IpAddr, Ipv4Addr};

enum Problem {
    NotVpn { word: Word, declared: Span },
    Foreign { word: Word, declared: Span },
    NotPublic { word: Word },
    SecondPropagation { word: Word, first: Span },
}

impl Checker<'_> {
    /// Builds customer gateways and VPN connections. Gateways must be built.
    pub(super) fn vpns(&mut self, declared: &Declarations<'_>) {
        for customer in &declared.customers {
            self.enter(customer.network);
            let customer = self.customer(customer);
            self.model.customers.push(customer);
        }
        for vpn in &declared.vpns {
            self.enter(vpn.network);
            let vpn = self.vpn(vpn);
            self.model.vpns.push(vpn);
        }
    }

    fn customer(&mut self, declared: &Declared<'_>) -> Customer {
        let (network, origin) = (declared.network, declared.item.head);
        let (ip, asn) = match &declared.item.statement {
            Statement::Customer { address, asn, .. } => (self.public_ip(address), self.asn(asn)),
            _ => (None, None),
        };
        let address = self.model.networks[network].address.member(&declared.name);
        Customer { address, origin, network, ip, asn, tags: self.only_tags(declared.item) }
    }

    /// An address that can be reached over the internet (EC2 API Reference, "CreateCustomerGateway").
    fn public_ip(&mut self, word: &Word) -> Option<Ipv4Addr> {
        match self.ip(word)? {
            IpAddr::V4(ip) if !ip.is_private() && !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified() => {
                Some(ip)
            }
            _ => {
                self.report(Problem::NotPublic { word: word.clone() });
                None
            }
        }
    }

    fn vpn(&mut self, declared: &Declared<'_>) -> Vpn {
        let (network, origin) = (declared.network, declared.item.head);
        let (mut gateway, mut customer) = (None, None);
        if let Statement::Vpn { gateway: near, customer: far, .. } = &declared.item.statement {
            gateway = self.vpn_gateway(network, near);
            customer = self.resolve_as(Some(network), far, "a customer gateway", |symbol| match symbol {
                Symbol::Customer(id) => Some(id),
                _ => None,
            });
        }
        let address = self.model.networks[network].address.member(&declared.name);
        Vpn { address, origin, network, gateway, customer, tags: self.only_tags(declared.item) }
    }

    /// The VPN gateway of this network that a word names.
    fn vpn_gateway(&mut self, network: Id<Network>, word: &Word) -> Option<Id<Gateway>> {
        let index = self.resolve_as(Some(network), word, "a gateway", |symbol| match symbol {
            Symbol::Gateway(index) => Some(index),
            _ => None,
        })?;
        let things = self.made.gateways.get(index).cloned()?;
        let id = things.members.first()?.1;
        let gateway = &self.model.gateways[id];
        let declared = gateway.origin;
        if !matches!(gateway.kind, GatewayKind::Vpn { .. }) {
            self.report(Problem::NotVpn { word: word.clone(), declared });
            return None;
        }
        if gateway.network != network {
            self.report(Problem::Foreign { word: word.clone(), declared });
            return None;
        }
        Some(id)
    }

    /// The VPN gateways whose routes a table takes in, of its statements.
    pub(super) fn propagations(&mut self, network: Id<Network>, items: &[Item]) -> Vec<Id<Gateway>> {
        let mut found: Vec<(Id<Gateway>, Span)> = Vec::new();
        for item in items {
            let Statement::Propagate(word) = &item.statement else { continue };
            let Some(id) = self.vpn_gateway(network, word) else { continue };
            match found.iter().find(|(other, _)| *other == id) {
                Some((_, first)) => {
                    let first = *first;
                    self.report(Problem::SecondPropagation { word: word.clone(), first });
                }
                None => found.push((id, word.span)),
            }
        }
        found.into_iter().map(|(id, _)| id).collect()
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotVpn { word, declared } => {
                Diagnostic::new(codes::WRONG_TARGET, format!("`{}` is no VPN gateway", word.text))
                    .primary(word.span, "expected a gateway of kind `vpn`")
                    .secondary(declared, "declared here")
                    .help("declare one: `gateway NAME vpn`")
            }
            Problem::Foreign { word, declared } => {
                Diagnostic::new(codes::FOREIGN_GATEWAY, format!("`{}` belongs to another network", word.text))
                    .primary(word.span, "its routes are for the network that it is attached to")
                    .secondary(declared, "declared here")
                    .help("give this network a gateway of its own: `gateway vgw vpn`")
            }
            Problem::NotPublic { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("{} is no public IPv4 address", word.text))
                    .primary(word.span, "tunnels go over the internet")
                    .help("write the address that the far end has there")
            }
            Problem::SecondPropagation { word, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("`{}` stands here twice", word.text))
                    .primary(word.span, "a second time")
                    .secondary(first, "first here")
                    .help("take one of them out")
            }
        }
    }
}
