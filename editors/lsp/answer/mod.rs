//! Requests, each with its answer.

mod changes;
mod colours;
mod layout;
mod navigation;
mod outline;
mod writing;

pub use colours::legend;

use crate::session::Session;
use lsp_server::{ErrorCode, Request, Response};
use lsp_types::{
    CodeActionRequest, CodeLensRequest, CompletionRequest, DefinitionRequest, DocumentFormattingRequest,
    DocumentHighlightRequest, DocumentLinkRequest, DocumentOnTypeFormattingRequest, DocumentRangeFormattingRequest,
    DocumentSymbolRequest, FoldingRangeRequest, HoverRequest, InlayHintRequest, ReferencesRequest,
    SelectionRangeRequest, SemanticTokensRequest, SignatureHelpRequest, TextDocumentIdentifier, WorkspaceSymbolRequest,
};

/// Answers one request.
pub fn answer(session: &mut Session<'_>, request: Request) -> Response {
    match request.method.as_str() {
        "textDocument/formatting" => {
            typed::<DocumentFormattingRequest>(request, |it| layout::whole(session, &it.text_document.uri))
        }
        "textDocument/rangeFormatting" => typed::<DocumentRangeFormattingRequest>(request, |it| {
            layout::lines(session, &it.text_document.uri, it.range)
        }),
        "textDocument/onTypeFormatting" => typed::<DocumentOnTypeFormattingRequest>(request, |it| {
            layout::closed(session, &it.text_document.uri, it.position)
        }),
        "textDocument/codeLens" => {
            typed::<CodeLensRequest>(request, |it| outline::lenses(session, &it.text_document.uri))
        }
        "textDocument/signatureHelp" => {
            typed::<SignatureHelpRequest>(request, |it| writing::signature(session, &it.text_document_position_params))
        }
        "textDocument/prepareRename" => changes::prepare(session, request),
        "textDocument/rename" => changes::rename(session, request),
        "textDocument/codeAction" => typed::<CodeActionRequest>(request, |it| changes::actions(session, &it)),
        "textDocument/hover" => {
            typed::<HoverRequest>(request, |it| writing::hover(session, &it.text_document_position_params))
        }
        "textDocument/inlayHint" => typed::<InlayHintRequest>(request, |it| writing::hints(session, &it)),
        "textDocument/completion" => {
            typed::<CompletionRequest>(request, |it| writing::completion(session, &it.text_document_position_params))
        }
        "textDocument/definition" => {
            typed::<DefinitionRequest>(request, |it| navigation::definition(session, &it.text_document_position_params))
        }
        "textDocument/references" => typed::<ReferencesRequest>(request, |it| navigation::references(session, &it)),
        "textDocument/documentHighlight" => typed::<DocumentHighlightRequest>(request, |it| {
            navigation::highlights(session, &it.text_document_position_params)
        }),
        "textDocument/documentSymbol" => {
            typed::<DocumentSymbolRequest>(request, |it| outline::symbols(session, &it.text_document.uri))
        }
        "workspace/symbol" => typed::<WorkspaceSymbolRequest>(request, |it| outline::search(session, &it.query)),
        "textDocument/foldingRange" => {
            typed::<FoldingRangeRequest>(request, |it| outline::folds(session, &it.text_document.uri))
        }
        "textDocument/selectionRange" => {
            typed::<SelectionRangeRequest>(request, |it| outline::selections(session, &it))
        }
        "textDocument/documentLink" => {
            typed::<DocumentLinkRequest>(request, |it| outline::links(session, &it.text_document.uri))
        }
        "textDocument/semanticTokens/full" => {
            typed::<SemanticTokensRequest>(request, |it| colours::tokens(session, &it.text_document.uri))
        }
        "vpcc/program" => program(session, request),
        _ => {
            let message = format!("vpcc does not answer `{}`", request.method);
            Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
        }
    }
}

/// Of the protocol's own there is none: which file or folder `vpcc check` and the others have to be given for a file.
fn program(session: &mut Session<'_>, request: Request) -> Response {
    match serde_json::from_value::<TextDocumentIdentifier>(request.params) {
        Ok(file) => Response::new_ok(request.id, session.program_path(&file.uri)),
        Err(error) => Response::new_err(request.id, ErrorCode::InvalidParams as i32, error.to_string()),
    }
}

fn typed<R: lsp_types::Request>(request: Request, answer: impl FnOnce(R::Params) -> R::Result) -> Response {
    match serde_json::from_value(request.params) {
        Ok(params) => Response::new_ok(request.id, answer(params)),
        Err(error) => Response::new_err(request.id, ErrorCode::InvalidParams as i32, error.to_string()),
    }
}
