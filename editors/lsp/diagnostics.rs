//! Findings of the compiler, as the protocol tells them.

use crate::paths::Root;
use crate::position::Encoding;
use lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Position, Range, Uri,
};
use std::collections::BTreeMap;
use vpcc_core::ide::Snapshot;
use vpcc_core::problem::{self, Severity, codes, foremost};

/// As many findings of a file are told at most, as editors show: Visual Studio Code leaves out what is more.
const MAX_OF_A_FILE: usize = 1000;

/// Where the explain pages can be read on the web.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/compiler/core/problem/pages/");

/// The findings of a program by the path of the file that they are told in; every file of the program has its list.
/// Those without a place are told at the top of `home`, unless they name a file.
pub fn by_file(snapshot: &Snapshot, root: &Root, encoding: Encoding, home: &str) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut files: BTreeMap<String, Vec<&problem::Diagnostic>> =
        snapshot.sources().iter().map(|(_, file)| (file.name.clone(), Vec::new())).collect();
    for problem in &snapshot.compiled.checked.problems {
        let file = match (problem.place(), &problem.path) {
            (Some(span), _) => snapshot.sources().name(span.file).to_owned(),
            (None, Some(path)) => path.clone(),
            (None, None) => home.to_owned(),
        };
        files.entry(file).or_default().push(problem);
    }
    let told = |problems: Vec<&problem::Diagnostic>| {
        let foremost = foremost(&problems, MAX_OF_A_FILE);
        let found = foremost.into_iter().map(|problem| diagnostic(problem, snapshot, root, encoding));
        found.chain(problems.len().checked_sub(MAX_OF_A_FILE + 1).map(|more| and_more(more + 1))).collect()
    };
    files.into_iter().map(|(file, problems)| (file, told(problems))).collect()
}

/// What is told of a file in place of further findings.
fn and_more(count: usize) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::Information),
        source: Some("vpcc".to_owned()),
        message: format!("… and {count} more; `vpcc check` tells how many there are in all").into(),
        ..Default::default()
    }
}

/// One finding.
pub fn diagnostic(problem: &problem::Diagnostic, snapshot: &Snapshot, root: &Root, encoding: Encoding) -> Diagnostic {
    let sources = snapshot.sources();
    let related = problem.labels.iter().skip(1).map(|label| DiagnosticRelatedInformation {
        location: Location { uri: root.uri(sources.name(label.span.file)), range: encoding.range(sources, label.span) },
        message: if label.message.is_empty() { problem.message.clone() } else { label.message.clone() },
    });
    Diagnostic {
        range: problem.place().map_or(NOWHERE, |span| encoding.range(sources, span)),
        severity: Some(match problem.code.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
        }),
        code: Some(Code::String(problem.code.slug.to_owned())),
        code_description: Some(CodeDescription { href: Uri(format!("{PAGES}{}.md", problem.code.slug)) }),
        source: Some("vpcc".to_owned()),
        message: message(problem).into(),
        tags: tag(problem.code).map(|tag| vec![tag]),
        related_information: Some(related.collect::<Vec<_>>()).filter(|related| !related.is_empty()),
        data: None,
    }
}

const NOWHERE: Range = Range { start: Position { line: 0, character: 0 }, end: Position { line: 0, character: 0 } };

/// A finding on a file that is too large to be checked while somebody types.
pub fn too_large() -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::Information),
        source: Some("vpcc".to_owned()),
        message: "this file is too large to be checked while you type; `vpcc check` reads it".to_owned().into(),
        ..Default::default()
    }
}

/// The fact, what is to be said of its place, and the notes, a line each.
fn message(problem: &problem::Diagnostic) -> String {
    let place = problem.labels.first().map(|label| label.message.as_str()).filter(|text| !text.is_empty());
    let lines = std::iter::once(problem.message.as_str()).chain(place).chain(problem.notes.iter().map(String::as_str));
    lines.collect::<Vec<_>>().join("\n")
}

/// Editors show what nothing uses in grey.
fn tag(code: &problem::Code) -> Option<DiagnosticTag> {
    let unused = [codes::UNUSED, codes::UNUSED_ENVIRONMENT, codes::SHADOWED_ROUTE, codes::SHADOWED_RULE];
    unused.contains(&code).then_some(DiagnosticTag::Unnecessary)
}
