//! What a command sees of the world: streams, files, the environment.

use crate::world::Disk;
use anstream::AutoStream;
use std::io::{self, BufRead, IsTerminal, Write};
use std::thread;
use tokio::sync::oneshot;
use vpcc_core::source::World;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A stream that takes ANSI colours and drops them where they don't belong.
pub type Stream = Box<dyn Write + Send>;

/// A stream that may end: by a reader that goes away, as `head` does, which is no reason to stop, or by a failure, which is
/// told once. What is written after that is lost.
struct Pipe<W> {
    stream: W,
    ended: bool,
}

impl<W: Write> Pipe<W> {
    fn to(stream: W) -> Pipe<W> {
        Pipe { stream, ended: false }
    }

    fn unless_ended<T>(&mut self, instead: T, write: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.ended {
            return Ok(instead);
        }
        let result = write(&mut self.stream);
        match result {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.ended = true;
                if error.kind() == io::ErrorKind::BrokenPipe { Ok(instead) } else { Err(error) }
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_ended(bytes.len(), |stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_ended((), Write::flush)
    }
}

/// What a command sees of the world.
pub struct Shell {
    /// For results.
    pub out: Stream,
    /// For diagnostics, progress and questions.
    pub err: Stream,
    /// For answers.
    pub input: Box<dyn BufRead + Send>,
    /// Whether somebody can answer.
    pub interactive: bool,
    /// Whether progress can be drawn in place.
    pub live: bool,
    /// Whether that may have colours.
    pub colour: bool,
    /// For files.
    pub world: Box<dyn World>,
    /// For environment variables.
    pub env: fn(&str) -> Option<String>,
    /// Whether to leave out everything but results and problems.
    pub quiet: bool,
    /// Whether to tell more.
    pub verbose: bool,
    standard: bool,
}

impl Shell {
    /// The streams, files and environment of this process.
    pub fn of_process() -> Shell {
        Shell {
            out: Box::new(Pipe::to(AutoStream::auto(io::stdout()))),
            err: Box::new(Pipe::to(AutoStream::auto(io::stderr()))),
            input: Box::new(io::BufReader::new(io::stdin())),
            interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            live: io::stderr().is_terminal(),
            colour: AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never,
            world: Box::new(Disk),
            env: |name| std::env::var(name).ok().filter(|value| !value.is_empty()),
            quiet: false,
            verbose: false,
            standard: true,
        }
    }

    /// A shell without a terminal, whose output goes where the caller wants it.
    pub fn with_streams(
        out: Stream,
        err: Stream,
        input: Box<dyn BufRead + Send>,
        env: fn(&str) -> Option<String>,
    ) -> Shell {
        let world = Box::new(Disk);
        let (interactive, live, colour, quiet, verbose, standard) = (false, false, false, false, false, false);
        Shell { out, err, input, interactive, live, colour, world, env, quiet, verbose, standard }
    }

    /// Asks, and gives the line that somebody types. Whoever waits for it can stop to do so; then nobody hears what is typed later.
    ///
    /// # Errors
    /// When nothing can be asked or read.
    pub(crate) async fn answer(&mut self, question: &str) -> io::Result<String> {
        write!(self.err, "\n{question}")?;
        self.err.flush()?;
        let mut input = std::mem::replace(&mut self.input, Box::new(io::empty()));
        let (tell, told) = oneshot::channel();
        // Nothing ends a thread that waits for somebody to type, but the end of the process.
        thread::Builder::new().spawn(move || {
            let mut line = String::new();
            let read = input.read_line(&mut line).map(|_| line);
            drop(tell.send((read, input)));
        })?;
        let (line, input) = told.await.map_err(io::Error::other)?;
        self.input = input;
        line
    }

    /// Takes in the flags that all commands have.
    pub(crate) fn configure(&mut self, color: ColorChoice, quiet: bool, verbose: bool) {
        (self.quiet, self.verbose) = (quiet, verbose);
        let choice = match color {
            ColorChoice::Auto => return,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        self.colour = choice != anstream::ColorChoice::Never;
        if self.standard {
            self.out = Box::new(Pipe::to(AutoStream::new(io::stdout(), choice)));
            self.err = Box::new(Pipe::to(AutoStream::new(io::stderr(), choice)));
        }
    }

    /// Says something that isn't a result; not if it should be quiet.
    pub(crate) fn say(&mut self, text: impl std::fmt::Display) {
        if !self.quiet {
            // A closed stderr is no reason to stop.
            let _ = writeln!(self.err, "{text}");
        }
    }
}
