//! What `format.rs` reads, for tests that feed it anything (`tests/hostile`). Nothing here decides anything.

use bytes::Bytes;

use super::format::{self, Flaw, Head};
use crate::NewEntry;

/// Most payload in one value.
pub const PAYLOAD_BYTES_MAX: usize = format::PART_BYTES;

/// A sealed value.
pub fn seal(key: &[u8], parts: u16, payload: &[u8]) -> Vec<u8> {
    format::seal(key, parts, payload)
}

/// Parts and payload; an error is why not, for people.
pub fn unseal<'a>(key: &[u8], value: &'a [u8]) -> Result<(u16, &'a [u8]), String> {
    format::unseal(key, value).map_err(|flaw| match flaw {
        Flaw::Torn => "torn".to_owned(),
        Flaw::Newer(format) => format!("format {format}"),
    })
}

/// An entry's update, authors and moment.
pub fn entry(body: &[u8]) -> Option<(Bytes, Bytes, u64)> {
    let NewEntry { update, authors, at_ms } = format::parse_entry(Bytes::copy_from_slice(body))?;
    Some((update, authors, at_ms))
}

/// An entry's bytes.
pub fn entry_body(update: &Bytes, authors: &Bytes, at_ms: u64) -> Bytes {
    format::entry_body(&NewEntry { update: update.clone(), authors: authors.clone(), at_ms })
}

/// Whether it is a head, and the same head when it is written again.
pub fn head(payload: &[u8]) -> bool {
    let head = Head::parse(payload);
    assert!(head.is_none_or(|head| head.encode() == payload), "a head has one form");
    format::parse_part_key(payload);
    format::parse_stream_key(payload);
    head.is_some()
}
