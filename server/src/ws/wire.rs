//! A message as it goes over the wire, made once for everybody who gets it.
//!
//! Invariant: what one reader sees does not depend on who else reads; the work is done by whoever needs it first, and never
//! by the room. Next: `packed.rs`, for those who speak `galley.v1`.

use std::sync::{Arc, OnceLock};

use actix_http::ws::{Codec, Message};
use bytes::{Bytes, BytesMut};
use room::Dialect;
use tokio_util::codec::Encoder;

use super::packed;

/// One message; clones share what was made of it.
#[derive(Clone)]
pub struct Frame(Arc<Made>);

struct Made {
    message: Bytes,
    plain: OnceLock<Bytes>,
    packed: OnceLock<Bytes>,
}

impl Frame {
    /// Nothing is made of it yet.
    pub fn new(message: Bytes) -> Frame {
        Frame(Arc::new(Made { message, plain: OnceLock::new(), packed: OnceLock::new() }))
    }

    /// What a peer has to answer; no message.
    pub fn ping() -> Frame {
        let plain = OnceLock::from(Bytes::from_static(PING));
        Frame(Arc::new(Made { message: Bytes::new(), plain, packed: OnceLock::new() }))
    }

    /// The message itself.
    pub fn message(&self) -> &Bytes {
        &self.0.message
    }

    /// Whether this is the very message, and not only one that reads the same.
    pub fn is(&self, message: &Bytes) -> bool {
        self.0.message.as_ptr() == message.as_ptr() && self.len() == message.len()
    }

    /// Bytes of the message itself.
    pub fn len(&self) -> usize {
        self.0.message.len()
    }

    /// The WebSocket frame for somebody who speaks so.
    pub fn wire(&self, dialect: Dialect) -> Bytes {
        let Made { message, plain, packed } = &*self.0;
        if dialect == Dialect::Galley && packed::is_worth_packing(message) {
            packed.get_or_init(|| binary(packed::pack(message.clone()))).clone()
        } else {
            plain.get_or_init(|| binary(message.clone())).clone()
        }
    }
}

/// A sign of life asks for one by the same write; a ping of its own would be one more, and one more timer, for each socket
/// that says nothing.
fn binary(message: Bytes) -> Bytes {
    let mut frame = BytesMut::with_capacity(PING.len() + message.len() + HEAD_MAX);
    if room::is_keepalive(&message) {
        frame.extend_from_slice(PING);
    }
    let written = Codec::new().encode(Message::Binary(message), &mut frame);
    debug_assert!(written.is_ok(), "only a continuation out of turn cannot be written");
    frame.freeze()
}

/// What a peer answers with a pong.
const PING: &[u8] = b"\x89\x00";
/// Bytes of a frame's head, at most, that a server writes.
const HEAD_MAX: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wr4_a_keepalive_asks_for_a_sign_of_life() {
        for (dialect, alive) in [(Dialect::Galley, &[115][..]), (Dialect::Stock, &[1, 1, 0][..])] {
            let wire = Frame::new(Bytes::copy_from_slice(alive)).wire(dialect);
            assert_eq!(wire, [&b"\x89\x00\x82"[..], &[alive.len() as u8], alive].concat());
        }
        assert_eq!(Frame::new(Bytes::from_static(b"\x01\x01\x01")).wire(Dialect::Stock), &b"\x82\x03\x01\x01\x01"[..]);
    }

    #[test]
    fn sk5_a_frame_is_made_once_for_all_of_a_dialect() {
        let small = Frame::new(Bytes::from_static(b"abc"));
        assert_eq!(small.wire(Dialect::Galley), &b"\x82\x03abc"[..]);
        assert_eq!(small.wire(Dialect::Galley).as_ptr(), small.clone().wire(Dialect::Stock).as_ptr());
        let large = Frame::new(Bytes::from(b"abc ".repeat(10_000)));
        let (packed, plain) = (large.wire(Dialect::Galley), large.wire(Dialect::Stock));
        assert!(packed.len() < plain.len() / 20, "{} of {}", packed.len(), plain.len());
        assert_eq!(packed.as_ptr(), large.clone().wire(Dialect::Galley).as_ptr());
        assert_eq!(plain.len(), 40_000 + 4);
    }
}
