//! Nodes: what they are made of, and where they stand.

use super::{
    Checker, catalogue, inputs,
    names::{Declarations, Declared, Symbol},
};
use crate::call::Sealed;
use crate::model::{Disk, Group, Id, Network, Node, Settings, Start, Subnet, Tags};
use crate::net::{Block, Family, number};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, Image, Item, Statement, Word};
use ecow::EcoString;
use std::net::IpAddr;

/// User data, before encoding (EC2 User Guide, "Run commands when you launch an EC2 instance").
pub const MAX_USER_DATA: usize = 16 << 10;

/// EC2 keeps the first four addresses of a subnet and the last (VPC User Guide, "Subnet sizing").
const KEPT_FIRST: u128 = 4;

/// Boot files are read up to this size, so that the message can say by how much one is too large.
const MAX_BOOT_FILE: usize = 64 << 20;

/// Volume types with the smallest and the largest size in GiB (EBS User Guide, "EBS volume types").
const VOLUME_TYPES: [(&str, u32, u32); 7] = [
    ("gp3", 1, 65536),
    ("gp2", 1, 16384),
    ("io2", 4, 65536),
    ("io1", 4, 16384),
    ("st1", 125, 16384),
    ("sc1", 125, 16384),
    ("standard", 1, 1024),
];

enum Problem {
    Missing { name: EcoString, span: Span, what: &'static str, form: &'static str },
    UnknownType { word: Word, nearest: Option<String> },
    BadImage { word: Word },
    BadRange { word: Word },
    Outside { address: IpAddr, span: Span, block: Block, subnet: EcoString, subnet_span: Span, first: Option<IpAddr> },
    Kept { address: IpAddr, span: Span, why: &'static str, next: Option<IpAddr>, index: Option<u32> },
    TooLong { name: EcoString, span: Span, block: Block, subnet_span: Span, fit: u128, count: u64, start: IpAddr },
    Taken { address: IpAddr, span: Span, other: EcoString, first: Span, behind: IpAddr },
    Full { subnet: EcoString, span: Span, block: Block, subnet_span: Span, count: u64, room: u64 },
    TooManyGroups { span: Span, count: usize, max: u32 },
    GroupTwice { word: Word },
    NotAVolume { word: Word, nearest: Option<&'static str> },
    DiskSize { word: Word, why: String, fix: Option<String> },
    TooMuchUserData { path: EcoString, span: Span, len: usize },
    NotAScript { path: EcoString, span: Span },
    BadImds { word: Word },
    Indexed { word: Word },
}

/// A settings block: which statements it has held so far.
#[derive(Default)]
struct Seen {
    of: [Option<Span>; 10],
}

impl Checker<'_> {
    /// Builds the nodes, and checks where they stand.
    pub(super) fn nodes(&mut self, declared: &Declarations<'_>) {
        let defaults: Vec<Settings> = declared
            .networks
            .iter()
            .enumerate()
            .map(|(index, (item, _))| self.defaults(Id::new(index), item))
            .collect();
        for node in &declared.nodes {
            let node = self.node(node, &defaults[node.network.index()]);
            self.model.nodes.push(node);
        }
        self.check_places();
    }

    fn defaults(&mut self, network: Id<Network>, item: &Item) -> Settings {
        let mut seen = None;
        let mut settings = Settings::default();
        for item in item.items() {
            if matches!(item.statement, Statement::Defaults) && self.once(&mut seen, item) {
                settings = self.settings(network, item).0;
            }
        }
        settings
    }

    fn node(&mut self, declared: &Declared<'_, syntax::Node>, defaults: &Settings) -> Node {
        let (network, statement) = (declared.network, declared.statement);
        let (own, tags) = self.settings(network, declared.item);
        let settings = own.or(defaults);
        self.check_required(declared, &settings);
        let subnet = self.subnet_of(network, &statement.subnet);
        let start = match &statement.start {
            Some(word) => {
                self.start(word, subnet).map_or(Start::Hole, |address| Start::At { address, span: word.span })
            }
            None => Start::Any,
        };
        Node {
            address: self.model.networks[network].address.member(&declared.name),
            origin: declared.item.head,
            network,
            subnet,
            indices: statement.indices.as_ref().and_then(|word| self.indices(word)),
            start,
            settings,
            tags,
        }
    }

    fn check_required(&mut self, declared: &Declared<'_, syntax::Node>, settings: &Settings) {
        let span = declared.statement.name.span;
        for (what, form, missing) in [
            ("type", "type t3.micro", settings.instance_type.is_none()),
            ("image", "image ami-0123456789abcdef0", settings.image.is_none()),
        ] {
            if missing {
                self.report(Problem::Missing { name: declared.name.clone(), span, what, form });
            }
        }
    }

    /// The settings in a node's or a `defaults` block, and its tags.
    fn settings(&mut self, network: Id<Network>, item: &Item) -> (Settings, Tags) {
        let (mut settings, mut tags) = (Settings::default(), Tags::new());
        let mut seen = Seen::default();
        for item in item.items() {
            let Some(slot) = slot(&item.statement) else {
                match &item.statement {
                    Statement::Tags(entries) => tags.extend(self.tags(entries)),
                    Statement::Broken(words) => leave_hole(&mut settings, words),
                    _ => self.not_built(item),
                }
                continue;
            };
            if matches!(item.statement, Statement::Disk(ref disk) if disk.name.is_some()) {
                self.not_built(item);
            } else if self.once(&mut seen.of[slot], item) {
                self.setting(network, &mut settings, item);
            }
        }
        (settings, tags)
    }

    fn setting(&mut self, network: Id<Network>, settings: &mut Settings, item: &Item) {
        match &item.statement {
            Statement::Type(word) => settings.instance_type = Some(self.instance_type(word).unwrap_or_default()),
            Statement::Image(image) => settings.image = Some(self.image(image, item).unwrap_or_default()),
            Statement::Sg { names, .. } => settings.groups = Some(self.node_groups(network, names)),
            Statement::Key { name, .. } => {
                settings.key = self.resolve_as(Some(network), name, "a key", |symbol| match symbol {
                    Symbol::Key(id) => Some(id),
                    _ => None,
                });
            }
            Statement::Boot(word) => settings.boot = self.boot(word).map(|sealed| (sealed, item.head)),
            Statement::Disk(disk) => settings.disk = self.disk(disk),
            Statement::Public => settings.public = Some((true, item.head)),
            Statement::Private => settings.public = Some((false, item.head)),
            Statement::Role(word) => settings.role = self.text(word),
            Statement::Imds(word) => settings.imds_optional = self.imds(word),
            _ => {}
        }
    }

    fn instance_type(&mut self, word: &Word) -> Option<EcoString> {
        let name = self.fill(word)?;
        if !self.known_types.contains(&name) {
            if !catalogue::has_instance_type(&name) {
                let types: Vec<String> = catalogue::instance_types().collect();
                let nearest = nearest(&name, types.iter().map(String::as_str)).map(str::to_owned);
                self.report(Problem::UnknownType { word: Word { text: name, span: word.span }, nearest });
                return None;
            }
            self.known_types.insert(name.clone());
        }
        Some(name)
    }

    fn image(&mut self, image: &Image, item: &Item) -> Option<EcoString> {
        let Image::Named(word) = image else {
            self.not_built(item);
            return None;
        };
        let id = self.fill(word)?;
        let Some(digits) = id.strip_prefix("ami-") else {
            if self
                .resolve(None, word, "an image id such as ami-0123456789abcdef0")
                .is_some_and(|symbol| symbol != Symbol::Hole)
            {
                self.report(Problem::BadImage { word: word.clone() });
            }
            return None;
        };
        // EC2 User Guide, "Resource IDs": a prefix and 8 or 17 hexadecimal digits.
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        if !hex || !matches!(digits.len(), 8 | 17) {
            self.report(Problem::BadImage { word: word.clone() });
            return None;
        }
        Some(id)
    }

    fn node_groups(&mut self, network: Id<Network>, names: &[Word]) -> Vec<(Id<Group>, Span)> {
        let mut groups: Vec<(Id<Group>, Span)> = Vec::new();
        for word in names {
            let found = self.resolve_as(Some(network), word, "a security group", |symbol| match symbol {
                Symbol::Group(id) => Some(id),
                _ => None,
            });
            let Some(id) = found.and_then(|id| self.group_of_network(network, id, word)) else { continue };
            if groups.iter().any(|(other, _)| *other == id) {
                self.report(Problem::GroupTwice { word: word.clone() });
            } else {
                groups.push((id, word.span));
            }
        }
        let max = self.quotas.of("sgs-per-node");
        if groups.len() > max as usize {
            let span = names[max as usize].span;
            self.report(Problem::TooManyGroups { span, count: groups.len(), max });
        }
        groups
    }

    fn boot(&mut self, word: &Word) -> Option<Sealed> {
        let path = self.text(word)?;
        let bytes = self.read_beside(word.span, &path, MAX_BOOT_FILE)?;
        let span = word.span;
        if bytes.len() > MAX_USER_DATA {
            self.report(Problem::TooMuchUserData { path, span, len: bytes.len() });
            return None;
        }
        // cloud-init takes scripts, its own formats, and either of them compressed.
        let known = [
            b"#!".as_slice(),
            b"#cloud",
            b"#include",
            b"Content-Type:",
            b"MIME-Version:",
            b"\x1f\x8b",
            b"<",
            b"## template",
        ];
        if !bytes.is_empty() && !known.iter().any(|start| bytes.starts_with(start)) {
            self.report(Problem::NotAScript { path, span });
            return None;
        }
        Some(Sealed::new(bytes))
    }

    fn disk(&mut self, disk: &syntax::Disk) -> Option<Disk> {
        let volume_type = match &disk.volume_type {
            Some(word) => self.fill(word)?,
            None => "gp3".into(),
        };
        let Some((_, least, most)) = VOLUME_TYPES.iter().find(|(name, ..)| *name == volume_type) else {
            let nearest = nearest(&volume_type, VOLUME_TYPES.map(|(name, ..)| name));
            let span = disk.volume_type.as_ref().map_or(disk.size.span, |word| word.span);
            self.report(Problem::NotAVolume { word: Word { text: volume_type, span }, nearest });
            return None;
        };
        let text = self.fill(&disk.size)?;
        let size = gibibytes(&text).and_then(|gib| match gib {
            gib if gib < *least => {
                Err((format!("{volume_type} volumes have at least {least} GiB"), Some(format!("{least}GiB"))))
            }
            gib if gib > *most => {
                Err((format!("{volume_type} volumes have at most {most} GiB"), Some(format!("{most}GiB"))))
            }
            gib => Ok(gib),
        });
        let word = Word { text, span: disk.size.span };
        let gib = self.accept(size.map_err(|(why, fix)| Problem::DiskSize { word, why, fix }))?;
        Some(Disk { gib, volume_type, encrypted: disk.unencrypted.is_none() })
    }

    fn imds(&mut self, word: &Word) -> Option<bool> {
        match self.fill(word)?.as_str() {
            "optional" => Some(true),
            "required" => Some(false),
            _ => {
                self.report(Problem::BadImds { word: word.clone() });
                None
            }
        }
    }

    fn subnet_of(&mut self, network: Id<Network>, word: &Word) -> Option<Id<Subnet>> {
        let id = self.resolve_as(Some(network), word, "a subnet", |symbol| match symbol {
            Symbol::Subnet(id) => Some(id),
            _ => None,
        })?;
        if word.text.contains('[') {
            self.report(Problem::Indexed { word: word.clone() });
            return None;
        }
        Some(id)
    }

    fn indices(&mut self, word: &Word) -> Option<(u32, u32)> {
        let text = self.fill(word)?;
        let bounds = inputs::bounds(&text)
            .and_then(|(first, last)| Some((u32::try_from(first).ok()?, u32::try_from(last).ok()?)));
        let word = Word { text, span: word.span };
        self.accept(bounds.filter(|(first, last)| first <= last).ok_or(Problem::BadRange { word }))
    }

    /// The address that `at` names: a whole one, or the last parts of one in the subnet.
    fn start(&mut self, word: &Word, subnet: Option<Id<Subnet>>) -> Option<IpAddr> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        if !text.starts_with('.') {
            return self.ip(&Word { text, span: word.span });
        }
        let base = self.model.subnets[subnet?].block?.first();
        let whole = base.to_string();
        let parts: Vec<&str> = whole.split('.').collect();
        let kept = parts.len().checked_sub(text.matches('.').count())?;
        self.ip(&Word { text: ecow::eco_format!("{}{text}", parts[..kept].join(".")), span: word.span })
    }

    /// Checks that nodes stand inside their subnets, on addresses that are theirs alone, and that all fit.
    fn check_places(&mut self) {
        let mut problems: Vec<Problem> = Vec::new();
        let mut by_subnet: Vec<Vec<Id<Node>>> = vec![Vec::new(); self.model.subnets.len()];
        for (id, node) in self.model.nodes.iter() {
            if let Some(subnet) = node.subnet {
                by_subnet[subnet.index()].push(id);
            }
        }
        for (index, nodes) in by_subnet.iter().enumerate() {
            let subnet = &self.model.subnets[Id::new(index)];
            let Some(block) = subnet.block else { continue };
            let mut fixed: Vec<Taken> = Vec::new();
            let mut count = 0;
            for id in nodes {
                let node = &self.model.nodes[*id];
                match node.start {
                    Start::At { address, span } => match place(node, address, span, block, subnet) {
                        Ok(()) => {
                            let first = number(address);
                            fixed.push(Taken { first, last: first + u128::from(node.count()) - 1, id: *id, span });
                            count += node.count();
                        }
                        Err(problem) => problems.push(problem),
                    },
                    Start::Any => count += node.count(),
                    Start::Hole => {}
                }
                let room = usable(block);
                if count > room {
                    let (name, span) = (subnet.name.clone(), node.origin);
                    problems.push(Problem::Full {
                        subnet: name,
                        span,
                        block,
                        subnet_span: subnet.block_span,
                        count,
                        room,
                    });
                    break;
                }
            }
            self.check_taken(&mut fixed, &mut problems);
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }

    fn check_taken(&self, fixed: &mut [Taken], problems: &mut Vec<Problem>) {
        fixed.sort_by_key(|taken| (taken.first, taken.id));
        let mut furthest: Option<&Taken> = None;
        for taken in fixed.iter() {
            if let Some(other) = furthest.filter(|other| taken.first <= other.last) {
                // Of two that meet, the one that stands later in the program is told to move.
                let (first, second) = if other.id < taken.id { (other, taken) } else { (taken, other) };
                let name = self.model.nodes[first.id].address.name().into();
                let address = Family::V4.address(taken.first);
                let behind = Family::V4.address(first.last + 1);
                problems.push(Problem::Taken { address, span: second.span, other: name, first: first.span, behind });
            }
            if furthest.is_none_or(|other| other.last < taken.last) {
                furthest = Some(taken);
            }
        }
    }
}

/// The addresses that a node or a range of nodes takes.
struct Taken {
    first: u128,
    last: u128,
    id: Id<Node>,
    span: Span,
}

/// What a broken statement would have set is a hole, so that nobody misses it.
fn leave_hole(settings: &mut Settings, words: &[Word]) {
    match words.first().map(|word| word.text.as_str()) {
        Some("type") => settings.instance_type = Some(EcoString::new()),
        Some("image") => settings.image = Some(EcoString::new()),
        _ => {}
    }
}

/// Which of the statements that may stand once in a node this is.
fn slot(statement: &Statement) -> Option<usize> {
    Some(match statement {
        Statement::Type(_) => 0,
        Statement::Image(_) => 1,
        Statement::Sg { .. } => 2,
        Statement::Key { .. } => 3,
        Statement::Boot(_) => 4,
        Statement::Disk(_) => 5,
        Statement::Public | Statement::Private => 6,
        Statement::Role(_) => 7,
        Statement::Imds(_) => 8,
        _ => return None,
    })
}

/// How many addresses of a block are for the user.
fn usable(block: Block) -> u64 {
    (block.span() + 1 - KEPT_FIRST - 1) as u64
}

fn place(node: &Node, start: IpAddr, span: Span, block: Block, subnet: &Subnet) -> Result<(), Problem> {
    let first_usable = block.at(KEPT_FIRST);
    if !block.holds(start) {
        let (name, subnet_span) = (subnet.name.clone(), subnet.block_span);
        return Err(Problem::Outside { address: start, span, block, subnet: name, subnet_span, first: first_usable });
    }
    let offset = number(start) - block.first_number();
    if let Some(why) = kept(offset, block) {
        let index = node.indices.map(|(first, _)| first);
        let next = first_usable.filter(|_| offset < KEPT_FIRST);
        return Err(Problem::Kept { address: start, span, why, next, index });
    }
    let fit = block.span() - offset;
    if u128::from(node.count()) > fit {
        let name = node.address.name().into();
        return Err(Problem::TooLong {
            name,
            span: node.origin,
            block,
            subnet_span: subnet.block_span,
            fit,
            count: node.count(),
            start,
        });
    }
    Ok(())
}

/// What EC2 keeps the address at an offset for, if it does.
fn kept(offset: u128, block: Block) -> Option<&'static str> {
    match offset {
        0 => Some("it is the subnet's own"),
        1 => Some("it is the router's"),
        2 => Some("EC2 keeps it for DNS"),
        3 => Some("EC2 keeps it for future use"),
        _ if offset == block.span() => Some("it is the broadcast address"),
        _ => None,
    }
}

fn gibibytes(text: &str) -> Result<u32, (String, Option<String>)> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let number: u32 = digits.parse().map_err(|_| ("the number is too large".to_owned(), None))?;
    match unit {
        "GiB" => Ok(number),
        "TiB" => number.checked_mul(1024).ok_or(("the number is too large".to_owned(), None)),
        "" => Err(("a size needs its unit".to_owned(), Some(format!("{number}GiB")))),
        "G" | "GB" | "gb" | "Gi" | "gib" => Err(("sizes are in GiB or TiB".to_owned(), Some(format!("{number}GiB")))),
        "T" | "TB" | "tb" | "Ti" | "tib" => Err(("sizes are in GiB or TiB".to_owned(), Some(format!("{number}TiB")))),
        _ => Err(("sizes are in GiB or TiB".to_owned(), None)),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Missing { name, span, what, form } => {
                Diagnostic::new(codes::MISSING_STATEMENT, format!("the node `{name}` has no `{what}`"))
                    .primary(span, format!("there is no `{what}` here, nor in the network's `defaults`"))
                    .help(format!("add a line such as `{form}`"))
            }
            Problem::UnknownType { word, nearest } => {
                let diagnostic =
                    Diagnostic::new(codes::UNKNOWN_INSTANCE_TYPE, format!("there is no instance type `{}`", word.text))
                        .primary(word.span, "not an EC2 instance type");
                match nearest {
                    Some(_) => diagnostic.suggest(word.span, nearest.as_deref()),
                    None => diagnostic.help("a type is written like `t3.micro` or `m7g.xlarge`"),
                }
            }
            Problem::BadImage { word } => Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no image id", word.text))
                .primary(word.span, "expected `ami-` and 8 or 17 hexadecimal digits"),
            Problem::BadRange { word } => {
                let fix = word.text.split_once("..").map(|(first, last)| format!("{last}..{first}"));
                let diagnostic = Diagnostic::new(codes::BAD_VALUE, format!("`[{}]` is no range", word.text))
                    .primary(word.span, "expected two numbers, the smaller one first");
                match fix {
                    Some(fix) => diagnostic.help(format!("write `[{fix}]`")).fix(word.span, fix),
                    None => diagnostic,
                }
            }
            Problem::Outside { address, span, block, subnet, subnet_span, first } => {
                let diagnostic =
                    Diagnostic::new(codes::NODE_OUTSIDE_SUBNET, format!("{address} is outside the subnet `{subnet}`"))
                        .primary(span, format!("not inside {block}"))
                        .secondary(subnet_span, "the subnet's block");
                match first {
                    Some(first) => {
                        let last = block.at(block.span() - 1).unwrap_or(first);
                        diagnostic.help(format!("nodes there can have {first} to {last}"))
                    }
                    None => diagnostic,
                }
            }
            Problem::Kept { address, span, why, next, index } => {
                let whose = if index.is_some() { "the range starts on" } else { "the node stands on" };
                let diagnostic =
                    Diagnostic::new(codes::RESERVED_ADDRESS, format!("{whose} {address}, which EC2 keeps for itself"))
                        .primary(span, why);
                match next {
                    Some(next) => {
                        diagnostic.help(format!("the first address for nodes is {next}")).fix(span, next.to_string())
                    }
                    None => diagnostic.help("take a lower address"),
                }
            }
            Problem::TooLong { name, span, block, subnet_span, fit, count, start } => {
                let ending = if count == 1 { "" } else { "s" };
                Diagnostic::new(codes::RANGE_TOO_LONG, format!("`{name}` runs past the end of its subnet"))
                    .primary(span, format!("{count} node{ending} from {start}, of which {fit} fit"))
                    .secondary(subnet_span, format!("{block} ends at {}, which EC2 keeps", block.last()))
                    .help(format!("make it {fit} nodes, start lower, or make the subnet larger"))
            }
            Problem::Taken { address, span, other, first, behind } => {
                Diagnostic::new(codes::ADDRESS_TAKEN, format!("{address} is taken twice"))
                    .primary(span, "meets the addresses of another node")
                    .secondary(first, format!("taken by `{other}` from here on"))
                    .help(format!("the first address behind `{other}` is {behind}"))
                    .fix(span, behind.to_string())
            }
            Problem::Full { subnet, span, block, subnet_span, count, room } => {
                Diagnostic::new(codes::SUBNET_FULL, format!("the subnet `{subnet}` has no room for all its nodes"))
                    .primary(span, format!("with these it would hold {count}"))
                    .secondary(subnet_span, format!("{block} has {room} addresses for nodes; EC2 keeps five"))
                    .help("make the subnet larger, or put nodes into another one")
            }
            Problem::TooManyGroups { span, count, max } => {
                Diagnostic::new(codes::TOO_MANY_GROUPS, format!("{count} security groups on one node"))
                    .primary(span, format!("EC2 takes {max} by default"))
                    .help("put their rules into fewer groups, or write `quota sgs-per-node N` if yours is raised")
            }
            Problem::GroupTwice { word } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("the group `{}` stands here twice", word.text))
                    .primary(word.span, "a second time")
            }
            Problem::NotAVolume { word, nearest } => {
                Diagnostic::new(codes::BAD_DISK, format!("there is no volume type `{}`", word.text))
                    .primary(word.span, format!("expected one of {}", VOLUME_TYPES.map(|(name, ..)| name).join(", ")))
                    .suggest(word.span, nearest)
            }
            Problem::DiskSize { word, why, fix } => {
                let diagnostic = Diagnostic::new(codes::BAD_DISK, format!("`{}` is no size of a disk", word.text))
                    .primary(word.span, why);
                match fix {
                    Some(fix) => diagnostic.help(format!("write `{fix}`")).fix(word.span, fix),
                    None => diagnostic,
                }
            }
            Problem::TooMuchUserData { path, span, len } => {
                let over = len - MAX_USER_DATA;
                Diagnostic::new(codes::USER_DATA_TOO_LARGE, format!("`{path}` is {over} bytes too large"))
                    .primary(span, format!("{len} bytes; EC2 takes {MAX_USER_DATA}"))
                    .help("let a short script download the rest, or compress it with gzip, which cloud-init unpacks")
            }
            Problem::NotAScript { path, span } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`{path}` is nothing that a node can run at boot"))
                    .primary(span, "a script starts with `#!`, a cloud-init file with `#cloud-config`")
                    .help("start it with a line such as `#!/bin/bash`")
            }
            Problem::BadImds { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`imds {}` means nothing", word.text))
                    .primary(word.span, "expected `required` or `optional`")
                    .suggest(word.span, nearest(&word.text, ["required", "optional"]))
            }
            Problem::Indexed { word } => Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no `{}`", word.text))
                .primary(word.span, "this subnet stands in one zone and has no parts"),
        }
    }
}
