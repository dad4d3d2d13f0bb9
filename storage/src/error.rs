//! What can go wrong, as sentences that name the object and say what to do.
//!
//! Absent is never here: it is `None`. Invariant: a caller decides on the variant, a person reads the sentence;
//! nobody ever matches on text. Next: `sled/committer.rs`, where a failure becomes final.

use std::io;
use std::path::PathBuf;

/// Why a read or write did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed it first.
    #[error("it was changed meanwhile: read it again and retry")]
    Conflict,
    /// A limit with a name was passed; nothing was written.
    #[error("a {what} of {bytes} bytes is too large: the limit is {limit}")]
    TooLarge {
        /// What was too large.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A record key that is not made of `[A-Za-z0-9._-]` tokens separated by `/`.
    #[error("{0:?} is not a record key")]
    BadKey(String),
    /// No space left. The store takes no more writes until [`reopen`](crate::Storage::reopen).
    #[error("the disk is full: free some space")]
    Full,
    /// Space is short and what is left is kept back; nothing was written. It ends by itself when there is room again.
    #[error("the disk is almost full: free some space")]
    Short,
    /// Too much is waiting for the disk; nothing was written.
    #[error("too many writes are waiting for the disk: try again later")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Stored bytes are not what was written; names the object.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// The disk refused. After a failed write or fsync the store takes no more writes.
    #[error("the disk failed: {0}")]
    Io(String),
}

impl StoreError {
    /// Reads the kind of trouble from an I/O error; `doing` completes "could not ...".
    pub(crate) fn from_io(doing: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
            _ => StoreError::Io(format!("could not {doing}: {error}")),
        }
    }

    pub(crate) fn from_sled(doing: &str, error: &::sled::Error) -> Self {
        match error {
            ::sled::Error::Io(error) => StoreError::from_io(doing, error),
            ::sled::Error::Corruption { .. } => StoreError::Corrupt(format!("could not {doing}: {error}")),
            _ => StoreError::Io(format!("could not {doing}: {error}")),
        }
    }
}

/// Why a data folder could not be opened. Nothing in it was changed, except where the sentence says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process holds it.
    #[error("{} is in use by another Galley{holder}: stop that one first", dir.display())]
    Locked {
        /// The data folder.
        dir: PathBuf,
        /// ` (process 123)`, or nothing if the holder did not say.
        holder: String,
    },
    /// It cannot be created or written.
    #[error("cannot write to the data folder {}: {reason}; choose another folder or give this user the right to write there", dir.display())]
    Unwritable {
        /// The data folder.
        dir: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The disk or the system refused something else.
    #[error("the data folder {} could not be opened: {reason}; nothing that was saved is changed: look after the disk and the limits of this process, then start again", dir.display())]
    Failed {
        /// The data folder.
        dir: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The disk has no room to open it.
    #[error("the disk of {} is full: free some space and start again", dir.display())]
    Full {
        /// The data folder.
        dir: PathBuf,
    },
    /// A later Galley wrote it; nothing was touched.
    #[error("{} was written by a newer Galley (data format {found}, this one knows {known}): use that version", dir.display())]
    Newer {
        /// The data folder.
        dir: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format this build knows.
        known: u32,
    },
    /// A restore into it was cut short, so what is in it is not all there was.
    #[error("restoring a backup into {} was cut short: empty the folder and restore again", dir.display())]
    Unfinished {
        /// The data folder.
        dir: PathBuf,
    },
    /// A backup is restored into a folder of its own.
    #[error("{} is not empty: restore into an empty or missing folder", dir.display())]
    NotEmpty {
        /// The data folder.
        dir: PathBuf,
    },
    /// It holds data that cannot be read. Galley never starts empty in its place.
    #[error("the data in {} is damaged: {reason}; restore a backup, or move the folder away to start afresh", dir.display())]
    Corrupt {
        /// The data folder.
        dir: PathBuf,
        /// What was found.
        reason: String,
    },
}

impl OpenError {
    /// The same about the folder that was meant: a copy of it was opened.
    pub(crate) fn about(self, folder: &std::path::Path) -> OpenError {
        match self {
            OpenError::Corrupt { reason, .. } => OpenError::Corrupt { dir: folder.to_owned(), reason },
            error => error,
        }
    }
}

/// Whether writes can succeed; readiness asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// They can.
    Ok,
    /// They are refused for want of room, and go on when there is some again; the sentence says how bad it is.
    Full(String),
    /// They cannot until the store is opened again, for the reason this sentence gives; reads may err too.
    Failed(String),
}

/// What made a store fail, as far as it decides what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No space: when there is some again, [`reopen`](crate::Storage::reopen).
    Full,
    /// The disk, or a bug of ours: nothing written since can be trusted; stop and let the next start read what is there.
    Device,
}

impl StoreError {
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self {
            StoreError::Closed | StoreError::Short => None,
            StoreError::Full => Some(Failure::Full),
            _ => Some(Failure::Device),
        }
    }
}
