//! A backup, put back into an empty folder.
//!
//! The whole backup is read and checked before anything is written, and again while it is written. Invariant: a folder that
//! opens holds all of a backup; the server that starts on it treats it as after an unclean stop, so that tabs may bring
//! back what was written after the backup was made. Next: `storage::Restoring`, which keeps the folder shut until then.

use std::fs::File;
use std::future::Future;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::pin::Pin;

use futures_util::future::try_join_all;
use storage::{Expect, Loaded, OpenError, Restoring, Storage, StoreError, Stream};

use super::frames::Flaw;
use super::items::{Contents, Item};
use super::{Whole, check};
use crate::key::{Key, KeyError};
use crate::runs;

/// Bytes on their way to the disk before it is waited for.
const WINDOW_BYTES: usize = 16 << 20;
/// Writes on their way to the disk before it is waited for.
const WINDOW_WRITES: usize = 1_024;
/// What a write weighs beyond its bytes.
const WRITE_BYTES: usize = 64;

/// Why nothing was restored. The folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file.
    #[error("{0}")]
    Flaw(#[from] Flaw),
    /// Opening it.
    #[error("the backup cannot be opened: {0}")]
    File(io::Error),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// Writing into it.
    #[error("the data folder cannot be written: {0}")]
    Store(#[from] StoreError),
    /// The key file.
    #[error("the key file in the data folder: {0}")]
    Key(#[from] KeyError),
}

/// Puts a backup back. `told` hears how far it is.
pub async fn restore(file: &Path, data: &Path, mut told: impl FnMut(&str)) -> Result<Whole, RestoreError> {
    let mut file = File::open(file).map_err(RestoreError::File)?;
    told("reading the backup");
    let whole = check(BufReader::new(&file))?;
    file.seek(SeekFrom::Start(0)).map_err(RestoreError::File)?;
    let restoring = Restoring::begin(data)?;
    match fill(BufReader::new(file), restoring.storage(), data, &whole, told).await {
        Ok(()) => {
            restoring.finish().await?;
            Ok(whole)
        }
        Err(error) => {
            if let Err(left) = restoring.abandon().await {
                tracing::warn!("what was restored so far could not be removed: {left}; it opens nowhere");
            }
            Err(error)
        }
    }
}

async fn fill(
    input: impl io::Read,
    storage: &Storage,
    data: &Path,
    whole: &Whole,
    mut told: impl FnMut(&str),
) -> Result<(), RestoreError> {
    let mut contents = Contents::begin(input)?;
    let mut window = Window::default();
    while let Some(item) = contents.item()? {
        told(&format!("{} of {} MB", contents.bytes() >> 20, whole.bytes >> 20));
        match item {
            Item::About(_) | Item::Missing(_) => {}
            // The key was lost: a server makes one.
            Item::Key(bytes) if bytes.is_empty() => {}
            Item::Key(bytes) => Key::restore(&data.join("key"), &bytes)?,
            Item::Record { key, value } => {
                let (storage, bytes) = (storage.clone(), value.len());
                let put = async move { storage.put(&key, value, Expect::Absent).await.map(drop) };
                window.add(bytes, put).await?;
            }
            Item::Stream(stream, loaded) => refill(storage, stream, loaded, &mut window).await?,
            Item::Blob(key, content) => {
                let (storage, bytes) = (storage.clone(), content.len());
                let put = async move {
                    match storage.blob_put(key.document, content).await? {
                        written if written == key => Ok(()),
                        _ => Err(StoreError::Corrupt(format!("a blob of document {} has another hash", key.document))),
                    }
                };
                window.add(bytes, put).await?;
            }
        }
    }
    window.settle().await?;
    if contents.hash().to_hex().as_str() != whole.hash {
        return Err(Flaw::Damaged { at: 0, what: "it changed while it was read".into() }.into());
    }
    Ok(runs::restored(storage).await?)
}

/// Entries keep their numbers: they follow the snapshot's, or begin with 1.
async fn refill(storage: &Storage, stream: Stream, loaded: Loaded, window: &mut Window) -> Result<(), RestoreError> {
    if let Some((_, snapshot)) = loaded.snapshot {
        storage.compact(stream, None, snapshot).await?;
    }
    for entry in loaded.tail {
        let bytes = entry.entry.update.len() + entry.entry.authors.len();
        let append = storage.append(stream, entry.entry);
        let kept = async move {
            match append.await?.seq() {
                seq if seq == entry.seq => Ok(()),
                other => Err(StoreError::Corrupt(format!("entry {} of {stream} became {other}", entry.seq))),
            }
        };
        window.add(bytes, kept).await?;
    }
    Ok(())
}

type Write = Pin<Box<dyn Future<Output = Result<(), StoreError>>>>;

/// Writes that are waited for together, so that they share an fsync.
#[derive(Default)]
struct Window {
    writes: Vec<Write>,
    bytes: usize,
}

impl Window {
    async fn add(
        &mut self,
        bytes: usize,
        write: impl Future<Output = Result<(), StoreError>> + 'static,
    ) -> Result<(), StoreError> {
        self.bytes += bytes + WRITE_BYTES;
        self.writes.push(Box::pin(write));
        if self.bytes < WINDOW_BYTES && self.writes.len() < WINDOW_WRITES {
            return Ok(());
        }
        self.settle().await
    }

    async fn settle(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        try_join_all(std::mem::take(&mut self.writes)).await.map(drop)
    }
}
