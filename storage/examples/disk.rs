//! How much disk live data takes: documents written, and each rewritten three times as a day of editing and a compaction does.
//!
//! `cargo run -p storage --example disk --release [megabytes live] [folder]`; the bar is 3 bytes on the disk for each byte of state.
#![allow(clippy::unwrap_used)] // a measurement has nobody to report an error to

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use storage::{NewEntry, Snapshot, SnapshotVersion, Storage, Stream};
use uuid::Uuid;

/// Rewrites after the first writing.
const REWRITES: u64 = 3;
/// Entries of each document before each compaction.
const ENTRIES: u64 = 500;
/// Of one entry, as a typed character makes it.
const ENTRY_BYTES: usize = 30;
/// Sizes of documents, in turn: most are small.
const SIZES: [usize; 8] = [8_000, 8_000, 20_000, 20_000, 60_000, 60_000, 200_000, 1_000_000];
/// sled tidies up beside what is written; so long it is left alone before the folder is looked at a second time.
const REST: Duration = Duration::from_secs(5);

struct Live {
    stream: Stream,
    bytes: usize,
    seq: u64,
    version: Option<SnapshotVersion>,
}

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let live = words.next().map_or(100, |megabytes| megabytes.parse().unwrap()) << 20;
    let parent = words.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = parent.join(format!("disk.{}", std::process::id()));
    let mut storage = Storage::open(&dir).unwrap();
    let mut documents = documents(live);
    let state: usize = documents.iter().map(|document| document.bytes).sum();
    println!(
        "{} documents, {} MB of state, {ENTRIES} entries each before each compaction",
        documents.len(),
        state >> 20
    );
    for round in 0..=REWRITES {
        let began = Instant::now();
        for (at, document) in documents.iter_mut().enumerate() {
            rewrite(&storage, document, round << 32 | at as u64).await;
        }
        told(&format!("written {} times in {:.1?}", round + 1, began.elapsed()), &dir, state);
    }
    tokio::time::sleep(REST).await;
    told("after a rest", &dir, state);
    for start in 1..=2 {
        storage.close().await.unwrap();
        drop(storage);
        let began = Instant::now();
        storage = Storage::open(&dir).unwrap();
        told(&format!("start {start}, in {:.1?}", began.elapsed()), &dir, state);
    }
    for document in &documents {
        let loaded = storage.load(document.stream).await.unwrap().unwrap();
        assert_eq!(loaded.snapshot.unwrap().1.state.len(), document.bytes);
    }
    storage.close().await.unwrap();
    drop(storage);
    std::fs::remove_dir_all(&dir).unwrap();
}

fn documents(live: usize) -> Vec<Live> {
    let (mut found, mut sum) = (Vec::new(), 0);
    for (at, bytes) in SIZES.into_iter().cycle().enumerate() {
        if sum >= live {
            break;
        }
        sum += bytes;
        let stream = Stream { document: Uuid::from_u128(at as u128), channel: 0 };
        found.push(Live { stream, bytes, seq: 0, version: None });
    }
    found
}

async fn rewrite(storage: &Storage, document: &mut Live, salt: u64) {
    let entry = |number| NewEntry { update: noise(number, ENTRY_BYTES).into(), authors: bytes::Bytes::new(), at_ms: 1 };
    let appends: Vec<_> = (0..ENTRIES).map(|number| storage.append(document.stream, entry(salt ^ number))).collect();
    for append in appends {
        document.seq = append.await.unwrap().seq();
    }
    let state = noise(salt, document.bytes).into();
    let snapshot = Snapshot { upto: document.seq, state, authors: bytes::Bytes::new() };
    document.version = Some(storage.compact(document.stream, document.version, snapshot).await.unwrap());
}

/// Bytes nobody compresses.
fn noise(salt: u64, bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    blake3::Hasher::new().update(&salt.to_le_bytes()).finalize_xof().fill(&mut noise);
    noise
}

fn told(when: &str, dir: &Path, state: usize) {
    let disk = size(&dir.join("store"));
    println!("{when}: {} MB on the disk, {:.2} for each byte of state", disk >> 20, disk as f64 / state as f64);
}

/// As the disk counts: what is truncated or never written takes nothing.
fn size(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| match file.metadata().unwrap() {
            meta if meta.is_dir() => size(&file.path()),
            meta => meta.blocks() * 512,
        })
        .sum()
}
