//! One node's store: sled for streams and records, files for blobs, and a thread that makes them durable.
//!
//! sled 0.34.7 is trusted with little: its flush is no fsync, values over about 7 KiB can leave its log for files it
//! never syncs, and a kill during start-up can leave it unopenable (`open.rs`). Invariants: every write goes
//! through the committer; no fsync ever runs on a caller's thread. Map: `open.rs` the folder, `committer.rs` groups and
//! acknowledgement, `disk.rs` the steps of a write, `trees.rs` the reads, `format.rs` the bytes, `survey.rs` the list of
//! everything.

mod committer;
mod disk;
mod format;
mod open;
mod survey;
#[cfg(test)]
mod tests;
mod trees;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::blobs::Blobs;
use crate::bus::Bus;
use crate::op::{Op, Reply};
use crate::{BlobKey, Damage, Entry, Loaded, OpenError, Record, Seq, StoreError, Stream};
use committer::Committer;
pub use committer::Figures;
use disk::{Disk, Kept, Sync};
use open::Opened;
pub(crate) use open::{abandon, restored};
use trees::Trees;

/// An open data folder; the last clone to go closes and unlocks it.
#[derive(Clone, Debug)]
pub struct SledStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    committer: Committer,
    trees: Trees,
    blobs: Blobs,
    bus: Bus,
    /// Last, so that the folder is unlocked after sled let go of it.
    _lock: File,
}

impl SledStore {
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_with(dir, |log| Box::new(move || log.sync_data()))
    }

    /// What the committer has done so far.
    pub fn figures(&self) -> Figures {
        self.0.committer.figures()
    }

    /// Opens with another fsync; tests pass one that fails.
    fn open_with(dir: &Path, sync: impl FnOnce(File) -> Sync) -> Result<Self, OpenError> {
        Self::start(dir, open::open(dir)?, sync)
    }

    pub(crate) fn examine(dir: &Path, scratch: &Path) -> Result<Self, OpenError> {
        Self::start(dir, open::examine(dir, scratch)?, |log| Box::new(move || log.sync_data()))
    }

    pub(crate) fn restore(dir: &Path) -> Result<Self, OpenError> {
        Self::start(dir, open::restore(dir)?, |log| Box::new(move || log.sync_data()))
    }

    fn start(dir: &Path, opened: Opened, sync: impl FnOnce(File) -> Sync) -> Result<Self, OpenError> {
        let corrupt = |reason: String| OpenError::Corrupt { dir: dir.to_owned(), reason };
        let trees = Trees::open(&opened.db).map_err(|error| corrupt(error.to_string()))?;
        let mut disk = Disk { db: opened.db, trees: trees.clone(), sync: sync(opened.log), kept: Kept::default() };
        disk.finish_erasures().map_err(|error| match error {
            StoreError::Full => OpenError::Full { dir: dir.to_owned() },
            error => corrupt(error.to_string()),
        })?;
        let unwritable =
            |error: std::io::Error| OpenError::Unwritable { dir: dir.to_owned(), reason: error.to_string() };
        let committer = Committer::start(disk).map_err(unwritable)?;
        let inner = Inner { committer, trees, blobs: opened.blobs, bus: Bus::new(), _lock: opened.lock };
        Ok(SledStore(Arc::new(inner)))
    }

    pub(crate) fn submit(&self, op: Op) -> Reply {
        self.0.committer.submit(op)
    }

    pub(crate) async fn load(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.blocking(move |inner| inner.trees.load(stream)).await
    }

    pub(crate) async fn entries(&self, stream: Stream, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.blocking(move |inner| inner.trees.entries(stream, after, limit)).await
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<Record>, StoreError> {
        self.0.trees.record(key)
    }

    pub(crate) fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        self.0.trees.list(prefix, after, limit)
    }

    pub(crate) async fn blob_put(&self, document: Uuid, content: Bytes) -> Result<BlobKey, StoreError> {
        self.blocking(move |inner| inner.blobs.put(document, &content)).await
    }

    pub(crate) async fn blob_get(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        self.blocking(move |inner| inner.blobs.get(&key)).await
    }

    pub(crate) async fn blob_delete(&self, key: BlobKey) -> Result<(), StoreError> {
        self.blocking(move |inner| inner.blobs.delete(&key)).await
    }

    pub(crate) async fn blobs_erase(&self, document: Uuid) -> Result<(), StoreError> {
        self.blocking(move |inner| inner.blobs.erase(document)).await
    }

    pub(crate) fn hold_blobs(&self) {
        self.0.blobs.hold();
    }

    /// Ends one cut. Nobody waits for it: what it leaves undone the next start does.
    pub(crate) fn release(&self) {
        drop(self.0.committer.submit(Op::Release));
        self.0.blobs.release();
    }

    pub(crate) fn load_held(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.0.trees.load_held(stream)
    }

    pub(crate) fn blob_held(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        self.0.blobs.get_held(&key)
    }

    pub(crate) fn blob_list(&self) -> Result<(Vec<BlobKey>, Vec<Damage>), StoreError> {
        self.0.blobs.list()
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.0.bus
    }

    pub(crate) fn refusal(&self) -> Option<StoreError> {
        self.0.committer.refusal()
    }

    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        let closed = self.blocking(|inner| inner.committer.close()).await;
        self.0.bus.close();
        closed
    }

    /// Runs what may wait for the disk off the async threads; without a runtime, right here.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = self.0.clone();
        let Ok(runtime) = Handle::try_current() else { return work(&inner) };
        let done = runtime.spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|error| Err(StoreError::Io(format!("a storage task died: {error}"))))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Whoever wants to know how that went calls `close` first.
        let _ = self.committer.close();
    }
}
