//! What editors ask, answered by free functions of a [`Snapshot`], a file of it and a byte offset.
//!
//! In: a program, checked, with holes where it is broken. Out: spans and small values. Absent on purpose: any editor's
//! protocol, and any state; whoever calls keeps a snapshot as long as no text has changed.

mod actions;
mod completion;
mod cursor;
mod facts;
mod highlighting;
mod hints;
mod hover;
mod items;
mod lens;
mod lexer;
mod links;
mod names;
mod ports;
mod programs;
mod rename;
mod room;
mod signature;
mod slots;
mod structure;
mod symbols;
mod words;

pub use actions::{Action, actions};
pub use completion::{Completion, CompletionKind, completions};
pub use highlighting::{Paint, Painted, painted};
pub use hints::{Hint, hints};
pub use hover::{Hover, hover};
pub use lens::{Lens, lens};
pub use links::{Link, links};
pub use names::{Highlight, Name, declaration, definition, highlights, name_at, references};
pub use programs::{Glance, glance_at, program_of};
pub use rename::{Edit, prepare_rename, rename};
pub use signature::{Shape, Signature, signature};
pub use structure::{Fold, folds, selections};
pub use symbols::{Found, Symbol, outline, search};

use crate::check::{Compiled, Given, compile_again};
use crate::source::{FileId, Sources, World};
use crate::syntax::Tree;

/// A program at an instant.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What the compiler found out about it.
    pub compiled: Compiled,
}

impl Snapshot {
    /// Reads and checks the program at `path`.
    pub fn of(world: &dyn World, path: &str) -> Snapshot {
        Snapshot::again(world, path, None)
    }

    /// The same of a program of which there is an `earlier` snapshot: it takes no longer than what has changed.
    pub fn again(world: &dyn World, path: &str, earlier: Option<Snapshot>) -> Snapshot {
        let files = earlier.map(|earlier| earlier.compiled.files).unwrap_or_default();
        Snapshot { compiled: compile_again(world, path, &Given::new(), files) }
    }

    /// The texts.
    pub fn sources(&self) -> &Sources {
        &self.compiled.sources
    }

    /// The file with this path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.sources().iter().find(|(_, file)| file.name == path).map(|(id, _)| id)
    }

    /// What a file says.
    pub fn tree(&self, file: FileId) -> Option<&Tree> {
        self.compiled.files.iter().map(|parsed| &parsed.tree).find(|tree| tree.file == file)
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> &str {
        &self.sources().file(file).text
    }
}
