//! How things lie in sled: keys, sealed values, parts. Golden tests in `format/tests.rs` keep it still.
//!
//! Every value is sealed: `format 1 | parts 2 | check 8 | payload`, numbers big-endian. The check is BLAKE3 over
//! key, parts and payload, so a value that is torn, or lies under a key it was not written for, is found out.
//! Larger things are cut into parts of at most [`PART_BYTES`]; part 0 is written last, so it stands for the whole.
//! Invariant: no value in sled exceeds [`VALUE_BYTES_MAX`]; larger ones may leave sled's log for files that it
//! never syncs. A new layout is a new [`FORMAT`]. Next: `trees.rs`, which reads and writes with it.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::{NewEntry, Seq, Stream};

/// The layout this build writes, and the newest it reads.
pub(crate) const FORMAT: u8 = 1;
/// Most payload in one value.
pub(crate) const PART_BYTES: usize = 6 * 1024;
/// A sealed value at its largest: payload, a record's version, and the seal.
pub(crate) const VALUE_BYTES_MAX: usize = PART_BYTES + 8 + SEAL_BYTES;

const SEAL_BYTES: usize = 1 + 2 + 8;
const STREAM_BYTES: usize = 16 + 4;

/// Why a value cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Torn,
    Newer(u8),
}

/// What `head` holds: the current snapshot of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub generation: u64,
    pub upto: Seq,
    pub state_bytes: u64,
    pub authors_bytes: u64,
    pub hash: [u8; 32],
}

/// Prefix of every key of a stream.
pub(crate) fn stream_key(stream: Stream) -> [u8; STREAM_BYTES] {
    let mut key = [0; STREAM_BYTES];
    key[..16].copy_from_slice(stream.document.as_bytes());
    key[16..].copy_from_slice(&stream.channel.to_be_bytes());
    key
}

/// `stream | number 8 | part 2`: the number is a `seq` in the log, a generation among snapshots.
pub(crate) fn part_key(stream: Stream, number: u64, part: u16) -> [u8; STREAM_BYTES + 10] {
    let mut key = [0; STREAM_BYTES + 10];
    key[..STREAM_BYTES].copy_from_slice(&stream_key(stream));
    key[STREAM_BYTES..STREAM_BYTES + 8].copy_from_slice(&number.to_be_bytes());
    key[STREAM_BYTES + 8..].copy_from_slice(&part.to_be_bytes());
    key
}

/// Number and part of a key made by [`part_key`].
pub(crate) fn parse_part_key(key: &[u8]) -> Option<(u64, u16)> {
    if key.len() != STREAM_BYTES + 10 {
        return None;
    }
    let mut rest = &key[STREAM_BYTES..];
    Some((rest.get_u64(), rest.get_u16()))
}

/// The stream of a key made by [`stream_key`].
pub(crate) fn parse_stream_key(key: &[u8]) -> Option<Stream> {
    let (document, channel) = key.split_at_checked(16)?;
    Some(Stream {
        document: uuid::Uuid::from_slice(document).ok()?,
        channel: u32::from_be_bytes(channel.try_into().ok()?),
    })
}

pub(crate) fn seal(key: &[u8], parts: u16, payload: &[u8]) -> Vec<u8> {
    debug_assert!(payload.len() <= VALUE_BYTES_MAX - SEAL_BYTES);
    let mut value = Vec::with_capacity(SEAL_BYTES + payload.len());
    value.push(FORMAT);
    value.put_u16(parts);
    value.put_slice(&check(key, parts, payload));
    value.put_slice(payload);
    value
}

/// The number of parts this is one of, and the payload.
pub(crate) fn unseal<'a>(key: &[u8], value: &'a [u8]) -> Result<(u16, &'a [u8]), Flaw> {
    match value.first() {
        Some(&FORMAT) if value.len() >= SEAL_BYTES => {}
        Some(&newer) if newer > FORMAT => return Err(Flaw::Newer(newer)),
        _ => return Err(Flaw::Torn),
    }
    let parts = u16::from_be_bytes([value[1], value[2]]);
    let payload = &value[SEAL_BYTES..];
    if value[3..SEAL_BYTES] != check(key, parts, payload) {
        return Err(Flaw::Torn);
    }
    Ok((parts, payload))
}

/// Cuts a body into parts, at least one. The sizes allowed by `lib.rs` keep the count within `u16`.
pub(crate) fn cut(body: &[u8]) -> (u16, impl DoubleEndedIterator<Item = (u16, &[u8])>) {
    let count = body.len().div_ceil(PART_BYTES).max(1);
    let parts = u16::try_from(count).expect("SNAPSHOT_BYTES_MAX is less than 65535 parts");
    let piece = |part: u16| {
        let from = usize::from(part) * PART_BYTES;
        (part, &body[from..body.len().min(from + PART_BYTES)])
    };
    (parts, (0..parts).map(piece))
}

/// `at_ms 8 | length of authors 4 | authors | update`
pub(crate) fn entry_body(entry: &NewEntry) -> Bytes {
    let mut body = BytesMut::with_capacity(12 + entry.authors.len() + entry.update.len());
    body.put_u64(entry.at_ms);
    body.put_u32(u32::try_from(entry.authors.len()).expect("ENTRY_BYTES_MAX fits u32"));
    body.put_slice(&entry.authors);
    body.put_slice(&entry.update);
    body.freeze()
}

pub(crate) fn parse_entry(mut body: Bytes) -> Option<NewEntry> {
    let at_ms = body.try_get_u64().ok()?;
    let authors_bytes = body.try_get_u32().ok()? as usize;
    if authors_bytes > body.len() {
        return None;
    }
    let authors = body.split_to(authors_bytes);
    Some(NewEntry { update: body, authors, at_ms })
}

impl Head {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(64);
        payload.put_u64(self.generation);
        payload.put_u64(self.upto);
        payload.put_u64(self.state_bytes);
        payload.put_u64(self.authors_bytes);
        payload.put_slice(&self.hash);
        payload
    }

    pub(crate) fn parse(mut payload: &[u8]) -> Option<Self> {
        if payload.len() != 64 {
            return None;
        }
        Some(Head {
            generation: payload.get_u64(),
            upto: payload.get_u64(),
            state_bytes: payload.get_u64(),
            authors_bytes: payload.get_u64(),
            hash: payload.try_into().ok()?,
        })
    }
}

fn check(key: &[u8], parts: u16, payload: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key).update(&parts.to_be_bytes()).update(payload);
    let mut check = [0; 8];
    hasher.finalize_xof().fill(&mut check);
    check
}

#[cfg(test)]
mod tests;
