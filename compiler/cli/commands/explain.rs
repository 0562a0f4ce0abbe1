//! `vpcc explain`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use clap::Args;
use std::io::Write;
use vpcc_core::problem::{codes, did_you_mean};

/// Tells the long story of a diagnostic.
#[derive(Args, Debug)]
pub struct Explain {
    /// The code in brackets: `cidr-overlap`. Without one, all codes are listed
    code: Option<String>,
}

impl Explain {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let Some(slug) = self.code else {
            for code in codes::ALL {
                writeln!(shell.out, "{:26} {:8} {}", code.slug, code.severity.word(), code.title())?;
            }
            return Ok(Exit::Done);
        };
        let code = codes::find(&slug).ok_or_else(|| {
            let nearest = did_you_mean(&slug, codes::ALL.iter().map(|code| code.slug));
            Failure::new(format!("there is no code `{slug}`{nearest}")).help("`vpcc explain` lists them all")
        })?;
        write!(shell.out, "{}", code.page)?;
        Ok(Exit::Done)
    }
}
