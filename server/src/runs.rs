//! Whether the last run of the server ended by its own will, and which rooms ended otherwise.
//!
//! After an unclean stop, tabs may hold edits that this server had accepted but not yet made durable; rooms treat the
//! client ids bound before it as *recovering*. Invariant: the time of the last unclean stop is durable before the
//! first room of this run opens.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

const KEY: &str = "run/state";

#[derive(Serialize, Deserialize)]
pub(crate) struct Run {
    v: u8,
    running: bool,
    /// Wall clock at the first start after the last unclean stop.
    unclean_at: Option<u64>,
}

/// Marks the start; answers when the server last had to start after an unclean stop, if ever.
pub async fn begin(storage: &Storage, now: u64) -> Result<Option<u64>, StoreError> {
    let unclean_at = match read(storage).await? {
        Some(run) if run.running => Some(now),
        Some(run) => run.unclean_at,
        None => None,
    };
    write(storage, Run { v: 1, running: true, unclean_at }).await?;
    Ok(unclean_at)
}

/// Marks an end after which no tab can hold anything this server lost.
pub async fn end(storage: &Storage) -> Result<(), StoreError> {
    let unclean_at = read(storage).await?.and_then(|run| run.unclean_at);
    write(storage, Run { v: 1, running: false, unclean_at }).await
}

/// Marks what was just restored from a backup as stopped uncleanly: tabs may hold what came after the backup.
pub async fn restored(storage: &Storage) -> Result<(), StoreError> {
    let unclean_at = read(storage).await?.and_then(|run| run.unclean_at);
    write(storage, Run { v: 1, running: true, unclean_at }).await
}

/// Notes that a room crashed at `at`: tabs may hold edits it had accepted.
pub async fn lose(storage: &Storage, document: Uuid, at: u64) -> Result<(), StoreError> {
    storage.put(&lost_key(document), Bytes::from(at.to_string()), Expect::Any).await.map(drop)
}

/// When a room of this document last crashed, if ever.
pub async fn lost_at(storage: &Storage, document: Uuid) -> Result<Option<u64>, StoreError> {
    let Some(record) = storage.get(&lost_key(document)).await? else { return Ok(None) };
    let at = std::str::from_utf8(&record.value).ok().and_then(|text| text.parse().ok());
    at.map(Some).ok_or_else(|| StoreError::Corrupt(lost_key(document)))
}

fn lost_key(document: Uuid) -> String {
    format!("lost/{document}")
}

async fn read(storage: &Storage) -> Result<Option<Run>, StoreError> {
    let Some(record) = storage.get(KEY).await? else { return Ok(None) };
    let run: Run =
        serde_json::from_slice(&record.value).map_err(|cause| StoreError::Corrupt(format!("{KEY}: {cause}")))?;
    Ok(Some(run))
}

async fn write(storage: &Storage, run: Run) -> Result<(), StoreError> {
    let value = serde_json::to_vec(&run).map_err(|cause| StoreError::Corrupt(format!("{KEY}: {cause}")))?;
    storage.put(KEY, Bytes::from(value), Expect::Any).await.map(drop)
}
