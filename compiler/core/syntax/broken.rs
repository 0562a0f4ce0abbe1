//! Says what is wrong with a statement that could not be read.

use super::forms::{self, Place};
use super::grammar::{Rule, VpcParser};
use super::tree::{Item, Node, Statement, Subnet, Word, Zones};
use super::{foreign, rewrite};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::{FileId, Span};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

/// More words of a broken statement than these are not looked at.
const MAX_WORDS: usize = 64;

/// The words of a stretch of text: what blanks and commas separate; strings stay whole.
pub(super) fn words(file: FileId, text: &str, span: Span) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = span.range();
    while words.len() < MAX_WORDS {
        let slice = &text[rest.clone()];
        let Some(skip) = slice.find(|c: char| !c.is_whitespace() && c != ',') else { break };
        let slice = &slice[skip..];
        let len = word_len(slice);
        let start = rest.start + skip;
        words.push(Word { text: slice[..len].into(), span: Span::new(file, start, start + len) });
        rest.start = start + len;
    }
    words
}

fn word_len(slice: &str) -> usize {
    match slice.strip_prefix('"').and_then(|rest| rest.find('"')) {
        Some(quote) => quote + 2,
        None => slice.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(slice.len()),
    }
}

/// What separates words in the grammar; other white space is as wrong as any other character.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The keyword that a misspelt one was probably meant to be.
pub(super) fn meant(word: &str, place: Place) -> Option<&'static str> {
    if let Some(own) = foreign::own(word, place) {
        return Some(own.keyword);
    }
    nearest(word, forms::keywords(place)).or_else(|| nearest(word, forms::FORMS.iter().map(|form| form.keyword)))
}

/// What can be known of a broken statement that holds others, so that those can be checked all the same.
pub(super) fn salvage(keyword: &str, words: &[Word], place: Place) -> Option<Statement> {
    let hole = || Word { text: "".into(), span: words.last().map_or(words[0].span, |last| last.span.after()) };
    let after = |word: &str| {
        let at = words.iter().position(|other| other.text == word)?;
        words.get(at + 1).cloned()
    };
    let written = words.get(1).filter(|word| word.is_name())?;
    let (name, indices) = match written.text.split_once('[') {
        Some((name, rest)) => (name, rest.strip_suffix(']')),
        None => (written.text.as_str(), None),
    };
    let name = Word { text: name.into(), span: Span { end: written.span.start + name.len() as u32, ..written.span } };
    let block = words.get(2).filter(|word| word.text.contains('/') && is_whole(Rule::block, &word.text)).cloned();
    match (keyword, place) {
        ("network", Place::File) => Some(Statement::Network { name, was: None, block: block.unwrap_or_else(hole) }),
        ("routes", Place::Network) => Some(Statement::Routes { name, was: None }),
        ("sg", Place::Network) => Some(Statement::Sg { names: vec![name], was: None, description: None }),
        ("subnet", Place::Network) => {
            let zones = Zones::Az(after("az").unwrap_or_else(hole));
            Some(Statement::Subnet(Box::new(Subnet { name, was: None, block: block.unwrap_or_else(hole), zones })))
        }
        ("node", Place::Network) => {
            let indices = indices.map(|text| {
                let text = if is_whole(Rule::range, text) { text.into() } else { "".into() };
                Word { text, span: written.span }
            });
            let start = after("at").or_else(|| Some(hole()));
            Some(Statement::Node(Box::new(Node {
                name,
                indices,
                was: None,
                subnet: after("in").unwrap_or_else(hole),
                start,
            })))
        }
        _ => None,
    }
}

/// Whether a rule of the grammar reads all of a text.
fn is_whole(rule: Rule, text: &str) -> bool {
    let read = VpcParser::parse(rule, text).ok().and_then(|mut pairs| pairs.next());
    read.is_some_and(|pair| pair.as_str() == text)
}

/// Whether a statement lacks what may stand elsewhere in its line.
pub(super) fn is_unfinished(statement: &Statement) -> bool {
    match statement {
        Statement::Key { file, .. } => file.is_none(),
        Statement::Dns(word) => word.is_none(),
        Statement::Gateway(gateway) => gateway.kind.text == "nat" && gateway.subnet.is_none(),
        _ => false,
    }
}

/// Whether the head of a statement ends in a `$`, with the name of a parameter in braces behind it.
pub(super) fn is_dollar(text: &str, head: Span) -> bool {
    let behind = text.get(head.end as usize..).unwrap_or_default();
    text.get(head.range()).is_some_and(|head| head.ends_with('$')) && behind.starts_with('{')
}

/// What is wrong with the head of a statement that matches no form.
pub(super) fn explain(file: FileId, text: &str, head: Span, words: &[Word], place: Place) -> Diagnostic {
    let slice = &text[head.range()];
    let keyword = words.first().map_or("", |word| word.text.as_str());
    if rewrite::comment(slice) == Some(0) {
        return comment(head.file, head.start as usize);
    }
    if is_dollar(text, head) {
        let dollar = Span { start: head.end - 1, ..head };
        return Diagnostic::new(codes::SYNTAX, "a parameter stands in braces alone: `{x}`")
            .primary(dollar, "without `$`")
            .fix(dollar, "");
    }
    let numbered = place == Place::Acl && keyword.starts_with(|c: char| c.is_ascii_digit());
    let form = if numbered { Some(&forms::ACL_ENTRY) } else { forms::of(keyword, place) };
    let Some(form) = form else {
        let meant = rewrite::meant(slice, place).and_then(|meant| rewritten(slice, head, meant));
        return meant.unwrap_or_else(|| unknown(text, words, head, place));
    };
    if !form.places.contains(&place) {
        return not_here(keyword, Span { end: head.start + keyword.len() as u32, ..head }, place);
    }
    let written = format!("write it as `{}`", form.form);
    if let Some(open) = open_string(slice) {
        return unclosed_text(Span::new(file, head.start as usize + open, head.end as usize));
    }
    let meant = rewrite::meant(slice, place);
    if let Some(told) = meant.as_ref().and_then(|meant| rewritten(slice, head, meant.clone())) {
        return told;
    }
    let (offset, expected) = failure(slice);
    let at = head.start as usize + offset;
    let found = &text[at..head.end as usize];
    let len = found_len(found);
    let message = match &expected {
        Some(expected) if len == 0 => format!("unfinished statement: {expected} is missing"),
        Some(expected) => format!("expected {expected}, found `{}`", &found[..len]),
        None => format!("`{}` does not fit here", &found[..len]),
    };
    let label = expected.map_or("not what may stand here".to_owned(), |expected| format!("expected {expected}"));
    let diagnostic = Diagnostic::new(codes::SYNTAX, message).primary(Span::new(file, at, at + len), label);
    match meant {
        Some(meant) => diagnostic.help(format!("write `{}`", meant.line)).fix(head, meant.line),
        None => diagnostic.help(written),
    }
}

/// Tells what a line was meant to be, if there is a short way to say what is wrong with it.
fn rewritten(slice: &str, head: Span, meant: rewrite::Meant) -> Option<Diagnostic> {
    let start = head.start as usize + meant.at;
    let len = found_len(slice.get(meant.at..).unwrap_or_default());
    let diagnostic = Diagnostic::new(codes::SYNTAX, meant.title?)
        .primary(Span::new(head.file, start, start + len), "")
        .help(format!("write `{}`", meant.line));
    Some(diagnostic.fix(head, meant.line))
}

fn comment(file: FileId, at: usize) -> Diagnostic {
    let mark = Span::new(file, at, at + 2);
    Diagnostic::new(codes::SYNTAX, "a comment starts with `#`").primary(mark, "write `#`").fix(mark, "#")
}

/// The length of the word that a text starts with; a comma is one.
fn found_len(text: &str) -> usize {
    if text.starts_with(',') { 1 } else { word_len(text) }
}

/// A text in quotes that does not end on its line.
pub(super) fn unclosed_text(span: Span) -> Diagnostic {
    Diagnostic::new(codes::SYNTAX, "this text has no closing quote")
        .primary(span, "it starts here and must end on this line")
        .fix(span.after(), "\"")
}

/// Where the text stops being a statement, as an offset at the start of a word, and what should stand there.
fn failure(slice: &str) -> (usize, Option<String>) {
    let keyword_end = word_len(slice);
    // Something that fits nowhere stands in for what is missing at the end, so that the parser tries what could be there.
    let Err(error) = VpcParser::parse(Rule::line, &format!("{slice} \u{1}")) else {
        return (slice.len(), Some("the end of the statement".to_owned()));
    };
    let offset = match error.location {
        InputLocation::Pos(offset) | InputLocation::Span((offset, _)) => offset,
    };
    let offset = offset.max(keyword_end).min(slice.len());
    let offset = offset + slice[offset..].len() - slice[offset..].trim_start_matches(is_blank).len();
    let phrases = match error.variant {
        ErrorVariant::ParsingError { positives, .. } => phrases(&positives),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    let expected = match phrases.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [init @ .., last] => Some(format!("{} or {last}", init.join(", "))),
    };
    (offset, expected)
}

fn phrases(rules: &[Rule]) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = rules.iter().filter_map(|rule| phrase(*rule)).collect();
    phrases.sort_unstable();
    phrases.dedup();
    phrases
}

fn phrase(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::name | Rule::path | Rule::gateway_kind | Rule::disk_name | Rule::volume_type | Rule::param_type => {
            "a name"
        }
        Rule::block => "an address block",
        Rule::address => "an address",
        Rule::host => "a host such as `.100`",
        Rule::word => "a word",
        Rule::number => "a number",
        Rule::range => "a range such as `0..2`",
        Rule::indices => "a range such as `[0..2]`",
        Rule::size => "a size such as `20GiB`",
        Rule::string | Rule::choices => "a text in quotes",
        Rule::prefix => "a prefix length such as `/20`",
        Rule::switch => "`on` or `off`",
        Rule::protocol | Rule::traffic => "a protocol such as `tcp`",
        Rule::port | Rule::ports => "ports",
        Rule::claim => "`can` or `cannot`",
        Rule::verdict => "`allow` or `deny`",
        Rule::direction => "`ingress` or `egress`",
        Rule::endpoint_kind => "`gateway` or `interface`",
        Rule::from_word => "`from`",
        Rule::to_word => "`to`",
        Rule::via_word => "`via`",
        Rule::in_word | Rule::inside => "`in`",
        Rule::as_word => "`as`",
        Rule::by_word => "`by`",
        Rule::reach_word => "`reach`",
        Rule::on_word => "`on`",
        Rule::each_word => "`each`",
        Rule::az_word | Rule::az => "`az`",
        Rule::across_word | Rule::across => "`across`",
        Rule::asn => "`asn`",
        Rule::arguments => "`(`",
        Rule::nothing => "`none`",
        Rule::entries | Rule::body => "`{`",
        _ => return None,
    })
}

fn open_string(slice: &str) -> Option<usize> {
    let mut open = None;
    let mut escaped = false;
    for (index, c) in slice.char_indices() {
        match c {
            '"' if !escaped => open = if open.is_some() { None } else { Some(index) },
            _ => {}
        }
        escaped = c == '\\' && !escaped && open.is_some();
    }
    open
}

fn unknown(text: &str, words: &[Word], head: Span, place: Place) -> Diagnostic {
    let Some(first) = words.first() else {
        let white =
            text.get(head.range()).and_then(|head| head.chars().next()).filter(|c| c.is_whitespace() && !is_blank(*c));
        if let Some(white) = white {
            return strange_blank(head, white);
        }
        return Diagnostic::new(codes::SYNTAX, "a block without a statement")
            .primary(Span { end: head.start + 1, ..head }, "a statement should stand before this `{`");
    };
    let diagnostic = Diagnostic::new(codes::UNKNOWN_STATEMENT, format!("there is no statement `{}`", first.text));
    if let Some(foreign::Own { keyword, form }) = foreign::own(&first.text, place) {
        let diagnostic = diagnostic.primary(first.span, format!("it is called `{keyword}` here"));
        let line = text[head.range()].replacen(first.text.as_str(), keyword, 1);
        return match VpcParser::parse(Rule::line, &line) {
            Ok(_) => diagnostic.help(format!("write `{line}`")).fix(first.span, keyword),
            Err(_) => diagnostic.help(format!("write it as `{form}`")),
        };
    }
    let diagnostic = diagnostic.primary(first.span, "a statement starts with a keyword");
    let before = text.get(..head.start as usize).unwrap_or_default().trim_end_matches([' ', '\t']);
    match meant(&first.text, place) {
        None if before.ends_with(';') => diagnostic.help("a comment starts with `#`, and a statement ends with `;`"),
        Some(keyword) => diagnostic.suggest(first.span, Some(keyword)),
        None => {
            let mut here: Vec<&str> = forms::keywords(place).collect();
            here.sort_unstable();
            here.dedup();
            diagnostic.help(format!("{} may stand: {}", place.phrase(), here.join(", ")))
        }
    }
}

/// White space that isn't part of the language, and that nobody sees.
fn strange_blank(head: Span, white: char) -> Diagnostic {
    let span = Span { end: head.start + white.len_utf8() as u32, ..head };
    Diagnostic::new(codes::SYNTAX, format!("the character U+{:04X} is no blank", u32::from(white)))
        .primary(span, "blanks are spaces and tabs")
        .fix(span, "")
}

fn not_here(keyword: &str, at: Span, place: Place) -> Diagnostic {
    Diagnostic::new(codes::MISPLACED_STATEMENT, format!("`{keyword}` cannot stand {}", place.phrase()))
        .primary(at, "not here")
        .help(format!("`{keyword}` stands {}", forms::homes(keyword)))
}

/// A statement that could be read, but not where it stands.
pub(super) fn misplaced(item: &Item, place: Place) -> Diagnostic {
    match &item.statement {
        Statement::AclEntry(entry) => {
            Diagnostic::new(codes::MISPLACED_STATEMENT, format!("a numbered entry cannot stand {}", place.phrase()))
                .primary(entry.number.span, "not here")
                .help("numbered entries stand in an acl")
        }
        statement => not_here(statement.keyword(), item.keyword(), place),
    }
}

/// What stands behind a complete statement.
pub(super) fn excess(text: &str, span: Span, item: Option<&Item>, place: Place) -> Diagnostic {
    // A block in it is told of by itself.
    let slice = text[span.range()].lines().next().unwrap_or_default();
    if let Some(open) = open_string(slice) {
        return unclosed_text(Span::new(span.file, span.start as usize + open, span.start as usize + slice.len()));
    }
    if rewrite::comment(slice) == Some(0) {
        return comment(span.file, span.start as usize);
    }
    if let Some(told) = item.and_then(|item| meant_with_excess(text, span, item, place)) {
        return told;
    }
    let found = &slice[..found_len(slice)];
    let at = Span { end: span.start + found.len() as u32, ..span };
    let keyword = item.map_or("", |item| item.statement.keyword());
    let diagnostic = Diagnostic::new(codes::SYNTAX, format!("expected the end of the statement, found `{found}`"))
        .primary(at, "this is too much");
    match forms::of(keyword, place) {
        Some(form) => diagnostic.help(format!("write it as `{}`", form.form)),
        None => diagnostic,
    }
}

/// What a statement was meant to be, together with what stands behind it and before its block.
fn meant_with_excess(text: &str, excess: Span, item: &Item, place: Place) -> Option<Diagnostic> {
    let start = item.head.start as usize;
    let line = text.get(start..excess.end as usize)?.lines().next()?;
    let line = line.split(" {").next()?.trim_end_matches(is_blank);
    let meant = rewrite::meant(line, place)?;
    let told = rewritten(line, Span::new(excess.file, start, start + line.len()), meant)?;
    (start + line.len() > excess.start as usize).then_some(told)
}

/// A line of `tags` or `env` that is no entry.
pub(super) fn entry(text: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(codes::SYNTAX, "expected a name and a value");
    let written = text.get(span.range()).unwrap_or_default().trim().trim_end_matches(',');
    let pair = written.split_once(['=', ':']).map(|(name, value)| (name.trim(), value.trim().trim_matches('"')));
    let pair = pair.filter(|(name, value)| {
        is_whole(Rule::name, name.trim_matches('"')) && !value.is_empty() && !value.contains(['"', '\\', '=', '{', '}'])
    });
    match pair {
        Some((name, value)) => {
            let entry = format!("{} \"{value}\"", name.trim_matches('"'));
            diagnostic
                .primary(span, "a name and its value stand side by side")
                .help(format!("write `{entry}`"))
                .fix(span, entry)
        }
        None => diagnostic
            .primary(span, "write it as `NAME \"value\"`, with the name in quotes too if it is more than a word"),
    }
}
