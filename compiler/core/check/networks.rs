//! Networks: their blocks, regions, DNS.

use super::{Checker, declare::Declarations};
use crate::model::{Dns, Network, Tags};
use crate::net::{Block, Family};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;
use std::net::IpAddr;

/// The prefix lengths of a VPC's IPv4 block (EC2 API Reference, "CreateVpc").
const SIZES: std::ops::RangeInclusive<u8> = 16..=28;

/// At most this many servers of a kind in a DHCP option set (VPC User Guide, "DHCP option sets").
const MAX_SERVERS: usize = 4;

/// Ranges that EC2 gives to no VPC (VPC User Guide, "VPC CIDR blocks").
const REFUSED: [(&str, &str); 5] = [
    ("0.0.0.0/8", "means \"this network\""),
    ("127.0.0.0/8", "is every host's own loopback"),
    ("169.254.0.0/16", "is link-local; instance metadata lives there"),
    ("224.0.0.0/4", "is multicast"),
    ("240.0.0.0/4", "is reserved"),
];

enum Problem {
    Size { block: Block, span: Span, suggestion: Option<Block> },
    Refused { block: Block, span: Span, range: &'static str, why: &'static str },
    NotIpv4 { block: Block, span: Span },
    Tenancy { word: Word },
    TooManyServers { span: Span, count: usize },
    BadAddress { word: Word },
    BadDomain { span: Span, domain: String },
    HostnamesNeedSupport { span: Span },
    ServersWithoutUse { span: Span },
    DomainTwice { span: Span, first: Span },
    NotASwitch { word: Word },
    WholeIpv6 { span: Span },
    BlocksOverlap { block: Block, span: Span, other: Block, first: Span },
    Forbidden { block: Block, span: Span, primary: Block, first: Span, why: &'static str },
}

/// Why EC2 adds no such block to a VPC with this primary one, if it doesn't (VPC User Guide, "VPC CIDR blocks",
/// "IPv4 CIDR block association restrictions").
fn forbidden(primary: Block, block: Block) -> Option<&'static str> {
    const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    let inside = |block: Block, range: &str| range.parse().is_ok_and(|range: Block| range.contains(block));
    let private = |block| PRIVATE.into_iter().find(|range| inside(block, range));
    match (private(primary), private(block)) {
        (Some(own), Some(other)) if own != other => Some("it is of another private range than the network's own block"),
        (Some(_), None) if inside(block, "198.19.0.0/16") => Some("198.19.0.0/16 goes with no private range"),
        (None, Some(_)) => Some("a private block goes with no primary block that isn't private"),
        (None, None) if inside(block, "198.19.0.0/16") && !inside(primary, "198.19.0.0/16") => {
            Some("198.19.0.0/16 goes only with itself")
        }
        _ if inside(primary, "10.0.0.0/15") && inside(block, "10.0.0.0/16") => {
            Some("AWS uses parts of 10.0.0.0/16 beside a network in 10.0.0.0/15")
        }
        _ if inside(primary, "172.16.0.0/12") && inside(block, "172.31.0.0/16") => {
            Some("AWS keeps 172.31.0.0/16 apart from networks in 172.16.0.0/12")
        }
        _ => None,
    }
}

impl Checker<'_> {
    /// Builds the networks, without what is in them.
    pub(super) fn networks(&mut self, declared: &Declarations<'_>) {
        for network in &declared.networks {
            self.enter_module(network.module);
            let network = self.network(network.item, &network.name);
            self.model.networks.push(network);
        }
    }

    fn network(&mut self, item: &Item, name: &str) -> Network {
        let mut network = Network {
            address: self.address(name),
            origin: item.head,
            region: None,
            blocks: Vec::new(),
            ipv6: None,
            existing: None,
            dedicated: false,
            dns: Dns::default(),
            main_table: None,
            default_acl: None,
            default_group: None,
            tags: Tags::new(),
        };
        match &item.statement {
            Statement::Network { block, .. } => {
                network.blocks.extend(self.network_block(block).map(|found| (found, block.span)));
            }
            Statement::Existing { id, block, .. } => self.existing_network(item, id, block.as_deref(), &mut network),
            _ => {}
        }
        self.network_lines(item, &mut network);
        self.check_further_blocks(&mut network);
        network
    }

    fn network_lines(&mut self, item: &Item, network: &mut Network) {
        let (mut region, mut tenancy, mut dns, mut ipv6) = (None, None, None, None);
        for item in item.items() {
            match &item.statement {
                Statement::Tenancy(_) | Statement::Dns(_) | Statement::Ipv6(_) if network.existing.is_some() => {
                    self.would_change_existing(item);
                }
                Statement::Cidr(word) => {
                    let block = self.network_block(word);
                    network.blocks.extend(block.map(|block| (block, word.span)));
                }
                Statement::Ipv6(place) if self.once(&mut ipv6, item) => {
                    network.ipv6 = Some(item.head);
                    if let Some(word) = place {
                        self.report(Problem::WholeIpv6 { span: word.span });
                    }
                }
                Statement::Region(word) if self.once(&mut region, item) => network.region = self.region(word),
                Statement::Tenancy(word) if self.once(&mut tenancy, item) => network.dedicated = self.tenancy(word),
                Statement::Dns(head) if self.once(&mut dns, item) => network.dns = self.dns(item, head.as_ref()),
                Statement::Tags(entries) => network.tags.extend(self.tags(entries)),
                _ => {}
            }
        }
    }

    /// Checks the blocks behind the first one against it and each other, and leaves out what cannot be.
    fn check_further_blocks(&mut self, network: &mut Network) {
        let mut kept: Vec<(Block, Span)> = Vec::new();
        for (block, span) in std::mem::take(&mut network.blocks) {
            let overlap = kept.iter().find(|(other, _)| other.overlaps(block)).copied();
            let forbidden =
                kept.first().and_then(|(primary, first)| Some((forbidden(*primary, block)?, *primary, *first)));
            if let Some((other, first)) = overlap {
                self.report(Problem::BlocksOverlap { block, span, other, first });
            } else if let Some((why, primary, first)) = forbidden {
                self.report(Problem::Forbidden { block, span, primary, first, why });
            } else {
                kept.push((block, span));
            }
        }
        network.blocks = kept;
    }

    pub(super) fn network_block(&mut self, word: &Word) -> Option<Block> {
        let block = self.one_block(word)?;
        let span = word.span;
        if block.family() == Family::V6 {
            self.report(Problem::NotIpv4 { block, span });
            return None;
        }
        let refused = REFUSED.iter().find(|(range, _)| range.parse().is_ok_and(|range: Block| range.overlaps(block)));
        if let Some((range, why)) = refused {
            self.report(Problem::Refused { block, span, range, why });
            return None;
        }
        if !SIZES.contains(&block.prefix()) {
            let nearest = block.prefix().clamp(*SIZES.start(), *SIZES.end());
            self.report(Problem::Size { block, span, suggestion: Some(Block::around(block.first(), nearest)) });
            return None;
        }
        Some(block)
    }

    fn tenancy(&mut self, word: &Word) -> bool {
        match self.fill(word).as_deref() {
            Some("dedicated") => true,
            Some("default") | None => false,
            Some(_) => {
                self.report(Problem::Tenancy { word: word.clone() });
                false
            }
        }
    }

    fn dns(&mut self, item: &Item, head: Option<&Word>) -> Dns {
        let mut dns = Dns { origin: Some(item.head), ..Dns::default() };
        let mut domain = None;
        if let Some(word) = head {
            if word.is_string() {
                domain = Some(word.span);
                dns.domain = self.domain(word);
            } else {
                self.report(Problem::NotASwitch { word: word.clone() });
            }
        }
        let mut seen = [None; 4];
        for item in item.items() {
            match &item.statement {
                Statement::Domain(word) => {
                    if let Some(first) = domain.replace(word.span) {
                        self.report(Problem::DomainTwice { span: word.span, first });
                    }
                    dns.domain = self.domain(word);
                }
                Statement::Servers(words) if self.once(&mut seen[0], item) => dns.servers = self.servers(item, words),
                Statement::Ntp(words) if self.once(&mut seen[1], item) => dns.ntp = self.servers(item, words),
                Statement::Hostnames(word) if self.once(&mut seen[2], item) => dns.hostnames = word.text == "on",
                Statement::Support(word) if self.once(&mut seen[3], item) => dns.support = word.text == "on",
                _ => {}
            }
        }
        match (dns.support, seen[2]) {
            (false, Some(span)) if dns.hostnames => self.report(Problem::HostnamesNeedSupport { span }),
            // EC2 gives no public names without its own DNS (EC2 API Reference, "ModifyVpcAttribute").
            (false, None) => dns.hostnames = false,
            _ => {}
        }
        if head.is_none() && item.items().is_empty() {
            self.report(Problem::ServersWithoutUse { span: item.head });
        }
        dns
    }

    fn domain(&mut self, word: &Word) -> Option<EcoString> {
        let domain = self.text(word)?;
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if domain.len() > 253 || !domain.split('.').all(label) {
            self.report(Problem::BadDomain { span: word.span, domain: domain.to_string() });
            return None;
        }
        Some(domain)
    }

    fn servers(&mut self, item: &Item, words: &[Word]) -> Vec<IpAddr> {
        let addresses: Vec<IpAddr> = words.iter().filter_map(|word| self.ip(word)).collect();
        for family in [Family::V4, Family::V6] {
            let count = addresses.iter().filter(|address| Family::of(**address) == family).count();
            if count > MAX_SERVERS {
                self.report(Problem::TooManyServers { span: item.head, count });
            }
        }
        addresses
    }

    /// An address as it is written, with its parameters put in.
    pub(super) fn ip(&mut self, word: &Word) -> Option<IpAddr> {
        let text = self.fill(word)?;
        self.accept(text.parse().map_err(|_| Problem::BadAddress { word: Word { text, span: word.span } }))
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Size { block, span, suggestion } => {
                let diagnostic =
                    Diagnostic::new(codes::NETWORK_SIZE, format!("a network cannot be a /{}", block.prefix()))
                        .primary(span, format!("EC2 takes /{} to /{}", SIZES.start(), SIZES.end()));
                match suggestion {
                    Some(block) => diagnostic.help(format!("write `{block}`")).fix(span, block.to_string()),
                    None => diagnostic,
                }
            }
            Problem::Refused { block, span, range, why } => {
                Diagnostic::new(codes::RESERVED_RANGE, format!("EC2 does not take `{block}` for a network"))
                    .primary(span, format!("{range} {why}"))
                    .help("take a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
            }
            Problem::NotIpv4 { block, span } => {
                Diagnostic::new(codes::NETWORK_SIZE, format!("a network's own block is IPv4, not `{block}`"))
                    .primary(span, "expected an IPv4 block")
                    .help("for IPv6, write `ipv6` in its block: Amazon chooses the addresses")
            }
            Problem::Tenancy { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("there is no tenancy `{}`", word.text))
                    .primary(word.span, "expected `default` or `dedicated`")
                    .suggest(word.span, nearest(&word.text, ["default", "dedicated"]))
            }
            Problem::TooManyServers { span, count } => {
                Diagnostic::new(codes::BAD_VALUE, format!("{count} servers are too many"))
                    .primary(span, format!("a DHCP option set holds {MAX_SERVERS} of a family"))
            }
            Problem::BadAddress { word } => {
                Diagnostic::new(codes::MALFORMED_BLOCK, format!("`{}` is not an address", word.text))
                    .primary(word.span, "expected an address such as 10.0.0.2")
            }
            Problem::BadDomain { span, domain } => {
                Diagnostic::new(codes::BAD_NAME, format!("`{domain}` is not a domain name"))
                    .primary(span, "expected letters, digits and hyphens between dots")
            }
            Problem::HostnamesNeedSupport { span } => {
                Diagnostic::new(codes::BAD_VALUE, "public names need Amazon's DNS")
                    .primary(span, "this needs `support on`")
                    .help("write `hostnames off`, or leave out `support off`")
            }
            Problem::ServersWithoutUse { span } => Diagnostic::new(codes::SYNTAX, "a `dns` that says nothing")
                .primary(span, "expected a domain or a block")
                .help("write it as `dns \"domain\"` or `dns { servers … }`"),
            Problem::DomainTwice { span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, "the domain may stand only once here")
                    .primary(span, "a second time")
                    .secondary(first, "first here")
            }
            Problem::WholeIpv6 { span } => Diagnostic::new(codes::BAD_VALUE, "a network has all of its IPv6 block")
                .primary(span, "a number stands in a subnet: which /64 of the network's /56 it has")
                .help("write `ipv6`")
                .fix(span, ""),
            Problem::BlocksOverlap { block, span, other, first } => {
                Diagnostic::new(codes::CIDR_OVERLAP, "two blocks of the network overlap")
                    .primary(span, format!("{block} meets {other}"))
                    .secondary(first, "the other block")
            }
            Problem::Forbidden { block, span, primary, first, why } => {
                Diagnostic::new(codes::FURTHER_BLOCK, format!("EC2 does not add {block} to a network of {primary}"))
                    .primary(span, why)
                    .secondary(first, "the network's own block")
                    .help("take a block of the same private range, or of 100.64.0.0/10")
            }
            Problem::NotASwitch { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`dns {}` says nothing of a network", word.text))
                    .primary(word.span, "expected a domain in quotes")
                    .help("to switch Amazon's DNS off, write `dns { support off }`")
            }
        }
    }
}
