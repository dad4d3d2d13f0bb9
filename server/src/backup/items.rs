//! What a backup holds, as frames and back: the key, records, streams, blobs, in this order, and what is missing from it.
//!
//! Invariant: an item is given only when it is whole and in its place: in order and each once, entries numbered without a gap,
//! as many of each as the end says, so that what is read can be put back. Next: `backup.rs`, which writes them from a cut;
//! `backup/restore.rs`, which puts them back.

use std::cmp::Reverse;
use std::io::{self, Read, Write};

use bytes::{Buf, BufMut, Bytes};
use serde::{Deserialize, Serialize};
use storage::{
    BLOB_BYTES_MAX, BlobKey, ENTRY_BYTES_MAX, Entry, KEY_BYTES_MAX, Loaded, NewEntry, RECORD_BYTES_MAX,
    SNAPSHOT_BYTES_MAX, Snapshot, SnapshotVersion, Stream,
};
use uuid::Uuid;

use super::frames::{Flaw, Frame, Kind, Reader, Writer};
use crate::verify::Finding;

/// Who wrote a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of Galley.
    pub galley: String,
    /// When, wall clock.
    pub at_ms: u64,
}

/// One thing in a backup.
#[derive(Debug, PartialEq, Eq)]
pub enum Item {
    /// Who wrote it.
    About(About),
    /// `<data>/key`.
    Key(Bytes),
    /// A record.
    Record {
        /// Its key.
        key: String,
        /// Its value.
        value: Bytes,
    },
    /// A stream, whole.
    Stream(Stream, Loaded),
    /// A blob; that the bytes are those of its name is for whoever keeps it.
    Blob(BlobKey, Bytes),
    /// Something that could not be read.
    Missing(Finding),
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Records.
    pub records: u64,
    /// Streams.
    pub streams: u64,
    /// Blobs.
    pub blobs: u64,
}

/// Writes items.
pub struct Items<W> {
    frames: Writer<W>,
    counted: Counted,
}

impl<W: Write> Items<W> {
    /// Begins a backup.
    pub fn begin(out: W, about: &About) -> io::Result<Items<W>> {
        let mut frames = Writer::begin(out)?;
        frames.put(Kind::About, &serde_json::to_vec(about)?, &[])?;
        Ok(Items { frames, counted: Counted::default() })
    }

    /// The server's own secret.
    pub fn key(&mut self, key: &[u8]) -> io::Result<()> {
        self.frames.put(Kind::Key, key, &[])
    }

    /// `key length 2 | key | value`
    pub fn record(&mut self, key: &str, value: &[u8]) -> io::Result<()> {
        self.counted.records += 1;
        let mut head = Vec::with_capacity(2 + key.len());
        head.put_u16(u16::try_from(key.len()).expect("KEY_BYTES_MAX fits u16"));
        head.put_slice(key.as_bytes());
        self.frames.put(Kind::Record, &head, &[value])
    }

    /// `document 16 | channel 4`, then its snapshot and entries.
    pub fn stream(&mut self, stream: Stream, loaded: &Loaded) -> io::Result<()> {
        self.counted.streams += 1;
        let mut head = stream.document.as_bytes().to_vec();
        head.put_u32(stream.channel);
        self.frames.put(Kind::Stream, &head, &[])?;
        if let Some((version, snapshot)) = &loaded.snapshot {
            let mut head = Vec::with_capacity(32);
            head.put_u64(version.0);
            head.put_u64(snapshot.upto);
            head.put_u64(snapshot.state.len() as u64);
            head.put_u64(snapshot.authors.len() as u64);
            self.frames.put(Kind::Snapshot, &head, &[&snapshot.state, &snapshot.authors])?;
        }
        for Entry { seq, entry } in &loaded.tail {
            let mut head = Vec::with_capacity(32);
            head.put_u64(*seq);
            head.put_u64(entry.at_ms);
            head.put_u64(entry.update.len() as u64);
            head.put_u64(entry.authors.len() as u64);
            self.frames.put(Kind::Entry, &head, &[&entry.update, &entry.authors])?;
        }
        Ok(())
    }

    /// `document 16 | hash 32 | length 8 | content`
    pub fn blob(&mut self, key: BlobKey, content: &[u8]) -> io::Result<()> {
        self.counted.blobs += 1;
        let mut head = key.document.as_bytes().to_vec();
        head.put_slice(&key.hash);
        head.put_u64(content.len() as u64);
        self.frames.put(Kind::Blob, &head, &[content])
    }

    /// Something that is not in it, and why.
    pub fn missing(&mut self, finding: &Finding) -> io::Result<()> {
        self.frames.put(Kind::Missing, &serde_json::to_vec(finding)?, &[])
    }

    /// Seals it; its length, BLAKE3 of all of it, and what is in it.
    pub fn end(self) -> io::Result<(u64, blake3::Hash, Counted)> {
        let Counted { records, streams, blobs } = self.counted;
        let counted: Vec<u8> = [records, streams, blobs].into_iter().flat_map(u64::to_be_bytes).collect();
        let (bytes, hash) = self.frames.end(&counted)?;
        Ok((bytes, hash, self.counted))
    }

    /// Says why there is no more.
    pub fn fail(self, why: &str) -> io::Result<()> {
        self.frames.fail(why)
    }
}

/// No stream is numbered beyond it: what is appended behind a snapshot needs numbers too.
const UPTO_MAX: u64 = u64::MAX >> 1;

/// Where an item stands: each behind the one before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    About,
    Key,
    Record(String),
    /// Of a document the notes before the text.
    Stream(Uuid, Reverse<u32>),
    Blob(BlobKey),
    /// As many as there are.
    Missing,
}

impl Item {
    fn place(&self) -> Place {
        match self {
            Item::About(_) => Place::About,
            Item::Key(_) => Place::Key,
            Item::Record { key, .. } => Place::Record(key.clone()),
            Item::Stream(stream, _) => Place::Stream(stream.document, Reverse(stream.channel)),
            Item::Blob(key, _) => Place::Blob(*key),
            Item::Missing(_) => Place::Missing,
        }
    }
}

/// Gives a backup's items, in order.
pub struct Contents<R> {
    frames: Reader<R>,
    ahead: Option<Frame>,
    last: Option<Place>,
    counted: Counted,
}

impl<R: Read> Contents<R> {
    /// Reads the first line.
    pub fn begin(input: R) -> Result<Contents<R>, Flaw> {
        Ok(Contents { frames: Reader::begin(input)?, ahead: None, last: None, counted: Counted::default() })
    }

    /// The next item; `None` at the end, once the whole is known to be whole.
    pub fn item(&mut self) -> Result<Option<Item>, Flaw> {
        let frame = self.frame()?;
        let at = frame.at;
        let item = match frame.kind {
            Kind::About => {
                Item::About(serde_json::from_slice(&frame.payload).map_err(|error| damaged(at, &error.to_string()))?)
            }
            Kind::Key => Item::Key(frame.payload.into()),
            Kind::Missing => {
                Item::Missing(serde_json::from_slice(&frame.payload).map_err(|error| damaged(at, &error.to_string()))?)
            }
            Kind::Record => self.record(frame)?,
            Kind::Stream => self.stream(frame)?,
            Kind::Blob => self.blob(frame)?,
            Kind::End => return self.end(&frame).map(|()| None),
            _ => return Err(out_of_place(at)),
        };
        let place = item.place();
        let in_turn = match &self.last {
            None => place == Place::About,
            Some(Place::About) => place == Place::Key,
            Some(Place::Missing) => place == Place::Missing,
            Some(last) => place > *last,
        };
        if !in_turn {
            return Err(out_of_place(at));
        }
        self.last = Some(place);
        Ok(Some(item))
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.frames.bytes()
    }

    /// BLAKE3 of what was read; at the end, of the whole.
    pub fn hash(&self) -> blake3::Hash {
        self.frames.hash()
    }

    fn frame(&mut self) -> Result<Frame, Flaw> {
        self.ahead.take().map_or_else(|| self.frames.frame(), Ok)
    }

    fn record(&mut self, frame: Frame) -> Result<Item, Flaw> {
        let at = frame.at;
        let mut payload = Bytes::from(frame.payload);
        let length = payload.try_get_u16().map_err(|_| damaged(at, "a record has no key"))?.into();
        if length > KEY_BYTES_MAX || length > payload.len() || payload.len() - length > RECORD_BYTES_MAX {
            return Err(damaged(at, "a record is longer than any is"));
        }
        let key = String::from_utf8(payload.split_to(length).into()).ok().filter(|key| storage::is_key(key));
        self.counted.records += 1;
        Ok(Item::Record { key: key.ok_or_else(|| damaged(at, "a record's key is none"))?, value: payload })
    }

    fn stream(&mut self, frame: Frame) -> Result<Item, Flaw> {
        let (at, mut payload) = (frame.at, &frame.payload[..]);
        if payload.len() != 20 {
            return Err(damaged(at, "a stream is not named"));
        }
        let stream = Stream { document: Uuid::from_u128(payload.get_u128()), channel: payload.get_u32() };
        self.counted.streams += 1;
        let mut loaded = Loaded::default();
        loop {
            let frame = self.frames.frame()?;
            match frame.kind {
                Kind::Snapshot if loaded.snapshot.is_none() && loaded.tail.is_empty() => {
                    loaded.snapshot = Some(self.snapshot(frame)?);
                }
                Kind::Entry => {
                    let at = frame.at;
                    let entry = self.entry(frame)?;
                    let upto = loaded.snapshot.as_ref().map_or(0, |(_, snapshot)| snapshot.upto);
                    if entry.seq != loaded.tail.last().map_or(upto, |entry| entry.seq) + 1 {
                        return Err(damaged(at, "an entry is missing"));
                    }
                    loaded.tail.push(entry);
                }
                _ if loaded.snapshot.is_none() && loaded.tail.is_empty() => {
                    return Err(damaged(at, "a stream holds nothing"));
                }
                _ => {
                    self.ahead = Some(frame);
                    return Ok(Item::Stream(stream, loaded));
                }
            }
        }
    }

    fn snapshot(&mut self, frame: Frame) -> Result<(SnapshotVersion, Snapshot), Flaw> {
        let at = frame.at;
        let (version, upto, state, authors) = self.two_bodies(frame, SNAPSHOT_BYTES_MAX)?;
        if upto > UPTO_MAX {
            return Err(damaged(at, "a snapshot is numbered beyond any"));
        }
        Ok((SnapshotVersion(version), Snapshot { upto, state, authors }))
    }

    fn entry(&mut self, frame: Frame) -> Result<Entry, Flaw> {
        let (seq, at_ms, update, authors) = self.two_bodies(frame, ENTRY_BYTES_MAX)?;
        Ok(Entry { seq, entry: NewEntry { update, authors, at_ms } })
    }

    /// Two numbers, two lengths, and as many bytes.
    fn two_bodies(&mut self, frame: Frame, max: usize) -> Result<(u64, u64, Bytes, Bytes), Flaw> {
        let at = frame.at;
        let mut head = Bytes::from(frame.payload);
        if head.len() < 32 {
            return Err(damaged(at, "a snapshot or entry has no lengths"));
        }
        let (one, two, first, second) = (head.get_u64(), head.get_u64(), head.get_u64(), head.get_u64());
        let total = first.checked_add(second).filter(|total| *total <= max as u64);
        let total = total.ok_or_else(|| damaged(at, "a snapshot or entry is longer than any is"))?;
        let mut body = self.body(at, head, total as usize)?;
        let rest = body.split_off(first as usize);
        Ok((one, two, body, rest))
    }

    fn blob(&mut self, frame: Frame) -> Result<Item, Flaw> {
        let at = frame.at;
        let mut head = Bytes::from(frame.payload);
        if head.len() < 56 {
            return Err(damaged(at, "a blob is not named"));
        }
        let document = Uuid::from_u128(head.get_u128());
        let mut hash = [0; 32];
        head.copy_to_slice(&mut hash);
        let length = usize::try_from(head.get_u64()).unwrap_or(usize::MAX);
        if length > BLOB_BYTES_MAX {
            return Err(damaged(at, "a blob is longer than any is"));
        }
        self.counted.blobs += 1;
        Ok(Item::Blob(BlobKey { document, hash }, self.body(at, head, length)?))
    }

    /// Exactly `total` bytes: the rest of a frame, and what follows it.
    fn body(&mut self, at: u64, first: Bytes, total: usize) -> Result<Bytes, Flaw> {
        let mut body = Vec::from(first);
        while body.len() < total {
            let frame = self.frames.frame()?;
            if frame.kind != Kind::More || frame.payload.is_empty() {
                return Err(damaged(frame.at, "the rest of something is missing"));
            }
            body.extend_from_slice(&frame.payload);
        }
        if body.len() > total {
            return Err(damaged(at, "something is longer than it says"));
        }
        Ok(body.into())
    }

    fn end(&self, frame: &Frame) -> Result<(), Flaw> {
        if self.last < Some(Place::Key) {
            return Err(out_of_place(frame.at));
        }
        let Counted { records, streams, blobs } = self.counted;
        let counted: Vec<u8> = [records, streams, blobs].into_iter().flat_map(u64::to_be_bytes).collect();
        if frame.payload.len() != counted.len() + 32 || !frame.payload.starts_with(&counted) {
            return Err(damaged(frame.at, "it does not hold as much as it says"));
        }
        Ok(())
    }
}

fn out_of_place(at: u64) -> Flaw {
    damaged(at, "a frame stands where none of its kind does")
}

fn damaged(at: u64, what: &str) -> Flaw {
    Flaw::Damaged { at, what: what.into() }
}
