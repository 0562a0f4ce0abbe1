//! Source texts: what files a program consists of, and where in them something stands.
//!
//! In: a [`World`] and a path. Out: [`Sources`], whose [`FileId`]s and [`Span`]s every later phase uses.
//! Absent on purpose: parsing, and any other way to the file system than `World`.

mod lines;
mod load;
mod memory;

pub use lines::Position;
pub use load::{LoadProblem, folder_of, join, load, load_into, normal};
pub use memory::Memory;

use std::sync::{Arc, OnceLock};

/// Why a file or folder could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is nothing at this path.
    NotFound,
    /// The operating system does not let us read it.
    Denied,
    /// It is a folder where a file was wanted.
    IsFolder,
    /// It holds more bytes than the caller accepts.
    TooLarge {
        /// How many bytes it holds.
        bytes: u64,
    },
    /// It is not for the program to read: it is outside the program's folder.
    Outside,
    /// Anything else, in the operating system's words.
    Other(String),
}

/// The part of the world that a compilation may see.
pub trait World {
    /// The bytes of the file at `path`, unless there are more than `limit`.
    ///
    /// # Errors
    /// When the file cannot be read, or is larger than `limit` bytes.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError>;

    /// The names of the `*.vpc` files in the folder at `path`, sorted; `None` if `path` is not a folder.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError>;

    /// The names of everything in the folder at `path`, those of folders with a `/` behind; none if it cannot be listed.
    /// Only editors ask: no program means something else for what lies beside it.
    fn entries(&self, path: &str) -> Vec<String>;
}

/// One file of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A stretch of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from byte `start` to before byte `end`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        // `MAX_PROGRAM_BYTES` keeps every offset far below u32::MAX.
        Span { file, start: start as u32, end: end as u32 }
    }

    /// The bytes as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that holds both; of `self` alone if `other` is in another file.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span right behind this one, where something could be added.
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A file of the program, read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as the user would write it.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
    /// How many characters start before each of its pieces of [`lines::PIECE`] bytes.
    characters: OnceLock<Vec<u32>>,
    /// The text as it is shown, if that is another one.
    shown: OnceLock<Option<Box<str>>>,
}

/// All files of a program.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Takes in one more file.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        self.files.push(SourceFile {
            name: name.into(),
            text: text.into(),
            lines: OnceLock::new(),
            characters: OnceLock::new(),
            shown: OnceLock::new(),
        });
        FileId(self.files.len() as u32 - 1)
    }

    /// The file behind an id. Ids come from [`Sources::add`] of the same `Sources`.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files with their ids, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or_default()
    }
}
