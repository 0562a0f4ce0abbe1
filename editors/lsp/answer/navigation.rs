//! Definitions, references, highlights.

use crate::session::Session;
use lsp_types::{
    Definition, DefinitionResponse, DocumentHighlight, DocumentHighlightKind, Location, ReferenceParams,
    TextDocumentPositionParams,
};
use vpcc_core::ide::{self, Snapshot};
use vpcc_core::source::Span;

/// Where a span is, for the editor.
pub fn location(session: &Session<'_>, snapshot: &Snapshot, span: Span) -> Location {
    let sources = snapshot.sources();
    Location { uri: session.root.uri(sources.name(span.file)), range: session.encoding.range(sources, span) }
}

pub fn definition(session: &mut Session<'_>, at: &TextDocumentPositionParams) -> Option<DefinitionResponse> {
    let place = session.place(at)?;
    let span = ide::definition(&place.snapshot, place.file, place.offset)?;
    Some(DefinitionResponse::Definition(Definition::Location(location(session, &place.snapshot, span))))
}

pub fn references(session: &mut Session<'_>, params: &ReferenceParams) -> Option<Vec<Location>> {
    let place = session.place(&params.text_document_position_params)?;
    let spans = ide::references(&place.snapshot, place.file, place.offset, params.context.include_declaration);
    Some(spans.into_iter().map(|span| location(session, &place.snapshot, span)).collect())
}

pub fn highlights(session: &mut Session<'_>, at: &TextDocumentPositionParams) -> Option<Vec<DocumentHighlight>> {
    let place = session.place(at)?;
    let found = ide::highlights(&place.snapshot, place.file, place.offset);
    let kind = |declares| if declares { DocumentHighlightKind::Write } else { DocumentHighlightKind::Read };
    let each = |found: ide::Highlight| DocumentHighlight {
        range: session.encoding.range(place.snapshot.sources(), found.span),
        kind: Some(kind(found.declares)),
    };
    Some(found.into_iter().map(each).collect())
}
