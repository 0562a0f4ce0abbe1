//! Bytes that are sent but never shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// So many characters of base64 that are the same are no chance.
const PIECE: usize = 16;

/// Shorter lines, `fi` or `EOF`, tell nothing.
const LINE: usize = 8;

/// User data: it may hold secrets, so every way to print it gives its SHA-256 and its length alone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sealed {
    bytes: Arc<[u8]>,
    digest: Arc<str>,
}

impl Sealed {
    /// Seals some bytes.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Sealed {
        let bytes = bytes.into();
        let digest = sha256(&bytes).into();
        Sealed { bytes, digest }
    }

    /// The bytes in base64, as EC2 takes them. Only what sends requests may call this.
    pub fn reveal_base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// The SHA-256 of the bytes, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.digest
    }

    /// Whether a text repeats some of the bytes: a line of them, or what stands for them in base64.
    pub fn is_told_in(&self, text: &str) -> bool {
        let base64 = self.reveal_base64();
        let mut pieces = base64.as_bytes().chunks(PIECE).filter(|piece| piece.len() == PIECE || base64.len() < PIECE);
        let shown = |piece: &[u8]| std::str::from_utf8(piece).is_ok_and(|piece| text.contains(piece));
        let line = |line: &[u8]| line.len() >= LINE && shown(line);
        pieces.any(shown) || self.bytes.split(|byte| *byte == b'\n').any(|bytes| line(bytes.trim_ascii()))
    }

    /// The bytes, to make others of them that are sealed again.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.digest)
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("sha256", &*self.digest)?;
        map.serialize_entry("bytes", &self.bytes.len())?;
        map.end()
    }
}
