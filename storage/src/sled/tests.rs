//! What can only be shown from inside: fsyncs that fail, images at every fsync, damage to single values.
#![allow(clippy::unwrap_used)] // tests

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::*;
use crate::contract::{append, entry, stream};
use crate::{Expect, Failure, Health, Snapshot, SnapshotVersion, Storage};

fn open(dir: &Path) -> (SledStore, Storage) {
    let store = SledStore::open(dir).unwrap();
    (store.clone(), Storage::Sled(store))
}

fn snapshot(upto: u64, bytes: usize) -> Snapshot {
    Snapshot { upto, state: vec![upto as u8; bytes].into(), authors: "authors".into() }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        match file.file_type().unwrap().is_dir() {
            true => copy(&file.path(), &target),
            false => drop(fs::copy(file.path(), target).unwrap()),
        }
    }
}

/// A store whose fsync fails from the `good`-th on, and how often it was asked.
fn failing(dir: &Path, good: usize, kind: io::ErrorKind) -> (Storage, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let store = SledStore::open_with(dir, |log| {
        Box::new(move || match count.fetch_add(1, Ordering::SeqCst) {
            at if at < good => log.sync_data(),
            _ => Err(io::Error::new(kind, "injected")),
        })
    });
    (Storage::Sled(store.unwrap()), asked)
}

#[tokio::test]
async fn st18_the_first_failed_fsync_is_the_last() {
    let full = io::ErrorKind::StorageFull;
    for (kind, is_full) in [(full, true), (io::ErrorKind::Other, false)] {
        let dir = TempDir::new().unwrap();
        let (storage, asked) = failing(dir.path(), 1, kind);
        append(&storage, stream(0), entry(1, 10)).await;
        let first = storage.append(stream(0), entry(2, 10)).await.unwrap_err();
        assert_eq!(first == StoreError::Full, is_full, "{first}");
        assert_eq!(storage.append(stream(0), entry(3, 10)).await, Err(first.clone()));
        let put = storage.put("a", Bytes::new(), Expect::Any).await;
        assert_eq!(put, Err(first.clone()));
        let compact = storage.compact(stream(0), None, snapshot(1, 9)).await;
        assert_eq!(compact, Err(first.clone()));
        let failure = if is_full { Failure::Full } else { Failure::Device };
        let said = first.to_string();
        assert_eq!(storage.health(), if is_full { Health::Full(said) } else { Health::Failed(said) });
        assert_eq!(storage.failed(), Some(failure));
        let loaded = storage.load(stream(0)).await.unwrap().unwrap();
        assert_eq!(loaded.tail.len(), 1, "what failed is not shown");
        assert_eq!(storage.close().await, Err(first));
        assert_eq!(asked.load(Ordering::SeqCst), 2, "no fsync after the failed one");
    }
}

#[tokio::test]
async fn st18_a_store_that_was_full_opens_again_under_every_clone() {
    let dir = TempDir::new().unwrap();
    let (storage, _) = failing(dir.path(), 2, io::ErrorKind::StorageFull);
    let clone = storage.clone();
    let mut subscription = storage.subscribe();
    append(&storage, stream(0), entry(1, 9000)).await;
    let version = storage.put("a", "kept".into(), Expect::Absent).await.unwrap();
    assert_eq!(storage.append(stream(0), entry(2, 9000)).await, Err(StoreError::Full));
    storage.reopen().await.unwrap();
    assert_eq!((clone.health(), clone.failed()), (Health::Ok, None));
    append(&clone, stream(0), entry(3, 10)).await;
    let loaded = storage.load(stream(0)).await.unwrap().unwrap();
    assert_eq!(loaded.tail.first().unwrap().entry, entry(1, 9000), "what was acknowledged is there");
    assert_eq!(loaded.tail.last().unwrap().entry, entry(3, 10), "and what came after");
    assert_eq!(storage.get("a").await.unwrap().unwrap().version, version);
    let document = stream(0).document;
    clone.cast(document, crate::Cast::DocumentGone { document }).await.unwrap();
    assert!(matches!(subscription.next().await, Some(Ok(_))), "the bus is the same");
    assert!(matches!(Storage::open(dir.path()), Err(OpenError::Locked { .. })), "the folder was never let go of");
    storage.close().await.unwrap();
    drop((storage, clone));
    let again = Storage::open(dir.path()).unwrap().load(stream(0)).await.unwrap().unwrap();
    assert_eq!(again, loaded);
}

#[tokio::test]
async fn st18_no_other_store_is_opened_again() {
    let dir = TempDir::new().unwrap();
    let (storage, asked) = failing(dir.path(), 1, io::ErrorKind::Other);
    append(&storage, stream(0), entry(1, 10)).await;
    assert!(storage.reopen().await.is_err(), "one that works needs none");
    let error = storage.append(stream(0), entry(2, 10)).await.unwrap_err();
    assert_eq!(storage.reopen().await, Err(error.clone()));
    assert_eq!(storage.append(stream(0), entry(3, 10)).await, Err(error));
    assert_eq!(storage.failed(), Some(Failure::Device));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "no fsync after the failed one");
}

#[tokio::test]
async fn st18_everything_waiting_fails_with_it() {
    let dir = TempDir::new().unwrap();
    let (storage, _) = failing(dir.path(), 0, io::ErrorKind::Other);
    let appends: Vec<_> = (0..500).map(|salt| storage.append(stream(0), entry(salt, 5000))).collect();
    for append in appends {
        assert!(matches!(append.await, Err(StoreError::Io(_))));
    }
    assert_eq!(storage.load(stream(0)).await, Ok(None));
}

/// Opens what the files held at every fsync, as if the process had died there.
#[tokio::test]
async fn st8_compact_and_erase_are_whole_at_every_fsync() {
    let dir = TempDir::new().unwrap();
    let images = TempDir::new().unwrap();
    let taken: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let (from, to, list) = (dir.path().to_owned(), images.path().to_owned(), taken.clone());
    let store = SledStore::open_with(dir.path(), |log| {
        Box::new(move || {
            let mut list = crate::op::lock(&list);
            let image = to.join(list.len().to_string());
            copy(&from, &image);
            list.push(image);
            log.sync_data()
        })
    });
    let storage = Storage::Sled(store.unwrap());
    for salt in 1..=3 {
        append(&storage, stream(0), entry(salt, 9000)).await;
    }
    let first = storage.compact(stream(0), None, snapshot(2, 30_000)).await.unwrap();
    let before = taken.lock().unwrap().len();
    let second = storage.compact(stream(0), Some(first), snapshot(3, 50_000)).await.unwrap();
    let compacted = taken.lock().unwrap().len();
    storage.erase(stream(0)).await.unwrap();
    let taken = taken.lock().unwrap().clone();
    assert!(compacted - before >= 2 && taken.len() - compacted >= 2);
    for image in &taken[before..compacted] {
        let loaded = open(image).1.load(stream(0)).await.unwrap().unwrap();
        let old = (first, snapshot(2, 30_000), 1);
        let new = (second, snapshot(3, 50_000), 0);
        let (version, snapshot) = loaded.snapshot.unwrap();
        let found = (version, snapshot, loaded.tail.len());
        assert!(found == old || found == new, "{:?}", found.0);
    }
    for image in &taken[compacted..] {
        let (store, storage) = open(image);
        assert_eq!(storage.load(stream(0)).await, Ok(None));
        let trees = store.inner().unwrap().trees.clone();
        assert!(trees.log.is_empty() && trees.snap.is_empty() && trees.head.is_empty());
    }
}

/// Removes or garbles each value of a whole store in turn; the load must say which object is hurt.
#[tokio::test]
async fn st20_each_damaged_value_is_named() {
    let dir = TempDir::new().unwrap();
    let (store, storage) = open(dir.path());
    for salt in 1..=4 {
        append(&storage, stream(0), entry(salt, 15_000)).await;
    }
    storage.compact(stream(0), None, snapshot(2, 20_000)).await.unwrap();
    let trees = store.inner().unwrap().trees.clone();
    let last = format::part_key(stream(0), 4, 0);
    for tree in [&trees.log, &trees.snap, &trees.head] {
        for pair in tree.iter().collect::<Vec<_>>() {
            let (key, value) = pair.unwrap();
            let mut garbled = value.to_vec();
            *garbled.last_mut().unwrap() ^= 1;
            tree.insert(&key, garbled).unwrap();
            let error = storage.load(stream(0)).await.unwrap_err();
            assert!(matches!(&error, StoreError::Corrupt(what) if what.contains("document")), "{error}");
            // Without its head a stream looks like one that lost its first entries; without its last
            // part 0 like one whose last append never finished, which nobody can tell apart.
            tree.remove(&key).unwrap();
            let loaded = storage.load(stream(0)).await;
            assert!(loaded.is_err() || key == last, "{loaded:?}");
            tree.insert(&key, value).unwrap();
            assert!(storage.load(stream(0)).await.is_ok());
        }
    }
    storage.put("a", "value".into(), Expect::Any).await.unwrap();
    trees.records.insert("a", &b"\x01junk"[..]).unwrap();
    let damaged = StoreError::Corrupt("record a does not match its checksum".into());
    assert_eq!(storage.get("a").await, Err(damaged.clone()));
    assert_eq!(storage.list("", None, 9).await, Err(damaged));
}

#[tokio::test]
async fn st34_of_a_damaged_stream_a_cut_gives_what_comes_before_the_damage() {
    let dir = TempDir::new().unwrap();
    let (store, storage) = open(dir.path());
    for salt in 1..=4 {
        append(&storage, stream(0), entry(salt, 15_000)).await;
    }
    storage.compact(stream(0), None, snapshot(1, 20_000)).await.unwrap();
    let whole = storage.load(stream(0)).await.unwrap().unwrap();
    let cut = storage.cut().await.unwrap();
    assert_eq!(cut.beginning(stream(0)), whole);
    let trees = store.inner().unwrap().trees.clone();
    let garble = |tree: &sled::Tree, key: &[u8]| {
        let mut value = tree.get(key).unwrap().unwrap().to_vec();
        *value.last_mut().unwrap() ^= 1;
        tree.insert(key, value).unwrap();
    };
    garble(&trees.log, &format::part_key(stream(0), 4, 1));
    let mut before = whole.clone();
    before.tail.pop();
    assert!(cut.load(stream(0)).is_err());
    assert_eq!(cut.beginning(stream(0)), before);
    garble(&trees.log, &format::part_key(stream(0), 2, 0));
    before.tail.clear();
    assert_eq!(cut.beginning(stream(0)), before);
    garble(&trees.snap, &trees.snap.first().unwrap().unwrap().0);
    assert_eq!(cut.beginning(stream(0)), crate::Loaded::default(), "what comes after a snapshot rests on it");
    assert_eq!(cut.beginning(stream(9)), crate::Loaded::default());
}

#[tokio::test]
async fn st20_a_half_written_entry_is_not_there_and_in_nobodys_way() {
    let dir = TempDir::new().unwrap();
    let (store, storage) = open(dir.path());
    append(&storage, stream(0), entry(1, 10)).await;
    // A kill between the parts of entry 2, and of another stream's first: part 0, written last, is missing.
    for (stream, seq) in [(stream(0), 2), (stream(1), 1)] {
        for part in 1..3 {
            let key = format::part_key(stream, seq, part);
            store.inner().unwrap().trees.log.insert(key, format::seal(&key, 3, b"torn")).unwrap();
        }
    }
    storage.close().await.unwrap();
    drop((store, storage));
    let (_store, storage) = open(dir.path());
    assert_eq!(storage.cut().await.unwrap().streams(), [stream(0)], "a backup does not wait for the other one");
    assert_eq!(storage.load(stream(0)).await.unwrap().unwrap().tail.len(), 1);
    assert_eq!(storage.append(stream(0), entry(2, 10)).await.unwrap().seq(), 2);
    assert_eq!(storage.load(stream(0)).await.unwrap().unwrap().tail[1].entry, entry(2, 10));
}

#[tokio::test]
async fn st22_newer_values_are_refused() {
    let dir = TempDir::new().unwrap();
    let (store, storage) = open(dir.path());
    append(&storage, stream(0), entry(1, 10)).await;
    store.inner().unwrap().trees.log.insert(format::part_key(stream(0), 1, 0), &[2u8; 40][..]).unwrap();
    let error = storage.load(stream(0)).await.unwrap_err().to_string();
    assert!(error.contains("newer Galley (format 2, this one knows 1)"), "{error}");
}

#[tokio::test]
async fn st25_sled_never_makes_files_of_its_own() {
    let dir = TempDir::new().unwrap();
    let (store, storage) = open(dir.path());
    let mut base: Option<SnapshotVersion> = None;
    for round in 1..=3 {
        append(&storage, stream(0), entry(round, 1 << 20)).await;
        append(&storage, stream(1), entry(round, 6144)).await;
        let key = format!("record/{round}");
        storage.put(&key, vec![1; 6144].into(), Expect::Any).await.unwrap();
        base = Some(storage.compact(stream(0), base, snapshot(round, 3 << 20)).await.unwrap());
    }
    let trees = store.inner().unwrap().trees.clone();
    for tree in [&trees.log, &trees.snap, &trees.head, &trees.records] {
        let largest = tree.iter().map(|pair| pair.unwrap().1.len()).max();
        assert!(largest.unwrap() <= format::VALUE_BYTES_MAX);
    }
    storage.close().await.unwrap();
    assert_eq!(fs::read_dir(dir.path().join("store/blobs")).unwrap().count(), 0);
}

/// Readers race a compacting, erasing writer: they see a whole state each time, whichever it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn st11_readers_beside_a_compaction_see_whole_states() {
    let dir = TempDir::new().unwrap();
    let (store, storage) = open(dir.path());
    let reader = tokio::task::spawn_blocking(move || {
        let mut seen = 0;
        while store.refusal().is_none() {
            let loaded = store.inner().unwrap().trees.load(stream(0));
            // Busy: more compactions during one read than anybody makes; never damage.
            assert!(loaded.is_ok() || loaded == Err(StoreError::Busy), "{loaded:?}");
            seen += usize::from(loaded.is_ok_and(|loaded| loaded.is_some()));
        }
        seen
    });
    for round in 0..30 {
        let mut base = None;
        for upto in 1..=4 {
            append(&storage, stream(0), entry(round, 20_000)).await;
            let next = snapshot(upto, 40_000);
            base = Some(storage.compact(stream(0), base, next).await.unwrap());
        }
        storage.erase(stream(0)).await.unwrap();
    }
    storage.close().await.unwrap();
    assert!(reader.await.unwrap() > 0);
}
