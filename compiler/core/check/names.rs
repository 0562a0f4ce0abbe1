//! Names: what is declared, once and where, and what a name that is used stands for.

use super::{Checker, Scope, inputs::NotABlock};
use crate::model::{Gateway, Group, Id, Key, Network, Node, RouteTable, Subnet};
use crate::net::Block;
use crate::problem::{Code, Diagnostic, Label, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, Item, Statement, Tree, Word, forms};
use ecow::EcoString;
use std::collections::{BTreeMap, HashMap};

/// Names that mean something by themselves.
const RESERVED: [&str; 5] = ["internet", "any", "self", "all", "none"];

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Param,
    Let(usize),
    Key(Id<Key>),
    Network(Id<Network>),
    Gateway(Id<Gateway>),
    Table(Id<RouteTable>),
    Subnet(Id<Subnet>),
    Group(Id<Group>),
    Node(Id<Node>),
    /// Declared by a statement that could not be read or is not built yet; that is reported already.
    Hole,
}

impl Symbol {
    /// The kind of thing, with its article.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Symbol::Param => "a parameter",
            Symbol::Let(_) => "a set of blocks",
            Symbol::Key(_) => "a key",
            Symbol::Network(_) => "a network",
            Symbol::Gateway(_) => "a gateway",
            Symbol::Table(_) => "a route table",
            Symbol::Subnet(_) => "a subnet",
            Symbol::Group(_) => "a security group",
            Symbol::Node(_) => "a node",
            Symbol::Hole => "something",
        }
    }
}

pub(super) struct Entry {
    pub(super) symbol: Symbol,
    pub(super) span: Span,
    pub(super) used: bool,
}

/// The names of one scope.
type Scoped = HashMap<EcoString, Entry>;

/// All names, by the scope that they are declared in.
#[derive(Default)]
pub(super) struct Names {
    top: Scoped,
    networks: Vec<Scoped>,
    lets: Vec<Vec<Block>>,
    /// The network and the place of each group, also of those that the model does not hold yet.
    groups: Vec<(Id<Network>, Span)>,
}

/// A statement that declares something, with what is known of it so far.
pub(super) struct Declared<'t, S> {
    pub(super) network: Id<Network>,
    pub(super) item: &'t Item,
    pub(super) statement: &'t S,
    pub(super) name: EcoString,
}

/// All declarations, each list in the order of the model's arena.
#[derive(Default)]
pub(super) struct Declarations<'t> {
    pub(super) keys: Vec<(&'t Item, &'t Word, EcoString)>,
    pub(super) networks: Vec<(&'t Item, EcoString)>,
    pub(super) gateways: Vec<Declared<'t, syntax::Gateway>>,
    pub(super) tables: Vec<Declared<'t, Word>>,
    pub(super) subnets: Vec<Declared<'t, syntax::Subnet>>,
    pub(super) groups: Vec<Declared<'t, Word>>,
    pub(super) nodes: Vec<Declared<'t, syntax::Node>>,
    lets: Vec<(&'t Word, &'t [Word])>,
}

pub(super) enum Problem {
    Twice {
        name: EcoString,
        span: Span,
        first: Span,
    },
    Reserved {
        word: Word,
    },
    Unknown {
        name: EcoString,
        span: Span,
        nearest: Option<String>,
        wanted: &'static str,
    },
    WrongKind {
        name: EcoString,
        span: Span,
        found: Symbol,
        declared: Span,
        wanted: &'static str,
        nearest: Option<String>,
    },
    NotBuilt {
        item: Span,
        keyword: EcoString,
    },
    Ring {
        name: EcoString,
        span: Span,
    },
    Repeated {
        keyword: EcoString,
        span: Span,
        first: Span,
    },
    NetworkAsMember {
        name: EcoString,
        span: Span,
    },
}

impl Checker<'_> {
    /// Declares every name of the program and evaluates its `let`s.
    pub(super) fn declare<'t>(&mut self, trees: &'t [Tree]) -> Declarations<'t> {
        let mut declared = Declarations::default();
        for item in trees.iter().flat_map(|tree| &tree.items) {
            self.declare_top(item, &mut declared);
        }
        self.lets(&declared);
        declared
    }

    fn declare_top<'t>(&mut self, item: &'t Item, declared: &mut Declarations<'t>) {
        match &item.statement {
            Statement::Param { name, .. } => {
                self.add(None, name, Symbol::Param);
            }
            Statement::Let { name, members } => {
                self.add(None, name, Symbol::Let(declared.lets.len()));
                declared.lets.push((name, members));
            }
            Statement::Key { name, .. } => {
                let text = self.add(None, name, Symbol::Key(Id::new(declared.keys.len())));
                declared.keys.push((item, name, text));
            }
            Statement::Network { name, was: None, .. } => {
                let id = Id::new(declared.networks.len());
                let text = self.add(None, name, Symbol::Network(id));
                declared.networks.push((item, text));
                self.names.networks.push(Scoped::default());
                for item in item.items() {
                    self.declare_in(id, item, declared);
                }
            }
            Statement::Stack(_)
            | Statement::Region(_)
            | Statement::Account(_)
            | Statement::Tags(_)
            | Statement::Quota { .. } => {}
            _ => self.declare_hole(None, item),
        }
    }

    fn declare_in<'t>(&mut self, network: Id<Network>, item: &'t Item, declared: &mut Declarations<'t>) {
        let scope = Some(network);
        match &item.statement {
            Statement::Gateway(statement)
                if statement.was.is_none() && matches!(statement.kind.text.as_str(), "internet") =>
            {
                let name = self.add(scope, &statement.name, Symbol::Gateway(Id::new(declared.gateways.len())));
                declared.gateways.push(Declared { network, item, statement, name });
            }
            Statement::Routes { name: word, was: None } if word.text != "main" => {
                let name = self.add(scope, word, Symbol::Table(Id::new(declared.tables.len())));
                declared.tables.push(Declared { network, item, statement: word, name });
            }
            Statement::Subnet(statement)
                if statement.was.is_none() && matches!(statement.zones, syntax::Zones::Az(_)) =>
            {
                let name = self.add(scope, &statement.name, Symbol::Subnet(Id::new(declared.subnets.len())));
                declared.subnets.push(Declared { network, item, statement, name });
            }
            Statement::Sg { names, was: None, .. } if names.len() == 1 && names[0].text != "default" => {
                let name = self.add(scope, &names[0], Symbol::Group(Id::new(declared.groups.len())));
                self.names.groups.push((network, item.head));
                declared.groups.push(Declared { network, item, statement: &names[0], name });
            }
            Statement::Node(statement) if statement.was.is_none() => {
                let name = self.add(scope, &statement.name, Symbol::Node(Id::new(declared.nodes.len())));
                declared.nodes.push(Declared { network, item, statement, name });
            }
            Statement::Region(_)
            | Statement::Tags(_)
            | Statement::Tenancy(_)
            | Statement::Dns(_)
            | Statement::Defaults => {}
            _ => self.declare_hole(scope, item),
        }
    }

    /// A statement that is broken or not built yet: what it would declare is a hole.
    fn declare_hole(&mut self, scope: Scope, item: &Item) {
        let place = if scope.is_some() { forms::Place::Network } else { forms::Place::File };
        let keyword = item.statement.keyword();
        if let Statement::Broken(words) = &item.statement {
            self.declare_broken(scope, words, place);
            return;
        }
        self.report(Problem::NotBuilt { item: item.keyword(), keyword: keyword.into() });
        let head = &self.sources.file(item.head.file).text[item.head.range()];
        let name = head.split([' ', '\t']).filter(|word| !word.is_empty()).nth(1).unwrap_or_default();
        self.declare_unread(scope, keyword, name, item.head, place);
    }

    fn declare_broken(&mut self, scope: Scope, words: &[Word], place: forms::Place) {
        let [keyword, name, ..] = words else { return };
        let keyword = match forms::of(&keyword.text, place) {
            Some(form) => form.keyword,
            None => match nearest(&keyword.text, forms::keywords(place)) {
                Some(keyword) => keyword,
                None => return,
            },
        };
        self.declare_unread(scope, keyword, &name.text, name.span, place);
    }

    fn declare_unread(&mut self, scope: Scope, keyword: &str, name: &str, span: Span, place: forms::Place) {
        let name = name.split(['[', '{', '=']).next().unwrap_or_default();
        let declares = forms::of(keyword, place).is_some_and(|form| form.declares);
        if declares && !name.is_empty() {
            let entry = Entry { symbol: Symbol::Hole, span, used: true };
            self.names.scope_mut(scope).entry(name.into()).or_insert(entry);
        }
    }

    /// Declares one name, and gives it with its parameters put in.
    fn add(&mut self, scope: Scope, word: &Word, symbol: Symbol) -> EcoString {
        let name = self.fill(word).unwrap_or_else(|| word.text.clone());
        if RESERVED.contains(&name.as_str()) {
            self.report(Problem::Reserved { word: word.clone() });
            let hole = Entry { symbol: Symbol::Hole, span: word.span, used: true };
            self.names.scope_mut(scope).insert(name.clone(), hole);
            return name;
        }
        match self.names.scope(scope).get(&name).map(|entry| entry.span) {
            Some(first) => self.report(Problem::Twice { name: name.clone(), span: word.span, first }),
            None => {
                let entry = Entry { symbol, span: word.span, used: symbol == Symbol::Param };
                self.names.scope_mut(scope).insert(name.clone(), entry);
            }
        }
        name
    }

    /// Looks a name up, in the network that it is used in and then at the top level; `other.name` looks into another
    /// network. Marks it as used. `None` if there is no such name, which is reported.
    pub(super) fn resolve(&mut self, scope: Scope, word: &Word, wanted: &'static str) -> Option<Symbol> {
        let path = self.fill(word).filter(|path| !path.is_empty())?;
        let path = path.split('[').next().unwrap_or_default();
        let (scope, name) = match path.split_once('.') {
            None => (scope, path),
            Some((network, name)) => match self.names.top.get(network).map(|entry| entry.symbol) {
                Some(Symbol::Network(id)) => (Some(id), name),
                Some(Symbol::Hole) => return Some(Symbol::Hole),
                _ => {
                    let nearest =
                        nearest(network, self.names.networks_by_name()).map(|nearest| format!("{nearest}.{name}"));
                    let name = network.into();
                    self.report(Problem::Unknown { name, span: word.span, nearest, wanted: "a network" });
                    return None;
                }
            },
        };
        match self.names.find_mut(scope, name) {
            Some(entry) => {
                entry.used = true;
                Some(entry.symbol)
            }
            None => {
                let nearest = self.names.nearest(scope, name, wanted);
                let nearest = nearest.map(|nearest| format!("{}{nearest}", &path[..path.len() - name.len()]));
                self.report(Problem::Unknown { name: path.into(), span: word.span, nearest, wanted });
                None
            }
        }
    }

    /// What a name without dots stands for, without marking it as used or reporting anything.
    pub(super) fn peek(&self, network: Id<Network>, word: &Word) -> Option<Symbol> {
        match word.text.split_once('.') {
            None => self.names.find(Some(network), &word.text),
            Some((other, name)) => match self.names.top.get(other)?.symbol {
                Symbol::Network(id) => self.names.scope(Some(id)).get(name),
                _ => None,
            },
        }
        .map(|entry| entry.symbol)
    }

    /// The network that a group is declared in, and where.
    pub(super) fn group_home(&self, id: Id<Group>) -> (Id<Network>, Span) {
        self.names.groups[id.index()]
    }

    /// Looks up a name of one kind; any other kind is reported.
    pub(super) fn resolve_as<T>(
        &mut self,
        scope: Scope,
        word: &Word,
        wanted: &'static str,
        pick: impl Fn(Symbol) -> Option<T>,
    ) -> Option<T> {
        let found = self.resolve(scope, word, wanted)?;
        if found == Symbol::Hole {
            return None;
        }
        let picked = pick(found);
        if picked.is_none() {
            self.wrong_kind(scope, word, found, wanted);
        }
        picked
    }

    pub(super) fn wrong_kind(&mut self, scope: Scope, word: &Word, found: Symbol, wanted: &'static str) {
        let name = word.text.clone();
        let declared = self.names.find(scope, &name).map_or(word.span, |entry| entry.span);
        let nearest = self.names.only_one(scope, wanted);
        self.report(Problem::WrongKind { name, span: word.span, found, declared, wanted, nearest });
    }

    /// Evaluates the sets of blocks, each after those that it names, whatever their order in the program.
    fn lets(&mut self, declared: &Declarations<'_>) {
        let count = declared.lets.len();
        self.names.lets = vec![Vec::new(); count];
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut open = vec![0; count];
        for (index, (_, members)) in declared.lets.iter().enumerate() {
            for word in *members {
                if let Some(Symbol::Let(named)) = self.names.find(None, &word.text).map(|entry| entry.symbol) {
                    users[named].push(index);
                    open[index] += 1;
                }
            }
        }
        let mut ready: Vec<usize> = (0..count).rev().filter(|index| open[*index] == 0).collect();
        while let Some(index) = ready.pop() {
            let blocks = declared.lets[index].1.iter().flat_map(|word| self.plain_blocks(word)).collect();
            self.names.lets[index] = blocks;
            for user in std::mem::take(&mut users[index]) {
                open[user] -= 1;
                if open[user] == 0 {
                    ready.push(user);
                }
            }
        }
        if let Some(index) = open.iter().position(|open| *open > 0) {
            let name = declared.lets[index].0;
            self.report(Problem::Ring { name: name.text.clone(), span: name.span });
        }
    }

    /// The blocks of a member of a `let`: a literal, a parameter, or an earlier `let`.
    fn plain_blocks(&mut self, word: &Word) -> Vec<Block> {
        if !word.is_name() {
            return self.block_literal(word).into_iter().collect();
        }
        match self.resolve(None, word, "blocks") {
            Some(Symbol::Param) => self.param_blocks(word),
            Some(Symbol::Let(index)) => self.names.lets[index].clone(),
            Some(Symbol::Network(_)) => {
                self.report(Problem::NetworkAsMember { name: word.text.clone(), span: word.span });
                Vec::new()
            }
            Some(Symbol::Hole) | None => Vec::new(),
            Some(found) => {
                self.wrong_kind(None, word, found, "blocks");
                Vec::new()
            }
        }
    }

    /// The blocks of a `let`.
    pub(super) fn let_blocks(&self, index: usize) -> Vec<Block> {
        self.names.lets.get(index).cloned().unwrap_or_default()
    }

    /// The blocks of a parameter; a parameter that is no block is reported.
    pub(super) fn param_blocks(&mut self, word: &Word) -> Vec<Block> {
        match self.inputs.blocks(&word.text) {
            Some(blocks) => blocks,
            None => {
                if self.inputs.is_known(&word.text) {
                    self.report(
                        Diagnostic::new(
                            codes::WRONG_KIND,
                            format!("the parameter `{}` is no address block", word.text),
                        )
                        .primary(word.span, "expected blocks")
                        .help(format!("declare it as one: `param {} cidr`", word.text)),
                    );
                }
                Vec::new()
            }
        }
    }

    /// A block as it is written, with its parameters put in.
    pub(super) fn block_literal(&mut self, word: &Word) -> Option<Block> {
        let text = self.fill(word).filter(|text| !text.is_empty())?;
        let parsed = text.parse::<Block>().map_err(|why| NotABlock { text, span: word.span, why });
        self.accept(parsed)
    }

    /// One block: a literal, or a parameter that is one.
    pub(super) fn one_block(&mut self, word: &Word) -> Option<Block> {
        if !word.is_name() {
            return self.block_literal(word);
        }
        self.resolve_as(None, word, "a block", |symbol| (symbol == Symbol::Param).then_some(()))?;
        match self.param_blocks(word).as_slice() {
            [block] => Some(*block),
            [] => None,
            _ => {
                self.report(
                    Diagnostic::new(codes::BAD_VALUE, format!("`{}` is several blocks", word.text))
                        .primary(word.span, "one block fits here"),
                );
                None
            }
        }
    }

    /// Reports a statement that may stand once and stands here again; gives whether it is the first.
    pub(super) fn once(&mut self, seen: &mut Option<Span>, item: &Item) -> bool {
        match *seen {
            Some(first) => {
                let keyword = item.statement.keyword().into();
                self.report(Problem::Repeated { keyword, span: item.head, first });
                false
            }
            None => {
                *seen = Some(item.head);
                true
            }
        }
    }

    /// Reports a statement that is not built yet.
    pub(super) fn not_built(&mut self, item: &Item) {
        if !matches!(item.statement, Statement::Broken(_)) {
            self.report(Problem::NotBuilt { item: item.keyword(), keyword: item.statement.keyword().into() });
        }
    }
}

impl Names {
    fn scope(&self, scope: Scope) -> &Scoped {
        scope.and_then(|network| self.networks.get(network.index())).unwrap_or(&self.top)
    }

    fn scope_mut(&mut self, scope: Scope) -> &mut Scoped {
        match scope.and_then(|network| self.networks.get_mut(network.index())) {
            Some(names) => names,
            None => &mut self.top,
        }
    }

    fn find(&self, scope: Scope, name: &str) -> Option<&Entry> {
        self.scope(scope).get(name).or_else(|| self.top.get(name))
    }

    fn find_mut(&mut self, scope: Scope, name: &str) -> Option<&mut Entry> {
        if self.scope(scope).contains_key(name) {
            return self.scope_mut(scope).get_mut(name);
        }
        self.top.get_mut(name)
    }

    /// Names that can be used in a scope, sorted, those of the wanted kind first.
    fn visible(&self, scope: Scope, wanted: &str) -> Vec<&str> {
        let inner = scope.map(|_| self.scope(scope)).into_iter();
        let mut names: Vec<(bool, &str)> = inner
            .chain(std::iter::once(&self.top))
            .flatten()
            .map(|(name, entry)| (entry.symbol.noun() != wanted, name.as_str()))
            .collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }

    fn nearest(&self, scope: Scope, name: &str, wanted: &str) -> Option<String> {
        nearest(name, self.visible(scope, wanted)).map(str::to_owned)
    }

    /// The name of the only thing of a kind in a scope, if there is just one.
    fn only_one(&self, scope: Scope, wanted: &str) -> Option<String> {
        let mut of_kind = self.scope(scope).iter().filter(|(_, entry)| entry.symbol.noun() == wanted);
        match (of_kind.next(), of_kind.next()) {
            (Some((name, _)), None) => Some(name.to_string()),
            _ => None,
        }
    }

    fn networks_by_name(&self) -> impl Iterator<Item = &str> {
        let networks = self.top.iter().filter(|(_, entry)| matches!(entry.symbol, Symbol::Network(_)));
        networks.map(|(name, _)| name.as_str()).collect::<std::collections::BTreeSet<_>>().into_iter()
    }

    /// Everything that is declared and never used.
    pub(super) fn unused(&self) -> Vec<(&EcoString, &Entry)> {
        let all = std::iter::once(&self.top).chain(&self.networks).flatten();
        let mut unused: Vec<_> = all.filter(|(_, entry)| !entry.used).collect();
        unused.sort_by_key(|(_, entry)| entry.span);
        unused
    }
}

/// Codes of which the same message at several places is one mistake: a name that is missing everywhere it is used.
static MERGED: [&Code; 4] =
    [codes::UNKNOWN_NAME, codes::WRONG_KIND, codes::UNKNOWN_INSTANCE_TYPE, codes::UNSUPPORTED_STATEMENT];

/// Tells a mistake that shows at many places once, at the first of them.
pub(super) fn merge_repeated(problems: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(&str, String), (usize, Vec<Label>)> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for problem in std::mem::take(problems) {
        if MERGED.contains(&problem.code) {
            let key = (problem.code.slug, problem.message.clone());
            if let Some((_, more)) = first.get_mut(&key) {
                more.extend(problem.labels.into_iter().filter(|label| label.primary));
                continue;
            }
            first.insert(key, (kept.len(), Vec::new()));
        }
        kept.push(problem);
    }
    for (index, more) in first.into_values() {
        let problem = &mut kept[index];
        match more.len() {
            0 => {}
            1 | 2 => problem.labels.extend(more.into_iter().map(|label| Label {
                primary: false,
                message: "here too".into(),
                ..label
            })),
            count => problem.notes.insert(0, format!("the same at {count} more places")),
        }
    }
    *problems = kept;
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Twice { name, span, first } => {
                Diagnostic::new(codes::DECLARED_TWICE, format!("`{name}` is declared twice"))
                    .primary(span, "declared again here")
                    .secondary(first, "first declared here")
                    .help("give one of them another name")
            }
            Problem::Reserved { word } => {
                Diagnostic::new(codes::RESERVED_NAME, format!("`{}` cannot be declared", word.text))
                    .primary(word.span, "this name has a meaning of its own")
                    .help(format!("choose another name; {} are taken by the language", RESERVED.join(", ")))
            }
            Problem::Unknown { name, span, nearest, wanted } => {
                Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no `{name}`"))
                    .primary(span, format!("expected {wanted}"))
                    .suggest(span, nearest.as_deref())
            }
            Problem::WrongKind { name, span, found, declared, wanted, nearest } => {
                let diagnostic =
                    Diagnostic::new(codes::WRONG_KIND, format!("`{name}` is {}, not {wanted}", found.noun()))
                        .primary(span, format!("expected {wanted}"));
                let diagnostic =
                    if declared == span { diagnostic } else { diagnostic.secondary(declared, "declared here") };
                match nearest {
                    Some(name) => diagnostic.help(format!("`{name}` is one")).fix(span, name),
                    None => diagnostic,
                }
            }
            Problem::NotBuilt { item, keyword } => Diagnostic::new(
                codes::UNSUPPORTED_STATEMENT,
                format!("this version of vpcc does not build `{keyword}` in this form"),
            )
            .primary(item, "part of the language, but not of this version")
            .help("leave it out for now; `vpcc explain unsupported-statement` lists what is built"),
            Problem::Repeated { keyword, span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("`{keyword}` may stand only once here"))
                    .primary(span, "a second time")
                    .secondary(first, "first here")
                    .help("take one of them out")
            }
            Problem::Ring { name, span } => Diagnostic::new(codes::BAD_VALUE, format!("`{name}` is made of itself"))
                .primary(span, "the sets that it names lead back to it")
                .help("take one name out of the ring"),
            Problem::NetworkAsMember { name, span } => {
                Diagnostic::new(codes::WRONG_KIND, format!("`{name}` is a network, not blocks"))
                    .primary(span, "a `let` holds blocks")
                    .help(format!("name the network itself where the rule is: `from {name}`"))
            }
        }
    }
}
