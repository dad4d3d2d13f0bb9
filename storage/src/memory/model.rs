//! What a store means, without any disk: the executable form of `tests/spec/storage.md`.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::cut::Survey;
use crate::op::{Done, Op, Outcome};
use crate::{BlobKey, Entry, Expect, Loaded, NewEntry, Record, Seq, Snapshot, SnapshotVersion, StoreError, Stream};

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub streams: BTreeMap<Stream, Log>,
    pub records: BTreeMap<String, Record>,
    pub blobs: BTreeMap<BlobKey, Bytes>,
    /// The last version given out, of snapshots and records alike.
    number: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    snapshot: Option<(SnapshotVersion, Snapshot)>,
    entries: BTreeMap<Seq, NewEntry>,
}

impl Model {
    pub fn apply(&mut self, op: &Op) -> Outcome {
        match op {
            Op::Append { stream, entry } => {
                let log = self.streams.entry(*stream).or_default();
                let seq = log.newest() + 1;
                log.entries.insert(seq, entry.clone());
                Ok(Done::Appended(seq))
            }
            Op::Compact { stream, base, snapshot } => self.compact(*stream, *base, snapshot),
            Op::Erase { stream } => {
                self.streams.remove(stream);
                Ok(Done::Nothing)
            }
            Op::Put { key, value, expect } => {
                self.expect(key, *expect)?;
                self.number += 1;
                let record = Record { value: value.clone(), version: self.number };
                self.records.insert(key.clone(), record);
                Ok(Done::Put(self.number))
            }
            Op::Delete { key, expect } => {
                self.expect(key, *expect)?;
                self.records.remove(key);
                Ok(Done::Nothing)
            }
            Op::Cut => {
                let records = self.records.iter().map(|(key, record)| (key.clone(), record.clone())).collect();
                let streams = self.streams.keys().copied().collect();
                Ok(Done::Surveyed(Arc::new(Survey { records, streams, damage: Vec::new() })))
            }
            Op::Barrier | Op::Release => Ok(Done::Nothing),
        }
    }

    pub fn load(&self, stream: Stream) -> Option<Loaded> {
        let log = self.streams.get(&stream)?;
        let tail = self.entries(stream, 0, usize::MAX);
        Some(Loaded { snapshot: log.snapshot.clone(), tail })
    }

    pub fn entries(&self, stream: Stream, after: Seq, limit: usize) -> Vec<Entry> {
        let Some(log) = self.streams.get(&stream) else { return Vec::new() };
        let behind = log.entries.range(after.saturating_add(1)..).take(limit);
        behind.map(|(&seq, entry)| Entry { seq, entry: entry.clone() }).collect()
    }

    pub fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Vec<(String, Record)> {
        self.records
            .range(prefix.to_owned()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
            .take(limit)
            .map(|(key, record)| (key.clone(), record.clone()))
            .collect()
    }

    fn compact(&mut self, stream: Stream, base: Option<SnapshotVersion>, snapshot: &Snapshot) -> Outcome {
        let current = self.streams.get(&stream).and_then(|log| log.snapshot.as_ref());
        let stale = current.map(|(version, _)| *version) != base;
        if stale || current.is_some_and(|(_, current)| current.upto > snapshot.upto) {
            return Err(StoreError::Conflict);
        }
        self.number += 1;
        let version = SnapshotVersion(self.number);
        let log = self.streams.entry(stream).or_default();
        log.snapshot = Some((version, snapshot.clone()));
        log.entries.retain(|seq, _| *seq > snapshot.upto);
        Ok(Done::Compacted(version))
    }

    fn expect(&self, key: &str, expect: Expect) -> Result<(), StoreError> {
        let current = self.records.get(key).map(|record| record.version);
        let holds = match expect {
            Expect::Any => true,
            Expect::Absent => current.is_none(),
            Expect::Version(version) => current == Some(version),
        };
        if holds { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

impl Log {
    fn newest(&self) -> Seq {
        let last = self.entries.last_key_value().map_or(0, |(seq, _)| *seq);
        last.max(self.snapshot.as_ref().map_or(0, |(_, snapshot)| snapshot.upto))
    }
}
