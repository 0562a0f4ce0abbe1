//! What nodes are made of: the settings in a node's block, and in the network's `defaults`.

use super::{Checker, catalogue, names::Symbol};
use crate::call::Sealed;
use crate::model::{Group, Id, ImageChoice, Network, Settings, Tags};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Item, Statement, Word};
use ecow::EcoString;

/// User data, before encoding (EC2 User Guide, "Run commands when you launch an EC2 instance").
pub const MAX_USER_DATA: usize = 16 << 10;

enum Problem {
    Missing { name: EcoString, span: Span, what: &'static str, form: &'static str },
    UnknownType { word: Word, nearest: Option<String> },
    TooManyGroups { span: Span, count: usize, max: u32 },
    GroupTwice { word: Word },
    TooMuchUserData { path: EcoString, span: Span, len: u64 },
    NotAScript { path: EcoString, span: Span },
    BadImds { word: Word },
}

/// A settings block: which statements it has held so far.
#[derive(Default)]
struct Seen {
    of: [Option<Span>; 10],
}

impl Checker<'_> {
    pub(super) fn defaults(&mut self, network: Id<Network>, item: &Item) -> Settings {
        let mut seen = None;
        let mut settings = Settings::default();
        for item in item.items() {
            if matches!(item.statement, Statement::Defaults) && self.once(&mut seen, item) {
                settings = self.settings(network, item).0;
            }
        }
        settings
    }

    pub(super) fn check_required(&mut self, name: &EcoString, span: Span, settings: &Settings) {
        for (what, form, missing) in [
            ("type", "type t3.micro", settings.instance_type.is_none()),
            ("image", "image ami-0123456789abcdef0", settings.image.is_none()),
        ] {
            if missing {
                self.report(Problem::Missing { name: name.clone(), span, what, form });
            }
        }
    }

    /// The settings in a node's or a `defaults` block, and its tags.
    pub(super) fn settings(&mut self, network: Id<Network>, item: &Item) -> (Settings, Tags) {
        let (mut settings, mut tags) = (Settings::default(), Tags::new());
        let mut seen = Seen::default();
        for item in item.items() {
            let Some(slot) = slot(&item.statement) else {
                match &item.statement {
                    Statement::Tags(entries) => tags.extend(self.tags(entries)),
                    Statement::Keep | Statement::Elastic { .. } => {}
                    Statement::Broken(words) => leave_hole(&mut settings, words),
                    _ => self.misplaced(item),
                }
                continue;
            };
            if let Statement::Disk(disk) = &item.statement
                && let Some(name) = &disk.name
            {
                self.named_disk(&mut settings.disks, name, disk, item.head);
            } else if self.once(&mut seen.of[slot], item) {
                self.setting(network, &mut settings, item);
            }
        }
        (settings, tags)
    }

    fn setting(&mut self, network: Id<Network>, settings: &mut Settings, item: &Item) {
        match &item.statement {
            Statement::Type(word) => settings.instance_type = Some(self.instance_type(word).unwrap_or_default()),
            Statement::Image(image) => settings.image = Some(self.image(network, image, item)),
            Statement::Sg { names, .. } => settings.groups = Some(self.node_groups(network, names)),
            Statement::Key { name, .. } => {
                settings.key = self.resolve_as(Some(network), name, "a key", |symbol| match symbol {
                    Symbol::Key(id) => Some(id),
                    _ => None,
                });
            }
            Statement::Boot(word) => settings.boot = self.boot(word).map(|sealed| (sealed, item.head)),
            Statement::Disk(disk) => settings.disk = self.disk(disk, item.head),
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
                let nearest = self.nearest_type(&name);
                self.report(Problem::UnknownType { word: Word { text: name, span: word.span }, nearest });
                return None;
            }
            self.known_types.insert(name.clone());
        }
        Some(name)
    }

    fn nearest_type(&mut self, name: &str) -> Option<String> {
        if !self.may_compare(name, catalogue::instance_types().count()) {
            return None;
        }
        let types: Vec<String> = catalogue::instance_types().collect();
        nearest(name, types.iter().map(String::as_str)).map(str::to_owned)
    }

    /// The groups that a list names, each once and of this network.
    pub(super) fn node_groups(&mut self, network: Id<Network>, names: &[Word]) -> Vec<(Id<Group>, Span)> {
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
        let span = word.span;
        let too_large = |len| Some(Problem::TooMuchUserData { path: path.clone(), span, len }.into());
        let bytes = self.read_up_to(span, &path, MAX_USER_DATA, too_large)?;
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
}

/// What a broken statement would have set is a hole, so that nobody misses it.
fn leave_hole(settings: &mut Settings, words: &[Word]) {
    match words.first().map(|word| word.text.as_str()) {
        Some("type") => settings.instance_type = Some(EcoString::new()),
        Some("image") => settings.image = Some(ImageChoice::Hole),
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
        // What it says is looked at when all nodes are there.
        Statement::Env(_) => 9,
        _ => return None,
    })
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
            Problem::TooManyGroups { span, count, max } => {
                Diagnostic::new(codes::TOO_MANY_GROUPS, format!("{count} security groups on one node"))
                    .primary(span, format!("EC2 takes {max} by default"))
                    .help("put their rules into fewer groups, or write `quota sgs-per-node N` if yours is raised")
            }
            Problem::GroupTwice { word } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("the group `{}` stands here twice", word.text))
                    .primary(word.span, "a second time")
            }
            Problem::TooMuchUserData { path, span, len } => {
                let over = len - MAX_USER_DATA as u64;
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
        }
    }
}
