//! Reads a program: one file, or all `*.vpc` files of a folder.

use super::{FileId, ReadError, Sources, Span, World};
use crate::With;
use crate::limits::{MAX_FILES, MAX_PROGRAM_BYTES};
use crate::problem::{Diagnostic, codes};

/// Why a path gives no program.
#[derive(Clone, Debug)]
pub enum LoadProblem {
    /// The file or folder cannot be read.
    Unreadable {
        /// The path as given.
        path: String,
        /// What stands in the way.
        why: ReadError,
    },
    /// The folder holds no `.vpc` file.
    EmptyFolder {
        /// The folder as given.
        path: String,
    },
    /// There are more files than a program may have.
    TooMany {
        /// The file or folder as given.
        path: String,
    },
    /// The file is not UTF-8 text.
    NotText {
        /// The file.
        path: String,
        /// The offset of the first byte that is not UTF-8, or of a NUL byte.
        offset: usize,
    },
}

/// Reads the program at `path`: one file, or a folder whose `*.vpc` files make it up together.
///
/// Files that cannot be read are problems, and are left out of the value.
pub fn load(world: &dyn World, path: &str) -> With<Sources> {
    let mut value = Sources::default();
    let problems = load_into(world, path, &mut value);
    With { value, problems }
}

/// Reads one file, or all of a folder, in addition to those that are there.
pub fn load_into(world: &dyn World, path: &str, sources: &mut Sources) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = Vec::new();
    let mut room = MAX_PROGRAM_BYTES.saturating_sub(sources.iter().map(|(_, file)| file.text.len()).sum());
    match files_of(world, path, MAX_FILES.saturating_sub(sources.iter().count())) {
        Ok(paths) => {
            for path in paths {
                match read_text(world, &path, room) {
                    Ok(text) => {
                        room = room.saturating_sub(text.len());
                        sources.add(path, text);
                    }
                    Err(problem) => problems.push(problem.into()),
                }
            }
        }
        Err(problem) => problems.push(problem.into()),
    }
    problems
}

fn files_of(world: &dyn World, path: &str, most: usize) -> Result<Vec<String>, LoadProblem> {
    let unreadable = |why| LoadProblem::Unreadable { path: path.to_owned(), why };
    let names = world.list(path).map_err(unreadable)?;
    if names.as_ref().map_or(1, Vec::len) > most {
        return Err(LoadProblem::TooMany { path: path.to_owned() });
    }
    let Some(names) = names else {
        return Ok(vec![path.to_owned()]);
    };
    if names.is_empty() {
        return Err(LoadProblem::EmptyFolder { path: path.to_owned() });
    }
    Ok(names.into_iter().map(|name| join(path, &name)).collect())
}

fn read_text(world: &dyn World, path: &str, room: usize) -> Result<String, LoadProblem> {
    let bytes = world.read(path, room).map_err(|why| LoadProblem::Unreadable { path: path.to_owned(), why })?;
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(LoadProblem::NotText { path: path.to_owned(), offset });
    }
    String::from_utf8(bytes)
        .map_err(|error| LoadProblem::NotText { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// `name` as seen from `folder`; paths in programs always use `/`.
pub fn join(folder: &str, name: &str) -> String {
    match folder {
        "" | "." => name.to_owned(),
        folder if folder.ends_with('/') => format!("{folder}{name}"),
        folder => format!("{folder}/{name}"),
    }
}

/// The folder that a file stands in, as a path that [`join`] takes.
pub fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash.max(1)])
}

/// A path without `.` and, as far as can be, `..`.
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

impl Sources {
    /// The path of something that a program names relative to the file it is named in.
    pub fn beside(&self, file: FileId, path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { join(folder_of(self.name(file)), path) }
    }

    /// The span of a whole file.
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, 0, self.file(file).text.len())
    }
}

impl ReadError {
    /// What stands in the way, as the end of a sentence that names the file.
    pub fn reason(&self) -> String {
        match self {
            ReadError::NotFound => "there is no such file or folder".to_owned(),
            ReadError::Denied => "permission denied".to_owned(),
            ReadError::IsFolder => "it is a folder".to_owned(),
            ReadError::TooLarge { bytes } => format!("it is too large ({bytes} bytes)"),
            ReadError::Outside => "it is outside the program's folder, which takes `--allow-outside`".to_owned(),
            ReadError::Other(text) => text.clone(),
        }
    }
}

impl From<LoadProblem> for Diagnostic {
    fn from(problem: LoadProblem) -> Self {
        match problem {
            LoadProblem::Unreadable { path, why } => {
                let diagnostic =
                    Diagnostic::new(codes::UNREADABLE_FILE, format!("cannot read `{path}`: {}", why.reason()));
                match why {
                    ReadError::NotFound => diagnostic.help("`vpcc new` writes a program to start from"),
                    ReadError::TooLarge { .. } => diagnostic.help(format!(
                        "the files of a program may hold {} MiB; is this the right path?",
                        MAX_PROGRAM_BYTES >> 20
                    )),
                    _ => diagnostic,
                }
            }
            LoadProblem::EmptyFolder { path } => {
                Diagnostic::new(codes::NO_PROGRAM, format!("the folder `{path}` holds no .vpc file"))
                    .help("name a file, or write one there with `vpcc new`")
            }
            LoadProblem::TooMany { path } => {
                Diagnostic::new(codes::TOO_LARGE, format!("with `{path}` the program has more than {MAX_FILES} files"))
                    .help("put what belongs together into one file")
            }
            LoadProblem::NotText { path, offset } => Diagnostic::new(
                codes::NOT_TEXT,
                format!("`{path}` is not a text file: byte {offset} is not UTF-8 text"),
            )
            .help("a .vpc file is plain text in UTF-8; save it so, or name another file"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn one_file_has_one_path() {
        assert_eq!(normal("./a/../b.vpc"), "b.vpc");
        assert_eq!(normal("../x/./b.vpc"), "../x/b.vpc");
        assert_eq!(normal("/a/../../b.vpc"), "/../b.vpc");
    }
}
