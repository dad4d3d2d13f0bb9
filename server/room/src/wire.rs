//! The server's messages as bytes: y-websocket's, and what `galley.v1` adds.
//!
//! Invariant: one message a frame, since stock clients read only the first. Reading is the gate's business.

use bytes::Bytes;

use crate::{Channel, Dialect, Role};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const ACK: u64 = 112;
const NACK: u64 = 113;
const GRANT: u64 = 114;
const CHANNEL: u64 = 120;
/// A Keepalive.
const ALIVE: &[u8] = &[115];
/// An awareness message with no entries.
const NOBODY: &[u8] = &[1, 1, 0];

/// Why a write was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Nack {
    /// The role does not allow writing.
    ReadOnly = 1,
    /// What it rests on never came.
    Missing = 7,
    /// It could not be stored.
    Storage = 6,
}

/// Of [`Nack::Storage`], when it is for want of room.
pub const FULL: &str = "the server’s disk is full";

impl Nack {
    /// For people.
    pub fn sentence(self) -> &'static str {
        match self {
            Nack::ReadOnly => "your access does not allow editing",
            Nack::Missing => "this change builds on text the server does not have",
            Nack::Storage => "the server could not save this change",
        }
    }
}

/// "This is what I have."
pub fn step1(vector: &[u8]) -> Bytes {
    sync(0, vector)
}

/// "This is what you lack."
pub fn step2(update: &[u8]) -> Bytes {
    sync(1, update)
}

/// "This happened."
pub fn update(update: &[u8]) -> Bytes {
    sync(2, update)
}

/// Carets.
pub fn awareness(states: &[u8]) -> Bytes {
    let mut out = Writer::new(AWARENESS);
    out.bytes(states);
    out.done()
}

/// The first `upto` writes are settled.
pub fn ack(upto: u64) -> Bytes {
    let mut out = Writer::new(ACK);
    out.number(upto);
    out.done()
}

/// Write `nth` was refused.
pub fn nack(nth: u64, code: u8, reason: &str) -> Bytes {
    let mut out = Writer::new(NACK);
    out.number(nth);
    out.number(u64::from(code));
    out.bytes(reason.as_bytes());
    out.done()
}

/// What the receiver may do now.
pub fn grant(role: Role, epoch: u64) -> Bytes {
    let mut out = Writer::new(GRANT);
    out.number(u64::from(role as u8));
    out.number(epoch);
    out.done()
}

/// Nothing, so that a watchdog hears something; a stock client takes it for the carets of nobody.
pub fn keepalive(dialect: Dialect) -> Bytes {
    match dialect {
        Dialect::Galley => Bytes::from_static(ALIVE),
        Dialect::Stock => Bytes::from_static(NOBODY),
    }
}

/// Whether a message of the server says nothing but that the server is there.
pub fn is_keepalive(message: &[u8]) -> bool {
    message == ALIVE || message == NOBODY
}

/// A message of another channel than 0.
pub fn wrapped(channel: Channel, message: &[u8]) -> Bytes {
    let mut out = Writer::new(CHANNEL);
    out.number(u64::from(channel.0));
    out.0.extend_from_slice(message);
    out.done()
}

fn sync(kind: u64, payload: &[u8]) -> Bytes {
    let mut out = Writer::new(SYNC);
    out.number(kind);
    out.bytes(payload);
    out.done()
}

/// lib0's encoding.
pub struct Writer(Vec<u8>);

impl Writer {
    /// Starts with a message type.
    pub fn new(kind: u64) -> Writer {
        let mut out = Writer(Vec::new());
        out.number(kind);
        out
    }

    /// Without a type.
    pub fn bare() -> Writer {
        Writer(Vec::new())
    }

    /// A varuint.
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A length and the bytes; strings are written the same way.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// What was written.
    pub fn done(self) -> Bytes {
        Bytes::from(self.0)
    }
}
