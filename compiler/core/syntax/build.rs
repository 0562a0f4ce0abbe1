//! Turns pest's pairs into the tree. What the grammar guarantees is taken for granted, but never by panicking: a
//! part that should be there and isn't becomes an empty word.

use super::forms::{self, Place};
use super::grammar::Rule;
use super::parts::Parts;
use super::{broken, tree::*};
use crate::With;
use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Span};
use ecow::EcoString;
use pest::iterators::{Pair, Pairs};

/// The tree of one file, from the pairs of `Rule::file` over `text`.
pub(super) fn tree(file: FileId, text: &str, pairs: Pairs<'_, Rule>) -> With<Tree> {
    let mut builder = Builder { file, text, problems: Vec::new() };
    let items = builder.items(pairs.flat_map(Pair::into_inner), Place::File);
    With { value: Tree { file, items, readable: true }, problems: builder.problems }
}

/// The statements of a part of a file, from the pairs of `Rule::fragment` over `text`. Their places are told from the
/// start of that part, and it stands in `place`.
pub(super) fn fragment(file: FileId, text: &str, pairs: Pairs<'_, Rule>, place: Place) -> With<Vec<Item>> {
    let mut builder = Builder { file, text, problems: Vec::new() };
    let value = builder.items(pairs.flat_map(Pair::into_inner), place);
    With { value, problems: builder.problems }
}

/// What the block of a statement is that stands in `place` itself.
pub(super) fn place_in(item: &Item, place: Place) -> Place {
    place.inside(as_meant(item.statement.keyword(), place))
}

/// A keyword, or the one that a misspelt one was probably meant to be.
fn as_meant(keyword: &str, place: Place) -> &str {
    if forms::of(keyword, place).is_some() { keyword } else { broken::meant(keyword, place).unwrap_or(keyword) }
}

struct Builder<'t> {
    file: FileId,
    text: &'t str,
    problems: Vec<Diagnostic>,
}

impl Builder<'_> {
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.file, span.start(), span.end())
    }

    fn items<'i>(&mut self, pairs: impl Iterator<Item = Pair<'i, Rule>>, place: Place) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for pair in pairs {
            match pair.as_rule() {
                Rule::EOI | Rule::unclosed | Rule::stray => {}
                Rule::excess => self.excess(pair, items.last_mut(), place),
                rule => {
                    let item = if rule == Rule::broken { self.broken(pair, place) } else { self.item(pair, place) };
                    if let Some(last) = items.last() {
                        self.check_apart(last, &item);
                    }
                    items.push(item);
                }
            }
        }
        items
    }

    /// A statement that follows another one on the same line needs a `;` in between.
    fn check_apart(&mut self, last: &Item, item: &Item) {
        let end = last.span.end as usize;
        let between = &self.text[end..item.span.start as usize];
        // Where a missing brace was put in, the line really ends.
        let line_ends = self.text.as_bytes().get(end.wrapping_sub(1)) == Some(&b'\n');
        if !line_ends && between.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            self.problems.push(
                Diagnostic::new(codes::SYNTAX, "two statements on one line need a `;` between them")
                    .primary(item.keyword(), "start this on a line of its own, or put a `;` before it")
                    .fix(last.span.after(), ";"),
            );
        }
    }

    fn item(&mut self, pair: Pair<'_, Rule>, place: Place) -> Item {
        let mut span = self.span(&pair);
        let rule = pair.as_rule();
        let mut parts = Parts::new(self.file, span, pair.into_inner());
        let statement = self.statement(rule, &mut parts);
        let inside = place.inside(statement.keyword());
        let block = parts.pair(Rule::body).map(|body| self.block(body, inside));
        let head_end = block.as_ref().map_or(span.end, |block| block.span.start) as usize;
        let head_end =
            span.start as usize + self.text[span.start as usize..head_end].trim_end_matches(broken::is_blank).len();
        let head = Span::new(self.file, span.start as usize, head_end);
        if let Some(block) = &block {
            span = span.to(block.span);
        }
        let item = Item { span, head, statement, block };
        if allowed(&item.statement, place) { item } else { self.misplaced(item, place) }
    }

    fn block(&mut self, body: Pair<'_, Rule>, place: Place) -> Block {
        Block { span: self.span(&body), items: self.items(body.into_inner(), place) }
    }

    fn misplaced(&mut self, item: Item, place: Place) -> Item {
        self.problems.push(broken::misplaced(&item, place));
        let words = broken::words(self.file, self.text, item.head);
        Item { statement: Statement::Broken(words), ..item }
    }

    fn broken(&mut self, pair: Pair<'_, Rule>, place: Place) -> Item {
        let span = self.span(&pair);
        let body = pair.into_inner().find(|inner| inner.as_rule() == Rule::body);
        let head_end = body.as_ref().map_or(span.end as usize, |body| body.as_span().start());
        let head = Span {
            end: span.start + self.text[span.start as usize..head_end].trim_end_matches(broken::is_blank).len() as u32,
            ..span
        };
        let mut words = broken::words(self.file, self.text, head);
        if place != Place::Unknown {
            self.problems.push(broken::explain(self.file, self.text, head, &words, place));
        }
        let keyword = EcoString::from(as_meant(words.first().map_or("", |word| &word.text), place));
        if let Some(first) = words.first_mut() {
            first.text = keyword.clone();
        }
        let statement = broken::salvage(&keyword, &words, place).unwrap_or_else(|| Statement::Broken(words));
        // What follows a `$` is a parameter and no block.
        let body = body.filter(|_| !broken::is_dollar(self.text, head));
        let block = body.map(|body| self.block(body, place.inside(&keyword)));
        Item { span, head, statement, block }
    }

    /// What stands behind a statement that could be read.
    fn excess(&mut self, pair: Pair<'_, Rule>, item: Option<&mut Item>, place: Place) {
        let span = self.span(&pair);
        let span =
            Span { end: span.start + self.text[span.range()].trim_end_matches(broken::is_blank).len() as u32, ..span };
        self.problems.push(broken::excess(self.text, span, item.as_deref(), place));
        let Some(item) = item else { return };
        let inside = place.inside(item.statement.keyword());
        if broken::is_unfinished(&item.statement) {
            item.statement = Statement::Broken(broken::words(self.file, self.text, item.head));
        }
        item.span = item.span.to(span);
        let bodies: Vec<_> = pair.into_inner().filter(|inner| inner.as_rule() == Rule::body).collect();
        // One that is never closed goes on to the end of the file, blanks or not.
        item.span = bodies.iter().fold(item.span, |all, body| all.to(self.span(body)));
        if let Some(body) = bodies.into_iter().next() {
            let block = self.block(body, inside);
            if item.block.is_none() {
                item.block = Some(block);
            }
        }
    }

    fn entries(&mut self, pair: Option<Pair<'_, Rule>>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for pair in pair.into_iter().flat_map(Pair::into_inner) {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::entry => {
                    let mut parts = Parts::new(self.file, span, pair.into_inner());
                    entries.push(Entry { key: parts.word(), value: parts.word() });
                }
                Rule::broken | Rule::excess => self.problems.push(broken::entry(self.text, span)),
                _ => {}
            }
        }
        entries
    }

    /// The statement of a rule of the grammar, from its parts. What is left in `parts` is its block.
    fn statement(&mut self, rule: Rule, parts: &mut Parts<'_>) -> Statement {
        use Statement as S;
        match rule {
            Rule::stack => S::Stack(parts.word()),
            Rule::region => S::Region(parts.word()),
            Rule::account => S::Account(parts.word()),
            Rule::param => S::Param { name: parts.word(), of: parts.param_type(), default: parts.list(Rule::values) },
            Rule::let_blocks => S::Let { name: parts.word(), members: parts.list(Rule::members) },
            Rule::key => S::Key { name: parts.word(), file: parts.maybe(Rule::string) },
            Rule::tags => S::Tags(self.entries(parts.pair(Rule::entries))),
            Rule::network => S::Network { name: parts.word(), was: parts.was(), block: parts.word() },
            Rule::quota => S::Quota { name: parts.word(), value: parts.word() },
            Rule::peer => S::Peer(Box::new((parts.word(), parts.word(), parts.peer_end()))),
            Rule::assert => S::Assert {
                from: parts.word(),
                claim: parts.word(),
                to: parts.word(),
                on: parts.pair(Rule::traffic).map(|pair| Box::new(parts.traffic(pair))),
            },
            Rule::use_module => S::Use { file: parts.word(), name: parts.word(), arguments: parts.arguments() },
            Rule::output => S::Output { name: parts.word(), path: parts.word() },
            Rule::existing => S::Existing {
                kind: parts.word(),
                name: parts.word(),
                id: parts.word(),
                block: parts.maybe(Rule::block).or_else(|| parts.maybe(Rule::path)).map(Box::new),
                zone: parts.inner(Rule::az).map(Box::new),
            },
            Rule::share => S::Share(parts.words()),
            Rule::cidr => S::Cidr(parts.word()),
            Rule::ipv6 => S::Ipv6(parts.maybe(Rule::number)),
            Rule::tenancy => S::Tenancy(parts.word()),
            Rule::dns => S::Dns(parts.maybe(Rule::string).or_else(|| parts.maybe(Rule::switch))),
            Rule::gateway => S::Gateway(Box::new(Gateway {
                name: parts.word(),
                was: parts.was(),
                kind: parts.word(),
                subnet: parts.inner(Rule::inside),
                elastic: parts.inner(Rule::with_elastic),
                asn: parts.inner(Rule::asn),
            })),
            Rule::elastic => S::Elastic { name: parts.word(), was: parts.boxed_was(), zones: parts.list(Rule::zones) },
            Rule::customer => S::Customer {
                name: parts.word(),
                was: parts.boxed_was(),
                address: parts.word(),
                asn: parts.inner(Rule::asn).unwrap_or_else(|| parts.hole()),
            },
            Rule::vpn => {
                S::Vpn { name: parts.word(), was: parts.boxed_was(), gateway: parts.word(), customer: parts.word() }
            }
            Rule::routes => S::Routes { name: parts.word(), was: parts.boxed_was() },
            Rule::subnet => S::Subnet(Box::new(Subnet {
                name: parts.word(),
                was: parts.was(),
                block: parts.word(),
                zones: parts.zones(),
            })),
            Rule::sg => {
                S::Sg { names: parts.many(Rule::path), was: parts.boxed_was(), description: parts.maybe(Rule::string) }
            }
            Rule::acl => S::Acl { name: parts.word(), was: parts.boxed_was() },
            Rule::acl_entry => S::AclEntry(Box::new(AclEntry {
                number: parts.word(),
                verdict: parts.word(),
                direction: parts.word(),
                traffic: parts.need_traffic(),
                place: parts.word(),
            })),
            Rule::endpoint => S::Endpoint(Box::new(Endpoint {
                name: parts.word(),
                was: parts.was(),
                kind: parts.word(),
                service: parts.word(),
                subnets: parts.list(Rule::paths),
            })),
            Rule::flow_log => S::FlowLog { name: parts.word(), was: parts.boxed_was(), target: parts.word() },
            Rule::node => S::Node(Box::new(Node {
                name: parts.word(),
                indices: parts.inner(Rule::indices),
                was: parts.was(),
                subnet: parts.inner(Rule::inside).unwrap_or_else(|| parts.hole()),
                start: parts.inner(Rule::start),
            })),
            Rule::lockdown => S::Lockdown,
            Rule::defaults => S::Defaults,
            Rule::keep => S::Keep,
            Rule::public => S::Public,
            Rule::private => S::Private,
            Rule::route => S::Route { destination: parts.word(), target: parts.word() },
            Rule::propagate => S::Propagate(parts.word()),
            Rule::ingress => S::Ingress(Box::new(parts.rule_line())),
            Rule::egress if parts.maybe(Rule::nothing).is_some() => S::EgressNone,
            Rule::egress => S::Egress(Box::new(parts.rule_line())),
            Rule::type_of => S::Type(parts.word()),
            Rule::image => S::Image(parts.image()),
            Rule::boot => S::Boot(parts.word()),
            Rule::disk => S::Disk(Box::new(Disk {
                name: parts.inner(Rule::disk_name),
                size: parts.word(),
                volume_type: parts.inner(Rule::volume_type),
                unencrypted: parts.maybe(Rule::unencrypted).map(|word| word.span),
            })),
            Rule::env => S::Env(self.entries(parts.pair(Rule::entries))),
            Rule::role => S::Role(parts.word()),
            Rule::imds => S::Imds(parts.word()),
            Rule::at => S::At(parts.words()),
            Rule::policy => S::Policy(parts.word()),
            Rule::domain => S::Domain(parts.word()),
            Rule::servers => S::Servers(parts.words()),
            Rule::ntp => S::Ntp(parts.words()),
            Rule::hostnames => S::Hostnames(parts.word()),
            Rule::support => S::Support(parts.word()),
            Rule::traffic_kind => S::TrafficKind(parts.word()),
            Rule::every => S::Every(parts.word()),
            _ => S::Broken(Vec::new()),
        }
    }
}

fn allowed(statement: &Statement, place: Place) -> bool {
    match statement {
        Statement::Broken(_) => true,
        _ if place == Place::Unknown => true,
        Statement::AclEntry(_) => place == Place::Acl,
        statement => forms::keywords(place).any(|keyword| keyword == statement.keyword()),
    }
}
