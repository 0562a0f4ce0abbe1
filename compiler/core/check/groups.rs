//! Security groups: their rules as EC2 counts them, and what is wrong with them.

use super::declare::{Declarations, Declared};
use super::defaults::is_default;
use super::names::Symbol;
use super::{Checker, services};
use crate::model::{Direction, Group, Id, Network, PortsError, Protocol, Rule, RulePeer, Tags, Traffic};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, RuleLine, Statement, Word};
use ecow::EcoString;
use std::collections::{HashMap, HashSet};

/// Ports that the world may reach without a word from us.
const WEB_PORTS: [i32; 2] = [80, 443];

/// Ports of administration and of databases, with their services.
const ADMIN_PORTS: [(i32, &str); 22] = [
    (20, "FTP"),
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (135, "Windows RPC"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2049, "NFS"),
    (2375, "Docker"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (5900, "VNC"),
    (5985, "WinRM"),
    (6379, "Redis"),
    (6443, "the Kubernetes API"),
    (9042, "Cassandra"),
    (9200, "Elasticsearch"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

/// Each rule is compared with this many others at most; EC2's own limit on a group's rules is far below.
const MAX_COMPARED: usize = 1000;

const PROTOCOLS: [&str; 5] = ["tcp", "udp", "icmp", "icmpv6", "all"];

enum Problem {
    Protocol { word: Word, nearest: Option<&'static str>, meant: Option<(Span, String)> },
    NoPorts { protocol: Word },
    PortsNotTaken { protocol: Word, span: Span },
    BadPort { word: Word, why: PortsError },
    Duplicate { rule: String, span: Span, first: Span },
    Shadowed { rule: String, span: Span, by: String, first: Span },
    ForeignGroup { name: EcoString, span: Span, declared: Span },
    NoneWithOthers { span: Span, first: Span },
    OpenPort { what: String, span: Span },
    OpenAdminPort { service: &'static str, port: i32, span: Span },
    BadGroupName { name: EcoString, span: Span, why: &'static str },
}

impl Checker<'_> {
    /// Builds the security groups.
    pub(super) fn groups(&mut self, declared: &Declarations<'_>) {
        for group in &declared.groups {
            self.enter(group.network);
            let group = self.group(group);
            self.model.groups.push(group);
        }
        let mut problems = Vec::new();
        for (_, group) in self.model.groups.iter() {
            self.check_rules(group, &mut problems);
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn group(&mut self, declared: &Declared<'_>) -> Group {
        let network = declared.network;
        if let Statement::Existing { id, .. } = &declared.item.statement {
            return self.existing_group(declared, id);
        }
        let is_default = is_default(&declared.item.statement);
        if is_default {
            self.check_default_group(declared);
        }
        if let Statement::Sg { names, .. } = &declared.item.statement {
            names.iter().for_each(|word| self.check_group_name(word, &declared.name));
        }
        let description = match &declared.item.statement {
            Statement::Sg { description: Some(word), .. } => self.description(word, "description of a security group"),
            _ => None,
        };
        let mut group = Group {
            address: self.address_in(network, declared.item, &declared.name),
            name: declared.name.clone(),
            is_default,
            origin: declared.item.head,
            existing: None,
            network,
            description,
            rules: Vec::new(),
            limits_egress: false,
            tags: Tags::new(),
        };
        let own = Id::new(self.model.groups.len());
        let mut nothing: Option<Span> = None;
        for item in declared.item.items() {
            match &item.statement {
                Statement::Ingress(line) => {
                    let rules = self.rules(network, own, Direction::Ingress, line, item.head);
                    self.extend_rules(&mut group, rules, item.head);
                }
                Statement::Egress(line) => {
                    group.limits_egress = true;
                    let rules = self.rules(network, own, Direction::Egress, line, item.head);
                    self.extend_rules(&mut group, rules, item.head);
                }
                Statement::EgressNone if self.once(&mut nothing, item) => group.limits_egress = true,
                Statement::Tags(entries) => group.tags.extend(self.tags(entries)),
                Statement::EgressNone | Statement::Keep => {}
                _ => self.misplaced(item),
            }
        }
        let other = group.rules.iter().find(|rule| rule.direction == Direction::Egress).map(|rule| rule.origin);
        if let (Some(first), Some(span)) = (nothing, other) {
            self.report(Problem::NoneWithOthers { span, first });
        }
        group
    }

    fn extend_rules(&mut self, group: &mut Group, rules: Vec<Rule>, span: Span) {
        if self.fits_list(group.rules.len() + rules.len(), "rules in a security group", span) {
            group.rules.extend(rules);
        }
    }

    fn check_group_name(&mut self, word: &Word, name: &EcoString) {
        self.check_characters(name, word.span, "name of a security group");
        if name.to_lowercase().starts_with("sg-") {
            let why = "EC2 keeps names that start with `sg-` for its own ids";
            self.report(Problem::BadGroupName { name: name.clone(), span: word.span, why });
        }
    }

    /// The rules that one line stands for: one for each range of ports and each peer.
    fn rules(
        &mut self,
        network: Id<Network>,
        own: Id<Group>,
        direction: Direction,
        line: &RuleLine,
        origin: Span,
    ) -> Vec<Rule> {
        let traffic = self.traffic(&line.traffic);
        let peers: Vec<(RulePeer, Span)> = line
            .members
            .iter()
            .flat_map(|word| self.rule_peers(network, own, word).into_iter().map(|peer| (peer, word.span)))
            .collect();
        let why =
            line.why.as_ref().and_then(|word| self.description(word, "description of a rule")).unwrap_or_default();
        // Counted before they are made: the pairs can be far more than what is written.
        if !self.has_room_for(traffic.len() * peers.len(), origin) {
            return Vec::new();
        }
        let pair = |traffic: &Traffic, (peer, span): &(RulePeer, Span)| Rule {
            // A line with one member is marked whole; of several, the member.
            origin: if line.members.len() == 1 { origin } else { *span },
            named: *span,
            direction,
            traffic: *traffic,
            peer: peer.clone(),
            why: why.clone(),
        };
        traffic.iter().flat_map(|traffic| peers.iter().map(|peer| pair(traffic, peer))).collect()
    }

    fn rule_peers(&mut self, network: Id<Network>, own: Id<Group>, word: &Word) -> Vec<RulePeer> {
        if word.text == "self" {
            return vec![RulePeer::Group(own)];
        }
        if word.is_name()
            && word.text != "any"
            && !word.text.starts_with("pl-")
            && let Some(Symbol::Group(id)) = self.peek(network, word)
        {
            self.resolve(Some(network), word, "blocks or groups");
            return self.group_in_reach(network, id, word).map(RulePeer::Group).into_iter().collect();
        }
        self.addresses(network, word).into_iter().map(RulePeer::Addresses).collect()
    }

    /// A group, if it is of this network: rules reach into other networks only across a peering.
    pub(super) fn group_of_network(&mut self, network: Id<Network>, id: Id<Group>, word: &Word) -> Option<Id<Group>> {
        let (owner, declared) = self.group_home(id);
        if owner == network {
            return Some(id);
        }
        self.report(Problem::ForeignGroup { name: word.text.clone(), span: word.span, declared });
        None
    }

    /// A group that rules of a network can name: one of its own, or of a peer.
    fn group_in_reach(&mut self, network: Id<Network>, id: Id<Group>, word: &Word) -> Option<Id<Group>> {
        let (owner, _) = self.group_home(id);
        if self.are_peers(network, owner) { Some(id) } else { self.group_of_network(network, id, word) }
    }

    /// The kinds of traffic that `tcp 80, 443` stands for; what can't be made out is reported.
    pub(super) fn traffic(&mut self, traffic: &syntax::Traffic) -> Vec<Traffic> {
        let Some(protocol) = self.protocol(traffic) else { return Vec::new() };
        match (protocol.takes_ports(), traffic.ports.as_slice()) {
            (false, []) => vec![Traffic { protocol, ports: None }],
            (false, [first, ..]) => {
                let span = first.span.to(traffic.span());
                self.report(Problem::PortsNotTaken { protocol: traffic.protocol.clone(), span });
                Vec::new()
            }
            (true, []) if matches!(protocol, Protocol::Icmp | Protocol::Icmpv6) => {
                vec![Traffic { protocol, ports: Some((-1, -1)) }]
            }
            (true, []) => {
                self.report(Problem::NoPorts { protocol: traffic.protocol.clone() });
                Vec::new()
            }
            (true, words) => {
                let ports: Vec<(i32, i32)> = words.iter().filter_map(|word| self.ports(protocol, word)).collect();
                ports.into_iter().map(|ports| Traffic { protocol, ports: Some(ports) }).collect()
            }
        }
    }

    fn protocol(&mut self, traffic: &syntax::Traffic) -> Option<Protocol> {
        let word = &traffic.protocol;
        let text = self.fill(word)?;
        if let Ok(protocol) = text.parse() {
            return Some(protocol);
        }
        let nearest = nearest(&text, PROTOCOLS);
        let meant = services::meant(traffic).map(|meant| (traffic.span(), meant));
        self.report(Problem::Protocol { word: Word { text, span: word.span }, nearest, meant });
        None
    }

    fn ports(&mut self, protocol: Protocol, word: &Word) -> Option<(i32, i32)> {
        let text = self.fill(word)?;
        let read = protocol.ports(&text);
        self.accept(read.map_err(|why| Problem::BadPort { word: word.clone(), why }))
    }

    fn check_rules(&self, group: &Group, problems: &mut Vec<Problem>) {
        let mut seen: HashMap<(Direction, Traffic, &RulePeer), Span> = HashMap::new();
        let mut warned: HashSet<Span> = HashSet::new();
        for rule in &group.rules {
            if let Some(first) = seen.insert((rule.direction, rule.traffic, &rule.peer), rule.origin) {
                problems.push(Problem::Duplicate { rule: self.describe(rule), span: rule.origin, first });
                continue;
            }
            let compared = &group.rules[..group.rules.len().min(MAX_COMPARED)];
            if let Some(wider) = compared.iter().find(|other| shadows(other, rule)) {
                let by = self.describe(wider);
                problems.push(Problem::Shadowed {
                    rule: self.describe(rule),
                    span: rule.origin,
                    by,
                    first: wider.origin,
                });
            }
            if rule.direction == Direction::Ingress && !warned.contains(&rule.origin) {
                let open = open_to_the_world(rule);
                warned.extend(open.as_ref().map(|_| rule.origin));
                problems.extend(open);
            }
        }
    }

    /// A rule as the program would write it.
    fn describe(&self, rule: &Rule) -> String {
        let peer = match &rule.peer {
            RulePeer::Addresses(addresses) => addresses.to_string(),
            RulePeer::Group(id) => self.model.groups[*id].name.to_string(),
        };
        let word = if rule.direction == Direction::Ingress { "from" } else { "to" };
        format!("{} {} {word} {peer}", rule.direction.word(), rule.traffic)
    }
}

/// Whether `wider` lets through all that `rule` does, and more.
fn shadows(wider: &Rule, rule: &Rule) -> bool {
    let same = (wider.traffic, &wider.peer) == (rule.traffic, &rule.peer);
    let peers = match (wider.peer.block(), rule.peer.block()) {
        (Some(outer), Some(inner)) => outer.contains(inner),
        _ => wider.peer == rule.peer,
    };
    wider.direction == rule.direction && !same && peers && wider.traffic.covers(&rule.traffic)
}

fn open_to_the_world(rule: &Rule) -> Option<Problem> {
    rule.peer.block().filter(|block| block.is_any())?;
    let span = rule.origin;
    let (first, last) = match (rule.traffic.protocol, rule.traffic.ports) {
        (Protocol::Tcp | Protocol::Udp, Some(ports)) => ports,
        (Protocol::Icmp | Protocol::Icmpv6, _) => return None,
        _ => (0, 65535),
    };
    if first == last && WEB_PORTS.contains(&first) {
        return None;
    }
    match ADMIN_PORTS.iter().find(|(port, _)| (first..=last).contains(port)) {
        Some((port, service)) if last - first < 1024 => Some(Problem::OpenAdminPort { service, port: *port, span }),
        _ => Some(Problem::OpenPort { what: rule.traffic.to_string(), span }),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Protocol { word, nearest, meant } => {
                let diagnostic =
                    Diagnostic::new(codes::UNKNOWN_PROTOCOL, format!("there is no protocol `{}`", word.text))
                        .primary(word.span, format!("expected {}, or a number up to 255", PROTOCOLS.join(", ")));
                match meant {
                    Some((span, meant)) => diagnostic.help(format!("write `{meant}`")).fix(span, meant),
                    None => diagnostic.suggest(word.span, nearest),
                }
            }
            Problem::NoPorts { protocol } => {
                Diagnostic::new(codes::BAD_PORTS, format!("`{}` without ports", protocol.text))
                    .primary(protocol.span, "which ports?")
                    .help(format!("write `{} 443`, or `{} all` for every port", protocol.text, protocol.text))
                    .fix(protocol.span.after(), " all")
            }
            Problem::PortsNotTaken { protocol, span } => {
                Diagnostic::new(codes::BAD_PORTS, format!("`{}` has no ports", protocol.text))
                    .primary(span, "EC2 would let through everything, whatever stands here")
                    .help(format!("leave the ports out, or write `tcp` or `udp` instead of `{}`", protocol.text))
            }
            Problem::BadPort { word, why } => {
                let diagnostic = Diagnostic::new(codes::BAD_PORTS, format!("`{}` is no port", word.text))
                    .primary(word.span, why.to_string());
                match why.instead() {
                    Some(fix) => diagnostic.help(format!("write `{fix}`")).fix(word.span, fix),
                    None => diagnostic,
                }
            }
            Problem::Duplicate { rule, span, first } => {
                let diagnostic = Diagnostic::new(codes::DUPLICATE_RULE, format!("`{rule}` stands here twice"));
                let diagnostic = diagnostic.primary(span, "a second time, which EC2 refuses");
                let diagnostic = if first == span { diagnostic } else { diagnostic.secondary(first, "first here") };
                diagnostic.help("take one of them out")
            }
            Problem::Shadowed { rule, span, by, first } => {
                Diagnostic::new(codes::SHADOWED_RULE, format!("`{rule}` changes nothing"))
                    .primary(span, "let through already")
                    .secondary(first, format!("by `{by}`"))
                    .help("take it out, or narrow the wider rule")
            }
            Problem::ForeignGroup { name, span, declared } => {
                Diagnostic::new(codes::FOREIGN_GROUP, format!("the group `{name}` belongs to another network"))
                    .primary(span, "groups work within their own network")
                    .secondary(declared, "declared here")
                    .help("name the other network's block instead, declare a group in this one, or, in a rule, make the networks peers")
            }
            Problem::NoneWithOthers { span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, "`egress none` and another `egress` contradict each other")
                    .primary(span, "lets something out")
                    .secondary(first, "lets nothing out")
                    .help("take one of them out; the lines that stand there are all that may go out")
            }
            Problem::OpenPort { what, span } => {
                Diagnostic::new(codes::OPEN_PORT, format!("`{what}` is open to the whole internet"))
                    .primary(span, "anyone may connect")
                    .help("name who needs it: a block, a network, a group")
            }
            Problem::OpenAdminPort { service, port, span } => Diagnostic::new(
                codes::OPEN_ADMIN_PORT,
                format!("{service} (port {port}) is open to the whole internet"),
            )
            .primary(span, "scanners find it within minutes")
            .help("name who needs it: `let office = 203.0.113.0/24`, then `from office`"),
            Problem::BadGroupName { name, span, why } => {
                Diagnostic::new(codes::BAD_NAME, format!("a security group cannot be called `{name}`"))
                    .primary(span, why)
            }
        }
    }
}
