//! `galley.json` and `notes.json`: what an export says of itself, so that it can come back as what it was.
//!
//! Everything else in an export is plain files that need neither. Invariant: what is read here was written by anybody;
//! unknown fields are ignored, missing ones have a meaning, and a later format is told apart. Next: `pack.rs`, which
//! writes these, `plan.rs` and `notes.rs`, which read them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where the manifest is.
pub const NAME: &str = "galley.json";
/// The format written, and the latest read.
pub const FORMAT: u32 = 1;

/// `galley.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Format.
    pub galley: u32,
    /// Wall clock, milliseconds since 1970.
    pub exported_ms: u64,
    /// What is in the archive.
    pub documents: Vec<Document>,
    /// What could not be put into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// One document.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    /// Where it came from.
    pub id: Uuid,
    /// As it gave itself.
    #[serde(default)]
    pub title: String,
    /// Path of its text.
    pub text: String,
    /// Path of its notes, if it has any.
    #[serde(default)]
    pub notes: Option<String>,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub created_ms: u64,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub updated_ms: u64,
    /// Its pictures and files.
    #[serde(default)]
    pub files: Vec<File>,
}

/// A picture or file.
#[derive(Debug, Serialize, Deserialize)]
pub struct File {
    /// In the archive.
    pub path: String,
    /// Of its address on the server it came from.
    pub name: String,
    /// What whoever uploaded it called it.
    pub original: String,
    /// How large.
    pub bytes: usize,
}

/// A document that is not in the archive.
#[derive(Debug, Serialize, Deserialize)]
pub struct Missing {
    /// Which.
    pub id: Uuid,
    /// As it gave itself.
    pub title: String,
    /// A sentence.
    pub why: String,
}

impl Manifest {
    /// Reads one; `None` if it is none of ours, or of a later format.
    pub fn read(bytes: &[u8]) -> Option<Manifest> {
        serde_json::from_slice(bytes).ok().filter(|manifest: &Manifest| (1..=FORMAT).contains(&manifest.galley))
    }
}
