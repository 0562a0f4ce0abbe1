//! Keeping the state in a file that several processes may share.
//!
//! Who reads or changes the state holds an advisory lock on a file beside it. A change is written to a temporary file
//! in the same folder, which only its owner may read, and put in place by renaming, so that there is no instant without
//! a whole state. A file that isn't understood is never overwritten.

use super::state::{FORMAT, State, VERSION};
use serde::Deserialize;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why the state of an embedded EC2 cannot be read or kept.
#[derive(Debug)]
#[non_exhaustive]
pub enum SimProblem {
    /// The file, or the one beside it that is locked, cannot be read.
    Unreadable(PathBuf, io::Error),
    /// The file cannot be written.
    Unwritable(PathBuf, io::Error),
    /// The file holds something else.
    Foreign(PathBuf),
    /// The file was kept by another version of vpcc: says of which version its form is.
    Version(PathBuf, u32),
    /// The file is an embedded EC2's, but not whole: says what is wrong.
    Damaged(PathBuf, String),
}

impl fmt::Display for SimProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SimProblem::Unreadable(path, why) => write!(f, "cannot read `{}`: {why}", path.display()),
            SimProblem::Unwritable(path, why) => write!(f, "cannot write `{}`: {why}", path.display()),
            SimProblem::Foreign(path) => write!(f, "`{}` does not hold an embedded EC2", path.display()),
            SimProblem::Version(path, version) => write!(
                f,
                "`{}` holds an embedded EC2 of version {version}; this vpcc knows version {VERSION}",
                path.display()
            ),
            SimProblem::Damaged(path, why) => write!(f, "`{}` is damaged: {why}", path.display()),
        }
    }
}

impl std::error::Error for SimProblem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SimProblem::Unreadable(_, why) | SimProblem::Unwritable(_, why) => Some(why),
            _ => None,
        }
    }
}

/// A file that keeps a state.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    /// What the file held when it was last read or written here.
    seen: Option<Vec<u8>>,
}

/// That nobody else reads or changes the state; ends when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    _file: File,
}

/// What tells the form of a file.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Keeper {
    /// Opens a file, or makes one that keeps a new state.
    pub fn open(path: &Path) -> Result<(Keeper, State), SimProblem> {
        let mut keeper = Keeper { path: path.to_owned(), seen: None };
        let _held = keeper.hold()?;
        let there = fs::exists(path).map_err(|why| SimProblem::Unreadable(path.to_owned(), why))?;
        if there {
            let state = keeper.changed()?.unwrap_or_default();
            return Ok((keeper, state));
        }
        let state = State::default();
        keeper.save(&state)?;
        Ok((keeper, state))
    }

    /// Waits until nobody else reads or changes the state.
    pub fn hold(&self) -> Result<Held, SimProblem> {
        let mut name = OsString::from(self.path.as_os_str());
        name.push(".lock");
        let path = PathBuf::from(name);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let locked = file.and_then(|file| file.lock().map(|()| Held { _file: file }));
        locked.map_err(|why| SimProblem::Unreadable(path, why))
    }

    /// The state, if another process has changed it since it was last read or written here.
    pub fn changed(&mut self) -> Result<Option<State>, SimProblem> {
        let bytes = fs::read(&self.path).map_err(|why| SimProblem::Unreadable(self.path.clone(), why))?;
        if self.seen.as_ref() == Some(&bytes) {
            return Ok(None);
        }
        let state = self.parse(&bytes)?;
        self.seen = Some(bytes);
        Ok(Some(state))
    }

    fn parse(&self, bytes: &[u8]) -> Result<State, SimProblem> {
        let damaged = |why: serde_json::Error| SimProblem::Damaged(self.path.clone(), why.to_string());
        match serde_json::from_slice(bytes) {
            Ok(Head { format, .. }) if format != FORMAT => Err(SimProblem::Foreign(self.path.clone())),
            Ok(Head { version, .. }) if version != VERSION => Err(SimProblem::Version(self.path.clone(), version)),
            Ok(_) => serde_json::from_slice(bytes).map_err(damaged),
            Err(why) if bytes.starts_with(HEAD) => Err(damaged(why)),
            Err(_) => Err(SimProblem::Foreign(self.path.clone())),
        }
    }

    /// Keeps a state.
    pub fn save(&mut self, state: &State) -> Result<(), SimProblem> {
        let unwritable = |why| SimProblem::Unwritable(self.path.clone(), why);
        let bytes = serde_json::to_vec(state).map_err(io::Error::from).map_err(unwritable)?;
        replace(&self.path, &bytes).map_err(unwritable)?;
        self.seen = Some(bytes);
        Ok(())
    }
}

/// How every kept state begins: by this, one that breaks off is told from something else.
const HEAD: &[u8] = b"{\"format\":\"vpcc-sim\",";

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}
