//! A data folder that is being filled from a backup.
//!
//! Invariant: until [`Restoring::finish`] nothing opens the folder, also after a crash: half a backup is never taken for all
//! of it, nor for an empty folder. Next: `sled/open.rs`, which sets and looks for the mark.

use std::io;
use std::path::{Path, PathBuf};

use crate::sled::{self, SledStore};
use crate::{OpenError, Storage, StoreError};

/// An open store that counts only once it is finished.
#[derive(Debug)]
pub struct Restoring {
    storage: Storage,
    dir: PathBuf,
}

impl Restoring {
    /// Begins in a folder that is empty or not there.
    pub fn begin(dir: &Path) -> Result<Restoring, OpenError> {
        let storage = Storage::Sled(SledStore::restore(dir)?);
        Ok(Restoring { storage, dir: dir.to_owned() })
    }

    /// What to write into.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Closes the store and lets others open the folder. Everything written so far survives a power cut.
    pub async fn finish(self) -> Result<(), StoreError> {
        let Restoring { storage, dir } = self;
        storage.close().await?;
        drop(storage);
        sled::restored(&dir).map_err(|error| StoreError::from_io("end the restore", &error))
    }

    /// Empties the folder again.
    pub async fn abandon(self) -> io::Result<()> {
        let Restoring { storage, dir } = self;
        // Whatever it says: all of it is thrown away.
        let _ = storage.close().await;
        drop(storage);
        sled::abandon(&dir)
    }
}
