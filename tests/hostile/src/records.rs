//! FZ7: what lies on the disk, torn and flipped.

use bytes::Bytes;
use galley::readers::record;
use galley::readers::version_blobs::{Text, unpack};
use galley::revisions::record::Keyframe;
use room::{ChannelLog, Limits, Loaded, Policy, Role, Room, Seed};
use storage::sled::layout;

use crate::tape::{Tape, text};

/// Any bytes as a sealed value, an entry, a head, a record, a stored text with its authors.
pub fn stored(bytes: &[u8]) {
    let mut tape = Tape::new(bytes);
    let key = tape.take(8);
    let payload = tape.take(usize::MAX);
    if let Ok((_, opened)) = layout::unseal(key, payload) {
        assert!(opened.len() < payload.len());
    }
    damaged(key, payload);
    if let Some((update, authors, at_ms)) = layout::entry(payload) {
        assert_eq!(layout::entry_body(&update, &authors, at_ms), payload, "an entry has one form");
    }
    let _ = layout::head(payload);
    let _ = record(payload);
    load(payload);
}

/// A sealed value of which one bit differs, or the end is missing, never opens.
fn damaged(key: &[u8], payload: &[u8]) {
    let payload = &payload[..payload.len().min(layout::PAYLOAD_BYTES_MAX)];
    let sealed = layout::seal(key, 1, payload);
    assert_eq!(layout::unseal(key, &sealed), Ok((1, payload)));
    let at = key.iter().fold(0_usize, |at, byte| at * 31 + usize::from(*byte)) % (sealed.len() * 8);
    let mut flipped = sealed.clone();
    flipped[at / 8] ^= 1 << (at % 8);
    assert!(layout::unseal(key, &flipped).is_err(), "bit {at} was flipped");
    assert!(layout::unseal(key, &sealed[..at / 8]).is_err(), "cut at {}", at / 8);
}

/// Any bytes as what is stored of a document: it opens or is set aside, and what opens can be written and opened again.
fn load(bytes: &[u8]) {
    let mut tape = Tape::new(bytes);
    let mut piece = || Bytes::copy_from_slice(tape.piece());
    let snapshot = Some((piece(), piece()));
    let text = ChannelLog { snapshot, tail: vec![(piece(), piece())] };
    let notes = ChannelLog { snapshot: None, tail: vec![(piece(), Bytes::new())] };
    let loaded = Loaded { text, notes, epoch: 1, unclean_at: Some(5) };
    let policy = Policy { read: Role::View, write: Role::Edit, present: Role::View };
    if let Ok(room) = Room::open(10, loaded, Seed(1), Limits::default(), policy) {
        room.text();
        room.whose();
        room.state_vector();
    }
}

/// Any bytes as the blob of a version: the text it was, or an error, and never more than was said.
pub fn version(bytes: &[u8]) {
    const BYTES_MAX: usize = 64 * 1024;
    let base = "A text that others are the difference from.\n".repeat(8);
    let mut tape = Tape::new(bytes);
    let claimed = usize::from(tape.byte()) * 64;
    let blob = tape.take(usize::MAX);
    for base in [None, Some(base.as_str())] {
        if let Ok(unpacked) = unpack(blob, base, claimed.min(BYTES_MAX)) {
            assert_eq!(unpacked.len(), claimed);
        }
    }
    let typed = text(blob);
    let keyframe = Keyframe { blob: String::new(), stored: 60, bytes: base.len() };
    let packed = Text::pack(&typed, Some((keyframe, base.clone())), [7; 16]).expect("memory takes everything");
    let with = packed.base.as_ref().map(|_| base.as_str());
    assert_eq!(unpack(&packed.packed, with, typed.len()).ok().as_deref(), Some(typed.as_ref()));
}
