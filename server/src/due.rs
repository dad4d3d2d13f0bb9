//! What is due and when, so that housekeeping reads the records of no other document.
//!
//! | record | holds |
//! |---|---|
//! | `due/{time}/{document}` | from this time on the document is to be looked at; the time is 16 hex digits, so that they are in order |
//! | `dueof/{document}` | the times of its own, so that erasing it finds them |
//!
//! Invariant: what will want a look has a record of a later time before it is written itself, so that no stop loses it; the
//! record goes after that look, and after the look has written when the next one is due. `dueof` lists a time after its
//! record is there and forgets it before that goes: what a stop leaves behind is at most one look too many.
//! Next: `housekeeping.rs`, which looks.

use std::future::Future;

use bytes::Bytes;
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use crate::records::{parse, put};

/// When somebody has written, uploaded or looked: the first look at what that leaves to do.
pub const SOON_MS: u64 = 24 * 60 * 60 * 1_000;
/// A record this near may be looked at before what is to be written now.
const NEAR_MS: u64 = 10 * 60 * 1_000;
/// Records read in one step.
pub const PAGE: usize = 256;

/// A document that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Since when.
    pub at_ms: u64,
    /// Which.
    pub document: Uuid,
}

impl Due {
    fn parse(key: &str) -> Option<Due> {
        let (time, document) = key.strip_prefix("due/")?.split_once('/')?;
        Some(Due { at_ms: u64::from_str_radix(time, 16).ok()?, document: document.parse().ok()? })
    }

    /// Its record.
    pub fn key(&self) -> String {
        format!("due/{:016x}/{}", self.at_ms, self.document)
    }
}

/// Has a document looked at by `at_ms`, and not before what is written next. Durable when it returns.
pub async fn schedule(storage: &Storage, document: Uuid, at_ms: u64, now_ms: u64) -> Result<(), StoreError> {
    let (times, _) = times(storage, document).await?;
    if is_covered(&times, at_ms, now_ms) {
        return Ok(());
    }
    announce(storage, document, at_ms, now_ms).await
}

/// The same, for what somebody writes now.
pub async fn schedule_soon(storage: &Storage, document: Uuid, now_ms: u64) -> Result<(), StoreError> {
    schedule(storage, document, now_ms + SOON_MS, now_ms).await
}

/// Whether a look comes within [`SOON_MS`], and not so soon that it might miss what is written next.
pub async fn is_soon(storage: &Storage, document: Uuid, now_ms: u64) -> Result<bool, StoreError> {
    let (times, _) = times(storage, document).await?;
    Ok(is_covered(&times, now_ms + SOON_MS, now_ms))
}

/// As [`schedule`], enqueued before whatever is enqueued after this call: nothing need wait for it.
pub fn announce(
    storage: &Storage,
    document: Uuid,
    at_ms: u64,
    now_ms: u64,
) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
    let due = Due { at_ms, document };
    let written = storage.put(&due.key(), Bytes::from_static(b"1"), Expect::Any);
    let storage = storage.clone();
    async move {
        written.await?;
        loop {
            let (mut times, expect) = times(&storage, document).await?;
            if times.contains(&at_ms) {
                return Ok(());
            }
            if is_covered(&times, at_ms, now_ms) {
                return storage.delete(&due.key(), Expect::Any).await;
            }
            times.push(at_ms);
            match put(&storage, &of_key(document), &times, expect).await {
                Err(StoreError::Conflict) => {}
                listed => return listed.map(drop),
            }
        }
    }
}

/// The next that were due by `now_ms`, longest due first.
pub async fn page(storage: &Storage, after: Option<&Due>, now_ms: u64) -> Result<Vec<Due>, StoreError> {
    let found = storage.list("due/", after.map(Due::key).as_deref(), PAGE).await?;
    let dues = found.iter().filter_map(|(key, _)| Due::parse(key));
    Ok(dues.take_while(|due| due.at_ms <= now_ms).collect())
}

/// It was looked at, and what it leaves to do is scheduled.
pub async fn done(storage: &Storage, due: &Due) -> Result<(), StoreError> {
    loop {
        let (mut times, expect) = times(storage, due.document).await?;
        times.retain(|at_ms| *at_ms != due.at_ms);
        let left = match times.is_empty() {
            true => storage.delete(&of_key(due.document), expect).await,
            false => put(storage, &of_key(due.document), &times, expect).await.map(drop),
        };
        match left {
            Err(StoreError::Conflict) => {}
            left => {
                left?;
                return storage.delete(&due.key(), Expect::Any).await;
            }
        }
    }
}

/// Nothing more is due of a document that was erased.
pub async fn forget(storage: &Storage, document: Uuid) -> Result<(), StoreError> {
    let (times, _) = times(storage, document).await?;
    storage.delete(&of_key(document), Expect::Any).await?;
    for at_ms in times {
        storage.delete(&Due { at_ms, document }.key(), Expect::Any).await?;
    }
    Ok(())
}

/// Whether a look comes in time, and not so soon that it might miss what is to be written now.
fn is_covered(times: &[u64], at_ms: u64, now_ms: u64) -> bool {
    times.iter().any(|time| *time <= at_ms && *time > now_ms.saturating_add(NEAR_MS))
}

/// When a document is due, and what to expect when that is written again.
async fn times(storage: &Storage, document: Uuid) -> Result<(Vec<u64>, Expect), StoreError> {
    let key = of_key(document);
    match storage.get(&key).await? {
        Some(record) => Ok((parse(&key, &record.value)?, Expect::Version(record.version))),
        None => Ok((Vec::new(), Expect::Absent)),
    }
}

fn of_key(document: Uuid) -> String {
    format!("dueof/{document}")
}

#[cfg(test)]
mod tests;
