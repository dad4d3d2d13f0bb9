//! Kills a writing process with SIGKILL, again and again, and looks for everything it was told is durable.
//!
//! The child is this test binary itself, running the ignored test `writer`. It reports each acknowledged write on
//! its standard output; the parent kills it after a seeded number of reports, which leaves the child at any point of
//! a later group, compaction, erasure or start-up. `GALLEY_TEST_KILLS` sets the number of kills, `GALLEY_TEST_SEED` the seed.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use storage::contract::{entry, stream};
use storage::{Expect, Snapshot, SnapshotVersion, Storage};
use tempfile::TempDir;

/// Entries of every size that matters: one part, just over one part, many parts.
const SIZES: [usize; 6] = [1, 40, 700, 6100, 6200, 90_000];

/// What the child has reported.
#[derive(Default)]
struct Acked {
    /// Salt of each acknowledged entry, by channel and seq.
    entries: BTreeMap<(u32, u64), u64>,
    /// Highest acknowledged `upto`, by channel.
    snapshots: BTreeMap<u32, u64>,
    /// Highest acknowledged value of each record.
    records: BTreeMap<String, u64>,
}

#[tokio::test]
async fn st26_kill_9_loses_nothing_acknowledged() {
    let kills: u64 = number("GALLEY_TEST_KILLS", 12);
    let mut seed: u64 = number("GALLEY_TEST_SEED", 1);
    println!("GALLEY_TEST_SEED={seed} GALLEY_TEST_KILLS={kills}");
    let dir = TempDir::new().unwrap();
    let mut acked = Acked::default();
    for kill in 0..kills {
        // xorshift64: replayable, and all that is needed here
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        // Every fourth is killed while it opens; the others after some reports.
        let reports = if seed.is_multiple_of(4) { 0 } else { seed % 1500 };
        run_and_kill(dir.path(), kill, reports, &mut acked);
        if kill % 3 == 0 {
            assert_all_there(dir.path(), &acked).await;
        }
    }
    assert_all_there(dir.path(), &acked).await;
    println!("{} entries, {} records acknowledged", acked.entries.len(), acked.records.len());
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

/// Reads `reports` reports, kills, and reads what was still in the pipe: that was acknowledged too.
fn run_and_kill(dir: &Path, kill: u64, reports: u64, acked: &mut Acked) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "writer", "--nocapture", "--test-threads=1"])
        .env("GALLEY_TEST_DIR", dir)
        .env("GALLEY_TEST_SALT", (kill * 1_000_000).to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = 0;
    for line in lines.by_ref() {
        let line = line.unwrap();
        seen += u64::from(acked.hear(&line));
        // "opening" comes before the store is opened: a kill at 0 reports falls into start-up.
        if seen >= reports && (seen > 0 || line == "opening") {
            break;
        }
    }
    child.kill().unwrap();
    for line in lines {
        acked.hear(&line.unwrap());
    }
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked"), "the child failed by itself: {errors}");
}

impl Acked {
    /// Whether the line was a report. The last line may be cut off by the kill: then it is none.
    fn hear(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["entry", channel, seq, salt, "."] => {
                let at = (channel.parse().unwrap(), seq.parse().unwrap());
                self.entries.insert(at, salt.parse().unwrap());
            }
            ["snapshot", channel, upto, "."] => {
                self.snapshots.insert(channel.parse().unwrap(), upto.parse().unwrap());
            }
            ["record", key, value, "."] => {
                self.records.insert(key.to_owned(), value.parse().unwrap());
            }
            _ => return false,
        }
        true
    }
}

async fn assert_all_there(dir: &Path, acked: &Acked) {
    let storage = Storage::open(dir).unwrap();
    for channel in 0..CHANNELS {
        let loaded = storage.load(stream(channel)).await.unwrap().unwrap_or_default();
        let upto = loaded.snapshot.as_ref().map_or(0, |(_, snapshot)| snapshot.upto);
        assert!(upto >= acked.snapshots.get(&channel).copied().unwrap_or(0));
        if let Some((_, found)) = &loaded.snapshot {
            assert_eq!(*found, snapshot(upto));
        }
        let tail: BTreeMap<u64, _> = loaded.tail.iter().map(|e| (e.seq, &e.entry)).collect();
        for ((_, seq), salt) in acked.entries.range((channel, upto + 1)..(channel + 1, 0)) {
            let expected = sized(*salt);
            assert_eq!(tail.get(seq), Some(&&expected), "channel {channel} seq {seq}");
        }
    }
    for (key, value) in &acked.records {
        let record = storage.get(key).await.unwrap().unwrap();
        let found: u64 = std::str::from_utf8(&record.value).unwrap().parse().unwrap();
        assert!(found >= *value, "{key}");
    }
    storage.close().await.unwrap();
}

const CHANNELS: u32 = 4;

fn sized(salt: u64) -> storage::NewEntry {
    entry(salt, SIZES[(salt % SIZES.len() as u64) as usize])
}

fn snapshot(upto: u64) -> Snapshot {
    let content = entry(upto, 50_000);
    Snapshot { upto, state: content.update, authors: content.authors }
}

/// The child: writes from several tasks until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child process of st26"]
async fn writer() {
    let dir = env::var("GALLEY_TEST_DIR").expect("only st26 runs this");
    let salt = number("GALLEY_TEST_SALT", 0);
    report("opening".into());
    let storage = Storage::open(Path::new(&dir)).unwrap();
    let mut tasks: Vec<_> = (0..CHANNELS).map(|channel| tokio::spawn(fill(storage.clone(), channel, salt))).collect();
    tasks.push(tokio::spawn(count(storage, salt)));
    for task in tasks {
        task.await.unwrap();
    }
}

async fn fill(storage: Storage, channel: u32, mut salt: u64) {
    let loaded = storage.load(stream(channel)).await.unwrap().unwrap_or_default();
    let mut base: Option<SnapshotVersion> = loaded.snapshot.map(|(version, _)| version);
    loop {
        let mut waiting = Vec::new();
        for _ in 0..8 {
            salt += 1;
            waiting.push((salt, storage.append(stream(channel), sized(salt))));
        }
        let mut last = 0;
        for (salt, append) in waiting {
            last = append.await.unwrap().seq();
            report(format!("entry {channel} {last} {salt} ."));
        }
        if salt.is_multiple_of(40) {
            base = Some(storage.compact(stream(channel), base, snapshot(last)).await.unwrap());
            report(format!("snapshot {channel} {last} ."));
        }
    }
}

async fn count(storage: Storage, mut value: u64) {
    loop {
        value += 1;
        let key = format!("counter/{}", value % 10);
        storage.put(&key, value.to_string().into(), Expect::Any).await.unwrap();
        report(format!("record {key} {value} ."));
        if value.is_multiple_of(16) {
            storage.append(stream(100), sized(value)).await.map(drop).unwrap();
            storage.erase(stream(100)).await.unwrap();
        }
    }
}

/// One write per line, straight to the pipe: what is in it survives the kill.
fn report(line: String) {
    let line = line + "\n";
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    std::io::stdout().lock().flush().unwrap();
}
