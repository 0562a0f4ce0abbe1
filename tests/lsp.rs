//! The language server over pipes, with the real binary.

#[path = "support/editor.rs"]
mod editor;
mod support;

use editor::Editor;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use support::{ends, stderr, stdout, vpcc, workspace};
use vpcc::Exit;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "vpc"));
    paths.sort();
    paths
}

/// What `vpcc check` finds in the file of a folder, in the shape of [`told`].
fn checked(folder: &Path, file: &str) -> Vec<Value> {
    let output = vpcc().current_dir(folder).args(["check", "--message-format", "json", file]).output().unwrap();
    assert_eq!(stderr(&output), "");
    let mut found: Vec<Value> =
        stdout(&output).lines().map(|line| finding(&serde_json::from_str(line).unwrap())).collect();
    found.sort_by_key(Value::to_string);
    found
}

fn finding(json: &Value) -> Value {
    let place = |json: &Value| json!([json["line"], json["column"], json["end_line"], json["end_column"]]);
    let labels = json["labels"].as_array().unwrap();
    let first = labels.first().map(|label| label["message"].as_str().unwrap()).filter(|text| !text.is_empty());
    let notes = json["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap());
    let lines: Vec<&str> = json["message"].as_str().into_iter().chain(first).chain(notes).collect();
    let related: Vec<Value> = labels.iter().skip(1).map(place).collect();
    json!([json["severity"], json["code"], lines.join("\n"), place(json), related])
}

/// The diagnostics of an editor that counts bytes, in a text without anything else than ASCII.
fn told(diagnostics: &Value) -> Vec<Value> {
    let number = |value: &Value| value.as_u64().unwrap() + 1;
    let place = |range: &Value| {
        let (start, end) = (&range["start"], &range["end"]);
        json!([number(&start["line"]), number(&start["character"]), number(&end["line"]), number(&end["character"])])
    };
    let each = |diagnostic: &Value| {
        let severity = if diagnostic["severity"] == 1 { "error" } else { "warning" };
        let related = diagnostic["relatedInformation"].as_array().map_or(&[][..], Vec::as_slice);
        let related: Vec<Value> = related.iter().map(|related| place(&related["location"]["range"])).collect();
        json!([severity, diagnostic["code"], diagnostic["message"], place(&diagnostic["range"]), related])
    };
    let mut told: Vec<Value> = diagnostics.as_array().unwrap().iter().map(each).collect();
    told.sort_by_key(Value::to_string);
    told
}

#[test]
fn an_editor_is_told_what_check_tells() {
    // With the files that fixtures name, and without the examples themselves.
    let folder = workspace();
    for path in files(folder.path()) {
        fs::remove_file(path).unwrap();
    }
    let mut compared = 0;
    let mut editor = Editor::open_folder(folder.path(), &["utf-8", "utf-16"]);
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compiler/check")) {
        let text = fs::read(&path).unwrap();
        let Ok(text) = String::from_utf8(text) else { continue };
        let program = folder.path().join("program.vpc");
        fs::write(&program, &text).unwrap();
        let diagnostics = editor.open("program.vpc", &text);
        if text.is_ascii() {
            assert_eq!(told(&diagnostics), checked(folder.path(), "program.vpc"), "{}", path.display());
            compared += 1;
        }
        editor.told.clear();
        editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": editor.uri("program.vpc") } }));
        assert_eq!(editor.diagnostics("program.vpc"), json!([]));
    }
    assert!(compared > 40);
    assert!(editor.quit().success());
}

#[test]
fn every_diagnostic_links_to_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut editor = Editor::open_folder(folder.path(), &[]);
    let diagnostics = editor.open(
        "a.vpc",
        "stack s\nnetwork n 10.0.0.0/16 {\n  subnet a 10.0.0.0/24 az a\n  subnet a 10.0.1.0/24 az a\n}\n",
    );
    let twice = diagnostics.as_array().unwrap().iter().find(|one| one["code"] == "declared-twice").unwrap();
    assert!(twice["codeDescription"]["href"].as_str().unwrap().ends_with("/problem/pages/declared-twice.md"));
    assert_eq!(twice["relatedInformation"][0]["location"]["uri"], editor.uri("a.vpc"));
    assert_eq!(twice["relatedInformation"][0]["location"]["range"]["start"]["line"], 2);
}

#[test]
fn positions_count_as_the_editor_does() {
    let folder = tempfile::tempdir().unwrap();
    let text = "stack s\r\nnetwork n 10.0.0.0/16 {\r\n  tags { a \"🦀é\"; b \"🦀\" }; nonsense here\r\n}\r\n";
    for (encodings, kind, column) in
        [(&["utf-16"][..], "utf-16", 28), (&["utf-8", "utf-16"], "utf-8", 33), (&[], "utf-16", 28)]
    {
        let mut editor = Editor::open_folder(folder.path(), encodings);
        assert_eq!(editor.offered["capabilities"]["positionEncoding"], kind);
        let diagnostics = editor.open("a.vpc", text);
        let found = diagnostics.as_array().unwrap().iter().find(|one| one["code"] == "unknown-statement").unwrap();
        assert_eq!(found["range"]["start"], json!({ "line": 2, "character": column }), "{diagnostics}");
        // The word behind the crabs is taken out as the editor counts, and with it the mistake.
        let diagnostics = editor.change("a.vpc", 2, json!([{ "range": found["range"], "text": "" },
            { "range": { "start": { "line": 2, "character": column }, "end": { "line": 2, "character": column + 5 } }, "text": "" }]));
        assert!(!diagnostics.to_string().contains("unknown-statement"), "{diagnostics}");
        assert!(editor.quit().success());
    }
}

#[test]
fn commands_are_given_the_program_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("main.vpc", "stack s\n"), ("net.vpc", "network n 10.0.0.0/16 {}\n")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut editor = Editor::open_folder(folder.path(), &[]);
    let params = json!({ "uri": editor.uri("net.vpc") });
    assert_eq!(editor.ask("vpcc/program", params.clone()), json!(folder.path()));
    fs::write(folder.path().join("other.vpc"), "stack t\n").unwrap();
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert_eq!(editor.ask("vpcc/program", params), json!(folder.path().join("net.vpc")));
    assert!(editor.quit().success());
}

#[test]
fn a_folder_is_one_program_and_modules_belong_to_their_user() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("main.vpc", "stack s\nregion us-west-2\n");
    write("net.vpc", "network n 10.0.0.0/16 {\n  sg web { ingress tcp 443 from office }\n}\n");
    let mut editor = Editor::open_folder(folder.path(), &[]);
    let net = fs::read_to_string(folder.path().join("net.vpc")).unwrap();
    assert!(editor.open("net.vpc", &net).to_string().contains("there is no `office`"));
    // What is typed in one file mends the other.
    editor.told.clear();
    editor.open("main.vpc", "stack s\nregion us-west-2\n");
    editor.diagnostics("net.vpc");
    editor.told.clear();
    let office = json!([{ "range": { "start": { "line": 2, "character": 0 }, "end": { "line": 2, "character": 0 } }, "text": "let office = 203.0.113.0/24\n" }]);
    editor.change("main.vpc", 2, office);
    assert!(!editor.diagnostics("net.vpc").to_string().contains("there is no `office`"));
    assert!(editor.quit().success());

    let examples = workspace();
    let mut editor = Editor::open_folder(examples.path(), &[]);
    let stage = fs::read_to_string(examples.path().join("modules/stage.vpc")).unwrap();
    assert_eq!(editor.open("modules/stage.vpc", &stage), json!([]));
    let broken = stage.replacen("  subnet", "  subnt", 1);
    assert!(editor.change("modules/stage.vpc", 2, json!([{ "text": broken }])).to_string().contains("subnt"));
}

#[test]
fn a_file_is_laid_out_as_fmt_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut editor = Editor::open_folder(folder.path(), &[]);
    let text = "stack s\nregion us-west-2\nnetwork n 10.0.0.0/16 {\nsubnet a 10.0.0.0/24 az a\n   }\n";
    editor.open("a.vpc", text);
    let format = |editor: &mut Editor| {
        let params = json!({ "textDocument": { "uri": editor.uri("a.vpc") }, "options": { "tabSize": 2, "insertSpaces": true } });
        editor.ask("textDocument/formatting", params)
    };
    let edits = format(&mut editor);
    assert_eq!(
        edits,
        json!([{ "range": { "start": { "line": 3, "character": 0 }, "end": { "line": 5, "character": 0 } },
        "newText": "  subnet a 10.0.0.0/24 az a\n}\n" }])
    );
    let uri = editor.uri("a.vpc");
    let line = |line: u32| json!({ "line": line, "character": 0 });
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let range =
        json!({ "textDocument": { "uri": uri }, "range": { "start": line(4), "end": line(5) }, "options": options });
    assert_eq!(
        editor.ask("textDocument/rangeFormatting", range),
        json!([{ "range": { "start": line(3), "end": line(5) }, "newText": "  subnet a 10.0.0.0/24 az a\n}\n" }])
    );
    let range =
        json!({ "textDocument": { "uri": uri }, "range": { "start": line(0), "end": line(3) }, "options": options });
    assert_eq!(editor.ask("textDocument/rangeFormatting", range), Value::Null);
    let typed = json!({ "textDocument": { "uri": uri }, "position": { "line": 4, "character": 4 }, "ch": "}", "options": options });
    assert_eq!(editor.ask("textDocument/onTypeFormatting", typed)[0]["range"]["end"], line(5));
    editor.change("a.vpc", 2, json!([{ "text": "stack s\nnetwork {" }]));
    assert_eq!(format(&mut editor), Value::Null, "a broken file is left as it is");
}

#[test]
fn no_editor_brings_it_down() {
    let folder = tempfile::tempdir().unwrap();
    // One that goes without a word.
    let mut editor = Editor::open_folder(folder.path(), &[]);
    editor.open("a.vpc", "stack s\n");
    assert_eq!(editor.gone().code(), Some(1));
    // One that doesn't speak the protocol.
    let mut editor = Editor::open_folder(folder.path(), &[]);
    editor.send_raw(b"hello\r\n\r\nContent-Length: many\r\n\r\n{{{");
    assert!(!editor.gone().success());
    // One that promises more than anybody has.
    let mut editor = Editor::open_folder(folder.path(), &[]);
    editor.send_raw(b"Content-Length: 9999999999999\r\n\r\n{}");
    assert_eq!(editor.gone().code(), Some(1));
    // One that says nothing, in good form.
    let mut editor = Editor::open_folder(folder.path(), &[]);
    editor.send_raw(b"Content-Length: 3\r\n\r\n[{}");
    assert_eq!(editor.open("a.vpc", "stack s\n"), json!([]));
    assert!(editor.quit().success());
    // One that asks for things that don't exist, in ways that don't make sense, and changes its mind.
    let mut editor = Editor::open_folder(folder.path(), &[]);
    assert_eq!(editor.ask("textDocument/hover", json!({ "what": 1 }))["error"]["code"], -32602);
    assert_eq!(editor.ask("vpc/doesNotExist", json!({}))["error"]["code"], -32601);
    editor.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///not/open.vpc", "version": 3 }, "contentChanges": [{ "text": "x" }] }),
    );
    editor.notify("textDocument/didOpen", json!(["garbage"]));
    editor.notify("$/cancelRequest", json!({ "id": 4711 }));
    let slow = editor.begin(
        "textDocument/hover",
        json!({ "textDocument": { "uri": editor.uri("a.vpc") }, "position": { "line": 0, "character": 0 } }),
    );
    editor.notify("$/cancelRequest", json!({ "id": slow }));
    editor.wait(slow);
    // What is no text, what is too large, and what has been deleted under the editor.
    assert!(editor.open("binary.vpc", "\u{0}\u{1}\u{fffd}ELF\u{0}").to_string().contains("not-text"));
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": editor.uri("binary.vpc") } }));
    let large = "# nothing\n".repeat(5_000_000);
    assert!(editor.open("large.vpc", &large).to_string().contains("too large"));
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": editor.uri("large.vpc") } }));
    fs::write(folder.path().join("b.vpc"), "stack s\n").unwrap();
    editor.open("b.vpc", "stack s\n");
    fs::remove_file(folder.path().join("b.vpc")).unwrap();
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": editor.uri("b.vpc"), "type": 3 }] }));
    assert_eq!(editor.change("b.vpc", 2, json!([{ "text": "stack s\nregion us-west-2\n" }])), json!([]));
    assert!(editor.quit().success());
}

const CLUSTER: &str = "stack s\nregion us-west-2\nlet office = 203.0.113.0/24\nnetwork n 10.0.0.0/16 {\n  gateway igw internet\n  subnet lan 10.0.0.0/24 az a {\n    public\n    route any via igw\n  }\n  sg web \"w\" {\n    ingress tcp 22 from any \"ssh\"\n  }\n  node one in lan at .10 { type t3.micro; image ami-04681a1dbd79675a5; sg web }\n}\n";

#[test]
fn every_answer_comes_over_the_wire() {
    let folder = tempfile::tempdir().unwrap();
    let mut editor = Editor::open_folder(folder.path(), &[]);
    editor.open("a.vpc", CLUSTER);
    let uri = editor.uri("a.vpc");
    let document = json!({ "textDocument": { "uri": uri } });
    let range = |line: u32, from: u32, to: u32| json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } });

    let hover = editor.ask_at("textDocument/hover", "a.vpc", 5, 10);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("250 free"), "{hover}");
    assert_eq!(hover["range"], range(5, 9, 12));
    assert_eq!(
        editor.ask_at("textDocument/definition", "a.vpc", 12, 15),
        json!({ "uri": uri, "range": range(5, 9, 12) })
    );
    assert_eq!(editor.ask_at("textDocument/documentHighlight", "a.vpc", 12, 15).as_array().unwrap().len(), 2);
    let references = json!({ "textDocument": { "uri": uri }, "position": { "line": 4, "character": 11 }, "context": { "includeDeclaration": false } });
    assert_eq!(editor.ask("textDocument/references", references), json!([{ "uri": uri, "range": range(7, 18, 21) }]));
    let symbols = editor.ask("textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[1]["name"], "n");
    assert_eq!(symbols[1]["children"].as_array().unwrap().len(), 4);
    assert_eq!(editor.ask("workspace/symbol", json!({ "query": "nlan" }))[0]["name"], "n.lan");
    assert_eq!(editor.ask("textDocument/foldingRange", document.clone())[0]["startLine"], 3);
    let selection = editor.ask(
        "textDocument/selectionRange",
        json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 5, "character": 10 }] }),
    );
    assert_eq!(selection[0]["range"], range(5, 9, 12));
    assert_eq!(editor.ask("textDocument/documentLink", document.clone()), json!([]));
    assert_eq!(editor.ask("textDocument/semanticTokens/full", document)["data"].as_array().unwrap().len() % 5, 0);
    let hints =
        editor.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": range(5, 0, 30) }));
    assert_eq!(
        hints,
        json!([{ "position": { "line": 5, "character": 29 }, "label": "250 free", "paddingLeft": true }])
    );
    let offered = editor.ask_at("textDocument/completion", "a.vpc", 7, 19);
    assert_eq!(offered["items"][0]["label"], "igw");
    assert_eq!(offered["items"][0]["textEdit"]["range"], range(7, 18, 21));

    let shown = editor.ask_at("textDocument/signatureHelp", "a.vpc", 7, 18);
    assert_eq!(shown["signatures"][0]["label"], "route DESTINATION via TARGET");
    assert_eq!(shown["signatures"][0]["parameters"][3]["label"], json!([22, 28]));
    assert_eq!(shown["activeParameter"], 3);
    let lens = editor.ask("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(lens[0]["range"], range(0, 0, 7));
    assert!(lens[0]["command"]["title"].as_str().unwrap().starts_with("creates 6 things: 1 VPC"), "{lens}");

    let prepared = editor.ask_at("textDocument/prepareRename", "a.vpc", 5, 10);
    assert_eq!(prepared, json!({ "range": range(5, 9, 12), "placeholder": "lan" }));
    let rename = |name: &str| json!({ "textDocument": { "uri": uri }, "position": { "line": 5, "character": 10 }, "newName": name });
    let edits = editor.ask("textDocument/rename", rename("front"));
    assert_eq!(edits["changes"][&uri].as_array().unwrap().len(), 3);
    assert!(
        editor.ask("textDocument/rename", rename("igw"))["error"]["message"].as_str().unwrap().contains("is taken")
    );
    let actions = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": uri }, "range": range(10, 20, 27), "context": { "diagnostics": [] } }),
    );
    assert!(actions.to_string().contains("Allow only from `office` instead of `any`"), "{actions}");
    assert!(editor.quit().success());
    ends(&vpcc().args(["lsp", "--help"]).output().unwrap(), Exit::Done);
}

#[test]
fn of_many_findings_a_thousand_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut editor = Editor::open_folder(folder.path(), &[]);
    let text = format!("stack s\nregion us-west-2\n{}", "foo\n".repeat(3000));
    let found = editor.open("many.vpc", &text);
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 1001);
    assert_eq!(found[1000]["message"], "… and 2000 more; `vpcc check` tells how many there are in all");
    assert!(editor.quit().success());
}
