//! A store in memory with knobs: hold writes back, fail, crash, and lie. For tests and simulations.
//!
//! Deterministic: no thread, no clock, no randomness. By default every write is durable and answered at once.
//! After [`hold`](MemoryStore::hold) writes wait, in order, until [`commit`](MemoryStore::commit) makes so many durable;
//! [`crash`](MemoryStore::crash) gives a store with only what was durable. A [`liar`](MemoryStore::liar) answers
//! at once and keeps writes in memory only until `commit`: whoever trusts it loses data in a crash, which is how a
//! simulator proves that it would notice. Next: `contract.rs`, which both stores pass.

mod model;

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use uuid::Uuid;

use crate::bus::Bus;
use crate::op::{Answer, Op, Reply, lock};
use crate::{BlobKey, Entry, Loaded, Record, Seq, Snapshot, StoreError, Stream};
use model::Model;

/// See the module's first lines.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
    paused: Arc<AtomicBool>,
    bus: Bus,
}

#[derive(Debug)]
struct Inner {
    /// What a crash leaves.
    durable: Model,
    honesty: Honesty,
    pace: Pace,
    waiting: VecDeque<(Op, Option<Answer>)>,
    door: Door,
    free: Option<u64>,
}

#[derive(Debug)]
enum Honesty {
    /// Answers when durable; readers see what is durable.
    Honest,
    /// Answers at once; readers see what was answered.
    Liar { seen: Model },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Immediate,
    Held,
}

#[derive(Debug)]
enum Door {
    Open,
    /// Fails once so many more writes have become durable.
    FailsAfter(usize, StoreError),
    Failed(StoreError),
    Closed,
}

/// The knobs.
impl MemoryStore {
    /// An empty, honest store that answers at once.
    #[allow(clippy::new_without_default)] // a store is made on purpose
    pub fn new() -> Self {
        Self::with(Model::default(), Honesty::Honest, Pace::Immediate)
    }

    /// An empty store that answers at once and makes nothing durable before [`commit`](Self::commit).
    pub fn liar() -> Self {
        Self::with(Model::default(), Honesty::Liar { seen: Model::default() }, Pace::Held)
    }

    /// From now on writes wait for [`commit`](Self::commit).
    pub fn hold(&self) {
        lock(&self.inner).pace = Pace::Held;
    }

    /// Commits everything waiting; from now on writes are durable at once.
    pub fn release(&self) {
        let mut inner = lock(&self.inner);
        inner.pace = Pace::Immediate;
        inner.commit(usize::MAX);
    }

    /// Makes the oldest `count` waiting writes durable and answers them; says how many there were.
    pub fn commit(&self, count: usize) -> usize {
        lock(&self.inner).commit(count)
    }

    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        lock(&self.inner).waiting.len()
    }

    /// After `writes` more have become durable, the next one and all later ones fail with `error`.
    pub fn fail_after(&self, writes: usize, error: StoreError) {
        lock(&self.inner).door = Door::FailsAfter(writes, error);
    }

    /// What the disk says it has left.
    pub fn set_free(&self, bytes: u64) {
        lock(&self.inner).free = Some(bytes);
    }

    /// The store as it starts again after a power cut. This handle and its clones are dead: what waited is lost.
    pub fn crash(&self) -> MemoryStore {
        let mut inner = lock(&self.inner);
        inner.waiting.clear();
        inner.door = Door::Failed(StoreError::Io("the store crashed".into()));
        let durable = inner.durable.clone();
        let (honesty, pace) = match inner.honesty {
            Honesty::Honest => (Honesty::Honest, Pace::Immediate),
            Honesty::Liar { .. } => (Honesty::Liar { seen: durable.clone() }, Pace::Held),
        };
        self.bus.close();
        Self::with(durable, honesty, pace)
    }

    fn with(durable: Model, honesty: Honesty, pace: Pace) -> Self {
        let inner = Inner { durable, honesty, pace, waiting: VecDeque::new(), door: Door::Open, free: None };
        MemoryStore { inner: Arc::new(Mutex::new(inner)), paused: Arc::default(), bus: Bus::new() }
    }
}

/// What every store does.
impl MemoryStore {
    pub(crate) fn submit(&self, op: Op) -> Reply {
        let (answer, reply) = Reply::pair();
        lock(&self.inner).submit(op, answer);
        reply
    }

    pub(crate) async fn load(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        Ok(lock(&self.inner).seen().load(stream))
    }

    pub(crate) async fn snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, StoreError> {
        let loaded = lock(&self.inner).seen().load(stream);
        Ok(loaded.and_then(|loaded| loaded.snapshot).map(|(_, snapshot)| snapshot))
    }

    pub(crate) async fn entries(&self, stream: Stream, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(lock(&self.inner).seen().entries(stream, after, limit))
    }

    pub(crate) fn get(&self, key: &str) -> Result<Option<Record>, StoreError> {
        Ok(lock(&self.inner).seen().records.get(key).cloned())
    }

    pub(crate) fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        Ok(lock(&self.inner).seen().list(prefix, after, limit))
    }

    /// Blobs are durable at once, whatever the pace: they do not go through the log.
    pub(crate) async fn blob_put(&self, document: Uuid, content: Bytes) -> Result<BlobKey, StoreError> {
        let key = BlobKey { document, hash: *blake3::hash(&content).as_bytes() };
        self.blobs(|model| drop(model.blobs.insert(key, content.clone())))?;
        Ok(key)
    }

    pub(crate) async fn blob_get(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        Ok(lock(&self.inner).seen().blobs.get(&key).cloned())
    }

    pub(crate) async fn blob_delete(&self, key: BlobKey) -> Result<(), StoreError> {
        self.blobs(|model| drop(model.blobs.remove(&key)))
    }

    pub(crate) async fn blobs_erase(&self, document: Uuid) -> Result<(), StoreError> {
        self.blobs(|model| model.blobs.retain(|key, _| key.document != document))
    }

    /// A store of its own that holds what this one has made durable.
    pub(crate) fn frozen(&self) -> MemoryStore {
        Self::with(lock(&self.inner).durable.clone(), Honesty::Honest, Pace::Immediate)
    }

    pub(crate) fn load_now(&self, stream: Stream) -> Option<Loaded> {
        lock(&self.inner).seen().load(stream)
    }

    pub(crate) fn blob_now(&self, key: BlobKey) -> Option<Bytes> {
        lock(&self.inner).seen().blobs.get(&key).cloned()
    }

    pub(crate) fn blob_list(&self) -> Vec<BlobKey> {
        lock(&self.inner).durable.blobs.keys().copied().collect()
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.bus
    }

    pub(crate) fn refusal(&self) -> Option<StoreError> {
        lock(&self.inner).refusal()
    }

    pub(crate) fn free_bytes(&self) -> Result<Option<u64>, StoreError> {
        Ok(lock(&self.inner).free)
    }

    pub(crate) fn paused(&self) -> &AtomicBool {
        &self.paused
    }

    pub(crate) async fn reopen(&self) -> Result<(), StoreError> {
        let mut inner = lock(&self.inner);
        match inner.refusal() {
            Some(StoreError::Full) => {
                inner.door = Door::Open;
                Ok(())
            }
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        let mut inner = lock(&self.inner);
        inner.commit(usize::MAX);
        self.bus.close();
        match &inner.door {
            Door::Failed(error) => Err(error.clone()),
            _ => {
                inner.door = Door::Closed;
                Ok(())
            }
        }
    }

    fn blobs(&self, change: impl Fn(&mut Model)) -> Result<(), StoreError> {
        let inner = &mut *lock(&self.inner);
        if let Some(error) = inner.refusal() {
            return Err(error);
        }
        change(&mut inner.durable);
        if let Honesty::Liar { seen } = &mut inner.honesty {
            change(seen);
        }
        Ok(())
    }
}

impl Inner {
    fn seen(&self) -> &Model {
        match &self.honesty {
            Honesty::Honest => &self.durable,
            Honesty::Liar { seen } => seen,
        }
    }

    fn refusal(&self) -> Option<StoreError> {
        match &self.door {
            Door::Open | Door::FailsAfter(..) => None,
            Door::Failed(error) => Some(error.clone()),
            Door::Closed => Some(StoreError::Closed),
        }
    }

    fn submit(&mut self, op: Op, answer: Answer) {
        if let Some(error) = self.refusal() {
            drop(answer.send(Err(error)));
            return;
        }
        let answer = match &mut self.honesty {
            Honesty::Honest => Some(answer),
            Honesty::Liar { seen } => {
                drop(answer.send(seen.apply(&op)));
                None
            }
        };
        self.waiting.push_back((op, answer));
        if self.pace == Pace::Immediate {
            self.commit(usize::MAX);
        }
    }

    fn commit(&mut self, count: usize) -> usize {
        let mut committed = 0;
        while committed < count {
            let Some((op, answer)) = self.waiting.pop_front() else { break };
            let outcome = match self.admit(&op) {
                Ok(()) => self.durable.apply(&op),
                Err(error) => Err(error),
            };
            if let Some(answer) = answer {
                // The asker may have stopped waiting; the write stands all the same.
                drop(answer.send(outcome));
            }
            committed += 1;
        }
        committed
    }

    /// Counts a write towards the failure that was asked for.
    fn admit(&mut self, op: &Op) -> Result<(), StoreError> {
        if matches!(op, Op::Barrier) {
            return Ok(());
        }
        match &mut self.door {
            Door::Open => Ok(()),
            Door::FailsAfter(left, _) if *left > 0 => {
                *left -= 1;
                Ok(())
            }
            Door::FailsAfter(_, error) => {
                let error = error.clone();
                self.door = Door::Failed(error.clone());
                Err(error)
            }
            Door::Failed(error) => Err(error.clone()),
            Door::Closed => Err(StoreError::Closed),
        }
    }
}
