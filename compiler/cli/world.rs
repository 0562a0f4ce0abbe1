//! The file system, as compilations see it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use vpcc_core::source::{ReadError, World};

/// More of a folder than this is not listed for editors.
const MAX_ENTRIES: usize = 1000;

/// The files of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl World for Disk {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let file = File::open(path).map_err(|error| why(&error))?;
        let meta = file.metadata().map_err(|error| why(&error))?;
        if meta.is_dir() {
            return Err(ReadError::IsFolder);
        }
        if meta.len() > limit as u64 {
            return Err(ReadError::TooLarge { bytes: meta.len() });
        }
        // A pipe or a device tells no size: no more than the limit is taken from it.
        let mut bytes = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| why(&error))?;
        if bytes.len() > limit { Err(ReadError::TooLarge { bytes: bytes.len() as u64 }) } else { Ok(bytes) }
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError> {
        if !Path::new(path).is_dir() {
            return Ok(None);
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| why(&error))? {
            let name = entry.map_err(|error| why(&error))?.file_name();
            // Names that are not text can't be named in messages; they are not programs of ours.
            names.extend(name.into_string().ok().filter(|name| name.ends_with(".vpc") && !name.starts_with('.')));
        }
        names.sort();
        Ok(Some(names))
    }

    fn entries(&self, path: &str) -> Vec<String> {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten().take(MAX_ENTRIES);
        let named = entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
            Some(if entry.path().is_dir() { name + "/" } else { name })
        });
        let mut names: Vec<String> = named.collect();
        names.sort();
        names
    }
}

/// What is a file or a folder. A program may be a stranger's: a pipe that nobody writes to would keep whoever reads it
/// waiting, and a device may have no end.
pub struct Ordinary<'w>(pub &'w dyn World);

impl World for Ordinary<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let meta = fs::metadata(path).map_err(|error| why(&error))?;
        if !meta.is_file() && !meta.is_dir() {
            return Err(ReadError::Other("it is neither a file nor a folder".to_owned()));
        }
        self.0.read(path, limit)
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError> {
        self.0.list(path)
    }

    fn entries(&self, path: &str) -> Vec<String> {
        self.0.entries(path)
    }
}

/// A world of which one path has been read before: what comes through a pipe comes once.
pub struct ReadBefore {
    path: String,
    read: Result<Vec<u8>, ReadError>,
    world: Box<dyn World>,
}

impl ReadBefore {
    /// Has a world remember what was read.
    pub fn put_before(world: &mut Box<dyn World>, path: &str, read: Result<Vec<u8>, ReadError>) {
        let inner = std::mem::replace(world, Box::new(Disk));
        *world = Box::new(ReadBefore { path: path.to_owned(), read, world: inner });
    }
}

impl World for ReadBefore {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        match &self.read {
            _ if path != self.path => self.world.read(path, limit),
            Ok(bytes) if bytes.len() > limit => Err(ReadError::TooLarge { bytes: bytes.len() as u64 }),
            read => read.clone(),
        }
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError> {
        self.world.list(path)
    }

    fn entries(&self, path: &str) -> Vec<String> {
        self.world.entries(path)
    }
}

/// Which files a program may name.
#[derive(Clone, Debug)]
enum Reach {
    /// Any.
    Everything,
    /// Those in a folder, as the system knows it, and below it.
    Folder(PathBuf),
    /// None: there is no folder that they could be in.
    Nothing,
}

/// The files that a program may read: its own, and those beside them and below. A program may be a stranger's, and what it
/// names ends up in EC2; so neither `..` nor a link leads out of its folder, unless it is told that they may.
pub struct Fence<'w> {
    world: &'w dyn World,
    program: &'w str,
    reach: Reach,
}

impl<'w> Fence<'w> {
    /// The fence around the folder of a program: a file, or the folder itself.
    pub fn around(world: &'w dyn World, program: &'w str) -> Fence<'w> {
        let path = Path::new(program);
        let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(if path.is_dir() { path } else { beside }).ok();
        Fence { world, program, reach: folder.map_or(Reach::Nothing, Reach::Folder) }
    }

    /// The same with its gate open.
    #[must_use]
    pub fn open(self) -> Fence<'w> {
        Fence { reach: Reach::Everything, ..self }
    }

    fn check(&self, path: &str) -> Result<(), ReadError> {
        // Whoever runs the compiler has named the program, wherever that is.
        if path == self.program {
            return Ok(());
        }
        match &self.reach {
            Reach::Everything => Ok(()),
            Reach::Folder(folder) if fs::canonicalize(path).map_err(|error| why(&error))?.starts_with(folder) => Ok(()),
            Reach::Folder(_) | Reach::Nothing => Err(ReadError::Outside),
        }
    }
}

impl World for Fence<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        self.check(path)?;
        // The program itself may come through a pipe: `vpcc check /dev/stdin`.
        if path == self.program { self.world.read(path, limit) } else { Ordinary(self.world).read(path, limit) }
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError> {
        self.check(path)?;
        self.world.list(path)
    }

    fn entries(&self, path: &str) -> Vec<String> {
        if self.check(path).is_ok() { self.world.entries(path) } else { Vec::new() }
    }
}

fn why(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound => ReadError::NotFound,
        ErrorKind::PermissionDenied => ReadError::Denied,
        ErrorKind::IsADirectory => ReadError::IsFolder,
        _ => ReadError::Other(error.to_string()),
    }
}
