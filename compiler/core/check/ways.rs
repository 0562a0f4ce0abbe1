//! Ways out: that what is public has one to the internet, what boots with a script some, and that NAT gateways stand
//! where they have one themselves.

use super::Checker;
use super::declare::Declarations;
use crate::model::{Destination, Elastic, Gateway, GatewayKind, Id, Network, Node, Route, Subnet};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Statement, Word};
use ecow::EcoString;
use std::collections::{BTreeMap, BTreeSet};

enum Problem {
    PublicWithoutRoute { name: EcoString, span: Span, subnet: Span, gateway: Option<EcoString> },
    NoWayOut { boot: Span, name: EcoString, subnet: Span, nat: Option<EcoString> },
    NatWithoutInternet { name: EcoString, span: Span, network: Span },
    NatWithoutRoute { name: EcoString, span: Span, subnet: EcoString, subnet_span: Span, gateway: EcoString },
    NatLoop { name: EcoString, span: Span, subnet: EcoString, route: Span },
    Declares { name: Word, span: Span },
    ElasticTwice { name: EcoString, span: Span, first: Span },
    ElasticOfRange { name: EcoString, span: Span, several: Span },
    ElasticOfMany { name: EcoString, span: Span, several: Span },
}

impl Checker<'_> {
    /// Gives nodes the Elastic IPs that they name, and checks that each of these is used by one thing. Nodes and
    /// gateways must be built.
    pub(super) fn addresses_in_use(&mut self, declared: &Declarations<'_>) {
        let mut users: BTreeMap<Id<Elastic>, Span> = BTreeMap::new();
        for (index, gateway) in declared.gateways.iter().enumerate() {
            let Statement::Gateway(statement) = &gateway.item.statement else { continue };
            let Some(span) = statement.elastic.as_ref().map(|word| word.span) else { continue };
            for (_, id) in self.made.gateways[index].members.clone() {
                if let GatewayKind::Nat { elastic: Some(elastic), .. } = self.model.gateways[id].kind {
                    self.use_address(&mut users, elastic, span, gateway.item.head);
                }
            }
        }
        for (index, node) in declared.nodes.iter().enumerate() {
            self.enter(node.network);
            let mut seen = None;
            for item in node.item.items() {
                let Statement::Elastic { name, was, zones } = &item.statement else { continue };
                if !self.once(&mut seen, item) {
                    continue;
                }
                if let Some(word) = zones.first().or(was.as_deref()) {
                    self.report(Problem::Declares { name: name.clone(), span: word.span });
                }
                for (zone, id) in self.made.nodes[index].members.clone() {
                    let Some(elastic) = self.elastic_named(node.network, name, &zone) else { continue };
                    if self.model.nodes[id].count() > 1 {
                        let (name, several) = (name.text.clone(), node.item.head);
                        self.report(Problem::ElasticOfRange { name, span: item.head, several });
                        continue;
                    }
                    self.use_address(&mut users, elastic, name.span, node.item.head);
                    self.model.nodes[id].elastic = Some((elastic, name.span));
                }
            }
        }
    }

    fn use_address(&mut self, users: &mut BTreeMap<Id<Elastic>, Span>, elastic: Id<Elastic>, span: Span, user: Span) {
        let Some(first) = users.insert(elastic, span) else { return };
        let name = self.model.elastics[elastic].address.declared().name().into();
        // The same place in another zone.
        let problem = if first == span {
            Problem::ElasticOfMany { name, span, several: user }
        } else {
            Problem::ElasticTwice { name, span, first }
        };
        self.report(problem);
    }

    /// Checks what needs everything else to be known.
    pub(super) fn check_ways(&mut self) {
        let mut problems: Vec<Problem> = Vec::new();
        for (id, subnet) in self.model.subnets.iter() {
            if let Some(span) = subnet.public
                && subnet.existing.is_none()
                && !self.reaches_internet(id)
            {
                problems.push(self.public_without_route(subnet.name.clone(), span, id));
            }
        }
        let mut told = BTreeSet::new();
        for (_, node) in self.model.nodes.iter() {
            problems.extend(self.check_node(node, &mut told));
        }
        for (id, gateway) in self.model.gateways.iter() {
            problems.extend(self.check_nat(id, gateway));
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn check_node(&self, node: &Node, told: &mut BTreeSet<Span>) -> Option<Problem> {
        let id = node.subnet?;
        // Of a subnet that lives already, EC2 knows the routes, and the program doesn't.
        let subnet = Some(&self.model.subnets[id]).filter(|subnet| subnet.existing.is_none())?;
        let own = node.settings.public.and_then(|(public, span)| public.then_some(span));
        if let Some(span) = own.or(node.elastic.map(|(_, span)| span))
            && subnet.public.is_none()
            && !self.reaches_internet(id)
        {
            return Some(self.public_without_route(subnet.name.clone(), span, id));
        }
        let (_, boot) = node.settings.boot.as_ref()?;
        let silent = node.is_public(subnet) || self.has_way_out(id) || !told.insert(*boot);
        (!silent).then(|| {
            let nat = self.gateway_name(subnet.network, |kind| matches!(kind, GatewayKind::Nat { .. }));
            Problem::NoWayOut { boot: *boot, name: subnet.name.clone(), subnet: subnet.origin, nat }
        })
    }

    /// A public NAT gateway needs an internet gateway, and a way to it (VPC User Guide, "NAT gateway basics").
    fn check_nat(&self, id: Id<Gateway>, gateway: &Gateway) -> Option<Problem> {
        let GatewayKind::Nat { subnet: Some(home), .. } = gateway.kind else { return None };
        if self.model.networks[gateway.network].existing.is_some() {
            return None;
        }
        let (name, span): (EcoString, Span) = (gateway.address.declared().name().into(), gateway.origin);
        let Some(internet) = self.gateway_name(gateway.network, |kind| kind == GatewayKind::Internet) else {
            let network = self.model.networks[gateway.network].origin;
            return Some(Problem::NatWithoutInternet { name, span, network });
        };
        let subnet = &self.model.subnets[home];
        if let Some(route) = self.routes_of(home).iter().find(|route| route.target.gateway() == Some(id)) {
            return Some(Problem::NatLoop { name, span, subnet: subnet.name.clone(), route: route.origin });
        }
        (!self.reaches_internet(home)).then(|| Problem::NatWithoutRoute {
            name,
            span,
            subnet: subnet.name.clone(),
            subnet_span: subnet.origin,
            gateway: internet,
        })
    }

    /// The name of a network's first gateway of a kind.
    pub(super) fn gateway_name(&self, network: Id<Network>, is: impl Fn(GatewayKind) -> bool) -> Option<EcoString> {
        let mut gateways = self.model.gateways.iter().map(|(_, gateway)| gateway);
        let found = gateways.find(|gateway| gateway.network == network && is(gateway.kind))?;
        Some(found.address.declared().name().into())
    }

    fn public_without_route(&self, name: EcoString, span: Span, id: Id<Subnet>) -> Problem {
        let subnet = &self.model.subnets[id];
        let gateway = self.gateway_name(subnet.network, |kind| kind == GatewayKind::Internet);
        Problem::PublicWithoutRoute { name, span, subnet: subnet.origin, gateway }
    }

    /// The routes that a subnet uses, as far as the program says how they are to be.
    pub(super) fn routes_of(&self, subnet: Id<Subnet>) -> &[Route] {
        self.model.table_of(subnet).map_or(&[], |table| &self.model.tables[table].routes)
    }

    /// Whether a subnet has routes that could not be made out: nobody knows where those lead.
    fn may_have_more_routes(&self, subnet: Id<Subnet>) -> bool {
        self.model.table_of(subnet).is_some_and(|table| self.model.tables[table].has_holes)
    }

    /// Whether a subnet has a route to an internet gateway.
    pub(super) fn reaches_internet(&self, subnet: Id<Subnet>) -> bool {
        let mut gateways = self.routes_of(subnet).iter().filter_map(|route| route.target.gateway());
        self.may_have_more_routes(subnet) || gateways.any(|id| self.model.gateways[id].kind == GatewayKind::Internet)
    }

    /// Whether nodes without public addresses get out of the network: an internet gateway drops what comes from them,
    /// anything else may carry it on.
    fn has_way_out(&self, subnet: Id<Subnet>) -> bool {
        let mut routes = self.routes_of(subnet).iter();
        self.may_have_more_routes(subnet)
            || routes.any(|route| {
                let everywhere = matches!(route.destination, Destination::Block(block) if block.is_any());
                let gateway = route.target.gateway().map(|id| self.model.gateways[id].kind);
                everywhere && gateway != Some(GatewayKind::Internet)
            })
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::PublicWithoutRoute { name, span, subnet, gateway } => {
                let diagnostic = Diagnostic::new(
                    codes::PUBLIC_WITHOUT_ROUTE,
                    format!("`{name}` has no route to an internet gateway"),
                )
                .primary(span, "public addresses would reach nobody")
                .secondary(subnet, "the subnet");
                match gateway {
                    Some(gateway) => diagnostic.help(format!("add `route 0.0.0.0/0 via {gateway}` to the subnet")),
                    None => diagnostic
                        .help("add `gateway igw internet` to the network and `route 0.0.0.0/0 via igw` to the subnet"),
                }
            }
            Problem::NoWayOut { boot, name, subnet, nat } => {
                let diagnostic = Diagnostic::new(
                    codes::NO_WAY_OUT,
                    format!("nodes in `{name}` boot with a script but have no way to the internet"),
                )
                .primary(boot, "a script that downloads anything will hang")
                .secondary(subnet, "this subnet gives no public addresses");
                match nat {
                    Some(nat) => diagnostic.help(format!("add `route 0.0.0.0/0 via {nat}` to the subnet")),
                    None => {
                        diagnostic.help("make the subnet or the node `public`, with a route to an internet gateway")
                    }
                }
            }
            Problem::NatWithoutInternet { name, span, network } => Diagnostic::new(
                codes::NAT_WITHOUT_INTERNET,
                format!("`{name}` is a NAT gateway in a network without an internet gateway"),
            )
            .primary(span, "it would fail, and lead nowhere")
            .secondary(network, "the network")
            .help("add `gateway igw internet` to the network"),
            Problem::NatWithoutRoute { name, span, subnet, subnet_span, gateway } => Diagnostic::new(
                codes::NAT_WITHOUT_INTERNET,
                format!("`{name}` stands in `{subnet}`, which has no route to the internet gateway"),
            )
            .primary(span, "what it is sent could not go on")
            .secondary(subnet_span, "the subnet")
            .help(format!(
                "add `route 0.0.0.0/0 via {gateway}` to `{subnet}`, or put the NAT gateway into a public subnet"
            )),
            Problem::NatLoop { name, span, subnet, route } => Diagnostic::new(
                codes::NAT_LOOP,
                format!("`{subnet}` is sent through the NAT gateway that stands in it"),
            )
            .primary(route, format!("`{name}` would send to itself"))
            .secondary(span, "it stands in this very subnet")
            .help("put the NAT gateway into a public subnet of its own"),
            Problem::Declares { name, span } => {
                let name = name.text;
                Diagnostic::new(codes::MISPLACED_STATEMENT, format!("a node only names the Elastic IP `{name}`"))
                    .primary(span, "this is said where it is declared, in the network")
                    .help(format!("write `elastic {name}` here; in several zones, each node has that of its own zone"))
            }
            Problem::ElasticTwice { name, span, first } => {
                Diagnostic::new(codes::ELASTIC_TAKEN, format!("the Elastic IP `{name}` is used twice"))
                    .primary(span, "an address has one place")
                    .secondary(first, "taken here")
                    .help("declare another one: `elastic NAME`")
            }
            Problem::ElasticOfRange { name, span, several } => {
                Diagnostic::new(codes::ELASTIC_TAKEN, format!("the Elastic IP `{name}` is for one node"))
                    .primary(span, "one address")
                    .secondary(several, "several nodes")
                    .help("write the node that it is for as one of its own")
            }
            Problem::ElasticOfMany { name, span, several } => Diagnostic::new(
                codes::ELASTIC_TAKEN,
                format!("the Elastic IP `{name}` is for one, and here are several"),
            )
            .primary(span, "one address")
            .secondary(several, "more than one thing")
            .help(format!("for one a zone, declare it `elastic {name} across ZONES`")),
        }
    }
}
