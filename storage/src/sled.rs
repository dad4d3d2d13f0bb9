//! One node's store: sled for streams and records, files for blobs, and a thread that makes them durable.
//!
//! sled 0.34.7 is trusted with little: its flush is no fsync, values over about 7 KiB can leave its log for files it
//! never syncs, and a kill during start-up can leave it unopenable (`open.rs`). Invariants: every write goes
//! through the committer; no fsync ever runs on a caller's thread. Map: `open.rs` the folder, `committer.rs` groups and
//! acknowledgement, `disk.rs` the steps of a write, `trees.rs` the reads, `format.rs` the bytes, `survey.rs` the list of
//! everything.

mod committer;
mod disk;
mod engine;
mod examine;
mod format;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod layout;
mod open;
mod seal;
mod survey;
#[cfg(test)]
mod tests;
mod trees;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::bus::Bus;
use crate::op::{Op, Reply, lock};
use crate::{BlobKey, Damage, Entry, Failure, Loaded, OpenError, Record, Seq, Snapshot, StoreError, Stream};
use committer::Committer;
pub use committer::Figures;
use disk::{Disk, Ends, Kept, Sync};
pub(crate) use engine::caught;
use open::{Held, Opened};
pub(crate) use open::{abandon, format_of, free_bytes, restored};
use trees::Trees;

/// An open data folder; the last clone to go closes and unlocks it.
#[derive(Clone, Debug)]
pub struct SledStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    folder: Folder,
    paused: AtomicBool,
    bus: Bus,
    /// One reopening at a time.
    reopening: Mutex<()>,
    current: RwLock<Current>,
    /// Last, so that the folder is unlocked after sled let go of it.
    held: Held,
}

/// Whose the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folder {
    /// Ours: closing it seals it.
    Own,
    /// A copy somewhere else, made to be looked at.
    Copy,
}

/// The store, or why there is none for the moment.
#[derive(Debug)]
enum Current {
    Open(Arc<Inner>),
    /// It filled the disk or was closed, and was let go of; until it is opened again this is what everybody hears.
    Shut(StoreError),
}

/// What goes and comes anew when a store that was full is opened again.
#[derive(Debug)]
struct Inner {
    committer: Committer,
    trees: Trees,
}

/// How long reads that began before may take until the store is let go of.
const LAST_READS: Duration = Duration::from_secs(30);
/// Between two looks whether they are done.
const LOOK: Duration = Duration::from_millis(5);

impl SledStore {
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_with(dir, real_sync)
    }

    /// What the committer has done since the store was last opened.
    pub fn figures(&self) -> Figures {
        self.inner().map(|inner| inner.committer.figures()).unwrap_or_default()
    }

    /// Opens with another fsync; tests pass one that fails.
    fn open_with(dir: &Path, sync: impl FnOnce(File) -> Sync) -> Result<Self, OpenError> {
        Self::start(dir, Folder::Own, open::open(dir)?, sync)
    }

    pub(crate) fn examine(dir: &Path, scratch: &Path) -> Result<Self, OpenError> {
        Self::start(dir, Folder::Copy, examine::examine(dir, scratch)?, real_sync)
    }

    pub(crate) fn rescue(dir: &Path, scratch: &Path) -> Result<Self, OpenError> {
        Self::start(dir, Folder::Copy, examine::rescue(dir, scratch)?, real_sync)
    }

    pub(crate) fn restore(dir: &Path) -> Result<Self, OpenError> {
        Self::start(dir, Folder::Own, open::restore(dir)?, real_sync)
    }

    fn start(
        dir: &Path,
        folder: Folder,
        (opened, held): (Opened, Held),
        sync: impl FnOnce(File) -> Sync,
    ) -> Result<Self, OpenError> {
        let current = RwLock::new(Current::Open(begin(dir, opened, sync)?));
        let shared = Shared {
            dir: dir.to_owned(),
            folder,
            paused: AtomicBool::new(false),
            bus: Bus::new(),
            reopening: Mutex::default(),
            current,
            held,
        };
        Ok(SledStore(Arc::new(shared)))
    }

    pub(crate) fn free_bytes(&self) -> Result<Option<u64>, StoreError> {
        open::free_bytes(&self.0.dir).map_err(|error| StoreError::from_io("ask how much space is left", &error))
    }

    pub(crate) fn paused(&self) -> &AtomicBool {
        &self.0.paused
    }

    pub(crate) async fn reopen(&self) -> Result<(), StoreError> {
        self.blocking(Shared::reopen).await
    }

    pub(crate) fn submit(&self, op: Op) -> Reply {
        match self.inner() {
            Ok(inner) => inner.committer.submit(op),
            Err(error) => Reply::refused(error),
        }
    }

    pub(crate) async fn load(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.reading(move |inner| inner.trees.load(stream)).await
    }

    pub(crate) async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, StoreError> {
        self.reading(move |inner| inner.trees.current_snapshot(stream)).await
    }

    pub(crate) async fn entries(&self, stream: Stream, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.reading(move |inner| inner.trees.entries(stream, after, limit)).await
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<Record>, StoreError> {
        self.inner()?.trees.record(key)
    }

    pub(crate) fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        self.inner()?.trees.list(prefix, after, limit)
    }

    pub(crate) async fn blob_put(&self, document: Uuid, content: Bytes) -> Result<BlobKey, StoreError> {
        self.blocking(move |shared| shared.held.blobs.put(document, &content)).await
    }

    pub(crate) async fn blob_get(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        self.blocking(move |shared| shared.held.blobs.get(&key)).await
    }

    pub(crate) async fn blob_delete(&self, key: BlobKey) -> Result<(), StoreError> {
        self.blocking(move |shared| shared.held.blobs.delete(&key)).await
    }

    pub(crate) async fn blobs_erase(&self, document: Uuid) -> Result<(), StoreError> {
        self.blocking(move |shared| shared.held.blobs.erase(document)).await
    }

    pub(crate) fn hold_blobs(&self) {
        self.0.held.blobs.hold();
    }

    /// Ends one cut. Nobody waits for it: what it leaves undone the next start does.
    pub(crate) fn release(&self) {
        drop(self.submit(Op::Release));
        self.0.held.blobs.release();
    }

    pub(crate) fn load_held(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.inner()?.trees.load_held(stream)
    }

    pub(crate) fn beginning_held(&self, stream: Stream) -> Result<Loaded, StoreError> {
        Ok(self.inner()?.trees.beginning(stream))
    }

    pub(crate) fn blob_held(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        self.0.held.blobs.get_held(&key)
    }

    pub(crate) fn blob_list(&self) -> Result<(Vec<BlobKey>, Vec<Damage>), StoreError> {
        self.0.held.blobs.list()
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.0.bus
    }

    pub(crate) fn refusal(&self) -> Option<StoreError> {
        self.inner().map_or_else(Some, |inner| inner.committer.refusal())
    }

    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        let closed = self.blocking(Shared::close).await;
        self.0.bus.close();
        closed
    }

    fn inner(&self) -> Result<Arc<Inner>, StoreError> {
        self.0.inner()
    }

    async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(move |shared| work(&*shared.inner()?)).await
    }

    /// Runs what may wait for the disk off the async threads; without a runtime, right here.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = self.0.clone();
        let Ok(runtime) = Handle::try_current() else { return work(&shared) };
        let done = runtime.spawn_blocking(move || work(&shared)).await;
        done.unwrap_or_else(|error| Err(StoreError::Io(format!("a storage task died: {error}"))))
    }
}

impl Shared {
    fn inner(&self) -> Result<Arc<Inner>, StoreError> {
        match &*self.read() {
            Current::Open(inner) => Ok(inner.clone()),
            Current::Shut(error) => Err(error.clone()),
        }
    }

    /// Settles what was enqueued, lets go of the store and seals it.
    fn close(&self) -> Result<(), StoreError> {
        let _alone = lock(&self.reopening);
        let inner = match self.inner() {
            Ok(inner) => inner,
            Err(StoreError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        };
        inner.committer.close()?;
        if self.folder == Folder::Copy {
            return Ok(());
        }
        drop(inner);
        let Current::Open(last) = std::mem::replace(&mut *self.write(), Current::Shut(StoreError::Closed)) else {
            return Ok(());
        };
        last.wait_until_last()?;
        drop(last);
        // A store without a seal is read as after a crash, which loses nothing.
        if let Err(error) = open::seal(&self.dir) {
            tracing::warn!(%error, "the store is closed and could not be sealed: damage to the end of its log would not be noticed");
        }
        Ok(())
    }

    /// Lets go of a store that is full, down to sled's lock, and opens what it left on the disk.
    fn reopen(&self) -> Result<(), StoreError> {
        let _alone = lock(&self.reopening);
        if let Some(old) = self.let_go()? {
            old.wait_until_last()?;
            // Joins the thread that holds the other half of sled; how it ended is known.
            let _ = old.committer.close();
        }
        let opened = open::again(&self.dir).and_then(|opened| begin(&self.dir, opened, real_sync));
        let now = opened.map(Current::Open).map_err(|error| match error {
            OpenError::Full { .. } => StoreError::Full,
            error => StoreError::Io(error.to_string()),
        });
        let error = now.as_ref().err().cloned();
        *self.write() = now.unwrap_or_else(Current::Shut);
        error.map_or(Ok(()), Err)
    }

    /// Takes the store away from everybody, if it is full. `None`: it was taken before.
    fn let_go(&self) -> Result<Option<Arc<Inner>>, StoreError> {
        let mut current = self.write();
        let refusal = match &*current {
            Current::Open(inner) => inner.committer.refusal(),
            Current::Shut(error) => Some(error.clone()),
        };
        match refusal.as_ref().map(|error| (error, error.failure())) {
            Some((_, Some(Failure::Full))) => {}
            Some((error, _)) => return Err(error.clone()),
            None => return Err(StoreError::Io("the store is open and needs no opening".into())),
        }
        match std::mem::replace(&mut *current, Current::Shut(StoreError::Full)) {
            Current::Open(inner) => Ok(Some(inner)),
            Current::Shut(_) => Ok(None),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Reads that began before the store was taken away hold it still.
    fn wait_until_last(self: &Arc<Self>) -> Result<(), StoreError> {
        let begun = Instant::now();
        while Arc::strong_count(self) > 1 {
            if begun.elapsed() > LAST_READS {
                return Err(StoreError::Io("the store could not be let go of: something still reads it".into()));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

/// Starts the thread that writes.
fn begin(dir: &Path, opened: Opened, sync: impl FnOnce(File) -> Sync) -> Result<Arc<Inner>, OpenError> {
    let trees = Trees::open(opened.db).map_err(|error| open::refused(dir, &error))?;
    let mut disk = Disk { trees: trees.clone(), sync: sync(opened.log), kept: Kept::default(), ends: Ends::default() };
    disk.finish_erasures().map_err(|error| match error {
        StoreError::Full => OpenError::Full { dir: dir.to_owned() },
        StoreError::Corrupt(reason) => OpenError::Corrupt { dir: dir.to_owned(), reason },
        error => OpenError::Failed { dir: dir.to_owned(), reason: error.to_string() },
    })?;
    let committer = Committer::start(disk).map_err(|error| open::io_trouble(dir, &error))?;
    Ok(Arc::new(Inner { committer, trees }))
}

fn real_sync(log: File) -> Sync {
    Box::new(move || log.sync_data())
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Whoever wants to know how that went calls `close` first.
        let _ = self.committer.close();
    }
}
