//! Parameters: what they are, and what they are given.

use super::modules::Program;
use super::names::Symbol;
use super::{Checker, Given};
use crate::net::Block;
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::Span;
use crate::syntax::{Argument, ParamType, Statement, Word};
use ecow::EcoString;
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of a module by name.
#[derive(Default)]
pub(super) struct Inputs(pub(super) BTreeMap<EcoString, Input>);

/// Values for parameters, each with its parts and, where the program itself gives it, the place.
pub(super) type Values = BTreeMap<EcoString, (Vec<String>, Option<Span>)>;

/// Values that come from outside, in which commas part the parts.
pub(super) fn from_outside(given: &Given) -> Values {
    let parts = |text: &String| text.split(',').map(|part| part.trim().to_owned()).collect();
    given.iter().map(|(name, text)| (name.as_str().into(), (parts(text), None))).collect()
}

/// A parameter, and whether something uses it.
pub(super) struct Input {
    pub(super) span: Span,
    /// `None` where it could not be made out; that is reported already.
    pub(super) value: Option<InputValue>,
    pub(super) used: bool,
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
        for (name, (_, span)) in given {
            if self.inputs[module].0.contains_key(name) {
                continue;
            }
            let nearest = self.nearest_input(module, name);
            self.problems.push(Problem::Unknown { name: name.clone(), span: *span, nearest }.into());
        }
    }

    /// The parameter of a module that a misspelt name was most likely meant to be.
    pub(super) fn nearest_input(&mut self, module: usize, name: &str) -> Option<String> {
        if !self.may_compare(name, self.inputs[module].0.len()) {
            return None;
        }
        nearest(name, self.inputs[module].0.keys().map(EcoString::as_str)).map(str::to_owned)
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
        }
    }
}
