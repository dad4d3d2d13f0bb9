//! Automatic text revisions: when one is due, how it is stored, and how far each reader has read.
//!
//! A revision is the whole text as a compressed blob plus the record `rev/{document}/{id}` that names it. It is taken
//! at the end of a stretch of editing and at most every few minutes while the stretch lasts, so that history has
//! something to show. Invariant: the blob is durable before the record that names it. Next: `rooms.rs`, which asks.

use std::time::Duration;

use bytes::Bytes;
use room::{Author, Millis};
use serde::{Deserialize, Serialize};
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

/// How a revision's text is compressed; the level that costs about as much as the fsync it waits for.
const ZSTD_LEVEL: i32 = 3;

/// What `rev/{document}/{id}` holds; the id is a UUID v7, so listing is chronological.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// Format version.
    pub v: u8,
    /// Wall clock, milliseconds.
    pub at_ms: u64,
    /// Who wrote since the revision before.
    pub authors: Vec<Author>,
    /// BLAKE3 of the compressed text: the blob's name.
    pub blob: String,
    /// Length of the text in bytes.
    pub bytes: usize,
}

/// When the next revision is due.
#[derive(Debug, Default)]
pub struct Pace {
    /// First and last edit since the last revision.
    stretch: Option<(Millis, Millis)>,
}

impl Pace {
    /// Something was written.
    pub fn edited(&mut self, now: Millis) {
        let first = self.stretch.map_or(now, |(first, _)| first);
        self.stretch = Some((first, now));
    }

    /// Whether the stretch is over, or has lasted long enough.
    pub fn due(&self, now: Millis, pause: Duration, every: Duration) -> bool {
        self.stretch.is_some_and(|(first, last)| {
            Duration::from_millis(now - last) >= pause || Duration::from_millis(now - first) >= every
        })
    }

    /// Whether anything was written since the last revision.
    pub fn pending(&self) -> bool {
        self.stretch.is_some()
    }

    /// A revision was taken.
    pub fn taken(&mut self) {
        self.stretch = None;
    }
}

/// Stores one revision; returns its id.
pub async fn record(
    storage: &Storage,
    document: Uuid,
    text: String,
    authors: Vec<Author>,
    at_ms: u64,
) -> Result<Uuid, StoreError> {
    let compressed =
        zstd::bulk::compress(text.as_bytes(), ZSTD_LEVEL).map_err(|cause| StoreError::Io(cause.to_string()))?;
    let blob = storage.blob_put(document, Bytes::from(compressed)).await?;
    let hash = blake3::Hash::from_bytes(blob.hash).to_hex().to_string();
    let revision = Revision { v: 1, at_ms, authors, blob: hash, bytes: text.len() };
    let value = serde_json::to_vec(&revision).map_err(|cause| StoreError::Io(cause.to_string()))?;
    let id = Uuid::now_v7();
    storage.put(&format!("rev/{document}/{id}"), Bytes::from(value), Expect::Absent).await?;
    Ok(id)
}

/// How far a reader has read: `seen/{document}/{author}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Format version.
    pub v: u8,
    /// Wall clock, milliseconds.
    pub at_ms: u64,
    /// Every revision whose id is not greater was taken before the reader left: ids are in order of time.
    pub through: Uuid,
}

/// Stores that a reader has seen everything up to now.
pub async fn seen(storage: &Storage, document: Uuid, reader: Author, at_ms: u64) -> Result<(), StoreError> {
    let seen = Seen { v: 1, at_ms, through: Uuid::now_v7() };
    let value = serde_json::to_vec(&seen).map_err(|cause| StoreError::Io(cause.to_string()))?;
    storage.put(&format!("seen/{document}/{}", reader.0), Bytes::from(value), Expect::Any).await.map(drop)
}

/// Everybody who has ever been in a document, up to a thousand.
pub async fn readers(storage: &Storage, document: Uuid) -> Result<Vec<Author>, StoreError> {
    const READERS_MAX: usize = 1_000;
    let prefix = format!("seen/{document}/");
    let found = storage.list(&prefix, None, READERS_MAX).await?;
    Ok(found.iter().filter_map(|(key, _)| Some(Author(key.strip_prefix(&prefix)?.parse().ok()?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(60);
    const EVERY: Duration = Duration::from_secs(300);

    #[test]
    fn sk13_a_pause_ends_a_stretch() {
        let mut pace = Pace::default();
        assert!(!pace.due(1_000_000, PAUSE, EVERY));
        pace.edited(1_000);
        pace.edited(30_000);
        assert!(!pace.due(89_999, PAUSE, EVERY));
        assert!(pace.due(90_000, PAUSE, EVERY));
        pace.taken();
        assert!(!pace.due(900_000, PAUSE, EVERY));
    }

    #[test]
    fn sk13_a_long_stretch_is_cut() {
        let mut pace = Pace::default();
        for second in 0..300 {
            pace.edited(second * 1_000);
            assert!(!pace.due(second * 1_000, PAUSE, EVERY), "{second}");
        }
        pace.edited(300_000);
        assert!(pace.due(300_000, PAUSE, EVERY));
    }
}
