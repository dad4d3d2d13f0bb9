//! THE CORE: one live document as a pure state machine over yrs.
//!
//! `Room::open`, then `accept` for each thing that happened, `flush` once per batch. Bytes and time come in as
//! arguments, everything the room wants done goes out as an [`Effect`]. Invariant: no clock, no I/O, no async, and
//! no client byte reaches yrs but through `gate.rs`. Next: `gate.rs`, then the shell in `server/src/rooms.rs`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who an edit belongs to: an id of its own, given to each account and each guest. Never reused, never rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Author(pub Uuid);

/// What somebody may do with a document; stored as a number with gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Role {
    /// Reads text, notes and who is there.
    View = 10,
    /// And writes notes.
    Comment = 20,
    /// And writes the text.
    Edit = 30,
    /// And decides who else may.
    Own = 40,
}

/// One Y.Doc of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Channel(pub u32);

impl Channel {
    /// Root `content`, a Y.Text.
    pub const TEXT: Channel = Channel(0);
    /// Root map `notes`, written only by the server.
    pub const NOTES: Channel = Channel(1);
}

/// One WebSocket; unique while the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// Numbers a room's appends from 1, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The caller's name for a command, returned with its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// Virtual or real milliseconds; only differences matter, except `at_ms` of entries.
pub type Millis = u64;
