//! Everything in a data folder as one file, and back: `galley.backup`, version 1.
//!
//! A backup is written from a [`Cut`], so that of a running server it is one moment: nothing acked before is missing, and no
//! record names what is not in it. The server itself writes it, into whatever hangs on its administration socket; without a
//! server the command opens the store. Invariant: what ends with its seal is whole; a backup that could not be finished ends
//! with a sentence instead. Next: `backup/frames.rs` for the bytes, `backup/items.rs` for what is in them,
//! `backup/restore.rs` for the way back, `command/upkeep.rs` for the commands.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use storage::{Cut, StoreError};

use crate::clock;
use crate::verify::{Checker, Report, in_order};

pub mod frames;
pub mod items;
pub mod restore;

#[cfg(test)]
mod tests;

use frames::Flaw;
use items::{About, Contents, Counted, Item, Items};

/// A backup that is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of all of it, as `b3sum` prints it.
    pub hash: String,
    /// What is in it.
    pub records: u64,
    /// Streams.
    pub streams: u64,
    /// Files and versions.
    pub blobs: u64,
}

impl Whole {
    fn new(bytes: u64, hash: blake3::Hash, counted: Counted) -> Whole {
        let Counted { records, streams, blobs } = counted;
        Whole { bytes, hash: hash.to_hex().to_string(), records, streams, blobs }
    }
}

/// Writes everything in a cut, and the key beside it. Blocks. `told` hears how far it is and may say why not to go on.
pub fn write(
    cut: &Cut,
    key: &[u8],
    out: impl Write,
    mut told: impl FnMut(&str) -> Result<(), String>,
) -> io::Result<Result<Whole, String>> {
    let about = About { galley: env!("CARGO_PKG_VERSION").into(), at_ms: clock::wall_ms() };
    let mut items = Items::begin(out, &about)?;
    match write_all(cut, key, &mut items, &mut told) {
        Ok(()) => items.end().map(|(bytes, hash, counted)| Ok(Whole::new(bytes, hash, counted))),
        Err(Stop::Io(error)) => Err(error),
        Err(Stop::Why(why)) => items.fail(&why).map(|()| Err(why)),
    }
}

/// Why a backup ends early.
enum Stop {
    /// Nobody takes it any more.
    Io(io::Error),
    /// There is no more to give.
    Why(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

/// A backup is all or nothing: what cannot be read would be missing from it, and nobody would know.
fn damaged(place: &str, what: &str) -> Stop {
    Stop::Why(format!("{place}: {what}; `galley verify` says what else is damaged"))
}

fn write_all(
    cut: &Cut,
    key: &[u8],
    items: &mut Items<impl Write>,
    told: &mut impl FnMut(&str) -> Result<(), String>,
) -> Result<(), Stop> {
    if let Some(damage) = cut.damage().first() {
        return Err(damaged(&damage.place, &damage.what));
    }
    let read = |place: String, error: StoreError| damaged(&place, &error.to_string());
    let gone = || StoreError::Corrupt("it is listed and not there".into());
    items.key(key)?;
    for (key, record) in cut.records() {
        items.record(key, &record.value)?;
    }
    let streams = in_order(cut.streams());
    for (done, stream) in streams.iter().enumerate() {
        told(&format!("{done} of {} streams", streams.len())).map_err(Stop::Why)?;
        let loaded = cut.load(*stream).and_then(|loaded| loaded.ok_or_else(gone));
        items.stream(*stream, &loaded.map_err(|error| read(stream.to_string(), error))?)?;
    }
    for (done, key) in cut.blobs().iter().enumerate() {
        told(&format!("{done} of {} files and versions", cut.blobs().len())).map_err(Stop::Why)?;
        let content = cut.blob(*key).and_then(|content| content.ok_or_else(gone));
        items.blob(*key, &content.map_err(|error| read(format!("document {}", key.document), error))?)?;
    }
    Ok(())
}

/// Reads all of a backup and keeps nothing; whether its frames are whole.
pub fn check(input: impl Read) -> Result<Whole, Flaw> {
    let mut contents = Contents::begin(input)?;
    let mut counted = Counted::default();
    while let Some(item) = contents.item()? {
        match item {
            Item::About(_) | Item::Key(_) => {}
            Item::Record { .. } => counted.records += 1,
            Item::Stream(..) => counted.streams += 1,
            Item::Blob(..) => counted.blobs += 1,
        }
    }
    Ok(Whole::new(contents.bytes(), contents.hash(), counted))
}

/// Looks at everything in a backup, as at a folder. The error says why nobody could look.
pub fn verify(input: impl Read) -> Result<Report, String> {
    let mut contents = match Contents::begin(input) {
        Ok(contents) => contents,
        Err(flaw) => return Err(flaw.to_string()),
    };
    let mut checker = Checker::new();
    loop {
        match contents.item() {
            Ok(Some(Item::About(_))) => {}
            Ok(Some(Item::Key(key))) => checker.key(&key),
            Ok(Some(Item::Record { key, value })) => checker.record(&key, &value),
            Ok(Some(Item::Stream(stream, loaded))) => checker.stream(stream, Ok(Some(loaded))),
            Ok(Some(Item::Blob(key, content))) => checker.blob(key, Ok(Some(content))),
            Ok(None) => return Ok(checker.finish()),
            Err(flaw) => {
                // What follows is unknown, so that something is missing is no news.
                return Ok(Report::unseen("backup", flaw.to_string()));
            }
        }
    }
}
