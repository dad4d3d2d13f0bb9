//! Looks at everything a store or a backup holds, and says what is not as it should be.
//!
//! Whoever reads gives it the records first, then the streams (of a document the notes before the text), then the blobs.
//! Each document is rebuilt as a room would: every update passes the gate. A *problem* is damage; a *remark* is something
//! that an interrupted write leaves and that hurts nobody. Invariant: it judges what it is given and reads nothing itself,
//! so a folder, a running server and a backup file are judged alike. Next: `verify/records.rs` for what records say of each
//! other, `backup.rs` for who reads.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use room::{ChannelLog, Room, Seed};
use serde::{Deserialize, Serialize};
use storage::{BlobKey, Cut, Damage, Loaded, StoreError, Stream};
use uuid::Uuid;

use crate::access::POLICY;
use crate::key::{self, Key, hex};

mod records;
mod versions;

use records::Records;

/// Problems and remarks that are listed; more are only counted.
const FINDINGS_MAX: usize = 1_000;
/// Records that a start writes: not part of what a backup must bring back.
const MADE_AT_START: [&str; 2] = ["run/state", key::CHECK];

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A record, a stream, a blob, a file.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong with it.
    pub what: String,
}

/// What came of looking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// No problem.
    pub ok: bool,
    /// Documents that are there, in the trash or not.
    pub documents: usize,
    /// Records looked at.
    pub records: usize,
    /// Updates decoded, snapshots included.
    pub updates: usize,
    /// Blobs looked at.
    pub blobs: usize,
    /// Bytes looked at.
    pub bytes: u64,
    /// BLAKE3 of all of it: a store and its backup have the same.
    pub contents: String,
    /// Damage.
    pub problems: Vec<Finding>,
    /// What an interrupted write left.
    pub remarks: Vec<Finding>,
}

/// Takes what is read, and judges it.
pub struct Checker {
    records: Records,
    report: Report,
    contents: blake3::Hasher,
    notes: Option<(Uuid, Option<Loaded>)>,
    streams: BTreeSet<Stream>,
    blobs: BTreeSet<BlobKey>,
}

/// The order in which streams are read: of a document the notes first, so that what they rest on is never missing.
pub fn in_order(streams: &[Stream]) -> Vec<Stream> {
    let mut streams = streams.to_vec();
    streams.sort_unstable_by_key(|stream| (stream.document, u32::MAX - stream.channel));
    streams
}

/// Looks at everything in a cut; `key` is what is in the data folder beside it. Blocks. `told` hears how far it is,
/// and may say why not to go on.
pub fn cut(
    cut: &Cut,
    key: Result<Bytes, String>,
    mut told: impl FnMut(&str) -> Result<(), String>,
) -> Result<Report, String> {
    let mut checker = Checker::new();
    for Damage { place, what } in cut.damage() {
        checker.problem(place, what);
    }
    for Damage { place, what } in cut.strays() {
        checker.remark(place, what);
    }
    match key {
        Ok(bytes) if bytes.is_empty() => checker.problem("key", "it is empty: every link would be refused"),
        Ok(bytes) => checker.key(&bytes),
        Err(why) => checker.problem("key", why),
    }
    for (key, record) in cut.records() {
        checker.record(key, &record.value);
    }
    let streams = in_order(cut.streams());
    for (done, stream) in streams.iter().enumerate() {
        told(&format!("{done} of {} streams", streams.len()))?;
        checker.stream(*stream, cut.load(*stream));
    }
    for (done, key) in cut.blobs().iter().enumerate() {
        told(&format!("{done} of {} files and versions", cut.blobs().len()))?;
        checker.blob(*key, cut.blob(*key));
    }
    Ok(checker.finish())
}

impl Report {
    /// Nothing could be looked at, for this reason.
    pub fn unseen(place: &str, what: String) -> Report {
        let finding = Finding { place: place.into(), what };
        Report { problems: vec![finding], ..Report::default() }
    }
}

impl Checker {
    /// Has seen nothing yet.
    #[allow(clippy::new_without_default)] // begun on purpose
    pub fn new() -> Checker {
        Checker {
            records: Records::default(),
            report: Report::default(),
            contents: blake3::Hasher::new(),
            notes: None,
            streams: BTreeSet::new(),
            blobs: BTreeSet::new(),
        }
    }

    /// Anything else that is wrong.
    pub fn problem(&mut self, place: impl Into<String>, what: impl Into<String>) {
        add(&mut self.report.problems, place.into(), what.into());
    }

    fn remark(&mut self, place: impl Into<String>, what: impl Into<String>) {
        add(&mut self.report.remarks, place.into(), what.into());
    }

    /// The server's own secret.
    pub fn key(&mut self, bytes: &[u8]) {
        self.hash(b"key", &[bytes]);
        match bytes.try_into() {
            _ if bytes.is_empty() => {}
            Ok(bytes) => self.records.key = Some(Key::of(bytes)),
            Err(_) => {
                let length = bytes.len();
                self.problem("key", format!("it is {length} bytes long, and a key is 32: every link would be refused"));
            }
        }
    }

    /// A record.
    pub fn record(&mut self, key: &str, value: &[u8]) {
        self.report.records += 1;
        self.report.bytes += value.len() as u64;
        if !MADE_AT_START.contains(&key) {
            self.hash(b"record", &[key.as_bytes(), value]);
        }
        if let Err(why) = self.records.take(key, value) {
            self.problem(format!("record {key}"), why);
        }
    }

    /// A stream, or why it cannot be read.
    pub fn stream(&mut self, stream: Stream, loaded: Result<Option<Loaded>, StoreError>) {
        self.streams.insert(stream);
        let loaded = match loaded {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return self.problem(stream.to_string(), "is listed and not there"),
            Err(error) => return self.problem(stream.to_string(), error.to_string()),
        };
        self.count(stream, &loaded);
        if self.notes.as_ref().is_some_and(|(document, _)| *document != stream.document) {
            self.rebuild(None);
        }
        match stream.channel {
            0 => self.rebuild(Some((stream.document, loaded))),
            1 => self.notes = Some((stream.document, Some(loaded))),
            _ => self.remark(stream.to_string(), "is a channel this Galley does not use"),
        }
    }

    fn count(&mut self, stream: Stream, loaded: &Loaded) {
        self.hash(b"stream", &[stream.to_string().as_bytes()]);
        if let Some((_, snapshot)) = &loaded.snapshot {
            self.report.updates += 1;
            self.report.bytes += (snapshot.state.len() + snapshot.authors.len()) as u64;
            self.hash(b"snapshot", &[&snapshot.upto.to_be_bytes(), &snapshot.state, &snapshot.authors]);
        }
        for entry in &loaded.tail {
            let new = &entry.entry;
            self.report.updates += 1;
            self.report.bytes += (new.update.len() + new.authors.len()) as u64;
            self.hash(b"entry", &[&entry.seq.to_be_bytes(), &new.at_ms.to_be_bytes(), &new.authors, &new.update]);
        }
    }

    /// Opens a document as a room would: its text, and the notes that came before it.
    fn rebuild(&mut self, text: Option<(Uuid, Loaded)>) {
        let notes = self.notes.take();
        let Some(document) = text.as_ref().map(|(id, _)| *id).or(notes.as_ref().map(|(id, _)| *id)) else { return };
        let log = |loaded: Option<Loaded>| loaded.map(channel_log).unwrap_or_default();
        let loaded = room::Loaded {
            text: log(text.map(|(_, loaded)| loaded)),
            notes: log(notes.and_then(|(_, loaded)| loaded)),
            epoch: 0,
            unclean_at: None,
        };
        let open = || Room::open(0, loaded, Seed(1), room::Limits::default(), POLICY).map(|room| room.text());
        match catch_unwind(AssertUnwindSafe(open)) {
            Ok(Ok(_)) => {}
            Ok(Err(poisoned)) => self.problem(format!("document {document}"), poisoned.to_string()),
            Err(_) => self.problem(format!("document {document}"), "it cannot be rebuilt: the room panicked"),
        }
    }

    /// A blob, or why it cannot be read.
    pub fn blob(&mut self, key: BlobKey, content: Result<Option<Bytes>, StoreError>) {
        // What cannot be read is one problem, not two.
        self.blobs.insert(key);
        match content {
            Ok(Some(content)) => {
                self.report.blobs += 1;
                self.report.bytes += content.len() as u64;
                self.hash(b"blob", &[key.document.as_bytes(), &key.hash]);
                if *blake3::hash(&content).as_bytes() != key.hash {
                    return self.problem(blob_name(&key), "its bytes are not those it was stored with");
                }
                let wrong = self.records.versions.blob(key, &content);
                wrong.into_iter().for_each(|(place, what)| self.problem(place, what));
            }
            Ok(None) => self.problem(blob_name(&key), "is listed and not there"),
            Err(error) => self.problem(blob_name(&key), error.to_string()),
        }
    }

    /// Everything was given.
    pub fn finish(mut self) -> Report {
        self.rebuild(None);
        let wrong = self.records.versions.end();
        wrong.into_iter().for_each(|(place, what)| self.problem(place, what));
        let Checker { records, mut report, contents, streams, blobs, .. } = self;
        records.judge(&streams, &blobs, &mut report);
        report.documents = records.documents();
        report.contents = contents.finalize().to_hex().to_string();
        report.ok = report.problems.is_empty();
        report
    }

    fn hash(&mut self, kind: &[u8], parts: &[&[u8]]) {
        self.contents.update(kind);
        for part in parts {
            self.contents.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
    }
}

fn channel_log(loaded: Loaded) -> ChannelLog {
    ChannelLog {
        snapshot: loaded.snapshot.map(|(_, snapshot)| (snapshot.state, snapshot.authors)),
        tail: loaded.tail.into_iter().map(|entry| (entry.entry.update, entry.entry.authors)).collect(),
    }
}

pub(crate) fn blob_name(key: &BlobKey) -> String {
    format!("blob {} of document {}", hex(&key.hash), key.document)
}

pub(crate) fn add(findings: &mut Vec<Finding>, place: String, what: String) {
    match findings.len() {
        count if count < FINDINGS_MAX => findings.push(Finding { place, what }),
        FINDINGS_MAX => findings.push(Finding { place: "and more".into(), what: "only the first are listed".into() }),
        _ => {}
    }
}
