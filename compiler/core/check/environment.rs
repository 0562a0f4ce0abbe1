//! What boot scripts find in their environment: `env { PEERS node }`.

use super::declare::Declarations;
use super::settings::MAX_USER_DATA;
use super::{Checker, names::Symbol};
use crate::boot::{takes_environment, with_environment};
use crate::model::{EnvValue, Environment, Id, Network, Node, OwnFact, Start};
use crate::net::Block;
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Entry, Item, Statement, Word};
use ecow::{EcoString, eco_format};

/// What `env` says in a block, and where.
#[derive(Default)]
struct Said<'t> {
    entries: Vec<&'t Entry>,
    span: Option<Span>,
    /// Whether the block has a `boot` script too.
    boots: bool,
}

enum Problem {
    BadName { word: Word },
    Twice { word: Word },
    UnknownFact { word: Word, nearest: Option<&'static str> },
    NotKnownYet { attribute: Word },
    NoAddress { path: Word, node: EcoString, origin: Span },
    NotAScript { boot: Span, span: Span },
    NoBoot { span: Span },
    TooMuch { span: Span, len: usize, boot: usize },
}

impl Checker<'_> {
    /// Gives nodes their environment. Values may name other nodes, so all of them have to be there.
    pub(super) fn environments(&mut self, declared: &Declarations<'_>) {
        let defaults: Vec<Said<'_>> = declared
            .networks
            .iter()
            .map(|network| network.item.items().iter().find(|item| matches!(item.statement, Statement::Defaults)))
            .map(|defaults| defaults.map(said).unwrap_or_default())
            .collect();
        for (index, node) in declared.nodes.iter().enumerate() {
            self.enter(node.network);
            let own = said(node.item);
            let defaults = &defaults[node.network.index()];
            let Some(span) = own.span.or(defaults.span) else { continue };
            let mut environment = self.environment(node.network, defaults);
            environment.extend(self.environment(node.network, &own));
            let members = self.made.nodes.get(index).map(|made| made.members.clone()).unwrap_or_default();
            if let Some((_, first)) = members.first() {
                // A boot file that could not be read is told where it is read.
                let unread = own.span.filter(|_| !own.boots && !defaults.boots);
                self.check_environment(*first, &environment, span, unread);
            }
            for (_, id) in members {
                self.model.nodes[id].environment = environment.clone();
            }
        }
    }

    fn environment(&mut self, network: Id<Network>, said: &Said<'_>) -> Environment {
        let mut environment = Environment::new();
        for entry in &said.entries {
            let Some(name) = self.env_name(&entry.key) else { continue };
            let value = self.env_value(network, &entry.value).filter(|value| self.has_room_for_value(value, entry));
            if environment.insert(name, value.unwrap_or(EnvValue::Text(EcoString::new()))).is_some() {
                self.report(Problem::Twice { word: entry.key.clone() });
            }
        }
        environment
    }

    fn has_room_for_value(&mut self, value: &EnvValue, entry: &Entry) -> bool {
        let len = if let EnvValue::Text(text) = value { text.len() } else { 0 };
        self.has_room_for(1, entry.key.span) && self.has_room_for_text(len, entry.value.span)
    }

    /// Names of variables as POSIX has them: letters, digits and underscores.
    fn env_name(&mut self, word: &Word) -> Option<EcoString> {
        let text = if word.is_string() { self.text(word) } else { self.fill(word) }?;
        let fine = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !fine {
            self.report(Problem::BadName { word: Word { text, span: word.span } });
            return None;
        }
        Some(text)
    }

    fn env_value(&mut self, network: Id<Network>, word: &Word) -> Option<EnvValue> {
        if word.is_string() {
            return self.text(word).map(EnvValue::Text);
        }
        if !word.is_name() {
            return self.fill(word).map(EnvValue::Text);
        }
        if let Some(fact) = word.text.strip_prefix("self.") {
            return self.own_fact(fact, word).map(EnvValue::Own);
        }
        if word.text == "self" {
            let nearest = None;
            self.report(Problem::UnknownFact { word: word.clone(), nearest });
            return None;
        }
        self.named_value(network, word).map(EnvValue::Text)
    }

    fn own_fact(&mut self, name: &str, word: &Word) -> Option<OwnFact> {
        let found = OwnFact::ALL.into_iter().find(|(other, _)| *other == name);
        if found.is_none() {
            let nearest = nearest(name, OwnFact::ALL.map(|(name, _)| name));
            self.report(Problem::UnknownFact { word: word.clone(), nearest });
        }
        found.map(|(_, fact)| fact)
    }

    /// The value of a name: what a parameter holds, the addresses of nodes, the blocks of anything that has some; several
    /// are parted by blanks.
    fn named_value(&mut self, network: Id<Network>, word: &Word) -> Option<EcoString> {
        let wanted = "a text, a parameter, a node or blocks";
        let reference = self.reference(Some(network), word, wanted)?;
        let attribute = reference
            .attribute
            .filter(|attribute| attribute.text != "private_ip" || !matches!(reference.symbol, Symbol::Node(_)));
        if let Some(attribute) = attribute {
            self.report(Problem::NotKnownYet { attribute });
            return None;
        }
        match reference.symbol {
            Symbol::Node(declaration) => self.private_addresses(declaration, &reference.path),
            Symbol::Param => match self.input_blocks(&reference.path.text) {
                Some(blocks) => Some(joined(blocks)),
                None => self.fill(&Word { text: eco_format!("{{{}}}", reference.path.text), span: word.span }),
            },
            Symbol::Let(index) => Some(joined(self.let_blocks(index))),
            Symbol::Network(id) => Some(joined(self.model.networks[id].blocks.iter().map(|(block, _)| *block))),
            Symbol::Subnet(index) => {
                let things = self.made.subnets.get(index).cloned()?;
                let members = self.members(&reference.path, things, "subnet");
                Some(joined(members.into_iter().filter_map(|(_, id)| self.model.subnets[id].block)))
            }
            found => {
                self.wrong_kind(Some(network), &reference.path, found, wanted);
                None
            }
        }
    }

    fn private_addresses(&mut self, declaration: usize, path: &Word) -> Option<EcoString> {
        let mut addresses: Vec<String> = Vec::new();
        for member in self.nodes_meant(declaration, path) {
            let node = &self.model.nodes[member.node];
            match (member.private_ip, node.start) {
                (Some(address), _) => addresses.push(address.to_string()),
                (None, Start::Any) => {
                    let (name, origin) = (node.address.name().into(), node.origin);
                    self.report(Problem::NoAddress { path: path.clone(), node: name, origin });
                    return None;
                }
                (None, _) => return None,
            }
        }
        Some(addresses.join(" ").into())
    }

    fn check_environment(&mut self, id: Id<Node>, environment: &Environment, span: Span, unread: Option<Span>) {
        let node = &self.model.nodes[id];
        let Some((script, boot)) = &node.settings.boot else {
            self.problems.extend(unread.map(|span| Problem::NoBoot { span }.into()));
            return;
        };
        if !takes_environment(script) {
            let boot = *boot;
            self.report(Problem::NotAScript { boot, span });
            return;
        }
        let len = with_environment(script, environment, &node.last_address()).len();
        if len > MAX_USER_DATA {
            let problem = Problem::TooMuch { span: *boot, len, boot: script.len() };
            self.report(problem);
        }
    }
}

/// What the `env` statements of a block say; a second one is told where the block is read.
fn said(item: &Item) -> Said<'_> {
    let mut said = Said::default();
    for item in item.items() {
        match &item.statement {
            Statement::Env(entries) if said.span.is_none() => {
                said.entries = entries.iter().collect();
                said.span = Some(item.keyword());
            }
            Statement::Boot(_) => said.boots = true,
            _ => {}
        }
    }
    said
}

fn joined(blocks: impl IntoIterator<Item = Block>) -> EcoString {
    blocks.into_iter().map(|block| block.to_string()).collect::<Vec<_>>().join(" ").into()
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::BadName { word } => {
                let fix = word.text.replace("-", "_");
                let diagnostic =
                    Diagnostic::new(codes::BAD_ENVIRONMENT, format!("`{}` is no name of a variable", word.text))
                        .primary(word.span, "the shell takes letters, digits and `_`, and no digit first");
                let mends = fix.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && fix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                if mends { diagnostic.help(format!("write `{fix}`")).fix(word.span, fix) } else { diagnostic }
            }
            Problem::Twice { word } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("the variable `{}` stands here twice", word.text))
                    .primary(word.span, "a second time")
            }
            Problem::UnknownFact { word, nearest } => {
                let names = OwnFact::ALL.map(|(name, _)| format!("`self.{name}`")).join(", ");
                Diagnostic::new(codes::BAD_ENVIRONMENT, format!("a node does not know its `{}`", word.text))
                    .primary(word.span, format!("it knows {names}"))
                    .suggest(word.span, nearest.map(|name| format!("self.{name}")).as_deref())
            }
            Problem::NotKnownYet { attribute } => Diagnostic::new(
                codes::BAD_ENVIRONMENT,
                format!("`{}` is not known when another node is launched", attribute.text),
            )
            .primary(attribute.span, "of other nodes only `private_ip` is known beforehand")
            .help("of itself, a node learns at boot: `self.public_ip`, `self.instance_id`"),
            Problem::NoAddress { path, node, origin } => {
                Diagnostic::new(codes::BAD_ENVIRONMENT, format!("the address of `{node}` is not known beforehand"))
                    .primary(path.span, "EC2 chooses it at launch")
                    .secondary(origin, "no `at` here")
                    .help(format!("say where it stands: `node {node} in … at .10`"))
            }
            Problem::NotAScript { boot, span } => {
                Diagnostic::new(codes::BAD_ENVIRONMENT, "only scripts can be given an environment")
                    .primary(span, "the boot file does not start with `#!`")
                    .secondary(boot, "named here")
                    .help("make it a script, or take `env` out")
            }
            Problem::NoBoot { span } => Diagnostic::new(codes::UNUSED_ENVIRONMENT, "nothing reads this environment")
                .primary(span, "the node has no `boot` script")
                .help("add one, `boot \"file\"`, or take `env` out"),
            Problem::TooMuch { span, len, boot } => {
                let over = len - MAX_USER_DATA;
                let (most, env) = (MAX_USER_DATA, len - boot);
                Diagnostic::new(
                    codes::USER_DATA_TOO_LARGE,
                    format!("the script and its environment are {over} bytes too large"),
                )
                .primary(span, format!("{boot} bytes here and {env} for the environment; EC2 takes {most}"))
                .help("let a short script download the rest")
            }
        }
    }
}
