//! Records as JSON: read, written, changed.
//!
//! Invariant: absent is `None`, unreadable is an error that names the record, and a change is made to what was read or
//! made again. Next: `storage::Storage`, which keeps them.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use storage::{Expect, Storage, StoreError};

/// A record; absent is `None`.
pub async fn get<T: DeserializeOwned>(storage: &Storage, key: &str) -> Result<Option<T>, StoreError> {
    match storage.get(key).await? {
        Some(record) => parse(key, &record.value).map(Some),
        None => Ok(None),
    }
}

/// Writes a record.
pub async fn put<T: Serialize>(storage: &Storage, key: &str, value: &T, expect: Expect) -> Result<u64, StoreError> {
    let bytes = serde_json::to_vec(value).map_err(|error| StoreError::Corrupt(format!("{key}: {error}")))?;
    storage.put(key, Bytes::from(bytes), expect).await
}

/// Reads, changes and writes a record until nobody came between; `None` if it is not there.
pub async fn change<T: Serialize + DeserializeOwned>(
    storage: &Storage,
    key: &str,
    edit: impl Fn(&mut T),
) -> Result<Option<T>, StoreError> {
    loop {
        let Some(record) = storage.get(key).await? else { return Ok(None) };
        let mut value: T = parse(key, &record.value)?;
        edit(&mut value);
        match put(storage, key, &value, Expect::Version(record.version)).await {
            Err(StoreError::Conflict) => {}
            other => return other.map(|_| Some(value)),
        }
    }
}

/// Every record under a prefix, at most `limit`, with what its key says after the prefix.
pub async fn list<T: DeserializeOwned>(
    storage: &Storage,
    prefix: &str,
    limit: usize,
) -> Result<Vec<(String, T)>, StoreError> {
    let found = storage.list(prefix, None, limit).await?;
    let named = found.iter().map(|(key, record)| {
        let name = key.strip_prefix(prefix).unwrap_or(key).to_owned();
        parse(key, &record.value).map(|value| (name, value))
    });
    named.collect()
}

/// Removes every record under a prefix, a page at a time.
pub async fn clear(storage: &Storage, prefix: &str) -> Result<(), StoreError> {
    const PAGE: usize = 256;
    loop {
        let found = storage.list(prefix, None, PAGE).await?;
        for (key, _) in &found {
            storage.delete(key, Expect::Any).await?;
        }
        if found.len() < PAGE {
            return Ok(());
        }
    }
}

/// A stored record's value.
pub fn parse<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| StoreError::Corrupt(format!("{key}: {error}")))
}
