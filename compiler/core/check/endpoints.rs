//! VPC endpoints: which services, from which subnets, at which addresses.

use super::declare::{Declarations, Declared};
use super::interfaces::Taken;
use super::{Checker, policies};
use crate::model::{Endpoint, EndpointForm, Group, Id, Network, RouteTable, Subnet, Tags};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, Statement, Word};
use ecow::EcoString;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The services that have gateway endpoints (AWS PrivateLink Guide, "Gateway endpoints").
const GATEWAYS: [&str; 2] = ["s3", "dynamodb"];

enum Problem {
    Service { word: Word },
    NoGateway { word: Word },
    OfInterfaces { keyword: EcoString, span: Span, head: Span },
    MainTable { subnet: EcoString, span: Span, declared: Span },
    TableTwice { span: Span, service: EcoString, first: Span },
    Switch { word: Word },
    DnsOff { span: Span, by: Span },
    DnsTwice { service: EcoString, span: Span, first: Span },
    S3Alone { span: Span },
}

/// The subnets of an endpoint, each with the place where it is named.
pub(super) type Named = Vec<(Id<Subnet>, Span)>;

/// What the block of an endpoint says.
#[derive(Default)]
struct Said {
    groups: Vec<(Id<Group>, Span)>,
    at: Vec<Word>,
    dns: Option<(bool, Span)>,
    policy: Option<EcoString>,
    tags: Tags,
}

impl Checker<'_> {
    /// Builds the endpoints. Tables, groups and nodes must be built.
    pub(super) fn endpoints(&mut self, declared: &Declarations<'_>) {
        let mut taken = Taken::new();
        for declared in &declared.endpoints {
            self.enter(declared.network);
            let Statement::Endpoint(statement) = &declared.item.statement else { continue };
            let endpoint = self.endpoint(declared, statement, &mut taken);
            let made = endpoint.map(|endpoint| self.model.endpoints.push(endpoint).index());
            self.made.endpoints.push(made);
        }
        self.check_gateways();
        self.check_private_dns();
    }

    fn endpoint(
        &mut self,
        declared: &Declared<'_>,
        statement: &syntax::Endpoint,
        taken: &mut Taken,
    ) -> Option<Endpoint> {
        let network = declared.network;
        let gateway = statement.kind.text == "gateway";
        let service = self.service_name(&statement.service, gateway);
        let said = self.said_of_endpoint(declared, gateway);
        let named = self.subnets_of_endpoint(network, &statement.subnets);
        let service = service?;
        let form = if gateway {
            EndpointForm::Gateway(self.tables_of(&named))
        } else {
            self.check_zones(&named);
            let mut subnets: Vec<(Id<Subnet>, Option<IpAddr>)> = named.iter().map(|(id, _)| (*id, None)).collect();
            for word in &said.at {
                self.place_interfaces(&mut subnets, word, &declared.name, taken);
            }
            let private_dns = said.dns.is_none_or(|(on, _)| on);
            EndpointForm::Interface { subnets, groups: said.groups, private_dns }
        };
        Some(Endpoint {
            address: self.model.networks[network].address.member(&declared.name),
            origin: declared.item.head,
            network,
            service,
            form,
            policy: said.policy,
            tags: said.tags,
        })
    }

    /// The name of a service: a short one of Amazon's, or a whole one.
    fn service_name(&mut self, word: &Word, gateway: bool) -> Option<EcoString> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        let word = Word { text: text.clone(), span: word.span };
        let label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        };
        if !text.split('.').all(label) {
            self.report(Problem::Service { word });
            return None;
        }
        let short = text.rsplit('.').next().unwrap_or_default();
        let has_gateway = GATEWAYS.contains(&if text.contains("amazonaws.") { short } else { text.as_str() });
        if gateway && !has_gateway {
            self.report(Problem::NoGateway { word });
            return None;
        }
        Some(text)
    }

    fn said_of_endpoint(&mut self, declared: &Declared<'_>, gateway: bool) -> Said {
        let mut said = Said::default();
        let mut seen = [None; 4];
        for item in declared.item.items() {
            match &item.statement {
                Statement::Sg { .. } | Statement::At(_) | Statement::Dns(_) if gateway => {
                    let (keyword, head) = (item.statement.keyword().into(), declared.item.head);
                    self.report(Problem::OfInterfaces { keyword, span: item.head, head });
                }
                Statement::Sg { names, .. } if self.once(&mut seen[0], item) => {
                    said.groups = self.node_groups(declared.network, names);
                }
                Statement::At(words) if self.once(&mut seen[1], item) => said.at.clone_from(words),
                Statement::Dns(word) if self.once(&mut seen[2], item) => {
                    said.dns = self.endpoint_dns(word.as_ref(), item.head);
                }
                Statement::Policy(word) if self.once(&mut seen[3], item) => said.policy = self.policy(word),
                Statement::Tags(entries) => said.tags.extend(self.tags(entries)),
                Statement::Sg { .. }
                | Statement::At(_)
                | Statement::Dns(_)
                | Statement::Policy(_)
                | Statement::Keep => {}
                _ => self.misplaced(item),
            }
        }
        said
    }

    fn endpoint_dns(&mut self, word: Option<&Word>, head: Span) -> Option<(bool, Span)> {
        match word.map(|word| word.text.as_str()) {
            Some("on") => Some((true, head)),
            Some("off") => Some((false, head)),
            _ => {
                let word = word.cloned().unwrap_or(Word { text: "dns".into(), span: head });
                self.report(Problem::Switch { word });
                None
            }
        }
    }

    fn policy(&mut self, word: &Word) -> Option<EcoString> {
        let path = self.text(word)?;
        let bytes = self.read_beside(word.span, &path, policies::MAX_FILE)?;
        self.accept(policies::policy(&path, word.span, &bytes))
    }

    fn subnets_of_endpoint(&mut self, network: Id<Network>, words: &[Word]) -> Named {
        let mut named = Named::new();
        for word in words {
            let members = self.subnets_named(network, word).map_or(Vec::new(), |subnets| subnets.members);
            named.extend(members.into_iter().map(|(_, id)| (id, word.span)));
        }
        named
    }

    /// The route tables that subnets use, each once.
    fn tables_of(&mut self, named: &Named) -> Vec<Id<RouteTable>> {
        let mut tables = Vec::new();
        for (id, span) in named {
            let subnet = &self.model.subnets[*id];
            match self.model.table_of(*id) {
                Some(table) => tables.push(table),
                None => {
                    let (subnet, declared) = (subnet.name.clone(), subnet.origin);
                    self.report(Problem::MainTable { subnet, span: *span, declared });
                }
            }
        }
        tables.sort();
        tables.dedup();
        tables
    }

    /// A table has one route to a service.
    fn check_gateways(&mut self) {
        let mut seen: BTreeMap<(Id<RouteTable>, EcoString), Span> = BTreeMap::new();
        let mut problems = Vec::new();
        for (_, endpoint) in self.model.endpoints.iter() {
            let EndpointForm::Gateway(tables) = &endpoint.form else { continue };
            let service = short_name(&endpoint.service);
            for table in tables {
                if let Some(first) = seen.insert((*table, service.into()), endpoint.origin) {
                    problems.push(Problem::TableTwice { span: endpoint.origin, service: service.into(), first });
                    break;
                }
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    /// What a service's own name needs to lead to an endpoint (EC2 API Reference, "CreateVpcEndpoint"); for S3 there has
    /// to be a gateway endpoint as well (AWS PrivateLink Guide for Amazon S3, "Private DNS").
    fn check_private_dns(&mut self) {
        let mut seen: BTreeMap<(Id<Network>, EcoString), Span> = BTreeMap::new();
        let mut problems = Vec::new();
        for (_, endpoint) in self.model.endpoints.iter() {
            let EndpointForm::Interface { private_dns: true, .. } = &endpoint.form else { continue };
            let (network, span) = (&self.model.networks[endpoint.network], endpoint.origin);
            let service = EcoString::from(short_name(&endpoint.service));
            let dns = &network.dns;
            if let (Some(by), true) = (dns.origin, !dns.support || !dns.hostnames) {
                problems.push(Problem::DnsOff { span, by });
            } else if let Some(first) = seen.insert((endpoint.network, service.clone()), span) {
                problems.push(Problem::DnsTwice { service, span, first });
            } else if service == "s3" && network.existing.is_none() && !self.has_gateway(endpoint.network) {
                problems.push(Problem::S3Alone { span });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn has_gateway(&self, network: Id<Network>) -> bool {
        let mut endpoints = self.model.endpoints.iter().filter(|(_, endpoint)| endpoint.network == network);
        endpoints.any(|(_, endpoint)| {
            matches!(endpoint.form, EndpointForm::Gateway(_)) && short_name(&endpoint.service) == "s3"
        })
    }
}

/// The short name of a service: `s3` for `com.amazonaws.eu-central-1.s3`.
fn short_name(service: &str) -> &str {
    match service.strip_prefix("com.amazonaws.").and_then(|rest| rest.split_once('.')) {
        Some((_, short)) => short,
        None => service,
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Service { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no name of a service", word.text))
                    .primary(word.span, "expected a name such as `s3` or `ecr.api`")
            }
            Problem::NoGateway { word } => {
                let help = format!("write `interface {}`, with an interface in each subnet", word.text);
                let diagnostic =
                    Diagnostic::new(codes::BAD_ENDPOINT, format!("there is no gateway endpoint for `{}`", word.text))
                        .primary(word.span, format!("only {} have gateway endpoints", GATEWAYS.join(" and ")));
                match nearest(&word.text, GATEWAYS) {
                    Some(name) => diagnostic.suggest(word.span, Some(name)),
                    None => diagnostic.help(help),
                }
            }
            Problem::OfInterfaces { keyword, span, head } => {
                Diagnostic::new(codes::BAD_ENDPOINT, format!("a gateway endpoint has no `{keyword}`"))
                    .primary(span, "it is a route, and has no interfaces")
                    .secondary(head, "a gateway endpoint")
                    .help("take it out, or make it an `interface` endpoint")
            }
            Problem::MainTable { subnet, span, declared } => Diagnostic::new(
                codes::BAD_ENDPOINT,
                format!("the subnet `{subnet}` has no route table of the program's"),
            )
            .primary(span, "a gateway endpoint is a route in the tables of its subnets")
            .secondary(declared, "uses the network's main table")
            .help("write `routes main {}` in the network to manage that table, or give the subnet a table of its own"),
            Problem::TableTwice { span, service, first } => Diagnostic::new(
                codes::DUPLICATE_ROUTE,
                format!("two gateway endpoints for {service} in one route table"),
            )
            .primary(span, "a table has one route to a service")
            .secondary(first, "the first")
            .help("take one of them out, or name other subnets"),
            Problem::Switch { word } => Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no switch", word.text))
                .primary(word.span, "expected `dns on` or `dns off`"),
            Problem::DnsOff { span, by } => {
                Diagnostic::new(codes::PRIVATE_DNS, "private DNS needs the DNS of the network")
                    .primary(span, "the service's own name is to lead here")
                    .secondary(by, "Amazon's DNS or the hostnames are off")
                    .help("write `dns off` in the endpoint, or switch `support` and `hostnames` on")
            }
            Problem::DnsTwice { service, span, first } => {
                Diagnostic::new(codes::PRIVATE_DNS, format!("the name of {service} would lead to two endpoints"))
                    .primary(span, "a second one with private DNS")
                    .secondary(first, "the first")
                    .help("write `dns off` in one of them")
            }
            Problem::S3Alone { span } => {
                Diagnostic::new(codes::PRIVATE_DNS, "private DNS for s3 needs a gateway endpoint as well")
                    .primary(span, "the network has none")
                    .help("add `endpoint NAME gateway s3 in SUBNETS`, or write `dns off`")
            }
        }
    }
}
