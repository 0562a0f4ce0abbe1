//! A proxy between `vpcc` and an emulator: at a changing request of a test's choice, something goes wrong.
//!
//! It knows just so much of HTTP/1.1 as the two sides speak: requests and answers have a `Content-Length`.

use crate::emulator::Moto;
use crate::support::vpcc;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Output};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// No run takes longer.
const LONGEST: Duration = Duration::from_secs(300);

/// What goes wrong, at a changing request by its number from 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    None,
    /// The program is killed, and the request goes no further.
    KilledBefore(usize),
    /// The request is obeyed, and the program is killed before it hears the answer.
    KilledAfter(usize),
    /// The request is obeyed, and the connection breaks without an answer.
    Silent(usize),
    /// The request is obeyed, and its answer is kept until [`Running::release`].
    Held(usize),
    /// Neither this request nor anything after it gets through.
    Cut(usize),
}

struct Shared {
    upstream: u16,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    mishap: Mishap,
    /// The changing requests that have come.
    actions: Vec<String>,
    program: Child,
    /// The mishap has begun.
    reached: bool,
    /// Held answers may go.
    released: bool,
    /// Nobody is served any more.
    over: bool,
    /// Requests that the emulator is busy with.
    forwarded: usize,
}

/// A `vpcc` that runs, with a proxy of its own.
pub struct Running {
    shared: Arc<Shared>,
    port: u16,
    out: File,
    err: File,
}

/// How a program ran.
pub struct Ran {
    /// How it ended and what it said.
    pub output: Output,
    /// The changing requests that it sent.
    pub actions: Vec<String>,
    /// Whether the mishap happened.
    pub reached: bool,
}

/// Runs `vpcc` to its end; something goes wrong on its way to the emulator.
pub fn run(moto: &Moto, mishap: Mishap, arguments: &[&str]) -> Ran {
    start(moto, mishap, arguments).end()
}

/// Starts `vpcc`.
pub fn start(moto: &Moto, mishap: Mishap, arguments: &[&str]) -> Running {
    start_with(moto, mishap, vpcc().args(arguments))
}

/// Starts a command that was made by [`vpcc`].
pub fn start_with(moto: &Moto, mishap: Mishap, command: &mut Command) -> Running {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (out, err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
    command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
    let program = command.spawn().unwrap();
    let (actions, reached, released, over, forwarded) = (Vec::new(), false, false, false, 0);
    let state = Mutex::new(State { mishap, actions, program, reached, released, over, forwarded });
    let shared = Arc::new(Shared { upstream: moto.port(), state, changed: Condvar::new() });
    let serving = Arc::clone(&shared);
    thread::spawn(move || serving.accept(&listener));
    Running { shared, port, out, err }
}

impl Running {
    /// Waits until the mishap has begun.
    pub fn reached(&self) {
        let changed = &self.shared.changed;
        let (state, late) = changed.wait_timeout_while(self.shared.state(), LONGEST, |state| !state.reached).unwrap();
        drop(state);
        assert!(!late.timed_out(), "no such request came");
    }

    /// Lets held answers go.
    pub fn release(&self) {
        self.shared.state().released = true;
        self.shared.changed.notify_all();
    }

    /// Sends the program a signal, such as `-INT`.
    pub fn signal(&self, signal: &str) {
        let id = self.shared.state().program.id();
        assert!(Command::new("kill").args([signal, &id.to_string()]).status().unwrap().success());
    }

    /// Waits until the program has said something on standard error.
    pub fn says(&mut self, text: &str) {
        let start = Instant::now();
        while !read(&mut self.err).contains(text) {
            assert!(start.elapsed() < LONGEST, "it says {}", read(&mut self.err));
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the program has ended.
    pub fn ended(&self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.shared.state().program.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < LONGEST, "it doesn't end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the program has ended and the emulator has nothing to do.
    pub fn end(mut self) -> Ran {
        let status = self.ended();
        self.release();
        let mut state = self.shared.changed.wait_while(self.shared.state(), |state| state.forwarded > 0).unwrap();
        state.over = true;
        let (actions, reached) = (state.actions.clone(), state.reached);
        drop(state);
        // Whoever waits for connections sees that it is over.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        let (stdout, stderr) = (read(&mut self.out).into_bytes(), read(&mut self.err).into_bytes());
        Ran { output: Output { status, stdout, stderr }, actions, reached }
    }
}

/// All that a file holds by now, whoever writes to it at the same time.
fn read(file: &mut File) -> String {
    use std::os::unix::fs::FileExt;
    let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
    let length = file.read_at(&mut bytes, 0).unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn accept(self: &Arc<Shared>, listener: &TcpListener) {
        for client in listener.incoming().map_while(Result::ok) {
            if self.state().over || self.state().is_cut() {
                return;
            }
            let shared = Arc::clone(self);
            // A connection that breaks is what this is for.
            thread::spawn(move || drop(shared.serve(client)));
        }
    }

    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut requests = BufReader::new(client.try_clone()?);
        loop {
            let request = message(&mut requests)?;
            let Some(number) = self.arrives(&request) else { return Ok(()) };
            let answer = self.forward(&request);
            if !self.is_answered(number) {
                return Ok(());
            }
            client.write_all(&answer?)?;
        }
    }

    /// Takes a request in: gives the number of a changing one, and nothing if it isn't to be forwarded.
    fn arrives(&self, request: &[u8]) -> Option<Option<usize>> {
        let mut state = self.state();
        if state.is_cut() {
            return None;
        }
        let number = action(request).map(|action| {
            state.actions.push(action);
            state.actions.len() - 1
        });
        match state.mishap {
            Mishap::KilledBefore(at) if number == Some(at) => state.kill(),
            Mishap::Cut(at) if number == Some(at) => state.reached = true,
            _ => {
                state.forwarded += 1;
                return Some(number);
            }
        }
        self.changed.notify_all();
        None
    }

    fn forward(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.upstream))?;
        server.write_all(request)?;
        message(&mut BufReader::new(server))
    }

    /// Takes note that a request has been obeyed; says whether the program is to hear of it.
    fn is_answered(&self, number: Option<usize>) -> bool {
        let mut state = self.state();
        state.forwarded -= 1;
        let heard = match state.mishap {
            Mishap::KilledAfter(at) if number == Some(at) => {
                state.kill();
                false
            }
            Mishap::Silent(at) if number == Some(at) => {
                state.reached = true;
                false
            }
            Mishap::Held(at) if number == Some(at) => {
                state.reached = true;
                self.changed.notify_all();
                state = self.changed.wait_while(state, |state| !state.released).unwrap();
                true
            }
            _ => true,
        };
        drop(state);
        self.changed.notify_all();
        heard
    }
}

impl State {
    fn kill(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        self.reached = true;
    }

    /// Whether nothing gets through any more: what a dead program has sent is lost with it.
    fn is_cut(&self) -> bool {
        self.reached && matches!(self.mishap, Mishap::KilledBefore(_) | Mishap::KilledAfter(_) | Mishap::Cut(_))
    }
}

/// The action of a request, if it may change something.
fn action(request: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(request);
    let (_, after) = text.split_once("Action=")?;
    let action = after.split('&').next().unwrap_or_default();
    let reads = ["Describe", "Get"].iter().any(|verb| action.starts_with(verb));
    (!reads).then(|| action.to_owned())
}

/// One request or answer.
fn message(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut length = 0;
    loop {
        let start = bytes.len();
        if from.read_until(b'\n', &mut bytes)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&bytes[start..]).trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.is_empty() {
            break;
        }
    }
    from.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
