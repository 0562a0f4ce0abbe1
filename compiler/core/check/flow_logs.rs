//! Flow logs: where they are written to, and as whom.

use super::Checker;
use super::declare::{Declarations, Declared};
use crate::model::{FlowLog, Id, Subnet, Tags};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Statement, Word};
use ecow::EcoString;
use std::collections::BTreeMap;

/// How many seconds a record may take together (EC2 API Reference, "CreateFlowLogs").
const INTERVALS: [u32; 2] = [60, 600];

/// What traffic can be logged.
const TRAFFIC: [(&str, &str); 3] = [("all", "ALL"), ("accept", "ACCEPT"), ("reject", "REJECT")];

/// What can be written to: the service in its ARN, and what the rest of the ARN starts with.
const DESTINATIONS: [(&str, &str); 3] = [("logs", "log-group:"), ("s3", ""), ("firehose", "deliverystream/")];

enum Problem {
    Destination { arn: EcoString, span: Span },
    RoleNeeded { span: Span },
    RoleUnneeded { span: Span, target: Span },
    NoRole { arn: EcoString, span: Span },
    Traffic { word: Word },
    Every { word: Word },
    Alike { span: Span, first: Span },
}

/// The parts of an ARN: partition, service, and all behind region and account (AWS General Reference, "Amazon Resource
/// Names").
fn arn(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.splitn(6, ':');
    let (prefix, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (_region, _account, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let fine = prefix == "arn" && partition.starts_with("aws") && !rest.is_empty();
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    (fine && plain).then_some((service, rest))
}

impl Checker<'_> {
    /// Builds the flow logs of networks and subnets. Subnets must be built.
    pub(super) fn flow_logs(&mut self, declared: &Declarations<'_>) {
        for (declared, subnet) in declared.flow_logs.iter().zip(&declared.logged_subnets) {
            self.enter(declared.network);
            let address = self.model.networks[declared.network].address.member(&declared.name);
            let Some(log) = self.flow_log(declared) else { continue };
            let Some(made) = subnet.and_then(|subnet| self.made.subnets.get(subnet)) else {
                self.model.flow_logs.push(FlowLog { address, ..log });
                continue;
            };
            let (members, zoned): (Vec<(EcoString, Id<Subnet>)>, bool) = (made.members.clone(), made.zoned);
            for (zone, subnet) in members {
                let address = if zoned { address.index(&zone) } else { address.clone() };
                self.model.flow_logs.push(FlowLog { address, subnet: Some(subnet), ..log.clone() });
            }
        }
        self.check_alike();
    }

    /// EC2 takes no two that log the same traffic of the same thing to the same place.
    fn check_alike(&mut self) {
        let mut seen = BTreeMap::new();
        let mut problems = Vec::new();
        for (_, log) in self.model.flow_logs.iter().filter(|(_, log)| !log.destination.is_empty()) {
            let key = (log.network, log.subnet, &log.destination, &log.role, log.traffic, log.every);
            if let Some(first) = seen.insert(key, log.origin) {
                problems.push(Problem::Alike { span: log.origin, first });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn flow_log(&mut self, declared: &Declared<'_>) -> Option<FlowLog> {
        let Statement::FlowLog { target, .. } = &declared.item.statement else { return None };
        let mut log = FlowLog {
            address: self.model.networks[declared.network].address.clone(),
            origin: declared.item.head,
            network: declared.network,
            subnet: None,
            destination: EcoString::new(),
            role: None,
            traffic: "ALL",
            every: 600,
            tags: Tags::new(),
        };
        let (mut seen, before) = ([None; 3], self.problems.len());
        for item in declared.item.items() {
            match &item.statement {
                Statement::TrafficKind(word) if self.once(&mut seen[0], item) => {
                    log.traffic = self.logged_traffic(word).unwrap_or(log.traffic);
                }
                Statement::Every(word) if self.once(&mut seen[1], item) => {
                    log.every = self.interval(word).unwrap_or(log.every);
                }
                Statement::Role(word) if self.once(&mut seen[2], item) => log.role = self.log_role(word),
                Statement::Tags(entries) => log.tags.extend(self.tags(entries)),
                Statement::TrafficKind(_) | Statement::Every(_) | Statement::Role(_) | Statement::Keep => {}
                _ => self.misplaced(item),
            }
        }
        let service = self.destination(target, &mut log);
        match (service, seen[2]) {
            (Some("logs"), None) => self.report(Problem::RoleNeeded { span: target.span }),
            (Some("s3"), Some(span)) => self.report(Problem::RoleUnneeded { span, target: target.span }),
            _ => {}
        }
        // Of one that could not be made out nobody knows what it is like.
        if self.problems.len() > before {
            log.destination = EcoString::new();
        }
        Some(log)
    }

    /// Takes in where a flow log goes; gives the service that its ARN names.
    fn destination(&mut self, target: &Word, log: &mut FlowLog) -> Option<&'static str> {
        let text = self.text(target).filter(|text| !text.is_empty() || target.text == "\"\"")?;
        let found = arn(&text).and_then(|(service, rest)| {
            DESTINATIONS.iter().find(|(name, start)| *name == service && rest.starts_with(start))
        });
        match found {
            Some((service, _)) => {
                log.destination = text.trim_end_matches(":*").into();
                Some(service)
            }
            None => {
                self.report(Problem::Destination { arn: text, span: target.span });
                None
            }
        }
    }

    fn log_role(&mut self, word: &Word) -> Option<EcoString> {
        let text = self.text(word)?;
        let role = arn(&text).is_some_and(|(service, rest)| service == "iam" && rest.starts_with("role/"));
        self.accept(if role { Ok(text) } else { Err(Problem::NoRole { arn: text, span: word.span }) })
    }

    fn logged_traffic(&mut self, word: &Word) -> Option<&'static str> {
        let text = self.fill(word)?;
        let found = TRAFFIC.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        self.accept(found.ok_or(Problem::Traffic { word: Word { text, span: word.span } }))
    }

    fn interval(&mut self, word: &Word) -> Option<u32> {
        let text = self.fill(word)?;
        let found = text.parse().ok().filter(|seconds| INTERVALS.contains(seconds));
        self.accept(found.ok_or(Problem::Every { word: Word { text, span: word.span } }))
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Destination { arn, span } => {
                Diagnostic::new(codes::BAD_FLOW_LOG, format!("flow logs cannot be written to `{arn}`"))
                    .primary(span, "expected the ARN of a log group, a bucket, or a delivery stream")
                    .help(
                        "write `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, `arn:aws:s3:::BUCKET`, or \
                         `arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME`",
                    )
            }
            Problem::RoleNeeded { span } => {
                Diagnostic::new(codes::BAD_FLOW_LOG, "a flow log into CloudWatch Logs needs a role")
                    .primary(span, "a log group is written to under a role of yours")
                    .help("add `role \"arn:aws:iam::ACCOUNT:role/NAME\"`, or write to a bucket, which needs none")
            }
            Problem::RoleUnneeded { span, target } => {
                Diagnostic::new(codes::BAD_FLOW_LOG, "a flow log into a bucket takes no role")
                    .primary(span, "EC2 refuses it")
                    .secondary(target, "the bucket's own policy says who may write")
                    .help("take it out")
            }
            Problem::NoRole { arn, span } => {
                Diagnostic::new(codes::BAD_FLOW_LOG, format!("`{arn}` is no ARN of a role"))
                    .primary(span, "expected `arn:aws:iam::ACCOUNT:role/NAME`")
            }
            Problem::Traffic { word } => {
                let names = TRAFFIC.map(|(name, _)| name);
                Diagnostic::new(codes::BAD_VALUE, format!("`traffic {}` means nothing", word.text))
                    .primary(word.span, format!("expected one of {}", names.join(", ")))
                    .suggest(word.span, nearest(&word.text, names))
            }
            Problem::Alike { span, first } => Diagnostic::new(codes::BAD_FLOW_LOG, "two flow logs that are alike")
                .primary(span, "logs the same traffic to the same place")
                .secondary(first, "the first")
                .help("take one of them out"),
            Problem::Every { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("records of {} seconds cannot be had", word.text))
                    .primary(word.span, "EC2 takes 60 or 600 seconds of traffic together")
                    .help("write `every 60` or `every 600`")
            }
        }
    }
}
