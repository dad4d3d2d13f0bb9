//! Durable bytes for Galley: streams of entries, records and blobs, and the bus between nodes.
//!
//! The contract every store keeps is written in prose in `tests/spec/storage.md` (ST1...) and checked
//! by one suite, `contract.rs`. Invariant: nothing here knows what an entry means (no yrs, no HTTP), and a
//! [`Durable`] exists only for bytes that survive a power cut. Next: `sled.rs`, where the promise is kept.

use std::future::Future;

use bytes::Bytes;
use uuid::Uuid;

/// Storage's order of entries in one stream: increasing, from 1, gaps allowed.
pub type Seq = u64;

/// One channel of one document: the unit that is appended to, loaded and compacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stream {
    /// The document's id.
    pub document: Uuid,
    /// 0 text, 1 notes, 16 and up branches.
    pub channel: u32,
}

/// What is handed to [`Storage::append`]. Stored byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// One update, opaque here.
    pub update: Bytes,
    /// Changes to the author table that come with it, opaque here; may be empty.
    pub authors: Bytes,
    /// Wall clock, milliseconds since 1970, for history.
    pub at_ms: u64,
}

/// A stored entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the stream.
    pub seq: Seq,
    /// What was appended.
    pub entry: NewEntry,
}

/// The full state of a stream up to and including `upto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Every entry with `seq <= upto` is contained.
    pub upto: Seq,
    /// The state as one update, opaque here.
    pub state: Bytes,
    /// The whole author table, opaque here.
    pub authors: Bytes,
}

/// Which snapshot is current; compaction names the one it replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotVersion(pub u64);

/// The newest complete snapshot and every entry after it, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Absent until the first compaction.
    pub snapshot: Option<(SnapshotVersion, Snapshot)>,
    /// Entries with `seq > snapshot.upto`.
    pub tail: Vec<Entry>,
}

/// Proof that an entry survives a power cut. Only a store makes one.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Durable {
    seq: Seq,
}

impl Durable {
    /// Where the entry went.
    pub fn seq(&self) -> Seq {
        self.seq
    }
}

/// A record: a small value (at most [`RECORD_BYTES_MAX`]) with a version for compare-and-swap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The value.
    pub value: Bytes,
    /// Increases with every put of this key.
    pub version: u64,
}

/// What must hold for a `put` or `delete` to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The key must not exist.
    Absent,
    /// The key must be at this version.
    Version(u64),
    /// Whatever is there.
    Any,
}

/// Largest record value in bytes.
pub const RECORD_BYTES_MAX: usize = 6 * 1024;

/// A blob's key: blobs are never shared between documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobKey {
    /// The document it belongs to.
    pub document: Uuid,
    /// BLAKE3 of the content.
    pub hash: [u8; 32],
}
