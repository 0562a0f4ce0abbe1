//! Diagnostics for scripts: one JSON object each, in the shape that `--message-format json` promises.

use super::{Diagnostic, Fix, Label};
use crate::source::{Sources, Span};
use serde::Serialize;

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    message: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    replacement: &'a str,
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    labels: Vec<JsonLabel<'a>>,
    notes: &'a [String],
    fix: Option<JsonFix<'a>>,
}

fn place(sources: &Sources, span: Span) -> Place<'_> {
    let (start, end) = (sources.start(span), sources.end(span));
    Place {
        file: sources.name(span.file),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// The diagnostic as one line of JSON, without a line ending.
pub fn to_json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let file = diagnostic.path.as_deref().unwrap_or_default();
    let json = JsonDiagnostic {
        severity: diagnostic.code.severity.word(),
        code: diagnostic.code.slug,
        message: &diagnostic.message,
        place: diagnostic
            .place()
            .map_or(Place { file, line: 1, column: 1, end_line: 1, end_column: 1 }, |span| place(sources, span)),
        labels: diagnostic.labels.iter().map(|label| json_label(label, sources)).collect(),
        notes: &diagnostic.notes,
        fix: diagnostic.fix.as_ref().map(|fix| json_fix(fix, sources)),
    };
    // Strings and numbers alone: nothing in it can fail to serialize.
    serde_json::to_string(&json).unwrap_or_default()
}

fn json_label<'a>(label: &'a Label, sources: &'a Sources) -> JsonLabel<'a> {
    JsonLabel { place: place(sources, label.span), message: &label.message, primary: label.primary }
}

fn json_fix<'a>(fix: &'a Fix, sources: &'a Sources) -> JsonFix<'a> {
    JsonFix { place: place(sources, fix.span), replacement: &fix.replacement }
}
