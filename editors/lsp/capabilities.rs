//! What the server offers.

use crate::answer::legend;
use crate::position::Encoding;
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeLensOptions, CompletionOptions, DocumentLinkOptions,
    DocumentOnTypeFormattingOptions, InitializeResult, RenameOptions, SaveOptions, SemanticTokensOptions,
    ServerCapabilities, ServerInfo, SignatureHelpOptions, TextDocumentSyncKind, TextDocumentSyncOptions,
};

/// The answer to `initialize`.
pub fn offered(encoding: Encoding) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        save: Some(SaveOptions { include_text: Some(false) }.into()),
        ..Default::default()
    };
    let tokens = SemanticTokensOptions { legend: legend(), full: Some(true.into()), ..Default::default() };
    let completion = CompletionOptions {
        trigger_characters: Some([" ", ".", ",", "/", "\""].map(str::to_owned).to_vec()),
        ..Default::default()
    };
    let signature =
        SignatureHelpOptions { trigger_characters: Some([" ", ","].map(str::to_owned).to_vec()), ..Default::default() };
    let rename = RenameOptions { prepare_provider: Some(true), ..Default::default() };
    let actions = CodeActionOptions { code_action_kinds: Some(vec![CodeActionKind::QuickFix]), ..Default::default() };
    let capabilities = ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(sync.into()),
        document_formatting_provider: Some(true.into()),
        document_range_formatting_provider: Some(true.into()),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "}".to_owned(),
            more_trigger_character: None,
        }),
        signature_help_provider: Some(signature),
        code_lens_provider: Some(CodeLensOptions::default()),
        rename_provider: Some(rename.into()),
        code_action_provider: Some(actions.into()),
        hover_provider: Some(true.into()),
        inlay_hint_provider: Some(true.into()),
        completion_provider: Some(completion),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        selection_range_provider: Some(true.into()),
        document_link_provider: Some(DocumentLinkOptions::default()),
        semantic_tokens_provider: Some(tokens.into()),
        ..Default::default()
    };
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    InitializeResult { capabilities, server_info: Some(ServerInfo { name: "vpcc".to_owned(), version }) }
}
