//! What somebody sends, on its way from the network to a file of our own.
//!
//! Invariant: it never is in memory as a whole, and it is gone when it is let go, whatever happens: its name is taken away
//! while it is still open, and where a system does not allow that, at the end; a start removes what a crash left.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::Refused;
use crate::http::{Arriving, Error};

/// Where they are, in the data folder.
const FOLDER: &str = "spool";
/// Bytes gathered before they are written.
const PIECE_BYTES: usize = 1 << 20;

/// A file without a name.
pub struct Spool {
    file: File,
    path: Option<PathBuf>,
}

/// Removes what a crash left.
pub fn clear(data: &Path) {
    std::fs::remove_dir_all(data.join(FOLDER)).ok();
}

impl Spool {
    /// Takes all of a body.
    pub async fn receive(mut body: Arriving, data: &Path) -> Result<Spool, Error> {
        let folder = data.join(FOLDER);
        let mut spool = blocking(move || Spool::new(&folder)).await?;
        let mut piece = Vec::new();
        while let Some(chunk) = body.next().await? {
            piece.extend_from_slice(&chunk);
            if piece.len() >= PIECE_BYTES {
                spool = spool.take(std::mem::take(&mut piece)).await?;
            }
        }
        spool = spool.take(piece).await?;
        blocking(move || spool.file.seek(SeekFrom::Start(0)).map(|_| spool)).await
    }

    fn new(folder: &Path) -> io::Result<Spool> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(Uuid::now_v7().to_string());
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        let path = std::fs::remove_file(&path).err().map(|_| path);
        Ok(Spool { file, path })
    }

    async fn take(mut self, piece: Vec<u8>) -> Result<Spool, Error> {
        blocking(move || self.file.write_all(&piece).map(|()| self)).await
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            std::fs::remove_file(path).ok();
        }
    }
}

impl Read for Spool {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.file.read(bytes)
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(io::Error::other(panic))).map_err(|error| {
        tracing::error!("what somebody sent could not be put aside: {error}");
        Refused::NoSpace.into()
    })
}
