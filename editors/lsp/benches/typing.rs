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

/// What nobody minds, when 50 claims are proven anew.
const CLAIMS_BUDGET: Duration = Duration::from_millis(50);

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

fn measured(what: &str, budget: Duration, mut each: impl FnMut(usize)) -> bool {
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
    most <= budget
}

/// The most memory that this process ever had, in MiB; `None` where the system doesn't tell.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? >> 10)
}

/// A network of 100 subnets with 1,000 rules, and 50 assertions.
fn claims(nodes: usize) -> String {
    let mut text = String::from(
        "stack bench\nregion us-west-2\nquota nodes 100000\nquota interfaces 100000\nquota sg-rules 100\n
network n 10.0.0.0/16 {
  gateway igw internet
  gateway out nat in s0
  routes private { route any via out }
  routes closed { }
  defaults { type t3.micro; image ami-04681a1dbd79675a5 }\n",
    );
    for subnet in 0..100 {
        let inside = ["public; route any via igw", "routes private", "routes closed"][subnet % 3];
        text += &format!("  subnet s{subnet} 10.0.{subnet}.0/24 az a {{ {inside} }}\n");
    }
    for group in 0..20 {
        text += &format!("  sg g{group} {{\n    ingress tcp 443 from g{}\n", (group + 1) % 20);
        for rule in 1..50 {
            text += &format!("    ingress tcp {} from 10.0.{}.0/24\n", 8000 + rule, (group * 7 + rule) % 100);
        }
        text += "  }\n";
    }
    for subnet in 0..100 {
        let (last, group) = (nodes / 100 - 1, subnet % 20);
        text += &format!("  node node{subnet}[0..{last}] in s{subnet} at .4 {{ sg g{group} }}\n");
    }
    for subnet in 0..50 {
        text += &match subnet % 2 {
            0 => format!("  assert internet cannot reach node{subnet} on tcp 22\n"),
            _ => format!("  assert node{} can reach node{subnet} on tcp 443\n", subnet + 1),
        };
    }
    text + "}\n"
}

/// An editor with an open program.
struct Open {
    editor: Editor,
    served: std::thread::JoinHandle<()>,
    rounds: i32,
}

impl Open {
    /// Opens a program; it has to be clean.
    fn new(text: &str) -> Open {
        let (server, connection) = Connection::memory();
        let world = Memory::default().with("program.vpc", text.to_owned());
        let served = std::thread::spawn(move || {
            vpcc_lsp::serve(server, &world).unwrap();
        });
        let mut editor = Editor { connection, next: 0 };
        editor.ask("initialize", json!({ "capabilities": {}, "rootUri": "file:///bench" }));
        editor.notify("initialized", json!({}));
        editor.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": URI, "languageId": "vpc", "version": 1, "text": text } }),
        );
        assert_eq!(editor.told(), 0, "the program is clean");
        let (lines, networks) = (text.lines().count(), text.matches("network n").count());
        println!("{lines} lines, {} KiB, {networks} networks", text.len() / 1024);
        Open { editor, served, rounds: 1 }
    }

    /// Types a letter behind a character of a line, and takes it out the next time.
    fn typed(&mut self, round: usize, (line, character): (usize, usize), letter: &str) {
        let end = if round.is_multiple_of(2) { character } else { character + 1 };
        let text = if round.is_multiple_of(2) { letter } else { "" };
        let at = |character: usize| json!({ "line": line, "character": character });
        self.rounds += 1;
        let change = json!({ "range": { "start": at(character), "end": at(end) }, "text": text });
        self.editor.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": URI, "version": self.rounds }, "contentChanges": [change] }),
        );
    }

    fn close(mut self) {
        self.editor.ask("shutdown", Value::Null);
        self.editor.notify("exit", Value::Null);
        drop(self.served.join());
    }
}

/// Edits one program, and tells whether all was within the budget.
fn edited(text: &str) -> bool {
    let mut open = Open::new(text);
    let line = text.lines().count() / 2;
    let line = line + text.lines().skip(line).position(|line| line.starts_with("  node ")).unwrap();
    let place = (line + 3, 13);
    let at = |character: usize| json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } });
    let name = 8;
    let mut good = measured("a keystroke to its findings", BUDGET, |round| {
        open.typed(round, place, "x");
        assert_eq!(open.editor.told() > 0, round.is_multiple_of(2));
    });
    good &= measured("a brace to its findings", BUDGET, |round| {
        open.typed(round, place, "{");
        assert_eq!(open.editor.told() > 0, round.is_multiple_of(2));
    });
    good &= measured("hover", BUDGET, |_| assert!(open.editor.ask("textDocument/hover", at(name)).is_object()));
    good &= measured("completion", BUDGET, |_| {
        assert!(open.editor.ask("textDocument/completion", at(name)).is_object());
    });
    good &= measured("a keystroke and completion", BUDGET, |round| {
        open.typed(round, place, "x");
        assert!(open.editor.ask("textDocument/completion", at(name)).is_object());
    });
    open.close();
    good
}

/// Edits the port of a rule of a program that is right before and after, so that all that it claims is proven again.
fn claimed(text: &str) -> bool {
    let mut open = Open::new(text);
    let rule = |line: &str| line.starts_with("    ingress tcp 443 from ");
    let line = text.lines().position(rule).unwrap();
    let good = measured("a rule to its findings", CLAIMS_BUDGET, |round| {
        open.typed(round, (line, 19), "1");
        assert_eq!(open.editor.told(), 0, "the claims hold either way");
    });
    open.close();
    good
}

fn main() {
    let mut good = edited(&program(10_000, 72));
    good &= edited(&program(10_000, 2_000));
    good &= claimed(&claims(1_000));
    good &= claimed(&claims(10_000));
    if let Some(peak) = peak() {
        println!("at most {peak} MiB of memory");
        good &= peak <= MEMORY_MIB;
    }
    if !good {
        println!("more than {BUDGET:?}, {CLAIMS_BUDGET:?} for claims, or {MEMORY_MIB} MiB");
        std::process::exit(1);
    }
}
