//! How long an editor waits, in a file of 10,000 lines: from a keystroke to its findings, for hover, for completion; and
//! how much memory that takes.
//!
//! Run with `cargo bench -p vpcc-lsp`. It fails if one of them takes longer than the budget at the 99th percentile.

use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vpcc_core::source::Memory;

/// What nobody notices.
const BUDGET: Duration = Duration::from_millis(20);

/// What nobody misses.
const MEMORY_MIB: usize = 150;

/// How often each is measured.
const ROUNDS: usize = 300;

/// A program of so many lines in networks with so many nodes: subnets, groups and nodes.
fn program(lines: usize, nodes: usize) -> String {
    let mut text = String::from(
        "stack bench\nregion us-west-2\nquota networks 1000\nquota nodes 100000\nlet office = 203.0.113.0/24\n",
    );
    for network in 0.. {
        if text.lines().count() >= lines {
            break;
        }
        text += &format!("network n{network} 10.{network}.0.0/16 {{\n  gateway igw internet\n");
        for subnet in 0..8 {
            let third = subnet * 4;
            text += &format!(
                "  subnet s{subnet} 10.{network}.{third}.0/22 az a {{\n    public\n    route any via igw\n  }}\n"
            );
        }
        text += "  sg web \"web servers\" {\n    ingress tcp 443 from any\n    ingress tcp 22 from office\n  }\n";
        for node in 0..nodes {
            let (subnet, place) = (node % 8, node / 8 + 10);
            let at = format!("10.{network}.{}.{}", subnet * 4 + place / 256, place % 256);
            text += &format!(
                "  node web{node} in s{subnet} at {at} {{\n    type  t3.micro\n    image ami-04681a1dbd79675a5\n    sg    web\n  }}\n"
            );
        }
        text += "}\n";
    }
    text
}

struct Editor {
    connection: Connection,
    next: i32,
}

const URI: &str = "file:///bench/program.vpc";

impl Editor {
    fn notify(&self, method: &str, params: Value) {
        self.connection.sender.send(Notification::new(method.to_owned(), params).into()).unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let request = Request::new(self.next.into(), method.to_owned(), params);
        self.connection.sender.send(request.into()).unwrap();
        loop {
            if let Message::Response(response) = self.connection.receiver.recv().unwrap() {
                return response.response_result.unwrap();
            }
        }
    }

    fn told(&self) -> usize {
        loop {
            if let Message::Notification(notification) = self.connection.receiver.recv().unwrap() {
                return notification.params["diagnostics"].as_array().unwrap().len();
            }
        }
    }
}

fn measured(what: &str, mut each: impl FnMut(usize)) -> bool {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|round| {
            let start = Instant::now();
            each(round);
            start.elapsed()
        })
        .collect();
    times.sort();
    let (half, most) = (times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
    println!("{what:<28} median {half:>9.2?}   99th percentile {most:>9.2?}   longest {:>9.2?}", times[ROUNDS - 1]);
    most <= BUDGET
}

/// The most memory that this process ever had, in MiB; `None` where the system doesn't tell.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? >> 10)
}

/// Edits one program, and tells whether all was within the budget.
fn edited(text: String) -> bool {
    let (server, connection) = Connection::memory();
    let world = Memory::default().with("program.vpc", text.clone());
    let served = std::thread::spawn(move || vpcc_lsp::serve(server, &world));
    let mut editor = Editor { connection, next: 0 };
    editor.ask("initialize", json!({ "capabilities": {}, "rootUri": "file:///bench" }));
    editor.notify("initialized", json!({}));
    editor.notify(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": URI, "languageId": "vpc", "version": 1, "text": text } }),
    );
    assert_eq!(editor.told(), 0, "the program is clean");
    let line = text.lines().count() / 2;
    let line = line + text.lines().skip(line).position(|line| line.starts_with("  node ")).unwrap();
    println!(
        "{} lines, {} KiB, {} networks",
        text.lines().count(),
        text.len() / 1024,
        text.matches("network n").count()
    );

    let change = |editor: &Editor, round: usize, change: Value| {
        editor.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": URI, "version": round }, "contentChanges": [change] }),
        );
    };
    let typed = |editor: &Editor, round: usize, letter: &str| {
        let at = |character: usize| json!({ "line": line + 3, "character": character });
        // One letter comes, and goes again.
        let end = if round.is_multiple_of(2) { 13 } else { 14 };
        let text = if round.is_multiple_of(2) { letter } else { "" };
        change(editor, round, json!({ "range": { "start": at(13), "end": at(end) }, "text": text }));
    };
    let at = |character: usize| json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } });
    let name = 8;
    let mut good = measured("a keystroke to its findings", |round| {
        typed(&editor, round, "x");
        assert_eq!(editor.told() > 0, round.is_multiple_of(2));
    });
    good &= measured("a brace to its findings", |round| {
        typed(&editor, round, "{");
        assert_eq!(editor.told() > 0, round.is_multiple_of(2));
    });
    good &= measured("hover", |_| assert!(editor.ask("textDocument/hover", at(name)).is_object()));
    good &= measured("completion", |_| assert!(editor.ask("textDocument/completion", at(name)).is_object()));
    good &= measured("a keystroke and completion", |round| {
        typed(&editor, round, "x");
        assert!(editor.ask("textDocument/completion", at(name)).is_object());
    });
    editor.ask("shutdown", Value::Null);
    editor.notify("exit", Value::Null);
    drop(served.join());
    good
}

fn main() {
    let mut good = edited(program(10_000, 72));
    good &= edited(program(10_000, 2_000));
    if let Some(peak) = peak() {
        println!("at most {peak} MiB of memory");
        good &= peak <= MEMORY_MIB;
    }
    if !good {
        println!("more than {BUDGET:?} or {MEMORY_MIB} MiB");
        std::process::exit(1);
    }
}
