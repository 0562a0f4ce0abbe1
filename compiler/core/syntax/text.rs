//! A text as the parser reads it.

use super::{braces, comments};
use crate::problem::Diagnostic;
use crate::source::FileId;
use std::sync::Arc;

/// The text of a file, with its braces mended where they don't match, and without the comments of other languages.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// As it was written.
    pub(super) written: Arc<str>,
    mended: Option<Arc<str>>,
    /// How many statements and members of lists it has.
    pub(super) pieces: usize,
    /// What is wrong with the comments and the braces.
    pub(super) problems: Vec<Diagnostic>,
}

impl Text {
    /// Mends a text.
    ///
    /// # Errors
    /// When there is more in it, or blocks are nested more deeply, than can be read.
    pub(super) fn of(file: FileId, written: &Arc<str>) -> Result<Text, Box<Diagnostic>> {
        let (blanked, mut problems) = comments::blank(file, written).unzip();
        let braces = braces::mend(file, blanked.as_deref().unwrap_or(written))?;
        problems.get_or_insert_default().extend(braces.problems);
        Ok(Text {
            written: Arc::clone(written),
            mended: braces.text.or(blanked).map(Into::into),
            pieces: braces.pieces,
            problems: problems.unwrap_or_default(),
        })
    }

    /// What the parser reads: it differs from what was written only in single bytes, none of which moves another.
    pub(super) fn parsed(&self) -> &str {
        self.mended.as_ref().unwrap_or(&self.written)
    }

    /// Whether the two differ.
    pub(super) fn is_mended(&self) -> bool {
        self.mended.is_some()
    }
}
