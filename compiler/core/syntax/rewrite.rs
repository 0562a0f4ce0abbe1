//! What a statement that could not be read was probably meant to be: the line written as it should be.
//!
//! Each habit of other languages is a function from the line to what it might be here. A line that the grammar reads
//! after one or two of them is offered; what no habit explains is left to the message that says what was expected.

use super::forms::{self, Place};
use super::grammar::{Rule, VpcParser};
use pest::Parser;
use std::net::Ipv4Addr;

/// Longer lines are not looked at.
const MAX_LEN: usize = 200;
/// For each line so many others are tried, and so many of those that two habits make.
const MAX_TRIES: usize = 100;

/// A habit: what is wrong, if that can be said shortly, and what the line may be instead.
struct Habit {
    title: Option<&'static str>,
    rewrite: fn(&str) -> Vec<String>,
}

const fn habit(title: &'static str, rewrite: fn(&str) -> Vec<String>) -> Habit {
    Habit { title: Some(title), rewrite }
}

/// From the surest to the boldest.
const HABITS: &[Habit] = &[
    habit("this blank is not a space", plain_blanks),
    habit("a statement does not end in a comma", without_last_comma),
    habit("texts stand in straight double quotes", straight_quotes),
    habit("values follow without `=` or `:`", without_equals),
    habit("only texts stand in quotes", without_quotes),
    habit("a list has no brackets", without_brackets),
    habit("a range of ports is written with `-`", port_range),
    habit("a range is written with `..`", index_range),
    habit("a block ends in a prefix length", prefix_length),
    habit("a block has no blanks in it", joined_block),
    habit("`=` stands behind the name", with_equals),
    Habit { title: None, rewrite: connected },
    habit("several stand with commas between them", with_commas),
    habit("everything is called `any`", any_for_star),
    habit("this text needs quotes", with_quotes),
    habit("several entries stand in `{ }`", in_braces),
    habit("a name has no blanks in it", joined_name),
    habit("this stands for itself", without_yes),
    habit("several zones take `across`", across),
    Habit { title: None, rewrite: finished },
];

/// What a line was meant to be.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    /// What is wrong with it; `None` if what was expected says it best.
    pub(super) title: Option<&'static str>,
    /// The line as it should be.
    pub(super) line: String,
    /// Where the two begin to differ, as an offset at the start of a word.
    pub(super) at: usize,
}

/// What a line that cannot be read was meant to be in `place`.
pub(super) fn meant(line: &str, place: Place) -> Option<Meant> {
    if line.len() > MAX_LEN {
        return None;
    }
    let fits = |text: &str| {
        let keyword = text.split([' ', '\t', '{']).next().unwrap_or_default();
        // Groups are declared one by one, and named without a description.
        let list = keyword == "sg" && if place == Place::Network { text.contains(',') } else { text.contains('"') };
        !list && forms::keywords(place).any(|other| other == keyword) && VpcParser::parse(Rule::line, text).is_ok()
    };
    let once: Vec<(Option<&'static str>, String)> = all(line).take(MAX_TRIES).collect();
    let found = |title: &Option<&'static str>, text: String| {
        Some(Meant { title: *title, at: first_difference(line, &text), line: text })
    };
    if let Some((title, text)) = once.iter().find(|(_, text)| fits(text)) {
        return found(title, text.clone());
    }
    let twice = once.iter().flat_map(|(title, half)| all(half).map(move |(_, text)| (title, text)));
    let (title, text) = twice.take(MAX_TRIES).find(|(_, text)| fits(text))?;
    found(title, text)
}

/// What a line may be by one habit, each with what is wrong then.
fn all(line: &str) -> impl Iterator<Item = (Option<&'static str>, String)> {
    HABITS.iter().flat_map(move |habit| (habit.rewrite)(line).into_iter().map(|text| (habit.title, text)))
}

/// Where a comment of another language starts in a line.
pub(super) fn comment(line: &str) -> Option<usize> {
    let starts = |at: &usize| *at == 0 || line[..*at].ends_with([' ', '\t']);
    ["//", "/*", "--"].iter().filter_map(|mark| line.find(mark)).filter(starts).min()
}

/// The start of the word at which two lines begin to differ.
fn first_difference(line: &str, other: &str) -> usize {
    let same = line.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let mut same = same.min(line.len());
    while !line.is_char_boundary(same) {
        same -= 1;
    }
    let behind = &line[same..];
    if behind.starts_with(',') {
        return same;
    }
    match behind.len() - behind.trim_start_matches([' ', '\t']).len() {
        0 => line[..same].rfind([' ', '\t']).map_or(0, |blank| blank + 1),
        _ if behind.trim().is_empty() => same,
        blanks => same + blanks,
    }
}

/// The words of a line; texts in quotes stay whole.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('"').and_then(|inner| inner.find('"')).map(|end| end + 2);
        let len = quoted.or_else(|| rest.find([' ', '\t'])).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(len);
        words.push(word);
        rest = behind.trim_start();
    }
    words
}

/// A line in which some words are others; none if none is.
fn replaced(line: &str, by: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let words = words(line);
    let new: Vec<Option<String>> = words.iter().map(|word| by(word)).collect();
    if new.iter().all(Option::is_none) {
        return Vec::new();
    }
    let pairs = words.iter().zip(new);
    let all: Vec<String> = pairs.map(|(old, new)| new.unwrap_or_else(|| (*old).to_owned())).collect();
    vec![all.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")]
}

fn changed(line: &str, new: String) -> Vec<String> {
    if new == line { Vec::new() } else { vec![new] }
}

fn plain_blanks(line: &str) -> Vec<String> {
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    changed(line, line.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}')).map(plain).collect())
}

fn without_last_comma(line: &str) -> Vec<String> {
    changed(line, line.trim_end_matches([',', ' ']).to_owned())
}

fn straight_quotes(line: &str) -> Vec<String> {
    changed(line, line.replace(['“', '”', '„', '«', '»', '‘', '’', '\'', '`'], "\""))
}

fn without_equals(line: &str) -> Vec<String> {
    let bare = |word: &str| matches!(word, "=" | ":" | ":=" | "=>").then(String::new);
    let ends = |word: &str| word.strip_suffix([':', '=']).map(str::to_owned);
    let split = |word: &str| assigned(word).map(|(name, value)| format!("{name} {value}"));
    let connects = |name: &str| matches!(name, "az" | "at" | "in" | "asn" | "each" | "across" | "elastic");
    let value = |word: &str| {
        let (name, value) = assigned(word)?;
        Some(if connects(name) { format!("{name} {value}") } else { value.to_owned() })
    };
    let mut lines = replaced(line, |word| bare(word).or_else(|| ends(word)));
    lines.extend(replaced(line, split));
    lines.extend(replaced(line, value));
    lines
}

fn assigned(word: &str) -> Option<(&str, &str)> {
    word.split_once('=').filter(|_| !word.starts_with('"'))
}

fn quoted(word: &str) -> Option<&str> {
    word.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.contains([' ', '"', '\\']))
}

fn without_quotes(line: &str) -> Vec<String> {
    let words = words(line);
    let mut lines = replaced(line, |word| quoted(word).map(str::to_owned));
    let each = words.iter().enumerate().filter_map(|(at, word)| Some((at, quoted(word)?)));
    lines.extend(each.map(|(at, inner)| {
        let line: Vec<&str> =
            words.iter().enumerate().map(|(other, word)| if other == at { inner } else { *word }).collect();
        line.join(" ")
    }));
    lines
}

fn without_brackets(line: &str) -> Vec<String> {
    let opens = line.contains(" [") || line.contains(" (");
    if opens { changed(line, line.replace(['[', ']', '(', ')'], "")) } else { Vec::new() }
}

fn numbers<'w>(word: &'w str, between: &str) -> Option<(&'w str, &'w str)> {
    let (first, last) = word.split_once(between)?;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (number(first) && number(last)).then_some((first, last))
}

fn port_range(line: &str) -> Vec<String> {
    replaced(line, |word| {
        let (first, last) = ["..", ":", "–", "—"].iter().find_map(|between| numbers(word, between))?;
        Some(format!("{first}-{last}"))
    })
}

fn index_range(line: &str) -> Vec<String> {
    replaced(line, |word| {
        let (name, rest) = word.split_once('[')?;
        let inside = rest.strip_suffix(']')?;
        let bounds = ["-", ":", ",", "–", "..."].iter().find_map(|between| numbers(inside, between));
        let (first, last) = match (bounds, inside.parse::<u32>()) {
            (Some((first, last)), _) => (first.to_owned(), last.to_owned()),
            (None, Ok(count)) => ("0".to_owned(), count.checked_sub(1)?.to_string()),
            (None, Err(_)) => return None,
        };
        Some(format!("{name}[{first}..{last}]"))
    })
}

fn prefix_length(line: &str) -> Vec<String> {
    replaced(line, |word| {
        if let Some((address, mask)) = word.split_once('/') {
            let bits = u32::from(mask.parse::<Ipv4Addr>().ok()?);
            return (bits.leading_ones() == bits.count_ones()).then(|| format!("{address}/{}", bits.leading_ones()));
        }
        let parts: Vec<&str> = word.split('.').collect();
        let wild = parts.iter().rev().take_while(|part| **part == "*").count();
        let fixed = parts.iter().take(parts.len() - wild).all(|part| part.parse::<u8>().is_ok());
        (parts.len() == 4 && (1..4).contains(&wild) && fixed)
            .then(|| format!("{}/{}", word.replace('*', "0"), 32 - 8 * wild))
    })
}

fn joined_block(line: &str) -> Vec<String> {
    changed(line, line.replace(" /", "/").replace("/ ", "/"))
}

fn with_equals(line: &str) -> Vec<String> {
    match words(line).as_slice() {
        [keyword @ ("let" | "output"), name, rest @ ..] if !rest.is_empty() => {
            let rest = rest.iter().filter(|word| !matches!(**word, ":" | ":=" | "==")).copied().collect::<Vec<_>>();
            changed(line, format!("{keyword} {} = {}", name.trim_end_matches(':'), rest.join(" ")))
        }
        [keyword @ "param", name, of, default] if *default != "=" => {
            changed(line, format!("{keyword} {name} {of} = {default}"))
        }
        _ => Vec::new(),
    }
}

/// The connecting word of a statement in place of another one.
fn connected(line: &str) -> Vec<String> {
    let words = words(line);
    let wanted = match words.first() {
        Some(&"route") => "via",
        Some(&"ingress") => "from",
        Some(&"egress" | &"flow-log" | &"vpn") => "to",
        Some(&"node") => "in",
        _ => return Vec::new(),
    };
    let other = ["->", "=>", "-", "to", "from", "via", "through", "in", "on", "at", "gateway", "target"];
    let each = words.iter().enumerate().skip(2).filter(|(_, word)| other.contains(word) && **word != wanted);
    each.map(|(at, _)| {
        let line: Vec<&str> =
            words.iter().enumerate().map(|(other, word)| if other == at { wanted } else { *word }).collect();
        line.join(" ")
    })
    .collect()
}

fn with_commas(line: &str) -> Vec<String> {
    let words = words(line);
    let lists = ["ingress", "egress", "sg", "let", "servers", "ntp", "at", "share", "peer", "endpoint", "boot"];
    if !words.first().is_some_and(|keyword| lists.contains(keyword)) {
        return Vec::new();
    }
    let apart = |from: usize| {
        let (before, list) = words.split_at(from);
        let list: Vec<&str> = list
            .iter()
            .filter(|word| !matches!(**word, "," | "and" | "&"))
            .map(|word| word.trim_matches(','))
            .collect();
        (list.len() > 1 && list.iter().all(|word| !word.starts_with('"')))
            .then(|| format!("{} {}", before.join(" "), list.join(", ")))
    };
    (1..words.len()).filter_map(apart).filter(|new| new != line).collect()
}

fn any_for_star(line: &str) -> Vec<String> {
    replaced(line, |word| (word == "*").then(|| "any".to_owned()))
}

fn with_quotes(line: &str) -> Vec<String> {
    let words = words(line);
    let texts = ["sg", "dns", "key", "boot", "role", "policy", "domain", "use", "flow-log"];
    let plain = |words: &[&str]| words.iter().all(|word| !word.contains(['"', '=', ',']));
    if !words.first().is_some_and(|keyword| texts.contains(keyword)) || !plain(&words) {
        return Vec::new();
    }
    let to_the_end = (1..words.len()).map(|from| {
        let (before, text) = words.split_at(from);
        format!("{} \"{}\"", before.join(" "), text.join(" "))
    });
    let one = words.get(1).map(|word| line.replacen(word, &format!("\"{word}\""), 1));
    to_the_end.chain(one).collect()
}

fn in_braces(line: &str) -> Vec<String> {
    match words(line).as_slice() {
        [keyword @ ("tags" | "env"), rest @ ..] if rest.len() == 2 => {
            vec![format!("{keyword} {{ {} }}", rest.join(" "))]
        }
        _ => Vec::new(),
    }
}

fn joined_name(line: &str) -> Vec<String> {
    match words(line).as_slice() {
        [keyword @ ("stack" | "network" | "subnet" | "node"), first, second, rest @ ..] if is_plain(second) => {
            let rest: String = rest.iter().map(|word| format!(" {word}")).collect();
            vec![format!("{keyword} {first}-{second}{rest}")]
        }
        _ => Vec::new(),
    }
}

/// Whether a word may be a part of a name, and is not the keyword of something.
fn is_plain(word: &str) -> bool {
    let letters = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    letters && !forms::FORMS.iter().any(|form| form.keyword == word)
}

fn without_yes(line: &str) -> Vec<String> {
    let yes = |word: &str| matches!(word.trim_matches('"'), "yes" | "true" | "on" | "1" | "enabled");
    match words(line).as_slice() {
        [before @ .., last] if !before.is_empty() && yes(last) => vec![before.join(" ")],
        _ => Vec::new(),
    }
}

/// One subnet in each of some zones, each with a part of the block that leaves room for the last letter.
fn across(line: &str) -> Vec<String> {
    let Some((head, zones)) = line.split_once(" az ").filter(|_| line.starts_with("subnet ")) else {
        return Vec::new();
    };
    let zones: Vec<&str> = zones.split([',', ' ']).filter(|zone| !zone.is_empty()).collect();
    let place = |zone: &str| zone.bytes().next().map(|letter| u32::from(letter.saturating_sub(b'a')) + 1);
    let room = zones.iter().filter_map(|zone| place(zone)).max().unwrap_or(1).next_power_of_two().ilog2();
    let prefix = head.rsplit('/').next().and_then(|prefix| prefix.trim().parse::<u32>().ok());
    match prefix {
        Some(prefix) if zones.len() > 1 && zones.iter().all(|zone| zone.len() == 1) => {
            vec![format!("{head} across {} each /{}", zones.join(", "), prefix + room)]
        }
        _ => Vec::new(),
    }
}

/// What may be all that is missing.
fn finished(line: &str) -> Vec<String> {
    match words(line).first() {
        Some(&"gateway") => vec![format!("{line} internet")],
        Some(&"subnet") => vec![format!("{line} az a")],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_of_other_languages_are_understood() {
        let cases = [
            (Place::Node, "type = \"t3.micro\"", "type t3.micro"),
            (Place::Node, "type: t3.micro", "type t3.micro"),
            (Place::Network, "subnet lan cidr=10.0.1.0/24 az=a", "subnet lan 10.0.1.0/24 az a"),
            (Place::Network, "subnet lan 10.0.1.0/255.255.255.0 az a", "subnet lan 10.0.1.0/24 az a"),
            (Place::Network, "subnet lan 10.0.1.* az a", "subnet lan 10.0.1.0/24 az a"),
            (Place::Network, "subnet lan 10.0.1.0 /24 az a", "subnet lan 10.0.1.0/24 az a"),
            (Place::Network, "subnet lan 10.0.0.0/16 az a, c", "subnet lan 10.0.0.0/16 across a, c each /18"),
            (Place::Network, "sg web “web servers”", "sg web \"web servers\""),
            (Place::Network, "sg web web servers", "sg web \"web servers\""),
            (Place::Network, "node web[3] in lan", "node web[0..2] in lan"),
            (Place::Network, "node web[0-2] in lan at .10", "node web[0..2] in lan at .10"),
            (Place::Network, "gateway\u{a0}igw internet", "gateway igw internet"),
            (Place::Network, "gateway igw", "gateway igw internet"),
            (Place::Network, "dns demo.internal", "dns \"demo.internal\""),
            (Place::Sg, "ingress tcp 8000:8080 from any", "ingress tcp 8000-8080 from any"),
            (Place::Sg, "ingress tcp 22 from *", "ingress tcp 22 from any"),
            (Place::Sg, "ingress tcp 22 from 10.0.0.0/8 b", "ingress tcp 22 from 10.0.0.0/8, b"),
            (Place::Sg, "ingress tcp 22 to any", "ingress tcp 22 from any"),
            (Place::Subnet, "route 0.0.0.0/0 -> igw", "route 0.0.0.0/0 via igw"),
            (Place::Subnet, "public = true", "public"),
            (Place::Subnet, "public,", "public"),
            (Place::Node, "sg [web]", "sg web"),
            (Place::File, "let office 10.0.0.0/8", "let office = 10.0.0.0/8"),
            (Place::File, "key me ~/.ssh/me.pub", "key me \"~/.ssh/me.pub\""),
            (Place::File, "tags owner \"data\"", "tags { owner \"data\" }"),
            (Place::File, "stack my demo", "stack my-demo"),
        ];
        for (place, line, wanted) in cases {
            let found = meant(line, place).map(|meant| meant.line);
            assert_eq!(found.as_deref(), Some(wanted), "{line}");
        }
        for line in ["ingress tcp 443", "node web at .1", "subnet lan", "something else"] {
            assert!(meant(line, Place::Sg).is_none(), "{line}");
        }
    }
}
