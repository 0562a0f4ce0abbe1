//! What words and texts come to: `{x}` in them, and escapes.

use super::Checker;
use super::inputs::InputValue;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::Word;
use ecow::EcoString;

enum Problem {
    UnknownInText { name: EcoString, span: Span, nearest: Option<String> },
    NotOneText { name: EcoString, span: Span },
    UnknownEscape { span: Span, escape: char },
}

impl Checker<'_> {
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
        (complete && self.has_room_for_text(out.len(), span)).then_some(out)
    }

    fn interpolated(&mut self, name: &str, span: Span) -> Option<EcoString> {
        let module = self.module();
        let inputs = &mut self.inputs[module].0;
        let Some(input) = inputs.get_mut(name) else {
            let nearest = self.nearest_input(module, name);
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

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
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
