//! THE CORE: one live document as a pure state machine over yrs.
//!
//! [`Room::open`], then [`Room::accept`] for each thing that happened, [`Room::flush`] once per batch. Bytes and time
//! come in as arguments, everything the room wants done goes out as an [`Effect`]. A batch is one yrs transaction, one
//! merged update for each peer and one append.
//!
//! Invariants: no clock, no I/O, no async. No client byte reaches yrs but through `gate.rs`. Peers see an edit before
//! it is durable; nobody is told it is saved before. Rules: `tests/spec/protocol.md`.
//! Next: `channel.rs` (one Y.Doc), `peer.rs` (one connection), `ack.rs` (what "saved" means), `awareness.rs` (carets),
//! `authors.rs` (whose a client id is), `notes.rs` (threads), then the shell in `server/src/rooms.rs`.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod ack;
mod authors;
mod awareness;
mod channel;
mod command;
pub mod gate;
pub mod notes;
mod peer;
pub mod restore;
mod room;
pub mod salvage;
#[cfg(any(test, feature = "testing"))]
pub mod sim;
#[cfg(test)]
mod tests;
mod whose;
mod wire;

pub use command::{Command, CommandError, Reply};
pub use room::{Room, Still};
pub use whose::{Run, Stretch, Whose};
pub use wire::is_keepalive;

/// Which role each kind of message takes. The server fills it from its one table of permissions; a message looks at its
/// own field each time it comes, so a role that changed counts from the next message on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Step1 and QueryAwareness: seeing the text and who is here.
    pub read: Role,
    /// Step2, Update and `Command::Edit`: changing the text.
    pub write: Role,
    /// Awareness: showing one's own caret.
    pub present: Role,
}

/// Everything that can happen to a room.
#[derive(Clone, Debug)]
pub enum Event {
    /// Somebody was admitted and connected.
    Join {
        /// The new connection.
        conn: ConnId,
        /// What they may do.
        role: Role,
        /// What they speak.
        dialect: Dialect,
        /// What they want to see.
        channel: Channel,
        /// How others see them.
        identity: Identity,
        /// Authors that have become this one: what they wrote, this one may bring.
        also: Vec<Author>,
    },
    /// What somebody may do changed while they are here.
    Role {
        /// The connection.
        conn: ConnId,
        /// What they may do now.
        role: Role,
    },
    /// Somebody is called something else now.
    Identity {
        /// The connection.
        conn: ConnId,
        /// How others see them now.
        identity: Identity,
    },
    /// One WebSocket message, unpacked.
    Frame {
        /// From whom.
        conn: ConnId,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Everything sent to a connection so far has left the process.
    Drained {
        /// The connection.
        conn: ConnId,
    },
    /// A connection ended.
    Leave {
        /// Which.
        conn: ConnId,
    },
    /// A change asked of the server.
    Command {
        /// Returned with the reply.
        from: RequestId,
        /// Who asks.
        by: Author,
        /// What they may do.
        role: Role,
        /// What they want.
        command: Command,
    },
    /// Another node stored this.
    Foreign {
        /// Of which channel.
        channel: Channel,
        /// One update.
        update: Bytes,
        /// Changes to the author table.
        authors: Bytes,
    },
    /// Every append up to this one is durable.
    Stored {
        /// The last durable append.
        through: Ticket,
    },
    /// An append was refused; nothing after it will be stored.
    StoreFailed,
    /// The disk is full, or nearly: no writes until `Resumed`. What was appended before is still to be stored.
    Full,
    /// There is room again.
    Resumed,
    /// A compaction that was asked for has ended, well or not.
    Compacted {
        /// Of which channel.
        channel: Channel,
    },
    /// Nobody is here: a good moment to compact.
    Idle,
    /// Time passes.
    Tick,
}

/// Everything a room may ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send one message.
    Send {
        /// To whom.
        conn: ConnId,
        /// The message; shared between all who get the same.
        frame: Bytes,
    },
    /// Make this durable; answer with `Stored` in the order of tickets.
    Append {
        /// Its number.
        ticket: Ticket,
        /// Of which channel.
        channel: Channel,
        /// One update.
        update: Bytes,
        /// Changes to the author table that come with it.
        authors: Bytes,
    },
    /// Replace the log up to the last durable append by this.
    Compact {
        /// Of which channel.
        channel: Channel,
        /// The last durable append; everything up to it is contained.
        through: Ticket,
        /// The whole state as one update.
        snapshot: Bytes,
        /// The whole author table.
        authors: Bytes,
    },
    /// Tell other nodes who is here and where.
    Announce {
        /// An awareness message.
        awareness: Bytes,
    },
    /// Answer a command; a change answers when it is durable.
    Reply {
        /// Whose command.
        to: RequestId,
        /// What became of it.
        result: Result<Reply, CommandError>,
    },
    /// A limit was reached: count it.
    Reached {
        /// Its name in [`Limits`].
        limit: &'static str,
    },
    /// End a connection.
    Close {
        /// Which.
        conn: ConnId,
        /// Why.
        reason: CloseReason,
    },
}

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

/// Milliseconds; only differences matter.
pub type Millis = u64;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// y-websocket, and nothing it does not know.
    Stock,
    /// `galley.v1` on top of it.
    Galley,
}

/// How others see somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub author: Author,
    /// What they are called.
    pub name: String,
    /// Their colour, 1 to 8.
    pub peer: u8,
    /// The same as `#rrggbb`, for clients without our style sheet.
    pub color: String,
    /// For selections.
    pub color_light: String,
    /// Whether they have no account.
    pub guest: bool,
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Something no honest client sends.
    Invalid,
    /// The session ended.
    SignedOut,
    /// The last grant ended.
    NoAccess,
    /// The document is gone.
    Gone,
    /// The document's history was replaced.
    Replaced,
    /// A message above the limit.
    TooLarge,
    /// What is stored of the document does not read well; coming back changes nothing.
    Damaged,
    /// Its edits cost more time than there is for one person.
    TooCostly,
    /// Stopping, overloaded, or unable to keep up.
    TryLater,
}

impl CloseReason {
    /// On the wire.
    pub fn code(self) -> u16 {
        match self {
            CloseReason::Invalid => 4400,
            CloseReason::SignedOut => 4401,
            CloseReason::NoAccess => 4403,
            CloseReason::Gone => 4404,
            CloseReason::Replaced => 4409,
            CloseReason::TooLarge => 4413,
            CloseReason::Damaged => 4423,
            CloseReason::TooCostly | CloseReason::TryLater => 4503,
        }
    }

    /// For people; short enough for a Close frame.
    pub fn sentence(self) -> &'static str {
        match self {
            CloseReason::Invalid => "the message was not valid",
            CloseReason::SignedOut => "signed out",
            CloseReason::NoAccess => "you no longer have access",
            CloseReason::Gone => "there is no such document",
            CloseReason::Replaced => "the document was replaced; load it again",
            CloseReason::TooLarge => "the message was too large",
            CloseReason::Damaged => "this document is damaged on the server; reload to see its last good text",
            CloseReason::TooCostly => "these edits cost the server too much time; it goes on in a moment",
            CloseReason::TryLater => "try again in a moment",
        }
    }
}

/// What a room allows. Sizes in bytes, waits in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// One message; also one frame.
    pub message_bytes: usize,
    /// The text.
    pub text_bytes: usize,
    /// Yjs client ids in one document, and in one Step2.
    pub client_ids: usize,
    /// One awareness state.
    pub awareness_bytes: usize,
    /// Awareness messages of one connection; more are forgotten, the newest wins.
    pub awareness_per_second: u32,
    /// Bytes on their way to one connection before it counts as lagging.
    pub outbox_bytes: usize,
    /// A connection that lags this long is closed.
    pub lag: Millis,
    /// Entries in the log before it is compacted.
    pub compact_entries: usize,
    /// Something is sent to every stock connection at least this often.
    pub keepalive: Millis,
    /// A caret nobody renewed for this long is taken away.
    pub caret: Millis,
    /// How long an id stays recovering after an unclean stop.
    pub recovering: Millis,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            message_bytes: 8 << 20,
            text_bytes: 5 << 20,
            client_ids: 20_000,
            awareness_bytes: 2 << 10,
            awareness_per_second: 15,
            outbox_bytes: 256 << 10,
            lag: 30_000,
            compact_entries: 500,
            keepalive: 20_000,
            caret: 30_000,
            recovering: 30 * 24 * 60 * 60 * 1_000,
        }
    }
}

/// What is stored of one channel: the newest snapshot and every entry after it, each with its author bytes.
#[derive(Clone, Debug, Default)]
pub struct ChannelLog {
    /// State and the whole author table.
    pub snapshot: Option<(Bytes, Bytes)>,
    /// Updates and changes to the author table, in order.
    pub tail: Vec<(Bytes, Bytes)>,
}

/// What is stored of a document.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Channel 0.
    pub text: ChannelLog,
    /// Channel 1.
    pub notes: ChannelLog,
    /// Which history of the document this is.
    pub epoch: u64,
    /// Wall clock of the last moment after which tabs may hold edits this server had accepted and lost.
    pub unclean_at: Option<Millis>,
}

/// Where all of a room's randomness comes from.
#[derive(Clone, Copy, Debug)]
pub struct Seed(pub u64);

/// What is stored does not pass the gate: the document must be set aside, not served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("channel {channel}: {reason}")]
pub struct Poisoned {
    /// Where.
    pub channel: u32,
    /// What was found.
    pub reason: String,
}

/// By connection, in the order they came, so that runs with one seed are the same.
type ByConn<T> = BTreeMap<ConnId, T>;
