//! What the server does by itself with documents: empties the trash, thins out versions, lets go of files.
//!
//! Invariant: only documents that are due are looked at, and one that is not costs nothing, not even a read; a look writes
//! when the next one is due before its own record goes; one document's trouble is not another's and is tried again. A
//! folder from before there were such records gets one for each document, once; `migrated/due` says that all have theirs.
//! Next: `due.rs`, which keeps the records; `revisions/thinning.rs` and `files/collect.rs` for what goes.

use bytes::Bytes;
use futures_util::future::try_join_all;
use storage::{Expect, Storage, StoreError};
use uuid::Uuid;

use crate::State;
use crate::documents::{self, Document};
use crate::due::{self, Due};
use crate::files::collect;
use crate::http::Error;
use crate::records::parse;

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Documents that were erased.
    pub documents: usize,
    /// Files that were removed.
    pub files: usize,
}

/// What a look leaves to do.
enum Next {
    /// There is nothing, before somebody does something.
    Nothing,
    /// The next look.
    At(u64),
    /// This look was not finished.
    Later,
}

/// Written when every document has its record.
const MIGRATED: &str = "migrated/due";
/// Until a document with which something is wrong is looked at again.
const AGAIN_MS: u64 = 60 * 60 * 1_000;

/// Looks at every document that is due.
pub async fn sweep(state: &State, now_ms: u64) -> Result<Swept, StoreError> {
    if let Err(error) = migrate(&state.storage).await {
        tracing::warn!("not every document has been looked through for what is due: {error}");
    }
    let mut sweep = Sweep { state, now_ms, looks: state.config.limits.collect_documents, swept: Swept::default() };
    let mut after: Option<Due> = None;
    loop {
        let page = due::page(&state.storage, after.as_ref(), now_ms).await?;
        for due in &page {
            if let Err(error) = sweep.tend(due).await {
                tracing::warn!(document = %due.document, "when it is due could not be written: {error}");
            }
        }
        if page.len() < due::PAGE || state.rooms.is_closed() {
            return Ok(sweep.swept);
        }
        after = page.last().cloned();
    }
}

struct Sweep<'a> {
    state: &'a State,
    now_ms: u64,
    /// Documents that may still be opened for their files.
    looks: usize,
    swept: Swept,
}

impl Sweep<'_> {
    async fn tend(&mut self, due: &Due) -> Result<(), StoreError> {
        let storage = &self.state.storage;
        let next = self.look(due.document).await.unwrap_or_else(|error| {
            tracing::warn!(document = %due.document, "what is due of it could not be done: {error}");
            Next::At(self.now_ms + AGAIN_MS)
        });
        match next {
            Next::Nothing => {}
            Next::At(at_ms) => due::schedule(storage, due.document, at_ms, self.now_ms).await?,
            Next::Later => return Ok(()),
        }
        due::done(storage, due).await
    }

    async fn look(&mut self, id: Uuid) -> Result<Next, Error> {
        let State { storage, rooms, .. } = self.state;
        let Some(document) = documents::load(storage, id).await?.filter(|document| !document.is_gone()) else {
            due::forget(storage, id).await?;
            return Ok(Next::Nothing);
        };
        if document.goes(self.now_ms) {
            documents::erase(storage, rooms, id).await?;
            self.swept.documents += 1;
            return Ok(Next::Nothing);
        }
        // Trouble with the one does not keep the other from being done.
        let thinned = rooms.versions().thin(id, self.now_ms).await;
        let looked = self.collect(&document).await?;
        let Some(files) = looked else { return Ok(Next::Later) };
        self.swept.files += files.removed;
        let nexts = [document.purge_ms(), thinned?.next_ms, files.next_ms];
        Ok(nexts.into_iter().flatten().min().map_or(Next::Nothing, Next::At))
    }

    /// Looks at its files; `None` when enough documents have been opened for that.
    async fn collect(&mut self, document: &Document) -> Result<Option<collect::Looked>, Error> {
        let files = crate::files::all(&self.state.storage, document.id).await?;
        // What is in the trash stays whole until the trash lets go of all of it.
        if files.is_empty() || document.trashed_ms.is_some() {
            return Ok(Some(collect::Looked::default()));
        }
        if self.looks == 0 {
            return Ok(None);
        }
        self.looks -= 1;
        collect::look(self.state, document.id, files, self.now_ms).await.map(Some)
    }
}

/// Gives each document of an older folder its record. What a stop cuts short is begun anew, and finds the same.
pub(crate) async fn migrate(storage: &Storage) -> Result<(), StoreError> {
    if storage.get(MIGRATED).await?.is_some() {
        return Ok(());
    }
    let mut after: Option<String> = None;
    loop {
        let page = storage.list("doc/", after.as_deref(), due::PAGE).await?;
        let there = page.iter().filter(|(key, record)| {
            // One that cannot be read is looked at, so that somebody hears of it.
            !parse::<Document>(key, &record.value).is_ok_and(|document| document.is_gone())
        });
        let ids = there.filter_map(|(key, _)| key.strip_prefix("doc/")?.parse().ok());
        try_join_all(ids.map(|id| due::schedule(storage, id, 0, 0))).await?;
        if page.len() < due::PAGE {
            break;
        }
        after = page.last().map(|(key, _)| key.clone());
    }
    storage.put(MIGRATED, Bytes::from_static(b"1"), Expect::Any).await.map(drop)
}

#[cfg(test)]
mod tests {
    use storage::memory::MemoryStore;

    use super::*;

    fn document(id: Uuid, more: &str) -> String {
        format!(
            r#"{{"v":1,"id":"{id}","owner":"{id}","title":"","created_ms":1,"updated_ms":1,"trashed_ms":null,"epoch":1,"birth":""{more}}}"#
        )
    }

    async fn keys(storage: &Storage, prefix: &str) -> Vec<String> {
        storage.list(prefix, None, 10_000).await.expect("a list").into_iter().map(|(key, _)| key).collect()
    }

    #[tokio::test]
    async fn hk4_a_folder_from_before_is_looked_through_once_whenever_it_is_stopped() {
        let before = MemoryStore::new();
        let storage = Storage::Memory(before.clone());
        for n in 0..600 {
            let id = Uuid::from_u128(n);
            let value = match n {
                0 => document(id, r#","erased":"Done""#),
                1 => document(id, r#","erased":"Begun""#),
                2 => "not readable".to_owned(),
                _ => document(id, ""),
            };
            storage.put(&format!("doc/{id}"), value.into(), Expect::Any).await.expect("stored");
        }
        let mut store = before.crash();
        for writes in [0, 1, 2, 3, 500, 512, 513, 1_100, 1_198, 1_199] {
            store.fail_after(writes, StoreError::Full);
            migrate(&Storage::Memory(store.clone())).await.ok();
            store = store.crash();
        }
        let storage = Storage::Memory(store.clone());
        migrate(&storage).await.expect("migrated");
        assert_eq!(keys(&storage, "due/").await.len(), 599);
        assert_eq!(keys(&storage, "dueof/").await.len(), 599);
        assert!(!keys(&storage, "dueof/").await.contains(&format!("dueof/{}", Uuid::nil())), "it is gone");
        // Once is enough.
        for due in due::page(&storage, None, 0).await.expect("a page") {
            due::done(&storage, &due).await.expect("done");
        }
        let left = keys(&storage, "due/").await.len();
        migrate(&storage).await.expect("nothing to do");
        assert_eq!(keys(&storage, "due/").await.len(), left);
    }
}
