//! What the record of a version holds.
//!
//! Format 1 (whole texts only) stays readable; 2 adds keyframes, the text's own hash and names. Invariant: a record of
//! another format is refused by name and never taken for something else.

use room::Author;
use serde::{Deserialize, Serialize};
use storage::StoreError;
use uuid::Uuid;

use super::packed::{Text, hash as hash_of};

/// The format written now.
pub const FORMAT: u8 = 2;
/// Authors kept with one version; a record has room for no more.
const AUTHORS_MAX: usize = 100;

/// `rev/{document}/{id}`; the id is a UUID v7, so listing is chronological.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Format version.
    pub v: u8,
    /// Wall clock, milliseconds.
    pub at_ms: u64,
    /// Who wrote since the version before.
    pub authors: Vec<Author>,
    /// BLAKE3 of the stored bytes: the blob's name.
    pub blob: String,
    /// Length of the text in bytes.
    pub bytes: usize,
    /// Length of the blob; 0 in format 1, which did not say.
    #[serde(default)]
    pub stored: u64,
    /// The whole text that this one is the difference from; none: it is whole itself.
    #[serde(default)]
    pub base: Option<Keyframe>,
    /// BLAKE3 of the text; none in format 1.
    #[serde(default)]
    pub text: Option<String>,
    /// What somebody called it.
    #[serde(default)]
    pub name: Option<Name>,
}

/// A blob that holds a whole text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keyframe {
    /// Its name.
    pub blob: String,
    /// Its length.
    pub stored: u64,
    /// The text's length.
    pub bytes: usize,
}

/// What somebody called a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Who.
    pub by: Author,
    /// When, wall clock.
    pub at_ms: u64,
}

impl Version {
    /// A new one of a text that is packed.
    pub fn new(at_ms: u64, mut authors: Vec<Author>, text: &Text, blob: String, stored: u64) -> Version {
        authors.truncate(AUTHORS_MAX);
        let Text { hash, bytes, base, .. } = text;
        Version {
            v: FORMAT,
            at_ms,
            authors,
            blob,
            bytes: *bytes,
            stored,
            base: base.clone(),
            text: Some(hash.clone()),
            name: None,
        }
    }

    /// Whether this is its text. Of format 1 nobody knows without reading it.
    pub fn holds(&self, text: &str) -> bool {
        self.text.as_ref().is_some_and(|hash| *hash == hash_of(text))
    }

    /// Itself, if its text is whole.
    pub fn keyframe(&self) -> Keyframe {
        let own = || Keyframe { blob: self.blob.clone(), stored: self.stored, bytes: self.bytes };
        self.base.clone().unwrap_or_else(own)
    }

    /// Every blob it rests on, with its length.
    pub fn blobs(&self) -> impl Iterator<Item = (&str, u64)> {
        let base = self.base.as_ref().map(|base| (base.blob.as_str(), base.stored));
        std::iter::once((self.blob.as_str(), self.stored)).chain(base)
    }
}

/// Reads a record; one of another format is an error that names it.
pub fn parse(document: Uuid, id: Uuid, value: &[u8]) -> Result<Version, StoreError> {
    #[derive(Deserialize)]
    struct Format {
        v: u64,
    }
    let broken = |why: String| StoreError::Corrupt(format!("version {id} of document {document}: {why}"));
    let Format { v } = serde_json::from_slice(value).map_err(|error| broken(error.to_string()))?;
    if !(1..=u64::from(FORMAT)).contains(&v) {
        return Err(broken(format!("it has format {v}, which this Galley does not know; use the one that wrote it")));
    }
    serde_json::from_slice(value).map_err(|error| broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hi2_format_one_is_read_and_another_is_refused_by_name() {
        let (document, id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let one = br#"{"v":1,"at_ms":5,"authors":[],"blob":"ab","bytes":3}"#;
        let read = parse(document, id, one).expect("format 1");
        assert_eq!((read.v, read.base, read.text, read.name), (1, None, None, None));
        for other in [&br#"{"v":3,"at_ms":5}"#[..], br#"{"v":0}"#, b"{}", b"junk", br#"{"v":2,"at_ms":5}"#] {
            let refused = parse(document, id, other).expect_err("refused").to_string();
            assert!(refused.contains(&id.to_string()), "{refused}");
        }
    }
}
