//! The one closed set of writes, and the promise of their outcome.
//!
//! Both stores take the same [`Op`]s in the order they are submitted and answer each exactly once.
//! Invariant: an `Op` is checked (sizes, keys) before it is made, so no store checks again. Next: `sled/committer.rs`.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::cut::Survey;
use crate::{Expect, KEY_BYTES_MAX, NewEntry, Seq, Snapshot, SnapshotVersion, StoreError, Stream};

/// Everything that can be asked of a store's writing side.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Append {
        stream: Stream,
        entry: NewEntry,
    },
    Compact {
        stream: Stream,
        base: Option<SnapshotVersion>,
        snapshot: Snapshot,
    },
    Erase {
        stream: Stream,
    },
    Put {
        key: String,
        value: Bytes,
        expect: Expect,
    },
    Delete {
        key: String,
        expect: Expect,
    },
    /// Lists everything, and from then on keeps what is erased until as many `Release`s have come.
    Cut,
    /// Lets go of what was kept for a `Cut`.
    Release,
    /// Writes nothing; settles when everything before it has.
    Barrier,
}

/// What a settled [`Op`] answers.
#[derive(Clone, Debug)]
pub(crate) enum Done {
    Appended(Seq),
    Compacted(SnapshotVersion),
    Put(u64),
    Surveyed(Arc<Survey>),
    Nothing,
}

pub(crate) type Outcome = Result<Done, StoreError>;

/// An enqueued [`Op`]'s outcome, some time. Dropping it does not cancel the write.
pub(crate) struct Reply(oneshot::Receiver<Outcome>);

pub(crate) type Answer = oneshot::Sender<Outcome>;

impl Op {
    /// What it costs to keep it waiting.
    pub(crate) fn bytes(&self) -> usize {
        64 + match self {
            Op::Append { entry, .. } => entry.update.len() + entry.authors.len(),
            Op::Compact { snapshot, .. } => snapshot.state.len() + snapshot.authors.len(),
            Op::Put { key, value, .. } => key.len() + value.len(),
            Op::Delete { key, .. } => key.len(),
            Op::Erase { .. } | Op::Cut | Op::Release | Op::Barrier => 0,
        }
    }
}

impl Op {
    /// Whether it takes room that a full disk does not have; what only removes gives some back.
    pub(crate) fn grows(&self) -> bool {
        match self {
            Op::Append { .. } | Op::Compact { .. } | Op::Put { .. } => true,
            Op::Delete { .. } | Op::Erase { .. } | Op::Cut | Op::Release | Op::Barrier => false,
        }
    }
}

impl Done {
    /// A store answered another question than the one asked: our bug, told as an error.
    pub(crate) fn unexpected(&self) -> StoreError {
        StoreError::Io(format!("the store answered {self:?} to something else"))
    }
}

impl Reply {
    pub(crate) fn pair() -> (Answer, Reply) {
        let (answer, reply) = oneshot::channel();
        (answer, Reply(reply))
    }

    /// Of an operation that never got to a store.
    pub(crate) fn refused(error: StoreError) -> Reply {
        let (answer, reply) = Reply::pair();
        // The receiver is in hand.
        let _ = answer.send(Err(error));
        reply
    }

    pub(crate) async fn outcome(self) -> Outcome {
        // An answer dropped unsent: the committer panicked, or a test crashed the store.
        let gone = || StoreError::Io("the store went away before it answered".into());
        self.0.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Refuses what is larger than its limit.
pub(crate) fn within(what: &'static str, bytes: usize, limit: usize) -> Result<(), StoreError> {
    if bytes > limit {
        return Err(StoreError::TooLarge { what, bytes, limit });
    }
    Ok(())
}

/// A record key: non-empty tokens separated by single slashes.
pub(crate) fn check_key(key: &str) -> Result<(), StoreError> {
    let sound = key.len() <= KEY_BYTES_MAX && key.split('/').all(|token| !token.is_empty());
    if !sound || !key.bytes().all(allowed) {
        return Err(StoreError::BadKey(key.to_owned()));
    }
    Ok(())
}

/// A prefix may stop anywhere in a key.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), StoreError> {
    if prefix.len() > KEY_BYTES_MAX || !prefix.bytes().all(allowed) {
        return Err(StoreError::BadKey(prefix.to_owned()));
    }
    Ok(())
}

fn allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-')
}

/// Locks, also after a panic elsewhere: every critical section here leaves its data whole.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
