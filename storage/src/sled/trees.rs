//! Reading sled: what is stored under a stream or a record key, whole or an error that names it.
//!
//! Reads run beside the committer, so a stream is read between two looks at its [`Shape`]: if a compaction or
//! an erasure came in between, it is read again. Invariants: entries of one stream are numbered without gaps, so a
//! missing one is noticed; a part that is torn or missing is `Corrupt`, never emptiness. Next: `disk.rs`, the writes.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};

use super::engine::{Engine, caught};
use super::format::{self, Flaw, Head};
use crate::op::lock;
use crate::{Entry, Loaded, Record, Seq, Snapshot, SnapshotVersion, StoreError, Stream};

/// Compactions that one read outlives before it gives up.
const REREADS_MAX: usize = 16;

/// What is stored, and what of it does not count yet.
#[derive(Clone, Debug)]
pub(crate) struct Trees(Arc<Handles>);

/// The last clone of [`Trees`] lets go of them, and then of sled.
#[derive(Debug)]
pub(crate) struct Handles {
    /// `stream | seq | part` -> a part of an entry.
    pub log: sled::Tree,
    /// `stream | generation | part` -> a part of a snapshot.
    pub snap: sled::Tree,
    /// `stream` -> [`Head`], which makes one generation the current one.
    pub head: sled::Tree,
    /// `stream` -> nothing, while it is being erased; then nothing else of it counts.
    pub erasing: sled::Tree,
    /// `key` -> version and value.
    pub records: sled::Tree,
    /// The first entry of each stream that is in the log and not durable; hidden from readers.
    pub unsettled: Mutex<HashMap<Stream, Seq>>,
    /// Erasures begun; a reader that sees it move reads again.
    pub erasures: AtomicU64,
    /// Last, so that it goes after its trees.
    pub db: Engine,
}

impl Deref for Trees {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

/// What decides how a stream is read.
#[derive(PartialEq, Eq)]
struct Shape {
    head: Option<Head>,
    erasing: bool,
    erasures: u64,
}

impl Trees {
    pub(crate) fn open(db: Engine) -> sled::Result<Self> {
        Ok(Trees(Arc::new(Handles {
            log: db.open_tree("log")?,
            snap: db.open_tree("snap")?,
            head: db.open_tree("head")?,
            erasing: db.open_tree("erasing")?,
            records: db.open_tree("records")?,
            unsettled: Mutex::default(),
            erasures: AtomicU64::default(),
            db,
        })))
    }

    pub(crate) fn load(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.stable(stream, |head| self.whole(stream, head)).map(Option::flatten)
    }

    /// The same for somebody who holds a cut: what has been erased since is still there.
    pub(crate) fn load_held(&self, stream: Stream) -> Result<Option<Loaded>, StoreError> {
        self.unmoved(stream, |shape| self.whole(stream, shape.head.as_ref()))
    }

    fn whole(&self, stream: Stream, head: Option<&Head>) -> Result<Option<Loaded>, StoreError> {
        let snapshot = head.map(|head| self.snapshot(stream, head)).transpose()?;
        let upto = head.map_or(0, |head| head.upto);
        let tail = self.entries_after(stream, upto, usize::MAX)?;
        let absent = snapshot.is_none() && tail.is_empty();
        Ok((!absent).then_some(Loaded { snapshot, tail }))
    }

    pub(crate) fn current_snapshot(&self, stream: Stream) -> Result<Option<Snapshot>, StoreError> {
        let read = self.stable(stream, |head| head.map(|head| self.snapshot(stream, head)).transpose());
        Ok(read?.flatten().map(|(_, snapshot)| snapshot))
    }

    /// The snapshot and the entries before the first that cannot be read; nothing where the snapshot cannot be.
    pub(crate) fn beginning(&self, stream: Stream) -> Loaded {
        let Ok(head) = self.head(stream) else { return Loaded::default() };
        let snapshot = match head.as_ref().map(|head| self.snapshot(stream, head)).transpose() {
            Ok(snapshot) => snapshot,
            Err(_) => return Loaded::default(),
        };
        let upto = head.map_or(0, |head| head.upto);
        let mut found = Loaded { snapshot, tail: Vec::new() };
        while let Ok(Ok(next)) = caught(|| self.entries_after(stream, upto + found.tail.len() as u64, 1)) {
            if next.is_empty() {
                break;
            }
            found.tail.extend(next);
        }
        found
    }

    pub(crate) fn entries(&self, stream: Stream, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.stable(stream, |head| {
            let after = after.max(head.map_or(0, |head| head.upto));
            self.entries_after(stream, after, limit)
        })
        .map(Option::unwrap_or_default) // being erased: there are none
    }

    /// Where the stream ends, whether or not that is durable yet.
    pub(crate) fn newest(&self, stream: Stream) -> Result<Newest, StoreError> {
        let doing = || format!("find the end of {}", name(stream));
        let upto = self.head(stream)?.map_or(0, |head| head.upto);
        let from = format::part_key(stream, upto.saturating_add(1), 0);
        let mut to = format::part_key(stream, Seq::MAX, u16::MAX);
        let mut torn = None;
        while let Some(pair) = self.log.range(from..to).next_back() {
            let (key, _) = pair.map_err(|error| StoreError::from_sled(&doing(), &error))?;
            let (seq, _) = parsed(stream, &key)?;
            to = format::part_key(stream, seq, 0);
            if get(&self.log, &to, doing)?.is_some() {
                return Ok(Newest { whole: seq, torn });
            }
            torn = Some(seq);
        }
        Ok(Newest { whole: upto, torn })
    }

    pub(crate) fn head(&self, stream: Stream) -> Result<Option<Head>, StoreError> {
        let what = || format!("the head of {}", name(stream));
        let key = format::stream_key(stream);
        let value = get(&self.head, &key, what)?;
        let Some(value) = value else { return Ok(None) };
        let (_, payload) = format::unseal(&key, &value).map_err(|flaw| damaged(&what(), flaw))?;
        Head::parse(payload).map(Some).ok_or_else(|| StoreError::Corrupt(what()))
    }

    pub(crate) fn record(&self, key: &str) -> Result<Option<Record>, StoreError> {
        get(&self.records, key.as_bytes(), || format!("record {key}"))?
            .map(|value| parse_record(key, &value))
            .transpose()
    }

    pub(crate) fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        // The first key behind `after` is `after` with the smallest byte appended.
        let behind = after.map(|after| [after.as_bytes(), &[0]].concat());
        let from = behind.as_deref().unwrap_or_default().max(prefix.as_bytes());
        let mut found = Vec::new();
        for pair in self.records.range(from..).take(limit) {
            let (key, value) =
                pair.map_err(|error| StoreError::from_sled(&format!("list records {prefix}"), &error))?;
            if !key.starts_with(prefix.as_bytes()) {
                break;
            }
            let key = String::from_utf8_lossy(&key).into_owned();
            let record = parse_record(&key, &value)?;
            found.push((key, record));
        }
        Ok(found)
    }

    /// Runs `read` until nothing moved underneath it. `None` while the stream is being erased.
    fn stable<T>(
        &self,
        stream: Stream,
        read: impl Fn(Option<&Head>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.unmoved(stream, |shape| if shape.erasing { Ok(None) } else { read(shape.head.as_ref()).map(Some) })
    }

    fn unmoved<T>(&self, stream: Stream, read: impl Fn(&Shape) -> Result<T, StoreError>) -> Result<T, StoreError> {
        for _ in 0..REREADS_MAX {
            let before = self.shape(stream)?;
            // An error counts only if the stream stood still: parts vanish while a compaction tidies up.
            let result = read(&before);
            if self.shape(stream)? == before {
                return result;
            }
        }
        Err(StoreError::Busy)
    }

    fn shape(&self, stream: Stream) -> Result<Shape, StoreError> {
        let key = format::stream_key(stream);
        let erasing = get(&self.erasing, &key, || format!("the end of {}", name(stream)))?.is_some();
        let erasures = self.erasures.load(Ordering::Acquire);
        Ok(Shape { head: self.head(stream)?, erasing, erasures })
    }

    fn snapshot(&self, stream: Stream, head: &Head) -> Result<(SnapshotVersion, Snapshot), StoreError> {
        let what = || format!("snapshot {} of {}", head.generation, name(stream));
        let mut parts = Parts::default();
        let from = format::part_key(stream, head.generation, 0);
        let to = format::part_key(stream, head.generation, u16::MAX);
        for pair in self.snap.range(from..=to) {
            let (key, value) = pair.map_err(|error| StoreError::from_sled(&what(), &error))?;
            let (_, part) = parsed(stream, &key)?;
            parts.add(part, &key, &value, what)?;
        }
        let mut state = parts.whole(what)?;
        let lengths = head.state_bytes.checked_add(head.authors_bytes);
        if lengths != Some(state.len() as u64) || blake3::hash(&state) != head.hash {
            return Err(StoreError::Corrupt(what()));
        }
        let authors = state.split_off(head.state_bytes as usize);
        Ok((SnapshotVersion(head.generation), Snapshot { upto: head.upto, state, authors }))
    }

    /// Durable entries behind `after`, which is not before the snapshot, without a gap.
    fn entries_after(&self, stream: Stream, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let last = self.last_durable(stream)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut parts = Parts::default();
        let from = format::part_key(stream, after.saturating_add(1), 0);
        for pair in self.log.range(from..=format::part_key(stream, last, u16::MAX)) {
            let seq = after + 1 + entries.len() as u64;
            let what = || entry_name(stream, seq);
            let (key, value) = pair.map_err(|error| StoreError::from_sled(&what(), &error))?;
            let (found, part) = parsed(stream, &key)?;
            if entries.len() == limit {
                return Ok(entries);
            }
            if found != seq {
                let (found, count) = (parts.found, parts.count);
                let sentence = format!("{} has {found} of {count} parts", what());
                return Err(StoreError::Corrupt(sentence));
            }
            parts.add(part, &key, &value, what)?;
            if parts.found == parts.count {
                entries.push(std::mem::take(&mut parts).entry(stream, seq)?);
            }
        }
        if entries.len() < limit && after + (entries.len() as u64) < last {
            let missing = entry_name(stream, after + 1 + entries.len() as u64);
            return Err(StoreError::Corrupt(format!("the end of {missing} is missing")));
        }
        Ok(entries)
    }

    /// Looks at the log before the unsettled ones: whatever it saw and nobody settles now is durable.
    fn last_durable(&self, stream: Stream) -> Result<Seq, StoreError> {
        let newest = self.newest(stream)?.whole;
        let unsettled = lock(&self.unsettled).get(&stream).copied();
        Ok(unsettled.map_or(newest, |first| newest.min(first - 1)))
    }
}

/// Where a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Newest {
    /// The newest entry or the snapshot's `upto`; 0 for neither.
    pub whole: Seq,
    /// An entry behind it that lacks its part 0, left by a crash.
    pub torn: Option<Seq>,
}

/// Parts of one thing, collected in order.
#[derive(Default)]
struct Parts {
    count: u16,
    found: u16,
    body: BytesMut,
}

impl Parts {
    fn add(&mut self, part: u16, key: &[u8], value: &[u8], what: impl Fn() -> String) -> Result<(), StoreError> {
        let (count, payload) =
            format::unseal(key, value).map_err(|flaw| damaged(&format!("part {part} of {}", what()), flaw))?;
        if part != self.found || (part > 0 && count != self.count) {
            let sentence = format!("part {} of {} is missing", self.found, what());
            return Err(StoreError::Corrupt(sentence));
        }
        self.count = count;
        self.found += 1;
        self.body.extend_from_slice(payload);
        Ok(())
    }

    fn whole(self, what: impl Fn() -> String) -> Result<Bytes, StoreError> {
        if self.found == 0 || self.found != self.count {
            let (found, count) = (self.found, self.count);
            let sentence = format!("{} has {found} of {count} parts", what());
            return Err(StoreError::Corrupt(sentence));
        }
        Ok(self.body.freeze())
    }

    fn entry(self, stream: Stream, seq: Seq) -> Result<Entry, StoreError> {
        let what = || entry_name(stream, seq);
        let entry = format::parse_entry(self.whole(what)?).ok_or_else(|| StoreError::Corrupt(what()))?;
        Ok(Entry { seq, entry })
    }
}

/// How sentences call a stream.
pub(crate) fn name(stream: Stream) -> String {
    stream.to_string()
}

fn entry_name(stream: Stream, seq: Seq) -> String {
    format!("entry {seq} of {}", name(stream))
}

fn get(tree: &sled::Tree, key: &[u8], what: impl Fn() -> String) -> Result<Option<sled::IVec>, StoreError> {
    tree.get(key).map_err(|error| StoreError::from_sled(&format!("read {}", what()), &error))
}

fn parsed(stream: Stream, key: &[u8]) -> Result<(u64, u16), StoreError> {
    format::parse_part_key(key).ok_or_else(|| StoreError::Corrupt(format!("a key of {}", name(stream))))
}

pub(crate) fn parse_record(key: &str, value: &[u8]) -> Result<Record, StoreError> {
    let what = || format!("record {key}");
    let (_, payload) = format::unseal(key.as_bytes(), value).map_err(|flaw| damaged(&what(), flaw))?;
    let (version, value) = payload.split_first_chunk::<8>().ok_or_else(|| StoreError::Corrupt(what()))?;
    Ok(Record { value: Bytes::copy_from_slice(value), version: u64::from_be_bytes(*version) })
}

fn damaged(what: &str, flaw: Flaw) -> StoreError {
    StoreError::Corrupt(match flaw {
        Flaw::Torn => format!("{what} does not match its checksum"),
        Flaw::Newer(found) => {
            format!("{what} was written by a newer Galley (format {found}, this one knows {})", format::FORMAT)
        }
    })
}
