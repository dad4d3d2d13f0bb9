//! Documents that are set aside, for as long as this process lives.
//!
//! A later start tries them again: what one version could not read, the next may. Invariant: nothing stored is touched
//! by it. Next: `salvage.rs`, which finds what of them reads well.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::salvage::Salvaged;

/// Who is set aside and why, and who has crashed lately.
#[derive(Default)]
pub(super) struct Quarantine(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    aside: HashMap<Uuid, Arc<str>>,
    crashes: HashMap<Uuid, Vec<Instant>>,
    salvaged: HashMap<Uuid, Arc<[Salvaged]>>,
}

impl Quarantine {
    pub(super) fn why(&self, document: Uuid) -> Option<Arc<str>> {
        self.inner().aside.get(&document).cloned()
    }

    pub(super) fn put(&self, document: Uuid, why: Arc<str>) {
        self.inner().aside.insert(document, why);
    }

    pub(super) fn forget(&self, document: Uuid) {
        let mut inner = self.inner();
        inner.aside.remove(&document);
        inner.crashes.remove(&document);
        inner.salvaged.remove(&document);
    }

    pub(super) fn salvaged(&self, document: Uuid) -> Option<Arc<[Salvaged]>> {
        self.inner().salvaged.get(&document).cloned()
    }

    pub(super) fn found(&self, document: Uuid, texts: Arc<[Salvaged]>) {
        self.inner().salvaged.insert(document, texts);
    }

    pub(super) fn len(&self) -> i64 {
        i64::try_from(self.inner().aside.len()).unwrap_or(i64::MAX)
    }

    /// Counts a crash; whether there were `most` within the last `window`.
    pub(super) fn crashed(&self, document: Uuid, most: usize, window: Duration) -> bool {
        let mut inner = self.inner();
        let crashes = inner.crashes.entry(document).or_default();
        crashes.retain(|at| at.elapsed() < window);
        crashes.push(Instant::now());
        crashes.len() >= most.max(1)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
