//! Saved plans as files, and going on from them.

use crate::commands::ImageArgs;
use crate::failure::Failure;
use crate::program::{Program, ProgramArgs, report};
use crate::shell::Shell;
use crate::world::{Ordinary, ReadBefore};
use std::io::Write;
use std::path::Path;
use vpcc_core::check::Compiled;
use vpcc_core::plan::Plan;
use vpcc_core::plan::saved::{Drift, MAX_BYTES, Origin, Saved, SavedProblem};
use vpcc_core::problem::codes;

/// Saves a plan, so that only its owner can read it.
///
/// # Errors
/// When there is too much of it, or the file cannot be written; then the old one is left as it was.
pub fn save(path: &str, args: &ProgramArgs, images: ImageArgs, program: &Program, plan: &Plan) -> Result<(), Failure> {
    let origin = Origin::new(&args.path, &program.given, images.choice(), &program.sources);
    let bytes = origin.save(plan).map_err(|problem| unusable(path, problem))?;
    replace(path, &bytes)
}

/// The saved plan at a path; `None` if what is there is none. A program that comes through a pipe is kept, for whoever
/// reads it next.
///
/// # Errors
/// When it is one, but damaged or of another version.
pub fn open(shell: &mut Shell, path: &str) -> Result<Option<Saved>, Failure> {
    let read = shell.world.read(path, MAX_BYTES);
    // Whoever reads the program tells what is wrong with its path.
    let saved = match &read {
        Ok(bytes) => Saved::read(bytes).map_err(|problem| unusable(path, problem))?,
        Err(_) => None,
    };
    if saved.is_none() {
        ReadBefore::put_before(&mut shell.world, path, read);
    }
    Ok(saved)
}

fn unusable(path: &str, problem: SavedProblem) -> Failure {
    let again = "make it again with `vpcc plan -o`";
    match problem {
        SavedProblem::Version => {
            Failure::new(format!("the plan in `{path}` is of another version of vpcc")).help(again)
        }
        SavedProblem::Damaged => {
            Failure::new(format!("the plan in `{path}` is damaged: it isn't as it was written")).help(again)
        }
        SavedProblem::TooLarge => Failure::new(format!("the plan in `{path}` has more than {} MiB", MAX_BYTES >> 20))
            .help("split the program into several, each a stack of its own"),
    }
}

/// The program that a plan was made from. The plan may be a stranger's: it says where the program is, and nothing of what
/// is read there is shown unless it is what the plan was made from.
///
/// # Errors
/// When one of its files isn't as it was, or when parameters are given besides those of the plan.
pub fn program_of(saved: &Saved, args: &ProgramArgs, shell: &mut Shell) -> Result<Program, Failure> {
    if !args.inputs.params.is_empty() || !args.inputs.params_file.is_empty() {
        return Err(Failure::new("a saved plan has its parameters in it").help("leave out -p and --params"));
    }
    let Origin { path, given, .. } = &saved.origin;
    let args = ProgramArgs { path: path.clone(), inputs: args.inputs.clone() };
    let compiled = args.compile(&Ordinary(shell.world.as_ref()), given);
    if let Some(drift) = saved.origin.drift(&compiled.sources) {
        return Err(drifted(shell, &args, &compiled, drift)?);
    }
    args.judge(shell, compiled, given.clone())
}

fn drifted(shell: &mut Shell, args: &ProgramArgs, compiled: &Compiled, drift: Drift<'_>) -> Result<Failure, Failure> {
    let message = match drift {
        Drift::Changed(path) => format!("`{path}` has changed since the plan was made"),
        Drift::New(path) => format!("`{path}` is no file that the plan was made from"),
        Drift::Gone(_) if cannot_be_read(compiled) => {
            report(shell, compiled, args.inputs.message_format)?;
            return Ok(Failure::new("what the plan was made from cannot be read")
                .help("apply it in the folder and with the flags that it was made with, or plan again"));
        }
        Drift::Gone(path) => format!("`{path}` is gone since the plan was made"),
    };
    Ok(Failure::new(message).help("plan again, and look at the new plan"))
}

fn cannot_be_read(compiled: &Compiled) -> bool {
    compiled.checked.problems.iter().any(|problem| problem.code == codes::UNREADABLE_FILE)
}

/// Whether living nodes keep their images, as a plan says.
///
/// # Errors
/// When the command line says something about it too.
pub fn images_of(saved: &Saved, given: ImageArgs) -> Result<ImageArgs, Failure> {
    if given.refresh_images {
        return Err(Failure::new("a saved plan has its images in it").help("leave out --refresh-images"));
    }
    Ok(ImageArgs::of(saved.origin.images))
}

/// Goes on only if a plan made now is the one that was saved.
///
/// # Errors
/// When it isn't.
pub fn compare(saved: &Saved, plan: &Plan) -> Result<(), Failure> {
    if saved.is_still(plan) {
        return Ok(());
    }
    Err(Failure::new(
        "what lives in EC2, or a file that the program names, is no longer what the plan was made for; nothing was changed",
    )
    .help("plan again, and look at the new plan"))
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
