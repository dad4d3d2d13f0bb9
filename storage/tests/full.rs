//! A disk that is really full: a small tmpfs of its own, filled and freed again and again.
//!
//! Mounting takes rights that not every machine gives: without them the test says so and passes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // tests

use std::fs;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use storage::{Failure, NewEntry, Storage, StoreError, Stream};
use tempfile::TempDir;
use uuid::Uuid;

const STREAM: Stream = Stream { document: Uuid::from_u128(7), channel: 0 };
const ROUNDS: u64 = 3;

/// A mounted tmpfs; unmounted when dropped.
struct Mount(TempDir);

impl Mount {
    fn new() -> Option<Mount> {
        let at = TempDir::new().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(at.path()).output();
        mount.is_ok_and(|done| done.status.success()).then_some(Mount(at))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a store that a failed test leaves open must not keep it.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test]
async fn st31_a_full_disk_loses_nothing_and_opens_again() {
    let Some(mount) = Mount::new() else {
        return println!("skipped: this machine lets nobody mount a tmpfs");
    };
    let data = mount.path().join("data");
    let filler = mount.path().join("filler");
    let storage = Storage::open(&data).unwrap();
    let mut acked: Vec<Bytes> = Vec::new();
    let mut salt = 0u64;
    for _ in 0..ROUNDS {
        let free = storage.free_bytes().unwrap().unwrap();
        assert!(free < 8 << 20, "it is the small disk that is asked: {free}");
        fs::write(&filler, vec![1; free.saturating_sub(600 << 10) as usize]).unwrap();
        let error = loop {
            salt += 1;
            let update = Bytes::from(salt.to_le_bytes().repeat(500));
            let entry = NewEntry { update: update.clone(), authors: Bytes::new(), at_ms: salt };
            match storage.append(STREAM, entry).await {
                Ok(_) => acked.push(update),
                Err(error) => break error,
            }
        };
        assert_eq!((error, storage.failed()), (StoreError::Full, Some(Failure::Full)));
        fs::remove_file(&filler).unwrap();
        storage.reopen().await.unwrap();
        let loaded = storage.load(STREAM).await.unwrap().unwrap();
        let mut found = loaded.tail.iter().map(|entry| &entry.entry.update);
        // What was refused may be there too, in its place; what was acknowledged must.
        assert!(acked.iter().all(|update| found.any(|there| there == update)), "acknowledged and lost");
    }
    storage.close().await.unwrap();
}
