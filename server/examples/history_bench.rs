//! What a document's history costs: a recorded session through the real pace and the real store, at its real times.
//!
//! `cargo run --release -p galley --example history_bench -- tests/traces/seph-blog1.json.gz`
//!
//! Prints how many versions were taken and are left a year later, what they take on disk beside the final text and
//! beside each of them compressed by itself, and how long it takes to list them and to compare two word by word. Then
//! the same for three hundred versions of the largest text a document may have, each with one sentence more.

use std::error::Error;
use std::io::Read;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use galley::limits::Limits;
use galley::revisions::{Pace, Versions};
use jiff::Timestamp;
use serde_json::Value;
use similar::{Algorithm, capture_diff_slices};
use storage::Storage;
use uuid::Uuid;

const YEAR_MS: u64 = 365 * 86_400_000;
/// The level whole texts were kept at before.
const ZSTD_LEVEL: i32 = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let path = std::env::args().nth(1).ok_or("say which recorded session: a .json.gz of tests/traces")?;
    let mut json = String::new();
    GzDecoder::new(std::fs::File::open(path)?).read_to_string(&mut json)?;
    let trace: Value = serde_json::from_str(&json)?;
    let folder = tempfile::tempdir()?;
    let storage = Storage::open(folder.path())?;
    let mut shelf =
        Shelf { versions: Versions::new(storage.clone()), document: Uuid::now_v7(), alone: 0, took: Vec::new() };
    replay(&trace, &mut shelf).await?;
    largest(&trace, &storage).await?;
    storage.close().await?;
    Ok(())
}

/// One document's versions, and what each would cost alone.
struct Shelf {
    versions: Versions,
    document: Uuid,
    alone: usize,
    took: Vec<Duration>,
}

impl Shelf {
    async fn keep(&mut self, text: &str, at_ms: u64) -> Outcome<()> {
        self.alone += zstd::bulk::compress(text.as_bytes(), ZSTD_LEVEL)?.len();
        let since = Instant::now();
        self.versions.record(self.document, text.to_owned(), Vec::new(), at_ms).await?;
        self.took.push(since.elapsed());
        Ok(())
    }

    async fn report(&mut self, what: &str, text: &str) -> Outcome<()> {
        let since = Instant::now();
        let stored = self.versions.all(self.document).await?;
        let (listed, bytes) = (since.elapsed(), stored.bytes());
        self.took.sort_unstable();
        let middle = self.took.get(self.took.len() / 2).copied().unwrap_or_default();
        println!(
            "{what}: {} versions, {bytes} bytes on disk; the text {} bytes, every version by itself {} bytes; \
             listed in {listed:.1?}, one kept in {middle:.1?}",
            stored.versions.len(),
            text.len(),
            self.alone,
        );
        let wholes = stored.versions.iter().filter(|(_, version)| version.base.is_none()).count();
        println!("{what}: {wholes} of them whole");
        Ok(())
    }

    async fn compare(&self) -> Outcome<()> {
        let stored = self.versions.all(self.document).await?.versions;
        let (Some((one, first)), Some((other, last))) = (stored.get(stored.len() / 2), stored.last()) else {
            return Ok(());
        };
        let since = Instant::now();
        let before = self.versions.text(self.document, *one, first).await?;
        let after = self.versions.text(self.document, *other, last).await?;
        let read = since.elapsed();
        let (old, new): (Vec<&str>, Vec<&str>) =
            (before.split_inclusive(' ').collect(), after.split_inclusive(' ').collect());
        let changes = capture_diff_slices(Algorithm::Myers, &old, &new).len();
        println!(
            "two versions read in {read:.1?} and compared word by word in {:.1?}: {changes} pieces",
            since.elapsed() - read
        );
        Ok(())
    }
}

/// Types the session again, with its own times.
async fn replay(trace: &Value, shelf: &mut Shelf) -> Outcome<()> {
    let limits = Limits::default();
    let (pause, every) = (limits.revision_pause, limits.revision);
    let mut text: Vec<char> = trace["startContent"].as_str().unwrap_or_default().chars().collect();
    let (mut pace, mut last) = (Pace::default(), 0);
    for transaction in trace["txns"].as_array().ok_or("no transactions")? {
        let at: Timestamp = transaction["time"].as_str().ok_or("this session has no times")?.parse()?;
        let now = u64::try_from(at.as_millisecond())?.max(last);
        if pace.due(now, pause, every) {
            let due = now.min(last + u64::try_from(pause.as_millis())?);
            shelf.keep(&text.iter().collect::<String>(), due).await?;
            pace.taken(due);
        }
        for patch in transaction["patches"].as_array().ok_or("no patches")? {
            let number = |at: usize| patch[at].as_u64().map(|number| number as usize).ok_or("no number");
            let (at, deleted) = (number(0)?, number(1)?);
            text.splice(at..at + deleted, patch[2].as_str().ok_or("no text")?.chars());
        }
        pace.edited(now);
        last = now;
    }
    let end: String = text.iter().collect();
    if Some(end.as_str()) != trace["endContent"].as_str() {
        return Err("the session ends with another text than it should".into());
    }
    shelf.keep(&end, last).await?;
    shelf.report("recorded session", &end).await?;
    shelf.compare().await?;
    let thinned = shelf.versions.thin(shelf.document, last + YEAR_MS).await?;
    println!("a year later {} are thinned out", thinned.gone);
    shelf.report("a year later", &end).await
}

/// Three hundred versions of the largest text.
async fn largest(trace: &Value, storage: &Storage) -> Outcome<()> {
    let words: Vec<&str> = trace["endContent"].as_str().ok_or("no text")?.split_inclusive(' ').collect();
    let (mut text, mut seed) = (String::new(), 1_u64);
    while text.len() < Limits::default().room.text_bytes - 20_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(seed >> 33) as usize % words.len()]);
    }
    let mut shelf =
        Shelf { versions: Versions::new(storage.clone()), document: Uuid::now_v7(), alone: 0, took: Vec::new() };
    for n in 0..300_usize {
        let at = (n * 1_048_573) % text.len();
        let at = (at..).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &format!(" This is sentence {n}, which was not there before. "));
        shelf.keep(&text, n as u64).await?;
    }
    shelf.report("largest text", &text).await
}
