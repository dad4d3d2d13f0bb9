//! Versions on disk: written, read, named, thinned out.
//!
//! Invariant: a blob is durable before the record that names it; a record goes before the blobs only it rests on; one
//! document's versions are changed by one at a time. Each text is checked against its hash. A blob that is lost or
//! damaged is an error that names the version and concerns only what rests on it; the next version is then whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use room::Author;
use storage::{BlobKey, Expect, Storage, StoreError};
use uuid::Uuid;

use super::packed::{self, SEAL_BYTES, Text};
use super::record::{self, FORMAT, Keyframe, Name, Version};
use super::{seen, thinning};
use crate::records::{change, clear, put};
use crate::{clock, due};

/// Versions that rest on one keyframe: as many are lost with it.
const RESTING_MAX: usize = 200;
/// Records read at once.
const PAGE: usize = 1_024;

/// The versions of every document; clones share them.
#[derive(Clone)]
pub struct Versions {
    storage: Storage,
    /// Documents whose versions are being changed.
    busy: Arc<Mutex<HashMap<Uuid, Weak<tokio::sync::Mutex<()>>>>>,
}

/// All versions of a document.
#[derive(Debug, Default)]
pub struct Stored {
    /// Oldest first.
    pub versions: Vec<(Uuid, Version)>,
    /// Those of a format this Galley does not know.
    pub unknown: Vec<Uuid>,
}

/// What thinning out has done, and leaves to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thinned {
    /// How many went.
    pub gone: usize,
    /// When more may go, if nothing happens before.
    pub next_ms: Option<u64>,
}

impl Stored {
    /// Every blob with its length.
    fn blobs(&self) -> BTreeMap<&str, u64> {
        self.versions.iter().flat_map(|(_, version)| version.blobs()).collect()
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        self.blobs().into_values().sum()
    }

    /// How many have a name.
    pub fn named(&self) -> usize {
        self.versions.iter().filter(|(_, version)| version.name.is_some()).count()
    }

    /// What the next text is stored as the difference from; `None` when it is time for a new whole one: what rests on
    /// the last one costs as much as another would, or it is too many.
    fn keyframe(&self) -> Option<Keyframe> {
        let (newest, version) = self.versions.last()?;
        if self.unknown.last().is_some_and(|unknown| unknown > newest) {
            return None;
        }
        let keyframe = version.keyframe();
        let resting = self.versions.iter().map(|(_, version)| version);
        let resting = resting.filter(|version| version.base.as_ref().is_some_and(|base| base.blob == keyframe.blob));
        let (count, cost) = resting.fold((0, 0), |(count, cost), version| (count + 1, cost + version.stored));
        (count < RESTING_MAX && cost < keyframe.stored).then_some(keyframe)
    }
}

impl Versions {
    /// In this storage.
    pub fn new(storage: Storage) -> Versions {
        Versions { storage, busy: Arc::default() }
    }

    /// Stores a text; the new version's id.
    pub async fn record(
        &self,
        document: Uuid,
        text: String,
        authors: Vec<Author>,
        at_ms: u64,
    ) -> Result<Uuid, StoreError> {
        let _held = self.hold(document).await;
        let base = match self.all(document).await?.keyframe() {
            // One that cannot be read is not built upon.
            Some(keyframe) => self.whole(document, &keyframe).await.ok().map(|text| (keyframe, text)),
            None => None,
        };
        let mut seal = [0; SEAL_BYTES];
        getrandom::fill(&mut seal).map_err(|cause| StoreError::Io(format!("no randomness: {cause}")))?;
        let mut packed = blocking(move || Text::pack(&text, base, seal)).await?;
        let bytes = Bytes::from(std::mem::take(&mut packed.packed));
        let stored = bytes.len() as u64;
        let blob = self.storage.blob_put(document, bytes).await?;
        let blob = blake3::Hash::from_bytes(blob.hash).to_hex().to_string();
        let version = Version::new(at_ms, authors, &packed, blob, stored);
        let id = Uuid::now_v7();
        due::schedule_soon(&self.storage, document, at_ms).await?;
        put(&self.storage, &key(document, id), &version, Expect::Absent).await?;
        Ok(id)
    }

    /// Every version, oldest first.
    pub async fn all(&self, document: Uuid) -> Result<Stored, StoreError> {
        let prefix = prefix(document);
        let mut stored = Stored::default();
        let mut after: Option<String> = None;
        loop {
            let page = self.storage.list(&prefix, after.as_deref(), PAGE).await?;
            for (key, found) in &page {
                let Some(id) = key.strip_prefix(&prefix).and_then(|id| id.parse().ok()) else { continue };
                match record::parse(document, id, &found.value) {
                    Ok(version) => stored.versions.push((id, self.measured(document, version).await?)),
                    Err(error) => {
                        tracing::warn!("{error}");
                        stored.unknown.push(id);
                    }
                }
            }
            if page.len() < PAGE {
                return Ok(stored);
            }
            after = page.last().map(|(key, _)| key.clone());
        }
    }

    /// Format 1 did not say how long its blob is.
    async fn measured(&self, document: Uuid, version: Version) -> Result<Version, StoreError> {
        if version.v > 1 {
            return Ok(version);
        }
        let blob = self.storage.blob_get(blob_key(document, &version.blob)?).await.unwrap_or_default();
        Ok(Version { stored: blob.map_or(0, |blob| blob.len() as u64), ..version })
    }

    /// One version; absent is `None`.
    pub async fn find(&self, document: Uuid, id: Uuid) -> Result<Option<Version>, StoreError> {
        match self.storage.get(&key(document, id)).await? {
            Some(found) => self.measured(document, record::parse(document, id, &found.value)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// The text of a version.
    pub async fn text(&self, document: Uuid, id: Uuid, version: &Version) -> Result<String, StoreError> {
        let named = |error: StoreError| StoreError::Corrupt(format!("version {id} of document {document}: {error}"));
        let base = match &version.base {
            Some(keyframe) => Some(self.whole(document, keyframe).await.map_err(named)?),
            None => None,
        };
        let text = self.unpack(document, &version.blob, base, version.bytes).await.map_err(named)?;
        match &version.text {
            Some(hash) if *hash != packed::hash(&text) => Err(named(StoreError::Corrupt("another text".into()))),
            _ => Ok(text),
        }
    }

    async fn whole(&self, document: Uuid, keyframe: &Keyframe) -> Result<String, StoreError> {
        self.unpack(document, &keyframe.blob, None, keyframe.bytes).await
    }

    async fn unpack(
        &self,
        document: Uuid,
        blob: &str,
        base: Option<String>,
        bytes: usize,
    ) -> Result<String, StoreError> {
        let lost = || StoreError::Corrupt(format!("its blob {blob} is not there"));
        let found = self.storage.blob_get(blob_key(document, blob)?).await?.ok_or_else(lost)?;
        blocking(move || packed::unpack(&found, base.as_deref(), bytes)).await
    }

    /// Names a version, or takes its name away; `None` if it is not there.
    pub async fn name(&self, document: Uuid, id: Uuid, name: Option<Name>) -> Result<Option<Version>, StoreError> {
        let _held = self.hold(document).await;
        let Some(Version { stored, .. }) = self.find(document, id).await? else { return Ok(None) };
        if name.is_none() {
            self.lets_go(document).await?;
        }
        change(&self.storage, &key(document, id), |version: &mut Version| {
            version.v = FORMAT;
            version.stored = stored;
            version.name.clone_from(&name);
        })
        .await
    }

    /// Removes one version; `false` if it was not there.
    pub async fn remove(&self, document: Uuid, id: Uuid) -> Result<bool, StoreError> {
        let _held = self.hold(document).await;
        let stored = self.all(document).await?;
        if stored.unknown.contains(&id) {
            self.find(document, id).await?;
        }
        let there = stored.versions.iter().any(|(other, _)| *other == id);
        match self.lets_go(document).await {
            // Removing gives room back; what it leaves to do waits for the next edit.
            Ok(()) | Err(StoreError::Short) => {}
            Err(error) => return Err(error),
        }
        self.drop(document, stored, &BTreeSet::from([id])).await?;
        Ok(there)
    }

    /// A version that is no longer held may go, and with it what only it mentions.
    async fn lets_go(&self, document: Uuid) -> Result<(), StoreError> {
        due::schedule_soon(&self.storage, document, clock::wall_ms()).await
    }

    /// Lets go of what has become too fine for its age.
    pub async fn thin(&self, document: Uuid, now_ms: u64) -> Result<Thinned, StoreError> {
        let _held = self.hold(document).await;
        let stored = self.all(document).await?;
        // What an unknown one rests on is unknown.
        if !stored.unknown.is_empty() {
            return Ok(Thinned::default());
        }
        let mut held = seen::bases(&self.storage, document).await?;
        held.extend(stored.versions.iter().filter(|(_, version)| version.name.is_some()).map(|(id, _)| *id));
        let times: Vec<(Uuid, u64)> = stored.versions.iter().map(|(id, version)| (*id, version.at_ms)).collect();
        let gone: BTreeSet<Uuid> = thinning::thin(&times, &held, now_ms).into_iter().collect();
        let left: Vec<(Uuid, u64)> = times.into_iter().filter(|(id, _)| !gone.contains(id)).collect();
        self.drop(document, stored, &gone).await?;
        Ok(Thinned { gone: gone.len(), next_ms: thinning::next(&left, &held, now_ms) })
    }

    /// Removes everything that was ever stored of a document.
    pub async fn erase(&self, document: Uuid) -> Result<(), StoreError> {
        let _held = self.hold(document).await;
        clear(&self.storage, &prefix(document)).await
    }

    /// Records first, then the blobs that only they rested on.
    async fn drop(&self, document: Uuid, stored: Stored, gone: &BTreeSet<Uuid>) -> Result<(), StoreError> {
        let (gone, left): (Vec<_>, Vec<_>) = stored.versions.into_iter().partition(|(id, _)| gone.contains(id));
        for (id, _) in &gone {
            self.storage.delete(&key(document, *id), Expect::Any).await?;
        }
        if !stored.unknown.is_empty() {
            return Ok(());
        }
        let used = Stored { versions: left, unknown: Vec::new() };
        let used = used.blobs();
        let free: BTreeSet<&str> = gone.iter().flat_map(|(_, version)| version.blobs()).map(|(blob, _)| blob).collect();
        for blob in free.into_iter().filter(|blob| !used.contains_key(blob)) {
            self.storage.blob_delete(blob_key(document, blob)?).await?;
        }
        Ok(())
    }

    async fn hold(&self, document: Uuid) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            busy.retain(|_, lock| lock.strong_count() > 0);
            let lock = busy.get(&document).and_then(Weak::upgrade).unwrap_or_default();
            busy.insert(document, Arc::downgrade(&lock));
            lock
        };
        lock.lock_owned().await
    }
}

/// Compressing takes a while; it is not done on a thread that serves others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|cause| StoreError::Corrupt(cause.to_string())),
        Err(ended) => Err(StoreError::Io(ended.to_string())),
    }
}

fn blob_key(document: Uuid, blob: &str) -> Result<BlobKey, StoreError> {
    let hash = blake3::Hash::from_hex(blob).map_err(|_| StoreError::Corrupt(format!("{blob} names no blob")))?;
    Ok(BlobKey { document, hash: *hash.as_bytes() })
}

fn prefix(document: Uuid) -> String {
    format!("rev/{document}/")
}

fn key(document: Uuid, id: Uuid) -> String {
    format!("rev/{document}/{id}")
}
