//! Blobs as files: `<data>/blobs/<document>/<hash>`.
//!
//! Written to `<data>/blobs/.new/`, fsynced, renamed, and both folders fsynced, so that a name is either absent
//! or whole. Invariant: content is never returned without being hashed again. Next: `Storage::blob_put`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use uuid::Uuid;

use crate::{BlobKey, StoreError};

/// The blob folder of one data folder.
#[derive(Debug)]
pub(crate) struct Blobs {
    root: PathBuf,
    /// Makes names under `.new` unique within this process; the data folder has only one.
    count: AtomicU64,
}

impl Blobs {
    /// Creates the folders and throws away what a crash left half-written.
    pub(crate) fn open(root: PathBuf) -> io::Result<Self> {
        let unfinished = root.join(".new");
        fs::create_dir_all(&unfinished)?;
        for file in fs::read_dir(&unfinished)? {
            fs::remove_file(file?.path())?;
        }
        sync_folder(&root)?;
        Ok(Blobs { root, count: AtomicU64::new(0) })
    }

    pub(crate) fn put(&self, document: Uuid, content: &Bytes) -> Result<BlobKey, StoreError> {
        let key = BlobKey { document, hash: *blake3::hash(content).as_bytes() };
        self.write(&key, content)
            .map_err(|error| StoreError::from_io(&format!("write blob {}", name(&key)), &error))?;
        Ok(key)
    }

    pub(crate) fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, StoreError> {
        let content = match fs::read(self.path(key)) {
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
        let removed = fs::remove_file(self.path(key)).and_then(|()| sync_folder(&self.folder(key.document)));
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::from_io(&format!("remove blob {}", name(key)), &error))
            }
            _ => Ok(()),
        }
    }

    /// Cut short, it leaves whole blobs: doing it again finishes it.
    pub(crate) fn erase(&self, document: Uuid) -> Result<(), StoreError> {
        let removed = fs::remove_dir_all(self.folder(document)).and_then(|()| sync_folder(&self.root));
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
        let unfinished = self.root.join(".new").join(format!("{}.{number}", name(key)));
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

    fn folder(&self, document: Uuid) -> PathBuf {
        self.root.join(document.to_string())
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.folder(key.document).join(name(key))
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
