//! Blobs as files: `<data>/blobs/<document>/<hash>`.
//!
//! Written to `<data>/blobs/.new/`, fsynced, renamed, and both folders fsynced, so that a name is either absent
//! or whole. While somebody reads a cut, what is deleted waits in `<data>/blobs/.gone/`. Invariant: content is never returned without being hashed again. Next: `Storage::blob_put`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use uuid::Uuid;

use crate::op::lock;
use crate::{BlobKey, Damage, StoreError};

/// Blobs being written.
const NEW: &str = ".new";
/// Deleted blobs that somebody may still read.
const GONE: &str = ".gone";

/// The blob folder of one data folder.
#[derive(Debug)]
pub(crate) struct Blobs {
    root: PathBuf,
    /// Makes names under `.new` unique within this process; the data folder has only one.
    count: AtomicU64,
    /// Cuts being read.
    held: Mutex<usize>,
}

impl Blobs {
    /// Creates the folders and throws away what a crash left half-written.
    pub(crate) fn open(root: PathBuf) -> io::Result<Self> {
        let unfinished = root.join(NEW);
        fs::create_dir_all(&unfinished)?;
        for file in fs::read_dir(&unfinished)? {
            fs::remove_file(file?.path())?;
        }
        remove_folder(&root.join(GONE))?;
        sync_folder(&root)?;
        Ok(Blobs::at(root))
    }

    /// To read what is there, changing nothing.
    pub(crate) fn at(root: PathBuf) -> Self {
        Blobs { root, count: AtomicU64::new(0), held: Mutex::default() }
    }

    /// From now on what is deleted can still be had by [`get_held`](Blobs::get_held), until as many releases.
    pub(crate) fn hold(&self) {
        *lock(&self.held) += 1;
    }

    pub(crate) fn release(&self) {
        let mut held = lock(&self.held);
        *held = held.saturating_sub(1);
        if *held == 0
            && let Err(error) = remove_folder(&self.root.join(GONE))
        {
            tracing::warn!("blobs that were deleted are removed at the next start: {error}");
        }
    }

    /// Every blob, in order, and what is in the folder that is none.
    pub(crate) fn list(&self) -> Result<(Vec<BlobKey>, Vec<Damage>), StoreError> {
        let (mut keys, mut damage) = (Vec::new(), Vec::new());
        let listed = self.list_into(&mut keys, &mut damage);
        listed.map_err(|error| StoreError::from_io("list the blobs", &error))?;
        keys.sort_unstable();
        Ok((keys, damage))
    }

    fn list_into(&self, keys: &mut Vec<BlobKey>, damage: &mut Vec<Damage>) -> io::Result<()> {
        let foreign = |name: String| Damage { place: format!("blobs/{name}"), what: "is not one of Galley's".into() };
        for folder in read_folder(&self.root)? {
            let Ok(document) = Uuid::parse_str(&folder) else {
                damage.extend((![NEW, GONE].contains(&folder.as_str())).then(|| foreign(folder)));
                continue;
            };
            for file in read_folder(&self.root.join(&folder))? {
                match blake3::Hash::from_hex(&file) {
                    Ok(hash) => keys.push(BlobKey { document, hash: *hash.as_bytes() }),
                    Err(_) => damage.push(foreign(format!("{folder}/{file}"))),
                }
            }
        }
        Ok(())
    }

    pub(crate) fn put(&self, document: Uuid, content: &Bytes) -> Result<BlobKey, StoreError> {
        let key = BlobKey { document, hash: *blake3::hash(content).as_bytes() };
        self.write(&key, content)
            .map_err(|error| StoreError::from_io(&format!("write blob {}", name(&key)), &error))?;
        Ok(key)
    }

    pub(crate) fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, StoreError> {
        self.read(key, &self.path(key))
    }

    /// The same, also if it was deleted since the hold began.
    pub(crate) fn get_held(&self, key: &BlobKey) -> Result<Option<Bytes>, StoreError> {
        match self.get(key)? {
            None => self.read(key, &self.gone(key)),
            found => Ok(found),
        }
    }

    fn read(&self, key: &BlobKey, path: &Path) -> Result<Option<Bytes>, StoreError> {
        let content = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(StoreError::from_io(&format!("read blob {}", name(key)), &error));
            }
            Ok(content) => content,
        };
        if blake3::hash(&content) != key.hash {
            let sentence = format!("blob {} of document {}", name(key), key.document);
            return Err(StoreError::Corrupt(sentence));
        }
        Ok(Some(content.into()))
    }

    pub(crate) fn delete(&self, key: &BlobKey) -> Result<(), StoreError> {
        let held = lock(&self.held);
        let path = self.path(key);
        let removed = if *held > 0 { self.set_aside(key) } else { fs::remove_file(path) };
        let removed = removed.and_then(|()| sync_folder(&self.folder(key.document)));
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::from_io(&format!("remove blob {}", name(key)), &error))
            }
            _ => Ok(()),
        }
    }

    /// Cut short, it leaves whole blobs: doing it again finishes it.
    pub(crate) fn erase(&self, document: Uuid) -> Result<(), StoreError> {
        let held = lock(&self.held);
        let folder = self.folder(document);
        let aside = if *held > 0 { self.set_all_aside(document) } else { Ok(()) };
        let removed = aside.and_then(|()| fs::remove_dir_all(folder)).and_then(|()| sync_folder(&self.root));
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::from_io(&format!("remove the blobs of document {document}"), &error))
            }
            _ => Ok(()),
        }
    }

    /// Writes even if the name exists: a name left by a crash may not be durable yet.
    fn write(&self, key: &BlobKey, content: &[u8]) -> io::Result<()> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.root.join(NEW).join(format!("{}.{number}", name(key)));
        let written = write_synced(&unfinished, content).and_then(|()| {
            let folder = self.folder(key.document);
            // The root too, always: the folder may be there and not yet durable.
            fs::create_dir_all(&folder)?;
            sync_folder(&self.root)?;
            fs::rename(&unfinished, self.path(key))?;
            sync_folder(&folder)
        });
        if written.is_err() {
            // The write's own error is the one to tell; what stays behind goes at the next start.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn set_aside(&self, key: &BlobKey) -> io::Result<()> {
        fs::create_dir_all(self.root.join(GONE))?;
        fs::rename(self.path(key), self.gone(key))
    }

    fn set_all_aside(&self, document: Uuid) -> io::Result<()> {
        for file in read_folder(&self.folder(document))? {
            if let Ok(hash) = blake3::Hash::from_hex(&file) {
                self.set_aside(&BlobKey { document, hash: *hash.as_bytes() })?;
            }
        }
        Ok(())
    }

    fn gone(&self, key: &BlobKey) -> PathBuf {
        self.root.join(GONE).join(format!("{}.{}", key.document, name(key)))
    }

    fn folder(&self, document: Uuid) -> PathBuf {
        self.root.join(document.to_string())
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.folder(key.document).join(name(key))
    }
}

/// The names in a folder; none if it is not there.
fn read_folder(folder: &Path) -> io::Result<Vec<String>> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    files.map(|file| file.map(|file| file.file_name().to_string_lossy().into_owned())).collect()
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn name(key: &BlobKey) -> String {
    blake3::Hash::from_bytes(key.hash).to_hex().to_string()
}

/// A new file whose bytes survive a power cut; its name does not before [`sync_folder`].
pub(crate) fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the names in a folder survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
