//! Names: what is declared, in which scope, and what it stands for.

use super::{Checker, Index, Scope};
use crate::model::{Acl, Address, Customer, Group, Id, Key, MadeImage, Network, RouteTable};
use crate::net::Block;
use crate::problem::nearest_ranked;
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;
use std::collections::HashMap;

/// Names that mean something by themselves.
pub const RESERVED: [&str; 5] = ["internet", "any", "self", "all", "none"];

/// What a name stands for. Plain numbers are places in the lists of declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Param,
    Let(usize),
    Key(Id<Key>),
    Network(Id<Network>),
    Module(usize),
    Elastic(usize),
    Gateway(usize),
    Customer(Id<Customer>),
    Vpn,
    Peer(usize),
    Table(Id<RouteTable>),
    Subnet(usize),
    Acl(Id<Acl>),
    Endpoint(usize),
    FlowLog,
    Group(Id<Group>),
    Node(usize),
    Image(Id<MadeImage>),
    /// Declared by a statement that could not be read or is misplaced; that is reported already.
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
            Symbol::Module(_) => "a module",
            Symbol::Elastic(_) => "an Elastic IP",
            Symbol::Gateway(_) => "a gateway",
            Symbol::Customer(_) => "a customer gateway",
            Symbol::Peer(_) => "a peer",
            Symbol::Vpn => "a VPN connection",
            Symbol::Table(_) => "a route table",
            Symbol::Subnet(_) => "a subnet",
            Symbol::Acl(_) => "a network ACL",
            Symbol::Endpoint(_) => "an endpoint",
            Symbol::FlowLog => "a flow log",
            Symbol::Group(_) => "a security group",
            Symbol::Node(_) => "a node",
            Symbol::Image(_) => "an image",
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
pub(super) type Scoped = HashMap<EcoString, Entry>;

/// All names, by the scope that they are declared in.
#[derive(Default)]
pub(super) struct Names {
    /// The module that is being checked.
    module: usize,
    modules: Vec<ModuleNames>,
    /// The names of each network, and the module that it is declared in.
    networks: Vec<(usize, Scoped)>,
    network_addresses: Vec<Address>,
    pub(super) lets: Vec<Vec<Block>>,
    /// The network and the place of each group, also of those that the model does not hold yet.
    groups: Vec<(Id<Network>, Span)>,
    pub(super) index: Index,
}

/// The names at the top level of a module, and what it is called where it is used.
struct ModuleNames {
    address: Option<Address>,
    /// Where it is given its name, if it is used by another one.
    user: Option<Span>,
    names: Scoped,
}

/// Where a name is looked up.
#[derive(Clone, Copy)]
pub(super) struct Site {
    module: usize,
    network: Scope,
    /// Whether it was reached by a path, so that only what is declared right there counts.
    inside: bool,
}

impl Checker<'_> {
    /// From here on names and parameters are those of a module.
    pub(super) fn enter_module(&mut self, module: usize) {
        self.names.module = module;
    }

    /// From here on names and parameters are those of the module in which a network is declared.
    pub(super) fn enter(&mut self, network: Id<Network>) {
        self.names.module = self.names.networks[network.index()].0;
    }

    /// The module that is being checked; the first is the program itself.
    pub(super) fn module(&self) -> usize {
        self.names.module
    }

    /// Where the module that is being checked is given its name.
    pub(super) fn user_of_module(&self) -> Option<Span> {
        self.names.modules[self.names.module].user
    }

    /// Opens a module, with its user and its name there, and enters it.
    pub(super) fn open_module(&mut self, user: Option<(usize, &Word)>) {
        let address = user.map(|(user, name)| match &self.names.modules[user].address {
            Some(address) => address.member(&name.text),
            None => Address::top(&name.text),
        });
        let user = user.map(|(_, name)| name.span);
        self.names.modules.push(ModuleNames { address, user, names: Scoped::default() });
        self.names.module = self.names.modules.len() - 1;
    }

    /// The address of something at the top level of the module that is being checked.
    pub(super) fn address(&self, name: &str) -> Address {
        match &self.names.modules[self.names.module].address {
            Some(module) => module.member(name),
            None => Address::top(name),
        }
    }

    /// The network that a group is declared in, and where.
    pub(super) fn group_home(&self, id: Id<Group>) -> (Id<Network>, Span) {
        self.names.groups[id.index()]
    }
}

impl Names {
    /// Makes room for the names of one more network of the module.
    pub(super) fn open_network(&mut self, address: Address) {
        self.networks.push((self.module, Scoped::default()));
        self.network_addresses.push(address);
    }

    /// Declares a name of which nothing more is known, unless it is declared already.
    pub(super) fn add_hole(&mut self, scope: Scope, name: &str, span: Span) {
        self.index_declaration(scope, &name.into(), span, Symbol::Hole);
        let entry = Entry { symbol: Symbol::Hole, span, used: true };
        self.scope_mut(scope).entry(name.into()).or_insert(entry);
    }

    /// Notes a declaration for editors.
    pub(super) fn index_declaration(&mut self, scope: Scope, name: &EcoString, span: Span, symbol: Symbol) {
        let outer = match scope {
            Some(network) => self.network_addresses.get(network.index()),
            None => self.modules.get(self.module).and_then(|module| module.address.as_ref()),
        };
        let address = outer.map_or_else(|| Address::top(name), |outer| outer.member(name));
        self.index.declare(span, name, address, symbol.noun(), (self.module, scope));
    }

    /// Looks a name up, marks it as used, and notes where.
    pub(super) fn mark(&mut self, site: Site, name: &str, place: Option<Span>) -> Option<Symbol> {
        let entry = self.find_mut(site, name)?;
        entry.used = true;
        let (symbol, of) = (entry.symbol, entry.span);
        if let Some(place) = place {
            self.index.note(place, of);
        }
        Some(symbol)
    }

    /// Keeps where a group is declared.
    pub(super) fn add_group(&mut self, network: Id<Network>, span: Span) {
        self.groups.push((network, span));
    }

    /// What a path stands for in a scope, whatever stands in brackets at its end.
    pub(super) fn known(&self, scope: Scope, path: &str) -> Option<Symbol> {
        let path = path.split('[').next()?;
        let mut site = self.site(scope);
        let mut segments = path.split('.').peekable();
        while let Some(name) = segments.next() {
            let symbol = self.find_at(site, name)?.symbol;
            if segments.peek().is_none() {
                return Some(symbol);
            }
            site = self.within(symbol)?;
        }
        None
    }

    pub(super) fn site(&self, scope: Scope) -> Site {
        let module = scope.map_or(self.module, |network| self.networks[network.index()].0);
        Site { module, network: scope, inside: false }
    }

    /// Where the names inside a network or a module are.
    pub(super) fn within(&self, symbol: Symbol) -> Option<Site> {
        match symbol {
            Symbol::Network(id) => Some(Site { module: self.networks[id.index()].0, network: Some(id), inside: true }),
            Symbol::Module(module) => Some(Site { module, network: None, inside: true }),
            _ => None,
        }
    }

    /// The names that are declared in a scope itself.
    pub(super) fn scope(&self, scope: Scope) -> &Scoped {
        match scope {
            Some(network) => &self.networks[network.index()].1,
            None => &self.modules[self.module].names,
        }
    }

    /// The names that are declared in a scope itself, to add to them.
    pub(super) fn scope_mut(&mut self, scope: Scope) -> &mut Scoped {
        match scope {
            Some(network) => &mut self.networks[network.index()].1,
            None => &mut self.modules[self.module].names,
        }
    }

    /// What a name without dots stands for in a scope.
    pub(super) fn find(&self, scope: Scope, name: &str) -> Option<&Entry> {
        self.find_at(self.site(scope), name)
    }

    fn find_at(&self, site: Site, name: &str) -> Option<&Entry> {
        self.scopes(site).find_map(|names| names.get(name))
    }

    fn find_mut(&mut self, site: Site, name: &str) -> Option<&mut Entry> {
        match site.network {
            Some(network) if site.inside || self.networks[network.index()].1.contains_key(name) => {
                self.networks[network.index()].1.get_mut(name)
            }
            _ => self.modules[site.module].names.get_mut(name),
        }
    }

    /// The scopes in which a name is looked up, the nearest first.
    fn scopes(&self, site: Site) -> impl Iterator<Item = &Scoped> {
        let top = (site.network.is_none() || !site.inside).then(|| &self.modules[site.module].names);
        site.network.map(|network| &self.networks[network.index()].1).into_iter().chain(top)
    }

    /// The name most like a misspelt one that can be used at a site; of two that are as near, one of the wanted kind.
    pub(super) fn nearest(&self, site: Site, name: &str, wanted: &str) -> Option<String> {
        let all = self.scopes(site).flatten();
        let ranked = all.map(|(name, entry)| ((entry.symbol.noun() != wanted, name.as_str()), name.as_str()));
        nearest_ranked(name, ranked).map(str::to_owned)
    }

    /// How many names can be used at a site.
    pub(super) fn count(&self, site: Site) -> usize {
        self.scopes(site).map(|names| names.len()).sum()
    }

    /// The name of the only thing of a kind in a scope, if there is just one.
    pub(super) fn only_one(&self, scope: Scope, wanted: &str) -> Option<String> {
        let mut of_kind = self.scope(scope).iter().filter(|(_, entry)| entry.symbol.noun() == wanted);
        match (of_kind.next(), of_kind.next()) {
            (Some((name, _)), None) => Some(name.to_string()),
            _ => None,
        }
    }

    /// The same for the name of a network or a module.
    pub(super) fn nearest_container(&self, site: Site, name: &str) -> Option<String> {
        let all = self.scopes(site).flatten().filter(|(_, entry)| self.within(entry.symbol).is_some());
        nearest_ranked(name, all.map(|(name, _)| (name.as_str(), name.as_str()))).map(str::to_owned)
    }

    /// Everything that is declared and never used.
    pub(super) fn unused(&self) -> Vec<(&EcoString, &Entry)> {
        let tops = self.modules.iter().map(|module| &module.names);
        let all = tops.chain(self.networks.iter().map(|(_, names)| names)).flatten();
        let mut unused: Vec<_> = all.filter(|(_, entry)| !entry.used).collect();
        unused.sort_by_key(|(_, entry)| entry.span);
        unused
    }
}
