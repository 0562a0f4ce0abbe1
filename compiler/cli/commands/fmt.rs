//! `vpcc fmt`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::{MessageFormat, count, tell, unreadable};
use crate::saved;
use crate::shell::Shell;
use clap::Args;
use std::io::{Read, Write};
use vpcc_core::format::format;
use vpcc_core::source::{Sources, load};
use vpcc_core::syntax::parse;

/// Lays programs out, all in one way.
#[derive(Args, Debug)]
pub struct Fmt {
    /// Changes nothing; ends with code 1 if a file is not laid out
    #[arg(long)]
    check: bool,
    /// Files, and folders whose .vpc files are meant; `-` reads standard input and writes the result to standard output
    #[arg(default_value = ".")]
    paths: Vec<String>,
}

impl Fmt {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        for path in &self.paths {
            let loaded = match path.as_str() {
                "-" => stdin(shell)?,
                path => load(shell.world.as_ref(), path),
            };
            tell(shell, &loaded.problems, &loaded.value, MessageFormat::Human)?;
            if !loaded.problems.is_empty() {
                exit = Exit::Failed;
            }
            for (file, source) in loaded.value.iter() {
                let tree = parse(&loaded.value, file);
                if !tree.problems.is_empty() {
                    tell(shell, &tree.problems, &loaded.value, MessageFormat::Human)?;
                    shell.say(format_args!("{} is left as it is: {}", source.name, count(&tree.problems)));
                    exit = Exit::Failed;
                    continue;
                }
                let text = format(&source.text, &tree.value);
                let same = *text == *source.text;
                match (path.as_str(), self.check) {
                    (_, true) if same => {}
                    (_, true) => {
                        writeln!(shell.out, "{}", source.name)?;
                        exit = Exit::Failed;
                    }
                    ("-", false) => shell.out.write_all(text.as_bytes())?,
                    (_, false) if same => {}
                    (_, false) => {
                        saved::replace(&source.name, text.as_bytes())?;
                        shell.say(format_args!("{} laid out", source.name));
                    }
                }
            }
        }
        Ok(exit)
    }
}

fn stdin(shell: &mut Shell) -> Result<vpcc_core::With<Sources>, Failure> {
    let limit = vpcc_core::limits::MAX_PROGRAM_BYTES as u64;
    let mut text = String::new();
    (&mut shell.input)
        .take(limit)
        .read_to_string(&mut text)
        .map_err(|error| unreadable("standard input", &vpcc_core::source::ReadError::Other(error.to_string())))?;
    let mut sources = Sources::default();
    sources.add("<stdin>", text);
    Ok(vpcc_core::With::clean(sources))
}
