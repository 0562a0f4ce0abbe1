//! Declarations: every name of the program, once and where.

use super::defaults::{DEFAULT, MAIN, is_default};
use super::modules::Program;
use super::names::{Entry, RESERVED, Symbol};
use super::{Checker, Scope};
use crate::model::{Id, Network};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{self, Item, Statement, Word, forms};
use ecow::EcoString;

/// A statement in a network that declares something.
pub(super) struct Declared<'t> {
    pub(super) network: Id<Network>,
    pub(super) item: &'t Item,
    pub(super) name: EcoString,
}

/// A statement at the top level of a module that declares something.
pub(super) struct DeclaredAtTop<'t> {
    pub(super) module: usize,
    pub(super) item: &'t Item,
    pub(super) name: EcoString,
}

/// An assertion, in a network or at the top level of a module.
pub(super) struct DeclaredClaim<'t> {
    pub(super) module: usize,
    pub(super) network: Scope,
    pub(super) item: &'t Item,
}

/// All declarations. A [`Symbol`] holds the place of its declaration in one of these lists.
#[derive(Default)]
pub(super) struct Declarations<'t> {
    pub(super) keys: Vec<DeclaredAtTop<'t>>,
    pub(super) peers: Vec<DeclaredAtTop<'t>>,
    pub(super) networks: Vec<DeclaredAtTop<'t>>,
    pub(super) elastics: Vec<Declared<'t>>,
    pub(super) gateways: Vec<Declared<'t>>,
    pub(super) customers: Vec<Declared<'t>>,
    pub(super) vpns: Vec<Declared<'t>>,
    pub(super) tables: Vec<Declared<'t>>,
    pub(super) subnets: Vec<Declared<'t>>,
    pub(super) acls: Vec<Declared<'t>>,
    pub(super) endpoints: Vec<Declared<'t>>,
    pub(super) flow_logs: Vec<Declared<'t>>,
    /// The place of the declaration of the subnet that each flow log is of; `None` for those of networks.
    pub(super) logged_subnets: Vec<Option<usize>>,
    pub(super) main_tables: Vec<Declared<'t>>,
    pub(super) default_acls: Vec<Declared<'t>>,
    pub(super) lockdowns: Vec<Declared<'t>>,
    pub(super) groups: Vec<Declared<'t>>,
    pub(super) nodes: Vec<Declared<'t>>,
    pub(super) images: Vec<DeclaredAtTop<'t>>,
    pub(super) lets: Vec<(&'t Word, &'t [Word])>,
    pub(super) claims: Vec<DeclaredClaim<'t>>,
}

impl<'t> Declarations<'t> {
    /// The declarations in networks, those that are further in first.
    pub(super) fn in_networks(&self) -> [&[Declared<'t>]; 13] {
        [
            &self.elastics,
            &self.gateways,
            &self.customers,
            &self.vpns,
            &self.tables,
            &self.subnets,
            &self.acls,
            &self.main_tables,
            &self.default_acls,
            &self.endpoints,
            &self.flow_logs,
            &self.groups,
            &self.nodes,
        ]
    }
}

enum Problem {
    Twice { name: EcoString, span: Span, first: Span },
    Reserved { word: Word },
    Misplaced { item: Span, keyword: EcoString },
    InModule { item: Span, keyword: EcoString },
    ExistingPlace { kind: Word },
}

impl Checker<'_> {
    /// Declares every name of the program, module by module, and evaluates parameters and `let`s on the way: a module's
    /// arguments may name those of its user.
    pub(super) fn declare<'t>(&mut self, program: &'t Program) -> Declarations<'t> {
        let mut declared = Declarations::default();
        for (module, user) in program.modules.iter().map(|module| module.user).enumerate() {
            if let Some((user, tree, item)) = user
                && let Statement::Use { name, arguments, .. } = &program.tree(tree).items[item].statement
            {
                self.enter_module(user);
                let values = self.arguments(arguments);
                self.open_module(Some((user, name)));
                self.inputs(program, module, &values);
            } else {
                self.open_module(None);
                let values = self.given.clone();
                self.inputs(program, module, &values);
            }
            let (mut uses, lets) = (0, declared.lets.len());
            for item in program.trees(module).flat_map(|tree| &tree.items) {
                if let Statement::Use { name, .. } = &item.statement {
                    let symbol = program.used(module, uses).map_or(Symbol::Hole, Symbol::Module);
                    self.add(None, name, symbol);
                    uses += 1;
                } else {
                    self.declare_top(module, item, &mut declared);
                }
            }
            self.lets(&declared, lets);
        }
        declared
    }

    fn declare_top<'t>(&mut self, module: usize, item: &'t Item, declared: &mut Declarations<'t>) {
        match &item.statement {
            Statement::Param { name, .. } => {
                self.add(None, name, Symbol::Param);
            }
            Statement::Let { name, members } => {
                self.add(None, name, Symbol::Let(declared.lets.len()));
                declared.lets.push((name, members));
            }
            Statement::Key { name: word, .. } => {
                let name = self.add(None, word, Symbol::Key(Id::new(declared.keys.len())));
                declared.keys.push(DeclaredAtTop { module, item, name });
            }
            Statement::Image(syntax::Image::Made { name: word, .. }) => {
                let name = self.add(None, word, Symbol::Image(Id::new(declared.images.len())));
                declared.images.push(DeclaredAtTop { module, item, name });
            }
            Statement::Image(syntax::Image::Named(word) | syntax::Image::Newest { pattern: word, .. }) => {
                self.image_without_source(item, word);
            }
            Statement::Existing { kind, name: word, .. } if kind.text == "network" => {
                self.declare_network(module, item, word, declared);
            }
            Statement::Existing { kind, name, .. } => {
                self.report(Problem::ExistingPlace { kind: kind.clone() });
                self.names.add_hole(None, &name.text, name.span);
            }
            Statement::Peer(statement) => {
                let name = self.add(None, &statement.0, Symbol::Peer(declared.peers.len()));
                declared.peers.push(DeclaredAtTop { module, item, name });
            }
            Statement::Network { name: word, .. } => self.declare_network(module, item, word, declared),
            Statement::Stack(_) | Statement::Region(_) | Statement::Account(_) | Statement::Quota { .. } => {
                if module > 0 {
                    let keyword = item.statement.keyword().into();
                    self.report(Problem::InModule { item: item.keyword(), keyword });
                }
            }
            Statement::Assert { .. } => declared.claims.push(DeclaredClaim { module, network: None, item }),
            Statement::Tags(_) | Statement::Output { .. } => {}
            _ => self.declare_hole(None, item),
        }
    }

    fn declare_network<'t>(&mut self, module: usize, item: &'t Item, word: &Word, declared: &mut Declarations<'t>) {
        let id = Id::new(declared.networks.len());
        let name = self.add(None, word, Symbol::Network(id));
        declared.networks.push(DeclaredAtTop { module, item, name });
        let address = self.address(&declared.networks[id.index()].name);
        self.names.open_network(address);
        for item in item.items() {
            self.declare_in(id, item, declared);
        }
    }

    fn declare_in<'t>(&mut self, network: Id<Network>, item: &'t Item, declared: &mut Declarations<'t>) {
        let scope = Some(network);
        let (list, word, symbol): (&mut Vec<Declared<'t>>, _, _) = match &item.statement {
            Statement::Elastic { name, .. } => {
                let symbol = Symbol::Elastic(declared.elastics.len());
                (&mut declared.elastics, name, symbol)
            }
            Statement::Gateway(statement) => {
                let symbol = Symbol::Gateway(declared.gateways.len());
                (&mut declared.gateways, &statement.name, symbol)
            }
            Statement::Customer { name, .. } => {
                let symbol = Symbol::Customer(Id::new(declared.customers.len()));
                (&mut declared.customers, name, symbol)
            }
            Statement::Vpn { name, .. } => (&mut declared.vpns, name, Symbol::Vpn),
            Statement::Routes { name, .. } if name.text == MAIN => {
                declared.main_tables.push(Declared { network, item, name: MAIN.into() });
                return;
            }
            Statement::Routes { name, .. } => {
                let symbol = Symbol::Table(Id::new(declared.tables.len()));
                (&mut declared.tables, name, symbol)
            }
            Statement::Subnet(statement) => {
                let symbol = Symbol::Subnet(declared.subnets.len());
                self.declare_flow_logs(network, item, declared);
                (&mut declared.subnets, &statement.name, symbol)
            }
            Statement::Sg { names, .. } if names.len() == 1 => {
                let symbol = Symbol::Group(Id::new(declared.groups.len()));
                self.names.add_group(network, item.head);
                (&mut declared.groups, &names[0], symbol)
            }
            statement @ Statement::Acl { .. } if is_default(statement) => {
                declared.default_acls.push(Declared { network, item, name: DEFAULT.into() });
                return;
            }
            Statement::Endpoint(statement) => {
                let symbol = Symbol::Endpoint(declared.endpoints.len());
                (&mut declared.endpoints, &statement.name, symbol)
            }
            Statement::FlowLog { name, .. } => {
                declared.logged_subnets.push(None);
                (&mut declared.flow_logs, name, Symbol::FlowLog)
            }
            Statement::Lockdown => {
                declared.lockdowns.push(Declared { network, item, name: EcoString::new() });
                return;
            }
            Statement::Acl { name, .. } => {
                let symbol = Symbol::Acl(Id::new(declared.acls.len()));
                (&mut declared.acls, name, symbol)
            }
            Statement::Node(statement) => {
                let symbol = Symbol::Node(declared.nodes.len());
                (&mut declared.nodes, &statement.name, symbol)
            }
            Statement::Existing { kind, name, .. } if kind.text == "subnet" => {
                let symbol = Symbol::Subnet(declared.subnets.len());
                (&mut declared.subnets, name, symbol)
            }
            Statement::Existing { kind, name, .. } if kind.text == "sg" => {
                let symbol = Symbol::Group(Id::new(declared.groups.len()));
                self.names.add_group(network, item.head);
                (&mut declared.groups, name, symbol)
            }
            Statement::Existing { kind, name, .. } => {
                self.report(Problem::ExistingPlace { kind: kind.clone() });
                return self.names.add_hole(scope, &name.text, name.span);
            }
            Statement::Assert { .. } => {
                declared.claims.push(DeclaredClaim { module: self.module(), network: scope, item });
                return;
            }
            Statement::Region(_)
            | Statement::Cidr(_)
            | Statement::Ipv6(_)
            | Statement::Tags(_)
            | Statement::Keep
            | Statement::Tenancy(_)
            | Statement::Dns(_)
            | Statement::Defaults => return,
            _ => return self.declare_hole(scope, item),
        };
        let name = self.add(scope, word, symbol);
        list.push(Declared { network, item, name });
    }

    /// Declares the flow logs of a subnet, whose names are the network's.
    fn declare_flow_logs<'t>(&mut self, network: Id<Network>, subnet: &'t Item, declared: &mut Declarations<'t>) {
        for item in subnet.items() {
            let Statement::FlowLog { name, .. } = &item.statement else { continue };
            let name = self.add(Some(network), name, Symbol::FlowLog);
            declared.logged_subnets.push(Some(declared.subnets.len()));
            declared.flow_logs.push(Declared { network, item, name });
        }
    }

    /// A statement that is broken or misplaced: what it would declare is a hole.
    fn declare_hole(&mut self, scope: Scope, item: &Item) {
        let place = if scope.is_some() { forms::Place::Network } else { forms::Place::File };
        let keyword = item.statement.keyword();
        if let Statement::Broken(words) = &item.statement {
            self.declare_broken(scope, words, place);
            return;
        }
        self.report(Problem::Misplaced { item: item.keyword(), keyword: keyword.into() });
        let head = &self.sources.file(item.head.file).text[item.head.range()];
        let name = head.split([' ', '\t']).filter(|word| !word.is_empty()).nth(1).unwrap_or_default();
        let behind = head.get(keyword.len()..).and_then(|rest| rest.find(name)).unwrap_or_default();
        let start = item.head.start as usize + keyword.len() + behind;
        self.declare_unread(scope, keyword, name, Span::new(item.head.file, start, start + name.len()), place);
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
            let len = (span.end - span.start).min(name.len() as u32);
            self.names.add_hole(scope, name, Span { end: span.start + len, ..span });
        }
    }

    /// Declares one name, and gives it with its parameters put in.
    fn add(&mut self, scope: Scope, word: &Word, symbol: Symbol) -> EcoString {
        let name = self.fill(word).unwrap_or_else(|| word.text.clone());
        if RESERVED.contains(&name.as_str()) {
            self.report(Problem::Reserved { word: word.clone() });
            self.names.index_declaration(scope, &name, word.span, Symbol::Hole);
            let hole = Entry { symbol: Symbol::Hole, span: word.span, used: true };
            self.names.scope_mut(scope).insert(name.clone(), hole);
            return name;
        }
        match self.names.scope(scope).get(&name).map(|entry| entry.span) {
            Some(first) => self.report(Problem::Twice { name: name.clone(), span: word.span, first }),
            None => {
                self.names.index_declaration(scope, &name, word.span, symbol);
                let used = matches!(symbol, Symbol::Param | Symbol::Hole) || name == DEFAULT;
                self.names.scope_mut(scope).insert(name.clone(), Entry { symbol, span: word.span, used });
            }
        }
        name
    }

    /// Reports a statement that does not belong where it stands.
    pub(super) fn misplaced(&mut self, item: &Item) {
        if !matches!(item.statement, Statement::Broken(_)) {
            self.report(Problem::Misplaced { item: item.keyword(), keyword: item.statement.keyword().into() });
        }
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Twice { name, span, first } => {
                Diagnostic::new(codes::DECLARED_TWICE, format!("`{name}` is declared twice"))
                    .primary(span, "declared again here")
                    .secondary(first, "first declared here")
                    .help(if name == DEFAULT { "take one of them out" } else { "give one of them another name" })
            }
            Problem::Reserved { word } => {
                Diagnostic::new(codes::RESERVED_NAME, format!("`{}` cannot be declared", word.text))
                    .primary(word.span, "this name has a meaning of its own")
                    .help(format!("choose another name; {} are taken by the language", RESERVED.join(", ")))
            }
            Problem::Misplaced { item, keyword } => {
                Diagnostic::new(codes::MISPLACED_STATEMENT, format!("`{keyword}` does not belong here"))
                    .primary(item, "not in this place, or not in this form")
            }
            Problem::ExistingPlace { kind } => {
                let kinds = ["network", "subnet", "sg"];
                let diagnostic = Diagnostic::new(
                    codes::EXISTING,
                    format!("no existing `{}` can be used here", kind.text),
                )
                .primary(kind.span, "an existing network stands at the top level, its subnets and groups in its block");
                match nearest(&kind.text, kinds).filter(|nearest| *nearest != kind.text) {
                    Some(nearest) => diagnostic.suggest(kind.span, Some(nearest)),
                    None => diagnostic.help("write `existing network NAME vpc-… BLOCK { existing subnet … }`"),
                }
            }
            Problem::InModule { item, keyword } => {
                Diagnostic::new(codes::MISPLACED_STATEMENT, format!("a module has no `{keyword}` of its own"))
                    .primary(item, "only the program that uses it says this")
                    .help("move it into the file that is planned, or make it a `param`")
            }
        }
    }
}
