//! Rename, and what mends findings.

use crate::diagnostics;
use crate::session::Session;
use lsp_server::{ErrorCode, Request, RequestId, Response};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, PrepareRenameParams, PrepareRenamePlaceholder,
    PrepareRenameResult, RenameParams, TextEdit, Uri, WorkspaceEdit,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use vpcc_core::ide::{self, Edit, Snapshot};

/// Answers whether the name under the cursor can be changed, and what it is now.
pub fn prepare(session: &mut Session<'_>, request: Request) -> Response {
    refusable(request, |params: PrepareRenameParams| {
        let Some(place) = session.place(&params.text_document_position_params) else { return Ok(None) };
        let name = ide::prepare_rename(&place.snapshot, place.file, place.offset)?;
        let sources = place.snapshot.sources();
        let placeholder = sources.text(name.span).to_owned();
        let range = session.encoding.range(sources, name.span);
        Ok(Some(PrepareRenameResult::PrepareRenamePlaceholder(PrepareRenamePlaceholder { range, placeholder })))
    })
}

/// Answers with the edits that change a name.
pub fn rename(session: &mut Session<'_>, request: Request) -> Response {
    refusable(request, |params: RenameParams| {
        let Some(place) = session.place(&params.text_document_position_params) else { return Ok(None) };
        let edits = ide::rename(&place.snapshot, place.file, place.offset, &params.new_name)?;
        Ok(Some(edit(session, &place.snapshot, edits)))
    })
}

/// An answer that may be a refusal, in words for people.
fn refusable<P: DeserializeOwned, R: Serialize>(
    request: Request,
    answer: impl FnOnce(P) -> Result<Option<R>, String>,
) -> Response {
    let refuse = |id: RequestId, code: i32, why: String| Response::new_err(id, code, why);
    match serde_json::from_value(request.params).map(answer) {
        Ok(Ok(answer)) => Response::new_ok(request.id, answer),
        Ok(Err(why)) => refuse(request.id, ErrorCode::RequestFailed as i32, why),
        Err(error) => refuse(request.id, ErrorCode::InvalidParams as i32, error.to_string()),
    }
}

fn edit(session: &Session<'_>, snapshot: &Snapshot, edits: Vec<Edit>) -> WorkspaceEdit {
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for edit in edits {
        let uri = session.root.uri(snapshot.sources().name(edit.span.file));
        let range = session.encoding.range(snapshot.sources(), edit.span);
        changes.entry(uri).or_default().push(TextEdit { range, new_text: edit.text });
    }
    WorkspaceEdit { changes: Some(changes), ..Default::default() }
}

pub fn actions(session: &mut Session<'_>, params: &CodeActionParams) -> Option<Vec<CodeActionResponse>> {
    let fixes = |kind: &CodeActionKind| matches!(kind, CodeActionKind::Empty | CodeActionKind::QuickFix);
    if params.context.only.as_ref().is_some_and(|only| !only.iter().any(fixes)) {
        return Some(Vec::new());
    }
    let (snapshot, file) = session.file(&params.text_document.uri)?;
    let offset = |position| session.encoding.offset(snapshot.text(file), position);
    let within = offset(params.range.start)..offset(params.range.end);
    let action = |action: ide::Action| {
        let problem = snapshot.compiled.checked.problems.get(action.problem);
        let told = problem.map(|it| diagnostics::diagnostic(it, &snapshot, &session.root, session.encoding));
        CodeActionResponse::CodeAction(CodeAction {
            title: action.title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(told.into_iter().collect()),
            is_preferred: Some(action.preferred),
            edit: Some(edit(session, &snapshot, action.edits)),
            ..Default::default()
        })
    };
    Some(ide::actions(&snapshot, file, &within).into_iter().map(action).collect())
}
