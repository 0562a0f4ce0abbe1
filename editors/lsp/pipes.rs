//! Messages over a pair of byte streams.
//!
//! In: bytes that should be the base protocol: headers, an empty line, and as many bytes of JSON as the headers say. What
//! is framed well and says nothing is passed over with a word to the editor; where the frames are lost, so is the
//! conversation. Memory is taken for what has arrived, never for what a header promises.

use crate::{Ended, serve};
use lsp_server::{Connection, Message, Notification};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::sync::{Arc, mpsc};
use std::thread;
use vpcc_core::source::World;

/// A header is no longer than this, in bytes.
const MAX_HEADER: u64 = 4 << 10;

/// And a message no longer than this: the largest file that is read, with every character escaped.
const MAX_MESSAGE: u64 = 512 << 20;

/// Serves an editor over two streams until it goes away.
///
/// # Errors
/// When what arrives is not the protocol, or nobody takes the answers.
pub fn serve_pipes(
    input: impl Read + Send + 'static,
    mut output: impl Write + Send + 'static,
    world: &dyn World,
) -> Result<Ended, String> {
    // Nobody waits for a place in a queue, so that a cancelled request is seen before its turn comes.
    let (server, Connection { sender, receiver }) = Connection::memory();
    let aside = Arc::new(server.sender.clone());
    let complaints = Arc::downgrade(&aside);
    let (over, outcome) = mpsc::channel();
    thread::spawn(move || {
        let complain = || drop(complaints.upgrade().map(|aside| aside.send(complaint())));
        let read = read_all(BufReader::new(input), |message| sender.send(message).is_ok(), complain);
        // Before the sender goes, by which the session learns that there is no more: then it is known why.
        drop(over.send(read));
    });
    let writer = thread::spawn(move || -> io::Result<()> {
        receiver.into_iter().try_for_each(|message| message.write(&mut output))
    });
    let ended = serve(server, world);
    // A reader that has ended knows best why; one that waits for an editor that is silent would wait for ever.
    let read =
        if ended.is_ok() { outcome.recv().unwrap_or_else(|_| died()) } else { outcome.try_recv().unwrap_or(Ok(())) };
    drop(aside);
    let written = writer.join().unwrap_or_else(|_| died());
    read.and(written).map_err(|error| error.to_string())?;
    ended
}

/// Passes messages on until the editor has no more to say, or nobody listens.
fn read_all(mut input: impl BufRead, pass: impl Fn(Message) -> bool, complain: impl Fn()) -> io::Result<()> {
    while let Some(body) = frame(&mut input)? {
        let Ok(message) = serde_json::from_slice::<Message>(&body) else {
            complain();
            continue;
        };
        let last = matches!(&message, Message::Notification(notification) if notification.method == "exit");
        if !pass(message) || last {
            break;
        }
    }
    Ok(())
}

fn died() -> io::Result<()> {
    Err(io::Error::other("the thread that carries messages has died"))
}

fn complaint() -> Message {
    let params = serde_json::json!({ "type": 2, "message": "vpcc was sent something that is no message" });
    Notification::new("window/logMessage".to_owned(), params).into()
}

/// The bytes of the next message; `None` when there are no more.
fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        let header = line.strip_suffix(b"\r\n").ok_or_else(|| invalid("a header without an end"))?;
        if header.is_empty() {
            break;
        }
        let header = std::str::from_utf8(header).map_err(|_| invalid("a header that is no text"))?;
        let (name, value) = header.split_once(':').ok_or_else(|| invalid("a header without a colon"))?;
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse::<u64>().map_err(|_| invalid("a Content-Length that is no number"))?);
        }
    }
    let length = length.ok_or_else(|| invalid("a message without Content-Length"))?;
    if length > MAX_MESSAGE {
        return Err(invalid("a message that is too long"));
    }
    let mut body = Vec::new();
    let read = input.by_ref().take(length).read_to_end(&mut body)? as u64;
    if read < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(body))
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the editor sent {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::io::Cursor;
    use std::sync::Mutex;
    use vpcc_core::source::Memory;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn framed(body: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    fn request(id: i32, method: &str, params: Value) -> Vec<u8> {
        framed(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string())
    }

    fn notification(method: &str, params: Value) -> Vec<u8> {
        framed(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string())
    }

    fn begin() -> Vec<u8> {
        [request(1, "initialize", json!({ "capabilities": {} })), notification("initialized", json!({}))].concat()
    }

    fn end() -> Vec<u8> {
        [request(99, "shutdown", Value::Null), notification("exit", Value::Null)].concat()
    }

    /// What comes of some bytes, and what is answered to them.
    fn sent(parts: &[Vec<u8>]) -> (Result<Ended, String>, Vec<Value>) {
        let output = Shared::default();
        let ended = serve_pipes(Cursor::new(parts.concat()), output.clone(), &Memory::default());
        let mut answers = Vec::new();
        let bytes = output.0.lock().unwrap().clone();
        let mut input = bytes.as_slice();
        while let Some(body) = frame(&mut input).unwrap() {
            answers.push(serde_json::from_slice(&body).unwrap());
        }
        (ended, answers)
    }

    fn answer(answers: &[Value], id: i32) -> &Value {
        answers.iter().find(|answer| answer["id"] == id).unwrap()
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        let garbage = ["", "{", "[]", "null", "{\"id\":{}}", "\u{0}", &"[".repeat(100_000)].map(framed).concat();
        let (ended, answers) = sent(&[begin(), garbage, request(2, "workspace/symbol", json!({ "query": "" })), end()]);
        assert_eq!(ended, Ok(Ended::Properly));
        assert_eq!(answer(&answers, 2)["result"], json!([]));
        assert_eq!(answers.iter().filter(|told| told["method"] == "window/logMessage").count(), 7);
    }

    #[test]
    fn lost_frames_end_the_conversation() {
        for (bytes, why) in [
            ("hello\r\n\r\n", "without a colon"),
            ("Content-Length: many\r\n\r\n{}", "no number"),
            ("Content-Length: -1\r\n\r\n{}", "no number"),
            ("Content-Length: 18446744073709551615\r\n\r\n{}", "too long"),
            ("Content-Length: 500000000\r\n\r\n{}", "end of file"),
            ("\r\n", "without Content-Length"),
            ("Content-Length: 2", "without an end"),
            (&"x".repeat(1 << 20), "without an end"),
        ] {
            let (ended, _) = sent(&[begin(), bytes.into()]);
            assert!(ended.clone().is_err_and(|told| told.contains(why)), "{bytes:.40}: {ended:?}");
        }
    }

    #[test]
    fn messages_in_the_wrong_order_are_refused() {
        let early = request(7, "textDocument/hover", json!({}));
        let (ended, answers) = sent(&[early, notification("initialized", json!({})), begin(), begin(), end()]);
        assert_eq!(ended, Ok(Ended::Properly));
        assert_eq!(answer(&answers, 7)["error"]["code"], -32002);
        assert!(answers.iter().any(|told| told["id"] == 1 && told["error"]["code"] == -32600), "initialized twice");
        let (ended, _) = sent(&[begin(), request(2, "shutdown", Value::Null), begin()]);
        assert_eq!(ended, Ok(Ended::Abruptly), "it never came to an exit");
        assert_eq!(sent(&[begin(), notification("exit", Value::Null)]).0, Ok(Ended::Abruptly));
        assert!(sent(&[notification("exit", Value::Null)]).0.is_err());
        let (ended, answers) = sent(&[request(1, "initialize", json!({ "capabilities": 7 }))]);
        assert!(ended.is_err());
        assert_eq!(answer(&answers, 1)["error"]["code"], -32602);
    }

    /// Bytes, and then silence: an editor that says no more and does not go away.
    struct ThenSilent(Cursor<Vec<u8>>);

    impl Read for ThenSilent {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => loop {
                    thread::park();
                },
                read => Ok(read),
            }
        }
    }

    #[test]
    fn who_goes_on_listening_is_told_why_it_ended() {
        let input = ThenSilent(Cursor::new(request(1, "initialize", json!({ "capabilities": 7 }))));
        let output = Shared::default();
        assert!(serve_pipes(input, output.clone(), &Memory::default()).is_err());
        let told = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
        assert!(told.contains("-32602"), "{told}");
    }

    #[test]
    fn an_editor_that_dies_leaves_nothing_behind() {
        assert_eq!(sent(&[begin()]).0, Ok(Ended::Abruptly));
        assert!(sent(&[]).0.is_err());
        let whole = [begin(), end()].concat();
        for cut in 0..whole.len() {
            let (ended, _) = sent(&[whole[..cut].to_vec()]);
            assert_ne!(ended, Ok(Ended::Properly), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_cancelled_is_not_answered() {
        let open = json!({ "textDocument": { "uri": "file:///a.vpc", "languageId": "vpc", "version": 1, "text": "stack s\n" } });
        let at = json!({ "textDocument": { "uri": "file:///a.vpc" }, "position": { "line": 0, "character": 1 } });
        let ask = |id| request(id, "textDocument/hover", at.clone());
        let cancel = notification("$/cancelRequest", json!({ "id": 3 }));
        let (ended, answers) =
            sent(&[begin(), notification("textDocument/didOpen", open), ask(2), ask(3), cancel, end()]);
        assert_eq!(ended, Ok(Ended::Properly));
        assert!(answer(&answers, 2)["result"].is_object());
        // Whether it was seen in time is a matter of luck.
        let third = answer(&answers, 3);
        assert!(third["result"].is_object() || third["error"]["code"] == -32800, "{third}");
    }

    #[test]
    fn nobody_who_takes_answers_ends_it() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let ended = serve_pipes(Cursor::new([begin(), end()].concat()), Closed, &Memory::default());
        assert!(ended.is_err());
    }
}
