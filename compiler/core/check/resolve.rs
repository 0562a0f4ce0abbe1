//! What a name that is used stands for.

use super::names::Symbol;
use super::{Checker, Scope};
use crate::model::{Id, Network};
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::{Item, Word};
use ecow::EcoString;

/// What people call every address.
const EVERYBODY: [&str; 8] = ["anywhere", "everywhere", "everyone", "everybody", "internet", "world", "default", "all"];

enum Problem {
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
    Repeated {
        keyword: EcoString,
        span: Span,
        first: Span,
    },
}

impl Checker<'_> {
    /// Looks a name up, in the network that it is used in and then at the top level; `other.name` looks into another
    /// network or a module. Marks it as used. `None` if there is no such name, which is reported.
    pub(super) fn resolve(&mut self, scope: Scope, word: &Word, wanted: &'static str) -> Option<Symbol> {
        let path = self.fill(word).filter(|path| !path.is_empty())?;
        let path = path.split('[').next().unwrap_or_default();
        let mut site = self.names.site(scope);
        let mut done = 0;
        while let Some(len) = path[done..].find('.') {
            let name = &path[done..done + len];
            match self.names.mark(site, name, segment(word, path, done..done + len)) {
                Some(Symbol::Hole) => return Some(Symbol::Hole),
                found => match found.and_then(|symbol| self.names.within(symbol)) {
                    Some(inner) => site = inner,
                    None => {
                        let comparable = self.may_compare(name, self.names.count(site));
                        let nearest = comparable.then(|| self.names.nearest_container(site, name)).flatten();
                        let nearest =
                            nearest.map(|nearest| format!("{}{nearest}{}", &path[..done], &path[done + len..]));
                        let name = path[..done + len].into();
                        self.report(Problem::Unknown { name, span: word.span, nearest, wanted: "a network" });
                        return None;
                    }
                },
            }
            done += len + 1;
        }
        let last = segment(word, path, done..path.len()).or(Some(word.span));
        match self.names.mark(site, &path[done..], last) {
            Some(symbol) => Some(symbol),
            None => {
                let name = &path[done..];
                let comparable = self.may_compare(name, self.names.count(site));
                let nearest = comparable.then(|| self.names.nearest(site, name, wanted)).flatten();
                let nearest = nearest.map(|nearest| format!("{}{nearest}", &path[..done]));
                self.report(Problem::Unknown { name: path.into(), span: word.span, nearest, wanted });
                None
            }
        }
    }

    /// What a name stands for, without marking it as used or reporting anything.
    pub(super) fn peek(&self, network: Id<Network>, word: &Word) -> Option<Symbol> {
        self.names.known(Some(network), &word.text)
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
        let comparable = self.may_compare(wanted, self.names.scope(scope).len());
        let nearest = comparable.then(|| self.names.only_one(scope, wanted)).flatten();
        self.report(Problem::WrongKind { name, span: word.span, found, declared, wanted, nearest });
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
}

/// The place of a part of a path; unknown if parameters were put into it.
fn segment(word: &Word, path: &str, part: std::ops::Range<usize>) -> Option<Span> {
    let start = word.span.start + part.start as u32;
    word.text.starts_with(path).then(|| Span { start, end: start + part.len() as u32, ..word.span })
}

fn everybody(name: &str, wanted: &str) -> bool {
    wanted == "blocks" && EVERYBODY.contains(&name.to_ascii_lowercase().as_str())
}

/// How a thing of the kind that is wanted would be declared.
fn declaration(name: &str, wanted: &str) -> Option<String> {
    if name.contains(['.', '[', '{']) {
        return None;
    }
    Some(match wanted {
        "blocks" => format!("let {name} = 203.0.113.0/24"),
        "a gateway" => format!("gateway {name} internet"),
        "a security group" => format!("sg {name} {{ … }}"),
        "a subnet" => format!("subnet {name} BLOCK az a"),
        "a key" => format!("key {name} \"keys/{name}.pub\""),
        "a route table" => format!("routes {name} {{ … }}"),
        "a network ACL" => format!("acl {name} {{ … }}"),
        _ => return None,
    })
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Unknown { name, span, nearest, wanted } => {
                let diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no `{name}`"))
                    .primary(span, format!("expected {wanted}"));
                match (everybody(&name, wanted), nearest) {
                    (true, _) => diagnostic.help("everything is called `any`").fix(span, "any"),
                    (false, Some(nearest)) => diagnostic.suggest(span, Some(&nearest)),
                    (false, None) => match declaration(&name, wanted) {
                        Some(line) => diagnostic.help(format!("if it is not declared yet: `{line}`")),
                        None => diagnostic,
                    },
                }
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
            Problem::Repeated { keyword, span, first } => {
                Diagnostic::new(codes::REPEATED_STATEMENT, format!("`{keyword}` may stand only once here"))
                    .primary(span, "a second time")
                    .secondary(first, "first here")
                    .help("take one of them out")
            }
        }
    }
}
