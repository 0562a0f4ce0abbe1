//! Hover, hints, completion.

use crate::position::Encoding;
use crate::session::Session;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, CompletionResponse, Contents,
    Documentation, Hover, InlayHint, InlayHintParams, InsertTextFormat, Label, MarkupContent, MarkupKind,
    ParameterInformation, ParameterInformationLabel, SignatureHelp, SignatureInformation, TextDocumentPositionParams,
    TextEdit,
};
use std::ops::Range;
use vpcc_core::ide::{self, Completion, CompletionKind, Snapshot};

fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}

pub fn hover(session: &mut Session<'_>, at: &TextDocumentPositionParams) -> Option<Hover> {
    let place = session.place(at)?;
    let hover = ide::hover(&place.snapshot, place.file, place.offset)?;
    let range = session.encoding.range(place.snapshot.sources(), hover.span);
    Some(Hover { contents: Contents::MarkupContent(markdown(hover.text)), range: Some(range) })
}

pub fn hints(session: &mut Session<'_>, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
    let (snapshot, file) = session.file(&params.text_document.uri)?;
    let offset = |position| session.encoding.offset(snapshot.text(file), position);
    let within = offset(params.range.start)..offset(params.range.end) + 1;
    let hint = |hint: ide::Hint| InlayHint {
        position: session.encoding.position(snapshot.sources().file(file), hint.offset),
        label: Label::String(hint.text),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    Some(ide::hints(&snapshot, file, within).into_iter().map(hint).collect())
}

pub fn signature(session: &mut Session<'_>, at: &TextDocumentPositionParams) -> Option<SignatureHelp> {
    let place = session.place(at)?;
    let found = ide::signature(&place.snapshot, place.file, place.offset)?;
    let about = Documentation::MarkupContent(markdown(found.about));
    let active = found.shapes.get(found.likely).and_then(|shape| shape.active);
    let each = |shape: ide::Shape| SignatureInformation {
        parameters: Some(shape.parts.iter().map(|part| parameter(&shape.text, part.clone())).collect()),
        label: shape.text,
        documentation: Some(about.clone()),
        active_parameter: shape.active.map(|part| (part as u32).into()),
    };
    Some(SignatureHelp {
        signatures: found.shapes.into_iter().map(each).collect(),
        active_signature: Some(found.likely as u32),
        active_parameter: active.map(|part| (part as u32).into()),
    })
}

/// A part of a form; whatever an editor counts otherwise, here it counts UTF-16.
fn parameter(form: &str, part: Range<usize>) -> ParameterInformation {
    let at = |end: usize| form.get(..end).map_or(0, |text| Encoding::Utf16.len(text));
    ParameterInformation {
        label: ParameterInformationLabel::Tuple((at(part.start), at(part.end))),
        documentation: None,
    }
}

pub fn completion(session: &mut Session<'_>, at: &TextDocumentPositionParams) -> Option<CompletionResponse> {
    let place = session.place(at)?;
    let all = ide::completions(&place.snapshot, &session.overlay(), place.file, place.offset);
    let items = all.into_iter().enumerate().map(|(rank, one)| item(session, &place.snapshot, rank, one)).collect();
    Some(CompletionResponse::CompletionList(CompletionList { is_incomplete: false, items, ..Default::default() }))
}

fn item(session: &Session<'_>, snapshot: &Snapshot, rank: usize, completion: Completion) -> CompletionItem {
    let snippet = completion.snippet.filter(|_| session.snippets);
    let format = if snippet.is_some() { InsertTextFormat::Snippet } else { InsertTextFormat::PlainText };
    let range = session.encoding.range(snapshot.sources(), completion.span);
    CompletionItem {
        kind: Some(match completion.kind {
            CompletionKind::Statement if snippet.is_some() => CompletionItemKind::Snippet,
            CompletionKind::Statement | CompletionKind::Word => CompletionItemKind::Keyword,
            CompletionKind::Name("a network" | "a module") => CompletionItemKind::Module,
            CompletionKind::Name("a subnet") => CompletionItemKind::Struct,
            CompletionKind::Name("a security group" | "a network ACL") => CompletionItemKind::Class,
            CompletionKind::Name("a gateway") => CompletionItemKind::Interface,
            CompletionKind::Name("a parameter" | "a set of blocks") => CompletionItemKind::Variable,
            CompletionKind::Name(_) => CompletionItemKind::Reference,
            CompletionKind::Value => CompletionItemKind::Value,
            CompletionKind::File => CompletionItemKind::File,
            CompletionKind::Folder => CompletionItemKind::Folder,
        }),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit {
            range,
            new_text: snippet.unwrap_or_else(|| completion.label.clone()),
        })),
        insert_text_format: Some(format),
        label: completion.label,
        detail: Some(completion.detail).filter(|detail| !detail.is_empty()),
        documentation: completion.documentation.map(|text| Documentation::MarkupContent(markdown(text))),
        // Editors sort by letters unless told otherwise.
        sort_text: Some(format!("{rank:05}")),
        ..Default::default()
    }
}
