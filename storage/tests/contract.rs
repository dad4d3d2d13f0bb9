//! The contract suite over both stores, and what only the memory store's knobs can show.
#![allow(clippy::unwrap_used)] // tests

use std::fs;
use std::path::Path;

use storage::Storage;
use storage::contract::Subject;

mod memory {
    use super::*;
    use storage::contract::{append, entry, stream};
    use storage::memory::MemoryStore;
    use storage::{Failure, StoreError};

    struct Memory;

    impl Subject for Memory {
        fn fresh(&mut self) -> Storage {
            Storage::Memory(MemoryStore::new())
        }

        fn crash(&mut self, storage: Storage) -> Storage {
            let Storage::Memory(store) = storage else { unreachable!("made by fresh") };
            Storage::Memory(store.crash())
        }
    }

    storage::contract_suite!(Memory);

    #[tokio::test]
    async fn st1_held_writes_are_neither_answered_nor_kept() {
        let store = MemoryStore::new();
        let storage = Storage::Memory(store.clone());
        store.hold();
        let first = storage.append(stream(0), entry(1, 1));
        let second = tokio::spawn(storage.append(stream(0), entry(2, 1)));
        assert_eq!(store.commit(1), 1);
        assert_eq!(first.await.unwrap().seq(), 1);
        assert_eq!((second.is_finished(), store.waiting()), (false, 1));
        let after = Storage::Memory(store.crash());
        assert!(matches!(second.await.unwrap(), Err(StoreError::Io(_))));
        assert_eq!(after.load(stream(0)).await.unwrap().unwrap().tail.len(), 1);
    }

    #[tokio::test]
    async fn st1_a_liar_is_found_out_by_a_crash() {
        let store = MemoryStore::liar();
        let storage = Storage::Memory(store.clone());
        for salt in 1..=3 {
            append(&storage, stream(0), entry(salt, 1)).await;
        }
        assert_eq!(storage.load(stream(0)).await.unwrap().unwrap().tail.len(), 3);
        store.commit(1);
        let after = Storage::Memory(store.crash());
        assert_eq!(after.load(stream(0)).await.unwrap().unwrap().tail.len(), 1);
    }

    #[tokio::test]
    async fn st18_a_failed_store_stays_failed() {
        let store = MemoryStore::new();
        let storage = Storage::Memory(store.clone());
        store.fail_after(1, StoreError::Full);
        append(&storage, stream(0), entry(1, 1)).await;
        for _ in 0..2 {
            assert_eq!(storage.append(stream(0), entry(2, 1)).await, Err(StoreError::Full));
        }
        assert_eq!(storage.failed(), Some(Failure::Full));
        assert_eq!(storage.load(stream(0)).await.unwrap().unwrap().tail.len(), 1);
        storage.reopen().await.unwrap();
        assert_eq!(storage.failed(), None);
        append(&storage, stream(0), entry(2, 1)).await;
        store.fail_after(0, StoreError::Io("injected".into()));
        let error = storage.append(stream(0), entry(3, 1)).await.unwrap_err();
        assert_eq!(storage.reopen().await, Err(error), "no other failure is taken back");
    }
}

mod sled {
    use super::*;
    use tempfile::TempDir;

    /// Keeps every folder until the test is over.
    struct Sled(Vec<TempDir>);

    impl Subject for Sled {
        fn fresh(&mut self) -> Storage {
            self.0.push(TempDir::new().unwrap());
            Storage::open(self.0.last().unwrap().path()).unwrap()
        }

        /// What the files hold at this moment is what a killed process leaves: the store is still open.
        fn crash(&mut self, storage: Storage) -> Storage {
            let image = TempDir::new().unwrap();
            copy(self.0.last().unwrap().path(), image.path());
            drop(storage);
            self.0.push(image);
            Storage::open(self.0.last().unwrap().path()).unwrap()
        }
    }

    storage::contract_suite!(Sled(Vec::new()));
}

fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&file.path(), &target);
        } else {
            fs::copy(file.path(), target).unwrap();
        }
    }
}
