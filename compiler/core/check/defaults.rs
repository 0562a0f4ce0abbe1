//! What a network comes with, where the program says how it is to be: the default security group and the default
//! network ACL, and `lockdown`, which empties both.

use super::Checker;
use super::declare::{Declarations, Declared};
use crate::model::{Acl, Group, Id, Network, Tags};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Statement};
use ecow::EcoString;

/// The name of what a network comes with.
pub(super) const DEFAULT: &str = "default";

/// What the parts of the network's address are called that they stand at.
const GROUP_PART: &str = "default-sg";
const ACL_PART: &str = "default-acl";
const TABLE_PART: &str = "main-table";

/// What stands for the table that a network comes with, in place of a name.
pub(super) const MAIN: &str = "main";

enum Problem {
    Twice { keyword: EcoString, span: Span, first: Span },
    LockdownWith { keyword: EcoString, span: Span, lockdown: Span },
    Described { span: Span },
    LockedOut { what: String, span: Span, by: Span, statement: &'static str, form: &'static str },
}

/// Whether a statement speaks of what a network comes with.
pub(super) fn is_default(statement: &Statement) -> bool {
    match statement {
        Statement::Acl { name, .. } => name.text == DEFAULT,
        Statement::Sg { names, .. } => names.len() == 1 && names[0].text == DEFAULT,
        Statement::Routes { name, .. } => name.text == MAIN,
        _ => false,
    }
}

impl Checker<'_> {
    /// The address of something declared in a network.
    pub(super) fn address_in(&self, network: Id<Network>, item: &Item, name: &str) -> crate::model::Address {
        let address = &self.model.networks[network].address;
        match &item.statement {
            statement if !is_default(statement) => address.member(name),
            Statement::Acl { .. } => address.part(ACL_PART),
            Statement::Routes { .. } => address.part(TABLE_PART),
            _ => address.part(GROUP_PART),
        }
    }

    /// Takes in the default network ACLs, and those groups and ACLs that `lockdown` empties. Groups must be built.
    pub(super) fn defaults_of_networks(&mut self, declared: &Declarations<'_>) {
        for declared in &declared.default_acls {
            self.enter(declared.network);
            self.default_acl(declared);
        }
        let groups: Vec<_> = self.model.groups.iter().filter(|(_, group)| group.is_default).collect();
        let groups: Vec<_> = groups.into_iter().map(|(id, group)| (id, group.network)).collect();
        for (id, network) in groups {
            self.model.networks[network].default_group = Some(id);
        }
        for Declared { network, item, .. } in &declared.lockdowns {
            self.enter(*network);
            self.lockdown(*network, item, declared);
        }
    }

    fn default_acl(&mut self, declared: &Declared<'_>) {
        let (network, item) = (declared.network, declared.item);
        if self.model.networks[network].existing.is_some() {
            return self.would_change_existing(item);
        }
        if let Some(first) = self.model.networks[network].default_acl {
            let first = self.model.acls[first].origin;
            return self.report(Problem::Twice { keyword: "acl default".into(), span: item.head, first });
        }
        let address = self.address_in(network, item, DEFAULT);
        let id = self.acl(Acl { is_default: true, ..Acl::new(address, item.head, network) }, item);
        self.model.networks[network].default_acl = Some(id);
    }

    /// Reports what a default group cannot have.
    pub(super) fn check_default_group(&mut self, declared: &Declared<'_>) {
        if self.model.networks[declared.network].existing.is_some() {
            self.would_change_existing(declared.item);
        }
        if let Statement::Sg { description: Some(word), .. } = &declared.item.statement {
            self.report(Problem::Described { span: word.span });
        }
    }

    fn lockdown(&mut self, network: Id<Network>, item: &Item, declared: &Declarations<'_>) {
        if self.model.networks[network].existing.is_some() {
            return self.would_change_existing(item);
        }
        let all = declared.default_acls.iter().chain(&declared.groups).chain(&declared.lockdowns);
        let other = all.filter(|other| other.network == network && !std::ptr::eq(other.item, item));
        let mut other = other.filter(|other| {
            let again = matches!(other.item.statement, Statement::Lockdown) && other.item.span < item.span;
            again || is_default(&other.item.statement)
        });
        if let Some(other) = other.next() {
            let (keyword, span) = (other.item.statement.keyword().into(), other.item.head);
            return self.report(match other.item.statement {
                Statement::Lockdown => Problem::Twice { keyword, span: item.head, first: span },
                _ => Problem::LockdownWith { keyword, span, lockdown: item.head },
            });
        }
        let address = &self.model.networks[network].address;
        let (acl, group) = (address.part(ACL_PART), address.part(GROUP_PART));
        let acl = Acl { is_default: true, ..Acl::new(acl, item.head, network) };
        let group = Group {
            address: group,
            name: DEFAULT.into(),
            is_default: true,
            origin: item.head,
            existing: None,
            network,
            description: None,
            rules: Vec::new(),
            limits_egress: true,
            tags: Tags::new(),
        };
        self.model.networks[network].default_acl = Some(self.model.acls.push(acl));
        self.model.networks[network].default_group = Some(self.model.groups.push(group));
    }

    /// Warns of subnets and nodes that have nothing but what lets nothing through.
    pub(super) fn check_locked_out(&mut self) {
        let mut problems = Vec::new();
        for (_, subnet) in self.model.subnets.iter() {
            let acl = self.model.networks[subnet.network].default_acl.filter(|_| subnet.acl.is_none());
            let Some(acl) = acl.map(|acl| &self.model.acls[acl]) else { continue };
            if acl.entries.iter().all(|entry| !entry.allow) {
                let what = format!("nothing comes into or leaves the subnet `{}`", subnet.name);
                let (span, by) = (subnet.origin, acl.origin);
                let statement = "uses the network's default ACL";
                problems.push(Problem::LockedOut { what, span, by, statement, form: "acl NAME" });
            }
        }
        for (_, node) in self.model.nodes.iter() {
            let mut groups = node.settings.groups.iter().flatten();
            let in_default = groups.all(|(group, _)| self.model.groups[*group].is_default);
            let group = self.model.networks[node.network].default_group.filter(|_| in_default);
            let Some(group) = group.map(|group| &self.model.groups[group]) else { continue };
            if group.rules.is_empty() && group.limits_egress {
                let what = format!("nothing reaches `{}`, and it reaches nothing", node.address.name());
                let (span, by) = (node.origin, group.origin);
                let statement = "is in the network's default group alone";
                problems.push(Problem::LockedOut { what, span, by, statement, form: "sg NAME" });
            }
        }
        self.problems.extend(problems.into_iter().map(Diagnostic::from));
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Twice { keyword, span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("`{keyword}` may stand only once here"))
                    .primary(span, "a second time")
                    .secondary(first, "first here")
                    .help("take one of them out")
            }
            Problem::LockdownWith { keyword, span, lockdown } => Diagnostic::new(
                codes::REPEATED_STATEMENT,
                format!("`lockdown` and `{keyword} default` contradict each other"),
            )
            .primary(span, "says what goes through")
            .secondary(lockdown, "lets nothing through")
            .help("take one of them out; without `lockdown`, write `sg default { egress none }` and `acl default { }`"),
            Problem::Described { span } => {
                Diagnostic::new(codes::BAD_NAME, "the default group keeps the description that EC2 gives it")
                    .primary(span, "cannot be changed")
                    .help("take it out")
            }
            Problem::LockedOut { what, span, by, statement, form } => Diagnostic::new(codes::LOCKED_OUT, what)
                .primary(span, statement)
                .secondary(by, "which lets nothing through")
                .help(format!("give it one of its own: `{form}`")),
        }
    }
}
