//! Symbols, folds, selections, links.

use super::navigation::location;
use crate::session::Session;
use lsp_types::{
    BaseSymbolInformation, CodeLens, Command, DocumentLink, DocumentSymbol, DocumentSymbolResponse, FoldingRange,
    FoldingRangeKind, SelectionRange, SelectionRangeParams, SymbolKind, Uri, WorkspaceSymbol, WorkspaceSymbolResponse,
};
use std::collections::BTreeSet;
use vpcc_core::ide::{self, Snapshot};

pub fn symbols(session: &mut Session<'_>, uri: &Uri) -> Option<DocumentSymbolResponse> {
    let (snapshot, file) = session.file(uri)?;
    let symbols = ide::outline(&snapshot, file).into_iter().map(|one| symbol(session, &snapshot, one)).collect();
    Some(DocumentSymbolResponse::DocumentSymbolList(symbols))
}

fn symbol(session: &Session<'_>, snapshot: &Snapshot, symbol: ide::Symbol) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> =
        symbol.children.into_iter().map(|child| self::symbol(session, snapshot, child)).collect();
    #[expect(deprecated, reason = "the type has the field")]
    DocumentSymbol {
        name: symbol.name,
        detail: Some(symbol.detail).filter(|detail| !detail.is_empty()),
        kind: kind(&symbol.keyword),
        tags: None,
        deprecated: None,
        range: session.encoding.range(snapshot.sources(), symbol.span),
        selection_range: session.encoding.range(snapshot.sources(), symbol.name_span),
        children: Some(children).filter(|children| !children.is_empty()),
    }
}

/// What comes nearest among the kinds that editors have pictures of; by keyword or noun.
fn kind(what: &str) -> SymbolKind {
    match what.trim_start_matches("an ").trim_start_matches("a ") {
        "network" | "existing" => SymbolKind::Namespace,
        "use" | "module" => SymbolKind::Module,
        "subnet" => SymbolKind::Struct,
        "sg" | "security group" | "acl" => SymbolKind::Class,
        "node" => SymbolKind::Object,
        "gateway" | "endpoint" | "vpn" | "peer" => SymbolKind::Interface,
        "routes" | "route table" => SymbolKind::Array,
        "key" => SymbolKind::Key,
        "param" | "parameter" => SymbolKind::Variable,
        "let" | "set of blocks" => SymbolKind::Constant,
        "output" => SymbolKind::Property,
        _ => SymbolKind::Field,
    }
}

pub fn search(session: &mut Session<'_>, query: &str) -> Option<WorkspaceSymbolResponse> {
    let mut seen = BTreeSet::new();
    let mut symbols = Vec::new();
    for snapshot in session.programs() {
        for found in ide::search(&snapshot, query) {
            let location = location(session, &snapshot, found.span);
            // A file that belongs to several programs is told once.
            if !seen.insert((location.uri.0.clone(), found.span.start, found.address.clone())) {
                continue;
            }
            let base =
                BaseSymbolInformation { name: found.address, kind: kind(found.noun), tags: None, container_name: None };
            symbols.push(WorkspaceSymbol { location: location.into(), data: None, base_symbol_information: base });
        }
    }
    Some(WorkspaceSymbolResponse::WorkspaceSymbolList(symbols))
}

pub fn folds(session: &mut Session<'_>, uri: &Uri) -> Option<Vec<FoldingRange>> {
    let (snapshot, file) = session.file(uri)?;
    let fold = |fold: ide::Fold| FoldingRange {
        start_line: fold.first as u32,
        end_line: fold.last as u32,
        kind: fold.comment.then_some(FoldingRangeKind::Comment),
        ..Default::default()
    };
    Some(ide::folds(&snapshot, file).into_iter().map(fold).collect())
}

pub fn selections(session: &mut Session<'_>, params: &SelectionRangeParams) -> Option<Vec<SelectionRange>> {
    let (snapshot, file) = session.file(&params.text_document.uri)?;
    let each = |position| {
        let offset = session.encoding.offset(snapshot.text(file), position);
        let outer_first = ide::selections(&snapshot, file, offset).into_iter().rev();
        let nested = outer_first.fold(None, |parent: Option<Box<SelectionRange>>, span| {
            Some(Box::new(SelectionRange { range: session.encoding.range(snapshot.sources(), span), parent }))
        });
        nested.map(|range| *range).unwrap_or_default()
    };
    Some(params.positions.iter().copied().map(each).collect())
}

pub fn lenses(session: &mut Session<'_>, uri: &Uri) -> Option<Vec<CodeLens>> {
    let (snapshot, file) = session.file(uri)?;
    let lens = |lens: ide::Lens| CodeLens {
        range: session.encoding.range(snapshot.sources(), lens.span),
        // Nothing happens on a click.
        command: Some(Command { title: lens.text, command: String::new(), ..Default::default() }),
        data: None,
    };
    Some(ide::lens(&snapshot, file).into_iter().map(lens).collect())
}

pub fn links(session: &mut Session<'_>, uri: &Uri) -> Option<Vec<DocumentLink>> {
    let (snapshot, file) = session.file(uri)?;
    let link = |link: ide::Link| DocumentLink {
        range: session.encoding.range(snapshot.sources(), link.span),
        target: Some(session.root.uri(&link.path)),
        ..Default::default()
    };
    Some(ide::links(&snapshot, file).into_iter().map(link).collect())
}
