//! One editor, from `initialize` to `exit`.

use crate::documents::{Document, Documents, Overlay};
use crate::paths::Root;
use crate::position::Encoding;
use crate::{answer, capabilities, diagnostics};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, InitializeParams, PublishDiagnosticsParams, Uri, WorkspaceFolders,
};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use vpcc_core::ide::{Snapshot, glance_at, program_of};
use vpcc_core::source::{FileId, World};

/// How a session came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor said good-bye.
    Properly,
    /// The editor is gone.
    Abruptly,
}

/// What is known of one editor.
pub struct Session<'w> {
    world: &'w dyn World,
    /// Where paths start.
    pub root: Root,
    folders: Vec<Uri>,
    /// How positions count.
    pub encoding: Encoding,
    /// Whether completions may have places to fill in.
    pub snippets: bool,
    /// What is open.
    pub documents: Documents,
    /// The programs of what is open, by path, as long as no text of theirs has changed.
    snapshots: BTreeMap<String, Rc<Snapshot>>,
    /// What they were before a text of theirs changed, to start from.
    stale: BTreeMap<String, Rc<Snapshot>>,
    /// The program that each open file belongs to.
    homes: BTreeMap<String, String>,
    /// The files that findings were told in, by program.
    told: BTreeMap<String, BTreeSet<String>>,
    /// The programs whose findings have been told as they are.
    fresh: BTreeSet<String>,
}

/// A file of a program, and a place in it.
pub struct Place {
    /// The program.
    pub snapshot: Rc<Snapshot>,
    /// The file.
    pub file: FileId,
    /// The offset of the cursor.
    pub offset: usize,
}

/// Serves until the editor goes away.
pub fn run(connection: Connection, world: &dyn World) -> Result<Ended, String> {
    let (id, params) = connection.initialize_start().map_err(|error| error.to_string())?;
    let params: InitializeParams = match serde_json::from_value(params) {
        Ok(params) => params,
        Err(error) => {
            let why = error.to_string();
            send(&connection, Response::new_err(id, ErrorCode::InvalidParams as i32, why.clone()).into())?;
            return Err(why);
        }
    };
    let general = params.capabilities.general.as_ref();
    let encoding = Encoding::of(general.and_then(|general| general.position_encodings.as_deref()));
    let offered = serde_json::to_value(capabilities::offered(encoding)).map_err(|error| error.to_string())?;
    connection.initialize_finish(id, offered).map_err(|error| error.to_string())?;
    let folders = folders(&params);
    let mut session = Session {
        world,
        root: Root::of(&folders),
        folders,
        encoding,
        snippets: snippets(&params),
        documents: Documents::new(),
        snapshots: BTreeMap::new(),
        stale: BTreeMap::new(),
        homes: BTreeMap::new(),
        told: BTreeMap::new(),
        fresh: BTreeSet::new(),
    };
    session.serve(&connection)
}

fn snippets(params: &InitializeParams) -> bool {
    let items =
        params.capabilities.text_document.as_ref().and_then(|text| text.completion.as_ref()?.completion_item.as_ref());
    items.and_then(|item| item.snippet_support).unwrap_or_default()
}

fn folders(params: &InitializeParams) -> Vec<Uri> {
    match &params.workspace_folders_initialize_params.workspace_folders {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => {
            folders.iter().map(|folder| folder.uri.clone()).collect()
        }
        #[expect(deprecated, reason = "what editors without several folders send")]
        _ => params.root_uri.clone().into_iter().collect(),
    }
}

impl Session<'_> {
    fn serve(&mut self, connection: &Connection) -> Result<Ended, String> {
        let mut queue = VecDeque::new();
        let mut leaving = false;
        loop {
            if queue.is_empty() {
                if !leaving {
                    self.tell(connection)?;
                }
                match connection.receiver.recv() {
                    Ok(message) => queue.push_back(message),
                    Err(_) => return Ok(Ended::Abruptly),
                }
            }
            // What has been cancelled or typed over in the meantime needs no answer of its own.
            queue.extend(connection.receiver.try_iter());
            let cancelled = cancelled(&queue);
            match queue.pop_front() {
                Some(Message::Request(request)) => {
                    let refuse =
                        |code: ErrorCode, why: &str| Response::new_err(request.id.clone(), code as i32, why.to_owned());
                    let response = match request.method.as_str() {
                        _ if leaving => refuse(ErrorCode::InvalidRequest, "this was the end"),
                        "initialize" => refuse(ErrorCode::InvalidRequest, "this has begun already"),
                        "shutdown" => {
                            leaving = true;
                            Response::new_ok(request.id, ())
                        }
                        _ if cancelled.contains(&request.id) => refuse(ErrorCode::RequestCanceled, "cancelled"),
                        _ => self.answer(request),
                    };
                    send(connection, response.into())?;
                }
                Some(Message::Notification(notification)) if notification.method == "exit" => {
                    return Ok(if leaving { Ended::Properly } else { Ended::Abruptly });
                }
                Some(Message::Notification(notification)) => self.take(notification),
                Some(Message::Response(_)) | None => {}
            }
        }
    }

    /// Answers a request. A fault of ours costs the editor this one answer.
    fn answer(&mut self, request: Request) -> Response {
        let id = request.id.clone();
        match catch_unwind(AssertUnwindSafe(|| answer::answer(self, request))) {
            Ok(response) => response,
            Err(_) => Response::new_err(id, ErrorCode::InternalError as i32, "vpcc stumbled over this".to_owned()),
        }
    }

    fn take(&mut self, notification: Notification) {
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let Some(DidOpenTextDocumentParams { text_document: opened }) = read(notification) else { return };
                if let Some(path) = self.root.path(&opened.uri) {
                    let document = Document::open(&path, opened.text, opened.version);
                    self.documents.insert(path, document);
                    self.forget();
                }
            }
            "textDocument/didChange" => {
                let Some(params) = read::<DidChangeTextDocumentParams>(notification) else { return };
                let Some(path) = self.root.path(&params.text_document.text_document_identifier.uri) else { return };
                if let Some(document) = self.documents.get_mut(&path) {
                    document.apply(params.content_changes, self.encoding);
                    document.version = params.text_document.version;
                    let text = if document.live() { document.text.as_str() } else { "" };
                    let glance = glance_at(&path, text);
                    let moved = std::mem::replace(&mut document.glance, glance) != document.glance;
                    self.forget_file(&path);
                    if moved {
                        self.homes.clear();
                    }
                }
            }
            "textDocument/didClose" => {
                let Some(params) = read::<DidCloseTextDocumentParams>(notification) else { return };
                if let Some(path) = self.root.path(&params.text_document.uri) {
                    self.documents.remove(&path);
                    self.forget();
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                let Some(params) = read::<DidChangeWorkspaceFoldersParams>(notification) else { return };
                self.folders.retain(|folder| !params.event.removed.iter().any(|removed| removed.uri == *folder));
                self.folders.extend(params.event.added.into_iter().map(|folder| folder.uri));
                self.rename_all(Root::of(&self.folders));
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.forget(),
            _ => {}
        }
    }

    /// Tells all paths from another folder.
    fn rename_all(&mut self, root: Root) {
        let old = std::mem::replace(&mut self.root, root);
        let documents = std::mem::take(&mut self.documents);
        for (path, document) in documents {
            let uri = old.uri(&path);
            self.documents.insert(self.root.path(&uri).unwrap_or(path), document);
        }
        let renamed = |path: &String| self.root.path(&old.uri(path)).unwrap_or_else(|| path.clone());
        self.told =
            self.told.iter().map(|(program, files)| (renamed(program), files.iter().map(renamed).collect())).collect();
        self.forget();
    }

    /// Nothing that was found out holds any longer.
    fn forget(&mut self) {
        self.stale.append(&mut self.snapshots);
        self.homes.clear();
        self.fresh.clear();
    }

    /// What was found out about programs with this file holds no longer.
    fn forget_file(&mut self, path: &str) {
        let gone = |snapshot: &Rc<Snapshot>| snapshot.file(path).is_some();
        let programs: Vec<String> =
            self.snapshots.iter().filter(|(_, snapshot)| gone(snapshot)).map(|(program, _)| program.clone()).collect();
        for program in programs.iter().chain(self.homes.get(path)) {
            self.stale.extend(self.snapshots.remove_entry(program));
            self.fresh.remove(program);
        }
    }

    /// The files as the editor shows them.
    pub fn overlay(&self) -> Overlay<'_> {
        Overlay { documents: &self.documents, root: &self.root, world: self.world }
    }

    fn home(&mut self, path: &str) -> String {
        if let Some(home) = self.homes.get(path) {
            return home.clone();
        }
        let home = program_of(&self.overlay(), path);
        self.homes.insert(path.to_owned(), home.clone());
        home
    }

    /// The file or folder that is the program of a file, by the path that the file system knows; `None` for what is in
    /// no file system.
    pub fn program_path(&mut self, uri: &Uri) -> Option<String> {
        let path = self.root.path(uri)?;
        let home = self.home(&path);
        Some(self.root.full(&home))
    }

    /// The program that a file belongs to.
    pub fn program(&mut self, path: &str) -> Rc<Snapshot> {
        let home = self.home(path);
        self.snapshot(&home)
    }

    fn snapshot(&mut self, program: &str) -> Rc<Snapshot> {
        if let Some(snapshot) = self.snapshots.get(program) {
            return Rc::clone(snapshot);
        }
        let earlier = self.stale.remove(program).and_then(Rc::into_inner);
        let snapshot = Rc::new(Snapshot::again(&self.overlay(), program, earlier));
        self.snapshots.insert(program.to_owned(), Rc::clone(&snapshot));
        snapshot
    }

    /// The programs of everything that is open.
    pub fn programs(&mut self) -> Vec<Rc<Snapshot>> {
        let open: Vec<String> = self.documents.keys().cloned().collect();
        let homes: BTreeSet<String> = open.iter().map(|path| self.home(path)).collect();
        homes.iter().map(|home| self.snapshot(home)).collect()
    }

    /// The file behind a URI, in its program.
    pub fn file(&mut self, uri: &Uri) -> Option<(Rc<Snapshot>, FileId)> {
        let path = self.root.path(uri)?;
        if self.documents.get(&path).is_some_and(|document| !document.live()) {
            return None;
        }
        let snapshot = self.program(&path);
        let file = snapshot.file(&path)?;
        Some((snapshot, file))
    }

    /// The place behind a position.
    pub fn place(&mut self, at: &lsp_types::TextDocumentPositionParams) -> Option<Place> {
        let (snapshot, file) = self.file(&at.text_document.uri)?;
        let offset = self.encoding.offset(snapshot.text(file), at.position);
        Some(Place { snapshot, file, offset })
    }

    /// Tells what is wrong with the programs that have changed.
    fn tell(&mut self, connection: &Connection) -> Result<(), String> {
        let mut homes: BTreeMap<String, String> = BTreeMap::new();
        let open: Vec<String> = self.documents.keys().cloned().collect();
        for path in open {
            homes.entry(self.home(&path)).or_insert(path);
        }
        let gone: Vec<String> = self.told.keys().filter(|program| !homes.contains_key(*program)).cloned().collect();
        let mut cleared: BTreeSet<String> =
            gone.iter().filter_map(|program| self.told.remove(program)).flatten().collect();
        for (program, path) in
            homes.into_iter().filter(|(program, _)| !self.fresh.contains(program)).collect::<Vec<_>>()
        {
            let found = self.found(&program, &path);
            let files: BTreeSet<String> = found.keys().cloned().collect();
            let before = self.told.insert(program.clone(), files).unwrap_or_default();
            cleared.extend(before.into_iter().filter(|file| !found.contains_key(file)));
            for (file, diagnostics) in found {
                cleared.remove(&file);
                self.publish(connection, &file, diagnostics)?;
            }
            self.fresh.insert(program);
        }
        let still: BTreeSet<&String> = self.told.values().flatten().collect();
        cleared.retain(|file| !still.contains(file));
        for file in cleared {
            self.publish(connection, &file, Vec::new())?;
        }
        self.stale.clear();
        Ok(())
    }

    fn found(&mut self, program: &str, path: &str) -> BTreeMap<String, Vec<lsp_types::Diagnostic>> {
        if self.documents.get(path).is_some_and(|document| !document.live()) {
            return BTreeMap::from([(path.to_owned(), vec![diagnostics::too_large()])]);
        }
        let found = catch_unwind(AssertUnwindSafe(|| {
            let snapshot = self.snapshot(program);
            diagnostics::by_file(&snapshot, &self.root, self.encoding, path)
        }));
        found.unwrap_or_default()
    }

    fn publish(
        &self,
        connection: &Connection,
        file: &str,
        diagnostics: Vec<lsp_types::Diagnostic>,
    ) -> Result<(), String> {
        let version = self.documents.get(file).map(|document| document.version);
        let params = PublishDiagnosticsParams { uri: self.root.uri(file), version, diagnostics };
        send(connection, Notification::new("textDocument/publishDiagnostics".to_owned(), params).into())
    }
}

fn cancelled(queue: &VecDeque<Message>) -> BTreeSet<RequestId> {
    let ids = queue.iter().filter_map(|message| match message {
        Message::Notification(notification) if notification.method == "$/cancelRequest" => {
            serde_json::from_value(notification.params.get("id")?.clone()).ok()
        }
        _ => None,
    });
    ids.collect()
}

fn read<T: DeserializeOwned>(notification: Notification) -> Option<T> {
    serde_json::from_value(notification.params).ok()
}

fn send(connection: &Connection, message: Message) -> Result<(), String> {
    connection.sender.send(message).map_err(|_| "the editor takes no answers any more".to_owned())
}
