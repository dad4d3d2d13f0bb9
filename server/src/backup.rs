//! Everything in a data folder as one file, and back: `galley.backup`, version 1.
//!
//! A backup is written from a [`Cut`], so that of a running server it is one moment: nothing acked before is missing, and no
//! record names what is not in it. The server itself writes it, into whatever hangs on its administration socket; without a
//! server the command opens the store. Of a damaged store it holds all that can be read, and says what is missing. Invariant: what
//! ends with its seal is all there was or names what is not in it; one that could not be finished ends with a sentence instead.
//! Next: `backup/frames.rs` for the bytes, `backup/items.rs` for what is in them, `backup/restore.rs` for the way back,
//! `command/upkeep.rs` for the commands.

use std::io::{self, Read, Write};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use storage::{Cut, Damage, Stream};

use crate::clock;
use crate::key::{self, Key, Known};
use crate::verify::{self, Checker, Finding, Report, blob_name, in_order};

pub mod frames;
pub mod items;
pub mod restore;

#[cfg(test)]
mod tests;

use frames::Flaw;
use items::{About, Contents, Counted, Item, Items};

/// A backup that is finished.
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
    /// What could not be read and is not in it.
    pub missing: Vec<Finding>,
}

impl Whole {
    fn new(bytes: u64, hash: blake3::Hash, counted: Counted, missing: Vec<Finding>) -> Whole {
        let Counted { records, streams, blobs } = counted;
        Whole { bytes, hash: hash.to_hex().to_string(), records, streams, blobs, missing }
    }
}

/// Writes everything in a cut, and the key beside it; what cannot be read is told in the backup, as is what is `lost` already.
/// Blocks. `told` hears how far it is and may say why not to go on.
pub fn write(
    cut: &Cut,
    key: Result<Bytes, String>,
    lost: Vec<Finding>,
    out: impl Write,
    mut told: impl FnMut(&str) -> Result<(), String>,
) -> io::Result<Result<Whole, String>> {
    let about = About { galley: env!("CARGO_PKG_VERSION").into(), at_ms: clock::wall_ms() };
    let mut items = Items::begin(out, &about)?;
    let mut missing = Missing(lost);
    match write_all(cut, key, &mut items, &mut missing, &mut told) {
        Ok(()) => {
            missing.0.iter().try_for_each(|finding| items.missing(finding))?;
            items.end().map(|(bytes, hash, counted)| Ok(Whole::new(bytes, hash, counted, missing.0)))
        }
        Err(Stop::Io(error)) => Err(error),
        Err(Stop::Why(why)) => items.fail(&why).map(|()| Err(why)),
    }
}

const GONE: &str = "it is listed and not there";

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

/// What could not be read; more than can be listed is only counted.
struct Missing(Vec<Finding>);

impl Missing {
    fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        verify::add(&mut self.0, place.into(), what.into());
    }
}

fn write_all(
    cut: &Cut,
    key: Result<Bytes, String>,
    items: &mut Items<impl Write>,
    missing: &mut Missing,
    told: &mut impl FnMut(&str) -> Result<(), String>,
) -> Result<(), Stop> {
    for Damage { place, what } in cut.damage() {
        missing.add(place, what);
    }
    match key.and_then(|key| usable(key, cut)) {
        Ok(key) => items.key(&key)?,
        Err(why) => {
            missing.add("key", format!("{why}: what is restored gets a new one, and every link there was ends"));
            items.key(&[])?;
        }
    }
    for (key, record) in cut.records() {
        items.record(key, &record.value)?;
    }
    let streams = in_order(cut.streams());
    for (done, stream) in streams.iter().enumerate() {
        told(&format!("{done} of {} streams", streams.len())).map_err(Stop::Why)?;
        match cut.load(*stream) {
            Ok(Some(loaded)) => items.stream(*stream, &loaded)?,
            unread => {
                let why = unread.map_or_else(|error| error.to_string(), |_| GONE.to_owned());
                rest(cut, *stream, &why, items, missing)?;
            }
        }
    }
    for (done, key) in cut.blobs().iter().enumerate() {
        told(&format!("{done} of {} files and versions", cut.blobs().len())).map_err(Stop::Why)?;
        match cut.blob(*key) {
            Ok(Some(content)) => items.blob(*key, &content)?,
            Ok(None) => missing.add(blob_name(key), GONE),
            Err(error) => missing.add(blob_name(key), error.to_string()),
        }
    }
    Ok(())
}

/// The key, if a server would start with it.
fn usable(key: Bytes, cut: &Cut) -> Result<Bytes, String> {
    let is_known = |key| match cut.records().iter().find(|(name, _)| name == key::CHECK) {
        Some((_, record)) => Known::parse(&record.value).is_ok_and(|known| known.has(key)),
        None => true,
    };
    match <[u8; 32]>::try_from(&key[..]) {
        Ok(bytes) if is_known(&Key::of(bytes)) => Ok(key),
        Ok(_) => Err("is not the one this data was used with".into()),
        Err(_) => Err(format!("is {} bytes long, and a key is 32", key.len())),
    }
}

/// Of a stream that cannot be read, what comes before the damage.
fn rest(
    cut: &Cut,
    stream: Stream,
    why: &str,
    items: &mut Items<impl Write>,
    missing: &mut Missing,
) -> Result<(), Stop> {
    let beginning = cut.beginning(stream);
    let is_empty = beginning.snapshot.is_none() && beginning.tail.is_empty();
    if is_empty {
        missing.add(
            stream.to_string(),
            format!("{why}; nothing of it can be read, and its versions are what is left of it"),
        );
        return Ok(());
    }
    missing.add(stream.to_string(), format!("{why}; what was written before that is in the backup"));
    Ok(items.stream(stream, &beginning)?)
}

/// Reads all of a backup and keeps nothing; whether its frames are whole.
pub fn check(input: impl Read) -> Result<Whole, Flaw> {
    let mut contents = Contents::begin(input)?;
    let (mut counted, mut missing) = (Counted::default(), Vec::new());
    while let Some(item) = contents.item()? {
        match item {
            Item::About(_) | Item::Key(_) => {}
            Item::Record { .. } => counted.records += 1,
            Item::Stream(..) => counted.streams += 1,
            Item::Blob(..) => counted.blobs += 1,
            Item::Missing(finding) => missing.push(finding),
        }
    }
    Ok(Whole::new(contents.bytes(), contents.hash(), counted, missing))
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
            Ok(Some(Item::Missing(Finding { place, what }))) => {
                checker.problem(place, format!("was not readable when this backup was made: {what}"));
            }
            Ok(None) => return Ok(checker.finish()),
            Err(flaw) => {
                // What follows is unknown, so that something is missing is no news.
                return Ok(Report::unseen("backup", flaw.to_string()));
            }
        }
    }
}
