//! What is under the cursor, in Markdown.

use super::Snapshot;
use super::facts::{count, facts, range};
use super::items::items_around;
use super::lexer::{Kind, Token, tokens};
use super::names::{declaration, name_at, places};
use super::ports::service;
use crate::check::{Declaration, catalogue};
use crate::net::Block;
use crate::source::{FileId, Span};
use crate::syntax::{Item, Statement, Traffic, forms};

/// What is under the cursor.
#[derive(Clone, Debug)]
pub struct Hover {
    /// What it speaks of.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// What is to be said of what is under the cursor.
pub fn hover(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Hover> {
    if let Some(name) = name_at(snapshot, file, offset) {
        let declared = declaration(snapshot, &name)?;
        return Some(Hover { span: name.span, text: of_name(snapshot, declared) });
    }
    let around = items_around(snapshot, file, offset);
    let item = around.last()?;
    let token = word_at(snapshot, item, offset)?;
    let word = snapshot.text(file).get(token.range.clone())?;
    let span = Span::new(file, token.range.start, token.range.end);
    if span.start == item.head.start {
        let place = around
            .iter()
            .rev()
            .skip(1)
            .rev()
            .fold(forms::Place::File, |place, outer| place.inside(outer.statement.keyword()));
        return of_keyword(word, place).map(|text| Hover { span: item.keyword(), text });
    }
    let text =
        of_port(item, span, word).or_else(|| of_value(snapshot, span)).or_else(|| of_word(snapshot, item, word))?;
    Some(Hover { span, text })
}

fn word_at(snapshot: &Snapshot, item: &Item, offset: usize) -> Option<Token> {
    let start = item.span.start as usize;
    let text = snapshot.sources().text(item.span);
    let shifted =
        tokens(text).map(|token| Token { range: token.range.start + start..token.range.end + start, ..token });
    shifted
        .take_while(|token| token.range.start <= offset)
        .find(|token| offset <= token.range.end && matches!(token.kind, Kind::Word | Kind::Text))
}

fn of_name(snapshot: &Snapshot, declared: &Declaration) -> String {
    let line = statement(snapshot, declared);
    let mut text = format!("```vpc\n{line}\n```\n{} `{}`\n", capital(declared.noun), declared.address);
    let all = snapshot.compiled.index.all_declared_at(declared.span);
    let mut seen = Vec::new();
    for line in all.flat_map(|declared| facts(snapshot, declared)) {
        if !seen.contains(&line) {
            text += &format!("- {line}\n");
            seen.push(line);
        }
    }
    let uses = places(snapshot, declared.span, false).len();
    text + &format!("\nused {}\n", if uses == 0 { "nowhere".to_owned() } else { count(uses as u128, "time") })
}

/// The statement that declares something, without its block.
fn statement<'s>(snapshot: &'s Snapshot, declared: &Declaration) -> &'s str {
    let around = items_around(snapshot, declared.span.file, declared.span.start as usize);
    around.last().map_or("", |item| snapshot.sources().text(item.head).trim_end())
}

fn capital(noun: &str) -> String {
    let mut chars = noun.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What a keyword starts.
pub(super) fn of_keyword(word: &str, place: forms::Place) -> Option<String> {
    let form = match place {
        forms::Place::Acl if word.starts_with(|c: char| c.is_ascii_digit()) => &forms::ACL_ENTRY,
        _ => forms::of(word, place)?,
    };
    let homes = forms::homes(form.keyword);
    let stands = if homes.is_empty() { String::new() } else { format!("\n\nStands {homes}.\n") };
    Some(format!("```vpc\n{}\n```\n{}{stands}", form.form, form.about))
}

fn traffic(item: &Item) -> Option<&Traffic> {
    match &item.statement {
        Statement::Ingress(rule) | Statement::Egress(rule) => Some(&rule.traffic),
        Statement::AclEntry(entry) => Some(&entry.traffic),
        Statement::Assert { on, .. } => on.as_deref(),
        _ => None,
    }
}

fn of_port(item: &Item, span: Span, word: &str) -> Option<String> {
    traffic(item)?.ports.iter().find(|port| port.span == span)?;
    let services = word.split('-').filter_map(|port| service(port.parse().ok()?));
    let services: Vec<&str> = services.collect();
    (!services.is_empty()).then(|| format!("{word}: {}", services.join(" to ")))
}

/// What parameters come to, and what a block holds.
fn of_value(snapshot: &Snapshot, span: Span) -> Option<String> {
    let values: Vec<&str> = snapshot.compiled.index.values_at(span).map(|value| value.text.as_str()).collect();
    let written = snapshot.sources().text(span);
    let each = |text: &str| match text.parse::<Block>() {
        Ok(block) => range(block),
        Err(_) => format!("`{text}`"),
    };
    match values.as_slice() {
        [] => written.parse::<Block>().ok().map(range),
        values => Some(values.iter().map(|text| each(text)).collect::<Vec<_>>().join("\n\n")),
    }
}

fn of_word(snapshot: &Snapshot, item: &Item, word: &str) -> Option<String> {
    if let (Statement::Region(_), Some(zones)) = (&item.statement, catalogue::zones(word)) {
        let zones: Vec<String> = zones.chars().map(|zone| format!("{word}{zone}")).collect();
        return Some(format!("AWS Region with {}", zones.join(", ")));
    }
    zone(snapshot, item, word).or_else(|| meaning(word).map(str::to_owned))
}

/// The whole name of the zone that a letter stands for.
fn zone(snapshot: &Snapshot, item: &Item, word: &str) -> Option<String> {
    let model = &snapshot.compiled.checked.value;
    let (_, subnet) = model.subnets.iter().find(|(_, subnet)| subnet.origin == item.head)?;
    let region = model.networks.get(subnet.network)?.region.as_ref().or(model.region.as_ref())?;
    let known = catalogue::zones(region)?.chars().any(|zone| word.len() == 1 && word.starts_with(zone));
    known.then(|| format!("zone `{region}{word}`"))
}

/// What a word of the language means within a statement.
fn meaning(word: &str) -> Option<&'static str> {
    Some(match word {
        "any" => "0.0.0.0/0, and ::/0 where the network has IPv6",
        "self" => "the members of this very group",
        "internet" => "everything outside, over an internet gateway",
        "nat" => "lets out behind one public address what has none of its own, and nothing in",
        "unencrypted" => "the disk is not encrypted, as it would be otherwise",
        "across" => "one subnet in each of these zones; a zone's letter fixes its place in the block",
        "each" => "how large the block of each zone is",
        "az" => "the zone of the region that it stands in",
        "via" => "what takes the traffic: a gateway, a peering, or a node that forwards",
        "at" => "the first private address; those of a range follow it",
        "was" => "what it was called before: so it is kept and not made anew",
        "by" => "whose images are looked through: amazon, self, aws-marketplace or an account",
        "as" => "the name under which the file's statements are known here",
        "asn" => "the number of an autonomous system, for BGP",
        "elastic" => "the Elastic IP that it uses",
        "echo" => "ping: echo requests",
        "allow" => "lets such traffic through, unless an entry with a lower number stops it",
        "deny" => "stops such traffic, unless an entry with a lower number lets it through",
        "can" => "every member of the first reaches every member of the second",
        "cannot" => "no member of the first reaches any of the second",
        _ => return None,
    })
}
