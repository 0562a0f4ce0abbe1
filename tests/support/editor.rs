//! An editor that speaks to `vpcc lsp` over pipes.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// No answer takes longer than this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server, and what it has told.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    folder: PathBuf,
    next: i32,
    /// The last diagnostics of each URI.
    pub told: BTreeMap<String, Value>,
    /// The answer to `initialize`.
    pub offered: Value,
}

impl Editor {
    /// Opens a folder in an editor that counts as `encodings` say.
    pub fn open_folder(folder: &Path, encodings: &[&str]) -> Editor {
        let folder = folder.canonicalize().unwrap();
        let mut child = super::vpcc()
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut editor =
            Editor { child, input, messages, folder, next: 0, told: BTreeMap::new(), offered: Value::Null };
        let uri = editor.uri("");
        let uri = uri.trim_end_matches('/');
        let params = json!({
            "processId": null, "rootUri": uri, "workspaceFolders": [{ "uri": uri, "name": "folder" }],
            "capabilities": { "general": { "positionEncodings": encodings } },
        });
        editor.offered = editor.ask("initialize", params);
        editor.notify("initialized", json!({}));
        editor
    }

    /// The URI of a file in the folder.
    pub fn uri(&self, file: &str) -> String {
        format!("file://{}/{file}", self.folder.display()).replace(' ', "%20")
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        // A server that is gone takes nothing.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting for its answer.
    pub fn begin(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }));
        self.next
    }

    /// Waits for an answer: `result`, or all of it where that is missing.
    #[track_caller]
    pub fn wait(&mut self, id: i32) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server answers");
            if message["id"] == json!(id) {
                return message.get("result").cloned().unwrap_or(message);
            }
            self.note(message);
        }
    }

    /// Sends a request and waits for its answer.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.wait(id)
    }

    /// Asks about a place.
    #[track_caller]
    pub fn ask_at(&mut self, method: &str, file: &str, line: u32, character: u32) -> Value {
        let params =
            json!({ "textDocument": { "uri": self.uri(file) }, "position": { "line": line, "character": character } });
        self.ask(method, params)
    }

    /// Opens a file, and waits for what is wrong with it.
    #[track_caller]
    pub fn open(&mut self, file: &str, text: &str) -> Value {
        let uri = self.uri(file);
        self.told.remove(&uri);
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "vpc", "version": 1, "text": text } }),
        );
        self.diagnostics(file)
    }

    /// Changes a file, and waits for what is wrong with it.
    #[track_caller]
    pub fn change(&mut self, file: &str, version: i32, changes: Value) -> Value {
        let uri = self.uri(file);
        self.told.remove(&uri);
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes }),
        );
        self.diagnostics(file)
    }

    /// Waits until something has been told of a file.
    #[track_caller]
    pub fn diagnostics(&mut self, file: &str) -> Value {
        let uri = self.uri(file);
        while !self.told.contains_key(&uri) {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server tells what is wrong");
            self.note(message);
        }
        self.told[&uri].clone()
    }

    fn note(&mut self, message: Value) {
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap().to_owned();
            self.told.insert(uri, message["params"]["diagnostics"].clone());
        }
    }

    /// Says good-bye.
    #[track_caller]
    pub fn quit(mut self) -> ExitStatus {
        self.ask("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.gone()
    }

    /// Closes the pipe and waits for the server to end.
    #[track_caller]
    pub fn gone(&mut self) -> ExitStatus {
        self.input = None;
        self.child.wait().unwrap()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receive(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => {
                if let Some(value) = header.strip_prefix("Content-Length: ") {
                    length = value.parse().ok()?;
                }
            }
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}
