//! A world that is a list of files: for tests, and for whoever compiles texts that are in no file system.

use super::{ReadError, World};
use std::collections::BTreeMap;

/// Files by path.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Memory {
        self.0.insert(path.to_owned(), bytes.into());
        self
    }
}

impl World for Memory {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let bytes = self.0.get(path).ok_or(ReadError::NotFound)?;
        if bytes.len() > limit {
            return Err(ReadError::TooLarge { bytes: bytes.len() as u64 });
        }
        Ok(bytes.clone())
    }

    fn entries(&self, path: &str) -> Vec<String> {
        let folder = if path == "." { String::new() } else { format!("{}/", path.trim_end_matches('/')) };
        let below = self.0.keys().filter_map(|file| file.strip_prefix(&folder));
        let mut names: Vec<String> = below
            .map(|rest| rest.split_once('/').map_or_else(|| rest.to_owned(), |(folder, _)| format!("{folder}/")))
            .collect();
        names.dedup();
        names
    }

    fn list(&self, path: &str) -> Result<Option<Vec<String>>, ReadError> {
        if self.0.contains_key(path) {
            return Ok(None);
        }
        let folder = format!("{}/", path.trim_end_matches('/'));
        let inside = |file: &String| file.strip_prefix(&folder).filter(|name| !name.contains('/')).map(str::to_owned);
        let names: Vec<String> = self.0.keys().filter_map(inside).collect();
        if names.is_empty() {
            return Err(ReadError::NotFound);
        }
        Ok(Some(names.into_iter().filter(|name| name.ends_with(".vpc")).collect()))
    }
}
