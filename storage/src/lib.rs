//! Durable bytes for Galley: streams of entries, records and blobs, and the bus between nodes.
//!
//! Three kinds of durable thing, one kind of fleeting one:
//! - a **stream** (document x channel) is an append-only log of entries; [`Storage::compact`] replaces its
//!   beginning by a snapshot; [`Storage::load`] gives the newest snapshot and everything after it;
//! - a **record** is a small value under a key, changed by compare-and-swap on its version;
//! - a **blob** is a file's worth of bytes named by its hash, belonging to one document;
//! - a **cast** is told to whoever listens now and to nobody else.
//!
//! There are no transactions over several keys: callers write in an order whose every prefix is valid.
//! The contract every store keeps is written as numbered rules in `tests/spec/storage.md` (ST1...) and checked
//! by one suite, `contract.rs`. Invariant: nothing here knows what an entry means (no yrs, no HTTP), and a
//! [`Durable`] exists only for bytes that survive a power cut. Next: `sled.rs`, where the promise is kept.

mod blobs;
mod bus;
#[cfg(feature = "testing")]
pub mod contract;
mod cut;
mod error;
#[cfg(feature = "testing")]
pub mod memory;
mod op;
mod restoring;
pub mod sled;

use std::future::Future;
use std::path::Path;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use uuid::Uuid;

pub use bus::{Cast, Feed, FeedEvent, Lagged, Subscription};
pub use cut::{Cut, Damage, Survey};
pub use error::{Failure, Health, OpenError, StoreError};
use op::{Done, Op, Reply};
pub use restoring::Restoring;

/// One data folder, or its double in a test. Cheap to clone; every clone is the same store.
#[derive(Clone, Debug)]
pub enum Storage {
    /// One node: sled in `<dir>/store`, blobs in `<dir>/blobs`.
    Sled(sled::SledStore),
    /// A store in memory that can be held, made to fail, crashed and made to lie.
    #[cfg(feature = "testing")]
    Memory(memory::MemoryStore),
}

/// Calls the same method of whichever store this is.
macro_rules! each {
    ($storage:expr, $store:ident => $call:expr) => {
        match $storage {
            Storage::Sled($store) => $call,
            #[cfg(feature = "testing")]
            Storage::Memory($store) => $call,
        }
    };
}

/// Opening, closing, and how it is doing.
impl Storage {
    /// Opens the data folder, creating it if it is not there and healing what a crash left behind.
    ///
    /// Blocks (it may scan the log): call it before serving, or off the async threads.
    pub fn open(dir: &Path) -> Result<Storage, OpenError> {
        sled::SledStore::open(dir).map(Storage::Sled)
    }

    /// Opens a data folder to look at it, without changing anything in it: sled cannot read without writing, so the store
    /// is copied into the empty folder `scratch` first and opened there. Blobs are read where they are.
    pub fn examine(dir: &Path, scratch: &Path) -> Result<Storage, OpenError> {
        sled::SledStore::examine(dir, scratch).map(Storage::Sled)
    }

    /// As [`examine`](Self::examine), of a folder that [`open`](Self::open) calls damaged: what is left of it, which may be all but
    /// what was written last. An error if nothing can be had.
    pub fn rescue(dir: &Path, scratch: &Path) -> Result<Storage, OpenError> {
        sled::SledStore::rescue(dir, scratch).map(Storage::Sled)
    }

    /// Settles everything enqueued before, flushes, fsyncs and refuses whatever comes later.
    ///
    /// The folder stays locked until the last clone is dropped.
    pub async fn close(&self) -> Result<(), StoreError> {
        each!(self, store => store.close().await)
    }

    /// Whether writes can still succeed.
    pub fn health(&self) -> Health {
        match each!(self, store => store.refusal()) {
            Some(StoreError::Full) => Health::Full(StoreError::Full.to_string()),
            Some(error) => Health::Failed(error.to_string()),
            None if self.is_paused() => Health::Full(StoreError::Short.to_string()),
            None => Health::Ok,
        }
    }

    /// What made it fail, if it did; being closed is no failure.
    pub fn failed(&self) -> Option<Failure> {
        each!(self, store => store.refusal()).and_then(|error| error.failure())
    }
}

/// Want of room.
impl Storage {
    /// How many bytes the disk of the data folder has left for this process; `None` where that is not known.
    ///
    /// Asks the system, which may block.
    pub fn free_bytes(&self) -> Result<Option<u64>, StoreError> {
        each!(self, store => store.free_bytes())
    }

    /// Refuses with [`StoreError::Short`] whatever would take room, until [`resume`](Self::resume). What only removes
    /// still happens, and so does everything enqueued before.
    pub fn pause(&self) {
        each!(self, store => store.paused()).store(true, Ordering::Release);
    }

    /// Takes writes again.
    pub fn resume(&self) {
        each!(self, store => store.paused()).store(false, Ordering::Release);
    }

    /// Whether writes are refused to keep the room that is left.
    pub fn is_paused(&self) -> bool {
        each!(self, store => store.paused()).load(Ordering::Acquire)
    }

    /// Opens a store again that failed with [`StoreError::Full`], and no other; every clone sees the new one.
    ///
    /// Everything acknowledged is in it. What was refused may be in it, too. An error says that the disk is still full,
    /// which may be tried again, or that the store is lost to this process: then [`failed`](Self::failed) says `Device`.
    pub async fn reopen(&self) -> Result<(), StoreError> {
        each!(self, store => store.reopen().await)
    }
}

/// How many bytes the disk of a folder has left for this process; `None` where that is not known.
pub fn free_bytes(dir: &Path) -> std::io::Result<Option<u64>> {
    sled::free_bytes(dir)
}

/// The layout of a data folder, if it has held data. Newer ones are an error. Touches nothing.
pub fn format_of(dir: &Path) -> Result<Option<u32>, OpenError> {
    sled::format_of(dir)
}

/// Streams.
impl Storage {
    /// The newest snapshot and every entry after it, or `None` if nothing was ever appended.
    ///
    /// Contains everything enqueued before this call, and nothing that is not durable.
    pub async fn load(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.settled().await?;
        each!(self, store => store.load(stream).await)
    }

    /// The beginning of a stream that [`load`](Self::load) calls damaged: the snapshot and the entries before the first that
    /// cannot be read. Empty if there is nothing of the kind.
    pub async fn salvage(&self, stream: Stream) -> Result<Loaded, StoreError> {
        self.settled().await?;
        let snapshot = match each!(self, store => store.snapshot(stream).await) {
            // What comes after a snapshot rests on it.
            Err(StoreError::Corrupt(_)) => return Ok(Loaded::default()),
            snapshot => snapshot?,
        };
        let mut found = Loaded { tail: Vec::new(), snapshot: snapshot.map(|it| (SnapshotVersion(0), it)) };
        let mut after = found.snapshot.as_ref().map_or(0, |(_, snapshot)| snapshot.upto);
        loop {
            let next = each!(self, store => store.entries(stream, after, 1).await);
            match next.as_deref() {
                Ok([entry]) => after = entry.seq,
                _ => return Ok(found),
            }
            found.tail.extend(next?);
        }
    }

    /// At most `limit` entries with `seq > after`, oldest first; entries inside the snapshot are gone.
    pub async fn entries(&self, stream: Stream, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.settled().await?;
        each!(self, store => store.entries(stream, after, limit).await)
    }

    /// Enqueues the entry now and resolves when it survives a power cut.
    ///
    /// The order of calls is the order of `seq` and of completion. Dropping the future does not cancel the write.
    pub fn append(
        &self,
        stream: Stream,
        entry: NewEntry,
    ) -> impl Future<Output = Result<Durable, StoreError>> + Send + use<> {
        let bytes = entry.update.len() + entry.authors.len();
        let reply = op::within("entry", bytes, ENTRY_BYTES_MAX).map(|()| self.submit(Op::Append { stream, entry }));
        async move {
            match reply?.outcome().await? {
                Done::Appended(seq) => Ok(Durable { seq }),
                other => Err(other.unexpected()),
            }
        }
    }

    /// Makes `snapshot` current if `base` still is; entries up to `upto` are gone afterwards.
    ///
    /// All or nothing, also when the power goes in between. `Conflict` when `base` is not current or `upto`
    /// lies before the current snapshot's.
    pub async fn compact(
        &self,
        stream: Stream,
        base: Option<SnapshotVersion>,
        snapshot: Snapshot,
    ) -> Result<SnapshotVersion, StoreError> {
        let bytes = snapshot.state.len() + snapshot.authors.len();
        op::within("snapshot", bytes, SNAPSHOT_BYTES_MAX)?;
        let op = Op::Compact { stream, base, snapshot };
        match self.submit(op).outcome().await? {
            Done::Compacted(version) => Ok(version),
            other => Err(other.unexpected()),
        }
    }

    /// Removes the stream for good; afterwards it is as if nothing had ever been appended.
    pub async fn erase(&self, stream: Stream) -> Result<(), StoreError> {
        self.submit(Op::Erase { stream }).outcome().await.map(drop)
    }

    /// Waits for what was enqueued before. A failed store has nothing more to wait for: it can still be read.
    async fn settled(&self) -> Result<(), StoreError> {
        match self.submit(Op::Barrier).outcome().await {
            Err(StoreError::Closed) => Err(StoreError::Closed),
            Err(StoreError::Busy) => Err(StoreError::Busy),
            _ => Ok(()),
        }
    }

    pub(crate) fn submit(&self, op: Op) -> Reply {
        if op.grows() && self.is_paused() {
            return Reply::refused(StoreError::Short);
        }
        each!(self, store => store.submit(op))
    }
}

/// Records. Keys are tokens of `[A-Za-z0-9._-]` separated by `/`.
impl Storage {
    /// The record under `key`. May show a `put` shortly before that `put` is durable.
    pub async fn get(&self, key: &str) -> Result<Option<Record>, StoreError> {
        op::check_key(key)?;
        each!(self, store => store.get(key))
    }

    /// Enqueues a record now and resolves to its new version when it is durable: never after what is enqueued later.
    pub fn put(
        &self,
        key: &str,
        value: Bytes,
        expect: Expect,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send + use<> {
        let sound = op::check_key(key).and_then(|()| op::within("record", value.len(), RECORD_BYTES_MAX));
        let reply = sound.map(|()| self.submit(Op::Put { key: key.to_owned(), value, expect }));
        async move {
            match reply?.outcome().await? {
                Done::Put(version) => Ok(version),
                other => Err(other.unexpected()),
            }
        }
    }

    /// Removes a record; durable when it returns. Removing what is not there succeeds unless a version was expected.
    pub async fn delete(&self, key: &str, expect: Expect) -> Result<(), StoreError> {
        op::check_key(key)?;
        let key = key.to_owned();
        self.submit(Op::Delete { key, expect }).outcome().await.map(drop)
    }

    /// At most `limit` records whose key starts with `prefix`, in key order, beginning behind `after`.
    pub async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        op::check_prefix(prefix)?;
        each!(self, store => store.list(prefix, after, limit))
    }
}

/// Blobs. A failed blob write fails alone: each is a new file, so trying again is sound.
impl Storage {
    /// Stores the content under its hash; durable when it returns. Storing it twice is fine.
    pub async fn blob_put(&self, document: Uuid, content: Bytes) -> Result<BlobKey, StoreError> {
        op::within("blob", content.len(), BLOB_BYTES_MAX)?;
        if self.is_paused() {
            return Err(StoreError::Short);
        }
        each!(self, store => store.blob_put(document, content).await)
    }

    /// The content, checked against its hash.
    pub async fn blob_get(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        each!(self, store => store.blob_get(key).await)
    }

    /// Removes a blob, if it is there.
    pub async fn blob_delete(&self, key: BlobKey) -> Result<(), StoreError> {
        each!(self, store => store.blob_delete(key).await)
    }

    /// Removes every blob of a document, also those that nothing names.
    pub async fn blobs_erase(&self, document: Uuid) -> Result<(), StoreError> {
        each!(self, store => store.blobs_erase(document).await)
    }
}

/// The bus: fleeting, at most once, and on one node within this process only.
impl Storage {
    /// Entries that other nodes append to the stream. On one node there are none.
    pub async fn join(&self, stream: Stream) -> Result<Feed, StoreError> {
        each!(self, store => store.bus().join(stream))
    }

    /// Tells every subscriber, this process's own included.
    pub async fn cast(&self, document: Uuid, message: Cast) -> Result<(), StoreError> {
        each!(self, store => store.bus().cast(document, message))
    }

    /// Every cast from now on. A subscriber that falls behind is told so.
    pub fn subscribe(&self) -> Subscription {
        each!(self, store => store.bus().subscribe())
    }
}

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

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "document {} channel {}", self.document, self.channel)
    }
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

/// Largest record value in bytes; a larger one is `TooLarge`.
pub const RECORD_BYTES_MAX: usize = 6 * 1024;
/// Longest record key in bytes; a longer one is `BadKey`.
pub const KEY_BYTES_MAX: usize = 256;

/// Whether a record may have this key.
pub fn is_key(key: &str) -> bool {
    op::check_key(key).is_ok()
}

/// Largest entry (update and authors) in bytes; a larger one is `TooLarge`.
pub const ENTRY_BYTES_MAX: usize = 64 << 20;
/// Largest snapshot (state and authors) in bytes; a larger one is `TooLarge`.
pub const SNAPSHOT_BYTES_MAX: usize = 256 << 20;
/// Largest blob in bytes; a larger one is `TooLarge`.
pub const BLOB_BYTES_MAX: usize = 256 << 20;

/// A blob's key: blobs are never shared between documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey {
    /// The document it belongs to.
    pub document: Uuid,
    /// BLAKE3 of the content.
    pub hash: [u8; 32],
}
