//! Appends per second, group sizes and the median fdatasync, on the disk under the given folder.
//!
//! `cargo run -p storage --example append_bench --release [folder]`
#![allow(clippy::unwrap_used)] // a measurement has nobody to report an error to

use std::path::PathBuf;
use std::time::{Duration, Instant};

use storage::contract::{entry, stream};
use storage::sled::SledStore;
use storage::{Snapshot, Storage};

const APPENDS: u64 = 20_000;

#[tokio::main]
async fn main() {
    let parent = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = parent.join(format!("append_bench.{}", std::process::id()));
    println!("{APPENDS} appends of 100 bytes each run, one stream a writer, in {}", parent.display());
    println!("writers  appends/s  group  p50 ms  p99 ms  fdatasync p50 ms");
    for writers in [1, 10, 100, 1000] {
        // One writer waits for each of its fsyncs: fewer are enough to know.
        measure(&dir.join(writers.to_string()), writers, if writers == 1 { 2000 } else { APPENDS }).await;
    }
    compaction(&dir.join("compaction")).await;
    std::fs::remove_dir_all(&dir).unwrap();
}

async fn measure(dir: &std::path::Path, writers: u32, appends: u64) {
    let storage = Storage::open(dir).unwrap();
    let began = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let storage = storage.clone();
            tokio::spawn(async move {
                let mut waits = Vec::new();
                for salt in 0..appends / u64::from(writers) {
                    let began = Instant::now();
                    let _durable = storage.append(stream(writer), entry(salt, 100)).await.unwrap();
                    waits.push(began.elapsed());
                }
                waits
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.unwrap());
    }
    let seconds = began.elapsed().as_secs_f64();
    let figures = sled(&storage).figures();
    let rate = waits.len() as f64 / seconds;
    let group = figures.writes as f64 / figures.groups as f64;
    let (p50, p99) = (part(&mut waits, 50), part(&mut waits, 99));
    let sync = part(&mut Vec::from(figures.syncs), 50);
    println!("{writers:7}  {rate:9.0}  {group:5.1}  {p50:6.2}  {p99:6.2}  {sync:16.2}");
    storage.close().await.unwrap();
}

/// How long a compaction takes, which is how long it holds up other streams' appends.
async fn compaction(dir: &std::path::Path) {
    let storage = Storage::open(dir).unwrap();
    let mut base = None;
    for (upto, bytes) in [(500, 50_000), (1000, 1 << 20), (1500, 5 << 20)] {
        let appends: Vec<_> = (0..500).map(|salt| storage.append(stream(0), entry(salt, 100))).collect();
        for append in appends {
            let _durable = append.await.unwrap();
        }
        let content = entry(upto, bytes);
        let snapshot = Snapshot { upto, state: content.update, authors: content.authors };
        let began = Instant::now();
        base = Some(storage.compact(stream(0), base, snapshot).await.unwrap());
        let compacted = began.elapsed();
        let began = Instant::now();
        storage.load(stream(0)).await.unwrap();
        let loaded = began.elapsed();
        println!("500 entries and {bytes} bytes of state: compact {compacted:.1?}, load {loaded:.1?}");
    }
    storage.close().await.unwrap();
}

fn sled(storage: &Storage) -> &SledStore {
    match storage {
        Storage::Sled(store) => store,
        Storage::Memory(_) => unreachable!("opened from a folder"),
    }
}

/// The given percentile, in milliseconds.
fn part(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1000.0
}
