//! FZ4, FZ5: bytes of a socket before they are messages.

use std::time::Duration;

use bytes::Bytes;
use galley::readers::{FrameGuard, Takes, Unfinished, Violation, pack, unpack};

/// Any bytes from a socket get the same verdict however they are cut, and are let go of.
pub fn guard(bytes: &[u8]) {
    const MESSAGE_BYTES: usize = 300;
    const UNFINISHED_BYTES: usize = 1_000;
    // The first bytes say where to cut once; then every chunk has one length.
    let (cuts, bytes) = bytes.split_at(bytes.len().min(4));
    let whole = verdict([bytes].into_iter(), MESSAGE_BYTES, UNFINISHED_BYTES);
    for chunk in [1, 2, 3, 7, 64] {
        assert_eq!(verdict(bytes.chunks(chunk), MESSAGE_BYTES, UNFINISHED_BYTES), whole, "in pieces of {chunk}");
    }
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for cut in cuts {
        let (piece, after) = rest.split_at(usize::from(*cut).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    assert_eq!(verdict(pieces.into_iter(), MESSAGE_BYTES, UNFINISHED_BYTES), whole, "cut at {cuts:?}");
}

fn verdict<'a>(pieces: impl Iterator<Item = &'a [u8]>, message: usize, all: usize) -> Result<(), Violation> {
    let unfinished = Unfinished::new(all);
    let mut limits = galley::limits::Limits::default();
    limits.room.message_bytes = message;
    let mut guard = FrameGuard::new(Takes::Binary, &limits, unfinished.clone());
    let mut verdict = Ok(());
    for piece in pieces {
        verdict = guard.feed(Duration::ZERO, piece).map_err(|stop| stop.why);
        if verdict.is_err() {
            break;
        }
        assert!(unfinished.bytes() <= message, "a message is never held beyond its limit");
    }
    drop(guard);
    assert_eq!(unfinished.bytes(), 0, "let go of at the end");
    verdict
}

/// Any bytes as a packed message: within the limit, never nested; and packing them comes back as them.
pub fn packed(bytes: &[u8]) {
    const MAX: usize = 64 * 1024;
    let message = [&[121][..], bytes].concat();
    if let Ok(inner) = unpack(Bytes::from(message), MAX) {
        assert!(inner.len() <= MAX && inner.first() != Some(&121));
    }
    let plain = Bytes::from([&[0][..], &bytes.repeat(8)].concat());
    assert_eq!(unpack(pack(plain.clone()), plain.len()), Ok(plain));
}
