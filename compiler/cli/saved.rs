//! Saved plans.
//!
//! A plan file holds the plan as JSON, and what it was made from: the program's path, its parameters, and the digest of
//! every file. It holds no user data, so applying it reads the program again, looks at EC2 again, and goes ahead only
//! if that gives the very same plan.

use crate::commands::ImageArgs;
use crate::failure::Failure;
use crate::program::{Program, ProgramArgs};
use crate::shell::Shell;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use vpcc_core::call::sealed::sha256;
use vpcc_core::check::Given;
use vpcc_core::plan::{Plan, to_json};
use vpcc_core::source::ReadError;

/// What every plan file starts with.
const MAGIC: &[u8] = b"{\"vpcc_plan\":";

/// The version of the file's own format.
const VERSION: u32 = 1;

/// Plan files are read up to this size.
const MAX_BYTES: usize = 1 << 30;

/// A plan file.
#[derive(Debug, Deserialize, Serialize)]
pub struct Saved {
    vpcc_plan: u32,
    path: String,
    given: Given,
    #[serde(flatten)]
    images: ImageArgs,
    files: BTreeMap<String, String>,
    plan: serde_json::Value,
}

/// Saves a plan, so that only its owner can read it.
///
/// # Errors
/// When the file cannot be written; then the old one is left as it was.
pub fn save(path: &str, args: &ProgramArgs, images: ImageArgs, program: &Program, plan: &Plan) -> Result<(), Failure> {
    let saved = Saved {
        vpcc_plan: VERSION,
        path: args.path.clone(),
        given: program.given.clone(),
        images,
        files: digests(program),
        plan: serde_json::from_str(&to_json(plan)).map_err(std::io::Error::from)?,
    };
    let bytes = serde_json::to_vec(&saved).map_err(std::io::Error::from)?;
    replace(path, &bytes)
}

fn digests(program: &Program) -> BTreeMap<String, String> {
    program.sources.iter().map(|(_, file)| (file.name.clone(), sha256(file.text.as_bytes()))).collect()
}

impl Saved {
    /// The plan file at a path; `None` if what is there is no plan file.
    ///
    /// # Errors
    /// When it is one, but damaged or of another version.
    pub fn read(shell: &Shell, path: &str) -> Result<Option<Saved>, Failure> {
        let bytes = match shell.world.read(path, MAX_BYTES) {
            Ok(bytes) => bytes,
            // Whoever reads the program tells what is wrong with its path.
            Err(
                ReadError::TooLarge { .. }
                | ReadError::NotFound
                | ReadError::Denied
                | ReadError::IsFolder
                | ReadError::Outside
                | ReadError::Other(_),
            ) => {
                return Ok(None);
            }
        };
        if !bytes.starts_with(MAGIC) {
            return Ok(None);
        }
        let again = || {
            Failure::new(format!("the plan in `{path}` is damaged or of another version of vpcc"))
                .help("make it again with `vpcc plan -o`")
        };
        let saved: Saved = serde_json::from_slice(&bytes).map_err(|_| again())?;
        if saved.vpcc_plan == VERSION { Ok(Some(saved)) } else { Err(again()) }
    }

    /// The program that the plan was made from.
    ///
    /// # Errors
    /// When one of its files has changed since, or when parameters are given besides those of the plan.
    pub fn program(&self, args: &ProgramArgs, shell: &Shell) -> Result<ProgramArgs, Failure> {
        if !args.inputs.params.is_empty() || !args.inputs.params_file.is_empty() {
            return Err(Failure::new("a saved plan has its parameters in it").help("leave out -p and --params"));
        }
        for (path, digest) in &self.files {
            let same = shell.world.read(path, MAX_BYTES).is_ok_and(|bytes| sha256(&bytes) == *digest);
            if !same {
                return Err(Failure::new(format!("`{path}` has changed since the plan was made"))
                    .help("plan again, and look at the new plan"));
            }
        }
        let mut args = args.clone();
        args.path.clone_from(&self.path);
        args.inputs.params = self.given.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok(args)
    }

    /// Whether images were looked up again for the plan.
    ///
    /// # Errors
    /// When the command line asks for it too.
    pub fn images(&self, given: ImageArgs) -> Result<ImageArgs, Failure> {
        if given.refresh_images {
            return Err(Failure::new("a saved plan has its images in it").help("leave out --refresh-images"));
        }
        Ok(self.images)
    }

    /// Whether a plan made now is the one that was saved.
    ///
    /// # Errors
    /// When it isn't.
    pub fn check(&self, plan: &Plan) -> Result<(), Failure> {
        let now: serde_json::Value = serde_json::from_str(&to_json(plan)).map_err(std::io::Error::from)?;
        if now == self.plan {
            return Ok(());
        }
        Err(Failure::new("what lives in EC2 is no longer what the plan was made for; nothing was changed")
            .help("plan again, and look at the new plan"))
    }
}

/// Puts a file in the place of another in one go, so that a full disk or a crash leaves the old one whole. A new file
/// can be read by its owner alone; an old one keeps its rights. A pipe or a device is written to and stays what it is.
///
/// # Errors
/// When the file cannot be written.
pub fn replace(path: &str, bytes: &[u8]) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        // A link stays a link: what it leads to is replaced.
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| Path::new(path).to_owned());
        let old = std::fs::metadata(&target).ok();
        if old.as_ref().is_some_and(|old| !old.is_file() && !old.is_dir()) {
            return std::fs::OpenOptions::new().write(true).open(&target)?.write_all(bytes);
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        if let Some(old) = old {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(&target)?;
        Ok(())
    };
    write().map_err(|error| Failure::new(format!("cannot write `{path}`: {error}")))
}
