//! Saved plans as bytes.
//!
//! A saved plan holds the plan as JSON, and what it was made from: the program's path, its parameters, and the digest of
//! every file. It holds no user data, so whoever applies it reads the program again, looks at EC2 again, and goes ahead
//! only if that gives the very same plan. Its bytes may be a stranger's: nothing in them is carried out, no path in them is
//! opened here, and of the plan nothing is built but its digest, which the one of the new plan is compared with.
//!
//! In: a plan and its [`Origin`], or bytes. Out: bytes, or a [`Saved`]. Absent on purpose: files.

use super::{Images, Plan, to_json};
use crate::call::sealed::sha256;
use crate::check::Given;
use crate::source::Sources;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};

/// What every saved plan starts with.
const MAGIC: &[u8] = b"{\"vpcc_plan\":";

/// The version of the form.
const VERSION: u32 = 2;

/// A saved plan has no more bytes. A node takes 1,400 of them, and no program has more than
/// [`MAX_THINGS`](crate::limits::MAX_THINGS) things.
pub const MAX_BYTES: usize = 512 << 20;

/// What a plan was made from has no more bytes: 10,000 files ([`MAX_FILES`](crate::limits::MAX_FILES)) with paths of a
/// thousand bytes each, and as much again. Unlike the plan, it is built up in memory.
const MAX_ORIGIN_BYTES: usize = 20 << 20;

/// What a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Where the program is.
    pub path: String,
    /// The parameters that it was given.
    pub given: Given,
    /// Whether living nodes kept their images.
    pub images: Images,
    /// The SHA-256 of each file, by its path.
    files: BTreeMap<String, String>,
}

/// A saved plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What it was made from.
    pub origin: Origin,
    /// The SHA-256 of the plan as JSON.
    plan: String,
}

/// Why something is no saved plan that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedProblem {
    /// It is of another version of vpcc.
    Version,
    /// It isn't as it was written.
    Damaged,
    /// There is more of it than would be read again.
    TooLarge,
}

/// How a file of a program is no longer what a plan was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift<'p> {
    /// It holds something else.
    Changed(&'p str),
    /// It wasn't there.
    New(&'p str),
    /// It isn't there any more.
    Gone(&'p str),
}

#[derive(Deserialize)]
struct Envelope<'b> {
    vpcc_plan: u32,
    #[serde(default)]
    sha256: &'b str,
    #[serde(borrow, default)]
    origin: Option<&'b RawValue>,
    #[serde(borrow, default)]
    plan: Option<&'b RawValue>,
}

impl Origin {
    /// What a plan of the program at `path` is made from.
    pub fn new(path: &str, given: &Given, images: Images, sources: &Sources) -> Origin {
        Origin { path: path.to_owned(), given: given.clone(), images, files: digests(sources) }
    }

    /// The bytes of a saved plan that was made from this.
    ///
    /// # Errors
    /// When there would be too many of them.
    pub fn save(&self, plan: &Plan) -> Result<Vec<u8>, SavedProblem> {
        let origin = serde_json::to_string(self).map_err(|_| SavedProblem::Damaged)?;
        let bytes = sealed(&origin, to_json(plan).trim_end());
        if origin.len() > MAX_ORIGIN_BYTES || bytes.len() > MAX_BYTES { Err(SavedProblem::TooLarge) } else { Ok(bytes) }
    }

    /// A file that isn't as it was: one that is there now, if there is such a one.
    pub fn drift<'p>(&'p self, sources: &'p Sources) -> Option<Drift<'p>> {
        let read: HashSet<&str> = sources.iter().map(|(_, file)| file.name.as_str()).collect();
        let now = sources.iter().find_map(|(_, file)| match self.files.get(&file.name) {
            None => Some(Drift::New(&file.name)),
            Some(digest) => (*digest != sha256(file.text.as_bytes())).then_some(Drift::Changed(&file.name)),
        });
        now.or_else(|| self.files.keys().find(|path| !read.contains(path.as_str())).map(|path| Drift::Gone(path)))
    }
}

impl Saved {
    /// Reads a saved plan; `None` if the bytes are something else.
    ///
    /// # Errors
    /// When they are one, but damaged or of another version.
    pub fn read(bytes: &[u8]) -> Result<Option<Saved>, SavedProblem> {
        if !bytes.starts_with(MAGIC) {
            return Ok(None);
        }
        if bytes.len() > MAX_BYTES {
            return Err(SavedProblem::TooLarge);
        }
        let envelope: Envelope<'_> = serde_json::from_slice(bytes).map_err(|_| SavedProblem::Damaged)?;
        if envelope.vpcc_plan != VERSION {
            return Err(SavedProblem::Version);
        }
        envelope.open().map(Some).ok_or(SavedProblem::Damaged)
    }

    /// Whether a plan made now is the one that was saved.
    pub fn is_still(&self, plan: &Plan) -> bool {
        sha256(to_json(plan).trim_end().as_bytes()) == self.plan
    }
}

impl Envelope<'_> {
    fn open(&self) -> Option<Saved> {
        let (origin, plan) = (self.origin?.get(), self.plan?.get());
        if origin.len() > MAX_ORIGIN_BYTES || digest(origin, plan) != self.sha256 {
            return None;
        }
        Some(Saved { origin: serde_json::from_str(origin).ok()?, plan: sha256(plan.as_bytes()) })
    }
}

/// The bytes of a saved plan, of what it was made from and the plan as JSON.
pub fn sealed(origin: &str, plan: &str) -> Vec<u8> {
    let sha256 = digest(origin, plan);
    format!("{{\"vpcc_plan\":{VERSION},\"sha256\":\"{sha256}\",\"origin\":{origin},\"plan\":{plan}}}").into_bytes()
}

/// What tells that neither of the two has changed by accident. Somebody can put other ones together on purpose, and has
/// nothing of it.
fn digest(origin: &str, plan: &str) -> String {
    sha256([sha256(origin.as_bytes()), sha256(plan.as_bytes())].concat().as_bytes())
}

fn digests(sources: &Sources) -> BTreeMap<String, String> {
    sources.iter().map(|(_, file)| (file.name.clone(), sha256(file.text.as_bytes()))).collect()
}

#[cfg(test)]
#[path = "saved_tests.rs"]
mod tests;
