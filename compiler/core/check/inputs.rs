//! Parameters, and what `{x}` in words and texts comes to.

use super::modules::Program;
use super::names::Symbol;
use super::{Checker, Given};
use crate::net::{Block, BlockError};
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Argument, ParamType, Statement, Word};
use ecow::EcoString;
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of a module by name.
#[derive(Default)]
pub(super) struct Inputs(BTreeMap<EcoString, Input>);

/// Values for parameters, each with its parts and, where the program itself gives it, the place.
pub(super) type Values = BTreeMap<EcoString, (Vec<String>, Option<Span>)>;

/// Values that come from outside, in which commas part the parts.
pub(super) fn from_outside(given: &Given) -> Values {
    let parts = |text: &String| text.split(',').map(|part| part.trim().to_owned()).collect();
    given.iter().map(|(name, text)| (name.as_str().into(), (parts(text), None))).collect()
}

struct Input {
    span: Span,
    /// `None` where it could not be made out; that is reported already.
    value: Option<InputValue>,
    used: bool,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum InputValue {
    Text(EcoString),
    Blocks(Vec<Block>),
    Zones(Vec<EcoString>),
}

impl std::fmt::Display for InputValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InputValue::Text(text) => f.write_str(text),
            InputValue::Blocks(blocks) => {
                f.write_str(&blocks.iter().map(Block::to_string).collect::<Vec<_>>().join(", "))
            }
            InputValue::Zones(zones) => f.write_str(&zones.join(", ")),
        }
    }
}

/// The types of parameters that have a name.
const TYPES: [&str; 2] = ["cidr", "zones"];

enum Problem {
    Missing { name: EcoString, span: Span, of: String, user: Option<Span> },
    Wrong { name: EcoString, span: Span, value: String, wanted: String, given: bool },
    Unknown { name: EcoString, span: Option<Span>, nearest: Option<String> },
    UnknownType { word: Word },
    UnknownInText { name: EcoString, span: Span, nearest: Option<String> },
    NotOneText { name: EcoString, span: Span },
    UnknownEscape { span: Span, escape: char },
}

impl Checker<'_> {
    /// Evaluates the parameters of the module that has just been opened.
    pub(super) fn inputs(&mut self, program: &Program, module: usize, given: &Values) {
        self.inputs.push(Inputs::default());
        for item in program.trees(module).flat_map(|tree| &tree.items) {
            if let Statement::Param { name, of, default } = &item.statement {
                if self.inputs[module].0.contains_key(&name.text) {
                    continue; // Declared twice; reported where names are declared.
                }
                if let Some((_, Some(argument))) = given.get(&name.text) {
                    let written = Span { end: argument.start + name.text.len() as u32, ..*argument };
                    self.names.index.note(written, name.span);
                }
                let value = self.input(name, of, default, given.get(&name.text));
                if let Some(value) = &value {
                    self.names.index.value(name.span, value.to_string());
                }
                self.inputs[module].0.insert(name.text.clone(), Input { span: name.span, value, used: false });
            }
        }
        for (name, (_, span)) in given.iter().filter(|(name, _)| !self.inputs[module].0.contains_key(*name)) {
            let nearest = nearest(name, self.inputs[module].0.keys().map(EcoString::as_str)).map(str::to_owned);
            self.problems.push(Problem::Unknown { name: name.clone(), span: *span, nearest }.into());
        }
    }

    fn input(
        &mut self,
        name: &Word,
        of: &ParamType,
        default: &[Word],
        given: Option<&(Vec<String>, Option<Span>)>,
    ) -> Option<InputValue> {
        if let ParamType::Named(word) = of
            && !TYPES.contains(&word.text.as_str())
        {
            self.report(Problem::UnknownType { word: word.clone() });
            return None;
        }
        let default_span = default.first().map_or(name.span, |first| first.span.to(default[default.len() - 1].span));
        let texts: Vec<String> = match given {
            Some((texts, _)) => texts.clone(),
            None => default.iter().map(plain_text).collect(),
        };
        if texts.is_empty() {
            let user = self.user_of_module();
            self.report(Problem::Missing { name: name.text.clone(), span: name.span, of: wanted(of), user });
            return None;
        }
        let value = evaluate(of, &texts);
        if value.is_none() {
            let span = given.map_or(default_span, |(_, span)| span.unwrap_or(name.span));
            let value = texts.join(", ");
            let problem =
                Problem::Wrong { name: name.text.clone(), span, value, wanted: wanted(of), given: given.is_some() };
            self.report(problem);
        }
        value
    }

    /// The values that a `use` gives, evaluated in the module that it stands in.
    pub(super) fn arguments(&mut self, arguments: &[Argument]) -> Values {
        let mut values = Values::new();
        for argument in arguments {
            let span = argument.values.last().map_or(argument.name.span, |last| argument.name.span.to(last.span));
            let parts: Option<Vec<Vec<String>>> = argument.values.iter().map(|word| self.parts(word)).collect();
            let parts = parts.unwrap_or_default().concat();
            if values.insert(argument.name.text.clone(), (parts, Some(span))).is_some() {
                self.report(
                    Diagnostic::new(codes::REPEATED_STATEMENT, format!("`{}` is given twice", argument.name.text))
                        .primary(argument.name.span, "a second time"),
                );
            }
        }
        values
    }

    /// What an argument comes to: a parameter or a set of blocks of this module stands for its parts.
    fn parts(&mut self, word: &Word) -> Option<Vec<String>> {
        if word.is_string() {
            return Some(vec![self.text(word)?.into()]);
        }
        if let Some(Symbol::Let(index)) = self.names.find(None, &word.text).map(|entry| entry.symbol) {
            self.resolve(None, word, "blocks");
            return Some(self.let_blocks(index).iter().map(Block::to_string).collect());
        }
        let module = self.module();
        if let Some(input) = self.inputs[module].0.get_mut(&word.text) {
            input.used = true;
            self.names.index.note(word.span, input.span);
            return input.value.as_ref().map(|value| match value {
                InputValue::Text(text) => vec![text.to_string()],
                InputValue::Blocks(blocks) => blocks.iter().map(Block::to_string).collect(),
                InputValue::Zones(zones) => zones.iter().map(EcoString::to_string).collect(),
            });
        }
        Some(vec![self.fill(word)?.into()])
    }

    /// The blocks of a parameter, if it has some; marks it as used.
    pub(super) fn input_blocks(&mut self, name: &str) -> Option<Vec<Block>> {
        let module = self.module();
        let input = self.inputs[module].0.get_mut(name)?;
        input.used = true;
        match input.value.as_ref()? {
            InputValue::Blocks(blocks) => Some(blocks.clone()),
            _ => None,
        }
    }

    /// The zones of a parameter, if it has some; marks it as used.
    pub(super) fn input_zones(&mut self, word: &Word) -> Option<Vec<EcoString>> {
        let module = self.module();
        let input = self.inputs[module].0.get_mut(&word.text)?;
        input.used = true;
        self.names.index.note(word.span, input.span);
        match input.value.as_ref()? {
            InputValue::Zones(zones) => Some(zones.clone()),
            _ => None,
        }
    }

    /// Whether a parameter has a value, of whatever type.
    pub(super) fn knows_input(&self, name: &str) -> bool {
        self.inputs[self.module()].0.get(name).is_some_and(|input| input.value.is_some())
    }

    /// The parameters that nothing uses.
    pub(super) fn unused_inputs(&self) -> impl Iterator<Item = (&EcoString, Span)> {
        let all = self.inputs.iter().flat_map(|inputs| &inputs.0);
        all.filter(|(_, input)| !input.used).map(|(name, input)| (name, input.span))
    }

    /// The text of a word with its parameters put in; `None` if one of them has no value, which is reported.
    pub(super) fn fill(&mut self, word: &Word) -> Option<EcoString> {
        if !word.text.contains('{') {
            return Some(word.text.clone());
        }
        let text = self.expand(&word.text, word.span, 0)?;
        self.note_value(word.span, &text);
        Some(text)
    }

    /// Notes for editors what the word at a place comes to, unless the word was made up here.
    fn note_value(&mut self, span: Span, text: &EcoString) {
        if self.sources.text(span).contains('{') {
            self.names.index.value(span, text.clone());
        }
    }

    /// The text in quotes, unescaped and with its parameters put in.
    pub(super) fn text(&mut self, word: &Word) -> Option<EcoString> {
        let inner = word.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
        if !inner.contains(['{', '\\']) {
            return Some(inner.into());
        }
        self.expand(inner, word.span, 1)
    }

    fn expand(&mut self, text: &str, span: Span, skipped: u32) -> Option<EcoString> {
        let mut out = EcoString::new();
        let mut complete = true;
        let mut rest = text;
        while let Some(at) = rest.find(['{', '\\']) {
            let offset = span.start + skipped + (text.len() - rest.len() + at) as u32;
            out.push_str(&rest[..at]);
            let tail = &rest[at + 1..];
            if rest[at..].starts_with('\\') {
                let escape = tail.chars().next().unwrap_or('\\');
                match escape {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    '"' | '\\' | '{' => out.push(escape),
                    _ => {
                        let span = Span { start: offset, end: offset + 1 + escape.len_utf8() as u32, ..span };
                        self.report(Problem::UnknownEscape { span, escape });
                        complete = false;
                    }
                }
                rest = tail.get(escape.len_utf8()..).unwrap_or_default();
            } else if let Some(end) = tail.find('}').filter(|end| is_name(&tail[..*end])) {
                let span = Span { start: offset, end: offset + end as u32 + 2, ..span };
                match self.interpolated(&tail[..end], span) {
                    Some(value) => out.push_str(&value),
                    None => complete = false,
                }
                rest = &tail[end + 1..];
            } else {
                out.push('{');
                rest = tail;
            }
        }
        out.push_str(rest);
        complete.then_some(out)
    }

    fn interpolated(&mut self, name: &str, span: Span) -> Option<EcoString> {
        let module = self.module();
        let inputs = &mut self.inputs[module].0;
        let Some(input) = inputs.get_mut(name) else {
            let nearest = nearest(name, inputs.keys().map(EcoString::as_str)).map(str::to_owned);
            self.report(Problem::UnknownInText { name: name.into(), span, nearest });
            return None;
        };
        input.used = true;
        // Without the braces around it; a word that was made up here has none.
        let inner = Span { start: span.start + 1, end: span.end.saturating_sub(1), ..span };
        if self.sources.text(inner) == name {
            self.names.index.note(inner, input.span);
        }
        match input.value.clone()? {
            InputValue::Text(text) => Some(text),
            InputValue::Blocks(blocks) if blocks.len() == 1 => Some(ecow::eco_format!("{}", blocks[0])),
            InputValue::Zones(zones) if zones.len() == 1 => Some(zones[0].clone()),
            InputValue::Blocks(_) | InputValue::Zones(_) => {
                self.report(Problem::NotOneText { name: name.into(), span });
                None
            }
        }
    }

    /// A number, with its parameters put in.
    pub(super) fn number<T: std::str::FromStr>(&mut self, word: &Word) -> Option<T> {
        let text = self.fill(word)?;
        match text.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                self.report(
                    Diagnostic::new(codes::BAD_VALUE, format!("`{text}` is no number that fits here"))
                        .primary(word.span, ""),
                );
                None
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn plain_text(word: &Word) -> String {
    word.text.trim_matches('"').to_owned()
}

fn evaluate(of: &ParamType, texts: &[String]) -> Option<InputValue> {
    match of {
        ParamType::Range(range) => {
            let (first, last) = bounds(&range.text)?;
            let number: i64 = single(texts)?.parse().ok()?;
            (first..=last).contains(&number).then(|| InputValue::Text(number.to_string().into()))
        }
        ParamType::Choices(choices) => {
            let text = single(texts)?;
            choices.iter().any(|choice| plain_text(choice) == *text).then(|| InputValue::Text(text.as_str().into()))
        }
        ParamType::Named(name) if name.text == "zones" => {
            let letter = |text: &String| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_lowercase());
            let distinct: BTreeSet<&String> = texts.iter().collect();
            let valid = texts.iter().all(letter) && distinct.len() == texts.len();
            valid.then(|| InputValue::Zones(texts.iter().map(EcoString::from).collect()))
        }
        ParamType::Named(_) => {
            texts.iter().map(|text| text.parse::<Block>().ok()).collect::<Option<_>>().map(InputValue::Blocks)
        }
    }
}

fn single(texts: &[String]) -> Option<&String> {
    match texts {
        [one] => Some(one),
        _ => None,
    }
}

/// First and last number of `0..254`.
pub(super) fn bounds(range: &str) -> Option<(i64, i64)> {
    let (first, last) = range.split_once("..")?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn wanted(of: &ParamType) -> String {
    match of {
        ParamType::Range(range) => match bounds(&range.text) {
            Some((first, last)) => format!("a number from {first} to {last}"),
            None => "a number".to_owned(),
        },
        ParamType::Choices(choices) => {
            let choices: Vec<&str> = choices.iter().map(|choice| choice.text.as_str()).collect();
            format!("one of {}", choices.join(", "))
        }
        ParamType::Named(name) if name.text == "zones" => "letters of zones such as a, b".to_owned(),
        ParamType::Named(_) => "a block such as 203.0.113.0/24".to_owned(),
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Missing { name, span, of, user: Some(user) } => {
                Diagnostic::new(codes::PARAMETER_MISSING, format!("the parameter `{name}` of the module has no value"))
                    .primary(user, format!("expected `({name} = …)` behind it"))
                    .secondary(span, format!("{of}, without a default"))
            }
            Problem::Missing { name, span, of, user: None } => {
                Diagnostic::new(codes::PARAMETER_MISSING, format!("the parameter `{name}` has no value"))
                    .primary(span, format!("{of}, without a default"))
                    .help(format!("give it with `-p {name}=VALUE`, or write a default: `= …`"))
            }
            Problem::Wrong { name, span, value, wanted, given } => {
                let whose = if given { "given for" } else { "the default of" };
                Diagnostic::new(codes::PARAMETER_VALUE, format!("`{value}`, {whose} `{name}`, is not {wanted}"))
                    .primary(span, format!("takes {wanted}"))
            }
            Problem::Unknown { name, span, nearest } => {
                let whose = if span.is_some() { "module" } else { "program" };
                let diagnostic =
                    Diagnostic::new(codes::UNKNOWN_PARAMETER, format!("the {whose} has no parameter `{name}`"));
                let diagnostic = match span {
                    Some(span) => diagnostic.primary(span, "given here"),
                    None => diagnostic,
                };
                match nearest {
                    Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")),
                    None => diagnostic.help("declare it with `param`, or leave out the value"),
                }
            }
            Problem::UnknownType { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("there is no parameter type `{}`", word.text))
                    .primary(word.span, "expected a range, texts to choose from, `cidr` or `zones`")
                    .suggest(word.span, nearest(&word.text, TYPES))
            }
            Problem::UnknownInText { name, span, nearest } => {
                Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no parameter `{name}`"))
                    .primary(span, "not declared")
                    .suggest(span, nearest.map(|name| format!("{{{name}}}")).as_deref())
            }
            Problem::NotOneText { name, span } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`{name}` is several blocks and cannot stand in a word"))
                    .primary(span, "only a parameter with one value fits here")
            }
            Problem::UnknownEscape { span, escape } => {
                Diagnostic::new(codes::BAD_VALUE, format!("there is no escape `\\{escape}`"))
                    .primary(span, "in a text there are \\\" \\\\ \\n \\t and \\{")
            }
        }
    }
}

/// A literal that is not a block.
pub(super) struct NotABlock {
    pub(super) text: EcoString,
    pub(super) span: Span,
    pub(super) why: BlockError,
}

impl From<NotABlock> for Diagnostic {
    fn from(NotABlock { text, span, why }: NotABlock) -> Self {
        let malformed = || Diagnostic::new(codes::MALFORMED_BLOCK, format!("`{text}` is not an address block"));
        match why {
            BlockError::Malformed => malformed()
                .primary(span, "expected four numbers from 0 to 255 and a prefix length")
                .help("a block is written like `10.117.0.0/24` or `2001:db8::/56`"),
            BlockError::NoPrefix(address) => {
                let block = Block::host(address);
                malformed()
                    .primary(span, "it has no prefix length")
                    .help(format!("write `{block}` for this one address"))
                    .fix(span, block.to_string())
            }
            BlockError::PrefixTooLong(family) => {
                malformed().primary(span, format!("its prefix length is more than {}", family.bits()))
            }
            BlockError::HostBits(block) => Diagnostic::new(
                codes::BLOCK_NOT_AT_BASE,
                format!("`{text}` does not start at the block's first address"),
            )
            .primary(span, format!("this block starts at {}", block.first()))
            .help(format!("write `{block}`"))
            .fix(span, block.to_string()),
        }
    }
}
