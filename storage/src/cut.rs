//! Everything a store holds at one moment, read while the store goes on being written.
//!
//! The thread that writes lists the records and streams between two groups of writes, so the records are those of one
//! moment. Streams and blobs are read afterwards: a stream may have grown meanwhile, and what was there is whole. Invariant:
//! while a cut is held, what is erased or deleted is only hidden from everybody else and goes when the last cut does, so
//! nothing that was there at that moment is missing. Next: `sled/survey.rs`, which lists; `blobs.rs`, which hides.

use std::sync::Arc;

use bytes::Bytes;

use crate::op::{Done, Op};
use crate::sled::caught;
use crate::{BlobKey, Loaded, Record, Storage, StoreError, Stream};

/// What a store holds, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Every record, in key order.
    pub records: Vec<(String, Record)>,
    /// Every stream, in order.
    pub streams: Vec<Stream>,
    /// What could not be read.
    pub damage: Vec<Damage>,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What it is: a record, a tree, a blob.
    pub place: String,
    /// What is wrong with it, in words.
    pub what: String,
}

/// A store as it was at one moment; dropping it lets go of what was kept for it.
#[derive(Debug)]
pub struct Cut {
    storage: Storage,
    survey: Arc<Survey>,
    blobs: Vec<BlobKey>,
    strays: Vec<Damage>,
}

impl Storage {
    /// Everything there is at this moment, all of it durable. Writes wait while it is listed, and not after.
    pub async fn cut(&self) -> Result<Cut, StoreError> {
        // Held before the list is made, so that nothing on it can go in between.
        let mut cut = self.begin_cut();
        match cut.storage.submit(Op::Cut).outcome().await? {
            Done::Surveyed(survey) => cut.survey = survey,
            other => return Err(other.unexpected()),
        }
        (cut.blobs, cut.strays) = match &cut.storage {
            Storage::Sled(store) => store.blob_list()?,
            #[cfg(feature = "testing")]
            Storage::Memory(store) => (store.blob_list(), Vec::new()),
        };
        Ok(cut)
    }

    fn begin_cut(&self) -> Cut {
        let storage = match self {
            Storage::Sled(store) => {
                store.hold_blobs();
                self.clone()
            }
            #[cfg(feature = "testing")]
            Storage::Memory(store) => Storage::Memory(store.frozen()),
        };
        Cut { storage, survey: Arc::default(), blobs: Vec::new(), strays: Vec::new() }
    }
}

impl Cut {
    /// Every record, in key order.
    pub fn records(&self) -> &[(String, Record)] {
        &self.survey.records
    }

    /// Every stream, in order.
    pub fn streams(&self) -> &[Stream] {
        &self.survey.streams
    }

    /// Every blob, in order.
    pub fn blobs(&self) -> &[BlobKey] {
        &self.blobs
    }

    /// What could not even be listed.
    pub fn damage(&self) -> &[Damage] {
        &self.survey.damage
    }

    /// What lies among the blobs and is none.
    pub fn strays(&self) -> &[Damage] {
        &self.strays
    }

    /// A stream, at least as long as it was. Blocks.
    pub fn load(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        // sled asserts its way through damaged pages; a panic there is damage like any other.
        let read = caught(|| match &self.storage {
            Storage::Sled(store) => store.load_held(stream),
            #[cfg(feature = "testing")]
            Storage::Memory(store) => Ok(store.load_now(stream)),
        });
        let panicked = || StoreError::Corrupt(format!("sled panicked while reading {stream}"));
        read.unwrap_or_else(|_| Err(panicked()))
    }

    /// The beginning of a stream that cannot be read to its end; empty if there is none. Blocks.
    pub fn beginning(&self, stream: Stream) -> Loaded {
        let read = caught(|| match &self.storage {
            Storage::Sled(store) => store.beginning_held(stream),
            #[cfg(feature = "testing")]
            Storage::Memory(store) => Ok(store.load_now(stream).unwrap_or_default()),
        });
        read.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// A blob, checked against its hash. Blocks.
    pub fn blob(&self, key: BlobKey) -> Result<Option<Bytes>, StoreError> {
        match &self.storage {
            Storage::Sled(store) => store.blob_held(key),
            #[cfg(feature = "testing")]
            Storage::Memory(store) => Ok(store.blob_now(key)),
        }
    }
}

impl Drop for Cut {
    fn drop(&mut self) {
        match &self.storage {
            Storage::Sled(store) => store.release(),
            #[cfg(feature = "testing")]
            Storage::Memory(_) => {}
        }
    }
}
