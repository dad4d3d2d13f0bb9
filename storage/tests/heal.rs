//! Data folders as crashes, operators and other versions leave them.
#![allow(clippy::unwrap_used)] // tests

use std::fs;
use std::path::{Path, PathBuf};

use storage::contract::{append, entry, stream};
use storage::{OpenError, Restoring, Storage};
use tempfile::TempDir;

const ENTRIES: u64 = 300;

/// A folder with `ENTRIES` entries that was opened twice, so that sled has written a snapshot.
async fn used() -> TempDir {
    let dir = TempDir::new().unwrap();
    let storage = Storage::open(dir.path()).unwrap();
    for salt in 1..=ENTRIES {
        drop(storage.append(stream(0), entry(salt, 3000)));
    }
    storage.close().await.unwrap();
    drop(storage);
    drop(Storage::open(dir.path()).unwrap());
    assert!(!snapshots(dir.path()).is_empty());
    dir
}

fn snapshots(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir.join("store")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.to_string_lossy().contains("/snap.")).collect()
}

async fn assert_whole(dir: &Path) {
    let storage = Storage::open(dir).unwrap();
    let tail = storage.load(stream(0)).await.unwrap().unwrap().tail;
    assert!(tail.iter().map(|entry| entry.entry.at_ms).eq(1..=ENTRIES));
    append(&storage, stream(1), entry(1, 10)).await;
    storage.close().await.unwrap();
}

#[tokio::test]
async fn st23_an_unfinished_snapshot_is_removed() {
    let dir = used().await;
    let finished = fs::read(&snapshots(dir.path())[0]).unwrap();
    for content in [&finished[..], &finished[..finished.len() / 2], &[]] {
        let unfinished = dir.path().join("store/snap.00000000000FFFFF.generating");
        fs::write(&unfinished, content).unwrap();
        assert_whole(dir.path()).await;
        assert!(!unfinished.exists());
    }
}

#[tokio::test]
async fn st23_a_damaged_snapshot_is_set_aside_and_the_log_read() {
    for damage in ["empty", "truncated", "garbled", "cut by one"] {
        let dir = used().await;
        let path = snapshots(dir.path()).pop().unwrap();
        let mut content = fs::read(&path).unwrap();
        match damage {
            "empty" => content.clear(),
            "truncated" => content.truncate(content.len() / 2),
            "garbled" => content.iter_mut().for_each(|byte| *byte ^= 0x55),
            _ => content.truncate(content.len() - 1),
        }
        fs::write(&path, &content).unwrap();
        assert_whole(dir.path()).await;
        let kept = dir.path().join("aside/1").join(path.file_name().unwrap());
        assert_eq!(fs::read(kept).unwrap(), content, "{damage}");
        assert_whole(dir.path()).await;
    }
}

#[tokio::test]
async fn st24_a_folder_that_held_data_never_opens_empty() {
    let dir = used().await;
    let open = || Storage::open(dir.path()).map(drop);
    let corrupt = |opened| matches!(opened, Err(OpenError::Corrupt { .. }));
    let log = dir.path().join("store/db");
    fs::remove_file(&log).unwrap();
    assert!(corrupt(open()), "missing log");
    assert!(!log.exists(), "nothing was made in its place");
    fs::write(&log, b"").unwrap();
    assert!(corrupt(open()), "empty log");
    let other = used().await;
    fs::remove_dir_all(dir.path().join("store")).unwrap();
    fs::rename(other.path().join("store"), dir.path().join("store")).unwrap();
    assert!(corrupt(open()), "another folder's log");
    fs::remove_file(dir.path().join("format")).unwrap();
    assert!(corrupt(open()), "data without `format`");
}

#[tokio::test]
async fn st24_a_shortened_log_is_never_taken_for_the_whole() {
    for with_snapshot in ["kept", "damaged"] {
        for tenths in 1..10 {
            let dir = used().await;
            let log = dir.path().join("store/db");
            let content = fs::read(&log).unwrap();
            fs::write(&log, &content[..content.len() * tenths / 10]).unwrap();
            if with_snapshot == "damaged" {
                fs::write(snapshots(dir.path()).pop().unwrap(), "").unwrap();
            }
            let Ok(storage) = Storage::open(dir.path()) else {
                assert!(Storage::open(dir.path()).is_err(), "refused once, refused again: {with_snapshot} {tenths}");
                continue;
            };
            let loaded = storage.load(stream(0)).await;
            let whole = loaded.is_ok_and(|found| found.unwrap().tail.len() == ENTRIES as usize);
            // The file may end in unused space: then nothing is missing.
            assert!(whole || storage.load(stream(0)).await.is_err(), "{with_snapshot} {tenths}");
        }
    }
}

#[tokio::test]
async fn st24_an_interrupted_first_start_begins_again() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("store")).unwrap();
    fs::write(dir.path().join("store/db"), "half").unwrap();
    assert!(matches!(Storage::open(dir.path()), Err(OpenError::Corrupt { .. })));
    fs::write(dir.path().join("creating"), "").unwrap();
    let storage = Storage::open(dir.path()).unwrap();
    assert_eq!(storage.load(stream(0)).await, Ok(None));
    assert!(!dir.path().join("creating").exists());
}

#[tokio::test]
async fn st21_a_folder_is_held_once() {
    let dir = TempDir::new().unwrap();
    let storage = Storage::open(dir.path()).unwrap();
    let refused = Storage::open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Locked { .. }));
    assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
    append(&storage.clone(), stream(0), entry(1, 10)).await;
    drop(storage);
    for round in 2..=20 {
        let storage = Storage::open(dir.path()).unwrap();
        assert_eq!(storage.append(stream(0), entry(round, 10)).await.unwrap().seq(), round);
    }
}

/// sled would take damage in the end of its log for a crash, and zero what comes behind it.
#[tokio::test]
async fn st32_damage_to_a_store_that_was_closed_is_refused_before_sled_sees_it() {
    let dir = used().await;
    Storage::open(dir.path()).unwrap().close().await.unwrap();
    let log = dir.path().join("store/db");
    let whole = fs::read(&log).unwrap();
    let mut last = whole.clone();
    *last.last_mut().unwrap() ^= 1;
    fs::write(&log, &last).unwrap();
    for _ in 0..2 {
        let refused = Storage::open(dir.path());
        assert!(matches!(refused, Err(OpenError::Corrupt { reason, .. }) if reason.contains("near byte")));
        assert_eq!(fs::read(&log).unwrap(), last, "nothing was written");
    }
    fs::write(&log, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(Storage::open(dir.path()), Err(OpenError::Corrupt { reason, .. }) if reason.contains("bytes")));
    fs::write(&log, [&whole[..], &[0; 524_288]].concat()).unwrap();
    assert_whole(dir.path()).await;
}

#[tokio::test]
async fn st32_a_sealed_store_is_opened_without_its_snapshot_if_its_log_is_whole() {
    let dir = used().await;
    Storage::open(dir.path()).unwrap().close().await.unwrap();
    fs::write(snapshots(dir.path()).pop().unwrap(), "garbled").unwrap();
    assert_whole(dir.path()).await;
    let sealed = dir.path().join("sealed");
    assert!(sealed.exists(), "it was closed again");
    let storage = Storage::open(dir.path()).unwrap();
    assert!(!sealed.exists(), "an open store has no seal");
    storage.close().await.unwrap();
    drop(storage);
    fs::write(&sealed, "garbled").unwrap();
    assert!(matches!(Storage::open(dir.path()), Err(OpenError::Corrupt { reason, .. }) if reason.contains("`sealed`")));
    fs::remove_file(&sealed).unwrap();
    assert_whole(dir.path()).await;
}

/// sled's threads keep its lock for a moment after its last handle is gone.
#[tokio::test]
async fn st21_a_folder_that_is_being_let_go_of_is_waited_for() {
    let dir = used().await;
    let held = fs::File::open(dir.path().join("store/db")).unwrap();
    held.lock().unwrap();
    let (path, lock) = (dir.path().to_owned(), dir.path().join("lock"));
    fs::write(&lock, "nobody").unwrap();
    let opening = std::thread::spawn(move || Storage::open(&path).map(drop));
    // Our own lock is taken first: once it is, sled's is waited for.
    while fs::read_to_string(&lock).unwrap() == "nobody" {
        std::thread::yield_now();
    }
    drop(held);
    assert_eq!(opening.join().unwrap(), Ok(()));
    assert_whole(dir.path()).await;
}

#[tokio::test]
async fn st22_newer_and_unwritable_folders_are_refused_untouched() {
    let dir = used().await;
    fs::write(dir.path().join("format"), "galley data format 2\nwhatever it says\n").unwrap();
    fs::write(dir.path().join("store/snap.0.generating"), "").unwrap();
    let listing = || {
        let mut files: Vec<_> = [dir.path().to_owned(), dir.path().join("store")]
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap())
            .map(|file| file.unwrap())
            .map(|file| (file.path(), file.metadata().unwrap().modified().unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = listing();
    let refused = Storage::open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 2, known: 1, .. }));
    assert!(refused.to_string().contains("newer Galley (data format 2, this one knows 1)"));
    assert_eq!(listing(), before);
    let file = TempDir::new().unwrap();
    fs::write(file.path().join("file"), "").unwrap();
    let refused = Storage::open(&file.path().join("file/data")).unwrap_err();
    assert!(matches!(refused, OpenError::Unwritable { .. }), "{refused}");
}

fn bytes_of(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        match path.is_dir() {
            true => all.extend(bytes_of(&path)),
            false => all.push((path.clone(), fs::read(path).unwrap())),
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn st28_a_restore_counts_once_it_is_finished() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("new");
    let restoring = Restoring::begin(&target).unwrap();
    append(restoring.storage(), stream(0), entry(1, 10)).await;
    let refused = Storage::open(&target).unwrap_err();
    assert_eq!(refused, OpenError::Unfinished { dir: target.clone() });
    drop(restoring);
    assert_eq!(Storage::open(&target).unwrap_err(), OpenError::Unfinished { dir: target.clone() }, "cut short");
    assert_eq!(Restoring::begin(&target).unwrap_err(), OpenError::NotEmpty { dir: target.clone() });

    let target = dir.path().join("given up");
    Restoring::begin(&target).unwrap().abandon().await.unwrap();
    assert_eq!(fs::read_dir(&target).unwrap().count(), 0);
    let restoring = Restoring::begin(&target).unwrap();
    append(restoring.storage(), stream(0), entry(1, 10)).await;
    restoring.finish().await.unwrap();
    assert!(Storage::open(&target).unwrap().load(stream(0)).await.unwrap().is_some());
}

#[tokio::test]
async fn st29_looking_changes_nothing() {
    let dir = used().await;
    let storage = Storage::open(dir.path()).unwrap();
    let blob = storage.blob_put(stream(0).document, "blob".into()).await.unwrap();
    let scratch = TempDir::new().unwrap();
    assert!(matches!(Storage::examine(dir.path(), scratch.path()), Err(OpenError::Locked { .. })));
    storage.close().await.unwrap();
    drop(storage);
    let before = bytes_of(dir.path());
    let looking = Storage::examine(dir.path(), &scratch.path().join("copy")).unwrap();
    assert!(matches!(Storage::open(dir.path()), Err(OpenError::Locked { .. })));
    let cut = looking.cut().await.unwrap();
    assert_eq!(cut.load(stream(0)).unwrap().unwrap().tail.len() as u64, ENTRIES);
    assert_eq!((cut.blobs(), cut.blob(blob).unwrap()), (&[blob][..], Some("blob".into())));
    drop(cut);
    drop(looking);
    assert!(bytes_of(dir.path()) == before);
    fs::remove_file(dir.path().join("format")).unwrap();
    let empty = scratch.path().join("another copy");
    assert!(matches!(Storage::examine(dir.path(), &empty), Err(OpenError::Corrupt { .. })));
}
