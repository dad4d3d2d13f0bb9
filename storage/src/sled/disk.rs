//! Writing sled: each [`Op`] as steps whose every prefix loads correctly.
//!
//! Invariants: only the committer thread calls this, so a version that was checked still holds when it is replaced;
//! nothing is acknowledged before [`Disk::sync`] returned. sled's `flush` alone is no fsync on Linux, hence our own
//! descriptor. Next: `committer.rs`, which groups and acknowledges.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::format::{self, Head};
use super::survey::survey;
use super::trees::Trees;
use crate::op::{Done, Op, Outcome, lock};
use crate::{Expect, NewEntry, Seq, Snapshot, SnapshotVersion, StoreError, Stream};

/// Keys removed between two syncs while erasing or tidying; bounds what sled buffers.
const REMOVALS_MAX: usize = 4096;

/// Streams whose end is remembered; beyond it all are forgotten.
const ENDS_MAX: usize = 4096;

/// An fsync of the log file; a test puts a failing one here.
pub(crate) type Sync = Box<dyn FnMut() -> io::Result<()> + Send>;

/// A failed operation: refused on its own account, or the disk's failure, which is everybody's.
pub(crate) enum Trouble {
    Refused(StoreError),
    Disk(StoreError),
}

type Step<T> = Result<T, Trouble>;

/// The writing side of a store.
pub(crate) struct Disk {
    pub trees: Trees,
    pub sync: Sync,
    pub kept: Kept,
    pub ends: Ends,
}

/// The last entry of streams that were appended to: to find it in sled costs more than to append to it.
#[derive(Default)]
pub(crate) struct Ends(HashMap<Stream, Seq>);

impl Ends {
    fn remember(&mut self, stream: Stream, last: Seq) {
        if self.0.len() == ENDS_MAX {
            self.0.clear();
        }
        self.0.insert(stream, last);
    }
}

/// What is kept for cuts that are being read.
#[derive(Default)]
pub(crate) struct Kept {
    cuts: usize,
    /// Streams that are marked as erased and still there.
    erased: Vec<Stream>,
}

impl Disk {
    /// Makes everything written so far survive a power cut; says how long the fsync took.
    pub(crate) fn sync(&mut self) -> Result<Duration, StoreError> {
        self.trees.db.flush().map_err(|error| StoreError::from_sled("flush the log", &error))?;
        let began = Instant::now();
        (self.sync)().map_err(|error| StoreError::from_io("fsync the log", &error))?;
        Ok(began.elapsed())
    }

    /// Writes an operation that needs no sync of its own; its outcome may be told after the next one.
    pub(crate) fn write(&mut self, op: Op) -> Step<Done> {
        match op {
            Op::Append { stream, entry } => self.append(stream, &entry).map(Done::Appended),
            Op::Put { key, value, expect } => self.put(&key, &value, expect).map(Done::Put),
            Op::Delete { key, expect } => self.delete(&key, expect).map(|()| Done::Nothing),
            Op::Compact { stream, base, snapshot } => self.compact(stream, base, &snapshot).map(Done::Compacted),
            Op::Erase { stream } if self.kept.cuts > 0 => self.hide(stream).map(|()| Done::Nothing),
            Op::Erase { stream } => self.erase(stream).map(|()| Done::Nothing),
            Op::Cut => Ok(self.cut()),
            Op::Release => self.release().map(|()| Done::Nothing),
            Op::Barrier => Ok(Done::Nothing),
        }
    }

    /// Finishes the erasures a crash interrupted.
    pub(crate) fn finish_erasures(&mut self) -> Outcome {
        // Stops at the first error: sled's iterators repeat theirs for ever.
        let unfinished: Result<Vec<_>, _> = self.trees.erasing.iter().keys().collect();
        for key in unfinished.map_err(|error| StoreError::from_sled("list erasures", &error))? {
            let stream =
                format::parse_stream_key(&key).ok_or_else(|| StoreError::Corrupt("the list of erasures".into()))?;
            self.erase(stream).map_err(Trouble::into_error)?;
        }
        Ok(Done::Nothing)
    }

    fn cut(&mut self) -> Done {
        self.kept.cuts += 1;
        Done::Surveyed(Arc::new(survey(&self.trees)))
    }

    fn release(&mut self) -> Step<()> {
        self.kept.cuts = self.kept.cuts.saturating_sub(1);
        if self.kept.cuts > 0 {
            return Ok(());
        }
        std::mem::take(&mut self.kept.erased).into_iter().try_for_each(|stream| self.erase(stream))
    }

    /// As [`erase`](Disk::erase) begins; a start in between finishes it.
    fn hide(&mut self, stream: Stream) -> Step<()> {
        self.mark_erased(stream)?;
        self.kept.erased.push(stream);
        Ok(())
    }

    /// What comes after an erasure starts afresh, so the erasure can wait no longer.
    fn finish_hidden(&mut self, stream: Stream) -> Step<()> {
        if !self.kept.erased.contains(&stream) {
            return Ok(());
        }
        self.kept.erased.retain(|hidden| *hidden != stream);
        self.erase(stream)
    }

    fn append(&mut self, stream: Stream, entry: &NewEntry) -> Step<Seq> {
        self.finish_hidden(stream)?;
        let seq = self.end(stream)? + 1;
        // Before the first insert, or a reader would take it for durable.
        lock(&self.trees.unsettled).entry(stream).or_insert(seq);
        self.insert_parts(&self.trees.log, stream, seq, &format::entry_body(entry))?;
        self.ends.remember(stream, seq);
        Ok(seq)
    }

    /// The last whole entry; what a crash left behind it goes.
    fn end(&mut self, stream: Stream) -> Step<Seq> {
        if let Some(known) = self.ends.0.get(&stream) {
            return Ok(*known);
        }
        let newest = self.trees.newest(stream)?;
        if let Some(torn) = newest.torn {
            let from = format::part_key(stream, torn, 0);
            self.remove_range(&self.trees.log.clone(), &from, &stream_end(stream))?;
        }
        Ok(newest.whole)
    }

    /// New parts, sync, head, sync, then away with the old: at each point one snapshot and its tail are whole.
    fn compact(&mut self, stream: Stream, base: Option<SnapshotVersion>, snapshot: &Snapshot) -> Step<SnapshotVersion> {
        self.finish_hidden(stream)?;
        let current = self.trees.head(stream)?;
        let stale = current.map(|head| SnapshotVersion(head.generation)) != base;
        if stale || current.is_some_and(|head| head.upto > snapshot.upto) {
            return Err(Trouble::Refused(StoreError::Conflict));
        }
        self.ends.0.remove(&stream);
        let generation = self.next_number()?;
        let body = [&snapshot.state[..], &snapshot.authors[..]].concat();
        self.insert_parts(&self.trees.snap, stream, generation, &body)?;
        self.sync()?;
        let head = Head {
            generation,
            upto: snapshot.upto,
            state_bytes: snapshot.state.len() as u64,
            authors_bytes: snapshot.authors.len() as u64,
            hash: *blake3::hash(&body).as_bytes(),
        };
        let key = format::stream_key(stream);
        insert(&self.trees.head, &key, &format::seal(&key, 1, &head.encode()))?;
        self.sync()?;
        self.tidy(stream, &head)?;
        Ok(SnapshotVersion(generation))
    }

    /// Removes what the head has replaced. Left undone by a crash it costs space, until the next compaction.
    fn tidy(&mut self, stream: Stream, head: &Head) -> Step<()> {
        let (log, snap) = (self.trees.log.clone(), self.trees.snap.clone());
        let begin = format::part_key(stream, 0, 0);
        let past = format::part_key(stream, head.upto.saturating_add(1), 0);
        self.remove_range(&log, &begin, &past)?;
        let this = format::part_key(stream, head.generation, 0);
        let next = format::part_key(stream, head.generation + 1, 0);
        self.remove_range(&snap, &begin, &this)?;
        self.remove_range(&snap, &next, &stream_end(stream))
    }

    /// Marks, sync, removes, sync, unmarks: a marked stream reads as absent and is finished at the next start.
    fn erase(&mut self, stream: Stream) -> Step<()> {
        self.mark_erased(stream)?;
        let key = format::stream_key(stream);
        let (begin, end) = (format::part_key(stream, 0, 0), stream_end(stream));
        self.remove_range(&self.trees.log.clone(), &begin, &end)?;
        self.remove_range(&self.trees.snap.clone(), &begin, &end)?;
        remove(&self.trees.head, &key)?;
        self.sync()?;
        remove(&self.trees.erasing, &key)?;
        self.sync()?;
        Ok(())
    }

    fn mark_erased(&mut self, stream: Stream) -> Step<()> {
        self.ends.0.remove(&stream);
        self.trees.erasures.fetch_add(1, std::sync::atomic::Ordering::AcqRel);
        insert(&self.trees.erasing, &format::stream_key(stream), &[])?;
        self.sync()?;
        Ok(())
    }

    fn put(&mut self, key: &str, value: &[u8], expect: Expect) -> Step<u64> {
        self.expect(key, expect)?;
        let version = self.next_number()?;
        let payload = [&version.to_be_bytes()[..], value].concat();
        insert(&self.trees.records, key.as_bytes(), &format::seal(key.as_bytes(), 1, &payload))?;
        Ok(version)
    }

    fn delete(&mut self, key: &str, expect: Expect) -> Step<()> {
        self.expect(key, expect)?;
        remove(&self.trees.records, key.as_bytes())
    }

    fn expect(&self, key: &str, expect: Expect) -> Step<()> {
        let current = self.trees.record(key)?.map(|record| record.version);
        let holds = match expect {
            Expect::Any => true,
            Expect::Absent => current.is_none(),
            Expect::Version(version) => current == Some(version),
        };
        if !holds {
            return Err(Trouble::Refused(StoreError::Conflict));
        }
        Ok(())
    }

    /// Unique in the whole store and increasing, so that no version ever comes back after a delete.
    fn next_number(&self) -> Step<u64> {
        let number = self.trees.db.generate_id();
        number.map(|number| number + 1).map_err(|error| disk_trouble("number a write", &error))
    }

    /// Part 0 goes last: it stands for the whole.
    fn insert_parts(&self, tree: &sled::Tree, stream: Stream, number: u64, body: &[u8]) -> Step<()> {
        let (count, parts) = format::cut(body);
        for (part, payload) in parts.rev() {
            let key = format::part_key(stream, number, part);
            insert(tree, &key, &format::seal(&key, count, payload))?;
        }
        Ok(())
    }

    fn remove_range(&mut self, tree: &sled::Tree, from: &[u8], to: &[u8]) -> Step<()> {
        let mut removed = 0;
        for key in tree.range(from..to).keys() {
            let key = key.map_err(|error| disk_trouble("list what to remove", &error))?;
            remove(tree, &key)?;
            removed += 1;
            if removed % REMOVALS_MAX == 0 {
                self.sync()?;
            }
        }
        Ok(())
    }
}

impl Trouble {
    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Trouble::Refused(error) | Trouble::Disk(error) => error,
        }
    }
}

impl From<StoreError> for Trouble {
    /// What cannot be read refuses this operation only; everything else is the disk's failure.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt(_) => Trouble::Refused(error),
            error => Trouble::Disk(error),
        }
    }
}

fn insert(tree: &sled::Tree, key: &[u8], value: &[u8]) -> Step<()> {
    debug_assert!(value.len() <= format::VALUE_BYTES_MAX);
    tree.insert(key, value).map(drop).map_err(|error| disk_trouble("write to the log", &error))
}

fn remove(tree: &sled::Tree, key: &[u8]) -> Step<()> {
    tree.remove(key).map(drop).map_err(|error| disk_trouble("write to the log", &error))
}

fn disk_trouble(doing: &str, error: &sled::Error) -> Trouble {
    Trouble::Disk(StoreError::from_sled(doing, error))
}

/// Behind the last key of a stream that can be used.
fn stream_end(stream: Stream) -> Vec<u8> {
    format::part_key(stream, u64::MAX, u16::MAX).to_vec()
}
