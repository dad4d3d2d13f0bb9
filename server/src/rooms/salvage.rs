//! The last good text of a document that is set aside: from its log as far as that reads well, and from its versions.
//!
//! Found once and remembered, since it costs as much as loading the document. Invariant: nothing is deleted or rewritten;
//! a text comes from entries that passed the gate, or from a version that is what its hash says. Next: `room::salvage`.

use std::sync::Arc;

use room::salvage::salvage;
use storage::{Storage, StoreError, Stream};
use uuid::Uuid;

use super::Rooms;
use super::task::unpack;
use crate::revisions::Versions;

/// Where a text was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The log, up to what cannot be read.
    Log,
    /// The newest version that reads well.
    Version,
}

/// A text that reads well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    /// Where it was found.
    pub source: Source,
    /// Of when it is, if that is known.
    pub at_ms: Option<u64>,
    /// The text.
    pub text: String,
}

impl Rooms {
    /// What of a damaged document reads well, the newest first.
    pub async fn salvaged(&self, document: Uuid) -> Result<Arc<[Salvaged]>, StoreError> {
        if let Some(known) = self.0.quarantine.salvaged(document) {
            return Ok(known);
        }
        let parts = &self.0.parts;
        let log = from_log(&parts.storage, document, parts.limits.room.clone()).await?;
        let version = from_versions(&self.0.versions, document).await;
        let mut found: Vec<Salvaged> = log.into_iter().collect();
        found.extend(version.filter(|version| found.iter().all(|log| log.text != version.text)));
        // What the log holds is later than any version, unless it says otherwise.
        found.sort_by_key(|text| std::cmp::Reverse(text.at_ms.unwrap_or_default()));
        let found: Arc<[Salvaged]> = found.into();
        self.0.quarantine.found(document, found.clone());
        Ok(found)
    }
}

async fn from_log(storage: &Storage, document: Uuid, limits: room::Limits) -> Result<Option<Salvaged>, StoreError> {
    let loaded = storage.salvage(Stream { document, channel: room::Channel::TEXT.0 }).await?;
    let snapshots = usize::from(loaded.snapshot.is_some());
    let times: Vec<u64> = loaded.tail.iter().map(|entry| entry.entry.at_ms).collect();
    let (log, _) = unpack(loaded);
    let read = tokio::task::spawn_blocking(move || salvage(log, &limits)).await;
    Ok(read.ok().flatten().map(|read| {
        let last = read.good.checked_sub(snapshots + 1).and_then(|last| times.get(last)).copied();
        Salvaged { source: Source::Log, at_ms: last, text: read.text }
    }))
}

async fn from_versions(versions: &Versions, document: Uuid) -> Option<Salvaged> {
    let stored = versions.all(document).await.ok()?;
    for (id, version) in stored.versions.iter().rev() {
        if let Ok(text) = versions.text(document, *id, version).await {
            return Some(Salvaged { source: Source::Version, at_ms: Some(version.at_ms), text });
        }
    }
    None
}
