//! What is open in the editor, laid over the file system.

use crate::paths::Root;
use crate::position::Encoding;
use lsp_types::TextDocumentContentChangeEvent as Change;
use std::collections::BTreeMap;
use vpcc_core::ide::{Glance, glance_at};
use vpcc_core::source::{ReadError, World, folder_of, join};

/// Files larger than this are not checked while somebody types in them.
pub const MAX_LIVE_BYTES: usize = 8 << 20;

/// A file that is open.
#[derive(Debug)]
pub struct Document {
    /// Its text.
    pub text: String,
    /// Which state of it this is, as the editor counts.
    pub version: i32,
    /// What shows which program it is a part of.
    pub glance: Glance,
}

impl Document {
    /// A file at a path, as it is opened.
    pub fn open(path: &str, text: String, version: i32) -> Document {
        Document { glance: glance_at(path, &text), text, version }
    }

    /// Whether it is small enough to be checked while somebody types.
    pub fn live(&self) -> bool {
        self.text.len() <= MAX_LIVE_BYTES
    }

    /// Changes the text as the editor did.
    pub fn apply(&mut self, changes: Vec<Change>, encoding: Encoding) {
        for change in changes {
            match change {
                Change::TextDocumentContentChangeWholeDocument(change) => self.text = change.text,
                Change::TextDocumentContentChangePartial(change) => {
                    let start = encoding.offset(&self.text, change.range.start);
                    let end = encoding.offset(&self.text, change.range.end).max(start);
                    self.text.replace_range(start..end, &change.text);
                }
            }
        }
    }
}

/// Everything that is open, by path.
pub type Documents = BTreeMap<String, Document>;

/// The file system as the editor shows it.
pub struct Overlay<'a> {
    /// What is open.
    pub documents: &'a Documents,
    /// Where paths start.
    pub root: &'a Root,
    /// What lies below.
    pub world: &'a dyn World,
}

impl World for Overlay<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        match self.documents.get(path) {
            Some(document) if document.text.len() > limit.min(MAX_LIVE_BYTES) => {
                Err(ReadError::TooLarge { bytes: document.text.len() as u64 })
            }
            Some(document) => Ok(document.text.clone().into_bytes()),
            None => self.world.read(&self.root.full(path), limit),
        }
    }

    fn entries(&self, path: &str) -> Vec<String> {
        self.world.entries(&self.root.full(path))
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError> {
        if self.documents.contains_key(path) {
            return Ok(None);
        }
        let mut listed = self.world.list(&self.root.full(path))?;
        if let Some(names) = &mut listed {
            // A file that is open and not saved yet, or deleted behind the editor's back, is there all the same.
            for open in self.documents.keys().filter(|open| open.ends_with(".vpc")) {
                let name = open.rsplit('/').next().unwrap_or_default();
                if join(path, name) == *open && !folder_of(open).is_empty() | (path == ".") {
                    names.push(name.to_owned());
                }
            }
            names.sort();
            names.dedup();
        }
        Ok(listed)
    }
}
